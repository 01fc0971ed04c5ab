//! What the writers share: on which side of a column its cells stand, about how much text a column has, and which characters stay.

use crate::plan::read::hidden;
use crate::report::tally::table::{Cell, Column};

/// Text that a table's cell needs on the mean, in parts of the line.
pub fn weight(column: Column) -> u32 {
    match column {
        Column::Number => 6,
        Column::Title => 25,
        Column::Label => 26,
        Column::Reasons | Column::Programme | Column::Remark => 22,
        Column::Outcome => 18,
        Column::Recording => 17,
        Column::Station => 16,
        Column::Actor | Column::What => 12,
        Column::PhoneNumber | Column::Verified | Column::LastAired => 12,
        Column::Day | Column::OnDuty => 11,
        Column::StartedAt | Column::PlannedAt => 10,
        Column::Output => 9,
        Column::Length | Column::Approver => 8,
        Column::Run => 8,
        Column::Value | Column::SameDays | Column::Compared | Column::Change | Column::Target => 11,
        Column::Unit
        | Column::Percent
        | Column::Items
        | Column::FirstRuns
        | Column::Repeats
        | Column::Airings
        | Column::Minutes
        | Column::Share
        | Column::SilentDays
        | Column::PlannedAirings
        | Column::PlannedMinutes
        | Column::BeyondMinutes
        | Column::NoData
        | Column::Planned
        | Column::Aired
        | Column::Partial
        | Column::Missed
        | Column::Skipped
        | Column::MadeUp
        | Column::Session => 9,
    }
}

/// Where the text of a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellAlign {
    Left,
    Centre,
    Right,
}

/// Figures stand on the right, so that they can be added by eye; numbers of lines, units, days and times in the middle.
pub fn side(column: Column, cell: &Cell) -> CellAlign {
    match (column, cell) {
        (
            Column::Number
            | Column::Unit
            | Column::Run
            | Column::Session
            | Column::PhoneNumber
            | Column::PlannedAt
            | Column::StartedAt,
            _,
        ) => CellAlign::Centre,
        (_, Cell::Date(_) | Cell::Moment(_) | Cell::NoData) => CellAlign::Centre,
        (_, Cell::Count(_) | Cell::Minutes(_) | Cell::Percent(_) | Cell::Tenths(_) | Cell::Length(_) | Cell::Seconds(_)) => {
            CellAlign::Right
        }
        (_, Cell::Blank | Cell::Text(_) | Cell::Recording(_)) => CellAlign::Left,
    }
}

/// Text without what breaks a line or a file, and without what nobody sees.
pub fn clean(text: &str) -> String {
    text.chars().map(clean_char).collect()
}

pub fn clean_char(c: char) -> char {
    // XML has no place for the last two of each plane.
    if hidden(c) || u32::from(c) & 0xfffe == 0xfffe { ' ' } else { c }
}
