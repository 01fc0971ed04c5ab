//! The feeder's laws, against outputs that are paced in real time and devices that fail on command.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::SignedDuration;
use tempfile::TempDir;

use super::*;
use crate::asrun::facts::{Element, ItemFacts};
use crate::audio::output::{BLOCK, Health, Pull, SHAPE, Shape, Stamp, boot_now, nanos_of};
use crate::playout::cue::{Airing, End, Fault, FaultKind};
use crate::terms::*;

const A: Airing = Airing(1);
const B: Airing = Airing(2);
const RATE: u32 = 48_000;

/// A device that does what the test says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Mode {
    Runs,
    /// Its frames stand still, without a word.
    Still,
    /// It takes sound as fast as it gets it.
    Fast,
    /// It cannot be opened.
    Absent,
}

#[derive(Clone)]
struct Control(Arc<AtomicU8>);

impl Control {
    fn new(mode: Mode) -> Control {
        Control(Arc::new(AtomicU8::new(mode as u8)))
    }
    fn set(&self, mode: Mode) {
        self.0.store(mode as u8, Ordering::SeqCst);
    }
    fn is(&self, mode: Mode) -> bool {
        self.0.load(Ordering::SeqCst) == mode as u8
    }
}

/// It holds 40 ms of sound, as a sound server does.
struct Fake {
    health: Arc<Health>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

const LATENCY: i64 = 40_000_000;

impl Fake {
    fn open(control: Control, mut pull: Pull) -> Fake {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut block = vec![0.0; BLOCK as usize * 2];
            let (began, mut frame) = (boot_now().0, 0u64);
            while !stopped.load(Ordering::SeqCst) {
                let due = began + nanos_of(frame, RATE);
                if control.is(Mode::Still) || (due > boot_now().0 && !control.is(Mode::Fast)) {
                    thread::sleep(Duration::from_millis(1));
                    continue;
                }
                block.fill(0.0);
                let at = boot_now();
                pull(&mut block, Stamp { frame, at, leaves_at: Mono(due + LATENCY) });
                frame += u64::from(BLOCK);
            }
        });
        Fake { health: Arc::default(), stop, thread: Some(thread) }
    }
}

impl output::Output for Fake {
    fn name(&self) -> String {
        "fake".to_owned()
    }
    fn shape(&self) -> Shape {
        SHAPE
    }
    fn health(&self) -> &Health {
        &self.health
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// A store with recordings, an output over it, and what it told.
struct Rig {
    folder: TempDir,
    output: Output,
    told: Receiver<DeckEvent>,
    lease: Lease,
}

impl Rig {
    fn with(devices: Vec<DeviceName>, open: OpenOutput) -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().to_owned();
        let find = move |hash: &FileHash| match hash.as_str() {
            "panics" => panic!("a fault of ours"),
            "sticks" => {
                thread::sleep(Duration::from_millis(600));
                Source::open(&store.join("sticks"))
            }
            name => Source::open(&store.join(name)),
        };
        let mut settings = Settings::new(devices, || "OUTPUT-20261115T053000".to_owned(), find, Clocks::default());
        settings.open = open;
        let (tx, told) = mpsc::channel();
        let lease = Lease::new();
        lease.renew(Mono::MAX);
        let output = Output::spawn(OutputId::from("loa"), settings, move |event| drop(tx.send(event)), lease.clone()).unwrap();
        Rig { folder, output, told, lease }
    }

    fn on(device: DeviceName) -> Rig {
        Rig::with(vec![device], Arc::new(output::open))
    }

    fn on_fake(control: &Control) -> Rig {
        let control = control.clone();
        Rig::with(
            vec![DeviceName::Default],
            Arc::new(move |name, _, make| {
                if control.is(Mode::Absent) {
                    return Err(OutputError::Unknown { name: name.to_string(), known: vec![] });
                }
                Ok(Box::new(Fake::open(control.clone(), make(SHAPE))))
            }),
        )
    }

    /// A recording of `ms` in the store: a ramp, so that each frame can be told from its neighbours.
    fn element(&self, name: &str, ms: i64) -> Element {
        let frames = Frames::within(SignedDuration::from_millis(ms), RATE).count;
        write_wav(&self.folder.path().join(name), frames);
        element(name, ms)
    }

    fn send(&self, cue: DeckCue) {
        self.output.send(cue);
    }

    fn load(&self, airing: Airing, name: &str, ms: i64) {
        self.send(DeckCue::Load(airing, self.element(name, ms)));
    }

    fn start_in(&self, airing: Airing, ms: i64) -> Wall {
        let wall = Clocks::default().now().wall + SignedDuration::from_millis(ms);
        self.send(DeckCue::Start(airing, wall));
        wall
    }

    /// The next event but `Played`.
    fn next(&self) -> DeckEvent {
        loop {
            let event = self.told.recv_timeout(Duration::from_secs(8)).expect("an event");
            if !matches!(event, DeckEvent::Played(..)) {
                return event;
            }
        }
    }

    fn next_end(&self) -> (Airing, u64, End) {
        loop {
            if let DeckEvent::Ended(airing, frames, end) = self.next() {
                return (airing, frames.count, end);
            }
        }
    }

    /// All that is told until the output has been dropped.
    fn finish(self) -> Vec<DeckEvent> {
        let Rig { folder, output, told, .. } = self;
        drop(output);
        drop(folder);
        told.iter().collect()
    }
}

fn element(name: &str, ms: i64) -> Element {
    let facts = ItemFacts {
        item: ItemId::from(name),
        kind: ItemKind::Announcement,
        title: name.to_owned(),
        topic: None,
        tags: vec![],
        language: "vi".to_owned(),
        supplier: None,
        contacts: vec![],
        file_hash: Some(FileHash::from(name)),
    };
    Element {
        facts: Some(Arc::new(facts)),
        picked: false,
        length: SignedDuration::from_millis(ms),
        pause: SignedDuration::ZERO,
        gain_db: 0.0,
        level_lufs: None,
        offset: SignedDuration::ZERO,
        unplayable: None,
    }
}

fn ramp(frame: u64) -> i16 {
    (frame % 20_000) as i16 + 1
}

fn write_wav(path: &Path, frames: u64) {
    let data = u32::try_from(frames * 4).unwrap();
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend([1, 0, 2, 0]);
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * 4).to_le_bytes());
    bytes.extend([4, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    for frame in 0..frames {
        bytes.extend(ramp(frame).to_le_bytes());
        bytes.extend(ramp(frame).to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

fn left_channel(path: &Path) -> Vec<i16> {
    let bytes = std::fs::read(path).unwrap();
    bytes[44..].chunks_exact(4).map(|frame| i16::from_le_bytes([frame[0], frame[1]])).collect()
}

fn ms_apart(a: Wall, b: Wall) -> f64 {
    (a.0 - b.0) as f64 / 1e6
}

#[test]
fn a_slot_begins_on_its_instant_and_what_follows_comes_without_a_gap() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    assert_eq!(rig.next(), DeckEvent::Opened("null".to_owned()));
    rig.load(A, "a", 200);
    rig.load(B, "b", 150);
    assert_eq!(rig.next(), DeckEvent::Ready(A));
    assert_eq!(rig.next(), DeckEvent::Ready(B));
    let wall = rig.start_in(A, 300);
    rig.send(DeckCue::Follow { after: A, next: B });
    let DeckEvent::Began(A, began) = rig.next() else { panic!("A did not begin") };
    assert!(ms_apart(began, wall).abs() < 1.0, "{} ms off", ms_apart(began, wall));
    assert_eq!(rig.next(), DeckEvent::Ended(A, Frames { count: 9_600, rate: RATE }, End::Whole));
    let DeckEvent::Began(B, followed) = rig.next() else { panic!("B did not begin") };
    assert!((ms_apart(followed, began) - 200.0).abs() < 1.0, "{} ms", ms_apart(followed, began));
    assert_eq!(rig.next(), DeckEvent::Ended(B, Frames { count: 7_200, rate: RATE }, End::Whole));
    assert_eq!(rig.finish(), []);
}

#[test]
fn a_wav_output_holds_bit_for_bit_what_aired() {
    let out = tempfile::tempdir().unwrap();
    let rig = Rig::on(DeviceName::Wav(out.path().to_owned()));
    rig.send(DeckCue::Open);
    rig.load(A, "a", 120);
    rig.load(B, "b", 80);
    rig.start_in(A, 200);
    rig.send(DeckCue::Follow { after: A, next: B });
    assert_eq!(rig.next_end().0, A);
    assert_eq!(rig.next_end(), (B, 3_840, End::Whole));
    rig.send(DeckCue::Close);
    rig.finish();
    let samples = left_channel(&out.path().join("OUTPUT-20261115T053000.wav"));
    let sound: Vec<i16> = samples.into_iter().skip_while(|s| *s == 0).take_while(|s| *s != 0).collect();
    let aired: Vec<i16> = (0..5_760).chain(0..3_840).map(ramp).collect();
    assert_eq!(sound.len(), aired.len());
    assert!(sound == aired);
}

#[test]
fn airtime_is_told_while_it_sounds_and_never_ahead_of_it() {
    let control = Control::new(Mode::Runs);
    let rig = Rig::on_fake(&control);
    rig.send(DeckCue::Open);
    rig.load(A, "a", 800);
    let wall = rig.start_in(A, 200);
    let mut tellings = 0;
    loop {
        match rig.told.recv_timeout(Duration::from_secs(5)).unwrap() {
            DeckEvent::Played(A, frames) => {
                tellings += 1;
                let sounded = Clocks::default().now().wall - wall;
                assert!(frames.length() <= sounded, "{:?} claimed after {sounded:?}", frames.length());
            }
            DeckEvent::Ended(A, frames, End::Whole) => {
                assert_eq!(frames.count, 38_400);
                assert!(Clocks::default().now().wall - wall >= frames.length());
                break;
            }
            _ => {}
        }
    }
    assert!(tellings >= 4, "{tellings}");
}

#[test]
fn what_cannot_be_loaded_is_bad_once_and_its_start_ends_at_once() {
    let rig = Rig::on(DeviceName::Null);
    std::fs::write(rig.folder.path().join("broken"), [7; 5_000]).unwrap();
    rig.send(DeckCue::Open);
    rig.next();
    rig.send(DeckCue::Load(A, element("gone", 100)));
    let DeckEvent::Bad(A, fault) = rig.next() else { panic!("not bad") };
    assert_eq!(fault.kind, FaultKind::FileMissing);
    rig.send(DeckCue::Load(B, element("broken", 100)));
    let DeckEvent::Bad(B, fault) = rig.next() else { panic!("not bad") };
    assert_eq!(fault.kind, FaultKind::FileError);
    rig.start_in(A, 0);
    assert_eq!(rig.next(), DeckEvent::Ended(A, Frames::none(RATE), End::Cut));
    rig.send(DeckCue::Follow { after: A, next: B });
    assert_eq!(rig.next(), DeckEvent::Ended(B, Frames::none(RATE), End::Cut));
    assert_eq!(rig.finish(), []);
}

#[test]
fn a_recording_that_is_shorter_than_it_was_measured_has_failed_and_the_rest_airs() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    rig.element("a", 100);
    rig.send(DeckCue::Load(A, element("a", 900)));
    rig.load(B, "b", 50);
    rig.start_in(A, 0);
    rig.send(DeckCue::Follow { after: A, next: B });
    let (airing, frames, End::Failed(fault)) = rig.next_end() else { panic!("not failed") };
    assert_eq!((airing, frames, fault.kind), (A, 4_800, FaultKind::FileError));
    assert_eq!(rig.next_end(), (B, 2_400, End::Whole));
}

#[test]
fn a_cut_ends_what_sounds_and_what_waits_and_drops_what_is_loaded() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    rig.load(A, "a", 3_000);
    rig.load(B, "b", 100);
    rig.load(Airing(3), "c", 100);
    rig.start_in(A, 0);
    rig.send(DeckCue::Follow { after: A, next: B });
    while !matches!(rig.next(), DeckEvent::Began(..)) {}
    thread::sleep(Duration::from_millis(100));
    rig.send(DeckCue::Cut(Frames { count: 480, rate: RATE }));
    let ends = [rig.next_end(), rig.next_end()];
    assert_eq!(ends[0], (B, 0, End::Cut));
    assert!(ends[1].0 == A && ends[1].1 > 2_400 && ends[1].1 < 30_000 && ends[1].2 == End::Cut, "{ends:?}");
    rig.start_in(Airing(3), 0);
    assert_eq!(rig.next_end(), (Airing(3), 0, End::Cut));
    assert_eq!(rig.finish(), []);
}

#[test]
fn a_cut_is_heard_even_while_the_feeder_is_stuck() {
    let out = tempfile::tempdir().unwrap();
    let rig = Rig::on(DeviceName::Wav(out.path().to_owned()));
    rig.send(DeckCue::Open);
    rig.load(A, "a", 3_000);
    rig.start_in(A, 0);
    while !matches!(rig.next(), DeckEvent::Began(..)) {}
    rig.send(DeckCue::Load(B, element("sticks", 100)));
    thread::sleep(Duration::from_millis(50));
    rig.send(DeckCue::Cut(Frames::none(RATE)));
    let (airing, frames, end) = rig.next_end();
    assert_eq!((airing, end), (A, End::Cut));
    assert!(frames < 24_000, "{frames} frames sounded until the feeder woke up");
}

#[test]
fn a_lost_device_ends_what_it_had_and_comes_back() {
    let control = Control::new(Mode::Runs);
    let rig = Rig::on_fake(&control);
    rig.send(DeckCue::Open);
    assert_eq!(rig.next(), DeckEvent::Opened("fake".to_owned()));
    rig.load(A, "a", 5_000);
    rig.load(B, "b", 100);
    rig.load(Airing(3), "c", 100);
    rig.start_in(A, 0);
    rig.send(DeckCue::Follow { after: A, next: B });
    while !matches!(rig.next(), DeckEvent::Began(..)) {}
    control.set(Mode::Fast);
    let DeckEvent::Lost(fault) = rig.next() else { panic!("not lost") };
    assert_eq!(fault.kind, FaultKind::DeviceLost);
    control.set(Mode::Runs);
    let mut ends = [rig.next_end(), rig.next_end()];
    ends.sort_by_key(|end| end.0);
    assert!(ends[0].0 == A && ends[0].1 < 48_000 && ends[0].2 == End::Lost, "{ends:?}");
    assert_eq!(ends[1], (B, 0, End::Lost));
    assert_eq!(rig.next(), DeckEvent::Back("fake".to_owned()));
    // What was only loaded is still there.
    rig.start_in(Airing(3), 0);
    assert_eq!(rig.next_end(), (Airing(3), 4_800, End::Whole));
    assert_eq!(rig.finish(), []);
}

#[test]
fn a_device_that_stands_still_is_lost_and_claims_only_what_left_it() {
    let control = Control::new(Mode::Runs);
    let rig = Rig::on_fake(&control);
    rig.send(DeckCue::Open);
    rig.load(A, "a", 5_000);
    let wall = rig.start_in(A, 100);
    thread::sleep(Duration::from_millis(2_800));
    control.set(Mode::Still);
    let stood = Clocks::default().now().wall;
    let (airing, frames, end) = rig.next_end();
    assert_eq!((airing, end), (A, End::Lost));
    let sounded = stood - wall;
    let claimed = Frames { count: frames, rate: RATE }.length();
    assert!(claimed <= sounded && sounded - claimed < SignedDuration::from_millis(150), "{claimed:?} of {sounded:?}");
    control.set(Mode::Runs);
}

#[test]
fn without_a_device_nothing_is_left_unanswered() {
    let control = Control::new(Mode::Absent);
    let rig = Rig::on_fake(&control);
    rig.send(DeckCue::Open);
    let DeckEvent::Lost(fault) = rig.next() else { panic!("not lost") };
    assert_eq!(fault.kind, FaultKind::NoDevice);
    rig.load(A, "a", 100);
    assert_eq!(rig.next(), DeckEvent::Ready(A));
    rig.start_in(A, 100);
    assert_eq!(rig.next(), DeckEvent::Ended(A, Frames::none(RATE), End::Lost));
    control.set(Mode::Runs);
    assert_eq!(rig.next(), DeckEvent::Back("fake".to_owned()));
    rig.load(B, "b", 100);
    rig.start_in(B, 100);
    assert_eq!(rig.next_end(), (B, 4_800, End::Whole));
    assert_eq!(rig.finish(), []);
}

#[test]
fn the_next_device_of_the_list_is_used_and_none_beside_it() {
    let opened = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&opened);
    let list = vec![DeviceName::Named("horn".to_owned()), DeviceName::Null];
    let rig = Rig::with(
        list.clone(),
        Arc::new(move |name, stem, make| {
            seen.lock().unwrap().push(name.clone());
            match name {
                DeviceName::Null => output::open(name, stem, make),
                name => Err(OutputError::Unknown { name: name.to_string(), known: vec![] }),
            }
        }),
    );
    rig.send(DeckCue::Open);
    assert_eq!(rig.next(), DeckEvent::Opened("null".to_owned()));
    rig.finish();
    assert_eq!(*opened.lock().unwrap(), list);
}

#[test]
fn without_a_renewed_lease_there_is_silence() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    rig.load(A, "a", 3_000);
    rig.load(B, "b", 100);
    rig.start_in(A, 0);
    rig.lease.renew(boot_now() + SignedDuration::from_millis(300));
    let (airing, frames, end) = rig.next_end();
    assert_eq!((airing, end), (A, End::Lease));
    assert!(frames > 0 && frames < 24_000, "{frames}");
    rig.start_in(B, 0);
    assert_eq!(rig.next_end(), (B, 0, End::Lease));
    rig.lease.renew(Mono::MAX);
    rig.load(Airing(3), "c", 100);
    rig.start_in(Airing(3), 0);
    assert_eq!(rig.next_end(), (Airing(3), 4_800, End::Whole));
    assert_eq!(rig.finish(), []);
}

#[test]
fn a_panic_pays_every_debt_and_the_output_sounds_again() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    rig.load(A, "a", 3_000);
    rig.start_in(A, 0);
    while !matches!(rig.next(), DeckEvent::Began(..)) {}
    rig.send(DeckCue::Load(B, element("panics", 100)));
    let fault = Fault { kind: FaultKind::Internal, detail: "a fault of ours".to_owned() };
    assert_eq!(rig.next(), DeckEvent::Lost(fault.clone()));
    let DeckEvent::Ended(A, frames, End::Failed(why)) = rig.next() else { panic!("A is owed its end") };
    assert!(frames.count < 48_000 && why == fault);
    assert_eq!(rig.next(), DeckEvent::Bad(B, fault));
    assert_eq!(rig.next(), DeckEvent::Back("null".to_owned()));
    rig.load(Airing(3), "c", 100);
    rig.start_in(Airing(3), 0);
    assert_eq!(rig.next_end(), (Airing(3), 4_800, End::Whole));
    assert_eq!(rig.finish(), []);
}

#[test]
fn closing_and_dropping_leave_nothing_owed() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    rig.load(A, "a", 3_000);
    rig.start_in(A, 0);
    while !matches!(rig.next(), DeckEvent::Began(..)) {}
    rig.send(DeckCue::Close);
    let (airing, frames, end) = rig.next_end();
    assert!(airing == A && frames < 24_000 && end == End::Cut);
    rig.send(DeckCue::Open);
    rig.load(B, "b", 3_000);
    rig.start_in(B, 60_000);
    let told = rig.finish();
    assert_eq!(told.last(), Some(&DeckEvent::Ended(B, Frames::none(RATE), End::Cut)));
}
