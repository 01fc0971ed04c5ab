//! Annex i): the log itself, line by line.

use jiff::civil::Date;

use crate::calendar::zone::Zone;
use crate::lang::{Language, report as words};
use crate::report::tally::Noted;
use crate::report::tally::entry::Entry;
use crate::report::tally::names::Names;
use crate::report::tally::table::{Cell, Column, Line, Role, Table, TableId};
use crate::terms::*;

/// More lines than these are a file beside the document.
pub const MOST_LINES: usize = 2_000;

/// Of one station's log; of several, whose line it is stands after the number.
pub fn columns(several: bool) -> &'static [Column] {
    let all: &[Column] = &COLUMNS;
    if several { all } else { all.get(1..).unwrap_or(all) }
}

const COLUMNS: [Column; 11] = [
    Column::Station,
    Column::Number,
    Column::Day,
    Column::PlannedAt,
    Column::StartedAt,
    Column::Title,
    Column::Run,
    Column::Length,
    Column::Outcome,
    Column::Approver,
    Column::Recording,
];

/// Which line it is, and of which station where there are several.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    pub number: usize,
    pub station: Option<&'a str>,
}

/// One line for a take, or for a slot that did not sound at all; `None` for what the annex leaves out.
pub fn line(at: At<'_>, entry: &Entry<'_>, noted: Noted, zone: &Zone, names: &Names, lang: Language) -> Option<Line> {
    let status = entry.status()?;
    let title = match entry.kind()? {
        Kind::Air if entry.title().is_empty() => words::nothing_to_pick(lang).to_owned(),
        Kind::Air => entry.title().to_owned(),
        // How a slot that sounded ended is told by its takes.
        Kind::End if matches!(status, Status::Missed | Status::Skipped) => names.programme(entry.programme()).to_owned(),
        Kind::Start
        | Kind::Stop
        | Kind::Plan
        | Kind::Clock
        | Kind::End
        | Kind::Order
        | Kind::Fault
        | Kind::Hand
        | Kind::Gap
        | Kind::Void => return None,
    };
    let planned = zone.civil(entry.planned_at()?);
    let clock = |at: jiff::civil::DateTime| Cell::Text(format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()));
    let why = entry.reason().map(|reason| format!(": {}", words::reason(lang, reason))).unwrap_or_default();
    let is_air = entry.kind() == Some(Kind::Air);
    let outcome = format!("{}{why}", words::status(lang, status));
    let outcome = if noted.test { words::on_test_device(lang, &outcome) } else { outcome };
    let station = at.station.map(Cell::text);
    let cells = station.into_iter().chain([
        Cell::count(at.number),
        Cell::Date(planned.date()),
        clock(planned),
        entry.started_at().map_or(Cell::Blank, |at| clock(zone.civil(at))),
        Cell::Text(title),
        noted.first.filter(|_| !noted.test).map_or(Cell::Blank, |first| Cell::text(words::first_run(lang, first))),
        if is_air { Cell::Length(entry.airtime_ms()) } else { Cell::Blank },
        Cell::Text(outcome),
        Cell::Blank,
        Cell::Recording(entry.file_hash().to_owned()),
    ]);
    Some(Line { role: Role::Item, key: Some(entry.item().to_owned()), cells: cells.collect() })
}

pub fn table(lines: Vec<Line>, several: bool, lang: Language) -> Table {
    let notes = vec![words::outputs_note(lang).to_owned(), words::recordings_note(lang).to_owned()];
    Table { id: TableId::Log, about: None, columns: columns(several).to_vec(), lines, notes }
}

/// The Monday of the week of a day.
pub fn monday(day: Date) -> Date {
    let back = day.weekday().to_monday_zero_offset();
    day.checked_sub(jiff::Span::new().days(back)).unwrap_or(day)
}
