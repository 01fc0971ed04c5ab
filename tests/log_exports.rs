//! `loaxa log`: every form shows the same rows, in the same columns.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "log/station.rs"]
mod station;

use loaxa::terms::Origin;
use serde_json::Value;
use station::{Station, run};

const COLUMNS: &str = "seq,kind,station,output,zones,broadcast,campaign,programme,element,take,item,item_kind,title,topic,tags,language,\
supplier,contacts,priority,planned_at,planned_ms,started_at,ended_at,airtime_ms,frames,rate,status,reason,late_ms,level_lufs,first_run,\
actor,device,origin,clock,detail,file_hash,plan_hash,row_hash";

fn rows(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_table_shows_a_slots_takes_and_then_how_it_ended() {
    let station = Station::new(Origin::Live);
    insta::assert_snapshot!("table_vi", station.prints(&["log"]));
    insta::assert_snapshot!("table_en_all", station.prints(&["log", "--all", "--lang", "en"]));
}

#[test]
fn the_table_fits_a_screen_of_80_columns_and_exports_know_no_screen() {
    let station = Station::new(Origin::Live);
    let on_screen = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_loaxa"));
        let output = command.args(args).arg("--data").arg(station.dir.path()).env("COLUMNS", "80").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for args in [&["log"] as &[&str], &["log", "--all"], &["log", "--all", "--lang", "en"], &["log", "--missed"]] {
        let text = on_screen(args);
        let wide: Vec<&str> = text.lines().filter(|line| unicode_width::UnicodeWidthStr::width(*line) > 80).collect();
        assert!(wide.is_empty() && text.lines().count() > 5, "{args:?}: {wide:#?}");
    }
    for args in [["log", "--csv"], ["log", "--json"], ["log", "--chain"]] {
        assert_eq!(on_screen(&args), station.prints(&args), "{args:?}");
    }
}

#[test]
fn csv_has_the_columns_of_the_log_in_their_order() {
    let text = Station::new(Origin::Live).prints(&["log", "--csv"]);
    assert_eq!(text.lines().next(), Some(COLUMNS));
    insta::assert_snapshot!("csv", text);
}

#[test]
fn json_has_the_columns_of_the_log_in_their_order_and_form() {
    let text = Station::new(Origin::Live).prints(&["log", "--json"]);
    insta::assert_snapshot!("json", text);
    assert_eq!(rows(&text).len(), 7);
    let first = text.lines().nth(1).unwrap();
    let mut place = 0;
    for column in COLUMNS.split(',') {
        let found = first[place..].find(&format!("\"{column}\":")).unwrap_or_else(|| panic!("{column} stands at its place"));
        place += found;
    }
    let row = &rows(&text)[1];
    assert_eq!(row["airtime_ms"], 12_000);
    assert_eq!(row["level_lufs"], -18.0);
    assert_eq!(row["first_run"], true);
    assert_eq!(row["zones"], serde_json::json!(["thon-1", "thon-2"]));
    assert_eq!(row["reason"], Value::Null);
    let end = &rows(&text)[2];
    assert_eq!((&end["kind"], &end["airtime_ms"], &end["element"]), (&"end".into(), &Value::Null, &Value::Null));
}

#[test]
fn no_spreadsheet_takes_a_cell_for_a_formula() {
    let text = Station::new(Origin::Live).prints(&["log", "--csv", "--all"]);
    assert!(text.contains(r#""'=1+1, ""an toàn"" & <đẹp>""#), "{text}");
    assert!(text.contains(",'-lan,"), "{text}");
    assert!(text.contains(",-18.0,"), "numbers stay numbers");
}

#[test]
fn a_span_of_days_includes_its_last_and_one_of_instants_does_not() {
    let station = Station::new(Origin::Live);
    let count = |args: &[&str]| rows(&station.prints(&[&["log", "--json"], args].concat())).len();
    assert_eq!(count(&["--from", "2026-11-15", "--to", "2026-11-15"]), 3);
    assert_eq!(count(&["--from", "2026-11-15", "--to", "2026-11-16"]), 6);
    assert_eq!(count(&["--to", "2026-11-16 05:30"]), 3);
    assert_eq!(count(&["--from", "2026-11-16 05:30", "--to", "2026-11-16 05:31"]), 3);
    assert_eq!(count(&["--from", "2026-11-16T05:30:00+07:00"]), 4);
    assert_eq!(count(&["--from", "15/11/2026", "--to", "15/11/2026"]), 3);
}

#[test]
fn rows_are_chosen_by_topic_and_status() {
    let station = Station::new(Origin::Live);
    let count = |args: &[&str]| rows(&station.prints(&[&["log", "--json"], args].concat())).len();
    assert_eq!(count(&["--topic", "support_services"]), 2);
    assert_eq!(count(&["--topic", "nothing"]), 0);
    assert_eq!(count(&["--status", "missed"]), 1);
    assert_eq!(count(&["--status", "aired"]), 4);
    assert_eq!(count(&["--missed"]), 3);
    assert_eq!(count(&["--all"]), 10);
}

#[test]
fn wrong_arguments_are_answered_with_what_is_right() {
    let station = Station::new(Origin::Live);
    for args in [
        &["log", "--from", "hôm nào"] as &[&str],
        &["log", "--status", "heard"],
        &["log", "--from", "2026-11-16", "--to", "2026-11-15"],
        &["log", "--chain", "--csv"],
        &["log", "--json", "--csv"],
        &["verify", "--head", "12"],
        &["verify", "--against", "/nonexistent"],
    ] {
        let output = station.loaxa(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_folder_without_a_log_is_wrong_use_and_stays_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    for args in [&["log"], &["verify"]] {
        let output = run(dir.path(), args);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("không có nhật ký"), "{output:?}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_rehearsal_is_headed_as_one_but_not_within_its_data() {
    let rehearsal = Station::new(Origin::Rehearsal);
    assert!(rehearsal.prints(&["log"]).contains("NGHE THỬ"));
    let simulation = Station::new(Origin::Simulation);
    assert!(simulation.prints(&["log"]).contains("MÔ PHỎNG"));
    for form in ["--json", "--csv", "--chain"] {
        let output = rehearsal.loaxa(&["log", form]);
        assert!(!String::from_utf8_lossy(&output.stdout).contains("NGHE THỬ"));
        assert!(String::from_utf8_lossy(&output.stderr).contains("NGHE THỬ"));
    }
    assert_eq!(rows(&rehearsal.prints(&["log", "--json"]))[0]["origin"], "rehearsal");
}
