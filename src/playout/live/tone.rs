//! The test tone on a real device, apart from the station's engine: opened, sounded, judged as a feeder would, closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;

use crate::audio::output::{self, DeviceName, OutputError, Pull, Shape, boot_now, nanos_of};
use crate::audio::tone::{LENGTH, Tone};
use crate::playout::outlet::{Symptom, Watch};
use crate::terms::{Frames, Mono};

const LOOK: Duration = Duration::from_millis(20);
/// Beyond the tone's own length; a device may take seconds before it takes its first frame.
const PATIENCE: SignedDuration = SignedDuration::from_secs(6);
const NEVER: i64 = i64::MAX;

/// What became of a tone on a device that could be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Sounded {
    /// What was open: the device's name, or the file.
    pub device: String,
    /// How much of the tone the device has taken.
    pub length: SignedDuration,
    pub shape: Shape,
    pub end: ToneEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToneEnd {
    Whole,
    /// `goes_on` said no: it faded out.
    LeftOff,
    /// The device took no sound, or no more of it.
    Still,
    /// It took sound faster than time: it swallows it.
    Runaway,
    /// It said itself that it is gone.
    Gone,
}

/// What the callback tells.
struct ToneProgress {
    leave_off: AtomicBool,
    frames: AtomicU64,
    tone: AtomicU64,
    /// When the last of the tone has left, on the boot clock.
    over_at: AtomicI64,
}

/// Opens the device that is named and no other, sounds the tone, and returns when the last of it has left. `goes_on` is asked again and
/// again while it sounds and may take its time; the sound does not wait for it.
///
/// # Errors
/// The device cannot be opened.
pub fn sound(name: &DeviceName, stem: &str, mut goes_on: impl FnMut() -> bool) -> Result<Sounded, OutputError> {
    let told = Arc::new(ToneProgress {
        leave_off: AtomicBool::new(false),
        frames: AtomicU64::new(0),
        tone: AtomicU64::new(0),
        over_at: AtomicI64::new(NEVER),
    });
    let theirs = Arc::clone(&told);
    let device = output::open(name, stem, Box::new(move |shape| pull(Tone::new(shape), shape, theirs)))?;
    let shape = device.shape();
    let opened = boot_now();
    let mut watch = Watch::new(shape.rate, opened);
    let end = loop {
        std::thread::sleep(LOOK);
        let now = boot_now();
        let symptom = watch.look(now, told.frames.load(Ordering::Acquire));
        if now.0 >= told.over_at.load(Ordering::Acquire) {
            break if told.leave_off.load(Ordering::Acquire) { ToneEnd::LeftOff } else { ToneEnd::Whole };
        }
        if let Some(symptom) = symptom {
            break match symptom {
                Symptom::Still => ToneEnd::Still,
                Symptom::Runaway => ToneEnd::Runaway,
            };
        }
        if device.health().is_dead() || now - opened > LENGTH + PATIENCE {
            break ToneEnd::Gone;
        }
        if !told.leave_off.load(Ordering::Acquire) && !goes_on() {
            told.leave_off.store(true, Ordering::Release);
        }
    };
    let length = Frames { count: told.tone.load(Ordering::Acquire), rate: shape.rate }.length();
    Ok(Sounded { device: device.name(), length, shape, end })
}

fn pull(mut tone: Tone, shape: Shape, told: Arc<ToneProgress>) -> Pull {
    Box::new(move |block, stamp| {
        if told.leave_off.load(Ordering::Acquire) {
            tone.leave_off();
        }
        let frames = block.len() as u64 / u64::from(shape.channels.max(1));
        let sounding = tone.fill(block);
        told.tone.fetch_add(sounding, Ordering::Release);
        told.frames.fetch_add(frames, Ordering::Release);
        if sounding < frames && told.over_at.load(Ordering::Acquire) == NEVER {
            let Mono(leaves_at) = stamp.leaves_at;
            told.over_at.store(leaves_at.saturating_add(nanos_of(sounding, shape.rate)), Ordering::Release);
        }
    })
}
