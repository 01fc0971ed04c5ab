//! A log that cannot be used when the station starts is set aside, never removed; the newest backup takes its place, or a new log begins.
//! Either way the station airs on, and a `gap` row says what happened ([`Store::recover`]).

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::asrun::chain::Head;
use crate::asrun::store::{FILE, Query, Reader, Store, StoreError, at_path, beside, heads, lock};
use crate::terms::Origin;

/// A file up to this size is looked through at each start; what is wrong with a longer one is found when it is used, and each day.
const LOOKED_THROUGH: u64 = 32 * 1024 * 1024;

/// So many of a backup's last rows are looked at before it takes the log's place: a hundred days as a rule.
const LOOKED_AT: u64 = 10_000;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rescued {
    /// What was wrong, for a technician.
    pub why: String,
    /// The name under which the damaged file lies in the data folder; `None` when there was none.
    pub set_aside: Option<String>,
    /// The backup that took its place.
    pub backup: Option<PathBuf>,
}

/// Looks at the log in `dir` and mends what can be mended, before it is opened. `known` is what is known to be wrong. `stamp` becomes part
/// of the name under which the damaged file is kept.
pub fn rescue(
    dir: &Path,
    origin: Origin,
    backups: Option<&Path>,
    stamp: &str,
    known: Option<String>,
) -> Result<Option<Rescued>, StoreError> {
    if !dir.is_dir() {
        return Ok(None);
    }
    let _lock = lock(dir)?;
    let Some(why) = known.or_else(|| ailment(dir)) else { return Ok(None) };
    let set_aside = set_aside(dir, stamp)?;
    let backup = put_back(dir, origin, backups, None)?;
    Ok(Some(Rescued { why, set_aside, backup }))
}

/// The backup that took the log's place is no good either: the one before it does, or a new log begins.
pub fn try_older(dir: &Path, origin: Origin, backups: Option<&Path>, rescued: Rescued) -> Result<Rescued, StoreError> {
    let _lock = lock(dir)?;
    let file = dir.join(FILE);
    // It is a copy, and what it was made from stays where it is.
    for ending in ["", "-wal", "-shm"] {
        match fs::remove_file(beside(&file, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(at_path(&file)(error)),
            Ok(()) | Err(_) => {}
        }
    }
    let backup = put_back(dir, origin, backups, rescued.backup.as_deref())?;
    Ok(Rescued { backup, ..rescued })
}

/// Puts the newest backup, or the newest before another, in the log's place.
fn put_back(dir: &Path, origin: Origin, backups: Option<&Path>, before: Option<&Path>) -> Result<Option<PathBuf>, StoreError> {
    let backup = backups.and_then(|folder| newest(folder, origin, before));
    if let Some(backup) = &backup {
        restore(backup, dir)?;
    }
    Ok(backup)
}

/// What makes the log unusable; `None` also for what is no damage of the file (no right to read it, a newer form).
fn ailment(dir: &Path) -> Option<String> {
    let file = dir.join(FILE);
    let had_rows = || heads::read(dir).is_ok_and(|lodged| lodged.iter().any(|line| line.head.is_ok()));
    let length = match fs::metadata(&file) {
        Ok(meta) => meta.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return had_rows().then(|| "the file is gone".to_owned()),
        Err(_) => return None,
    };
    if length == 0 {
        return Some("the file is empty".to_owned());
    }
    match Store::read_only(dir) {
        Ok(reader) if length <= LOOKED_THROUGH => match reader.is_sound() {
            Ok(None) => None,
            Ok(Some(wrong)) => Some(wrong),
            Err(error) => error.damage(),
        },
        Ok(_) => None,
        Err(StoreError::NoLog(_)) => had_rows().then(|| "there is no log in the file".to_owned()),
        Err(error) => error.damage(),
    }
}

/// Renames the file and what belongs to it.
fn set_aside(dir: &Path, stamp: &str) -> Result<Option<String>, StoreError> {
    let file = dir.join(FILE);
    let name = |n: u32| if n == 1 { format!("{FILE}.damaged-{stamp}") } else { format!("{FILE}.damaged-{stamp}-{n}") };
    let Some(name) = (1..1000).map(name).find(|name| !dir.join(name).exists()) else { return Ok(None) };
    let mut moved = None;
    for ending in ["", "-wal", "-shm"] {
        match fs::rename(beside(&file, ending), dir.join(format!("{name}{ending}"))) {
            Ok(()) if ending.is_empty() => moved = Some(name.clone()),
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(at_path(&file)(error)),
        }
    }
    Ok(moved)
}

/// The newest backup (their names end with their day) that is a log of this origin and ends as it should.
fn newest(folder: &Path, origin: Origin, before: Option<&Path>) -> Option<PathBuf> {
    let ours = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "sqlite3");
    let mut found: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).filter(ours).collect();
    let day = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().chars().rev().take(10).collect::<Vec<_>>());
    let key = |path: &Path| (day(path).map(|day| day.into_iter().rev().collect::<String>()), path.to_owned());
    found.retain(|path| before.is_none_or(|before| key(path) < key(before)));
    found.sort_by_key(|path| key(path));
    let good = |path: &PathBuf| {
        Store::read_only(path).is_ok_and(|reader| reader.origin() == origin && ends_well(path, &reader).unwrap_or(false))
    };
    found.into_iter().rev().find(good)
}

/// Whether the file is as long as it says, the last row is the one that was written down beside it, and the last rows follow from each
/// other. The station is silent meanwhile, and many years take seconds to verify: that is done beside the air, once it is restored.
fn ends_well(file: &Path, reader: &Reader) -> Result<bool, StoreError> {
    let head = reader.head()?;
    let lodged = heads::read(file)?.into_iter().rev().find_map(|line| line.head.ok());
    if lodged.is_some_and(|lodged| lodged != head) || fs::metadata(file).map_err(at_path(file))?.len() != reader.length()? {
        return Ok(false);
    }
    let since = i64::try_from(head.seq.saturating_sub(LOOKED_AT)).ok();
    let mut before: Option<Head> = None;
    let mut follow = true;
    reader.each(&Query { since, ..Query::default() }, |row| -> Result<bool, StoreError> {
        let here = row.hash.parse().ok().map(|hash| Head { seq: row.seq, hash });
        follow = here.is_some() && before.is_none_or(|before| Some(before.next(row.text)) == here);
        before = here;
        Ok(follow)
    })?;
    Ok(follow)
}

fn restore(backup: &Path, dir: &Path) -> Result<(), StoreError> {
    let (file, half) = (dir.join(FILE), dir.join(format!("{FILE}.half")));
    let copy = || -> std::io::Result<()> {
        fs::copy(backup, &half)?;
        File::open(&half)?.sync_all()?;
        fs::rename(&half, &file)?;
        File::open(dir)?.sync_all()
    };
    copy().map_err(at_path(&file))
}

#[cfg(test)]
mod tests;
