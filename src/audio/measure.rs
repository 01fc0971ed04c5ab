//! A recording decoded whole: how long, how loud, what is wrong with it; and its master.
//!
//! Runs in the limited child of [`super::preflight`]: it decodes what nobody has checked. Little memory (though MPEG of up to
//! 128 MB is held whole), no files but those it is given. What is done about the level is [`Recording::gain_db`]'s matter.
//!
//! Loudness is that of ITU-R BS.1770 with the gates of EBU R 128; the true peak that of BS.1770 annex 2. Both are taken of the master's
//! very samples, whether one is written or not, once as they are and once behind the filter for horns.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use ebur128::{EbuR128, Mode};
use jiff::SignedDuration;

use crate::audio::format::{HEAD_BYTES, Sniffed, sniff};
use crate::audio::master::{self, MasterWriter};
use crate::audio::original::container::{Claim, claim, is_chained_ogg, refused_mp4};
use crate::audio::original::title::title;
use crate::audio::original::{DecodeError, Original};
use crate::audio::resample::{Mix, ResampleError, Resampler};
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
pub fn measure(file: File) -> Result<Recording, Unfit> {
    take_in(file, None)
}

/// The same, and writes its master into an empty file.
///
/// # Errors
/// Also when there is no room for it.
pub fn take_in(mut file: File, master: Option<File>) -> Result<Recording, Unfit> {
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
    let mut original = Original::of(file, format).map_err(|error| match undecodable(&error) {
        // What the decoder finds wrong with bytes that are like no recording is a guess.
        Unfit::Undecodable { .. } if format.is_none() => Unfit::Undecodable { damage: Damage::Unknown },
        unfit => unfit,
    })?;
    if original.channels() == 0 {
        return Err(Unfit::Empty);
    }
    let format = format.unwrap_or("mp3");
    let claim = claim(&mut again, format, original.rate(), original.declared()).map_err(unreadable)?;
    // A recorder that lost its power writes any size into a WAV file's head; the others know what they say.
    if let Some(declared) = claim.declared.filter(|declared| *declared > LONGEST && format != "wav") {
        return Err(Unfit::TooLong { declared_ms: ms(declared) });
    }
    let recording = recording(&mut original, format, claim, master)?;
    Ok(Recording { title: title(&again), ..recording })
}

/// The same of what another decoder makes of a recording and sends through a pipe. Nothing is known of it beforehand; its format is left to
/// the caller.
///
/// # Errors
/// As [`take_in`].
pub fn take_in_decoded(pipe: File, master: Option<File>) -> Result<Recording, Unfit> {
    let mut original = Original::decoded(pipe).map_err(|error| undecodable(&error))?;
    if original.channels() == 0 {
        return Err(Unfit::Empty);
    }
    recording(&mut original, "wav", Claim::default(), master)
}

/// Hears all of it, and holds that against what its container claims.
fn recording(original: &mut Original, format: &str, claim: Claim, master: Option<File>) -> Result<Recording, Unfit> {
    let heard = listen(original, master)?;
    let count = |count| Frames { count, rate: master::RATE };
    let mut recording = Recording {
        hash: FileHash::from(""),
        format: format.to_owned(),
        title: None,
        frames: count(heard.frames),
        channels: heard.channels,
        loudness_lufs: heard.flat.loudness_lufs,
        true_peak_dbtp: heard.flat.true_peak_dbtp,
        horn: heard.horn,
        lead: count(heard.first_loud.unwrap_or(heard.frames)).length(),
        tail: count(heard.last_loud.map_or(0, |last| heard.frames - 1 - last)).length(),
        flaws: Vec::new(),
    };
    // What the decoder could not make sound of is lost too.
    let (lost, breaks_off) = original.lost();
    let claim = Claim { lost: claim.lost.max(lost), cut_off: claim.cut_off || breaks_off, ..claim };
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

struct Hearing {
    frames: u64,
    channels: u16,
    flat: Level,
    horn: Level,
    /// The first and the last frame above [`SILENCE`].
    first_loud: Option<u64>,
    last_loud: Option<u64>,
}

/// Hears all of a recording as the pair, or the one channel, and at the rate that are aired.
fn listen(original: &mut Original, master: Option<File>) -> Result<Hearing, Unfit> {
    let channels = original.channels().min(2);
    let mix = Mix::new(original.channels(), channels);
    let mut resampler = Resampler::new(original.rate(), master::RATE, channels).map_err(resampling)?;
    let mut ear = Ear::new(channels, master)?;
    let mut block = vec![0.0; 4096 * usize::from(original.channels())];
    let (mut mixed, mut converted) = (Vec::new(), Vec::new());
    loop {
        let frames = original.read(&mut block).map_err(|error| undecodable(&error))?;
        if frames == 0 {
            break;
        }
        mixed.clear();
        converted.clear();
        mix.apply(&block[..frames * usize::from(original.channels())], &mut mixed);
        resampler.push(&mixed, &mut converted).map_err(resampling)?;
        ear.hear(&mut converted)?;
    }
    converted.clear();
    resampler.finish(&mut converted).map_err(resampling)?;
    ear.hear(&mut converted)?;
    ear.heard()
}

/// Takes what is aired: rounds it as a master does, writes it, measures it.
struct Ear {
    master: Option<MasterWriter>,
    codes: Vec<i32>,
    flat: Meter,
    horn: Meter,
    voicing: Option<Voicing>,
    so_far: Hearing,
}

impl Ear {
    fn new(channels: u16, master: Option<File>) -> Result<Ear, Unfit> {
        let (flat, horn) = (Level::default(), Level::default());
        Ok(Ear {
            master: master.map(|file| MasterWriter::new(file, channels)).transpose().map_err(unwritten)?,
            codes: Vec::new(),
            flat: Meter::new(channels)?,
            horn: Meter::new(channels)?,
            voicing: Voicing::of(Speaker::Horn, master::RATE, channels),
            so_far: Hearing { frames: 0, channels, flat, horn, first_loud: None, last_loud: None },
        })
    }

    fn hear(&mut self, sound: &mut [f32]) -> Result<(), Unfit> {
        self.codes.clear();
        self.codes.extend(sound.iter().map(|sample| master::code(*sample)));
        if let Some(master) = &mut self.master {
            master.write(&self.codes).map_err(unwritten)?;
        }
        sound.iter_mut().zip(&self.codes).for_each(|(sample, code)| *sample = master::sample(*code));
        self.flat.add(sound)?;
        let heard = &mut self.so_far;
        let place = |sample: usize| heard.frames + (sample / usize::from(heard.channels)) as u64;
        let (first, last) = (sound.iter().position(is_loud).map(place), sound.iter().rposition(is_loud).map(place));
        heard.first_loud = heard.first_loud.or(first);
        heard.last_loud = last.or(heard.last_loud);
        heard.frames += (sound.len() / usize::from(heard.channels)) as u64;
        if heard.frames > Frames::within(LONGEST, master::RATE).count {
            return Err(Unfit::TooMuch);
        }
        self.voicing.iter_mut().for_each(|voicing| voicing.apply(sound));
        self.horn.add(sound)
    }

    /// What all of it comes to; the master is complete.
    fn heard(mut self) -> Result<Hearing, Unfit> {
        if self.so_far.frames == 0 {
            return Err(Unfit::Empty);
        }
        self.master.map(MasterWriter::finish).transpose().map_err(unwritten)?;
        (self.so_far.flat, self.so_far.horn) = (self.flat.level()?, self.horn.level()?);
        Ok(self.so_far)
    }
}

fn is_loud(sample: &f32) -> bool {
    sample.abs() >= SILENCE
}

/// The meter through which every recording goes.
struct Meter {
    meter: EbuR128,
    channels: usize,
    frames: u64,
}

impl Meter {
    fn new(channels: u16) -> Result<Meter, Unfit> {
        let meter = EbuR128::new(u32::from(channels), master::RATE, Mode::I | Mode::TRUE_PEAK).map_err(metering)?;
        Ok(Meter { meter, channels: usize::from(channels), frames: 0 })
    }

    fn add(&mut self, interleaved: &[f32]) -> Result<(), Unfit> {
        self.frames += (interleaved.len() / self.channels) as u64;
        self.meter.add_frames_f32(interleaved).map_err(metering)
    }

    /// What all of it comes to.
    fn level(mut self) -> Result<Level, Unfit> {
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
        let length = Frames { count: frames, rate: master::RATE }.length();
        let lufs = if length >= GATING {
            meter.loudness_global().map_err(metering)?
        } else if length >= GATING / 20 {
            let block = Frames::within(GATING, master::RATE).count;
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

fn undecodable(error: &DecodeError) -> Unfit {
    let damage = match error {
        DecodeError::Read(source) => return Unfit::Unreadable { detail: source.to_string() },
        DecodeError::Changes => Damage::Changes,
        DecodeError::Rate(_) => Damage::Variety,
        DecodeError::Decode(damage, _) => *damage,
    };
    Unfit::Undecodable { damage }
}

fn unwritten(error: io::Error) -> Unfit {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Unfit::NoRoom,
        _ => Unfit::Unchecked { detail: error.to_string() },
    }
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
