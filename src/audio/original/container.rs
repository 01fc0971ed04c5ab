//! What a file's container says of its recording beyond what the decoder makes of it: where it begins and ends, and how long it should be.
//!
//! symphonia trims MP3 by whatever count of frames it has, also one that it only guessed or that belongs to the first of two files run
//! together; it knows no edit lists of MP4; some damage it skips without a word. Here that is put right, by reading only.
//!
//! Everything is bounded: no field of a file makes this read or keep more than a little.

mod adts;
mod mp4;
mod mpeg;
mod ogg;
mod wav;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use jiff::SignedDuration;

use crate::audio::original::opus::{self, pages::Pages};
use crate::terms::*;

/// MPEG files up to this length are looked through frame by frame.
const SURVEYED_BYTES: u64 = 128 << 20;

/// What is to be left out of what the decoder gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trim {
    /// Whether the decoder may trim by itself.
    pub gapless: bool,
    /// What the container would have left out at the start, and kept after that.
    pub skip: SignedDuration,
    pub keep: Option<Kept>,
}

/// How much is to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Length(SignedDuration),
    Frames(u64),
}

impl Trim {
    const BY_DECODER: Trim = Trim { gapless: true, skip: SignedDuration::ZERO, keep: None };
}

/// What a container says of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// How long it should be.
    pub declared: Option<SignedDuration>,
    /// What was lost inside it, by what lies between its frames.
    pub lost: SignedDuration,
    /// It has no end mark although its kind has one.
    pub cut_off: bool,
    /// What it says it says to the frame.
    pub exact: bool,
}

/// What to leave out of a file of this format. A container that cannot be read leaves that to the decoder.
pub fn trim(file: &mut File, format: &str) -> Trim {
    match format {
        "mp3" => mpeg_parts(file).map_or(Trim::BY_DECODER, |(head, tail, bytes)| Trim {
            gapless: mpeg::may_be_trimmed(&head, &tail, bytes),
            ..Trim::BY_DECODER
        }),
        "m4a" => match mp4::look(file).ok().and_then(|found| found.edit) {
            Some(edit) => Trim { gapless: true, skip: edit.skip, keep: Some(Kept::Length(edit.keep)) },
            None => Trim::BY_DECODER,
        },
        // symphonia does not cut the end off where the whole sound stands on one page.
        "ogg" => {
            let ends = ogg_ends(file).unwrap_or_default();
            Trim { keep: ends.last_frame.filter(|_| ends.marked).map(Kept::Frames), ..Trim::BY_DECODER }
        }
        _ => Trim::BY_DECODER,
    }
}

/// The first and the last of what follows the tags at the start, and how many bytes that is. A picture in a tag is of any size.
fn mpeg_parts(file: &mut File) -> io::Result<(Vec<u8>, Vec<u8>, u64)> {
    let begin = tags_end(file)?;
    let bytes = file.metadata()?.len().saturating_sub(begin);
    Ok((read_at(file, begin, mpeg::HEAD_BYTES)?, read_end(file, mpeg::TAIL_BYTES.min(bytes))?, bytes))
}

/// The bytes of the ID3v2 tags that stand first.
///
/// # Errors
/// When the file cannot be read.
pub fn tags_end(file: &mut File) -> io::Result<u64> {
    let mut end = 0;
    while let Some(tag) = mpeg::tag_bytes(&read_at(file, end, 10)?) {
        end += tag as u64;
    }
    Ok(end)
}

fn ogg_ends(file: &mut File) -> io::Result<ogg::Ends> {
    Ok(ogg::ends(&read_at(file, 0, ogg::PAGE_BYTES)?, &read_end(file, 2 * ogg::PAGE_BYTES)?))
}

/// Whether an Ogg file holds streams one after another. The decoder would play the first of them and call that the end.
///
/// # Errors
/// When the file cannot be read.
pub fn is_chained_ogg(file: &mut File) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let mut pages = Pages::new(io::BufReader::new(file));
    let mut has_begun = false;
    while let Some(page) = pages.turn()? {
        if page.first && has_begun {
            return Ok(true);
        }
        has_begun |= !page.first;
    }
    Ok(false)
}

/// What a file of this format claims; `decoder_says` is what the decoder made of it.
///
/// # Errors
/// When the file cannot be read.
pub fn claim(file: &mut File, format: &str, rate: u32, decoder_says: Option<SignedDuration>) -> io::Result<Claim> {
    let by_decoder = Claim { declared: decoder_says, ..Claim::default() };
    Ok(match format {
        "mp3" => {
            let bytes = file.metadata()?.len();
            // Of what is too long to be looked through only the beginning is, for its tag.
            let survey = match bytes <= SURVEYED_BYTES {
                true => mpeg::survey(&read_at(file, 0, bytes)?),
                false => mpeg::Survey { tagged: mpeg::survey(&mpeg_parts(file)?.0).tagged, ..mpeg::Survey::default() },
            };
            // Without a tag the decoder's figure is a guess from the first frames.
            Claim { declared: decoder_says.filter(|_| survey.tagged), lost: survey.lost, cut_off: survey.cut_off, exact: false }
        }
        "aac" => {
            let bytes = file.metadata()?.len();
            let survey = if bytes <= SURVEYED_BYTES { adts::survey(&read_at(file, 0, bytes)?) } else { mpeg::Survey::default() };
            Claim { lost: survey.lost, cut_off: survey.cut_off, ..Claim::default() }
        }
        "flac" => Claim { exact: true, ..by_decoder },
        "m4a" => match mp4::look(file)?.edit {
            Some(edit) => Claim { declared: Some(edit.keep), ..Claim::default() },
            None => by_decoder,
        },
        "ogg" => {
            let ends = ogg_ends(file)?;
            let declared = ends.last_frame.map(|count| Frames { count, rate }.length());
            Claim { declared: declared.or(decoder_says), cut_off: !ends.marked, ..Claim::default() }
        }
        "opus" => {
            let head = read_at(file, 0, ogg::PAGE_BYTES)?;
            let ends = ogg::ends(&head, &read_end(file, 2 * ogg::PAGE_BYTES)?);
            let skip = opus::pre_skip(&head)?;
            let declared = ends.last_frame.map(|last| Frames { count: last.saturating_sub(skip), rate }.length());
            Claim { declared, cut_off: !ends.marked, ..Claim::default() }
        }
        "wav" => match wav::unfinished(file)? {
            Some(_) => Claim { cut_off: true, ..Claim::default() },
            None if wav::is_endless(file)? => Claim::default(),
            None => Claim { exact: true, ..by_decoder },
        },
        _ => by_decoder,
    })
}

/// Where sizes stand in a WAV file that its recorder never came to write: that of the whole and that of its sound.
///
/// # Errors
/// When the file cannot be read.
pub fn unfinished_wav(file: &mut File) -> io::Result<Option<[u64; 2]>> {
    wav::unfinished(file)
}

/// The coding inside an MP4 file that cannot be played, by name.
///
/// # Errors
/// When the file cannot be read.
pub fn refused_mp4(file: &mut File) -> io::Result<Option<&'static str>> {
    Ok(mp4::look(file)?.refused)
}

/// Up to `most` bytes from `at`. The file stands anywhere afterwards.
fn read_at(file: &mut File, at: u64, most: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let left = file.metadata()?.len().saturating_sub(at);
    let mut bytes = Vec::with_capacity(usize::try_from(most.min(left)).unwrap_or(0).saturating_add(32));
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_end(file: &mut File, most: u64) -> io::Result<Vec<u8>> {
    let bytes = file.metadata()?.len();
    read_at(file, bytes.saturating_sub(most), most)
}
