//! What a file is, by its first bytes: the name it was given says nothing.
//!
//! Pure. What is not known here may still be sound: the decoder has the last word.

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniffed {
    /// One of [`crate::library::store::FORMATS`].
    Playable(&'static str),
    /// Known, and not playable here: its name.
    Refused(&'static str),
    Unknown,
}

/// How many bytes are worth looking at.
pub const HEAD_BYTES: usize = 64 << 10;

use Sniffed::{Playable, Refused, Unknown};

/// Beginnings of files that are something else than a recording we play.
const REFUSED: &[(usize, &[u8], &str)] = &[
    (0, b"#!AMR", "AMR"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA"),
    (0, b"\x1a\x45\xdf\xa3", "WebM/Matroska"),
    (0, b"caff", "CAF"),
    (0, b".snd", "AU"),
    (0, b"wvpk", "WavPack"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"MThd", "MIDI"),
    (0, b"\x0b\x77", "AC-3"),
    (0, b"RF64", "WAV RF64"),
    (0, b"riff\x2e\x91\xcf\x11", "WAV W64"),
    (0, b".RMF", "RealMedia"),
    (0, b"DSD ", "DSD"),
    (0, b"FLV\x01", "video FLV"),
    (0, b"\x00\x00\x01\xba", "video MPEG"),
    (0, b"%PDF", "PDF"),
    (0, b"PK\x03\x04", "ZIP/Office"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
    (0, b"Rar!", "RAR"),
    (0, b"7z\xbc\xaf", "7z"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"\x89PNG", "PNG"),
    (0, b"\xff\xd8\xff\xe0", "JPEG"),
    (0, b"\xff\xd8\xff\xe1", "JPEG"),
    (0, b"GIF8", "GIF"),
    (0, b"MZ", "EXE"),
    (0, b"\x7fELF", "ELF"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut"),
];

/// The format of a file that begins with `head` (up to [`HEAD_BYTES`] of it).
pub fn sniff(head: &[u8]) -> Sniffed {
    if let Some(name) = REFUSED.iter().find(|(at, mark, _)| starts(head, *at, mark)).map(|(_, _, name)| *name) {
        return Refused(name);
    }
    if starts(head, 0, b"RIFF") {
        return riff(head);
    }
    if starts(head, 0, b"FORM") && (starts(head, 8, b"AIFF") || starts(head, 8, b"AIFC")) {
        return Refused("AIFF");
    }
    if starts(head, 0, b"fLaC") {
        return Playable("flac");
    }
    if starts(head, 0, b"OggS") {
        return ogg(head);
    }
    if starts(head, 4, b"ftyp") || starts(head, 4, b"moov") || starts(head, 4, b"mdat") {
        return mp4(head);
    }
    if starts(head, 0, b"ID3") {
        return after_tag(head);
    }
    if let Some(found) = mpeg(head) {
        return found;
    }
    text(head)
}

fn starts(head: &[u8], at: usize, mark: &[u8]) -> bool {
    head.get(at..).is_some_and(|rest| rest.starts_with(mark))
}

fn number<const N: usize>(head: &[u8], at: usize) -> Option<[u8; N]> {
    head.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn riff(head: &[u8]) -> Sniffed {
    if starts(head, 8, b"AVI ") {
        return Refused("video AVI");
    }
    if starts(head, 8, b"RMID") {
        return Refused("MIDI");
    }
    if !starts(head, 8, b"WAVE") {
        return Unknown;
    }
    // The chunks before the samples: `fmt ` names the coding.
    let mut at = 12;
    while let Some(size) = number(head, at + 4).map(u32::from_le_bytes) {
        if starts(head, at, b"fmt ") {
            return match number(head, at + 8).map(u16::from_le_bytes) {
                Some(0x0002 | 0x0011 | 0x0069) => Refused("WAV ADPCM"),
                Some(0x0031) => Refused("WAV GSM"),
                Some(0x0050) => Refused("WAV MPEG"),
                Some(0x0055) => Refused("WAV MP3"),
                Some(0x0160..=0x0163) => Refused("WAV WMA"),
                _ => Playable("wav"),
            };
        }
        let Some(next) = usize::try_from(size).ok().and_then(|size| at.checked_add(8 + size + size % 2)) else { break };
        at = next;
    }
    Playable("wav")
}

fn ogg(head: &[u8]) -> Sniffed {
    let Some(segments) = head.get(26) else { return Unknown };
    let packet = 27 + usize::from(*segments);
    const CODINGS: &[(&[u8], Sniffed)] = &[
        (b"\x01vorbis", Playable("ogg")),
        (b"\x7fFLAC", Playable("ogg")),
        (b"OpusHead", Playable("opus")),
        (b"Speex   ", Refused("Speex")),
        (b"\x80theora", Refused("video Ogg")),
        (b"fishead\0", Refused("video Ogg")),
    ];
    CODINGS.iter().find(|(mark, _)| starts(head, packet, mark)).map_or(Unknown, |(_, found)| *found)
}

/// The boxes that name an MP4 file's coding stand anywhere in it: [`super::container::refused_mp4`] looks at them. Pictures have a brand.
fn mp4(head: &[u8]) -> Sniffed {
    let is_picture = [b"heic", b"heix", b"avif", b"mif1"].iter().any(|brand| starts(head, 8, *brand));
    if is_picture { Refused("HEIC") } else { Playable("m4a") }
}

/// An ID3 tag may stand before MPEG sound and before others.
fn after_tag(head: &[u8]) -> Sniffed {
    let Some(size) = number::<4>(head, 6) else { return Unknown };
    let size = size.iter().fold(0usize, |sum, byte| sum << 7 | usize::from(byte & 0x7f));
    let footer = if head.get(5).is_some_and(|flags| flags & 0x10 != 0) { 10 } else { 0 };
    match head.get(10 + size + footer..) {
        // A picture in the tag fills the head: what carries such tags is nearly always MP3.
        None | Some([]) => Playable("mp3"),
        Some(rest) if rest.starts_with(b"fLaC") => Playable("flac"),
        Some(rest) => {
            mpeg(rest.get(rest.iter().take_while(|byte| **byte == 0).count()..).unwrap_or(rest)).unwrap_or(Playable("mp3"))
        }
    }
}

/// MPEG sound begins with a frame header: eleven set bits, the version, the layer.
fn mpeg(head: &[u8]) -> Option<Sniffed> {
    let [first, second, third, ..] = *head else { return None };
    if first != 0xff || second & 0xe0 != 0xe0 || second & 0x18 == 0x08 {
        return None;
    }
    match (second >> 1) & 3 {
        0 if second & 0xf6 == 0xf0 => Some(Playable("aac")),
        1 if third >> 4 == 0 && (third >> 2) & 3 != 3 => Some(Refused("MP3 free format")),
        1 if third >> 4 != 0xf && (third >> 2) & 3 != 3 => Some(Playable("mp3")),
        2 => Some(Refused("MP2")),
        3 => Some(Refused("MP1")),
        _ => None,
    }
}

fn text(head: &[u8]) -> Sniffed {
    let start = &head[..head.len().min(512)];
    let valid = match std::str::from_utf8(start) {
        Ok(text) => text,
        // A character may be cut at the end of what is looked at.
        Err(error) if start.len() - error.valid_up_to() < 4 => std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or(""),
        Err(_) => return Unknown,
    };
    let printable = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{feff}');
    if valid.len() >= 4 && valid.chars().all(printable) { Refused("text") } else { Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        let table: &[(&[u8], Sniffed)] = &[
            (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0", Playable("wav")),
            (b"RIFF\x24\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0\x55\0", Refused("WAV MP3")),
            (b"RIFF\x24\0\0\0AVI LIST", Refused("video AVI")),
            (b"fLaC\0\0\0\x22", Playable("flac")),
            (b"\xff\xfb\x90\xc0", Playable("mp3")),
            (b"\xff\xf3\x40\xc0", Playable("mp3")),
            (b"\xff\xfb\x00\xc0", Refused("MP3 free format")),
            (b"\xff\xfd\x90\xc0", Refused("MP2")),
            (b"\xff\xf1\x50\x80", Playable("aac")),
            (b"ID3\x04\0\0\0\0\0\x02ab\xff\xfb\x90\xc0", Playable("mp3")),
            (b"ID3\x04\0\0\0\0\0\x02abfLaC", Playable("flac")),
            (b"ID3\x04\0\0\x7f\x7f\x7f\x7f", Playable("mp3")),
            (b"\0\0\0\x18ftypM4A ", Playable("m4a")),
            (b"\0\0\0\x18ftypheic", Refused("HEIC")),
            (b"#!AMR-WB\n", Refused("AMR")),
            (b"FORM\0\0\0\0AIFF", Refused("AIFF")),
            ("Thưa bà con.".as_bytes(), Refused("text")),
            (b"<html><body>", Refused("text")),
            (b"\x80\x81\x82\x83", Unknown),
            (b"", Unknown),
        ];
        for (head, wanted) in table {
            assert_eq!(sniff(head), *wanted, "{}", head.escape_ascii());
        }
    }

    #[test]
    fn no_beginning_of_any_file_breaks_it() {
        let mut state = 1u32;
        for _ in 0..20_000 {
            let mut head = [0u8; 40];
            for byte in &mut head {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (state >> 24) as u8;
            }
            for mark in [b"RIFF".as_slice(), b"OggS", b"ID3", b"\0\0\0\x18ftyp", b"\xff\xfb", b""] {
                head[..mark.len()].copy_from_slice(mark);
                for end in [mark.len(), 11, 20, 40] {
                    sniff(&head[..end]);
                }
            }
        }
    }
}
