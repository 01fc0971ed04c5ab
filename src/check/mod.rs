//! What only a look at the day, at the recordings and at a year of rundowns shows.
//!
//! Everything here is a warning: it may still be mended before air, and what cannot air ends in the log with its reason. Nothing here
//! reads a clock or a file: the day and the facts of the recordings come from outside.

pub mod explain;
pub mod idle;
pub mod today;
pub mod world;
pub mod year;

pub use idle::idle;
pub use today::today;
pub use world::{no_recordings, world};
pub use year::year;
