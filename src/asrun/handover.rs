//! What the daemon leaves to its next start beside the log. The start needs it also when the log is damaged, gone or an older copy, or could
//! not be written because the disk was full.
//!
//! Pure: it is kept up row by row ([`Handover::note`]), and a start lays it over what the log says ([`super::store::Past::take_over`]).
//! It is no part of the record. Where the log is whole the two agree, and the log is believed; what waits here is written there first.
//! `store::sheet` keeps it on the disk.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::asrun::chain::Head;
use crate::asrun::open::{OpenSlot, SlotChange};
use crate::asrun::row::Row;
use crate::asrun::standing::Standing;
use crate::terms::*;

/// As many ended slots as a large station has in three days.
const ENDED: usize = 400;
/// Whoever sends an order again does so within minutes.
const IDS: usize = 200;
/// The sign of life may be so old: it is worth no write of its own more often.
const ALIVE_EVERY: SignedDuration = SignedDuration::from_mins(10);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Handover {
    /// The log's last row when this was written, `SEQ:HASH`.
    pub head: String,
    pub alive_at: Option<Wall>,
    /// The orders that stood at that row.
    pub standing: Standing,
    /// The slots that ended lately, up to that row.
    pub ended: Vec<(Slot, Closure)>,
    /// What the disk has not taken yet, in its order.
    pub waiting: Vec<HandedWrite>,
    /// Rows that found no room here either.
    pub lost: u64,
}

/// A write that waits for the disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum HandedWrite {
    Arm(Box<OpenSlot>),
    /// Rows as their canonical texts, and what becomes of the open slot with them.
    Append(Vec<String>, SlotChange),
}

impl Handover {
    /// Takes in a row that the log has.
    pub fn note(&mut self, row: &Row) {
        self.standing.note(row);
        let ids = &mut self.standing.request_ids;
        ids.drain(..ids.len().saturating_sub(IDS));
        if matches!(row.kind(), Kind::End | Kind::Void) {
            close(&mut self.ended, row);
            self.ended.drain(..self.ended.len().saturating_sub(ENDED));
        }
    }

    /// Takes in a sign of life; `false` when it is hardly newer than the last.
    pub fn breathe(&mut self, at: Wall) -> bool {
        let due = self.alive_at.is_none_or(|last| (at - last).abs() >= ALIVE_EVERY);
        if due {
            self.alive_at = Some(at);
        }
        due
    }

    /// The log's last row when this was written.
    pub fn head(&self) -> Option<Head> {
        self.head.parse().ok()
    }

    /// Its number.
    pub fn seq(&self) -> u64 {
        self.head().map_or(0, |head| head.seq)
    }

    /// As it is begun after a start: with the orders that stand now, and the slots that have ended.
    pub fn of(alive_at: Option<Wall>, standing: &Standing, ended: &[(Slot, Closure)]) -> Handover {
        let mut standing = standing.clone();
        standing.request_ids.drain(..standing.request_ids.len().saturating_sub(IDS));
        let ended = ended[ended.len().saturating_sub(ENDED)..].to_vec();
        Handover { alive_at, standing, ended, ..Handover::default() }
    }
}

/// Takes in an `end`, or the `void` of one.
pub(crate) fn close(closed: &mut Vec<(Slot, Closure)>, row: &Row) {
    let Some(slot) = row.slot() else { return };
    match row.status {
        Some(status) if row.kind() == Kind::End => {
            let how = Closure::by(&slot, Outcome { status, reason: row.reason });
            closed.push((slot, how));
        }
        Some(_) | None => closed.retain(|(other, _)| *other != slot),
    }
}

impl HandedWrite {
    /// The rows of it; one that cannot be read any more is left out.
    pub fn rows(&self) -> Vec<Row> {
        match self {
            HandedWrite::Arm(_) => Vec::new(),
            HandedWrite::Append(texts, _) => texts.iter().filter_map(|text| Row::parse(text).ok()).collect(),
        }
    }
}
