//! How slots air when nothing goes wrong: on their instant, one behind the other, and who waits for whom.

use super::*;

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
    assert!(s.open_slots.is_empty());
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
fn a_pause_behind_an_element_that_cannot_sound_is_no_dead_air() {
    let mut pausing = b("one", 30.0, &[("a", 50), ("b", 50), ("c", 50)]);
    (pausing.pause, pausing.broken) = (10, Some(("b", Reason::PoolEmpty)));
    let mut s = station(&[pausing]);
    s.run_until(at(40.0));
    expect(&s, &["a@0+50 aired", "b missed/pool_empty", "c@60+50 aired", "=one partial/pool_empty"]);
    assert!(s.rows.iter().all(|row| row.kind() != Kind::Fault), "{:?}", s.rows);
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
fn after_a_tick_the_deadline_lies_in_the_future() {
    let mut s = station(&[b("one", 30.0, &[("a", 60), ("b", 30)]), b("two", 30.0, &[("c", 600)])]);
    for minute in 0..120 {
        s.run_until(at(f64::from(minute)));
        s.happen(Event::Tick);
        assert!(s.deadline().is_some_and(|deadline| deadline > s.wall()), "minute {minute}");
    }
}
