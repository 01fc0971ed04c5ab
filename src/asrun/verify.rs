//! Whether the log is what was written: every row, its place in the chain, its search columns, and the heads that left the station.
//!
//! The first wrong row is named, and how it is wrong. What a chain without a key cannot show (a log that was rebuilt whole, rows cut from
//! the end) is shown by heads: those in `heads.txt`, one on paper, an earlier export. Nothing is written and nothing is repaired.

mod export;
mod walk;

use std::path::{Path, PathBuf};

use crate::asrun::chain::Head;
use crate::asrun::store::{Store, StoreError, heads};

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Rows of the log.
    pub rows: u64,
    /// The last row.
    pub head: Head,
    pub first_bad: Option<Bad>,
    /// Rows that the log itself says it lost.
    pub gaps: Vec<Gap>,
}

impl Verdict {
    pub fn ok(&self) -> bool {
        self.first_bad.is_none()
    }
}

/// The first row that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    pub seq: u64,
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Its text, or the text or hash of it alone.
    Changed,
    /// Rows from this one up to `to` are not there.
    Removed { to: u64 },
    /// It is one row too many.
    Inserted,
    /// It stands in another row's place.
    Reordered,
    /// The text is as it was written, a column by which it is searched is not.
    Misfiled { column: &'static str },
    /// The text is no row of a log.
    Unreadable { why: String },
    /// Rows from this one up to `to` were in the log when the witness saw it.
    CutTail { to: u64, witness: Witness },
    /// The witness saw another row here: the log was changed here or before, and rebuilt after.
    Rebuilt { witness: Witness },
    /// A line of `heads.txt` is no head.
    BadHeads { line: usize },
}

/// What remembers the log as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// A line of `heads.txt`.
    HeadsFile {
        line: usize,
    },
    /// A head that was given.
    Given,
    Export,
}

/// Rows that a `gap` row says are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The row that says so.
    pub seq: u64,
    /// The numbers that the lost rows had.
    pub lost: Option<(u64, u64)>,
}

/// Why a check could not be made.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot read the export {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} is not an export of a log: {why}", path.display())]
    NotAnExport { path: PathBuf, why: String },
}

/// Something that must be found in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Witnessed {
    head: Head,
    witness: Witness,
}

/// Checks the log in `dir`: the chain, the search columns, `heads.txt`, and what was given beside it.
pub fn verify(dir: &Path, given: &[Head], against: Option<&Path>) -> Result<Verdict, VerifyError> {
    let reader = Store::read_only(dir)?;
    let lodged = heads::read(dir)?;
    let mut witnessed: Vec<Witnessed> = given.iter().map(|head| Witnessed { head: *head, witness: Witness::Given }).collect();
    witnessed.extend(lodged.iter().filter_map(|lodged| {
        let head = *lodged.head.as_ref().ok()?;
        Some(Witnessed { head, witness: Witness::HeadsFile { line: lodged.line } })
    }));
    if let Some(path) = against {
        witnessed.extend(export::read(path)?.into_iter().map(|head| Witnessed { head, witness: Witness::Export }));
    }
    witnessed.sort_by_key(|witnessed| witnessed.head.seq);
    let walked = walk::walk(&reader, &witnessed)?;
    let unreadable = lodged.iter().find(|lodged| lodged.head.is_err());
    let first_bad = walked
        .first_bad
        .or_else(|| cut_tail(walked.head, &witnessed, &walked.gaps))
        .or_else(|| unreadable.map(|lodged| Bad { seq: walked.head.seq, problem: Problem::BadHeads { line: lodged.line } }));
    Ok(Verdict { rows: walked.rows, head: walked.head, first_bad, gaps: walked.gaps })
}

/// The furthest witness ahead of the log.
fn cut_tail(head: Head, witnessed: &[Witnessed], gaps: &[Gap]) -> Option<Bad> {
    let last = witnessed.iter().rev().find(|witnessed| !explained(witnessed.head.seq, gaps))?;
    let bad = Bad { seq: head.seq + 1, problem: Problem::CutTail { to: last.head.seq, witness: last.witness } };
    (last.head.seq > head.seq).then_some(bad)
}

/// Whether the log itself says that this row was lost.
fn explained(seq: u64, gaps: &[Gap]) -> bool {
    gaps.iter().any(|gap| gap.lost.is_some_and(|(from, to)| (from..=to).contains(&seq)))
}

#[cfg(test)]
mod tests;
