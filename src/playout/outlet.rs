//! How an output of the station is looked after: when its device is opened, lost, tried again and closed, what is loaded, armed and started,
//! and what the conductor is owed.
//!
//! Pure: a feeder drives it over a real device and real recordings, a simulation over a virtual one. What happens comes in as a
//! [`Incident`], what is to be done about it goes out as [`Action`]s. Whoever drives it carries these out in order, and hands in what comes
//! of each before anything else: what a device answers to [`Action::Open`], above all. What is not here: what airs, and when (the conductor
//! decides); sound itself; other devices than those it was given.

mod debts;
mod device;
mod frame_clock;
mod voice;
mod watch;

use jiff::SignedDuration;

use crate::asrun::element::Element;
use crate::defect::defect;
use crate::playout::cue::{Airing, DeckCue, DeckEvent, End, Fault, FaultKind};
use crate::playout::deck::{Report, VOICES};
use crate::playout::outlet::debts::Debts;
use crate::playout::outlet::device::DeviceStage;
pub use crate::playout::outlet::device::{CLOSES_WITHIN, LONGEST_RETRY, OPENS_WITHIN};
pub use crate::playout::outlet::frame_clock::{FrameClock, frames_in};
use crate::playout::outlet::voice::{Due, OutletVoice, VoicePhase};
pub use crate::playout::outlet::watch::{Symptom, Watch};
use crate::terms::{Frames, Mono, Now, Wall};

/// `Played` is told when so much more has left.
const TELL: SignedDuration = SignedDuration::from_millis(125);
/// A start this near is left where it is: its block may be on its way.
const FIRM: SignedDuration = SignedDuration::from_millis(100);
/// What was told to start in time may be heard so much later: the device has sound in it already, a callback is late.
const GRACE: SignedDuration = SignedDuration::from_millis(200);
/// A start that begins further from the instant it was told is reckoned from where it began: another still sounded at that instant.
const NEAR: SignedDuration = SignedDuration::from_millis(20);
/// No crystal runs off further within a programme: there was a hole in the sound, and a pause does not make up for it.
const HOLE: SignedDuration = SignedDuration::from_secs(1);
/// A frame that never comes.
const NEVER: u64 = u64::MAX;

/// What happens to an output.
#[derive(Clone, Debug)]
pub enum Incident {
    /// The conductor wants something of it.
    Cue(DeckCue),
    /// The device that was to be opened is open: its name, and frames a second.
    Opened(String, u32),
    /// It cannot be.
    Refused(String),
    /// The device at this place of the list has not come back in time from being opened or closed.
    Hangs(usize),
    /// Such a device has come back after all.
    Answers(usize),
    /// So much of it is decoded that it can be started.
    Ready(Airing),
    /// There is no sound to be had of it.
    Bad(Airing, Fault),
    /// There is no more sound to be had of it than is decoded.
    Fails(Airing, Fault),
    /// What the deck has done until now: where the device's frames stand, what was said of voices, and of the voice that sounds how many
    /// frames are in the blocks up to which frame of the device.
    Frames(FrameClock, Vec<DeckSaid>, Option<(Airing, u64, u64)>),
    /// Time has passed. Whether the device itself says that it is gone, and what it has said of errors.
    Look { gone: bool, said: Option<String> },
    /// Whoever drives it has panicked.
    Panicked(String),
}

/// What the deck said of a voice, and whether it was the lease that ended it.
#[derive(Clone, Copy, Debug)]
pub struct DeckSaid {
    pub report: Report,
    pub lapsed: bool,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Action {
    Tell(DeckEvent),
    /// Something is odd, and was dealt with.
    Warn(Airing, &'static str),
    /// Open the device at this place of the list; its answer is the next thing that is handed in.
    Open(usize),
    /// Let go of the deck, which is silent from now on, and close the device.
    Close,
    /// Begin to decode it.
    Load(Airing, Element),
    /// These are for the deck, which gets a voice when it is to start.
    Start {
        airing: Airing,
        pause: u64,
        at: u64,
    },
    Follow {
        after: Airing,
        next: Airing,
        pause: u64,
    },
    Rearm {
        airing: Airing,
        at: u64,
    },
    Refuse(Airing),
    Cut(Frames),
}

#[derive(Debug)]
pub struct Outlet {
    /// The devices of the plan, first choice first, as they are called.
    devices: Vec<String>,
    stage: DeviceStage,
    /// Places of devices that have not come back.
    hanging: Vec<usize>,
    /// Of the device that was open last.
    rate: u32,
    voices: Vec<OutletVoice>,
    debts: Debts,
    /// What ended whole last, and when what follows it should begin.
    last: Option<(Airing, Mono)>,
    actions: Vec<Action>,
}

impl Outlet {
    pub fn new(devices: Vec<String>, rate: u32) -> Outlet {
        Outlet {
            devices,
            stage: DeviceStage::Closed,
            hanging: Vec::new(),
            rate,
            voices: Vec::new(),
            debts: Debts::default(),
            last: None,
            actions: Vec::new(),
        }
    }

    pub fn handle(&mut self, now: Now, incident: Incident) -> Vec<Action> {
        match incident {
            Incident::Cue(cue) => self.cue(cue, now),
            Incident::Opened(name, rate) => self.opened(name, rate, now.mono),
            Incident::Refused(why) => self.refused(why, now.mono),
            Incident::Hangs(place) => self.hangs(place, now.mono),
            Incident::Answers(place) => self.answers(place),
            Incident::Ready(airing) => self.debts.ready(airing),
            Incident::Bad(airing, fault) => {
                self.voices.retain(|voice| voice.airing != airing);
                self.debts.bad(airing, fault);
            }
            Incident::Fails(airing, fault) => self.voices.iter_mut().filter(|v| v.airing == airing).for_each(|v| v.fails(&fault)),
            Incident::Frames(clock, said, sounding) => self.take_frames(clock, said, sounding, now),
            Incident::Look { gone, said } => {
                self.look_at_device(gone, said, now);
                self.place_starts(now);
                self.tell_what_left(now);
            }
            Incident::Panicked(what) => self.panicked(what, now.mono),
        }
        // What is told first: closing a device may take long.
        self.debts.told.drain(..).map(Action::Tell).chain(self.actions.drain(..)).collect()
    }

    /// Whether more of it may be wanted than is decoded.
    pub fn feeds(&self, airing: Airing) -> bool {
        self.voices.iter().any(|voice| voice.airing == airing && !matches!(voice.phase, VoicePhase::Ended { .. }))
    }

    /// Whether something sounds or is armed.
    pub fn is_busy(&self) -> bool {
        self.voices.iter().any(|voice| voice.phase != VoicePhase::Loaded)
    }

    fn cue(&mut self, cue: DeckCue, now: Now) {
        match cue {
            DeckCue::Open => self.open(now.mono),
            DeckCue::Load(airing, element) => self.load(airing, element),
            DeckCue::Start { airing, at, by } => self.start(airing, at, by, now),
            DeckCue::Follow { after, next } => self.follow(after, next),
            DeckCue::Cut(fade) => {
                if self.is_open() {
                    self.actions.push(Action::Cut(fade));
                }
                self.drop_loaded();
            }
            DeckCue::Close => self.close(now),
        }
    }

    fn load(&mut self, airing: Airing, element: Element) {
        if self.voices.iter().any(|voice| voice.airing == airing) {
            return self.actions.push(Action::Warn(airing, "loaded twice"));
        }
        self.debts.load(airing);
        self.make_room();
        if self.voices.len() >= VOICES {
            let detail = format!("{VOICES} voices are loaded already");
            return self.debts.bad(airing, Fault { kind: FaultKind::Internal, detail });
        }
        self.voices.push(OutletVoice::new(airing, &element));
        self.actions.push(Action::Load(airing, element));
    }

    /// A conductor that forgets what it loaded does not use the room up: the oldest unstarted voice goes first.
    fn make_room(&mut self) {
        if self.voices.len() >= VOICES
            && let Some(place) = self.voices.iter().position(|voice| voice.phase == VoicePhase::Loaded)
        {
            let airing = self.voices.remove(place).airing;
            self.actions.push(Action::Warn(airing, "loaded and never started: dropped"));
            self.debts.dropped(airing);
        }
    }

    fn start(&mut self, airing: Airing, wall: Wall, by: Wall, now: Now) {
        let due = if wall > now.wall { Due::At(wall) } else { Due::Now };
        let clock = self.clock().filter(|clock| clock.is_steady);
        let at = match due {
            Due::At(wall) => clock.and_then(|clock| clock.frame_at(mono_of(wall, now))).unwrap_or(NEVER),
            Due::Now | Due::Behind(_) => 0,
        };
        self.arm(airing, at, due, Some(by), |pause| Action::Start { airing, pause, at });
    }

    fn follow(&mut self, after: Airing, next: Airing) {
        self.arm(next, NEVER, Due::Behind(after), None, |pause| Action::Follow { after, next, pause });
    }

    fn arm(&mut self, airing: Airing, at: u64, due: Due, by: Option<Wall>, action: impl FnOnce(u64) -> Action) {
        if !self.debts.start(airing) {
            return self.actions.push(Action::Warn(airing, "started twice"));
        }
        if !self.is_open() {
            self.debts.dropped(airing);
            self.debts.ended(airing, Frames::none(self.rate), End::Lost);
            return self.voices.retain(|voice| voice.airing != airing);
        }
        match self.voices.iter_mut().find(|voice| voice.airing == airing) {
            Some(voice) => {
                voice.by = by;
                voice.phase = VoicePhase::Armed { at, due };
                self.actions.push(action(voice.pause(self.rate)));
            }
            None => self.debts.ended(airing, Frames::none(self.rate), End::Cut),
        }
    }

    fn drop_loaded(&mut self) {
        let debts = &mut self.debts;
        for voice in self.voices.extract_if(.., |voice| voice.phase == VoicePhase::Loaded) {
            debts.dropped(voice.airing);
        }
    }

    /// Ends every voice that the deck has, with what has left of it.
    fn end_all(&mut self, left: u64, how: &End) {
        let debts = &mut self.debts;
        for voice in self.voices.extract_if(.., |voice| voice.phase != VoicePhase::Loaded) {
            if defect!(ForgetsDebts) && *how == End::Lost && matches!(voice.phase, VoicePhase::Armed { .. }) {
                continue;
            }
            let (count, how) = match voice.phase {
                // It had ended by itself, and all of it was out.
                VoicePhase::Ended { at, frames, ref end } if at <= left || frames == 0 => (frames, end),
                VoicePhase::Loaded | VoicePhase::Armed { .. } | VoicePhase::Sounding { .. } | VoicePhase::Ended { .. } => {
                    (voice.left(left), how)
                }
            };
            debts.ended(voice.airing, Frames { count, rate: self.rate }, how.clone());
        }
    }

    fn take_frames(&mut self, clock: FrameClock, said: Vec<DeckSaid>, sounding: Option<(Airing, u64, u64)>, now: Now) {
        self.stage.tick(clock);
        for said in said {
            self.take_report(said, clock, now);
        }
        let voice = sounding.and_then(|(airing, ..)| self.voices.iter_mut().find(|voice| voice.airing == airing));
        if let (Some(VoicePhase::Sounding { taken, upto, .. }), Some((_, count, frame))) = (voice.map(|v| &mut v.phase), sounding)
        {
            (*taken, *upto) = (count, frame);
        }
    }

    fn take_report(&mut self, DeckSaid { report, lapsed }: DeckSaid, clock: FrameClock, now: Now) {
        let (Report::Began { airing, .. } | Report::Ended { airing, .. } | Report::Dropped { airing }) = report;
        let Some(voice) = self.voices.iter_mut().find(|voice| voice.airing == airing) else {
            if matches!(report, Report::Ended { .. }) {
                self.debts.ended(airing, Frames::none(self.rate), End::Cut);
            }
            return;
        };
        match report {
            Report::Began { at, .. } => {
                let due = if let VoicePhase::Armed { due, .. } = voice.phase { due } else { Due::Now };
                voice.planned = match (due, self.last) {
                    (Due::Behind(after), Some((last, due))) if last == after => Some(due),
                    (Due::At(wall), _) => clock.leaves_at(at).map(|leaves| meant(leaves, mono_of(wall, now), NEAR)),
                    (Due::Now | Due::Behind(_), _) => clock.leaves_at(at),
                };
                voice.phase = VoicePhase::Sounding { at, taken: 0, upto: at };
                voice.began = Some(at);
            }
            Report::Ended { frames, at, whole, .. } => {
                let end = match (whole, lapsed) {
                    (true, _) => End::Whole,
                    (false, true) => End::Lease,
                    (false, false) => End::Cut,
                };
                let next = clock.leaves_at(at + voice.pause(self.rate)).zip(voice.next_due(frames, self.rate)).filter(|_| whole);
                self.last = next.map(|(leaves, due)| (airing, meant(leaves, due, HOLE)));
                voice.ended(at, frames, self.rate, end);
            }
            Report::Dropped { .. } => {}
        }
    }

    /// Keeps starts that wait on their instant while the clock is slewed or stepped, and while more is heard of the device; what waits for a
    /// pause to end too, which so takes up what the device's crystal has run off before it. What a step has put past the last instant at which
    /// it may begin is refused here: the conductor hears of the step only later.
    fn place_starts(&mut self, now: Now) {
        let Some(clock) = self.clock() else { return };
        let firm = clock.handed + Frames::within(FIRM, self.rate).count;
        for voice in &mut self.voices {
            let VoicePhase::Armed { at, due } = &mut voice.phase else { continue };
            if voice.by.take_if(|by| *by + GRACE < now.wall).is_some() {
                (*at, *due) = (NEVER, Due::Now);
                self.actions.push(Action::Refuse(voice.airing));
            }
            let due = match (*due, self.last) {
                (Due::At(wall), _) if *at >= firm => mono_of(wall, now),
                (Due::Behind(after), Some((last, due))) if last == after && *at >= firm => due,
                (Due::Now | Due::At(_) | Due::Behind(_), _) => continue,
            };
            let firm = clock.is_steady || due < now.mono + FIRM;
            let Some(frame) = clock.frame_at(due).filter(|_| firm) else { continue };
            if frame.abs_diff(*at) > 2 {
                *at = frame;
                self.actions.push(Action::Rearm { airing: voice.airing, at: frame });
            }
        }
    }

    fn tell_what_left(&mut self, now: Now) {
        let Some(clock) = self.clock() else { return };
        let (debts, rate) = (&mut self.debts, self.rate);
        // In the order in which it left: what has ended comes before what began behind it, whichever was loaded first.
        self.voices.sort_by_key(|voice| if let VoicePhase::Ended { at, .. } = voice.phase { at } else { u64::MAX });
        self.voices.retain_mut(|voice| {
            if let Some(at) = voice.began.filter(|at| *at < clock.left)
                && let Some(mono) = clock.leaves_at(at)
            {
                voice.began = None;
                debts.began(voice.airing, now.wall + (mono - now.mono));
            }
            match &voice.phase {
                VoicePhase::Loaded | VoicePhase::Armed { .. } => true,
                VoicePhase::Sounding { .. } => {
                    debts.played(voice.airing, Frames { count: voice.left(clock.left), rate }, TELL);
                    true
                }
                VoicePhase::Ended { at, frames, end } => {
                    let over = *at <= clock.left || *frames == 0;
                    if over {
                        debts.ended(voice.airing, Frames { count: *frames, rate }, end.clone());
                    }
                    !over
                }
            }
        });
    }

    /// Silence, then every debt is paid, and only then the loss told: what was being loaded has its answer before it is forgotten, and is not
    /// loaded again and again.
    fn panicked(&mut self, what: String, now: Mono) {
        let fault = Fault { kind: FaultKind::Internal, detail: what };
        self.actions.clear();
        self.voices.clear();
        self.debts.pay(self.rate, &fault);
        self.lose_all(fault, now);
    }
}

/// When a wall time is, on the boot clock.
fn mono_of(wall: Wall, now: Now) -> Mono {
    Mono(wall.0.saturating_sub(now.wall.0.saturating_sub(now.mono.0)))
}

/// The instant that something which leaves at `leaves` was meant for, or that itself where it is further away than `within`.
fn meant(leaves: Mono, due: Mono, within: SignedDuration) -> Mono {
    if (due - leaves).abs() < within { due } else { leaves }
}
