//! Whatever is written into the control socket, the station answers it with an error and goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use serde_json::{Value, json};
use station::Station;

fn raw(station: &Station, line: &[u8]) -> Value {
    let mut stream = UnixStream::connect(station.data().join("control")).unwrap();
    stream.set_read_timeout(Some(station::PATIENCE)).unwrap();
    stream.write_all(line).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    serde_json::from_str(&reply).unwrap_or_else(|error| panic!("{reply:?}: {error}"))
}

#[test]
fn no_message_however_wrong_ends_the_station() {
    let mut station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 8).start();
    let before = station.log().0.len();
    let enter = |from: &str, length: &str| json!({ "ask": "enter", "what": "live", "from": from, "length": length, "title": "t", "who": "w" });
    let order = |order: Value| json!({ "ask": "order", "id": "1", "actor": "lan", "order": order });
    let play = |times: Value, every: Value, lasting: Value| {
        order(json!({ "do": "play", "item": "la", "priority": "emergency", "outputs": [], "reason": "r",
            "times": times, "every": every, "lasting": lasting }))
    };
    let hold = |at: &str| order(json!({ "do": "hold", "until": { "at": at } }));
    let (noon, length) = ("2026-11-15T12:00:00", "PT20M");
    let messages = [
        enter("-009999-01-02T00:00:00", length),
        enter("9999-12-31T23:59:59", length),
        enter("2199-12-31T23:59:59", length),
        enter(noon, "-PT9223372036854775808S"),
        enter(noon, "PT9223372036854775807S"),
        enter(noon, "PT0S"),
        enter(noon, "PT24H0.000000001S"),
        enter("", ""),
        hold("-009999-01-02T00:00:00"),
        hold("9999-12-31T23:59:59"),
        order(json!({ "do": "skip", "broadcast": "x", "date": "-009999-01-02", "time": null })),
        order(json!({ "do": "skip", "broadcast": "x", "date": "9999-12-31", "time": "23:59:59.999999999" })),
        play(json!(-1), json!(null), json!(null)),
        play(json!(1e300), json!(null), json!(null)),
        play(json!(1), json!("-PT1S"), json!(null)),
        play(json!(1), json!("PT9223372036854775807S"), json!(null)),
        play(json!(1), json!(null), json!("-PT9223372036854775808S")),
        json!([]),
        json!(null),
        json!({ "ask": [] }),
    ];
    for message in messages {
        let reply = raw(&station, format!("{message}\n").as_bytes());
        assert_eq!(reply["reply"], "failed", "{message}: {reply}");
    }
    let nested =
        format!("{{\"ask\":\"order\",\"id\":\"1\",\"actor\":\"a\",\"order\":{}1{}}}\n", "[".repeat(30_000), "]".repeat(30_000));
    assert_eq!(raw(&station, nested.as_bytes())["reply"], "failed");
    assert_eq!(raw(&station, b"\xff\xfe\n")["reply"], "failed");
    // Sound in form, and more than may be asked.
    for (message, refusal) in [
        (play(json!(4_294_967_295u32), json!("PT0.000000001S"), json!("PT24H")), "too_much"),
        (hold("2199-12-31T23:59:59"), "too_far"),
        (hold("2001-01-01T00:00:00"), "too_late"),
    ] {
        let reply = raw(&station, format!("{message}\n").as_bytes());
        assert_eq!(reply["answer"]["refused"], refusal, "{message}: {reply}");
    }
    assert_eq!(station.faults(), [] as [&str; 0]);
    assert_eq!(station.log().0.len(), before, "nothing of it stands in the log");
    assert_eq!(station.until_ended("x"), "aired");
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}
