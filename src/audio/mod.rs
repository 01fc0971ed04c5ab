//! Recordings and devices: decode, measure, check, resample, put out.
//!
//! [`format`] says what a file is by its bytes, [`container`] what it claims. [`source`] decodes it (Opus by [`opus`]), [`measure`] decodes it whole and says what it heard, [`preflight`]
//! does that in a limited child process for each new content and brings the fit ones into the store. [`resample`] brings what
//! [`source`] decodes to a device's rate and channels, by way of [`voicing`] where a horn hangs on it, and [`output`] puts it
//! out. [`tone`] is for trying a device.

pub mod container;
pub mod format;
pub mod measure;
pub mod opus;
pub mod output;
pub mod preflight;
pub mod resample;
pub mod source;
pub mod tone;
pub mod voicing;
