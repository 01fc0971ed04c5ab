//! The tables, their guards, and how they came to be: each version of the form is one step from the one before.

use std::path::Path;

use jiff::tz::{Offset, TimeZone};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{FILE, StoreError};
use crate::asrun::chain::{Head, RowHash};
use crate::terms::Origin;

/// "LoaX", so that `file` and others can tell.
const APPLICATION: i64 = 0x4c6f_6158;

/// Version n is reached from n − 1 by the n-th step. Steps are never edited once released; a new form adds one.
const STEPS: &[&str] = &[FIRST];

/// `text` is the canonical text, stored once. The columns after it are taken from it so that the log can be searched, and `verify`
/// compares them. `at_ms` is the planned instant, else the start, else the end, in milliseconds since 1970.
///
/// The guard of INSERT is there because `INSERT OR REPLACE` passes the guards of UPDATE and DELETE: it removes the rows it collides
/// with, by number or by slot, unseen by any of them.
const FIRST: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rows (
    seq INTEGER PRIMARY KEY,
    row_hash TEXT NOT NULL,
    text TEXT NOT NULL,
    kind TEXT NOT NULL,
    at_ms INTEGER,
    broadcast TEXT,
    output TEXT,
    topic TEXT,
    status TEXT
) STRICT;
CREATE INDEX rows_by_time ON rows (at_ms, output, broadcast);
CREATE UNIQUE INDEX rows_end_once ON rows (broadcast, at_ms, output) WHERE kind = 'end';
CREATE TRIGGER rows_never_change BEFORE UPDATE ON rows
BEGIN SELECT RAISE(ABORT, 'the log is append-only: a correction is a new row'); END;
CREATE TRIGGER rows_never_go BEFORE DELETE ON rows
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no row is removed'); END;
CREATE TRIGGER rows_in_order BEFORE INSERT ON rows
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM rows)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: this is not its next row'); END;
CREATE TRIGGER rows_one_end BEFORE INSERT ON rows
WHEN NEW.kind = 'end' AND EXISTS (SELECT 1 FROM rows WHERE kind = 'end'
    AND broadcast IS NEW.broadcast AND at_ms IS NEW.at_ms AND output IS NEW.output)
BEGIN SELECT RAISE(ABORT, 'this slot has ended already'); END;
CREATE TABLE unsettled (slot TEXT PRIMARY KEY, armed TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE marks (slot TEXT PRIMARY KEY, mark TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

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
    migrate(&db, dir, STEPS)?;
    match meta(&db, "origin")? {
        None => set_meta(&db, "origin", origin.as_str())?,
        Some(found) => check_origin(dir, &found, origin)?,
    }
    set_zone(&db, tz)?;
    Ok(db)
}

fn check_origin(dir: &Path, found: &str, wanted: Origin) -> Result<(), StoreError> {
    let damaged = |_| StoreError::Damaged { path: dir.join(FILE), what: format!("unknown origin `{found}`") };
    let found: Origin = found.parse().map_err(damaged)?;
    if found == wanted { Ok(()) } else { Err(StoreError::OtherOrigin { dir: dir.to_owned(), found, wanted }) }
}

/// Opens the file to read it. A log that lies where nothing can be written (a stick, a backup) is read as it is.
pub(super) fn open_to_read(dir: &Path) -> Result<Connection, StoreError> {
    let path = dir.join(FILE);
    if !path.is_file() {
        return Err(StoreError::NoLog(dir.to_owned()));
    }
    let plain = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    plain.busy_timeout(std::time::Duration::from_secs(5))?;
    let version = |db: &Connection| db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    let db = match version(&plain) {
        Ok(_) => plain,
        Err(rusqlite::Error::SqliteFailure(error, _))
            if matches!(error.code, rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly)
                && !dir.join(wal()).exists() =>
        {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(format!("file:{}?immutable=1", encoded(&path)), flags)?
        }
        Err(error) => return Err(error.into()),
    };
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match usize::try_from(found) {
        Ok(0) => Err(StoreError::NoLog(dir.to_owned())),
        Ok(known) if known <= STEPS.len() => Ok(db),
        Ok(_) | Err(_) => Err(StoreError::Newer { dir: dir.to_owned(), found }),
    }
}

fn wal() -> String {
    format!("{FILE}-wal")
}

/// A path as it stands in a URI.
fn encoded(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/._-".contains(b);
    path.as_os_str().as_bytes().iter().map(|b| if plain(b) { char::from(*b).to_string() } else { format!("%{b:02x}") }).collect()
}

/// Takes the steps that are still ahead, each in its own transaction.
fn migrate(db: &Connection, dir: &Path, steps: &[&str]) -> Result<(), StoreError> {
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    if done > steps.len() {
        return Err(StoreError::Newer { dir: dir.to_owned(), found });
    }
    for (before, step) in steps.iter().enumerate().skip(done) {
        let version = before + 1;
        let whole =
            format!("BEGIN IMMEDIATE; {step} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {version}; COMMIT;");
        if let Err(error) = db.execute_batch(&whole) {
            let _ = db.execute_batch("ROLLBACK");
            return Err(error.into());
        }
    }
    Ok(())
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
        .query_row([], |row| Ok((number(row.get(0)?), row.get::<_, String>(1)?)))
        .optional()?;
    let Some((seq, hash)) = last else { return Ok(Head::EMPTY) };
    // A hash that is none is found by `verify`; the log goes on from it all the same.
    Ok(Head { seq, hash: hash.parse().unwrap_or(RowHash::GENESIS) })
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
        migrate(&db, dir.path(), STEPS).unwrap();
        migrate(&db, dir.path(), &[FIRST, "ALTER TABLE rows ADD COLUMN extra TEXT;"]).unwrap();
        db.execute_batch("SELECT extra FROM rows").unwrap();
        assert!(matches!(migrate(&db, dir.path(), STEPS), Err(StoreError::Newer { found: 2, .. })));
    }

    #[test]
    fn a_step_that_fails_leaves_the_form_before() {
        let dir = tempfile::tempdir().unwrap();
        let db = Connection::open_in_memory().unwrap();
        assert!(migrate(&db, dir.path(), &[FIRST, "CREATE TABLE more (x); nonsense;"]).is_err());
        assert_eq!(db.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        assert!(db.execute_batch("SELECT * FROM more").is_err());
        migrate(&db, dir.path(), STEPS).unwrap();
    }
}
