//! Recordings and devices: decode, measure, check, resample, put out.
//!
//! Sound comes in through one door, [`preflight`]: a limited child process for each new content, shut in by [`sandbox`]. There [`format`]
//! says what a file is by its bytes, [`original`] decodes it, or [`ffmpeg`] in a process of its own, and [`measure`] hears it whole, says what
//! it heard and writes its [`master`]. On air [`source`] reads masters, [`resample`] brings them to a device's rate and channels, by way of [`voicing`]
//! where a horn hangs on it, and [`output`] puts them out. [`tone`] is for trying a device.

pub mod ffmpeg;
pub mod format;
pub mod master;
pub mod measure;
pub mod original;
pub mod output;
pub mod preflight;
pub mod resample;
mod sandbox;
pub mod source;
pub mod tone;
pub mod voicing;
