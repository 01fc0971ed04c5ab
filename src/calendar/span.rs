//! Spans of days: validity, exceptions, campaigns.

use jiff::civil::Date;

use crate::calendar::lunar::{self, LunarDay};
use crate::calendar::written;

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

/// The days of a campaign, a holiday or an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// Every year; one whose end comes before its start runs over the new year.
    Yearly {
        from: MonthDay,
        until: MonthDay,
    },
    Dates(DaySpan),
    /// Every lunar year; one whose end comes before its start runs over Tết.
    Lunar {
        from: LunarDay,
        until: LunarDay,
    },
}

impl MonthDay {
    /// Reads `MM-DD`, or as people write it `15/11`; `None` unless some year has that day.
    pub fn parse(text: &str) -> Option<MonthDay> {
        let (month, day) = written::month_and_day(text)?;
        // 2024 has every day that some year has.
        Date::new(2024, month, day).ok().map(|_| MonthDay { month, day })
    }

    /// The day in that year; in one without a 29 February, the day after it.
    fn first_in(self, year: i16) -> Option<Date> {
        Date::new(year, self.month, self.day).or_else(|_| Date::new(year, self.month + 1, 1)).ok()
    }

    /// The day in that year; in one without a 29 February, the day before it.
    fn last_in(self, year: i16) -> Option<Date> {
        Date::new(year, self.month, self.day).or_else(|_| Date::new(year, self.month, self.day - 1)).ok()
    }

    fn of(date: Date) -> MonthDay {
        MonthDay { month: date.month(), day: date.day() }
    }
}

impl Days {
    /// The first and last day of the run that holds on `day`, else of the next one; `None` when there is none any more.
    pub fn run_from(&self, day: Date) -> Option<(Date, Date)> {
        match self {
            Days::Dates(span) => span.from.zip(span.until).filter(|(_, last)| day <= *last),
            Days::Yearly { from, until } => {
                let years = day.year().saturating_sub(1)..=day.year().saturating_add(1);
                let run = |year: i16| Some((from.first_in(year)?, until.last_in(if until < from { year + 1 } else { year })?));
                years.filter_map(run).find(|(_, last)| day <= *last)
            }
            Days::Lunar { from, until } => {
                // A lunar year begins up to seven weeks after the common one, and a run may go over Tết.
                let years = day.year().saturating_sub(2)..=day.year().saturating_add(1);
                let run = |year: i16| Some((from.in_year(year)?, until.in_year(year + i16::from(until < from))?));
                years.filter_map(run).find(|(_, last)| day <= *last)
            }
        }
    }

    pub fn contain(&self, day: Date) -> bool {
        match self {
            Days::Dates(span) => span.contains(day),
            Days::Lunar { from, until } => lunar::between(*from, *until, day),
            Days::Yearly { from, until } => {
                let day = MonthDay::of(day);
                if from <= until { *from <= day && day <= *until } else { *from <= day || day <= *until }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn yearly(from: &str, until: &str) -> Days {
        Days::Yearly { from: MonthDay::parse(from).unwrap(), until: MonthDay::parse(until).unwrap() }
    }

    #[test]
    fn a_month_and_day_is_read_only_as_written() {
        assert_eq!(MonthDay::parse("11-15"), Some(MonthDay { month: 11, day: 15 }));
        assert_eq!(MonthDay::parse("02-29"), Some(MonthDay { month: 2, day: 29 }));
        assert_eq!(MonthDay::parse("15/11"), Some(MonthDay { month: 11, day: 15 }));
        assert_eq!(MonthDay::parse("5/1"), Some(MonthDay { month: 1, day: 5 }));
        for bad in
            ["", "-", "11", "11-", "1-15", "11-5", "+1-05", "02-30", "13-01", "00-01", "04-31", "11-15-16", " 11-15", "11/15"]
        {
            assert_eq!(MonthDay::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_yearly_campaign_holds_both_its_ends() {
        let month = yearly("11-15", "12-15");
        for (day, holds) in
            [(date(2026, 11, 14), false), (date(2026, 11, 15), true), (date(2027, 12, 15), true), (date(2026, 12, 16), false)]
        {
            assert_eq!(month.contain(day), holds, "{day}");
        }
    }

    #[test]
    fn a_campaign_whose_end_comes_first_runs_over_the_new_year() {
        let winter = yearly("12-20", "01-10");
        for (day, holds) in [
            (date(2026, 12, 19), false),
            (date(2026, 12, 20), true),
            (date(2026, 12, 31), true),
            (date(2027, 1, 1), true),
            (date(2027, 1, 10), true),
            (date(2027, 1, 11), false),
        ] {
            assert_eq!(winter.contain(day), holds, "{day}");
        }
    }

    #[test]
    fn the_29th_of_february_bounds_the_years_that_have_none_too() {
        assert!(yearly("02-01", "02-29").contain(date(2026, 2, 28)));
        assert!(!yearly("02-01", "02-29").contain(date(2026, 3, 1)));
        assert!(!yearly("02-29", "03-05").contain(date(2026, 2, 28)));
        assert!(yearly("02-29", "03-05").contain(date(2026, 3, 1)));
    }

    #[test]
    fn a_run_is_the_one_that_holds_or_the_next() {
        for (days, day, run) in [
            (yearly("11-15", "12-15"), date(2026, 12, 15), (date(2026, 11, 15), date(2026, 12, 15))),
            (yearly("11-15", "12-15"), date(2026, 12, 16), (date(2027, 11, 15), date(2027, 12, 15))),
            (yearly("12-20", "01-10"), date(2027, 1, 10), (date(2026, 12, 20), date(2027, 1, 10))),
            (yearly("12-20", "01-10"), date(2027, 1, 11), (date(2027, 12, 20), date(2028, 1, 10))),
            (yearly("01-01", "12-31"), date(2026, 7, 1), (date(2026, 1, 1), date(2026, 12, 31))),
            (yearly("02-29", "03-05"), date(2026, 1, 1), (date(2026, 3, 1), date(2026, 3, 5))),
            (yearly("02-01", "02-29"), date(2026, 1, 1), (date(2026, 2, 1), date(2026, 2, 28))),
        ] {
            assert_eq!(days.run_from(day), Some(run), "{days:?} on {day}");
            assert!(days.contain(run.0) && days.contain(run.1), "{days:?}");
        }
        let once = Days::Dates(DaySpan { from: Some(date(2026, 5, 1)), until: Some(date(2026, 5, 7)) });
        assert_eq!(once.run_from(date(2026, 1, 1)), Some((date(2026, 5, 1), date(2026, 5, 7))));
        assert_eq!(once.run_from(date(2026, 5, 8)), None);
    }

    #[test]
    fn an_open_span_has_no_limit_on_that_side() {
        let from = DaySpan { from: Some(date(2026, 11, 15)), until: None };
        assert!(from.contains(date(2200, 1, 1)) && !from.contains(date(2026, 11, 14)));
        assert!(DaySpan::default().contains(date(1900, 1, 1)));
    }
}
