//! symphonia's demuxers and decoders: packets in, blocks of samples out, each of which may be of another kind.
//!
//! Packets that cannot be decoded are left out; how much sound is lost with them is told.

use std::io;

use jiff::SignedDuration;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::default::formats::{AdtsReader, FlacReader, IsoMp4Reader, MpaReader, OggReader, WavReader};
use symphonia::default::{get_codecs, get_probe};

use crate::audio::original::DecodeError;
use crate::library::Damage;
use crate::terms::*;

/// How much of a recording may be in another rate or channel count than its start: frames that a decoder makes of damage.
const STRANGE: SignedDuration = SignedDuration::from_millis(500);

pub struct Blocks {
    demuxer: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    rate: u32,
    channels: u16,
    declared: Option<u64>,
    /// Samples of the block at hand, and how many of them were given out.
    block: Vec<f32>,
    given: usize,
    strange_frames: u64,
    lost_frames: u64,
    breaks_off: bool,
}

impl Blocks {
    /// `hint` is the file's format; `gapless` lets the decoder leave out what the file calls padding.
    ///
    /// # Errors
    /// When nothing in it can be decoded.
    pub fn new(source: Box<dyn MediaSource>, hint: Option<&str>, gapless: bool) -> Result<Blocks, DecodeError> {
        let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
        let demuxer = demuxer(stream, hint).map_err(|error| failed(&error))?;
        let no_sound = || DecodeError::Decode(Damage::Variety, "there is no sound in it that can be played".to_owned());
        let track = demuxer.default_track(TrackType::Audio).ok_or_else(no_sound)?;
        let coding = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or_else(no_sound)?;
        let options = AudioDecoderOptions::default().gapless(gapless);
        let decoder = get_codecs().make_audio_decoder(coding, &options).map_err(|error| failed(&error))?;
        let (track, declared) = (track.id, track.num_frames);
        let mut blocks = Blocks {
            demuxer,
            decoder,
            track,
            rate: 0,
            channels: 0,
            declared,
            block: Vec::new(),
            given: 0,
            strange_frames: 0,
            lost_frames: 0,
            breaks_off: false,
        };
        // What it is its first block says; a header may lie.
        let nothing = |damage, how: &str| Err(DecodeError::Decode(damage, how.to_owned()));
        match blocks.decode()? {
            false if blocks.breaks_off => nothing(Damage::EndsEarly, "it breaks off before its sound"),
            false if blocks.lost_frames > 0 => nothing(Damage::Garbled, "none of it can be decoded"),
            _ => Ok(blocks),
        }
    }

    /// Frames in a second; 0, as of channels, where there is no sound.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// How long the container makes it out to be.
    pub fn declared(&self) -> Option<SignedDuration> {
        self.declared.map(|count| Frames { count, rate: self.rate.max(1) }.length())
    }

    /// How long what could not be decoded would have been.
    pub fn lost(&self) -> SignedDuration {
        Frames { count: self.lost_frames, rate: self.rate.max(1) }.length()
    }

    /// Whether it ended because nothing more of it could be understood.
    pub fn breaks_off(&self) -> bool {
        self.breaks_off
    }

    /// As many samples as there are before the end or a failure, and that failure.
    pub fn fill(&mut self, block: &mut [f32]) -> (usize, Option<DecodeError>) {
        let mut filled = 0;
        while filled < block.len() {
            if self.given == self.block.len() {
                match self.decode() {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => return (filled, Some(error)),
                }
            }
            let count = (self.block.len() - self.given).min(block.len() - filled);
            for (to, from) in block[filled..].iter_mut().zip(&self.block[self.given..self.given + count]) {
                // A decoder may hand out what is no number; a loudspeaker gets silence for it.
                *to = if from.is_finite() { *from } else { 0.0 };
            }
            self.given += count;
            filled += count;
        }
        (filled, None)
    }

    /// Decodes the next block of the recording's own kind. False at the end.
    fn decode(&mut self) -> Result<bool, DecodeError> {
        self.block.clear();
        self.given = 0;
        while let Some(packet) = self.next_packet()? {
            let sound = match self.decoder.decode(&packet) {
                Ok(sound) => sound,
                Err(Error::DecodeError(_) | Error::IoError(_) | Error::LimitError(_)) => {
                    self.lost_frames += packet.dur.get();
                    continue;
                }
                Err(error) => return Err(failed(&error)),
            };
            let (rate, frames) = (sound.spec().rate(), sound.frames() as u64);
            let channels = u16::try_from(sound.spec().channels().count()).unwrap_or(u16::MAX);
            if frames == 0 || channels == 0 {
                continue;
            }
            if self.channels == 0 {
                (self.rate, self.channels) = (rate, channels);
            }
            if (rate, channels) == (self.rate, self.channels) {
                sound.copy_to_vec_interleaved(&mut self.block);
                return Ok(true);
            }
            self.strange_frames += frames;
            if (Frames { count: self.strange_frames, rate: self.rate }).length() > STRANGE {
                return Err(DecodeError::Changes);
            }
        }
        Ok(false)
    }

    /// The next packet of the track that is heard.
    fn next_packet(&mut self) -> Result<Option<symphonia::core::packet::Packet>, DecodeError> {
        loop {
            match self.demuxer.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => return Ok(Some(packet)),
                Ok(Some(_)) => {}
                Ok(None) => return Ok(None),
                Err(Error::IoError(error)) if error.kind() != io::ErrorKind::UnexpectedEof => {
                    return Err(DecodeError::Read(error));
                }
                Err(Error::ResetRequired) => return Err(DecodeError::Changes),
                Err(_) => {
                    self.breaks_off = true;
                    return Ok(None);
                }
            }
        }
    }
}

/// The demuxer of a format; of what nobody knows, whichever fits.
fn demuxer(stream: MediaSourceStream<'static>, format: Option<&str>) -> Result<Box<dyn FormatReader>, Error> {
    let options = FormatOptions::default();
    Ok(match format {
        Some("mp3") => Box::new(MpaReader::try_new(stream, options)?),
        Some("aac") => Box::new(AdtsReader::try_new(stream, options)?),
        Some("flac") => Box::new(FlacReader::try_new(stream, options)?),
        Some("ogg") => Box::new(OggReader::try_new(stream, options)?),
        Some("m4a") => Box::new(IsoMp4Reader::try_new(stream, options)?),
        Some("wav") => Box::new(WavReader::try_new(stream, options)?),
        _ => get_probe().probe(&Hint::new(), stream, options, MetadataOptions::default())?,
    })
}

fn failed(error: &Error) -> DecodeError {
    let damage = match error {
        Error::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => Damage::EndsEarly,
        Error::IoError(error) => return DecodeError::Read(io::Error::new(error.kind(), error.to_string())),
        // Its word for a container of which a part is not there.
        Error::Unsupported(text) if text.contains("missing") => Damage::EndsEarly,
        Error::Unsupported(_) => Damage::Variety,
        Error::ResetRequired => Damage::Changes,
        _ => Damage::Garbled,
    };
    DecodeError::Decode(damage, error.to_string())
}
