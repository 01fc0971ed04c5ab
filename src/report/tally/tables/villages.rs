//! c) By village: the longest among the outputs that serve it, and its days without sound.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::groups::Desk;
use super::numbered;
use crate::lang::report as words;
use crate::report::phrases;
use crate::report::tally::fold::Reasons;
use crate::report::tally::names::Village;
use crate::report::tally::table::*;
use crate::report::tally::{Period, zone_key};
use crate::terms::*;

/// What a village got.
#[derive(Clone, Debug, Default)]
struct VillageSum {
    airings: i64,
    airtime_ms: i64,
    days: BTreeSet<Date>,
    /// The day that was noted last: airings of one day follow each other.
    last: Option<Date>,
}

impl Desk<'_> {
    pub fn villages(&self) -> Table {
        let sums = self.sums();
        let why = self.silences();
        let mut lines = Vec::new();
        for (at, village) in self.all_villages().iter().enumerate() {
            let number = self.tally.zones.known.get(zone_key(village.log, &village.id).as_str()).copied();
            let empty = VillageSum::default();
            let sum = number.and_then(|number| sums.get(number as usize)).unwrap_or(&empty);
            let (silent, reasons) = self.silent_days(number, &sum.days, &why, self.tally.began(village.log));
            let name = match self.names.stations.get(village.log as usize) {
                Some(station) => words::village_of(&village.name, station),
                None => village.name.clone(),
            };
            let cells = vec![
                Cell::Text(name),
                Cell::Count(sum.airings),
                Cell::minutes(sum.airtime_ms),
                Cell::count(silent),
                Cell::Text(reasons),
            ];
            lines.push(numbered(at, &village.id, cells));
        }
        let columns = vec![Column::Number, Column::Label, Column::Airings, Column::Minutes, Column::SilentDays, Column::Reasons];
        Table { id: TableId::Villages, about: None, columns, lines, notes: vec![words::villages_note(self.lang).to_owned()] }
    }

    /// By the number of the village.
    fn sums(&self) -> Vec<VillageSum> {
        let mut sums = vec![VillageSum::default(); self.tally.zones.texts.len()];
        // What each village got of one airing, and whether whole.
        let mut got: Vec<(u32, bool, i64)> = Vec::new();
        for (airing, _) in self.folded.announcements(&self.tally.facts, Period::Now) {
            got.clear();
            for share in self.folded.shares(airing) {
                for zone in self.tally.places.get(share.place as usize).into_iter().flat_map(|place| &place.zones) {
                    match got.iter_mut().find(|(known, ..)| known == zone) {
                        Some((_, whole, most)) => (*whole, *most) = (*whole || share.whole, (*most).max(share.airtime_ms)),
                        None => got.push((*zone, share.whole, share.airtime_ms)),
                    }
                }
            }
            for (zone, whole, ms) in &got {
                let Some(sum) = sums.get_mut(*zone as usize) else { continue };
                sum.airings += i64::from(*whole);
                sum.airtime_ms += ms;
                if *ms > 0 && sum.last != Some(airing.day) {
                    sum.last = Some(airing.day);
                    sum.days.insert(airing.day);
                }
            }
        }
        sums
    }

    /// Those of the plans, then those that only rows know. A village is one station's: another's of the same id is another village.
    fn all_villages(&self) -> Vec<Village> {
        let mut all = self.names.zones.clone();
        let in_rows: BTreeSet<&str> = self.tally.zones.texts.iter().map(|text| &**text).collect();
        for (log, id) in in_rows.into_iter().filter_map(|key| key.split_once(' ')) {
            let log = log.parse().unwrap_or(0);
            if !all.iter().any(|village| village.log == log && village.id == id) {
                all.push(Village { log, id: id.to_owned(), name: id.to_owned() });
            }
        }
        all.sort_by_key(|village| village.log);
        all
    }

    /// For each village and day, why slots there did not air whole.
    fn silences(&self) -> HashMap<(u32, Date), Reasons> {
        let mut found: HashMap<(u32, Date), Reasons> = HashMap::new();
        for end in &self.folded.ends {
            let Some(place) = self.tally.places.get(end.place as usize) else { continue };
            let day = self.tally.scope.zone.civil(Wall(end.slot_ms)).date();
            for zone in &place.zones {
                let reasons = found.entry((*zone, day)).or_default();
                if let Some(reason) = end.reason {
                    reasons.add(reason);
                }
            }
        }
        found
    }

    fn silent_days(
        &self,
        zone: Option<u32>,
        heard: &BTreeSet<Date>,
        why: &HashMap<(u32, Date), Reasons>,
        began: Option<Date>,
    ) -> (usize, String) {
        let scope = &self.tally.scope;
        let last = scope.until.min(scope.as_of);
        let mut count = 0;
        let mut reasons = Reasons::default();
        let (mut unplanned, mut before_log) = (0, 0);
        let mut day = scope.from;
        while day <= last {
            if !heard.contains(&day) {
                count += 1;
                let of_day = zone.and_then(|zone| why.get(&(zone, day)));
                match of_day.and_then(|reasons| reasons.by_count().first().copied()) {
                    Some((reason, _)) => reasons.add(reason),
                    None if began.is_none_or(|began| day < began) => before_log += 1,
                    None => unplanned += 1,
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        (count, phrases::silences(self.lang, &reasons, unplanned, before_log))
    }
}
