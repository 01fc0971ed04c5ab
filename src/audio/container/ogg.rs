//! The first and the last page of an Ogg file, and its headers without what is said about the recording.

use std::fs::File;
use std::io;

use super::read_at;
use super::shown::SMALL_BYTES;
use crate::audio::opus::pages;

/// No page is longer: 27 bytes of head, 255 of table, 255 × 255 of packets.
pub const PAGE_BYTES: u64 = 65_307;

/// A stream that was cut out of a longer one counts on from there: what is past this on its first page of sound says so.
const FIRST_FRAMES: u64 = 200_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// The count of frames that the last page ends with, where frames are counted from the start.
    pub last_frame: Option<u64>,
    /// The last page says that it is the last.
    pub marked: bool,
}

/// What the first and the last bytes of a file say.
pub fn ends(head: &[u8], tail: &[u8]) -> Ends {
    let position = |page: &[u8]| page.get(6..14).and_then(|eight| Some(u64::from_le_bytes(eight.try_into().ok()?)));
    let last = tail.windows(27).rfind(|page| is_page(page) && position(page) != Some(u64::MAX));
    let first = head.windows(27).filter(|page| is_page(page)).filter_map(position).find(|at| *at > 0 && *at != u64::MAX);
    let from_start = first.is_none_or(|at| at <= FIRST_FRAMES);
    Ends { last_frame: last.and_then(position).filter(|_| from_start), marked: last.is_some_and(|page| page[5] & 4 != 0) }
}

/// No headers stand on more pages.
const MOST_PAGES: u32 = 20_000;

/// No decoder's tables are larger.
const SETUP_BYTES: usize = 1 << 20;

/// Vorbis comments that say nothing.
const NO_COMMENTS: &[u8] = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";

/// The same as FLAC has it: a block of comments, and the last of the blocks.
const NO_BLOCKS: &[u8] = b"\x84\0\0\x08\0\0\0\0\0\0\0\0";

/// A Vorbis or FLAC stream's headers behind the first on pages of their own, without its comments and pictures: where the first ends, those
/// pages, and where the sound begins. `None` where they are not large, or not as they should be.
///
/// # Errors
/// When the file cannot be read.
pub fn without_comments(file: &mut File) -> io::Result<Option<(u64, Vec<u8>, u64)>> {
    let Some((first, before)) = page_at(file, 0)? else { return Ok(None) };
    let head = read_at(file, 27 + first.table.len() as u64, 7)?;
    let (headers, empty) = if head.starts_with(b"\x01vorbis") {
        (headers(file, before, |number, _| number == 2, Some(2))?, NO_COMMENTS)
    } else if head.starts_with(b"\x7fFLAC") {
        (headers(file, before, |_, kind| kind & 0x80 != 0, None)?, NO_BLOCKS)
    } else {
        return Ok(None);
    };
    let Some(headers) = headers.filter(|headers| headers.bytes > SMALL_BYTES) else { return Ok(None) };
    let packets = [empty, headers.kept.as_slice()];
    let packets = if headers.kept.is_empty() { &packets[..1] } else { &packets };
    Ok(Some((before, pages::written(first.serial, 1, packets), headers.end)))
}

/// The packets behind the first one, up to where the sound begins.
#[derive(Default)]
struct Headers {
    /// How large those are that are not kept.
    bytes: u64,
    kept: Vec<u8>,
    end: u64,
}

/// `is_last` is told the number of a packet, from 1, and its first byte. `None` where one of them is as sound would be.
fn headers(file: &mut File, mut at: u64, is_last: impl Fn(u32, u8) -> bool, kept: Option<u32>) -> io::Result<Option<Headers>> {
    let (mut headers, mut number, mut kind) = (Headers::default(), 1, None);
    for _ in 0..MOST_PAGES {
        let Some((page, end)) = page_at(file, at)? else { return Ok(None) };
        let mut body = at + 27 + page.table.len() as u64;
        for (place, size) in page.table.iter().enumerate() {
            if kind.is_none() {
                kind = read_at(file, body, 1)?.first().copied().filter(|kind| *size > 0 && *kind != 0xff);
            }
            let Some(first) = kind else { return Ok(None) };
            if kept != Some(number) {
                headers.bytes += u64::from(*size);
            } else if headers.kept.len() < SETUP_BYTES {
                headers.kept.extend(read_at(file, body, u64::from(*size))?);
            } else {
                return Ok(None);
            }
            body += u64::from(*size);
            if *size == 255 {
                continue;
            }
            if is_last(number, first) {
                headers.end = end;
                // Sound begins on a page of its own.
                return Ok((place + 1 == page.table.len()).then_some(headers));
            }
            (number, kind) = (number + 1, None);
        }
        at = end;
    }
    Ok(None)
}

struct Head {
    serial: u32,
    table: Vec<u8>,
}

/// The page that begins at a place, and where it ends.
fn page_at(file: &mut File, at: u64) -> io::Result<Option<(Head, u64)>> {
    let head = read_at(file, at, 27 + 255)?;
    if head.len() < 27 || !is_page(&head) {
        return Ok(None);
    }
    let Some(table) = head.get(27..27 + usize::from(head[26])) else { return Ok(None) };
    let serial = u32::from_le_bytes([head[14], head[15], head[16], head[17]]);
    let end = at + 27 + table.len() as u64 + table.iter().map(|size| u64::from(*size)).sum::<u64>();
    Ok(Some((Head { serial, table: table.to_vec() }, end)))
}

fn is_page(bytes: &[u8]) -> bool {
    bytes.starts_with(b"OggS\0") && bytes[5] < 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(flags: u8, at: u64) -> Vec<u8> {
        [b"OggS\0".as_slice(), &[flags], &at.to_le_bytes(), &[0; 13]].concat()
    }

    #[test]
    fn the_last_page_gives_length_and_mark() {
        let file = [page(2, 0), page(0, 9_000), page(4, 50_000)].concat();
        assert_eq!(ends(&file, &file), Ends { last_frame: Some(50_000), marked: true });
    }

    #[test]
    fn a_stream_that_was_cut_out_of_a_longer_one_claims_no_length() {
        let file = [page(2, 0), page(0, 9_000_000), page(0, 9_050_000)].concat();
        assert_eq!(ends(&file, &file), Ends { last_frame: None, marked: false });
    }

    #[test]
    fn what_is_no_ogg_claims_nothing() {
        assert_eq!(ends(b"", b"OggS"), Ends::default());
    }
}
