//! Why nothing starts now: each reason has its moment, and no reason keeps a slot longer than it may.

use super::*;
use crate::playout::conductor::states::Wait;

#[track_caller]
fn waits(s: &mut Station, at: Wall, wanted: &Wait) {
    s.run_until(at);
    assert_eq!(s.waits("amplifier").as_ref(), Some(wanted));
}

fn slot(s: &Station, id: &str) -> Slot {
    let found = s.open_slots.keys().find(|slot| slot.broadcast == BroadcastId::from(id));
    found.unwrap_or_else(|| panic!("{id} is not on its way")).clone()
}

#[test]
fn nobody_wants_the_output_then_a_recording_is_loaded_then_what_has_it_goes_on() {
    let mut s = station(&[b("one", 30.0, &[("a", 60), ("b", 60)])]);
    waits(&mut s, at(29.0), &Wait::Nobody);
    waits(&mut s, at(30.0) - secs(5), &Wait::Loading);
    waits(&mut s, at(30.0) - secs(4), &Wait::Busy);
    waits(&mut s, at(30.5), &Wait::Busy);
    s.run_until(at(33.0));
    assert_eq!(s.waits("amplifier"), Some(Wait::Nobody));
    expect(&s, &["a@0+60 aired", "b@60+60 aired", "=one aired"]);
}

#[test]
fn behind_the_last_element_the_next_slot_is_tied_two_seconds_ahead() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), b("two", 30.5, &[("c", 30)])]);
    waits(&mut s, at(30.0) + secs(57), &Wait::Early);
    waits(&mut s, at(30.0) + secs(59), &Wait::Busy);
    s.run_until(at(33.0));
    expect(&s, &["a@0+60 aired", "=one aired", "c@60+30 aired", "=two aired"]);
}

#[test]
fn what_would_come_too_late_behind_another_is_not_tied_and_misses_when_it_is_too_late() {
    let strict = B { late: 29, ..b("two", 30.5, &[("c", 30)]) };
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), strict]);
    waits(&mut s, at(30.0) + SignedDuration::from_millis(58_500), &Wait::TooLong);
    s.run_until(at(33.0));
    expect(&s, &["=two missed/output_busy", "a@0+60 aired", "=one aired"]);
}

#[test]
fn a_disk_that_does_not_answer_is_waited_for_until_shortly_before_the_instant() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)])]).with_hanging_disk();
    waits(&mut s, at(30.0) - SignedDuration::from_millis(301), &Wait::Disk);
    waits(&mut s, at(30.0) - SignedDuration::from_millis(300), &Wait::Busy);
    s.run_until(at(33.0));
    expect(&s, &["a@0+60 aired", "=one aired"]);
    assert!(s.rows.iter().any(|row| row.kind() == Kind::Air && row.notes.log_late), "its row says so");
}

#[test]
fn an_emergency_calls_away_what_would_not_be_over_before_its_next_time() {
    let mut s = station(&[b("one", 30.0, &[("a", 60), ("b", 60)])]);
    s.run_until(at(30.5));
    assert!(matches!(s.emergency("x", 20, 2, 70, 1800), Answer::Playing { .. }));
    // The first time is over 22 seconds after the order, the next one begins 48 seconds later.
    s.run_until(at(30.5) + secs(30));
    let one = slot(&s, "one");
    assert_eq!(s.waits("amplifier"), Some(Wait::CalledAway(one)));
    s.run_until(at(40.0));
    assert_eq!(short(&s.rows).last().map(String::as_str), Some("=one aired"));
}

#[test]
fn a_slot_that_was_taken_in_anew_is_not_on_the_disk_because_the_old_one_is() {
    use crate::playout::conductor::states::Entry;
    let mut entry = Entry::Noted;
    entry.arm(Ticket(2));
    entry.note_durable(Ticket(1));
    assert!(entry.is_armed() && entry.was_noted() && !entry.is_on_disk());
    entry.note_durable(Ticket(2));
    assert!(entry.is_on_disk());
}
