//! A log that is taken away, cut or exchanged while the station runs: that is noticed, and another takes its place while sound goes on.

use std::path::Path;

use super::{FILE, LogError, Store, at_path, beside, file_id, schema};
use crate::asrun::chain::Head;
use crate::asrun::store::rescue::{self, OpenedLog, Rescued};
use crate::terms::*;

/// What took the log's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The file that was open still had every row: a copy of it.
    Copied,
    /// A backup, or a new log.
    Rescued(Rescued),
}

impl Store {
    /// What has become of the file since it was opened, if it is not under its name any more, shorter, or has not the rows that were
    /// written. It is looked at as anybody else would see it.
    pub fn is_gone(&mut self) -> Option<String> {
        let path = self.dir().join(FILE);
        if self.held.is_some() || self.pending {
            return None;
        }
        match std::fs::metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Some("the file is gone".to_owned()),
            // Who can say nothing of the file knows nothing against it.
            Err(_) => return None,
            Ok(_) if file_id(&path) != self.file => return Some("another file has its name".to_owned()),
            Ok(meta) if meta.len() < self.length => return Some("the file has been cut".to_owned()),
            Ok(meta) => self.length = meta.len(),
        }
        let wal = file_id(&schema::wal_of(&path));
        match self.wal {
            Some(before) if wal != Some(before) => return Some("its write-ahead log is gone".to_owned()),
            Some(_) | None => self.wal = wal,
        }
        match head(self.dir()) {
            Ok(head) if head == self.state.head => None,
            Ok(head) => Some(format!("it ends with {head} and not with {}", self.state.head)),
            Err(error) => rescue::damage(&error, self.dir()),
        }
    }

    /// Lets another file take the place of one that is gone: a copy of the one that is still open, as long as that is whole, else the newest
    /// backup, else a new log. What lies under its name meanwhile is set aside. A row tells of it.
    pub fn replace(&mut self, why: String, now: Wall) -> Result<Replaced, LogError> {
        let place = self.place.clone();
        let copy = beside(&place.dir.join(FILE), ".half");
        let whole = self.copy(&copy).is_ok();
        let set_aside = rescue::set_aside(&place, now)?;
        // Only now: a file under its own name would be tidied up by the last who closes it.
        self.reader.let_go()?;
        if whole {
            rescue::put_in_place(&copy, &place.dir).map_err(at_path(&copy))?;
        }
        let rescued = Rescued { why, set_aside, backup: if whole { None } else { rescue::put_back(&place, None) } };
        let lock = self.lock.try_clone().map_err(at_path(&place.dir))?;
        let OpenedLog { store, rescued, .. } = rescue::open_from(&lock, &place, now, true, (!whole).then_some(rescued))?;
        *self = store;
        Ok(rescued.map_or(Replaced::Copied, Replaced::Rescued))
    }

    /// Copies what is open, if all of it can be read and is what was written.
    fn copy(&self, file: &Path) -> Result<(), LogError> {
        let _ = std::fs::remove_file(file);
        let damaged = |what: String| LogError::Damaged { path: file.to_owned(), what };
        let name = file.to_str().ok_or_else(|| damaged("its name is no text".to_owned()))?;
        self.reader.db().execute("VACUUM INTO ?1", [name])?;
        let copy = Store::read_only(file)?;
        let (head, rows) = (copy.head()?, copy.count()?);
        match copy.is_sound()? {
            None if head == self.state.head && rows == head.seq => Ok(()),
            None => Err(damaged(format!("it has {rows} rows and ends with {head}"))),
            Some(wrong) => Err(damaged(wrong)),
        }
    }
}

/// The last row as the file has it for whoever opens it now.
fn head(dir: &Path) -> Result<Head, LogError> {
    schema::head(&schema::open_to_read(dir)?)
}
