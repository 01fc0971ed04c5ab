//! Heads that were written down beside the log: `heads.txt`, a line `SEQ:HASH<space>instant` for each day and each stop.
//!
//! The file is only appended to. It is for the backup and for the officer's notebook: a log that was cut or rebuilt no longer agrees
//! with it, as long as a copy of it lies where the station's computer cannot reach.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::schema::beside;
use super::{LogError, at_path};
use crate::asrun::chain::Head;
use crate::asrun::row::stamp;
use crate::files;
use crate::terms::*;

pub const HEADS: &str = "heads.txt";

/// One line of the file, with its number from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lodged {
    pub line: usize,
    /// A line that is none stays as it is.
    pub head: Result<Head, String>,
}

/// The file: in a data folder, or beside a backup's file.
pub fn file_of(dir: &Path) -> PathBuf {
    if dir.is_file() { beside(dir, &format!(".{HEADS}")) } else { dir.join(HEADS) }
}

/// All lines. A last line without its end was cut off by a power failure and is left out.
pub fn read(dir: &Path) -> Result<Vec<Lodged>, LogError> {
    let path = file_of(dir);
    let Some(bytes) = files::read(&path).map_err(at_path(&path))? else { return Ok(Vec::new()) };
    let text = String::from_utf8_lossy(&bytes);
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let lines = whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let lodged = lines.map(|(at, line)| {
        let head = line.split_whitespace().next().unwrap_or("").parse();
        Lodged { line: at + 1, head: head.map_err(|_| line.to_owned()) }
    });
    Ok(lodged.collect())
}

/// Writes the head down, unless it is the last one there.
pub(super) fn lodge(dir: &Path, head: Head, at: Wall, tz: &TimeZone) -> Result<(), LogError> {
    if head == Head::EMPTY || read(dir)?.last().is_some_and(|last| last.head == Ok(head)) {
        return Ok(());
    }
    let path = dir.join(HEADS);
    let write = || -> std::io::Result<()> {
        let torn = fs::read(&path).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n'));
        let mut file = File::options().create(true).append(true).open(&path)?;
        // A line that a power failure cut off gets its end first, so that it does not swallow this one.
        let line = format!("{}{head} {}\n", if torn { "\n" } else { "" }, stamp(at, tz));
        file.write_all(line.as_bytes())?;
        file.sync_all()
    };
    write().map_err(at_path(&path))
}

/// The heads that were written down, the last one first.
pub(super) fn newest_first(dir: &Path) -> Result<Vec<Head>, LogError> {
    Ok(read(dir)?.into_iter().rev().filter_map(|line| line.head.ok()).collect())
}
