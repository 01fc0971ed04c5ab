//! What a person may ask of the daemon, and what it answers.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::terms::*;

/// An order as a person gives it. Its times are the station's civil times: only the daemon, which knows the plan and its zone, can
/// make instants of them, and so an [`Order`] of this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Ask {
    Play {
        item: ItemId,
        priority: Priority,
        /// Empty: all outputs.
        outputs: Vec<OutputId>,
        reason: Option<String>,
        /// How often, how far apart and for how long: of an emergency only.
        times: Option<u32>,
        every: Option<SignedDuration>,
        lasting: Option<SignedDuration>,
    },
    /// An emergency recording is tried out on air, announced as a test.
    Drill {
        item: ItemId,
        outputs: Vec<OutputId>,
    },
    Stop {
        output: Option<OutputId>,
    },
    Hold {
        until: Option<Until>,
    },
    Release,
    /// Without a time: every slot of the broadcast on that day.
    Skip {
        broadcast: BroadcastId,
        date: Date,
        time: Option<Time>,
    },
    Unskip {
        broadcast: BroadcastId,
        date: Date,
        time: Option<Time>,
    },
    /// Whole days; without a first one, from today on.
    Mourning {
        from: Option<Date>,
        until: Date,
        /// The programmes that air all the same.
        only: Vec<ProgrammeId>,
        reason: String,
    },
    /// The one that begins on that day, or all of them.
    WithdrawMourning {
        from: Option<Date>,
    },
    ConfirmClock,
}

/// Until when a hold lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// A day and a time.
    At(DateTime),
    /// The next time that the station's clock shows this.
    Next(Time),
}

/// An order with who gave it and an id that makes it count once however often it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub id: String,
    /// The name that the asker gave.
    pub actor: String,
    /// The asker's user id, as the kernel knows it; `None` when nobody stood at a socket.
    #[serde(default)]
    pub uid: Option<u32>,
    pub order: Order,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Done,
    /// A request to play was taken: under which broadcast id it goes.
    Playing {
        broadcast: BroadcastId,
        /// When an emergency ends.
        #[serde(default)]
        until: Option<Wall>,
        /// So many of an emergency's times do not fit before its end.
        #[serde(default)]
        short_of: u32,
        /// An emergency with a recording that is none for emergencies.
        #[serde(default)]
        everyday: bool,
    },
    /// A mourning was taken: how many of the plan's broadcasts it keeps silent, and how many air all the same.
    Mourning {
        mourning: Mourning,
        silent: u32,
        airing: u32,
    },
    Refused(Refusal),
}

/// Why an order was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    UnknownItem,
    UnknownOutput,
    UnknownBroadcast,
    UnknownProgramme,
    /// The broadcast has no slot on that day, or not at that time.
    NotPlanned,
    /// The recording cannot sound, and why.
    Unplayable(Reason),
    OutsideHours,
    OverQuota,
    /// It would not end before the session closes.
    TooLong,
    ClockDoubtful,
    OnHold,
    /// It sounds already.
    AlreadySounding,
    /// There is no hold to release, no skip to undo, no mourning to withdraw.
    NothingToUndo,
    /// That instant has passed.
    TooLate,
    /// A mourning whose last day comes before its first, or for longer than a year.
    NoPeriod,
    /// A hold for longer than a year.
    TooFar,
    /// An emergency needs a reason.
    NoReason,
    /// What is tried out is no recording for emergencies.
    NoEmergency,
    /// The plan does not say what announces a drill.
    NoDrillNotice,
    /// So many times, so far apart or for so long is more than an emergency may ask.
    TooMuch,
    Internal,
}
