//! `loaxa report`: every format says what the log says, and nothing in a title can do harm.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "report/counted.rs"]
mod counted;
#[path = "report/due.rs"]
mod due;
#[path = "report/form.rs"]
mod form;
#[path = "report/golden.rs"]
mod golden;
#[path = "report/honest.rs"]
mod honest;
#[path = "report/office.rs"]
mod office;
#[path = "report/opened.rs"]
mod opened;
#[path = "report/phone.rs"]
mod phone;
#[path = "log/station.rs"]
mod station;
#[path = "report/summed.rs"]
mod summed;
#[path = "report/trial.rs"]
mod trial;
#[path = "report/watched.rs"]
mod watched;

use std::path::PathBuf;

use jiff::tz::TimeZone;
use loaxa::asrun::open::SlotChange;
use loaxa::asrun::row::Row;
use loaxa::asrun::store::Store;
use loaxa::terms::{Kind, Origin};
use serde_json::Value;
use station::{Station, run};

const MONTH: [&str; 3] = ["report", "--month", "2026-11"];

fn written(station: &Station, ending: &str, more: &[&str]) -> PathBuf {
    let out = station.dir.path().join(format!("report.{ending}"));
    station.prints(&[&MONTH as &[&str], more, &["--out", out.to_str().unwrap(), "--force"]].concat());
    out
}

fn text(station: &Station, ending: &str) -> String {
    std::fs::read_to_string(written(station, ending, &[])).unwrap()
}

fn json(station: &Station, more: &[&str]) -> Value {
    serde_json::from_str(&station.prints(&[&MONTH as &[&str], &["--json"], more].concat())).unwrap()
}

/// One whole airing of 12 s, one that was cut after 5 s, of three slots on three days.
#[test]
fn figures_are_those_of_the_log() {
    let station = Station::new(Origin::Live);
    let report = json(&station, &[]);
    let summary = &report["summary"];
    for (name, value) in
        [("airings", 1), ("first_runs", 1), ("repeats", 0), ("airtime_ms", 17_000), ("items", 1), ("broadcasts", 2)]
    {
        assert_eq!(summary[name], value, "{name}");
    }
    let rows: Vec<Value> = serde_json::from_str(&station.prints(&["log", "--json"])).unwrap();
    let announcements = rows.iter().filter(|row| row["kind"] == "air" && row["item_kind"] == "announcement");
    let airtime: i64 = announcements.map(|row| row["airtime_ms"].as_i64().unwrap()).sum();
    assert_eq!(summary["airtime_ms"], airtime);
    let outcomes = &report["outcomes"];
    assert_eq!(
        (&outcomes["planned"], &outcomes["aired"], &outcomes["partial"], &outcomes["missed"]),
        (&3.into(), &1.into(), &1.into(), &1.into())
    );
    assert_eq!(report["log"][0]["ok"], true);
    assert_eq!(report["apart"]["signals_ms"], 24_000);
    assert_eq!(report["rows"].as_array().unwrap().len(), 5, "four takes and the slot that was missed");
}

#[test]
fn what_nobody_knows_is_said_and_is_never_0() {
    let report = json(&Station::new(Origin::Live), &[]);
    assert_eq!(report["compared"]["summary"], Value::Null);
    assert!(text(&Station::new(Origin::Live), "html").contains("chưa có số liệu"));
}

#[test]
fn csv_and_json_have_the_same_totals() {
    let station = Station::new(Origin::Live);
    let csv = text(&station, "csv");
    assert!(csv.contains(r#"topics,,Tổng cộng,1,1,0,1,"0,283333","100,0""#), "{csv}");
    assert!(csv.contains(r#"'=1+1, ""an toàn"" & <đẹp>"#), "no formula: {csv}");
}

#[test]
fn html_escapes_every_title() {
    let html = text(&Station::new(Origin::Live), "html");
    assert!(html.contains("=1+1, &quot;an toàn&quot; &amp; &lt;đẹp&gt;") && !html.contains("<đẹp>"), "{html}");
    assert!(!html.contains("<script") && !html.contains("http"), "it needs nothing else");
}

#[test]
fn the_text_of_the_pdf_keeps_every_diacritic() {
    let station = Station::new(Origin::Live);
    // Cell after cell, so that a text that was broken into lines is one again.
    let printed = opened::flowing(&opened::pdf_text(&written(&station, "pdf", &[]), "-raw"));
    for phrase in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BÁO CÁO",
        "II. TỒN TẠI, NGUYÊN NHÂN",
        "Tổng đài quốc gia bảo vệ trẻ em 111",
        "không phát được: không có thiết bị âm thanh",
        "phát một phần: mất điện",
    ] {
        assert!(printed.contains(phrase), "{phrase} in:\n{printed}");
    }
}

#[test]
fn what_is_not_the_stations_airtime_is_headed_so() {
    for (origin, banner) in [(Origin::Rehearsal, "NGHE THỬ"), (Origin::Simulation, "MÔ PHỎNG")] {
        let station = Station::new(origin);
        assert!(json(&station, &[])["banner"].as_str().unwrap().starts_with(banner));
        assert!(text(&station, "html").contains(banner));
    }
    assert_eq!(json(&Station::new(Origin::Live), &[])["banner"], Value::Null);
}

#[test]
fn a_report_of_a_log_that_was_changed_says_so_and_exits_1() {
    let station = Station::new(Origin::Live);
    std::fs::write(
        station.dir.path().join("heads.txt"),
        "999:9f2c000000000000000000000000000000000000000000000000000000000000 x\n",
    )
    .unwrap();
    let output = station.loaxa(&MONTH);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("không khớp"));
}

#[test]
fn two_logs_add_up_and_live_is_never_added_to_a_rehearsal() {
    let (one, two) = (Station::new(Origin::Live), Station::of_code(Origin::Live, "cam-hai"));
    let second = two.dir.path().to_str().unwrap();
    let report = json(&one, &["--data", second]);
    assert_eq!((&report["summary"]["airings"], &report["summary"]["airtime_ms"]), (&2.into(), &34_000.into()));
    // The same log twice is one, wherever it lies; and two that differ are no two stations if they say to be one.
    let copy = Station { dir: tempfile::tempdir().unwrap() };
    std::fs::copy(one.dir.path().join("log.sqlite3"), copy.dir.path().join("log.sqlite3")).unwrap();
    let report = json(&one, &["--data", copy.dir.path().to_str().unwrap()]);
    assert_eq!(report["summary"]["airings"], 1, "a copy");
    Store::open(copy.dir.path(), Origin::Live, TimeZone::get("Asia/Ho_Chi_Minh").unwrap())
        .unwrap()
        .append(vec![Row::of(Kind::Fault, "cam-tan".into(), Origin::Live)], &SlotChange::Nothing)
        .unwrap();
    let report = json(&one, &["--data", copy.dir.path().to_str().unwrap()]);
    assert_eq!(report["summary"]["airings"], 1, "the beginning of another");
    let other = Station::new(Origin::Live);
    let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let mut store = Store::open(other.dir.path(), Origin::Live, tz).unwrap();
    let row = Row { actor: Some("lan".into()), ..Row::of(Kind::Stop, "cam-tan".into(), Origin::Live) };
    store.append(vec![row], &SlotChange::Nothing).unwrap();
    let output = copy.loaxa(&[&MONTH as &[&str], &["--data", other.dir.path().to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(2), "one station's log, told in two ways");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cam-tan"));
    let rehearsed = Station::new(Origin::Rehearsal);
    let output = one.loaxa(&[&MONTH as &[&str], &["--data", rehearsed.dir.path().to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(2));
    let twice = one.loaxa(&["log", "--data", second]);
    assert_eq!(twice.status.code(), Some(2), "only reports add up");
}

#[test]
fn a_logbook_has_a_week_and_room_for_two_names() {
    let station = Station::new(Origin::Live);
    let out = station.dir.path().join("so.html");
    station.prints(&["report", "--form", "logbook", "--from", "2026-11-15", "--out", out.to_str().unwrap()]);
    let html = std::fs::read_to_string(out).unwrap();
    for phrase in ["SỔ NHẬT KÝ PHÁT THANH", "15/11/2026", "21/11/2026", "Người trực", "NGƯỜI KIỂM TRA", "khớp"]
    {
        assert!(html.contains(phrase), "{phrase}");
    }
}

#[test]
fn wrong_use_is_answered_with_what_is_right() {
    let station = Station::new(Origin::Live);
    for args in [
        &["report"] as &[&str],
        &["report", "--month", "2026-13"],
        &["report", "--month", "2026-11", "--out", "report.doc"],
        &["report", "--campaign", "tet"],
        &["report", "--month", "2026-11", "--compare", "yesterday"],
        &["report", "--month", "2026-11", "--cut", "31"],
        &["report", "--from", "2026-11-30", "--to", "2026-11-01"],
    ] {
        let output = station.loaxa(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        assert!(output.stderr.len() > 20, "{args:?}");
    }
    let nowhere = tempfile::tempdir().unwrap();
    assert_eq!(run(nowhere.path(), &MONTH).status.code(), Some(2));
}

#[test]
fn an_entry_of_the_plan_names_its_days_and_recipients_and_several_formats_come_from_one_reading() {
    let station = Station::new(Origin::Live);
    let plan = station.dir.path().join("plan.toml");
    let text = concat!(
        "[station]\nname = \"Đài\"\ncode = \"cam-tan\"\ntimezone = \"Asia/Ho_Chi_Minh\"\naudio = \".\"\n[hours]\ndaily = [\"05:00-06:00\"]\n",
        "[[output]]\nid = \"amplifier\"\ndevice = \"default\"\n[letterhead]\ncommune = \"xã Cẩm Tân\"\nto = [\"Ủy ban\"]\n",
        "[[campaign]]\nid = \"action-month\"\nname = \"Tháng\"\nyearly = { from = \"11-15\", until = \"11-30\" }\n",
        "[[report]]\nid = \"nam\"\nperiod = \"year\"\ncampaign = \"action-month\"\nto = [\"Phòng Văn hóa\"]\n",
    );
    std::fs::write(&plan, text).unwrap();
    let out = |name: &str| station.dir.path().join(name);
    let (html, json) = (out("a.html"), out("b.json"));
    let entry = ["report", "--plan", plan.to_str().unwrap(), "--entry", "nam", "--year", "2026", "--draft"];
    let outs = ["--out", html.to_str().unwrap(), "--out", json.to_str().unwrap()];
    station.prints(&[&entry as &[&str], &outs].concat());
    let html = std::fs::read_to_string(html).unwrap();
    assert!(html.contains("Phòng Văn hóa") && !html.contains("Ủy ban<") && html.contains("DỰ THẢO"), "{html}");
    let json: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!((&json["from"], &json["until"]), (&"2025-12-01".into(), &"2026-11-30".into()));
    assert_eq!((&json["summary"]["airings"], json["rows"].as_array().unwrap().len()), (&1.into(), 5));
    let unknown = ["report", "--plan", plan.to_str().unwrap(), "--entry", "thang"];
    let output = station.loaxa(&unknown);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nam"), "the entries that there are");
    let other = station.loaxa(&[&unknown[..4], &["nam", "--month", "2026-11"]].concat());
    assert!(String::from_utf8_lossy(&other.stderr).contains("--year"), "{other:?}");
}

#[test]
fn english_reports_use_english_customs() {
    let station = Station::new(Origin::Live);
    let text = station.prints(&[&MONTH as &[&str], &["--lang", "en"]].concat());
    assert!(text.contains("I. RESULTS") && text.contains("17 seconds in all"), "{text}");
}

#[test]
fn what_was_read_live_is_entered_by_hand_and_counts_apart() {
    let station = Station::new(Origin::Live);
    let add = [
        "log",
        "add",
        "--kind",
        "live",
        "--from",
        "2026-11-16 18:00",
        "--length",
        "20m",
        "--title",
        "Họp dân",
        "--who",
        "Chị Lan",
    ];
    station.prints(&add);
    let report = json(&station, &[]);
    assert_eq!((&report["summary"]["airtime_ms"], &report["apart"]["live_by_hand_ms"]), (&17_000.into(), &1_200_000.into()));
    assert!(text(&station, "html").contains("Chị Lan"));
    assert_eq!(station.loaxa(&["verify"]).status.code(), Some(0), "it is a row of the chain");
    assert_eq!(
        station
            .loaxa(&["log", "add", "--kind", "radio", "--from", "2026-11-16 18:00", "--length", "20m", "--title", "x"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn the_log_answers_what_a_village_got_in_the_evening() {
    let station = Station::new(Origin::Live);
    let count = |args: &[&str]| {
        let rows: Vec<Value> = serde_json::from_str(&station.prints(&[&["log", "--json"], args].concat())).unwrap();
        rows.len()
    };
    assert_eq!(count(&["--zone", "thon-1"]), 7);
    assert_eq!(count(&["--zone", "thon-9"]), 0);
    assert_eq!(count(&["--between", "05:00-06:00"]), 7);
    assert_eq!(count(&["--between", "17:00-05:30"]), 0);
    let table = station.prints(&["log", "--zone", "thon-1", "--between", "05:30-05:31"]);
    let answer = "Cộng 3 lần phát: 1 đã phát đủ, 1 phát một phần (mất điện: 1), 1 không phát được (không có thiết bị âm thanh: 1). \
                  Tin, bài: 1 lượt, 0,3 phút; 1 lượt không phát đủ (mất điện: 1).";
    assert!(table.trim_end().ends_with(answer), "{table}");
    assert_eq!(count(&["--between", "5h-6h"]), 7);
    let foot = |args: &[&str]| station.prints(&[&["log"], args].concat()).trim_end().lines().last().unwrap().to_owned();
    assert_eq!(foot(&["--topic", "support_services"]), "Tin, bài: 1 lượt, 0,3 phút; 1 lượt không phát đủ (mất điện: 1).");
    station.prints(&["log", "--date", "hôm nay"]);
    assert_eq!(station.loaxa(&["log", "--date", "hôm nào"]).status.code(), Some(2));
    assert_eq!(station.loaxa(&["log", "--between", "evening"]).status.code(), Some(2));
}
