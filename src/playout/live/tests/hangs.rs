//! A device that never comes back from opening or closing keeps nobody waiting: not its feeder, not whoever lets go of the output.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};

use super::panic::planned;
use super::*;
use crate::asrun::ledger::Ledger;
use crate::asrun::samples::hanoi;
use crate::asrun::store::Past;
use crate::asrun::store::{Query, Store};
use crate::audio::output::{Health, SHAPE, Shape, Sink as Device};
use crate::control::status::{ClockStatus, DeviceState};
use crate::playout::clock::judge::{Judge, Known};
use crate::playout::conductor::{Conductor, Setting};
use crate::playout::cue::Recovered;
use crate::playout::live::engine::{Engine, EngineParts, Input};
use crate::rundown::Rundown;

/// What everybody passes while it is open.
#[derive(Default)]
struct Gate(Mutex<bool>, Condvar);

impl Gate {
    fn shut(&self) {
        *self.0.lock().unwrap() = true;
    }

    fn open(&self) {
        *self.0.lock().unwrap() = false;
        self.1.notify_all();
    }

    fn pass(&self) {
        drop(self.1.wait_while(self.0.lock().unwrap(), |shut| *shut).unwrap());
    }
}

/// A `null` device behind gates.
struct Gated {
    device: Option<Box<dyn Device>>,
    closing: Arc<Gate>,
}

impl Device for Gated {
    fn name(&self) -> String {
        "gated".to_owned()
    }
    fn shape(&self) -> Shape {
        SHAPE
    }
    fn health(&self) -> Arc<Health> {
        self.device.as_ref().unwrap().health()
    }
}

impl Drop for Gated {
    fn drop(&mut self) {
        self.closing.pass();
        self.device = None;
    }
}

/// `default` is behind gates, any other device as it is.
fn gated(opening: &Arc<Gate>, closing: &Arc<Gate>) -> OpenOutput {
    let (opening, closing) = (Arc::clone(opening), Arc::clone(closing));
    Arc::new(move |name, stem, make| {
        if *name != DeviceName::Default {
            return output::open(name, stem, make);
        }
        opening.pass();
        let device = Some(output::open(&DeviceName::Null, stem, make)?);
        Ok(Box::new(Gated { device, closing: Arc::clone(&closing) }))
    })
}

/// Like [`Rig::on`], with gates.
fn rig(devices: Vec<DeviceName>, opening: &Arc<Gate>, closing: &Arc<Gate>) -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().to_owned();
    let find = move |hash: &FileHash| opened(&store, hash.as_str());
    let mut settings = Settings::new(devices, || "x".to_owned(), find, Clocks::default());
    settings.open = gated(opening, closing);
    let (tx, told) = mpsc::channel();
    let lease = Lease::new();
    lease.renew(Mono::MAX);
    let output = LiveOutput::spawn("loa".into(), settings, move |event| drop(tx.send(event)), lease).unwrap();
    Rig { folder, output, told }
}

#[test]
fn a_device_that_hangs_while_it_opens_is_told_and_the_next_of_the_list_is_taken() {
    let (opening, closing) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
    let rig = rig(vec![DeviceName::Default, DeviceName::Null], &opening, &closing);
    opening.shut();
    rig.send(DeckCue::Open);
    assert_eq!(rig.next(), DeckEvent::Hangs(Some("default".to_owned())));
    assert_eq!(rig.next(), DeckEvent::Opened("null".to_owned()));
    rig.load(A, "a", 100);
    rig.start(A);
    assert_eq!(rig.next_end(), (A, 4_800, End::Whole));
    opening.open();
    assert_eq!(rig.next(), DeckEvent::Hangs(None), "it came back, too late, and was closed again");
    assert_eq!(rig.finish(), []);
}

#[test]
fn a_device_that_hangs_while_it_closes_is_let_go_and_taken_again_when_it_is_back() {
    let (opening, closing) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
    let rig = rig(vec![DeviceName::Default], &opening, &closing);
    rig.send(DeckCue::Open);
    assert_eq!(rig.next(), DeckEvent::Opened("gated".to_owned()));
    closing.shut();
    rig.send(DeckCue::Close);
    assert_eq!(rig.next(), DeckEvent::Hangs(Some("default".to_owned())));
    rig.send(DeckCue::Open);
    let DeckEvent::Lost(fault) = rig.next() else { panic!("it cannot be opened") };
    assert!(fault.kind == FaultKind::NoDevice && fault.detail.contains("does not answer"), "{fault:?}");
    closing.open();
    assert_eq!(rig.next(), DeckEvent::Hangs(None));
    assert_eq!(rig.next(), DeckEvent::Back("gated".to_owned()));
    assert_eq!(rig.finish(), []);
}

#[test]
fn whoever_lets_go_of_an_output_that_hangs_does_not_wait_for_it() {
    let (opening, closing) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
    let Rig { output, told, folder: _folder } = rig(vec![DeviceName::Default], &opening, &closing);
    opening.shut();
    output.send(DeckCue::Open);
    // Nobody opens the gate: joined, this would never end.
    drop(output);
    opening.open();
    assert!(told.iter().all(|event| event == DeckEvent::Opened("gated".to_owned())));
}

/// The whole engine: one output's device hangs while it is closed, the plan gives it another, and the other output's slot airs.
#[test]
fn a_device_that_hangs_moves_nothing_of_another_output() {
    let folder = tempfile::tempdir().unwrap();
    let recordings = folder.path().join("store");
    std::fs::create_dir(&recordings).unwrap();
    write_master(&recordings.join("a"), 9_600, ramp);
    let (opening, closing) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
    let clocks = Clocks::default();
    let now = clocks.now();
    let (inputs, inbox) = mpsc::channel();
    let store = Store::open(&folder.path().join("data"), Origin::Live, hanoi()).unwrap();
    let ledger = Ledger::begin(store, &Past::default(), |_| {}).unwrap();
    let lease = Lease::new();
    let output = |id: &str, device: DeviceName| {
        let recordings = recordings.clone();
        let find = move |hash: &FileHash| opened(&recordings, hash.as_str());
        let mut settings = Settings::new(vec![device], || "x".into(), find, clocks.clone());
        settings.open = gated(&opening, &closing);
        let (events, own) = (inputs.clone(), OutputId::from(id));
        let tell = move |event| drop(events.send(Input::Deck(own.clone(), event)));
        LiveOutput::spawn(id.into(), settings, tell, lease.clone()).unwrap()
    };
    let outputs =
        BTreeMap::from([("loa".into(), output("loa", DeviceName::Null)), ("sick".into(), output("sick", DeviceName::Default))]);
    let mut sick = planned("before", now.wall + SignedDuration::from_secs(1), &[("a", 200)]);
    sick.slot.output = "sick".into();
    let slots = vec![sick, planned("x", now.wall + SignedDuration::from_secs(5), &[("a", 200)])];
    let (from, to) = (now.wall, now.wall + SignedDuration::from_hours(1));
    let ids = vec!["loa".into(), "sick".into()];
    let rundown =
        Rundown { from, to, plan_hash: "plan".into(), station: "test".into(), outputs: ids, slots, standing: Vec::new() };
    let seen = clocks.observe();
    let this_boot = Some(Vouch::of(Evidence::Operator, seen.now));
    let known = Known { built_at: Wall(0), first_start: true, newest_trusted: None, this_boot, network_by: Mono(0) };
    let judge = Judge::new(known, seen);
    let clock = ClockStatus { evidence: Evidence::Operator, doubtful: false, why: None };
    let (conductor, first) = Conductor::new(now, Setting { origin: Origin::Live, clock }, Recovered::default(), rundown);
    let (planner, _wanted) = mpsc::channel();
    closing.shut();
    let other = BTreeMap::from([("sick".into(), output("sick", DeviceName::Null))]);
    let world = EngineParts {
        clocks: clocks.clone(),
        judge,
        outputs,
        log: ledger.handle(),
        lease: lease.clone(),
        planner,
        inbox,
        told: Box::new(|_| {}),
    };
    let engine = thread::spawn(move || Engine::new(conductor, world).run(first));
    inputs.send(Input::Outputs(other)).unwrap();
    let rows = || Store::read_only(&folder.path().join("data")).unwrap().rows(&Query::default()).unwrap();
    let ends = || rows().into_iter().filter(|row| row.kind() == Kind::End).collect::<Vec<_>>();
    while ends().len() < 2 {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(ends().iter().all(|row| row.status == Some(Status::Aired)), "{:?}", ends());
    let status = || {
        let (answer, answered) = tokio::sync::oneshot::channel();
        inputs.send(Input::Status(answer)).unwrap();
        answered.blocking_recv().unwrap()
    };
    // The old device never comes back; the new one stands in its place.
    while status().output.iter().any(|output| output.state != DeviceState::Closed) {
        thread::sleep(Duration::from_millis(50));
    }
    let (quiet, is_quiet) = tokio::sync::oneshot::channel();
    inputs.send(Input::Shutdown(quiet)).unwrap();
    is_quiet.blocking_recv().unwrap();
    engine.join().unwrap();
    closing.open();
}
