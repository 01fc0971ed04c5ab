//! One walk over all rows in order: chain, numbers, search columns, and the heads that witnesses saw.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::{Bad, Gap, Problem, Witnessed, explained};
use crate::asrun::chain::{Head, RowHash};
use crate::asrun::row::{Row, SEPARATOR};
use crate::asrun::store::{KEYS, Keys, Reader, StoreError};
use crate::terms::Kind;

pub(super) struct Walked {
    pub rows: u64,
    pub head: Head,
    pub first_bad: Option<Bad>,
    pub gaps: Vec<Gap>,
}

const ALL: &str = "SELECT seq, row_hash, text, kind, at_ms, broadcast, output, topic, status FROM rows ORDER BY seq";

pub(super) fn walk(reader: &Reader, witnessed: &[Witnessed]) -> Result<Walked, StoreError> {
    let db = reader.db();
    let mut witnesses = witnessed.iter().peekable();
    let mut walked = Walked { rows: 0, head: Head::EMPTY, first_bad: None, gaps: Vec::new() };
    let mut before = RowHash::GENESIS;
    let mut statement = db.prepare(ALL)?;
    let mut rows = statement.query([])?;
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                // A page that SQLite itself finds damaged is an answer, a disk that cannot be read is a failure.
                let bad = damaged(&error).map(|why| Bad { seq: walked.head.seq + 1, problem: Problem::Unreadable { why } });
                walked.first_bad = Some(bad.ok_or(error)?);
                return Ok(walked);
            }
        };
        let cells = (row.get_ref(0)?, row.get_ref(1)?, row.get_ref(2)?);
        let (ValueRef::Integer(seq), ValueRef::Text(hash), ValueRef::Text(text)) = cells else {
            walked.first_bad =
                Some(Bad { seq: walked.head.seq + 1, problem: Problem::Unreadable { why: "not a row".to_owned() } });
            return Ok(walked);
        };
        let (hash, text) = (std::str::from_utf8(hash).unwrap_or(""), std::str::from_utf8(text).unwrap_or(""));
        let next = walked.head.next(text);
        let numbered = numbers(text) == Some(next.seq) && u64::try_from(seq) == Ok(next.seq);
        if !numbered || next.hash.as_str() != hash {
            walked.first_bad = Some(explain(db, walked.head, before, seq, text, hash)?);
            return Ok(walked);
        }
        let keys = Keys::in_text(text);
        let wrong = match &keys {
            None => Some(Problem::Unreadable { why: Row::parse(text).err().map(|bad| bad.to_string()).unwrap_or_default() }),
            Some(keys) => {
                keys.differ(|place| row.get_ref(place + 3).unwrap_or(ValueRef::Null)).map(|column| Problem::Misfiled { column })
            }
        };
        if let Some(problem) = wrong {
            walked.first_bad = Some(Bad { seq: next.seq, problem });
            return Ok(walked);
        }
        if keys.is_some_and(|keys| keys.kind == Kind::Gap.as_str()) {
            walked.gaps.push(gap(next.seq, text));
        }
        while let Some(witnessed) = witnesses.next_if(|witnessed| witnessed.head.seq <= next.seq) {
            // A gap row has the number of the first row that it tells of, so it has been seen by now.
            if witnessed.head.seq == next.seq && witnessed.head.hash != next.hash && !explained(next.seq, &walked.gaps) {
                walked.first_bad = Some(Bad { seq: next.seq, problem: Problem::Rebuilt { witness: witnessed.witness } });
                return Ok(walked);
            }
        }
        before = walked.head.hash;
        walked.head = next;
        walked.rows += 1;
    }
    Ok(walked)
}

/// What a gap row says.
fn gap(seq: u64, text: &str) -> Gap {
    let detail = Row::parse(text).ok().and_then(|row| row.detail);
    let said: Option<serde_json::Value> = detail.and_then(|detail| serde_json::from_str(&detail).ok());
    let number = |name: &str| said.as_ref()?.get(name)?.as_u64();
    Gap { seq, lost: number("from_seq").zip(number("to_seq")) }
}

/// The number that a canonical text gives itself.
fn numbers(text: &str) -> Option<u64> {
    text.split(SEPARATOR).next()?.parse().ok()
}

/// How the row after `head` is wrong; `before` is the hash before the last good one.
fn explain(db: &Connection, head: Head, before: RowHash, seq: i64, text: &str, hash: &str) -> Result<Bad, StoreError> {
    let expected = head.seq + 1;
    let bad = |seq, problem| Ok(Bad { seq, problem });
    let Some(own) = numbers(text) else {
        return bad(expected, Problem::Unreadable { why: "the text does not begin with a row number".to_owned() });
    };
    if own == expected {
        return match u64::try_from(seq) {
            // The right row, in the right place, under another number.
            Ok(seq) if seq != expected => bad(expected, Problem::Misfiled { column: "seq" }),
            _ => bad(expected, Problem::Changed),
        };
    }
    if own > expected {
        // The row that belongs here comes later, or never.
        return if comes_later(db, seq, expected)? {
            bad(expected, Problem::Reordered)
        } else {
            bad(expected, Problem::Removed { to: own - 1 })
        };
    }
    // Its number was there already. If it follows as well from what was before the last row, that one was put in.
    if own == head.seq && head.hash.as_str() != hash && before.next(text).as_str() == hash {
        bad(head.seq, Problem::Inserted)
    } else {
        bad(expected, Problem::Inserted)
    }
}

/// Whether a row after this one gives itself the number.
fn comes_later(db: &Connection, seq: i64, number: u64) -> Result<bool, StoreError> {
    let mut later = db.prepare("SELECT 1 FROM rows WHERE seq > ?1 AND substr(text, 1, length(?2)) = ?2 LIMIT 1")?;
    Ok(later.exists((seq, format!("{number}{SEPARATOR}")))?)
}

fn damaged(error: &rusqlite::Error) -> Option<String> {
    let code = error.sqlite_error_code()?;
    matches!(code, rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase).then(|| error.to_string())
}

// [`ALL`] has the search columns after the text, in their order.
const _: () = assert!(KEYS.len() == 6);
