//! What the conductor is doing, as a value that others only read.

use jiff::SignedDuration;

use crate::asrun::facts::Element;
use crate::control::status::{
    Coming, DeviceState, EmergencyStatus, FaultCode, FaultStatus, OnAir, OutputStatus, State, Status, some_of,
};
use crate::defect::defect;
use crate::playout::conductor::Conductor;
use crate::playout::conductor::timeline::{Device, Stage, Timeline};
use crate::terms::*;

/// How many slots `next` shows.
const NEXT: usize = 8;
/// What will keep a slot of this time from airing whole is a fault.
const FORESEEN: SignedDuration = SignedDuration::from_hours(24);

impl Conductor {
    pub fn status(&self) -> Status {
        let now: Vec<OnAir> = self.timelines.values().flat_map(on_air).collect();
        let (warnings, faults): (Vec<_>, Vec<_>) = self.standing_faults().into_iter().partition(|fault| fault.code.is_warning());
        let state = if !faults.is_empty() {
            State::Fault
        } else if self.shared.hold.is_some() {
            State::Hold
        } else if now.is_empty() {
            State::Idle
        } else {
            State::OnAir
        };
        Status {
            state,
            now,
            emergency: self.timelines.values().filter_map(|timeline| emergency(timeline, self.shared.now.wall)).collect(),
            next: self.next(),
            output: self.timelines.values().map(output).collect(),
            plan_hash: Some(self.plan_hash.clone()),
            clock: self.clock.clone(),
            faults,
            warnings,
            at: self.shared.now.wall,
            hold_until: self.shared.hold.and_then(|hold| hold.until),
        }
    }

    fn next(&self) -> Vec<Coming> {
        let waiting = self.timelines.values().flat_map(|t| t.runs.values()).filter(|run| !run.begun).map(|run| &run.planned);
        let mut next: Vec<Coming> = waiting
            .chain(self.coming.values().take(NEXT))
            .map(|planned| Coming {
                output: planned.slot.output.clone(),
                broadcast: planned.slot.broadcast.clone(),
                planned_at: planned.slot.planned_at,
                length_ms: i64::try_from(planned.length().as_millis()).unwrap_or(i64::MAX),
                left_out: if self.is_skipped(&planned.slot) {
                    Some(Reason::Operator)
                } else {
                    let awaited = |reason: &Reason| planned.awaits() && *reason == Reason::FileMissing;
                    planned.left_out.and_then(|outcome| outcome.reason).filter(|reason| !awaited(reason))
                },
                awaited: planned.awaits(),
            })
            .collect();
        next.sort_by(|a, b| (a.planned_at, &a.output).cmp(&(b.planned_at, &b.output)));
        next.truncate(NEXT);
        next
    }

    fn standing_faults(&self) -> Vec<FaultStatus> {
        let mut faults = self.faults.clone();
        for timeline in self.timelines.values() {
            if let Device::Lost { since, ever } = timeline.device {
                let code = if ever { FaultCode::DeviceLost } else { FaultCode::NoDevice };
                let detail = timeline.name.clone().unwrap_or_default();
                faults.push(FaultStatus { code, output: Some(timeline.id.clone()), detail, since });
            }
        }
        let hanging = self.timelines.values().filter_map(|timeline| Some((&timeline.id, timeline.hangs.as_ref()?)));
        faults.extend(hanging.map(|(id, (device, since))| FaultStatus {
            code: FaultCode::DeviceHangs,
            output: Some(id.clone()),
            detail: device.clone(),
            since: *since,
        }));
        for (code, reason) in
            [(FaultCode::RecordingMissing, Reason::FileMissing), (FaultCode::RecordingBroken, Reason::FileError)]
        {
            let detail = self.cannot_sound(reason).filter(|_| !defect!(HidesMissing));
            faults.extend(detail.map(|detail| FaultStatus { code, output: None, detail, since: self.shared.now.wall }));
        }
        if self.clock.doubtful {
            let detail = self.clock.why.map(|why| why.to_string()).unwrap_or_default();
            faults.push(FaultStatus { code: FaultCode::ClockDoubtful, output: None, detail, since: self.shared.now.wall });
        }
        faults
    }

    /// What will not sound, of the slots that come soon or are on their way, for want of a fit recording.
    fn cannot_sound(&self, why: Reason) -> Option<String> {
        let by = self.shared.now.wall + FORESEEN;
        let coming = self.coming.values().take_while(|planned| planned.slot.planned_at <= by);
        let runs = self.timelines.values().flat_map(|timeline| timeline.runs.values()).map(|run| &run.planned);
        let owed = coming.chain(runs).filter(|planned| {
            let gone = planned.left_out.and_then(|outcome| outcome.reason);
            gone.is_none_or(|reason| reason == why) && !self.is_skipped(&planned.slot)
        });
        let silent = |element: &&Element| element.unplayable == Some(why) && !element.awaited;
        let mut titles: Vec<&str> = Vec::new();
        for facts in owed.flat_map(|planned| planned.elements.iter().filter(silent)).filter_map(|element| element.facts.as_ref())
        {
            if !titles.contains(&facts.title.as_str()) {
                titles.push(&facts.title);
            }
        }
        some_of(titles)
    }

    /// A fault that the daemon found, or (with `None`) that is mended.
    pub fn set_fault(&mut self, code: FaultCode, detail: Option<String>) {
        self.faults.retain(|fault| fault.code != code);
        if let Some(detail) = detail {
            let since = self.shared.now.wall;
            self.faults.push(FaultStatus { code, output: None, detail, since });
        }
    }
}

/// What sounds on an output; in the pause between two elements, or while its device is gone, what comes next of the slot that has it.
fn on_air(timeline: &Timeline) -> Option<OnAir> {
    let voice = timeline.voices.values().find(|voice| matches!(voice.stage, Stage::Sounding { .. }) && !voice.cut);
    let (slot, element) = match voice {
        Some(voice) => (&voice.slot, voice.element),
        None => {
            let run = timeline.runs.get(timeline.holder.as_ref()?).filter(|run| run.begun)?;
            (run.slot(), run.next()?)
        }
    };
    let run = timeline.runs.get(slot)?;
    let facts = run.element(element).and_then(|e| e.facts.clone());
    let began = voice.and_then(|voice| if let Stage::Sounding { began, .. } = voice.stage { Some(began) } else { None });
    Some(OnAir {
        output: timeline.id.clone(),
        broadcast: slot.broadcast.clone(),
        planned_at: slot.planned_at,
        element: u32::try_from(element + 1).unwrap_or(u32::MAX),
        elements: u32::try_from(run.done.len()).unwrap_or(u32::MAX),
        item: facts.as_ref().map(|f| f.item.clone()),
        title: facts.as_ref().map(|f| f.title.clone()),
        started_at: began,
        ends_at: voice.and_then(|voice| timeline.ends_at(voice)),
    })
}

/// An emergency of an output, from its order to its end.
fn emergency(timeline: &Timeline, now: Wall) -> Option<EmergencyStatus> {
    let run = timeline.emergency()?;
    let facts = run.message();
    let count = |those: &dyn Fn(&usize) -> bool| u32::try_from(run.messages().filter(those).count()).unwrap_or(u32::MAX);
    let ordered = run.ordered.as_deref();
    Some(EmergencyStatus {
        output: timeline.id.clone(),
        broadcast: run.slot().broadcast.clone(),
        item: facts.map(|facts| facts.item.clone()),
        title: facts.map(|facts| facts.title.clone()),
        reason: ordered.and_then(|ordered| ordered.reason.clone()),
        actor: ordered.map(|ordered| ordered.actor.clone()).unwrap_or_default(),
        planned_at: run.due_at(),
        ends_at: run.end_by(),
        aired: count(&|index| run.done[*index] == Some(Outcome::AIRED)),
        times: count(&|_| true),
        next_at: run.next().map(|next| run.wants_from(next)).filter(|at| *at > now),
    })
}

fn output(timeline: &Timeline) -> OutputStatus {
    let (state, device) = match &timeline.device {
        Device::Closed => (DeviceState::Closed, timeline.name.clone()),
        Device::Opening => (DeviceState::Opening, timeline.name.clone()),
        Device::Open(name) => (DeviceState::Open, Some(name.clone())),
        Device::Lost { .. } => (DeviceState::Lost, timeline.name.clone()),
    };
    OutputStatus { output: timeline.id.clone(), device: device.unwrap_or_default(), state }
}
