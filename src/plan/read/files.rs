//! The plan's files from the disk: one file, or the `.toml` files of a folder in file-name order.
//!
//! Only regular files are read, and none without end: a FIFO, a device or a huge file is refused, never waited for.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::lang::{Language, plan as say};
use crate::plan::fault::PlanFault;
use crate::plan::source::{Place, SourceFile};

/// The most of one file, in bytes: a plan of thousands of items has less than half of it.
pub const FILE_LIMIT: u64 = 4 << 20;
/// The most files of one plan.
const FILES_LIMIT: usize = 500;

/// Why there is nothing to check at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("there is no plan at {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} is neither a file nor a folder", path.display())]
    NotAPlan { path: PathBuf },
    #[error("cannot read {}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
}

impl ReadError {
    pub fn describe(&self, lang: Language) -> String {
        match self {
            ReadError::Missing { path } => say::nothing_there(path.display(), lang),
            ReadError::NotAPlan { path } => say::neither_file_nor_folder(path.display(), lang),
            ReadError::Io { path, source } => say::unreadable_plan(path.display(), source, lang),
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
}

pub fn load(path: &Path) -> Result<Files, ReadError> {
    let meta = std::fs::metadata(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ReadError::Missing { path: path.to_owned() },
        _ => ReadError::Io { path: path.to_owned(), source },
    })?;
    if meta.is_dir() {
        return folder(path);
    }
    if !meta.is_file() {
        return Err(ReadError::NotAPlan { path: path.to_owned() });
    }
    let base = path.parent().map(Path::to_owned).unwrap_or_default();
    let mut loaded = Files { sources: vec![], faults: vec![], base };
    loaded.add(path.to_owned()).map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
    Ok(loaded)
}

fn folder(path: &Path) -> Result<Files, ReadError> {
    let failed = |source| ReadError::Io { path: path.to_owned(), source };
    let mut names = vec![];
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let hidden = name.as_encoded_bytes().starts_with(b".");
        if !hidden && Path::new(&name).extension().is_some_and(|extension| extension == "toml") {
            names.push(name);
        }
    }
    names.sort();
    let mut loaded = Files { sources: vec![], faults: vec![], base: path.to_owned() };
    let nowhere = Place { file: 0, start: 0, end: 0 };
    if names.is_empty() {
        loaded.faults.push((PlanFault::NoFiles { folder: path.display().to_string() }, nowhere));
    }
    if names.len() > FILES_LIMIT {
        loaded.faults.push((PlanFault::TooManyFiles { limit: FILES_LIMIT }, nowhere));
    }
    for name in names.into_iter().take(FILES_LIMIT) {
        let file = path.join(name);
        if let Err(error) = loaded.add(file.clone()) {
            loaded.refuse(file, PlanFault::Unreadable { detail: error.to_string() });
        }
    }
    Ok(loaded)
}

impl Files {
    fn add(&mut self, path: PathBuf) -> std::io::Result<()> {
        // Opening a FIFO would wait for its writer.
        let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(&path)?;
        if !file.metadata()?.is_file() {
            self.refuse(path, PlanFault::NotAFile);
            return Ok(());
        }
        match limited(file)? {
            Some(bytes) => {
                let text = match String::from_utf8(bytes) {
                    Ok(text) => text,
                    // What is not UTF-8 becomes U+FFFD, which the reader reports where it stands.
                    Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
                };
                self.sources.push(SourceFile { path, text: text.into() });
            }
            None => self.refuse(path, PlanFault::TooLarge { limit_mb: 4 }),
        }
        Ok(())
    }

    fn refuse(&mut self, path: PathBuf, fault: PlanFault) {
        self.faults.push((fault, Place { file: self.sources.len(), start: 0, end: 0 }));
        self.sources.push(SourceFile { path, text: "".into() });
    }
}

/// The whole file, unless it is larger than a plan may be.
fn limited(file: File) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![];
    file.take(FILE_LIMIT + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= FILE_LIMIT).then_some(bytes))
}
