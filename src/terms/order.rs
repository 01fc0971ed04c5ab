//! What a person may order.

use serde::{Deserialize, Serialize};

use super::{BroadcastId, Emergency, ItemId, OutputId, Priority, ProgrammeId, Wall};

/// One order. The daemon fills in what belongs to it (library facts); the conductor decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Order {
    Play {
        item: ItemId,
        priority: Priority,
        outputs: Vec<OutputId>,
        reason: Option<String>,
        /// Of an emergency, and of nothing else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency: Option<Emergency>,
    },
    /// An emergency recording is tried out on air, announced as a test.
    Drill {
        item: ItemId,
        outputs: Vec<OutputId>,
    },
    /// Silence at once, on one output or on all.
    Stop {
        output: Option<OutputId>,
    },
    /// Silent until released, or until an instant.
    Hold {
        until: Option<Wall>,
    },
    Release,
    /// The named broadcast's slots on that instant are skipped; `planned_at` is every instant of that day on which it is planned.
    Skip {
        broadcast: BroadcastId,
        planned_at: Vec<Wall>,
    },
    Unskip {
        broadcast: BroadcastId,
        planned_at: Vec<Wall>,
    },
    /// In a period to come, or in the one that has begun, most of what is planned stays silent.
    Mourning(Mourning),
    /// It is taken back: the one that begins then, or all of them.
    WithdrawMourning {
        from: Option<Wall>,
    },
    ConfirmClock,
}

/// Silence until released, or until an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub until: Option<Wall>,
}

/// A period of mourning, from ≤ t < until. It ends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mourning {
    pub from: Wall,
    pub until: Wall,
    /// The programmes that air all the same; none of them: silence.
    pub only: Vec<ProgrammeId>,
    pub reason: String,
}

impl Mourning {
    pub fn covers(&self, at: Wall) -> bool {
        self.from <= at && at < self.until
    }

    /// Whether a slot of this programme, planned for `at`, stays silent.
    pub fn silences(&self, at: Wall, programme: &ProgrammeId) -> bool {
        self.covers(at) && !self.only.contains(programme)
    }
}
