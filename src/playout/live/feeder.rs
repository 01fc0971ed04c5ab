//! The feeder: one thread an output that carries out cues, keeps the rings full, and tells what has really left.
//!
//! It never decodes more than a piece before it looks for cues again. Opening a device may stall for seconds; nothing sounds meanwhile, and
//! a cut does not go through here alone (`CutBell`).

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use jiff::SignedDuration;

use crate::asrun::facts::Element;
use crate::audio::output::{SHAPE, Shape, boot_now};
use crate::playout::cue::{Airing, DeckCue, DeckEvent, End, Fault, FaultKind};
use crate::playout::deck::{Report, VOICES};
use crate::playout::live::callback::{Callback, Cut, CutBell, Order, Tape, Told};
use crate::playout::live::debts::{Debts, Tell};
use crate::playout::live::recording::Recording;
use crate::playout::live::stream::Stream;
use crate::playout::live::voice::{Phase, Voice};
use crate::playout::live::{Lease, Settings, Word};
use crate::terms::{Frames, Mono, OutputId, Wall};

/// How often it looks around while something sounds or is about to.
const TICK: Duration = Duration::from_millis(20);
/// And while a device is only open.
const OPEN_TICK: Duration = Duration::from_millis(100);
const IDLE_TICK: Duration = Duration::from_secs(60);
/// `Played` is told when so much more has left.
const TELL: SignedDuration = SignedDuration::from_millis(125);
/// Tries to open a lost device come so far apart, each twice as far as the last.
const BACKOFF: [i64; 6] = [250, 500, 1_000, 2_000, 4_000, 8_000];
/// A start this near is left where it is: its block may be on its way.
const FIRM: SignedDuration = SignedDuration::from_millis(100);
/// A waiting start that a step of the wall clock puts further into the past than this is held back until the conductor says something.
const OVERSTEPPED: SignedDuration = SignedDuration::from_secs(60);
/// A frame that never comes.
const NEVER: u64 = u64::MAX;

enum Stage {
    Closed,
    Open(Stream),
    /// To be opened again, with the device at this place of the list first.
    Lost {
        at: Mono,
        tries: usize,
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
}

impl Feeder {
    pub fn new(id: OutputId, settings: Settings, tell: Tell, lease: Lease, bell: CutBell, inbox: Receiver<Word>) -> Feeder {
        let debts = Debts::new(tell);
        Feeder { id, settings, lease, bell, inbox, debts, stage: Stage::Closed, voices: Vec::new(), shape: SHAPE, cut: 0 }
    }

    /// Works until the handle is gone; then the output is closed.
    pub fn run(&mut self) {
        let mut wait = Duration::ZERO;
        loop {
            match self.inbox.recv_timeout(wait) {
                Ok(word) => {
                    self.hear(word);
                    // What came with it belongs together: a Load and a Start, a Cut and a Load.
                    while let Ok(word) = self.inbox.try_recv() {
                        self.hear(word);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.close(),
            }
            self.listen();
            self.watch();
            self.place_starts();
            let fed = self.feed();
            self.tell_what_left();
            wait = if fed { Duration::ZERO } else { self.tick() };
        }
    }

    /// After a panic: silence, then every debt is paid.
    pub fn recover(&mut self, what: &str) {
        tracing::error!(output = %self.id, what, "the feeder panicked; the output is closed and opened again");
        let fault = Fault { kind: FaultKind::Internal, detail: what.to_owned() };
        let stage = std::mem::replace(&mut self.stage, Stage::Closed);
        if let Stage::Open(stream) = stage {
            let place = stream.place;
            drop(stream);
            self.debts.tell(DeckEvent::Lost(fault.clone()));
            self.stage = Stage::Lost { at: after(boot_now(), BACKOFF[0]), tries: 0, place };
        } else {
            self.stage = stage;
        }
        self.voices.clear();
        self.debts.settle(self.shape.rate, &fault);
    }

    fn tick(&self) -> Duration {
        match &self.stage {
            Stage::Open(_) if self.voices.iter().any(|v| v.phase != Phase::Loaded) => TICK,
            Stage::Open(_) => OPEN_TICK,
            Stage::Lost { at, .. } => Duration::from_nanos(at.0.saturating_sub(boot_now().0).max(1_000_000).unsigned_abs()),
            Stage::Closed => IDLE_TICK,
        }
    }

    fn hear(&mut self, word: Word) {
        match word.cue {
            DeckCue::Open => self.open(),
            DeckCue::Load(airing, element) => self.load(airing, element),
            DeckCue::Start(airing, wall) => self.start(airing, wall),
            DeckCue::Follow { after, next } => self.follow(after, next),
            DeckCue::Cut(_) => self.cut(word.cut),
            DeckCue::Close => self.close(),
        }
    }

    // ---- cues

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
                    self.stage = Stage::Lost { at: after(boot_now(), BACKOFF[0]), tries: 0, place: 0 };
                }
            },
            Stage::Lost { tries, place, .. } => {
                self.stage = Stage::Lost { at: boot_now(), tries: *tries, place: *place };
                self.reopen();
            }
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
        let missing = |detail: &str| Fault { kind: FaultKind::FileMissing, detail: detail.to_owned() };
        let hash = hash.ok_or_else(|| missing("the element has no recording"))?;
        let path = (self.settings.recording)(hash).ok_or_else(|| missing("the recording is not in the store"))?;
        let recording = Recording::open(&path, self.shape, element.gain_db)?;
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

    fn start(&mut self, airing: Airing, wall: Wall) {
        if !self.debts.start(airing) {
            return tracing::error!(output = %self.id, ?airing, "started twice");
        }
        let waits = wall > self.settings.clocks.now().wall;
        let at = if waits { self.frame_of(wall).unwrap_or(NEVER) } else { 0 };
        self.arm(airing, at, waits.then_some(wall), |tape, pause| Order::Start { tape, pause, at });
    }

    fn follow(&mut self, after: Airing, next: Airing) {
        if !self.debts.start(next) {
            return tracing::error!(output = %self.id, airing = ?next, "told to follow twice");
        }
        self.arm(next, NEVER, None, |tape, pause| Order::Follow { tape, pause, after });
    }

    fn arm(&mut self, airing: Airing, at: u64, follows_clock: Option<Wall>, order: impl FnOnce(Tape, u64) -> Order) {
        let none = Frames::none(self.shape.rate);
        let voice = self.voices.iter_mut().find(|v| v.airing == airing);
        match (&mut self.stage, voice) {
            (Stage::Open(stream), Some(voice)) => {
                let pause = voice.pause();
                if let Some(tape) = voice.take_tape() {
                    voice.phase = Phase::Armed { at, follows_clock };
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
        self.stage = Stage::Closed;
        self.end_all(left, &End::Cut);
        self.drop_loaded();
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
                    debts.ended(voice.airing, Frames { count: *frames, rate: voice.shape().rate }, end.clone());
                }
                Phase::Armed { .. } | Phase::Sounding { .. } | Phase::Ended { .. } => {
                    debts.ended(voice.airing, voice.left(left), how.clone());
                }
            }
            false
        });
    }

    // ---- the device

    /// Tries each device of the list once, from `place` on. On failure says what each answered.
    fn open_one_of(&mut self, place: usize) -> Result<Stream, String> {
        let devices = self.settings.devices.clone();
        let mut said = Vec::new();
        for n in 0..devices.len() {
            let place = (place + n) % devices.len();
            let (line_out, line_in) = std::sync::mpsc::sync_channel(1);
            let (lease, bell, cut) = (self.lease.clone(), self.bell.clone(), self.cut);
            let make = Box::new(move |shape: Shape| {
                let (mut callback, line) = Callback::new(shape.rate, shape.channels, lease, bell, cut);
                let _ = line_out.send(line);
                Box::new(move |block: &mut [f32], stamp| callback.pull(block, stamp)) as crate::audio::output::Pull
            });
            match ((self.settings.open)(&devices[place], &(self.settings.stem)(), make), line_in.try_recv()) {
                (Ok(output), Ok(line)) => {
                    let stream = Stream::new(output, line, place);
                    self.reshape(stream.shape());
                    return Ok(stream);
                }
                (Ok(_), Err(_)) => said.push(format!("{}: it asked for no sound", devices[place])),
                (Err(error), _) => said.push(error.in_full()),
            }
        }
        Err(said.join("; "))
    }

    /// Voices that were loaded for another shape are made again.
    fn reshape(&mut self, shape: Shape) {
        self.shape = shape;
        let (old, kept): (Vec<Voice>, Vec<Voice>) =
            std::mem::take(&mut self.voices).into_iter().partition(|v| v.shape() != shape);
        self.voices = kept;
        for voice in old {
            let airing = voice.airing;
            match self.voice(airing, voice.element) {
                Ok(voice) => self.voices.push(voice),
                Err(fault) => self.debts.bad(airing, fault),
            }
        }
    }

    /// A lost device: everything the deck had is over, then it is tried again.
    fn lose(&mut self, detail: String) {
        self.tell_what_left();
        let Stage::Open(stream) = std::mem::replace(&mut self.stage, Stage::Closed) else { return };
        let (left, place) = (stream.mapping.left(), stream.place);
        tracing::warn!(output = %self.id, device = stream.name(), detail, "the device is lost");
        drop(stream);
        let place = (place + 1) % self.settings.devices.len().max(1);
        self.stage = Stage::Lost { at: after(boot_now(), BACKOFF[0]), tries: 0, place };
        self.debts.tell(DeckEvent::Lost(Fault { kind: FaultKind::DeviceLost, detail }));
        self.end_all(left, &End::Lost);
    }

    fn reopen(&mut self) {
        let Stage::Lost { tries, place, .. } = self.stage else { return };
        match self.open_one_of(place) {
            Ok(stream) => {
                let name = stream.name();
                self.stage = Stage::Open(stream);
                self.debts.tell(DeckEvent::Back(name));
            }
            Err(detail) => {
                let tries = (tries + 1).min(BACKOFF.len() - 1);
                tracing::debug!(output = %self.id, detail, "no device yet");
                self.stage = Stage::Lost { at: after(boot_now(), BACKOFF[tries]), tries, place };
            }
        }
    }

    fn watch(&mut self) {
        match &mut self.stage {
            Stage::Open(stream) => {
                if let Some(detail) = stream.loss() {
                    self.lose(detail);
                }
            }
            Stage::Lost { at, .. } if *at <= boot_now() => self.reopen(),
            Stage::Lost { .. } | Stage::Closed => {}
        }
    }

    // ---- what the callback says

    fn listen(&mut self) {
        let Stage::Open(stream) = &mut self.stage else { return };
        let (beat, told) = stream.listen();
        for told in told {
            self.take_report(told);
        }
        if let Some(beat) = beat
            && let Some((airing, frames)) = beat.sounding
            && let Some(voice) = self.voices.iter_mut().find(|v| v.airing == airing)
            && let Phase::Sounding { taken, upto, .. } = &mut voice.phase
        {
            (*taken, *upto) = (frames, beat.stamp.frame + beat.frames);
        }
    }

    fn take_report(&mut self, told: Told) {
        let (Report::Began { airing, .. } | Report::Ended { airing, .. } | Report::Dropped { airing }) = told.report;
        let Some(voice) = self.voices.iter_mut().find(|v| v.airing == airing) else {
            if matches!(told.report, Report::Ended { .. }) {
                self.debts.ended(airing, Frames::none(self.shape.rate), End::Cut);
            }
            return;
        };
        match told.report {
            Report::Began { at, .. } => {
                voice.phase = Phase::Sounding { at, taken: 0, upto: at };
                voice.began = Some(at);
            }
            Report::Ended { frames, at, whole, .. } => {
                let end = if whole {
                    End::Whole
                } else if told.lapsed {
                    End::Lease
                } else {
                    End::Cut
                };
                voice.ended(at, frames, end);
            }
            Report::Dropped { .. } => {}
        }
    }

    /// Keeps starts that wait on their instant while the clock is slewed or stepped, and while more is heard of the device.
    fn place_starts(&mut self) {
        if !self.voices.iter().any(|v| matches!(v.phase, Phase::Armed { follows_clock: Some(_), .. })) {
            return;
        }
        let offset = self.wall_offset();
        let Stage::Open(stream) = &mut self.stage else { return };
        let firm = stream.mapping.handed() + Frames::within(FIRM, stream.shape().rate).count;
        for voice in &mut self.voices {
            let Phase::Armed { at, follows_clock: Some(wall) } = &mut voice.phase else { continue };
            if *at < firm {
                continue;
            }
            let due = Mono(wall.0.saturating_sub(offset));
            let stepped_over = due < boot_now() - OVERSTEPPED;
            let settled = stream.mapping.is_settled() || due < boot_now() + FIRM;
            let Some(frame) = stream.mapping.frame_at(due).filter(|_| settled) else { continue };
            let frame = if stepped_over { NEVER } else { frame };
            if frame.abs_diff(*at) > 2 {
                *at = frame;
                stream.order(Order::Rearm { airing: voice.airing, at: frame });
            }
        }
    }

    /// Decodes a piece for each voice that wants one. True when there may be more to do at once.
    fn feed(&mut self) -> bool {
        let mut fed = false;
        let mut unfit = Vec::new();
        for voice in &mut self.voices {
            fed |= voice.feed();
            let starved = voice.starved();
            if starved > 0 {
                tracing::warn!(output = %self.id, airing = ?voice.airing, frames = starved, "the decoder was late: silence in the sound");
            }
            if !voice.is_ready && voice.is_prefilled() {
                match voice.fault.take() {
                    Some(fault) => unfit.push((voice.airing, fault)),
                    None if voice.is_empty() => {
                        let detail = "it has no sound in it".to_owned();
                        unfit.push((voice.airing, Fault { kind: FaultKind::FileError, detail }));
                    }
                    None => {
                        voice.is_ready = true;
                        self.debts.ready(voice.airing);
                    }
                }
            }
        }
        for (airing, fault) in unfit {
            self.voices.retain(|v| v.airing != airing);
            self.debts.bad(airing, fault);
        }
        fed
    }

    fn tell_what_left(&mut self) {
        if self.voices.is_empty() {
            return;
        }
        let offset = self.wall_offset();
        let Stage::Open(stream) = &self.stage else { return };
        let left = stream.mapping.left();
        let debts = &mut self.debts;
        self.voices.retain_mut(|voice| {
            if let Some(at) = voice.began.filter(|at| *at < left)
                && let Some(mono) = stream.mapping.leaves_at(at)
            {
                voice.began = None;
                debts.began(voice.airing, Wall(mono.0.saturating_add(offset)));
            }
            match &voice.phase {
                Phase::Loaded | Phase::Armed { .. } => true,
                Phase::Sounding { .. } => {
                    debts.played(voice.airing, voice.left(left), TELL);
                    true
                }
                Phase::Ended { at, frames, end } => {
                    let over = *at <= left || *frames == 0;
                    if over {
                        debts.ended(voice.airing, Frames { count: *frames, rate: voice.shape().rate }, end.clone());
                    }
                    !over
                }
            }
        });
    }

    // ---- clocks

    fn left(&self) -> u64 {
        match &self.stage {
            Stage::Open(stream) => stream.mapping.left(),
            Stage::Closed | Stage::Lost { .. } => 0,
        }
    }

    /// The wall clock minus the boot clock. Being put to sleep between the two readings makes it too small, never too large.
    fn wall_offset(&self) -> i64 {
        let read = || {
            let now = self.settings.clocks.now();
            now.wall.0.saturating_sub(now.mono.0)
        };
        read().max(read()).max(read())
    }

    fn frame_of(&self, wall: Wall) -> Option<u64> {
        let Stage::Open(stream) = &self.stage else { return None };
        if !stream.mapping.is_settled() {
            return None;
        }
        stream.mapping.frame_at(Mono(wall.0.saturating_sub(self.wall_offset())))
    }
}

fn after(now: Mono, ms: i64) -> Mono {
    now + SignedDuration::from_millis(ms)
}
