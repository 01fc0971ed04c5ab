//! A voice as the outlet keeps it: how far it has come, and when what follows it is due.

use jiff::SignedDuration;

use crate::asrun::element::Element;
use crate::playout::cue::{Airing, End, Fault, FaultKind};
use crate::terms::{Frames, Mono, Wall};

/// A recording that ends so much before its measured length has failed.
const SHORT: SignedDuration = SignedDuration::from_millis(250);

/// How far a voice has come, in the device's frames.
#[derive(Clone, Debug, PartialEq)]
pub enum VoicePhase {
    /// Decoded, or being decoded; nobody has started it.
    Loaded,
    /// The deck has it, to begin at frame `at`, which is kept where `due` says.
    Armed { at: u64, due: Due },
    /// It begins, or began, at frame `at`; so many of its frames were in the blocks up to frame `upto`.
    Sounding { at: u64, taken: u64, upto: u64 },
    /// The deck is done with it; the last of its frames goes before frame `at`.
    Ended { at: u64, frames: u64, end: End },
}

/// When a voice that is armed should begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Due {
    Now,
    /// At this instant of the wall clock, also when that is stepped.
    At(Wall),
    /// When this one has ended and its pause has passed.
    Behind(Airing),
}

#[derive(Debug)]
pub struct OutletVoice {
    pub airing: Airing,
    pub phase: VoicePhase,
    /// The frame at which it began, until that was told.
    pub began: Option<u64>,
    /// When its first frame should leave, once it has begun: what comes behind its pause is reckoned from this and its length, whatever the
    /// device's crystal has run off.
    pub planned: Option<Mono>,
    /// The last instant at which it may begin.
    pub by: Option<Wall>,
    length: SignedDuration,
    pause: SignedDuration,
    /// What failed while it was decoded: it ends with what was decoded by then.
    fault: Option<Fault>,
}

impl OutletVoice {
    pub fn new(airing: Airing, element: &Element) -> OutletVoice {
        OutletVoice {
            airing,
            phase: VoicePhase::Loaded,
            began: None,
            planned: None,
            by: None,
            length: element.length,
            pause: element.pause,
            fault: None,
        }
    }

    pub fn fails(&mut self, fault: &Fault) {
        self.fault = Some(fault.clone());
    }

    /// Frames of silence after it, before what follows.
    pub fn pause(&self, rate: u32) -> u64 {
        Frames::within(self.pause, rate).count
    }

    /// When what follows it should begin, by its length and its pause.
    pub fn next_due(&self, count: u64, rate: u32) -> Option<Mono> {
        Some(self.planned? + Frames { count, rate }.length() + self.pause)
    }

    /// How much of it has left a device of whose frames `left` have.
    pub fn left(&self, left: u64) -> u64 {
        let (taken, upto) = match self.phase {
            VoicePhase::Loaded | VoicePhase::Armed { .. } => (0, 0),
            VoicePhase::Sounding { taken, upto, .. } => (taken, upto),
            VoicePhase::Ended { at, frames, .. } => (frames, at),
        };
        // Every frame of the device that has not left is reckoned to be one of its own: never too much.
        taken.saturating_sub(upto.saturating_sub(left))
    }

    /// The deck took its last frame, or will take none.
    pub fn ended(&mut self, at: u64, frames: u64, rate: u32, end: End) {
        let sounded = Frames { count: frames, rate }.length();
        let end = match (end, self.fault.take()) {
            (End::Whole, Some(fault)) => End::Failed(fault),
            // Damage inside a recording can make it end early without any error.
            (End::Whole, None) if self.length - sounded > SHORT => {
                let detail = format!("it ended after {} ms of {}", sounded.as_millis(), self.length.as_millis());
                End::Failed(Fault { kind: FaultKind::FileError, detail })
            }
            (end, _) => end,
        };
        self.phase = VoicePhase::Ended { at, frames, end };
    }
}
