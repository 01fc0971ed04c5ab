//! Rows that count nowhere: a `void` row names those of a slot that a wrong time brought forth, and who takes back what he entered by hand names
//! that entry.
//!
//! They stay in the log and in its chain. Whoever counts leaves them out ([`super::Query::counted`]).

use std::collections::BTreeSet;

use super::table::AT;
use super::{LogError, Query, Reader};
use crate::asrun::fact::{Fact, HandFact};
use crate::asrun::row::Row;
use crate::terms::Kind;

/// Every row that counts nowhere.
pub(super) fn all(reader: &Reader) -> Result<BTreeSet<u64>, LogError> {
    let (mut all, mut by_hand) = (BTreeSet::new(), BTreeSet::new());
    reader.each(&Query { kinds: vec![Kind::Void, Kind::Hand], ..Query::default() }, |stored| -> Result<bool, LogError> {
        match Row::parse(stored.text).map(|row| row.fact) {
            Ok(Fact::Void(void)) => all.extend(void.rows),
            Ok(Fact::Hand(HandFact { withdraws: Some(entry), .. })) => {
                all.insert(stored.seq);
                // Nothing but an entry can be taken back.
                all.extend(by_hand.get(&entry));
            }
            Ok(Fact::Hand(_)) => drop(by_hand.insert(stored.seq)),
            _ => {}
        }
        Ok(true)
    })?;
    Ok(all)
}

/// The rows of a slot so far, in their order, but for those that count nowhere already: all before its last `void` row.
pub(super) fn of_slot(reader: &Reader, void: &Row) -> Result<Vec<u64>, LogError> {
    let mut rows = Vec::new();
    let Some(slot) = void.slot() else { return Ok(rows) };
    let sql = format!(
        "SELECT seq, kind FROM log WHERE {AT} = ?1 AND broadcast = ?2 AND output = ?3 AND kind IN ('air', 'end', 'void') ORDER BY seq"
    );
    let mut found = reader.db().prepare_cached(&sql)?;
    let mut found = found.query((slot.planned_at.0.div_euclid(1_000_000_000), slot.broadcast.as_str(), slot.output.as_str()))?;
    while let Some(row) = found.next()? {
        if row.get_ref(1)?.as_bytes().is_ok_and(|kind| kind == Kind::Void.as_str().as_bytes()) {
            rows.clear();
        } else {
            rows.push(super::schema::number(row.get(0)?));
        }
    }
    Ok(rows)
}
