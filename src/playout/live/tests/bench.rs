//! The real feeder and the real callback on virtual time, turned by hand: an hour of sound in a moment, and no machine too busy for it.
//!
//! The device is a sound server's: it holds 40 ms, is asked late, says with an error when a block leaves, and its crystal may be off.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use tempfile::TempDir;

use super::{element, opened, write_master};
use crate::asrun::element::Element;
use crate::audio::master;
use crate::audio::output::{BLOCK, DeviceName, Health, OutputError, Pull, SHAPE, Shape, Sink, Stamp};
use crate::playout::clock::Clocks;
use crate::playout::cue::{Airing, DeckCue, DeckEvent, End};
use crate::playout::live::callback::CutBell;
use crate::playout::live::feeder::Feeder;
use crate::playout::live::{Lease, Settings, Word};
use crate::terms::*;

pub const MS: i64 = 1_000_000;
/// Half as loud as a clip.
const RINGS: f32 = 0.12;
/// What the device holds.
pub const LATENCY: i64 = 40 * MS;
/// When a bench begins, on the boot clock, and how much the wall clock says more.
const BEGIN: i64 = 1_000_000 * MS;
const WALL: i64 = 1_795_000_000_000 * MS;
/// How much later than its instant a start may be.
const LATE: SignedDuration = SignedDuration::from_mins(5);
/// No test waits longer for an event.
const PATIENCE: i64 = 30_000 * MS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Runs,
    /// Its frames stand still, without a word.
    Still,
    /// It takes sound as fast as it gets it.
    Fast,
}

/// The device: one block after another on its own crystal.
pub struct Hardware {
    pub mode: Mode,
    /// So many of the list's first devices cannot be opened.
    pub absent: usize,
    /// How often one was tried.
    pub tried: usize,
    pub shape: Shape,
    /// The frames it asks for at a time.
    pub block: u32,
    /// How much faster than its rate it runs, in millionths.
    pub ppm: i64,
    /// How late a block is asked for, and how wrong what is said of it is.
    pub noise: fn(u64) -> (i64, i64),
    /// What was opened, in turn.
    pub opened: Vec<DeviceName>,
    /// When a sound began after silence or after another's other half ([`Bench::clip`]), on the boot clock.
    pub onsets: Vec<i64>,
    /// When the last sample that was not silent left.
    pub last_sound: i64,
    /// All that it took, where somebody wants to hear it.
    pub heard: Option<Vec<f32>>,
    pull: Option<Pull>,
    zero: i64,
    frame: u64,
    low: bool,
}

impl Hardware {
    fn new() -> Hardware {
        Hardware {
            mode: Mode::Runs,
            absent: 0,
            tried: 0,
            shape: SHAPE,
            block: BLOCK,
            ppm: 0,
            noise: |_| (0, 0),
            opened: Vec::new(),
            onsets: Vec::new(),
            last_sound: 0,
            heard: None,
            pull: None,
            zero: 0,
            frame: 0,
            low: true,
        }
    }

    /// When the device is ready for this frame.
    fn due(&self, frame: u64) -> i64 {
        let per = i128::from(self.shape.rate) * i128::from(1_000_000 + self.ppm);
        self.zero + i64::try_from(i128::from(frame) * 1_000_000_000 * 1_000_000 / per).unwrap()
    }

    fn asks_at(&self) -> Option<i64> {
        self.pull.as_ref()?;
        Some(self.due(self.frame) + (self.noise)(self.frame / u64::from(self.block)).0)
    }

    fn ask(&mut self, now: i64) {
        match self.mode {
            Mode::Still => self.zero += MS,
            Mode::Runs => self.take_block(now),
            Mode::Fast => {
                for _ in 0..20 {
                    self.take_block(now);
                }
                self.zero += now + MS - self.due(self.frame);
            }
        }
    }

    fn take_block(&mut self, now: i64) {
        let Some(mut pull) = self.pull.take() else { return };
        let channels = usize::from(self.shape.channels);
        let mut block = vec![0.0; self.block as usize * channels];
        let says = self.due(self.frame) + LATENCY + (self.noise)(self.frame / u64::from(self.block)).1;
        pull(&mut block, Stamp { frame: self.frame, at: Mono(now), leaves_at: Mono(says) });
        self.pull = Some(pull);
        self.heard.iter_mut().for_each(|heard| heard.extend_from_slice(&block));
        for (n, sample) in block.iter().step_by(channels).enumerate() {
            // A filter that brings one rate to another rings a little before and after.
            if *sample > RINGS && self.low {
                self.onsets.push(self.due(self.frame + n as u64) + LATENCY);
            }
            if *sample != 0.0 {
                self.last_sound = self.due(self.frame + n as u64) + LATENCY;
            }
            self.low = *sample < RINGS / 2.0 || (self.low && *sample <= RINGS);
        }
        self.frame += u64::from(self.block);
    }
}

struct Virtual {
    hardware: Arc<Mutex<Hardware>>,
    shape: Shape,
    health: Arc<Health>,
}

impl Sink for Virtual {
    fn name(&self) -> String {
        "virtual".to_owned()
    }
    fn shape(&self) -> Shape {
        self.shape
    }
    fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }
}

impl Drop for Virtual {
    fn drop(&mut self) {
        self.hardware.lock().unwrap().pull = None;
    }
}

pub struct Bench {
    folder: TempDir,
    feeder: Feeder,
    words: Sender<Word>,
    bell: CutBell,
    told: Receiver<DeckEvent>,
    pub lease: Lease,
    mono: Arc<AtomicI64>,
    /// The wall clock minus the boot clock.
    offset: Arc<AtomicI64>,
    hardware: Arc<Mutex<Hardware>>,
    /// When the feeder looks around next.
    wake: i64,
}

impl Bench {
    pub fn new() -> Bench {
        Bench::with(|_| {})
    }

    pub fn with(set: impl FnOnce(&mut Hardware)) -> Bench {
        Bench::listed(vec![DeviceName::Default], set)
    }

    /// With a list of devices, which are one and the same.
    pub fn listed(devices: Vec<DeviceName>, set: impl FnOnce(&mut Hardware)) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().to_owned();
        let find = move |hash: &FileHash| opened(&store, hash.as_str());
        let list = devices.clone();
        let mut settings = Settings::new(devices, || "x".to_owned(), find, Clocks::default());
        let (mono, offset) = (Arc::new(AtomicI64::new(BEGIN)), Arc::new(AtomicI64::new(WALL)));
        let (m, o) = (Arc::clone(&mono), Arc::clone(&offset));
        settings.clocks = Arc::new(move || {
            let mono = m.load(Ordering::SeqCst);
            Now { wall: Wall(mono + o.load(Ordering::SeqCst)), mono: Mono(mono) }
        });
        let mut hardware = Hardware::new();
        set(&mut hardware);
        let hardware = Arc::new(Mutex::new(hardware));
        let (rack, m) = (Arc::clone(&hardware), Arc::clone(&mono));
        settings.open = Arc::new(move |name, _, make| {
            let mut device = rack.lock().unwrap();
            device.tried += 1;
            if list.iter().position(|listed| listed == name).unwrap() < device.absent {
                return Err(OutputError::Unknown { name: name.to_string(), known: vec![] });
            }
            device.opened.push(name.clone());
            (device.zero, device.frame, device.low) = (m.load(Ordering::SeqCst), 0, true);
            let shape = device.shape;
            device.pull = Some(make(shape));
            Ok(Box::new(Virtual { hardware: Arc::clone(&rack), shape, health: Arc::default() }))
        });
        let (tx, told) = mpsc::channel();
        let (words, inbox) = mpsc::channel();
        let (lease, bell) = (Lease::new(), CutBell::default());
        lease.renew(Mono::MAX);
        let tell = Box::new(move |event| drop(tx.send(event)));
        let feeder = Feeder::new(OutputId::from("loa"), settings, tell, lease.clone(), bell.clone(), inbox);
        Bench { folder, feeder, words, bell, told, lease, mono, offset, hardware, wake: BEGIN }
    }

    pub fn store(&self) -> &Path {
        self.folder.path()
    }

    pub fn hardware<T>(&self, look: impl FnOnce(&mut Hardware) -> T) -> T {
        look(&mut self.hardware.lock().unwrap())
    }

    pub fn mono(&self) -> i64 {
        self.mono.load(Ordering::SeqCst)
    }

    pub fn wall(&self) -> Wall {
        Wall(self.mono() + self.offset.load(Ordering::SeqCst))
    }

    /// When a wall time is, on the boot clock.
    pub fn mono_of(&self, wall: Wall) -> i64 {
        wall.0 - self.offset.load(Ordering::SeqCst)
    }

    pub fn step_wall(&self, by: i64) {
        self.offset.fetch_add(by, Ordering::SeqCst);
    }

    /// A recording of `ms` in the store, positive to its middle and negative after it: where it begins can be seen, also behind another.
    pub fn clip(&self, name: &str, ms: i64) -> Element {
        let frames = Frames::within(SignedDuration::from_millis(ms), master::RATE).count;
        write_master(&self.store().join(name), frames, |frame| if frame < frames / 2 { 8_000 } else { -8_000 });
        element(name, ms)
    }

    pub fn load(&mut self, airing: Airing, name: &str, ms: i64) {
        let element = self.clip(name, ms);
        self.send(DeckCue::Load(airing, element));
    }

    pub fn start_in(&mut self, airing: Airing, ms: i64) -> Wall {
        let wall = self.wall() + SignedDuration::from_millis(ms);
        self.send(DeckCue::Start { airing, at: wall, by: wall + LATE });
        wall
    }

    pub fn send(&mut self, cue: DeckCue) {
        self.words.send(Word::new(cue, &self.bell)).unwrap();
        self.wake = self.mono();
    }

    pub fn run(&mut self, ms: i64) {
        self.run_until(self.mono() + ms * MS);
    }

    pub fn run_until(&mut self, end: i64) {
        while self.mono() < end {
            self.step(end);
        }
    }

    /// To the next thing that happens, but not past `end`.
    fn step(&mut self, end: i64) {
        let asks = self.hardware(|h| h.asks_at());
        let at = asks.unwrap_or(end).min(self.wake).min(end).max(self.mono());
        self.mono.store(at, Ordering::SeqCst);
        if asks.is_some_and(|asks| asks <= at) {
            self.hardware(|h| h.ask(at));
        }
        if self.wake <= at {
            let wait = self.feeder.turn();
            self.wake = at + i64::try_from(wait.as_nanos()).unwrap();
        }
    }

    pub fn event(&mut self) -> DeckEvent {
        let end = self.mono() + PATIENCE;
        loop {
            if let Ok(event) = self.told.try_recv() {
                return event;
            }
            assert!(self.mono() < end, "no event");
            self.step(end);
        }
    }

    /// The next event but `Played`.
    pub fn next(&mut self) -> DeckEvent {
        loop {
            let event = self.event();
            if !matches!(event, DeckEvent::Played(..)) {
                return event;
            }
        }
    }

    pub fn next_end(&mut self) -> (Airing, u64, End) {
        loop {
            if let DeckEvent::Ended(airing, frames, end) = self.next() {
                return (airing, frames.count, end);
            }
        }
    }

    pub fn next_beginning(&mut self) -> (Airing, Wall) {
        loop {
            if let DeckEvent::Began(airing, wall) = self.next() {
                return (airing, wall);
            }
        }
    }

    /// Nothing more is told, however long one waits.
    pub fn is_silent(&mut self) {
        self.run(2_000);
        assert_eq!(self.told.try_iter().collect::<Vec<_>>(), []);
    }
}
