//! The log in its data folder: one SQLite file, one writer, append-only by trigger.
//!
//! Promises: a row that [`Store::append`] returned is on the disk (but in a simulation's log, see [`Store::open`]); rows and the
//! unsettled entry they settle come in one transaction, or not at all; no row is ever changed or removed. It does not wait or retry
//! when the disk fails: every failure is a value, and [`super::ledger`] decides. It reads no clock.
//!
//! Beside `log.sqlite3` lie `lock` (held while the store is open), `heads.txt` ([`heads`]) and `plans/` ([`super::plans`]).

mod backup;
mod batch;
mod gap;
pub mod heads;
mod keys;
mod orders;
mod past;
mod reader;
mod schema;
mod steps;
pub(crate) mod summary;
mod trial;
pub(crate) mod void;
mod words;

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

pub use batch::Batch;
pub(crate) use batch::add_detail;
pub use gap::Told;
pub(crate) use keys::Keys;
pub(crate) use past::CLOSED_FOR;
pub use past::Past;
pub use reader::{Query, Reader, Stored};
pub(crate) use schema::beside;

use crate::asrun::chain::Head;
use crate::asrun::rescue::Rescued;
use crate::asrun::row::Row;
use crate::asrun::unsettled::{Settle, Unsettled};
use crate::terms::*;

/// The name of the log's file in the data folder.
pub const FILE: &str = "log.sqlite3";

/// Why the log cannot be read or written, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the data folder {} is in use by another loaxa", .0.display())]
    InUse(PathBuf),
    #[error("the data folder {} holds a {found} log, not a {wanted} one; name another folder with --data", dir.display())]
    OtherOrigin { dir: PathBuf, found: Origin, wanted: Origin },
    #[error("there is no log in {}", .0.display())]
    NoLog(PathBuf),
    #[error("the log in {} was written by a newer loaxa (version {found} of its form)", dir.display())]
    Newer { dir: PathBuf, found: i64 },
    #[error("{}: {what}", path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("cannot use {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("the log cannot be read or written")]
    Database(#[from] rusqlite::Error),
    #[error("slot {0} has ended already")]
    EndedTwice(Slot),
    #[error("an `end` or `void` row names no slot")]
    EndOfNothing,
}

impl StoreError {
    /// Whether the row itself is at fault, so that trying again is of no use.
    pub fn is_of_the_row(&self) -> bool {
        match self {
            StoreError::EndedTwice(_) | StoreError::EndOfNothing => true,
            StoreError::InUse(_)
            | StoreError::OtherOrigin { .. }
            | StoreError::NoLog(_)
            | StoreError::Newer { .. }
            | StoreError::Damaged { .. }
            | StoreError::File { .. }
            | StoreError::Database(_) => false,
        }
    }

    /// Whether the disk is at fault, and not the file on it: it is full, may not be written to, or does not answer. It may be mended while
    /// the station airs.
    pub fn is_of_the_disk(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, DiskFull, ReadOnly, SystemIoFailure};
        use std::io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match self {
            StoreError::Database(error) => {
                error.sqlite_error_code().is_some_and(|code| matches!(code, CannotOpen | DiskFull | ReadOnly | SystemIoFailure))
            }
            StoreError::File { source, .. } => matches!(source.kind(), QuotaExceeded | ReadOnlyFilesystem | StorageFull),
            StoreError::InUse(_)
            | StoreError::OtherOrigin { .. }
            | StoreError::NoLog(_)
            | StoreError::Newer { .. }
            | StoreError::Damaged { .. }
            | StoreError::EndedTwice(_)
            | StoreError::EndOfNothing => false,
        }
    }

    /// What is wrong with the file, if the file itself is damaged: no trying again will mend it.
    pub fn damage(&self) -> Option<String> {
        match self {
            StoreError::Database(error) => {
                let code = error.sqlite_error_code();
                let broken = code
                    .is_some_and(|code| matches!(code, rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase));
                // Something that is no log's: a text of wrong form, a table that is gone.
                let strange = matches!(error, rusqlite::Error::SqlInputError { .. } | rusqlite::Error::InvalidColumnType(..));
                (broken || strange || error.to_string().contains("no such table")).then(|| error.to_string())
            }
            StoreError::Damaged { what, .. } => Some(what.clone()),
            StoreError::InUse(_)
            | StoreError::OtherOrigin { .. }
            | StoreError::NoLog(_)
            | StoreError::Newer { .. }
            | StoreError::File { .. }
            | StoreError::EndedTwice(_)
            | StoreError::EndOfNothing => None,
        }
    }
}

/// A file error with its path.
pub(crate) fn at_path(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError + '_ {
    |source| StoreError::File { path: path.to_owned(), source }
}

/// The one writer of a log.
#[derive(Debug)]
pub struct Store {
    reader: Reader,
    tz: TimeZone,
    state: batch::State,
    /// In a simulation's log, whether a transaction is open that later writes join.
    pending: bool,
    /// The last row that was here before and is not any more, as far as the log itself knows.
    lost: Option<u64>,
    /// What was done before it could be opened.
    rescued: Option<Rescued>,
    /// Rows that the disk did not take yet: they come first.
    owed: Vec<Row>,
    /// Why nothing can be written.
    held: Option<String>,
    /// Held as long as the store lives; the system lets go of it when the process ends, however that happens.
    _lock: File,
}

impl Store {
    /// Opens the log in `dir`, or begins one there. Instants are printed in `tz`, the station's zone.
    ///
    /// A simulation's log is written without waiting for the disk, in one transaction up to the next [`Store::flush`]: it can be made
    /// again, and a year of it takes half a second.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process has it open, [`StoreError::OtherOrigin`] when the folder's log has another origin.
    pub fn open(dir: &Path, origin: Origin, tz: TimeZone) -> Result<Store, StoreError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(at_path(dir))?;
        let lock = lock(dir)?;
        let db = schema::open(dir, origin, &tz)?;
        let reader = Reader::over(db, dir)?;
        let lost = summary::mend(&reader)?;
        let state = batch::State::load(reader.db())?;
        Ok(Store { reader, tz, state, pending: false, lost, rescued: None, owed: Vec::new(), held: None, _lock: lock })
    }

    /// As [`Store::open`], also where the disk is full or may not be written to: a station must air all the same. Then the past is read,
    /// nothing is written, and [`Store::held`] says why; [`Store::reconnect`] opens the file for writing once that is possible.
    ///
    /// # Errors
    /// Those of [`Store::open`], and the disk's where the log cannot be read either, or is not there yet.
    pub fn open_or_hold(dir: &Path, origin: Origin, tz: TimeZone) -> Result<Store, StoreError> {
        match Store::open(dir, origin, tz.clone()) {
            Err(error) if error.is_of_the_disk() => Store::hold(dir, origin, tz, error),
            opened => opened,
        }
    }

    fn hold(dir: &Path, origin: Origin, tz: TimeZone, error: StoreError) -> Result<Store, StoreError> {
        let lock = lock(dir)?;
        let Ok(reader) = schema::open_to_hold(dir).and_then(|db| Reader::over(db, dir)) else { return Err(error) };
        schema::check_origin(dir, reader.origin().as_str(), origin)?;
        let lost = summary::lost(&reader)?;
        let state = batch::State::load(reader.db())?;
        let held = Some(in_full(&error));
        Ok(Store { reader, tz, state, pending: false, lost, rescued: None, owed: Vec::new(), held, _lock: lock })
    }

    /// Why nothing can be written, when the disk was full or read-only as the log was opened.
    pub fn held(&self) -> Option<&str> {
        self.held.as_deref()
    }

    /// Opens a log to look at it only, also while a daemon writes to it. No lock is taken, nothing is created.
    pub fn read_only(dir: &Path) -> Result<Reader, StoreError> {
        Reader::open(dir)
    }

    /// Copies the log in `dir` to `file`, also while a daemon writes to it; its head goes beside it. The last row of the copy.
    pub fn backup(dir: &Path, file: &Path, at: Wall) -> Result<Head, StoreError> {
        backup::backup(&Reader::open(dir)?, file, at)
    }

    /// The log was damaged and has been rescued: [`Store::recover`] writes it down.
    pub fn was_rescued(&mut self, rescued: Rescued) {
        self.rescued = Some(rescued);
    }

    /// Everything that reading can do.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The last row.
    pub fn head(&self) -> Head {
        self.state.head
    }

    pub fn origin(&self) -> Origin {
        self.reader.origin()
    }

    pub fn dir(&self) -> &Path {
        self.reader.dir()
    }

    pub fn tz(&self) -> &TimeZone {
        &self.tz
    }

    /// Writes instants in another zone from now on: a new plan may have moved the station.
    pub fn set_tz(&mut self, tz: TimeZone) -> Result<(), StoreError> {
        schema::set_zone(self.reader.db(), &tz)?;
        self.tz = tz;
        Ok(())
    }

    /// Writes rows in one transaction and returns them as they stand in the log: `seq` and `row_hash` filled in, instants to the
    /// millisecond, `first_run` of whole airings too. What `settle` says of an unsettled entry happens in the same transaction.
    /// Characters that no cell can hold are replaced, and the row's detail says in which columns (`cleaned`).
    pub fn append(&mut self, rows: Vec<Row>, settle: &Settle) -> Result<Vec<Row>, StoreError> {
        self.write(|batch| {
            let written = batch.append(rows)?;
            batch.settle(settle)?;
            Ok(written)
        })
    }

    /// Keeps what recovery needs of a slot that is about to sound.
    pub fn arm(&mut self, unsettled: &Unsettled) -> Result<(), StoreError> {
        self.write(|batch| batch.mark(unsettled))
    }

    /// Keeps how far an armed slot has come. Cheap: what cannot change is not written again.
    pub fn mark(&mut self, unsettled: &Unsettled) -> Result<(), StoreError> {
        self.write(|batch| batch.mark(unsettled))
    }

    /// Notes that the station is alive at this instant.
    pub fn alive(&mut self, at: Wall) -> Result<(), StoreError> {
        self.write(|batch| batch.alive(at))
    }

    /// Several writes as one transaction: all of them are on the disk when this returns `Ok`, none of them otherwise.
    pub fn write<T>(&mut self, work: impl FnOnce(&mut Batch<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let joins = self.origin() == Origin::Simulation;
        if joins && !self.pending {
            self.execute("BEGIN IMMEDIATE")?;
            self.pending = true;
        }
        self.execute(if joins { "SAVEPOINT write" } else { "BEGIN IMMEDIATE" })?;
        let before = self.state.head;
        let mut batch = Batch::new(&self.reader, &self.tz, &mut self.state);
        let owed = batch.append(self.owed.iter().cloned());
        let done = owed.and_then(|_| work(&mut batch)).and_then(|value| {
            self.execute(if joins { "RELEASE write" } else { "COMMIT" })?;
            Ok(value)
        });
        match &done {
            Ok(_) => {
                self.state.keep();
                self.owed.clear();
            }
            Err(_) => {
                self.state.undo(before);
                self.roll_back(joins);
            }
        }
        done
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.reader.db().prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Some failures end the whole transaction by themselves: then there is nothing left to roll back, and that is no error.
    fn roll_back(&mut self, joins: bool) {
        self.reader.forget_words();
        if !joins {
            let _ = self.reader.db().execute_batch("ROLLBACK");
        } else if self.reader.db().execute_batch("ROLLBACK TO write; RELEASE write").is_err() {
            self.pending = !self.reader.db().is_autocommit();
            if let Ok(state) = batch::State::load(self.reader.db()) {
                self.state = state;
            }
        }
    }

    /// Ends the open transaction of a simulation's log. Other logs have none.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        if self.pending {
            self.state.write_armed(self.reader.db())?;
            self.reader.db().execute_batch("COMMIT")?;
            self.pending = false;
        }
        Ok(())
    }

    /// Moves what was written into the main file and empties the write-ahead log: after each session and at the end.
    /// `false` when a reader that is busy keeps it from being emptied; that is no error.
    pub fn checkpoint(&mut self) -> Result<bool, StoreError> {
        self.flush()?;
        let busy: i64 = self.reader.db().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(busy == 0)
    }

    /// Writes the head down in `heads.txt`, unless it stands there already.
    pub fn lodge_head(&mut self, at: Wall) -> Result<(), StoreError> {
        self.flush()?;
        heads::lodge(self.reader.dir(), self.state.head, at, &self.tz)
    }

    /// What the log says of the time before: called once, before anything is written. If a head that was lodged is ahead of the log,
    /// rows were lost; if the log has another row there, it is another log than the one that was here. A `gap` row says so, at `now`; where
    /// the disk does not take it, it is written before whatever comes next.
    pub fn recover(&mut self, station: Arc<str>, now: Wall) -> Result<Past, StoreError> {
        let gap = gap::find(&self.reader, self.state.head, self.lost.take())?;
        let told = if gap.is_some() || self.rescued.is_some() {
            let told = gap.as_ref().map(gap::Gap::told);
            let row = gap::detail(self.state.head, gap, self.rescued.take());
            self.owed =
                vec![Row { started_at: Some(now), detail: Some(row), ..Row::of(Kind::Gap, station.clone(), self.origin()) }];
            self.pay()?;
            told
        } else {
            None
        };
        let (mut past, orders) = past::recover(&self.reader, now)?;
        past.gap = told;
        if self.held.is_some() {
            // Whoever else looks at the log must not find it locked.
            self.reader.let_go()?;
        } else {
            self.try_rows(station, now)?;
            // Without it the next start reads more, and no less comes of it.
            let _ = orders::keep(&self.reader, self.state.head, &past.standing, orders);
        }
        Ok(past)
    }

    /// Writes what is owed, unless the disk does not take it.
    fn pay(&mut self) -> Result<(), StoreError> {
        if self.held.is_none() {
            match self.write(|_| Ok(())) {
                Err(error) if error.is_of_the_disk() => {}
                paid => return paid,
            }
        }
        self.owed.iter_mut().for_each(|row| add_detail(row, "log_late", true.into()));
        Ok(())
    }

    /// Opens the file anew, as when its disk was away. The log must be the very one that was open.
    pub fn reconnect(&mut self) -> Result<(), StoreError> {
        let dir = self.reader.dir().to_owned();
        let path = dir.join(FILE);
        if !path.exists() {
            return Err(StoreError::NoLog(dir));
        }
        if self.held.is_some() {
            self.reader.let_go()?;
        }
        let db = schema::open(&dir, self.reader.origin(), &self.tz)?;
        let head = schema::head(&db)?;
        if head != self.state.head {
            return Err(StoreError::Damaged { path, what: "this is not the log that was open before".to_owned() });
        }
        self.reader = Reader::over(db, &dir)?;
        if self.held.take().is_some() {
            summary::mend(&self.reader)?;
        }
        self.pending = false;
        Ok(())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Whoever wants to know whether it went well calls `flush` before.
        let _ = self.flush();
    }
}

/// Takes the folder for this process.
pub(crate) fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("lock");
    let file = match File::options().create(true).truncate(false).write(true).open(&path) {
        // A lock needs no writing.
        Err(error) if error.kind() == std::io::ErrorKind::ReadOnlyFilesystem => File::open(&path),
        opened => opened,
    };
    let file = file.map_err(at_path(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(StoreError::File { path, source }),
    }
}

#[cfg(test)]
mod tests;
