//! An output into wav files: 48 kHz, stereo, 16 bit, rounded and without dither, so that a file shows bit for bit what was sent.
//!
//! A new file each time it is opened, never an old one overwritten. Each block is written before it counts as having left, and the header
//! follows each block, so that the file can be read after a kill. A file that nears the format's limit of 4 GB is followed by the next.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::audio::output::paced::Paced;
use crate::audio::output::{MakePull, OutputError, SHAPE};

/// Bytes of a header of ours: RIFF, one `fmt ` chunk, and the head of the `data` chunk.
const HEADER: u64 = 44;
/// The sizes in the header are 32 bits wide.
const FULL: u64 = u32::MAX as u64 - 65_536;
/// How many names are tried before the folder is given up.
const TRIES: u32 = 10_000;

/// Opens `folder/stem.wav`, or the first free `stem-2.wav`, `stem-3.wav`, …
pub fn open(folder: &Path, stem: &str, make: MakePull) -> Result<Paced, OutputError> {
    let fault = |source| OutputError::Wav { folder: folder.to_owned(), source };
    let mut file = WavFile::create(folder, stem, FULL).map_err(fault)?;
    let name = format!("wav:{}", file.path.display());
    Paced::open(name, make(SHAPE), move |block| file.write(block))
}

struct WavFile {
    folder: PathBuf,
    stem: String,
    path: PathBuf,
    file: File,
    /// Bytes of sound in it.
    written: u64,
    full: u64,
    bytes: Vec<u8>,
}

impl WavFile {
    fn create(folder: &Path, stem: &str, full: u64) -> io::Result<WavFile> {
        fs::create_dir_all(folder)?;
        let (path, file) = create_new(folder, stem)?;
        let mut wav =
            WavFile { folder: folder.to_owned(), stem: stem.to_owned(), path, file, written: 0, full, bytes: Vec::new() };
        wav.file.write_all(&header(0))?;
        Ok(wav)
    }

    fn write(&mut self, block: &[f32]) -> io::Result<()> {
        self.bytes.clear();
        self.bytes.extend(block.iter().flat_map(|sample| sixteen(*sample).to_le_bytes()));
        let length = self.bytes.len() as u64;
        if HEADER + self.written + length > self.full {
            *self = WavFile::create(&self.folder, &self.stem, self.full)
                .map(|next| WavFile { bytes: std::mem::take(&mut self.bytes), ..next })?;
        }
        self.file.write_all(&self.bytes)?;
        self.written += length;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(u32::try_from(self.written).unwrap_or(u32::MAX)))?;
        self.file.seek(SeekFrom::End(0))?;
        Ok(())
    }
}

fn create_new(folder: &Path, stem: &str) -> io::Result<(PathBuf, File)> {
    for number in 1..=TRIES {
        let path = folder.join(if number == 1 { format!("{stem}.wav") } else { format!("{stem}-{number}.wav") });
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{stem}.wav and {TRIES} names after it are taken")))
}

fn sixteen(sample: f32) -> i16 {
    // A cast from float saturates, and takes a NaN to 0.
    (sample * 32_768.0).round() as i16
}

fn header(sound: u32) -> [u8; HEADER as usize] {
    let (rate, channels) = (SHAPE.rate, SHAPE.channels);
    let frame = channels * 2;
    let mut bytes = [0; HEADER as usize];
    let mut at = 0;
    let mut put = |part: &[u8]| {
        bytes[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    };
    put(b"RIFF");
    put(&sound.saturating_add(HEADER as u32 - 8).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16u32.to_le_bytes());
    put(&1u16.to_le_bytes());
    put(&channels.to_le_bytes());
    put(&rate.to_le_bytes());
    put(&(rate * u32::from(frame)).to_le_bytes());
    put(&frame.to_le_bytes());
    put(&16u16.to_le_bytes());
    put(b"data");
    put(&sound.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(path: &Path) -> (u64, u64, u64) {
        let bytes = fs::read(path).unwrap();
        let at = |i: usize| u64::from(u32::from_le_bytes(bytes[i..i + 4].try_into().unwrap()));
        (bytes.len() as u64, at(4), at(40))
    }

    #[test]
    fn after_every_block_the_header_tells_the_truth() {
        let folder = tempfile::tempdir().unwrap();
        let mut wav = WavFile::create(folder.path(), "loa", FULL).unwrap();
        for blocks in 0..3u64 {
            let sound = blocks * 400;
            assert_eq!(sizes(&wav.path), (44 + sound, 36 + sound, sound));
            wav.write(&[0.5; 200]).unwrap();
        }
    }

    #[test]
    fn a_file_that_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("loa.wav"), "old").unwrap();
        fs::write(folder.path().join("loa-2.wav"), "old").unwrap();
        let wav = WavFile::create(folder.path(), "loa", FULL).unwrap();
        assert_eq!(wav.path, folder.path().join("loa-3.wav"));
        assert_eq!(fs::read_to_string(folder.path().join("loa.wav")).unwrap(), "old");
    }

    #[test]
    fn a_full_file_is_followed_by_the_next_and_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let mut wav = WavFile::create(folder.path(), "loa", 1000).unwrap();
        for _ in 0..5 {
            wav.write(&[0.25; 200]).unwrap();
        }
        assert_eq!(sizes(&folder.path().join("loa.wav")), (844, 836, 800));
        assert_eq!(sizes(&folder.path().join("loa-2.wav")).2, 800);
        assert_eq!(sizes(&folder.path().join("loa-3.wav")).2, 400);
    }

    #[test]
    fn samples_beyond_full_scale_are_held_there() {
        assert_eq!([2.0, -2.0, 0.0, f32::NAN, 0.5].map(sixteen), [32_767, -32_768, 0, 0, 16_384]);
    }
}
