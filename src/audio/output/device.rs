//! A sound device through ALSA: our own stream, because a start is placed by the callback's timestamps.
//!
//! The error callback may be called 300,000 times a second by a device that is gone: it bumps a counter and keeps the first error.

use std::sync::{Arc, Once};

use rodio::cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use rodio::cpal::{
    self, BufferSize, ErrorKind, FromSample, OutputCallbackInfo, SampleFormat, SizedSample, Stream, StreamConfig,
    SupportedBufferSize, SupportedStreamConfigRange,
};

use crate::audio::output::{
    BLOCK, Health, Listed, MakePull, OutputError, Pull, SHAPE, Shape, SharedHealth, Sink, Stamp, boot_now, nanos_of,
};
use crate::lang::outputs::Obstacle;
use crate::terms::Mono;

/// A block is converted in pieces of at most so many frames, so that the callback needs no memory of its own making.
const PIECE: usize = 4096;

/// The real-time priority (1 to 99) of the threads that carry the sound: within what `packaging/loaxa.service` permits, below the kernel's own.
const PRECEDENCE: libc::c_int = 10;
/// A thread that never waits goes before nobody, or on one core whoever is to see that its device is lost would not come to it for a
/// second: one whose device has taken so many nanoseconds of sound more than have passed, more than any buffer holds,
const AHEAD: i64 = 1_000_000_000;
/// and one that has met so many errors. A sound server that is just being opened makes thousands.
const ERRORS: u64 = 10_000;

pub struct AlsaDevice {
    name: String,
    shape: Shape,
    health: SharedHealth,
    /// Dropping it ends the callbacks.
    _stream: Stream,
}

impl AlsaDevice {
    /// Opens ALSA's `default`, or the device of that very name.
    pub fn open(name: Option<&str>, make: MakePull) -> Result<AlsaDevice, OutputError> {
        hush();
        let shown = name.unwrap_or("default").to_owned();
        let device = find(name)?;
        let fault = |source| OutputError::Device { name: shown.clone(), source };
        let ranges: Vec<_> = device.supported_output_configs().map_err(fault)?.collect();
        let (range, rate) = choose(&ranges).ok_or_else(|| OutputError::Format { name: shown.clone() })?;
        let shape = Shape { rate, channels: range.channels() };
        let buffer_size = match range.buffer_size() {
            SupportedBufferSize::Range { min, max } => BufferSize::Fixed(BLOCK.clamp(*min, (*max).max(*min))),
            SupportedBufferSize::Unknown => BufferSize::Default,
        };
        let config = StreamConfig { channels: shape.channels, sample_rate: rate, buffer_size };
        let health = SharedHealth::default();
        let pull = make(shape);
        let build = match range.sample_format() {
            SampleFormat::F32 => build::<f32>,
            SampleFormat::I32 => build::<i32>,
            _ => build::<i16>,
        };
        let precedence = Precedence::take();
        let stream = build(&device, config, pull, Arc::clone(&health)).map_err(fault)?;
        stream.play().map_err(fault)?;
        drop(precedence);
        Ok(AlsaDevice { name: shown, shape, health, _stream: stream })
    }
}

impl Sink for AlsaDevice {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }
}

pub fn listed() -> Vec<Listed> {
    hush();
    let Ok(devices) = cpal::default_host().devices() else { return Vec::new() };
    let listed = |device: cpal::Device| {
        let name = device.id().ok()?.id().to_owned();
        let description = device.description().ok();
        // The whole of what ALSA says: the card alone is the same for all of its devices.
        let lines = description.map(|description| description.extended().collect::<Vec<_>>().join(" – "));
        Some(Listed { name, description: lines.filter(|lines| !lines.is_empty()) })
    };
    devices.filter(|device| device.supports_output()).filter_map(listed).collect()
}

/// Whether ALSA knows a device of this name; nothing is opened.
pub fn is_listed(name: &str) -> bool {
    hush();
    find(Some(name)).is_ok()
}

pub fn obstacle(error: &cpal::Error) -> Obstacle {
    match error.kind() {
        ErrorKind::DeviceBusy => Obstacle::Busy,
        ErrorKind::PermissionDenied => Obstacle::Forbidden,
        ErrorKind::DeviceNotAvailable | ErrorKind::DeviceChanged | ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => {
            Obstacle::Away
        }
        _ => Obstacle::Other,
    }
}

fn names() -> Vec<String> {
    listed().into_iter().map(|device| device.name).collect()
}

/// `default_output_device` is ALSA's `default` even when nothing is there: opening it is what fails.
fn find(name: Option<&str>) -> Result<cpal::Device, OutputError> {
    let host = cpal::default_host();
    let Some(name) = name else {
        return host
            .default_output_device()
            .ok_or_else(|| OutputError::Unknown { name: "default".to_owned(), known: Vec::new() });
    };
    let unknown = || OutputError::Unknown { name: name.to_owned(), known: names() };
    // Asking by id also understands `hw:1,0`, which ALSA lists as `hw:CARD=1,DEV=0`.
    host.device_by_id(&cpal::DeviceId::new(host.id(), name)).ok_or_else(unknown)
}

/// The best of what a device offers: 48 kHz before 44.1 before anything, stereo before mono before more, and samples as they are here.
fn choose(ranges: &[SupportedStreamConfigRange]) -> Option<(&SupportedStreamConfigRange, u32)> {
    let rate_of = |range: &SupportedStreamConfigRange| {
        let takes = |rate| (range.min_sample_rate()..=range.max_sample_rate()).contains(&rate);
        if takes(SHAPE.rate) {
            (0, SHAPE.rate)
        } else if takes(44_100) {
            (1, 44_100)
        } else if range.min_sample_rate() > SHAPE.rate {
            (2, range.min_sample_rate())
        } else {
            (3, range.max_sample_rate())
        }
    };
    let channels = |range: &SupportedStreamConfigRange| match range.channels() {
        2 => 0,
        1 => 1,
        more => more,
    };
    let format = |range: &SupportedStreamConfigRange| match range.sample_format() {
        SampleFormat::F32 => Some(0),
        SampleFormat::I32 => Some(1),
        SampleFormat::I16 => Some(2),
        _ => None,
    };
    let known = ranges.iter().filter_map(|range| format(range).map(|format| (range, format)));
    let (best, _) = known.min_by_key(|(range, format)| (rate_of(range).0, channels(range), *format))?;
    Some((best, rate_of(best).1))
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut pull: Pull,
    health: SharedHealth,
) -> Result<Stream, cpal::Error> {
    let (rate, channels) = (config.sample_rate, usize::from(config.channels));
    let mut scratch = vec![0.0f32; PIECE * channels];
    let mut frame = 0;
    let (mut began, mut precedes) = (None, true);
    let callback = move |block: &mut [T], info: &OutputCallbackInfo| {
        let stamp = info.timestamp();
        let at = boot_now();
        let time = at.0.saturating_sub(began.get_or_insert(at).0);
        if precedes && nanos_of(frame, rate).saturating_sub(time) > AHEAD {
            precedes = false;
            Precedence::give_up();
        }
        let latency = i64::try_from(stamp.playback.saturating_duration_since(stamp.callback).as_nanos()).unwrap_or(i64::MAX);
        let mut leaves_at = Mono(at.0.saturating_add(latency));
        for piece in block.chunks_mut(PIECE * channels) {
            let samples = &mut scratch[..piece.len()];
            samples.fill(0.0);
            pull(samples, Stamp { frame, at, leaves_at });
            for (out, sample) in piece.iter_mut().zip(samples) {
                *out = T::from_sample(*sample);
            }
            let frames = (piece.len() / channels) as u64;
            frame += frames;
            leaves_at = Mono(leaves_at.0.saturating_add(nanos_of(frames, rate)));
        }
    };
    let errors = move |error: cpal::Error| match error.kind() {
        ErrorKind::DeviceNotAvailable => health.end(error),
        _ => {
            health.note(error);
            if health.errors() == ERRORS {
                Precedence::give_up();
            }
        }
    };
    device.build_output_stream(config, callback, errors, None)
}

/// While it lives, this thread and those it starts go before all that only reckons; those keep that for good. So the stream is opened
/// under it: both the thread that calls for blocks and the one by which a sound server's client sends them inherit it. Some 45 ms are
/// in the device, and what comes later is a hole in the sound. Where the system does not permit it (it does to root, and by systemd's
/// `LimitRTPRIO=`), they keep the daemon's niceness.
struct Precedence(());

impl Precedence {
    fn take() -> Precedence {
        Precedence::schedule(libc::SCHED_RR, PRECEDENCE);
        Precedence(())
    }

    /// This thread goes before nobody any more.
    fn give_up() {
        Precedence::schedule(libc::SCHED_OTHER, 0);
    }

    fn schedule(policy: libc::c_int, priority: libc::c_int) {
        let parameters = libc::sched_param { sched_priority: priority };
        // SAFETY: it reads the parameters during the call and keeps nothing. 0 is the calling thread.
        #[allow(unsafe_code)]
        unsafe {
            libc::sched_setscheduler(0, policy, &raw const parameters);
        }
    }
}

impl Drop for Precedence {
    fn drop(&mut self) {
        Precedence::give_up();
    }
}

/// Keeps alsa-lib from writing to stderr by itself: what it has to say comes back as errors.
pub(super) fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the handler is called with C's variadic convention and takes none of its arguments; on the machines this runs on the
        // caller cleans up after such a call. It is set once, before the first device is looked for.
        #[allow(unsafe_code)]
        unsafe {
            snd_lib_error_set_handler(Some(silent));
        }
    });
}

#[allow(unsafe_code)]
unsafe extern "C" {
    fn snd_lib_error_set_handler(handler: Option<extern "C" fn()>) -> std::ffi::c_int;
}

extern "C" fn silent() {}
