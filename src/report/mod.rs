//! Airtime reports: [`tally`] counts, [`document`] composes, [`write`](mod@write) renders. Rows and plans go in; nothing here decides
//! what airs.

pub mod document;
pub mod period;
pub mod tally;
pub mod write;
