//! Which rows a question is about beyond what the log is searched by: hours of the day, a village. And the answer in one line.

use std::collections::BTreeMap;

use jiff::civil::Time;

use crate::asrun::store::Stored;
use crate::calendar::zone::Zone;
use crate::lang::{Language, log as words};
use crate::report::phrases::minutes;
use crate::report::tally::entry::Entry;
use crate::terms::*;

pub(super) struct Keep {
    pub zone: Zone,
    /// From the first to before the second; over midnight when it comes earlier.
    pub between: Option<(Time, Time)>,
    pub village: Option<String>,
}

impl Keep {
    pub fn takes(&self, stored: &Stored<'_>) -> bool {
        if self.between.is_none() && self.village.is_none() {
            return true;
        }
        let Some(entry) = Entry::read(stored.text) else { return false };
        let village = self.village.as_deref().is_none_or(|village| entry.zones().any(|zone| zone == village));
        village && self.between.is_none_or(|(from, to)| self.is_between(&entry, from, to))
    }

    fn is_between(&self, entry: &Entry<'_>, from: Time, to: Time) -> bool {
        let Some(at) = entry.planned_at().or_else(|| entry.started_at()) else { return false };
        let time = self.zone.civil(at).time();
        if from < to { from <= time && time < to } else { from <= time || time < to }
    }
}

/// `17:00-18:00`
pub(super) fn hours(text: &str) -> Option<(Time, Time)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (crate::cli::civil::time(from)?, crate::cli::civil::time(to)?);
    (from != to).then_some((from, to))
}

/// A planned broadcast's element: broadcast, instant, place.
type Element = (String, i64, u32);
/// What each output had of it: whether whole, and how much.
type Outputs = BTreeMap<String, (bool, i64)>;

/// Airings of announcements, counted as reports count them.
#[derive(Default)]
pub(super) struct Answer {
    elements: BTreeMap<Element, Outputs>,
}

impl Answer {
    pub fn note(&mut self, text: &str) {
        let Some(entry) = Entry::read(text) else { return };
        let (Some(Kind::Air), Some(ItemKind::Announcement), Some(at)) = (entry.kind(), entry.item_kind(), entry.planned_at())
        else {
            return;
        };
        let key = (entry.broadcast().to_owned(), at.0, entry.element().unwrap_or(0));
        let (whole, ms) = self.elements.entry(key).or_default().entry(entry.output().to_owned()).or_default();
        *whole |= entry.status() == Some(Status::Aired);
        *ms += entry.airtime_ms();
    }

    pub fn line(&self, lang: Language) -> String {
        let airings = self.elements.values().filter(|outputs| outputs.values().any(|(whole, _)| *whole)).count();
        let longest = |outputs: &Outputs| outputs.values().map(|(_, ms)| *ms).max().unwrap_or(0);
        let ms = self.elements.values().map(longest).sum();
        words::answer(lang, airings, &minutes(lang, ms))
    }
}
