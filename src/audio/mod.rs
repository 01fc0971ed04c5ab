//! Recordings and devices: decode, measure, check, resample, put out.

pub mod output;
