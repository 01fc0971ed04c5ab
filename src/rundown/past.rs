//! What the past says to a broadcast whose elements are chosen: by what its picks rotate, and which items have aired often enough.

use crate::asrun::history::History;
use crate::defect::defect;
use crate::rundown::Span;
use crate::rundown::pick::PickOrder;
use crate::terms::*;

/// The past of one broadcast at one instant.
pub struct BroadcastPast<'a> {
    pub history: &'a History,
    pub planned_at: Wall,
    /// The civil day to which it belongs.
    pub today: Span,
    /// Where it airs, and whether what the history has of its own instant there is itself: it is on its way already.
    pub outputs: Vec<(&'a OutputId, bool)>,
}

impl BroadcastPast<'_> {
    /// How an item stands among those that a pick chooses from.
    pub fn standing(&self, item: &ItemId) -> PickOrder {
        let before = self.history.before(self.planned_at).is_some_and(|before| before.contains(item) && !defect!(RepeatsPicks));
        (before, self.history.last_aired(item))
    }

    /// Why an item may not air in it once more on one of its outputs, of which it has so many airings already.
    pub fn limit(&self, caps: ItemCaps, item: &ItemId, already: u32) -> Option<ItemLimit> {
        if caps.is_free() || defect!(ForgetsAirings) {
            return None;
        }
        self.outputs.iter().find_map(|(output, is_known)| {
            let others = || self.history.airings(output, item).filter(|(at, _)| !is_known || *at != self.planned_at);
            let today = others().filter(|(at, _)| self.today.from <= *at && *at < self.today.to);
            let times = today.map(|(_, times)| times).fold(already, u32::saturating_add);
            let last = others().map(|(at, _)| at).filter(|at| *at <= self.planned_at).max();
            if caps.max_per_day.is_some_and(|most| times >= most) {
                return Some(ItemLimit::MaxPerDay);
            }
            let gap = caps.min_gap.zip(last);
            gap.is_some_and(|(gap, last)| self.planned_at - last < gap).then_some(ItemLimit::MinGap)
        })
    }
}
