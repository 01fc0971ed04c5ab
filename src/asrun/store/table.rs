//! The table `log` and how a row stands in it: a column for each cell, so that whoever opens the file with SQLite's own tools can read and
//! sum it (`SELECT title, sum(airtime_ms) / 60000.0 FROM log WHERE kind = 'air' GROUP BY title`).
//!
//! Numbers are INTEGER, all other cells TEXT as they are printed, an empty cell is NULL, `row_hash` is 32 bytes. The canonical text is made
//! of the cells and of nothing else: for the hash, for exports, and to read a row back.

use std::sync::LazyLock;

use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Null, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, Row as TableRow};

use super::LogError;
use crate::asrun::chain::RowHash;
use crate::asrun::row::cells::canonical_columns;
use crate::asrun::row::{COLUMNS, CellForm, SEPARATOR};

/// The form of the file. Those before it were never released.
pub(super) const FORM: i64 = 3;

/// When a row belongs: its planned instant, else its start, else its end, in whole seconds since 1970. In the very words of the index.
pub(super) const AT: &str = "unixepoch(coalesce(planned_at, started_at, ended_at))";

/// What follows the columns. An INSERT OR REPLACE passes the triggers of UPDATE and DELETE, so that the one of INSERT lets only the next row
/// in. A slot has at most one `end` that no `void` row has taken back.
const GUARDS: &str = "
CREATE INDEX log_by_time ON log (unixepoch(coalesce(planned_at, started_at, ended_at)));
CREATE INDEX log_by_kind ON log (kind) WHERE kind NOT IN ('air', 'end');
CREATE INDEX log_of_ends ON log (unixepoch(planned_at), broadcast, output) WHERE kind IN ('end', 'void');
CREATE INDEX log_of_whole_airings ON log (item) WHERE kind = 'air' AND status = 'aired';
CREATE INDEX log_of_first_runs ON log (file_hash) WHERE first_run = 'true';
CREATE TRIGGER log_never_changes BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only: a correction is a new row'); END;
CREATE TRIGGER log_keeps_every_row BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no row is removed'); END;
CREATE TRIGGER log_in_order BEFORE INSERT ON log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: this is not its next row'); END;
CREATE TRIGGER log_one_end BEFORE INSERT ON log
WHEN NEW.kind = 'end' AND (SELECT kind FROM log WHERE kind IN ('end', 'void') AND unixepoch(planned_at) IS unixepoch(NEW.planned_at)
    AND broadcast IS NEW.broadcast AND output IS NEW.output ORDER BY seq DESC LIMIT 1) IS 'end'
BEGIN SELECT RAISE(ABORT, 'this slot has ended already'); END;
CREATE TRIGGER log_void_an_end BEFORE INSERT ON log
WHEN NEW.kind = 'void' AND (SELECT kind FROM log WHERE kind IN ('end', 'void') AND unixepoch(planned_at) IS unixepoch(NEW.planned_at)
    AND broadcast IS NEW.broadcast AND output IS NEW.output ORDER BY seq DESC LIMIT 1) IS NOT 'end'
BEGIN SELECT RAISE(ABORT, 'this slot has not ended'); END;
";

/// What is known beside the record: whose log it is, what sounds at this moment.
const BESIDE: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE unsettled (slot TEXT PRIMARY KEY, armed TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE marks (slot TEXT PRIMARY KEY, mark TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let places: Vec<String> = (1..=COLUMNS.len()).map(|place| format!("?{place}")).collect();
    let columns: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    format!("INSERT INTO log ({}) VALUES ({})", columns.join(", "), places.join(", "))
});

/// Makes the tables of a new log.
pub(super) fn create(db: &Connection) -> Result<(), LogError> {
    let cells: Vec<String> = canonical_columns().iter().map(|column| declare(column.name, column.form)).collect();
    let table = format!("CREATE TABLE log (\n    {},\n    row_hash BLOB NOT NULL\n) STRICT;", cells.join(",\n    "));
    Ok(db.execute_batch(&[&table, GUARDS, BESIDE].concat())?)
}

fn declare(name: &str, form: CellForm) -> String {
    match (name, form) {
        ("seq", _) => "seq INTEGER PRIMARY KEY".to_owned(),
        (_, CellForm::Number) => format!("{name} INTEGER"),
        (_, CellForm::Text | CellForm::Tenths | CellForm::Bool | CellForm::Time | CellForm::List | CellForm::Json) => {
            format!("{name} TEXT CHECK ({name} <> '')")
        }
    }
}

/// Puts a row in, by its canonical text.
pub(crate) fn insert(db: &Connection, text: &str, hash: RowHash) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(&INSERT)?;
    for ((place, column), cell) in (1..).zip(canonical_columns()).zip(text.split(SEPARATOR)) {
        bind(&mut insert, place, column.form, cell)?;
    }
    insert.raw_bind_parameter(COLUMNS.len(), hash.to_bytes())?;
    match insert.raw_execute()? {
        1 => Ok(()),
        // Somebody has put a trigger there that passes it over.
        other => Err(rusqlite::Error::StatementChangedRows(other)),
    }
}

fn bind(insert: &mut CachedStatement<'_>, place: usize, form: CellForm, cell: &str) -> rusqlite::Result<()> {
    match (form, cell.parse::<i64>()) {
        _ if cell.is_empty() => insert.raw_bind_parameter(place, Null),
        (CellForm::Number, Ok(number)) => insert.raw_bind_parameter(place, number),
        _ => insert.raw_bind_parameter(place, cell),
    }
}

/// What reads a row: its number, its hash, its canonical text. SQLite hands a function its cells faster than a program that asks for one after
/// the other.
pub(super) static SELECT: LazyLock<String> = LazyLock::new(|| {
    let cells: Vec<&str> = canonical_columns().iter().map(|column| column.name).collect();
    format!("SELECT seq, row_hash, canonical_text({}) FROM log", cells.join(", "))
});

/// Makes the function known to a connection. Where a column holds what no cell of its form is stored as, it answers with a blob: the column's
/// place, then the text, which does not tell `'7'` from 7, while a sum over the column would.
pub(super) fn prepare(db: &Connection) -> rusqlite::Result<()> {
    let cells = i32::try_from(canonical_columns().len()).unwrap_or(-1);
    db.create_scalar_function(
        "canonical_text",
        cells,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |cells| {
            let (text, misfiled) = text_of(|place| cells.get_raw(place));
            let place = misfiled.and_then(|place| u8::try_from(place).ok());
            Ok(match place {
                None => Value::Text(text),
                Some(place) => Value::Blob([&[place], text.as_bytes()].concat()),
            })
        },
    )
}

/// The canonical text of these cells, and the first place that holds what no cell of its form is stored as.
fn text_of<'a>(cell: impl Fn(usize) -> ValueRef<'a>) -> (String, Option<usize>) {
    let (mut text, mut misfiled) = (String::with_capacity(768), None);
    for (place, column) in canonical_columns().iter().enumerate() {
        if place > 0 {
            text.push(SEPARATOR);
        }
        let fits = match cell(place) {
            ValueRef::Null => true,
            ValueRef::Integer(number) => {
                text.push_str(itoa::Buffer::new().format(number));
                column.form == CellForm::Number
            }
            ValueRef::Text(cell) => {
                match std::str::from_utf8(cell) {
                    Ok(cell) => text.push_str(cell),
                    // What is no text any more was changed by the disk, and does not match its hash.
                    Err(_) => text.push_str(&String::from_utf8_lossy(cell)),
                }
                column.form != CellForm::Number && !cell.is_empty()
            }
            ValueRef::Real(_) | ValueRef::Blob(_) => false,
        };
        if !fits {
            misfiled = misfiled.or(Some(place));
        }
    }
    (text, misfiled)
}

/// What [`SELECT`] found: the text, and the column that holds what none of its cells is stored as.
pub(super) fn read_text<'a>(row: &'a TableRow<'_>) -> rusqlite::Result<(&'a str, Option<&'static str>)> {
    let found = row.get_ref(2)?;
    let (place, text) = match found {
        ValueRef::Blob([place, text @ ..]) => (Some(usize::from(*place)), text),
        _ => (None, found.as_bytes()?),
    };
    // The function made it of texts.
    let text = std::str::from_utf8(text).unwrap_or_default();
    Ok((text, place.and_then(|place| Some(COLUMNS.get(place)?.name))))
}

/// The hash of a row that [`SELECT`] found; `None` for what is no hash.
pub(super) fn hash_of(row: &TableRow<'_>) -> rusqlite::Result<Option<RowHash>> {
    let stored = row.get_ref(1)?;
    Ok(stored.as_bytes().ok().and_then(|bytes| bytes.try_into().ok()).map(RowHash::of_bytes))
}
