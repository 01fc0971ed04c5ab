//! A log that cannot be used when the station starts is set aside, never removed; the newest backup takes its place, or a new log begins.
//! Either way the station airs on, and a `gap` row says what happened ([`Store::recover`]).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::asrun::chain::Head;
use crate::asrun::row::stamp;
use crate::asrun::store::{FILE, LogError, Past, Query, Reader, Store, at_path, beside, heads, take, trace};
use crate::terms::*;

/// A file up to this size is looked through at each start; what is wrong with a longer one is found when it is used, and each day.
const LOOKED_THROUGH: u64 = 32 * 1024 * 1024;

/// So many of a backup's last rows are looked at before it takes the log's place: a hundred days as a rule.
const LOOKED_AT: u64 = 10_000;

/// The least that a disk must take to pass for one that can be written to.
const LEAST: usize = 1 << 20;

/// Which log is opened, and what it may go on from.
#[derive(Clone, Debug)]
pub struct LogPlace {
    pub dir: PathBuf,
    pub origin: Origin,
    pub tz: TimeZone,
    /// The station's code; empty when no plan says it.
    pub station: Arc<str>,
    /// The folder of backups.
    pub backups: Option<PathBuf>,
}

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

/// A log that is open, whatever it took, and what it says of the past.
#[derive(Debug)]
pub struct OpenedLog {
    pub store: Store,
    pub past: Past,
    pub rescued: Option<Rescued>,
}

/// Opens the log and finds out what happened before. Any error of reading the file is damage: it is set aside first, or as soon as the
/// damage shows. One that nothing can be written to, because the disk is full or read-only, is read ([`Store::held`]).
///
/// # Errors
/// [`LogError::InUse`], [`LogError::OtherOrigin`], [`LogError::Newer`], and those of a disk that takes no new log either.
pub fn open(place: &LogPlace, now: Wall) -> Result<OpenedLog, LogError> {
    let lock = take(&place.dir)?;
    // Before anything of this start lies there. A rehearsal measures its recordings first, and has no earlier life to lose.
    let left = || trace::of_a_life(&place.dir) || place.backups.as_deref().is_some_and(trace::in_backups);
    let lived = place.origin == Origin::Live && left();
    let rescued = ailment(&place.dir, lived).map(|why| rescue(place, now, why)).transpose()?;
    open_from(&lock, place, now, lived, rescued)
}

/// Opens what lies in the log's place now, and sets it aside if it is no good either.
pub(super) fn open_from(
    lock: &File,
    place: &LogPlace,
    now: Wall,
    lived: bool,
    mut rescued: Option<Rescued>,
) -> Result<OpenedLog, LogError> {
    let mut again = true;
    loop {
        let error = match try_open(lock, place, now, lived, rescued.clone()) {
            Ok((store, past)) => return Ok(OpenedLog { store, past, rescued }),
            Err(error) => error,
        };
        if std::mem::take(&mut again) && error.is_of_the_disk() {
            // It may have been mended in this moment.
            continue;
        }
        rescued = match (damage(&error, &place.dir), rescued) {
            (Some(why), None) => Some(rescue(place, now, why)?),
            // Each try has one backup less, and a new log is good.
            (Some(_), Some(before)) if before.backup.is_some() => Some(try_older(place, before)?),
            (Some(_) | None, _) => return Err(error),
        };
    }
}

fn try_open(lock: &File, place: &LogPlace, now: Wall, lived: bool, rescued: Option<Rescued>) -> Result<(Store, Past), LogError> {
    let mut store = Store::open_or_hold(lock, place, lived)?;
    if let Some(rescued) = rescued {
        tracing::error!(why = rescued.why, set_aside = rescued.set_aside, "the log was damaged");
        store.was_rescued(rescued);
    }
    let past = store.recover(place.station.clone(), now)?;
    Ok((store, past))
}

/// What is wrong with the file, if it is not the disk that keeps it from being read: a disk that takes other files is no excuse.
pub(super) fn damage(error: &LogError, dir: &Path) -> Option<String> {
    let no_excuse = || error.is_of_the_disk() && !error.is_full() && takes_writes(dir);
    error.damage().or_else(|| no_excuse().then(|| in_full(error)))
}

/// Whether the disk takes more than a log needs to be opened.
fn takes_writes(dir: &Path) -> bool {
    let tried = dir.join(format!("{FILE}.half"));
    let taken = fs::write(&tried, vec![0; LEAST]).and_then(|()| File::open(&tried)?.sync_all()).is_ok();
    let _ = fs::remove_file(&tried);
    taken
}

/// Sets the file aside and lets the newest backup take its place.
fn rescue(place: &LogPlace, now: Wall, why: String) -> Result<Rescued, LogError> {
    let set_aside = set_aside(place, now)?;
    Ok(Rescued { why, set_aside, backup: put_back(place, None) })
}

/// The backup that took the log's place is no good either: the one before it does, or a new log begins.
fn try_older(place: &LogPlace, rescued: Rescued) -> Result<Rescued, LogError> {
    let file = place.dir.join(FILE);
    // It is a copy, and what it was made from stays where it is.
    for ending in ["", "-wal", "-shm"] {
        match fs::remove_file(beside(&file, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(at_path(&file)(error)),
            Ok(()) | Err(_) => {}
        }
    }
    let backup = put_back(place, rescued.backup.as_deref());
    Ok(Rescued { backup, ..rescued })
}

/// Puts the newest backup, or the newest before another, in the log's place; one that cannot be copied gives way to the one before it.
pub(super) fn put_back(place: &LogPlace, before: Option<&Path>) -> Option<PathBuf> {
    let backups = good_backups(place.backups.as_deref()?, place, before);
    backups.into_iter().find(|backup| restore(backup, &place.dir).is_ok())
}

/// What makes the log unusable; `None` also for what is no damage of the file (a newer form), and where none is missing because no station
/// has `lived` here.
fn ailment(dir: &Path, lived: bool) -> Option<String> {
    let file = dir.join(FILE);
    let length = match fs::metadata(&file) {
        Ok(meta) if !meta.is_file() => return Some("it is no file".to_owned()),
        Ok(meta) => meta.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return lived.then(|| "the file is gone".to_owned()),
        Err(error) => return Some(error.to_string()),
    };
    if length == 0 {
        return lived.then(|| "the file is empty".to_owned());
    }
    match Store::read_only(dir) {
        Ok(reader) if length <= LOOKED_THROUGH => match reader.is_sound() {
            Ok(wrong) => wrong,
            Err(error) => damage(&error, dir),
        },
        Ok(_) => None,
        Err(LogError::NoLog(_)) => lived.then(|| "there is no log in the file".to_owned()),
        Err(error) => damage(&error, dir),
    }
}

/// Renames what lies in the log's place, and what belongs to it.
pub(super) fn set_aside(place: &LogPlace, now: Wall) -> Result<Option<String>, LogError> {
    let (dir, file) = (&place.dir, place.dir.join(FILE));
    let stamp: String = stamp(now.floor_ms(), &place.tz).chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    let name = |n: u32| if n == 1 { format!("{FILE}.damaged-{stamp}") } else { format!("{FILE}.damaged-{stamp}-{n}") };
    let is_free =
        |name: &String| ["", "-wal", "-shm"].iter().all(|end| fs::symlink_metadata(dir.join(format!("{name}{end}"))).is_err());
    let Some(name) = (1..1000).map(name).find(is_free) else { return Ok(None) };
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

/// The backups (their names end with their day), the newest first, that are logs of this station and origin and end as they should. Each is
/// looked at when it is asked for.
fn good_backups<'a>(folder: &Path, place: &'a LogPlace, before: Option<&Path>) -> impl IntoIterator<Item = PathBuf> + use<'a> {
    let ours = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "sqlite3");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(ours).collect();
    let day = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().chars().rev().take(10).collect::<Vec<_>>());
    let key = |path: &Path| (day(path).map(|day| day.into_iter().rev().collect::<String>()), path.to_owned());
    found.retain(|path| before.is_none_or(|before| key(path) < key(before)));
    found.sort_by_key(|path| key(path));
    let good = move |path: &PathBuf| {
        Store::read_only(path)
            .is_ok_and(|reader| reader.origin() == place.origin && is_good(path, &reader, place).unwrap_or(false))
    };
    found.into_iter().rev().filter(good)
}

fn is_good(path: &Path, reader: &Reader, place: &LogPlace) -> Result<bool, LogError> {
    // A stick may carry the backups of several stations.
    let station = reader.newest(Kind::Start, |_| true)?.map(|row| row.station);
    let ours = station.is_none_or(|station| station == place.station || place.station.is_empty());
    Ok(ours && ends_well(path, reader)?)
}

/// Whether the file is as long as it says, the last row is the one that was written down beside it, and the last rows follow from each
/// other. The station is silent meanwhile, and many years take seconds to verify: that is done beside the air, once it is restored.
fn ends_well(file: &Path, reader: &Reader) -> Result<bool, LogError> {
    let head = reader.head()?;
    let lodged = heads::read(file)?.into_iter().rev().find_map(|line| line.head.ok());
    if lodged.is_some_and(|lodged| lodged != head) || fs::metadata(file).map_err(at_path(file))?.len() != reader.length()? {
        return Ok(false);
    }
    let since = i64::try_from(head.seq.saturating_sub(LOOKED_AT)).ok();
    let mut before: Option<Head> = None;
    let mut follow = true;
    reader.each(&Query { since, ..Query::default() }, |row| -> Result<bool, LogError> {
        let here = row.hash.parse().ok().map(|hash| Head { seq: row.seq, hash });
        follow = here.is_some() && before.is_none_or(|before| Some(before.next(row.text)) == here);
        before = here;
        Ok(follow)
    })?;
    Ok(follow)
}

fn restore(backup: &Path, dir: &Path) -> std::io::Result<()> {
    let half = dir.join(format!("{FILE}.half"));
    let restored = fs::copy(backup, &half).and_then(|_| put_in_place(&half, dir));
    if restored.is_err() {
        let _ = fs::remove_file(&half);
    }
    restored
}

/// Gives a whole file the log's name.
pub(super) fn put_in_place(half: &Path, dir: &Path) -> std::io::Result<()> {
    File::open(half)?.sync_all()?;
    fs::rename(half, dir.join(FILE))?;
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests;
