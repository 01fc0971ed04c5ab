//! Reading the log: its rows by span and facts, its history, its zone. Nothing here writes.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};

use super::steps::SHORT;
use super::words::{self, Words};
use super::{Keys, StoreError, batch, schema, summary, void};
use crate::asrun::chain::{Head, RowHash};
use crate::asrun::history::{History, Reach};
use crate::asrun::row::cells::place_of;
use crate::asrun::row::{Row, SEPARATOR};
use crate::asrun::standing::Standing;
use crate::asrun::unsettled::Unsettled;
use crate::terms::*;

/// A log that is open to be read.
#[derive(Debug)]
pub struct Reader {
    db: Connection,
    words: RefCell<Words>,
    dir: PathBuf,
    origin: Origin,
}

/// Which rows, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Planned (for rows without a slot: started) at this instant or later.
    pub from: Option<Wall>,
    /// Planned before this instant.
    pub to: Option<Wall>,
    pub topic: Option<TopicId>,
    /// Only these statuses; empty for all, also none.
    pub statuses: Vec<Status>,
    /// Only these kinds; empty for all.
    pub kinds: Vec<Kind>,
    /// By slot (a slot's takes, then its end) instead of by number.
    pub by_slot: bool,
    /// Only rows with this number or a higher one.
    pub since: Option<i64>,
    /// By number, backwards.
    pub newest_first: bool,
    /// Only what counts: without the rows that a `void` row names.
    pub counted: bool,
}

/// A row as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored<'a> {
    pub seq: u64,
    /// The canonical text.
    pub text: &'a str,
    pub hash: &'a str,
}

impl Stored<'_> {
    /// All cells in column order, as printed; the last is `row_hash`.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.text.split(SEPARATOR).chain([self.hash])
    }
}

impl Reader {
    pub(super) fn open(dir: &Path) -> Result<Reader, StoreError> {
        Reader::over(schema::open_to_read(dir)?, dir)
    }

    pub(super) fn over(db: Connection, dir: &Path) -> Result<Reader, StoreError> {
        db.set_prepared_statement_cache_capacity(32);
        let found = schema::meta(&db, "origin")?;
        let origin = found.as_deref().and_then(|text| text.parse().ok());
        let damaged =
            || StoreError::Damaged { path: dir.join(super::FILE), what: "it does not say where it came from".to_owned() };
        let mut words = Words::default();
        if schema::version(&db)? >= SHORT {
            words.read(&db)?;
        }
        Ok(Reader { db, words: RefCell::new(words), dir: dir.to_owned(), origin: origin.ok_or_else(damaged)? })
    }

    /// Closes the file. What is asked afterwards finds no log.
    pub(super) fn let_go(&mut self) -> Result<(), StoreError> {
        self.db = Connection::open_in_memory()?;
        Ok(())
    }

    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    /// What SQLite finds wrong with the whole file.
    pub(crate) fn is_sound(&self) -> Result<Option<String>, StoreError> {
        let found: String = self.db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((found != "ok").then_some(found))
    }

    /// How long the file should be.
    pub(crate) fn length(&self) -> Result<u64, StoreError> {
        let of = |what: &str| self.db.query_row(&format!("PRAGMA {what}"), [], |row| row.get(0)).map(schema::number);
        Ok(of("page_count")?.saturating_mul(of("page_size")?))
    }

    /// Whether the guards by which the file refuses changes are those that it was made with.
    pub(crate) fn is_guarded(&self) -> Result<bool, StoreError> {
        schema::is_guarded(&self.db)
    }

    /// Whether the file has the form in which texts are stored short, and the summary beside them.
    pub(crate) fn is_short(&self) -> Result<bool, StoreError> {
        Ok(schema::version(&self.db)? >= SHORT)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The station's zone, as of the last time the log was open for writing.
    pub fn zone(&self) -> Result<TimeZone, StoreError> {
        schema::zone(&self.db)
    }

    /// Whether the log has this row with this hash.
    pub(super) fn has(&self, head: &Head) -> Result<bool, StoreError> {
        let mut row = self.db.prepare_cached("SELECT 1 FROM rows WHERE seq = ?1 AND row_hash = ?2")?;
        Ok(row.exists((i64::try_from(head.seq).unwrap_or(i64::MAX), head.hash.to_bytes()))?)
    }

    pub fn head(&self) -> Result<Head, StoreError> {
        schema::head(&self.db)
    }

    pub(super) fn count(&self) -> Result<u64, StoreError> {
        Ok(schema::number(self.db.query_row("SELECT count(*) FROM rows", [], |row| row.get(0))?))
    }

    /// When the station was last known to be alive.
    pub fn alive_at(&self) -> Result<Option<Wall>, StoreError> {
        Ok(schema::meta(&self.db, "alive_at")?.and_then(|text| text.parse().ok()).map(Wall))
    }

    /// What is armed or on air.
    pub fn unsettled(&self) -> Result<Vec<Unsettled>, StoreError> {
        batch::unsettled(&self.db)
    }

    /// Hands each row of the query to `take`, one after the other: a log of any length needs no more memory than one slot.
    /// Stops at the first `false`.
    pub fn each<E: From<StoreError>>(&self, query: &Query, mut take: impl FnMut(Stored<'_>) -> Result<bool, E>) -> Result<(), E> {
        let (sql, values) = query.sql();
        let failed = |error: rusqlite::Error| E::from(StoreError::from(error));
        let mut statement = self.db.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values)).map_err(failed)?;
        let mut text = String::new();
        let mut instant = Instant::default();
        let void = if query.counted { void::all(self)? } else { BTreeSet::new() };
        while let Some(row) = rows.next().map_err(failed)? {
            let seq = schema::number(row.get(0).map_err(failed)?);
            if void.contains(&seq) {
                continue;
            }
            let short = row.get_ref(1).and_then(|text| Ok(text.as_str()?)).map_err(failed)?;
            let whole = self.whole(short, &mut text)?;
            let chosen = query.by_slot || query.topic.is_some() || !query.statuses.is_empty();
            let keys = if chosen { Keys::in_text(whole) } else { None };
            if !query.wants(keys.as_ref()) {
                continue;
            }
            let hash = hash_of(row.get_ref(2).map_err(failed)?);
            let stored = Stored { seq, text: whole, hash: &hash };
            if !query.by_slot {
                if !take(stored)? {
                    return Ok(());
                }
                continue;
            }
            let at = row.get(3).map_err(failed)?;
            if instant.at != at && !instant.hand_out(&mut take)? {
                return Ok(());
            }
            instant.at = at;
            instant.hold(stored, keys);
        }
        instant.hand_out(&mut take).map(|_| ())
    }

    /// The canonical text of a stored one. A text that cannot be had whole stays as it is: it does not match its hash.
    pub(crate) fn whole<'a>(&self, short: &'a str, out: &'a mut String) -> Result<&'a str, StoreError> {
        if !short.contains(words::MARK) {
            return Ok(short);
        }
        let mut words = self.words.borrow_mut();
        if !words.expand(short, out) {
            words.read(&self.db)?;
            if !words.expand(short, out) {
                return Ok(short);
            }
        }
        Ok(out)
    }

    /// Forgets the words: a transaction that added some is gone.
    pub(super) fn forget_words(&self) {
        self.words.replace(Words::default());
    }

    /// The rows of a query as values.
    pub fn rows(&self, query: &Query) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.each(query, |stored| -> Result<bool, StoreError> {
            rows.push(self.row(stored)?);
            Ok(true)
        })?;
        Ok(rows)
    }

    pub(super) fn row(&self, stored: Stored<'_>) -> Result<Row, StoreError> {
        let damaged = |bad| StoreError::Damaged { path: self.dir.join(super::FILE), what: format!("row {}: {bad}", stored.seq) };
        Ok(Row { row_hash: stored.hash.to_owned(), ..Row::parse(stored.text).map_err(damaged)? })
    }

    /// What picks and quotas need of the past: when each item last aired, from the summary, and the latest airings themselves. Rows that
    /// cannot be read are left out; `verify` names them.
    pub fn history(&self) -> Result<History, StoreError> {
        let mut history = History::default();
        let mut text = String::new();
        for (_, short) in summary::last_airings(&self.db)? {
            if let Ok(row) = Row::parse(self.whole(&short, &mut text)?) {
                history.note_last(&row);
            }
        }
        self.each(
            &Query { kinds: vec![Kind::Air, Kind::Void], ..Query::default() }.since(self.lately()?),
            |stored| -> Result<bool, StoreError> {
                if let Ok(row) = Row::parse(stored.text) {
                    history.note(&row);
                }
                Ok(true)
            },
        )?;
        Ok(history)
    }

    /// The number of the first row that a history must take in: further back lies only what it forgets again.
    fn lately(&self) -> Result<i64, StoreError> {
        let mut backwards = self.db.prepare("SELECT seq, text FROM rows ORDER BY seq DESC")?;
        let mut rows = backwards.query([])?;
        let (mut text, mut reach) = (String::new(), Reach::default());
        let mut first = i64::MAX;
        while let Some(row) = rows.next()? {
            let whole = self.whole(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?, &mut text)?;
            match Row::parse(whole) {
                Ok(row) if reach.is_beyond(&row) => break,
                Ok(_) | Err(_) => first = row.get(0)?,
            }
        }
        Ok(first)
    }

    /// What the orders from this row on make of those that stood before, and how many they are.
    pub(super) fn orders_since(&self, seq: u64, mut standing: Standing) -> Result<(Standing, usize), StoreError> {
        let mut count = 0;
        let query = Query { kinds: vec![Kind::Order], ..Query::default() }.since(i64::try_from(seq).unwrap_or(i64::MAX));
        let mut row = Row::of(Kind::Order, "".into(), self.origin);
        let (broadcast, detail) = (place_of("broadcast"), place_of("detail"));
        self.each(&query, |stored| -> Result<bool, StoreError> {
            // Thirty years have many orders: of each, only what matters here is read.
            for (place, cell) in stored.cells().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                if Some(place) == broadcast {
                    row.broadcast = Some(BroadcastId::from(cell));
                } else if Some(place) == detail {
                    row.detail = Some(cell.to_owned());
                }
            }
            standing.note(&row);
            count += 1;
            (row.broadcast, row.detail) = (None, None);
            Ok(true)
        })?;
        Ok((standing, count))
    }

    /// The newest row of a kind of which something is so. Only for kinds that are rare.
    pub(crate) fn newest(&self, kind: Kind, mut is_so: impl FnMut(&Row) -> bool) -> Result<Option<Row>, StoreError> {
        let query = Query { kinds: vec![kind], newest_first: true, ..Query::default() };
        let mut found = None;
        self.each(&query, |stored| -> Result<bool, StoreError> {
            let row = Row::parse(stored.text).ok().filter(&mut is_so);
            found = row.map(|row| Row { seq: stored.seq, ..row });
            Ok(found.is_none())
        })?;
        Ok(found)
    }
}

impl Query {
    fn since(self, seq: i64) -> Query {
        Query { since: Some(seq), ..self }
    }

    /// What the columns of the table cannot tell.
    fn wants(&self, keys: Option<&Keys<'_>>) -> bool {
        let topic = |topic: &TopicId| keys.is_some_and(|keys| keys.topic == topic.as_str());
        let status = |status: &Status| keys.is_some_and(|keys| keys.status == status.as_str());
        self.topic.as_ref().is_none_or(topic) && (self.statuses.is_empty() || self.statuses.iter().any(status))
    }

    pub(super) fn sql(&self) -> (String, Vec<Value>) {
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        let mut needs = |condition: &str, value: Value| {
            values.push(value);
            conditions.push(condition.replace('?', &format!("?{}", values.len())));
        };
        // Instants in the log are floored to the millisecond: one at or after a bound is at or after the bound's own, rounded up.
        let ms = |at: Wall| Value::Integer(at.0.div_euclid(1_000_000) + i64::from(at.0.rem_euclid(1_000_000) > 0));
        if let Some(from) = self.from {
            needs("at_ms >= ?", ms(from));
        }
        if let Some(to) = self.to {
            needs("at_ms < ?", ms(to));
        }
        if let Some(seq) = self.since {
            needs("seq >= ?", Value::Integer(seq));
        }
        if !self.kinds.is_empty() {
            let words: Vec<&str> = self.kinds.iter().map(|kind| kind.as_str()).collect();
            conditions.push(format!("kind IN ('{}')", words.join("', '")));
            if self.kinds.iter().all(|kind| matches!(kind, Kind::End | Kind::Void)) {
                // In the very words of the index of ends, so that it is used.
                conditions.push("kind IN ('end', 'void')".to_owned());
            }
            // In the very words of the index of rare kinds, so that it is used.
            if !self.kinds.iter().any(|kind| matches!(kind, Kind::Air | Kind::End)) {
                conditions.push("kind NOT IN ('air', 'end')".to_owned());
            }
        }
        let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        let order = match (self.by_slot, self.newest_first) {
            (true, _) => "at_ms, seq",
            (false, false) => "seq",
            (false, true) => "seq DESC",
        };
        (format!("SELECT seq, text, row_hash, at_ms FROM rows{filter} ORDER BY {order}"), values)
    }
}

/// A hash as it is printed. One that is none is shown as far as it is text.
fn hash_of(stored: ValueRef<'_>) -> String {
    let bytes = stored.as_bytes().unwrap_or_default();
    RowHash::stored(bytes).map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |hash| hash.to_string())
}

/// The rows of one planned instant, held until all are there, so that they can be put in order by slot.
#[derive(Default)]
struct Instant {
    at: Option<i64>,
    rows: Vec<Held>,
}

struct Held {
    slot: (String, String),
    seq: u64,
    text: String,
    hash: String,
}

impl Instant {
    fn hold(&mut self, row: Stored<'_>, keys: Option<Keys<'_>>) {
        let slot = keys.map(|keys| (keys.output.to_owned(), keys.broadcast.to_owned())).unwrap_or_default();
        self.rows.push(Held { slot, seq: row.seq, text: row.text.to_owned(), hash: row.hash.to_owned() });
    }

    fn hand_out<E>(&mut self, take: &mut impl FnMut(Stored<'_>) -> Result<bool, E>) -> Result<bool, E> {
        self.rows.sort_by(|a, b| (&a.slot, a.seq).cmp(&(&b.slot, b.seq)));
        for row in self.rows.drain(..) {
            if !take(Stored { seq: row.seq, text: &row.text, hash: &row.hash })? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
