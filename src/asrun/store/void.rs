//! Rows that count nowhere: a `void` row names those of a slot that a wrong time brought forth.
//!
//! They stay in the log and in its chain. Whoever counts leaves them out ([`super::Query::counted`]).

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Keys, Query, Reader, StoreError};
use crate::asrun::row::Row;
use crate::terms::Kind;

/// What a `void` row's detail calls the numbers of these rows.
pub(super) const ROWS: &str = "rows";

#[derive(Default, Deserialize)]
struct Said {
    #[serde(default)]
    rows: Vec<u64>,
}

/// The rows that a `void` row names, by its canonical text.
pub(crate) fn in_text(text: &str) -> Vec<u64> {
    let detail = Row::parse(text).ok().and_then(|row| row.detail);
    detail.and_then(|detail| serde_json::from_str::<Said>(&detail).ok()).unwrap_or_default().rows
}

/// Every row that counts nowhere.
pub(super) fn all(reader: &Reader) -> Result<BTreeSet<u64>, StoreError> {
    let mut all = BTreeSet::new();
    reader.each(&Query { kinds: vec![Kind::Void], ..Query::default() }, |stored| -> Result<bool, StoreError> {
        all.extend(in_text(stored.text));
        Ok(true)
    })?;
    Ok(all)
}

/// The rows of a slot so far, in their order, but for those that count nowhere already.
pub(super) fn of_slot(reader: &Reader, void: &Row) -> Result<Vec<u64>, StoreError> {
    let (mut rows, mut before) = (Vec::new(), BTreeSet::new());
    let Some(slot) = void.slot() else { return Ok(rows) };
    let sql = "SELECT seq, text FROM rows WHERE at_ms = ?1 AND kind IN ('air', 'end', 'void') ORDER BY seq";
    let mut found = reader.db().prepare_cached(sql)?;
    let mut found = found.query([slot.planned_at.0.div_euclid(1_000_000)])?;
    let mut text = String::new();
    while let Some(row) = found.next()? {
        let whole = reader.whole(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?, &mut text)?;
        let Some(keys) = Keys::in_text(whole) else { continue };
        if (keys.broadcast, keys.output) != (slot.broadcast.as_str(), slot.output.as_str()) {
            continue;
        }
        if keys.kind == Kind::Void.as_str() {
            before.extend(in_text(whole));
        } else {
            rows.push(super::schema::number(row.get(0)?));
        }
    }
    rows.retain(|row| !before.contains(row));
    Ok(rows)
}
