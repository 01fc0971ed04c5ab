//! What the deck is told to sound now, or why it is told nothing.
//!
//! The deciding functions change nothing and return a [`Start`] or the reason to [`Wait`]. [`Timeline::act`] is the one place that acts on it.

use jiff::SignedDuration;

use crate::defect::defect;
use crate::playout::conductor::margins::{PATIENCE, TIE};
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::states::{How, Stage, Stand, Start, Told, Voice, Wait};
use crate::playout::conductor::timeline::Timeline;
use crate::playout::cue::{Airing, DeckCue};
use crate::terms::*;

impl Timeline {
    /// Starts the slot whose turn it is.
    pub(super) fn start(&mut self, shared: &mut Shared) {
        let next = self.next_start(shared);
        self.act(shared, next);
    }

    /// Ties what comes next to what sounds. A slot that an emergency calls away makes room only when its element is over.
    pub(super) fn follow(&mut self, shared: &mut Shared) {
        if let Ok(next) = self.next_follow(shared) {
            self.act(shared, Ok(next));
        }
    }

    /// Does what was decided.
    pub(super) fn act(&mut self, shared: &mut Shared, decided: Result<Start, Wait>) {
        match decided {
            Ok(start) => self.tell(shared, &start),
            Err(Wait::TooLate { slot, elements, why }) => self.miss(shared, &slot, &elements, why),
            Err(Wait::CalledAway(slot)) => {
                // It makes room before the emergency cuts it: only the hours limit what is left of it.
                if let Some(run) = self.runs.get_mut(&slot).filter(|run| run.has_begun()) {
                    run.displace();
                }
            }
            Err(Wait::Nobody | Wait::Busy | Wait::Early | Wait::Loading | Wait::Forbidden | Wait::TooLong | Wait::Disk) => {}
        }
    }

    /// The start of the slot whose turn it is. The deck lets a voice wait until nothing else sounds.
    pub fn next_start(&self, shared: &Shared) -> Result<Start, Wait> {
        let now = shared.now.wall;
        let slot = self.whose_turn(shared)?;
        let (airing, element) = self.ready(&slot).ok_or(Wait::Loading)?;
        let run = self.runs.get(&slot).filter(|run| self.may_sound(shared, run)).ok_or(Wait::Forbidden)?;
        let free_at = self.free_at();
        if free_at.is_some_and(|at| at - TIE > now) {
            return Err(Wait::Early);
        }
        let at = run.wants_from(element).max(now);
        let starts = free_at.map_or(at, |free_at| free_at.max(at));
        if run.is_too_late(element, starts) {
            return Err(Wait::TooLong);
        }
        if !run.entry.is_on_disk() && now < at - PATIENCE {
            return Err(Wait::Disk);
        }
        if self.is_called_away(shared, run, element, starts) {
            return Err(Wait::CalledAway(slot));
        }
        let how = How::On { at, starts, by: run.start_by(element) };
        Ok(Start { slot, airing, element, how })
    }

    /// The slot that may start next: the holder, or its heir behind its last element.
    fn whose_turn(&self, shared: &Shared) -> Result<Slot, Wait> {
        let holder = self.holder.as_ref().filter(|_| !defect!(MutedOutput)).ok_or(Wait::Nobody)?;
        if !self.owes(holder) {
            return if self.is_taken_over(holder) { Err(Wait::Busy) } else { Ok(holder.clone()) };
        }
        // One that is only armed has no end yet that another could start behind.
        let tied = self.voices.values().any(|voice| voice.is_tied() && voice.is_on());
        if tied || !self.runs.get(holder).is_some_and(|run| self.is_at_last(run)) {
            return Err(Wait::Busy);
        }
        let heir = self.heir(shared).ok_or(Wait::Nobody)?;
        if self.owes(&heir) { Err(Wait::Busy) } else { Ok(heir) }
    }

    /// Whether a higher priority's voice is tied already but has not begun: between the end of the holder's element and its beginning
    /// the output looks free, and what the holder started there would sound in the middle of the other's programme.
    fn is_taken_over(&self, holder: &Slot) -> bool {
        let priority = |slot: &Slot| self.runs.get(slot).map(Run::priority);
        let mut tied = self.voices.values().filter(|voice| voice.is_tied() && voice.is_on());
        tied.any(|voice| priority(&voice.slot) > priority(holder))
    }

    /// What follows the voice that sounds: the next element of its slot, or a higher priority's first one in its place.
    fn next_follow(&self, shared: &Shared) -> Result<Start, Wait> {
        let on = self.voices.iter().filter(|(_, voice)| voice.is_on());
        let mut sounding = on.filter_map(|(airing, voice)| Some((*airing, voice, self.ends_at(voice)?)));
        let (after, voice, ends_at) = sounding.next().ok_or(Wait::Nobody)?;
        if ends_at - TIE > shared.now.wall {
            return Err(Wait::Early);
        }
        if self.voices.values().any(Voice::is_tied) {
            return Err(Wait::Busy);
        }
        let may_go_on = |run: &&Run| !run.is_ending() && shared.may_start(run);
        let run = self.runs.get(&voice.slot).filter(may_go_on).ok_or(Wait::Forbidden)?;
        let (run, element, starts) = match self.follower(shared, run.priority(), ends_at) {
            Some(heir) => (heir, heir.next(), ends_at),
            None => {
                let pause = run.element(voice.element).map_or(SignedDuration::ZERO, |element| element.pause);
                (run, run.follows(voice.element), ends_at + pause)
            }
        };
        let element = element.ok_or(Wait::Nobody)?;
        let slot = run.slot().clone();
        if self.is_called_away(shared, run, element, starts) {
            return Err(Wait::CalledAway(slot));
        }
        let (airing, _) = self.ready_at(&slot, element).ok_or(Wait::Loading)?;
        Ok(Start { slot, airing, element, how: How::Behind { after, starts } })
    }

    /// A slot of a higher priority than what sounds, ready to take over when that ends.
    fn follower(&self, shared: &Shared, priority: Priority, ends_at: Wall) -> Option<&Run> {
        let heir = self.heir(shared).and_then(|heir| self.runs.get(&heir)).filter(|heir| heir.priority() > priority)?;
        let due = heir.next().is_some_and(|next| heir.wants_from(next) <= ends_at);
        (due && self.ready(heir.slot()).is_some()).then_some(heir)
    }

    /// The slot's next element, if its voice is ready.
    pub(super) fn ready(&self, slot: &Slot) -> Option<(Airing, usize)> {
        self.ready_at(slot, self.runs.get(slot)?.next()?)
    }

    fn ready_at(&self, slot: &Slot, element: usize) -> Option<(Airing, usize)> {
        let (airing, voice) = self.voice_of(slot, element)?;
        matches!(voice.stage, Stage::Ready).then_some((airing, element))
    }

    /// Tells the deck, unless the element itself does not fit any more.
    fn tell(&mut self, shared: &mut Shared, start: &Start) {
        let Start { slot, airing, element, how } = start;
        let (How::On { starts, .. } | How::Behind { starts, .. }) = how;
        if self.fit(shared, slot, *element, *starts) != Some(*element) {
            return;
        }
        let Some(run) = self.runs.get_mut(slot) else { return };
        let Some(voice) = self.voices.get_mut(airing) else { return };
        let log_late = !run.entry.is_on_disk() && !run.is_emergency();
        let part = &mut run.parts[*element];
        part.takes += 1;
        voice.stage = Stage::Tied(Told { take: part.takes, log_late, stand: Stand::Stands });
        let airing = *airing;
        let cue = match *how {
            How::On { at, by, .. } => {
                let late = SignedDuration::from_millis(if defect!(StartsLate) { 50 } else { 0 });
                DeckCue::Start { airing, at: at + late, by }
            }
            How::Behind { after, .. } => DeckCue::Follow { after, next: airing },
        };
        shared.deck(&self.id, cue);
    }

    /// Ends elements that may not start any more.
    fn miss(&mut self, shared: &mut Shared, slot: &Slot, elements: &[usize], why: Reason) {
        let Some(run) = self.runs.get_mut(slot) else { return };
        for index in elements {
            run.give_up(*index, why);
        }
        self.forget(slot, elements);
        self.write_unsounded(shared, slot, elements);
    }

    /// Drops what does not fit when the slot goes on with element `from` at `at`; returns the element that comes then.
    fn fit(&mut self, shared: &mut Shared, slot: &Slot, from: usize, at: Wall) -> Option<usize> {
        let under_way = self.under_way();
        let run = self.runs.get_mut(slot)?;
        let mut dropped = Vec::new();
        if !run.is_emergency() {
            let end_by = run.end_by();
            let reason = if run.is_displaced() { Reason::Preempted } else { Reason::OutsideHours };
            dropped = run.fit(from, reason, |run| at + run.left(from) > end_by && !defect!(IgnoresClose));
            dropped.extend(shared.quota.fit(run, from, under_way));
        }
        let next = run.next_from(from);
        self.forget(slot, &dropped);
        self.write_unsounded(shared, slot, &dropped);
        next
    }
}
