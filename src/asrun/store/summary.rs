//! What a start needs of all the past, kept small beside the chain: when each item last aired whole, and which recordings ever did.
//!
//! Both are derived from the rows, written in the rows' own transaction, built anew when they are missing, and held against the rows by
//! `verify`. So a log of thirty years starts as quickly as one of a day.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use super::{Keys, Reader, StoreError, void};
use crate::asrun::store::Query;
use crate::terms::Kind;

/// The tables, by name and what their key is.
pub(crate) const ITEMS: &str = "aired_items";
pub(crate) const FILES: &str = "aired_files";

/// How many of the newest rows are looked at to see whether the summary is there.
const LOOKED_AT: u32 = 64;

/// Takes in an airing that was whole. `true` when its recording never aired whole before.
pub(super) fn note(db: &Connection, seq: u64, item: &str, file_hash: &str) -> Result<bool, StoreError> {
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    if !item.is_empty() {
        let sql = "INSERT INTO aired_items VALUES (?1, ?2) ON CONFLICT (item) DO UPDATE SET seq = excluded.seq";
        db.prepare_cached(sql)?.execute((item, seq))?;
    }
    if file_hash.is_empty() {
        return Ok(false);
    }
    let sql = "INSERT INTO aired_files VALUES (?1, ?2) ON CONFLICT (file_hash) DO NOTHING";
    Ok(db.prepare_cached(sql)?.execute((file_hash, seq))? > 0)
}

/// Takes back the first airings that these rows are: they count nowhere. When an item last aired stays known, because it was heard.
pub(super) fn forget_files(db: &Connection, rows: &[u64]) -> Result<(), StoreError> {
    for seq in rows {
        db.prepare_cached("DELETE FROM aired_files WHERE seq = ?1")?.execute([i64::try_from(*seq).unwrap_or(i64::MAX)])?;
    }
    Ok(())
}

/// [`note`], for a row as it was written.
pub(super) fn note_text(db: &Connection, seq: i64, text: &str) -> Result<(), StoreError> {
    if let Some((item, file)) = Keys::in_text(text).and_then(|keys| keys.whole_airing()) {
        note(db, super::schema::number(seq), item, file)?;
    }
    Ok(())
}

/// The whole summary, folded from rows.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    items: HashMap<Box<str>, u64>,
    files: HashMap<Box<str>, u64>,
}

impl Fold {
    pub fn note(&mut self, seq: u64, keys: &Keys<'_>) {
        let Some((item, file)) = keys.whole_airing() else { return };
        if !item.is_empty() {
            match self.items.get_mut(item) {
                Some(last) => *last = seq,
                None => drop(self.items.insert(item.into(), seq)),
            }
        }
        if !file.is_empty() && !self.files.contains_key(file) {
            self.files.insert(file.into(), seq);
        }
    }

    /// Takes in a `void` row's word that these rows count nowhere.
    pub fn void(&mut self, rows: &[u64]) {
        self.files.retain(|_, seq| !rows.contains(seq));
    }

    /// What the tables say that the rows do not.
    pub fn differs(&self, db: &Connection, head: u64) -> Result<Option<Differs>, StoreError> {
        if let Some(seq) = furthest(db)?.filter(|seq| *seq > head) {
            return Ok(Some(Differs::Beyond(seq)));
        }
        let mut first: Option<(u64, &'static str)> = None;
        for (table, key, folded) in [(ITEMS, "item", &self.items), (FILES, "file_hash", &self.files)] {
            let mut found = HashMap::new();
            let mut all = db.prepare(&format!("SELECT {key}, seq FROM {table}"))?;
            let mut rows = all.query([])?;
            while let Some(row) = rows.next()? {
                found.insert(Box::<str>::from(row.get::<_, String>(0)?), super::schema::number(row.get(1)?));
            }
            let missing = folded.iter().filter(|(name, seq)| found.get(*name) != Some(seq)).map(|(_, seq)| *seq);
            let extra = found.iter().filter(|(name, _)| !folded.contains_key(*name)).map(|(_, seq)| *seq);
            let earliest = missing.chain(extra).min().map(|seq| (seq, table));
            first = [first, earliest].into_iter().flatten().min();
        }
        Ok(first.map(|(seq, table)| Differs::At(seq, table)))
    }
}

/// How the summary is not that of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Differs {
    /// It knows of a row beyond the last: rows were cut from the end.
    Beyond(u64),
    /// The first row of which this table says something else.
    At(u64, &'static str),
}

/// The last row that the summary knows of.
fn furthest(db: &Connection) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT max(seq) FROM (SELECT seq FROM aired_items UNION ALL SELECT seq FROM aired_files)";
    Ok(db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?.map(super::schema::number))
}

/// Builds the summary anew if it is not that of the rows: the newest airing is not in it, or it knows of rows that are not there. The last
/// of these, which were lost.
pub(super) fn mend(reader: &Reader) -> Result<Option<u64>, StoreError> {
    let lost = lost(reader)?;
    if lost.is_some() || !knows_newest(reader)? {
        rebuild(reader)?;
    }
    Ok(lost)
}

/// The last row that the summary knows of, if the log does not have it any more.
pub(super) fn lost(reader: &Reader) -> Result<Option<u64>, StoreError> {
    Ok(furthest(reader.db())?.filter(|seq| *seq > reader.head().map_or(0, |head| head.seq)))
}

fn knows_newest(reader: &Reader) -> Result<bool, StoreError> {
    let db = reader.db();
    let mut newest = db.prepare("SELECT seq, text FROM rows WHERE kind = 'air' ORDER BY seq DESC LIMIT ?1")?;
    let mut rows = newest.query([LOOKED_AT])?;
    let mut text = String::new();
    let void = void::all(reader)?;
    while let Some(row) = rows.next()? {
        let short = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let seq: i64 = row.get(0)?;
        if void.contains(&super::schema::number(seq)) {
            continue;
        }
        if let Some((item, file)) = Keys::in_text(reader.whole(short, &mut text)?).and_then(|keys| keys.whole_airing()) {
            return Ok(is_known(db, "SELECT seq FROM aired_items WHERE item = ?1", item, |last| last >= seq)?
                && is_known(db, "SELECT seq FROM aired_files WHERE file_hash = ?1", file, |first| first <= seq)?);
        }
    }
    Ok(true)
}

fn is_known(db: &Connection, sql: &str, name: &str, fits: impl Fn(i64) -> bool) -> Result<bool, StoreError> {
    let seq: Option<i64> = db.query_row(sql, [name], |row| row.get(0)).optional()?;
    Ok(name.is_empty() || seq.is_some_and(fits))
}

/// Folds all rows.
pub(super) fn rebuild(reader: &Reader) -> Result<(), StoreError> {
    let mut fold = Fold::default();
    let airings = Query { kinds: vec![Kind::Air, Kind::Void], ..Query::default() };
    reader.each(&airings, |row| -> Result<bool, StoreError> {
        if let Some(keys) = Keys::in_text(row.text) {
            fold.note(row.seq, &keys);
            if keys.kind == Kind::Void.as_str() {
                fold.void(&void::in_text(row.text));
            }
        }
        Ok(true)
    })?;
    let db = reader.db();
    db.execute_batch("SAVEPOINT summary; DELETE FROM aired_items; DELETE FROM aired_files;")?;
    let written = || -> Result<(), StoreError> {
        for (table, folded) in [(ITEMS, &fold.items), (FILES, &fold.files)] {
            let mut insert = db.prepare(&format!("INSERT INTO {table} VALUES (?1, ?2)"))?;
            for (name, seq) in folded {
                insert.execute((name.as_ref(), i64::try_from(*seq).unwrap_or(i64::MAX)))?;
            }
        }
        Ok(())
    };
    let done = written();
    db.execute_batch(if done.is_ok() { "RELEASE summary" } else { "ROLLBACK TO summary; RELEASE summary" })?;
    done
}

/// The rows in which each item last aired whole.
pub(super) fn last_airings(db: &Connection) -> Result<Vec<(i64, String)>, StoreError> {
    let sql = "SELECT rows.seq, rows.text FROM aired_items JOIN rows USING (seq) ORDER BY rows.seq";
    let mut all = db.prepare(sql)?;
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
