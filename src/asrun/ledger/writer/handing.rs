//! What the ledger writes down beside the log for the next start, and takes over from the life before.

use std::collections::VecDeque;

use jiff::tz::TimeZone;

use super::{Said, Writer};
use crate::asrun::handover::HandedWrite;
use crate::asrun::queue::Write;
use crate::asrun::row::Row;
use crate::asrun::store::sheet::ROOM;
use crate::terms::*;

/// So much of the room beside the log is for what waits: some 250 rows, or ten days of a full disk.
const WAITING: usize = ROOM - (64 << 10);

impl<F: FnMut(Said)> Writer<F> {
    /// Writes down beside the log what the next start must know of it, and what still waits.
    pub(super) fn hand_over(&mut self) {
        if !self.hands_over || self.store.origin() == Origin::Simulation {
            return;
        }
        self.handover.head = self.store.head().to_string();
        (self.handover.waiting, self.handover.lost) = self.waiting();
        match self.sheet.write(&self.handover) {
            Ok(()) => self.hands_over = false,
            Err(error) => tracing::warn!(why = in_full(&error), "what the next start must know cannot be written down"),
        }
    }

    /// What waits, as far as there is room for it from the newest on; and how many rows are not in it.
    fn waiting(&self) -> (Vec<HandedWrite>, u64) {
        let (mut waiting, mut lost, mut room) = (VecDeque::new(), self.queue.lost().rows, WAITING);
        for write in self.queue.iter().rev() {
            let handed = if room > 0 { handed(write, self.store.tz()) } else { None };
            let length = handed.as_ref().and_then(|handed| serde_json::to_vec(handed).ok()).map_or(0, |text| text.len() + 1);
            room = room.saturating_sub(length);
            match handed.filter(|_| room > 0) {
                Some(handed) => waiting.push_front(handed),
                None => lost += write.rows().len() as u64,
            }
        }
        (waiting.into(), lost)
    }
}

/// What the life before handed over, as it is to be written.
pub(super) fn write(waiting: &HandedWrite) -> Write {
    match waiting {
        HandedWrite::Arm(entry) => Write::Mark(entry.clone()),
        HandedWrite::Append(_, change) => Write::Append(waiting.rows(), change.clone()),
    }
}

/// How it waits beside the log; a sign of life does not.
fn handed(write: &Write, tz: &TimeZone) -> Option<HandedWrite> {
    match write {
        Write::Arm(_, entry) | Write::Mark(entry) => Some(HandedWrite::Arm(entry.clone())),
        Write::Append(rows, change) => {
            let text = |row: &Row| {
                let mut row = row.clone();
                row.clean();
                row.canonical(tz).ok()
            };
            Some(HandedWrite::Append(rows.iter().filter_map(text).collect(), change.clone()))
        }
        Write::Alive(_) => None,
    }
}
