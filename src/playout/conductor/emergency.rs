//! What only emergencies do on an output: take it at once, leave it to others between their times, and end.
//!
//! One emergency holds an output at most: a newer one ends the older. Between its times it *rests*: whatever else is due may sound, as long
//! as it is over when the next time comes.

use crate::defect::defect;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::timeline::{LEAD, Timeline, Voice};
use crate::terms::*;

impl Timeline {
    pub(super) fn emergency(&self) -> Option<&Run> {
        self.runs.values().find(|run| run.is_emergency() && run.closing.is_none())
    }

    /// A newer emergency is there: the older ends.
    pub fn supersede(&mut self, newer: &Slot) {
        for run in self.runs.values_mut().filter(|run| run.is_emergency() && run.closing.is_none() && run.slot() != newer) {
            run.closing = Some(Reason::Superseded);
        }
    }

    /// An emergency that is due takes the output at once: what sounds fades out, what is loaded or armed for others is dropped.
    pub(super) fn seize(&mut self, shared: &mut Shared) {
        let now = shared.now.wall;
        let due = |run: &&Run| self.may_sound(shared, run) && run.next().is_some_and(|next| run.wants_from(next) <= now);
        let Some(slot) = self.emergency().filter(due).map(|run| run.slot().clone()) else { return };
        // While it sounds, whoever is armed waits behind it.
        let owed = |voice: &Voice| voice.stage.is_owed() && !voice.cut;
        let sounds = self.voices.values().any(|voice| voice.slot == slot && owed(voice));
        if !sounds && self.voices.values().any(owed) {
            self.cut(shared);
        }
        self.runs.values_mut().filter(|run| run.begun).for_each(Run::displace);
        self.holder = Some(slot);
    }

    /// Ends an emergency whose time is over. After a restart this needs a clock that is believed, and was when it was ordered; and whatever the
    /// clock shows, it lasts no longer from the start on than it was to last in all.
    pub(super) fn end_emergencies(&mut self, shared: &mut Shared) {
        let (now, lost, trusted) = (shared.now.wall, self.lost_for(), shared.trusted);
        let mut ended = false;
        for run in self.runs.values_mut().filter(|run| run.is_emergency() && run.closing.is_none()) {
            if run.recovered && !trusted {
                continue;
            }
            let unknown = run.recovered && run.ordered.as_ref().is_some_and(|ordered| !ordered.trusted);
            let outlived = run.recovered && shared.now.mono - shared.started >= run.end_by() - run.due_at();
            run.recovered = false;
            if unknown || ((outlived || now >= run.end_by()) && !defect!(EndlessEmergency)) {
                run.closing = Some(if unknown { run.waits } else { lost.unwrap_or(Reason::Expired) });
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
        let last = self.voices.values().filter(|v| v.slot == *emergency.slot() && v.stage.is_owed()).map(|v| v.element).max();
        let next = last.map_or(emergency.next(), |last| emergency.next_from(last + 1));
        let over = at + run.element(element).map_or(jiff::SignedDuration::ZERO, |element| element.length);
        next.is_some_and(|next| emergency.wants_from(next) < over)
    }
}
