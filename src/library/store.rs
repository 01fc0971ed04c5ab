//! The store: recordings by content hash in the data folder, `recordings/HASH.EXT`, from which everything is aired.
//!
//! Promises: what stands in the store under a hash had that hash when it was put there, was written through to the disk before it got its
//! name, and is a copy of its own (a link would change with the file it was made from). What is damaged on the disk later is found by its
//! length, and up to [`CHECKED_BYTES`] by its hash, each time it is opened. Nothing is ever removed here.
//!
//! Two kinds: [`LibraryStore::keeping`] is the daemon's, [`LibraryStore::looking`] is for commands that only want to know: it keeps
//! facts where it can, and no recordings.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::files;
use crate::library::facts::{Facts, Stamp, passing_name};
use crate::library::{Recording, Unfit};
use crate::terms::*;

/// Recordings up to this length are hashed anew each time they are opened for air: some milliseconds on the slowest machine.
pub const CHECKED_BYTES: u64 = 16 << 20;

/// The formats that are aired, as file-name endings.
pub const FORMATS: [&str; 7] = ["wav", "mp3", "flac", "ogg", "opus", "m4a", "aac"];

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("recording {0} is not in the store")]
    Missing(FileHash),
    #[error("recording {0} is damaged in the store; put the original file back and reload the plan")]
    Damaged(FileHash),
    #[error("the recording changed while it was being copied")]
    Changed,
    #[error("cannot use {path}: {source}")]
    Io { path: PathBuf, source: io::Error },
}

/// What is known of a copy without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glance {
    /// It is the file that was read last, and unchanged.
    Whole,
    /// It is there and of the right length; whether it is whole only reading it shows.
    Unread,
    /// It is not there, or of another length.
    Gone,
}

#[derive(Debug)]
pub struct LibraryStore {
    folder: PathBuf,
    keeps: bool,
    facts: Facts,
}

impl LibraryStore {
    /// The daemon's store in its data folder.
    ///
    /// # Errors
    /// When the folder of recordings cannot be made.
    pub fn keeping(data: &Path) -> Result<LibraryStore, StoreError> {
        let folder = data.join("recordings");
        fs::create_dir_all(&folder).map_err(|source| StoreError::Io { path: folder.clone(), source })?;
        Ok(LibraryStore { folder, keeps: true, facts: Facts::at(data.join("facts")) })
    }

    /// For commands without a daemon: copies nothing, and never fails.
    pub fn looking(data: &Path) -> LibraryStore {
        LibraryStore { folder: data.join("recordings"), keeps: false, facts: Facts::for_reader(data) }
    }

    /// For a simulation, which sounds nothing: only facts, from the user's cache and not from the simulation's new folder.
    pub fn imagined() -> LibraryStore {
        LibraryStore { folder: PathBuf::new(), keeps: false, facts: Facts::of_user() }
    }

    /// Whether recordings that are found fit are to be kept.
    pub fn keeps(&self) -> bool {
        self.keeps
    }

    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What was measured of a recording in the store.
    pub fn recording(&self, hash: &FileHash) -> Option<Recording> {
        self.facts.latest(hash)
    }

    /// What is known of the copy of a recording without reading it.
    pub fn glance(&self, recording: &Recording) -> Glance {
        let place = self.place(&recording.hash, &recording.format);
        let Ok(meta) = fs::metadata(&place) else { return Glance::Gone };
        let length_is_wrong = self.facts.bytes(&recording.hash).is_some_and(|known| known != meta.len());
        if !meta.is_file() || length_is_wrong {
            return Glance::Gone;
        }
        let known = self.facts.seen(&place, &Stamp::of(&meta)).as_ref() == Some(&recording.hash);
        if known { Glance::Whole } else { Glance::Unread }
    }

    /// Reads the whole copy of a recording, however long it is.
    ///
    /// # Errors
    /// As [`LibraryStore::open`]. After [`StoreError::Damaged`] the next scan copies it anew.
    pub fn read_through(&self, hash: &FileHash) -> Result<(), StoreError> {
        let path = self.find(hash).ok_or_else(|| StoreError::Missing(hash.clone()))?;
        let io = |source| StoreError::Io { path: path.clone(), source };
        let read_at = SystemTime::now();
        let file = File::open(&path).map_err(io)?;
        let stamp = Stamp::of(&file.metadata().map_err(io)?);
        // What cannot be read to its end is as good as damaged: it is put in its place anew.
        if hash_of(&file).is_ok_and(|found| found == *hash) {
            self.facts.saw(&path, stamp, read_at, hash);
            return Ok(());
        }
        self.facts.doubt(&path, hash);
        Err(StoreError::Damaged(hash.clone()))
    }

    /// Opens a recording of the store for air, checked as far as its length allows.
    ///
    /// # Errors
    /// [`StoreError::Missing`] and [`StoreError::Damaged`] as they say; [`StoreError::Io`] when the disk fails.
    pub fn open(&self, hash: &FileHash) -> Result<File, StoreError> {
        let path = self.find(hash).ok_or_else(|| StoreError::Missing(hash.clone()))?;
        let io = |source| StoreError::Io { path: path.clone(), source };
        let file = File::open(&path).map_err(io)?;
        let bytes = file.metadata().map_err(io)?.len();
        let length_is_wrong = self.facts.bytes(hash).is_some_and(|known| known != bytes);
        if length_is_wrong || (bytes <= CHECKED_BYTES && hash_of(&file).map_err(io)? != *hash) {
            return Err(StoreError::Damaged(hash.clone()));
        }
        Ok(file)
    }

    /// Where a recording stands, if it does.
    pub fn find(&self, hash: &FileHash) -> Option<PathBuf> {
        FORMATS.iter().map(|format| self.place(hash, format)).find(|path| path.is_file())
    }

    /// Copies a recording into the store, unless it is there whole, and returns its place.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when the bytes are not those that were measured; [`StoreError::Io`] when the disk is full or fails.
    pub fn admit(&self, file: &File, recording: &Recording) -> Result<PathBuf, StoreError> {
        let place = self.place(&recording.hash, &recording.format);
        if self.stands(&place, &recording.hash) {
            return Ok(place);
        }
        if place.is_dir() {
            // A file cannot take the place of a folder; where it cannot be renamed the copy fails, and says so.
            let _ = files::set_aside(&place, files::IN_THE_WAY);
        }
        let passing = self.folder.join(passing_name());
        let copied = self.copy(file, &passing, &recording.hash);
        let placed = copied.and_then(|()| {
            let renamed = fs::rename(&passing, &place).and_then(|()| File::open(&self.folder)?.sync_all());
            renamed.map_err(|source| StoreError::Io { path: place.clone(), source })
        });
        if placed.is_err() {
            let _ = fs::remove_file(&passing);
        }
        placed.map(|()| place)
    }

    pub fn place(&self, hash: &FileHash, format: &str) -> PathBuf {
        self.folder.join(format!("{hash}.{format}"))
    }

    /// Whether the whole content stands at `place`: by its stamp if it was read before, else by reading it.
    fn stands(&self, place: &Path, hash: &FileHash) -> bool {
        let read_at = SystemTime::now();
        let Ok(file) = files::open(place) else { return false };
        let Ok(meta) = file.metadata() else { return false };
        let stamp = Stamp::of(&meta);
        if self.facts.seen(place, &stamp).as_ref() == Some(hash) {
            return true;
        }
        let whole = hash_of(&file).is_ok_and(|found| found == *hash);
        if whole {
            self.facts.saw(place, stamp, read_at, hash);
        }
        whole
    }

    fn copy(&self, from: &File, to: &Path, hash: &FileHash) -> Result<(), StoreError> {
        let io = |source| StoreError::Io { path: to.to_owned(), source };
        let mut copy = File::create_new(to).map_err(io)?;
        let copied = digest(from, |bytes| copy.write_all(bytes)).map_err(io)?;
        if copied != *hash {
            return Err(StoreError::Changed);
        }
        copy.sync_all().map_err(io)
    }
}

/// What a store that fails means for the recording that should have gone there.
impl From<StoreError> for Unfit {
    fn from(error: StoreError) -> Unfit {
        match error {
            StoreError::Missing(_) => Unfit::Missing,
            StoreError::Damaged(_) => Unfit::Unreadable { detail: error.to_string() },
            StoreError::Changed => Unfit::Changing,
            StoreError::Io { .. } => Unfit::Unchecked { detail: error.to_string() },
        }
    }
}

/// SHA-256 of a whole file, from its start wherever it stands; it stands at its start afterwards.
///
/// # Errors
/// When the file cannot be read.
pub fn hash_of(file: &File) -> io::Result<FileHash> {
    digest(file, |_| Ok(()))
}

fn digest(mut file: &File, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<FileHash> {
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; 256 << 10];
    loop {
        let count = match file.read(&mut block) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if count == 0 {
            break;
        }
        hasher.update(&block[..count]);
        each(&block[..count])?;
    }
    file.seek(SeekFrom::Start(0))?;
    let hex: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(FileHash::new(hex))
}
