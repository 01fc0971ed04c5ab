//! The station's time zone, and the one rule for times that a day does not have or has twice.
//!
//! A time in a gap is the first instant after the gap (02:30 → 03:00); a time that exists twice is the first of the two.
//! This differs from RFC 5545 on purpose: a broadcast must not slip by half an hour.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::terms::Wall;

/// A time zone of the IANA database, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timezone {
    tz: TimeZone,
}

impl Timezone {
    /// `None` when the database has no zone of this name.
    pub fn named(name: &str) -> Option<Timezone> {
        TimeZone::get(name).ok().map(|tz| Timezone { tz })
    }

    pub fn utc() -> Timezone {
        Timezone { tz: TimeZone::UTC }
    }

    /// The instant of a civil time by the rule in this room's head. What lies outside the years 1678–2261 is clamped.
    pub fn instant(&self, at: DateTime) -> Wall {
        match self.tz.to_ambiguous_timestamp(at).offset() {
            AmbiguousOffset::Unambiguous { offset } => wall(offset.to_timestamp(at).ok(), at),
            AmbiguousOffset::Fold { before, .. } => wall(before.to_timestamp(at).ok(), at),
            AmbiguousOffset::Gap { after, .. } => wall(self.end_of_gap(at, after), at),
        }
    }

    /// The transition that makes the gap in which `at` lies: read with the offset after it, `at` is an instant shortly before it.
    fn end_of_gap(&self, at: DateTime, after: Offset) -> Option<Timestamp> {
        let before_it = after.to_timestamp(at).ok()?;
        self.tz.following(before_it).find(|transition| transition.offset() == after).map(|transition| transition.timestamp())
    }

    /// The civil time of an instant.
    pub fn civil(&self, at: Wall) -> DateTime {
        // Every Wall lies within the years that jiff knows, so the epoch is never used.
        self.tz.to_datetime(Timestamp::from_nanosecond(i128::from(at.0)).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// The first instant of a civil day (a day may begin at 01:00).
    pub fn start_of(&self, day: Date) -> Wall {
        self.instant(day.at(0, 0, 0, 0))
    }

    /// For [`crate::asrun::row::stamp`], the form in which instants are printed.
    pub fn tz(&self) -> &TimeZone {
        &self.tz
    }
}

/// The instant as a `Wall`; what a `Wall` cannot hold becomes its nearest end.
fn wall(at: Option<Timestamp>, civil: DateTime) -> Wall {
    let end = if civil.year() < 1970 { Wall::MIN } else { Wall::MAX };
    at.and_then(|at| i64::try_from(at.as_nanosecond()).ok()).map_or(end, Wall)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(zone: &str, at: &str) -> String {
        let zone = Timezone::named(zone).unwrap();
        zone.civil(zone.instant(at.parse().unwrap())).to_string()
    }

    #[test]
    fn a_time_in_a_gap_is_the_first_instant_after_the_gap() {
        for (zone, written, airs) in [
            ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T03:00:00"),
            ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T03:00:00"),
            ("Europe/Berlin", "2026-03-29T02:59:59.999999999", "2026-03-29T03:00:00"),
            ("America/New_York", "2026-03-08T02:30", "2026-03-08T03:00:00"),
            ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-04T02:30:00"),
            ("America/Santiago", "2026-09-06T00:20", "2026-09-06T01:00:00"),
            ("America/Nuuk", "2026-03-28T23:30", "2026-03-29T00:00:00"),
            ("Pacific/Apia", "2011-12-30T05:30", "2011-12-31T00:00:00"),
        ] {
            assert_eq!(instant(zone, written), airs, "{zone} {written}");
        }
    }

    #[test]
    fn a_time_that_exists_twice_is_the_first_of_the_two() {
        let berlin = Timezone::named("Europe/Berlin").unwrap();
        let first = berlin.instant("2026-10-25T02:30".parse().unwrap());
        assert_eq!(first, Timezone::utc().instant("2026-10-25T00:30".parse().unwrap()));
        let lord_howe = Timezone::named("Australia/Lord_Howe").unwrap();
        let first = lord_howe.instant("2026-04-05T01:45".parse().unwrap());
        assert_eq!(first, Timezone::utc().instant("2026-04-04T14:45".parse().unwrap()));
    }

    #[test]
    fn instants_beyond_the_clock_are_clamped() {
        let utc = Timezone::utc();
        assert_eq!(utc.instant("9999-12-30T00:00".parse().unwrap()), Wall::MAX);
        assert_eq!(utc.instant("-009999-01-02T00:00".parse().unwrap()), Wall::MIN);
        utc.civil(Wall::MAX);
        utc.civil(Wall::MIN);
    }
}
