//! Spans of days: validity, exceptions, campaigns.

use jiff::civil::Date;

/// Days `from ..= until`; an open end has no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DaySpan {
    pub from: Option<Date>,
    pub until: Option<Date>,
}

impl DaySpan {
    pub fn contains(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// A day of any year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    pub month: i8,
    pub day: i8,
}

/// The days of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// Every year; one whose end comes before its start runs over the new year.
    Yearly {
        from: MonthDay,
        until: MonthDay,
    },
    Dates(DaySpan),
}

impl MonthDay {
    /// Reads `MM-DD`; `None` unless some year has that day.
    pub fn parse(text: &str) -> Option<MonthDay> {
        let _ = text;
        todo!("helper E")
    }
}

impl Days {
    pub fn contain(&self, day: Date) -> bool {
        let _ = day;
        todo!("helper E")
    }
}
