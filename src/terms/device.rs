//! What a plan, `--output` and the outputs themselves call a sound device.

use std::fmt;
use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DeviceName {
    /// ALSA's `default`.
    Default,
    /// Takes sound as fast as a device would, and throws it away.
    Null,
    /// `wav:FOLDER`: a new wav file in this folder each time it is opened. Resolved against the plan's folder, or the current one where it was
    /// given on the command line.
    Wav(PathBuf),
    /// One of ALSA's devices, by the very name that ALSA gives it.
    Named(String),
}

impl DeviceName {
    /// Whether sound leaves the machine through it.
    pub fn is_real(&self) -> bool {
        match self {
            DeviceName::Default | DeviceName::Named(_) => true,
            DeviceName::Null | DeviceName::Wav(_) => false,
        }
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceName::Default => f.write_str("default"),
            DeviceName::Null => f.write_str("null"),
            DeviceName::Wav(folder) => write!(f, "wav:{}", folder.display()),
            DeviceName::Named(name) => f.write_str(name),
        }
    }
}
