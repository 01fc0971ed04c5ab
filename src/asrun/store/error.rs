//! Why a log cannot be read or written.

use std::path::{Path, PathBuf};

use crate::terms::*;

/// Why the log cannot be read or written, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
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
    #[error("an `end` row names no slot")]
    EndOfNothing,
}

impl StoreError {
    /// Whether the row itself is at fault, so that trying again is of no use.
    pub fn is_of_the_row(&self) -> bool {
        match self {
            StoreError::EndedTwice(_) | StoreError::EndOfNothing => true,
            StoreError::InUse(_)
            | StoreError::OtherOrigin { .. }
            | StoreError::NoLog(_)
            | StoreError::Newer { .. }
            | StoreError::Damaged { .. }
            | StoreError::File { .. }
            | StoreError::Database(_) => false,
        }
    }

    /// Whether the disk is at fault, and not the file on it: it is full, may not be written to, or does not answer. It may be mended while
    /// the station airs.
    pub fn is_of_the_disk(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, DiskFull, ReadOnly, SystemIoFailure};
        use std::io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match self {
            StoreError::Database(error) => {
                error.sqlite_error_code().is_some_and(|code| matches!(code, CannotOpen | DiskFull | ReadOnly | SystemIoFailure))
            }
            StoreError::File { source, .. } => matches!(source.kind(), QuotaExceeded | ReadOnlyFilesystem | StorageFull),
            StoreError::InUse(_)
            | StoreError::OtherOrigin { .. }
            | StoreError::NoLog(_)
            | StoreError::Newer { .. }
            | StoreError::Damaged { .. }
            | StoreError::EndedTwice(_)
            | StoreError::EndOfNothing => false,
        }
    }

    /// Whether it is for want of room.
    pub fn is_full(&self) -> bool {
        match self {
            StoreError::Database(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            StoreError::File { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
            StoreError::InUse(_)
            | StoreError::OtherOrigin { .. }
            | StoreError::NoLog(_)
            | StoreError::Newer { .. }
            | StoreError::Damaged { .. }
            | StoreError::EndedTwice(_)
            | StoreError::EndOfNothing => false,
        }
    }

    /// What is wrong with the file, if the file itself is damaged: no trying again will mend it.
    pub fn damage(&self) -> Option<String> {
        match self {
            StoreError::Database(error) => {
                use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, OutOfMemory};
                // Whatever else a file brings forth, a text of wrong form or a table that is gone, no log does.
                let of_others = matches!(error.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked | OutOfMemory));
                (!of_others && !self.is_of_the_disk()).then(|| error.to_string())
            }
            StoreError::Damaged { what, .. } => Some(what.clone()),
            StoreError::InUse(_)
            | StoreError::OtherOrigin { .. }
            | StoreError::NoLog(_)
            | StoreError::Newer { .. }
            | StoreError::File { .. }
            | StoreError::EndedTwice(_)
            | StoreError::EndOfNothing => None,
        }
    }
}

/// A file error with its path.
pub(crate) fn at_path(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError + '_ {
    |source| StoreError::File { path: path.to_owned(), source }
}
