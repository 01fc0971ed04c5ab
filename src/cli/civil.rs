//! What commands ask of the reader of days, times and lengths. They are the station's: whoever knows its zone makes instants of them.
//!
//! Pure.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::calendar::written::{self, Misread, Seek};
use crate::control::message::LONGEST_LENGTH;
use crate::control::request::Until;
use crate::lang::{Language, cli as words, written as asked};

/// Until when a hold lasts: a day and a time, or the next time that the clock shows so.
pub fn until(text: &str, seek: Option<Seek>) -> Result<Until, Misread> {
    match written::moment(text, seek) {
        Err(Misread::Unknown) => written::time(text).map(Until::Next),
        moment => moment.map(Until::At),
    }
}

/// The civil time at which a span begins: a day's first, or a moment.
pub fn from(text: &str, seek: Option<Seek>) -> Result<DateTime, Misread> {
    match written::day(text, seek) {
        Err(Misread::Unknown) => written::moment(text, seek),
        day => day.map(|day| day.at(0, 0, 0, 0)),
    }
}

/// The civil time before which a span ends: a day is included, a moment is not.
pub fn to(text: &str, seek: Option<Seek>) -> Result<DateTime, Misread> {
    match written::day(text, seek) {
        Err(Misread::Unknown) => written::moment(text, seek),
        day => day?.tomorrow().map(|next| next.at(0, 0, 0, 0)).map_err(|_| Misread::Unknown),
    }
}

/// Longer than nothing, no longer than a day.
pub fn length(text: &str) -> Result<SignedDuration, Misread> {
    let length = written::length(text)?;
    if length.is_positive() && length <= LONGEST_LENGTH { Ok(length) } else { Err(Misread::Unknown) }
}

/// Says of an argument what was not read: the question that it raises, else what is expected.
pub fn misread(lang: Language, argument: &str, text: &str, why: Misread, expected: &str) -> String {
    let question = asked::question(lang, why);
    words::bad_value(lang, argument, text, Some(question.as_deref().unwrap_or(expected)))
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    #[test]
    fn a_hold_lasts_until_a_moment_or_the_next_time() {
        assert_eq!(until("18:00", None), Ok(Until::Next(civil::time(18, 0, 0, 0))));
        assert_eq!(until("5h30 15/11/2026", None), Ok(Until::At(civil::date(2026, 11, 15).at(5, 30, 0, 0))));
        assert_eq!(until("5h chiều", None), Err(Misread::HalfDay));
        assert_eq!(until("25:00", None), Err(Misread::Unknown));
    }

    #[test]
    fn a_span_of_days_includes_its_last_and_one_of_moments_does_not() {
        assert_eq!(from("2026-11-15", None), Ok(civil::date(2026, 11, 15).at(0, 0, 0, 0)));
        assert_eq!(to("15/11/2026", None), Ok(civil::date(2026, 11, 16).at(0, 0, 0, 0)));
        assert_eq!(to("2026-11-15 12:00", None), Ok(civil::date(2026, 11, 15).at(12, 0, 0, 0)));
        assert_eq!(to("9999-12-31", None), Err(Misread::Unknown));
    }

    #[test]
    fn a_length_is_within_a_day() {
        assert_eq!(length("24h"), Ok(SignedDuration::from_hours(24)));
        assert_eq!(
            (length("0s"), length("24h1s"), length("99999h")),
            (Err(Misread::Unknown), Err(Misread::Unknown), Err(Misread::Unknown))
        );
        assert_eq!(length("10"), Err(Misread::NoUnit));
    }
}
