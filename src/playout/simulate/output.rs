//! A virtual output: the real deck on frames that cost nothing, and a device that can fail.
//!
//! It counts on the boot clock, as devices do; the wall clock only says where an armed start lies. What it took stands in `heard`: the
//! truth that a log is held against.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::SignedDuration;

use crate::asrun::facts::Element;
use crate::playout::cue::{Airing, DeckCue, DeckEvent, End, Fault, FaultKind};
use crate::playout::deck::{Deck, Report, Sound, Taken};
use crate::playout::simulate::mishap::{Loss, Spoilt};
use crate::terms::{FileHash, Frames, ItemId, Mono, Now, Wall};

pub const RATE: u32 = 48_000;
/// A device takes this long to open, a recording this long to decode its first seconds.
const OPENS_IN: SignedDuration = SignedDuration::from_millis(100);
const READY_IN: SignedDuration = SignedDuration::from_millis(60);
/// A device that stands still is lost after this time, one that runs ahead after half of it.
const STILL: SignedDuration = SignedDuration::from_millis(500);
/// One that does not come back from opening is given up after this time.
pub const GIVEN_UP_IN: SignedDuration = SignedDuration::from_secs(8);

#[derive(Debug, Default)]
pub struct Output {
    deck: Deck,
    lengths: Lengths,
    loaded: BTreeMap<Airing, Element>,
    /// Where frame 0 stands on the boot clock; `None` while closed.
    zero: Option<Mono>,
    at: u64,
    lost: bool,
    /// The device's frames have stopped; it counts as lost at the second instant.
    still: Option<(Mono, Mono)>,
    /// No device can be opened.
    pub absent: bool,
    /// Until when whoever opens or closes the device does not come back from it.
    pub hangs: Option<Mono>,
    /// Somebody has not come back yet, and this was told.
    out: bool,
    /// The device is being opened and hangs: when it is open, or given up; and what is asked for meanwhile.
    stuck: Option<Mono>,
    asked: Vec<(DeckCue, bool)>,
    pub spoilt: Option<Spoilt>,
    /// Voices whose recordings fail where their length ends.
    failing: BTreeSet<Airing>,
    /// Armed voices that follow the wall clock: from when on each may begin, and until when.
    armed: BTreeMap<Airing, (Wall, Wall)>,
    /// What will happen by itself.
    coming: VecDeque<(Mono, DeckEvent)>,
    played_at: Option<Mono>,
    /// Whether `heard` is wanted.
    pub listens: bool,
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
    /// One whose truth is written down.
    pub fn listening() -> Output {
        Output { listens: true, ..Output::default() }
    }

    /// Carries a cue out; `is_damaged`: what it loads is.
    pub fn take(&mut self, cue: DeckCue, is_damaged: bool, now: Now) -> Vec<DeckEvent> {
        if self.stuck.is_some() {
            self.asked.push((cue, is_damaged));
            return Vec::new();
        }
        match cue {
            DeckCue::Load(airing, _) if is_damaged => {
                let fault = Fault { kind: FaultKind::FileError, detail: "damaged in the store".into() };
                return vec![DeckEvent::Bad(airing, fault)];
            }
            DeckCue::Open => return self.open(now),
            DeckCue::Load(airing, element) => return self.load(airing, element, now),
            // As a feeder does: without a device nothing can be started, and the debt is paid at once.
            DeckCue::Start { airing, .. } | DeckCue::Follow { next: airing, .. } if self.lost || self.zero.is_none() => {
                return vec![DeckEvent::Ended(airing, Frames::none(RATE), End::Lost)];
            }
            DeckCue::Start { airing, at, by } => {
                self.armed.insert(airing, (at, by));
                self.deck.start(airing, self.frame_at(at, now));
            }
            DeckCue::Follow { after, next } => self.deck.follow(after, next),
            DeckCue::Cut(fade) => {
                // What has sounded until now has sounded.
                let events = self.advance(now, None);
                self.deck.cut(fade.count);
                return events;
            }
            DeckCue::Close => return self.close(now),
        }
        Vec::new()
    }

    fn open(&mut self, now: Now) -> Vec<DeckEvent> {
        self.still = None;
        if self.absent || self.out {
            self.lost = true;
            return vec![DeckEvent::Lost(Fault { kind: FaultKind::NoDevice, detail: "no such device".into() })];
        }
        if let Some(left) = self.hangs_for(now) {
            // As a feeder: until it is open or given up nothing else is done.
            self.stuck = Some(now.mono + left.min(GIVEN_UP_IN));
            return Vec::new();
        }
        self.zero = Some(now.mono);
        self.at = 0;
        self.lost = false;
        self.coming.push_back((now.mono + OPENS_IN, DeckEvent::Opened("virtual".into())));
        Vec::new()
    }

    /// The device has been opened after all, or is given up; then what has been asked for meanwhile is done.
    fn come_unstuck(&mut self, now: Now) -> Vec<DeckEvent> {
        self.stuck = None;
        let mut events = if self.hangs_for(now).is_some() {
            (self.lost, self.out) = (true, true);
            let lost = Fault { kind: FaultKind::NoDevice, detail: "it does not answer".into() };
            vec![DeckEvent::Hangs(Some("virtual".into())), DeckEvent::Lost(lost)]
        } else {
            self.open(now)
        };
        for (cue, is_damaged) in std::mem::take(&mut self.asked) {
            events.extend(self.take(cue, is_damaged, now));
        }
        events
    }

    /// How long the device still hangs.
    pub fn hangs_for(&self, now: Now) -> Option<SignedDuration> {
        self.hangs.filter(|until| *until > now.mono).map(|until| until - now.mono)
    }

    /// The device begins to hang; what sounds through it stands still.
    pub fn hang(&mut self, now: Now, lasting: SignedDuration) -> Vec<DeckEvent> {
        self.hangs = self.hangs.max(Some(now.mono + lasting));
        self.fail(Loss::StandsStill, now)
    }

    /// The device hangs no longer, unless it has begun to anew: whoever has not come back does now.
    pub fn answers(&mut self, now: Now) -> Option<DeckEvent> {
        if self.hangs_for(now).is_some() {
            return None;
        }
        self.hangs = None;
        std::mem::take(&mut self.out).then_some(DeckEvent::Hangs(None))
    }

    /// The device is let go of. One that hangs is left to itself.
    fn let_go(&mut self, now: Now, events: &mut Vec<DeckEvent>) {
        if self.hangs_for(now).is_some() {
            self.out = true;
            events.push(DeckEvent::Hangs(Some("virtual".into())));
        }
    }

    fn load(&mut self, airing: Airing, element: Element, now: Now) -> Vec<DeckEvent> {
        let bad = |kind, detail: &str| vec![DeckEvent::Bad(airing, Fault { kind, detail: detail.into() })];
        let mut ready_in = READY_IN;
        let mut length = Frames::within(element.length, RATE).count;
        match self.spoilt {
            None => {}
            Some(Spoilt::Missing) => return bad(FaultKind::FileMissing, "not in the store"),
            Some(Spoilt::Corrupt) => return bad(FaultKind::FileError, "damaged in the store"),
            Some(Spoilt::Late(by)) => ready_in = ready_in.saturating_add(by),
            Some(Spoilt::Midway(after)) => {
                let sound = Frames::within(after, RATE).count;
                if sound < length {
                    length = sound;
                    self.failing.insert(airing);
                }
            }
        }
        if !self.deck.load(airing, Frames::within(element.pause, RATE).count) {
            return bad(FaultKind::Internal, "no room on the deck");
        }
        self.lengths.0.insert(airing, length);
        self.loaded.insert(airing, element);
        let place = self.coming.partition_point(|(at, _)| *at <= now.mono + ready_in);
        self.coming.insert(place, (now.mono + ready_in, DeckEvent::Ready(airing)));
        Vec::new()
    }

    /// What sounds is cut off, every debt is paid.
    fn close(&mut self, now: Now) -> Vec<DeckEvent> {
        let mut events = self.advance(now, None);
        self.end_all(now, &End::Cut, &mut events);
        if self.zero.is_some() && !self.lost {
            self.let_go(now, &mut events);
        }
        self.zero = None;
        self.lost = false;
        self.still = None;
        self.deck = Deck::new();
        self.lengths.0.clear();
        self.loaded.clear();
        self.armed.clear();
        self.coming.clear();
        events
    }

    /// Everything up to `now`, in order.
    pub fn advance(&mut self, now: Now, played_every: Option<SignedDuration>) -> Vec<DeckEvent> {
        let mut events = Vec::new();
        if self.stuck.is_some_and(|until| until <= now.mono) {
            events.extend(self.come_unstuck(now));
        }
        while self.coming.front().is_some_and(|(at, _)| *at <= now.mono) {
            events.extend(self.coming.pop_front().map(|(_, event)| event));
        }
        if self.zero.is_none() || self.lost {
            return events;
        }
        let until = self.still.map_or(now.mono, |(since, _)| since.min(now.mono));
        let to = self.frame_passed(until) + 1;
        if to > self.at {
            let reports = self.reports(to);
            for report in reports {
                events.extend(self.tell(report, now));
            }
            self.at = to;
        }
        if let (Some(every), Some((airing, count))) = (played_every, self.deck.sounding())
            && self.still.is_none()
            && self.played_at.is_none_or(|at| now.mono - at >= every)
        {
            self.played_at = Some(now.mono);
            events.push(DeckEvent::Played(airing, Frames { count, rate: RATE }));
        }
        if self.still.is_some_and(|(_, lost_at)| lost_at <= now.mono) {
            self.still = None;
            events.extend(self.lose(now));
        }
        events
    }

    fn reports(&mut self, to: u64) -> Vec<Report> {
        let mut reports = Vec::new();
        self.deck.advance(self.at, to, &mut self.lengths, &mut |report| reports.push(report));
        reports
    }

    fn tell(&mut self, report: Report, now: Now) -> Option<DeckEvent> {
        match report {
            Report::Began { airing, at } => {
                let began = self.instant(at);
                let began_at = now.wall + (began - now.mono);
                self.armed.remove(&airing);
                if self.listens {
                    let facts = self.loaded.get(&airing).and_then(|element| element.facts.clone());
                    self.sounding = Some(Heard {
                        airing,
                        item: facts.as_ref().map(|facts| facts.item.clone()),
                        content: facts.and_then(|facts| facts.file_hash.clone()),
                        length: Frames::within(self.loaded.get(&airing)?.length, RATE),
                        began,
                        began_at,
                        ended: began,
                        ended_at: began_at,
                        frames: Frames::none(RATE),
                        whole: false,
                    });
                }
                Some(DeckEvent::Began(airing, began_at))
            }
            Report::Ended { airing, frames, whole, at } => {
                let fault = || Fault { kind: FaultKind::FileError, detail: "it does not decode to its end".into() };
                let end = match (whole, self.failing.remove(&airing)) {
                    (true, false) => End::Whole,
                    (true, true) => End::Failed(fault()),
                    (false, _) => End::Cut,
                };
                self.hush(airing, frames, now, self.instant(at), end == End::Whole);
                Some(DeckEvent::Ended(airing, Frames { count: frames, rate: RATE }, end))
            }
            Report::Dropped { airing } => {
                self.loaded.remove(&airing);
                None
            }
        }
    }

    /// Writes down what has sounded to its end.
    fn hush(&mut self, airing: Airing, frames: u64, now: Now, ended: Mono, whole: bool) {
        self.armed.remove(&airing);
        self.loaded.remove(&airing);
        self.lengths.0.remove(&airing);
        if let Some(heard) = self.sounding.take_if(|heard| heard.airing == airing) {
            let ended_at = now.wall + (ended - now.mono);
            self.heard.push(Heard { frames: Frames { count: frames, rate: RATE }, ended, ended_at, whole, ..heard });
        }
    }

    /// When something happens by itself.
    pub fn next_change(&self, played_every: Option<SignedDuration>) -> Option<Mono> {
        let coming = self.coming.front().map(|(at, _)| *at).into_iter().chain(self.stuck).min();
        if let Some((_, lost_at)) = self.still {
            return [coming, Some(lost_at)].into_iter().flatten().min();
        }
        let change = self.zero.filter(|_| !self.lost).and_then(|_| {
            let frame = self.deck.next_change(self.at, &self.lengths)?;
            Some(self.instant(frame))
        });
        let played = played_every.filter(|_| !self.lost).and_then(|every| {
            self.deck.sounding()?;
            self.played_at.map(|at| at + every)
        });
        [coming, change, played].into_iter().flatten().min()
    }

    /// The wall clock stepped: what is armed for an instant of it is placed anew, and what has become too late does not begin.
    pub fn rearm(&mut self, now: Now) {
        let armed: Vec<(Airing, (Wall, Wall))> = self.armed.iter().map(|(airing, bounds)| (*airing, *bounds)).collect();
        for (airing, (wall, by)) in armed {
            if by < now.wall {
                self.deck.disarm(airing);
                self.armed.remove(&airing);
                continue;
            }
            // Never among frames that are gone, although the deck was not asked for them yet.
            let frame = self.frame_at(wall, now).max(self.at).max(self.frame_passed(now.mono) + 1);
            self.deck.rearm(airing, frame);
        }
    }

    /// The device fails. Nothing happens unless one is open.
    pub fn fail(&mut self, how: Loss, now: Now) -> Vec<DeckEvent> {
        if self.lost || self.zero.is_none() || self.still.is_some() {
            return Vec::new();
        }
        let mut events = self.advance(now, None);
        match how {
            Loss::Vanishes => events.extend(self.lose(now)),
            Loss::StandsStill => self.still = Some((now.mono, now.mono + STILL)),
            // Frames past what time allows are not counted: it is as though they had stopped.
            Loss::RunsFast => self.still = Some((now.mono, now.mono + STILL / 2)),
        }
        events
    }

    /// The device is gone: what sounded and what was armed ends with it.
    pub fn lose(&mut self, now: Now) -> Vec<DeckEvent> {
        if self.lost || self.zero.is_none() {
            return Vec::new();
        }
        let mut events = self.advance(now, None);
        // A device that was being opened is not going to be open.
        self.coming.retain(|(_, event)| !matches!(event, DeckEvent::Opened(_)));
        events.push(DeckEvent::Lost(Fault { kind: FaultKind::DeviceLost, detail: "unplugged".into() }));
        self.end_all(now, &End::Lost, &mut events);
        self.let_go(now, &mut events);
        self.lost = true;
        self.still = None;
        events
    }

    /// The conductor's lease has run out: silence, and every debt is paid.
    pub fn lapse(&mut self, now: Now) -> Vec<DeckEvent> {
        if self.lost || self.zero.is_none() {
            return Vec::new();
        }
        let mut events = self.advance(now, None);
        self.end_all(now, &End::Lease, &mut events);
        events
    }

    fn end_all(&mut self, now: Now, how: &End, events: &mut Vec<DeckEvent>) {
        self.deck.cut(0);
        let at = self.at;
        let mut reports = Vec::new();
        self.deck.advance(at, at, &mut self.lengths, &mut |report| reports.push(report));
        for report in reports {
            match report {
                Report::Ended { airing, frames, .. } => {
                    let ended = self.still.map_or(now.mono, |(since, _)| since.min(now.mono));
                    self.hush(airing, frames, now, ended, false);
                    events.push(DeckEvent::Ended(airing, Frames { count: frames, rate: RATE }, how.clone()));
                }
                Report::Dropped { airing } => {
                    self.loaded.remove(&airing);
                }
                Report::Began { .. } => {}
            }
        }
    }

    /// Whether an open device is missing, so that it is tried again and again.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    pub fn come_back(&mut self, now: Now) -> bool {
        if !self.lost || self.absent || self.out || self.hangs_for(now).is_some() {
            return false;
        }
        self.lost = false;
        self.zero = Some(now.mono);
        self.at = 0;
        let loaded = std::mem::take(&mut self.loaded);
        self.deck = Deck::new();
        // What was loaded meanwhile is loaded still.
        for (airing, element) in loaded {
            self.deck.load(airing, Frames::within(element.pause, RATE).count);
            self.loaded.insert(airing, element);
        }
        true
    }

    /// The process is gone, and with it all sound: how it ended is nobody's to tell. What was heard stays.
    pub fn die(&mut self, now: Now) {
        let _ = self.advance(now, None);
        if let Some((airing, frames)) = self.deck.sounding() {
            let ended = self.still.map_or(now.mono, |(since, _)| since.min(now.mono));
            self.hush(airing, frames, now, ended, false);
        }
        let heard = std::mem::take(&mut self.heard);
        *self = Output {
            heard,
            absent: self.absent,
            hangs: self.hangs,
            spoilt: self.spoilt,
            listens: self.listens,
            ..Output::default()
        };
    }

    /// The first frame at or after an instant.
    fn frame_at(&self, at: Wall, now: Now) -> u64 {
        let Some(zero) = self.zero else { return 0 };
        let mono = now.mono + (at - now.wall);
        let nanos = u128::try_from((mono - zero).as_nanos()).unwrap_or(0);
        u64::try_from((nanos * u128::from(RATE)).div_ceil(1_000_000_000)).unwrap_or(u64::MAX)
    }

    /// The frame that is passing at an instant.
    fn frame_passed(&self, at: Mono) -> u64 {
        self.zero.map_or(0, |zero| Frames::within(at - zero, RATE).count)
    }

    fn instant(&self, frame: u64) -> Mono {
        let nanos = (u128::from(frame) * 1_000_000_000).div_ceil(u128::from(RATE));
        self.zero.unwrap_or(Mono(0)) + SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }
}
