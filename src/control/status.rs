//! What the daemon is doing, as a value.

use serde::{Deserialize, Serialize};

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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputStatus {
    pub output: OutputId,
    pub device: String,
    /// `closed`, `opening`, `open`, `lost`.
    pub state: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockStatus {
    pub evidence: Evidence,
    pub doubtful: bool,
    /// Why it is doubtful: `carried`, `before_build`, `behind_log`, `far_ahead`, `forward_step`, `backward_step`,
    /// `awaiting_network`.
    pub why: Option<String>,
}

/// A fault that stands, by a stable name, with a detail for the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultStatus {
    /// `no_device`, `device_lost`, `device_hangs`, `plan_refused`, `plan_not_kept`, `log_failing`, `log_hangs`, `files_hang`, `log_damaged`, `log_other`,
    /// `backup_failed`, `report_failed`, `clock_doubtful`, `clock_pretended`, `recording_missing`, `recording_broken`, `recording_waiting`,
    /// `copy_damaged`, `log_gone`, `in_the_way`, `no_control`, `internal`; among warnings `targets_behind`, `log_gap`,
    /// `clock_pretended_quietly`, `clock_was_wrong`, `measuring`.
    pub code: String,
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
