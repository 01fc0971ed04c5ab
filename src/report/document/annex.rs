//! The last annex: the log itself, line by line.

use jiff::civil::{Date, DateTime};

use crate::calendar::timezone::Timezone;
use crate::lang::{Language, report as words};
use crate::report::tally::Noted;
use crate::report::tally::log_row::{RowFact, RowSlot};
use crate::report::tally::names::Names;
use crate::report::tally::table::{Cell, Column, ReportTable, Role, TableId, TableLine};
use crate::terms::*;

/// More lines than these are a file beside the document, unless it is asked to hold them all.
pub const MOST_LINES: usize = 200;

/// Of one station's log; of several, whose line it is stands after the number.
pub fn columns(several: bool) -> &'static [Column] {
    let all: &[Column] = &COLUMNS;
    if several { all } else { all.get(1..).unwrap_or(all) }
}

const COLUMNS: [Column; 12] = [
    Column::Station,
    Column::Number,
    Column::Day,
    Column::PlannedAt,
    Column::StartedAt,
    Column::Output,
    Column::Title,
    Column::Run,
    Column::Length,
    Column::Outcome,
    Column::Approver,
    Column::Recording,
];

/// A take, or a slot that did not sound at all: one line of the annex and of the logbook.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// Whose it is, where there are several stations.
    pub station: Option<String>,
    pub number: usize,
    pub planned_at: DateTime,
    pub started_at: Option<DateTime>,
    pub output: String,
    pub title: String,
    pub first_run: Option<bool>,
    pub airtime_ms: Option<i64>,
    pub outcome: String,
    pub item: String,
    pub recording: String,
}

/// Which line it is, and of which station where there are several.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    pub number: usize,
    pub station: Option<&'a str>,
}

impl LogLine {
    /// `None` for what the annex leaves out.
    pub fn of(at: At<'_>, noted: &Noted<'_>, zone: &Timezone, names: &Names, lang: Language) -> Option<LogLine> {
        let line = |slot: &RowSlot<'_>, title: &str, status: Status, reason: Option<Reason>| LogLine {
            station: at.station.map(str::to_owned),
            number: at.number,
            planned_at: zone.civil(slot.planned_at),
            started_at: None,
            output: slot.output.to_owned(),
            title: title.to_owned(),
            first_run: None,
            airtime_ms: None,
            outcome: outcome(lang, status, reason, noted.test),
            item: String::new(),
            recording: String::new(),
        };
        match noted.row.fact {
            RowFact::Air(air) => {
                let title = if air.item.title.is_empty() { words::nothing_to_pick(lang) } else { air.item.title };
                Some(LogLine {
                    started_at: air.started_at.map(|at| zone.civil(at)),
                    first_run: noted.first.filter(|_| !noted.test),
                    airtime_ms: Some(air.airtime_ms),
                    item: air.item.id.to_owned(),
                    recording: air.file_hash.to_owned(),
                    ..line(&air.slot, title, air.status, air.reason)
                })
            }
            // How a slot that sounded ended is told by its takes.
            RowFact::End(end) if matches!(end.status, Status::Missed | Status::Skipped) => {
                Some(line(&end.slot, names.programme(end.slot.programme), end.status, end.reason))
            }
            RowFact::End(_) | RowFact::Hand(_) | RowFact::Other => None,
        }
    }

    /// As a table with these columns has it.
    pub fn line(&self, columns: &[Column], lang: Language) -> TableLine {
        let clock = |at: DateTime| Cell::Text(format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()));
        let cells = [
            (Column::Station, self.station.as_deref().map_or(Cell::Blank, Cell::text)),
            (Column::Number, Cell::count(self.number)),
            (Column::Day, Cell::Date(self.planned_at.date())),
            (Column::PlannedAt, clock(self.planned_at)),
            (Column::StartedAt, self.started_at.map_or(Cell::Blank, clock)),
            (Column::Output, Cell::text(&*self.output)),
            (Column::Title, Cell::text(&*self.title)),
            (Column::Run, self.first_run.map_or(Cell::Blank, |first| Cell::text(words::first_run(lang, first)))),
            (Column::Length, self.airtime_ms.map_or(Cell::Blank, Cell::Length)),
            (Column::Outcome, Cell::text(&*self.outcome)),
            // To be filled in by hand.
            (Column::Approver, Cell::Blank),
            (Column::Recording, Cell::Recording(self.recording.clone())),
        ];
        let cells = cells.into_iter().filter(|(column, _)| columns.contains(column)).map(|(_, cell)| cell);
        TableLine { role: Role::Item, key: Some(self.item.clone()), cells: cells.collect() }
    }
}

fn outcome(lang: Language, status: Status, reason: Option<Reason>, test: bool) -> String {
    let why = reason.map(|reason| format!(": {}", words::reason(lang, reason))).unwrap_or_default();
    let outcome = format!("{}{why}", words::status(lang, status));
    if test { words::on_test_device(lang, &outcome) } else { outcome }
}

pub fn table(lines: &[LogLine], several: bool, lang: Language) -> ReportTable {
    let columns = columns(several);
    let lines = lines.iter().map(|line| line.line(columns, lang)).collect();
    let notes = vec![words::outputs_note(lang).to_owned(), words::recordings_note(lang).to_owned()];
    ReportTable { id: TableId::Log, about: None, columns: columns.to_vec(), lines, notes }
}

/// The Monday of the week of a day.
pub fn monday(day: Date) -> Date {
    let back = day.weekday().to_monday_zero_offset();
    day.checked_sub(jiff::Span::new().days(back)).unwrap_or(day)
}
