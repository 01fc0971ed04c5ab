//! A log that cannot be used when the station starts is set aside, never removed; the newest backup takes its place, or a new log begins.
//! Either way the station airs on, and a `gap` row says what happened ([`Store::recover`]).

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::asrun::store::{FILE, Store, StoreError, at_path, beside, heads, lock};
use crate::asrun::verify::verify;
use crate::terms::Origin;

/// A file up to this size is looked through at each start; what is wrong with a longer one is found when it is used, and each day.
const LOOKED_THROUGH: u64 = 32 * 1024 * 1024;

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
    let backup = backups.and_then(|folder| newest(folder, origin));
    if let Some(backup) = &backup {
        restore(backup, dir)?;
    }
    Ok(Some(Rescued { why, set_aside, backup }))
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

/// The newest backup (their names end with their day) that is a good log of this origin.
fn newest(folder: &Path, origin: Origin) -> Option<PathBuf> {
    let ours = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "sqlite3");
    let mut found: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).filter(ours).collect();
    let day = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().chars().rev().take(10).collect::<Vec<_>>());
    found.sort_by_key(|path| day(path).map(|day| day.into_iter().rev().collect::<String>()));
    let good = |path: &PathBuf| {
        Store::read_only(path).is_ok_and(|reader| reader.origin() == origin)
            && verify(path, &[], None).is_ok_and(|verdict| verdict.ok())
    };
    found.into_iter().rev().find(good)
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
