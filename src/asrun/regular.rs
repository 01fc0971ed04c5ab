//! Files of the data folder, under whose names anything may lie by now.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Opens a file to read it.
///
/// # Errors
/// Those of opening it, and [`io::ErrorKind::InvalidInput`] for what is no regular file: a pipe would be waited for.
pub fn open(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() { File::open(path) } else { Err(io::ErrorKind::InvalidInput.into()) }
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
