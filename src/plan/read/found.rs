//! Drop folders on the disk: what lies in them, as one more file of the plan for each.
//!
//! Nobody writes that file: it has a `[[found]]` for each recording in the folder, with the instant since which it has lain there. So a recording
//! that is copied in is a change of the plan like any other: it is in the plan's hash, is kept with it, and what aired can be looked up for ever.
//! [`super::folders`] makes items of it.
//!
//! Promises: a file that is still being written is not there yet; whatever else lies in the folder, nothing of it makes the plan bad.

use std::fs::{DirEntry, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::plan::fault::PlanFault;
use crate::plan::read::document;
use crate::plan::read::tree::{Node, Table, Value};
use crate::plan::read::values;
use crate::plan::source::{Place, SourceFile};

/// A file that was written within this time may still be: copying it goes on, or has stalled.
const STILL_FOR: Duration = Duration::from_secs(5);
/// The most recordings of one folder.
const MOST: usize = 300;
/// So many files of one are looked at: the look comes round every two seconds.
const LOOKED_AT: usize = 3_000;
/// The longest name of a file that becomes a title.
const LONGEST_NAME: usize = 200;

/// Endings by which a recording is known, of all that can be taken in.
const ENDINGS: &[&str] = &[
    "wav", "mp3", "flac", "ogg", "oga", "opus", "m4a", "aac", "mp4", "amr", "3gp", "wma", "aif", "aiff", "webm", "mka", "mkv",
    "mov", "mp2",
];

/// What is put before the name of a folder to name the file that tells what lies in it.
const MARK: char = '@';

/// The file that tells what lies in a folder, and what is to be said of that.
pub struct Listing {
    pub source: SourceFile,
    pub faults: Vec<(PlanFault, Place)>,
    pub doubts: Option<Doubts>,
}

/// What of a folder cannot be told by a look at it, and stands as it was before.
#[derive(Clone, Debug)]
pub enum Doubts {
    /// The folder of recordings is not there, or empty: its disk was pulled out, and nobody knows what lies in it.
    All,
    /// Files that are being written: of one that is replaced the last recording airs until then.
    Of(Vec<String>),
}

/// One recording that lies in a folder.
#[derive(Serialize, Deserialize)]
struct FoundFile {
    folder: String,
    file: String,
    since: String,
}

#[derive(Default, Serialize, Deserialize)]
struct FoundFiles {
    #[serde(default)]
    found: Vec<FoundFile>,
}

impl FoundFiles {
    fn text(&self) -> Arc<str> {
        toml::to_string(self).unwrap_or_default().into()
    }
}

/// A listing with what was known before in place of what is in doubt.
pub fn settled(listing: &str, doubts: &Doubts, before: &str) -> Arc<str> {
    let read = |text| toml::from_str::<FoundFiles>(text).unwrap_or_default();
    match doubts {
        Doubts::All => before.into(),
        Doubts::Of(names) => {
            let known = read(before).found.into_iter().filter(|known| names.contains(&known.file));
            let mut files = read(listing);
            files.found.extend(known);
            files.found.sort_by(|one, other| one.file.cmp(&other.file));
            files.text()
        }
    }
}

/// A listing of each drop folder that the plan's files name. `base` is the plan's folder.
pub fn list(sources: &[SourceFile], base: &Path) -> Vec<Listing> {
    // Most plans have no folder, and need not be read twice for that.
    if !sources.iter().any(|source| names_folders(&source.text)) {
        return Vec::new();
    }
    let documents: Vec<_> = sources.iter().enumerate().map(|(file, source)| document::read(file, source)).collect();
    let Some(audio) = documents.iter().zip(sources).find_map(|(document, source)| audio(&document.root, source, base)) else {
        return Vec::new();
    };
    let mut listings: Vec<Listing> = Vec::new();
    for (path, place) in documents.iter().flat_map(|document| folders(&document.root)) {
        let name = file_name(path);
        // What names no folder, or one twice, the reader tells.
        if is_within(path) && listings.iter().all(|other| other.source.path.file_name().is_none_or(|taken| *taken != *name)) {
            listings.push(listing(&audio, path, place, base.join(name)));
        }
    }
    listings
}

/// Whether a text may have a drop folder: `[[folder]]`, or `folder = [{ … }]`.
fn names_folders(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| line.contains("folder"));
    lines.any(|line| {
        let bare: String = line.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '\u{feff}')).collect();
        bare.starts_with("[[folder]]") || bare.starts_with("folder=[")
    })
}

/// Whether a file of a plan was made here.
pub fn is_listing(source: &SourceFile) -> bool {
    source.path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(MARK))
}

fn file_name(path: &str) -> String {
    format!("{MARK}{}.toml", path.replace('/', "-"))
}

fn is_within(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    match &table.get(key)?.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The station's folder of recordings.
fn audio(root: &Table, source: &SourceFile, base: &Path) -> Option<PathBuf> {
    let Value::Table(station) = &root.get("station")?.value else { return None };
    let here = source.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(base);
    Some(values::tidy(here, Path::new(text(station, "audio")?)))
}

/// The paths of the folders that a file names.
fn folders(root: &Table) -> Vec<(&str, Place)> {
    let nodes = match root.get("folder") {
        Some(Node { value: Value::List(list), .. }) => list.nodes.as_slice(),
        _ => &[],
    };
    let path = |node: &'_ Node| match &node.value {
        Value::Table(table) => table.get("path").map(|path| path.place),
        _ => None,
    };
    let named = nodes.iter().filter_map(|node| match &node.value {
        Value::Table(table) => Some((text(table, "path")?, path(node)?)),
        _ => None,
    });
    named.collect()
}

fn listing(audio: &Path, path: &str, place: Place, own: PathBuf) -> Listing {
    let mut faults = Vec::new();
    let mut tell = |fault| faults.push((fault, place));
    let folder = path.to_owned();
    let (mut names, mut passing, mut strange) = (Vec::new(), Vec::new(), Vec::new());
    match std::fs::read_dir(audio.join(path)) {
        Ok(entries) => {
            let now = SystemTime::now();
            for (number, entry) in entries.flatten().enumerate() {
                if number == LOOKED_AT {
                    tell(PlanFault::FolderCrowded { folder: folder.clone(), limit: LOOKED_AT });
                    break;
                }
                match look(&entry, now) {
                    FolderEntry::Recording { name, since } => names.push((name, since)),
                    FolderEntry::Strange(name) => strange.push(name),
                    FolderEntry::NotYet(name) => passing.push(name),
                    FolderEntry::Nothing => {}
                }
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => tell(PlanFault::NoFolder { folder }),
        Err(error) => tell(PlanFault::FolderUnreadable { folder, number: error.raw_os_error() }),
    }
    names.sort();
    strange.sort();
    if names.len() > MOST {
        tell(PlanFault::FolderFull { folder: path.to_owned(), limit: MOST });
        names.truncate(MOST);
    }
    if let Some(first) = strange.first() {
        tell(PlanFault::NotRecordings { folder: path.to_owned(), first: first.clone(), count: strange.len() });
    }
    let found = names.into_iter().map(|(file, since)| FoundFile { folder: path.to_owned(), file, since: since.to_string() });
    let text = FoundFiles { found: found.collect() }.text();
    let is_gone = std::fs::read_dir(audio).map_or(true, |mut entries| entries.next().is_none());
    let doubts = if is_gone { Some(Doubts::All) } else { (!passing.is_empty()).then_some(Doubts::Of(passing)) };
    Listing { source: SourceFile { path: own, text }, faults, doubts }
}

/// What an entry of a drop folder is.
enum FolderEntry {
    Recording {
        name: String,
        since: Timestamp,
    },
    /// It is being written.
    NotYet(String),
    /// Its name says that it is no recording, or cannot be a title.
    Strange(String),
    /// Hidden, or of a program that copies: nobody put it there to be aired.
    Nothing,
}

fn look(entry: &DirEntry, now: SystemTime) -> FolderEntry {
    let name = entry.file_name();
    let shown = name.to_string_lossy().into_owned();
    let ending = Path::new(&name).extension().and_then(|ending| ending.to_str()).unwrap_or("").to_lowercase();
    // A link is not followed: what it leads to may change unseen.
    let Ok(meta) = entry.metadata() else { return FolderEntry::Nothing };
    let passing = ["part", "partial", "crdownload", "tmp", "temp", "db", "ini", "lnk"].contains(&ending.as_str());
    if !meta.is_file() || shown.starts_with(['.', '~']) || shown.ends_with('~') || passing {
        return FolderEntry::Nothing;
    }
    let can_be_title =
        name.to_str().is_some_and(|name| name.len() <= LONGEST_NAME && !name.chars().any(|c| values::hidden(c) || c == '\\'));
    if !ENDINGS.contains(&ending.as_str()) || !can_be_title {
        return FolderEntry::Strange(values::title(&shown).unwrap_or(ending));
    }
    let written = written(&meta);
    // What was written later than now was so before the clock was set back.
    if now.duration_since(written).is_ok_and(|age| age < STILL_FOR) {
        return FolderEntry::NotYet(shown);
    }
    let since = written.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok());
    let since = since.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    FolderEntry::Recording { name: shown, since }
}

/// When it came or was last written: its own date may be from years ago, what the file system noted is not, unless its clock was wrong.
fn written(meta: &Metadata) -> SystemTime {
    let at = |seconds: i64, nanos: i64| {
        UNIX_EPOCH + Duration::new(u64::try_from(seconds).unwrap_or(0), u32::try_from(nanos).unwrap_or(0))
    };
    at(meta.ctime(), meta.ctime_nsec()).max(at(meta.mtime(), meta.mtime_nsec()))
}
