//! What a decoder gets to see of a file: all of it behind the tags that stand first, with sizes where a recorder never came to write them
//! ([`container::unfinished_wav`]).
//!
//! It has a place of its own in the file: others may read what the container says meanwhile.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

use symphonia::core::io::MediaSource;

use crate::audio::original::container;

/// How many bytes a size has, and what says that it is not known.
const SIZE_BYTES: u64 = 4;
const UNKNOWN: u8 = 0xff;

pub struct Patched {
    file: File,
    /// What is seen begins here, and is so long.
    begin: u64,
    bytes: u64,
    at: u64,
    /// Where sizes are missing.
    places: Vec<u64>,
}

impl Patched {
    /// # Errors
    /// When the file cannot be read.
    pub fn new(mut file: File, format: Option<&str>) -> io::Result<Patched> {
        let places = if format == Some("wav") { container::unfinished_wav(&mut file)? } else { None };
        let begin = if matches!(format, Some("mp3" | "aac" | "flac")) { container::tags_end(&mut file)? } else { 0 };
        let bytes = file.metadata()?.len().saturating_sub(begin);
        Ok(Patched { file, begin, bytes, at: 0, places: places.into_iter().flatten().collect() })
    }
}

impl Read for Patched {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(block, self.begin.saturating_add(self.at))?;
        for place in self.places.iter().flat_map(|place| *place..place + SIZE_BYTES) {
            let within = place.checked_sub(self.at).and_then(|within| usize::try_from(within).ok());
            within.and_then(|within| block[..count].get_mut(within)).into_iter().for_each(|byte| *byte = UNKNOWN);
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Patched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
        };
        self.at = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl MediaSource for Patched {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.bytes)
    }
}
