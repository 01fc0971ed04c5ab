//! By village: the longest among the outputs that serve it, and its days without sound.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::numbered;
use crate::lang::{Language, report as words};
use crate::report::tally::figures::{Silence, VillageSum};
use crate::report::tally::fold::{Counted, Reasons};
use crate::report::tally::fulfilled::is_replaced;
use crate::report::tally::names::{Served, ZoneName};
use crate::report::tally::phrases;
use crate::report::tally::table::*;
use crate::report::tally::{PeriodRole, zone_key};
use crate::terms::*;

/// The airings that reached one village.
#[derive(Clone, Debug, Default)]
struct Reached {
    airings: i64,
    airtime_ms: i64,
    days: BTreeSet<Date>,
    /// The day that was noted last: airings of one day follow each other.
    last: Option<Date>,
}

impl Counted<'_> {
    pub fn villages(&self) -> Vec<VillageSum> {
        let reached = self.reached();
        let why = self.reasons_by_day();
        let sum = |village: ZoneName| {
            let number = self.tally.zones.known.get(zone_key(village.log, &village.id).as_str()).copied();
            let empty = Reached::default();
            let got = number.and_then(|number| reached.get(number as usize)).unwrap_or(&empty);
            let name = match self.names.stations.get(village.log as usize) {
                Some(station) => words::village_of(&village.name, station),
                None => village.name,
            };
            VillageSum {
                silence: self.silence(number, &got.days, &why, self.tally.told(village.log)),
                served: village.served,
                id: village.id,
                name,
                airings: got.airings,
                airtime_ms: got.airtime_ms,
            }
        };
        self.all_villages().into_iter().map(sum).collect()
    }

    /// By the number of the village.
    fn reached(&self) -> Vec<Reached> {
        let mut sums = vec![Reached::default(); self.tally.zones.texts.len()];
        // What each village got of one airing, and whether whole.
        let mut got: Vec<(u32, bool, i64)> = Vec::new();
        for (airing, _) in self.folded.announcements(&self.tally.facts, PeriodRole::Reported) {
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
    fn all_villages(&self) -> Vec<ZoneName> {
        let mut all = self.names.zones.clone();
        let in_rows: BTreeSet<&str> = self.tally.zones.texts.iter().map(|text| &**text).collect();
        for (log, id) in in_rows.into_iter().filter_map(|key| key.split_once(' ')) {
            let log = log.parse().unwrap_or(0);
            if !all.iter().any(|village| village.log == log && village.id == id) {
                all.push(ZoneName { log, id: id.to_owned(), name: id.to_owned(), served: Served::Heard });
            }
        }
        all.sort_by_key(|village| village.log);
        all
    }

    /// For each village and day, why slots there did not air whole.
    fn reasons_by_day(&self) -> HashMap<(u32, Date), Reasons> {
        let mut found: HashMap<(u32, Date), Reasons> = HashMap::new();
        for end in self.folded.ends.iter().filter(|end| !is_replaced(end)) {
            let Some(place) = self.tally.places.get(end.place as usize) else { continue };
            let day = self.tally.scope.zone.civil(Wall(end.slot_at)).date();
            for zone in &place.zones {
                let reasons = found.entry((*zone, day)).or_default();
                if let Some(reason) = end.reason {
                    reasons.add(reason);
                }
            }
        }
        found
    }

    fn silence(
        &self,
        zone: Option<u32>,
        heard: &BTreeSet<Date>,
        why: &HashMap<(u32, Date), Reasons>,
        told: Option<(Date, Date)>,
    ) -> Silence {
        let scope = &self.tally.scope;
        let last = scope.until.min(scope.as_of);
        let mut silence = Silence::default();
        let mut day = scope.from;
        while day <= last {
            if !heard.contains(&day) {
                let of_day = zone.and_then(|zone| why.get(&(zone, day)));
                match of_day.and_then(|reasons| reasons.by_count().first().copied()) {
                    Some((reason, _)) => {
                        silence.days += 1;
                        silence.reasons.add(reason);
                    }
                    None if told.is_none_or(|(first, _)| day < first) => silence.before_log += 1,
                    None if told.is_some_and(|(_, last)| day > last) => silence.after_log += 1,
                    None => {
                        silence.days += 1;
                        silence.unplanned += 1;
                    }
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        silence
    }
}

pub fn table(villages: &[VillageSum], has_log: bool, lang: Language) -> ReportTable {
    let lines = villages.iter().enumerate().map(|(at, village)| {
        let or_no_data = |cell: Cell| if has_log { cell } else { Cell::NoData };
        let cells = vec![
            Cell::text(&*village.name),
            or_no_data(Cell::Count(village.airings)),
            or_no_data(Cell::minutes(village.airtime_ms)),
            or_no_data(Cell::count(village.silence.days)),
            Cell::Text(phrases::village(lang, village)),
        ];
        numbered(at, &village.id, cells)
    });
    let columns = vec![Column::Number, Column::Label, Column::Airings, Column::Minutes, Column::SilentDays, Column::Reasons];
    let (lines, notes) = (lines.collect(), vec![words::villages_note(lang).to_owned()]);
    ReportTable { id: TableId::Villages, about: None, columns, lines, notes }
}
