//! Loaxa ("loa xã"): an unattended broadcast scheduler for a commune loudspeaker station.
//!
//! Data goes one way: [`plan`] → [`rundown`] → [`playout`] → [`asrun`] → [`report`]. The tour, bottom floor first:
//!
//! - [`terms`]: the words, [`calendar`]: civil time, [`files`]: what may lie under a name, [`defect`]: what tests break.
//! - [`library`] and [`lang`]: recordings by content; every word shown.
//! - [`control`]: requests and status, [`asrun`]: the log.
//! - [`plan`] and [`audio`]: what is wanted, and what sounds.
//! - [`rundown`]: what airs when; [`report`]: what aired, counted.
//! - [`check`]: what a year of rundowns shows; [`playout`]: the engine; [`chores`]: what falls due beside the air.
//! - [`daemon`]: the wiring; [`cli`]: the command line.

pub mod asrun;
pub mod audio;
pub mod calendar;
pub mod check;
pub mod chores;
pub mod cli;
pub mod console;
pub mod control;
pub mod daemon;
pub mod defect;
pub mod files;
pub mod lang;
pub mod library;
pub mod plan;
pub mod playout;
pub mod report;
pub mod rundown;
pub mod terms;
