//! One row of the log and its canonical text.
//!
//! A row is written once and says finished facts only. `seq` and `row_hash` belong to the chain: they are empty until [`super::store`]
//! fills them in.
//!
//! Pure. [`cells`] has the one list of columns, [`stamp`](mod@stamp) the one form of instants: canonical text, CSV and JSON share them.

pub mod cells;
mod printed;
pub mod stamp;

use std::sync::Arc;

pub use cells::{COLUMNS, CellForm, Column, SEPARATOR};
pub use stamp::{read_stamp, stamp};

use crate::asrun::element::{ItemFacts, SlotFacts};
use crate::asrun::fact::{AirFact, Fact, Notes};
use crate::terms::*;

/// All columns of LOG.md, in its order. What a kind has no use for stays empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub seq: u64,
    /// What it says beside the cells; its kind too.
    pub fact: Fact,
    pub notes: Notes,
    pub station: Arc<str>,
    pub output: Option<OutputId>,
    pub zones: Vec<ZoneId>,
    pub broadcast: Option<BroadcastId>,
    pub campaign: Option<CampaignId>,
    pub programme: Option<ProgrammeId>,
    /// 1-based place in the slot's programme.
    pub element: Option<u32>,
    /// 1-based try of that element.
    pub take: Option<u32>,
    pub item: Option<ItemId>,
    pub item_kind: Option<ItemKind>,
    pub title: Option<String>,
    pub topic: Option<TopicId>,
    pub tags: Vec<String>,
    pub language: Option<String>,
    pub supplier: Option<SupplierId>,
    pub contacts: Vec<ContactId>,
    pub priority: Option<Priority>,
    pub planned_at: Option<Wall>,
    /// Planned length of the element (`air`) or the slot (`end`).
    pub planned_ms: Option<i64>,
    pub started_at: Option<Wall>,
    pub ended_at: Option<Wall>,
    pub airtime_ms: Option<i64>,
    pub frames: Option<u64>,
    pub rate: Option<u32>,
    pub status: Option<Status>,
    pub reason: Option<Reason>,
    pub late_ms: Option<i64>,
    /// In tenths of a LU, so that the text is exact: −180 is −18.0 LUFS.
    pub level_lufs_tenths: Option<i32>,
    pub first_run: Option<bool>,
    pub actor: Option<String>,
    pub device: Option<String>,
    pub origin: Origin,
    pub clock: Option<Evidence>,
    pub file_hash: Option<FileHash>,
    pub plan_hash: Option<PlanHash>,
    pub row_hash: String,
}

/// Whether what goes to a device is heard by nobody: it goes nowhere, or into a file.
pub fn is_test_device(device: &str) -> bool {
    device == "null" || device.starts_with("wav:")
}

impl Row {
    /// A row with a fact and nothing else: the base that the others fill in.
    pub fn of(fact: impl Into<Fact>, station: Arc<str>, origin: Origin) -> Row {
        Row {
            seq: 0,
            fact: fact.into(),
            notes: Notes::default(),
            station,
            output: None,
            zones: Vec::new(),
            broadcast: None,
            campaign: None,
            programme: None,
            element: None,
            take: None,
            item: None,
            item_kind: None,
            title: None,
            topic: None,
            tags: Vec::new(),
            language: None,
            supplier: None,
            contacts: Vec::new(),
            priority: None,
            planned_at: None,
            planned_ms: None,
            started_at: None,
            ended_at: None,
            airtime_ms: None,
            frames: None,
            rate: None,
            status: None,
            reason: None,
            late_ms: None,
            level_lufs_tenths: None,
            first_run: None,
            actor: None,
            device: None,
            origin,
            clock: None,
            file_hash: None,
            plan_hash: None,
            row_hash: String::new(),
        }
    }

    /// With what every row of a slot carries.
    pub fn of_slot(fact: impl Into<Fact>, slot: &Slot, facts: &SlotFacts, origin: Origin) -> Row {
        Row {
            output: Some(slot.output.clone()),
            broadcast: Some(slot.broadcast.clone()),
            planned_at: Some(slot.planned_at),
            zones: facts.zones.clone(),
            campaign: facts.campaign.clone(),
            programme: facts.programme.clone(),
            priority: Some(facts.priority),
            plan_hash: Some(facts.plan_hash.clone()),
            ..Row::of(fact, facts.station.clone(), origin)
        }
    }

    /// With what every row of an item carries.
    pub fn with_item(self, facts: &ItemFacts) -> Row {
        let fact = match self.fact {
            Fact::Air(air) => Fact::Air(AirFact { duty: facts.duty, translation_of: facts.translation_of.clone(), ..air }),
            other => other,
        };
        Row {
            fact,
            item: Some(facts.item.clone()),
            item_kind: Some(facts.kind),
            title: Some(facts.title.clone()),
            topic: facts.topic.clone(),
            tags: facts.tags.clone(),
            language: Some(facts.language.clone()),
            supplier: facts.supplier.clone(),
            contacts: facts.contacts.clone(),
            file_hash: facts.file_hash.clone(),
            ..self
        }
    }

    pub fn with_outcome(self, outcome: Outcome) -> Row {
        Row { status: Some(outcome.status), reason: outcome.reason, ..self }
    }

    pub fn kind(&self) -> Kind {
        self.fact.kind()
    }

    /// The cell `detail`: empty, or one line of JSON.
    pub fn detail(&self) -> String {
        self.fact.print(&self.notes)
    }

    /// The slot of an `air` or `end` row.
    pub fn slot(&self) -> Option<Slot> {
        Some(Slot { planned_at: self.planned_at?, broadcast: self.broadcast.clone()?, output: self.output.clone()? })
    }
}

#[cfg(test)]
mod tests;
