//! The store: a master for each content in the data folder, `recordings/HASH.flac`, from which everything is aired. The hash is that of the
//! file that was handed in; the original itself stays where it is and is not kept here a second time: only masters air, and a new one can
//! be made as long as the original is there.
//!
//! Promises: what stands in the store was written through to the disk before it got its name, and is a copy of its own (a link would
//! change with the file it was made from). Its seal, `HASH.seal`, says its length and its own hash: what is damaged on the disk later is
//! found by its length, and up to [`CHECKED_BYTES`] by its hash, each time it is opened. Nothing that is whole is ever removed here.
//!
//! Two kinds: [`LibraryStore::keeping`] is the daemon's, [`LibraryStore::looking`] is for commands that only want to know: it keeps
//! facts where it can, and no masters.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files;
use crate::library::facts::{Facts, FileStamp, PASSING, passing_name};
use crate::library::{Recording, Unfit};
use crate::terms::*;

/// Masters up to this length are hashed anew each time they are opened for air: some milliseconds on the slowest machine.
pub const CHECKED_BYTES: u64 = 16 << 20;

/// So much of the disk is left for everything else, a tenth of a smaller one: the log must never find it full of sound.
const LEFT_BYTES: u64 = 64 << 20;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the master of recording {0} is not in the store")]
    Missing(FileHash),
    #[error("the master of recording {0} is damaged; put the original file back and reload the plan")]
    Damaged(FileHash),
    #[error("cannot use {path}: {source}")]
    Io { path: PathBuf, source: io::Error },
}

/// What is known of a master without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glance {
    /// It is the file that was read last, and unchanged.
    Whole,
    /// It is there and of the right length; whether it is whole only reading it shows.
    Unread,
    /// It is not there, or of another length.
    Gone,
}

/// What a master was when it was put in its place.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Seal {
    bytes: u64,
    sha256: FileHash,
}

/// A master that is being written: it goes with this value, unless it was given its place.
#[derive(Debug)]
pub struct Passing {
    path: PathBuf,
    pub file: File,
    /// How long it may become.
    pub room: u64,
}

impl Drop for Passing {
    fn drop(&mut self) {
        // What was given its place is not here any more.
        let _ = fs::remove_file(&self.path);
    }
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
        clear_left_over(&folder);
        Ok(LibraryStore { folder, keeps: true, facts: Facts::at(data.join("facts")) })
    }

    /// For commands without a daemon: keeps no masters, and never fails.
    pub fn looking(data: &Path) -> LibraryStore {
        LibraryStore { folder: data.join("recordings"), keeps: false, facts: Facts::for_reader(data) }
    }

    /// For a simulation, which sounds nothing: only facts, from the user's cache and not from the simulation's new folder.
    pub fn imagined() -> LibraryStore {
        LibraryStore { folder: PathBuf::new(), keeps: false, facts: Facts::of_user() }
    }

    /// Whether masters of what is found fit are to be kept.
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

    /// What is known of a master without reading it.
    pub fn glance(&self, hash: &FileHash) -> Glance {
        let place = self.place(hash);
        let (Ok(meta), Some(seal)) = (fs::metadata(&place), self.seal(hash)) else { return Glance::Gone };
        if !meta.is_file() || seal.bytes != meta.len() {
            return Glance::Gone;
        }
        let known = self.facts.seen(&place, &FileStamp::of(&meta)).as_ref() == Some(hash);
        if known { Glance::Whole } else { Glance::Unread }
    }

    /// Whether there ever was a master of a recording: another command may have measured it, and keeps none.
    pub fn is_sealed(&self, hash: &FileHash) -> bool {
        self.seal(hash).is_some()
    }

    /// Reads a whole master, however long it is.
    ///
    /// # Errors
    /// As [`LibraryStore::open`]. After [`StoreError::Damaged`] the next scan makes it anew.
    pub fn read_through(&self, hash: &FileHash) -> Result<(), StoreError> {
        let path = self.find(hash).ok_or_else(|| StoreError::Missing(hash.clone()))?;
        if self.is_whole(hash) {
            return Ok(());
        }
        self.facts.doubt(&path, hash);
        Err(StoreError::Damaged(hash.clone()))
    }

    /// Opens a master for air, checked as far as its length allows.
    ///
    /// # Errors
    /// [`StoreError::Missing`] and [`StoreError::Damaged`] as they say; [`StoreError::Io`] when the disk fails.
    pub fn open(&self, hash: &FileHash) -> Result<File, StoreError> {
        let path = self.find(hash).ok_or_else(|| StoreError::Missing(hash.clone()))?;
        let io = |source| StoreError::Io { path: path.clone(), source };
        let seal = self.seal(hash).ok_or_else(|| StoreError::Damaged(hash.clone()))?;
        let file = File::open(&path).map_err(io)?;
        let bytes = file.metadata().map_err(io)?.len();
        if seal.bytes != bytes || (bytes <= CHECKED_BYTES && hash_of(&file).map_err(io)? != seal.sha256) {
            return Err(StoreError::Damaged(hash.clone()));
        }
        Ok(file)
    }

    /// Where a recording's master stands, if it does.
    pub fn find(&self, hash: &FileHash) -> Option<PathBuf> {
        Some(self.place(hash)).filter(|path| path.is_file())
    }

    /// A new file for a master. A folder that somebody has removed under the running station is made again.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn begin(&self) -> Result<Passing, StoreError> {
        fs::create_dir_all(&self.folder).map_err(|source| StoreError::Io { path: self.folder.clone(), source })?;
        let path = self.folder.join(passing_name());
        match File::options().read(true).write(true).create_new(true).open(&path) {
            Ok(file) => Ok(Passing { path, file, room: self.room()? }),
            Err(source) => Err(StoreError::Io { path, source }),
        }
    }

    /// Gives a master its place, and its seal.
    ///
    /// # Errors
    /// When the disk is full or fails; what stood there before stands there still.
    pub fn admit(&self, master: &Passing, hash: &FileHash) -> Result<(), StoreError> {
        let place = self.place(hash);
        if place.is_dir() {
            // A file cannot take the place of a folder; where it cannot be renamed the rename fails, and says so.
            let _ = files::set_aside(&place, files::IN_THE_WAY);
        }
        let io = |source| StoreError::Io { path: place.clone(), source };
        master.file.sync_all().map_err(io)?;
        let seal = Seal { bytes: master.file.metadata().map_err(io)?.len(), sha256: hash_of(&master.file).map_err(io)? };
        let mut sealed = self.begin()?;
        sealed.file.write_all(&serde_json::to_vec(&seal).map_err(|error| io(error.into()))?).map_err(io)?;
        sealed.file.sync_all().map_err(io)?;
        // What a power cut leaves between the two does not fit together, counts as damaged, and is made anew.
        fs::rename(&master.path, &place).and_then(|()| fs::rename(&sealed.path, self.seal_place(hash))).map_err(io)?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(io)
    }

    pub fn place(&self, hash: &FileHash) -> PathBuf {
        self.folder.join(format!("{hash}.flac"))
    }

    /// Whether a whole master stands in its place: by its stamp if it was read before, else by reading it.
    pub fn has(&self, hash: &FileHash) -> bool {
        match self.glance(hash) {
            Glance::Whole => true,
            Glance::Unread => self.is_whole(hash),
            Glance::Gone => false,
        }
    }

    fn room(&self) -> Result<u64, StoreError> {
        let stat = rustix::fs::statvfs(&self.folder);
        let stat = stat.map_err(|errno| StoreError::Io { path: self.folder.clone(), source: errno.into() })?;
        let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
        Ok(bytes(stat.f_bavail).saturating_sub(LEFT_BYTES.min(bytes(stat.f_blocks) / 10)))
    }

    fn seal_place(&self, hash: &FileHash) -> PathBuf {
        self.folder.join(format!("{hash}.seal"))
    }

    fn seal(&self, hash: &FileHash) -> Option<Seal> {
        serde_json::from_reader(files::open(&self.seal_place(hash)).ok()?.take(1 << 10)).ok()
    }

    /// Reads a master. What cannot be read to its end is as good as damaged: it is made anew.
    fn is_whole(&self, hash: &FileHash) -> bool {
        let (place, read_at) = (self.place(hash), SystemTime::now());
        let Some(seal) = self.seal(hash) else { return false };
        let Ok(file) = files::open(&place) else { return false };
        let Ok(meta) = file.metadata() else { return false };
        let whole = hash_of(&file).is_ok_and(|found| found == seal.sha256);
        if whole {
            self.facts.saw(&place, FileStamp::of(&meta), read_at, hash);
        }
        whole
    }
}

/// Takes away what a process that is no more had begun to write: a master is large.
fn clear_left_over(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let writer = name.to_str().and_then(|name| name.strip_prefix(PASSING)?.split('-').next()?.parse::<u32>().ok());
        if writer.is_some_and(|id| id != std::process::id() && !Path::new(&format!("/proc/{id}")).exists()) {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What a store that fails means for the recording that should have gone there.
impl From<StoreError> for Unfit {
    fn from(error: StoreError) -> Unfit {
        match error {
            StoreError::Missing(_) => Unfit::Missing,
            StoreError::Damaged(_) => Unfit::Unreadable { detail: error.to_string() },
            StoreError::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => Unfit::NoRoom,
            StoreError::Io { .. } => Unfit::Unchecked { detail: error.to_string() },
        }
    }
}

/// SHA-256 of a whole file, from its start wherever it stands; it stands at its start afterwards.
///
/// # Errors
/// When the file cannot be read.
pub fn hash_of(mut file: &File) -> io::Result<FileHash> {
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
    }
    file.seek(SeekFrom::Start(0))?;
    let hex: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(FileHash::new(hex))
}
