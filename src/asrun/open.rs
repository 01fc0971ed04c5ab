//! What is armed or on air: the one mutable thing beside the log, so that a power cut loses no more than half a second of truth.
//! Pure values: [`super::store`] keeps them.

use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::asrun::element::{Element, SlotFacts};
use crate::asrun::history::History;
use crate::terms::*;

/// A slot that has been armed and has not ended, with everything that recovery needs to close or resume it without its plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenSlot {
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
    /// What has ended so far, by element, and how often each was tried.
    pub done: Vec<Option<Outcome>>,
    pub takes: Vec<u32>,
    /// Elements of which at least a frame has sounded.
    pub sounded: Vec<bool>,
    pub sounding: Option<Sounding>,
    /// A higher priority took its output: only the hours limit its return.
    pub displaced: bool,
    /// How often it was armed: a brown-out loop ends at three.
    pub arms: u32,
    /// Who ordered it, of what a person ordered.
    #[serde(default)]
    pub ordered: Option<Arc<Ordered>>,
    /// By how much the wall clock has stepped since: an emergency's times and its end are lengths from its order, not times of day.
    #[serde(default)]
    pub stepped: SignedDuration,
}

/// A person's order to play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    pub actor: String,
    pub reason: Option<String>,
    /// The clock of the order's instant was believed, or has been since: only then is an emergency's end known after a restart.
    pub trusted: bool,
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

impl OpenSlot {
    /// Takes the elements that have not ended as aired on time: what later picks must expect.
    pub fn expect(&self, history: &mut History) {
        history.know(self.slot.clone());
        if self.facts.priority == Priority::Emergency {
            // It uses up no quota, and nobody knows how long it will be wanted.
            return;
        }
        for (index, element) in self.elements.iter().enumerate() {
            if self.done.get(index).is_some_and(Option::is_some) || element.unplayable.is_some() {
                continue;
            }
            if let Some(facts) = &element.facts {
                let at = self.slot.planned_at + element.offset;
                history.assume(&self.slot.output, self.slot.planned_at, at, &facts.item, element.length);
                history.count_on(&self.slot, index, facts, element.length);
                history.count_airing(&self.slot.output, self.slot.planned_at, &facts.item);
            }
        }
    }
}

/// What an append does to an open slot. Both go in one transaction: a take that is in the log must not be recovered again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SlotChange {
    Nothing,
    Update(Box<OpenSlot>),
    Clear(Slot),
}

impl SlotChange {
    /// The slot whose entry it changes.
    pub fn slot(&self) -> Option<&Slot> {
        match self {
            SlotChange::Nothing => None,
            SlotChange::Update(open_slot) => Some(&open_slot.slot),
            SlotChange::Clear(slot) => Some(slot),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asrun::samples;

    #[test]
    fn what_was_armed_before_outputs_had_speakers_sounds_as_it_was_meant_then() {
        let mut armed = samples::open_slot(Wall(0));
        let mut old = serde_json::to_value(&armed).unwrap();
        for element in old["elements"].as_array_mut().unwrap() {
            element.as_object_mut().unwrap().remove("speaker").unwrap();
        }
        assert_eq!(serde_json::from_value::<OpenSlot>(old).unwrap(), armed);
        armed.elements = armed.elements.iter().map(|element| Element { speaker: Speaker::Horn, ..element.clone() }).collect();
        let text = serde_json::to_string(&armed).unwrap();
        assert_eq!(serde_json::from_str::<OpenSlot>(&text).unwrap(), armed, "and a horn's comes back as a horn's");
    }
}
