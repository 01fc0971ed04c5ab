//! The feeder: one thread an output that carries out cues, keeps the rings full, and tells what has really left.
//!
//! It never decodes more than a piece before it looks for cues again. Opening a device may stall for seconds; nothing sounds meanwhile, and
//! a cut does not go through here alone (`CutBell`). A device that hangs is given up after a few ([`super::hand`]).

mod devices;
mod sound;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use jiff::SignedDuration;

use crate::asrun::facts::Element;
use crate::audio::output::{SHAPE, Shape};
use crate::playout::cue::{Airing, DeckCue, DeckEvent, End, Fault, FaultKind};
use crate::playout::deck::VOICES;
use crate::playout::live::callback::{Cut, CutBell, Order, Tape};
use crate::playout::live::debts::{Debts, Tell};
use crate::playout::live::hand::Out;
use crate::playout::live::recording::{self, Recording};
use crate::playout::live::stream::Stream;
use crate::playout::live::voice::{Due, Phase, Voice};
use crate::playout::live::{Lease, Settings, Word};
use crate::terms::{Frames, Mono, Now, OutputId, Wall};

/// How often it looks around while something sounds or is about to.
const TICK: Duration = Duration::from_millis(20);
/// And while a device is only open.
const OPEN_TICK: Duration = Duration::from_millis(100);
const IDLE_TICK: Duration = Duration::from_secs(60);
/// And while a device that hangs may come back.
const OUT_TICK: Duration = Duration::from_secs(1);
/// A lost device is tried again so soon at least: a slot is on air or about to be, and sound is to be back within two seconds of the device.
const RETRY: SignedDuration = SignedDuration::from_millis(500);
/// One that takes sound faster than time, when the plan names no other.
const RETRY_SWALLOWER: SignedDuration = SignedDuration::from_secs(5);
/// But trying takes no more than one part of so many of the time: some drivers search the whole machine before they fail.
const TRYING: i32 = 20;
/// A frame that never comes.
const NEVER: u64 = u64::MAX;

enum Stage {
    Closed,
    Open(Box<Stream>),
    /// To be opened again, with the device at this place of the list first.
    Lost {
        at: Mono,
        place: usize,
    },
}

pub(super) struct Feeder {
    id: OutputId,
    settings: Settings,
    lease: Lease,
    bell: CutBell,
    inbox: Receiver<Word>,
    debts: Debts,
    stage: Stage,
    voices: Vec<Voice>,
    /// The shape of the device that was open last.
    shape: Shape,
    /// The number of the last cut that was dealt with.
    cut: u32,
    /// Devices of the list that hang: no other thread is begun for them.
    out: BTreeMap<usize, Out>,
    /// What ended whole last, and when what follows it should begin.
    last: Option<(Airing, Mono)>,
}

impl Feeder {
    pub fn new(id: OutputId, settings: Settings, tell: Tell, lease: Lease, bell: CutBell, inbox: Receiver<Word>) -> Feeder {
        Feeder {
            id,
            settings,
            lease,
            bell,
            inbox,
            debts: Debts::new(tell),
            stage: Stage::Closed,
            voices: Vec::new(),
            shape: SHAPE,
            cut: 0,
            out: BTreeMap::new(),
            last: None,
        }
    }

    /// Works until the handle is gone; then the output is closed.
    pub fn run(&mut self) {
        let mut wait = Duration::ZERO;
        loop {
            match self.inbox.recv_timeout(wait) {
                Ok(word) => self.hear(word),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.close(),
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
        self.watch();
        self.place_starts();
        let fed = self.feed();
        self.tell_what_left();
        if fed { Duration::ZERO } else { self.tick() }
    }

    /// After a panic: silence, then every debt is paid, and only then the loss told: what was being loaded has its answer before it is
    /// forgotten, and is not loaded again and again.
    pub fn recover(&mut self, what: &str) {
        tracing::error!(output = %self.id, what, "the feeder panicked; the output is closed and opened again");
        let fault = Fault { kind: FaultKind::Internal, detail: what.to_owned() };
        let stage = std::mem::replace(&mut self.stage, Stage::Closed);
        let was_open = if let Stage::Open(stream) = stage {
            let (place, hand) = stream.release();
            self.give_back(place, hand);
            self.stage = Stage::Lost { at: self.now().mono + RETRY, place };
            true
        } else {
            self.stage = stage;
            false
        };
        self.voices.clear();
        self.debts.settle(self.shape.rate, &fault);
        if was_open {
            self.debts.tell(DeckEvent::Lost(fault));
        }
    }

    fn tick(&self) -> Duration {
        match &self.stage {
            Stage::Open(_) if self.voices.iter().any(|v| v.phase != Phase::Loaded) => TICK,
            Stage::Open(_) => OPEN_TICK,
            Stage::Lost { at, .. } => Duration::from_nanos(at.0.saturating_sub(self.now().mono.0).max(1_000_000).unsigned_abs()),
            Stage::Closed if self.out.is_empty() => IDLE_TICK,
            Stage::Closed => OUT_TICK,
        }
    }

    pub(super) fn now(&self) -> Now {
        (self.settings.clocks)()
    }

    fn hear(&mut self, word: Word) {
        match word.cue {
            DeckCue::Open => self.open(),
            DeckCue::Load(airing, element) => self.load(airing, element),
            DeckCue::Start { airing, at, by } => self.start(airing, at, by),
            DeckCue::Follow { after, next } => self.follow(after, next),
            DeckCue::Cut(_) => self.cut(word.cut),
            DeckCue::Close => self.close(),
        }
    }

    fn open(&mut self) {
        match &self.stage {
            Stage::Open(stream) => self.debts.tell(DeckEvent::Opened(stream.name())),
            Stage::Closed => match self.open_one_of(0) {
                Ok(stream) => {
                    let name = stream.name();
                    self.stage = Stage::Open(stream);
                    self.debts.tell(DeckEvent::Opened(name));
                }
                Err(detail) => {
                    self.debts.tell(DeckEvent::Lost(Fault { kind: FaultKind::NoDevice, detail }));
                    self.stage = Stage::Lost { at: self.now().mono + RETRY, place: 0 };
                }
            },
            Stage::Lost { .. } => self.reopen(),
        }
    }

    fn load(&mut self, airing: Airing, element: Element) {
        if self.voices.iter().any(|v| v.airing == airing) {
            tracing::error!(output = %self.id, ?airing, "loaded twice");
            return;
        }
        self.debts.load(airing);
        self.make_room();
        match self.voice(airing, element) {
            Ok(voice) => self.voices.push(voice),
            Err(fault) => self.debts.bad(airing, fault),
        }
    }

    fn voice(&self, airing: Airing, element: Element) -> Result<Voice, Fault> {
        if self.voices.len() >= VOICES {
            return Err(Fault { kind: FaultKind::Internal, detail: format!("{VOICES} voices are loaded already") });
        }
        let hash = element.facts.as_ref().and_then(|facts| facts.file_hash.as_ref());
        let missing = || Fault { kind: FaultKind::FileMissing, detail: "the element has no recording".to_owned() };
        let source = (self.settings.recording)(hash.ok_or_else(missing)?).map_err(|error| recording::fault(&error))?;
        let recording = Recording::new(source, self.shape, &element)?;
        Ok(Voice::new(airing, element, recording, self.shape))
    }

    /// A conductor that forgets what it loaded does not use the room up: the oldest unstarted voice goes first.
    fn make_room(&mut self) {
        if self.voices.len() >= VOICES
            && let Some(place) = self.voices.iter().position(|v| v.phase == Phase::Loaded)
        {
            let voice = self.voices.remove(place);
            tracing::warn!(output = %self.id, airing = ?voice.airing, "loaded and never started: dropped");
            self.debts.dropped(voice.airing);
        }
    }

    fn start(&mut self, airing: Airing, wall: Wall, by: Wall) {
        if !self.debts.start(airing) {
            return tracing::error!(output = %self.id, ?airing, "started twice");
        }
        let waits = wall > self.now().wall;
        let at = if waits { self.frame_of(wall).unwrap_or(NEVER) } else { 0 };
        if let Some(voice) = self.voices.iter_mut().find(|v| v.airing == airing) {
            voice.by = Some(by);
        }
        self.arm(airing, at, if waits { Due::At(wall) } else { Due::Now }, |tape, pause| Order::Start { tape, pause, at });
    }

    fn follow(&mut self, after: Airing, next: Airing) {
        if !self.debts.start(next) {
            return tracing::error!(output = %self.id, airing = ?next, "told to follow twice");
        }
        self.arm(next, NEVER, Due::Behind(after), |tape, pause| Order::Follow { tape, pause, after });
    }

    fn arm(&mut self, airing: Airing, at: u64, due: Due, order: impl FnOnce(Tape, u64) -> Order) {
        let none = Frames::none(self.shape.rate);
        let voice = self.voices.iter_mut().find(|v| v.airing == airing);
        match (&mut self.stage, voice) {
            (Stage::Open(stream), Some(voice)) => {
                let pause = voice.pause();
                if let Some(tape) = voice.take_tape() {
                    voice.phase = Phase::Armed { at, due };
                    stream.order(order(tape, pause));
                    return;
                }
                self.debts.ended(airing, none, End::Cut);
            }
            (Stage::Open(_), None) => self.debts.ended(airing, none, End::Cut),
            (Stage::Closed | Stage::Lost { .. }, _) => {
                self.debts.dropped(airing);
                self.debts.ended(airing, none, End::Lost);
                self.voices.retain(|v| v.airing != airing);
            }
        }
    }

    fn cut(&mut self, cut: Cut) {
        self.cut = cut.number;
        if let Stage::Open(stream) = &mut self.stage {
            stream.order(Order::Cut(cut));
        }
        self.drop_loaded();
    }

    fn close(&mut self) {
        self.listen();
        self.tell_what_left();
        let left = self.left();
        let hand = match std::mem::replace(&mut self.stage, Stage::Closed) {
            Stage::Open(stream) => Some(stream.release()),
            Stage::Closed | Stage::Lost { .. } => None,
        };
        self.end_all(left, &End::Cut);
        self.drop_loaded();
        if let Some((place, hand)) = hand {
            self.give_back(place, hand);
        }
    }

    fn drop_loaded(&mut self) {
        let debts = &mut self.debts;
        self.voices.retain(|voice| {
            let keep = voice.phase != Phase::Loaded;
            if !keep {
                debts.dropped(voice.airing);
            }
            keep
        });
    }

    /// Ends every voice that the deck has, with what has left of it.
    fn end_all(&mut self, left: u64, how: &End) {
        let debts = &mut self.debts;
        self.voices.retain(|voice| {
            match &voice.phase {
                Phase::Loaded => return true,
                // It had ended by itself, and all of it was out.
                Phase::Ended { at, frames, end } if *at <= left || *frames == 0 => {
                    debts.ended(voice.airing, voice.frames(*frames), end.clone());
                }
                Phase::Armed { .. } | Phase::Sounding { .. } | Phase::Ended { .. } => {
                    debts.ended(voice.airing, voice.left(left), how.clone());
                }
            }
            false
        });
    }
}
