//! What others may see of an output.

use std::collections::BTreeMap;

use crate::asrun::row::is_test_device;
use crate::control::request::DueSlot;
use crate::control::status::{DeviceState, EmergencyStatus, FaultCode, FaultStatus, OnAir, OutputStatus};
use crate::playout::conductor::states::{Device, Voice};
use crate::playout::conductor::timeline::Timeline;
use crate::rundown::Planned;
use crate::terms::*;

impl Timeline {
    /// No device is open, or being opened.
    pub fn is_closed(&self) -> bool {
        self.device == Device::Closed
    }

    /// Nothing sounds, and the deck owes nothing.
    pub fn is_quiet(&self) -> bool {
        !self.voices.values().any(Voice::is_owed)
    }

    /// No slot waits, sounds or could go on.
    pub fn is_idle(&self) -> bool {
        self.runs.is_empty()
    }

    /// Its slots, as they were planned.
    pub fn slots(&self) -> impl Iterator<Item = &Planned> {
        self.runs.values().map(|run| &run.planned)
    }

    /// What sounds, waits or could resume, as people call it: what an order to be silent ends.
    pub fn due_slots(&self, now: Wall) -> impl Iterator<Item = DueSlot> {
        let due = self.runs.values().filter(move |run| !run.is_ending() && (run.has_begun() || run.due_at() <= now));
        due.map(|run| DueSlot {
            planned_at: run.slot().planned_at,
            broadcast: run.slot().broadcast.clone(),
            title: run.ordered.as_ref().and(run.message()).map(|facts| facts.title.clone()),
        })
    }

    /// Those of which nothing has begun.
    pub fn waiting(&self) -> impl Iterator<Item = &Planned> {
        self.runs.values().filter(|run| !run.has_begun()).map(|run| &run.planned)
    }

    /// What sounds; in the pause between two elements, or while the device is gone, what comes next of the slot that has the output.
    pub fn on_air(&self) -> Option<OnAir> {
        let voice = self.voices.values().find(|voice| voice.sounds() && voice.is_on());
        let (run, element) = match voice {
            Some(voice) => (self.runs.get(&voice.slot)?, voice.element),
            None => {
                let run = self.runs.get(self.holder.as_ref()?).filter(|run| run.has_begun())?;
                (run, run.next()?)
            }
        };
        let slot = run.slot();
        let facts = run.element(element).and_then(|element| element.facts.as_ref());
        Some(OnAir {
            output: self.id.clone(),
            broadcast: slot.broadcast.clone(),
            planned_at: slot.planned_at,
            element: u32::try_from(element + 1).unwrap_or(u32::MAX),
            elements: u32::try_from(run.parts.len()).unwrap_or(u32::MAX),
            item: facts.map(|facts| facts.item.clone()),
            title: facts.map(|facts| facts.title.clone()),
            started_at: voice.and_then(Voice::began),
            ends_at: voice.and_then(|voice| self.ends_at(voice)),
        })
    }

    /// Its emergency, from the order to its end.
    pub fn emergency_status(&self, now: Wall) -> Option<EmergencyStatus> {
        let run = self.emergency()?;
        let facts = run.message();
        let aired = |index: &usize| run.parts[*index].done == Some(Outcome::AIRED);
        let ordered = run.ordered.as_deref();
        Some(EmergencyStatus {
            output: self.id.clone(),
            broadcast: run.slot().broadcast.clone(),
            item: facts.map(|facts| facts.item.clone()),
            title: facts.map(|facts| facts.title.clone()),
            reason: ordered.and_then(|ordered| ordered.reason.clone()),
            actor: ordered.map(|ordered| ordered.actor.clone()).unwrap_or_default(),
            planned_at: run.due_at(),
            ends_at: run.end_by(),
            aired: u32::try_from(run.messages().filter(aired).count()).unwrap_or(u32::MAX),
            times: u32::try_from(run.messages().count()).unwrap_or(u32::MAX),
            next_at: run.next().map(|next| run.wants_from(next)).filter(|at| *at > now),
        })
    }

    pub fn output_status(&self) -> OutputStatus {
        let last = || self.name.clone().unwrap_or_default();
        let (state, device) = match &self.device {
            Device::Closed => (DeviceState::Closed, last()),
            Device::Opening => (DeviceState::Opening, last()),
            Device::Open(name) => (DeviceState::Open, name.clone()),
            Device::Lost { .. } => (DeviceState::Lost, last()),
        };
        OutputStatus { output: self.id.clone(), heard: !is_test_device(&device), device, state, peak_db: None }
    }

    /// It is closed, and none of its devices is there to be opened.
    pub fn absent_fault(&self, absent: &BTreeMap<OutputId, String>, since: Wall) -> Option<FaultStatus> {
        let detail = absent.get(&self.id).filter(|_| self.is_closed())?.clone();
        Some(FaultStatus { code: FaultCode::DeviceAbsent, output: Some(self.id.clone()), detail, since })
    }

    /// Its device is gone.
    pub fn lost_fault(&self) -> Option<FaultStatus> {
        let Device::Lost { since, ever } = self.device else { return None };
        let code = if ever { FaultCode::DeviceLost } else { FaultCode::NoDevice };
        Some(FaultStatus { code, output: Some(self.id.clone()), detail: self.name.clone().unwrap_or_default(), since })
    }

    /// A device of it hangs.
    pub fn hanging_fault(&self) -> Option<FaultStatus> {
        let (device, since) = self.hangs.clone()?;
        Some(FaultStatus { code: FaultCode::DeviceHangs, output: Some(self.id.clone()), detail: device, since })
    }
}
