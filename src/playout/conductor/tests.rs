//! The conductor on the virtual clock, told as stories: a plan, what happens, and the log that must come of it.

mod chaos;
mod emergencies;
mod in_force;
mod pairs;
mod station;

use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::facts::{Element, ItemFacts, SlotFacts};
use crate::asrun::row::Row;
use crate::control::request::{Answer, Refusal};
use crate::control::status::{ClockStatus, DeviceState, State};
use crate::playout::cue::*;
use crate::rundown::{Planned, Rundown};
use crate::terms::*;
use station::{Builder, Station, judged, trusted_clock};

/// 05:00 of a day; the session is 05:30–06:30.
const DAY: Wall = Wall(1_794_000_000_000_000_000);

pub fn at(minutes: f64) -> Wall {
    Wall(DAY.0 + (minutes * 60e9).round() as i64)
}

pub fn secs(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// One broadcast of a test's plan.
#[derive(Clone, Debug)]
pub struct B {
    pub id: &'static str,
    pub at: f64,
    /// Seconds of each element: announcements, but for a name that begins with `signal`.
    elements: Vec<(&'static str, i64)>,
    pub priority: Priority,
    pub late: i64,
    output: &'static str,
    pub picked: bool,
    quota: Option<i64>,
    pause: i64,
    /// When its session opens, in minutes; it is an hour long.
    pub opens: f64,
    pub broken: Option<(&'static str, Reason)>,
}

pub fn b(id: &'static str, at: f64, elements: &[(&'static str, i64)]) -> B {
    B {
        id,
        at,
        elements: elements.to_vec(),
        priority: Priority::Ordinary,
        late: 300,
        output: "amplifier",
        picked: false,
        quota: None,
        pause: 0,
        opens: 30.0,
        broken: None,
    }
}

impl B {
    pub fn planned(&self, plan: &str, rank: u32) -> Planned {
        let planned_at = at(self.at);
        let mut offset = SignedDuration::ZERO;
        let elements: Vec<Element> = self
            .elements
            .iter()
            .map(|(item, seconds)| {
                let kind = if item.starts_with("signal") { ItemKind::Signal } else { ItemKind::Announcement };
                let facts = ItemFacts {
                    item: (*item).into(),
                    kind,
                    title: (*item).into(),
                    topic: None,
                    tags: vec![],
                    language: "vi".into(),
                    supplier: None,
                    contacts: vec![],
                    duty: false,
                    translation_of: None,
                    file_hash: Some(FileHash::from(*item)),
                };
                let unplayable = self.broken.filter(|(broken, _)| broken == item).map(|(_, reason)| reason);
                let element = Element {
                    facts: Some(Arc::new(facts)),
                    picked: self.picked && kind == ItemKind::Announcement,
                    length: secs(*seconds),
                    pause: secs(if unplayable.is_none() { self.pause } else { 0 }),
                    speaker: Speaker::Flat,
                    gain_db: 0.0,
                    level_lufs: Some(-18.0),
                    offset,
                    unplayable,
                    awaited: false,
                };
                if unplayable.is_none() {
                    offset += secs(*seconds + self.pause);
                }
                element
            })
            .collect();
        let session = Session { opens: at(self.opens), closes: at(self.opens + 60.0), quota: self.quota.map(secs) };
        Planned {
            slot: Slot { planned_at, broadcast: self.id.into(), output: self.output.into() },
            facts: Arc::new(SlotFacts {
                station: "test".into(),
                zones: vec![],
                campaign: None,
                programme: None,
                priority: self.priority,
                plan_hash: plan.into(),
            }),
            rank,
            late: secs(self.late),
            start_by: (planned_at + secs(self.late)).min(session.closes),
            end_by: session.closes,
            session: Some(session),
            elements: elements.into(),
            dropped: vec![],
            left_out: None,
            forecast: false,
        }
    }
}

pub fn rundown(plan: &str, broadcasts: &[B], from: Wall, to: Wall) -> Rundown {
    let mut slots: Vec<Planned> = broadcasts.iter().zip(0..).map(|(b, rank)| b.planned(plan, rank)).collect();
    slots.retain(|p| from <= p.slot.planned_at && p.slot.planned_at < to);
    slots.sort_by(|a, b| a.slot.cmp(&b.slot));
    let mut outputs: Vec<OutputId> = broadcasts.iter().map(|b| b.output.into()).collect();
    outputs.dedup();
    Rundown { from, to, plan_hash: plan.into(), station: "test".into(), outputs, slots, standing: vec![] }
}

pub fn builder(broadcasts: Vec<B>) -> Builder<'static> {
    Box::new(move |_, from, to, _| rundown("plan", &broadcasts, from, to))
}

fn station(broadcasts: &[B]) -> Station<'static> {
    Station::start(at(0.0), builder(broadcasts.to_vec())).with_marks()
}

/// The log in short: `item@seconds-after-05:30+seconds status/reason`, `=broadcast status/reason`.
fn short(rows: &[Row]) -> Vec<String> {
    let seconds = |wall: Wall| (wall - at(30.0)).as_millis() as f64 / 1000.0;
    rows.iter()
        .filter_map(|row| {
            let reason = row.reason.map(|r| format!("/{r}")).unwrap_or_default();
            let status = row.status.map(|s| s.to_string()).unwrap_or_default();
            match row.kind() {
                Kind::Air => Some(match row.started_at {
                    Some(started) => format!(
                        "{}@{}+{} {status}{reason}",
                        row.item.as_ref().unwrap(),
                        seconds(started),
                        row.airtime_ms.unwrap() as f64 / 1000.0
                    ),
                    None => format!("{} {status}{reason}", row.item.as_ref().unwrap()),
                }),
                Kind::End => Some(format!("={} {status}{reason}", row.broadcast.as_ref().unwrap())),
                _ => None,
            }
        })
        .collect()
}

#[track_caller]
fn expect(station: &Station, wanted: &[&str]) {
    assert_eq!(short(&station.rows), wanted);
}

/// An element as a person's order has it.
fn ordered(item: &'static str, seconds: i64, offset: i64, pause: i64) -> Element {
    let tone = item == crate::library::attention::ITEM;
    let name = if tone { "signal" } else { item };
    let element = b("order", 0.0, &[(name, seconds)]).planned("plan", 0).elements[0].clone();
    let facts = ItemFacts { item: item.into(), ..element.facts.as_deref().unwrap().clone() };
    Element { facts: Some(Arc::new(facts)), offset: secs(offset), pause: secs(pause), ..element }
}

impl Station<'_> {
    /// Orders an item now, inside hours.
    pub fn play(&mut self, item: &'static str, seconds: i64, priority: Priority) -> Answer {
        let mut order = b("@request", (self.wall() - at(0.0)).as_secs_f64() / 60.0, &[(item, seconds)]);
        order.priority = priority;
        let mut planned = order.planned("plan", 99);
        planned.slot.planned_at = self.wall();
        let ask = Order::Play { item: item.into(), priority, outputs: vec![], reason: None, emergency: None };
        self.ask(ask, Some(Box::new(PlayOrder { slots: vec![planned] }))).unwrap()
    }

    /// Calls an emergency now, on the one output; times are seconds.
    pub fn emergency(&mut self, item: &'static str, seconds: i64, times: u32, every: i64, lasting: i64) -> Answer {
        let mut planned = b("@request", 0.0, &[(item, seconds)]).planned("plan", 99);
        let now = self.wall();
        let tone = crate::library::attention::ITEM;
        let elements = (0..i64::from(times)).flat_map(|time| {
            let pause = if time + 1 < i64::from(times) { every - seconds - 2 } else { 0 };
            [ordered(tone, 2, time * every, 0), ordered(item, seconds, time * every + 2, pause)]
        });
        planned.elements = elements.collect();
        planned.slot.planned_at = now;
        let facts = SlotFacts { priority: Priority::Emergency, ..(*planned.facts).clone() };
        (planned.facts, planned.session, planned.end_by) = (Arc::new(facts), None, now + secs(lasting));
        planned.start_by = planned.end_by;
        let emergency = Emergency { lasting: secs(lasting), times, every: secs(every) };
        let (priority, reason) = (Priority::Emergency, Some("flood".into()));
        let ask = Order::Play { item: item.into(), priority, outputs: vec![], reason, emergency: Some(emergency) };
        self.ask(ask, Some(Box::new(PlayOrder { slots: vec![planned] }))).unwrap()
    }
}

pub fn doubtful() -> ClockStatus {
    ClockStatus { evidence: Evidence::Carried, doubtful: true, why: Some(Doubt::Carried) }
}

#[test]
fn a_slot_airs_on_its_instant_element_by_element_and_the_device_is_closed() {
    let mut s = station(&[b("morning", 30.0, &[("signal", 8), ("a", 60), ("b", 40)])]);
    s.run_until(at(29.45));
    assert_eq!(s.status().output[0].state, DeviceState::Closed);
    s.run_until(at(29.6));
    assert_eq!(s.status().output[0].state, DeviceState::Open, "half a minute ahead, so that a lost one is replaced");
    s.run_until(at(60.0));
    expect(&s, &["signal@0+8 aired", "a@8+60 aired", "b@68+40 aired", "=morning aired"]);
    assert_eq!(s.status().output[0].state, DeviceState::Closed);
    assert_eq!(s.status().state, State::Idle);
    assert!(s.unsettled.is_empty());
}

#[test]
fn what_collides_waits_its_turn_and_misses_when_it_waited_too_long() {
    let mut s =
        station(&[b("first", 30.0, &[("a", 240), ("b", 121)]), b("second", 31.0, &[("c", 30)]), b("third", 35.0, &[("d", 30)])]);
    s.run_until(at(60.0));
    expect(
        &s,
        &["a@0+240 aired", "=second missed/output_busy", "b@240+121 aired", "=first aired", "d@361+30 aired", "=third aired"],
    );
}

#[test]
fn a_slot_behind_another_starts_on_its_very_instant() {
    let mut s = station(&[b("first", 30.0, &[("a", 60)]), b("second", 31.0, &[("c", 30)])]);
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "=first aired", "c@60+30 aired", "=second aired"]);
}

#[test]
fn a_priority_broadcast_takes_over_at_the_item_boundary_and_the_displaced_one_resumes() {
    let mut urgent = b("urgent", 30.5, &[("x", 600)]);
    urgent.priority = Priority::Priority;
    let mut s = station(&[b("plain", 30.0, &[("a", 60), ("b", 60)]), urgent]);
    s.run_until(at(89.0));
    expect(&s, &["a@0+60 aired", "x@60+600 aired", "=urgent aired", "b@660+60 aired", "=plain aired"]);
}

#[test]
fn a_priority_broadcast_that_took_over_sounds_whole_before_the_displaced_one_resumes() {
    let mut urgent = b("urgent", 30.25, &[("x", 20), ("y", 20), ("z", 20)]);
    urgent.priority = Priority::Priority;
    let mut s = station(&[b("plain", 30.0, &[("a", 10), ("b", 20), ("c", 30), ("d", 10)]), urgent]);
    s.run_until(at(89.0));
    expect(
        &s,
        &[
            "a@0+10 aired",
            "b@10+20 aired",
            "x@30+20 aired",
            "y@50+20 aired",
            "z@70+20 aired",
            "=urgent aired",
            "c@90+30 aired",
            "d@120+10 aired",
            "=plain aired",
        ],
    );
}

#[test]
fn two_outputs_sound_at_the_same_time() {
    let mut second = b("morning", 30.0, &[("a", 60)]);
    second.output = "market";
    let mut s = station(&[b("morning", 30.0, &[("a", 60)]), second]);
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "=morning aired", "a@0+60 aired", "=morning aired"]);
}

#[test]
fn an_unplayable_element_is_missed_and_the_rest_airs() {
    let mut broken = b("morning", 30.0, &[("signal", 8), ("a", 60), ("b", 40)]);
    broken.broken = Some(("a", Reason::FileError));
    let mut s = station(&[broken]);
    s.run_until(at(60.0));
    expect(&s, &["signal@0+8 aired", "a missed/file_error", "b@8+40 aired", "=morning partial/file_error"]);
}

#[test]
fn at_the_close_of_hours_what_does_not_fit_is_dropped_pick_by_pick() {
    let mut late = b("late", 88.0, &[("signal", 8), ("a", 60), ("b", 60), ("c", 40)]);
    late.picked = true;
    let mut s = station(&[late]);
    s.run_until(at(100.0));
    expect(
        &s,
        &[
            "c skipped/outside_hours",
            "b skipped/outside_hours",
            "signal@3480+8 aired",
            "a@3488+60 aired",
            "=late partial/outside_hours",
        ],
    );
}

#[test]
fn the_quota_counts_what_has_sounded_in_the_session() {
    let quota = |mut broadcast: B| {
        broadcast.quota = Some(100);
        broadcast
    };
    let mut s = station(&[
        quota(b("one", 30.0, &[("a", 60)])),
        quota(b("two", 40.0, &[("b", 60)])),
        quota(b("three", 50.0, &[("c", 40)])),
    ]);
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "=one aired", "=two skipped/over_quota", "c@1200+40 aired", "=three aired"]);
}

#[test]
fn a_power_cut_closes_the_take_and_the_element_restarts_under_late() {
    let mut s = station(&[b("morning", 30.0, &[("a", 60), ("b", 60)])]);
    s.run_until(at(31.5));
    let mut s = s.cut_power(at(33.0), Reason::PowerOff, trusted_clock());
    s.run_until(at(60.0));
    let rows = short(&s.rows);
    assert_eq!(rows[0], "a@0+60 aired");
    assert!(rows[1].starts_with("b@60+") && rows[1].ends_with("partial/power_off"), "{rows:?}");
    assert!(rows[2].starts_with("b@180.") && rows[2].ends_with("+60 aired"), "{rows:?}");
    assert_eq!(rows[3], "=morning aired");
}

#[test]
fn after_a_long_power_cut_what_was_missed_says_so_once() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), b("two", 40.0, &[("b", 60)]), b("three", 80.0, &[("c", 30)])]);
    s.run_until(at(30.5));
    let mut s = s.cut_power(at(70.0), Reason::PowerOff, trusted_clock());
    s.run_until(at(100.0));
    let rows = short(&s.rows);
    assert!(rows[0].starts_with("a@0+") && rows[0].ends_with("partial/power_off"), "{rows:?}");
    assert_eq!(rows[1..], ["=one partial/power_off", "=two missed/power_off", "c@3000+30 aired", "=three aired"]);
}

#[test]
fn a_brown_out_loop_arms_a_slot_three_times() {
    let mut s = station(&[b("morning", 30.0, &[("a", 200)])]);
    for minute in 1..6 {
        s.run_until(at(30.0 + f64::from(minute) * 0.5));
        s = s.cut_power(at(30.1 + f64::from(minute) * 0.5), Reason::PowerOff, trusted_clock());
    }
    s.run_until(at(60.0));
    let rows = short(&s.rows);
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert_eq!(rows[3], "=morning partial/power_off");
}

#[test]
fn on_a_doubtful_clock_nothing_airs_and_no_slot_is_ended() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), b("two", 40.0, &[("b", 60)])]);
    s.run_until(at(20.0));
    let mut s = s.cut_power(at(20.5), Reason::PowerOff, doubtful());
    s.run_until(at(41.0));
    expect(&s, &[]);
    assert_eq!(s.status().state, State::Fault);
    s.happen(judged(trusted_clock(), None));
    s.run_until(at(60.0));
    let rows = short(&s.rows);
    assert_eq!(rows[0], "=one missed/clock_unset");
    assert!(rows[1].starts_with("b@660") && rows[1].ends_with("+60 aired"), "{rows:?}");
}

#[test]
fn a_jump_back_never_repeats_and_a_step_forward_misses_with_its_reason() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), b("two", 45.0, &[("b", 60)]), b("three", 58.0, &[("c", 60)])]);
    s.run_until(at(32.0));
    s.step_clock(secs(-300), trusted_clock());
    s.run_until(at(33.0));
    expect(&s, &["a@0+60 aired", "=one aired"]);
    s.step_clock(secs(1200), trusted_clock());
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "=one aired", "=two missed/clock_step", "c@1680+60 aired", "=three aired"]);
}

#[test]
fn stop_silences_what_is_due_and_later_slots_air() {
    let mut s = station(&[b("one", 30.0, &[("a", 120)]), b("wait", 30.5, &[("w", 30)]), b("two", 40.0, &[("b", 60)])]);
    s.run_until(at(31.0));
    assert_eq!(s.ask(Order::Stop { output: None }, None), Some(Answer::Done));
    s.run_until(at(60.0));
    let rows = short(&s.rows);
    assert_eq!(rows[0], "=wait skipped/operator");
    assert!(rows[1].starts_with("a@0+60.") && rows[1].ends_with("partial/operator"), "{rows:?}");
    assert_eq!(rows[2..], ["=one partial/operator", "b@600+60 aired", "=two aired"]);
}

#[test]
fn an_order_that_is_sent_again_is_carried_out_once_and_the_oldest_are_forgotten_first() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)])]);
    let orders = |s: &Station| s.rows.iter().filter(|row| row.kind() == Kind::Order).count();
    let stop = || Order::Stop { output: None };
    // In the order of letters the newest would be the first to go, and `z` the last.
    s.ask_as("z", stop(), None);
    let many = crate::playout::conductor::orders::REMEMBERED;
    (0..many).for_each(|n| drop(s.ask_as(&format!("m{n:05}"), stop(), None)));
    s.ask_as("a", stop(), None);
    assert_eq!(orders(&s), many + 2);
    for (id, again) in [("a", 0), ("m00001", 0), ("z", 1), ("m00000", 1)] {
        let before = orders(&s);
        assert_eq!(s.ask_as(id, stop(), None), Some(Answer::Done));
        assert_eq!(orders(&s) - before, again, "{id}");
    }
}

#[test]
fn a_hold_is_silent_until_released() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), b("two", 40.0, &[("b", 60)]), b("three", 50.0, &[("c", 60)])]);
    s.run_until(at(29.99));
    s.ask(Order::Hold { until: Some(at(35.0)) }, None);
    s.run_until(at(41.0));
    expect(&s, &["=one skipped/hold", "b@600+60 aired", "=two aired"]);
    s.ask(Order::Hold { until: None }, None);
    s.run_until(at(55.0));
    assert_eq!(s.status().state, State::Hold);
    assert_eq!(s.ask(Order::Release, None), Some(Answer::Done));
    assert_eq!(s.ask(Order::Release, None), Some(Answer::Refused(Refusal::NothingToUndo)));
    expect(&s, &["=one skipped/hold", "b@600+60 aired", "=two aired", "=three skipped/hold"]);
}

#[test]
fn a_skipped_broadcast_ends_as_skipped_and_an_unskipped_one_airs() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), b("two", 40.0, &[("b", 60)])]);
    let skip = |id: &str, minutes: f64| Order::Skip { broadcast: id.into(), planned_at: vec![at(minutes)] };
    assert_eq!(s.ask(skip("one", 30.0), None), Some(Answer::Done));
    s.ask(skip("two", 40.0), None);
    assert_eq!(s.ask(Order::Unskip { broadcast: "two".into(), planned_at: vec![at(40.0)] }, None), Some(Answer::Done));
    s.run_until(at(60.0));
    expect(&s, &["=one skipped/operator", "b@600+60 aired", "=two aired"]);
    assert_eq!(s.ask(skip("one", 30.0), None), Some(Answer::Refused(Refusal::TooLate)));
}

#[test]
fn an_ordered_item_airs_at_once_inside_hours_and_waits_behind_what_sounds() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)])]);
    s.run_until(at(30.5));
    let mut order = b("@request", 30.5, &[("x", 20)]);
    order.late = 300;
    let play = PlayOrder { slots: vec![order.planned("plan", 99)] };
    let ask = Order::Play {
        item: "x".into(),
        priority: Priority::Ordinary,
        outputs: vec!["amplifier".into()],
        reason: None,
        emergency: None,
    };
    assert_eq!(
        s.ask(ask, Some(Box::new(play))),
        Some(Answer::Playing { broadcast: "@request-1".into(), until: None, short_of: 0 })
    );
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "=one aired", "x@60+20 aired", "=@request-1 aired"]);
}

#[test]
fn a_lost_device_restarts_the_element_when_it_is_back_and_the_gap_is_a_row() {
    let mut s = station(&[b("one", 30.0, &[("a", 60), ("b", 60)])]);
    s.run_until(at(30.5));
    s.lose_device(&"amplifier".into());
    s.run_until(at(31.0));
    assert_eq!(s.status().state, State::Fault);
    s.device_back(&"amplifier".into());
    s.run_until(at(60.0));
    let rows = short(&s.rows);
    assert!(rows[0].starts_with("a@0+3") && rows[0].ends_with("partial/device_fault"), "{rows:?}");
    assert!(rows[1].starts_with("a@60.") && rows[1].ends_with("+60 aired"), "{rows:?}");
    assert_eq!(rows[3], "=one aired");
    let faults: Vec<&Row> = s.rows.iter().filter(|r| r.kind() == Kind::Fault).collect();
    assert!(faults.iter().any(|r| r.ended_at.is_some()));
}

#[test]
fn a_new_plan_owes_only_later_instants_and_what_sounds_goes_on() {
    let mut s = station(&[b("one", 30.0, &[("a", 120)]), b("two", 40.0, &[("b", 60)])]);
    s.run_until(at(31.0));
    let new = [b("added", 30.9, &[("z", 10)]), b("two", 45.0, &[("b", 60)])];
    let mut rundown = rundown("new", &new, at(0.0), at(2000.0));
    rundown.from = at(31.0);
    rundown.standing = vec![in_force::all_of(&b("one", 30.0, &[("a", 120)]).planned("plan", 0))];
    s.happen(Event::Rundown(rundown));
    s.run_until(at(60.0));
    expect(&s, &["a@0+120 aired", "=one aired", "b@900+60 aired", "=two aired"]);
}

#[test]
fn a_good_end_closes_what_sounds_as_stopped() {
    let mut s = station(&[b("one", 30.0, &[("a", 120)])]);
    s.run_until(at(31.0));
    s.shut_down();
    let rows = short(&s.rows);
    assert!(rows[0].starts_with("a@0+60.") && rows[0].ends_with("partial/stopped"), "{rows:?}");
    assert_eq!(rows[1], "=one partial/stopped");
}

#[test]
fn after_a_tick_the_deadline_lies_in_the_future() {
    let mut s = station(&[b("one", 30.0, &[("a", 60), ("b", 30)]), b("two", 30.0, &[("c", 600)])]);
    for minute in 0..120 {
        s.run_until(at(f64::from(minute)));
        s.happen(Event::Tick);
        assert!(s.deadline().is_some_and(|deadline| deadline > s.wall()), "minute {minute}");
    }
}

#[test]
fn an_armed_start_that_a_step_makes_too_late_does_not_sound() {
    let mut strict = b("one", 30.0, &[("a", 60)]);
    strict.late = 10;
    let mut s = station(&[strict]);
    s.run_until(at(29.97));
    s.step_clock(secs(60), trusted_clock());
    s.run_until(at(60.0));
    expect(&s, &["=one missed/clock_step"]);
}

#[test]
fn what_waits_behind_its_instant_survives_a_power_cut() {
    let mut s = station(&[b("one", 30.0, &[("a", 200)]), b("wait", 31.0, &[("w", 30)])]);
    s.run_until(at(32.0));
    let mut s = s.cut_power(at(40.0), Reason::PowerOff, trusted_clock());
    s.run_until(at(60.0));
    let rows = short(&s.rows);
    assert_eq!(rows[1..], ["=one partial/power_off", "=wait missed/power_off"]);
}

#[test]
fn a_quota_counts_sound_and_not_the_pauses_between() {
    let mut close = b("one", 30.0, &[("a", 50), ("b", 50)]);
    close.quota = Some(100);
    close.pause = 5;
    let mut s = station(&[close]);
    s.run_until(at(60.0));
    expect(&s, &["a@0+50 aired", "b@55+50 aired", "=one aired"]);
}

#[test]
fn a_slot_is_on_air_in_the_pause_between_its_elements_too() {
    let mut pausing = b("one", 30.0, &[("a", 50), ("b", 50)]);
    pausing.pause = 10;
    let mut s = station(&[pausing]);
    s.run_until(at(30.0) + secs(55));
    let status = s.status();
    assert_eq!((status.state, status.now.len(), status.now[0].element), (State::OnAir, 1, 2));
    s.run_until(at(33.0));
    assert_eq!(s.status().state, State::Idle);
}

#[test]
fn what_a_step_passes_is_not_said_to_have_waited_for_another() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), b("two", 31.0, &[("b", 60)])]);
    s.run_until(at(29.97));
    s.step_clock(secs(3600), trusted_clock());
    s.run_until(at(95.0));
    let mut rows = short(&s.rows);
    rows.sort();
    assert_eq!(rows, ["=one missed/clock_step", "=two missed/clock_step"]);
}

#[test]
fn a_clock_that_wakes_years_ahead_repeats_nothing_that_ended() {
    let years = secs(20 * 366 * 86_400);
    let mut s = station(&[b("one", 30.0, &[("a", 20)])]);
    s.run_until(at(30.5));
    let mut s = s.cut_power(at(30.6) + years, Reason::PowerOff, doubtful());
    s.step_clock(-years, trusted_clock());
    s.run_until(at(60.0));
    expect(&s, &["a@0+20 aired", "=one aired"]);
}

#[test]
fn a_clock_that_leaps_by_decades_owes_little_more_than_a_year() {
    let years = secs(54 * 366 * 86_400);
    let (asked, mut build) = (std::cell::RefCell::new(Vec::new()), builder(vec![b("one", 30.0, &[("a", 20)])]));
    let noting: Builder = Box::new(|history, from, to, now| {
        asked.borrow_mut().push(from);
        build(history, from, to, now)
    });
    let mut s = Station::start(at(20.0), noting);
    s.step_clock(years, trusted_clock());
    s.run_until(at(21.0) + years);
    let oldest = at(20.0) + years - crate::playout::conductor::OWES_FOR;
    assert!(asked.borrow().last().is_some_and(|from| *from >= oldest && *from < oldest + secs(60)), "{asked:?}");
    s.step_clock(-years, trusted_clock());
    s.run_until(at(31.0));
    expect(&s, &["a@0+20 aired", "=one aired"]);
}

#[test]
fn a_reload_on_a_doubtful_clock_leaves_no_hole_in_what_is_owed() {
    let days = |n: f64| n * 1440.0;
    let mut first = b("first", 30.0 + days(2.0), &[("a", 60)]);
    first.opens = 30.0 + days(2.0);
    let mut second = b("second", 30.0 + days(50.0), &[("b", 60)]);
    second.opens = 30.0 + days(50.0);
    let plan = [first, second];
    let mut s = station(&plan);
    s.run_until(at(20.0));
    let mut s = s.cut_power(at(20.5), Reason::PowerOff, doubtful());
    s.run_until(at(days(49.0)));
    // Recordings have changed: the rundown of a reload begins now.
    s.happen(Event::Rundown(rundown("plan", &plan, at(days(49.0)), at(days(51.0)))));
    s.run_until(at(days(95.0)));
    s.happen(judged(trusted_clock(), None));
    s.run_until(at(days(96.0)));
    let mut rows = short(&s.rows);
    rows.sort();
    assert_eq!(rows, ["=first missed/clock_unset", "=second missed/clock_unset"]);
}

#[test]
fn a_pause_behind_an_element_that_cannot_sound_is_no_dead_air() {
    let mut pausing = b("one", 30.0, &[("a", 50), ("b", 50), ("c", 50)]);
    (pausing.pause, pausing.broken) = (10, Some(("b", Reason::PoolEmpty)));
    let mut s = station(&[pausing]);
    s.run_until(at(40.0));
    expect(&s, &["a@0+50 aired", "b missed/pool_empty", "c@60+50 aired", "=one partial/pool_empty"]);
    assert!(s.rows.iter().all(|row| row.kind() != Kind::Fault), "{:?}", s.rows);
}
