//! The boxes of an MP4 file: its sound track's coding and edit list.

use std::fs::File;
use std::io;

use jiff::SignedDuration;

use super::read_at;

/// Boxes that are looked at in all: a real file has some dozens.
const MOST_BOXES: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    pub skip: SignedDuration,
    pub keep: SignedDuration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The one stretch of the track that is to be heard.
    pub edit: Option<Edit>,
    /// The coding's name, if it cannot be played.
    pub refused: Option<&'static str>,
}

/// What was met on the walk.
#[derive(Default)]
struct Walk {
    left: usize,
    movie_scale: u32,
    tracks: Vec<Track>,
}

#[derive(Default)]
struct Track {
    handler: [u8; 4],
    coding: [u8; 4],
    scale: u32,
    /// Length in the movie's scale and start in the track's; `None` for more than one stretch, or a strange one.
    edit: Option<(u64, u64)>,
}

/// Looks at a file's boxes. What is no MP4 has none.
///
/// # Errors
/// When it cannot be read.
pub fn look(file: &mut File) -> io::Result<Found> {
    let end = file.metadata()?.len();
    let mut walk = Walk { left: MOST_BOXES, ..Walk::default() };
    boxes(file, 0, end, &mut walk)?;
    let has_video = walk.tracks.iter().any(|track| &track.handler == b"vide");
    let Some(sound) = walk.tracks.iter().find(|track| &track.handler == b"soun") else {
        return Ok(Found { refused: has_video.then_some("video MP4"), ..Found::default() });
    };
    let refused = match &sound.coding {
        b"samr" | b"sawb" => Some("AMR (3GP)"),
        b"alac" => Some("Apple Lossless"),
        b"ac-3" | b"ec-3" => Some("AC-3"),
        b"Opus" => Some("Opus in MP4"),
        _ => has_video.then_some("video MP4"),
    };
    let edit = sound.edit.and_then(|(length, start)| {
        Some(Edit { skip: ticks(start, sound.scale)?, keep: ticks(length, walk.movie_scale).filter(|keep| !keep.is_zero())? })
    });
    Ok(Found { edit, refused })
}

fn ticks(count: u64, scale: u32) -> Option<SignedDuration> {
    let nanos = (u128::from(count) * 1_000_000_000 + u128::from(scale) / 2).checked_div(u128::from(scale))?;
    Some(SignedDuration::from_nanos(i64::try_from(nanos).ok()?))
}

fn boxes(file: &mut File, mut at: u64, end: u64, walk: &mut Walk) -> io::Result<()> {
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
            b"moov" | b"mdia" | b"minf" | b"stbl" | b"edts" => boxes(file, inner, next, walk)?,
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

fn leaf(body: &[u8], kind: &[u8], walk: &mut Walk) {
    // Version 1 of these boxes has times of eight bytes.
    let long = body.first() == Some(&1);
    let scale = be32(body, if long { 20 } else { 12 }).unwrap_or(0);
    if kind == b"mvhd" {
        walk.movie_scale = scale;
    }
    let Some(track) = walk.tracks.last_mut() else { return };
    let four = |at: usize| body.get(at..at + 4).and_then(|four| four.try_into().ok()).unwrap_or_default();
    match kind {
        b"mdhd" => track.scale = scale,
        b"hdlr" => track.handler = four(8),
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

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
