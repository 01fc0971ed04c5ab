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
use crate::playout::live::{Lease, LevelMeter};
use crate::playout::outlet::DeckSaid;

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
pub enum CallbackOrder {
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
    /// It may not begin any more.
    Refuse {
        airing: Airing,
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

/// One block went to the device: where it stood, and how many of the device's frames the voice that sounds had filled at its end.
#[derive(Clone, Copy, Debug)]
pub struct Beat {
    pub stamp: Stamp,
    pub frames: u64,
    pub sounding: Option<(Airing, u64)>,
}

/// The feeder's end of the rings.
pub struct Line {
    pub orders: Producer<CallbackOrder>,
    pub told: Consumer<DeckSaid>,
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
    orders: Consumer<CallbackOrder>,
    told: Producer<DeckSaid>,
    beats: Producer<Beat>,
    spent: Producer<Tape>,
    lease: Lease,
    /// Lapses of the lease that have been dealt with.
    lapses: u32,
    bell: CutBell,
    /// The number of the last cut that was carried out.
    cut: u32,
    lapsed: bool,
    meter: LevelMeter,
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
            lapses: lease.lapses(),
            lease,
            bell,
            cut,
            lapsed: false,
            meter: LevelMeter::default(),
        };
        (callback, Line { orders, told: their_told, beats: their_beats, spent: their_spent })
    }

    /// Shows what goes out on this meter.
    pub fn show_on(&mut self, meter: LevelMeter) {
        self.meter = meter;
    }

    /// Fills a silent block.
    pub fn pull(&mut self, block: &mut [f32], stamp: Stamp) {
        // Before orders are obeyed: those given since the lease was renewed are good.
        let lapses = self.lease.lapses();
        let missed = lapses != self.lapses;
        if missed {
            self.lapses = lapses;
            self.deck.cut(0);
        }
        for _ in 0..ORDERS_A_BLOCK {
            let Ok(order) = self.orders.pop() else { break };
            self.obey(order);
        }
        let cut = self.bell.last();
        if cut.number.wrapping_sub(self.cut) as i32 > 0 {
            self.cut(cut);
        }
        // Nor does anything sound whose feeder has let go: its device may take long to close, or never come to it.
        let lapsed = self.lease.has_lapsed(stamp.at) || self.orders.is_abandoned();
        if lapsed {
            // Again with each block, so that nothing that is armed meanwhile sounds.
            self.deck.cut(0);
        }
        self.lapsed = lapsed || missed;
        let frames = (block.len() / self.channels) as u64;
        self.advance(block, stamp.frame, frames);
        self.meter.note(block, frames as f32 / self.rate.max(1) as f32);
        let sounding = self.deck.sounding();
        // A feeder that does not listen misses beats and nothing else.
        let _ = self.beats.push(Beat { stamp, frames, sounding });
    }

    fn obey(&mut self, order: CallbackOrder) {
        match order {
            CallbackOrder::Start { tape, pause, at } => {
                let airing = tape.airing;
                self.thread(tape, pause);
                self.deck.start(airing, at);
            }
            CallbackOrder::Follow { tape, pause, after } => {
                let airing = tape.airing;
                self.thread(tape, pause);
                self.deck.follow(after, airing);
            }
            CallbackOrder::Rearm { airing, at } => self.deck.rearm(airing, at),
            CallbackOrder::Refuse { airing } => self.deck.disarm(airing),
            CallbackOrder::Cut(cut) => self.cut(cut),
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
            let _ = told.push(DeckSaid { report, lapsed });
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

#[cfg(test)]
mod tests {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;

    use super::*;
    use crate::terms::Mono;

    thread_local! {
        /// Calls of the allocator by this thread.
        static CALLS: Cell<u64> = const { Cell::new(0) };
    }

    struct Counting;

    // SAFETY: every call is handed on to the system's allocator as it came; counting touches no memory but a thread's own cell.
    #[allow(unsafe_code)]
    unsafe impl GlobalAlloc for Counting {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
            unsafe { System.alloc(layout) }
        }
        unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
            let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
            unsafe { System.dealloc(memory, layout) }
        }
    }

    #[global_allocator]
    static COUNTING: Counting = Counting;

    const BLOCK: u64 = 512;

    /// A voice of so many frames of 0.5, all of them decoded.
    fn tape(airing: u64, frames: usize) -> Tape {
        let (mut into, samples) = RingBuffer::new(frames.max(1) * 2);
        into.push_entire_slice(&vec![0.5; frames * 2]).unwrap();
        let flow = Arc::new(Flow::default());
        flow.done.store(true, Ordering::Release);
        Tape { airing: Airing(airing), samples, flow }
    }

    fn open_lease() -> Lease {
        let lease = Lease::new();
        lease.renew(Mono::MAX);
        lease
    }

    /// Pulls one block; counts the calls of the allocator meanwhile.
    fn pull(callback: &mut Callback, block: &mut [f32], n: u64) -> u64 {
        block.fill(0.0);
        let before = CALLS.get();
        callback.pull(block, Stamp { frame: n * BLOCK, at: Mono(1), leaves_at: Mono(1) });
        CALLS.get() - before
    }

    #[test]
    fn the_callback_never_calls_the_allocator() {
        let bell = CutBell::default();
        let (mut callback, mut line) = Callback::new(48_000, 2, open_lease(), bell.clone(), 0);
        let mut block = vec![0.0; BLOCK as usize * 2];
        let mut calls = 0;
        for n in 0..200u64 {
            let order = match n % 10 {
                0 => Some(CallbackOrder::Start { tape: tape(n, 700), pause: 10, at: 0 }),
                1 => Some(CallbackOrder::Follow { tape: tape(n, 700), pause: 0, after: Airing(n - 1) }),
                2 => Some(CallbackOrder::Rearm { airing: Airing(n - 2), at: 5 }),
                4 => Some(CallbackOrder::Refuse { airing: Airing(n - 1) }),
                3 => Some(CallbackOrder::Follow { tape: tape(n, 5), pause: 0, after: Airing(9_999) }),
                5 => Some(CallbackOrder::Start { tape: tape(n, 90_000), pause: 0, at: 0 }),
                7 => Some(CallbackOrder::Cut(bell.ring(10_000))),
                _ => None,
            };
            if let Some(order) = order {
                assert!(line.orders.push(order).is_ok());
            }
            calls += pull(&mut callback, &mut block, n);
        }
        assert_eq!(calls, 0);
        assert!(line.spent.pop().is_ok(), "memory goes back to the feeder");
    }

    #[test]
    fn a_cut_that_was_heard_by_the_bell_is_not_carried_out_on_what_came_after_it() {
        let bell = CutBell::default();
        let (mut callback, mut line) = Callback::new(48_000, 2, open_lease(), bell.clone(), 0);
        let mut block = vec![0.0; BLOCK as usize * 2];
        assert!(line.orders.push(CallbackOrder::Start { tape: tape(1, 48_000), pause: 0, at: 0 }).is_ok());
        pull(&mut callback, &mut block, 0);
        assert_eq!(block[0], 0.5);
        let cut = bell.ring(0);
        pull(&mut callback, &mut block, 1);
        assert_eq!(block[0], 0.0);
        assert!(line.orders.push(CallbackOrder::Cut(cut)).is_ok());
        assert!(line.orders.push(CallbackOrder::Start { tape: tape(2, 48_000), pause: 0, at: 0 }).is_ok());
        for n in 2..6 {
            pull(&mut callback, &mut block, n);
            assert_eq!(block[0], 0.5, "block {n}");
        }
    }

    #[test]
    fn a_callback_whose_lease_was_never_renewed_plays_silence() {
        let (mut callback, mut line) = Callback::new(48_000, 2, Lease::new(), CutBell::default(), 0);
        let mut block = vec![0.0; BLOCK as usize * 2];
        assert!(line.orders.push(CallbackOrder::Start { tape: tape(1, 48_000), pause: 0, at: 0 }).is_ok());
        for n in 0..4 {
            pull(&mut callback, &mut block, n);
            assert!(block.iter().all(|sample| *sample == 0.0));
        }
        let told = line.told.pop().unwrap();
        assert!(told.lapsed && matches!(told.report, Report::Ended { frames: 0, whole: false, .. }));
    }

    #[test]
    fn a_lapse_between_two_blocks_ends_what_sounds_and_nothing_that_is_ordered_after() {
        let lease = open_lease();
        let (mut callback, mut line) = Callback::new(48_000, 2, lease.clone(), CutBell::default(), 0);
        let mut block = vec![0.0; BLOCK as usize * 2];
        assert!(line.orders.push(CallbackOrder::Start { tape: tape(1, 48_000), pause: 0, at: 0 }).is_ok());
        pull(&mut callback, &mut block, 0);
        assert_eq!(block[0], 0.5);
        lease.note_lapse();
        lease.renew(Mono::MAX);
        pull(&mut callback, &mut block, 1);
        assert!(block.iter().all(|sample| *sample == 0.0));
        let ended = std::iter::from_fn(|| line.told.pop().ok()).last().unwrap();
        assert!(ended.lapsed && matches!(ended.report, Report::Ended { frames: BLOCK, whole: false, .. }));
        assert!(line.orders.push(CallbackOrder::Start { tape: tape(2, 48_000), pause: 0, at: 0 }).is_ok());
        pull(&mut callback, &mut block, 2);
        assert_eq!(block[0], 0.5);
    }

    #[test]
    fn a_fade_goes_down_evenly_to_silence() {
        let bell = CutBell::default();
        let (mut callback, mut line) = Callback::new(48_000, 2, open_lease(), bell.clone(), 0);
        let mut block = vec![0.0; BLOCK as usize * 2];
        assert!(line.orders.push(CallbackOrder::Start { tape: tape(1, 48_000), pause: 0, at: 0 }).is_ok());
        pull(&mut callback, &mut block, 0);
        bell.ring(5_000);
        pull(&mut callback, &mut block, 1);
        let left: Vec<f32> = block.chunks_exact(2).map(|frame| frame[0]).collect();
        assert!(left[..240].windows(2).all(|pair| pair[1] < pair[0] && pair[0] - pair[1] < 0.005));
        assert!(left[240..].iter().all(|sample| *sample == 0.0));
    }
}
