//! What of a file its decoder is shown: the recording without the pictures and texts that stand beside it, which a decoder would keep in
//! memory for as long as it sounds; and sizes where a recorder never came to write them.

use std::fs::File;
use std::io;

use super::{mp4, ogg, read_at, tags_end, wav};
use crate::audio::source::Piece;

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
