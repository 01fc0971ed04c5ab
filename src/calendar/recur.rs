//! When a broadcast recurs: the plan's `cron`, or `at` with `days` or `on`.
//!
//! The cron crate is evaluated on naive local time only; the zone's own rule (see [`crate::calendar::zone`]) makes instants of it,
//! and instants that coincide are one.

use jiff::civil::{Date, Time, Weekday};

use crate::calendar::zone::Zone;
use crate::terms::Wall;

/// The recurrence of one broadcast.
#[derive(Clone, Debug)]
pub enum Recur {
    Cron(Box<cron::Schedule>),
    At { at: Vec<Time>, days: Days },
}

/// On which days the times of `at` hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Days {
    Every,
    Week(Vec<Weekday>),
    On(Vec<Date>),
}

/// What is wrong with a cron text, by kind, so that the operator is told in their language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadCron {
    /// Not 6 or 7 fields (Unix cron has 5: seconds come first here).
    Fields { found: usize },
    /// Days of the week by number: the crate counts 1 = Sunday, Unix 0. Write SUN–SAT.
    NumericWeekday,
    /// This field (1-based) cannot be read: its text.
    Field { index: usize, text: String },
    /// Each field can be read, but there is never such a day.
    Never,
}

impl Recur {
    pub fn cron(text: &str) -> Result<Recur, BadCron> {
        let _ = text;
        todo!("helper E")
    }

    /// The instants whose civil day is `day`, in order, each once.
    pub fn on(&self, day: Date, zone: &Zone) -> Vec<Wall> {
        let _ = (day, zone);
        todo!("helper E")
    }
}
