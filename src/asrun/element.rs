//! What a row says of its slot and of its item: taken from the plan when the slot is planned, and true for ever. Pure values.

use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::terms::*;

/// The facts of a slot that its rows carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotFacts {
    /// The station's code.
    pub station: Arc<str>,
    pub zones: Vec<ZoneId>,
    pub campaign: Option<CampaignId>,
    pub programme: Option<ProgrammeId>,
    pub priority: Priority,
    pub plan_hash: PlanHash,
}

/// The facts of an item that its rows carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemFacts {
    pub item: ItemId,
    pub kind: ItemKind,
    pub title: String,
    pub topic: Option<TopicId>,
    pub tags: Vec<String>,
    pub language: String,
    pub supplier: Option<SupplierId>,
    pub contacts: Vec<ContactId>,
    /// Its topic is one of the station's own duties.
    #[serde(default)]
    pub duty: bool,
    /// What it says in another language: it counts as that item.
    #[serde(default)]
    pub translation_of: Option<ItemId>,
    /// `None` when there is no recording that could be read.
    pub file_hash: Option<FileHash>,
}

/// One settled element of a slot: an item in its place, ready to sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// `None` where a pool had nothing to offer.
    pub facts: Option<Arc<ItemFacts>>,
    /// Chosen from a pool: it may be dropped when time is short. Fixed items may not.
    pub picked: bool,
    pub length: SignedDuration,
    /// Silence after this element, before the next; none after the last.
    pub pause: SignedDuration,
    /// For what hangs on its output the recording is filtered; gain and level are those behind the filter.
    #[serde(default)]
    pub speaker: Speaker,
    /// What brings the recording to the loudness of its hour.
    pub gain_db: f32,
    /// The loudness that is sent to the device; `None` for what has none (too short, silent).
    pub level_lufs: Option<f32>,
    /// From the start of the slot, when every element airs.
    pub offset: SignedDuration,
    /// Why it cannot sound although it is owed (no file, broken file, empty pool). It is ended with this outcome, never loaded.
    pub unplayable: Option<Reason>,
    /// Only for now: its recording is being measured.
    #[serde(default)]
    pub awaited: bool,
}

impl Element {
    /// Announcements and notices are what a programme is for, and so is a pool that had nothing to offer.
    pub fn speaks(&self) -> bool {
        self.facts.as_ref().is_none_or(|facts| facts.kind.speaks())
    }
}
