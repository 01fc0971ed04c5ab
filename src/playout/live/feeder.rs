//! The feeder: one thread an output that does what the [`Outlet`] says: opens and closes devices, decodes, keeps the rings full, and hands in
//! what the deck has done.
//!
//! It never decodes more than a piece before it looks for cues again. Opening a device may stall for seconds; nothing sounds meanwhile, and
//! a cut does not go through here alone (`CutBell`). A device that hangs is given up after a few ([`super::hand`]).

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::asrun::element::Element;
use crate::audio::output::{Pull, SHAPE, Shape};
use crate::playout::cue::{Airing, DeckCue, DeckEvent, Fault, FaultKind};
use crate::playout::deck::Report;
use crate::playout::live::callback::{Callback, CallbackOrder, Cut, CutBell, Tape};
use crate::playout::live::hand::{Failed, Hand, Out};
use crate::playout::live::recording::{self, LoadedRecording};
use crate::playout::live::reel::Reel;
use crate::playout::live::stream::Stream;
use crate::playout::live::{Lease, Settings, Word};
use crate::playout::outlet::{Action, DeckSaid, FrameClock, Incident, Outlet};
use crate::terms::{Now, OutputId};

/// How often it looks around while something sounds or is about to.
const TICK: Duration = Duration::from_millis(20);
/// And while a device is only open.
const OPEN_TICK: Duration = Duration::from_millis(100);
const IDLE_TICK: Duration = Duration::from_secs(60);
/// And while a device that hangs may come back.
const OUT_TICK: Duration = Duration::from_secs(1);

/// Carries an event to the conductor.
pub(super) type Tell = Box<dyn Fn(DeckEvent) + Send>;

pub(super) struct Feeder {
    id: OutputId,
    settings: Settings,
    lease: Lease,
    bell: CutBell,
    inbox: Receiver<Word>,
    tell: Tell,
    outlet: Outlet,
    stream: Option<Stream>,
    reels: BTreeMap<Airing, Reel>,
    /// The shape of the device that was open last.
    shape: Shape,
    /// The last cut that was dealt with.
    cut: Cut,
    /// Devices of the list that hang: no other thread is begun for them.
    out: BTreeMap<usize, Out>,
}

impl Feeder {
    pub fn new(id: OutputId, settings: Settings, tell: Tell, lease: Lease, bell: CutBell, inbox: Receiver<Word>) -> Feeder {
        let outlet = Outlet::new(settings.devices.iter().map(ToString::to_string).collect(), SHAPE.rate);
        let (reels, out, cut) = (BTreeMap::new(), BTreeMap::new(), Cut { number: 0, fade_us: 0 });
        Feeder { id, settings, lease, bell, inbox, tell, outlet, stream: None, reels, shape: SHAPE, cut, out }
    }

    /// Works until the handle is gone; then the output is closed.
    pub fn run(&mut self) {
        let mut wait = Duration::ZERO;
        loop {
            match self.inbox.recv_timeout(wait) {
                Ok(word) => self.hear(word),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.hear(Word { cue: DeckCue::Close, cut: self.cut }),
            }
            wait = self.turn();
        }
    }

    /// Looks after everything once; says how long nothing more needs to be done.
    pub fn turn(&mut self) -> Duration {
        // What has come together belongs together: a Load and a Start, a Cut and a Load.
        while let Ok(word) = self.inbox.try_recv() {
            self.hear(word);
        }
        self.listen();
        let fed = self.feed();
        self.look();
        if fed { Duration::ZERO } else { self.tick() }
    }

    /// After a panic.
    pub fn recover(&mut self, what: &str) {
        tracing::error!(output = %self.id, what, "the feeder panicked; the output is closed and opened again");
        self.hand(Incident::Panicked(what.to_owned()));
    }

    fn tick(&self) -> Duration {
        match self.outlet.again_at() {
            Some(at) => Duration::from_nanos(at.0.saturating_sub(self.now().mono.0).max(1_000_000).unsigned_abs()),
            None if self.outlet.is_open() && self.outlet.is_busy() => TICK,
            None if self.outlet.is_open() => OPEN_TICK,
            None if self.out.is_empty() => IDLE_TICK,
            None => OUT_TICK,
        }
    }

    /// Being put to sleep between the readings of both clocks makes the wall clock seem slow, never fast.
    fn now(&self) -> Now {
        let read = || (self.settings.clocks)();
        let ahead = |now: &Now| now.wall.0.saturating_sub(now.mono.0);
        [read(), read()].into_iter().fold(read(), |best, now| if ahead(&now) > ahead(&best) { now } else { best })
    }

    fn hear(&mut self, word: Word) {
        match word.cue {
            DeckCue::Cut(_) => self.cut = word.cut,
            // With what has sounded until now.
            DeckCue::Close => self.listen(),
            DeckCue::Open | DeckCue::Load(..) | DeckCue::Start { .. } | DeckCue::Follow { .. } => {}
        }
        self.hand(Incident::Cue(word.cue));
    }

    /// Hands in what has happened, and does what is to be done about it.
    fn hand(&mut self, incident: Incident) {
        for action in self.outlet.handle(self.now(), incident) {
            self.carry_out(action).into_iter().for_each(|next| self.hand(next));
        }
        let outlet = &self.outlet;
        self.reels.retain(|airing, _| outlet.feeds(*airing));
    }

    /// Returns what comes of it.
    fn carry_out(&mut self, action: Action) -> Vec<Incident> {
        match action {
            Action::Tell(event) => self.say(event),
            Action::Warn(airing, what) => tracing::warn!(output = %self.id, ?airing, what),
            Action::Open(place) => return self.open(place),
            Action::Close => return self.close().into_iter().collect(),
            Action::Load(airing, element) => match self.reel(airing, element) {
                Ok(reel) => drop(self.reels.insert(airing, reel)),
                Err(fault) => return vec![Incident::Bad(airing, fault)],
            },
            Action::Start { airing, pause, at } => return self.arm(airing, |tape| CallbackOrder::Start { tape, pause, at }),
            Action::Follow { after, next, pause } => return self.arm(next, |tape| CallbackOrder::Follow { tape, pause, after }),
            Action::Rearm { airing, at } => self.order(CallbackOrder::Rearm { airing, at }),
            Action::Refuse(airing) => self.order(CallbackOrder::Refuse { airing }),
            Action::Cut(_) => self.order(CallbackOrder::Cut(self.cut)),
        }
        Vec::new()
    }

    fn say(&self, event: DeckEvent) {
        if let DeckEvent::Lost(Fault { kind, detail }) = &event {
            tracing::warn!(output = %self.id, ?kind, detail, "no sound can go out");
        }
        if let DeckEvent::Hangs(Some(device)) = &event {
            tracing::error!(output = %self.id, device, "the device does not answer");
        }
        (self.tell)(event);
    }

    fn open(&mut self, place: usize) -> Vec<Incident> {
        let device = self.settings.devices[place].clone();
        let shown = device.to_string();
        let (line_out, line_in) = std::sync::mpsc::sync_channel(1);
        let (lease, bell, cut) = (self.lease.clone(), self.bell.clone(), self.cut.number);
        let meter = self.settings.meter.clone();
        let make = Box::new(move |shape: Shape| {
            let (mut callback, line) = Callback::new(shape.rate, shape.channels, lease, bell, cut);
            callback.show_on(meter);
            let _ = line_out.send(line);
            Box::new(move |block: &mut [f32], stamp| callback.pull(block, stamp)) as Pull
        });
        match Hand::open(&self.settings.open, device, (self.settings.stem)(), make) {
            Ok(hand) => match line_in.try_recv() {
                Ok(line) => {
                    let stream = Stream::new(hand, line, place);
                    let opened = Incident::Opened(stream.name(), stream.shape().rate);
                    let unfit = self.reshape(stream.shape());
                    self.stream = Some(stream);
                    [opened].into_iter().chain(unfit).collect()
                }
                Err(_) => vec![Incident::Refused(format!("{shown}: it asked for no sound"))],
            },
            Err(Failed::Refused(error)) => vec![Incident::Refused(error)],
            Err(Failed::Hangs(out)) => {
                self.out.insert(place, out);
                vec![Incident::Hangs(place)]
            }
        }
    }

    /// What was loaded for another shape is decoded anew.
    fn reshape(&mut self, shape: Shape) -> Vec<Incident> {
        self.shape = shape;
        let (old, kept) = std::mem::take(&mut self.reels).into_iter().partition(|(_, reel)| reel.shape() != shape);
        self.reels = kept;
        let old: BTreeMap<Airing, Reel> = old;
        let mut unfit = Vec::new();
        for (airing, reel) in old {
            match self.reel(airing, reel.element) {
                Ok(reel) => drop(self.reels.insert(airing, reel)),
                Err(fault) => unfit.push(Incident::Bad(airing, fault)),
            }
        }
        unfit
    }

    fn close(&mut self) -> Option<Incident> {
        let (place, hand) = self.stream.take()?.release();
        let out = hand.close()?;
        self.out.insert(place, out);
        Some(Incident::Hangs(place))
    }

    fn reel(&self, airing: Airing, element: Element) -> Result<Reel, Fault> {
        let hash = element.facts.as_ref().and_then(|facts| facts.file_hash.as_ref());
        let missing = || Fault { kind: FaultKind::FileMissing, detail: "the element has no recording".to_owned() };
        let source = (self.settings.recording)(hash.ok_or_else(missing)?).map_err(|error| recording::fault(&error))?;
        let recording = LoadedRecording::new(source, self.shape, &element)?;
        Ok(Reel::new(airing, element, recording, self.shape))
    }

    fn order(&mut self, order: CallbackOrder) {
        if let Some(stream) = &mut self.stream {
            stream.order(order);
        }
    }

    fn arm(&mut self, airing: Airing, order: impl FnOnce(Tape) -> CallbackOrder) -> Vec<Incident> {
        match self.reels.get_mut(&airing).and_then(Reel::take_tape) {
            Some(tape) => {
                self.order(order(tape));
                Vec::new()
            }
            // The deck never hears of it.
            None => {
                let report = Report::Ended { airing, frames: 0, at: 0, whole: false };
                let clock = self.stream.as_ref().map_or(FrameClock::unknown(self.shape.rate), Stream::clock);
                vec![Incident::Frames(clock, vec![DeckSaid { report, lapsed: false }], None)]
            }
        }
    }

    fn listen(&mut self) {
        if let Some(heard) = self.stream.as_mut().map(Stream::listen) {
            self.hand(heard);
        }
    }

    /// Looks after the device, and after those that may have come back.
    fn look(&mut self) {
        let back: Vec<usize> = self.out.iter().filter(|(_, out)| out.is_back()).map(|(place, _)| *place).collect();
        for place in back {
            self.out.remove(&place);
            self.hand(Incident::Answers(place));
        }
        let look = self.stream.as_ref().map_or(Incident::Look { gone: false, said: None }, Stream::look);
        self.hand(look);
    }

    /// Decodes a piece for each voice that wants one. True when there may be more to do at once.
    fn feed(&mut self) -> bool {
        let mut fed = false;
        let mut happened = Vec::new();
        for (airing, reel) in &mut self.reels {
            fed |= reel.feed();
            let starved = reel.starved();
            if starved > 0 {
                tracing::warn!(output = %self.id, ?airing, frames = starved, "the decoder was late: silence in the sound");
            }
            if reel.is_ready {
                happened.extend(reel.fault.take().map(|fault| Incident::Fails(*airing, fault)));
            } else if reel.is_prefilled() {
                reel.is_ready = true;
                let none = || Fault { kind: FaultKind::FileError, detail: "it has no sound in it".to_owned() };
                let unfit = reel.fault.take().or_else(|| reel.is_empty().then(none));
                happened.push(unfit.map_or(Incident::Ready(*airing), |fault| Incident::Bad(*airing, fault)));
            }
        }
        happened.into_iter().for_each(|incident| self.hand(incident));
        fed
    }
}
