//! Opening what a plan names: a regular file within the folder of recordings, and nothing else.

use std::fs::File;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use unicode_normalization::UnicodeNormalization;

use crate::library::Unfit;

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
