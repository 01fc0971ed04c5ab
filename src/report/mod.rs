//! Airtime reports: [`tally`] counts, [`document`] composes, [`write`] renders. Rows and plans go in; nothing here decides what airs.

pub mod phrases;
pub mod tally;
