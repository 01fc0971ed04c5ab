//! What runs on the output's own thread: the pure deck over rings of finished samples.
//!
//! It allocates nothing, frees nothing, locks nothing, waits for nothing and does no I/O. Orders come in through a ring, reports and spent
//! tapes go out through others. It trusts nobody to be alive: without a renewed lease it plays silence, and a cut reaches it even when
//! the feeder is stuck.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rtrb::{Consumer, Producer, PushError, RingBuffer};

use crate::audio::output::Stamp;
use crate::playout::cue::Airing;
use crate::playout::deck::{Deck, Report, Sound, Taken, VOICES};
use crate::playout::live::Lease;

/// Orders that are carried out in one block; the rest wait for the next, so that the deck's room for reports is never exceeded.
const ORDERS_A_BLOCK: usize = 16;
/// Orders on their way.
const ORDERS: usize = 64;
/// Each order leads to at most two reports, and no orders come from a feeder that does not listen.
const REPORTS: usize = 512;
/// Blocks that the feeder may sleep through; further ones go unheard, which costs nothing but precision.
const BEATS: usize = 256;

/// A voice's finished samples on their way to the device, and what is known about them on both sides.
pub struct Tape {
    pub airing: Airing,
    pub samples: Consumer<f32>,
    pub flow: Arc<Flow>,
}

#[derive(Debug, Default)]
pub struct Flow {
    /// The recording's last sample has been put in.
    pub done: AtomicBool,
    /// Frames that should have sounded and were not there in time.
    pub starved: AtomicU64,
}

/// What the feeder tells the deck.
pub enum Order {
    /// At this frame, or as soon after it as nothing else sounds.
    Start {
        tape: Tape,
        pause: u64,
        at: u64,
    },
    Follow {
        tape: Tape,
        pause: u64,
        after: Airing,
    },
    Rearm {
        airing: Airing,
        at: u64,
    },
    Cut(Cut),
}

/// A cut has a number, because it comes on two ways: at once through [`CutBell`], and in its turn among the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    pub number: u32,
    /// How long the fade is, in microseconds.
    pub fade_us: u32,
}

/// Rings for silence past the feeder: whoever sends a cut rings at once, and the callback hears it with its next block.
#[derive(Clone, Debug, Default)]
pub struct CutBell(Arc<AtomicU64>);

impl CutBell {
    pub fn ring(&self, fade_us: u32) -> Cut {
        let next = |word: u64| ((word >> 32).wrapping_add(1) << 32) | u64::from(fade_us);
        let last = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |word| Some(next(word))).unwrap_or_else(|word| word);
        CutBell::read(next(last))
    }

    pub fn last(&self) -> Cut {
        CutBell::read(self.0.load(Ordering::Acquire))
    }

    fn read(word: u64) -> Cut {
        Cut { number: (word >> 32) as u32, fade_us: word as u32 }
    }
}

/// What the deck said of a voice, and whether it was the lease that ended it.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub report: Report,
    pub lapsed: bool,
}

/// One block went to the device: where it stood, and how much of the voice that sounds had been taken at its end.
#[derive(Clone, Copy, Debug)]
pub struct Beat {
    pub stamp: Stamp,
    pub frames: u64,
    pub sounding: Option<(Airing, u64)>,
}

/// The feeder's end of the rings.
pub struct Line {
    pub orders: Producer<Order>,
    pub told: Consumer<Told>,
    pub beats: Consumer<Beat>,
    pub spent: Consumer<Tape>,
}

pub struct Callback {
    rate: u32,
    channels: usize,
    deck: Deck,
    tapes: Vec<Tape>,
    /// Voices that ended in this block.
    ended: Vec<Airing>,
    orders: Consumer<Order>,
    told: Producer<Told>,
    beats: Producer<Beat>,
    spent: Producer<Tape>,
    lease: Lease,
    bell: CutBell,
    /// The number of the last cut that was carried out.
    cut: u32,
    lapsed: bool,
}

impl Callback {
    /// `cut` is the number of the last cut that the feeder has dealt with: none before it is for this stream.
    pub fn new(rate: u32, channels: u16, lease: Lease, bell: CutBell, cut: u32) -> (Callback, Line) {
        let (orders, their_orders) = RingBuffer::new(ORDERS);
        let (told, their_told) = RingBuffer::new(REPORTS);
        let (beats, their_beats) = RingBuffer::new(BEATS);
        let (spent, their_spent) = RingBuffer::new(ORDERS + VOICES);
        let callback = Callback {
            rate,
            channels: usize::from(channels.max(1)),
            deck: Deck::new(),
            tapes: Vec::with_capacity(VOICES),
            ended: Vec::with_capacity(REPORTS),
            orders: their_orders,
            told,
            beats,
            spent,
            lease,
            bell,
            cut,
            lapsed: false,
        };
        (callback, Line { orders, told: their_told, beats: their_beats, spent: their_spent })
    }

    /// Fills a silent block.
    pub fn pull(&mut self, block: &mut [f32], stamp: Stamp) {
        for _ in 0..ORDERS_A_BLOCK {
            let Ok(order) = self.orders.pop() else { break };
            self.obey(order);
        }
        let cut = self.bell.last();
        if cut.number.wrapping_sub(self.cut) as i32 > 0 {
            self.cut(cut);
        }
        let lapsed = self.lease.has_lapsed(stamp.at);
        if lapsed {
            // Again with each block, so that nothing that is armed meanwhile sounds.
            self.deck.cut(0);
        }
        self.lapsed = lapsed;
        let frames = (block.len() / self.channels) as u64;
        self.advance(block, stamp.frame, frames);
        let sounding = self.deck.sounding();
        // A feeder that does not listen misses beats and nothing else.
        let _ = self.beats.push(Beat { stamp, frames, sounding });
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Start { tape, pause, at } => {
                let airing = tape.airing;
                self.thread(tape, pause);
                self.deck.start(airing, at);
            }
            Order::Follow { tape, pause, after } => {
                let airing = tape.airing;
                self.thread(tape, pause);
                self.deck.follow(after, airing);
            }
            Order::Rearm { airing, at } => self.deck.rearm(airing, at),
            Order::Cut(cut) => self.cut(cut),
        }
    }

    /// A tape for which the deck has no room goes back at once; the deck then refuses its start, and says so.
    fn thread(&mut self, tape: Tape, pause: u64) {
        if self.tapes.len() < VOICES && self.deck.load(tape.airing, pause) {
            self.tapes.push(tape);
        } else {
            hand_back(&mut self.spent, tape);
        }
    }

    fn cut(&mut self, cut: Cut) {
        self.cut = cut.number;
        self.deck.cut(u64::from(cut.fade_us) * u64::from(self.rate) / 1_000_000);
    }

    fn advance(&mut self, block: &mut [f32], from: u64, frames: u64) {
        let mut laid = Laid { block, channels: self.channels, tapes: &mut self.tapes };
        let (told, ended, lapsed) = (&mut self.told, &mut self.ended, self.lapsed);
        self.deck.advance(from, from + frames, &mut laid, &mut |report| {
            // The ring holds more than can be owed.
            let _ = told.push(Told { report, lapsed });
            if let Report::Ended { airing, .. } | Report::Dropped { airing } = report
                && ended.len() < ended.capacity()
            {
                ended.push(airing);
            }
        });
        while let Some(airing) = self.ended.pop() {
            if let Some(place) = self.tapes.iter().position(|tape| tape.airing == airing) {
                hand_back(&mut self.spent, self.tapes.swap_remove(place));
            }
        }
    }
}

/// Memory is freed by the feeder. Should it have stopped listening, the memory is given up rather than freed here.
fn hand_back(spent: &mut Producer<Tape>, tape: Tape) {
    if let Err(PushError::Full(tape)) = spent.push(tape) {
        std::mem::forget(tape);
    }
}

/// A block and the tapes that are laid on it.
struct Laid<'a> {
    block: &'a mut [f32],
    channels: usize,
    tapes: &'a mut [Tape],
}

impl Sound for Laid<'_> {
    fn take(&mut self, airing: Airing, offset: u64, wanted: u64, gain: (f32, f32)) -> Taken {
        let Some(tape) = self.tapes.iter_mut().find(|tape| tape.airing == airing) else {
            return Taken { frames: 0, ended: true };
        };
        // In this order: what was there when the last sample was already in, is all there is.
        let done = tape.flow.done.load(Ordering::Acquire);
        let there = tape.samples.slots() / self.channels;
        let frames = there.min(usize::try_from(wanted).unwrap_or(usize::MAX));
        if (frames as u64) < wanted && !done {
            tape.flow.starved.fetch_add(wanted - frames as u64, Ordering::Relaxed);
        }
        let at = usize::try_from(offset).unwrap_or(usize::MAX).saturating_mul(self.channels);
        let room = self.block.get_mut(at..).unwrap_or_default();
        let Ok(chunk) = tape.samples.read_chunk((frames * self.channels).min(room.len())) else {
            return Taken { frames: 0, ended: true };
        };
        let (first, second) = chunk.as_slices();
        let step = (gain.1 - gain.0) / frames.max(1) as f32;
        for (n, (out, sample)) in room.iter_mut().zip(first.iter().chain(second)).enumerate() {
            *out = sample * (gain.0 + step * (n / self.channels) as f32);
        }
        chunk.commit_all();
        Taken { frames: frames as u64, ended: done && frames == there }
    }

    fn left(&self, _: Airing) -> Option<u64> {
        None
    }
}
