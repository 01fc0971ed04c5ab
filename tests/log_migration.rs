//! A log of an old form is read as it is, brought to the present form by the next start, and says the same afterwards, hash for hash.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "log/station.rs"]
#[allow(dead_code)]
mod station;

use std::path::Path;

use loaxa::asrun::store::Store;
use loaxa::asrun::unsettled::Settle;
use loaxa::terms::Origin;
use rusqlite::Connection;
use station::{MORNING, run};

/// A copy of the log that the first form of the file left.
fn old() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/log/v1");
    for name in ["log.sqlite3", "heads.txt"] {
        std::fs::copy(kept.join(name), dir.path().join(name)).unwrap();
    }
    dir
}

fn open(dir: &Path) -> Store {
    Store::open(dir, Origin::Live, jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap()).unwrap()
}

fn version(dir: &Path) -> i64 {
    let db = Connection::open(dir.join("log.sqlite3")).unwrap();
    db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

fn chain(dir: &Path) -> String {
    let output = run(dir, &["log", "--chain"]);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_log_of_the_first_form_goes_on_in_the_present_one_hash_for_hash() {
    let dir = old();
    let before = chain(dir.path());
    assert_eq!(before.lines().count(), 10);
    let (table, verdict) = (run(dir.path(), &["log", "--all"]).stdout, run(dir.path(), &["verify"]));
    assert!(verdict.status.success(), "an old log is checked as it is: {verdict:?}");
    assert_eq!(version(dir.path()), 1, "reading changes nothing");

    let mut store = open(dir.path());
    let past = store.recover("cam-tan".into(), MORNING).unwrap();
    assert_eq!(
        past.history.last_aired(&"hotline-111".into()).map(|at| at - MORNING),
        Some(jiff::SignedDuration::from_millis(12_250))
    );
    let again = store.reader().rows(&loaxa::asrun::store::Query::default()).unwrap().remove(3);
    let repeat = store.append(vec![loaxa::asrun::row::Row { first_run: None, ..again }], &Settle::Nothing).unwrap();
    assert_eq!(repeat[0].first_run, Some(false), "what aired before the migration is known");
    drop(store);

    assert_eq!(version(dir.path()), 2);
    let after = chain(dir.path());
    assert_eq!(after.lines().take(10).collect::<Vec<_>>(), before.lines().collect::<Vec<_>>());
    assert_eq!(after.lines().count(), 11);
    assert!(run(dir.path(), &["verify"]).status.success());
    assert!(String::from_utf8(run(dir.path(), &["log", "--all"]).stdout).unwrap().len() > table.len());
    assert!(run(dir.path(), &["log", "--topic", "support_services", "--json"]).stdout.starts_with(b"[\n"));
}

#[test]
fn what_was_changed_in_an_old_log_is_found_in_the_new_one_too() {
    for (edit, problem) in [
        ("UPDATE rows SET text = replace(text, 'missed', 'aired') WHERE seq = 10", "\"seq\": 10"),
        ("DELETE FROM rows WHERE seq = 4", "\"seq\": 4"),
        ("UPDATE rows SET row_hash = 'x' WHERE seq = 3", "\"seq\": 3"),
        ("UPDATE rows SET at_ms = 7 WHERE seq = 5", "\"seq\": 5"),
        (
            "DROP INDEX rows_end_once; INSERT INTO rows SELECT 11, row_hash, text, kind, at_ms, broadcast, output, topic, status FROM rows WHERE seq = 10",
            "\"seq\": 11",
        ),
    ] {
        let dir = old();
        let db = Connection::open(dir.path().join("log.sqlite3")).unwrap();
        for trigger in ["rows_never_change", "rows_never_go", "rows_in_order", "rows_one_end"] {
            db.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
        }
        db.execute_batch(edit).unwrap();
        drop(db);
        for version in ["before", "after"] {
            let verdict = run(dir.path(), &["verify", "--json"]);
            assert_eq!(verdict.status.code(), Some(1), "{edit} {version}");
            assert!(String::from_utf8_lossy(&verdict.stdout).contains(problem), "{edit} {version}: {verdict:?}");
            drop(open(dir.path()));
        }
        assert_eq!(version(dir.path()), 2);
    }
}

#[test]
fn a_log_of_a_newer_form_is_refused_with_what_to_do() {
    let dir = old();
    let db = Connection::open(dir.path().join("log.sqlite3")).unwrap();
    db.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(db);
    for command in ["log", "verify"] {
        let output = run(dir.path(), &[command]);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("bản loaxa mới hơn"), "{output:?}");
    }
}

#[test]
fn the_view_for_other_tools_shows_rows_as_they_are_hashed() {
    let station = station::Station::new(Origin::Live);
    let db = Connection::open(station.dir.path().join("log.sqlite3")).unwrap();
    let mut all = db.prepare("SELECT text || char(31) || row_hash FROM log ORDER BY seq").unwrap();
    let lines: Vec<String> = all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(lines.join("\n") + "\n", chain(station.dir.path()));
}
