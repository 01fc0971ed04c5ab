//! The deck: voices placed on one device's frames.
//!
//! Pure and without allocation after [`Deck::new`], so that the audio callback and the simulator run the very same one. It knows frames
//! only: no clock, no recording, no ring. A voice goes loaded → armed → sounding → spent. At most one voice sounds at a time, but for
//! nothing at all: a cut voice fades before the next begins.

use crate::playout::cue::Airing;

/// Voices that may be known at once: what sounds, what follows, what was cut, and room to spare.
pub const VOICES: usize = 8;

/// Where a voice's frames come from: rings in the callback, thin air in the simulator.
pub trait Sound {
    /// Puts up to `wanted` frames of `airing` at `offset` frames into the block, with the gain going linearly from `gain.0` to `gain.1`.
    /// Returns how many there were. Fewer than wanted with `ended` false is a starved ring: the voice waits, nothing is lost.
    fn take(&mut self, airing: Airing, offset: u64, wanted: u64, gain: (f32, f32)) -> Taken;
    /// How many frames are left, where that is known.
    fn left(&self, airing: Airing) -> Option<u64>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub frames: u64,
    /// The recording's last frame is among them (or came before).
    pub ended: bool,
}

/// What happened to a voice in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Its first frame stands at this frame of the device.
    Began { airing: Airing, at: u64 },
    /// It is spent: so many of its frames were taken. `whole` is false when it was cut, or never began.
    Ended { airing: Airing, frames: u64, whole: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Loaded,
    /// To begin at this frame.
    Armed(u64),
    /// To begin when another has ended whole and its pause has passed.
    Following(Airing),
    Sounding,
    /// Fading out: frames left of the fade, and its whole length.
    Fading {
        left: u64,
        of: u64,
    },
}

#[derive(Clone, Copy, Debug)]
struct Voice {
    airing: Airing,
    /// Silence after it, before what follows.
    pause: u64,
    taken: u64,
    state: State,
}

/// One device's voices.
#[derive(Debug)]
pub struct Deck {
    voices: Vec<Voice>,
}
