//! A recording decoded whole: how long, how loud, what is wrong with it.
//!
//! Runs in the limited child of [`super::preflight`]: it decodes what nobody has checked. Little memory (though MPEG of up to
//! 128 MB is held whole), no files but the one it is given. What is done about the level is [`Recording::gain_db`]'s matter.
//!
//! Loudness is that of ITU-R BS.1770 with the gates of EBU R 128; the true peak that of BS.1770 annex 2. Both are taken of what will be
//! sent to a device: of the pair that is mixed of many channels, at no higher rate than devices have, once as it is and once behind the
//! filter for horns.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use ebur128::{EbuR128, Mode};
use jiff::SignedDuration;

use crate::audio::container::{Claim, claim, is_chained_ogg, refused_mp4};
use crate::audio::format::{HEAD_BYTES, Sniffed, sniff};
use crate::audio::output::SHAPE;
use crate::audio::resample::{Mix, ResampleError, Resampler};
use crate::audio::source::{Source, SourceError};
use crate::audio::voicing::Voicing;
use crate::library::{CHAINED_OGG, Damage, Flaw, Level, Recording, Unfit};
use crate::terms::*;

/// Below this sample peak it is silence: −60 dBFS.
pub const SILENCE: f32 = 0.001;

/// Nothing that a station airs is longer. It stops files that unpack into days of silence.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// What a container may claim beyond what is decoded before that counts as loss: padding, and lengths that are rounded or guessed.
const SHORT_SLACK: SignedDuration = SignedDuration::from_millis(300);

/// The same where the container counts the very frames that there are.
const EXACT_SLACK: SignedDuration = SignedDuration::from_millis(1);

/// EBU R 128's gating block. Shorter sounds have no integrated loudness.
const GATING: SignedDuration = SignedDuration::from_millis(400);

/// Decodes an open file whole and says what it is. The hash is left to the caller.
///
/// # Errors
/// Why it cannot be aired.
pub fn measure(mut file: File) -> Result<Recording, Unfit> {
    let format = match sniff(&head(&mut file).map_err(unreadable)?) {
        Sniffed::Playable(format) => Some(format),
        Sniffed::Refused(format) => return Err(Unfit::Format { format: format.to_owned() }),
        Sniffed::Unknown => None,
    };
    if format == Some("m4a")
        && let Some(format) = refused_mp4(&mut file).map_err(unreadable)?
    {
        return Err(Unfit::Format { format: format.to_owned() });
    }
    if format == Some("ogg") && is_chained_ogg(&mut file).map_err(unreadable)? {
        return Err(Unfit::Format { format: CHAINED_OGG.to_owned() });
    }
    let mut again = file.try_clone().map_err(unreadable)?;
    let mut source = Source::of(file, format, None).map_err(|error| match undecodable(&error) {
        // What the decoder finds wrong with bytes that are like no recording is a guess.
        Unfit::Undecodable { .. } if format.is_none() => Unfit::Undecodable { damage: Damage::Unknown },
        unfit => unfit,
    })?;
    let format = format.unwrap_or("mp3");
    let claim = claim(&mut again, format, source.rate(), source.declared()).map_err(unreadable)?;
    // A recorder that lost its power writes any size into a WAV file's head; the others know what they say.
    if let Some(declared) = claim.declared.filter(|declared| *declared > LONGEST && format != "wav") {
        return Err(Unfit::TooLong { declared_ms: ms(declared) });
    }
    let heard = listen(&mut source)?;
    let frames = Frames { count: heard.frames, rate: source.rate() };
    let mut recording = Recording {
        hash: FileHash::from(""),
        format: format.to_owned(),
        frames,
        channels: source.channels(),
        loudness_lufs: heard.flat.loudness_lufs,
        true_peak_dbtp: heard.flat.true_peak_dbtp,
        horn: heard.horn,
        lead: Frames { count: heard.first_loud.unwrap_or(heard.frames), rate: frames.rate }.length(),
        tail: Frames { count: heard.last_loud.map_or(0, |last| heard.frames - 1 - last), rate: frames.rate }.length(),
        flaws: Vec::new(),
    };
    recording.flaws = flaws(recording.length(), claim, heard.first_loud.is_none());
    Ok(recording)
}

fn flaws(decoded: SignedDuration, claim: Claim, silent: bool) -> Vec<Flaw> {
    let whole = claim.declared.filter(|declared| *declared < LONGEST).unwrap_or(decoded).max(decoded.saturating_add(claim.lost));
    let slack = if claim.exact { EXACT_SLACK } else { SHORT_SLACK + decoded / 200 };
    let short = (whole > decoded + slack).then(|| Flaw::Short { declared_ms: ms(whole), decoded_ms: ms(decoded) });
    let cut_off = (claim.cut_off && short.is_none()).then_some(Flaw::CutOff);
    [silent.then_some(Flaw::Silent), short, cut_off].into_iter().flatten().collect()
}

fn ms(length: SignedDuration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

struct Heard {
    frames: u64,
    flat: Level,
    horn: Level,
    /// The first and the last frame above [`SILENCE`].
    first_loud: Option<u64>,
    last_loud: Option<u64>,
}

fn listen(source: &mut Source) -> Result<Heard, Unfit> {
    // More than two channels are measured as the pair that is aired.
    let (rate, channels) = (source.rate(), source.channels().min(2));
    let mix = Mix::new(source.channels(), channels);
    let longest = Frames::within(LONGEST, rate).count;
    let (mut flat, mut horn) = (Meter::new(channels, rate)?, Meter::new(channels, rate)?);
    let mut voicing = Voicing::of(Speaker::Horn, rate, channels);
    let mut block = vec![0.0; 4096 * usize::from(source.channels())];
    let mut mixed = Vec::new();
    let mut heard = Heard { frames: 0, flat: Level::default(), horn: Level::default(), first_loud: None, last_loud: None };
    loop {
        let frames = source.read(&mut block).map_err(|error| undecodable(&error))?;
        if frames == 0 {
            break;
        }
        mixed.clear();
        mix.apply(&block[..frames * usize::from(source.channels())], &mut mixed);
        flat.add(&mixed)?;
        let place = |sample: usize| heard.frames + (sample / usize::from(channels)) as u64;
        let (first, last) = (mixed.iter().position(is_loud).map(place), mixed.iter().rposition(is_loud).map(place));
        heard.first_loud = heard.first_loud.or(first);
        heard.last_loud = last.or(heard.last_loud);
        voicing.iter_mut().for_each(|voicing| voicing.apply(&mut mixed));
        horn.add(&mixed)?;
        heard.frames += frames as u64;
        if heard.frames > longest {
            return Err(Unfit::TooMuch);
        }
    }
    if heard.frames == 0 {
        return Err(Unfit::Empty);
    }
    (heard.flat, heard.horn) = (flat.level()?, horn.level()?);
    Ok(heard)
}

fn is_loud(sample: &f32) -> bool {
    sample.abs() >= SILENCE
}

/// The meter through which every recording goes. One of a higher rate than devices have is brought to theirs first: what no device gives
/// back is not counted.
struct Meter {
    rate: u32,
    resampler: Resampler,
    converted: Vec<f32>,
    meter: EbuR128,
    channels: usize,
    frames: u64,
}

impl Meter {
    fn new(channels: u16, rate: u32) -> Result<Meter, Unfit> {
        let metered = rate.min(SHAPE.rate);
        let resampler = Resampler::new(rate, metered, channels).map_err(resampling)?;
        let meter = EbuR128::new(u32::from(channels), metered, Mode::I | Mode::TRUE_PEAK).map_err(metering)?;
        Ok(Meter { rate: metered, resampler, converted: Vec::new(), meter, channels: usize::from(channels), frames: 0 })
    }

    fn add(&mut self, interleaved: &[f32]) -> Result<(), Unfit> {
        self.converted.clear();
        self.resampler.push(interleaved, &mut self.converted).map_err(resampling)?;
        self.take()
    }

    fn take(&mut self) -> Result<(), Unfit> {
        self.frames += (self.converted.len() / self.channels) as u64;
        self.meter.add_frames_f32(&self.converted).map_err(metering)
    }

    /// What all of it comes to.
    fn level(mut self) -> Result<Level, Unfit> {
        self.converted.clear();
        self.resampler.finish(&mut self.converted).map_err(resampling)?;
        self.take()?;
        Ok(Level { true_peak_dbtp: self.peak_dbtp()?, loudness_lufs: self.loudness()? })
    }

    fn peak_dbtp(&self) -> Result<Option<f32>, Unfit> {
        let mut peak: f64 = 0.0;
        for channel in 0..self.channels {
            peak = peak.max(self.meter.true_peak(channel as u32).map_err(metering)?);
        }
        Ok((peak > 0.0).then(|| tenths(20.0 * peak.log10())))
    }

    /// Integrated loudness; of a sound shorter than a gating block, that of all of it.
    fn loudness(&mut self) -> Result<Option<f32>, Unfit> {
        let (meter, frames) = (&mut self.meter, self.frames);
        let length = Frames { count: frames, rate: self.rate }.length();
        let lufs = if length >= GATING {
            meter.loudness_global().map_err(metering)?
        } else if length >= GATING / 20 {
            let block = Frames::within(GATING, self.rate).count;
            let silence = vec![0.0; usize::try_from(block - frames.min(block)).unwrap_or(0) * self.channels];
            meter.add_frames_f32(&silence).map_err(metering)?;
            meter.loudness_momentary().map_err(metering)? + 10.0 * (block as f64 / frames as f64).log10()
        } else {
            f64::NEG_INFINITY
        };
        Ok((lufs > -70.0 && lufs.is_finite()).then(|| tenths(lufs)))
    }
}

/// To the hundredth: what is kept as text comes back the same.
fn tenths(value: f64) -> f32 {
    ((value * 100.0).round() / 100.0) as f32
}

fn resampling(_: ResampleError) -> Unfit {
    Unfit::Undecodable { damage: Damage::Variety }
}

fn metering(error: ebur128::Error) -> Unfit {
    match error {
        ebur128::Error::NoMem => Unfit::TooMuch,
        // Channels or a rate that no meter takes.
        ebur128::Error::InvalidMode | ebur128::Error::InvalidChannelIndex => Unfit::Undecodable { damage: Damage::Variety },
    }
}

fn undecodable(error: &SourceError) -> Unfit {
    let damage = match error {
        SourceError::Open { source, .. } | SourceError::Read(source) => return Unfit::Unreadable { detail: source.to_string() },
        SourceError::Store(_) | SourceError::CutShort { .. } => Damage::Garbled,
        SourceError::Changes => Damage::Changes,
        SourceError::Rate(_) => Damage::Variety,
        SourceError::Decode(damage, _) => *damage,
    };
    Unfit::Undecodable { damage }
}

fn unreadable(error: io::Error) -> Unfit {
    Unfit::Unreadable { detail: error.to_string() }
}

/// The first bytes of a file, which then stands at its start.
///
/// # Errors
/// When it cannot be read.
pub fn head(file: &mut File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    Read::by_ref(file).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(head)
}

#[cfg(test)]
#[path = "measure_tests.rs"]
mod tests;
