//! Recordings by content: the facts that were measured once, and the masters from which everything is aired.
//!
//! Only masters are aired: a file that is replaced or a stick that is pulled out cannot hurt what is planned.
//! Here are the values; [`store`] keeps the masters and [`facts`] what was measured. Nothing here decodes.

pub mod attention;
pub mod facts;
pub mod store;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::terms::*;

/// What was measured of one recording, once per content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// Of the file that was handed in.
    pub hash: FileHash,
    /// What was handed in, by content, whatever the file is called: `wav`, `mp3`, `flac`, `ogg`, `opus`, `m4a`, `aac`, or by its name what
    /// ffmpeg decodes.
    pub format: String,
    /// The title that it has in itself.
    pub title: Option<String>,
    /// The master's, at 48 kHz.
    pub frames: Frames,
    /// The master's: one, or the pair that was mixed of more.
    pub channels: u16,
    /// EBU R128 integrated loudness of the master at the level that was handed in (mono as one channel); `None` where there is none
    /// (silent, or a mere click).
    pub loudness_lufs: Option<f32>,
    /// `None` for digital silence.
    pub true_peak_dbtp: Option<f32>,
    /// Both again, behind the filter for horns.
    pub horn: Level,
    /// Silence at the start and at the end.
    pub lead: SignedDuration,
    pub tail: SignedDuration,
    /// What is wrong with it although it can be aired.
    pub flaws: Vec<Flaw>,
}

/// How loud a sound is, and how high it peaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Level {
    pub loudness_lufs: Option<f32>,
    pub true_peak_dbtp: Option<f32>,
}

/// What a recording is brought to: on what it sounds, and how loud.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aim {
    pub speaker: Speaker,
    pub target_lufs: f32,
}

impl Default for Aim {
    fn default() -> Aim {
        Aim { speaker: Speaker::Flat, target_lufs: TARGET_LUFS }
    }
}

/// What makes a recording worth a look although it airs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    Silent,
    /// Decoded shorter than its container says.
    Short {
        declared_ms: i64,
        decoded_ms: i64,
    },
    /// The file stops before its own end mark: the copy was cut off. How much is missing is not known.
    CutOff,
    /// The decoder met damage and went on behind it.
    Damaged,
}

/// The name, in [`Unfit::Format`], of an Ogg file of which only the first recording would be played.
pub const CHAINED_OGG: &str = "Ogg of several recordings run together";

/// What makes a file unfit to air.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// Nobody has looked at it yet: this is done beside the air, what airs next first.
    #[error("it is being measured")]
    Unmeasured,
    #[error("there is no such file")]
    Missing,
    #[error("it is not a regular file")]
    NotAFile,
    #[error("it leaves the folder of recordings")]
    Outside,
    #[error("{format} cannot be played")]
    Format { format: String },
    #[error("{damage}")]
    Undecodable { damage: Damage },
    #[error("it has no sound in it")]
    Empty,
    /// Its header promises more than any station airs.
    #[error("it is longer than 12 hours")]
    TooLong { declared_ms: i64 },
    #[error("checking it took more memory or time than any recording needs")]
    TooMuch,
    #[error("it cannot be read: {detail}")]
    Unreadable { detail: String },
    #[error("it was changed while it was read")]
    Changing,
    #[error("there is no room on the disk for its master")]
    NoRoom,
    /// Not the file's fault: the check itself could not be made.
    #[error("it could not be checked: {detail}")]
    Unchecked { detail: String },
}

/// Why nothing of a file, or not all of it, can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    #[error("what kind of file it is nobody can tell")]
    Unknown,
    /// Its kind is known and played, this variety of it is not.
    #[error("it is coded in a way that cannot be played")]
    Variety,
    #[error("it ends too early")]
    EndsEarly,
    #[error("it is damaged and cannot be decoded")]
    Garbled,
    #[error("it changes its sample rate or channels in the middle")]
    Changes,
}

impl Unfit {
    /// Whether it may pass by itself: it is tried again.
    pub fn may_pass(&self) -> bool {
        matches!(self, Unfit::Unmeasured | Unfit::Changing | Unfit::NoRoom | Unfit::Unchecked { .. })
    }

    pub fn reason(&self) -> Reason {
        match self {
            // The store has nothing of it that could air.
            Unfit::Missing | Unfit::Unmeasured => Reason::FileMissing,
            Unfit::NotAFile
            | Unfit::Outside
            | Unfit::Format { .. }
            | Unfit::Undecodable { .. }
            | Unfit::Empty
            | Unfit::TooLong { .. }
            | Unfit::TooMuch
            | Unfit::Changing
            | Unfit::Unreadable { .. } => Reason::FileError,
            Unfit::Unchecked { .. } | Unfit::NoRoom => Reason::Internal,
        }
    }
}

/// The loudness to which everything is brought: speech from horns outdoors wants more than EBU R 128's −23 LUFS, and horns must never be
/// loud after quiet (AES TD1008 has speech between −16 and −18).
pub const TARGET_LUFS: f32 = -18.0;

/// No true peak goes above this (EBU R 128): horns clip.
pub const CEILING_DBTP: f32 = -1.0;

/// By how much a meter may read a true peak too low: it looks at four points for each sample, and what the conversion to a device's rate
/// makes of the sound lies between them (measured: 0.15 dB; EBU Tech 3341 allows 0.4).
pub const UNSEEN_DB: f32 = 0.2;

/// No recording is raised by more: one of little but noise is not blown up to speech.
pub const MOST_GAIN_DB: f32 = 20.0;

/// The power of one channel that sounds on both of a pair, against one of them (BS.1770 sums the channels).
const MONO_ON_BOTH_DB: f32 = 3.0103;

impl Recording {
    pub fn length(&self) -> SignedDuration {
        self.frames.length()
    }

    /// What brings the recording to the aim's loudness, with no peak above the ceiling. What has no loudness is not raised, but goes
    /// down with a target that is below the station's.
    pub fn gain_db_for(&self, aim: Aim) -> f32 {
        let room = self.level(aim.speaker).true_peak_dbtp.map_or(0.0, |peak| CEILING_DBTP - UNSEEN_DB - peak);
        let lowered = (aim.target_lufs - TARGET_LUFS).min(0.0);
        let wanted = self.aired_lufs(aim.speaker).map_or(lowered, |lufs| aim.target_lufs - lufs);
        wanted.min(room).min(MOST_GAIN_DB)
    }

    /// The loudness that is sent to the device, as a pair of channels; `None` for what has none (silent, or a mere click).
    pub fn level_lufs_for(&self, aim: Aim) -> Option<f32> {
        self.aired_lufs(aim.speaker).map(|lufs| lufs + self.gain_db_for(aim))
    }

    /// The gain on a flat output, at the station's loudness.
    pub fn gain_db(&self) -> f32 {
        self.gain_db_for(Aim::default())
    }

    /// The loudness that is sent to a flat output.
    pub fn level_lufs(&self) -> Option<f32> {
        self.level_lufs_for(Aim::default())
    }

    /// As it was measured on its way to a speaker.
    pub fn level(&self, speaker: Speaker) -> Level {
        match speaker {
            Speaker::Flat => Level { loudness_lufs: self.loudness_lufs, true_peak_dbtp: self.true_peak_dbtp },
            Speaker::Horn => self.horn,
        }
    }

    /// As loud as it is when both of a pair sound, before any gain: one channel is sent to both.
    fn aired_lufs(&self, speaker: Speaker) -> Option<f32> {
        let on_both = if self.channels == 1 { MONO_ON_BOTH_DB } else { 0.0 };
        self.level(speaker).loudness_lufs.map(|lufs| lufs + on_both)
    }
}

/// What is known of each item's recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    pub items: BTreeMap<ItemId, Result<Recording, Unfit>>,
}
