//! Files of the data folder, under whose names anything may lie by now; and how one is put there whole.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What has no business under a name of the station's.
pub const IN_THE_WAY: &str = "in-the-way";

/// Opens a file to read it.
///
/// # Errors
/// Those of opening it, and [`io::ErrorKind::InvalidInput`] for what is no regular file: a pipe would be waited for.
pub fn open(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() { File::open(path) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// Renames what is in the way or damaged to `NAME.ENDING-N`, the first that is free; nothing is removed. Returns the new name.
///
/// # Errors
/// Those of renaming it, and [`io::ErrorKind::AlreadyExists`] where no name is free.
pub fn set_aside(path: &Path, ending: &str) -> io::Result<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_free = |new: &String| fs::symlink_metadata(path.with_file_name(new)).is_err();
    let new = (1..1000).map(|n| format!("{name}.{ending}-{n}")).find(is_free).ok_or(io::ErrorKind::AlreadyExists)?;
    fs::rename(path, path.with_file_name(&new))?;
    Ok(new)
}

/// Puts a file in its place whole, or not at all: `write` fills another beside it, which takes its name when it is on the disk. `mode` are the
/// rights of one that is new.
///
/// # Errors
/// Those of writing it and of taking the name; what was there then stays.
pub fn put(path: &Path, mode: u32, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let half = path.with_extension("half");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&half)?;
    let done = write(&mut file).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&half, path));
    if done.is_err() {
        let _ = fs::remove_file(&half);
    }
    done
}

/// All of a file; `None` when there is none.
///
/// # Errors
/// As [`open`].
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    match open(path) {
        Ok(mut file) => io::Read::read_to_end(&mut file, &mut bytes).map(|_| Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
