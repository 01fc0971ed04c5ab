//! The station's time zone, and the one rule for times that a day does not have or has twice.
//!
//! A time in a gap is the first instant after the gap (02:30 → 03:00); a time that exists twice is the first of the two.
//! This differs from RFC 5545 on purpose: a broadcast must not slip by half an hour.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::terms::Wall;

/// A time zone of the IANA database, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    tz: TimeZone,
}

impl Zone {
    /// `None` when the database has no zone of this name.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(|tz| Zone { tz })
    }

    pub fn utc() -> Zone {
        Zone { tz: TimeZone::UTC }
    }

    /// The instant of a civil time by the rule in this room's head.
    pub fn instant(&self, at: DateTime) -> Wall {
        let _ = at;
        todo!("helper E")
    }

    /// The civil time of an instant.
    pub fn civil(&self, at: Wall) -> DateTime {
        let _ = at;
        todo!("helper E")
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
