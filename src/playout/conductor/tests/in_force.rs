//! A plan that has changed holds for what was settled before: by a reload for what waits and what comes next, at a start for all of it.

use super::*;
use crate::rundown::allowed::Allowed;

/// What a plan with nothing against it allows of a slot.
pub fn all_of(planned: &Planned) -> Allowed {
    let nothing = vec![None; planned.elements.len()];
    let slot = planned.slot.clone();
    Allowed { slot, settled_by: "plan".into(), end_by: Some(planned.end_by), withdrawn: nothing.clone(), withdrawn_anew: nothing }
}

/// A plan in the place of the one that had these broadcasts; it has none, and allows of theirs what `change` leaves.
fn changed(broadcasts: &[B], from: Wall, change: impl Fn(&mut Allowed)) -> Rundown {
    let standing = broadcasts.iter().zip(0..).map(|(b, rank)| {
        let mut allowed = all_of(&b.planned("plan", rank));
        change(&mut allowed);
        allowed
    });
    Rundown { standing: standing.collect(), ..rundown("new", &[], from, at(2000.0)) }
}

/// Reloads a running station: its hours are closed, its items withdrawn.
fn reload(s: &mut Station, broadcasts: &[B], change: impl Fn(&mut Allowed)) {
    s.happen(Event::Rundown(Rundown { outputs: vec!["amplifier".into()], ..changed(broadcasts, s.wall(), change) }));
}

/// Lives until `cut`, and starts again half a minute later with a plan that has changed meanwhile.
fn edited_while_off(broadcasts: &[B], cut: f64, change: impl Fn(&mut Allowed) + 'static) -> Station<'static> {
    let (before, plan) = (broadcasts.to_vec(), broadcasts.to_vec());
    let builder = move |_: &_, from, to, now| {
        if now < at(cut) { rundown("plan", &before, from, to) } else { Rundown { to, ..changed(&plan, from, &change) } }
    };
    let mut s = Station::start(at(0.0), Box::new(builder)).with_marks();
    s.run_until(at(cut));
    let mut s = s.cut_power(at(cut + 0.5), Reason::PowerOff, trusted_clock());
    s.run_until(at(60.0));
    s
}

fn close(at: Wall) -> impl Fn(&mut Allowed) {
    move |allowed| allowed.end_by = Some(at)
}

fn withdraw(element: usize) -> impl Fn(&mut Allowed) {
    move |allowed| {
        for list in [&mut allowed.withdrawn, &mut allowed.withdrawn_anew] {
            if let Some(reason) = list.get_mut(element) {
                *reason = Some(Reason::NotValid);
            }
        }
    }
}

fn give_up(allowed: &mut Allowed) {
    allowed.withdrawn_anew.fill(Some(Reason::NoPlan));
}

fn three() -> B {
    b("one", 30.0, &[("a", 60), ("b", 60), ("c", 60)])
}

#[test]
fn hours_that_a_reload_closes_let_what_sounds_end_and_nothing_else_begin() {
    let plan = [three(), b("waits", 30.2, &[("w", 60)])];
    let mut s = station(&plan);
    s.run_until(at(30.5));
    reload(&mut s, &plan, close(at(30.0)));
    s.run_until(at(60.0));
    expect(
        &s,
        &[
            "=waits skipped/outside_hours",
            "a@0+60 aired",
            "b skipped/outside_hours",
            "c skipped/outside_hours",
            "=one partial/outside_hours",
        ],
    );
    assert_eq!(s.status().output[0].state, DeviceState::Closed);
}

#[test]
fn hours_that_a_reload_lets_close_earlier_fade_out_what_sounds_then() {
    let plan = [three()];
    let mut s = station(&plan);
    s.run_until(at(30.5));
    reload(&mut s, &plan, close(at(30.75)));
    s.run_until(at(60.0));
    expect(
        &s,
        &["a@0+45.01 partial/outside_hours", "b skipped/outside_hours", "c skipped/outside_hours", "=one partial/outside_hours"],
    );
}

#[test]
fn hours_that_are_open_again_hold_too() {
    let plan = [three()];
    let mut s = station(&plan);
    s.run_until(at(30.2));
    reload(&mut s, &plan, close(at(30.75)));
    s.run_until(at(30.5));
    reload(&mut s, &plan, |_| {});
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "b@60+60 aired", "c@120+60 aired", "=one aired"]);
}

#[test]
fn an_item_that_a_reload_withdraws_does_not_begin_and_what_comes_after_it_does() {
    let plan = [three()];
    let mut s = station(&plan);
    s.run_until(at(30.5));
    reload(&mut s, &plan, withdraw(1));
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "b missed/not_valid", "c@60+60 aired", "=one partial/not_valid"]);
}

#[test]
fn what_sounds_goes_on_when_its_item_is_withdrawn_and_does_not_come_again() {
    let plan = [three()];
    let mut s = station(&plan);
    s.run_until(at(30.5));
    reload(&mut s, &plan, withdraw(0));
    s.run_until(at(30.75));
    s.emergency("x", 20, 1, 600, 1800);
    s.run_until(at(60.0));
    expect(
        &s,
        &[
            "a@0+45.01 partial/preempted",
            "@attention@45.06+2 aired",
            "x@47.06+20 aired",
            "=@request-1 aired",
            "b@67.06+60 aired",
            "c@127.06+60 aired",
            "=one partial/not_valid",
        ],
    );
}

#[test]
fn what_is_tied_already_is_cut_as_it_begins() {
    let plan = [three()];
    let mut s = station(&plan);
    s.run_until(at(30.0) + secs(59));
    reload(&mut s, &plan, withdraw(1));
    s.run_until(at(60.0));
    let rows = short(&s.rows);
    assert_eq!((rows[0].as_str(), rows.len()), ("a@0+60 aired", 4), "{rows:?}");
    assert!(rows[1].starts_with("b@60+0.01") && rows[1].ends_with("partial/not_valid"), "{rows:?}");
    assert!(rows[2].starts_with("c@60.0") && rows[2].ends_with("+60 aired"), "{rows:?}");
    assert_eq!(rows[3], "=one partial/not_valid");
}

#[test]
fn a_reload_that_has_the_broadcast_no_more_leaves_what_is_on_air_to_its_plan() {
    let plan = [three()];
    let mut s = station(&plan);
    s.run_until(at(30.5));
    reload(&mut s, &plan, give_up);
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "b@60+60 aired", "c@120+60 aired", "=one aired"]);
}

#[test]
fn what_begins_while_a_new_plan_is_on_its_way_is_held_to_it_too() {
    let plan = [three()];
    let closed = plan.clone();
    let builder = move |_: &_, from, to, now| {
        if now < at(30.4) { rundown("plan", &closed, from, to) } else { changed(&closed, from, close(at(30.0))) }
    };
    let mut s = Station::start(at(0.0), Box::new(builder)).with_marks();
    s.run_until(at(30.5));
    // It was made before the slot was armed, and knows nothing of it.
    s.happen(Event::Rundown(Rundown { standing: vec![], ..changed(&plan, s.wall(), |_| {}) }));
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "b skipped/outside_hours", "c skipped/outside_hours", "=one partial/outside_hours"]);
}

#[test]
fn what_a_start_recovers_goes_on_only_within_the_plan_in_force() {
    let cut = |reason: &str| ["a@0+30 partial/power_off".to_owned(), format!("=one partial/{reason}")];
    let ends = |change: fn(&mut Allowed)| {
        let s = edited_while_off(&[three()], 30.5, change);
        let rows = short(&s.rows);
        assert!(rows.iter().skip(1).all(|row| !row.contains('@')), "nothing sounds: {rows:?}");
        [rows[0].clone(), rows[rows.len() - 1].clone()]
    };
    assert_eq!(ends(give_up), cut("no_plan"));
    assert_eq!(ends(|allowed| allowed.end_by = Some(at(30.25))), cut("outside_hours"));
    assert_eq!(ends(|allowed| allowed.withdrawn_anew.fill(Some(Reason::NotValid))), cut("not_valid"));
    let s = edited_while_off(&[three()], 30.5, withdraw(0));
    expect(&s, &["a@0+30 partial/power_off", "b@60.06+60 aired", "c@120.06+60 aired", "=one partial/not_valid"]);
}

#[test]
fn what_waited_at_the_cut_begins_only_within_the_plan_in_force() {
    let plan = [b("one", 30.0, &[("a", 60)]), b("waits", 30.2, &[("w", 60)])];
    let s = edited_while_off(&plan, 30.5, give_up);
    expect(&s, &["a@0+30 partial/power_off", "=one partial/no_plan", "=waits missed/no_plan"]);
}

#[test]
fn a_jingle_is_not_aired_alone_when_what_it_leads_in_is_withdrawn() {
    let plan = [b("one", 30.0, &[("signal", 60), ("a", 60), ("signal-off", 10)])];
    let s = edited_while_off(&plan, 30.5, withdraw(1));
    let rows = short(&s.rows);
    assert_eq!((rows[0].as_str(), rows.last().unwrap().as_str()), ("signal@0+30 partial/power_off", "=one missed/not_valid"));
    assert!(rows.iter().skip(1).all(|row| !row.contains('@')), "nothing sounds: {rows:?}");
}

#[test]
fn what_comes_too_late_says_why_whatever_the_plan_says_by_now() {
    let late = B { late: 20, ..three() };
    let s = edited_while_off(&[late], 30.5, give_up);
    let rows = short(&s.rows);
    assert_eq!(rows[0], "a@0+30 partial/power_off");
    assert!(rows.last().unwrap().starts_with("=one partial/power_off"), "{rows:?}");
}

#[test]
fn an_emergency_goes_on_after_a_start_unless_its_recording_is_gone() {
    let call = |gone: bool| {
        let builder = move |_: &_, from, to, now| {
            let mut rundown = rundown("plan", &[b("never", 500.0, &[("n", 1)])], from, to);
            if now > at(30.2) {
                let slot = Slot { planned_at: at(30.0), broadcast: "@request-1".into(), output: "amplifier".into() };
                let item = Some(Reason::NotValid).filter(|_| gone);
                let list = vec![None, item, None, item];
                rundown.standing = vec![Allowed {
                    slot,
                    settled_by: "plan".into(),
                    end_by: None,
                    withdrawn: list.clone(),
                    withdrawn_anew: list,
                }];
            }
            rundown
        };
        let mut s = Station::start(at(0.0), Box::new(builder)).with_marks();
        s.run_until(at(30.0));
        s.emergency("x", 20, 2, 120, 1800);
        s.run_until(at(30.5));
        let mut s = s.cut_power(at(31.0), Reason::PowerOff, trusted_clock());
        s.run_until(at(60.0));
        short(&s.rows)
    };
    assert_eq!(call(false).last().unwrap(), "=@request-1 aired");
    let bare = ["@attention missed/not_valid", "x missed/not_valid", "=@request-1 partial/not_valid"];
    assert_eq!(call(true)[2..], bare, "no tone without what it leads in");
}

#[test]
fn what_a_new_plan_has_in_the_place_of_a_slot_is_not_held_to_what_was_said_of_the_other() {
    let plan = [three()];
    let mut s = station(&plan);
    // Armed, and to begin in three seconds.
    s.run_until(at(30.0) - secs(3));
    let other = rundown("new", &[b("one", 30.0, &[("x", 60), ("y", 60)])], at(0.0), at(2000.0));
    s.happen(Event::Rundown(Rundown { from: s.wall(), slots: other.slots, ..changed(&plan, s.wall(), withdraw(1)) }));
    s.run_until(at(60.0));
    expect(&s, &["x@0+60 aired", "y@60+60 aired", "=one aired"]);
}

#[test]
fn a_new_plan_owes_only_later_instants_and_what_sounds_goes_on() {
    let mut s = station(&[b("one", 30.0, &[("a", 120)]), b("two", 40.0, &[("b", 60)])]);
    s.run_until(at(31.0));
    let new = [b("added", 30.9, &[("z", 10)]), b("two", 45.0, &[("b", 60)])];
    let mut rundown = rundown("new", &new, at(0.0), at(2000.0));
    rundown.from = at(31.0);
    rundown.standing = vec![all_of(&b("one", 30.0, &[("a", 120)]).planned("plan", 0))];
    s.happen(Event::Rundown(rundown));
    s.run_until(at(60.0));
    expect(&s, &["a@0+120 aired", "=one aired", "b@900+60 aired", "=two aired"]);
}

#[test]
fn what_is_armed_and_waits_stays_with_its_plan_when_the_clock_jumps_back() {
    let plan = [b("one", 30.0, &[("a", 60)]), b("two", 30.5, &[("c", 30)])];
    let mut s = station(&plan);
    s.run_until(at(30.0) + secs(40));
    // Its instant has passed, and lies ahead again when the new plan comes, which does not have it.
    s.step_clock(secs(-30), trusted_clock());
    let standing = plan.iter().map(|broadcast| all_of(&broadcast.planned("plan", 0))).collect();
    let new = rundown("new", &[], s.wall(), at(2000.0));
    s.happen(Event::Rundown(Rundown { outputs: vec!["amplifier".into()], standing, ..new }));
    s.run_until(at(40.0));
    expect(&s, &["a@0+60 aired", "=one aired", "c@30+30 aired", "=two aired"]);
}
