//! What a deck tells of an output: recordings that are ready or bad, voices that began and ended, devices that come and go.

use jiff::SignedDuration;

use crate::asrun::row::Row;
use crate::defect::defect;
use crate::playout::conductor::rows::Take;
use crate::playout::conductor::run::{Run, outcome_of};
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::states::{Device, Stage, Voice};
use crate::playout::conductor::timeline::Timeline;
use crate::playout::cue::{Airing, DeckEvent, End, Fault, FaultKind, SlotChange, Write};
use crate::terms::*;

/// The newest mark is this old at most while something sounds.
const MARK_EVERY: SignedDuration = SignedDuration::from_millis(500);
/// Silence inside a slot that is worth a row.
const DEAD_AIR: SignedDuration = SignedDuration::from_millis(500);

impl Timeline {
    pub fn heard(&mut self, shared: &mut Shared, event: DeckEvent) {
        match event {
            DeckEvent::Ready(airing) => {
                if let Some(voice) = self.voices.get_mut(&airing).filter(|voice| matches!(voice.stage, Stage::Loading)) {
                    voice.stage = Stage::Ready;
                }
            }
            DeckEvent::Bad(airing, fault) => self.bad(shared, airing, &fault),
            DeckEvent::Began(airing, at) => self.began(shared, airing, at),
            DeckEvent::Played(airing, frames) => self.played(shared, airing, frames),
            DeckEvent::Ended(airing, frames, end) => self.ended(shared, airing, frames, end),
            DeckEvent::Opened(name) => {
                self.name = Some(name.clone());
                self.device = Device::Open(name);
            }
            DeckEvent::Lost(fault) => self.lost(shared, &fault),
            DeckEvent::Back(name) => self.back(shared, name),
            DeckEvent::Hangs(device) => self.hangs = device.map(|device| (device, shared.now.wall)),
        }
    }

    /// A recording that cannot sound ends its element; one that only has no device waits for it.
    fn bad(&mut self, shared: &mut Shared, airing: Airing, fault: &Fault) {
        if self.voices.get(&airing).is_none_or(Voice::is_owed) {
            return;
        }
        let Some(voice) = self.voices.remove(&airing) else { return };
        let Some(reason) = element_reason(fault.kind) else { return };
        let of_slot = self.voices.values().filter(|other| other.slot == voice.slot && other.is_owed());
        let owed: Vec<usize> = of_slot.map(|other| other.element).collect();
        let Some(run) = self.runs.get_mut(&voice.slot) else { return };
        let outcome = run.give_up(voice.element, reason);
        run.parts[voice.element].takes += 1;
        let take = Take {
            element: voice.element,
            take: run.parts[voice.element].takes,
            began: None,
            frames: Frames::none(0),
            outcome,
            device: None,
            detail: Some(fault.detail.clone()),
            log_late: false,
        };
        let mut rows = vec![shared.heading.air(run, &take)];
        // What failed once fails each of an emergency's times.
        let content = run.element(voice.element).and_then(|element| element.facts.clone()).filter(|_| run.is_emergency());
        let again = |run: &Run, index: usize| content.is_some() && run.element(index).is_some_and(|e| e.facts == content);
        let mut gone: Vec<usize> = (0..run.parts.len()).filter(|index| again(run, *index)).collect();
        give_up_all(shared, run, &gone, reason, &mut rows);
        // No announcement of it can sound any more: it stays silent rather than air a bare jingle.
        let bare = run.is_bare() && (!run.has_begun() || run.is_emergency());
        gone = (0..run.parts.len()).filter(|index| bare && !owed.contains(index)).collect();
        give_up_all(shared, run, &gone, reason, &mut rows);
        shared.ledger(Write::Append(rows, self.change_of(&voice.slot)));
    }

    fn began(&mut self, shared: &mut Shared, airing: Airing, at: Wall) {
        let Some(voice) = self.voices.get_mut(&airing) else { return };
        let Stage::Tied(told) = &voice.stage else { return };
        voice.stage = Stage::Sounding { told: told.clone(), began: at, frames: Frames::none(1), marked_at: shared.now.mono };
        let (slot, element) = (voice.slot.clone(), voice.element);
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let gap = run.phase.silent_since().map(|ended_at| (ended_at, at - ended_at));
        let before = (0..element).rev().find(|index| run.parts[*index].sounded).and_then(|index| run.element(index));
        let pause = before.map_or(SignedDuration::ZERO, |element| element.pause);
        run.phase.begin();
        let mut rows = Vec::new();
        for index in 0..element {
            if run.parts[index].done.is_none()
                && let Some(reason) = run.planned.elements[index].unplayable
            {
                run.give_up(index, reason);
                let silent = Take::unsounded(run, index).filter(|_| !run.parts[index].sounded);
                rows.extend(silent.map(|take| shared.heading.air(run, &take)));
            }
        }
        if let Some((ended_at, gap)) = gap
            && gap > pause.saturating_add(DEAD_AIR)
        {
            let length = format!("{} ms", gap.as_millis());
            rows.push(shared.heading.fault(&self.id, ended_at, Some(at), FaultEvent::DeadAir, &length));
        }
        if !rows.is_empty() {
            shared.ledger(Write::Append(rows, self.change_of(&slot)));
        }
        self.mark(shared, &slot);
    }

    fn played(&mut self, shared: &mut Shared, airing: Airing, played: Frames) {
        let Some(voice) = self.voices.get_mut(&airing) else { return };
        let Stage::Sounding { frames, marked_at, .. } = &mut voice.stage else { return };
        *frames = played;
        if played.count > 0
            && let Some(run) = self.runs.get_mut(&voice.slot)
        {
            run.parts[voice.element].sounded = true;
        }
        if shared.now.mono - *marked_at >= MARK_EVERY {
            *marked_at = shared.now.mono;
            let slot = voice.slot.clone();
            self.mark(shared, &slot);
        }
    }

    fn mark(&mut self, shared: &mut Shared, slot: &Slot) {
        if let Some(open_slot) = self.entry(slot) {
            shared.ledger(Write::Mark(Box::new(open_slot)));
        }
    }

    fn ended(&mut self, shared: &mut Shared, airing: Airing, frames: Frames, end: End) {
        let Some(voice) = self.voices.remove(&airing) else { return };
        let Some(told) = voice.told() else { return };
        let began = voice.began();
        let sounded = frames.count > 0 || (began.is_some() && end == End::Whole);
        let detail = if let End::Failed(fault) = &end { Some(fault.detail.clone()) } else { None };
        let holds = self.holder.as_ref() == Some(&voice.slot);
        let Some(run) = self.runs.get_mut(&voice.slot) else { return };
        run.parts[voice.element].sounded |= sounded;
        let (outcome, over) = judge(shared, run, &voice, end, sounded);
        let part = &mut run.parts[voice.element];
        if over {
            part.done = Some(outcome);
        } else if sounded {
            // A fault of the program itself is no reason to wait.
            run.waits = outcome.reason.filter(|reason| *reason != Reason::Internal);
        }
        if sounded {
            self.freed = Some((voice.slot.clone(), shared.now.wall));
            run.phase.fall_silent(began.map(|at| at + frames.length()).filter(|_| holds));
        } else if !over {
            // It never sounded and may be tried again: nothing of it belongs into the log yet, and this was no take.
            part.takes = part.takes.saturating_sub(1);
            return;
        }
        let take = Take {
            element: voice.element,
            take: told.take,
            began: began.filter(|_| sounded),
            frames,
            outcome,
            device: self.name.clone(),
            detail,
            // An emergency waits for no disk: only what has sounded before the disk had it is late.
            log_late: told.log_late || (run.is_emergency() && !run.entry.is_on_disk()),
        };
        let row = shared.heading.air(run, &take);
        if let Some(began) = began.filter(|_| !run.is_emergency()) {
            shared.quota.spend(&self.id, began, frames.length());
        }
        let rows = if defect!(ForgetsCutTakes) && outcome.status != Status::Aired { Vec::new() } else { vec![row] };
        shared.ledger(Write::Append(rows, self.change_of(&voice.slot)));
    }

    /// The device is gone. What was loaded for it is loaded again when it is back; what sounded ends by its own events.
    fn lost(&mut self, shared: &mut Shared, fault: &Fault) {
        let ever = matches!(self.device, Device::Open(_) | Device::Lost { ever: true, .. });
        if !matches!(self.device, Device::Lost { .. }) {
            self.device = Device::Lost { since: shared.now.wall, ever };
            let what = if ever { FaultEvent::DeviceLost } else { FaultEvent::NoDevice };
            let row = shared.heading.fault(&self.id, shared.now.wall, None, what, &fault.detail);
            shared.ledger(Write::Append(vec![row], SlotChange::Nothing));
        }
        // What was loaded for this device is of no use for another.
        self.cut(shared);
    }

    fn back(&mut self, shared: &mut Shared, name: String) {
        // A slot that has waited for the device, and comes too late all the same, says so.
        let (now, lost) = (shared.now.wall, self.lost_for());
        for run in self.runs.values_mut().filter(|run| run.due_at() <= now) {
            run.waits = run.waits.or(lost);
        }
        if let Device::Lost { since, .. } = self.device {
            let row = shared.heading.fault(&self.id, since, Some(shared.now.wall), FaultEvent::DeviceBack, &name);
            shared.ledger(Write::Append(vec![row], SlotChange::Nothing));
        }
        self.name = Some(name.clone());
        self.device = Device::Open(name);
    }
}

/// What an end means for the take, and whether it ends the element.
fn judge(shared: &Shared, run: &Run, voice: &Voice, end: End, sounded: bool) -> (Outcome, bool) {
    let ending = run.phase.ending();
    let outcome = |reason| outcome_of(reason, sounded, sounded);
    match end {
        End::Whole => (Outcome::AIRED, true),
        End::Cut => match ending {
            Some(reason) => (outcome(reason), sounded),
            None if shared.leaving => (outcome(Reason::Stopped), false),
            None => {
                // Taken back because the clock stepped or is doubtful, or by a higher priority.
                let doubted = run.waits.filter(|_| !shared.trusted && !run.is_emergency());
                (outcome(voice.taken_back().or(doubted).unwrap_or(Reason::Preempted)), false)
            }
        },
        End::Lost => (outcome(Reason::DeviceFault), ending.is_some() && sounded),
        End::Lease => (outcome(Reason::Internal), ending.is_some() && sounded),
        End::Failed(fault) => (outcome(element_reason(fault.kind).unwrap_or(Reason::FileError)), true),
    }
}

/// Ends those of these elements that have not ended, each with its row.
fn give_up_all(shared: &Shared, run: &mut Run, elements: &[usize], reason: Reason, rows: &mut Vec<Row>) {
    for index in elements.iter().copied() {
        if run.parts[index].done.is_none() {
            run.give_up(index, reason);
            rows.extend(Take::unsounded(run, index).map(|take| shared.heading.air(run, &take)));
        }
    }
}

/// The reason with which a fault ends an element; `None` when it is not the element's fault.
fn element_reason(kind: FaultKind) -> Option<Reason> {
    match kind {
        FaultKind::FileMissing => Some(Reason::FileMissing),
        FaultKind::FileError => Some(Reason::FileError),
        FaultKind::Internal => Some(Reason::Internal),
        FaultKind::NoDevice | FaultKind::DeviceLost | FaultKind::Disk => None,
    }
}
