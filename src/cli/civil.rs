//! Days, times and lengths as people write them on the command line. They are the station's: whoever knows its zone makes instants.
//!
//! Pure: `None` is a text that is not one; the words about it are in [`crate::lang::cli`].

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use crate::control::message::LONGEST_LENGTH;
use crate::control::request::Until;

/// `2026-11-15`, or as it is written in Vietnam `15/11/2026`.
pub fn date(text: &str) -> Option<Date> {
    let dashed: Vec<&str> = text.split('-').collect();
    let slashed: Vec<&str> = text.split('/').collect();
    let (year, month, day) = match (dashed.as_slice(), slashed.as_slice()) {
        ([year, month, day], _) => (*year, *month, *day),
        (_, [day, month, year]) => (*year, *month, *day),
        _ => return None,
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(number(year, 4)?, i8::try_from(number(month, 2)?).ok()?, i8::try_from(number(day, 2)?).ok()?).ok()
}

/// `05:30` or `05:30:15`; as it is written in Vietnam `5h30`, `17h`.
pub fn time(text: &str) -> Option<Time> {
    if let Some((hour, minute)) = text.split_once(['h', 'H']) {
        let minute = if minute.is_empty() { 0 } else { small(Some(minute).filter(|minute| minute.len() == 2)?)? };
        return Time::new(small(hour)?, minute, 0, 0).ok();
    }
    let mut parts = text.split(':');
    let hour = small(parts.next()?)?;
    let minute = small(parts.next().filter(|part| part.len() == 2)?)?;
    let second = match parts.next() {
        Some(part) if part.len() == 2 => small(part)?,
        Some(_) => return None,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// A day and a time, with a space or a `T` between them.
pub fn moment(text: &str) -> Option<DateTime> {
    let (day, at) = text.trim().split_once([' ', 'T'])?;
    Some(DateTime::from_parts(date(day)?, time(at.trim_start())?))
}

/// Until when a hold lasts: a day and a time, or the next time that the clock shows so.
pub fn until(text: &str) -> Option<Until> {
    moment(text).map(Until::At).or_else(|| time(text).map(Until::Next))
}

/// The civil time at which a span begins: a day's first, or a moment.
pub fn from(text: &str) -> Option<DateTime> {
    date(text).map(|day| day.at(0, 0, 0, 0)).or_else(|| moment(text))
}

/// The civil time before which a span ends: a day is included, a moment is not.
pub fn to(text: &str) -> Option<DateTime> {
    match date(text) {
        Some(day) => day.tomorrow().ok().map(|next| next.at(0, 0, 0, 0)),
        None => moment(text),
    }
}

/// `45s`, `10m`, `1h30m`: longer than nothing, no longer than a day, each unit once, the largest first.
pub fn length(text: &str) -> Option<SignedDuration> {
    let mut rest = text;
    let mut seconds: i64 = 0;
    for (unit, worth) in [('h', 3600), ('m', 60), ('s', 1)] {
        if let Some((count, after)) = rest.split_once(unit) {
            let count = i64::from(number(count, 4)?);
            seconds = seconds.checked_add(count.checked_mul(worth)?)?;
            rest = after;
        }
    }
    let length = SignedDuration::from_secs(seconds);
    (rest.is_empty() && length.is_positive() && length <= LONGEST_LENGTH).then_some(length)
}

/// A number of one to `digits` digits and nothing else.
fn number(text: &str, digits: usize) -> Option<i16> {
    let good = (1..=digits).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    good.then(|| text.parse().ok()).flatten()
}

fn small(text: &str) -> Option<i8> {
    number(text, 2).and_then(|number| i8::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    #[test]
    fn a_day_is_written_both_ways() {
        assert_eq!(date("2026-11-15"), Some(civil::date(2026, 11, 15)));
        assert_eq!(date("15/11/2026"), Some(civil::date(2026, 11, 15)));
        assert_eq!(date("5/1/2026"), Some(civil::date(2026, 1, 5)));
        for bad in
            ["2026-02-30", "26-11-15", "2026/11/15", "11/15/2026", "2026-11", "", "+026-11-15", "2026-11-15-1", "٢٠٢٦-11-15"]
        {
            assert_eq!(date(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_time_has_two_or_three_parts() {
        assert_eq!(time("05:30"), Some(civil::time(5, 30, 0, 0)));
        assert_eq!(time("5:30"), Some(civil::time(5, 30, 0, 0)));
        assert_eq!(time("23:59:59"), Some(civil::time(23, 59, 59, 0)));
        assert_eq!(time("5h30"), Some(civil::time(5, 30, 0, 0)));
        assert_eq!(time("17h"), Some(civil::time(17, 0, 0, 0)));
        for bad in ["24:00", "05:60", "05", "05:3", "05:30:61", "05:30:00:00", "", "-5:30", "05:30 ", "25h", "5h3", "h", "5h30m"]
        {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_moment_is_a_day_and_a_time() {
        let moment_is = Some(civil::date(2026, 11, 15).at(5, 29, 50, 0));
        assert_eq!(moment("2026-11-15 05:29:50"), moment_is);
        assert_eq!(moment("2026-11-15T05:29:50"), moment_is);
        assert_eq!(moment("15/11/2026 5:29:50"), moment_is);
        assert_eq!(moment("2026-11-15"), None);
        assert_eq!(moment("2026-11-15 05:29:50+07:00"), None);
        assert_eq!(until("18:00"), Some(Until::Next(civil::time(18, 0, 0, 0))));
    }

    #[test]
    fn a_span_of_days_includes_its_last_and_one_of_moments_does_not() {
        assert_eq!(from("2026-11-15"), Some(civil::date(2026, 11, 15).at(0, 0, 0, 0)));
        assert_eq!(to("2026-11-15"), Some(civil::date(2026, 11, 16).at(0, 0, 0, 0)));
        assert_eq!(to("2026-11-15 12:00"), Some(civil::date(2026, 11, 15).at(12, 0, 0, 0)));
        assert_eq!(to("9999-12-31"), None);
    }

    #[test]
    fn a_length_has_units_from_large_to_small() {
        for (text, seconds) in [("45s", 45), ("10m", 600), ("1h30m", 5400), ("1h1s", 3601)] {
            assert_eq!(length(text), Some(SignedDuration::from_secs(seconds)), "{text}");
        }
        for bad in ["", "10", "0s", "30m1h", "1m1m", "-5m", "5 m", "99999h", "m", "1.5h"] {
            assert_eq!(length(bad), None, "{bad}");
        }
    }
}
