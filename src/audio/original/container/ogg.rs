//! The first and the last page of an Ogg file.

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
