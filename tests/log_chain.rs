//! The chain can be checked by anybody, and what was changed is found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "log/station.rs"]
mod station;

use std::path::Path;
use std::process::{Command, Output};

use loaxa::terms::Origin;
use rusqlite::Connection;
use serde_json::Value;
use station::Station;

/// Changes the file as somebody does who knows how to drop triggers.
fn edit(station: &Station, sql: &str) {
    let db = Connection::open(station.dir.path().join("log.sqlite3")).unwrap();
    let drop = "SELECT group_concat('DROP TRIGGER ' || name, ';') FROM sqlite_schema WHERE type = 'trigger'";
    let drop: String = db.query_row(drop, [], |row| row.get(0)).unwrap();
    db.execute_batch(&drop).unwrap();
    db.execute_batch(sql).unwrap();
}

/// An empty text where nothing stands: the row's text does not tell, and who looks for what is not there does not find it.
const LOOSE: &str = "CREATE TABLE loose AS SELECT * FROM log; DROP TABLE log; ALTER TABLE loose RENAME TO log;
    UPDATE log SET actor = '' WHERE seq = 4;";

fn verdict(station: &Station, args: &[&str]) -> (Option<i32>, Value) {
    let output = station.loaxa(&[&["verify", "--json"], args].concat());
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

/// The program of the documentation; `None` where there is no Python.
fn python(file: &Path, heads: &[&str]) -> Option<Output> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify.py");
    Command::new("python3").arg(script).arg(file).args(heads).output().ok()
}

#[test]
fn a_good_log_is_said_to_be_good() {
    let station = Station::new(Origin::Live);
    let (code, verdict) = verdict(&station, &[]);
    assert_eq!((code, &verdict["ok"], &verdict["rows"]), (Some(0), &Value::Bool(true), &10.into()));
    assert_eq!(verdict["first_bad"], Value::Null);
    let head = verdict["head"].as_str().unwrap();
    let heads = std::fs::read_to_string(station.dir.path().join("heads.txt")).unwrap();
    assert_eq!(heads.split(' ').next(), Some(head));
    assert!(station.loaxa(&["verify", "--head", head]).status.success());
}

#[test]
fn a_changed_row_is_named() {
    let station = Station::new(Origin::Live);
    edit(&station, "UPDATE log SET status = 'aired' WHERE seq = 10");
    let (code, verdict) = verdict(&station, &[]);
    assert_eq!(code, Some(1));
    assert_eq!((&verdict["first_bad"]["seq"], &verdict["first_bad"]["problem"]), (&10.into(), &"changed".into()));
    let told = station.loaxa(&["verify"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("NHẬT KÝ KHÔNG KHỚP, từ dòng 10"), "{told:?}");
}

#[test]
fn a_cut_tail_is_missed_by_the_heads_beside_the_log() {
    let station = Station::new(Origin::Live);
    edit(&station, "DELETE FROM log WHERE seq > 8");
    let (code, verdict) = verdict(&station, &["--lang", "en"]);
    assert_eq!(code, Some(1));
    assert_eq!((&verdict["first_bad"]["seq"], &verdict["first_bad"]["problem"]), (&9.into(), &"cut_tail".into()));
    assert_eq!(verdict["first_bad"]["detail"], "rows 9 to 10 are missing at the end: line 1 of heads.txt saw them");
}

#[test]
fn every_export_shows_a_fork() {
    let station = Station::new(Origin::Live);
    let folder = tempfile::tempdir().unwrap();
    let exports: Vec<String> =
        [&["log", "--csv", "--all"] as &[&str], &["log", "--json"], &["log", "--chain"], &["log", "--chain", "--json"]]
            .iter()
            .enumerate()
            .map(|(at, args)| {
                let path = folder.path().join(at.to_string());
                std::fs::write(&path, station.prints(args)).unwrap();
                path.to_str().unwrap().to_owned()
            })
            .collect();
    for export in &exports {
        assert_eq!(verdict(&station, &["--against", export]).0, Some(0), "{export}");
    }
    // Another station's log of the same length: a chain as good as this one.
    let other = Station::new(Origin::Rehearsal);
    for export in &exports {
        let (code, verdict) = verdict(&other, &["--against", export]);
        assert_eq!((code, &verdict["first_bad"]["problem"]), (Some(1), &"rebuilt".into()), "{export}");
    }
}

#[test]
fn the_documents_program_agrees() {
    let station = Station::new(Origin::Live);
    let file = station.dir.path().join("log.txt");
    let chain = station.prints(&["log", "--chain"]);
    std::fs::write(&file, &chain).unwrap();
    let head = verdict(&station, &[]).1["head"].as_str().unwrap().to_owned();
    let Some(good) = python(&file, &[&head]) else { return };
    assert!(good.status.success(), "{good:?}");
    let (seq, hash) = head.split_once(':').unwrap();
    let groups: Vec<&str> = (0..64).step_by(4).map(|at| &hash[at..at + 4]).collect();
    assert!(String::from_utf8_lossy(&good.stdout).contains(&format!("{seq}:{}", groups.join(" "))));
    // As somebody copied it from paper, in groups and not to its end.
    let paper = format!("{seq}:{}", groups[0].to_uppercase());
    assert!(python(&file, &[&paper, groups[1], groups[2]]).unwrap().status.success());
    assert_eq!(python(&file, &[&paper, groups[1], "0000"]).unwrap().status.code(), Some(1));
    assert!(station.loaxa(&["verify", "--head", &paper, groups[1], groups[2], "--json"]).status.success());
    assert_eq!(station.loaxa(&["verify", "--head", &paper, groups[1], "0000"]).status.code(), Some(1));
    assert_eq!(station.loaxa(&["verify", "--head", &paper, groups[1]]).status.code(), Some(2), "eight digits prove nothing");
    for (changed, row) in [
        (chain.replacen("power_off", "crash", 1), "row 8:"),
        (chain.lines().enumerate().filter(|(at, _)| *at != 3).map(|(_, line)| format!("{line}\n")).collect(), "row 4:"),
        (chain.lines().take(8).map(|line| format!("{line}\n")).collect(), "row 10:"),
    ] {
        std::fs::write(&file, changed).unwrap();
        let bad = python(&file, &[&head]).unwrap();
        assert_eq!(bad.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&bad.stdout).starts_with(row), "{bad:?}");
    }
}

#[test]
fn what_copying_does_to_an_export_is_told_from_tampering() {
    let station = Station::new(Origin::Live);
    let file = station.dir.path().join("log.txt");
    let chain = station.prints(&["log", "--chain"]);
    let told = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = python(&file, &[])?;
        Some((output.status.code(), String::from_utf8(output.stdout).unwrap()))
    };
    let Some((code, said)) = told("") else { return };
    assert!(code == Some(2) && said.contains("is empty"), "{said}");
    let (code, said) = told(&station.prints(&["log", "--csv"])).unwrap();
    assert!(code == Some(2) && said.contains("is no output of `loaxa log --chain`"), "{said}");
    let (code, said) = told(&chain[..chain.len() - 30]).unwrap();
    assert!(code == Some(2) && said.starts_with("9 rows are good; the line behind them has no end"), "{said}");
    let (code, said) = told(&format!("\u{feff}{}", chain.replace('\n', "\r\n"))).unwrap();
    assert!(code == Some(0) && said.contains("CRLF") && said.contains("10 rows are good"), "{said}");
    // Whoever changes a row and cuts the file changed it all the same.
    let (code, said) = told(&chain.replacen("power_off", "crash", 1)[..chain.len() - 30]).unwrap();
    assert!(code == Some(1) && said.starts_with("row 8:"), "{said}");
}

#[test]
fn the_documents_program_reads_the_file_itself_and_finds_what_was_edited() {
    let at = |station: &Station, name: &str| station.dir.path().join(name);
    let good = Station::new(Origin::Live);
    let Some(told) = python(&at(&good, "log.sqlite3"), &[]) else { return };
    assert!(told.status.success(), "{told:?}");
    let backup = at(&good, "backup.sqlite3");
    good.prints(&["log", "backup", backup.to_str().unwrap()]);
    assert!(python(&backup, &[]).unwrap().status.success());
    for (sql, row) in [
        ("UPDATE log SET status = 'aired' WHERE seq = 10", "row 10:"),
        ("UPDATE log SET title = replace(title, 'Nhạc', 'Nhac')", "row 3:"),
        ("DELETE FROM log WHERE seq = 4", "row 4:"),
        ("DELETE FROM log WHERE seq = 6; UPDATE log SET seq = 6 WHERE seq = 7", "row 6:"),
        ("DELETE FROM log WHERE seq > 5", "row 10:"),
        ("UPDATE log SET airtime_ms = airtime_ms + 1 WHERE seq = 8", "row 8:"),
        ("UPDATE log SET row_hash = x'00' WHERE seq = 5", "row 5:"),
        (LOOSE, "row 4:"),
    ] {
        let station = Station::new(Origin::Live);
        edit(&station, sql);
        let told = python(&at(&station, "log.sqlite3"), &[]).unwrap();
        assert_eq!(told.status.code(), Some(1), "{sql}: {told:?}");
        assert!(String::from_utf8_lossy(&told.stdout).starts_with(row), "{sql}: {told:?}");
        assert_eq!(verdict(&station, &[]).0, Some(1), "{sql}");
    }
}

#[test]
fn what_is_wrong_is_said_in_vietnamese_without_a_word_of_english() {
    for (sql, told) in [
        (
            "UPDATE log SET status = 'aired' WHERE seq = 10",
            "từ dòng 10: dòng này đã bị sửa (hoặc dòng 9 bị sửa cùng với mã của nó)",
        ),
        ("DELETE FROM log WHERE seq = 4", "từ dòng 4: dòng này đã bị xóa"),
        (LOOSE, "từ dòng 4: ô `actor` của dòng này được lưu khác cách máy ghi"),
        ("DROP TABLE log", "tệp nhật ký thiếu bảng hoặc có bảng bị đổi dạng; hãy giữ tệp này lại"),
    ] {
        let station = Station::new(Origin::Live);
        edit(&station, sql);
        let output = station.loaxa(&["verify"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{sql}: {text}");
        assert!(text.contains(told), "{sql}: {text}");
        assert!(text.contains("các khóa chống sửa trong tệp nhật ký đã bị gỡ"), "{sql}: {text}");
        assert!(!text.contains("SQLite") && !text.contains("cell"), "{sql}: {text}");
    }
}

#[test]
fn the_documents_shell_lines_agree() {
    let station = Station::new(Origin::Live);
    let file = station.dir.path().join("log.txt");
    let chain = station.prints(&["log", "--chain"]);
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/airtime-log.md")).unwrap();
    let script = page.split("```bash\n").nth(1).unwrap().split("```").next().unwrap();
    let shell = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = Command::new("bash").args(["-c", script]).current_dir(station.dir.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(shell(&chain), "");
    assert_eq!(shell(&chain.replacen("power_off", "crash", 1)), "wrong: 8\n");
}

#[test]
fn the_documents_columns_are_those_of_the_log() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/airtime-log.md")).unwrap();
    for (column, n) in loaxa::asrun::row::COLUMNS.iter().zip(1..) {
        assert!(page.contains(&format!("| {n} | `{}` |", column.name)), "{}", column.name);
    }
}

#[test]
fn a_log_of_a_newer_form_is_refused_with_what_to_do() {
    let station = Station::new(Origin::Live);
    let db = Connection::open(station.dir.path().join("log.sqlite3")).unwrap();
    db.execute_batch("PRAGMA user_version = 99; UPDATE meta SET value = '99' WHERE name = 'form'").unwrap();
    drop(db);
    for command in ["log", "verify"] {
        let output = station.loaxa(&[command]);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("bản loaxa mới hơn"), "{output:?}");
    }
}

/// An inspector's own tool, on the file itself.
#[test]
fn sqlite_reads_and_sums_the_log_and_changes_nothing_of_it() {
    let station = Station::new(Origin::Live);
    let db = Connection::open(station.dir.path().join("log.sqlite3")).unwrap();
    let sql = "SELECT title, sum(airtime_ms) / 60000.0 FROM log WHERE kind = 'air' GROUP BY title ORDER BY 2 DESC, title LIMIT 1";
    let (title, minutes): (String, f64) = db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let csv = station.prints(&["log", "--csv"]);
    let shown: f64 = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes())
        .deserialize::<std::collections::HashMap<String, String>>()
        .map(Result::unwrap)
        .filter(|row| row["kind"] == "air" && row["title"] == title)
        .map(|row| row["airtime_ms"].parse::<f64>().unwrap() / 60_000.0)
        .sum();
    assert!((minutes - shown).abs() < 1e-9 && shown > 0.0, "{title}: {minutes} and {shown}");
    // Columns are the cells, by the names that exports have.
    let columns: Vec<String> = db
        .prepare("SELECT name FROM pragma_table_info('log')")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(csv.trim_start_matches('\u{feff}').lines().next().unwrap(), columns.join(","));
    for forbidden in [
        "UPDATE log SET airtime_ms = 0",
        "DELETE FROM log",
        "INSERT OR REPLACE INTO log SELECT * FROM log WHERE seq = 1",
        "INSERT INTO log SELECT * FROM log WHERE seq = 1",
    ] {
        assert!(db.execute(forbidden, []).is_err(), "{forbidden}");
    }
}
