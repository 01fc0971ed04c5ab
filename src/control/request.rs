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
    ConfirmClock {
        /// What the station's clock shows, by whoever confirms it.
        #[serde(default)]
        shown: Option<DateTime>,
        /// The rows that lie ahead are of a time that was wrong: an earlier confirmation is taken back.
        #[serde(default)]
        back: bool,
    },
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
    Done(OrderEffect),
    /// A request to play was taken: under which broadcast id it goes.
    Playing {
        broadcast: BroadcastId,
        /// What is played.
        #[serde(default)]
        title: Option<String>,
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
    Refused(Refusal),
}

/// What an order that was carried out has done or will do. Values only: whoever shows them makes the words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum OrderEffect {
    /// It was carried out when it came first.
    #[default]
    Before,
    /// These have ended. None: it was silent.
    Stopped {
        slots: Vec<DueSlot>,
    },
    /// It is silent until then. `again`: the same hold stood already.
    Held {
        until: Option<Wall>,
        again: bool,
        silent: Foreseen,
    },
    /// This airs next.
    Released {
        next: Option<DueSlot>,
    },
    /// `again`: all of them were skipped already.
    Skipped {
        slots: Vec<DueSlot>,
        again: bool,
    },
    /// These air after all.
    Unskipped {
        slots: Vec<DueSlot>,
    },
    /// The clock shows this, and is believed.
    Confirmed {
        at: Wall,
    },
    /// A mourning stands: how many of the plan's broadcasts it keeps silent from now on, and how many air all the same.
    Mourned {
        mourning: Mourning,
        silent: u32,
        airing: u32,
    },
    MourningWithdrawn,
}

/// What an order keeps from airing, the nearest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Foreseen {
    pub slots: Vec<DueSlot>,
    /// So many more are known of.
    pub more: u32,
}

/// A slot as people call it, on whatever outputs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DueSlot {
    pub planned_at: Wall,
    pub broadcast: BroadcastId,
    /// The name of its programme, or the title of what a person ordered.
    pub title: Option<String>,
}

/// One of those that a text may have meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub name: String,
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
    /// There is no hold to release.
    NotHeld,
    /// There is no skip to undo.
    NotSkipped,
    /// Several have that name, or none has and these are near.
    WhichOne(Vec<Choice>),
    /// The clock shows another time than the one that was confirmed.
    ClockDiffers(Wall),
    /// The clock shows a time before the program was made.
    BeforeBuild(Wall),
    /// The clock is behind the newest row of the log.
    BehindLog(Wall),
    /// There is no mourning to take back.
    NotMourning,
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
