//! What only a look at the world and at a year of rundowns shows.

pub mod year;
