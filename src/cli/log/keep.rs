//! Which rows a question is about beyond what the log is searched by: hours of the day, a village. And the answer in one line.

use std::collections::BTreeMap;

use crate::asrun::store::Stored;
use crate::calendar::hours::Stretch;
use crate::calendar::timezone::Timezone;
use crate::lang::{Language, log as words};
use crate::report::tally::figures::Outcomes;
use crate::report::tally::fold::Reasons;
use crate::report::tally::log_row::{LogRow, RowFact};
use crate::report::tally::phrases::{minutes, reasons};
use crate::terms::*;

pub(super) struct Keep {
    pub zone: Timezone,
    pub between: Option<Stretch>,
    pub village: Option<String>,
}

impl Keep {
    pub fn takes(&self, stored: &Stored<'_>) -> bool {
        if self.between.is_none() && self.village.is_none() {
            return true;
        }
        let Some(row) = LogRow::read(stored.text) else { return false };
        let village = self.village.as_deref().is_none_or(|village| row.zones().any(|zone| zone == village));
        village && self.between.is_none_or(|hours| row.at.is_some_and(|at| hours.covers(self.zone.civil(at).time())))
    }
}

/// A planned broadcast's element: broadcast, instant, place.
type PlannedElement = (String, i64, u32);
/// What each output had of it.
type Outputs = BTreeMap<String, OnOutput>;

#[derive(Default)]
struct OnOutput {
    whole: bool,
    airtime_ms: i64,
    /// Why its last take was not whole.
    why: Option<Reason>,
}

/// Slots, and airings of announcements, counted as reports count them.
#[derive(Default)]
pub(super) struct LogCounts {
    elements: BTreeMap<PlannedElement, Outputs>,
    slots: Outcomes,
}

impl LogCounts {
    pub fn note(&mut self, text: &str) {
        let Some(row) = LogRow::read(text) else { return };
        match row.fact {
            RowFact::End(end) => self.slots.add(Some(end.status), end.reason),
            RowFact::Air(air) if air.item.kind == Some(ItemKind::Announcement) && !(row.live && air.went_nowhere) => {
                let key = (air.slot.broadcast.to_owned(), air.slot.planned_at.0, air.element);
                let output = self.elements.entry(key).or_default().entry(air.slot.output.to_owned()).or_default();
                output.whole |= air.status == Status::Aired;
                output.airtime_ms += air.airtime_ms;
                output.why = air.reason;
            }
            RowFact::Air(_) | RowFact::Hand(_) | RowFact::Other => {}
        }
    }

    /// One line: how the slots ended and why, what of the announcements aired, and why the others did not.
    pub fn line(&self, lang: Language) -> String {
        let slots = &self.slots;
        let parts = [
            (Status::Aired, slots.aired, &Reasons::default()),
            (Status::Partial, slots.partial, &slots.why_partial),
            (Status::Missed, slots.missed, &slots.why_missed),
            (Status::Skipped, slots.skipped, &slots.why_skipped),
        ];
        let parts = parts.into_iter().filter(|(_, count, _)| *count > 0);
        let parts: Vec<String> =
            parts.map(|(status, count, why)| words::part(lang, status, count, &reasons(lang, why))).collect();
        // A question about a topic finds airings, and no slot that ended.
        let slots = (!parts.is_empty()).then(|| words::slots(lang, slots.planned(), &parts.join(", ")));
        let airings = self.elements.values().filter(|outputs| outputs.values().any(|output| output.whole)).count();
        let ms: i64 = self.elements.values().map(longest).sum();
        let mut why = Reasons::default();
        let lost = self.elements.values().filter(|outputs| !outputs.values().any(|output| output.whole));
        let lost =
            lost.inspect(|outputs| outputs.values().filter_map(|output| output.why).take(1).for_each(|reason| why.add(reason)));
        let lost = lost.count();
        let items = (!self.elements.is_empty() || slots.is_none())
            .then(|| words::answer(lang, airings, &minutes(lang, ms), lost, &reasons(lang, &why)));
        [slots, items].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

fn longest(outputs: &Outputs) -> i64 {
    outputs.values().map(|output| output.airtime_ms).max().unwrap_or(0)
}
