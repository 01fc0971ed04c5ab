//! The rundown as CSV: one line an element, one for each pick that was dropped, one for a slot that is left out.

use crate::plan::ChangedTo;
use crate::rundown::due::OneDate;
use crate::rundown::write::{ElementLine, RundownSheet, SlotEntry, hundredths, ms};
use crate::terms::*;

pub const COLUMNS: [&str; 19] = [
    "planned_at",
    "output",
    "broadcast",
    "programme",
    "campaign",
    "priority",
    "forecast",
    "one_date",
    "element",
    "item",
    "title",
    "kind",
    "topic",
    "language",
    "offset_ms",
    "duration_ms",
    "status",
    "reason",
    "level_lufs",
];

/// How many of the columns tell of the slot.
const OF_SLOT: usize = 8;

/// # Errors
/// Only if memory cannot be written to.
pub fn write(sheet: &RundownSheet) -> Result<String, csv::Error> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    for entry in sheet.entries() {
        let slot = of_slot(sheet, &entry);
        let mut row =
            |cells: [String; COLUMNS.len() - OF_SLOT]| csv.write_record(slot.iter().chain(&cells).map(|cell| guarded(cell)));
        if let Some((status, reason)) = entry.left_out {
            let mut cells = <[String; COLUMNS.len() - OF_SLOT]>::default();
            (cells[8], cells[9]) = (status.to_string(), reason.to_string());
            row(cells)?;
        }
        for (place, line) in (1..).zip(&entry.lines) {
            row(of_element(place, line))?;
        }
        for dropped in &entry.planned.dropped {
            let mut cells = <[String; COLUMNS.len() - OF_SLOT]>::default();
            (cells[1], cells[2]) = (dropped.item.to_string(), dropped.title.clone());
            (cells[8], cells[9]) = ("dropped".into(), dropped.reason.to_string());
            row(cells)?;
        }
    }
    let bytes = csv.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn of_slot(sheet: &RundownSheet, entry: &SlotEntry) -> [String; OF_SLOT] {
    let planned = entry.planned;
    let id = |id: Option<&str>| id.unwrap_or_default().to_owned();
    [
        sheet.stamp(planned.slot.planned_at),
        planned.slot.output.to_string(),
        planned.slot.broadcast.to_string(),
        id(planned.facts.programme.as_ref().map(ProgrammeId::as_str)),
        id(planned.facts.campaign.as_ref().map(CampaignId::as_str)),
        planned.facts.priority.to_string(),
        planned.forecast.to_string(),
        sheet.one_date(&planned.slot).map(one_date).unwrap_or_default(),
    ]
}

/// `extra`, `skip`, or which keys of a change hold: `at programme`.
fn one_date(one_date: OneDate) -> String {
    let OneDate::Changed { change, .. } = one_date else { return "extra".into() };
    let ChangedTo::Other { at, programme, outputs } = &change.to else { return "skip".into() };
    let keys = [at.map(|_| "at"), programme.as_ref().map(|_| "programme"), outputs.as_ref().map(|_| "outputs")];
    keys.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn of_element(place: usize, line: &ElementLine) -> [String; COLUMNS.len() - OF_SLOT] {
    let facts = line.element.facts.as_deref();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    [
        place.to_string(),
        text(facts.map(|f| f.item.as_str())),
        text(facts.map(|f| f.title.as_str())),
        text(facts.map(|f| f.kind.as_str())),
        text(facts.and_then(|f| f.topic.as_ref()).map(TopicId::as_str)),
        text(facts.map(|f| f.language.as_str())),
        ms(line.offset).to_string(),
        ms(line.length).to_string(),
        if line.reason.is_some() { Status::Missed.to_string() } else { "planned".into() },
        text(line.reason.map(Reason::as_str)),
        line.element.level_lufs.filter(|_| line.reason.is_none()).map(|level| hundredths(level).to_string()).unwrap_or_default(),
    ]
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe before it; a number stays one.
fn guarded(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}") } else { cell.to_owned() }
}
