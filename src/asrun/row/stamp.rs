//! Instants as text: RFC 3339 with the station's offset.
//!
//! Written out by hand because each row has three of them, and a log of a million rows is verified in a second.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::terms::Wall;

/// An instant as every row, export and rundown prints it: RFC 3339 with the station's offset, to the millisecond below, fractions
/// only where there are any, and no more of them than are needed.
pub fn stamp(at: Wall, tz: &TimeZone) -> String {
    let mut text = String::with_capacity(29);
    write_stamp(at, tz, &mut text);
    text
}

/// [`stamp`], into a text that goes on.
pub(super) fn write_stamp(at: Wall, tz: &TimeZone, out: &mut String) {
    let ms = at.0.div_euclid(1_000_000);
    // Every i64 of nanoseconds is an instant that jiff knows, so the fallback is never taken.
    let instant = Timestamp::from_nanosecond(i128::from(at.0)).unwrap_or(Timestamp::UNIX_EPOCH);
    // RFC 3339 has no seconds in an offset. Local mean times of long ago have: those are printed with the whole minute, and the
    // clock time goes with it, so that the instant stays exact.
    let minutes = i64::from(tz.to_offset(instant).seconds() / 60);
    let local = ms + minutes * 60_000;
    let (year, month, day) = civil(local.div_euclid(86_400_000));
    let of_day = local.rem_euclid(86_400_000);
    digits(year, 4, out);
    for (mark, value) in
        [('-', month), ('-', day), ('T', of_day / 3_600_000), (':', of_day / 60_000 % 60), (':', of_day / 1_000 % 60)]
    {
        out.push(mark);
        digits(value, 2, out);
    }
    let fraction = of_day % 1_000;
    if fraction != 0 {
        out.push('.');
        digits(fraction, 3, out);
        out.truncate(out.trim_end_matches('0').len());
    }
    out.push(if minutes < 0 { '-' } else { '+' });
    digits(minutes.abs() / 60, 2, out);
    out.push(':');
    digits(minutes.abs() % 60, 2, out);
}

fn digits(value: i64, width: u32, out: &mut String) {
    for place in (0..width).rev() {
        let digit = value / 10_i64.pow(place) % 10;
        out.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
    }
}

/// Reads what [`stamp`] prints; `None` for anything else.
pub fn read_stamp(text: &str) -> Option<Wall> {
    let bytes = text.as_bytes();
    if bytes.len() < 25 || bytes.len() > 29 {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        bytes.get(from..to)?.iter().try_fold(0_i64, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let zone = bytes.len() - 6;
    let fraction = match zone {
        19 => 0,
        21..=23 if bytes[19] == b'.' => number(20, zone)? * 10_i64.pow(u32::try_from(23 - zone).ok()?),
        _ => return None,
    };
    let sign = match bytes[zone] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    if bytes[zone + 3] != b':' {
        return None;
    }
    let (ahead, odd) = (number(zone + 1, zone + 3)?, number(zone + 4, zone + 6)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 59 || ahead > 26 || odd > 59
    {
        return None;
    }
    let days = days(year, month, day);
    if civil(days) != (year, month, day) {
        return None;
    }
    let ms =
        days * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1_000 + fraction - sign * (ahead * 60 + odd) * 60_000;
    // The first millisecond that an i64 of nanoseconds reaches into is cut; nothing before it can be printed.
    ms.checked_mul(1_000_000).map(Wall).or((ms < 0 && year >= 1677).then_some(Wall::MIN)).filter(|_| year < 2263)
}

/// The civil date of a day counted from 1970-01-01, in the proleptic Gregorian calendar (by Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn fractions_are_printed_only_where_there_are_any() {
        let at = |ns: i64| stamp(Wall(1_794_695_400_000_000_000 + ns), &zone("Asia/Ho_Chi_Minh"));
        assert_eq!(at(0), "2026-11-15T05:30:00+07:00");
        assert_eq!(at(250_000_000), "2026-11-15T05:30:00.25+07:00");
        assert_eq!(at(7_999_999), "2026-11-15T05:30:00.007+07:00");
        assert_eq!(at(999_999), "2026-11-15T05:30:00+07:00");
        assert_eq!(at(-1), "2026-11-15T05:29:59.999+07:00");
    }

    #[test]
    fn an_offset_is_that_of_the_instant() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(stamp(Wall(1_792_891_200_000_000_000), &berlin), "2026-10-25T02:20:00+01:00");
        assert_eq!(stamp(Wall(1_792_887_600_000_000_000), &berlin), "2026-10-25T02:20:00+02:00");
        assert_eq!(stamp(Wall(0), &TimeZone::UTC), "1970-01-01T00:00:00+00:00");
        assert_eq!(stamp(Wall(0), &zone("America/St_Johns")), "1969-12-31T20:30:00-03:30");
    }

    #[test]
    fn what_no_stamp_prints_is_not_read() {
        for text in [
            "",
            "2026-11-15",
            "2026-11-15T05:30:00Z",
            "2026-11-15T05:30:00",
            "2026-02-30T05:30:00+07:00",
            "2026-11-15T24:30:00+07:00",
            "2026-11-15 05:30:00+07:00",
            "2026-11-15T05:30:00.1234+07:00",
            "2026-11-15T05:30:00.+07:00",
            "9026-11-15T05:30:00+07:00",
            "２026-11-15T05:30:00+07:00",
        ] {
            assert_eq!(read_stamp(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_stamp_reads_back_to_its_millisecond(ns in i64::MIN + 1_000_000..i64::MAX, zone_at in 0_usize..5) {
            let tz = zone(["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC"][zone_at]);
            let text = stamp(Wall(ns), &tz);
            prop_assert_eq!(read_stamp(&text), Some(Wall(ns).floor_ms()), "{}", text);
            let by_jiff: Timestamp = text.parse().unwrap();
            prop_assert_eq!(by_jiff.as_nanosecond(), i128::from(Wall(ns).floor_ms().0));
        }

        #[test]
        fn dates_agree_with_jiff(day in -100_000_i64..100_000) {
            let (year, month, dom) = civil(day);
            let expected = date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            let found = date(i16::try_from(year).unwrap(), i8::try_from(month).unwrap(), i8::try_from(dom).unwrap());
            prop_assert_eq!(found, expected);
            prop_assert_eq!(days(year, month, dom), day);
        }
    }
}
