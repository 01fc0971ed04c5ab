//! What was measured, kept so that it is measured once: one small file per content, and one list of the files that were seen.
//!
//! Promises: whatever stands in these files, torn, old or foreign, is believed only if it is whole and about the very content; what
//! another version measured is measured again, and airs until that is done. Several processes may use a folder at once: files only ever appear whole, by rename.
//! Nothing here fails: facts that cannot be kept are measured again next time.
//!
//! A file is taken for the one that was seen when device, inode, size, mtime and ctime are the same and both times were well past when it
//! was read (the clock of a file system is coarse). What this cannot see: a rewrite of equal size on a file system without real ctimes
//! (FAT) whose mtime was then set back by hand.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::library::{Recording, Unfit};
use crate::terms::*;

/// Changes when a decoder, the measuring or the written form does: what was measured by another is measured again.
const VERSION: &str = concat!("9 ", env!("CARGO_PKG_VERSION"));

/// How long a file must have lain unchanged when it was read for its times to be believed: FAT counts mtimes in two seconds.
const STILL_FOR: Duration = Duration::from_secs(3);

/// As many files as any station has; past this the list forgets those that were not asked for.
const MOST_SEEN: usize = 20_000;

/// What identifies a file's content without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStamp {
    pub device: u64,
    pub inode: u64,
    pub bytes: u64,
    pub modified_ns: i128,
    pub changed_ns: i128,
}

impl FileStamp {
    pub fn of(meta: &Metadata) -> FileStamp {
        let ns = |secs: i64, nanos: i64| i128::from(secs) * 1_000_000_000 + i128::from(nanos);
        FileStamp {
            device: meta.dev(),
            inode: meta.ino(),
            bytes: meta.size(),
            modified_ns: ns(meta.mtime(), meta.mtime_nsec()),
            changed_ns: ns(meta.ctime(), meta.ctime_nsec()),
        }
    }

    /// Whether the file had lain unchanged long enough before `read_at`.
    pub fn was_still(&self, read_at: SystemTime) -> bool {
        let read_ns = read_at.duration_since(UNIX_EPOCH).map_or(0, |d| i128::try_from(d.as_nanos()).unwrap_or(0));
        let limit = read_ns - i128::try_from(STILL_FOR.as_nanos()).unwrap_or(0);
        self.modified_ns < limit && self.changed_ns < limit
    }
}

#[derive(Serialize, Deserialize)]
struct KeptFacts {
    version: String,
    hash: FileHash,
    measured: Result<Recording, Unfit>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Seen {
    /// `None` when its times say nothing yet: it was written shortly before it was read.
    stamp: Option<FileStamp>,
    hash: FileHash,
}

/// Whoever wrote it: a file and its hash are the same for every version.
#[derive(Default, Serialize, Deserialize)]
struct SeenList {
    files: BTreeMap<String, Seen>,
}

/// The facts of one folder, or of none.
#[derive(Debug)]
pub struct Facts {
    folder: Option<PathBuf>,
    seen: Mutex<SeenFiles>,
}

#[derive(Debug, Default)]
struct SeenFiles {
    known: BTreeMap<String, Seen>,
    /// Learnt or asked for since the list was read.
    used: BTreeMap<String, Seen>,
    changed: bool,
}

impl Facts {
    /// Facts kept in `folder`, which is made if it can be.
    pub fn at(folder: PathBuf) -> Facts {
        let usable = make_private(&folder).then_some(folder);
        let known = usable.as_deref().map(read_seen).unwrap_or_default();
        Facts { folder: usable, seen: Mutex::new(SeenFiles { known, ..SeenFiles::default() }) }
    }

    /// For a command that only looks: the data folder's facts if that folder is there and may be written, else the user's cache, else a
    /// private folder among the temporary files, else none.
    pub fn for_reader(data: &Path) -> Facts {
        let own = data.join("facts");
        if data.is_dir() && may_write(&own) { Facts::at(own) } else { Facts::of_user() }
    }

    /// The user's cache, else a private folder among the temporary files, else none.
    pub fn of_user() -> Facts {
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
        let cached = cache.map(|c| c.join("loaxa/facts"));
        let user = rustix::process::getuid().as_raw();
        let passing = Some(std::env::temp_dir().join(format!("loaxa-facts-{user}")));
        [cached, passing]
            .into_iter()
            .flatten()
            .find(|f| may_write(f))
            .map_or_else(|| Facts { folder: None, seen: Mutex::default() }, Facts::at)
    }

    /// What was measured of this content, by this version.
    pub fn of(&self, hash: &FileHash) -> Option<Result<Recording, Unfit>> {
        self.kept(hash).filter(|kept| kept.version == VERSION).map(|kept| kept.measured)
    }

    /// What was measured of it last, by whatever version: good enough to air by until it is measured anew.
    pub fn latest(&self, hash: &FileHash) -> Option<Recording> {
        self.kept(hash)?.measured.ok()
    }

    fn kept(&self, hash: &FileHash) -> Option<KeptFacts> {
        let kept: KeptFacts = read(&self.folder.as_ref()?.join(format!("{hash}.json")))?;
        let about_it = kept.measured.as_ref().map_or(true, |recording| recording.hash == *hash);
        (kept.hash == *hash && about_it).then_some(kept)
    }

    /// Keeps what was measured.
    pub fn keep(&self, hash: &FileHash, measured: &Result<Recording, Unfit>) {
        let Some(folder) = &self.folder else { return };
        let kept = KeptFacts { version: VERSION.to_owned(), hash: hash.clone(), measured: measured.clone() };
        if let Ok(text) = serde_json::to_vec(&kept) {
            let _ = replace(folder, &format!("{hash}.json"), &text);
        }
    }

    /// The content of a file that was seen before and has not changed since.
    pub fn seen(&self, path: &Path, stamp: &FileStamp) -> Option<FileHash> {
        let mut listed = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let key = path.to_str()?;
        let known = listed.used.get(key).or_else(|| listed.known.get(key)).filter(|known| known.stamp == Some(*stamp))?.clone();
        listed.used.insert(key.to_owned(), known.clone());
        Some(known.hash)
    }

    /// The content that a file had when it was last read, whatever it has now.
    pub fn last(&self, path: &Path) -> Option<FileHash> {
        let listed = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let key = path.to_str()?;
        listed.used.get(key).or_else(|| listed.known.get(key)).map(|known| known.hash.clone())
    }

    /// Remembers a file's content, and its stamp if it had lain still long enough for its times to say something.
    pub fn saw(&self, path: &Path, stamp: FileStamp, read_at: SystemTime, hash: &FileHash) {
        let Some(key) = path.to_str() else { return };
        let mut listed = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let seen = Seen { stamp: stamp.was_still(read_at).then_some(stamp), hash: hash.clone() };
        listed.used.insert(key.to_owned(), seen);
        listed.changed = true;
    }

    /// Believes nothing of a file any more but what content it should have.
    pub fn doubt(&self, path: &Path, hash: &FileHash) {
        let Some(key) = path.to_str() else { return };
        let mut listed = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        listed.used.insert(key.to_owned(), Seen { stamp: None, hash: hash.clone() });
        listed.changed = true;
    }

    /// Writes the list of seen files, if it has changed, over what others may have written meanwhile.
    pub fn save(&self) {
        let Some(folder) = &self.folder else { return };
        let Some(used) = self.changed() else { return };
        let mut files = read_seen(folder);
        if files.len() > MOST_SEEN {
            files.clear();
        }
        files.extend(used);
        if let Ok(text) = serde_json::to_vec(&SeenList { files }) {
            let _ = replace(folder, "seen.json", &text);
        }
    }

    /// What was learnt or asked for, if anything has changed since this was asked last: nobody waits for a file that is written.
    fn changed(&self) -> Option<BTreeMap<String, Seen>> {
        let mut listed = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        std::mem::take(&mut listed.changed).then(|| listed.used.clone())
    }
}

fn read_seen(folder: &Path) -> BTreeMap<String, Seen> {
    read::<SeenList>(&folder.join("seen.json")).unwrap_or_default().files
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_reader(BufReader::new(files::open(path).ok()?)).ok()
}

/// Makes a folder that only its user can enter, and says whether there is one that nobody else owns.
fn make_private(folder: &Path) -> bool {
    let _ = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    let own = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_dir() && (meta.uid() == own || own == 0))
}

fn may_write(folder: &Path) -> bool {
    make_private(folder) && rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_ok()
}

/// Puts a whole file in the place of another.
fn replace(folder: &Path, name: &str, text: &[u8]) -> std::io::Result<()> {
    let passing = folder.join(passing_name());
    let written = File::create_new(&passing).and_then(|mut file| file.write_all(text));
    let placed = written.and_then(|()| fs::rename(&passing, folder.join(name)));
    if placed.is_err() {
        let _ = fs::remove_file(&passing);
    }
    placed
}

/// How names of files begin that are being written; the process's id follows.
pub(super) const PASSING: &str = ".passing-";

/// A name that no other process or thread uses.
pub(super) fn passing_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos());
    format!("{PASSING}{}-{}-{now}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
