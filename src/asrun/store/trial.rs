//! Rows that are written and taken back, so that a start knows whether the log can grow.

use std::sync::Arc;

use super::{FILE, LogError, Store};
use crate::asrun::row::Row;
use crate::asrun::store::rescue;
use crate::terms::*;

impl Store {
    /// Writes rows of each kind that a day brings, and takes them back: a file that is damaged where it grows, in its rows or in what it
    /// finds them by, is found at the start, when a backup can still take its place.
    pub(super) fn try_rows(&mut self, station: Arc<str>, now: Wall) -> Result<(), LogError> {
        let start = Row { started_at: Some(now), ..Row::of(Kind::Start, station.clone(), self.origin()) };
        let tried = || "@tried-and-taken-back";
        let slot = Slot { planned_at: now, broadcast: tried().into(), output: tried().into() };
        let of_slot = |kind, origin| Row {
            planned_at: Some(slot.planned_at),
            broadcast: Some(slot.broadcast.clone()),
            output: Some(slot.output.clone()),
            status: Some(Status::Aired),
            ..Row::of(kind, station.clone(), origin)
        };
        let item = Some(ItemId::from(tried()));
        let air = Row { item, file_hash: Some(FileHash::from(tried())), ..of_slot(Kind::Air, self.origin()) };
        let rows = vec![start, air, of_slot(Kind::End, self.origin())];
        let mut failed = None;
        let done = self.write(|batch| {
            failed = batch.append(rows).err();
            Err::<(), _>(LogError::EndOfNothing)
        });
        match failed {
            // Nothing is wrong with these rows: a log that refuses one of them is.
            Some(error) if error.is_of_the_row() => Err(LogError::Damaged { path: self.dir().join(FILE), what: in_full(&error) }),
            Some(error) => self.unless_of_the_disk(error),
            // Taking back is no error of the log's.
            None => match done {
                Err(LogError::EndOfNothing) | Ok(()) => Ok(()),
                Err(error) => self.unless_of_the_disk(error),
            },
        }
    }

    /// What the disk does not take now waits, and says nothing against the file.
    fn unless_of_the_disk(&self, error: LogError) -> Result<(), LogError> {
        if rescue::damage(&error, self.dir()).is_some() { Err(error) } else { Ok(()) }
    }
}
