//! What the daemon is doing, as a value.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::terms::closed;
use crate::terms::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Idle,
    OnAir,
    Hold,
    Fault,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub state: State,
    pub now: Vec<OnAir>,
    /// Emergencies that hold, also between their times.
    #[serde(default)]
    pub emergency: Vec<EmergencyStatus>,
    pub next: Vec<Coming>,
    pub output: Vec<OutputStatus>,
    pub plan_hash: Option<PlanHash>,
    pub clock: ClockStatus,
    pub faults: Vec<FaultStatus>,
    /// What is no fault, and yet somebody should look at.
    #[serde(default)]
    pub warnings: Vec<FaultStatus>,
    /// The instant for which this is true.
    pub at: Wall,
    pub hold_until: Option<Wall>,
    /// Periods of mourning that hold or are to come.
    #[serde(default)]
    pub mourning: Vec<Mourning>,
}

/// What sounds, or should.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnAir {
    pub output: OutputId,
    pub broadcast: BroadcastId,
    pub planned_at: Wall,
    /// 1-based.
    pub element: u32,
    pub elements: u32,
    pub item: Option<ItemId>,
    pub title: Option<String>,
    pub started_at: Option<Wall>,
    pub ends_at: Option<Wall>,
}

impl OnAir {
    pub fn slot(&self) -> Slot {
        Slot { planned_at: self.planned_at, broadcast: self.broadcast.clone(), output: self.output.clone() }
    }
}

/// An emergency that holds on an output: who ordered it and why, and until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmergencyStatus {
    pub output: OutputId,
    pub broadcast: BroadcastId,
    pub item: Option<ItemId>,
    pub title: Option<String>,
    pub reason: Option<String>,
    pub actor: String,
    /// The order's instant.
    pub planned_at: Wall,
    pub ends_at: Wall,
    /// How many of its times have aired, and how many there are.
    pub aired: u32,
    pub times: u32,
    /// When it sounds again, while it does not.
    pub next_at: Option<Wall>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coming {
    pub output: OutputId,
    pub broadcast: BroadcastId,
    pub planned_at: Wall,
    pub length_ms: i64,
    pub left_out: Option<Reason>,
    /// A recording of it is being measured: it will be longer than it says.
    #[serde(default)]
    pub awaited: bool,
}

impl Coming {
    pub fn slot(&self) -> Slot {
        Slot { planned_at: self.planned_at, broadcast: self.broadcast.clone(), output: self.output.clone() }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputStatus {
    pub output: OutputId,
    pub device: String,
    pub state: DeviceState,
    /// Sound leaves the machine through it.
    #[serde(default)]
    pub heard: bool,
    /// The peak of what goes out, in decibels below full scale, while the device is open.
    #[serde(default)]
    pub peak_db: Option<i32>,
}

closed! {
    /// What an output's device is doing.
    DeviceState { Closed = "closed", Opening = "opening", Open = "open", Lost = "lost" }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockStatus {
    pub evidence: Evidence,
    pub doubtful: bool,
    /// Why it is doubtful.
    pub why: Option<Doubt>,
}

closed! {
    /// What is wrong, by a stable name: what keeps a station from its work is a fault, what somebody should look at a warning.
    FaultCode {
        /// No sound device of an output can be opened.
        NoDevice = "no_device",
        /// None of an output's devices is on this machine, long before it is needed.
        DeviceAbsent = "device_absent",
        /// Its mixer keeps a device silent.
        DeviceMuted = "device_muted",
        /// One that was open is gone.
        DeviceLost = "device_lost",
        /// A device does not answer.
        DeviceHangs = "device_hangs",
        /// A new plan has errors, and the old one runs on.
        PlanRefused = "plan_refused",
        /// An accepted plan is damaged in the data folder, or cannot be kept there.
        PlanNotKept = "plan_not_kept",
        /// The log cannot be written.
        LogFailing = "log_failing",
        /// The log's disk does not answer.
        LogHangs = "log_hangs",
        /// A folder of plans, recordings or copies does not answer.
        FilesHang = "files_hang",
        /// The log was damaged when the station started.
        LogDamaged = "log_damaged",
        /// The log is not the one that was there before.
        LogOther = "log_other",
        /// The log was removed, cut or exchanged while the station ran.
        LogGone = "log_gone",
        /// Today's backup of the log is not made.
        BackupFailed = "backup_failed",
        /// A report that is due is not written.
        ReportFailed = "report_failed",
        /// Nobody knows the time: nothing airs.
        ClockDoubtful = "clock_doubtful",
        /// The station runs on a clock made for tests, and could sound.
        ClockPretended = "clock_pretended",
        /// Something will not sound soon for want of its recording.
        RecordingMissing = "recording_missing",
        /// Something will not sound soon because its recording is broken.
        RecordingBroken = "recording_broken",
        /// Something will not sound soon because its recording is not valid then.
        RecordingExpired = "recording_expired",
        /// Nothing is left to choose from.
        NothingToPick = "nothing_to_pick",
        /// Something will not air soon because it does not fit its session.
        DoesNotFit = "does_not_fit",
        /// The data folder's disk has little room.
        DiskNearlyFull = "disk_nearly_full",
        /// No output reaches a village.
        ZoneUnreached = "zone_unreached",
        /// What is needed soon has been waiting long to be measured.
        RecordingWaiting = "recording_waiting",
        /// What came in the place of a recording cannot be taken over: its last master goes on airing.
        RecordingRefused = "recording_refused",
        /// A stored master is damaged or gone.
        MasterDamaged = "master_damaged",
        /// Something that is not the station's lay under a name of its own, and was renamed.
        InTheWay = "in_the_way",
        /// No orders can be taken.
        NoControl = "no_control",
        /// The program is wrong.
        Internal = "internal",
        /// Less has aired than the plan promises.
        TargetsBehind = "targets_behind",
        /// Rows of the log are lost.
        LogGap = "log_gap",
        /// The station runs on a clock made for tests, and no loudspeaker sounds.
        ClockPretendedQuietly = "clock_pretended_quietly",
        /// A time that was believed was wrong, and is right again.
        ClockWasWrong = "clock_was_wrong",
        /// Recordings are being measured.
        Measuring = "measuring",
        /// Nobody can open the console's page.
        NoConsole = "no_console",
    }
}

impl FaultCode {
    /// No fault of the station, or nothing that anything can be done about any more.
    pub fn is_warning(self) -> bool {
        use FaultCode as F;
        matches!(self, F::TargetsBehind | F::LogGap | F::ClockPretendedQuietly | F::ClockWasWrong | F::Measuring | F::NoConsole)
    }
}

/// A fault that stands, with a detail for the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultStatus {
    pub code: FaultCode,
    pub output: Option<OutputId>,
    pub detail: String,
    pub since: Wall,
}

/// So many titles are named where more are meant.
const NAMED: usize = 5;

/// The first of these titles, for a fault's detail; `None` when there are none.
pub fn some_of(titles: impl IntoIterator<Item = impl AsRef<str>>) -> Option<String> {
    let mut named = String::new();
    for (place, title) in titles.into_iter().take(NAMED + 1).enumerate() {
        named.push_str(if place == 0 { "" } else { ", " });
        named.push_str(if place == NAMED { "…" } else { title.as_ref() });
    }
    (!named.is_empty()).then_some(named)
}
