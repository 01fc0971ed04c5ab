//! The door through which every recording comes in: a child process decodes, checks and measures it, and writes its master.
//!
//! Promises: whatever a file is, this process neither blocks on it, nor aborts, nor takes more than a little memory for it, nor decodes any
//! of it. The child is our own program with a hidden command; it limits its own memory, processor time and the length of what it writes, shuts itself in,
//! reads the file on its standard input, writes the master to its standard output, and says one line of JSON on its standard error. A child
//! that aborts, hangs or is stopped makes the file unfit. At most [`CHILDREN`] run at once, at low priority.
//!
//! A file is taken only from within the folder of recordings: a relative name without `..`, a regular file, no link that leads out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, Signal};
use unicode_normalization::UnicodeNormalization;

use crate::audio::format::{Sniffed, sniff};
use crate::audio::master::MasterHead;
use crate::audio::measure::{head, take_in};
use crate::audio::sandbox::Sandbox;
use crate::library::facts::FileStamp;
use crate::library::store::{Glance, LibraryStore, Passing, hash_of};
use crate::library::{Damage, Library, Recording, Unfit};
use crate::terms::*;

/// Children at a time: the station has two cores, and may be on air.
pub const CHILDREN: usize = 2;

/// Address space of a child. A decoder takes a few megabytes; a header that claims gigabytes ends here.
const MEMORY_BYTES: u64 = 512 << 20;

/// The longest file: what a WAV header can say.
const LARGEST_BYTES: u64 = 4 << 30;

/// The longest master: twelve hours of a pair that cannot be packed. They are written into the room that there is.
const LARGEST_MASTER_BYTES: u64 = 9 << 30;

/// The child's answer is one short line.
const ANSWER_BYTES: u64 = 64 << 10;

/// The name of the hidden command.
pub const COMMAND: &str = "__measure";

/// This program, also when its file has been replaced since it was started.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

/// What is known of each item's recording, measured where it was not yet; with a store that keeps, the masters of the fit ones are in it
/// afterwards.
/// `exe` is this program ([`OWN_PROGRAM`]), or in a test the one that was built.
pub fn scan(folder: &Path, items: &[(ItemId, PathBuf)], store: &LibraryStore, exe: &Path) -> Library {
    let waiting = Mutex::new(items.iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let measured = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..CHILDREN.min(items.len()) {
            scope.spawn(|| {
                while let Some((id, file)) = next() {
                    let result = find_out(folder, file, store, exe);
                    measured.lock().unwrap_or_else(PoisonError::into_inner).push((id.clone(), result));
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
pub fn find_out(folder: &Path, file: &Path, store: &LibraryStore, exe: &Path) -> Result<Recording, Unfit> {
    if store.keeps() && is_taken_away(folder) {
        return from_store(folder, file, store).ok_or(Unfit::Missing);
    }
    let found = Found::of(folder, file)?;
    match found.facts(store) {
        Some(known) if is_settled(&known, store) => known,
        _ => found.measured(store, exe),
    }
}

/// Whether nothing more is to be done about a recording of which this is known.
fn is_settled(known: &Result<Recording, Unfit>, store: &LibraryStore) -> bool {
    known.as_ref().map_or(true, |recording| !store.keeps() || store.has(&recording.hash))
}

/// The same without reading a master: one that is gone is made again, one that never was comes in like what is new.
fn is_settled_at_sight(known: &Result<Recording, Unfit>, store: &LibraryStore) -> bool {
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
        let seen = (!taken_away).then(|| Found::of(folder, file).map(|found| found.facts(store)));
        let known = match seen {
            None => kept_or(Unfit::Missing),
            Some(Ok(Some(known))) if is_settled_at_sight(&known, store) => known,
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
struct Found {
    path: PathBuf,
    file: File,
    stamp: FileStamp,
    read_at: SystemTime,
}

impl Found {
    fn of(folder: &Path, file: &Path) -> Result<Found, Unfit> {
        let path = place(folder, file);
        let file = open_within(folder, file)?;
        let meta = file.metadata().map_err(|error| Unfit::Unreadable { detail: error.to_string() })?;
        match meta.len() {
            0 => return Err(Unfit::Empty),
            bytes if bytes > LARGEST_BYTES => return Err(Unfit::TooMuch),
            _ => {}
        }
        Ok(Found { path, stamp: FileStamp::of(&meta), file, read_at: SystemTime::now() })
    }

    /// What was measured of it, if it is the file that was seen before.
    fn facts(&self, store: &LibraryStore) -> Option<Result<Recording, Unfit>> {
        store.facts().seen(&self.path, &self.stamp).and_then(|hash| store.facts().of(&hash))
    }

    /// What the file is, measured if its content is new; with a store that keeps, its master is there afterwards.
    fn measured(mut self, store: &LibraryStore, exe: &Path) -> Result<Recording, Unfit> {
        let unreadable = |error: std::io::Error| Unfit::Unreadable { detail: error.to_string() };
        if let Sniffed::Refused(format) = sniff(&head(&mut self.file).map_err(unreadable)?) {
            return Err(Unfit::Format { format: format.to_owned() });
        }
        let hash = hash_of(&self.file).map_err(unreadable)?;
        let known = store.facts().of(&hash).filter(|known| is_settled(known, store));
        let master = if known.is_none() && store.keeps() { Some(store.begin()?) } else { None };
        let (result, lasting) = match known {
            Some(known) => (known, true),
            None => self.in_child(exe, &hash, master.as_ref()),
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

    /// Measures the file in a child, which writes its master if there is a place for it. The second value says whether the answer is the
    /// file's own and will be the same next time.
    fn in_child(&self, exe: &Path, hash: &FileHash, master: Option<&Passing>) -> (Result<Recording, Unfit>, bool) {
        let unchecked = |detail: String| (Err(Unfit::Unchecked { detail }), false);
        let processor_s = processor_seconds(self.stamp.bytes);
        let most = master.map_or(0, |master| master.room.min(LARGEST_MASTER_BYTES));
        if master.is_some() && most == 0 {
            return (Err(Unfit::NoRoom), false);
        }
        let output = master.map_or_else(|| Ok(Stdio::null()), |master| master.file.try_clone().map(Stdio::from));
        let (input, output) = match (self.file.try_clone(), output) {
            (Ok(input), Ok(output)) => (input, output),
            (Err(error), _) | (_, Err(error)) => return unchecked(error.to_string()),
        };
        let mut command = Command::new(exe);
        command.args([COMMAND, "--seconds", &processor_s.to_string(), "--master-bytes", &most.to_string()]).env_clear();
        command.stdin(input).stdout(output).stderr(Stdio::piped()).current_dir("/");
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return unchecked(format!("{}: {error}", exe.display())),
        };
        let status = match wait(&mut child, Duration::from_secs(processor_s * 4 + 60)) {
            Ok(Some(status)) => status,
            Ok(None) => return (Err(Unfit::TooMuch), false),
            Err(error) => return unchecked(error.to_string()),
        };
        let mut answer = Vec::new();
        if let Some(stderr) = child.stderr.take() {
            let _ = stderr.take(ANSWER_BYTES).read_to_end(&mut answer);
        }
        judge(status, &answer, hash)
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

/// Opens a regular file within a folder, and nothing else: it neither follows a link out nor waits for a pipe.
///
/// # Errors
/// What is wrong with the path.
pub fn open_within(folder: &Path, file: &Path) -> Result<File, Unfit> {
    if !file.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) || file.as_os_str().is_empty() {
        return Err(Unfit::Outside);
    }
    let opened = match beneath(folder, file) {
        Err(Errno::NOENT) => other_spelling(file).map_or(Err(Errno::NOENT), |other| beneath(folder, &other)),
        opened => opened,
    };
    let file = opened.map_err(|error| match error {
        Errno::NOENT | Errno::NOTDIR | Errno::NAMETOOLONG | Errno::INVAL => Unfit::Missing,
        Errno::XDEV => Unfit::Outside,
        Errno::LOOP | Errno::NXIO | Errno::NODEV => Unfit::NotAFile,
        other => Unfit::Unreadable { detail: std::io::Error::from(other).to_string() },
    })?;
    match file.metadata() {
        Ok(meta) if meta.is_file() => Ok(file),
        Ok(_) => Err(Unfit::NotAFile),
        Err(error) => Err(Unfit::Unreadable { detail: error.to_string() }),
    }
}

const OPENING: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

fn beneath(folder: &Path, file: &Path) -> Result<File, Errno> {
    let root = rustix::fs::openat(CWD, folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let within = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    match rustix::fs::openat2(&root, file, OPENING, Mode::empty(), within) {
        Ok(opened) => Ok(File::from(opened)),
        // A link with an absolute target may still stay inside, and old kernels do not know the call: resolve, compare, open what
        // was compared.
        Err(Errno::XDEV | Errno::NOSYS | Errno::PERM) => {
            let errno = |error: std::io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
            let top = folder.canonicalize().map_err(errno)?;
            let real = folder.join(file).canonicalize().map_err(errno)?;
            let inner = real.strip_prefix(&top).map_err(|_| Errno::XDEV)?;
            rustix::fs::openat(&root, inner, OPENING | OFlags::NOFOLLOW, Mode::empty()).map(File::from)
        }
        Err(error) => Err(error),
    }
}

/// The same name in the other Unicode form: a stick that was written on a Mac spells `ệ` in three characters.
fn other_spelling(file: &Path) -> Option<PathBuf> {
    let name = file.to_str()?;
    let apart: String = name.nfd().collect();
    let together: String = name.nfc().collect();
    [apart, together].into_iter().find(|other| other != name).map(PathBuf::from)
}

/// What a child that has ended says of its file.
fn judge(status: ExitStatus, answer: &[u8], hash: &FileHash) -> (Result<Recording, Unfit>, bool) {
    let killed_by = status.signal().and_then(Signal::from_named_raw);
    match killed_by {
        // Rust aborts when memory is refused; the kernel's limit on processor time is XCPU, then KILL.
        Some(Signal::ABORT | Signal::XCPU) => return (Err(Unfit::TooMuch), true),
        Some(Signal::XFSZ) => return (Err(Unfit::NoRoom), false),
        Some(Signal::KILL | Signal::TERM | Signal::INT | Signal::HUP) => return (Err(Unfit::TooMuch), false),
        _ => {}
    }
    match serde_json::from_slice::<Result<Recording, Unfit>>(answer) {
        Ok(Ok(recording)) if status.success() => (Ok(Recording { hash: hash.clone(), ..recording }), true),
        // A disk that fails today may be read tomorrow.
        Ok(Err(unfit @ (Unfit::Unreadable { .. } | Unfit::Unchecked { .. } | Unfit::NoRoom))) if status.success() => {
            (Err(unfit), false)
        }
        Ok(Err(unfit)) if status.success() => (Err(unfit), true),
        _ => (Err(Unfit::Undecodable { damage: Damage::Garbled }), true),
    }
}

/// Generous for the slowest machine (twenty times real time) and the densest coding (Opus at 6 kbit/s), and an end all the same.
fn processor_seconds(bytes: u64) -> u64 {
    120 + (bytes >> 20) * 100
}

/// Waits until the child has ended; `None` when it had to be killed.
fn wait(child: &mut Child, longest: Duration) -> std::io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > longest {
            // A stopped child is killed as well as a busy one.
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// The child's part: limits itself to `seconds` of processor time, measures what stands on its standard input, writes a master of up to
/// `master_bytes` to its standard output where that is more than none, and says in one line what it heard.
///
/// # Errors
/// When the limits cannot be set or the answer not be written; never for the file's sake.
pub fn child(seconds: u64, master_bytes: u64, answer: &mut impl std::io::Write) -> std::io::Result<()> {
    limit(Resource::As, MEMORY_BYTES, MEMORY_BYTES)?;
    limit(Resource::Core, 0, 0)?;
    limit(Resource::Fsize, master_bytes, master_bytes)?;
    limit(Resource::Cpu, seconds, seconds + 1)?;
    // Neither may fail the check: an older kernel, a sandbox.
    let _ = rustix::process::nice(10);
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    // A decoder that panics is caught, and standard error is for the answer alone.
    std::panic::set_hook(Box::new(|_| {}));
    let recording = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let master = (master_bytes > 0).then(|| std::io::stdout().as_fd().try_clone_to_owned()).transpose()?;
    // As far as the kernel can: an older one has the limits alone.
    Sandbox::enter();
    let result = take_in(recording, master.map(File::from));
    serde_json::to_writer(&mut *answer, &result)?;
    answer.write_all(b"\n")?;
    answer.flush()
}

fn limit(resource: Resource, soft: u64, hard: u64) -> std::io::Result<()> {
    let now = rustix::process::getrlimit(resource);
    let within = |wanted: u64| now.maximum.map_or(wanted, |most| most.min(wanted));
    Ok(rustix::process::setrlimit(resource, Rlimit { current: Some(within(soft)), maximum: Some(within(hard)) })?)
}
