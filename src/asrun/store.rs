//! The log in its data folder: one SQLite file, one writer, append-only by trigger.
//!
//! Promises: a row that [`Store::append`] returned is on the disk (but in a simulation's log, see [`Store::open`]); rows and the
//! change to an open slot that goes with them come in one transaction, or not at all; no row is ever changed or removed. It does not wait or retry
//! when the disk fails: every failure is a value, and [`super::ledger`] decides. It reads no clock.
//!
//! The folder itself is locked while the store is open. Beside `log.sqlite3` lie `heads.txt` ([`heads`]), `handover` ([`sheet`]) and `plans/`
//! ([`plans`]).

mod backup;
mod batch;
mod error;
mod gap;
pub mod heads;
mod past;
pub mod plans;
mod reader;
mod replace;
pub mod rescue;
mod schema;
pub(super) mod sheet;
pub(super) mod table;
pub(super) mod trace;
mod trial;
pub(crate) mod void;

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;

pub use batch::Batch;
pub use error::LogError;
pub(crate) use error::at_path;
pub(crate) use past::CLOSED_FOR;
pub use past::Past;
pub(crate) use reader::WholeRow;
pub use reader::{Query, Reader, Stored};
pub use replace::Replaced;
pub(crate) use schema::beside;

use crate::asrun::chain::Head;
use crate::asrun::fact::{Fact, GapFact};
use crate::asrun::handover::{HandedWrite, Handover};
use crate::asrun::open::{OpenSlot, SlotChange};
use crate::asrun::row::Row;
use crate::asrun::store::rescue::{LogPlace, Rescued};
use crate::terms::*;

/// The name of the log's file in the data folder.
pub const FILE: &str = "log.sqlite3";

/// The one writer of a log.
#[derive(Debug)]
pub struct Store {
    reader: Reader,
    /// Whose log it is, and where backups are that can take its place. The station is known once [`Store::recover`] was told.
    place: LogPlace,
    state: batch::Cached,
    /// In a simulation's log, whether a transaction is open that later writes join.
    pending: bool,
    /// What was done before it could be opened.
    rescued: Option<Rescued>,
    /// Something in the folder tells of an earlier life, whatever the log says.
    lived: bool,
    /// The file, as it was opened: what lies under its name may be another by now.
    file: Option<FileId>,
    /// Its write-ahead log, once that has been seen.
    wal: Option<FileId>,
    /// The longest that it has been.
    length: u64,
    /// Rows that the disk did not take yet: they come first.
    owed: Vec<Row>,
    /// Why nothing can be written.
    held: Option<String>,
    /// Held as long as the store lives; the system lets go of it when the process ends, however that happens.
    lock: File,
}

/// Which file it is: device and inode.
type FileId = (u64, u64);

impl Store {
    /// Opens the log in `dir`, or begins one there. Instants are printed in `tz`, the station's zone.
    ///
    /// A simulation's log is written without waiting for the disk, in one transaction up to the next [`Store::flush`]: it can be made
    /// again, and a year of it takes half a second.
    ///
    /// # Errors
    /// [`LogError::InUse`] when another process has it open, [`LogError::OtherOrigin`] when the folder's log has another origin.
    pub fn open(dir: &Path, origin: Origin, tz: TimeZone) -> Result<Store, LogError> {
        let lock = take(dir)?;
        let lived = trace::of_a_life(dir);
        Store::open_locked(lock, LogPlace { dir: dir.to_owned(), origin, tz, station: Arc::from(""), backups: None }, lived)
    }

    fn open_locked(lock: File, place: LogPlace, lived: bool) -> Result<Store, LogError> {
        let db = schema::open(&place.dir, place.origin, &place.tz)?;
        let reader = Reader::over(db, &place.dir)?;
        Store::over(reader, lock, place, lived, None)
    }

    fn over(reader: Reader, lock: File, place: LogPlace, lived: bool, held: Option<String>) -> Result<Store, LogError> {
        let state = batch::Cached::load(reader.db())?;
        let file = file_id(&place.dir.join(FILE));
        Ok(Store {
            reader,
            place,
            state,
            pending: false,
            rescued: None,
            lived,
            file,
            wal: None,
            length: 0,
            owed: Vec::new(),
            held,
            lock,
        })
    }

    /// As [`Store::open`], also where the disk is full or read-only: the station must still air. Then the past is read,
    /// nothing is written, and [`Store::held`] says why; [`Store::reconnect`] opens the file for writing once that is possible.
    ///
    /// # Errors
    /// Those of [`Store::open`], and the disk's where the log cannot be read either, or is not there yet.
    pub(super) fn open_or_hold(lock: &File, place: &LogPlace, lived: bool) -> Result<Store, LogError> {
        let lock = || lock.try_clone().map_err(at_path(&place.dir));
        match Store::open_locked(lock()?, place.clone(), lived) {
            Err(error) if error.is_of_the_disk() && rescue::damage(&error, &place.dir).is_none() => {
                Store::hold(lock()?, place, lived, error)
            }
            opened => opened,
        }
    }

    fn hold(lock: File, place: &LogPlace, lived: bool, error: LogError) -> Result<Store, LogError> {
        let LogPlace { dir, origin, .. } = place;
        let reader = match schema::open_to_hold(dir).and_then(|db| Reader::over(db, dir)) {
            Ok(reader) => reader,
            // It could not be read on a better disk either.
            Err(damaged) if damaged.damage().is_some() => return Err(damaged),
            Err(_) => return Err(error),
        };
        schema::check_origin(dir, reader.origin().as_str(), *origin)?;
        Store::over(reader, lock, place.clone(), lived, Some(in_full(&error)))
    }

    /// Why nothing can be written, when the disk was full or read-only as the log was opened.
    pub fn held(&self) -> Option<&str> {
        self.held.as_deref()
    }

    /// Opens a log to look at it only, also while a daemon writes to it. No lock is taken, nothing is created.
    pub fn read_only(dir: &Path) -> Result<Reader, LogError> {
        Reader::open(dir)
    }

    /// Copies the log in `dir` to `file`, also while a daemon writes to it; its head goes beside it. The last row of the copy.
    pub fn backup(dir: &Path, file: &Path, at: Wall) -> Result<Head, LogError> {
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

    /// The station's code, as [`Store::recover`] was told.
    pub fn station(&self) -> Arc<str> {
        self.place.station.clone()
    }

    pub fn tz(&self) -> &TimeZone {
        &self.place.tz
    }

    /// Writes instants in another zone from now on: a new plan may have moved the station.
    pub fn set_tz(&mut self, tz: TimeZone) -> Result<(), LogError> {
        schema::set_zone(self.reader.db(), &tz)?;
        self.place.tz = tz;
        Ok(())
    }

    /// Writes rows in one transaction and returns them as they stand in the log: `seq` and `row_hash` filled in, instants to the
    /// millisecond, `first_run` of whole airings too. What `change` says of an open slot happens in the same transaction.
    /// Characters that no cell can hold are replaced, and the row's detail says in which columns (`cleaned`).
    pub fn append(&mut self, rows: Vec<Row>, change: &SlotChange) -> Result<Vec<Row>, LogError> {
        self.write(|batch| {
            let written = batch.append(rows)?;
            batch.change(change)?;
            Ok(written)
        })
    }

    /// Keeps what recovery needs of a slot that is about to sound.
    pub fn arm(&mut self, open_slot: &OpenSlot) -> Result<(), LogError> {
        self.write(|batch| batch.mark(open_slot))
    }

    /// Keeps how far an armed slot has come. Cheap: what cannot change is not written again.
    pub fn mark(&mut self, open_slot: &OpenSlot) -> Result<(), LogError> {
        self.write(|batch| batch.mark(open_slot))
    }

    /// Notes that the station is alive at this instant.
    pub fn alive(&mut self, at: Wall) -> Result<(), LogError> {
        self.write(|batch| batch.alive(at))
    }

    /// Several writes as one transaction: all of them are on the disk when this returns `Ok`, none of them otherwise.
    pub fn write<T>(&mut self, work: impl FnOnce(&mut Batch<'_>) -> Result<T, LogError>) -> Result<T, LogError> {
        let joins = self.origin() == Origin::Simulation;
        if joins && !self.pending {
            self.execute("BEGIN IMMEDIATE")?;
            self.pending = true;
        }
        self.execute(if joins { "SAVEPOINT write" } else { "BEGIN IMMEDIATE" })?;
        let before = self.state.head;
        let mut batch = Batch::new(&self.reader, &self.place.tz, &mut self.state);
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

    fn execute(&self, sql: &str) -> Result<(), LogError> {
        self.reader.db().prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Some failures end the whole transaction by themselves: then there is nothing left to roll back, and that is no error.
    fn roll_back(&mut self, joins: bool) {
        if !joins {
            let _ = self.reader.db().execute_batch("ROLLBACK");
        } else if self.reader.db().execute_batch("ROLLBACK TO write; RELEASE write").is_err() {
            self.pending = !self.reader.db().is_autocommit();
            if let Ok(state) = batch::Cached::load(self.reader.db()) {
                self.state = state;
            }
        }
    }

    /// Ends the open transaction of a simulation's log. Other logs have none.
    pub fn flush(&mut self) -> Result<(), LogError> {
        if self.pending {
            self.state.write_armed(self.reader.db())?;
            self.reader.db().execute_batch("COMMIT")?;
            self.pending = false;
        }
        Ok(())
    }

    /// Moves what was written into the main file and empties the write-ahead log: after each session and at the end.
    /// `false` when a reader that is busy keeps it from being emptied; that is no error.
    pub fn checkpoint(&mut self) -> Result<bool, LogError> {
        self.flush()?;
        let busy: i64 = self.reader.db().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(busy == 0)
    }

    /// Writes the head down in `heads.txt`, unless it stands there already.
    pub fn lodge_head(&mut self, at: Wall) -> Result<(), LogError> {
        self.flush()?;
        heads::lodge(self.reader.dir(), self.state.head, at, &self.place.tz)
    }

    /// What the log says of the time before: called once, before anything is written. If a head that was lodged is ahead of the log,
    /// rows were lost; if the log has another row there, it is another log than the one that was here. A `gap` row says so, at `now`; where
    /// the disk does not take it, it is written before whatever comes next.
    pub fn recover(&mut self, station: Arc<str>, now: Wall) -> Result<Past, LogError> {
        self.place.station = station.clone();
        let handed = sheet::read(self.reader.dir());
        let gap = gap::find(&self.reader, self.state.head, handed.as_ref().and_then(Handover::head))?;
        let lost = gap.is_some() || self.rescued.is_some();
        if lost {
            let said = match self.rescued.take() {
                Some(rescued) => gap.clone().unwrap_or_default().rescued(self.state.head, rescued),
                None => gap.clone().unwrap_or_default(),
            };
            let row = Row::of(Fact::Gap(Box::new(said)), station.clone(), self.origin());
            self.owed = vec![Row { started_at: Some(now), ..row }];
            self.pay()?;
        }
        let mut past = past::recover(&self.reader, handed.as_ref(), now)?;
        past.first &= !self.lived && gap.is_none();
        past.lost |= lost;
        past.gap = gap;
        if let Some(handed) = handed.filter(|handed| handed.lost > 0 && !past.waiting.is_empty()) {
            past.waiting.insert(0, self.unwritten(station.clone(), now, handed.lost)?);
            past.gap = past.gap.or(Some(GapFact::no_room(handed.lost)));
        }
        if self.held.is_some() {
            // Whoever else looks at the log must not find it locked.
            self.reader.let_go()?;
        } else {
            self.try_rows(station, now)?;
        }
        Ok(past)
    }

    /// What is found of the newest accepted plan of which anything is.
    pub fn newest_plan<T>(&self, mut find: impl FnMut(&PlanHash) -> Option<T>) -> Result<Option<T>, LogError> {
        let (mut found, mut tried) = (None, BTreeSet::new());
        self.reader.newest(Kind::Plan, |row| {
            let fresh = past::accepted(row).map(|(_, hash)| hash).filter(|hash| tried.insert(hash.clone()));
            found = fresh.and_then(|hash| find(&hash));
            found.is_some()
        })?;
        Ok(found)
    }

    /// The row that says how many rows found no room, neither in the log nor beside it.
    fn unwritten(&self, station: Arc<str>, now: Wall, rows: u64) -> Result<HandedWrite, LogError> {
        let row = Row { started_at: Some(now), ..Row::of(Fact::Gap(Box::new(GapFact::no_room(rows))), station, self.origin()) };
        let text =
            row.canonical(&self.place.tz).map_err(|bad| LogError::Damaged { path: self.dir().to_owned(), what: bad.to_string() });
        Ok(HandedWrite::Append(vec![text?], SlotChange::Nothing))
    }

    /// Writes what is owed, unless the disk does not take it.
    fn pay(&mut self) -> Result<(), LogError> {
        if self.held.is_none() {
            match self.write(|_| Ok(())) {
                Err(error) if error.is_of_the_disk() => {}
                paid => return paid,
            }
        }
        self.owed.iter_mut().for_each(|row| row.notes.log_late = true);
        Ok(())
    }

    /// Opens the file anew, as when its disk was away. The log must be the very one that was open.
    pub fn reconnect(&mut self) -> Result<(), LogError> {
        let dir = self.reader.dir().to_owned();
        let path = dir.join(FILE);
        if !path.exists() {
            return Err(LogError::NoLog(dir));
        }
        if self.held.is_some() {
            self.reader.let_go()?;
        }
        let db = schema::open(&dir, self.reader.origin(), &self.place.tz)?;
        let head = schema::head(&db)?;
        if head != self.state.head {
            return Err(LogError::Damaged { path, what: "this is not the log that was open before".to_owned() });
        }
        self.reader = Reader::over(db, &dir)?;
        self.file = file_id(&path);
        (self.wal, self.length) = (None, 0);
        self.held = None;
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

/// Makes the folder, for its user only, and takes it for this process.
pub(super) fn take(dir: &Path) -> Result<File, LogError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(at_path(dir))?;
    lock(dir)
}

/// What lies under a name.
fn file_id(path: &Path) -> Option<FileId> {
    fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
}

/// Takes the folder for this process: the folder itself, since a file in it could be removed under the station.
pub(crate) fn lock(dir: &Path) -> Result<File, LogError> {
    let folder = File::open(dir).map_err(at_path(dir))?;
    match folder.try_lock() {
        Ok(()) => Ok(folder),
        Err(TryLockError::WouldBlock) => Err(LogError::InUse(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(at_path(dir)(source)),
    }
}

#[cfg(test)]
mod tests;
