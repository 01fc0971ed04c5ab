//! The door through which every recording comes in: a child process decodes, checks and measures it, and writes its master.
//!
//! Promises: whatever a file is, this process neither blocks on it, nor aborts, nor takes more than a little memory for it, nor decodes any
//! of it. A child ([`child`]) does, which has limits and is shut in; what it cannot decode is decoded by ffmpeg, where that is installed, in
//! a second one. A child that aborts, hangs or is stopped makes the file unfit. At most [`CHILDREN`] recordings are taken in at once, at low
//! priority.
//!
//! A file is taken only from within the folder of recordings ([`within`]): a relative name without `..`, a regular file, no link that leads
//! out.

mod child;
mod within;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::audio::ffmpeg;
use crate::audio::format::{Sniffed, sniff};
use crate::audio::master::MasterHead;
use crate::audio::measure::head;
use crate::audio::preflight::child::Arrival;
use crate::audio::preflight::within::open_within;
use crate::library::facts::FileStamp;
use crate::library::store::{Glance, LibraryStore, Passing, hash_of};
use crate::library::{Library, Recording, Unfit};
use crate::terms::*;

pub use child::{COMMAND, measure_within_limits};

/// Recordings at a time: the station has two cores, and may be on air.
pub const CHILDREN: usize = 2;

/// The longest file: what a WAV header can say.
const LARGEST_BYTES: u64 = 4 << 30;

/// This program, also when its file has been replaced since it was started.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

/// The programs that take recordings in: this one, and ffmpeg for what it cannot decode itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    pub own: PathBuf,
    pub ffmpeg: Option<PathBuf>,
}

impl Programs {
    /// As they are installed now.
    pub fn installed() -> Programs {
        Programs { own: OWN_PROGRAM.into(), ffmpeg: ffmpeg::installed() }
    }
}

/// What is known of each item's recording, measured where it was not yet; with a store that keeps, the masters of the fit ones are in it
/// afterwards.
pub fn scan(folder: &Path, items: &[(ItemId, PathBuf)], store: &LibraryStore, programs: &Programs) -> Library {
    scan_telling(folder, items, store, programs, &|_| {})
}

/// The same, for somebody who waits: `tell` hears how many are known.
pub fn scan_telling(
    folder: &Path,
    items: &[(ItemId, PathBuf)],
    store: &LibraryStore,
    programs: &Programs,
    tell: &(dyn Fn(usize) + Sync),
) -> Library {
    let waiting = Mutex::new(items.iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let measured = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..CHILDREN.min(items.len()) {
            scope.spawn(|| {
                while let Some((id, file)) = next() {
                    let result = find_out(folder, file, store, programs);
                    let mut measured = measured.lock().unwrap_or_else(PoisonError::into_inner);
                    measured.push((id.clone(), result));
                    tell(measured.len());
                }
            });
        }
    });
    store.facts().save();
    Library { items: measured.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect() }
}

/// What one recording is, measured if its content is new; with a store that keeps, its master is whole there afterwards.
///
/// # Errors
/// Why it cannot be aired.
pub fn find_out(folder: &Path, file: &Path, store: &LibraryStore, programs: &Programs) -> Result<Recording, Unfit> {
    if store.keeps() && is_taken_away(folder) {
        return from_store(folder, file, store).ok_or(Unfit::Missing);
    }
    let found = OpenFile::of(folder, file)?;
    match found.facts(store) {
        Some(known) if is_done(&known, store) => known,
        _ => found.measured(store, programs),
    }
}

/// Whether nothing more is to be done about a recording of which this is known.
fn is_done(known: &Result<Recording, Unfit>, store: &LibraryStore) -> bool {
    known.as_ref().map_or(true, |recording| !store.keeps() || store.has(&recording.hash))
}

/// The same without reading a master: one that is gone is made again, one that never was comes in like what is new.
fn is_done_at_sight(known: &Result<Recording, Unfit>, store: &LibraryStore) -> bool {
    known.as_ref().map_or(true, |recording| !store.keeps() || store.is_sealed(&recording.hash))
}

/// What is known of recordings without reading one.
#[derive(Debug, Default)]
pub struct Look {
    /// What airs until more is known: of a file that has changed, what the store had of it last.
    pub library: Library,
    /// Items to be found out about.
    pub unknown: BTreeSet<ItemId>,
    /// Items whose file cannot be taken over, while the last master of it goes on airing.
    pub refused: BTreeMap<ItemId, Unfit>,
    /// Masters in the store that are gone, and those that only reading shows to be whole.
    pub gone: BTreeSet<FileHash>,
    pub unread: BTreeSet<FileHash>,
}

/// Looks at the files, but reads none: this takes a moment, as long as their disk answers.
pub fn look(folder: &Path, items: &[(ItemId, PathBuf)], store: &LibraryStore) -> Look {
    let mut look = Look::default();
    let taken_away = store.keeps() && is_taken_away(folder);
    for (id, file) in items {
        let kept_or = |otherwise| from_store(folder, file, store).ok_or(otherwise);
        let seen = (!taken_away).then(|| OpenFile::of(folder, file).map(|found| found.facts(store)));
        let known = match seen {
            None => kept_or(Unfit::Missing),
            Some(Ok(Some(known))) if is_done_at_sight(&known, store) => known,
            Some(Ok(_)) => {
                look.unknown.insert(id.clone());
                kept_or(Unfit::Unmeasured)
            }
            Some(Err(unfit @ Unfit::Missing)) => Err(unfit),
            Some(Err(unfit)) => kept_or(unfit.clone()).inspect(|_| drop(look.refused.insert(id.clone(), unfit))),
        };
        if let Some(recording) = known.as_ref().ok().filter(|_| store.keeps()) {
            match store.glance(&recording.hash) {
                Glance::Whole => {}
                Glance::Unread => drop(look.unread.insert(recording.hash.clone())),
                // It is planned all the same: its original is there, and a master is made in a moment.
                Glance::Gone => drop(look.gone.insert(recording.hash.clone())),
            }
        }
        look.library.items.insert(id.clone(), known);
    }
    look
}

/// What the store had of each file last, without a look at the files.
pub fn remembered(folder: &Path, items: &[(ItemId, PathBuf)], store: &LibraryStore) -> Library {
    let last = |(id, file): &(ItemId, PathBuf)| (id.clone(), from_store(folder, file, store).ok_or(Unfit::Unmeasured));
    Library { items: items.iter().map(last).collect() }
}

/// The whole folder is gone, or empty: the stick was pulled out. One file that is gone was taken away by somebody, and is missing.
fn is_taken_away(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// What the store kept of a file that cannot be reached, or is not read yet: what is planned goes on.
fn from_store(folder: &Path, file: &Path, store: &LibraryStore) -> Option<Recording> {
    let hash = store.facts().last(&place(folder, file))?;
    store.find(&hash).and_then(|_| store.recording(&hash))
}

/// A file's place by its name alone, whether it is there or not and wherever this process stands.
fn place(folder: &Path, file: &Path) -> PathBuf {
    let whole = std::path::absolute(folder.join(file)).unwrap_or_else(|_| folder.join(file));
    let mut place = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::ParentDir => drop(place.pop()),
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => place.push(part),
        }
    }
    place
}

/// A file of the folder, open.
struct OpenFile {
    path: PathBuf,
    file: File,
    stamp: FileStamp,
    read_at: SystemTime,
}

impl OpenFile {
    fn of(folder: &Path, file: &Path) -> Result<OpenFile, Unfit> {
        let path = place(folder, file);
        let file = open_within(folder, file)?;
        let meta = file.metadata().map_err(|error| Unfit::Unreadable { detail: error.to_string() })?;
        match meta.len() {
            0 => return Err(Unfit::Empty),
            bytes if bytes > LARGEST_BYTES => return Err(Unfit::TooMuch),
            _ => {}
        }
        Ok(OpenFile { path, stamp: FileStamp::of(&meta), file, read_at: SystemTime::now() })
    }

    /// What was measured of it, if it is the file that was seen before.
    fn facts(&self, store: &LibraryStore) -> Option<Result<Recording, Unfit>> {
        store.facts().seen(&self.path, &self.stamp).and_then(|hash| store.facts().of(&hash))
    }

    /// What the file is, measured if its content is new; with a store that keeps, its master is there afterwards.
    fn measured(mut self, store: &LibraryStore, programs: &Programs) -> Result<Recording, Unfit> {
        let unreadable = |error: std::io::Error| Unfit::Unreadable { detail: error.to_string() };
        let format = sniff(&head(&mut self.file).map_err(unreadable)?);
        if let Sniffed::Refused(name) = format
            && (programs.ffmpeg.is_none() || ffmpeg::demuxer(name).is_none())
        {
            return Err(Unfit::Format { format: name.to_owned() });
        }
        let hash = hash_of(&self.file).map_err(unreadable)?;
        let known = store.facts().of(&hash).filter(|known| is_done(known, store));
        let master = if known.is_none() && store.keeps() { Some(store.begin()?) } else { None };
        let (result, lasting) = match known {
            Some(known) => (known, true),
            None => {
                let (file, bytes, master) = (&self.file, self.stamp.bytes, master.as_ref());
                Arrival { file, bytes, format, hash: &hash, master }.take_in(programs)
            }
        };
        if self.file.metadata().map(|meta| FileStamp::of(&meta)).map_err(unreadable)? != self.stamp {
            return Err(Unfit::Changing);
        }
        if let (Ok(recording), Some(master)) = (&result, &master) {
            check(master, recording)?;
            store.admit(master, &hash)?;
        }
        if lasting {
            store.facts().keep(&hash, &result);
        }
        // What is unfit does not take the place of the last that was fit.
        let last = store.facts().last(&self.path).filter(|last| *last != hash && store.find(last).is_some());
        if lasting && (result.is_ok() || last.is_none()) {
            store.facts().saw(&self.path, self.stamp, self.read_at, &hash);
        }
        result
    }
}

/// Holds what the child has written against what it has said: it had to do with a file that nobody knows.
fn check(master: &Passing, recording: &Recording) -> Result<(), Unfit> {
    match MasterHead::of(&master.file) {
        Ok(head) if (head.frames, head.channels) == (recording.frames.count, recording.channels) => Ok(()),
        Ok(_) => Err(Unfit::Unchecked { detail: "the master is not what was measured".to_owned() }),
        Err(error) => Err(Unfit::Unchecked { detail: error.to_string() }),
    }
}
