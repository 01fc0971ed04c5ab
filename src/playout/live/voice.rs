//! A voice as the feeder keeps it: a recording that is decoded into a ring, and how far it has come.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rtrb::{Producer, RingBuffer};

use crate::asrun::facts::Element;
use crate::audio::output::{Shape, nanos_of};
use crate::library::attention::attention;
use crate::playout::cue::{Airing, End, Fault, FaultKind};
use crate::playout::live::callback::{Flow, Tape};
use crate::playout::live::recording::Recording;
use crate::terms::{Frames, Mono, Wall};

/// How much of a voice is decoded ahead.
const AHEAD_S: u32 = 2;
/// So much of it is there before the voice is called ready.
const PREFILL_MS: u32 = 500;
/// And so much of the attention tone, which is in memory: no disk can keep it waiting, and an emergency should not.
const PREFILL_TONE_MS: u32 = 50;
/// A voice that has so much ahead is not hungry: decoding a little at a time only costs wake-ups.
const TOP_UP_MS: u32 = 250;
/// A recording that ends so much before its measured length has failed.
const SHORT_MS: i64 = 250;

/// How far a voice has come, in the device's frames.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
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

pub struct Voice {
    pub airing: Airing,
    pub element: Element,
    pub phase: Phase,
    /// The frame at which it began, until that was told.
    pub began: Option<u64>,
    /// What failed while it was decoded.
    pub fault: Option<Fault>,
    /// Its `Ready` was told: what fails now ends it when what is decoded has sounded.
    pub is_ready: bool,
    /// When its first frame should leave, once it has begun: what comes behind its pause is reckoned from this and its length, whatever the
    /// device's crystal has run off.
    pub planned: Option<Mono>,
    /// The last instant at which it may begin.
    pub by: Option<Wall>,
    shape: Shape,
    recording: Option<Recording>,
    /// Decoded, and not yet in the ring.
    spare: Vec<f32>,
    into: Producer<f32>,
    /// Waits here until it is started.
    tape: Option<Tape>,
    flow: Arc<Flow>,
    prefill_ms: u32,
}

impl Voice {
    pub fn new(airing: Airing, element: Element, recording: Recording, shape: Shape) -> Voice {
        let (into, samples) = RingBuffer::new((shape.rate * AHEAD_S) as usize * usize::from(shape.channels));
        let flow = Arc::new(Flow::default());
        let tape = Tape { airing, samples, flow: Arc::clone(&flow) };
        let hash = element.facts.as_ref().and_then(|facts| facts.file_hash.as_ref());
        let tone = hash == Some(&attention().recording.hash);
        Voice {
            airing,
            element,
            phase: Phase::Loaded,
            began: None,
            fault: None,
            is_ready: false,
            planned: None,
            by: None,
            shape,
            recording: Some(recording),
            spare: Vec::new(),
            into,
            tape: Some(tape),
            flow,
            prefill_ms: if tone { PREFILL_TONE_MS } else { PREFILL_MS },
        }
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Decodes one piece if there is room for it. False when there was nothing to do.
    pub fn feed(&mut self) -> bool {
        if self.spare.is_empty() {
            if self.recording.is_none() || (self.is_prefilled() && self.into.slots() < self.samples(TOP_UP_MS)) {
                return false;
            }
            self.decode();
        }
        let (_, rest) = self.into.push_partial_slice(&self.spare);
        let pushed = self.spare.len() - rest.len();
        self.spare.drain(..pushed);
        if self.is_done() {
            self.flow.done.store(true, Ordering::Release);
        }
        pushed > 0
    }

    fn decode(&mut self) {
        let Some(recording) = self.recording.as_mut() else { return };
        let goes_on = recording.read(&mut self.spare);
        if !matches!(goes_on, Ok(true)) {
            self.fault = goes_on.err();
            self.recording = None;
        }
    }

    /// When what follows it should begin, by its length and its pause.
    pub fn next_due(&self, frames: u64) -> Option<Mono> {
        Some(Mono(self.planned?.0.saturating_add(nanos_of(frames, self.shape.rate))) + self.element.pause)
    }

    /// So much is decoded that it may be started.
    pub fn is_prefilled(&self) -> bool {
        self.is_done() || self.ahead() >= self.samples(self.prefill_ms)
    }

    /// There is no sound in it at all.
    pub fn is_empty(&self) -> bool {
        self.is_done() && self.ahead() == 0
    }

    /// The tape, for the deck: once.
    pub fn take_tape(&mut self) -> Option<Tape> {
        self.tape.take()
    }

    /// Frames of silence after it, before what follows.
    pub fn pause(&self) -> u64 {
        Frames::within(self.element.pause, self.shape.rate).count
    }

    /// How much of it has left a device of whose frames `left` have.
    pub fn left(&self, left: u64) -> Frames {
        let (taken, upto) = match self.phase {
            Phase::Loaded | Phase::Armed { .. } => (0, 0),
            Phase::Sounding { taken, upto, .. } => (taken, upto),
            Phase::Ended { at, frames, .. } => (frames, at),
        };
        // Every frame of the device that has not left is reckoned to be one of its own: never too much.
        self.frames(taken.saturating_sub(upto.saturating_sub(left)))
    }

    pub fn frames(&self, count: u64) -> Frames {
        Frames { count, rate: self.shape.rate }
    }

    /// The deck took its last frame, or will take none.
    pub fn ended(&mut self, at: u64, frames: u64, end: End) {
        let end = match (end, self.fault.take()) {
            (End::Whole, Some(fault)) => End::Failed(fault),
            (End::Whole, None) if self.is_short(frames) => End::Failed(self.shortness(frames)),
            (end, _) => end,
        };
        self.recording = None;
        self.phase = Phase::Ended { at, frames, end };
    }

    /// Frames that were not decoded in time, since it was last asked.
    pub fn starved(&self) -> u64 {
        self.flow.starved.swap(0, Ordering::Relaxed)
    }

    fn is_done(&self) -> bool {
        self.recording.is_none() && self.spare.is_empty()
    }

    fn ahead(&self) -> usize {
        self.into.buffer().capacity() - self.into.slots()
    }

    fn samples(&self, ms: u32) -> usize {
        (u64::from(self.shape.rate) * u64::from(ms) / 1000) as usize * usize::from(self.shape.channels)
    }

    /// Damage inside a recording can make it end early without any error.
    fn is_short(&self, frames: u64) -> bool {
        self.element.length - self.frames(frames).length() > jiff::SignedDuration::from_millis(SHORT_MS)
    }

    fn shortness(&self, frames: u64) -> Fault {
        let sounded = self.frames(frames).length();
        let detail = format!("it ended after {} ms of {}", sounded.as_millis(), self.element.length.as_millis());
        Fault { kind: FaultKind::FileError, detail }
    }
}
