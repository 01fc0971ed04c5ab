//! The plan's files from the disk: one file, or the `.toml` files of a folder, those that they include, and what lies in its drop folders, in
//! file-name order.
//!
//! Only regular files are read, and none without end: a FIFO, a device or a huge file is refused, never waited for.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::lang::{Language, plan as say, system};
use crate::plan::fault::{BadInclude, PlanFault};
use crate::plan::read::found::Doubts;
use crate::plan::read::tree::{Node, Value};
use crate::plan::read::{document, found};
use crate::plan::source::{Place, SourceFile};

/// The most of one file, in bytes: a plan of thousands of items has less than half of it.
pub const FILE_LIMIT: u64 = 4 << 20;
/// The most files of one plan.
const FILES_LIMIT: usize = 500;
/// The ending that Notepad adds and Windows does not show.
const HIDDEN: &str = ".txt";

/// Why there is nothing to check at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// `hidden` when the same name with `.txt` is there, which Windows does not show.
    #[error("there is no plan at {}", path.display())]
    Missing { path: PathBuf, hidden: bool },
    #[error("{} is neither a file nor a folder", path.display())]
    NotAPlan { path: PathBuf },
    #[error("cannot read {}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
}

impl ReadError {
    pub fn describe(&self, lang: Language) -> String {
        match self {
            ReadError::Missing { path, hidden: true } => say::hidden_beside(path.display(), lang),
            ReadError::Missing { path, hidden: false } => say::nothing_there(path.display(), lang),
            ReadError::NotAPlan { path } => say::neither_file_nor_folder(path.display(), lang),
            ReadError::Io { path, source } => say::unreadable_plan(path.display(), system::io(lang, source), lang),
        }
    }
}

/// What was found: the sources, and what kept some of them from being read (with the file's index).
#[derive(Clone, Debug)]
pub struct Files {
    pub sources: Vec<SourceFile>,
    pub(super) faults: Vec<(PlanFault, Place)>,
    /// The plan's folder.
    pub(super) base: PathBuf,
    /// What of each listing is in doubt.
    doubts: Vec<(PathBuf, Doubts)>,
}

pub fn load(path: &Path) -> Result<Files, ReadError> {
    let meta = std::fs::metadata(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            let mut hidden = path.as_os_str().to_owned();
            hidden.push(HIDDEN);
            ReadError::Missing { path: path.to_owned(), hidden: Path::new(&hidden).is_file() }
        }
        _ => ReadError::Io { path: path.to_owned(), source },
    })?;
    if meta.is_dir() {
        return folder(path);
    }
    if !meta.is_file() {
        return Err(ReadError::NotAPlan { path: path.to_owned() });
    }
    let base = path.parent().map(Path::to_owned).unwrap_or_default();
    let mut loaded = Files { sources: vec![], faults: vec![], base, doubts: vec![] };
    loaded.add(path.to_owned()).map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
    loaded.include();
    Ok(loaded)
}

fn folder(path: &Path) -> Result<Files, ReadError> {
    let failed = |source| ReadError::Io { path: path.to_owned(), source };
    let (mut names, mut hidden) = (vec![], vec![]);
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if Path::new(&name).extension().is_some_and(|extension| extension == "toml") {
            names.push(name);
        } else if let Some(right) =
            name.to_str().and_then(|name| name.strip_suffix(HIDDEN)).filter(|name| name.ends_with(".toml"))
        {
            hidden.push(right.to_owned());
        }
    }
    names.sort();
    hidden.sort();
    let mut loaded = Files { sources: vec![], faults: vec![], base: path.to_owned(), doubts: vec![] };
    let nowhere = Place { file: 0, start: 0, end: 0 };
    let warn = |right: String| (PlanFault::HiddenEnding { name: format!("{right}{HIDDEN}"), right }, nowhere);
    loaded.faults.extend(hidden.into_iter().map(warn));
    if names.is_empty() {
        loaded.faults.push((PlanFault::NoFiles { folder: path.display().to_string() }, nowhere));
    }
    if names.len() > FILES_LIMIT {
        loaded.faults.push((PlanFault::TooManyFiles { limit: FILES_LIMIT }, nowhere));
    }
    for name in names.into_iter().take(FILES_LIMIT) {
        let file = path.join(name);
        if let Err(error) = loaded.add(file.clone()) {
            loaded.refuse(file, PlanFault::Unreadable { number: error.raw_os_error() });
        }
    }
    loaded.include();
    Ok(loaded)
}

/// The folder against which a plan's relative folders are resolved.
pub fn base(path: &Path) -> PathBuf {
    if path.is_dir() { path.to_owned() } else { path.parent().map_or_else(PathBuf::new, Path::to_owned) }
}

impl Files {
    fn add(&mut self, path: PathBuf) -> std::io::Result<()> {
        match read(&path)? {
            Ok(text) => self.sources.push(SourceFile { path, text }),
            Err(fault) => self.refuse(path, fault),
        }
        Ok(())
    }

    /// Adds the files that its own files include, each where its name puts it: a plan that was kept is read again in that order.
    fn include(&mut self) {
        let own = self.sources.len();
        let asked: Vec<(String, Place)> = (0..own).flat_map(|file| included(file, &self.sources[file])).collect();
        for (path, place) in asked.into_iter().take(FILES_LIMIT) {
            let bad = |why| PlanFault::BadInclude { path: path.clone(), why };
            let beside = self.sources[place.file].path.parent().unwrap_or(Path::new(""));
            let file = beside.join(&path);
            if self.sources.iter().any(|source| source.path.file_name() == file.file_name()) {
                self.faults.push((bad(BadInclude::Twice), place));
                continue;
            }
            let text = match read(&file) {
                Ok(Ok(text)) => Ok(text),
                Ok(Err(PlanFault::TooLarge { .. })) => Err(BadInclude::TooLarge),
                Ok(Err(_)) => Err(BadInclude::NotAFile),
                Err(error) => Err(BadInclude::Unreadable(error.raw_os_error())),
            };
            let text = text.unwrap_or_else(|why| {
                self.faults.push((bad(why), place));
                "".into()
            });
            self.sources.push(SourceFile { path: file, text });
        }
        for file in own..self.sources.len() {
            let nested = included(file, &self.sources[file]);
            let nested = nested.into_iter().map(|(path, place)| (PlanFault::BadInclude { path, why: BadInclude::Nested }, place));
            self.faults.extend(nested);
        }
        self.find();
        self.sort();
    }

    /// Adds what lies in the plan's drop folders.
    fn find(&mut self) {
        for listing in found::list(&self.sources, &self.base) {
            self.faults.extend(listing.faults);
            self.doubts.extend(listing.doubts.map(|doubts| (listing.source.path.clone(), doubts)));
            self.sources.push(listing.source);
        }
    }

    /// What a look at a drop folder cannot tell, because the disk was pulled out or a file is being replaced, stands as the plan before had it.
    pub fn stand_by(&mut self, before: &[SourceFile]) {
        for (path, doubts) in &self.doubts {
            let known = before.iter().find(|known| known.path.file_name() == path.file_name());
            let source = self.sources.iter_mut().find(|source| source.path == *path);
            if let (Some(known), Some(source)) = (known, source) {
                source.text = found::settled(&source.text, doubts, &known.text);
            }
        }
    }

    /// Brings the files into the order of their names, and the faults with them.
    fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.sources.len()).collect();
        order.sort_by_key(|file| self.sources[*file].path.file_name().map(ToOwned::to_owned));
        self.sources = order.iter().map(|file| self.sources[*file].clone()).collect();
        for (_, place) in &mut self.faults {
            place.file = order.iter().position(|file| *file == place.file).unwrap_or(place.file);
        }
    }

    fn refuse(&mut self, path: PathBuf, fault: PlanFault) {
        self.faults.push((fault, Place { file: self.sources.len(), start: 0, end: 0 }));
        self.sources.push(SourceFile { path, text: "".into() });
    }
}

/// The text of a file, or why it can be none of a plan's.
fn read(path: &Path) -> std::io::Result<Result<Arc<str>, PlanFault>> {
    // Opening a FIFO would wait for its writer.
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    if !file.metadata()?.is_file() {
        return Ok(Err(PlanFault::NotAFile));
    }
    Ok(match limited(file)? {
        // Of such a text no line can be read.
        Some(bytes) if is_utf16(&bytes) => Err(PlanFault::Utf16),
        // What is not UTF-8 becomes U+FFFD, which the reader reports where it stands.
        Some(bytes) => {
            Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()).into())
        }
        None => Err(PlanFault::TooLarge { limit_mb: 4 }),
    })
}

/// The files that one includes, each with the place of its name. A name of another form is the reader's to tell.
fn included(file: usize, source: &SourceFile) -> Vec<(String, Place)> {
    // Most files include nothing, and need not be read twice for that.
    if !source.text.contains("include") {
        return Vec::new();
    }
    let document = document::read(file, source);
    let nodes = match document.root.get("include") {
        Some(Node { value: Value::List(list), .. }) => list.nodes.as_slice(),
        Some(node) => std::slice::from_ref(node),
        None => &[],
    };
    let named = |node: &Node| match &node.value {
        Value::Text(name) if !name.is_empty() => Some((name.clone(), node.place)),
        _ => None,
    };
    nodes.iter().filter_map(named).collect()
}

/// The whole file, unless it is larger than a plan may be.
fn limited(file: File) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![];
    file.take(FILE_LIMIT + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= FILE_LIMIT).then_some(bytes))
}

/// By its mark, or because every other byte is 0, as Windows writes it.
fn is_utf16(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    let zeros = start.iter().filter(|byte| **byte == 0).count();
    start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) || (zeros > 1 && zeros * 4 > start.len())
}
