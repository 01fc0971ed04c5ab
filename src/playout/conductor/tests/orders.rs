//! What people ask: stop, hold, skip, play.

use super::*;
use crate::control::request::OrderEffect;

#[test]
fn stop_silences_what_is_due_and_later_slots_air() {
    let mut s = station(&[b("one", 30.0, &[("a", 120)]), b("wait", 30.5, &[("w", 30)]), b("two", 40.0, &[("b", 60)])]);
    s.run_until(at(31.0));
    assert!(matches!(s.ask(Order::Stop { output: None }, None), Some(Answer::Done(_))));
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
        assert!(matches!(s.ask_as(id, stop(), None), Some(Answer::Done(_))));
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
    assert!(matches!(s.ask(Order::Release, None), Some(Answer::Done(_))));
    assert_eq!(s.ask(Order::Release, None), Some(Answer::Refused(Refusal::NotHeld)));
    expect(&s, &["=one skipped/hold", "b@600+60 aired", "=two aired", "=three skipped/hold"]);
}

#[test]
fn a_skipped_broadcast_ends_as_skipped_and_an_unskipped_one_airs() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), b("two", 40.0, &[("b", 60)])]);
    let skip = |id: &str, minutes: f64| Order::Skip { broadcast: id.into(), planned_at: vec![at(minutes)] };
    assert!(matches!(s.ask(skip("one", 30.0), None), Some(Answer::Done(_))));
    s.ask(skip("two", 40.0), None);
    assert!(matches!(s.ask(Order::Unskip { broadcast: "two".into(), planned_at: vec![at(40.0)] }, None), Some(Answer::Done(_))));
    s.run_until(at(60.0));
    expect(&s, &["=one skipped/operator", "b@600+60 aired", "=two aired"]);
    assert_eq!(s.ask(skip("one", 30.0), None), Some(Answer::Refused(Refusal::TooLate)));
}

#[test]
fn what_is_called_off_does_not_begin_though_the_deck_was_told_while_another_sounds() {
    let orders = [
        ("skipped/operator", Order::Skip { broadcast: "two".into(), planned_at: vec![at(31.0)] }),
        ("skipped/mourning", mourning(30.5, 32.0, &[])),
    ];
    for (ends, order) in orders {
        let mut s = station(&[b("one", 30.0, &[("a", 58)]), b("two", 31.0, &[("b", 20)]), b("three", 33.0, &[("c", 20)])]);
        // Its start is in the deck since five seconds before its instant, and the one before sounds for a second more.
        s.run_until(at(30.95));
        assert!(matches!(s.ask(order, None), Some(Answer::Done(_))));
        s.run_until(at(40.0));
        expect(&s, &["a@0+58 aired", "=one aired", &format!("=two {ends}"), "c@180+20 aired", "=three aired"]);
    }
}

#[test]
fn what_was_called_off_stays_so_though_the_power_is_cut_before_it_has_ended() {
    let orders = [("skipped/operator", Order::Skip { broadcast: "two".into(), planned_at: vec![at(31.0)] })];
    for (ends, order) in orders.into_iter().chain([("skipped/mourning", mourning(30.5, 32.0, &[]))]) {
        let mut s = station(&[b("one", 30.0, &[("a", 58)]), b("two", 31.0, &[("b", 20)])]);
        s.run_until(at(30.95));
        s.ask(order, None);
        assert!(!short(&s.rows).iter().any(|row| row.starts_with("=two")), "the one before it sounds");
        let mut s = s.cut_power(at(31.05), Reason::PowerOff, trusted_clock());
        s.run_until(at(40.0));
        let rows = short(&s.rows);
        assert_eq!(rows.iter().filter(|row| row.starts_with("b@")).count(), 0, "{rows:?}");
        assert!(rows.contains(&format!("=two {ends}")), "{rows:?}");
    }
}

#[test]
fn what_a_power_cut_broke_off_does_not_begin_anew_in_a_mourning() {
    let mut s = station(&[b("one", 30.0, &[("a", 40), ("b", 60)])]);
    s.run_until(at(30.5));
    s.ask(mourning(0.0, 60.0, &[]), None);
    let mut s = s.cut_power(at(30.8), Reason::PowerOff, trusted_clock());
    s.run_until(at(40.0));
    let rows = short(&s.rows);
    assert!(rows.contains(&"=one partial/power_off".to_owned()), "{rows:?}");
    assert!(!rows.iter().any(|row| row.starts_with("b@")), "{rows:?}");
}

/// From minute to minute, but for these programmes.
fn mourning(from: f64, until: f64, only: &[&str]) -> Order {
    let only = only.iter().map(|id| (*id).into()).collect();
    Order::Mourning(Mourning { from: at(from), until: at(until), only, reason: "Quốc tang".into() })
}

#[test]
fn a_mourning_silences_what_is_planned_in_it_but_what_it_names_and_ends_by_itself() {
    let broadcasts = [("one", 30.0), ("news", 35.0), ("two", 40.0), ("three", 50.0)];
    let mut s = station(&broadcasts.map(|(id, minutes)| b(id, minutes, &[(id, 60)])));
    s.run_until(at(29.99));
    assert!(matches!(s.ask(mourning(30.0, 50.0, &["news"]), None), Some(Answer::Done(OrderEffect::Mourned { .. }))));
    assert_eq!(s.status().mourning.len(), 1);
    assert_eq!(s.status().next.iter().filter(|next| next.left_out == Some(Reason::Mourning)).count(), 2);
    s.run_until(at(60.0));
    assert!(s.status().mourning.is_empty());
    let silent = ["=one skipped/mourning", "news@300+60 aired", "=news aired", "=two skipped/mourning"];
    expect(&s, &[&silent as &[&str], &["three@1200+60 aired", "=three aired"]].concat());
    assert_eq!(s.ask(mourning(30.0, 50.0, &[]), None), Some(Answer::Refused(Refusal::TooLate)));
}

#[test]
fn what_has_begun_goes_on_in_a_mourning_and_a_person_may_still_play() {
    let mut s = station(&[b("one", 30.0, &[("a", 120), ("b", 60)]), b("wait", 30.5, &[("w", 30)])]);
    s.run_until(at(31.0));
    s.ask(mourning(0.0, 60.0, &[]), None);
    s.run_until(at(40.0));
    expect(&s, &["=wait skipped/mourning", "a@0+120 aired", "b@120+60 aired", "=one aired"]);
    let play = PlayOrder { slots: vec![b("@request", 40.0, &[("x", 20)]).planned("plan", 99)] };
    let ask = Order::Play { item: "x".into(), priority: Priority::Ordinary, outputs: vec![], reason: None, emergency: None };
    assert!(matches!(s.ask(ask, Some(Box::new(play))), Some(Answer::Playing { .. })));
    s.run_until(at(45.0));
    assert_eq!(short(&s.rows)[5..], ["=@request-1 aired"]);
}

#[test]
fn a_mourning_that_is_withdrawn_silences_nothing_more() {
    let mut s = station(&[b("one", 30.0, &[("a", 60)]), b("two", 40.0, &[("b", 60)])]);
    s.ask(mourning(0.0, 60.0, &[]), None);
    s.run_until(at(31.0));
    let withdraw = |from: Option<f64>| Order::WithdrawMourning { from: from.map(at) };
    assert_eq!(s.ask(withdraw(Some(5.0)), None), Some(Answer::Refused(Refusal::NotMourning)));
    assert_eq!(s.ask(withdraw(Some(0.0)), None), Some(Answer::Done(OrderEffect::MourningWithdrawn)));
    assert_eq!(s.ask(withdraw(None), None), Some(Answer::Refused(Refusal::NotMourning)));
    s.run_until(at(60.0));
    expect(&s, &["=one skipped/mourning", "b@600+60 aired", "=two aired"]);
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
        Some(Answer::Playing {
            broadcast: "@request-1".into(),
            title: Some("x".into()),
            until: None,
            short_of: 0,
            everyday: false
        })
    );
    s.run_until(at(60.0));
    expect(&s, &["a@0+60 aired", "=one aired", "x@60+20 aired", "=@request-1 aired"]);
}
