//! MPEG layer III, frame by frame, without decoding.

use jiff::SignedDuration;

use crate::terms::*;

/// Enough for a tag with a picture is never enough: the first frame is looked for this far behind the tags.
pub const HEAD_BYTES: u64 = 1 << 20;

/// Enough for the tags that stand at the end, but for those with pictures.
pub const TAIL_BYTES: u64 = 160;

/// What may follow the last frame that the Xing tag counts and be no sound.
const SLACK_BYTES: u64 = 2048;

const RATES: [u32; 3] = [44_100, 48_000, 32_000];
const KBITS_1: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBITS_2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What is the same in all frames of a stream: version, layer, rate.
    pub kind: u32,
    pub rate: u32,
    pub samples: u32,
    /// Head and body.
    pub bytes: usize,
    /// Where a Xing tag would stand in the first frame.
    pub tag_at: usize,
}

/// How a kind of stream reads the head of a frame.
type ReadHeader = fn(&[u8]) -> Option<Header>;

fn header(bytes: &[u8]) -> Option<Header> {
    let word = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
    let field = |at: u32, width: u32| word >> at & ((1 << width) - 1);
    let (version, layer, kbits, rate) = (field(19, 2), field(17, 2), field(12, 4) as usize, field(10, 2) as usize);
    if word >> 21 != 0x7ff || version == 1 || layer != 1 || !(1..15).contains(&kbits) || rate == 3 {
        return None;
    }
    let first = version == 3;
    let rate = RATES[rate] >> [2, 0, 1, 0][version as usize];
    let (kbits, samples) = if first { (KBITS_1[kbits], 1152) } else { (KBITS_2[kbits], 576) };
    let mono = field(6, 2) == 3;
    let side = match (first, mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    let body = samples / 8 * kbits * 1000 / rate + field(9, 1);
    Some(Header { kind: word & 0xfffe_0c00, rate, samples, bytes: body as usize, tag_at: 4 + side })
}

/// The next frame from `at` on that another of its kind, or the end of all, follows.
fn frame(bytes: &[u8], mut at: usize, header: ReadHeader) -> Option<(usize, Header)> {
    while at < bytes.len() {
        at += bytes[at..].iter().position(|byte| *byte == 0xff)?;
        if let Some(found) = header(&bytes[at..]) {
            let next = at + found.bytes;
            let followed = begun(bytes.get(next..).unwrap_or_default(), header).is_some_and(|next| next.kind == found.kind);
            if followed || next == bytes.len() || bytes.get(next..).is_some_and(ends_with_tags) {
                return Some((at, found));
            }
        }
        at += 1;
    }
    None
}

/// The header of a frame of which there may be less than that.
fn begun(rest: &[u8], header: ReadHeader) -> Option<Header> {
    let mut head = [0; 8];
    let there = rest.len().min(head.len());
    head[..there].copy_from_slice(&rest[..there]);
    header(&head)
}

fn ends_with_tags(rest: &[u8]) -> bool {
    rest.starts_with(b"ID3") || rest.starts_with(b"TAG") || rest.starts_with(b"APETAGEX") || rest.starts_with(b"LYRICSBEGIN")
}

/// The length of the ID3v2 tag that begins here.
pub fn tag_bytes(bytes: &[u8]) -> Option<usize> {
    let Some([b'I', b'D', b'3', _, _, flags, size @ ..]) = bytes.get(..10) else { return None };
    let size = size.iter().fold(0usize, |sum, byte| sum << 7 | usize::from(byte & 0x7f));
    Some(10 + size + if flags & 0x10 != 0 { 10 } else { 0 })
}

/// The bytes of the ID3v2 tags that stand first.
fn tags(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(tag) = bytes.get(at..).and_then(tag_bytes) {
        at += tag;
    }
    at
}

/// What a Xing or Info tag counts: the frames, and the bytes from its own frame on.
fn tag(first: &[u8], header: &Header) -> Option<(u32, Option<u32>)> {
    let tag = first.get(header.tag_at..)?;
    let number = |at: usize| Some(u32::from_be_bytes(tag.get(at..at + 4)?.try_into().ok()?));
    if !tag.starts_with(b"Xing") && !tag.starts_with(b"Info") {
        return None;
    }
    let flags = number(4)?;
    let frames = if flags & 1 != 0 { number(8)? } else { return None };
    Some((frames, if flags & 2 != 0 { number(12) } else { None }))
}

/// Whether the count of frames at the start of what follows the tags (`bytes` in all) speaks of the whole file, so that it may be trimmed by it.
pub fn may_be_trimmed(head: &[u8], tail: &[u8], bytes: u64) -> bool {
    let Some((at, first)) = frame(head, 0, header) else { return false };
    let Some((_, counted)) = tag(&head[at..], &first) else { return false };
    let Some(counted) = counted else { return true };
    let end = tail.len().checked_sub(128).filter(|at| tail[*at..].starts_with(b"TAG")).unwrap_or(tail.len());
    let ape = end.checked_sub(32).map(|at| &tail[at..end]).filter(|foot| foot.starts_with(b"APETAGEX"));
    let ape = ape.and_then(|foot| Some(u32::from_le_bytes(foot.get(12..16)?.try_into().ok()?))).map_or(0, |size| size + 32);
    let sound = bytes.saturating_sub(at as u64 + (tail.len() - end) as u64 + u64::from(ape));
    sound <= u64::from(counted) + SLACK_BYTES
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// It says how many frames it has.
    pub tagged: bool,
    /// Bytes between frames, as time at the file's mean rate.
    pub lost: SignedDuration,
    /// The last frame is not whole.
    pub cut_off: bool,
}

/// Looks through a whole file.
pub fn survey(bytes: &[u8]) -> Survey {
    survey_of(bytes, header)
}

/// Looks through a whole file of frames that begin with such a header. Tags between them, where files were run together, are no loss.
pub fn survey_of(bytes: &[u8], header: ReadHeader) -> Survey {
    let Some((start, first)) = frame(bytes, tags(bytes), header) else { return Survey::default() };
    let tagged = tag(&bytes[start..], &first).is_some();
    let (mut at, mut frames, mut sound, mut junk) = (start, 0u64, 0usize, 0usize);
    while let Some((next, found)) = frame(bytes, at, header) {
        junk += next - at;
        sound += found.bytes;
        frames += 1;
        at = next + found.bytes;
        at += bytes.get(at..).map_or(0, tags);
    }
    let counted = Frames { count: frames * u64::from(first.samples), rate: first.rate }.length();
    let lost_ns = counted.as_nanos() * junk as i128 / (sound.max(1) as i128);
    let lost = SignedDuration::from_nanos(i64::try_from(lost_ns).unwrap_or(i64::MAX));
    let rest = bytes.get(at..).unwrap_or_default();
    let cut_off = begun(rest, header).is_some_and(|last| last.kind == first.kind && last.bytes > rest.len());
    Survey { tagged, lost, cut_off }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` empty frames of 128 kbit/s at 44.1 kHz: 417 bytes, 26 ms each.
    fn frames(count: usize) -> Vec<u8> {
        let frame = [[0xff, 0xfb, 0x90, 0xc0].as_slice(), &[0; 413]].concat();
        frame.repeat(count)
    }

    #[test]
    fn what_lies_between_frames_is_lost_time() {
        let whole = frames(100);
        assert_eq!(survey(&whole).lost, SignedDuration::ZERO);
        let damaged = [frames(50), vec![0x55; 4170], frames(40)].concat();
        // A frame that is followed by junk counts with it.
        let lost = survey(&damaged).lost.as_millis();
        assert!((261..=288).contains(&lost), "{lost}");
    }

    #[test]
    fn a_last_frame_that_is_not_whole_is_a_cut() {
        let whole = frames(10);
        assert!(!survey(&whole).cut_off);
        assert!(survey(&whole[..whole.len() - 100]).cut_off);
        let tagged = [whole, b"TAG".to_vec(), vec![0; 125]].concat();
        assert!(!survey(&tagged).cut_off);
    }

    #[test]
    fn a_tag_between_two_files_run_together_is_no_loss() {
        let tag = [b"ID3\x04\0\0\0\0\x20\0".as_slice(), &[0x55; 4096]].concat();
        assert_eq!(survey(&[frames(50), tag.clone(), tag, frames(50)].concat()), Survey::default());
    }

    #[test]
    fn only_a_count_of_the_whole_file_may_trim_it() {
        let mut tagged = frames(10);
        let count = |bytes: u32| [b"Xing\0\0\0\x03\0\0\0\x0a".as_slice(), &bytes.to_be_bytes()].concat();
        tagged[21..37].copy_from_slice(&count(4170));
        assert!(may_be_trimmed(&tagged, &tagged[4000..], 4170));
        assert!(!may_be_trimmed(&tagged, &tagged[4000..], 2 * 4170));
        assert!(!may_be_trimmed(&frames(10), &[], 4170));
        assert!(!may_be_trimmed(b"", b"", 0));
    }

    #[test]
    fn noise_is_no_mpeg() {
        assert_eq!(survey(&[0xff; 4000]), Survey::default());
        assert_eq!(survey(b"ID3\x04\0\0\x7f\x7f\x7f\x7f"), Survey::default());
    }
}
