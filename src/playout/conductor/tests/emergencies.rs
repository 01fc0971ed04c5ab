//! Emergencies told as stories: at any hour, over anything, several times, until their end.

use super::*;

/// The station's morning: one broadcast of three minutes.
fn morning() -> Station<'static> {
    station(&[b("morning", 30.0, &[("a", 60), ("b", 60), ("c", 60)])])
}

fn is_taken(answer: Answer) {
    assert!(matches!(answer, Answer::Playing { .. }), "{answer:?}");
}

#[test]
fn it_sounds_outside_hours_under_a_hold_and_on_a_doubtful_clock() {
    let mut s = morning();
    s.run_until(at(10.0));
    assert!(matches!(s.ask(Order::Hold { until: None }, None), Some(Answer::Done(_))));
    s.happen(judged(doubtful(), None));
    is_taken(s.emergency("x", 20, 1, 600, 1800));
    s.run_until(at(20.0));
    expect(&s, &["@attention@-1199.94+2 aired", "x@-1197.94+20 aired", "=@request-1 aired"]);
    assert_eq!(s.status().output[0].state, DeviceState::Closed);
    assert!(s.open_slots.is_empty());
}

#[test]
fn its_times_are_counted_from_the_order_and_others_air_between_as_far_as_they_fit() {
    let mut s = station(&[b("morning", 30.0, &[("a", 60), ("b", 60), ("c", 60)]), b("brief", 34.0, &[("d", 30)])]);
    s.run_until(at(30.5));
    // Two minutes apart: of the morning's minutes only one fits between.
    is_taken(s.emergency("x", 20, 3, 120, 1800));
    s.run_until(at(60.0));
    expect(
        &s,
        &[
            "a@0+30.01 partial/preempted",
            "@attention@30.06+2 aired",
            "x@32.06+20 aired",
            "a@52.06+60 aired",
            "@attention@150+2 aired",
            "x@152+20 aired",
            "b@172+60 aired",
            "@attention@270+2 aired",
            "x@272+20 aired",
            "=@request-1 aired",
            "c@292+60 aired",
            "=morning aired",
            "d@352+30 aired",
            "=brief aired",
        ],
    );
}

#[test]
fn what_cannot_end_before_its_next_time_waits_and_may_come_too_late() {
    let mut strict = b("long", 31.0, &[("l", 100)]);
    strict.late = 60;
    let mut s = station(&[strict]);
    s.run_until(at(30.5));
    is_taken(s.emergency("x", 20, 3, 90, 1800));
    s.run_until(at(60.0));
    let rows = short(&s.rows);
    assert!(rows.contains(&"=long missed/output_busy".to_owned()), "{rows:?}");
    assert_eq!(rows.last().unwrap(), "=@request-1 aired");
}

#[test]
fn at_its_end_it_fades_out_and_what_was_displaced_goes_on() {
    let mut s = morning();
    s.run_until(at(30.5));
    is_taken(s.emergency("x", 600, 2, 900, 60));
    s.run_until(at(60.0));
    expect(
        &s,
        &[
            "a@0+30.01 partial/preempted",
            "@attention@30.06+2 aired",
            "x@32.06+57.95 partial/expired",
            "@attention partial/expired",
            "x partial/expired",
            "=@request-1 partial/expired",
            "a@90.06+60 aired",
            "b@150.06+60 aired",
            "c@210.06+60 aired",
            "=morning aired",
        ],
    );
}

#[test]
fn ordering_it_twice_is_refused_while_it_sounds_and_begins_anew_between_its_times() {
    let mut s = morning();
    s.run_until(at(10.0));
    is_taken(s.emergency("x", 20, 2, 300, 1800));
    // Its tone is not even loaded.
    assert_eq!(s.emergency("x", 20, 1, 300, 1800), Answer::Refused(Refusal::AlreadySounding));
    s.run_until(at(10.1));
    assert_eq!(s.emergency("x", 20, 1, 300, 1800), Answer::Refused(Refusal::AlreadySounding));
    s.run_until(at(12.0));
    is_taken(s.emergency("x", 20, 1, 300, 1800));
    s.run_until(at(20.0));
    let rows = short(&s.rows);
    assert_eq!(rows[4], "=@request-1 partial/superseded", "{rows:?}");
    assert_eq!(rows[7], "=@request-2 aired", "{rows:?}");
}

#[test]
fn the_same_item_that_sounds_as_an_ordinary_one_may_be_called_an_emergency_but_not_the_other_way() {
    let mut s = station(&[b("morning", 30.0, &[("x", 60)])]);
    s.run_until(at(30.5));
    is_taken(s.emergency("x", 60, 1, 300, 1800));
    s.run_until(at(30.6));
    assert_eq!(s.play("x", 60, Priority::Ordinary), Answer::Refused(Refusal::AlreadySounding));
}

#[test]
fn a_restart_before_its_end_goes_on_with_it_and_one_after_ends_it() {
    let mut s = morning();
    s.run_until(at(10.0));
    is_taken(s.emergency("x", 60, 3, 300, 1800));
    s.run_until(at(10.5));
    let mut s = s.cut_power(at(12.0), Reason::PowerOff, trusted_clock());
    assert_eq!(s.status().emergency[0].actor, "tester");
    s.run_until(at(16.5));
    let rows = short(&s.rows);
    assert!(rows[1].starts_with("x@-1197.94+") && rows[1].ends_with("partial/power_off"), "{rows:?}");
    assert_eq!(rows[2], "x@-1079.94+60 aired", "what was cut begins anew");
    assert_eq!(rows[3..], ["@attention@-900+2 aired", "x@-898+60 aired"], "the next time comes when it should");

    let mut s = s.cut_power(at(45.0), Reason::PowerOff, trusted_clock());
    s.run_until(at(50.0));
    let rows = short(&s.rows);
    let ended: Vec<&String> = rows.iter().filter(|row| row.starts_with('=')).collect();
    assert_eq!(ended, ["=@request-1 partial/expired", "=morning missed/power_off"], "{rows:?}");
}

#[test]
fn a_clean_restart_goes_on_with_it_too() {
    let mut s = morning();
    s.run_until(at(10.0));
    is_taken(s.emergency("x", 60, 1, 300, 1800));
    s.run_until(at(10.5));
    s.shut_down();
    let mut s = s.cut_power(at(11.0), Reason::Stopped, trusted_clock());
    s.run_until(at(20.0));
    let rows = short(&s.rows);
    assert!(rows[1].ends_with("partial/stopped"), "{rows:?}");
    assert_eq!(rows[2..], ["x@-1139.94+60 aired", "=@request-1 aired"]);
}

#[test]
fn after_a_restart_it_waits_for_a_clock_that_is_believed() {
    let mut s = morning();
    s.run_until(at(10.0));
    is_taken(s.emergency("x", 60, 1, 300, 1800));
    s.run_until(at(10.5));
    let mut s = s.cut_power(at(11.0), Reason::PowerOff, doubtful());
    s.run_until(at(15.0));
    assert_eq!(short(&s.rows).len(), 2, "silent");
    s.happen(judged(trusted_clock(), None));
    s.run_until(at(20.0));
    assert_eq!(short(&s.rows)[2..], ["x@-899.94+60 aired", "=@request-1 aired"]);
}

#[test]
fn one_that_was_ordered_on_a_doubtful_clock_does_not_survive_a_restart() {
    let mut s = morning();
    s.run_until(at(10.0));
    s.happen(judged(doubtful(), None));
    is_taken(s.emergency("x", 60, 1, 300, 1800));
    s.run_until(at(10.5));
    let mut s = s.cut_power(at(11.0), Reason::PowerOff, trusted_clock());
    s.run_until(at(20.0));
    let rows = short(&s.rows);
    assert_eq!((rows.len(), rows[2].as_str()), (3, "=@request-1 partial/power_off"), "{rows:?}");
}

#[test]
fn a_step_of_the_clock_neither_ends_nor_lengthens_it() {
    for hours in [-3, 3] {
        let mut s = morning();
        s.run_until(at(10.0));
        is_taken(s.emergency("x", 60, 2, 300, 600));
        s.run_until(at(12.0));
        s.step_clock(secs(hours * 3600), trusted_clock());
        let ordered_at = at(10.0) + secs(hours * 3600);
        let status = s.status().emergency.remove(0);
        assert_eq!((status.next_at, status.ends_at), (Some(ordered_at + secs(300)), ordered_at + secs(600)));
        s.run_until(ordered_at + secs(700));
        let rows = short(&s.rows);
        assert!(rows.contains(&"=@request-1 aired".to_owned()), "{rows:?}");
        let times: Vec<_> = s
            .rows
            .iter()
            .filter(|row| row.kind() == Kind::Air && row.item == Some("x".into()))
            .map(|row| row.started_at.unwrap())
            .collect();
        assert_eq!(times[1], ordered_at + secs(302));
    }
}

#[test]
fn what_was_displaced_and_cannot_end_within_its_hours_ends_preempted() {
    let mut s = station(&[b("last", 86.0, &[("a", 60), ("b", 60), ("c", 60)])]);
    s.run_until(at(86.5));
    is_taken(s.emergency("x", 90, 1, 300, 1800));
    s.run_until(at(100.0));
    expect(
        &s,
        &[
            "a@3360+30.01 partial/preempted",
            "@attention@3390.06+2 aired",
            "c missed/preempted",
            "b missed/preempted",
            "x@3392.06+90 aired",
            "=@request-1 aired",
            "a@3482.06+60 aired",
            "=last partial/preempted",
        ],
    );
}

#[test]
fn stop_ends_it_and_a_later_hold_too() {
    for order in [Order::Stop { output: None }, Order::Hold { until: None }] {
        let reason = if order == (Order::Stop { output: None }) { "operator" } else { "hold" };
        let mut s = morning();
        s.run_until(at(10.0));
        is_taken(s.emergency("x", 60, 3, 300, 1800));
        s.run_until(at(10.25));
        assert!(matches!(s.ask(order, None), Some(Answer::Done(_))));
        s.run_until(at(29.0));
        let rows = short(&s.rows);
        assert_eq!(rows[1], format!("x@-1197.94+12.95 partial/{reason}"));
        assert_eq!(*rows.last().unwrap(), format!("=@request-1 partial/{reason}"), "between its times nothing of it is left");
        assert!(s.status().emergency.is_empty() && s.open_slots.is_empty());
    }
}

#[test]
fn a_slot_that_a_hold_ends_does_not_silence_it() {
    let mut s = morning();
    s.run_until(at(29.5));
    s.ask(Order::Hold { until: None }, None);
    is_taken(s.emergency("x", 60, 1, 300, 1800));
    s.run_until(at(40.0));
    expect(&s, &["@attention@-29.94+2 aired", "=morning skipped/hold", "x@-27.94+60 aired", "=@request-1 aired"]);
}

#[test]
fn a_device_that_comes_back_begins_it_anew_and_one_that_does_not_is_its_reason() {
    let mut s = morning();
    s.run_until(at(10.0));
    is_taken(s.emergency("x", 60, 1, 300, 300));
    s.run_until(at(10.5));
    s.lose_device(&"amplifier".into());
    s.run_until(at(11.0));
    s.device_back(&"amplifier".into());
    s.run_until(at(13.0));
    let rows = short(&s.rows);
    assert!(rows[1].ends_with("partial/device_fault"), "{rows:?}");
    assert_eq!(rows[2..], ["x@-1139.94+60 aired", "=@request-1 aired"]);

    is_taken(s.emergency("y", 60, 1, 300, 300));
    s.run_until(at(13.5));
    s.lose_device(&"amplifier".into());
    s.run_until(at(20.0));
    assert_eq!(*short(&s.rows).last().unwrap(), "=@request-2 partial/device_fault");
}

#[test]
fn its_order_row_says_who_why_and_until_when() {
    let mut s = morning();
    s.run_until(at(10.0));
    is_taken(s.emergency("x", 60, 3, 300, 1800));
    let row = s.rows.iter().find(|row| row.kind() == Kind::Order).unwrap();
    assert_eq!((row.actor.as_deref(), row.priority, row.ended_at), (Some("tester"), Some(Priority::Emergency), Some(at(40.0))));
    let detail: serde_json::Value = serde_json::from_str(&row.detail()).unwrap();
    assert_eq!((&detail["order"]["reason"], &detail["order"]["emergency"]["times"]), (&"flood".into(), &3.into()));
    s.run_until(at(12.0));
    let status = s.status().emergency.remove(0);
    assert_eq!((status.actor.as_str(), status.reason.as_deref(), status.item), ("tester", Some("flood"), Some("x".into())));
    assert_eq!((status.aired, status.times, status.next_at, status.ends_at), (1, 3, Some(at(15.0)), at(40.0)));
}

#[test]
fn its_tone_is_no_announcement_and_its_airtime_is_in_no_quota() {
    let mut quota = b("morning", 40.0, &[("a", 60)]);
    quota.quota = Some(60);
    let mut s = station(&[quota]);
    s.run_until(at(35.0));
    is_taken(s.emergency("x", 60, 1, 300, 1800));
    s.run_until(at(50.0));
    assert_eq!(*short(&s.rows).last().unwrap(), "=morning aired");
    let tone = s.rows.iter().find(|row| row.item == Some("@attention".into())).unwrap();
    assert_eq!((tone.item_kind, tone.topic.clone()), (Some(ItemKind::Signal), None));
}

#[test]
fn a_message_that_fails_ends_it_without_further_tones() {
    let mut s = morning();
    s.run_until(at(10.0));
    is_taken(s.emergency("x", 60, 3, 300, 1800));
    s.run_until(at(10.0) + SignedDuration::from_millis(120));
    let fault = Fault { kind: FaultKind::FileError, detail: "bad".into() };
    // Whatever number its airing has: no other is being loaded.
    for airing in 0..20 {
        s.happen(Event::Deck("amplifier".into(), DeckEvent::Bad(Airing(airing), fault.clone())));
    }
    s.run_until(at(29.0));
    let rows = short(&s.rows);
    let heard: Vec<&String> = rows.iter().filter(|row| row.contains('@') && row.ends_with("aired")).collect();
    assert_eq!(heard, ["@attention@-1199.94+2 aired"], "{rows:?}");
    assert_eq!(*rows.last().unwrap(), "=@request-1 missed/file_error");
}
