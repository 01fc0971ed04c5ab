//! A voice as the feeder keeps it: a recording that is decoded into a ring, and how far it has come.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rtrb::{Producer, RingBuffer};

use crate::asrun::facts::Element;
use crate::audio::output::Shape;
use crate::library::attention::attention;
use crate::playout::cue::{Airing, End, Fault, FaultKind};
use crate::playout::live::callback::{Flow, Tape};
use crate::playout::live::recording::Recording;
use crate::terms::{Frames, Wall};

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

/// How far a voice has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Decoded, or being decoded; nobody has started it.
    Loaded,
    /// The deck has it, to begin at frame `at`, which is kept where `follows_clock` says.
    Armed { at: u64, follows_clock: Option<Wall> },
    /// It begins, or began, at frame `at`; so many of its frames were in the blocks up to frame `upto`.
    Sounding { at: u64, taken: u64, upto: u64 },
    /// The deck is done with it; the last of its frames goes before frame `at`.
    Ended { at: u64, frames: u64, end: End },
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
            if self.is_prefilled() && self.into.slots() < self.samples(TOP_UP_MS) {
                return false;
            }
            let Some(recording) = self.recording.as_mut() else { return false };
            match recording.read(&mut self.spare) {
                Ok(true) => {}
                Ok(false) => self.recording = None,
                Err(fault) => {
                    self.fault = Some(fault);
                    self.recording = None;
                }
            }
        }
        let (_, rest) = self.into.push_partial_slice(&self.spare);
        let pushed = self.spare.len() - rest.len();
        self.spare.drain(..pushed);
        if self.recording.is_none() && self.spare.is_empty() {
            self.flow.done.store(true, Ordering::Release);
        }
        pushed > 0
    }

    /// So much is decoded that it may be started.
    pub fn is_prefilled(&self) -> bool {
        self.is_done() || self.decoded() >= self.samples(self.prefill_ms)
    }

    /// There is no sound in it at all.
    pub fn is_empty(&self) -> bool {
        self.is_done() && self.decoded() == 0
    }

    /// The tape, for the deck: once.
    pub fn take_tape(&mut self) -> Option<Tape> {
        self.tape.take()
    }

    /// Frames of silence after it, before what follows.
    pub fn pause(&self) -> u64 {
        Frames::within(self.element.pause, self.shape.rate).count
    }

    /// How many of its frames have left a device of whose frames `left` have.
    pub fn left(&self, left: u64) -> Frames {
        let (taken, upto) = match self.phase {
            Phase::Loaded | Phase::Armed { .. } => (0, 0),
            Phase::Sounding { taken, upto, .. } => (taken, upto),
            Phase::Ended { at, frames, .. } => (frames, at),
        };
        // Every frame of the device that has not left is reckoned to be one of its own: never too much.
        Frames { count: taken.saturating_sub(upto.saturating_sub(left)), rate: self.shape.rate }
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

    fn decoded(&self) -> usize {
        self.into.buffer().capacity() - self.into.slots()
    }

    fn samples(&self, ms: u32) -> usize {
        (u64::from(self.shape.rate) * u64::from(ms) / 1000) as usize * usize::from(self.shape.channels)
    }

    /// Damage inside a recording can make it end early without any error.
    fn is_short(&self, frames: u64) -> bool {
        let sounded = Frames { count: frames, rate: self.shape.rate }.length();
        self.element.length - sounded > jiff::SignedDuration::from_millis(SHORT_MS)
    }

    fn shortness(&self, frames: u64) -> Fault {
        let sounded = Frames { count: frames, rate: self.shape.rate }.length();
        let detail = format!("it ended after {} ms of {}", sounded.as_millis(), self.element.length.as_millis());
        Fault { kind: FaultKind::FileError, detail }
    }
}
