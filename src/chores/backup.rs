//! The daily backup of the log into a second place, a USB stick as a rule, and the going of the oldest ones.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::asrun::store::{LogError, Store, beside, heads};
use crate::asrun::verify::{VerifyError, verify};
use crate::chores::due;
use crate::terms::Wall;

/// Why there is no backup of today.
#[derive(Debug, thiserror::Error)]
pub enum BackupFailure {
    #[error("the backup's folder {} is not there", .0.display())]
    NoFolder(PathBuf),
    #[error("the log is not good from row {seq}: it is not copied over good backups")]
    BadLog { seq: u64 },
    #[error("cannot use {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("the log cannot be copied")]
    Log(#[from] LogError),
}

/// Where to, and how many are kept.
#[derive(Clone, Copy, Debug)]
pub struct WantedBackup<'a> {
    pub station: &'a str,
    pub folder: &'a Path,
    pub keep: usize,
}

/// Makes today's backup if it is not there, and lets the oldest go. `true` when one was made.
pub fn make(data: &Path, wanted: WantedBackup<'_>, today: Date, at: Wall) -> Result<bool, BackupFailure> {
    let WantedBackup { station, folder, keep } = wanted;
    let file_error = |source| BackupFailure::File { path: folder.to_owned(), source };
    // Never made: where a stick is not plugged in, its folder is one of the station's own disk.
    if !folder.is_dir() {
        return Err(BackupFailure::NoFolder(folder.to_owned()));
    }
    let names = || -> Result<Vec<String>, BackupFailure> {
        let entries = fs::read_dir(folder).map_err(file_error)?;
        Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
    };
    if !due::is_due(station, today, names()?.iter().map(String::as_str)) {
        return Ok(false);
    }
    look_through(data)?;
    Store::backup(data, &folder.join(due::name(station, today)), at)?;
    for old in due::surplus(station, keep, names()?.iter().map(String::as_str)) {
        let old = folder.join(old);
        fs::remove_file(&old).map_err(file_error)?;
        // Its heads go with it; one that never had any is no fault.
        let _ = fs::remove_file(beside(&old, &format!(".{}", heads::HEADS)));
    }
    Ok(true)
}

/// Whether every row of the log is as it was written.
pub fn look_through(data: &Path) -> Result<(), BackupFailure> {
    match verify(data, &[], None) {
        Ok(verdict) => verdict.first_bad.map_or(Ok(()), |bad| Err(BackupFailure::BadLog { seq: bad.seq })),
        Err(VerifyError::Store(error)) => Err(error.into()),
        // Only an export can be these, and there is none.
        Err(VerifyError::File { .. } | VerifyError::NotAnExport { .. }) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::asrun::open::SlotChange;
    use crate::asrun::row::Row;
    use crate::terms::{Kind, Origin};

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn each_day_has_its_backup_and_the_oldest_go() {
        let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut store = Store::open(data.path(), Origin::Live, jiff::tz::TimeZone::UTC).unwrap();
        let wanted = WantedBackup { station: "x", folder: folder.path(), keep: 2 };
        fs::write(folder.path().join("other.sqlite3"), "of somebody else").unwrap();
        for day in 1..=4 {
            store.append(vec![Row::of(Kind::Fault, "x".into(), Origin::Live)], &SlotChange::Nothing).unwrap();
            assert!(make(data.path(), wanted, date(2026, 11, day), Wall(0)).unwrap(), "a daemon may write meanwhile");
            assert!(!make(data.path(), wanted, date(2026, 11, day), Wall(0)).unwrap());
        }
        let kept = ["other.sqlite3", "x-2026-11-03.sqlite3", "x-2026-11-03.sqlite3.heads.txt"];
        assert_eq!(names(folder.path())[..3], kept);
        assert_eq!(names(folder.path()).len(), 5);
        let newest = folder.path().join("x-2026-11-04.sqlite3");
        let verdict = verify(&newest, &[], None).unwrap();
        assert_eq!((verdict.ok(), verdict.head), (true, store.head()));
    }

    #[test]
    fn a_stick_that_is_not_there_and_a_log_that_is_not_good_are_said() {
        let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut store = Store::open(data.path(), Origin::Live, jiff::tz::TimeZone::UTC).unwrap();
        store.append(vec![Row::of(Kind::Fault, "x".into(), Origin::Live)], &SlotChange::Nothing).unwrap();
        let gone = folder.path().join("usb");
        let wanted = WantedBackup { station: "x", folder: &gone, keep: 2 };
        assert!(matches!(make(data.path(), wanted, date(2026, 11, 1), Wall(0)), Err(BackupFailure::NoFolder(_))));
        drop(store);
        let db = rusqlite::Connection::open(data.path().join("log.sqlite3")).unwrap();
        db.execute_batch("DROP TRIGGER log_never_changes; UPDATE log SET row_hash = x'00'").unwrap();
        let wanted = WantedBackup { folder: folder.path(), ..wanted };
        assert!(matches!(make(data.path(), wanted, date(2026, 11, 1), Wall(0)), Err(BackupFailure::BadLog { seq: 1 })));
        assert!(names(folder.path()).is_empty());
    }
}
