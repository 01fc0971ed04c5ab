//! What bounds a rundown beside the station's hours: hours and quotas of outputs, days and campaigns, limits of items, and a length to fill.

use jiff::SignedDuration;
use jiff::civil::date;

use super::pool;
use crate::asrun::history::History;
use crate::calendar::hours::{HoursInstead, Stretch};
use crate::rundown::order::{Refused, Sounds, WantedItem, order};
use crate::rundown::sample::*;
use crate::rundown::write::{RundownSheet, json, table};
use crate::terms::*;

fn two_outputs() -> SampleStation {
    pool(4, 60).output("school").programme("p", vec![fixed("a0")]).programme("q", vec![pick(2, "law")])
}

#[test]
fn an_output_has_hours_of_its_own() {
    let sample =
        two_outputs().own_hours(&["06:00-07:00"]).broadcast("early", "p", &["05:30"]).broadcast("late", "p", &["06:25", "06:45"]);
    assert_eq!(
        sample.day("2026-11-20"),
        [
            "05:30 early amplifier: a0",
            "05:30 early school: (skipped/outside_hours)",
            "06:25 late amplifier: a0",
            "06:25 late school: a0",
            "06:45 late amplifier: (skipped/outside_hours)",
            "06:45 late school: a0",
        ]
    );
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let end_by: Vec<Wall> = rundown.slots.iter().map(|planned| planned.end_by).collect();
    assert_eq!((end_by[2], end_by[3]), (sample.at("2026-11-20T06:30"), sample.at("2026-11-20T07:00")));
}

#[test]
fn an_output_has_a_quota_of_its_own_and_drops_what_the_other_airs() {
    let sample = two_outputs().quota(600).own_quota(100).broadcast("b", "q", &["05:30"]);
    assert_eq!(sample.day("2026-11-20"), ["05:30 b amplifier: a0 a1", "05:30 b school: a0 -a1/over_quota"]);
    let sample = two_outputs().quota(600).own_quota(50).broadcast("b", "q", &["05:30"]);
    assert_eq!(sample.day("2026-11-20")[1], "05:30 b school: (skipped/over_quota)");
}

#[test]
fn a_quota_is_that_of_the_day_on_which_the_session_starts() {
    let mut sample =
        pool(3, 60).hours(&["23:00-02:00"]).programme("q", vec![pick(3, "law")]).broadcast("b", "q", &["23:30", "00:30"]);
    // Friday the 20th may sound three minutes, Saturday one.
    sample.plan.hours.quota[4] = Some(SignedDuration::from_secs(180));
    sample.plan.hours.quota[5] = Some(SignedDuration::from_secs(60));
    assert_eq!(sample.day("2026-11-20")[1], "23:30 b: a0 a1 a2");
    let friday = sample.rundown("2026-11-20T12:00", "2026-11-22T12:00");
    let told: Vec<String> = friday.slots.iter().map(|planned| sample.short(planned)).collect();
    assert_eq!(
        told,
        [
            "23:30 b: a0 a1 a2",
            "00:30 b: (skipped/over_quota)",
            "23:30 b: a0 -a2/over_quota -a1/over_quota",
            "00:30 b: (skipped/over_quota)",
        ],
        "half past midnight belongs to the evening before"
    );
}

#[test]
fn a_campaign_has_hours_of_its_own_on_its_days() {
    let mut sample = two_outputs().own_hours(&["05:30-05:45"]).dates("week", date(2026, 11, 20), date(2026, 11, 20));
    let stretches = vec![Stretch::parse("20:00-21:00").unwrap()];
    let quota = Some(SignedDuration::from_secs(60));
    sample.plan.campaigns[0].hours =
        Some(HoursInstead { days: std::array::from_fn(|_| Some(stretches.clone())), quota: [quota; 7] });
    let sample = sample.broadcast("b", "p", &["05:30", "20:00"]).broadcast("c", "p", &["20:30"]);
    let none = "(skipped/outside_hours)";
    assert_eq!(
        sample.day("2026-11-20"),
        [
            format!("05:30 b amplifier: {none}"),
            "05:30 b school: a0".into(),
            "20:00 b amplifier: a0".into(),
            format!("20:00 b school: {none}"),
            "20:30 c amplifier: (skipped/over_quota)".into(),
            format!("20:30 c school: {none}"),
        ],
        "the campaign's hours and quota, but where the output has its own"
    );
    assert_eq!(sample.day("2026-11-21")[0], "05:30 b amplifier: a0");
}

/// Berlin, New York and Lord Howe on the days on which their clocks change: worked out by hand.
#[test]
fn an_outputs_hours_follow_the_clock_of_the_zone() {
    let ends = |zone: &str, day: &str, own: &str, at: &str| {
        let sample = two_outputs().zone(zone).hours(&["00:00-24:00"]).own_hours(&[own]).broadcast("b", "p", &[at]);
        let next = day.parse::<jiff::civil::Date>().unwrap().tomorrow().unwrap();
        let rundown = sample.rundown(day, &next.to_string());
        let school = rundown.slots.iter().find(|planned| planned.slot.output.as_str() == "school").unwrap();
        let utc = |at: Wall| jiff::Timestamp::from_nanosecond(at.0.into()).unwrap().strftime("%H:%M").to_string();
        let left_out = school.left_out.and_then(|outcome| outcome.reason);
        left_out.map_or_else(|| format!("{}-{}", utc(school.slot.planned_at), utc(school.end_by)), |reason| reason.to_string())
    };
    for (zone, day, own, at, told) in [
        ("Europe/Berlin", "2026-03-29", "02:15-02:45", "02:30", "outside_hours"),
        ("Europe/Berlin", "2026-03-29", "01:30-02:30", "02:10", "outside_hours"),
        ("Europe/Berlin", "2026-03-29", "02:30-04:00", "02:10", "01:00-02:00"),
        ("Europe/Berlin", "2026-10-25", "02:30-03:30", "02:30", "00:30-02:30"),
        ("America/New_York", "2026-03-08", "01:00-03:30", "02:30", "07:00-07:30"),
        ("America/New_York", "2026-11-01", "01:30-02:00", "01:30", "05:30-07:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:00-03:00", "02:00", "15:30-16:00"),
        ("Australia/Lord_Howe", "2026-04-05", "01:30-02:00", "01:45", "14:45-15:30"),
    ] {
        assert_eq!(ends(zone, day, own, at), told, "{zone} {day} {own} {at}");
    }
}

#[test]
fn an_order_is_held_against_the_hours_of_each_output() {
    let sample = two_outputs().own_hours(&["06:00-07:00"]);
    let ask = |outputs: &[&str], at: &str| {
        let outputs: Vec<OutputId> = outputs.iter().map(|id| OutputId::from(*id)).collect();
        let wish = WantedItem { item: &"a0".into(), priority: Priority::Ordinary, outputs: &outputs, sounds: Sounds::Plainly };
        order(&sample.plan, &sample.library, &History::default(), wish, sample.at(at), 7).map(|slots| slots.len())
    };
    assert_eq!(ask(&[], "2026-11-20T05:40"), Err(Refused::OutsideHours), "they are refused together");
    assert_eq!(ask(&["amplifier"], "2026-11-20T05:40"), Ok(1));
    assert_eq!(ask(&[], "2026-11-20T06:10"), Ok(2));
    assert_eq!(ask(&["school"], "2026-11-20T06:59:30"), Err(Refused::TooLong));
}

#[test]
fn an_item_airs_no_oftener_on_a_day_than_it_may_and_is_dropped_with_the_reason() {
    let sample = pool(1, 60)
        .capped(Some(2), None)
        .item("b0", "law", 60)
        .programme("fixed", vec![fixed("a0"), fixed("b0")])
        .programme("alone", vec![fixed("jingle"), fixed("a0")])
        .broadcast("b", "fixed", &["05:30", "06:00", "17:00"])
        .broadcast("c", "alone", &["17:30"]);
    let day = ["05:30 b: a0 b0", "06:00 b: a0 b0", "17:00 b: b0 -a0/over_quota", "17:30 c: (skipped/over_quota)"];
    assert_eq!(sample.day("2026-11-20"), day);
    let two = sample.rundown("2026-11-20", "2026-11-22");
    let told: Vec<String> = two.slots.iter().map(|planned| sample.short(planned)).collect();
    assert_eq!(told, [day, day].concat(), "each day anew");
    let sheet = RundownSheet::new(&sample.plan, &two);
    let text = table::write(&sheet, crate::lang::Language::Vi, None);
    assert!(text.contains("bớt: Tin a0 (đã đủ số lần trong ngày)"), "{text}");
    let document: serde_json::Value = serde_json::from_str(&json::write(&sheet).unwrap()).unwrap();
    let dropped = &document["broadcasts"][2]["dropped"][0];
    assert_eq!((&dropped["reason"], &dropped["limit"]), (&"over_quota".into(), &"max_per_day".into()));
}

#[test]
fn several_times_in_a_programme_count_each() {
    let sample = pool(1, 60).capped(Some(3), None).programme("p", vec![times("a0", 2)]).broadcast("b", "p", &["05:30", "17:00"]);
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: a0 a0", "17:00 b: a0 -a0/over_quota"]);
}

#[test]
fn a_pick_takes_another_where_an_item_has_aired_often_enough_and_is_dropped_where_there_is_none() {
    let sample = pool(1, 60).capped(Some(1), None).item("b0", "law", 60).capped(Some(2), None);
    let sample =
        sample.programme("q", vec![fixed("jingle"), pick(1, "law")]).broadcast("b", "q", &["05:30", "06:00", "17:00", "17:30"]);
    assert_eq!(
        sample.day("2026-11-20"),
        ["05:30 b: jingle a0", "06:00 b: jingle b0", "17:00 b: jingle b0", "17:30 b: (skipped/over_quota)"]
    );
}

#[test]
fn two_airings_of_an_item_keep_their_distance_from_one_planned_instant_to_the_next() {
    let sample = pool(1, 60).capped(None, Some(60)).item("b0", "law", 60).programme("p", vec![fixed("a0"), fixed("b0")]);
    let sample = sample.broadcast("b", "p", &["05:30", "06:29", "17:00", "17:59"]).hours(&["05:00-19:00"]);
    let told = sample.day("2026-11-20");
    assert_eq!(told, ["05:30 b: a0 b0", "06:29 b: b0 -a0/over_quota", "17:00 b: a0 b0", "17:59 b: b0 -a0/over_quota"]);
    let sample = sample.with(|b| b.recur = crate::calendar::recur::Recur::cron("0 30 * * * *").unwrap());
    assert!(
        sample.day("2026-11-20").iter().all(|slot| !slot.contains("05:30") || slot.ends_with("a0 b0")),
        "exactly an hour is enough"
    );
    assert!(!sample.day("2026-11-20")[7].contains("-a0"));
}

#[test]
fn limits_count_what_the_log_says_has_aired_on_each_output() {
    let sample = pool(1, 60).capped(Some(1), None).item("b0", "law", 60).output("school");
    let sample = sample.programme("p", vec![fixed("a0"), fixed("b0")]).broadcast("b", "p", &["17:00"]);
    let told = |history: &mut History| {
        let rundown = sample.rundown_after(history, sample.at("2026-11-20T12:00"), sample.at("2026-11-21"));
        rundown.slots.iter().map(|planned| sample.short(planned)).collect::<Vec<_>>()
    };
    let aired = |at: &str| {
        let mut history = History::default();
        history.count_airing(&"school".into(), sample.at(at), &"a0".into());
        history
    };
    let whole = ["17:00 b amplifier: a0 b0", "17:00 b school: a0 b0"];
    assert_eq!(told(&mut History::default()), whole);
    assert_eq!(told(&mut aired("2026-11-19T17:00")), whole, "yesterday");
    let shared = ["17:00 b amplifier: b0 -a0/over_quota", "17:00 b school: b0 -a0/over_quota"];
    assert_eq!(told(&mut aired("2026-11-20T05:30")), shared, "outputs share their elements");
    // What is on its way at this very instant is no airing before it.
    let mut known = aired("2026-11-20T17:00");
    known.know(Slot { planned_at: sample.at("2026-11-20T17:00"), broadcast: "b".into(), output: "school".into() });
    assert_eq!(told(&mut known)[0], whole[0]);
}

#[test]
fn picks_go_on_until_a_programme_is_about_so_long() {
    let filled = |fill: i64| {
        let sample = pool(6, 60).programme("q", vec![fixed("jingle"), pick(1, "law")]).fill(fill).broadcast("b", "q", &["05:30"]);
        sample.day("2026-11-20")[0].clone()
    };
    assert_eq!(filled(10), "05:30 b: jingle a0", "what is asked for airs");
    assert_eq!(filled(190), "05:30 b: jingle a0 a1 a2", "10 s and three minutes");
    assert_eq!(filled(219), "05:30 b: jingle a0 a1 a2", "29 s short is nearer than 31 s over");
    assert_eq!(filled(221), "05:30 b: jingle a0 a1 a2 a3");
    assert_eq!(filled(3600), "05:30 b: jingle a0 a1 a2 a3 a4 a5", "as many as there are, none twice");
}

#[test]
fn a_programme_is_filled_from_its_pools_in_turn_each_in_its_place_and_pauses_count() {
    let sample = pool(3, 60)
        .item("h0", "health", 60)
        .item("h1", "health", 60)
        .programme("q", vec![pick(1, "law"), fixed("jingle"), pick(1, "health")])
        .pause(10)
        .fill(320)
        .broadcast("b", "q", &["05:30", "17:00"]);
    // 60+10+10+10+60 = 150 s; each more is 70 s: 290 s with two, 360 s with three.
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: a0 a1 jingle h0 h1", "17:00 b: a2 a0 jingle h0 h1"]);
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    assert_eq!(rundown.slots[0].length(), SignedDuration::from_secs(290));
}

#[test]
fn what_fills_is_dropped_first_where_time_is_short() {
    let sample =
        pool(6, 60).hours(&["05:30-05:33"]).programme("q", vec![pick(1, "law")]).fill(300).broadcast("b", "q", &["05:30"]);
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: a0 a1 a2 -a4/outside_hours -a3/outside_hours"]);
}
