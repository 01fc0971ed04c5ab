//! What orders leave standing, kept as it was at some row beside the log, so that a start reads only the orders that came since: those of
//! thirty years lie all over the file. Derived from the rows and no part of the record; without it, or when the log is not the one that
//! it was taken from, all orders are read.

use serde::{Deserialize, Serialize};

use super::{Reader, StoreError, schema};
use crate::asrun::chain::Head;
use crate::asrun::standing::Standing;

/// Its name in `meta`.
const NAME: &str = "standing";
/// With fewer orders since, it is not worth a write.
const WORTH: usize = 64;
/// Only so many of the newest ids are kept: whoever sends an order again does so within minutes.
const IDS: usize = 1_000;

#[derive(Serialize, Deserialize)]
struct Kept {
    /// The last row that it knows.
    head: String,
    standing: Standing,
}

/// The orders that stand, and how many had to be read to know.
pub(super) fn standing(reader: &Reader) -> Result<(Standing, usize), StoreError> {
    let text = schema::meta(reader.db(), NAME)?;
    let kept = text.and_then(|text| serde_json::from_str::<Kept>(&text).ok());
    let kept = kept.and_then(|kept| Some((kept.head.parse::<Head>().ok()?, kept.standing)));
    match kept {
        Some((head, standing)) if reader.has(&head)? => reader.orders_since(head.seq + 1, standing),
        Some(_) | None => reader.orders_since(0, Standing::default()),
    }
}

/// Keeps what stands at this head, when it took reading `read` orders to know it.
pub(super) fn keep(reader: &Reader, head: Head, standing: &Standing, read: usize) -> Result<(), StoreError> {
    if read < WORTH {
        return Ok(());
    }
    let mut standing = standing.clone();
    standing.request_ids.drain(..standing.request_ids.len().saturating_sub(IDS));
    let kept = serde_json::to_string(&Kept { head: head.to_string(), standing });
    let kept = kept.map_err(|error| StoreError::Database(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))?;
    schema::set_meta(reader.db(), NAME, &kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asrun::row::Row;
    use crate::asrun::samples::*;
    use crate::asrun::store::{FILE, Store};
    use crate::asrun::unsettled::Settle;
    use crate::terms::{BroadcastId, Kind, Origin, Wall};

    fn open(dir: &std::path::Path) -> Store {
        Store::open(dir, Origin::Live, hanoi()).unwrap()
    }

    fn order(n: usize, order: &str) -> Row {
        let detail = Some(format!(r#"{{"id":"r{n}","order":{order}}}"#));
        let broadcast = Some(BroadcastId::new(format!("@request-{n}")));
        Row { detail, broadcast, ..Row::of(Kind::Order, "cam-tan".into(), Origin::Live) }
    }

    /// The standing of a start, and how many orders it read.
    fn start(dir: &std::path::Path) -> (Standing, usize) {
        let mut store = open(dir);
        let read = standing(store.reader()).unwrap().1;
        (store.recover("cam-tan".into(), MORNING).unwrap().standing, read)
    }

    #[test]
    fn a_start_reads_only_the_orders_since_the_last_one_and_knows_all_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let skip = r#"{"do":"skip","broadcast":"morning","planned_at":[1,2]}"#;
        let mut rows = vec![order(1, skip), order(2, r#"{"do":"hold","until":null}"#)];
        rows.extend((3..200).map(|n| order(n, r#"{"do":"stop","output":null}"#)));
        open(dir.path()).append(rows, &Settle::Nothing).unwrap();
        let (first, read) = start(dir.path());
        assert_eq!(read, 199);
        assert!(first.hold.is_some() && first.skips.len() == 2 && first.requests == 199);
        let later = vec![order(200, r#"{"do":"release"}"#), order(201, &skip.replace("skip", "unskip").replace(",2", ""))];
        open(dir.path()).append(later, &Settle::Nothing).unwrap();
        let (second, read) = start(dir.path());
        assert_eq!(read, 2);
        assert_eq!(second.hold, None);
        assert_eq!(second.skips.into_iter().collect::<Vec<_>>(), [("morning".into(), Wall(2))]);
        assert_eq!((second.requests, second.request_ids.len()), (201, 201));
    }

    #[test]
    fn what_was_kept_of_another_log_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let stop = r#"{"do":"stop","output":null}"#;
        open(dir.path()).append((1..100).map(|n| order(n, stop)).collect(), &Settle::Nothing).unwrap();
        start(dir.path());
        assert_eq!(start(dir.path()).1, 0);
        let db = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
        db.execute_batch("UPDATE meta SET value = replace(value, '\"head\":\"99:', '\"head\":\"98:') WHERE name = 'standing'")
            .unwrap();
        assert_eq!(start(dir.path()).1, 99);
        db.execute_batch("UPDATE meta SET value = 'x' WHERE name = 'standing'").unwrap();
        assert_eq!(start(dir.path()).1, 99);
    }
}
