//! Whether the log is what was written: every row, its place in the chain, how it is stored, and the heads that left the station.
//!
//! The first wrong row is named, and how it is wrong. What a chain without a key cannot show (a log that was rebuilt whole, rows cut from
//! the end) is shown by heads: those in `heads.txt`, one on paper, an earlier export. Nothing is written and nothing is repaired.

mod export;
mod walk;

pub use export::NoExport;
use export::{Exported, ExportedRow};

use std::path::{Path, PathBuf};

use crate::asrun::chain::{Head, SeenHead};
use crate::asrun::store::{FILE, LogError, Store, heads, sheet};
use crate::terms::{FileDamage, Witness};

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Rows of the log.
    pub rows: u64,
    /// The last row.
    pub head: Head,
    pub first_bad: Option<Bad>,
    /// Rows that the log itself says it lost.
    pub gaps: Vec<LostRows>,
    /// The row of a clean stop whose head is not in `heads.txt`, although each stop lodges one: lines of it, or all of it, are gone.
    pub unlodged: Option<u64>,
    /// Somebody beside the log has seen it, so that a log that was rebuilt whole would be found out.
    pub witnessed: bool,
    /// The guards by which the file refuses changes are gone, or others than ours: somebody had it open with another program.
    pub unguarded: bool,
}

impl Verdict {
    /// Of a file that cannot be read at all.
    fn unusable(what: FileDamage, why: String) -> Verdict {
        let first_bad = Some(Bad { seq: 1, problem: RowProblem::Damaged { what, why } });
        Verdict { rows: 0, head: Head::EMPTY, first_bad, gaps: Vec::new(), unlodged: None, witnessed: false, unguarded: false }
    }

    pub fn ok(&self) -> bool {
        self.first_bad.is_none()
    }
}

/// The first row that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    pub seq: u64,
    pub problem: RowProblem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowProblem {
    /// It does not follow from the row before: a cell or the hash of one of them is another, or it is another row.
    Changed,
    /// Rows from this one up to `to` are not there.
    Removed { to: u64 },
    /// It stands before the first row.
    Inserted,
    /// This column holds what none of its cells is stored as: the text does not tell, and a sum over the column is wrong.
    Misfiled { column: &'static str },
    /// The file itself is damaged from here on, or beside the rows; `why` is what SQLite says, for a technician.
    Damaged { what: FileDamage, why: String },
    /// Rows from this one up to `to` were in the log when the witness saw it.
    CutTail { to: u64, witness: Witness },
    /// The witness saw another row here: the log was changed here or before, and rebuilt after.
    Rebuilt { witness: Witness },
    /// A line of `heads.txt` is no head.
    BadHeads { line: usize },
    /// The export shows something else in this column although it has the row's hash: the export was changed, not the log.
    ExportDiffers { column: &'static str },
}

/// Rows that a `gap` row says are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LostRows {
    /// The row that says so.
    pub seq: u64,
    /// The numbers that the lost rows had.
    pub lost: Option<(u64, u64)>,
    /// The head that remembered them.
    pub lodged: Option<Head>,
}

/// Why a check could not be made.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Store(#[from] LogError),
    #[error("cannot read the export {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} is not an export of a log: {why:?}", path.display())]
    NotAnExport { path: PathBuf, why: NoExport },
}

/// Something that must be found in the log.
#[derive(Clone, Debug, PartialEq)]
struct Witnessed {
    head: SeenHead,
    witness: Witness,
    /// What an export shows of the row.
    line: Option<ExportedRow>,
}

/// Checks the log in `dir` (or of that file): the chain, `heads.txt`, and what was given beside it.
pub fn verify(dir: &Path, given: &[SeenHead], against: Option<&Path>) -> Result<Verdict, VerifyError> {
    verify_telling(dir, given, against, &|_, _| {})
}

/// The same, for somebody who waits: `tell` hears how many rows of how many are checked.
pub fn verify_telling(
    dir: &Path,
    given: &[SeenHead],
    against: Option<&Path>,
    tell: &dyn Fn(u64, u64),
) -> Result<Verdict, VerifyError> {
    // Before the log is opened: a daemon may write on.
    let handed = sheet::read(dir);
    let reader = match Store::read_only(dir) {
        Ok(reader) => reader,
        Err(LogError::NoLog(_)) if dir.is_file() || dir.join(FILE).exists() => {
            return Ok(Verdict::unusable(FileDamage::NoLog, String::new()));
        }
        Err(error) => {
            let (what, why) = damage(&error).ok_or(error)?;
            return Ok(Verdict::unusable(what, why));
        }
    };
    let lodged = heads::read(dir)?;
    let seen = |head: SeenHead, witness| Witnessed { head, witness, line: None };
    let mut witnessed: Vec<Witnessed> = given.iter().map(|head| seen(*head, Witness::Given)).collect();
    witnessed.extend(lodged.iter().filter_map(|lodged| {
        let head = *lodged.head.as_ref().ok()?;
        Some(seen(head.into(), Witness::HeadsFile { line: lodged.line }))
    }));
    witnessed.extend(handed.and_then(|handed| handed.head()).map(|head| seen(head.into(), Witness::Handover)));
    if let Some(path) = against {
        match export::read(path)? {
            Exported::Rows(rows) => {
                let seen = |row: ExportedRow| Witnessed { head: row.head.into(), witness: Witness::Export, line: Some(row) };
                witnessed.extend(rows.into_iter().map(seen));
            }
            Exported::Heads(heads) => witnessed.extend(heads.into_iter().map(|head| seen(head, Witness::Report))),
        }
    }
    witnessed.sort_by_key(|witnessed| witnessed.head.seq);
    let walked = walk::walk(&reader, &witnessed, tell)?;
    let unreadable = lodged.iter().find(|lodged| lodged.head.is_err());
    let first_bad = walked
        .first_bad
        .or_else(|| cut_tail(walked.head, &witnessed, &walked.gaps))
        .or_else(|| unreadable.map(|lodged| Bad { seq: walked.head.seq, problem: RowProblem::BadHeads { line: lodged.line } }));
    let furthest = lodged.iter().filter_map(|lodged| lodged.head.as_ref().ok()).map(|head| head.seq).max().unwrap_or(0);
    let unlodged = walked.last_stop.filter(|stop| *stop > furthest);
    let unguarded = !reader.is_guarded()?;
    Ok(Verdict {
        rows: walked.rows,
        head: walked.head,
        first_bad,
        gaps: walked.gaps,
        unlodged,
        witnessed: !witnessed.is_empty(),
        unguarded,
    })
}

/// How the file is damaged, if that is what the error says: a disk that cannot be read is a failure and no answer.
fn damage(error: &LogError) -> Option<(FileDamage, String)> {
    let why = error.damage()?;
    let code = match error {
        LogError::Database(error) => error.sqlite_error_code(),
        _ => None,
    };
    let what = match code {
        Some(rusqlite::ErrorCode::NotADatabase) => FileDamage::NoLog,
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => FileDamage::Pages,
        Some(_) | None => FileDamage::Tables,
    };
    Some((what, why))
}

/// The furthest witness ahead of the log.
fn cut_tail(head: Head, witnessed: &[Witnessed], gaps: &[LostRows]) -> Option<Bad> {
    let last = witnessed.iter().rev().find(|seen| !explained(seen, witnessed, gaps))?;
    let bad = Bad { seq: head.seq + 1, problem: RowProblem::CutTail { to: last.head.seq, witness: last.witness } };
    (last.head.seq > head.seq).then_some(bad)
}

/// Whether the log itself says that the row that was seen is lost. What was written into `heads.txt` after that is no row of those.
fn explained(seen: &Witnessed, all: &[Witnessed], gaps: &[LostRows]) -> bool {
    gaps.iter().any(|gap| {
        let before = |line: usize| {
            let lines = all
                .iter()
                .filter(|other| gap.lodged.is_some_and(|lodged| other.head.is(&lodged)))
                .filter_map(|other| other.witness.line());
            lines.max().is_none_or(|last| line <= last)
        };
        gap.lost.is_some_and(|(from, to)| (from..=to).contains(&seen.head.seq)) && seen.witness.line().is_none_or(before)
    })
}

impl Witness {
    /// Where it stands in `heads.txt`.
    fn line(self) -> Option<usize> {
        match self {
            Witness::HeadsFile { line } => Some(line),
            Witness::Given | Witness::Export | Witness::Report | Witness::Handover => None,
        }
    }
}

#[cfg(test)]
mod tests;
