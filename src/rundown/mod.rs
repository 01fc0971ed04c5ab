//! The rundown: the concrete, timed list of slots that the plan gives for a span, element by element.
//!
//! `build(plan, library, history, span) -> Rundown` is pure; the same inputs give the same rundown, and the rundown of [a, c) is that
//! of [a, b) followed by that of [b, c) with the history that the first carried on.

use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::asrun::facts::{Element, SlotFacts};
use crate::terms::*;

/// All slots whose planned instant lies in [from, to), in order of `planned_at`, then of the plan's outputs, then of rank.
#[derive(Clone, Debug, PartialEq)]
pub struct Rundown {
    pub from: Wall,
    pub to: Wall,
    pub plan_hash: PlanHash,
    /// The station's code, for the rows that belong to no slot.
    pub station: Arc<str>,
    /// Every output of the plan, in its order.
    pub outputs: Vec<OutputId>,
    pub slots: Vec<Planned>,
}

/// One slot as the plan, the recordings and the past give it. It holds all that the conductor needs: no plan, no civil time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    pub slot: Slot,
    pub facts: Arc<SlotFacts>,
    /// Place in the plan, the last rank among equals.
    pub rank: u32,
    /// How much later than planned an element may start.
    pub late: SignedDuration,
    /// The latest instant at which the slot may begin: `planned_at + late`, within its session.
    pub start_by: Wall,
    /// The close of its session: nothing of it sounds from then on.
    pub end_by: Wall,
    /// `None` when it lies outside all hours (then it is left out) or no hours bind it.
    pub session: Option<Session>,
    pub elements: Arc<[Element]>,
    /// Picks that did not fit, last first.
    pub dropped: Vec<Dropped>,
    /// Why the slot will not air at all. It still ends in the log, with this outcome.
    pub left_out: Option<Outcome>,
    /// The picks may still change: they settle about ten minutes ahead.
    pub forecast: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    pub item: ItemId,
    pub title: String,
    pub reason: Reason,
}

impl Planned {
    /// From its first sample to its last when everything airs.
    pub fn length(&self) -> SignedDuration {
        self.elements
            .iter()
            .rev()
            .find(|e| e.unplayable.is_none())
            .map_or(SignedDuration::ZERO, |e| e.offset.saturating_add(e.length))
    }
}
