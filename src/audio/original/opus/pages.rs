//! The pages of an Ogg file (RFC 3533), one after another, and the packets that are complete on each.
//!
//! Promises: whatever the file holds, no more than a page and one packet are kept; a page whose checksum is wrong is passed over as though
//! it were not there, and a packet that lost a part with it never comes. What a packet means is not known here.

use std::io::{self, Read};

/// The head of a page before its table.
const HEAD: usize = 27;

/// Longer packets come cut off: no Opus packet is, but the tags with a picture of five megabytes in them are.
const PACKET_BYTES: usize = 64 << 10;

/// One page with the packets that end on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The first, and the last, of its stream.
    pub first: bool,
    pub last: bool,
    pub serial: u32,
    /// The count of frames up to the end of the last packet that ends here; `None` where none does.
    pub position: Option<u64>,
    pub packets: Vec<Vec<u8>>,
}

/// Reads pages from a file that stands at its start.
pub struct Pages<R> {
    from: R,
    /// The serial and the number of the page that is expected next.
    expected: Option<(u32, u32)>,
    /// The packet that goes on on the next page.
    open: Option<Vec<u8>>,
}

impl<R: Read> Pages<R> {
    pub fn new(from: R) -> Pages<R> {
        Pages { from, expected: None, open: None }
    }

    /// The next whole page; `None` at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn turn(&mut self) -> io::Result<Option<Page>> {
        let Some((head, body)) = self.whole_page()? else { return Ok(None) };
        let (table, body) = body.split_at(usize::from(head[26]));
        let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (serial, sequence) = (number(14), number(18));
        let continued = head[5] & 1 != 0;
        if self.expected != Some((serial, sequence)) || !continued {
            self.open = None;
        }
        self.expected = Some((serial, sequence.wrapping_add(1)));
        let position = u64::from(number(6)) | u64::from(number(10)) << 32;
        Ok(Some(Page {
            first: head[5] & 2 != 0,
            last: head[5] & 4 != 0,
            serial,
            position: (position != u64::MAX).then_some(position),
            packets: self.packets(table, body, continued),
        }))
    }

    fn packets(&mut self, table: &[u8], mut body: &[u8], continued: bool) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        // The rest of a packet whose beginning was lost is passed over.
        let mut is_lost = continued && self.open.is_none();
        for size in table {
            let (part, rest) = body.split_at(usize::from(*size).min(body.len()));
            body = rest;
            let open = self.open.get_or_insert_default();
            open.extend_from_slice(&part[..part.len().min(PACKET_BYTES.saturating_sub(open.len()))]);
            if *size < 255 {
                packets.extend(self.open.take().filter(|_| !is_lost));
                is_lost = false;
            }
        }
        if is_lost {
            self.open = None;
        }
        packets
    }

    /// The head of the next page whose checksum is right, with its table and body.
    fn whole_page(&mut self) -> io::Result<Option<([u8; HEAD], Vec<u8>)>> {
        let mut head = [0; HEAD];
        let mut have = 0;
        loop {
            have += fill(&mut self.from, &mut head[have..])?;
            if have < HEAD {
                return Ok(None);
            }
            if !head.starts_with(b"OggS\0") {
                // On to the next byte that may begin a page.
                let skip = head[1..].iter().position(|byte| *byte == b'O').map_or(HEAD, |at| at + 1);
                head.copy_within(skip.., 0);
                have = HEAD - skip;
                continue;
            }
            have = 0;
            let mut body = vec![0; usize::from(head[26])];
            if fill(&mut self.from, &mut body)? < body.len() {
                return Ok(None);
            }
            let (table, sizes) = (body.len(), body.iter().map(|size| usize::from(*size)).sum::<usize>());
            body.resize(table + sizes, 0);
            if fill(&mut self.from, &mut body[table..])? < sizes {
                return Ok(None);
            }
            if checksum(&head, &body).to_le_bytes() == head[22..26] {
                return Ok(Some((head, body)));
            }
        }
    }
}

fn fill(from: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match from.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// RFC 3533's checksum over a page with its own field as zero.
fn checksum(head: &[u8; HEAD], body: &[u8]) -> u32 {
    let mut sum = 0;
    for (at, byte) in head.iter().enumerate() {
        sum = step(sum, if (22..26).contains(&at) { 0 } else { *byte });
    }
    body.iter().fold(sum, |sum, byte| step(sum, *byte))
}

fn step(sum: u32, byte: u8) -> u32 {
    sum << 8 ^ TABLE[(sum >> 24) as usize ^ usize::from(byte)]
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut sum = (at as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 };
            bit += 1;
        }
        table[at] = sum;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of one packet, or of a part of it when it fills its last segment.
    fn page(flags: u8, sequence: u32, packet: &[u8]) -> Vec<u8> {
        let mut table = vec![255; packet.len() / 255];
        if flags & 8 == 0 {
            table.push((packet.len() % 255) as u8);
        }
        let mut head = [0; HEAD];
        head[..5].copy_from_slice(b"OggS\0");
        head[5] = flags & 7;
        head[18..22].copy_from_slice(&sequence.to_le_bytes());
        head[26] = table.len() as u8;
        let body = [table.as_slice(), packet].concat();
        let sum = checksum(&head, &body);
        head[22..26].copy_from_slice(&sum.to_le_bytes());
        [head.as_slice(), &body].concat()
    }

    fn packets(file: &[u8]) -> Vec<Vec<u8>> {
        let mut pages = Pages::new(file);
        std::iter::from_fn(|| pages.turn().unwrap()).flat_map(|page| page.packets).collect()
    }

    #[test]
    fn a_packet_may_go_on_over_several_pages() {
        let file = [page(8, 0, &[1; 510]), page(8 | 1, 1, &[2; 255]), page(1, 2, &[3; 7]), page(4, 3, b"next")].concat();
        let whole = [[1; 510].as_slice(), &[2; 255], &[3; 7]].concat();
        assert_eq!(packets(&file), [whole, b"next".to_vec()]);
    }

    #[test]
    fn what_is_damaged_or_lost_takes_its_packet_along_and_no_other() {
        let pages = [page(0, 0, b"one"), page(8, 1, &[1; 255]), page(1, 2, &[2; 3]), page(0, 3, b"four")];
        let without_second = [pages[0].clone(), pages[2].clone(), pages[3].clone()].concat();
        assert_eq!(packets(&without_second), [b"one".to_vec(), b"four".to_vec()]);
        let mut damaged = pages.concat();
        let second = pages[0].len() + 40;
        damaged[second] ^= 1;
        assert_eq!(packets(&damaged), [b"one".to_vec(), b"four".to_vec()]);
        let junk = [b"OOggOggSx".as_slice(), &pages[0], b"O", &pages[3]].concat();
        assert_eq!(packets(&junk), [b"one".to_vec(), b"four".to_vec()]);
    }

    #[test]
    fn a_packet_of_megabytes_is_not_kept_whole() {
        let parts: Vec<Vec<u8>> = (0..100).map(|n| page(8 | u8::from(n > 0), n, &[7; 255 * 255])).collect();
        let file = [parts.concat(), page(1, 100, b"end"), page(4, 101, b"next")].concat();
        let found = packets(&file);
        assert_eq!((found[0].len(), found[1].as_slice()), (PACKET_BYTES, b"next".as_slice()));
    }

    #[test]
    fn no_bytes_break_it() {
        let mut state = 1u32;
        for _ in 0..2000 {
            let mut file = [page(2, 0, b"one"), page(8, 1, &[1; 255]), page(1, 2, &[2; 30])].concat();
            for _ in 0..4 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = state as usize % file.len();
                file[at] = (state >> 24) as u8;
            }
            packets(&file[..state as usize % (file.len() + 1)]);
        }
    }
}
