//! The master: the one form in which recordings are kept and aired. FLAC of 16 bit and 48 kHz, one channel or two, and nothing beside the sound.
//!
//! Promises: what is no such file is refused by its first bytes, before a decoder sees it; what was written comes back to the bit; a master
//! that breaks off is an error after its sound, not an end. Only the limited child writes masters. Nothing here knows a loudness.
//!
//! Sound is kept at half its level: what a lossy coding decodes to goes above full scale, by 3 dB and more, and 16 bits would clip it for
//! good. Half a level is one bit, and 96 dB remain; the sources have 33 at best.

use std::fs::File;
use std::io::{self, BufWriter, Seek};
use std::os::unix::fs::FileExt;

use flac_codec::encode::{FlacSampleWriter, Options};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::codecs::FlacDecoder;
use symphonia::default::formats::FlacReader;

/// What devices are asked for: a master is not resampled on its way to one.
pub const RATE: u32 = 48_000;

const BITS: u32 = 16;
const HEADROOM: f32 = 2.0;
const FULL_SCALE: f32 = 32_768.0;

/// Magic, the header of the only block of metadata, and that block.
const HEAD_BYTES: usize = 42;
/// `STREAMINFO`, 34 bytes long, and the last block.
const ONLY_BLOCK: &[u8] = b"fLaC\x80\0\0\x22";

/// A sample as the master has it.
pub fn code(sample: f32) -> i32 {
    (sample * (FULL_SCALE / HEADROOM)).round().clamp(-FULL_SCALE, FULL_SCALE - 1.0) as i32
}

/// A sample as it was before [`code`], to the nearest step.
pub fn sample(code: i32) -> f32 {
    code as f32 * (HEADROOM / FULL_SCALE)
}

/// What a master's first bytes say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MasterHead {
    pub channels: u16,
    pub frames: u64,
}

impl MasterHead {
    /// # Errors
    /// When the file cannot be read or is no master.
    pub fn of(file: &File) -> io::Result<MasterHead> {
        let other = || io::Error::new(io::ErrorKind::InvalidData, "it is not FLAC of 16 bit and 48 kHz alone");
        let mut head = [0; HEAD_BYTES];
        file.read_exact_at(&mut head, 0)?;
        let packed = head[18..26].iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        let (rate, channels, bits) = (packed >> 44, (packed >> 41 & 0x7) + 1, (packed >> 36 & 0x1f) + 1);
        let frames = packed & 0xf_ffff_ffff;
        let is_master = head.starts_with(ONLY_BLOCK) && rate == u64::from(RATE) && bits == u64::from(BITS);
        match u16::try_from(channels) {
            Ok(channels @ 1..=2) if is_master && frames > 0 => Ok(MasterHead { channels, frames }),
            _ => Err(other()),
        }
    }
}

/// Writes one master.
pub struct MasterWriter {
    flac: FlacSampleWriter<BufWriter<File>>,
}

impl MasterWriter {
    /// Into an empty file; `channels` are one or two.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn new(file: File, channels: u16) -> io::Result<MasterWriter> {
        let options = Options::default().no_padding().no_seektable();
        let channels = u8::try_from(channels).unwrap_or(u8::MAX);
        let flac = FlacSampleWriter::new(BufWriter::with_capacity(256 << 10, file), options, RATE, BITS, channels, None);
        Ok(MasterWriter { flac: flac.map_err(unwritten)? })
    }

    /// Takes interleaved samples as [`code`] makes them.
    ///
    /// # Errors
    /// As [`MasterWriter::new`].
    pub fn write(&mut self, codes: &[i32]) -> io::Result<()> {
        self.flac.write(codes).map_err(unwritten)
    }

    /// # Errors
    /// As [`MasterWriter::new`].
    pub fn finish(self) -> io::Result<()> {
        self.flac.finalize().map_err(unwritten)
    }
}

/// Reads one master from its beginning.
pub struct MasterReader {
    flac: FlacReader<'static>,
    decoder: FlacDecoder,
    head: MasterHead,
    /// Frames that were decoded so far.
    decoded: u64,
    /// Samples of the block at hand, and how many of them were given out.
    block: Vec<f32>,
    given: usize,
}

impl MasterReader {
    /// # Errors
    /// When the file cannot be read or is no master.
    pub fn new(mut file: File) -> io::Result<MasterReader> {
        let head = MasterHead::of(&file)?;
        file.rewind()?;
        let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
        let flac = FlacReader::try_new(stream, FormatOptions::default()).map_err(undecodable)?;
        let coding = flac.tracks().first().and_then(|track| track.codec_params.as_ref()?.audio());
        let coding = coding.ok_or_else(|| damaged("it says not how it is coded"))?;
        let decoder = FlacDecoder::try_new(coding, &AudioDecoderOptions::default()).map_err(undecodable)?;
        Ok(MasterReader { flac, decoder, head, decoded: 0, block: Vec::new(), given: 0 })
    }

    pub fn head(&self) -> MasterHead {
        self.head
    }

    /// Gives the next interleaved samples, as many as are at hand and find room, and says how many there were: 0 is the end.
    ///
    /// # Errors
    /// When it cannot be read or is damaged here.
    pub fn read(&mut self, into: &mut [f32]) -> io::Result<usize> {
        if self.given == self.block.len() && !self.decode()? {
            return Ok(0);
        }
        let count = into.len().min(self.block.len() - self.given);
        for (to, from) in into.iter_mut().zip(&self.block[self.given..]) {
            *to = from * HEADROOM;
        }
        self.given += count;
        Ok(count)
    }

    /// Decodes the next block. False at the end.
    fn decode(&mut self) -> io::Result<bool> {
        let Some(packet) = self.flac.next_packet().map_err(undecodable)? else { return Ok(false) };
        // A demuxer that finds damage goes on behind it.
        if u64::try_from(packet.pts.get()) != Ok(self.decoded) {
            return Err(damaged("a part of it is missing"));
        }
        let sound = self.decoder.decode(&packet).map_err(undecodable)?;
        if sound.spec().channels().count() != usize::from(self.head.channels) {
            return Err(damaged("its channels change"));
        }
        self.decoded += sound.frames() as u64;
        sound.copy_to_vec_interleaved(&mut self.block);
        self.given = 0;
        Ok(true)
    }
}

fn damaged(how: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, how)
}

fn undecodable(error: Error) -> io::Error {
    match error {
        Error::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}

fn unwritten(error: flac_codec::Error) -> io::Error {
    match error {
        flac_codec::Error::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn written(channels: u16, codes: &[i32]) -> File {
        let file = tempfile::tempfile().unwrap();
        let mut writer = MasterWriter::new(file.try_clone().unwrap(), channels).unwrap();
        codes.chunks(1_000).for_each(|codes| writer.write(codes).unwrap());
        writer.finish().unwrap();
        file
    }

    /// All samples, in the master's steps, and what went wrong.
    fn read(file: &File, most: usize) -> (Vec<i32>, Option<io::Error>) {
        let mut reader = match MasterReader::new(file.try_clone().unwrap()) {
            Ok(reader) => reader,
            Err(error) => return (Vec::new(), Some(error)),
        };
        let (mut block, mut codes) = (vec![0.0; most], Vec::new());
        loop {
            match reader.read(&mut block) {
                Ok(0) => return (codes, None),
                Ok(count) => codes.extend(block[..count].iter().map(|sample| code(*sample))),
                Err(error) => return (codes, Some(error)),
            }
        }
    }

    fn noise(count: usize) -> Vec<i32> {
        let mut state = 7u32;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state as i32) >> 16
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    #[test]
    fn what_was_written_comes_back_to_the_bit_whatever_it_is_and_however_it_is_read() {
        let tone = |frames: u32| (0..frames).map(|n| (9_000.0 * (f64::from(n) / 9.0).sin()) as i32).collect::<Vec<_>>();
        for codes in [noise(40_000), tone(30_002), vec![0; 20_000], vec![i32::from(i16::MIN), i32::from(i16::MAX)], noise(30)] {
            for channels in [1, 2] {
                let file = written(channels, &codes);
                let head = MasterHead { channels, frames: codes.len() as u64 / u64::from(channels) };
                assert_eq!(MasterHead::of(&file).unwrap(), head);
                for most in [1, 333, 100_000] {
                    let (back, error) = read(&file, most);
                    assert!(back == codes && error.is_none(), "{} samples, {channels} channels: {error:?}", codes.len());
                }
            }
        }
    }

    #[test]
    fn peaks_above_full_scale_have_six_decibels_of_room() {
        assert_eq!(sample(code(1.99)), sample(code(1.99)).clamp(1.98, 2.0));
        assert_eq!((code(3.0), code(-3.0), code(f32::NAN)), (32_767, -32_768, 0));
        assert!((-2_000..2_000).all(|n| (sample(code(n as f32 / 1_000.0)) - n as f32 / 1_000.0).abs() <= 1.0 / 32_768.0));
    }

    #[test]
    fn damage_anywhere_is_an_error_and_never_other_sound() {
        let codes = noise(60_000);
        let file = written(2, &codes);
        let bytes = {
            let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
            file.read_exact_at(&mut bytes, 0).unwrap();
            bytes
        };
        for at in (HEAD_BYTES..bytes.len()).step_by(bytes.len() / 40) {
            for broken in [
                [&bytes[..at], &[bytes[at] ^ 0x10], &bytes[at + 1..]].concat(),
                bytes[..at].to_vec(),
                [&bytes[..at], &bytes[(at + 700).min(bytes.len())..]].concat(),
            ] {
                let mut file = tempfile::tempfile().unwrap();
                file.write_all(&broken).unwrap();
                let (back, error) = read(&file, 4_096);
                assert!(codes.starts_with(&back), "other sound from byte {at} on");
                assert!(error.is_some() || back.len() < codes.len(), "damage at byte {at} was not noticed");
            }
        }
    }

    #[test]
    fn what_is_no_master_is_refused_before_a_decoder_sees_it() {
        let flac = |name: &str| std::fs::read(format!("{}/tests/recordings/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for bytes in [flac("tone.flac"), flac("tone.mp3"), b"fLaC".to_vec(), Vec::new(), vec![0; 100]] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            assert!(MasterHead::of(&file).is_err() && MasterReader::new(file).is_err());
        }
    }
}
