//! Several Opus streams in one packet (RFC 7845, 5.1.1.2): pairs of channels first, then single ones, each by a decoder of its own.
//!
//! All streams but the last say their own length, in bytes that an ordinary packet does not have (RFC 6716, appendix B). The crate's decoder of
//! several streams leaves them in and decodes noise (`rusty-opus` 1.0.2): here each packet is made an ordinary one first.

use rusty_opus::OpusDecoder;

use crate::audio::original::DecodeError;
use crate::audio::original::opus::PACKET_FRAMES;
use crate::library::Damage;

/// One stream: its decoder, and the channels of the whole that its own go to.
struct OpusStream {
    decoder: OpusDecoder,
    channels: Vec<usize>,
}

pub struct Streams {
    streams: Vec<OpusStream>,
    channels: usize,
    /// An ordinary packet, and what it sounds like.
    packet: Vec<u8>,
    decoded: Vec<f32>,
}

impl Streams {
    /// `mapping` says for each channel of the whole which channel of the streams it is; the first `coupled` streams have two.
    ///
    /// # Errors
    /// When the decoder cannot be made.
    pub fn new(streams: u8, coupled: u8, mapping: &[u8]) -> Result<Streams, DecodeError> {
        let goes_to = |own: u8| mapping.iter().position(|from| *from == own);
        let stream = |number: u8| {
            let own = if number < coupled { vec![2 * number, 2 * number + 1] } else { vec![number + coupled] };
            let decoder =
                OpusDecoder::new(48_000, own.len()).map_err(|error| DecodeError::Decode(Damage::Variety, error.to_string()))?;
            Ok(OpusStream { decoder, channels: own.into_iter().filter_map(goes_to).collect() })
        };
        let streams = (0..streams).map(stream).collect::<Result<Vec<_>, DecodeError>>()?;
        Ok(Streams { streams, channels: mapping.len(), packet: Vec::new(), decoded: vec![0.0; 2 * PACKET_FRAMES] })
    }

    /// The frames of one packet, interleaved; none when it cannot be decoded.
    pub fn decode(&mut self, mut packet: &[u8], into: &mut [f32]) -> usize {
        let last = self.streams.len().saturating_sub(1);
        let mut frames = 0;
        for (number, stream) in self.streams.iter_mut().enumerate() {
            self.packet.clear();
            if number == last {
                self.packet.extend_from_slice(packet);
            } else {
                let Some((delimiter, end)) = delimited(packet) else { return 0 };
                self.packet.extend_from_slice(&packet[..delimiter.start]);
                self.packet.extend_from_slice(&packet[delimiter.end..end]);
                packet = &packet[end..];
            }
            let own = stream.channels.len();
            let Ok(decoded) = stream.decoder.decode(&self.packet, PACKET_FRAMES, &mut self.decoded) else { return 0 };
            // All streams of a packet are equally long.
            if number > 0 && decoded != frames {
                return 0;
            }
            frames = decoded;
            for (frame, samples) in into.chunks_exact_mut(self.channels).zip(self.decoded.chunks_exact(own)).take(frames) {
                for (channel, sample) in stream.channels.iter().zip(samples) {
                    frame[*channel] = *sample;
                }
            }
        }
        frames
    }
}

/// Where the length stands in a packet that says it, and where that packet ends.
fn delimited(packet: &[u8]) -> Option<(std::ops::Range<usize>, usize)> {
    let (mut at, mut before, mut padding) = (1, 0, 0);
    // How many frames are as long as the length says.
    let equal = match packet.first()? & 3 {
        0 => 1,
        1 => 2,
        2 => {
            before = size(packet, &mut at)?;
            1
        }
        _ => {
            let count = *packet.get(at)?;
            at += 1;
            if count & 0x40 != 0 {
                padding = padding_bytes(packet, &mut at)?;
            }
            let frames = usize::from(count & 0x3f);
            if count & 0x80 == 0 {
                frames
            } else {
                for _ in 1..frames {
                    before += size(packet, &mut at)?;
                }
                1
            }
        }
    };
    let start = at;
    let end = equal * size(packet, &mut at)? + at + before + padding;
    (end <= packet.len()).then_some((start..at, end))
}

/// The length of a frame, in one byte or two.
fn size(packet: &[u8], at: &mut usize) -> Option<usize> {
    let first = usize::from(*packet.get(*at)?);
    *at += 1;
    if first < 252 {
        return Some(first);
    }
    let second = usize::from(*packet.get(*at)?);
    *at += 1;
    Some(4 * second + first)
}

fn padding_bytes(packet: &[u8], at: &mut usize) -> Option<usize> {
    let mut padding = 0;
    loop {
        let byte = usize::from(*packet.get(*at)?);
        *at += 1;
        padding += byte.min(254);
        if byte < 255 {
            return Some(padding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_packet_is_found_wherever_it_stands() {
        let long = [[0u8, 252, 1].as_slice(), &[7; 256], b"next"].concat();
        let table: &[(&[u8], std::ops::Range<usize>, usize)] = &[
            (b"\x00\x03abcnext", 1..2, 5),
            (&long, 1..3, 259),
            (b"\x01\x02abcdnext", 1..2, 6),
            (b"\x02\x01\x03abcdnext", 2..3, 7),
            (b"\x03\x02\x02abcdnext", 2..3, 7),
            (b"\x03\x82\x01\x03abcdnext", 3..4, 8),
            (b"\x03\x42\x02\x02abcd\0\0next", 3..4, 10),
        ];
        for (packet, delimiter, end) in table {
            assert_eq!(delimited(packet), Some((delimiter.clone(), *end)), "{}", packet.escape_ascii());
            assert_eq!(delimited(&packet[..end - 1]), None);
        }
        assert_eq!(delimited(b""), None);
    }
}
