//! The boxes of an MP4 file: its sound track's coding, its edit list, and the delay and padding that iTunes notes beside it.

use std::fs::File;
use std::io;

use jiff::SignedDuration;

use super::read_at;

/// Boxes that are looked at in all: a real file has some dozens.
const MOST_BOXES: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EditList {
    pub skip: SignedDuration,
    pub keep: SignedDuration,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mp4Found {
    /// The one stretch of the track that is to be heard.
    pub edit: Option<EditList>,
    /// The coding's name, if it cannot be played.
    pub refused: Option<&'static str>,
}

/// What was met on the walk.
#[derive(Default)]
struct BoxWalk {
    left: usize,
    /// The name of the free-form tag at hand is iTunes's for gapless playback.
    is_gapless_tag: bool,
    /// Delay and length in frames, by that tag.
    noted: Option<(u64, u64)>,
    movie_scale: u32,
    tracks: Vec<Track>,
}

#[derive(Default)]
struct Track {
    handler: [u8; 4],
    coding: [u8; 4],
    scale: u32,
    /// The whole track in its own scale.
    length: u64,
    /// Length in the movie's scale and start in the track's; `None` for more than one stretch, or a strange one.
    edit: Option<(u64, u64)>,
}

/// Looks at a file's boxes. What is no MP4 has none.
///
/// # Errors
/// When it cannot be read.
pub fn look(file: &mut File) -> io::Result<Mp4Found> {
    let end = file.metadata()?.len();
    let mut walk = BoxWalk { left: MOST_BOXES, ..BoxWalk::default() };
    boxes(file, 0, end, &mut walk)?;
    let has_video = walk.tracks.iter().any(|track| &track.handler == b"vide");
    let Some(sound) = walk.tracks.iter().find(|track| &track.handler == b"soun") else {
        return Ok(Mp4Found { edit: None, refused: has_video.then_some("video MP4") });
    };
    let refused = match &sound.coding {
        b"samr" | b"sawb" => Some("AMR (3GP)"),
        b"alac" => Some("Apple Lossless"),
        b"ac-3" | b"ec-3" => Some("AC-3 in MP4"),
        b"Opus" => Some("Opus in MP4"),
        _ => has_video.then_some("video MP4"),
    };
    let edit = match (sound.edit, walk.noted) {
        (Some((_, 0)) | None, Some((delay, length))) => between(ticks(delay, sound.scale), ticks(length, sound.scale)),
        (Some((length, start)), _) => {
            let (length, start_ticks) = (ticks(length, walk.movie_scale), start);
            // An edit is counted in the movie's ticks, often a millisecond; the track's own length is exact.
            let exact = sound.length.checked_sub(start_ticks).and_then(|length| ticks(length, sound.scale));
            let tick = ticks(1, walk.movie_scale).unwrap_or_default();
            let is_near = length.zip(exact).is_some_and(|(length, exact)| (length - exact).abs() <= tick);
            between(ticks(start_ticks, sound.scale), if is_near { exact } else { length })
        }
        (None, None) => None,
    };
    Ok(Mp4Found { edit, refused })
}

fn between(skip: Option<SignedDuration>, keep: Option<SignedDuration>) -> Option<EditList> {
    Some(EditList { skip: skip?, keep: keep.filter(|keep| !keep.is_zero())? })
}

fn ticks(count: u64, scale: u32) -> Option<SignedDuration> {
    let nanos = (u128::from(count) * 1_000_000_000 + u128::from(scale) / 2).checked_div(u128::from(scale))?;
    Some(SignedDuration::from_nanos(i64::try_from(nanos).ok()?))
}

fn boxes(file: &mut File, mut at: u64, end: u64, walk: &mut BoxWalk) -> io::Result<()> {
    while at + 8 <= end && walk.left > 0 {
        walk.left -= 1;
        let head = read_at(file, at, 16)?;
        let (Some(size), Some(kind)) = (be32(&head, 0), head.get(4..8)) else { return Ok(()) };
        let (header, size) = match size {
            0 => (8, end - at),
            1 => (16, be64(&head, 8).unwrap_or(0)),
            size => (8, u64::from(size)),
        };
        let Some(next) = at.checked_add(size).filter(|next| size >= header && *next <= end) else { return Ok(()) };
        let inner = at + header;
        match kind {
            b"moov" | b"mdia" | b"minf" | b"stbl" | b"edts" | b"udta" | b"ilst" | b"----" => boxes(file, inner, next, walk)?,
            b"meta" => boxes(file, inner + 4, next, walk)?,
            b"trak" => {
                walk.tracks.push(Track::default());
                boxes(file, inner, next, walk)?;
            }
            _ => leaf(&read_at(file, inner, (next - inner).min(64))?, kind, walk),
        }
        at = next;
    }
    Ok(())
}

fn leaf(body: &[u8], kind: &[u8], walk: &mut BoxWalk) {
    // Version 1 of these boxes has times of eight bytes.
    let long = body.first() == Some(&1);
    let scale = be32(body, if long { 20 } else { 12 }).unwrap_or(0);
    if kind == b"mvhd" {
        walk.movie_scale = scale;
    }
    if kind == b"name" {
        walk.is_gapless_tag = body.get(4..).is_some_and(|name| name.starts_with(b"iTunSMPB"));
    }
    if kind == b"data" && walk.is_gapless_tag {
        walk.noted = body.get(8..).and_then(gapless);
        walk.is_gapless_tag = false;
    }
    let Some(track) = walk.tracks.last_mut() else { return };
    let four = |at: usize| body.get(at..at + 4).and_then(|four| four.try_into().ok()).unwrap_or_default();
    match kind {
        b"mdhd" => {
            track.scale = scale;
            track.length = if long { be64(body, 24) } else { be32(body, 16).map(u64::from) }.unwrap_or(0);
        }
        // The tags behind the tracks have a handler too.
        b"hdlr" if track.handler == [0; 4] => track.handler = four(8),
        b"stsd" => track.coding = four(12),
        b"elst" if be32(body, 4) == Some(1) => {
            let (length, start) = if long {
                (be64(body, 8), be64(body, 16))
            } else {
                // −1 is an empty stretch.
                (
                    be32(body, 8).map(u64::from),
                    be32(body, 12).map(|start| if start == u32::MAX { u64::MAX } else { start.into() }),
                )
            };
            track.edit = length.zip(start).filter(|(_, start)| *start != u64::MAX);
        }
        _ => {}
    }
}

/// Delay and length of ` 00000000 00000840 000001CA 00000000003F31F6 …`: zero, delay, padding, length.
fn gapless(text: &[u8]) -> Option<(u64, u64)> {
    let mut numbers = std::str::from_utf8(text).ok()?.split_whitespace().map(|word| u64::from_str_radix(word, 16).ok());
    let (_, delay, _, length) = (numbers.next()??, numbers.next()??, numbers.next()??, numbers.next()??);
    (length > 0).then_some((delay, length))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
