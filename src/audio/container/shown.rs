//! What of a file its decoder is shown: the recording without the pictures and texts that stand beside it, which a decoder would keep in
//! memory for as long as it sounds; and sizes where a recorder never came to write them.

use std::fs::File;
use std::io;

use super::{mp4, ogg, read_at, tags_end, wav};
use crate::audio::original::Piece;

/// Tags that are smaller stay where they are.
pub const SMALL_BYTES: u64 = 64 << 10;

/// The first block of a FLAC stream, which says what it is, with its head.
const STREAMINFO_BYTES: usize = 4 + 34;

/// What is to be seen of a file of this format.
///
/// # Errors
/// When it cannot be read.
pub fn shown(file: &mut File, format: &str) -> io::Result<Vec<Piece>> {
    let end = file.metadata()?.len();
    let whole = || vec![Piece::File(0..end)];
    Ok(match format {
        "mp3" | "aac" => vec![Piece::File(tags_end(file)?..end)],
        "flac" => flac(file, end)?,
        "wav" => match wav::unfinished(file)? {
            Some(sizes) => patched(&sizes, &[0xff; 4], end),
            None => whole(),
        },
        // Places in it count from its start: what is left out keeps its room.
        "m4a" => patched(&mp4::look(file)?.pictures, b"free", end),
        "ogg" => match ogg::without_comments(file)? {
            Some((before, headers, after)) => vec![Piece::File(0..before), Piece::Bytes(headers), Piece::File(after..end)],
            None => whole(),
        },
        _ => whole(),
    })
}

/// A whole file with `bytes` in these places, which stand in their order.
fn patched(places: &[u64], bytes: &[u8], end: u64) -> Vec<Piece> {
    let (mut pieces, mut begin) = (Vec::new(), 0);
    for place in places {
        pieces.extend([Piece::File(begin..*place), Piece::Bytes(bytes.to_vec())]);
        begin = place + bytes.len() as u64;
    }
    pieces.push(Piece::File(begin..end));
    pieces
}

/// A FLAC stream with its first block alone, when the others are large.
fn flac(file: &mut File, end: u64) -> io::Result<Vec<Piece>> {
    let begin = tags_end(file)?;
    let whole = Ok(vec![Piece::File(begin..end)]);
    let mark = begin + 4;
    let mut info = read_at(file, mark, STREAMINFO_BYTES as u64)?;
    let mut at = mark;
    loop {
        let head = read_at(file, at, 4)?;
        let [kind, high, middle, low] = head[..] else { return whole };
        at += 4 + u64::from(u32::from_be_bytes([0, high, middle, low]));
        if at >= end {
            return whole;
        }
        if kind & 0x80 != 0 {
            break;
        }
    }
    if at - begin <= SMALL_BYTES || info.len() < STREAMINFO_BYTES || info[..4] != [0, 0, 0, 34] {
        return whole;
    }
    // The last of its kind.
    info[0] = 0x80;
    Ok(vec![Piece::Bytes([b"fLaC", info.as_slice()].concat()), Piece::File(at..end)])
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        file
    }

    #[test]
    fn a_recorder_that_lost_its_power_left_sizes_to_be_filled_in() {
        let whole = b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0\x01\0data\0\0\0\0sound";
        let pieces = shown(&mut file(whole), "wav").unwrap();
        let ones = || Piece::Bytes(vec![0xff; 4]);
        assert_eq!(pieces, [Piece::File(0..4), ones(), Piece::File(8..26), ones(), Piece::File(30..35)]);
        assert_eq!(shown(&mut file(&whole[..30]), "wav").unwrap(), [Piece::File(0..30)]);
    }

    #[test]
    fn what_is_small_stays() {
        let stream = [b"fLaC\0\0\0\x22".as_slice(), &[0; 34], b"\x81\0\0\x03abcsound"].concat();
        assert_eq!(shown(&mut file(&stream), "flac").unwrap(), [Piece::File(0..stream.len() as u64)]);
    }

    #[test]
    fn no_bytes_break_it() {
        let large = vec![0x55; 70_000];
        let flac = [b"fLaC\0\0\0\x22".as_slice(), &[0; 34], b"\x86\x01\x11\x70", &large, b"sound"].concat();
        let covr = [b"\0\x01\x11\x78covr".as_slice(), &large].concat();
        let written = |packets: &[&[u8]]| crate::audio::opus::pages::written(1, 0, packets);
        let ogg = written(&[b"\x01vorbis", &large, b"\x05vorbis", b"sound"]);
        let oga = [written(&[b"\x7fFLAC\x01\0"]), written(&[b"\x04\0\0\0", &[&b"\x86"[..], &large].concat()])].concat();
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        let mp3 = b"ID3\x04\0\0\0\0\0\x02ab\xff\xfb".to_vec();
        for (format, whole) in [("flac", flac), ("m4a", covr), ("ogg", ogg), ("ogg", oga), ("mp3", mp3)] {
            for _ in 0..300 {
                let mut bytes = whole.clone();
                for _ in 0..3 {
                    let at = next() as usize % bytes.len().min(400);
                    bytes[at] = next() as u8;
                }
                bytes.truncate(bytes.len() - next() as usize % 100 % bytes.len());
                let (mut file, end) = (file(&bytes), bytes.len() as u64);
                for piece in shown(&mut file, format).unwrap() {
                    let Piece::File(range) = piece else { continue };
                    assert!(range.is_empty() || range.end <= end, "{format}: {range:?} of {end}");
                }
            }
        }
    }
}
