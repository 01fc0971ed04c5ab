//! What only emergencies do on an output: take it at once, leave it to others between their times, and end.
//!
//! One emergency holds an output at most: a newer one ends the older. Between its times it *rests*: whatever else is due may sound, as long
//! as it is over when the next time comes.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::defect::defect;
use crate::playout::conductor::margins::LEAD;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::states::Voice;
use crate::playout::conductor::timeline::Timeline;
use crate::playout::cue::Write;
use crate::terms::*;

impl Timeline {
    /// The emergency of this output.
    pub fn emergency(&self) -> Option<&Run> {
        self.runs.values().find(|run| run.is_emergency() && !run.is_ending())
    }

    /// A newer emergency is there: the older ends.
    pub fn supersede(&mut self, newer: &Slot) {
        for run in self.runs.values_mut().filter(|run| run.is_emergency() && !run.is_ending() && run.slot() != newer) {
            run.phase.end(Reason::Superseded);
        }
    }

    /// An emergency that is due takes the output at once: what sounds fades out, what is loaded or armed for others is dropped.
    pub(super) fn seize(&mut self, shared: &mut Shared) {
        let now = shared.now.wall;
        let due = |run: &&Run| self.may_sound(shared, run) && run.next().is_some_and(|next| run.wants_from(next) <= now);
        let Some(slot) = self.emergency().filter(due).map(|run| run.slot().clone()) else { return };
        // While it sounds, whoever is armed waits behind it.
        let sounds = self.voices.values().any(|voice| voice.slot == slot && voice.is_on());
        if !sounds && self.voices.values().any(Voice::is_on) {
            self.cut(shared);
        }
        self.runs.values_mut().filter(|run| run.has_begun()).for_each(Run::displace);
        self.holder = Some(slot);
    }

    /// Ends an emergency whose time is over. After a restart this needs a clock that is believed, and was when it was ordered; and whatever the
    /// clock shows, it lasts no longer from the start on than it was to last in all.
    pub(super) fn end_emergencies(&mut self, shared: &mut Shared) {
        let (now, lost, trusted) = (shared.now.wall, self.lost_for(), shared.trusted);
        let mut ended = false;
        for run in self.runs.values_mut().filter(|run| run.is_emergency() && !run.is_ending()) {
            if run.unconfirmed && !trusted {
                continue;
            }
            let unknown = run.unconfirmed && run.ordered.as_ref().is_some_and(|ordered| !ordered.trusted);
            let outlived = run.unconfirmed && shared.now.mono - shared.started >= run.end_by() - run.due_at();
            run.unconfirmed = false;
            if unknown || ((outlived || now >= run.end_by()) && !defect!(EndlessEmergency)) {
                let why = if unknown { run.waits.unwrap_or(Reason::Internal) } else { lost.unwrap_or(Reason::Expired) };
                run.phase.end(why);
                ended = true;
            }
        }
        if ended {
            self.silence(shared);
        }
    }

    /// Whether an emergency that has the output pauses until its next time.
    pub(super) fn rests(&self, shared: &Shared, run: &Run) -> bool {
        let later = run.next().is_some_and(|next| run.wants_from(next) - LEAD > shared.now.wall);
        run.is_emergency() && later && !self.owes(run.slot())
    }

    /// Whether an emergency needs the output before this element of another slot, begun at `at`, would be over.
    pub(super) fn is_called_away(&self, shared: &Shared, run: &Run, element: usize, at: Wall) -> bool {
        let Some(emergency) = self.emergency().filter(|emergency| shared.may_start(emergency)) else { return false };
        if emergency.slot() == run.slot() {
            return false;
        }
        let next = self.last_owed(emergency.slot()).map_or(emergency.next(), |last| emergency.next_from(last + 1));
        let over = at + run.element(element).map_or(SignedDuration::ZERO, |element| element.length);
        next.is_some_and(|next| emergency.wants_from(next) < over)
    }

    /// An emergency's times and its end are lengths from its order: a step of the clock moves them along. What was ordered before a restart
    /// is only known by the clock.
    pub fn keep_emergencies(&mut self, shared: &mut Shared, step: Option<SignedDuration>) {
        let mut kept = None;
        for run in self.runs.values_mut().filter(|run| run.is_emergency() && !run.unconfirmed) {
            run.stepped = run.stepped.saturating_add(step.unwrap_or_default());
            if let Some(ordered) = run.ordered.as_mut().filter(|ordered| shared.trusted && !ordered.trusted) {
                Arc::make_mut(ordered).trusted = true;
            }
            kept = Some(run.slot().clone());
        }
        if let Some(open_slot) = kept.and_then(|slot| self.entry(&slot)) {
            shared.ledger(Write::Mark(Box::new(open_slot)));
        }
    }
}
