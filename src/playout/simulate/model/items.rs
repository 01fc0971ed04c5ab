//! Which items sound, and how often: an emergency's by order alone, and those with limits no oftener than these allow.

use std::collections::BTreeMap;

use crate::asrun::row::Row;
use crate::playout::simulate::model::Model;
use crate::playout::simulate::record::TroubleKind;
use crate::terms::*;

impl Model<'_> {
    pub(super) fn check_items(&mut self) {
        let mut found = Vec::new();
        for place in 0..self.record.sounds.len() {
            let Some(row) = self.row(place) else { continue };
            let Some(slot) = row.slot().filter(|slot| !slot.is_ordered()) else { continue };
            if row.item_kind == Some(ItemKind::Emergency) {
                found.push((Law::OrderedOnly, slot.planned_at, format!("{slot} aired {:?}, which only an order airs", row.item)));
            }
        }
        found.extend(self.oftener_than_they_may());
        found.into_iter().for_each(|(law, at, what)| self.breach(law, at, what));
    }

    /// Items that the plan let air oftener on a day and an output, or sooner again, than they may. What was settled by a clock that was wrong, or before a
    /// plan that has changed, or with a log that is lost, is settled by another past.
    fn oftener_than_they_may(&self) -> Vec<(Law, Wall, String)> {
        use TroubleKind as T;
        let uncertain = [T::Clock, T::Plan, T::LogLost, T::Planner];
        let Some(says) = self.plans.values().next().filter(|_| self.plans.len() == 1) else { return Vec::new() };
        if says.caps.is_empty() || self.record.troubles.iter().any(|trouble| uncertain.contains(&trouble.kind)) {
            return Vec::new();
        }
        let mut airings: BTreeMap<(&ItemId, &OutputId), BTreeMap<Wall, u32>> = BTreeMap::new();
        let whole = |row: &&Row| row.kind() == Kind::Air && row.status == Some(Status::Aired);
        for row in self.record.rows.iter().filter(whole) {
            let (Some(item), Some(output), Some(at)) = (&row.item, &row.output, row.planned_at) else { continue };
            if says.caps.contains_key(item) && row.slot().is_some_and(|slot| !slot.is_ordered()) {
                *airings.entry((item, output)).or_default().entry(at).or_default() += 1;
            }
        }
        let mut found = Vec::new();
        for ((item, output), airings) in &airings {
            let Some(caps) = says.caps.get(*item) else { continue };
            for day in says.days.windows(2) {
                let of_day = airings.range(day[0]..day[1]);
                let (times, last) = of_day.fold((0, day[0]), |(times, _), (at, more)| (times + more, *at));
                if caps.max_per_day.is_some_and(|most| times > most) {
                    found.push((Law::ItemLimits, last, format!("{item} aired {times} times on {output} in one day, {caps:?}")));
                }
            }
            let instants: Vec<Wall> = airings.keys().copied().collect();
            for two in instants.windows(2) {
                if caps.min_gap.is_some_and(|gap| two[1] - two[0] < gap) {
                    found.push((
                        Law::ItemLimits,
                        two[1],
                        format!("{item} aired on {output} too soon after {:?}, {caps:?}", two[0]),
                    ));
                }
            }
        }
        found
    }
}
