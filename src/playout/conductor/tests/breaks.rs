//! What becomes of a slot when the power, the device or the daemon goes.

use super::*;

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
fn what_waits_behind_its_instant_survives_a_power_cut() {
    let mut s = station(&[b("one", 30.0, &[("a", 200)]), b("wait", 31.0, &[("w", 30)])]);
    s.run_until(at(32.0));
    let mut s = s.cut_power(at(40.0), Reason::PowerOff, trusted_clock());
    s.run_until(at(60.0));
    let rows = short(&s.rows);
    assert_eq!(rows[1..], ["=one partial/power_off", "=wait missed/power_off"]);
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
fn a_good_end_closes_what_sounds_as_stopped() {
    let mut s = station(&[b("one", 30.0, &[("a", 120)])]);
    s.run_until(at(31.0));
    s.shut_down();
    let rows = short(&s.rows);
    assert!(rows[0].starts_with("a@0+60.") && rows[0].ends_with("partial/stopped"), "{rows:?}");
    assert_eq!(rows[1], "=one partial/stopped");
}
