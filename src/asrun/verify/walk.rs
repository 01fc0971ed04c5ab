//! One walk over all rows in order: chain, numbers, search columns, the summary of airings, and what witnesses saw.

use std::iter::Peekable;
use std::slice::Iter;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row as TableRow};

use super::{Bad, Damage, Gap, Problem, Unreadable, Witness, Witnessed, damage, explained};
use crate::asrun::chain::{Head, RowHash};
use crate::asrun::row::{Row, SEPARATOR};
use crate::asrun::store::summary::{Differs, Fold};
use crate::asrun::store::{Keys, Reader, Store, StoreError, void};
use crate::terms::Kind;

pub(super) struct Walked {
    pub rows: u64,
    pub head: Head,
    pub first_bad: Option<Bad>,
    pub gaps: Vec<Gap>,
    /// The last `stop` row.
    pub last_stop: Option<u64>,
    /// What is wrong with the summary, when every row is good.
    pub summary: Option<Bad>,
}

const ALL: &str = "SELECT seq, row_hash, text, kind, at_ms, slot FROM rows ORDER BY seq";
/// A log that no daemon of this form has opened yet.
const ALL_FIRST_FORM: &str = "SELECT seq, row_hash, text, kind, at_ms, CASE kind WHEN 'end' THEN broadcast || char(31) || output END \
     FROM rows ORDER BY seq";

pub(super) fn walk(reader: &Reader, witnessed: &[Witnessed]) -> Result<Walked, StoreError> {
    let dir = reader.dir();
    let walked = Walked { rows: 0, head: Head::EMPTY, first_bad: None, gaps: Vec::new(), last_stop: None, summary: None };
    let mut walk = Walk {
        reader,
        walked,
        before: RowHash::GENESIS,
        all: witnessed,
        ahead: witnessed.iter().peekable(),
        fold: Fold::default(),
    };
    // What no row stands on (the pages of indexes, and what hangs them together) is looked at beside the walk.
    let (found, sound) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| Store::read_only(dir)?.is_sound());
        (walk.all(), beside.join().unwrap_or(Ok(None)))
    });
    let found = match (found, sound) {
        (Ok(None), Ok(Some(why))) => {
            Ok(Some(Bad { seq: walk.walked.head.seq, problem: Problem::Damaged { what: Damage::Index, why } }))
        }
        (Ok(None), Err(error)) => Err(error),
        (found, _) => found,
    };
    match found {
        Ok(first_bad) => walk.walked.first_bad = first_bad,
        Err(error) => {
            let (what, why) = damage(&error).ok_or(error)?;
            walk.walked.first_bad = Some(Bad { seq: walk.walked.head.seq + 1, problem: Problem::Damaged { what, why } });
        }
    }
    Ok(walk.walked)
}

struct Walk<'a> {
    reader: &'a Reader,
    walked: Walked,
    /// The hash before the last good row's.
    before: RowHash,
    all: &'a [Witnessed],
    ahead: Peekable<Iter<'a, Witnessed>>,
    fold: Fold,
}

impl Walk<'_> {
    /// The first thing that is wrong.
    fn all(&mut self) -> Result<Option<Bad>, StoreError> {
        let db = self.reader.db();
        let short = self.reader.is_short()?;
        let mut statement = db.prepare(if short { ALL } else { ALL_FIRST_FORM })?;
        let mut rows = statement.query([])?;
        let mut whole = String::new();
        while let Some(row) = rows.next()? {
            if let Some(bad) = self.row(row, &mut whole)? {
                return Ok(Some(bad));
            }
        }
        if !short {
            return Ok(None);
        }
        let head = self.walked.head.seq;
        self.walked.summary = self.fold.differs(db, head)?.map(|differs| match differs {
            Differs::Beyond(to) => Bad { seq: head + 1, problem: Problem::CutTail { to, witness: Witness::Summary } },
            Differs::At(seq, table) => Bad { seq, problem: Problem::Summary { table } },
        });
        Ok(None)
    }

    fn row(&mut self, row: &TableRow<'_>, whole: &mut String) -> Result<Option<Bad>, StoreError> {
        let head = self.walked.head;
        let (ValueRef::Integer(seq), Ok(hash), ValueRef::Text(short)) =
            (row.get_ref(0)?, row.get_ref(1)?.as_bytes(), row.get_ref(2)?)
        else {
            return Ok(Some(Bad { seq: head.seq + 1, problem: Problem::Unreadable { why: Unreadable::NoRow } }));
        };
        let text = self.reader.whole(std::str::from_utf8(short).unwrap_or(""), whole)?;
        let next = head.next(text);
        let hash = RowHash::stored(hash);
        let numbered = numbers(text) == Some(next.seq) && u64::try_from(seq) == Ok(next.seq);
        if !numbered || hash != Some(next.hash) {
            return explain(self.reader.db(), head, self.before, seq, text, hash).map(Some);
        }
        let Some(keys) = Keys::in_text(text) else {
            let why = Row::parse(text).err().map_or(Unreadable::NoRow, Unreadable::Text);
            return Ok(Some(Bad { seq: next.seq, problem: Problem::Unreadable { why } }));
        };
        if let Some(column) = keys.differ(|place| row.get_ref(place + 3).unwrap_or(ValueRef::Null)) {
            return Ok(Some(Bad { seq: next.seq, problem: Problem::Misfiled { column } }));
        }
        self.fold.note(next.seq, &keys);
        if keys.kind == Kind::Void.as_str() {
            self.fold.void(&void::in_text(text));
        } else if keys.kind == Kind::Gap.as_str() {
            self.walked.gaps.push(gap(next.seq, text));
        } else if keys.kind == Kind::Stop.as_str() {
            self.walked.last_stop = Some(next.seq);
        }
        if let Some(problem) = self.witnesses(next, text) {
            return Ok(Some(Bad { seq: next.seq, problem }));
        }
        self.before = head.hash;
        self.walked.head = next;
        self.walked.rows += 1;
        Ok(None)
    }

    /// What those say who saw this row.
    fn witnesses(&mut self, next: Head, text: &str) -> Option<Problem> {
        while let Some(seen) = self.ahead.next_if(|seen| seen.head.seq <= next.seq) {
            if seen.head.seq != next.seq {
                continue;
            }
            // A gap row has the number of the first row that it tells of, so it has been seen by now.
            if seen.head.hash != next.hash {
                if !explained(seen, self.all, &self.walked.gaps) {
                    return Some(Problem::Rebuilt { witness: seen.witness });
                }
            } else if let Some(column) = seen.line.as_ref().and_then(|line| line.differs(text, &next.hash)) {
                return Some(Problem::ExportDiffers { column });
            }
        }
        None
    }
}

/// What a gap row says.
fn gap(seq: u64, text: &str) -> Gap {
    let detail = Row::parse(text).ok().and_then(|row| row.detail);
    let said: Option<serde_json::Value> = detail.and_then(|detail| serde_json::from_str(&detail).ok());
    let number = |name: &str| said.as_ref()?.get(name)?.as_u64();
    let lodged = || said.as_ref()?.get("lodged")?.as_str()?.parse().ok();
    Gap { seq, lost: number("from_seq").zip(number("to_seq")), lodged: lodged() }
}

/// The number that a canonical text gives itself.
fn numbers(text: &str) -> Option<u64> {
    text.split(SEPARATOR).next()?.parse().ok()
}

/// How the row after `head` is wrong; `before` is the hash before the last good one.
fn explain(db: &Connection, head: Head, before: RowHash, seq: i64, text: &str, hash: Option<RowHash>) -> Result<Bad, StoreError> {
    let expected = head.seq + 1;
    let bad = |seq, problem| Ok(Bad { seq, problem });
    let Some(own) = numbers(text) else {
        return bad(expected, Problem::Unreadable { why: Unreadable::NoNumber });
    };
    if own == expected {
        return match u64::try_from(seq) {
            // The right row, in the right place, under another number.
            Ok(seq) if seq != expected => bad(expected, Problem::Misfiled { column: "seq" }),
            _ => bad(expected, Problem::Changed),
        };
    }
    // The row that belongs here comes later, or never.
    let later = comes_later(db, seq, expected)?;
    // When the next one is in its place, nothing was moved: this one's text is a copy of another's.
    if !later && u64::try_from(seq) == Ok(expected) && stands_at(db, expected + 1)? {
        return bad(expected, Problem::Overwritten { by: own });
    }
    if own > expected {
        return bad(expected, if later { Problem::Reordered } else { Problem::Removed { to: own - 1 } });
    }
    // Its number was there already. If it follows as well from what was before the last row, that one was put in.
    if own == head.seq && Some(head.hash) != hash && Some(before.next(text)) == hash {
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

/// Whether the row with this number gives itself the same.
fn stands_at(db: &Connection, number: u64) -> Result<bool, StoreError> {
    let mut there = db.prepare("SELECT 1 FROM rows WHERE seq = ?1 AND substr(text, 1, length(?2)) = ?2")?;
    Ok(there.exists((i64::try_from(number).unwrap_or(i64::MAX), format!("{number}{SEPARATOR}")))?)
}
