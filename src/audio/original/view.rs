//! What a decoder gets to see of a file: pieces of it, and bytes in the place of others.
//!
//! A decoder keeps the picture in a recording's tags in memory for as long as it sounds; so it is shown a file without one. It takes a read
//! error for the end; so the first is kept. Nothing here knows a format: [`crate::audio::container`] says what is to be seen.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A part of what is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    File(Range<u64>),
    Bytes(Vec<u8>),
}

impl Piece {
    fn length(&self) -> u64 {
        match self {
            Piece::File(range) => range.end.saturating_sub(range.start),
            Piece::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

pub struct View {
    file: File,
    pieces: Vec<Piece>,
    at: u64,
    failed: Arc<OnceLock<io::Error>>,
}

impl View {
    pub fn new(file: File, pieces: Vec<Piece>, failed: Arc<OnceLock<io::Error>>) -> View {
        View { file, pieces, at: 0, failed }
    }

    pub fn length(&self) -> u64 {
        self.pieces.iter().map(Piece::length).sum()
    }

    fn read_on(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let mut begin = 0;
        for piece in &self.pieces {
            let inside = self.at - begin;
            let left = piece.length().saturating_sub(inside);
            if left == 0 {
                begin += piece.length();
                continue;
            }
            let most = block.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let block = &mut block[..most];
            return match piece {
                Piece::File(range) => {
                    self.file.seek(SeekFrom::Start(range.start + inside))?;
                    self.file.read(block)
                }
                Piece::Bytes(bytes) => (&bytes[usize::try_from(inside).unwrap_or(usize::MAX)..]).read(block),
            };
        }
        Ok(0)
    }
}

impl Read for View {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let done = self.read_on(block).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                let _ = self.failed.set(io::Error::new(error.kind(), error.to_string()));
            }
        });
        self.at += *done.as_ref().unwrap_or(&0) as u64;
        done
    }
}

impl Seek for View {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
        };
        // A seek out of the file is the decoder's mistake about a damaged header, not the disk's.
        self.at = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn view() -> View {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let pieces = vec![Piece::File(2..4), Piece::Bytes(b"abc".to_vec()), Piece::Bytes(vec![]), Piece::File(7..10)];
        View::new(file, pieces, Arc::default())
    }

    #[test]
    fn the_pieces_are_one_file() {
        let mut text = String::new();
        view().read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), view().length()), ("23abc789", 8));
    }

    #[test]
    fn any_place_can_be_sought_and_what_lies_beyond_is_the_end() {
        let mut view = view();
        for at in 0..12 {
            assert_eq!(view.seek(SeekFrom::Start(at)).unwrap(), at);
            let mut rest = Vec::new();
            view.read_to_end(&mut rest).unwrap();
            assert_eq!(rest, b"23abc789".get(at as usize..).unwrap_or_default());
        }
        assert_eq!(view.seek(SeekFrom::End(-3)).unwrap(), 5);
        assert_eq!(view.seek(SeekFrom::Current(-1)).unwrap(), 4);
        assert!(view.seek(SeekFrom::Current(-5)).is_err());
    }
}
