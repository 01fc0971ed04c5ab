//! Ogg Opus (RFC 6716, 7845), which symphonia does not decode. Its demuxer would do for most files, but takes a packet of more than 31 frames
//! for a shorter one (0.6.1), so that pages are read here too.
//!
//! Promises: 48 kHz, and the very frames that the file says it has: the pre-skip at the start is left out, and so is what the last page's
//! position cuts off its end; the output gain of the header is applied. More than two channels come in the order of WAV files. Streams that
//! follow one another in one file are played one after another while their channels are the same; others beside the first are passed over.
//! Packets that cannot be decoded are left out, as the other decoders do: what is missing shows against the length that the file claims.
//!
//! The codec is `rusty-opus`: pure Rust without dependencies, bit-exact against libopus in SILK and within 16 bits in CELT (measured with 21 files
//! of all modes), as fast as the C transpiled, and without a panic over 375,000 packets of noise. `opus-decoder` and `ruopus` without an FFT crate
//! are forty times slower; `unsafe-libopus` is no safe Rust.

pub mod pages;
mod streams;

use std::collections::VecDeque;
use std::io::{self, BufReader, Read};

use rusty_opus::OpusDecoder;

use crate::audio::original::DecodeError;
use crate::audio::original::opus::pages::{Page, Pages};
use crate::audio::original::opus::streams::Streams;
use crate::library::Damage;

pub const RATE: u32 = 48_000;

/// The longest that one packet can be: 120 ms.
const PACKET_FRAMES: usize = 5760;

/// Packets before the first stream's head: what has none in its first pages is no Opus.
const HEAD_PAGES: usize = 64;

/// The order of channels of WAV files, by Vorbis's order, which Opus has for mapping family 1 (RFC 7845, 5.1.1.2).
const WAV_ORDER: [&[usize]; 8] = [
    &[0],
    &[0, 1],
    &[0, 2, 1],
    &[0, 1, 2, 3],
    &[0, 2, 1, 3, 4],
    &[0, 2, 1, 5, 3, 4],
    &[0, 2, 1, 6, 5, 3, 4],
    &[0, 2, 1, 7, 5, 6, 3, 4],
];

/// The streams and the mapping that a head must have for its count of channels.
const MAPPINGS: [(u8, u8, &[u8]); 8] = [
    (1, 0, &[0]),
    (1, 1, &[0, 1]),
    (2, 1, &[0, 2, 1]),
    (2, 2, &[0, 1, 2, 3]),
    (3, 2, &[0, 4, 1, 2, 3]),
    (4, 2, &[0, 4, 1, 2, 3, 5]),
    (4, 3, &[0, 4, 1, 2, 3, 5, 6]),
    (5, 3, &[0, 6, 1, 2, 3, 4, 5, 7]),
];

/// The head of one stream.
#[derive(Clone, Copy, Debug, PartialEq)]
struct OpusHead {
    channels: usize,
    pre_skip: u64,
    gain: f32,
    family: u8,
}

impl OpusHead {
    fn of(packet: &[u8]) -> Result<OpusHead, DecodeError> {
        let bad = |damage: Damage, what: &str| Err(DecodeError::Decode(damage, format!("its Opus header {what}")));
        let (Some(version), Some(fixed)) = (packet.get(8), packet.get(..19)) else { return bad(Damage::EndsEarly, "is cut off") };
        let (channels, family) = (fixed[9], fixed[18]);
        if version >> 4 != 0 {
            return bad(Damage::Variety, "is of a version to come");
        }
        let two = |at: usize| [fixed[at], fixed[at + 1]];
        let known = match family {
            0 => (1..=2).contains(&channels),
            1 => {
                usize::from(channels).checked_sub(1).and_then(|at| MAPPINGS.get(at)).is_some_and(|(streams, coupled, mapping)| {
                    packet.get(19..21) == Some(&[*streams, *coupled]) && packet.get(21..21 + mapping.len()) == Some(*mapping)
                })
            }
            _ => false,
        };
        if !known {
            return bad(Damage::Variety, "has an order of channels that cannot be played");
        }
        let gain_db = f32::from(i16::from_le_bytes(two(16))) / 256.0;
        Ok(OpusHead {
            channels: usize::from(channels),
            pre_skip: u64::from(u16::from_le_bytes(two(10))),
            gain: if gain_db == 0.0 { 1.0 } else { 10f32.powf(gain_db / 20.0) },
            family,
        })
    }
}

enum Codec {
    Single(Box<OpusDecoder>),
    Several(Box<Streams>),
}

impl Codec {
    fn new(head: &OpusHead) -> Result<Codec, DecodeError> {
        if head.family == 0 {
            let made = OpusDecoder::new(48_000, head.channels).map(|one| Codec::Single(Box::new(one)));
            return made.map_err(|error| DecodeError::Decode(Damage::Variety, error.to_string()));
        }
        let (streams, coupled, mapping) = MAPPINGS[head.channels - 1];
        Ok(Codec::Several(Box::new(Streams::new(streams, coupled, mapping)?)))
    }

    /// The frames of one packet, interleaved; none when it cannot be decoded.
    fn decode(&mut self, packet: &[u8], into: &mut [f32]) -> usize {
        match self {
            Codec::Single(one) => one.decode(packet, PACKET_FRAMES, into).unwrap_or(0),
            Codec::Several(several) => several.decode(packet, into),
        }
    }
}

/// The sound of one file, packet by packet.
pub struct Opus<R> {
    pages: Pages<BufReader<R>>,
    head: OpusHead,
    serial: u32,
    codec: Codec,
    /// Packets of the page at hand, and how many of its frames the page says are to be heard.
    packets: VecDeque<Vec<u8>>,
    keep: u64,
    /// Frames still to be left out at the start.
    skip: u64,
    /// Where the stream stands, by the pages' positions; `None` before its first page of sound.
    position: Option<u64>,
    is_over: bool,
    decoded: Vec<f32>,
    ready: std::ops::Range<usize>,
}

impl<R: Read> Opus<R> {
    /// # Errors
    /// When there is no stream of Opus in it that can be played, or it cannot be read.
    pub fn new(file: R) -> Result<Opus<R>, DecodeError> {
        let mut pages = Pages::new(BufReader::new(file));
        for _ in 0..HEAD_PAGES {
            let Some(page) = pages.turn().map_err(DecodeError::Read)? else { break };
            let Some(packet) = page.packets.first().filter(|packet| is_head(&page, packet)) else { continue };
            let head = OpusHead::of(packet)?;
            let codec = Codec::new(&head)?;
            let decoded = vec![0.0; PACKET_FRAMES * head.channels];
            return Ok(Opus {
                pages,
                head,
                serial: page.serial,
                codec,
                packets: VecDeque::new(),
                keep: 0,
                skip: head.pre_skip,
                position: None,
                is_over: false,
                decoded,
                ready: 0..0,
            });
        }
        Err(DecodeError::Decode(Damage::EndsEarly, "there is no Opus stream in it".to_owned()))
    }

    pub fn channels(&self) -> u16 {
        u16::try_from(self.head.channels).unwrap_or(2)
    }

    /// As many samples as there are before the end, and what went wrong if that is why.
    pub fn fill(&mut self, block: &mut [f32]) -> (usize, Option<DecodeError>) {
        let mut filled = 0;
        while filled < block.len() {
            if self.ready.is_empty() {
                match self.more() {
                    Ok(true) => continue,
                    Ok(false) => break,
                    Err(error) => return (filled, Some(error)),
                }
            }
            let count = self.ready.len().min(block.len() - filled);
            let from = self.ready.start;
            block[filled..filled + count].copy_from_slice(&self.decoded[from..from + count]);
            self.ready.start += count;
            filled += count;
        }
        (filled, None)
    }

    /// Decodes the next packet. False at the end.
    fn more(&mut self) -> Result<bool, DecodeError> {
        let Some(packet) = self.packets.pop_front() else { return self.turn_page() };
        let frames = self.codec.decode(&packet, &mut self.decoded) as u64;
        let skipped = self.skip.min(frames);
        self.skip -= skipped;
        // What is cut off at the end counts from where the packet begins, with the pre-skip.
        let kept = frames.min(self.keep);
        self.keep -= kept;
        let channels = self.head.channels;
        let samples = |frames: u64| usize::try_from(frames).unwrap_or(0) * channels;
        self.ready = samples(skipped.min(kept))..samples(kept);
        for sample in &mut self.decoded[self.ready.clone()] {
            *sample *= self.head.gain;
        }
        if channels > 2 {
            reorder(&mut self.decoded[self.ready.clone()], WAV_ORDER[channels - 1]);
        }
        Ok(true)
    }

    fn turn_page(&mut self) -> Result<bool, DecodeError> {
        while !self.is_over {
            let Some(page) = self.pages.turn().map_err(DecodeError::Read)? else { break };
            if page.packets.first().is_some_and(|packet| is_head(&page, packet)) && self.follows(&page)? {
                continue;
            }
            if page.serial != self.serial || page.packets.is_empty() {
                continue;
            }
            // The tags, the one packet of a stream that may not be cut up with the sound.
            if self.position.is_none() && page.packets.first().is_some_and(|packet| packet.starts_with(b"OpusTags")) {
                continue;
            }
            self.take(page);
            return Ok(true);
        }
        self.is_over = true;
        Ok(false)
    }

    /// Takes a page of sound: how many of its frames are to be heard is what its position says, on the last page alone.
    fn take(&mut self, page: Page) {
        let frames = page.packets.iter().map(|packet| length(packet)).sum::<u64>();
        self.keep = match (page.position, self.position.unwrap_or(0)) {
            // The first page of a stream that was cut out of a longer one counts on from there.
            (Some(end), _) if page.last && self.position.is_none() => frames.min(end),
            (Some(end), begun) if page.last => frames.min(end.saturating_sub(begun)),
            _ => frames,
        };
        self.position = page.position.or_else(|| Some(self.position.unwrap_or(0) + frames));
        self.packets = page.packets.into();
    }

    /// Goes over to a stream that begins here, once the one before it has ended. False for one that runs beside it.
    fn follows(&mut self, page: &Page) -> Result<bool, DecodeError> {
        let head = OpusHead::of(&page.packets[0])?;
        if self.position.is_none() && self.skip == self.head.pre_skip {
            // Both begin before any sound: they run side by side.
            return Ok(false);
        }
        if head.channels != self.head.channels {
            return Err(DecodeError::Changes);
        }
        (self.codec, self.head, self.serial, self.skip, self.position) =
            (Codec::new(&head)?, head, page.serial, head.pre_skip, None);
        Ok(true)
    }
}

fn is_head(page: &Page, packet: &[u8]) -> bool {
    page.first && packet.starts_with(b"OpusHead")
}

fn reorder(samples: &mut [f32], order: &[usize]) {
    let mut frame = [0.0; 8];
    for samples in samples.chunks_exact_mut(order.len()) {
        frame[..order.len()].copy_from_slice(samples);
        for (to, from) in samples.iter_mut().zip(order) {
            *to = frame[*from];
        }
    }
}

/// The frames of a packet at 48 kHz, by its first bytes (RFC 6716, 3.1).
fn length(packet: &[u8]) -> u64 {
    let Some(first) = packet.first() else { return 0 };
    let one = match first >> 3 {
        config @ 0..=11 => [480, 960, 1920, 2880][usize::from(config & 3)],
        config @ 12..=15 => [480, 960][usize::from(config & 1)],
        config => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let count = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(packet.get(1).copied().unwrap_or(0) & 0x3f),
    };
    let whole = one * count;
    if whole <= PACKET_FRAMES as u64 { whole } else { 0 }
}

/// The frames at the start of a file that are not to be heard, by its first page.
///
/// # Errors
/// When the head cannot be read.
pub fn pre_skip(first_page: &[u8]) -> io::Result<u64> {
    let mut pages = Pages::new(first_page);
    let packet = pages.turn()?.and_then(|page| page.packets.into_iter().next()).unwrap_or_default();
    Ok(OpusHead::of(&packet).map_or(0, |head| head.pre_skip))
}
