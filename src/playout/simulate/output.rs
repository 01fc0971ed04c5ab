//! A virtual output: the real deck on frames that cost nothing.

use std::collections::{BTreeMap, VecDeque};

use jiff::SignedDuration;

use crate::playout::cue::{Airing, DeckCue, DeckEvent, End, Fault, FaultKind};
use crate::playout::deck::{Deck, Report, Sound, Taken};
use crate::terms::{Frames, Wall};

const RATE: u32 = 48_000;
/// A device takes this long to open, a recording this long to decode its first seconds.
const OPENS_IN: SignedDuration = SignedDuration::from_millis(100);
const READY_IN: SignedDuration = SignedDuration::from_millis(60);

#[derive(Debug, Default)]
pub struct Output {
    deck: Deck,
    lengths: Lengths,
    /// Where frame 0 stands on the wall clock; `None` while closed.
    zero: Option<Wall>,
    at: u64,
    lost: bool,
    /// What will happen by itself.
    coming: VecDeque<(Wall, DeckEvent)>,
    played_at: Option<Wall>,
}

/// Frames left of each voice.
#[derive(Debug, Default)]
struct Lengths(BTreeMap<Airing, u64>);

impl Sound for Lengths {
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

impl Output {
    pub fn take(&mut self, cue: DeckCue, now: Wall) -> Vec<DeckEvent> {
        match cue {
            DeckCue::Open => {
                self.zero = Some(now);
                self.at = 0;
                self.lost = false;
                self.coming.push_back((now + OPENS_IN, DeckEvent::Opened("virtual".into())));
            }
            DeckCue::Load(airing, element) => {
                let pause = Frames::within(element.pause, RATE).count;
                if self.deck.load(airing, pause) {
                    self.lengths.0.insert(airing, Frames::within(element.length, RATE).count);
                    self.coming.push_back((now + READY_IN, DeckEvent::Ready(airing)));
                } else {
                    let fault = Fault { kind: FaultKind::Internal, detail: "no room on the deck".into() };
                    return vec![DeckEvent::Bad(airing, fault)];
                }
            }
            // As a feeder does: without a device nothing can be started, and the debt is paid at once.
            DeckCue::Start(airing, _) | DeckCue::Follow { next: airing, .. } if self.lost => {
                return vec![DeckEvent::Ended(airing, Frames::none(RATE), End::Lost)];
            }
            DeckCue::Start(airing, at) => self.deck.start(airing, self.frame_at(at)),
            DeckCue::Follow { after, next } => self.deck.follow(after, next),
            DeckCue::Cut(fade) => {
                // What has sounded until now has sounded.
                let events = self.advance(now, None);
                self.deck.cut(fade.count);
                return events;
            }
            DeckCue::Close => {
                self.zero = None;
                self.lost = false;
                self.deck = Deck::new();
                self.lengths.0.clear();
                self.coming.clear();
            }
        }
        Vec::new()
    }

    /// Everything up to `now`, in order.
    pub fn advance(&mut self, now: Wall, played_every: Option<SignedDuration>) -> Vec<DeckEvent> {
        let mut events = Vec::new();
        while self.coming.front().is_some_and(|(at, _)| *at <= now) {
            events.extend(self.coming.pop_front().map(|(_, event)| event));
        }
        let Some(zero) = self.zero.filter(|_| !self.lost) else { return events };
        let to = self.frame_passed(now) + 1;
        if to > self.at {
            let deck = &mut self.deck;
            deck.advance(self.at, to, &mut self.lengths, &mut |report| match report {
                Report::Began { airing, at } => events.push(DeckEvent::Began(airing, instant(zero, at))),
                Report::Ended { airing, frames, whole, .. } => {
                    let end = if whole { End::Whole } else { End::Cut };
                    events.push(DeckEvent::Ended(airing, Frames { count: frames, rate: RATE }, end));
                }
                Report::Dropped { .. } => {}
            });
            self.at = to;
        }
        if let (Some(every), Some((airing, count))) = (played_every, self.deck.sounding())
            && self.played_at.is_none_or(|at| now - at >= every || at > now)
        {
            self.played_at = Some(now);
            events.push(DeckEvent::Played(airing, Frames { count, rate: RATE }));
        }
        events
    }

    /// When something happens by itself.
    pub fn next_change(&self, played_every: Option<SignedDuration>) -> Option<Wall> {
        let coming = self.coming.front().map(|(at, _)| *at);
        let change = self.zero.filter(|_| !self.lost).and_then(|zero| {
            let frame = self.deck.next_change(self.at, &self.lengths)?;
            Some(instant(zero, frame))
        });
        let played = played_every.and_then(|every| {
            self.deck.sounding()?;
            self.played_at.map(|at| at + every)
        });
        [coming, change, played].into_iter().flatten().min()
    }

    pub fn sounding(&self) -> Option<u64> {
        self.deck.sounding().map(|(_, frames)| frames)
    }

    pub fn step_clock(&mut self, by: SignedDuration) {
        self.zero = self.zero.map(|zero| zero + by);
        self.played_at = self.played_at.map(|at| at + by);
        for (at, _) in &mut self.coming {
            *at = *at + by;
        }
    }

    /// The device is gone: what sounded and what was armed ends with it.
    pub fn lose(&mut self, now: Wall) -> Vec<DeckEvent> {
        if self.lost || self.zero.is_none() {
            return Vec::new();
        }
        let mut events = self.advance(now, None);
        // A device that was being opened is not going to be open.
        self.coming.retain(|(_, event)| !matches!(event, DeckEvent::Opened(_)));
        events.push(DeckEvent::Lost(Fault { kind: FaultKind::DeviceLost, detail: "unplugged".into() }));
        self.deck.cut(0);
        let at = self.at;
        self.deck.advance(at, at, &mut self.lengths, &mut |report| match report {
            Report::Ended { airing, frames, .. } => {
                events.push(DeckEvent::Ended(airing, Frames { count: frames, rate: RATE }, End::Lost));
            }
            Report::Began { .. } | Report::Dropped { .. } => {}
        });
        self.lost = true;
        events
    }

    pub fn come_back(&mut self, now: Wall) -> bool {
        if !self.lost {
            return false;
        }
        self.lost = false;
        self.zero = Some(now);
        self.at = 0;
        self.deck = Deck::new();
        true
    }

    /// The first frame at or after an instant.
    fn frame_at(&self, at: Wall) -> u64 {
        let Some(zero) = self.zero else { return 0 };
        let nanos = u128::try_from((at - zero).as_nanos()).unwrap_or(0);
        u64::try_from((nanos * u128::from(RATE)).div_ceil(1_000_000_000)).unwrap_or(u64::MAX)
    }

    /// The frame that is passing at an instant.
    fn frame_passed(&self, at: Wall) -> u64 {
        self.zero.map_or(0, |zero| Frames::within(at - zero, RATE).count)
    }
}

fn instant(zero: Wall, frame: u64) -> Wall {
    let nanos = (u128::from(frame) * 1_000_000_000).div_ceil(u128::from(RATE));
    zero + SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
}
