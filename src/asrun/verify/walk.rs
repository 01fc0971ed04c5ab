//! One walk over all rows in order: chain, numbers, how they are stored, and what witnesses saw.

use std::iter::Peekable;
use std::slice::Iter;

use super::{Bad, LostRows, RowProblem, Witnessed, damage, explained};
use crate::asrun::chain::Head;
use crate::asrun::fact::Fact;
use crate::asrun::row::{Row, SEPARATOR};
use crate::asrun::store::{LogError, Reader, Store, WholeRow};
use crate::terms::{FileDamage, Kind};

pub(super) struct Walked {
    pub rows: u64,
    pub head: Head,
    pub first_bad: Option<Bad>,
    pub gaps: Vec<LostRows>,
    /// The last `stop` row.
    pub last_stop: Option<u64>,
}

/// So many rows are checked in a moment.
const TOLD_EVERY: u64 = 8_192;

pub(super) fn walk(reader: &Reader, witnessed: &[Witnessed], tell: &dyn Fn(u64, u64)) -> Result<Walked, LogError> {
    let dir = reader.dir();
    let all = reader.head().map_or(0, |head| head.seq);
    let walked = Walked { rows: 0, head: Head::EMPTY, first_bad: None, gaps: Vec::new(), last_stop: None };
    let mut walk =
        ChainWalk { reader, walked, all: witnessed, ahead: witnessed.iter().peekable(), tell: &|done| tell(done, all) };
    // What no row stands on (the pages of indexes, and what hangs them together) is looked at beside the walk.
    let (found, sound) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| Store::read_only(dir)?.is_sound());
        (walk.all(), beside.join().unwrap_or(Ok(None)))
    });
    let found = match (found, sound) {
        (Ok(None), Ok(Some(why))) => {
            Ok(Some(Bad { seq: walk.walked.head.seq, problem: RowProblem::Damaged { what: FileDamage::Index, why } }))
        }
        (Ok(None), Err(error)) => Err(error),
        (found, _) => found,
    };
    match found {
        Ok(first_bad) => walk.walked.first_bad = first_bad,
        Err(error) => {
            let (what, why) = damage(&error).ok_or(error)?;
            walk.walked.first_bad = Some(Bad { seq: walk.walked.head.seq + 1, problem: RowProblem::Damaged { what, why } });
        }
    }
    Ok(walk.walked)
}

struct ChainWalk<'a> {
    reader: &'a Reader,
    walked: Walked,
    all: &'a [Witnessed],
    ahead: Peekable<Iter<'a, Witnessed>>,
    tell: &'a dyn Fn(u64),
}

impl ChainWalk<'_> {
    /// The first thing that is wrong.
    fn all(&mut self) -> Result<Option<Bad>, LogError> {
        let mut bad = None;
        self.reader.each_whole(|row| {
            bad = self.row(&row);
            bad.is_none()
        })?;
        Ok(bad)
    }

    fn row(&mut self, row: &WholeRow<'_>) -> Option<Bad> {
        let next = self.walked.head.next(row.text);
        let bad = |problem| Some(Bad { seq: next.seq, problem });
        match u64::try_from(row.seq) {
            Ok(seq) if seq > next.seq => return bad(RowProblem::Removed { to: seq - 1 }),
            Ok(seq) if seq == next.seq => {}
            Ok(_) | Err(_) => return bad(RowProblem::Inserted),
        }
        if row.hash != Some(next.hash) {
            return bad(RowProblem::Changed);
        }
        if let Some(column) = row.misfiled {
            return bad(RowProblem::Misfiled { column });
        }
        match row.text.split(SEPARATOR).nth(1).and_then(|kind| kind.parse().ok()) {
            Some(Kind::Gap) => self.walked.gaps.extend(Row::parse(row.text).ok().and_then(|row| gap(next.seq, &row))),
            Some(Kind::Stop) => self.walked.last_stop = Some(next.seq),
            Some(_) | None => {}
        }
        if let Some(problem) = self.witnesses(next, row.text) {
            return bad(problem);
        }
        self.walked.head = next;
        self.walked.rows += 1;
        if self.walked.rows.is_multiple_of(TOLD_EVERY) {
            (self.tell)(self.walked.rows);
        }
        None
    }

    /// What those say who saw this row.
    fn witnesses(&mut self, next: Head, text: &str) -> Option<RowProblem> {
        while let Some(seen) = self.ahead.next_if(|seen| seen.head.seq <= next.seq) {
            if seen.head.seq != next.seq {
                continue;
            }
            // A gap row has the number of the first row that it tells of, so it has been seen by now.
            if !seen.head.is(&next) {
                if !explained(seen, self.all, &self.walked.gaps) {
                    return Some(RowProblem::Rebuilt { witness: seen.witness });
                }
            } else if let Some(column) = seen.line.as_ref().and_then(|line| line.differs(text, &next.hash)) {
                return Some(RowProblem::ExportDiffers { column });
            }
        }
        None
    }
}

/// What a gap row says.
fn gap(seq: u64, row: &Row) -> Option<LostRows> {
    let Fact::Gap(gap) = &row.fact else { return None };
    Some(LostRows { seq, lost: gap.from_seq.zip(gap.to_seq), lodged: gap.lodged })
}
