//! Reading the log: its rows by span and facts, its history, its zone. Nothing here writes.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::{StoreError, batch, schema};
use crate::asrun::chain::Head;
use crate::asrun::history::History;
use crate::asrun::row::{Row, SEPARATOR};
use crate::asrun::standing::Standing;
use crate::asrun::unsettled::Unsettled;
use crate::terms::*;

/// A log that is open to be read.
#[derive(Debug)]
pub struct Reader {
    db: Connection,
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
        Ok(Reader { db, dir: dir.to_owned(), origin: origin.ok_or_else(damaged)? })
    }

    pub(crate) fn db(&self) -> &Connection {
        &self.db
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

    pub fn head(&self) -> Result<Head, StoreError> {
        schema::head(&self.db)
    }

    /// When the station was last known to be alive.
    pub fn alive_at(&self) -> Result<Option<Wall>, StoreError> {
        Ok(schema::meta(&self.db, "alive_at")?.and_then(|text| text.parse().ok()).map(Wall))
    }

    /// What is armed or on air.
    pub fn unsettled(&self) -> Result<Vec<Unsettled>, StoreError> {
        batch::unsettled(&self.db)
    }

    /// Hands each row of the query to `take`, one after the other: a log of any length needs no more memory than one row.
    /// Stops at the first `false`.
    pub fn each<E: From<StoreError>>(&self, query: &Query, mut take: impl FnMut(Stored<'_>) -> Result<bool, E>) -> Result<(), E> {
        let (sql, values) = query.sql();
        let failed = |error: rusqlite::Error| E::from(StoreError::from(error));
        let mut statement = self.db.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values)).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let text = row.get_ref(1).and_then(|text| Ok(text.as_str()?)).map_err(failed)?;
            let hash = row.get_ref(2).and_then(|hash| Ok(hash.as_str()?)).map_err(failed)?;
            let stored = Stored { seq: schema::number(row.get(0).map_err(failed)?), text, hash };
            if !take(stored)? {
                break;
            }
        }
        Ok(())
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

    /// What picks, first runs and quotas need of the past: all airings since `from`, or since ever. Rows that cannot be read are
    /// left out; `verify` names them.
    pub fn history(&self, from: Option<Wall>) -> Result<History, StoreError> {
        let mut history = History::default();
        let query = Query { from, kinds: vec![Kind::Air], ..Query::default() };
        self.each(&query, |stored| -> Result<bool, StoreError> {
            if let Ok(row) = Row::parse(stored.text) {
                history.note(&row);
            }
            Ok(true)
        })?;
        Ok(history)
    }

    /// The orders that stand.
    pub fn standing(&self) -> Result<Standing, StoreError> {
        let mut standing = Standing::default();
        let query = Query { kinds: vec![Kind::Order], ..Query::default() };
        self.each(&query, |stored| -> Result<bool, StoreError> {
            if let Ok(row) = Row::parse(stored.text) {
                standing.note(&row);
            }
            Ok(true)
        })?;
        Ok(standing)
    }
}

impl Query {
    fn sql(&self) -> (String, Vec<Value>) {
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
        if let Some(topic) = &self.topic {
            needs("topic = ?", Value::Text(topic.to_string()));
        }
        let mut among = |column: &str, words: Vec<&str>| {
            if !words.is_empty() {
                conditions.push(format!("{column} IN ('{}')", words.join("', '")));
            }
        };
        among("status", self.statuses.iter().map(|status| status.as_str()).collect());
        among("kind", self.kinds.iter().map(|kind| kind.as_str()).collect());
        let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        let order = if self.by_slot { "at_ms, output, broadcast, seq" } else { "seq" };
        (format!("SELECT seq, text, row_hash FROM rows{filter} ORDER BY {order}"), values)
    }
}
