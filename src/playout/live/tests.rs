//! The feeder's laws: on virtual time where time matters ([`bench`]), on real threads where threads do.
//!
//! What runs in real time here holds on any machine, however busy: how long something took is measured, never supposed.

mod alive;
mod bench;
mod hangs;
mod instants;
mod joints;
mod levels;
mod panic;
mod promises;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use tempfile::TempDir;

use super::*;
use crate::asrun::element::{Element, ItemFacts};
use crate::audio::master::MasterWriter;
use crate::audio::measure;
use crate::library::Recording;
use crate::library::store::StoreError;
use crate::playout::cue::{Airing, End, Fault, FaultKind};
use crate::terms::*;

const A: Airing = Airing(1);
const B: Airing = Airing(2);
const C: Airing = Airing(3);
const RATE: u32 = 48_000;

/// A store with recordings, an output over it on its own threads, and what it told.
struct Rig {
    folder: TempDir,
    output: LiveOutput,
    told: Receiver<DeckEvent>,
}

impl Rig {
    fn on(device: DeviceName) -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().to_owned();
        let find = move |hash: &FileHash| match hash.as_str() {
            "panics" => panic!("a fault of ours"),
            "sticks" => {
                thread::sleep(Duration::from_millis(600));
                opened(&store, "sticks")
            }
            name => opened(&store, name),
        };
        let settings = Settings::new(vec![device], || "OUTPUT-20261115T053000".to_owned(), find, Clocks::default());
        let (tx, told) = mpsc::channel();
        let lease = Lease::new();
        lease.renew(Mono::MAX);
        let output = LiveOutput::spawn(OutputId::from("loa"), settings, move |event| drop(tx.send(event)), lease).unwrap();
        Rig { folder, output, told }
    }

    /// A recording of `ms` in the store: a ramp, so that each frame can be told from its neighbours.
    fn load(&self, airing: Airing, name: &str, ms: i64) {
        let frames = Frames::within(SignedDuration::from_millis(ms), RATE).count;
        write_master(&self.folder.path().join(name), frames, ramp);
        self.send(DeckCue::Load(airing, element(name, ms)));
        loop {
            if self.next() == DeckEvent::Ready(airing) {
                return;
            }
        }
    }

    fn send(&self, cue: DeckCue) {
        self.output.send(cue);
    }

    fn start(&self, airing: Airing) -> Wall {
        let wall = Clocks::default().now().wall;
        self.send(DeckCue::Start { airing, at: wall, by: Wall::MAX });
        wall
    }

    /// The next event but `Played`.
    fn next(&self) -> DeckEvent {
        loop {
            let event = self.told.recv_timeout(Duration::from_secs(20)).expect("an event");
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
        let Rig { folder, output, told } = self;
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
        duty: false,
        translation_of: None,
        file_hash: Some(FileHash::from(name)),
    };
    Element {
        facts: Some(Arc::new(facts)),
        picked: false,
        length: SignedDuration::from_millis(ms),
        pause: SignedDuration::ZERO,
        speaker: Speaker::Flat,
        gain_db: 0.0,
        level_lufs: None,
        offset: SignedDuration::ZERO,
        unplayable: None,
        awaited: false,
    }
}

/// Even, as masters keep it to the bit.
fn ramp(frame: u64) -> i16 {
    2 * (frame % 10_000) as i16 + 2
}

/// A master of one channel, from samples of 16 bit.
fn write_master(path: &Path, frames: u64, sample: impl Fn(u64) -> i16) {
    let mut master = MasterWriter::new(std::fs::File::create(path).unwrap(), 1).unwrap();
    let codes: Vec<i32> = (0..frames).map(|frame| i32::from(sample(frame)) / 2).collect();
    master.write(&codes).unwrap();
    master.finish().unwrap();
}

/// Takes a recording in as the door does, and puts its master there.
fn take_in(path: &Path, bytes: &[u8]) -> Recording {
    let mut handed_in = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut handed_in, bytes).unwrap();
    measure::take_in(handed_in, Some(std::fs::File::create(path).unwrap())).unwrap()
}

fn opened(store: &Path, name: &str) -> Result<Source, SourceError> {
    Source::of(std::fs::File::open(store.join(name)).map_err(|_| StoreError::Missing(name.into()))?)
}

fn left_channel(path: &Path) -> Vec<i16> {
    let bytes = std::fs::read(path).unwrap();
    bytes[44..].chunks_exact(4).map(|frame| i16::from_le_bytes([frame[0], frame[1]])).collect()
}

#[test]
fn a_null_output_airs_in_real_time_and_never_before_its_instant() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    assert_eq!(rig.next(), DeckEvent::Opened("null".to_owned()));
    rig.load(A, "a", 200);
    rig.load(B, "b", 150);
    let wall = Clocks::default().now().wall + SignedDuration::from_millis(300);
    rig.send(DeckCue::Start { airing: A, at: wall, by: Wall::MAX });
    rig.send(DeckCue::Follow { after: A, next: B });
    let DeckEvent::Began(A, began) = rig.next() else { panic!("A did not begin") };
    assert!(began >= wall - SignedDuration::from_millis(1), "{began:?} is before {wall:?}");
    assert_eq!(rig.next(), DeckEvent::Ended(A, Frames { count: 9_600, rate: RATE }, End::Whole));
    let DeckEvent::Began(B, followed) = rig.next() else { panic!("B did not begin") };
    assert!(followed - began >= SignedDuration::from_millis(199), "{:?}", followed - began);
    assert_eq!(rig.next(), DeckEvent::Ended(B, Frames { count: 7_200, rate: RATE }, End::Whole));
    assert!(Clocks::default().now().wall - wall >= SignedDuration::from_millis(349), "in real time");
    assert_eq!(rig.finish(), []);
}

#[test]
fn a_wav_output_holds_bit_for_bit_what_aired() {
    let out = tempfile::tempdir().unwrap();
    let rig = Rig::on(DeviceName::Wav(out.path().to_owned()));
    rig.send(DeckCue::Open);
    rig.load(A, "a", 120);
    rig.load(B, "b", 80);
    rig.send(DeckCue::Start { airing: A, at: Clocks::default().now().wall + SignedDuration::from_millis(200), by: Wall::MAX });
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
fn a_cut_is_heard_even_while_the_feeder_is_stuck() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    rig.load(A, "a", 60_000);
    rig.start(A);
    while !matches!(rig.next(), DeckEvent::Began(..)) {}
    rig.send(DeckCue::Load(B, element("sticks", 100)));
    thread::sleep(Duration::from_millis(50));
    rig.send(DeckCue::Cut(Frames::none(RATE)));
    let cut = Clocks::default().now();
    let (airing, frames, end) = rig.next_end();
    let woke = Clocks::default().now();
    assert_eq!((airing, end), (A, End::Cut));
    // The feeder was away for half a second after the cut, and what it had before it ends there.
    let frames = Frames { count: frames, rate: RATE }.length();
    assert!(woke.mono - cut.mono >= SignedDuration::from_millis(400), "it was not stuck");
    assert!(frames < SignedDuration::from_secs(50), "{frames:?} sounded until the feeder woke up");
}

#[test]
fn the_next_device_of_the_list_is_used_and_none_beside_it() {
    let mut bench = bench::Bench::listed(vec![DeviceName::Named("horn".into()), DeviceName::Null], |h| h.absent = 1);
    bench.send(DeckCue::Open);
    bench.next();
    assert_eq!(bench.hardware(|h| h.opened.clone()), [DeviceName::Null]);
    assert_eq!(bench.hardware(|h| h.tried), 2);
}

#[test]
fn a_panic_pays_every_debt_and_the_output_sounds_again() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    rig.load(A, "a", 30_000);
    rig.start(A);
    while !matches!(rig.next(), DeckEvent::Began(..)) {}
    rig.send(DeckCue::Load(B, element("panics", 100)));
    let fault = Fault { kind: FaultKind::Internal, detail: "a fault of ours".to_owned() };
    let DeckEvent::Ended(A, frames, End::Failed(why)) = rig.next() else { panic!("A is owed its end") };
    assert!(frames.count < 30 * u64::from(RATE) && why == fault);
    assert_eq!(rig.next(), DeckEvent::Bad(B, fault.clone()));
    assert_eq!(rig.next(), DeckEvent::Lost(fault));
    assert_eq!(rig.next(), DeckEvent::Back("null".to_owned()));
    rig.load(C, "c", 100);
    rig.start(C);
    assert_eq!(rig.next_end(), (C, 4_800, End::Whole));
    assert_eq!(rig.finish(), []);
}

#[test]
fn closing_and_dropping_leave_nothing_owed() {
    let rig = Rig::on(DeviceName::Null);
    rig.send(DeckCue::Open);
    rig.load(A, "a", 30_000);
    rig.start(A);
    while !matches!(rig.next(), DeckEvent::Began(..)) {}
    rig.send(DeckCue::Close);
    let (airing, frames, end) = rig.next_end();
    assert!(airing == A && frames < 30 * u64::from(RATE) && end == End::Cut);
    rig.send(DeckCue::Open);
    rig.load(B, "b", 3_000);
    rig.send(DeckCue::Start { airing: B, at: Clocks::default().now().wall + SignedDuration::from_secs(600), by: Wall::MAX });
    let told = rig.finish();
    assert_eq!(told.last(), Some(&DeckEvent::Ended(B, Frames::none(RATE), End::Cut)));
}
