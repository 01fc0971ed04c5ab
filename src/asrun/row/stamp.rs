//! Instants as text: RFC 3339 with the station's offset.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

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
    // Every i64 of nanoseconds is an instant that jiff knows, so the fallbacks are never taken.
    let instant = Timestamp::from_millisecond(at.0.div_euclid(1_000_000)).unwrap_or(Timestamp::UNIX_EPOCH);
    // RFC 3339 has no seconds in an offset. Local mean times of long ago have: those are printed with the whole minute, and the
    // clock time goes with it, so that the instant stays exact.
    let minutes = tz.to_offset(instant).seconds() / 60;
    let local = Offset::from_seconds(minutes * 60).unwrap_or(Offset::UTC).to_datetime(instant);
    // Writing to a String cannot fail.
    let _ = write!(out, "{}T{:02}:{:02}:{:02}", local.date(), local.hour(), local.minute(), local.second());
    if local.millisecond() != 0 {
        let _ = write!(out, ".{:03}", local.millisecond());
        out.truncate(out.trim_end_matches('0').len());
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let _ = write!(out, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
}

/// Reads what [`stamp`] prints; `None` for anything else.
pub fn read_stamp(text: &str) -> Option<Wall> {
    let at: Timestamp = text.parse().ok()?;
    let offset = text.get(text.len().checked_sub(6)?..)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let seconds = (hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?) * 60;
    let seconds = if offset.starts_with('-') { -seconds } else { seconds };
    // Its first and last instants are those of an i64 of nanoseconds, to the millisecond.
    let wall = Wall(at.as_nanosecond().max(i64::MIN.into()).try_into().ok()?);
    // There are other ways to write the same instant: none of them is in a log.
    (stamp(wall, &Offset::from_seconds(seconds).ok()?.to_time_zone()) == text).then_some(wall)
}

#[cfg(test)]
mod tests {
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
    }
}
