//! Why a log cannot be read or written.

use std::path::{Path, PathBuf};

use crate::terms::*;

/// Why the log cannot be read or written, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("the data folder {} is in use by another loaxa", .0.display())]
    InUse(PathBuf),
    #[error("the data folder {} holds a {found} log, not a {wanted} one; name another folder with --data", dir.display())]
    OtherOrigin { dir: PathBuf, found: Origin, wanted: Origin },
    #[error("there is no log in {}", .0.display())]
    NoLog(PathBuf),
    #[error("the log in {} was written by a newer loaxa (version {found} of its form)", dir.display())]
    Newer { dir: PathBuf, found: i64 },
    #[error("{}: {what}", path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("cannot use {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("the log cannot be read or written")]
    Database(#[from] rusqlite::Error),
    #[error("slot {0} has ended already")]
    EndedTwice(Slot),
    #[error("slot {0} has not ended, so that nothing of it is void")]
    NotEnded(Slot),
    #[error("an `end` row names no slot")]
    EndOfNothing,
}

/// Whose fault an error is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Blame {
    /// The row's: trying again is of no use.
    Row,
    /// The disk's, and not the file's on it: it may not be written to, or does not answer. It may be mended while the station airs.
    Disk,
    /// The same, for want of room.
    FullDisk,
    /// The file's own, and what is wrong with it: no trying again will mend it.
    File(String),
    /// Somebody else's: another process, another user, a newer program.
    Other,
}

impl LogError {
    fn blame(&self) -> Blame {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, OutOfMemory, ReadOnly, SystemIoFailure};
        use std::io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match self {
            LogError::EndedTwice(_) | LogError::NotEnded(_) | LogError::EndOfNothing => Blame::Row,
            LogError::Database(error) => match error.sqlite_error_code() {
                Some(DiskFull) => Blame::FullDisk,
                Some(CannotOpen | ReadOnly | SystemIoFailure) => Blame::Disk,
                Some(DatabaseBusy | DatabaseLocked | OutOfMemory) => Blame::Other,
                // Whatever else a file brings forth, a text of wrong form or a table that is gone, no log does.
                Some(_) | None => Blame::File(error.to_string()),
            },
            LogError::File { source, .. } => match source.kind() {
                StorageFull => Blame::FullDisk,
                QuotaExceeded | ReadOnlyFilesystem => Blame::Disk,
                _ => Blame::Other,
            },
            LogError::Damaged { what, .. } => Blame::File(what.clone()),
            LogError::InUse(_) | LogError::OtherOrigin { .. } | LogError::NoLog(_) | LogError::Newer { .. } => Blame::Other,
        }
    }

    /// Whether the row itself is at fault, so that trying again is of no use.
    pub fn is_of_the_row(&self) -> bool {
        self.blame() == Blame::Row
    }

    /// Whether the disk is at fault, and not the file on it: it is full, may not be written to, or does not answer. It may be mended while
    /// the station airs.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self.blame(), Blame::Disk | Blame::FullDisk)
    }

    /// Whether it is for want of room.
    pub fn is_full(&self) -> bool {
        self.blame() == Blame::FullDisk
    }

    /// What is wrong with the file, if the file itself is damaged: no trying again will mend it.
    pub fn damage(&self) -> Option<String> {
        match self.blame() {
            Blame::File(what) => Some(what),
            Blame::Row | Blame::Disk | Blame::FullDisk | Blame::Other => None,
        }
    }
}

/// A file error with its path.
pub(crate) fn at_path(path: &Path) -> impl FnOnce(std::io::Error) -> LogError + '_ {
    |source| LogError::File { path: path.to_owned(), source }
}
