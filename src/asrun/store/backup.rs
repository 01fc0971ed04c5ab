//! A copy of the log in one file, made while a daemon writes to it, with the heads and the plans beside it: `FILE`, `FILE.heads.txt` and
//! `plans/`, which all backups of a folder share.

use std::fs::{self, File};
use std::path::Path;

use jiff::tz::TimeZone;

use super::schema::beside;
use super::{LogError, Reader, at_path, heads};
use crate::asrun::chain::Head;
use crate::asrun::row::stamp;
use crate::asrun::store::plans;
use crate::files;
use crate::terms::Wall;

/// Copies the log of `reader` to `file`, which is there whole when this returns, or not at all. The last row that it has.
pub(super) fn backup(reader: &Reader, file: &Path, at: Wall) -> Result<Head, LogError> {
    let half = beside(file, ".half");
    forget(&half)?;
    let name = half
        .to_str()
        .ok_or_else(|| LogError::Damaged { path: half.clone(), what: "the name of a backup must be readable text".to_owned() })?;
    // One reading transaction of the write-ahead log: it keeps nobody from writing.
    if let Err(error) = reader.db().execute("VACUUM INTO ?1", [name]) {
        let _ = forget(&half);
        return Err(error.into());
    }
    let copy = Reader::open(&half)?;
    let head = copy.head()?;
    let zone = copy.zone()?;
    drop(copy);
    let finish = || -> std::io::Result<()> {
        File::open(&half)?.sync_all()?;
        write_heads(reader.dir(), &beside(file, &format!(".{}", heads::HEADS)), head, at, &zone)?;
        fs::rename(&half, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    plans::carry(reader.dir(), folder)?;
    finish().map_err(at_path(file))?;
    Ok(head)
}

/// What was lodged so far, and the backup's own head.
fn write_heads(dir: &Path, file: &Path, head: Head, at: Wall, zone: &TimeZone) -> std::io::Result<()> {
    let lodged = files::read(&heads::file_of(dir)).ok().flatten().unwrap_or_default();
    let mut text = String::from_utf8(lodged).unwrap_or_default();
    text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
    // A head that was lodged after the copy was made is not in it.
    let within =
        |line: &&str| line.split(' ').next().and_then(|first| first.parse::<Head>().ok()).is_none_or(|of| of.seq < head.seq);
    let mut lines: Vec<String> = text.lines().filter(within).map(str::to_owned).collect();
    lines.push(format!("{head} {}", stamp(at, zone)));
    fs::write(file, lines.join("\n") + "\n")?;
    File::open(file)?.sync_all()
}

fn forget(file: &Path) -> Result<(), LogError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at_path(file)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
