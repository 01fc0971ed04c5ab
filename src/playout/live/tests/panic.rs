//! A feeder that panics under the real engine with a real log: its output falls silent, its slot ends with a reason, the station goes on.

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use jiff::SignedDuration;

use super::{element, opened, ramp, write_master};
use crate::asrun::element::SlotFacts;
use crate::asrun::ledger::Ledger;
use crate::asrun::row::Row;
use crate::asrun::samples::hanoi;
use crate::asrun::store::{Past, Query, Store};
use crate::audio::output::DeviceName;
use crate::control::status::ClockStatus;
use crate::playout::clock::Clocks;
use crate::playout::clock::judge::{Judge, Known};
use crate::playout::conductor::{Conductor, Setting};
use crate::playout::cue::Recovered;
use crate::playout::live::engine::{Engine, EngineParts, Input};
use crate::playout::live::{Lease, LiveOutput, Settings};
use crate::rundown::{Planned, Rundown};
use crate::terms::*;

const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn planned(broadcast: &str, at: Wall, items: &[(&str, i64)]) -> Planned {
    let far = at + SignedDuration::from_mins(10);
    Planned {
        slot: Slot { planned_at: at, broadcast: broadcast.into(), output: "loa".into() },
        facts: Arc::new(SlotFacts {
            station: "test".into(),
            zones: vec![],
            campaign: None,
            programme: None,
            priority: Priority::Ordinary,
            plan_hash: "plan".into(),
        }),
        rank: 0,
        late: SignedDuration::from_mins(5),
        start_by: at + SignedDuration::from_mins(5),
        end_by: far,
        session: Some(Session { opens: at, closes: far, quota: None }),
        elements: items.iter().map(|(name, ms)| element(name, *ms)).collect(),
        dropped: vec![],
        left_out: None,
        forecast: false,
    }
}

fn outcomes(rows: &[Row], kind: Kind) -> Vec<String> {
    let rows = rows.iter().filter(|row| row.kind() == kind);
    rows.map(|row| {
        let what = row.item.as_ref().map(ItemId::as_str).or(row.broadcast.as_ref().map(BroadcastId::as_str));
        let reason = row.reason.map_or(String::new(), |reason| format!("/{}", reason.as_str()));
        format!("{} {}{reason}", what.unwrap_or("-"), row.status.map_or("-", Status::as_str))
    })
    .collect()
}

#[test]
fn a_panic_in_a_feeder_ends_its_slot_with_a_reason_and_the_station_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let recordings = folder.path().join("store");
    std::fs::create_dir(&recordings).unwrap();
    for (name, ms) in [("a", 1_500), ("c", 200), ("d", 200)] {
        write_master(&recordings.join(name), 48 * ms, ramp);
    }
    let clocks = Clocks::default();
    let now = clocks.now();
    let (inputs, inbox) = mpsc::channel();
    let store = Store::open(&folder.path().join("data"), Origin::Live, hanoi()).unwrap();
    let ledger = Ledger::begin(store, &Past::default(), |_| {}).unwrap();

    let find = move |hash: &FileHash| match hash.as_str() {
        "b" => panic!("a fault of ours"),
        name => opened(&recordings, name),
    };
    let settings = Settings::new(vec![DeviceName::Null], || "x".into(), find, clocks.clone());
    let (lease, events) = (Lease::new(), inputs.clone());
    let tell = move |event| drop(events.send(Input::Deck("loa".into(), event)));
    let output = LiveOutput::spawn("loa".into(), settings, tell, lease.clone()).unwrap();

    let seen = clocks.observe();
    let this_boot = Some(Vouch::of(Evidence::Operator, seen.now));
    let known = Known { built_at: Wall(0), first_start: true, newest_trusted: None, this_boot, network_by: Mono(0) };
    let judge = Judge::new(known, seen);
    let clock = ClockStatus { evidence: Evidence::Operator, doubtful: false, why: None };
    let slots = vec![
        planned("x", now.wall + SignedDuration::from_secs(1), &[("a", 1_500), ("b", 500), ("c", 200)]),
        planned("y", now.wall + SignedDuration::from_secs(6), &[("d", 200)]),
    ];
    let (from, to) = (now.wall, now.wall + SignedDuration::from_hours(1));
    let rundown = Rundown {
        from,
        to,
        plan_hash: "plan".into(),
        station: "test".into(),
        outputs: vec!["loa".into()],
        slots,
        standing: vec![],
    };
    let setting = Setting { origin: Origin::Live, clock };
    let (conductor, first) = Conductor::new(now, setting, Recovered::default(), rundown);
    let (planner, _wanted) = mpsc::channel();
    let outputs = BTreeMap::from([("loa".into(), output)]);
    let world = EngineParts { clocks, judge, outputs, log: ledger.handle(), lease, planner, inbox, told: Box::new(|_| {}) };
    let engine = thread::spawn(move || Engine::new(conductor, world).run(first));

    let rows = || Store::read_only(&folder.path().join("data")).unwrap().rows(&Query::default()).unwrap();
    let began = Instant::now();
    while outcomes(&rows(), Kind::End).len() < 2 {
        assert!(began.elapsed() < PATIENCE, "{:?}", outcomes(&rows(), Kind::Air));
        thread::sleep(Duration::from_millis(50));
    }
    assert!(!engine.is_finished(), "the engine goes on");
    drop(inputs);
    let rows = rows();
    let airs = outcomes(&rows, Kind::Air);
    assert_eq!(airs[1..], ["b missed/internal", "c aired", "d aired"], "{airs:?}");
    assert!(["a partial/internal", "a missed/internal"].contains(&airs[0].as_str()), "{airs:?}");
    assert_eq!(outcomes(&rows, Kind::End), ["x partial/internal", "y aired"]);
    let faults: Vec<_> = rows.iter().filter(|row| row.kind() == Kind::Fault).map(|row| row.detail()).collect();
    assert!(faults[0].contains("a fault of ours") && faults[1].contains("device_back"), "{faults:?}");
}
