//! Civil time: zones, spans of days, the lunar calendar, session hours, recurrence.
//!
//! Pure: a date or an instant goes in, dates and instants come out. Nothing here knows what is broadcast.

pub mod hours;
pub mod lunar;
pub mod recur;
pub mod span;
pub mod timezone;
pub mod written;
