//! A clock that nobody believes, that steps, or that wakes in another year.

use super::*;

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
