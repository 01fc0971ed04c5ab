//! One turn of the real engine, and what it hands to the ledger.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;

use super::panic::planned;
use crate::asrun::ledger::{LedgerHandle, LedgerMessage};
use crate::asrun::queue::Write;
use crate::control::status::ClockStatus;
use crate::playout::clock::Clocks;
use crate::playout::clock::judge::{Judge, Known};
use crate::playout::conductor::{Conductor, Setting};
use crate::playout::cue::Recovered;
use crate::playout::live::Lease;
use crate::playout::live::engine::{Engine, EngineParts};
use crate::rundown::{Planned, Rundown};
use crate::terms::*;

/// A start owes nothing of before the last sign of life: one that is written before what was due then would lose it with the power.
#[test]
fn the_sign_of_life_is_written_last_of_a_turn() {
    let clocks = Clocks::default();
    let now = clocks.now();
    let seen = clocks.observe();
    let this_boot = Some(Vouch::of(Evidence::Operator, seen.now));
    let known = Known { built_at: Wall(0), first_start: true, newest_trusted: None, this_boot, network_by: Mono(0) };
    let judge = Judge::new(known, seen);
    let clock = ClockStatus { evidence: Evidence::Operator, doubtful: false, why: None };
    let due = now.wall + SignedDuration::from_millis(20);
    let left_out = Some(Outcome::skipped(Reason::Holiday));
    let slots = vec![Planned { left_out, ..planned("x", due, &[("a", 500)]) }];
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
    let (conductor, first) = Conductor::new(now, Setting { origin: Origin::Live, clock }, Recovered::default(), rundown);
    while clocks.now().wall <= due {
        thread::sleep(Duration::from_millis(5));
    }
    let (log, written) = LedgerHandle::to_listener();
    let (planner, _wanted) = mpsc::channel();
    // Nobody can tell it anything: it ends after one turn, in which the slot and the sign of life are both due.
    let (_, inbox) = mpsc::channel();
    let world =
        EngineParts { clocks, judge, outputs: BTreeMap::new(), log, lease: Lease::new(), planner, inbox, told: Box::new(|_| {}) };
    Engine::new(conductor, world).run(first);
    let write = |message: LedgerMessage| if let LedgerMessage::Write(write) = message { Some(write) } else { None };
    let written: Vec<Write> = written.try_iter().filter_map(write).collect();
    let ends = |write: &Write| matches!(write, Write::Append(rows, _) if rows.iter().any(|row| row.kind() == Kind::End));
    let end = written.iter().position(ends).expect("the slot has ended");
    let alive = written.iter().position(|write| matches!(write, Write::Alive(_))).expect("a sign of life");
    assert!(end < alive && alive == written.len() - 1, "{written:?}");
}
