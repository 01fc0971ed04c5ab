//! A virtual output: what really ships looks after its device ([`Outlet`]), which is a virtual [`Card`]; nothing is decoded, and nobody waits.
//!
//! Of what was asked for, and when, it keeps an account of its own: a device is open while it is wanted, soon again where it was gone, and
//! not otherwise.

use std::collections::{BTreeSet, VecDeque};

use jiff::SignedDuration;

use crate::asrun::element::Element;
use crate::playout::cue::{Airing, DeckCue, DeckEvent, Fault, FaultKind};
use crate::playout::outlet::{Action, CLOSES_WITHIN, DeckSaid, Incident, LONGEST_RETRY, OPENS_WITHIN, Outlet};
use crate::playout::simulate::card::{Card, RATE};
use crate::playout::simulate::mishap::{Loss, Spoilt};
use crate::terms::{Frames, Law, Mono, Now};

/// A recording takes this long to decode its first seconds.
const READY_IN: SignedDuration = SignedDuration::from_millis(60);
/// How often a device is looked at that may be lost.
const LOOKS: SignedDuration = SignedDuration::from_millis(100);
/// A device that is wanted, and can be had, is open this soon.
const SOON: SignedDuration = LONGEST_RETRY.saturating_add(SignedDuration::from_secs(2));

#[derive(Debug)]
pub struct SimulatedOutput {
    outlet: Outlet,
    told: Vec<DeckEvent>,
    pub card: Card,
    looked: Mono,
    /// The feeder does not come back from its device before this; and what was asked of it meanwhile.
    away: Option<Away>,
    asked: VecDeque<DeckCue>,
    pub spoilt: Option<Spoilt>,
    /// What is loaded from a damaged master.
    pub damaged: BTreeSet<Airing>,
    /// What will happen by itself.
    coming: VecDeque<(Mono, Incident)>,
    played_at: Option<Mono>,
    /// The conductor wants an open device; and since when there is none, although it could be had.
    wanted: bool,
    lacks: Option<Mono>,
    pub broken: Vec<(Law, Mono, String)>,
}

#[derive(Clone, Copy, Debug)]
struct Away {
    until: Mono,
    opens: bool,
}

impl Default for SimulatedOutput {
    fn default() -> SimulatedOutput {
        SimulatedOutput::of(Card::default(), None, Vec::new())
    }
}

impl SimulatedOutput {
    fn of(card: Card, spoilt: Option<Spoilt>, broken: Vec<(Law, Mono, String)>) -> SimulatedOutput {
        SimulatedOutput {
            outlet: Outlet::new(vec!["virtual".to_owned()], RATE),
            told: Vec::new(),
            card,
            looked: Mono(0),
            away: None,
            asked: VecDeque::new(),
            spoilt,
            damaged: BTreeSet::new(),
            coming: VecDeque::new(),
            played_at: None,
            wanted: false,
            lacks: None,
            broken,
        }
    }

    /// A cue for the feeder, which hears it as soon as it is back.
    pub fn take(&mut self, cue: DeckCue, now: Now) -> Vec<DeckEvent> {
        self.asked.push_back(cue);
        self.advance(now, None)
    }

    /// Everything up to `now`, in order.
    pub fn advance(&mut self, now: Now, played_every: Option<SignedDuration>) -> Vec<DeckEvent> {
        self.come_back(now);
        while self.away.is_none() && self.coming.front().is_some_and(|(at, _)| *at <= now.mono) {
            self.coming.pop_front().into_iter().for_each(|(_, incident)| self.hand(incident, now));
        }
        self.turn(played_every, now);
        while self.away.is_none()
            && let Some(cue) = self.asked.pop_front()
        {
            match cue {
                DeckCue::Open => self.wanted = true,
                DeckCue::Close => {
                    self.wanted = false;
                    self.turn(Some(SignedDuration::ZERO), now);
                }
                DeckCue::Load(..) | DeckCue::Start { .. } | DeckCue::Follow { .. } | DeckCue::Cut(_) => {}
            }
            self.hand(Incident::Cue(cue), now);
        }
        let outlet = &self.outlet;
        self.card.keep(|airing| outlet.feeds(airing));
        self.keep_account(now);
        std::mem::take(&mut self.told)
    }

    /// A feeder's turn; now and then it looks how far the voice that sounds has come.
    fn turn(&mut self, played_every: Option<SignedDuration>, now: Now) {
        if self.away.is_some() || !(self.card.is_open() || self.is_lost()) {
            return;
        }
        if self.card.is_open() {
            let said = self.card.run(now);
            let due = played_every.is_some_and(|every| self.played_at.is_none_or(|at| now.mono - at >= every));
            self.tell_frames(said, due || self.card.ails().is_some(), now);
        }
        self.looked = now.mono;
        self.hand(Incident::Look { gone: self.card.ails() == Some(Loss::Vanishes), said: None }, now);
    }

    fn tell_frames(&mut self, said: Vec<DeckSaid>, counts: bool, now: Now) {
        let sounding = self.card.sounding().filter(|_| counts);
        self.played_at = sounding.map(|_| now.mono).or(self.played_at);
        self.hand(Incident::Frames(self.card.clock(now), said, sounding), now);
    }

    /// Hands in what happens and does what is to be done about it.
    fn hand(&mut self, incident: Incident, now: Now) {
        for action in self.outlet.handle(now, incident) {
            if let Some(next) = self.carry_out(action, now) {
                self.hand(next, now);
            }
        }
    }

    fn carry_out(&mut self, action: Action, now: Now) -> Option<Incident> {
        let deck = &mut self.card.deck;
        match action {
            Action::Tell(event) => self.told.push(event),
            Action::Warn(..) => {}
            Action::Open(_) => return self.open(now),
            Action::Close => self.close(now),
            Action::Load(airing, element) => return self.load(airing, element, now),
            Action::Start { airing, pause, at } => {
                deck.load(airing, pause);
                deck.start(airing, at);
            }
            Action::Follow { after, next, pause } => {
                deck.load(next, pause);
                deck.follow(after, next);
            }
            Action::Rearm { airing, at } => deck.rearm(airing, at),
            Action::Refuse(airing) => deck.disarm(airing),
            Action::Cut(fade) => deck.cut(fade.count),
        }
        None
    }

    fn open(&mut self, now: Now) -> Option<Incident> {
        if !self.wanted {
            self.broken.push((Law::DeviceAsAsked, now.mono, "a device is opened that nobody wants".to_owned()));
        }
        match self.card.hangs_for(now).filter(|_| !self.card.absent) {
            Some(left) => self.away = Some(Away { until: now.mono + left.min(OPENS_WITHIN), opens: true }),
            None => return Some(self.opened(now)),
        }
        None
    }

    fn opened(&mut self, now: Now) -> Incident {
        if self.card.absent {
            return Incident::Refused("no such device".to_owned());
        }
        self.card.open(now);
        Incident::Opened("virtual".to_owned(), RATE)
    }

    fn close(&mut self, now: Now) {
        self.card.close(now);
        let hangs = self.card.hangs_for(now);
        self.away = hangs.map(|left| Away { until: now.mono + left.min(CLOSES_WITHIN), opens: false });
    }

    /// The feeder is back from its device, or has given it up.
    fn come_back(&mut self, now: Now) {
        let Some(Away { opens, .. }) = self.away.take_if(|away| away.until <= now.mono) else { return };
        if self.card.hangs_for(now).is_some() {
            self.hand(Incident::Hangs(0), now);
        } else if opens {
            let opened = self.opened(now);
            self.hand(opened, now);
        }
    }

    fn load(&mut self, airing: Airing, element: Element, now: Now) -> Option<Incident> {
        let fault = |kind, detail: &str| Fault { kind, detail: detail.to_owned() };
        let whole = Frames::within(element.length, RATE).count;
        let (mut ready_in, mut sound) = (READY_IN, whole);
        match self.spoilt {
            Some(Spoilt::Missing) => return Some(Incident::Bad(airing, fault(FaultKind::FileMissing, "not in the store"))),
            spoilt if self.damaged.remove(&airing) || spoilt == Some(Spoilt::Corrupt) => {
                return Some(Incident::Bad(airing, fault(FaultKind::FileError, "damaged in the store")));
            }
            Some(Spoilt::Late(by)) => ready_in = ready_in.saturating_add(by),
            Some(Spoilt::Midway(after)) => sound = Frames::within(after, RATE).count.min(whole),
            None | Some(Spoilt::Corrupt) => {}
        }
        self.card.put(airing, element, sound, sound < whole);
        let place = self.coming.partition_point(|(at, _)| *at <= now.mono + ready_in);
        self.coming.insert(place, (now.mono + ready_in, Incident::Ready(airing)));
        (sound < whole).then(|| Incident::Fails(airing, fault(FaultKind::FileError, "it does not decode to its end")))
    }

    /// The device begins to hang; what sounds through it stands still.
    pub fn hang(&mut self, now: Now, lasting: SignedDuration) -> Vec<DeckEvent> {
        self.card.hangs = self.card.hangs.max(Some(now.mono + lasting));
        self.fail(Loss::StandsStill, now)
    }

    /// The device hangs no longer, unless it has begun to anew: whoever has not come back does now.
    pub fn answers(&mut self, now: Now) -> Vec<DeckEvent> {
        if self.card.hangs_for(now).is_none() {
            self.card.hangs = None;
            self.hand(Incident::Answers(0), now);
        }
        std::mem::take(&mut self.told)
    }

    /// The device fails. Nothing happens unless one is open.
    pub fn fail(&mut self, how: Loss, now: Now) -> Vec<DeckEvent> {
        self.turn(None, now);
        self.card.fail(how, now);
        self.advance(now, None)
    }

    /// The conductor's lease has run out.
    pub fn lapse(&mut self, now: Now) -> Vec<DeckEvent> {
        let mut told = self.advance(now, None);
        if self.card.is_open() {
            let said = self.card.lapse(now);
            self.tell_frames(said, false, now);
            told.extend(self.advance(now, None));
        }
        told
    }

    /// The process is gone, and with it all sound: how it ended is nobody's to tell.
    pub fn die(&mut self, now: Now) {
        let _ = self.advance(now, None);
        self.card.let_go(now);
        *self = SimulatedOutput::of(std::mem::take(&mut self.card), self.spoilt, std::mem::take(&mut self.broken));
    }

    /// Whether its device is tried again and again.
    pub fn is_lost(&self) -> bool {
        self.outlet.again_at().is_some()
    }

    /// How long whoever waits for the feeder waits for its device.
    pub fn away_for(&self, now: Now) -> Option<SignedDuration> {
        self.away.and(self.card.hangs_for(now))
    }

    /// Whether the device is as the conductor has asked.
    fn keep_account(&mut self, now: Now) {
        let to_be_had = !self.card.absent && self.card.hangs_for(now).is_none() && !self.outlet.has_hanging();
        let lacks = self.wanted && !self.card.is_open() && self.away.is_none() && to_be_had;
        self.lacks = self.lacks.filter(|_| lacks).or(lacks.then_some(now.mono));
        if self.lacks.take_if(|since| now.mono - *since > SOON).is_some() {
            self.broken.push((Law::DeviceAsAsked, now.mono, "a device that is wanted is not opened again".to_owned()));
        }
    }

    /// When something happens by itself.
    pub fn next_change(&self, played_every: Option<SignedDuration>) -> Option<Mono> {
        if let Some(away) = self.away {
            return Some(away.until);
        }
        let coming = self.coming.front().map(|(at, _)| *at);
        let looks = self.card.ails().map(|_| self.looked + LOOKS);
        let played =
            played_every.filter(|_| looks.is_none()).and_then(|every| self.card.sounding().and(Some(self.played_at? + every)));
        [coming, self.outlet.again_at(), looks, self.card.next_change(), played].into_iter().flatten().min()
    }
}
