//! Of which time a log tells.

use super::log_row::{LogRow, RowFact};
use crate::terms::*;

/// Of which time a log tells: before and after it there is no data. A machine's clock can be years behind when it wakes, and then rows are
/// written by it, but no slot is: what counts as the beginning is the first row, or the first after the clock was set while nothing had
/// been due yet, and slots.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LogReach {
    pub from: Option<i64>,
    /// The last instant of which a row tells, or at which the station was known to be alive.
    pub until: Option<i64>,
    /// A slot was due.
    has_slots: bool,
}

impl LogReach {
    /// `to_come`: the instant lies behind today, where only a clock that is wrong has been.
    pub fn note(&mut self, row: &LogRow<'_>, at: i64, to_come: bool) {
        match row.kind {
            Kind::Air | Kind::End if !row.emergency => {
                self.from = Some(self.from.map_or(at, |from| from.min(at)));
                self.has_slots = true;
            }
            Kind::Clock if !self.has_slots => self.from = Some(at),
            Kind::Air
            | Kind::End
            | Kind::Clock
            | Kind::Start
            | Kind::Stop
            | Kind::Plan
            | Kind::Order
            | Kind::Fault
            | Kind::Gap => {
                self.from.get_or_insert(at);
            }
            // What was read live may have been entered for a time before the log; a slot that is void was not due then.
            Kind::Hand | Kind::Void => return,
        }
        // What a person skips, he skips beforehand.
        let told = match row.fact {
            RowFact::End(end) => end.status != Status::Skipped,
            RowFact::Air(_) | RowFact::Hand(_) | RowFact::Other => true,
        };
        if told && !row.emergency && !to_come {
            self.tells(at);
        }
    }

    pub fn tells(&mut self, at: i64) {
        self.until = self.until.max(Some(at));
    }
}
