//! What was armed or on air when the station went off: closed as far as it sounded, and let go on if it still may.

use crate::asrun::open::OpenSlot;
use crate::playout::conductor::Conductor;
use crate::playout::conductor::rows::Take;
use crate::playout::conductor::run::{ARMS, Run};
use crate::playout::cue::{SlotChange, Write};
use crate::terms::*;

impl Conductor {
    /// Closes what sounded when the station went off, and lets the slot go on if it still may.
    pub(super) fn recover(&mut self, open_slot: OpenSlot) {
        let off = self.off;
        let sounding = open_slot.sounding.clone();
        let mut run = Run::recovered(open_slot, off);
        if self.shared.closed.contains_key(run.slot()) {
            return;
        }
        let mut rows = Vec::new();
        if let Some(sounding) = sounding.filter(|s| s.frames.count > 0 && (s.element as usize) < run.parts.len()) {
            let element = sounding.element as usize;
            run.phase.begin();
            let part = &mut run.parts[element];
            part.sounded = true;
            part.takes = part.takes.max(sounding.take);
            let take = Take {
                element,
                take: sounding.take,
                began: Some(sounding.started_at),
                frames: sounding.frames,
                outcome: Outcome::partial(off),
                device: Some(sounding.device).filter(|name| !name.is_empty()),
                detail: None,
                log_late: false,
            };
            rows.push(self.shared.heading.air(&run, &take));
            if !run.is_emergency() {
                self.shared.quota.spend(&run.slot().output, sounding.started_at, sounding.frames.length());
            }
        }
        if run.arms >= ARMS {
            run.phase.end(off);
        }
        // The order is in the log, and the slot's end was not there yet. What a cut broke off does not begin anew in a mourning.
        if let Some(reason) = self.left_out(&run.planned).and_then(|outcome| outcome.reason) {
            let says_it = !run.has_begun() || reason.goes_with(Status::Partial);
            run.phase.end(if says_it { reason } else { off });
        }
        let slot = run.slot().clone();
        self.shared.ledger(Write::Append(rows, SlotChange::Update(Box::new(run.open_slot(None)))));
        let timeline = self.timeline(&slot.output);
        let newest = timeline.emergency().filter(|other| run.is_emergency() && other.due_at() > run.due_at()).is_none();
        if run.is_emergency() && newest {
            timeline.supersede(&slot);
        } else if run.is_emergency() {
            run.phase.end(Reason::Superseded);
        }
        timeline.admit(run);
    }
}
