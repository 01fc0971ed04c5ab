//! Whatever comes over the control socket, nothing panics: neither what reads it, nor what acts on it, nor the conductor and the log behind.
//!
//! Arithmetic is checked for overflow in the program that ships too: a sum of instants that a message could drive past its end would end the
//! daemon.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Entered, entry, place, slots};
use crate::asrun::history::History;
use crate::asrun::row::Row;
use crate::calendar::timezone::Timezone;
use crate::control::message::Message;
use crate::control::request::Request;
use crate::control::status::ClockStatus;
use crate::daemon::loading::Loaded;
use crate::playout::conductor::{Conductor, Setting};
use crate::playout::cue::{Asker, Cue, Event, Recovered, Write};
use crate::rundown::sample::{SampleStation, fixed};
use crate::terms::*;

/// A sound message of each kind, with every field that it may have.
fn messages() -> Vec<Value> {
    let order = |order: Value| json!({ "ask": "order", "id": "1", "actor": "lan", "order": order });
    let play = |priority: &str| {
        order(json!({ "do": "play", "item": "hotline-111", "priority": priority, "outputs": ["amplifier"], "reason": "lũ",
            "times": 3, "every": "PT10M", "lasting": "PT1H" }))
    };
    let day = |what: &str| order(json!({ "do": what, "broadcast": "everyday", "date": "2026-11-16", "time": "17:00:00" }));
    vec![
        json!({ "ask": "status" }),
        json!({ "ask": "enter", "what": "live", "from": "2026-11-15T11:00:00", "length": "PT20M", "title": "Tin", "who": "Lan" }),
        play("ordinary"),
        play("priority"),
        play("emergency"),
        order(json!({ "do": "stop", "output": "amplifier" })),
        order(json!({ "do": "hold", "until": { "at": "2026-11-15T18:00:00" } })),
        order(json!({ "do": "hold", "until": { "next": "18:00:00" } })),
        order(json!({ "do": "release" })),
        day("skip"),
        day("unskip"),
        order(json!({ "do": "confirm_clock" })),
    ]
}

/// The places of a message that hold no object themselves.
fn fields(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields_of) => fields_of.iter().for_each(|(name, field)| fields(field, &format!("{at}/{name}"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => found.push(at.to_owned()),
    }
}

/// What an attacker would put there: the ends of every number, in every form that a field may take.
fn hostile() -> impl Strategy<Value = Value> {
    let fixed = [
        json!(null),
        json!(""),
        json!([]),
        json!({}),
        json!(true),
        json!(1e308),
        json!(["amplifier", "amplifier", ""]),
        json!("\u{0}"),
        json!("-009999-01-02T00:00:00"),
        json!("-009999-01-01"),
        json!("9999-12-31T23:59:59.999999999"),
        json!("9999-12-31"),
        json!("2199-12-31"),
        json!("2000-01-01T00:00:00"),
        json!("1677-09-21T00:12:43"),
        json!("23:59:59.999999999"),
        json!("PT24H"),
        json!("PT86400.000000001S"),
        json!("PT0.000000001S"),
        json!("PT0S"),
        json!("-PT0.000000001S"),
        json!("PT9223372036854775807.999999999S"),
        json!("-PT9223372036854775808.999999999S"),
        json!("P106751991167300DT15H30M7S"),
        json!("emergency"),
    ];
    prop_oneof![
        proptest::sample::select(fixed.to_vec()),
        any::<i64>().prop_map(|number| json!(number)),
        any::<u64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|seconds| json!(format!("{}PT{}S", if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs()))),
        (-9999i16..=9999, 1u8..=12, 1u8..=31).prop_map(|(year, month, day)| {
            let year = if year < 0 { format!("-{:06}", year.unsigned_abs()) } else { format!("{year:04}") };
            json!(format!("{year}-{month:02}-{day:02}T12:00:00"))
        }),
        (1u32..200).prop_map(|deep| (0..deep).fold(json!(1), |inner, _| json!([inner]))),
        ".{0,600}".prop_map(|text| json!(text)),
    ]
}

/// What reads well in that field and means something monstrous.
fn monstrous(field: &str, seed: i64) -> Value {
    let year = i16::try_from(seed.rem_euclid(19_999) - 9_999).unwrap();
    let year = if year < 0 { format!("-{:06}", year.unsigned_abs()) } else { format!("{year:04}") };
    let day = format!("{year}-{:02}-{:02}", 1 + seed.rem_euclid(12), 1 + seed.rem_euclid(28));
    match field.rsplit('/').next().unwrap_or_default() {
        "from" | "at" => json!(format!("{day}T{:02}:59:59.999999999", seed.rem_euclid(24))),
        "date" => json!(day),
        "next" | "time" => json!(format!("{:02}:59:59.999999999", seed.rem_euclid(24))),
        "length" | "every" | "lasting" => {
            let seconds = seed >> seed.rem_euclid(63);
            json!(format!("{}PT{}.999999999S", if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs()))
        }
        "times" => json!(seed.unsigned_abs() as u32 >> seed.rem_euclid(32)),
        _ => json!(["hotline-111", "amplifier", "everyday", "emergency", "priority"][seed.rem_euclid(5) as usize]),
    }
}

fn sample() -> SampleStation {
    SampleStation::default()
        .item("hotline-111", "support_services", 30)
        .programme("bulletin", vec![fixed("hotline-111")])
        .broadcast("everyday", "bulletin", &["05:30", "17:00"])
}

/// Whatever the log would have to write of it.
fn written(row: &Row, zone: &Timezone) {
    // A row that the log refuses is written as a fault.
    let _ = row.canonical(zone.tz());
}

/// As the daemon acts on it, at this instant.
fn act(message: Message, sample: &SampleStation, now: Wall) {
    let zone = &sample.plan.station.timezone;
    let loaded = Loaded::new(sample.plan.clone().into(), sample.library.clone().into());
    let (id, actor, order) = match message {
        Message::Status => return,
        Message::Enter { what, from, length, title, who, withdraws } => {
            let row = entry(&sample.plan, Origin::Live, Entered { what, from, length, title, who, withdraws }, now);
            return drop(row.map(|row| written(&row, zone)));
        }
        Message::Order { id, actor, order } => (id, actor, order),
    };
    let Ok(order) = place(order, &sample.plan, now) else { return };
    let Ok(play) = slots(&order, &loaded, &History::default(), now) else { return };
    let now = Now { wall: now, mono: Mono(0) };
    let clock = ClockStatus { evidence: Evidence::Ntp, doubtful: false, why: None };
    let rundown = sample.rundown_after(&mut History::default(), now.wall, now.wall + jiff::SignedDuration::from_hours(36));
    let setting = Setting { origin: Origin::Live, clock };
    let (mut conductor, _) = Conductor::new(now, setting, Recovered::default(), rundown);
    let request = Request { id, actor, uid: Some(0), order };
    let mut cues = conductor.handle(now, Event::Request(request, play, Asker(1)));
    let later = Now { wall: now.wall + jiff::SignedDuration::from_mins(1), mono: Mono(60_000_000_000) };
    cues.extend(conductor.handle(later, Event::Tick));
    let _ = serde_json::to_string(&conductor.status());
    for cue in cues {
        if let Cue::Ledger(Write::Append(rows, _)) = cue {
            rows.iter().for_each(|row| written(row, zone));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn no_message_can_make_the_daemon_panic(
        which in 0..messages().len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), hostile(), any::<i64>(), 0u8..4), 0..5),
        hour in 0i64..48,
    ) {
        let mut message = messages().swap_remove(which);
        for (place, value, seed, wild) in changes {
            let mut found = Vec::new();
            fields(&message, "", &mut found);
            let Some(field) = found.get(place.index(found.len().max(1))) else { continue };
            let value = if wild == 0 { value } else { monstrous(field, seed) };
            if let Some(field) = message.pointer_mut(field) {
                *field = value;
            }
        }
        let sample = sample();
        if let Ok(message) = Message::read(message.to_string().as_bytes()) {
            for now in [sample.at("2026-11-15T00:00") + jiff::SignedDuration::from_hours(hour), Wall(0)] {
                act(message.clone(), &sample, now);
            }
        }
    }
}

#[test]
fn every_message_is_sound_before_it_is_spoilt() {
    for message in messages() {
        assert!(Message::read(message.to_string().as_bytes()).is_ok(), "{message}");
    }
}

#[test]
fn lengths_and_days_that_nobody_could_mean_are_refused() {
    let spoilt = |which: usize, field: &str, value: Value| {
        let mut message = messages().swap_remove(which);
        *message.pointer_mut(field).unwrap() = value;
        Message::read(message.to_string().as_bytes()).is_err()
    };
    for length in ["PT0S", "-PT1S", "PT86401S", "-PT9223372036854775808S"] {
        assert!(spoilt(1, "/length", json!(length)), "{length}");
        assert!(spoilt(4, "/order/every", json!(length)) && spoilt(4, "/order/lasting", json!(length)), "{length}");
    }
    for day in ["-009999-01-02", "1999-12-31", "2200-01-01", "9999-12-31"] {
        assert!(spoilt(1, "/from", json!(format!("{day}T00:00:00"))) && spoilt(9, "/order/date", json!(day)), "{day}");
        assert!(spoilt(6, "/order/until/at", json!(format!("{day}T00:00:00"))), "{day}");
    }
    let sample = sample();
    let hold = |at: &str| {
        let mut message = messages().swap_remove(6);
        *message.pointer_mut("/order/until/at").unwrap() = json!(at);
        let Ok(Message::Order { order, .. }) = Message::read(message.to_string().as_bytes()) else { panic!("{message}") };
        place(order, &sample.plan, sample.at("2026-11-15T12:00"))
    };
    assert!(hold("2027-11-15T12:00:00").is_ok());
    assert_eq!(hold("2027-11-18T12:00:00"), Err(crate::control::request::Refusal::TooFar));
}
