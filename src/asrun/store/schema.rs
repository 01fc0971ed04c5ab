//! Opening the file: its form is brought to this version, whose log it is is checked, and what is remembered beside the rows.

use std::path::{Path, PathBuf};

use jiff::tz::{Offset, TimeZone};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::table::{self, FORM};
use super::{FILE, LogError};
use crate::asrun::chain::{Head, RowHash};
use crate::terms::Origin;

/// "LoaX", so that `file` and others can tell.
const APPLICATION: i64 = 0x4c6f_6158;

/// The form of the file once more, in `meta`.
const SAID: &str = "form";

/// Opens the file for writing, makes its tables if it is new, and checks whose log it is.
pub(super) fn open(dir: &Path, origin: Origin, tz: &TimeZone) -> Result<Connection, LogError> {
    let db = Connection::open(dir.join(FILE))?;
    db.busy_timeout(std::time::Duration::from_millis(500))?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA recursive_triggers = ON; PRAGMA journal_size_limit = 4194304;")?;
    // A simulation can be made again: nobody waits for its disk, and its one long transaction stays in memory.
    db.execute_batch(match origin {
        Origin::Simulation => "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
        Origin::Live | Origin::Rehearsal => "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;",
    })?;
    db.set_prepared_statement_cache_capacity(32);
    match version(&db)? {
        0 => create(&db)?,
        _ => check_form(&db, dir)?,
    }
    match meta(&db, "origin")? {
        None => set_meta(&db, "origin", origin.as_str())?,
        Some(found) => check_origin(dir, &found, origin)?,
    }
    set_zone(&db, tz)?;
    Ok(db)
}

pub(super) fn check_origin(dir: &Path, found: &str, wanted: Origin) -> Result<(), LogError> {
    let damaged = |_| LogError::Damaged { path: dir.join(FILE), what: format!("unknown origin `{found}`") };
    let found: Origin = found.parse().map_err(damaged)?;
    if found == wanted { Ok(()) } else { Err(LogError::OtherOrigin { dir: dir.to_owned(), found, wanted }) }
}

/// Opens the file to read it where nothing can be written. What a power cut left in the write-ahead log is read without the file that
/// readers share, for which there may be no room: nobody else can read the log meanwhile.
pub(super) fn open_to_hold(dir: &Path) -> Result<Connection, LogError> {
    if let Ok(db) = open_to_read(dir) {
        return Ok(db);
    }
    let db = Connection::open_with_flags(dir.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.execute_batch("PRAGMA locking_mode = EXCLUSIVE;")?;
    version(&db)?;
    Ok(db)
}

/// Opens the file to read it. A log that lies where nothing can be written (a stick, a backup) is read as it is.
pub(super) fn open_to_read(dir: &Path) -> Result<Connection, LogError> {
    let path = file_of(dir);
    if !path.is_file() {
        return Err(LogError::NoLog(dir.to_owned()));
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
    match version(&db)? {
        0 => Err(LogError::NoLog(dir.to_owned())),
        _ => check_form(&db, dir).map(|()| db),
    }
}

/// Whether this program knows the form of the file. It is said twice: a number in the head of the file with which the other does not agree
/// was changed by the disk.
fn check_form(db: &Connection, dir: &Path) -> Result<(), LogError> {
    let found = version(db)?;
    let said = meta(db, SAID)?.unwrap_or_default();
    if said != found.to_string() {
        return Err(LogError::Damaged { path: file_of(dir), what: format!("its form is said to be {found}, and {said}") });
    }
    match found {
        FORM => Ok(()),
        newer if newer > FORM => Err(LogError::Newer { dir: dir.to_owned(), found }),
        _ => Err(LogError::Damaged { path: file_of(dir), what: format!("it has form {found}, which was never released") }),
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

/// Makes the tables in one transaction: a file has all of them, or is none of ours.
fn create(db: &Connection) -> Result<(), LogError> {
    db.execute_batch("BEGIN IMMEDIATE")?;
    let ends = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORM}; COMMIT;");
    let made = table::create(db).and_then(|()| set_meta(db, SAID, &FORM.to_string())).and_then(|()| Ok(db.execute_batch(&ends)?));
    if made.is_err() {
        let _ = db.execute_batch("ROLLBACK");
    }
    made
}

/// Whether the file's tables, indexes and triggers are those that a new file is made with.
pub(super) fn is_guarded(db: &Connection) -> Result<bool, LogError> {
    let guards = |db: &Connection| -> rusqlite::Result<Vec<(String, Option<String>)>> {
        let sql = "SELECT name, sql FROM sqlite_schema ORDER BY name";
        db.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    let fresh = Connection::open_in_memory()?;
    table::create(&fresh)?;
    Ok(guards(db)? == guards(&fresh)?)
}

/// Which form the file has.
pub(super) fn version(db: &Connection) -> Result<i64, LogError> {
    Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

pub(super) fn meta(db: &Connection, name: &str) -> Result<Option<String>, LogError> {
    let value = db.prepare_cached("SELECT value FROM meta WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?;
    Ok(value)
}

pub(super) fn set_meta(db: &Connection, name: &str, value: &str) -> Result<(), LogError> {
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
pub(super) fn head(db: &Connection) -> Result<Head, LogError> {
    let last = db
        .prepare_cached("SELECT seq, row_hash FROM log ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((number(row.get(0)?), row.get::<_, [u8; 32]>(1).ok().map(|hash| RowHash::of_bytes(&hash)))))
        .optional()?;
    let Some((seq, hash)) = last else { return Ok(Head::EMPTY) };
    // `verify` finds a hash that is malformed. The log still goes on from it.
    Ok(Head { seq, hash: hash.unwrap_or(RowHash::GENESIS) })
}

/// Remembers the station's zone, by its name or its fixed offset, so that those who only read know it.
pub(super) fn set_zone(db: &Connection, tz: &TimeZone) -> Result<(), LogError> {
    let text = match (tz.iana_name(), tz.to_fixed_offset()) {
        (Some(name), _) => name.to_owned(),
        (None, Ok(offset)) => offset.seconds().to_string(),
        (None, Err(_)) => "UTC".to_owned(),
    };
    if meta(db, "timezone")?.as_deref() == Some(&text) { Ok(()) } else { set_meta(db, "timezone", &text) }
}

pub(super) fn zone(db: &Connection) -> Result<TimeZone, LogError> {
    let text = meta(db, "timezone")?.unwrap_or_default();
    let fixed = || text.parse().ok().and_then(|seconds| Offset::from_seconds(seconds).ok()).map(TimeZone::fixed);
    Ok(TimeZone::get(&text).ok().or_else(fixed).unwrap_or(TimeZone::UTC))
}
