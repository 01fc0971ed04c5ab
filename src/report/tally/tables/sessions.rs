//! By session, as a logbook on paper has them: a line for each part of a day in which something was due.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

use super::line;
use crate::lang::report as words;
use crate::report::tally::figures::Outcomes;
use crate::report::tally::fold::Counted;
use crate::report::tally::fulfilled::is_replaced;
use crate::report::tally::table::*;
use crate::report::tally::{PeriodRole, phrases};
use crate::terms::*;

/// What was due in one part of a day, and what became of it.
#[derive(Debug, Default)]
struct SessionSum {
    programmes: Vec<String>,
    /// Its first sound.
    started_at: Option<DateTime>,
    /// Announcements, each once however many outputs carried it.
    airtime_ms: i64,
    outcomes: Outcomes,
}

/// The day, the station's number, the part of the day.
type SessionKey = (Date, u32, words::DayPart);

impl Counted<'_> {
    /// `told` are the days of which all logs tell.
    pub fn sessions(&self, told: Option<(Date, Date)>) -> ReportTable {
        let sums = self.session_sums();
        let minutes = minutes_that_add_up(&sums.values().map(|sum| sum.airtime_ms).collect::<Vec<_>>());
        let mut lines: BTreeMap<SessionKey, TableLine> = BTreeMap::new();
        for ((key, sum), minutes) in sums.iter().zip(minutes) {
            lines.insert(*key, self.session_line(*key, sum, minutes));
        }
        let scope = &self.tally.scope;
        let mut day = scope.from;
        while day <= scope.until.min(scope.as_of) {
            if sums.range((day, 0, words::DayPart::Night)..=(day, u32::MAX, words::DayPart::Evening)).next().is_none() {
                let known = told.is_some_and(|(first, last)| first <= day && day <= last);
                lines.insert((day, 0, words::DayPart::Night), self.empty_day(day, known));
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        let lines = lines.into_values().collect();
        ReportTable { id: TableId::Sessions, about: None, columns: self.session_columns(), lines, notes: Vec::new() }
    }

    fn session_sums(&self) -> BTreeMap<SessionKey, SessionSum> {
        let mut sums: BTreeMap<SessionKey, SessionSum> = BTreeMap::new();
        let zone = &self.tally.scope.zone;
        let key = |log: u32, slot_at: i64| -> SessionKey {
            let at = zone.civil(Wall(slot_at));
            (at.date(), log, words::DayPart::of(at.hour()))
        };
        for end in self.folded.ends.iter().filter(|end| !is_replaced(end)) {
            let Some(place) = self.tally.places.get(end.place as usize) else { continue };
            let sum = sums.entry(key(self.log_of(place.broadcast), end.slot_at)).or_default();
            sum.outcomes.add(end.status, end.reason);
            let programme = match self.tally.programmes.text(place.programme) {
                "" => words::by_order(self.lang).to_owned(),
                id => self.names.programme(id).to_owned(),
            };
            if !sum.programmes.contains(&programme) {
                sum.programmes.push(programme);
            }
            if let Some(late_ms) = self.folded.begun.get(&(end.place, end.slot_at)) {
                let at = zone.civil(Wall(end.slot_at + late_ms * 1_000_000));
                sum.started_at = Some(sum.started_at.map_or(at, |first| first.min(at)));
            }
        }
        for (airing, _) in self.folded.announcements(&self.tally.facts, PeriodRole::Reported) {
            sums.entry(key(self.log_of(airing.broadcast), airing.slot_at)).or_default().airtime_ms += airing.airtime_ms;
        }
        sums
    }

    /// Which log a broadcast is of.
    fn log_of(&self, broadcast: u32) -> u32 {
        self.tally.broadcasts.text(broadcast).split(' ').next().and_then(|log| log.parse().ok()).unwrap_or(0)
    }

    fn session_columns(&self) -> Vec<Column> {
        let station = (!self.names.stations.is_empty()).then_some(Column::Station);
        let others = [
            Column::Day,
            Column::Session,
            Column::Programme,
            Column::StartedAt,
            Column::Minutes,
            Column::Outcome,
            Column::Remark,
            Column::OnDuty,
        ];
        station.into_iter().chain(others).collect()
    }

    fn session_line(&self, (day, log, part): SessionKey, sum: &SessionSum, minutes: Minutes) -> TableLine {
        let lang = self.lang;
        let outcomes = &sum.outcomes;
        // Where nobody knows, no minutes are known either.
        let unknown = outcomes.planned() > 0 && outcomes.no_data == outcomes.planned();
        let cells = [
            Cell::Date(day),
            Cell::text(part.called(lang)),
            Cell::text(sum.programmes.join("; ")),
            sum.started_at.map_or(Cell::Blank, |at| Cell::Text(format!("{:02}:{:02}", at.hour(), at.minute()))),
            if unknown { Cell::NoData } else { Cell::Minutes(minutes) },
            Cell::Text(phrases::outcome(lang, outcomes)),
            Cell::Text(phrases::reasons(lang, &outcomes.why())),
            // To be signed.
            Cell::Blank,
        ];
        self.of_station(log, cells.to_vec())
    }

    /// A day on which nothing was due, or of which nobody knows.
    fn empty_day(&self, day: Date, known: bool) -> TableLine {
        let outcome = if known { words::unplanned_days(self.lang) } else { words::no_data(self.lang) };
        let blank = || Cell::Blank;
        let cells = vec![Cell::Date(day), blank(), blank(), blank(), blank(), Cell::text(outcome), blank(), blank()];
        self.of_station(u32::MAX, cells)
    }

    fn of_station(&self, log: u32, mut cells: Vec<Cell>) -> TableLine {
        if !self.names.stations.is_empty() {
            cells.insert(0, self.names.stations.get(log as usize).map_or(Cell::Blank, Cell::text));
        }
        line(Role::Item, None, cells)
    }
}
