//! Reading the log: its rows by span and facts, its history, its zone. Nothing here writes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Connection, Params};

use super::table::{self, AT, SELECT};
use super::{LogError, batch, schema, void};
use crate::asrun::chain::{Head, RowHash};
use crate::asrun::history::airtime::COUNTED_FOR;
use crate::asrun::history::{History, Reach};
use crate::asrun::open::OpenSlot;
use crate::asrun::row::{Row, SEPARATOR, read_stamp};
use crate::asrun::standing::Standing;
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

/// A row with all that can be wrong with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WholeRow<'a> {
    pub seq: i64,
    pub text: &'a str,
    /// `None` for what is no hash.
    pub hash: Option<RowHash>,
    /// The first column that holds what none of its cells is stored as.
    pub misfiled: Option<&'static str>,
}

impl Stored<'_> {
    /// All cells in column order, as printed; the last is `row_hash`.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.text.split(SEPARATOR).chain([self.hash])
    }
}

impl Reader {
    pub(super) fn open(dir: &Path) -> Result<Reader, LogError> {
        Reader::over(schema::open_to_read(dir)?, dir)
    }

    pub(super) fn over(db: Connection, dir: &Path) -> Result<Reader, LogError> {
        db.set_prepared_statement_cache_capacity(32);
        table::prepare(&db)?;
        let found = schema::meta(&db, "origin")?;
        let origin = found.as_deref().and_then(|text| text.parse().ok());
        let damaged = || LogError::Damaged { path: dir.join(super::FILE), what: "it does not say where it came from".to_owned() };
        Ok(Reader { db, dir: dir.to_owned(), origin: origin.ok_or_else(damaged)? })
    }

    /// Closes the file. What is asked afterwards finds no log.
    pub(super) fn let_go(&mut self) -> Result<(), LogError> {
        self.db = Connection::open_in_memory()?;
        Ok(())
    }

    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    /// What SQLite finds wrong with the whole file.
    pub(crate) fn is_sound(&self) -> Result<Option<String>, LogError> {
        let found: String = self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        Ok((found != "ok").then_some(found))
    }

    /// How long the file should be.
    pub(crate) fn length(&self) -> Result<u64, LogError> {
        let of = |what: &str| self.db.query_row(&format!("PRAGMA {what}"), [], |row| row.get(0)).map(schema::number);
        Ok(of("page_count")?.saturating_mul(of("page_size")?))
    }

    /// Whether the guards by which the file refuses changes are those that it was made with.
    pub(crate) fn is_guarded(&self) -> Result<bool, LogError> {
        schema::is_guarded(&self.db)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The station's zone, as of the last time the log was open for writing.
    pub fn zone(&self) -> Result<TimeZone, LogError> {
        schema::zone(&self.db)
    }

    /// Whether the log has this row with this hash.
    pub fn has(&self, head: &Head) -> Result<bool, LogError> {
        let mut row = self.db.prepare_cached("SELECT 1 FROM log WHERE seq = ?1 AND row_hash = ?2")?;
        Ok(row.exists((i64::try_from(head.seq).unwrap_or(i64::MAX), head.hash.to_bytes()))?)
    }

    pub fn head(&self) -> Result<Head, LogError> {
        schema::head(&self.db)
    }

    pub(super) fn count(&self) -> Result<u64, LogError> {
        Ok(schema::number(self.db.query_row("SELECT count(*) FROM log", [], |row| row.get(0))?))
    }

    /// When the station was last known to be alive.
    pub fn alive_at(&self) -> Result<Option<Wall>, LogError> {
        Ok(schema::meta(&self.db, "alive_at")?.and_then(|text| text.parse().ok()).map(Wall))
    }

    /// What is armed or on air.
    pub fn open_slots(&self) -> Result<Vec<OpenSlot>, LogError> {
        batch::open_slots(&self.db)
    }

    /// Hands each row of the query to `take`, one after the other: a log of any length needs no more memory than one row.
    /// Stops at the first `false`.
    pub fn each<E: From<LogError>>(&self, query: &Query, mut take: impl FnMut(Stored<'_>) -> Result<bool, E>) -> Result<(), E> {
        let (rest, values) = query.sql();
        let void = if query.counted { void::all(self)? } else { BTreeSet::new() };
        self.select(&rest, rusqlite::params_from_iter(values), |stored| {
            let wanted = !void.contains(&stored.seq) && query.spans(&stored);
            if wanted { take(stored) } else { Ok(true) }
        })
    }

    /// Hands each row of a SELECT to `take`; `rest` is what follows FROM. What is stored wrong is shown as it is: `verify` names it.
    pub(super) fn select<E: From<LogError>>(
        &self,
        rest: &str,
        values: impl Params,
        mut take: impl FnMut(Stored<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut taken = Ok(true);
        self.walk(rest, values, |row| {
            let hash = row.hash.map(|hash| hash.to_string()).unwrap_or_default();
            taken = take(Stored { seq: schema::number(row.seq), text: row.text, hash: &hash });
            matches!(taken, Ok(true))
        })?;
        taken.map(drop)
    }

    /// All rows by number, as they are stored.
    pub(crate) fn each_whole(&self, take: impl FnMut(WholeRow<'_>) -> bool) -> Result<(), LogError> {
        self.walk("ORDER BY seq", [], take)
    }

    fn walk(&self, rest: &str, values: impl Params, mut take: impl FnMut(WholeRow<'_>) -> bool) -> Result<(), LogError> {
        let mut statement = self.db.prepare_cached(&format!("{} {rest}", *SELECT))?;
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            let (text, misfiled) = table::read_text(row)?;
            if !take(WholeRow { seq: row.get(0)?, text, hash: table::hash_of(row)?, misfiled }) {
                break;
            }
        }
        Ok(())
    }

    /// The rows of a query as values.
    pub fn rows(&self, query: &Query) -> Result<Vec<Row>, LogError> {
        let mut rows = Vec::new();
        self.each(query, |stored| -> Result<bool, LogError> {
            rows.push(self.row(stored)?);
            Ok(true)
        })?;
        Ok(rows)
    }

    pub(super) fn row(&self, stored: Stored<'_>) -> Result<Row, LogError> {
        let damaged = |bad| LogError::Damaged { path: self.dir.join(super::FILE), what: format!("row {}: {bad}", stored.seq) };
        Ok(Row { row_hash: stored.hash.to_owned(), ..Row::parse(stored.text).map_err(damaged)? })
    }

    /// What picks, targets and quotas need of the past: when each item last aired, what has aired of each topic, and the latest airings
    /// themselves. Rows that cannot be read are left out; `verify` names them.
    pub fn history(&self) -> Result<History, LogError> {
        let mut history = History::default();
        self.last_airings(|row| history.note_last(row))?;
        let (first, newest) = self.lately()?;
        let counted = Query {
            from: newest.map(|at| at - COUNTED_FOR - ONE_DAY),
            kinds: vec![Kind::Air],
            counted: true,
            ..Query::default()
        };
        self.each(&counted, |stored| -> Result<bool, LogError> {
            let before = i64::try_from(stored.seq).is_ok_and(|seq| seq < first);
            if before && let Ok(row) = Row::parse(stored.text) {
                history.count(&row);
            }
            Ok(before)
        })?;
        let lately = Query { kinds: vec![Kind::Air, Kind::Void], ..Query::default() }.since(first);
        self.each(&lately, |stored| -> Result<bool, LogError> {
            if let Ok(row) = Row::parse(stored.text) {
                history.note(&row);
            }
            Ok(true)
        })?;
        Ok(history)
    }

    /// The row in which each item last aired whole. From one item to the one before in the index: a log of thirty years has few items.
    fn last_airings(&self, mut take: impl FnMut(&Row)) -> Result<(), LogError> {
        let mut item = Some(String::from(char::MAX));
        while let Some(after) = item.take() {
            self.select(LAST_AIRING, [after], |stored| -> Result<bool, LogError> {
                item = stored.cells().nth(ITEM).map(str::to_owned);
                if let Ok(row) = Row::parse(stored.text) {
                    take(&row);
                }
                Ok(false)
            })?;
        }
        Ok(())
    }

    /// The number of the first row that a history must take in whole, and when the newest airing began: further back lies only what it
    /// forgets again, but for the airtime of topics.
    fn lately(&self) -> Result<(i64, Option<Wall>), LogError> {
        let (mut first, mut reach) = (i64::MAX, Reach::default());
        self.newest_first(|seq, row| {
            let beyond = row.is_some_and(|row| reach.is_beyond(row));
            first = if beyond { first } else { i64::try_from(seq).unwrap_or(i64::MAX) };
            !beyond
        })?;
        Ok((first, reach.newest()))
    }

    /// All rows, the newest first, as long as `take` wants more; `None` for what cannot be read.
    pub(super) fn newest_first(&self, mut take: impl FnMut(u64, Option<&Row>) -> bool) -> Result<(), LogError> {
        self.select("ORDER BY seq DESC", [], |stored| Ok(take(stored.seq, Row::parse(stored.text).ok().as_ref())))
    }

    /// What the orders from this row on make of those that stood before, and how many they are.
    pub(super) fn orders_since(&self, seq: u64, mut standing: Standing) -> Result<(Standing, usize), LogError> {
        let mut count = 0;
        let query = Query { kinds: vec![Kind::Order], ..Query::default() }.since(i64::try_from(seq).unwrap_or(i64::MAX));
        self.each(&query, |stored| -> Result<bool, LogError> {
            if let Ok(row) = Row::parse(stored.text) {
                standing.note(&row);
                count += 1;
            }
            Ok(true)
        })?;
        Ok((standing, count))
    }

    /// The newest row of a kind of which something is so. Only for kinds that are rare.
    pub(crate) fn newest(&self, kind: Kind, mut is_so: impl FnMut(&Row) -> bool) -> Result<Option<Row>, LogError> {
        let query = Query { kinds: vec![kind], newest_first: true, ..Query::default() };
        let mut found = None;
        self.each(&query, |stored| -> Result<bool, LogError> {
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

    /// Whether a row lies within the very milliseconds of the span: the index knows seconds.
    fn spans(&self, stored: &Stored<'_>) -> bool {
        let of_a_second = |bound: Option<Wall>| bound.is_none_or(|at| at.0.rem_euclid(SECOND) == 0);
        if of_a_second(self.from) && of_a_second(self.to) {
            return true;
        }
        let instant = INSTANTS.iter().filter_map(|place| stored.cells().nth(*place)).find(|cell| !cell.is_empty());
        let at = instant.and_then(read_stamp);
        at.is_some_and(|at| self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to))
    }

    /// What follows FROM, and its values.
    pub(super) fn sql(&self) -> (String, Vec<Value>) {
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        let mut needs = |condition: String, value: Value| {
            values.push(value);
            conditions.push(condition.replace('?', &format!("?{}", values.len())));
        };
        if let Some(from) = self.from {
            needs(format!("{AT} >= ?"), Value::Integer(from.0.div_euclid(SECOND)));
        }
        if let Some(to) = self.to {
            needs(format!("{AT} < ?"), Value::Integer(to.0.div_euclid(SECOND) + i64::from(to.0.rem_euclid(SECOND) > 0)));
        }
        if let Some(seq) = self.since {
            needs("seq >= ?".to_owned(), Value::Integer(seq));
        }
        if let Some(topic) = &self.topic {
            needs("topic = ?".to_owned(), Value::Text(topic.to_string()));
        }
        if !self.statuses.is_empty() {
            conditions.push(one_of("status", self.statuses.iter().map(|status| status.as_str())));
        }
        if !self.kinds.is_empty() {
            conditions.push(one_of("kind", self.kinds.iter().map(|kind| kind.as_str())));
            // In the very words of the index of rare kinds, so that it is used.
            if !self.kinds.iter().any(|kind| matches!(kind, Kind::Air | Kind::End)) {
                conditions.push("kind NOT IN ('air', 'end')".to_owned());
            }
        }
        let filter = if conditions.is_empty() { String::new() } else { format!("WHERE {} ", conditions.join(" AND ")) };
        let order = match (self.by_slot, self.newest_first) {
            (true, _) => format!("{AT}, coalesce(planned_at, started_at, ended_at), output, broadcast, seq"),
            (false, false) => "seq".to_owned(),
            (false, true) => "seq DESC".to_owned(),
        };
        (format!("{filter}ORDER BY {order}"), values)
    }
}

fn one_of(column: &str, words: impl Iterator<Item = &'static str>) -> String {
    format!("{column} IN ('{}')", words.collect::<Vec<_>>().join("', '"))
}

/// The newest whole airing of the last item before another: in the order of the index, backwards.
const LAST_AIRING: &str = "WHERE kind = 'air' AND status = 'aired' AND item < ?1 ORDER BY item DESC, seq DESC LIMIT 1";

/// A slot may begin on the day after the one that it is planned for.
const ONE_DAY: SignedDuration = SignedDuration::from_hours(24);

/// In the nanoseconds of [`Wall`].
const SECOND: i64 = 1_000_000_000;

/// Where the cells stand that tell of an item and of when a row belongs.
const ITEM: usize = 10;
const INSTANTS: [usize; 3] = [19, 21, 22];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asrun::row::COLUMNS;
    use crate::asrun::store::Store;

    #[test]
    fn what_a_start_and_a_report_ask_for_walks_through_no_table() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), Origin::Live, TimeZone::UTC).unwrap();
        let month = Query { from: Some(Wall(0)), to: Some(Wall(SECOND)), by_slot: true, ..Query::default() };
        for (rest, values, index) in [
            (LAST_AIRING.to_owned(), vec![Value::Text("x".to_owned())], "log_of_whole_airings"),
            (month.sql().0, month.sql().1, "log_by_time"),
        ] {
            let mut plan = store.reader().db().prepare(&format!("EXPLAIN QUERY PLAN SELECT * FROM log {rest}")).unwrap();
            let steps = plan.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(steps[0].starts_with(&format!("SEARCH log USING INDEX {index}")), "{rest}: {steps:?}");
            assert!(steps[1..].iter().all(|step| step.starts_with("USE TEMP B-TREE FOR LAST")), "{rest}: {steps:?}");
        }
    }

    #[test]
    fn the_places_are_those_of_the_columns() {
        let name = |place: usize| COLUMNS[place].name;
        assert_eq!(
            [name(ITEM), name(INSTANTS[0]), name(INSTANTS[1]), name(INSTANTS[2])],
            ["item", "planned_at", "started_at", "ended_at"]
        );
    }
}
