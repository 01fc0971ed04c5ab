//! A virtual sound card: the real deck on frames that cost nothing, and a device that can fail.
//!
//! It counts on the boot clock, as devices do. What it took stands in `heard`: the truth that a log is held against.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::asrun::element::Element;
use crate::playout::cue::Airing;
use crate::playout::deck::{Deck, Report, Sound, Taken};
use crate::playout::outlet::{DeckSaid, FrameClock};
use crate::playout::simulate::mishap::Loss;
use crate::terms::{FileHash, Frames, ItemId, Mono, Now, Wall};

pub const RATE: u32 = 48_000;
/// One that runs fast takes so many times the sound that time allows.
const SWALLOWS: u64 = 2_300;

#[derive(Debug, Default)]
pub struct Card {
    pub deck: Deck,
    left: FramesLeft,
    loaded: BTreeMap<Airing, Element>,
    /// Voices whose recordings fail where their length ends.
    failing: BTreeSet<Airing>,
    /// Where frame 0 stands on the boot clock; `None` while closed.
    zero: Option<Mono>,
    at: u64,
    /// It fails, since when: its frames have stopped, or it takes them without sounding them.
    ails: Option<(Loss, Mono)>,
    /// It cannot be opened.
    pub absent: bool,
    /// Until when whoever opens or closes it does not come back from it.
    pub hangs: Option<Mono>,
    sounding: Option<Heard>,
    pub heard: Vec<Heard>,
}

/// What really went out, first to last frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    pub airing: Airing,
    pub item: Option<ItemId>,
    pub content: Option<FileHash>,
    /// What all of it would take.
    pub length: Frames,
    pub began: Mono,
    /// As the log should say it.
    pub began_at: Wall,
    pub ended: Mono,
    /// What the wall clock said then.
    pub ended_at: Wall,
    pub frames: Frames,
    pub whole: bool,
}

/// Frames left of each voice.
#[derive(Debug, Default)]
struct FramesLeft(BTreeMap<Airing, u64>);

impl Sound for FramesLeft {
    fn take(&mut self, airing: Airing, _offset: u64, wanted: u64, _gain: (f32, f32)) -> Taken {
        let Some(left) = self.0.get_mut(&airing) else { return Taken { frames: 0, ended: true } };
        let frames = wanted.min(*left);
        *left -= frames;
        Taken { frames, ended: *left == 0 }
    }

    fn left(&self, airing: Airing) -> Option<u64> {
        self.0.get(&airing).copied()
    }
}

impl Card {
    pub fn is_open(&self) -> bool {
        self.zero.is_some()
    }

    pub fn ails(&self) -> Option<Loss> {
        self.ails.map(|(how, _)| how)
    }

    /// How long it still hangs.
    pub fn hangs_for(&self, now: Now) -> Option<SignedDuration> {
        self.hangs.filter(|until| *until > now.mono).map(|until| until - now.mono)
    }

    pub fn open(&mut self, now: Now) {
        (self.zero, self.at) = (Some(now.mono), 0);
    }

    pub fn close(&mut self, now: Now) {
        if let Some((airing, frames)) = self.deck.sounding() {
            self.hush(airing, frames, self.until(now), false, now);
        }
        (self.zero, self.ails, self.deck) = (None, None, Deck::new());
    }

    /// It fails, if it is open.
    pub fn fail(&mut self, how: Loss, now: Now) {
        if self.is_open() && self.ails.is_none() {
            self.ails = Some((how, now.mono));
        }
    }

    /// A recording of so many frames, which may then fail.
    pub fn put(&mut self, airing: Airing, element: Element, frames: u64, fails: bool) {
        self.left.0.insert(airing, frames);
        self.loaded.insert(airing, element);
        if fails {
            self.failing.insert(airing);
        }
    }

    /// Forgets recordings that nobody wants any more.
    pub fn keep(&mut self, wanted: impl Fn(Airing) -> bool) {
        self.left.0.retain(|airing, _| wanted(*airing));
        self.loaded.retain(|airing, _| wanted(*airing));
    }

    /// Lets the deck run until now.
    pub fn run(&mut self, now: Now) -> Vec<DeckSaid> {
        let to = self.zero.map_or(0, |zero| Frames::within(self.until(now) - zero, RATE).count + 1);
        if to > self.at { self.run_to(to, false, now) } else { Vec::new() }
    }

    /// The conductor's lease has run out: silence.
    pub fn lapse(&mut self, now: Now) -> Vec<DeckSaid> {
        if self.ails.is_some() {
            return Vec::new();
        }
        self.deck.cut(0);
        self.run_to(self.at, true, now)
    }

    fn run_to(&mut self, to: u64, lapsed: bool, now: Now) -> Vec<DeckSaid> {
        let mut said = Vec::new();
        self.deck.advance(self.at, to, &mut self.left, &mut |report| said.push(DeckSaid { report, lapsed }));
        self.at = to;
        said.iter().for_each(|said| self.note(said.report, now));
        said
    }

    /// What sounds, so many frames of it, up to this frame of the card.
    pub fn sounding(&self) -> Option<(Airing, u64, u64)> {
        self.deck.sounding().map(|(airing, taken)| (airing, taken, self.at))
    }

    pub fn clock(&self, now: Now) -> FrameClock {
        let swallowed = self.ails.filter(|(how, _)| *how == Loss::RunsFast);
        let swallowed = swallowed.map_or(0, |(_, since)| Frames::within(now.mono - since, RATE).count * SWALLOWS);
        FrameClock { rate: RATE, zero: self.zero, left: self.at, handed: self.at + swallowed, is_steady: true }
    }

    /// When the deck has something to say.
    pub fn next_change(&self) -> Option<Mono> {
        let frame = self.deck.next_change(self.at, &self.left).filter(|_| self.ails.is_none())?;
        // A frame has passed when the next instant has come.
        Some(self.zero? + Frames { count: frame, rate: RATE }.length() + SignedDuration::from_nanos(1))
    }

    /// The process is gone, and with it all sound. What was heard stays, and how the card is.
    pub fn let_go(&mut self, now: Now) {
        self.close(now);
        let (absent, hangs) = (self.absent, self.hangs);
        *self = Card { absent, hangs, heard: std::mem::take(&mut self.heard), ..Card::default() };
    }

    /// Until when its frames have gone on.
    fn until(&self, now: Now) -> Mono {
        self.ails.map_or(now.mono, |(_, since)| since.min(now.mono))
    }

    /// Writes down what begins to sound, and what has.
    fn note(&mut self, report: Report, now: Now) {
        let leaves_at = |frame| self.clock(now).leaves_at(frame).unwrap_or(now.mono);
        match report {
            Report::Began { airing, at } => {
                let began = leaves_at(at);
                let Some(element) = self.loaded.get(&airing) else { return };
                let (facts, began_at) = (element.facts.as_ref(), now.wall + (began - now.mono));
                self.sounding = Some(Heard {
                    airing,
                    item: facts.map(|facts| facts.item.clone()),
                    content: facts.and_then(|facts| facts.file_hash.clone()),
                    length: Frames::within(element.length, RATE),
                    began,
                    began_at,
                    ended: began,
                    ended_at: began_at,
                    frames: Frames::none(RATE),
                    whole: false,
                });
            }
            Report::Ended { airing, frames, whole, at } => self.hush(airing, frames, leaves_at(at), whole, now),
            Report::Dropped { .. } => {}
        }
    }

    fn hush(&mut self, airing: Airing, frames: u64, ended: Mono, whole: bool, now: Now) {
        let whole = !self.failing.remove(&airing) && whole;
        if let Some(heard) = self.sounding.take_if(|heard| heard.airing == airing) {
            let ended_at = now.wall + (ended - now.mono);
            self.heard.push(Heard { frames: Frames { count: frames, rate: RATE }, ended, ended_at, whole, ..heard });
        }
    }
}
