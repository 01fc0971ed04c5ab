//! What the station makes of the plan's files and of recordings that are missing.

use jiff::SignedDuration;

use super::{Law, Model};
use crate::playout::simulate::record::TroubleKind;
use crate::terms::*;

/// An edit is in force after this: a look every two seconds, twice the same, and reading it, perhaps behind another.
const TAKEN_IN: SignedDuration = SignedDuration::from_secs(20);
/// What is missing so long before a slot is seen when it is settled.
const BEFORE: SignedDuration = SignedDuration::from_mins(12);
const SETTLED: SignedDuration = SignedDuration::from_mins(10);

impl Model<'_> {
    /// Whoever saves the plan has it in force soon, unless somebody saves it again: also while the station starts, or reads.
    pub(super) fn check_edits(&mut self) {
        let record = self.record;
        let mut lost = Vec::new();
        for (place, (at, hash)) in record.edits.iter().enumerate() {
            let mut by = *at + TAKEN_IN;
            for cut in record.offs.iter().filter(|cut| *at <= cut.back_at) {
                if cut.at <= by {
                    by = by.max(cut.back_at + TAKEN_IN);
                }
            }
            let next = record.edits.get(place + 1).map_or(record.to, |(next, _)| *next);
            let in_force = record.in_force.iter().rev().find(|(since, _)| *since <= by).map(|(_, plan)| plan);
            if by < next && in_force.is_some_and(|in_force| in_force != hash) {
                lost.push((*at, format!("the plan was saved as {hash} and is not in force by {by:?}")));
            }
        }
        for (at, what) in lost {
            self.breach(Law::EditsTaken, at, what);
        }
    }

    /// A recording that is missing for long is a fault before its slot is silent for it.
    pub(super) fn check_faults(&mut self) {
        let record = self.record;
        let mut hidden = Vec::new();
        for (slot, rows) in &self.endings {
            let reason = rows[0].reason.filter(|reason| matches!(reason, Reason::FileMissing | Reason::FileError));
            let (Some(reason), Some(planned)) = (reason, self.owed.get(slot)) else { continue };
            let at = slot.planned_at;
            let end = self.end_at.get(slot).copied().unwrap_or(at);
            let from = at - BEFORE;
            let others = std::iter::once(planned).chain(self.otherwise.get(slot).into_iter().flatten());
            let by_plan = others.clone().all(|planned| planned.elements.iter().any(|e| e.unplayable == Some(reason)));
            let touched = record.troubles.iter().any(|trouble| {
                let to = trouble.to.0.saturating_add(BEFORE.as_nanos() as i64);
                let near = trouble.from <= end && from.0 <= to;
                near && trouble.kind != TroubleKind::Hold
            });
            let looks = record.shown.iter().filter(|(seen, _)| at - SETTLED <= *seen && *seen <= end);
            let (mut looked, mut shown) = (false, false);
            for (_, codes) in looks {
                looked = true;
                shown |= codes.iter().any(|code| code.as_str().starts_with("recording_"));
            }
            if by_plan && !touched && looked && !shown {
                hidden.push((at, format!("{slot} ended {reason}, and no fault had said so")));
            }
        }
        for (at, what) in hidden {
            self.breach(Law::FaultShown, at, what);
        }
    }
}
