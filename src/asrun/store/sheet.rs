//! The file `handover` beside the log: two halves, each long enough from the beginning, overwritten in turn. A write needs no room on the
//! disk, so that it succeeds on a full one, and one that a power cut tears leaves the other half as it was.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::asrun::handover::Handover;
use crate::files;

/// Its name in the data folder.
pub const NAME: &str = "handover";
/// The length of a half.
const HALF: usize = 256 << 10;
/// What fits into it beside the first line.
pub(crate) const ROOM: usize = HALF - 256;
const MAGIC: &str = "loaxa-handover";

/// The file, as its one writer has it.
#[derive(Debug)]
pub struct HandoverFile {
    path: PathBuf,
    file: Option<File>,
    generation: u64,
}

impl HandoverFile {
    /// Opens the file in the data folder, or makes it. One that cannot be made now is tried again with each write.
    pub fn open(dir: &Path) -> HandoverFile {
        let path = dir.join(NAME);
        let generation = newest(&path).map_or(0, |(generation, _)| generation);
        let mut sheet = HandoverFile { path, file: None, generation };
        // It is said when something is to be written.
        let _ = sheet.file();
        sheet
    }

    /// Writes it through to the disk.
    pub fn write(&mut self, handover: &Handover) -> std::io::Result<()> {
        let text = serde_json::to_string(handover)?;
        if text.len() > ROOM {
            return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "there is more to hand over than the file holds"));
        }
        let generation = self.generation + 1;
        let bytes = format!("{MAGIC} {generation} {} {}\n{text}", text.len(), digest(&text));
        let half = if generation.is_multiple_of(2) { 0 } else { HALF as u64 };
        let written = self.file().and_then(|file| {
            file.write_all_at(bytes.as_bytes(), half)?;
            file.sync_data()
        });
        if written.is_ok() {
            self.generation = generation;
        } else {
            self.file = None;
        }
        written
    }

    /// The file in its full length: its room on the disk is taken now, and not when there is none any more. One that somebody removed is
    /// made anew.
    fn file(&mut self) -> std::io::Result<&File> {
        use std::os::unix::fs::MetadataExt;
        let there = std::fs::metadata(&self.path).ok().map(|meta| (meta.dev(), meta.ino(), meta.len()));
        let mine = self.file.as_ref().and_then(|file| file.metadata().ok()).map(|meta| (meta.dev(), meta.ino(), meta.len()));
        let whole = |(.., length): (u64, u64, u64)| length >= 2 * HALF as u64;
        if mine != there || !mine.is_some_and(whole) {
            self.file = None;
            let file = File::options().create(true).truncate(false).read(true).write(true).open(&self.path)?;
            let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX).min(2 * HALF);
            // A file that could not be made in full is completed, or stays as long as it is and is no good yet.
            file.write_all_at(&vec![0; 2 * HALF - length], length as u64)?;
            self.file = Some(file);
        }
        self.file.as_ref().ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }
}

/// What was written last; `None` when nothing was, or nothing of it can be read.
pub(crate) fn read(dir: &Path) -> Option<Handover> {
    newest(&dir.join(NAME)).map(|(_, handover)| handover)
}

fn newest(path: &Path) -> Option<(u64, Handover)> {
    let mut bytes = Vec::new();
    files::open(path).ok()?.take(2 * HALF as u64).read_to_end(&mut bytes).ok()?;
    let second = bytes.get(HALF..).unwrap_or_default();
    [bytes.get(..HALF).unwrap_or(&bytes), second].into_iter().filter_map(half).max_by_key(|(generation, _)| *generation)
}

fn half(bytes: &[u8]) -> Option<(u64, Handover)> {
    let end = bytes.iter().take(256).position(|byte| *byte == b'\n')?;
    let mut words = std::str::from_utf8(&bytes[..end]).ok()?.split(' ');
    let (magic, generation, length, hash) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let text = bytes.get(end + 1..)?.get(..length.parse().ok()?)?;
    let text = std::str::from_utf8(text).ok().filter(|text| magic == MAGIC && digest(text) == hash)?;
    Some((generation.parse().ok()?, serde_json::from_str(text).ok()?))
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{Hold, Wall};

    fn of(n: i64) -> Handover {
        let mut handover = Handover { alive_at: Some(Wall(n)), ..Handover::default() };
        handover.standing.hold = Some(Hold { until: Some(Wall(n)) });
        handover
    }

    #[test]
    fn what_was_written_last_is_read_and_a_torn_half_leaves_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()), None);
        let mut sheet = HandoverFile::open(dir.path());
        assert_eq!(read(dir.path()), None, "an empty one says nothing");
        for n in 1..=5 {
            sheet.write(&of(n)).unwrap();
            assert_eq!(read(dir.path()), Some(of(n)));
        }
        let path = dir.path().join(NAME);
        let whole = std::fs::read(&path).unwrap();
        for at in (0..whole.len()).filter(|at| whole[*at] != 0) {
            let mut torn = whole.clone();
            torn[at] ^= 1;
            std::fs::write(&path, &torn).unwrap();
            assert!([Some(of(5)), Some(of(4))].contains(&read(dir.path())), "byte {at}");
        }
        // Both halves, or the file itself, are no good.
        for bad in [b"no handover".to_vec(), Vec::new(), vec![b'\n'; 3 * HALF], vec![0xff; 2 * HALF]] {
            std::fs::write(&path, &bad).unwrap();
            assert_eq!(read(dir.path()), None);
            HandoverFile::open(dir.path()).write(&of(9)).unwrap();
            assert_eq!(read(dir.path()), Some(of(9)), "{} bytes", bad.len());
        }
    }

    #[test]
    fn a_file_that_somebody_removes_is_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        let mut sheet = HandoverFile::open(dir.path());
        sheet.write(&of(1)).unwrap();
        std::fs::remove_file(dir.path().join(NAME)).unwrap();
        sheet.write(&of(2)).unwrap();
        assert_eq!(read(dir.path()), Some(of(2)));
        assert!(sheet.write(&Handover { head: "x".repeat(ROOM), ..Handover::default() }).is_err());
        assert_eq!(read(dir.path()), Some(of(2)));
    }
}
