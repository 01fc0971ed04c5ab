//! Random days: broadcasts that collide, power cuts, doubtful clocks, lost devices, orders and reloads at any moment, and what must
//! hold whatever happens.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::station::{Station, judged, trusted_clock};
use super::{B, at, b, builder, doubtful, rundown, secs};
use crate::asrun::row::Row;
use crate::control::status::DeviceState;
use crate::playout::cue::{Event, PlayOrder};
use crate::terms::*;

#[derive(Clone, Debug)]
enum Happening {
    PowerCut { off_for: i64, doubtful: bool },
    Doubt,
    Trust,
    Step(i64),
    Stop,
    Hold,
    Release,
    LoseDevice,
    DeviceBack,
    Play(i64),
    Emergency { length: i64, times: u32, every: i64, lasting: i64 },
    Skip(usize),
    Reload,
    Tick,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        (0i64..900, any::<bool>()).prop_map(|(off_for, doubtful)| Happening::PowerCut { off_for, doubtful }),
        Just(Happening::Doubt),
        Just(Happening::Trust),
        (-400i64..400).prop_map(Happening::Step),
        Just(Happening::Stop),
        Just(Happening::Hold),
        Just(Happening::Release),
        Just(Happening::LoseDevice),
        Just(Happening::DeviceBack),
        (1i64..200).prop_map(Happening::Play),
        (1i64..200, 1u32..4, 1i64..400, 1i64..900).prop_map(|(length, times, every, lasting)| Happening::Emergency {
            length,
            times,
            every: every + length + 2,
            lasting,
        }),
        (0usize..6).prop_map(Happening::Skip),
        Just(Happening::Reload),
        Just(Happening::Tick),
    ]
}

fn broadcast(index: usize) -> impl Strategy<Value = B> {
    const IDS: [&str; 6] = ["one", "two", "three", "four", "five", "six"];
    let elements = proptest::collection::vec((0usize..6, 1i64..150), 1..6);
    (30.0f64..89.9, elements, any::<bool>(), 0i64..600, any::<bool>(), 0u8..8).prop_map(
        move |(minute, elements, urgent, late, picked, broken)| {
            const ITEMS: [&str; 6] = ["signal", "a", "b", "c", "d", "e"];
            let elements: Vec<(&'static str, i64)> = elements.into_iter().map(|(item, length)| (ITEMS[item], length)).collect();
            let mut broadcast = b(IDS[index], (minute * 60.0).round() / 60.0, &elements);
            broadcast.late = late;
            broadcast.picked = picked;
            if urgent {
                broadcast.priority = Priority::Priority;
            }
            if broken == 0 {
                broadcast.broken = Some(("c", Reason::FileError));
            }
            broadcast
        },
    )
}

fn day() -> impl Strategy<Value = (Vec<B>, Vec<(i64, Happening)>)> {
    let broadcasts = (0..6).map(broadcast).collect::<Vec<_>>();
    let happenings = proptest::collection::vec((1i64..500, happening()), 0..25);
    (broadcasts, happenings)
}

fn live<'a>(mut station: Station<'a>, plan: &[B], happenings: &[(i64, Happening)]) -> Station<'a> {
    let output = OutputId::from("amplifier");
    for (after, happening) in happenings {
        station.run_until(station.wall() + secs(*after));
        match happening {
            Happening::PowerCut { off_for, doubtful: doubt } => {
                let clock = if *doubt { doubtful() } else { trusted_clock() };
                let back_at = station.wall() + secs(*off_for);
                station = station.cut_power(back_at, Reason::PowerOff, clock);
            }
            Happening::Doubt => station.happen(judged(doubtful(), None)),
            Happening::Trust => station.happen(judged(trusted_clock(), None)),
            Happening::Step(by) => station.step_clock(secs(*by), trusted_clock()),
            Happening::Stop => drop(station.ask(Order::Stop { output: None }, None)),
            Happening::Hold => drop(station.ask(Order::Hold { until: None }, None)),
            Happening::Release => drop(station.ask(Order::Release, None)),
            Happening::LoseDevice => station.lose_device(&output),
            Happening::DeviceBack => station.device_back(&output),
            // Outside hours the daemon refuses an order before the conductor sees it.
            Happening::Play(length) if (at(30.0)..at(90.0)).contains(&station.wall()) => {
                let minute = (station.wall() - at(0.0)).as_secs_f64() / 60.0;
                let order = b("@request", minute, &[("x", *length)]);
                let slots = vec![order.planned("plan", 99)];
                let ask = Order::Play {
                    item: "x".into(),
                    priority: Priority::Ordinary,
                    outputs: vec![output.clone()],
                    reason: None,
                    emergency: None,
                };
                drop(station.ask(ask, Some(Box::new(PlayOrder { slots }))));
            }
            Happening::Emergency { length, times, every, lasting } => {
                drop(station.emergency("alarm", *length, *times, *every, *lasting));
            }
            Happening::Skip(index) => {
                let skip = Order::Skip { broadcast: plan[*index].id.into(), planned_at: vec![at(plan[*index].at)] };
                drop(station.ask(skip, None));
            }
            Happening::Reload => {
                let now = station.wall();
                station.happen(Event::Rundown(rundown("plan", plan, now, at(5000.0))));
            }
            Happening::Play(_) | Happening::Tick => station.happen(Event::Tick),
        }
        let deadline = station.deadline();
        assert!(deadline.is_none_or(|deadline| deadline > station.wall()), "the deadline stands still after {happening:?}");
    }
    station.device_back(&output);
    station.happen(judged(trusted_clock(), None));
    drop(station.ask(Order::Release, None));
    station.run_until(station.wall().max(at(100.0)) + secs(900));
    station
}

/// What must hold of any log, by reading its rows alone.
fn check(rows: &[Row], plan: &[B]) {
    let mut ends: BTreeMap<Slot, usize> = BTreeMap::new();
    let mut whole: BTreeMap<(Slot, u32), usize> = BTreeMap::new();
    let mut takes: BTreeMap<(Slot, u32), u32> = BTreeMap::new();
    for row in rows {
        if let (Some(status), reason) = (row.status, row.reason) {
            assert!(reason.is_none_or(|reason| reason.goes_with(status)), "{status} with {reason:?}");
            assert_eq!(reason.is_none(), status == Status::Aired, "{status} with {reason:?}");
        }
        let Some(slot) = row.slot() else { continue };
        match row.kind() {
            Kind::End => *ends.entry(slot.clone()).or_default() += 1,
            Kind::Air => {
                let element = (slot.clone(), row.element.unwrap());
                assert!(!ends.contains_key(&slot), "a take of {slot} after its end");
                if row.status == Some(Status::Aired) {
                    *whole.entry(element.clone()).or_default() += 1;
                }
                if row.frames.unwrap() > 0 {
                    let last = takes.insert(element, row.take.unwrap());
                    assert!(last.is_none_or(|last| last < row.take.unwrap()), "take {:?} of {slot} after {last:?}", row.take);
                }
            }
            // By a clock that was set back it lies ahead again: nothing of it has been.
            Kind::Void => {
                assert_eq!(ends.remove(&slot), Some(1), "what is void has ended");
                whole.retain(|(other, _), _| *other != slot);
                takes.retain(|(other, _), _| *other != slot);
            }
            _ => {}
        }
    }
    for broadcast in plan {
        let slot = broadcast.planned("plan", 0).slot;
        assert_eq!(ends.get(&slot), Some(&1), "{slot} did not end once");
    }
    assert!(ends.values().all(|count| *count == 1), "a slot ended twice");
    assert!(whole.values().all(|count| *count == 1), "an element aired whole twice");
}

/// On the boot clock, what sounded never overlaps and never leaves its hours: only told where the wall clock did not step.
fn check_times(rows: &[Row]) {
    let mut over = Wall::MIN;
    for row in rows.iter().filter(|row| row.kind() == Kind::Air && row.frames.is_some_and(|frames| frames > 0)) {
        let (started_at, ended_at) = (row.started_at.unwrap(), row.ended_at.unwrap());
        assert!(started_at + secs(0) >= over - jiff::SignedDuration::from_millis(2), "two items at once");
        if row.priority != Some(Priority::Emergency) {
            assert!(started_at >= at(30.0), "sound before the hours");
            assert!(ended_at <= at(90.0) + jiff::SignedDuration::from_millis(30), "sound after the hours");
        }
        over = ended_at;
    }
}

proptest! {
    // The same days each time, so that a change is judged by what it changed.
    #![proptest_config(ProptestConfig { cases: 300, rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_124), ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_slot_ends_once_and_nothing_airs_twice((plan, happenings) in day()) {
        let station = Station::start(at(0.0), builder(plan.clone())).with_marks();
        let station = live(station, &plan, &happenings);
        check(&station.rows, &plan);
        prop_assert!(station.open_slots.is_empty(), "left open: {:?}", station.open_slots.keys());
        if !happenings.iter().any(|(_, happening)| matches!(happening, Happening::Step(_))) {
            check_times(&station.rows);
        }
        prop_assert!(station.status().output.iter().all(|output| output.state == DeviceState::Closed));
    }

    #[test]
    fn once_faults_clear_the_next_slot_airs((plan, happenings) in day()) {
        let mut plan = plan;
        // Hours for the test's last slot: a day of their own.
        let mut last = b("last", 3050.0, &[("a", 20)]);
        last.opens = 3000.0;
        plan.push(last);
        let station = Station::start(at(0.0), builder(plan.clone())).with_marks();
        let mut station = live(station, &plan, &happenings);
        station.run_until(at(3200.0));
        let ended = station.rows.iter().rfind(|row| row.kind() == Kind::End).unwrap();
        prop_assert_eq!((ended.broadcast.clone(), ended.status), (Some("last".into()), Some(Status::Aired)), "{:?} {:?}", ended.reason, station.status().output);
    }
}
