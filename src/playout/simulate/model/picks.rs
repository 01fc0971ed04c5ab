//! What pools may choose: nothing that is not valid on the slot's day, and nothing of the broadcast before while there is another choice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::{Law, Model};
use crate::asrun::row::Row;
use crate::terms::*;

/// A programme's own items, and what its picks may choose from when nothing is wrong with the recordings.
#[derive(Clone, Debug, Default)]
pub struct ProgrammePool {
    pub fixed: BTreeSet<ItemId>,
    pub pool: BTreeSet<ItemId>,
}

/// Picks are settled ten minutes ahead, with what was known then: so long before nothing may have been amiss.
const KNOWN_BEFORE: SignedDuration = SignedDuration::from_mins(25);

impl Model<'_> {
    /// Whatever plan was in force, an item sounds on no day on which none of them has it as valid.
    pub(super) fn check_validity(&mut self) {
        let aired = |row: &&Row| row.kind() == Kind::Air && row.frames.unwrap_or(0) > 0;
        let mut broken = Vec::new();
        for row in self.record.rows.iter().filter(aired) {
            let (Some(item), Some(planned_at)) = (&row.item, row.planned_at) else { continue };
            let mut known = self.plans.values().filter_map(|says| says.valid.get(item)).peekable();
            if known.peek().is_some() && !known.any(|(from, to)| *from <= planned_at && planned_at < *to) {
                broken.push((planned_at, format!("row {}: {item} is not valid on the day of {planned_at:?}", row.seq)));
            }
        }
        for (at, what) in broken {
            self.breach(Law::ValidItems, at, what);
        }
    }

    /// Judged where nothing was amiss, no order came between, and the plan was the one that was given.
    pub(super) fn check_repeats(&mut self) {
        let [only] = self.record.plans.as_slice() else { return };
        let Some(says) = self.plans.get(&only.hash) else { return };
        let mut by_instant: BTreeMap<Wall, Vec<&Row>> = BTreeMap::new();
        for row in self.record.rows.iter().filter(|row| row.kind() == Kind::Air) {
            by_instant.entry(row.planned_at.unwrap_or(Wall::MIN)).or_default().push(row);
        }
        let mut broken = Vec::new();
        let all: Vec<(&Wall, &Vec<&Row>)> = by_instant.iter().collect();
        for pair in all.windows(2) {
            let ((before_at, before), (at, rows)) = (pair[0], pair[1]);
            if !self.nothing_befell(*before_at, *at) || !before.iter().chain(rows).all(|row| as_planned(row)) {
                continue;
            }
            let had: BTreeSet<&ItemId> = before.iter().filter_map(|row| row.item.as_ref()).collect();
            // A change of one date gives a broadcast another programme.
            let aired: BTreeSet<_> = rows.iter().filter_map(|row| row.broadcast.as_ref().zip(row.programme.as_ref())).collect();
            for (broadcast, programme) in aired {
                let Some(ProgrammePool { fixed, pool }) = says.pools.get(programme) else { continue };
                let mine = rows.iter().filter(|row| row.broadcast.as_ref() == Some(broadcast));
                let own: BTreeSet<&ItemId> = mine.filter_map(|row| row.item.as_ref()).collect();
                let again = own.iter().find(|item| had.contains(**item) && !fixed.contains(**item));
                let valid = |item: &&ItemId| says.valid.get(*item).is_some_and(|(from, to)| from <= at && at < to);
                // One with limits may have aired often enough.
                let free = |item: &&ItemId| valid(item) && !says.caps.contains_key(*item);
                let other =
                    pool.iter().filter(free).find(|item| !had.contains(item) && !own.contains(item) && !fixed.contains(*item));
                if let (Some(again), Some(other)) = (again, other) {
                    broken.push((*at, format!("{broadcast} at {at:?} picks {again} as the broadcast before, and not {other}")));
                }
            }
        }
        for (at, what) in broken {
            self.breach(Law::NoRepeat, at, what);
        }
    }

    fn nothing_befell(&self, before: Wall, at: Wall) -> bool {
        let (from, to) = (before - KNOWN_BEFORE, at + KNOWN_BEFORE);
        let record = self.record;
        let troubled = record.troubles.iter().any(|trouble| trouble.from <= to && from <= trouble.to);
        let off = record.offs.iter().any(|cut| cut.at <= to && from <= cut.back_at);
        let ordered = record.orders.iter().any(|order| from <= order.at && order.at <= to);
        let wrong = record.clocks.iter().any(|clock| !clock.ahead.is_zero());
        // What was planned between and did not air is in no row.
        let between = self.owed.iter().any(|(slot, planned)| {
            before <= slot.planned_at && slot.planned_at <= at && !self.aired_whole(slot) && planned.left_out.is_none()
        });
        !troubled && !off && !ordered && !wrong && !between
    }

    fn aired_whole(&self, slot: &Slot) -> bool {
        self.endings.get(slot).is_some_and(|rows| rows.iter().any(|row| row.status == Some(Status::Aired)))
    }
}

fn as_planned(row: &Row) -> bool {
    row.status == Some(Status::Aired) && row.late_ms.unwrap_or(0) == 0 && row.take.unwrap_or(1) == 1
}
