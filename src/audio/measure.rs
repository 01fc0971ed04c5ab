//! A recording decoded whole: how long, how loud, what is wrong with it.
//!
//! Runs in the limited child of [`super::preflight`]: it decodes what nobody has checked. Little memory (though MPEG of up to
//! 128 MB is held whole), no files but the one it is given. What is done about the level is [`Recording::gain_db`]'s matter.
//!
//! Loudness is that of ITU-R BS.1770 with the gates of EBU R 128; the true peak that of BS.1770 annex 2.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use ebur128::{EbuR128, Mode};
use jiff::SignedDuration;

use crate::audio::container::{Claim, claim, is_chained_ogg, refused_mp4};
use crate::audio::format::{HEAD_BYTES, Sniffed, sniff};
use crate::audio::resample::Mix;
use crate::audio::source::{Source, SourceError};
use crate::library::{CHAINED_OGG, Damage, Flaw, Recording, Unfit};
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
    let heard = listen(&mut source)?;
    let frames = Frames { count: heard.frames, rate: source.rate() };
    let format = format.unwrap_or("mp3");
    let claim = claim(&mut again, format, source.rate(), source.declared()).map_err(unreadable)?;
    let mut recording = Recording {
        hash: FileHash::from(""),
        format: format.to_owned(),
        frames,
        channels: source.channels(),
        loudness_lufs: heard.loudness_lufs,
        true_peak_dbtp: heard.true_peak_dbtp,
        lead: Frames { count: heard.first_loud.unwrap_or(heard.frames), rate: frames.rate }.length(),
        tail: Frames { count: heard.last_loud.map_or(0, |last| heard.frames - 1 - last), rate: frames.rate }.length(),
        flaws: Vec::new(),
    };
    recording.flaws = flaws(recording.length(), claim, heard.first_loud.is_none());
    Ok(recording)
}

fn flaws(decoded: SignedDuration, claim: Claim, silent: bool) -> Vec<Flaw> {
    let whole = claim.declared.filter(|declared| *declared < LONGEST).unwrap_or(decoded).max(decoded.saturating_add(claim.lost));
    let ms = |length: SignedDuration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    let slack = if claim.exact { EXACT_SLACK } else { SHORT_SLACK + decoded / 200 };
    let short = (whole > decoded + slack).then(|| Flaw::Short { declared_ms: ms(whole), decoded_ms: ms(decoded) });
    let cut_off = (claim.cut_off && short.is_none()).then_some(Flaw::CutOff);
    [silent.then_some(Flaw::Silent), short, cut_off].into_iter().flatten().collect()
}

struct Heard {
    frames: u64,
    loudness_lufs: Option<f32>,
    true_peak_dbtp: Option<f32>,
    /// The first and the last frame above [`SILENCE`].
    first_loud: Option<u64>,
    last_loud: Option<u64>,
}

fn listen(source: &mut Source) -> Result<Heard, Unfit> {
    // More than two channels are measured as the pair that is aired.
    let mix = Mix::new(source.channels(), source.channels().min(2));
    let channels = usize::from(source.channels().min(2));
    let longest = Frames::within(LONGEST, source.rate()).count;
    let mut meter =
        EbuR128::new(u32::from(source.channels().min(2)), source.rate(), Mode::I | Mode::TRUE_PEAK).map_err(metering)?;
    let mut block = vec![0.0; 4096 * usize::from(source.channels())];
    let mut mixed = Vec::new();
    let mut heard = Heard { frames: 0, loudness_lufs: None, true_peak_dbtp: None, first_loud: None, last_loud: None };
    loop {
        let frames = source.read(&mut block).map_err(|error| undecodable(&error))?;
        if frames == 0 {
            break;
        }
        mixed.clear();
        mix.apply(&block[..frames * usize::from(source.channels())], &mut mixed);
        meter.add_frames_f32(&mixed).map_err(metering)?;
        if let Some(first) = mixed.iter().position(|sample| sample.abs() >= SILENCE) {
            heard.first_loud.get_or_insert(heard.frames + (first / channels) as u64);
        }
        if let Some(last) = mixed.iter().rposition(|sample| sample.abs() >= SILENCE) {
            heard.last_loud = Some(heard.frames + (last / channels) as u64);
        }
        heard.frames += frames as u64;
        if heard.frames > longest {
            return Err(Unfit::TooMuch);
        }
    }
    if heard.frames == 0 {
        return Err(Unfit::Empty);
    }
    heard.true_peak_dbtp = peak_dbtp(&meter, channels)?;
    heard.loudness_lufs = loudness(&mut meter, heard.frames, source.rate(), channels)?;
    Ok(heard)
}

fn peak_dbtp(meter: &EbuR128, channels: usize) -> Result<Option<f32>, Unfit> {
    let mut peak: f64 = 0.0;
    for channel in 0..channels {
        peak = peak.max(meter.true_peak(channel as u32).map_err(metering)?);
    }
    Ok((peak > 0.0).then(|| tenths(20.0 * peak.log10())))
}

/// Integrated loudness; of a sound shorter than a gating block, that of all of it.
fn loudness(meter: &mut EbuR128, frames: u64, rate: u32, channels: usize) -> Result<Option<f32>, Unfit> {
    let length = Frames { count: frames, rate }.length();
    let lufs = if length >= GATING {
        meter.loudness_global().map_err(metering)?
    } else if length >= GATING / 20 {
        let block = Frames::within(GATING, rate).count;
        let silence = vec![0.0; usize::try_from(block - frames.min(block)).unwrap_or(0) * channels];
        meter.add_frames_f32(&silence).map_err(metering)?;
        meter.loudness_momentary().map_err(metering)? + 10.0 * (block as f64 / frames as f64).log10()
    } else {
        f64::NEG_INFINITY
    };
    Ok((lufs > -70.0 && lufs.is_finite()).then(|| tenths(lufs)))
}

/// To the hundredth: what is kept as text comes back the same.
fn tenths(value: f64) -> f32 {
    ((value * 100.0).round() / 100.0) as f32
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
mod tests {
    use super::*;
    use crate::library::attention::attention;

    #[test]
    fn the_attention_tone_is_what_its_facts_say() {
        let known = &attention().recording;
        let heard = listen(&mut Source::attention()).unwrap();
        assert_eq!(heard.frames, known.frames.count);
        assert_eq!((heard.loudness_lufs, heard.true_peak_dbtp), (known.loudness_lufs, known.true_peak_dbtp));
        let level = known.level_lufs().unwrap();
        assert!((level - crate::library::TARGET_LUFS).abs() < 1.5, "it is as loud as what it leads in: {level}");
    }
}
