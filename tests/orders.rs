//! What is typed reaches the daemon, and what it answers is shown: the built program against a stand-in that answers over the real
//! control socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;
use std::sync::mpsc;

use loaxa::control::message::{Message, Reply, StationIdentity};
use loaxa::control::request::{Answer, Ask, Choice, DueSlot, Foreseen, OrderEffect, Refusal, Until};
use loaxa::control::socket::{Asked, listen, serve};
use loaxa::control::status::{ClockStatus, State, Status};
use loaxa::terms::{Evidence, Priority, Wall};
use serde_json::Value;

/// A daemon that gives the same answer to every order, and tells what it heard.
struct StandIn {
    folder: tempfile::TempDir,
    heard: mpsc::Receiver<Message>,
}

impl StandIn {
    fn answering(answer: Answer) -> StandIn {
        StandIn::of_language("vi", answer)
    }

    fn of_language(language: &str, answer: Answer) -> StandIn {
        StandIn::that(language, answer, true)
    }

    /// `kept`: whether the order is in the log.
    fn that(language: &str, answer: Answer, kept: bool) -> StandIn {
        let folder = tempfile::tempdir().unwrap();
        let listener = listen(folder.path()).unwrap();
        let (tell, heard) = mpsc::channel();
        let station = StationIdentity { name: "Đài".into(), language: language.into(), timezone: "Asia/Ho_Chi_Minh".into() };
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let (sender, mut asked) = tokio::sync::mpsc::channel::<Asked>(4);
                tokio::spawn(serve(listener, sender));
                while let Some(Asked { message, reply, .. }) = asked.recv().await {
                    let station = station.clone();
                    let _ = reply.send(match &message {
                        Message::Status => Reply::Status { station, status: Box::new(status()) },
                        Message::Order { .. } => Reply::Answer { station, answer: answer.clone(), at: status().at, kept },
                        Message::Enter { .. } => Reply::Entered { durable: true },
                    });
                    if tell.send(message).is_err() {
                        return;
                    }
                }
            });
        });
        StandIn { folder, heard }
    }

    /// Exit code, stdout, stderr.
    fn told(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_loaxa"))
            .args(arguments)
            .arg("--data")
            .arg(self.folder.path())
            .env_remove("LOAXA_LANG")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn order(&self, arguments: &[&str]) -> Ask {
        let (code, _, err) = self.told(arguments);
        assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}");
        match self.heard.recv().unwrap() {
            Message::Order { order, .. } => order,
            Message::Status | Message::Enter { .. } => panic!("an order is expected"),
        }
    }
}

fn status() -> Status {
    Status {
        state: State::Idle,
        now: Vec::new(),
        emergency: Vec::new(),
        next: Vec::new(),
        output: Vec::new(),
        plan_hash: Some("feed".into()),
        clock: ClockStatus { evidence: Evidence::Ntp, doubtful: false, why: None },
        warnings: Vec::new(),
        faults: Vec::new(),
        at: Wall(1_795_000_000_000_000_000),
        hold_until: None,
        mourning: Vec::new(),
    }
}

#[test]
fn each_order_arrives_as_it_was_typed() {
    let daemon = StandIn::answering(Answer::Done(OrderEffect::Before));
    let date = jiff::civil::date(2026, 11, 20);
    assert_eq!(daemon.order(&["stop"]), Ask::Stop { output: None });
    assert_eq!(daemon.order(&["stop", "amplifier"]), Ask::Stop { output: Some("amplifier".into()) });
    assert_eq!(daemon.order(&["hold"]), Ask::Hold { until: None });
    let until = Some(Until::Next(jiff::civil::time(18, 0, 0, 0)));
    assert_eq!(daemon.order(&["hold", "--until", "18:00"]), Ask::Hold { until });
    assert_eq!(daemon.order(&["release"]), Ask::Release);
    assert_eq!(daemon.order(&["skip", "morning", "20/11/2026"]), Ask::Skip { broadcast: "morning".into(), date, time: None });
    let time = Some(jiff::civil::time(5, 30, 0, 0));
    assert_eq!(
        daemon.order(&["unskip", "morning", "2026-11-20", "05:30"]),
        Ask::Unskip { broadcast: "morning".into(), date, time }
    );
    let mourning = |from, only: &[&str]| {
        let only = only.iter().map(|id| (*id).into()).collect();
        Ask::Mourning { from, until: jiff::civil::date(2026, 11, 21), only, reason: "Quốc tang".into() }
    };
    let order = ["mourning", "--from", "20/11/2026", "--until", "2026-11-21", "--reason", "Quốc tang"];
    assert_eq!(daemon.order(&order), mourning(Some(date), &[]));
    let only =
        [&["mourning", "--until", "2026-11-21", "--reason", "Quốc tang", "--effect", "only"] as &[_], &["a", "b"]].concat();
    assert_eq!(daemon.order(&only), mourning(None, &["a", "b"]));
    assert_eq!(daemon.order(&["mourning", "--withdraw"]), Ask::WithdrawMourning { from: None });
    assert_eq!(daemon.order(&["mourning", "--withdraw", "--from", "2026-11-20"]), Ask::WithdrawMourning { from: Some(date) });
    let play = ["play", "hotline-111", "--output", "a", "--output", "b", "--reason", "Trẻ lạc"];
    let Ask::Play { item, priority, outputs, reason, .. } = daemon.order(&play) else { panic!("a play is expected") };
    assert_eq!(
        (item.as_str(), priority, outputs.len(), reason.as_deref()),
        ("hotline-111", Priority::Ordinary, 2, Some("Trẻ lạc"))
    );
}

#[test]
fn an_order_says_who_gave_it_and_has_an_id_of_its_own() {
    let daemon = StandIn::answering(Answer::Done(OrderEffect::Before));
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..2 {
        daemon.told(&["release"]);
        let Message::Order { id, actor, .. } = daemon.heard.recv().unwrap() else { panic!("an order is expected") };
        assert!(!actor.is_empty());
        ids.insert(id);
    }
    assert_eq!(ids.len(), 2);
}

#[test]
fn an_order_that_is_not_in_the_log_yet_is_answered_with_a_warning() {
    let daemon = StandIn::that("vi", Answer::Done(OrderEffect::Before), false);
    let (code, out, err) = daemon.told(&["hold"]);
    assert_eq!((code, out.as_str()), (0, "Lệnh này đã được nhận từ trước.\n"), "it is carried out all the same");
    assert!(err.contains("CHƯA ghi được vào nhật ký"), "{err}");
    let answer: Value = serde_json::from_str(&daemon.told(&["hold", "--json"]).1).unwrap();
    assert_eq!((&answer["ok"], &answer["kept"]), (&true.into(), &false.into()));
}

#[test]
fn a_refusal_exits_with_1_and_says_what_to_do() {
    let daemon = StandIn::answering(Answer::Refused(Refusal::OnHold));
    let (code, out, err) = daemon.told(&["play", "hotline-111"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("loaxa release"), "{err}");
    let (code, out, err) = daemon.told(&["play", "hotline-111", "--json"]);
    assert_eq!((code, err.as_str()), (1, ""));
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&answer["ok"], &answer["answer"], &answer["refusal"]), (&false.into(), &"refused".into(), &"on_hold".into()));
}

#[test]
fn an_emergency_arrives_with_its_times_and_the_answer_says_when_it_ends() {
    let until = Some(Wall(1_795_000_000_000_000_000));
    let daemon =
        StandIn::answering(Answer::Playing { broadcast: "@request-1".into(), title: None, until, short_of: 1, everyday: true });
    let emergency =
        ["play", "x", "--priority", "emergency", "--reason", "Lũ về", "--times", "3", "--every", "10m", "--for", "20m"];
    let (code, out, _) = daemon.told(&emergency);
    assert_eq!(code, 0);
    assert!(out.contains("có hiệu lực đến 18:06:40 hôm nay") && out.contains("--for"), "{out}");
    let Message::Order { order: Ask::Play { priority, reason, times, every, lasting, .. }, .. } = daemon.heard.recv().unwrap()
    else {
        panic!("a play is expected")
    };
    assert_eq!((priority, reason.as_deref(), times), (Priority::Emergency, Some("Lũ về"), Some(3)));
    assert_eq!((every.unwrap().as_secs(), lasting.unwrap().as_secs()), (600, 1200));
}

#[test]
fn the_station_answers_in_its_own_language_unless_another_is_asked_for() {
    let daemon = StandIn::of_language(
        "en",
        Answer::Playing { broadcast: "@request-1".into(), title: None, until: None, short_of: 0, everyday: false },
    );
    let (_, out, _) = daemon.told(&["play", "x"]);
    assert!(out.contains("Taken") && out.contains("@request-1"), "{out}");
    let (_, out, _) = daemon.told(&["play", "x", "--lang", "vi"]);
    assert!(out.contains("Đã nhận lệnh phát"), "{out}");
    assert!(daemon.told(&["status"]).1.contains("WAITING"));
}

#[test]
fn status_as_json_has_the_promised_shape() {
    let daemon = StandIn::answering(Answer::Done(OrderEffect::Before));
    let (code, out, err) = daemon.told(&["status", "--json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let status: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(status["state"], "idle");
    assert_eq!(status["plan_hash"], "feed");
    assert_eq!((&status["clock"]["evidence"], &status["clock"]["doubtful"]), (&"ntp".into(), &false.into()));
    assert!(["now", "next", "output", "faults"].iter().all(|list| status[list].is_array()), "{status}");
    assert_eq!(status["at"], "2026-11-18T18:06:40+07:00");
}

/// Six past six in the evening of Wednesday, 18 November 2026, by the station's clock.
fn at(hours: i64) -> Wall {
    status().at + jiff::SignedDuration::from_hours(hours)
}

fn slot(broadcast: &str, title: &str, planned_at: Wall) -> DueSlot {
    DueSlot { planned_at, broadcast: broadcast.into(), title: Some(title.into()) }
}

#[test]
fn a_hold_says_until_when_and_what_will_not_air() {
    let silent = Foreseen { slots: vec![slot("everyday", "Bản tin sáng", at(11)), slot("late", "Nhạc", at(72))], more: 3 };
    let held = |again| Answer::Done(OrderEffect::Held { until: Some(at(19)), again, silent: silent.clone() });
    let (code, out, _) = StandIn::answering(held(false)).told(&["hold", "--until", "13:06:40"]);
    let said = "Im đến 13:06:40 ngày mai, thứ Năm 19/11 (19 giờ); sẽ không phát:\n  05:06:40 ngày mai, thứ Năm 19/11: Bản tin sáng (everyday)\n  18:06:40 thứ Bảy 21/11: Nhạc (late)\n  … và 3 lần nữa\n";
    assert_eq!((code, out.as_str()), (0, said));
    let again = StandIn::answering(held(true)).told(&["hold"]).1;
    assert!(again.starts_with("Đài đã tạm ngừng như vậy từ trước. Im đến"), "{again}");
    let value: Value = serde_json::from_str(&StandIn::answering(held(false)).told(&["hold", "--json"]).1).unwrap();
    assert_eq!((value["slots"].as_array().unwrap().len(), &value["more"]), (2, &3.into()));
    let nothing = Answer::Done(OrderEffect::Held { until: None, again: false, silent: Foreseen::default() });
    assert_eq!(
        StandIn::answering(nothing).told(&["hold"]).1,
        "Im cho đến khi có lệnh loaxa release; không lần phát nào bị bỏ.\n"
    );
}

#[test]
fn a_skip_and_a_stop_say_what_they_meant_and_whether_it_was_so_before() {
    let skipped = |again| Answer::Done(OrderEffect::Skipped { slots: vec![slot("everyday", "Bản tin sáng", at(11))], again });
    let told = |answer: Answer, order: &[&str]| StandIn::answering(answer).told(order).1;
    let skip = ["skip", "Bản tin sáng", "ngày mai"];
    assert_eq!(told(skipped(false), &skip), "Sẽ không phát:\n  05:06:40 ngày mai, thứ Năm 19/11: Bản tin sáng (everyday)\n");
    assert!(told(skipped(true), &skip).starts_with("Đã bỏ từ trước"));
    let stopped = |slots| Answer::Done(OrderEffect::Stopped { slots });
    assert!(told(stopped(vec![]), &["stop"]).starts_with("Không có gì đang phát"));
    assert_eq!(
        told(stopped(vec![slot("@request-1", "Lũ", at(0))]), &["stop"]),
        "Đã ngừng:\n  18:06:40 hôm nay: Lũ (@request-1)\n"
    );
    let choices = ["a", "b"].map(|id| Choice { id: id.into(), name: "Bản tin".into() }).to_vec();
    let (code, _, err) = StandIn::answering(Answer::Refused(Refusal::WhichOne(choices))).told(&["skip", "bản tin", "hôm nay"]);
    assert!(code == 1 && err.contains("Bản tin (a)") && err.contains("Bản tin (b)"), "{err}");
}

#[test]
fn days_of_an_order_are_those_of_the_stations_clock() {
    let daemon = StandIn::answering(Answer::Done(OrderEffect::Before));
    let skipped = |day: &str| {
        assert_eq!(daemon.told(&["skip", "x", day]).0, 0, "{day}");
        let heard: Vec<Message> = daemon.heard.try_iter().collect();
        match heard.last().unwrap() {
            Message::Order { order: Ask::Skip { date, .. }, .. } => *date,
            other => panic!("{other:?}"),
        }
    };
    // The station's Wednesday.
    for (day, is) in [("hôm nay", 18), ("ngày mai", 19), ("thứ sáu", 20), ("CN", 22), ("20/11", 20), ("fri", 20)] {
        assert_eq!(skipped(day), jiff::civil::date(2026, 11, is), "{day}");
    }
    for (day, asked) in [
        ("thu", "đây là thứ mấy?"),
        ("thứ tư", "18/11/2026 (hôm nay)"),
        ("11-12", "11/12/2026"),
        ("12/31", "có phải 31/12/2026?"),
    ] {
        let (code, _, err) = daemon.told(&["skip", "x", day]);
        assert!(code == 2 && err.contains(asked), "{day}: {err}");
    }
}

#[test]
fn a_clock_is_confirmed_by_saying_the_time() {
    let daemon = StandIn::answering(Answer::Done(OrderEffect::Confirmed { at: at(0) }));
    let (code, _, err) = daemon.told(&["clock", "confirm"]);
    assert!(code == 2 && err.contains("--time"), "nobody is there to be asked: {err}");
    daemon.heard.try_iter().for_each(drop);
    let confirmed = |arguments: &[&str]| {
        assert_eq!(
            daemon.told(&[&["clock", "confirm"], arguments].concat()).1,
            "Đã ghi nhận giờ máy là đúng: 18:06:40 thứ Tư 18/11/2026.\n"
        );
        let heard: Vec<Message> = daemon.heard.try_iter().collect();
        match heard.last().unwrap() {
            Message::Order { order: Ask::ConfirmClock { shown, back }, .. } => (shown.unwrap().to_string(), *back),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(confirmed(&["--time", "18h06"]), ("2026-11-18T18:06:00".to_owned(), false));
    assert_eq!(confirmed(&["--time", "18/11/2026 18:06:40", "--back"]), ("2026-11-18T18:06:40".to_owned(), true));
    for (refusal, said) in [
        (Refusal::ClockDiffers(at(5)), "Giờ máy là 23:06:40 thứ Tư 18/11/2026, khác giờ vừa nói"),
        (Refusal::BeforeBuild(Wall(0)), "08:00:00 thứ Năm 01/01/1970, trước cả ngày làm ra chương trình"),
        (Refusal::BehindLog(at(48)), "loaxa clock confirm --back"),
    ] {
        let (code, _, err) = StandIn::answering(Answer::Refused(refusal)).told(&["clock", "confirm", "--time", "18h06"]);
        assert!(code == 1 && err.contains(said), "{err}");
    }
}
