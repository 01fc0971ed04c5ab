//! Opening the file: its form is brought to this version, whose log it is is checked, and what is remembered beside the rows.

use std::path::{Path, PathBuf};

use jiff::tz::{Offset, TimeZone};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::steps::{STEPS, Step};
use super::{FILE, StoreError};
use crate::asrun::chain::{Head, RowHash};
use crate::terms::Origin;

/// "LoaX", so that `file` and others can tell.
const APPLICATION: i64 = 0x4c6f_6158;

/// The form of the file once more, in `meta`.
const FORM: &str = "form";

/// Opens the file for writing, makes its tables or brings them to this version, and checks whose log it is.
pub(super) fn open(dir: &Path, origin: Origin, tz: &TimeZone) -> Result<Connection, StoreError> {
    let db = Connection::open(dir.join(FILE))?;
    db.busy_timeout(std::time::Duration::from_millis(500))?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA recursive_triggers = ON; PRAGMA journal_size_limit = 4194304;")?;
    // A simulation can be made again: nobody waits for its disk, and its one long transaction stays in memory.
    db.execute_batch(match origin {
        Origin::Simulation => "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
        Origin::Live | Origin::Rehearsal => "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;",
    })?;
    db.set_prepared_statement_cache_capacity(32);
    if migrate(&db, dir, STEPS)? {
        // What an old form leaves behind is only room; a disk that has none to spare for this keeps it.
        let _ = db.execute_batch("VACUUM");
    }
    let form = STEPS.len().to_string();
    if meta(&db, FORM)?.as_ref() != Some(&form) {
        set_meta(&db, FORM, &form)?;
    }
    match meta(&db, "origin")? {
        None => set_meta(&db, "origin", origin.as_str())?,
        Some(found) => check_origin(dir, &found, origin)?,
    }
    set_zone(&db, tz)?;
    Ok(db)
}

pub(super) fn check_origin(dir: &Path, found: &str, wanted: Origin) -> Result<(), StoreError> {
    let damaged = |_| StoreError::Damaged { path: dir.join(FILE), what: format!("unknown origin `{found}`") };
    let found: Origin = found.parse().map_err(damaged)?;
    if found == wanted { Ok(()) } else { Err(StoreError::OtherOrigin { dir: dir.to_owned(), found, wanted }) }
}

/// Opens the file to read it where nothing can be written. What a power cut left in the write-ahead log is read without the file that
/// readers share, for which there may be no room: nobody else can read the log meanwhile.
pub(super) fn open_to_hold(dir: &Path) -> Result<Connection, StoreError> {
    if let Ok(db) = open_to_read(dir) {
        return Ok(db);
    }
    let db = Connection::open_with_flags(dir.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.execute_batch("PRAGMA locking_mode = EXCLUSIVE;")?;
    version(&db)?;
    Ok(db)
}

/// Opens the file to read it. A log that lies where nothing can be written (a stick, a backup) is read as it is.
pub(super) fn open_to_read(dir: &Path) -> Result<Connection, StoreError> {
    let path = file_of(dir);
    if !path.is_file() {
        return Err(StoreError::NoLog(dir.to_owned()));
    }
    let plain = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    plain.busy_timeout(std::time::Duration::from_secs(5))?;
    let look = |db: &Connection| db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    let db = match look(&plain) {
        Ok(_) => plain,
        Err(rusqlite::Error::SqliteFailure(error, _))
            if matches!(
                error.code,
                ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::DiskFull
            ) && std::fs::metadata(wal_of(&path)).map_or(0, |wal| wal.len()) == 0 =>
        {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(format!("file:{}?immutable=1", encoded(&path)), flags)?
        }
        Err(error) => return Err(error.into()),
    };
    let found = version(&db)?;
    match usize::try_from(found) {
        Ok(0) => Err(StoreError::NoLog(dir.to_owned())),
        Ok(known) if known <= STEPS.len() => Ok(db),
        Ok(_) | Err(_) => Err(newer(&db, dir, found)),
    }
}

/// A form that this program does not know. It is said twice: a number in the head of the file with which the other does not agree was
/// changed by the disk.
fn newer(db: &Connection, dir: &Path, found: i64) -> StoreError {
    match meta(db, FORM) {
        Ok(said) if said.as_ref().is_none_or(|said| *said == found.to_string()) => {
            StoreError::Newer { dir: dir.to_owned(), found }
        }
        Ok(said) => {
            let said = said.unwrap_or_default();
            StoreError::Damaged { path: file_of(dir), what: format!("its form is said to be {found}, and {said}") }
        }
        Err(error) => error,
    }
}

/// The log's file: in a data folder, or named itself, as a backup is.
fn file_of(dir: &Path) -> PathBuf {
    if dir.is_file() { dir.to_owned() } else { dir.join(FILE) }
}

pub(super) fn wal_of(file: &Path) -> PathBuf {
    beside(file, "-wal")
}

/// The path with something at its end.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A path as it stands in a URI.
fn encoded(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/._-".contains(b);
    path.as_os_str().as_bytes().iter().map(|b| if plain(b) { char::from(*b).to_string() } else { format!("%{b:02x}") }).collect()
}

/// Takes the steps that are still ahead, each in its own transaction. `true` when there was an older form.
fn migrate(db: &Connection, dir: &Path, steps: &[Step]) -> Result<bool, StoreError> {
    let found = version(db)?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    if done > steps.len() {
        return Err(newer(db, dir, found));
    }
    for (before, step) in steps.iter().enumerate().skip(done) {
        db.execute_batch("BEGIN IMMEDIATE")?;
        let version = before + 1;
        let ends = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {version}; COMMIT;");
        let taken = step(db).and_then(|()| set_meta(db, FORM, &version.to_string())).and_then(|()| Ok(db.execute_batch(&ends)?));
        if let Err(error) = taken {
            let _ = db.execute_batch("ROLLBACK");
            return Err(error);
        }
    }
    Ok(done > 0 && done < steps.len())
}

/// Whether the file's triggers and views are those that a new file of its form is made with.
pub(super) fn is_guarded(db: &Connection) -> Result<bool, StoreError> {
    let guards = |db: &Connection| -> rusqlite::Result<Vec<(String, String)>> {
        let sql = "SELECT name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY name";
        db.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    let fresh = Connection::open_in_memory()?;
    let taken = usize::try_from(version(db)?).unwrap_or(0).min(STEPS.len());
    STEPS[..taken].iter().try_for_each(|step| step(&fresh))?;
    Ok(guards(db)? == guards(&fresh)?)
}

/// Which form the file has.
pub(super) fn version(db: &Connection) -> Result<i64, StoreError> {
    Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

pub(super) fn meta(db: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    let value = db.prepare_cached("SELECT value FROM meta WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?;
    Ok(value)
}

pub(super) fn set_meta(db: &Connection, name: &str, value: &str) -> Result<(), StoreError> {
    let mut insert =
        db.prepare_cached("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")?;
    insert.execute([name, value])?;
    Ok(())
}

/// A row's number, from SQLite's signed integer; one below zero is no row's and becomes 0, which `verify` finds.
pub(crate) fn number(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or(0)
}

/// The last row's number and hash.
pub(super) fn head(db: &Connection) -> Result<Head, StoreError> {
    let last = db
        .prepare_cached("SELECT seq, row_hash FROM rows ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((number(row.get(0)?), RowHash::stored(row.get_ref(1)?.as_bytes().unwrap_or_default()))))
        .optional()?;
    let Some((seq, hash)) = last else { return Ok(Head::EMPTY) };
    // A hash that is none is found by `verify`; the log goes on from it all the same.
    Ok(Head { seq, hash: hash.unwrap_or(RowHash::GENESIS) })
}

/// Remembers the station's zone, by its name or its fixed offset, so that those who only read know it.
pub(super) fn set_zone(db: &Connection, tz: &TimeZone) -> Result<(), StoreError> {
    let text = match (tz.iana_name(), tz.to_fixed_offset()) {
        (Some(name), _) => name.to_owned(),
        (None, Ok(offset)) => offset.seconds().to_string(),
        (None, Err(_)) => "UTC".to_owned(),
    };
    if meta(db, "timezone")?.as_deref() == Some(&text) { Ok(()) } else { set_meta(db, "timezone", &text) }
}

pub(super) fn zone(db: &Connection) -> Result<TimeZone, StoreError> {
    let text = meta(db, "timezone")?.unwrap_or_default();
    let fixed = || text.parse().ok().and_then(|seconds| Offset::from_seconds(seconds).ok()).map(TimeZone::fixed);
    Ok(TimeZone::get(&text).ok().or_else(fixed).unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_form_is_reached_step_by_step() {
        let dir = tempfile::tempdir().unwrap();
        let db = Connection::open_in_memory().unwrap();
        assert!(!migrate(&db, dir.path(), STEPS).unwrap());
        let more: Vec<Step> = STEPS
            .iter()
            .copied()
            .chain([(|db| Ok(db.execute_batch("ALTER TABLE rows ADD COLUMN extra TEXT;")?)) as Step])
            .collect();
        assert!(migrate(&db, dir.path(), &more).unwrap());
        db.execute_batch("SELECT extra FROM rows").unwrap();
        let found = i64::try_from(more.len()).unwrap();
        assert!(matches!(migrate(&db, dir.path(), STEPS), Err(StoreError::Newer { found: version, .. }) if version == found));
    }

    #[test]
    fn a_step_that_fails_leaves_the_form_before() {
        let dir = tempfile::tempdir().unwrap();
        let db = Connection::open_in_memory().unwrap();
        assert!(migrate(&db, dir.path(), &[STEPS[0], |db| Ok(db.execute_batch("CREATE TABLE more (x); nonsense;")?)]).is_err());
        assert_eq!(db.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        assert!(db.execute_batch("SELECT * FROM more").is_err());
        migrate(&db, dir.path(), STEPS).unwrap();
    }
}
