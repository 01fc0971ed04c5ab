//! A recording on its way to the deck: decoded piece by piece into the ring of its tape.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rtrb::{Producer, RingBuffer};

use crate::asrun::element::Element;
use crate::audio::output::Shape;
use crate::library::attention::attention;
use crate::playout::cue::{Airing, Fault};
use crate::playout::live::callback::{Flow, Tape};
use crate::playout::live::recording::LoadedRecording;

/// How much of a voice is decoded ahead.
const AHEAD_S: u32 = 2;
/// So much of it is there before the voice is called ready.
const PREFILL_MS: u32 = 500;
/// And so much of the attention tone, which is in memory: no disk can keep it waiting, and an emergency should not.
const PREFILL_TONE_MS: u32 = 50;
/// A voice that has so much ahead is not hungry: decoding a little at a time only costs wake-ups.
const TOP_UP_MS: u32 = 250;
pub struct Reel {
    pub element: Element,
    /// What failed while it was decoded, until that is taken.
    pub fault: Option<Fault>,
    /// So much was decoded once that it could be started.
    pub is_ready: bool,
    shape: Shape,
    recording: Option<LoadedRecording>,
    /// Decoded, and not yet in the ring.
    spare: Vec<f32>,
    into: Producer<f32>,
    /// Waits here until it is started.
    tape: Option<Tape>,
    flow: Arc<Flow>,
    prefill_ms: u32,
}

impl Reel {
    pub fn new(airing: Airing, element: Element, recording: LoadedRecording, shape: Shape) -> Reel {
        let (into, samples) = RingBuffer::new((shape.rate * AHEAD_S) as usize * usize::from(shape.channels));
        let flow = Arc::new(Flow::default());
        let tape = Tape { airing, samples, flow: Arc::clone(&flow) };
        let hash = element.facts.as_ref().and_then(|facts| facts.file_hash.as_ref());
        let tone = hash == Some(&attention().recording.hash);
        Reel {
            element,
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
}
