//! What does not fit into the hours, or into the quota of a session.

use super::*;

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
fn a_quota_counts_sound_and_not_the_pauses_between() {
    let mut close = b("one", 30.0, &[("a", 50), ("b", 50)]);
    close.quota = Some(100);
    close.pause = 5;
    let mut s = station(&[close]);
    s.run_until(at(60.0));
    expect(&s, &["a@0+50 aired", "b@55+50 aired", "=one aired"]);
}
