//! What is armed or on air: the one mutable thing beside the log, so that a power cut loses no more than half a second of truth.

use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::asrun::facts::{Element, SlotFacts};
use crate::terms::*;

/// A slot that has been armed and has not ended, with everything that recovery needs to close or resume it without its plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unsettled {
    pub slot: Slot,
    pub facts: Arc<SlotFacts>,
    /// Place in the plan: the last rank among equals.
    pub rank: u32,
    pub late: SignedDuration,
    pub start_by: Wall,
    pub end_by: Wall,
    /// `None` for an emergency, which no hours bind.
    pub session: Option<Session>,
    pub elements: Arc<[Element]>,
    /// What has ended so far, by element: (outcome, takes).
    pub done: Vec<Option<Outcome>>,
    pub takes: Vec<u32>,
    pub sounding: Option<Sounding>,
    /// How often it was armed: a brown-out loop ends at three.
    pub arms: u32,
}

/// The take that sounds now, as of the last mark: never more than really sounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sounding {
    /// 0-based.
    pub element: u32,
    pub take: u32,
    pub started_at: Wall,
    pub frames: Frames,
    pub device: String,
}
