//! A log of a hard autumn on two outputs, made by the simulator with faults, added up by SQL from what `loaxa log --json` exports, and held
//! against every format. The SQL goes by LOG.md's words and knows nothing of how the program counts.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::opened::*;
use super::station::{Station, run};

const SHIPPED: &str = env!("CARGO_MANIFEST_DIR");
const SPAN: [&str; 4] = ["--from", "2026-10-20", "--to", "2026-12-05"];

/// The shipped plan, in which one village has both outputs.
fn station() -> Station {
    let station = Station { dir: tempfile::tempdir().unwrap() };
    let folder = station.dir.path();
    let plan = folder.join("schedules/cam-tan");
    std::fs::create_dir_all(&plan).unwrap();
    std::os::unix::fs::symlink(Path::new(SHIPPED).join("audio"), folder.join("audio")).unwrap();
    for file in std::fs::read_dir(Path::new(SHIPPED).join("schedules/cam-tan")).unwrap() {
        let file = file.unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let all = r#"zones = ["thon-1", "thon-2", "thon-3", "thon-4", "thon-5", "thon-6", "thon-7", "thon-8"]"#;
        let two = r#"zones = ["thon-1", "thon-2", "thon-3", "thon-4"]
[[output]]
id = "horns"
device = "hw:1"
zones = ["thon-4", "thon-5", "thon-6", "thon-7", "thon-8"]"#;
        std::fs::write(plan.join(file.file_name()), text.replace(all, two)).unwrap();
    }
    let holidays = "schedules/vietnam-holidays.toml";
    std::fs::copy(Path::new(SHIPPED).join(holidays), folder.join(holidays)).unwrap();
    let simulate = [&["simulate", plan.to_str().unwrap(), "--faults", "3"] as &[&str], &SPAN].concat();
    let done = run(folder, &simulate);
    assert!(done.status.success(), "{done:?}");
    station
}

/// The rows as an export has them, and what LOG.md says of counting, in views.
fn database(station: &Station) -> Connection {
    let rows: Vec<Value> = serde_json::from_str(&station.prints(&["log", "--json"])).unwrap();
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "CREATE TABLE row (seq INTEGER, kind, broadcast, at, element, output, zones, item, item_kind, topic, language, supplier,
            ms INTEGER, status, reason, content, day AS (substr(at, 1, 10)))",
    )
    .unwrap();
    let names = [
        "seq",
        "kind",
        "broadcast",
        "planned_at",
        "element",
        "output",
        "zones",
        "item",
        "item_kind",
        "topic",
        "language",
        "supplier",
        "airtime_ms",
        "status",
        "reason",
        "file_hash",
    ];
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    for row in &rows {
        let cells: Vec<Option<String>> = names.iter().map(|name| text(&row[*name])).collect();
        let places = vec!["?"; cells.len()].join(", ");
        db.execute(&format!("INSERT INTO row VALUES ({places})"), rusqlite::params_from_iter(cells)).unwrap();
    }
    db.execute_batch(
        "CREATE TABLE first AS SELECT content, broadcast, at, element, min(seq) FROM row
            WHERE kind = 'air' AND status = 'aired' GROUP BY content;
         CREATE INDEX by_content ON first (content);
         CREATE TABLE share AS SELECT broadcast, at, element, output, zones, max(item) AS item, max(topic) AS topic,
            max(language) AS language, max(supplier) AS supplier, max(content) AS content, sum(ms) AS ms, max(status = 'aired') AS whole
            FROM row WHERE kind = 'air' AND item_kind = 'announcement' AND day BETWEEN '2026-10-20' AND '2026-12-05'
            GROUP BY broadcast, at, element, output;
         CREATE TABLE airing AS SELECT broadcast, at, element, item, topic, language, supplier, content, max(ms) AS ms,
            max(whole) AS whole, EXISTS (SELECT 1 FROM first WHERE first.content = share.content
                AND first.broadcast = share.broadcast AND first.at = share.at AND first.element = share.element) AS new
            FROM share GROUP BY broadcast, at, element;
         CREATE VIEW got AS SELECT zone.value AS zone, broadcast, at, element, max(ms) AS ms, max(whole) AS whole
            FROM share, json_each(share.zones) AS zone GROUP BY zone.value, broadcast, at, element;",
    )
    .unwrap();
    db
}

fn numbers(db: &Connection, sql: &str) -> BTreeMap<String, Vec<i64>> {
    let mut statement = db.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let columns = statement.column_count();
    let line = |row: &rusqlite::Row<'_>| {
        let name = row.get::<_, Option<String>>(0)?.unwrap_or_default();
        Ok((name, (1..columns).map(|at| row.get(at)).collect::<Result<Vec<i64>, _>>()?))
    };
    statement.query_map([], line).unwrap().map(Result::unwrap).collect()
}

fn table<'r>(report: &'r Value, id: &str) -> &'r Vec<Value> {
    let tables = report["tables"].as_array().unwrap();
    tables.iter().find(|table| table["table"] == id).unwrap_or_else(|| panic!("{id}"))["lines"].as_array().unwrap()
}

/// The lines of a table by their ids, of which some figures.
fn lines(report: &Value, id: &str, figures: &[&str]) -> BTreeMap<String, Vec<i64>> {
    let items = table(report, id).iter().filter(|line| line["role"] == "item");
    let figures =
        |line: &Value| figures.iter().map(|name| line[*name].as_i64().unwrap_or_else(|| panic!("{name}: {line}"))).collect();
    items
        .map(|line| (line["id"].as_str().unwrap().to_owned(), figures(line)))
        .filter(|(_, of): &(_, Vec<i64>)| of.iter().any(|n| *n > 0))
        .collect()
}

#[test]
fn every_sum_is_the_one_that_sql_makes_of_the_exported_rows() {
    let station = station();
    let db = database(&station);
    let report: Value = serde_json::from_str(&station.prints(&[&["report", "--json"] as &[&str], &SPAN].concat())).unwrap();
    let all = numbers(
        &db,
        "SELECT 'all', sum(whole), sum(whole AND new), sum(ms), count(DISTINCT iif(whole, item, NULL)),
            count(DISTINCT iif(whole, content, NULL)), count(DISTINCT iif(ms > 0, broadcast || ' ' || at, NULL)) FROM airing",
    );
    let summary = ["airings", "first_runs", "airtime_ms", "items", "recordings", "broadcasts"];
    assert_eq!(all["all"], summary.map(|name| report["summary"][name].as_i64().unwrap()));
    let hard = numbers(&db, "SELECT 'x', count(*) FROM row WHERE kind = 'air' AND status = 'partial' AND ms > 0");
    assert!(hard["x"][0] > 3 && all["all"][0] > 500, "the autumn was hard: {hard:?} {all:?}");
    for (id, column) in [("topics", "topic"), ("suppliers", "supplier"), ("languages", "language")] {
        let sql = format!(
            "SELECT {column}, sum(whole), sum(ms), count(DISTINCT iif(whole, item, NULL)) FROM airing GROUP BY {column} HAVING sum(ms) > 0"
        );
        assert_eq!(lines(&report, id, &["airings", "minutes_ms", "items"]), numbers(&db, &sql), "{id}");
    }
    let villages = numbers(
        &db,
        "SELECT zone, sum(whole), sum(ms), 47 - count(DISTINCT iif(ms > 0, substr(at, 1, 10), NULL)) FROM got GROUP BY zone",
    );
    assert_eq!(lines(&report, "villages", &["airings", "minutes_ms", "silent_days"]), villages);
    assert!(villages["thon-4"][1] >= villages["thon-1"][1].max(villages["thon-8"][1]), "it has both outputs");
    let ends = "FROM row WHERE day BETWEEN '2026-10-20' AND '2026-12-05' AND kind = 'end' AND substr(broadcast, 1, 1) != '@'
        AND (status != 'skipped' OR reason NOT IN ('replaced', 'duplicate'))";
    for (status, count) in numbers(&db, &format!("SELECT status, count(*) {ends} GROUP BY status")) {
        assert_eq!(report["outcomes"][&status], count[0], "{status}");
        for (reason, count) in
            numbers(&db, &format!("SELECT reason, count(*) {ends} AND status = '{status}' AND reason NOT NULL GROUP BY reason"))
        {
            assert_eq!(report["outcomes"]["reasons"][&status][&reason], count[0], "{status} {reason}");
        }
    }
    formats(&station, &report, &db);
}

/// The other formats say what json says; the log is a file of its own, which each document names by its hash.
fn formats(station: &Station, report: &Value, db: &Connection) {
    let outs = ["html", "docx", "pdf", "xlsx", "csv"].map(|ending| station.dir.path().join(format!("autumn.{ending}")));
    let named = outs.iter().flat_map(|out| ["--out", out.to_str().unwrap()]);
    station.prints(&["report"].into_iter().chain(SPAN).chain(named).collect::<Vec<_>>());
    let [html, docx, pdf, xlsx, csv] = outs;
    let page = std::fs::read_to_string(html).unwrap();
    let rows = html_rows(&page);
    assert_eq!(docx_rows(&docx), rows);
    let total = table(report, "topics").last().unwrap();
    let exact = [total["airings"].as_f64().unwrap(), total["minutes_ms"].as_f64().unwrap()];
    let printed = rows.iter().find(|row| row[1] == "Tổng cộng").unwrap();
    // 1.234,5 minutes.
    let read = |text: &str| text.replace('.', "").replace(',', ".").parse::<f64>().unwrap();
    assert_eq!((read(&printed[5]), read(&printed[6])), (exact[0], (exact[1] / 6_000.0).round() / 10.0));
    let line = printed.join(" ");
    assert!(flowing(&pdf_text(&pdf, "-layout")).contains(line.trim()), "{line}");
    let sheets = xlsx_sheets(&xlsx);
    let (_, topics) = sheets.iter().find(|(name, _)| name.starts_with("II ")).unwrap();
    let sum = topics.iter().find(|row| row.get(1).is_some_and(|cell| cell == "Tổng cộng")).unwrap();
    let minutes = sum[6].parse::<f64>().unwrap();
    assert!((minutes * 60_000.0 - exact[1]).abs() < 0.5 && sum[5].parse::<f64>().unwrap() == exact[0], "{sum:?}");
    let csv = std::fs::read_to_string(csv).unwrap();
    let mut rows = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(csv.as_bytes());
    let total = rows.records().map(Result::unwrap).find(|row| &row[0] == "topics" && row.get(2) == Some("Tổng cộng")).unwrap();
    let minutes = &total[7];
    assert!((minutes.replace(',', ".").parse::<f64>().unwrap() * 60_000.0 - exact[1]).abs() < 0.5, "{minutes}");

    let beside = std::fs::read(station.dir.path().join("autumn.nhat-ky.csv")).unwrap();
    let sha256: String = Sha256::digest(&beside).iter().map(|byte| format!("{byte:02x}")).collect();
    for text in [page, docx_text(&docx), pdf_text(&pdf, "-raw").replace('\n', "")] {
        assert!(text.contains(&sha256) && text.contains("autumn.nhat-ky.csv"), "{sha256} in {text}");
    }
    let mut reader = csv::Reader::from_reader(beside.as_slice());
    let at = reader.headers().unwrap().iter().position(|head| head == "Thời lượng (giây)").unwrap();
    let lengths: Vec<f64> = reader.records().map(|record| record.unwrap()[at].replace(',', ".").parse().unwrap_or(0.0)).collect();
    let sql = "SELECT 'x', count(*), sum(iif(kind = 'air', ms, 0)) FROM row
        WHERE day BETWEEN '2026-10-20' AND '2026-12-05' AND (kind = 'air' OR status IN ('missed', 'skipped'))";
    let of_log = &numbers(db, sql)["x"];
    assert!(of_log[0] > 2_000);
    assert_eq!((lengths.len() as i64, (lengths.iter().sum::<f64>() * 1000.0).round() as i64), (of_log[0], of_log[1]));
}
