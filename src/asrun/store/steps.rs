//! How the file's form came to be: each version is one step from the one before. Steps are never edited once released; a new form adds
//! one, and a test migrates a file of each old form (`tests/log/`).

use std::collections::HashMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};

use super::{StoreError, words};

/// Within one transaction, which the caller opens and ends.
pub(super) type Step = fn(&Connection) -> Result<(), StoreError>;

/// Version n is reached from n − 1 by the n-th step.
pub(super) const STEPS: &[Step] = &[first, short_rows];

/// The version from which on texts are stored short.
pub(super) const SHORT: i64 = 2;

fn first(db: &Connection) -> Result<(), StoreError> {
    Ok(db.execute_batch(FIRST)?)
}

/// `text` is the canonical text. The columns after it are taken from it so that the log can be searched, and `verify` compares them.
/// `at_ms` is the planned instant, else the start, else the end, in milliseconds since 1970.
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

/// Texts are stored short, hashes as 32 bytes, and only what is searched by has columns: a million rows went from 800 MB to under 250.
/// Beside them the summary of [`super::summary`]. A slot has at most one `end` that no `void` row has taken back.
fn short_rows(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch(SHORT_TABLES)?;
    copy(db)?;
    db.execute_batch(SHORT_GUARDS)?;
    Ok(())
}

const SHORT_TABLES: &str = "
DROP TRIGGER IF EXISTS rows_never_change;
DROP TRIGGER IF EXISTS rows_never_go;
DROP TRIGGER IF EXISTS rows_in_order;
DROP TRIGGER IF EXISTS rows_one_end;
DROP INDEX IF EXISTS rows_by_time;
DROP INDEX IF EXISTS rows_end_once;
ALTER TABLE rows RENAME TO rows_1;
CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE rows (
    seq INTEGER PRIMARY KEY,
    row_hash BLOB NOT NULL,
    text TEXT NOT NULL,
    kind TEXT NOT NULL,
    at_ms INTEGER,
    slot TEXT
) STRICT;
CREATE INDEX rows_by_time ON rows (at_ms);
CREATE INDEX rows_rare ON rows (kind) WHERE kind NOT IN ('air', 'end');
CREATE INDEX rows_ends ON rows (at_ms, slot) WHERE kind IN ('end', 'void');
CREATE TABLE aired_items (item TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE aired_files (file_hash TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// The view is for whoever opens the file with SQLite's own tools: rows as they are hashed.
const SHORT_GUARDS: &str = "
DROP TABLE rows_1;
CREATE TRIGGER rows_never_change BEFORE UPDATE ON rows
BEGIN SELECT RAISE(ABORT, 'the log is append-only: a correction is a new row'); END;
CREATE TRIGGER rows_never_go BEFORE DELETE ON rows
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no row is removed'); END;
CREATE TRIGGER rows_in_order BEFORE INSERT ON rows
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM rows)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: this is not its next row'); END;
CREATE TRIGGER rows_one_end BEFORE INSERT ON rows
WHEN NEW.kind = 'end' AND (SELECT kind FROM rows WHERE kind IN ('end', 'void')
    AND at_ms IS NEW.at_ms AND slot IS NEW.slot ORDER BY seq DESC LIMIT 1) IS 'end'
BEGIN SELECT RAISE(ABORT, 'this slot has ended already'); END;
CREATE TRIGGER rows_void_an_end BEFORE INSERT ON rows
WHEN NEW.kind = 'void' AND (SELECT kind FROM rows WHERE kind IN ('end', 'void')
    AND at_ms IS NEW.at_ms AND slot IS NEW.slot ORDER BY seq DESC LIMIT 1) IS NOT 'end'
BEGIN SELECT RAISE(ABORT, 'this slot has not ended'); END;
CREATE TRIGGER words_never_change BEFORE UPDATE ON words
BEGIN SELECT RAISE(ABORT, 'the log is append-only: rows are made of these words'); END;
CREATE TRIGGER words_never_go BEFORE DELETE ON words
BEGIN SELECT RAISE(ABORT, 'the log is append-only: rows are made of these words'); END;
CREATE TRIGGER words_in_order BEFORE INSERT ON words
WHEN NEW.id >= 0 AND NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM words)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: this is not its next word'); END;
CREATE VIEW log AS SELECT seq, (
    WITH RECURSIVE whole (t) AS (
        SELECT rows.text
        UNION ALL
        SELECT substr(t, 1, instr(t, char(30)) - 1)
            || ifnull((SELECT words.text FROM words WHERE id = CAST(substr(t, instr(t, char(30)) + 1) AS INTEGER)), '?')
            || ltrim(substr(t, instr(t, char(30)) + 1), '0123456789')
        FROM whole WHERE instr(t, char(30)) > 0
    )
    SELECT t FROM whole WHERE instr(t, char(30)) = 0
) AS text, lower(hex(row_hash)) AS row_hash FROM rows;
";

/// Every row of the first form, also one that somebody changed: what was wrong with it must still be found.
fn copy(db: &Connection) -> Result<(), StoreError> {
    let mut old = db.prepare("SELECT seq, row_hash, text, kind, at_ms, broadcast, output FROM rows_1 ORDER BY seq")?;
    let mut new = db.prepare("INSERT INTO rows VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut numbers: HashMap<String, i64> = HashMap::new();
    let mut rows = old.query([])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(2)?;
        let short = words::shorten(&text, |word| match numbers.get(word) {
            Some(number) => Ok(*number),
            None => {
                let number = words::add(db, word)?;
                numbers.insert(word.to_owned(), number);
                Ok::<i64, StoreError>(number)
            }
        })?;
        let (seq, kind, at_ms): (i64, String, Option<i64>) = (row.get(0)?, row.get(3)?, row.get(4)?);
        let place = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
        let slot = (kind == "end").then_some(format!("{}\u{1f}{}", place(5)?, place(6)?));
        let hash = row.get_ref(1)?;
        let mut insert = |slot: Option<&str>| new.execute((seq, hash_bytes(hash), &short, &kind, at_ms, slot));
        match insert(slot.as_deref()) {
            // A second end of a slot: `verify` names it.
            Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == ErrorCode::ConstraintViolation => insert(None)?,
            other => other?,
        };
        super::summary::note_text(db, seq, &text)?;
    }
    Ok(())
}

/// A hash as it is stored now; what is none stays what it is.
fn hash_bytes(hash: ValueRef<'_>) -> Vec<u8> {
    let digits = hash.as_bytes().unwrap_or_default();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?);
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(pair).collect();
    bytes.filter(|_| !digits.iter().any(u8::is_ascii_uppercase)).unwrap_or_else(|| digits.to_vec())
}
