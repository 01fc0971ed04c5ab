//! Every figure of the trial's log, counted by hand from `trial.rs`, in every format.

use std::collections::HashMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::opened::*;
use super::station::Station;
use super::trial;

const NOVEMBER: [&str; 3] = ["report", "--month", "2024-11"];

fn told(station: &Station, args: &[&str]) -> Value {
    serde_json::from_str(&station.prints(&[&["report", "--json"], args].concat())).unwrap()
}

fn written(station: &Station, ending: &str) -> PathBuf {
    let out = station.dir.path().join(format!("november.{ending}"));
    station.prints(&[&NOVEMBER as &[&str], &["--out", out.to_str().unwrap()]].concat());
    out
}

/// Whole airings and milliseconds of a period.
fn sums(station: &Station, args: &[&str]) -> (i64, i64) {
    let summary = &told(station, args)["summary"];
    (summary["airings"].as_i64().unwrap(), summary["airtime_ms"].as_i64().unwrap())
}

/// | day | announcements | whole | ms |
/// |---|---|---|---|
/// | 2 | law 60 s, help 40 s, on two outputs | 2 | 100,000 |
/// | 3 | law 20 + 60 s (the horns 20 + 30), help 40 s | 2 | 120,000 |
/// | 5 | help, ordered: 40 s and 40.02 s | 1 | 40,020 |
/// | 7 | law anew 62 s, help 40 s | 2 | 102,000 |
/// | 8 | help twice in an emergency | 2 | 80,000 |
/// | 10 | story 90 s, law in Mường 70 s | 2 | 160,000 |
/// | 15 | law 62 s, help 40 s | 2 | 102,000 |
/// | 16 | story 90 s, help 40 s | 2 | 130,000 |
/// | 24 | story cut after 45 s, help never; story ordered 90 s | 1 | 135,000 |
///
/// In all 16 whole and 969.02 s. Not among them: the 3rd and the 12th into files, signals, notice, song, and what was entered by hand.
#[test]
fn the_figures_are_those_counted_by_hand() {
    let report = told(&trial::station(), &["--month", "2024-11"]);
    let summary = &report["summary"];
    // First runs: the new recording of the law (7th), the story and the Mường reading (10th); all else aired on 20 October.
    // Items: law (with its reading), help, story. Recordings: law twice, its reading, help, story.
    // Sounding broadcasts: 2, 3, 5, 7, 8, 10, 15, 16, and two on the 24th; 10 in 30 days. Programmes: two; what is ordered has none.
    let expected = [
        ("airings", 16),
        ("first_runs", 3),
        ("repeats", 13),
        ("airtime_ms", 969_020),
        ("items", 3),
        ("recordings", 5),
        ("broadcasts", 10),
        ("programmes", 2),
        // Law 60 + 80 + 62 + 70 + 62 s, story 90 + 90 + 45 + 90 s.
        ("duty_airtime_ms", 334_000 + 315_000),
    ];
    for (name, value) in expected {
        assert_eq!(summary[name], value, "{name}");
    }
    assert_eq!(summary["broadcasts_a_day"], 0.3);
    // The tune of seven broadcasts, and two attention tones of 3 s. One whole announcement went only into a file.
    let apart = json!({
        "emergencies_ms": 0, "signals_ms": 76_000, "music_ms": 120_000, "notices_ms": 30_000, "live_by_hand_ms": 1_200_000,
        "relayed_by_hand_ms": 1_800_000, "test_airings": 1,
    });
    assert_eq!(report["apart"], apart);
    assert_eq!(report["punctuality"], json!({ "begun": 10, "within_1s": 9, "worst_ms": 61_000 }));
    assert_eq!(report["log"][0]["ok"], true);
}

/// The cells of all tables but the log itself, as they are printed.
#[test]
fn every_table_is_the_one_made_by_hand() {
    let station = trial::station();
    let page = std::fs::read_to_string(written(&station, "html")).unwrap();
    let rows = html_rows(&page);
    let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let long = "Tổng đài quốc gia bảo vệ trẻ em";
    let expected: &[&[&str]] = &[
        // a) October has two airings of 100 s, and its log only since the 20th: of both months the days from the 20th to the 30th are
        // compared, in November the 24th. 969,02 s are 16,2 minutes, 135 s are 2,3, 100 s are 1,7.
        &["1", "Thời lượng tin, bài", "phút", "16,2", "2,3", "1,7", "0,6", "35,0"],
        &["2", "Trong đó: nhiệm vụ của Đài", "phút", "10,8", "2,3", "1,0", "1,3", "125,0"],
        &["3", "Số lượt phát", "lượt", "16", "1", "2", "-1", "-50,0"],
        &["4", "Trong đó: phát mới", "lượt", "3", "0", "2", "-2", "-100,0"],
        &["5", "Trong đó: phát lại", "lượt", "13", "1", "0", "1", ""],
        &["6", "Số tin, bài", "tin, bài", "3", "1", "2", "-1", "-50,0"],
        &["7", "Số bản thu", "bản thu", "5", "1", "2", "-1", "-50,0"],
        &["8", "Số lần phát có tin, bài", "lần", "10", "2", "1", "1", "100,0"],
        &["9", "Bình quân mỗi ngày", "lần/ngày", "0,3", "0,2", "0,1", "0,1", "100,0"],
        &["1", "18:00 11/11/2024", "phát trực tiếp", "Họp dân", "20,0", "Chị Lan"],
        &["2", "18:00 12/11/2024", "tiếp âm", "Họp dân", "30,0", "Chị Lan"],
        // b) 334, 315 and 320,02 s; the duties are 649 s: 10,8 minutes and 67,0 %. On the days that both
        // periods have: the story, 135 s, against 60 s of the law and 40 s of the help.
        &["A", "Nhiệm vụ của Đài", "2", "3", "5", "8", "10,8", "2,3", "1,0", "1,3", "67,0"],
        &["1", "Chủ trương, pháp luật", "1", "2", "3", "5", "5,6", "0,0", "1,0", "-1,0", "34,5"],
        &["2", "Gương điển hình", "1", "1", "2", "3", "5,2", "2,3", "0,0", "2,3", "32,5"],
        &["B", "Nội dung phối hợp", "1", "0", "8", "8", "5,4", "0,0", "0,7", "-0,7", "33,0"],
        &["1", "Dịch vụ hỗ trợ", "1", "0", "8", "8", "5,4", "0,0", "0,7", "-0,7", "33,0"],
        &["2", "Lao động nữ", "0", "0", "0", "0", "0,0", "0,0", "0,0", "0,0", "0,0"],
        &["", "Tổng cộng", "3", "3", "13", "16", "16,2", "2,3", "1,7", "0,6", "100,0"],
        // c) Thôn 1 has the amplifier, thôn 3 the horns, thôn 2 both; thôn 4 has a file. The amplifier sounded on nine days of 30.
        &["1", "Thôn 1", "16", "16,2", "21", "mất điện: 2, nghỉ lễ: 1, không có lịch: 18"],
        &["2", "Thôn 2", "16", "16,2", "21", "mất điện: 2, nghỉ lễ: 1, không có lịch: 18"],
        // 59,98 + 25 + 50 + 40,02 + 62 + 40 s = 277 s on the 2nd, 3rd, 5th and 15th.
        &["3", "Thôn 3", "4", "4,6", "26", "mất điện: 2, nghỉ lễ: 1, không có thiết bị âm thanh: 1, không có lịch: 22"],
        &["4", "Thôn 4", "0", "0,0", "30", "chỉ có thiết bị thử (null, wav), không ai nghe; không có lịch: 30"],
        // d) Week 1: 102 + 130 s as planned. Week 2: two slots of two announcements owed; those of the dark morning are worth the mean
        // of that programme in the whole log, (8 × 40 + 3 × 60 + 5 × 62) s over 16: 2 × 50,625 s; and 130 s. 45 s of that sounded, and
        // 90 s were ordered.
        &["1", "Tuần 1 (15/11/2024 – 21/11/2024)", "4", "3,9", "4", "3,9", "100,0", "0,0"],
        &["2", "Tuần 2 (22/11/2024 – 28/11/2024)", "4", "3,8", "0", "0,7", "19,5", "1,5"],
        &["3", "Tuần 3 (29/11/2024 – 30/11/2024)", "0", "0,0", "0", "0,0", "", "0,0"],
        &["", "Tổng cộng", "8", "7,7", "4", "4,6", "59,8", "1,5"],
        // 16 of the campaign's days: 3 × 16 / 7 airings, 2 × 16 minutes. One of law (15th); 40 + 40 s of help.
        &["1", "Chủ trương, pháp luật", "lượt", "6", "1", "16,7"],
        &["2", "Dịch vụ hỗ trợ", "phút", "32,0", "1,3", "4,2"],
        // đ)
        &["1", "Công an xã", "1", "5", "5,6"],
        &["2", "Hội Liên hiệp Phụ nữ xã", "2", "11", "10,6"],
        // e)
        &["1", long, "111", "01/11/2024", "8", "16/11/2024"],
        &["2", "Tổng đài 111 😀", "", "", "8", "16/11/2024"],
        // g) One line a slot and output. The help that the dark morning owed was ordered a day later, the story five minutes later.
        &[
            "1",
            "Bản tin sáng",
            "14",
            "5",
            "2",
            "5",
            "2",
            "1",
            "mất điện: 5, nghỉ lễ: 2, không có thiết bị âm thanh: 1, thiết bị âm thanh lỗi: 1",
        ],
        &["2", "Bản tin chiều", "3", "2", "1", "0", "0", "1", "nhường chương trình ưu tiên: 1"],
        &["", "Ngoài lịch: phát theo lệnh", "4", "4", "0", "0", "0", "0", ""],
        // h)
        &["1", "Tiếng Việt", "3", "15", "15,0", "92,8"],
        &["2", "Tiếng Mường", "1", "1", "1,2", "7,2"],
        &["", "Tổng cộng", "3", "16", "16,2", "100,0"],
    ];
    for cells in expected {
        let near: Vec<_> = rows.iter().filter(|row| row.get(1).map(String::as_str) == cells.get(1).copied()).collect();
        assert!(rows.contains(&text(cells)), "{cells:?}\nis not among {near:#?}");
    }
    for phrase in [
        "1. Thời lượng. Đài đã phát 16 lượt của 3 tin, bài (phát mới 3 lượt, phát lại 13 lượt), tổng thời lượng 16 phút, bình quân 0,3 \
         lần/ngày; tăng 35 giây (35%) so với kỳ từ 20/10/2024 đến 30/10/2024; chỉ tính những ngày cả hai kỳ đều có nhật ký, của kỳ này là từ \
         20/11/2024 đến 30/11/2024.",
        // The story of the 24th, 135 s, against the law and the help of 20 October.
        "2. Nội dung tăng nhiều nhất: Gương điển hình (+2 phút, kỳ trước không có); giảm: Chủ trương, pháp luật (−1 phút, 100%). \
         Nhiệm vụ của Đài chiếm 67% thời lượng.",
        "3. Tháng hành động. Phát 5 lượt, 6 phút, đạt 59,8% kế hoạch; ngoài kế hoạch 2 phút; so với chỉ tiêu: đạt 0/2 nhóm, còn thiếu Chủ \
         trương, pháp luật (16,7%); Dịch vụ hỗ trợ (4,2%).",
        "4. So với lịch. Trong 17 lần phát theo lịch, phát đủ 7 lần (41,2%), phát một phần 3, không phát được 5, bỏ phát 2, phát bù 2.",
        "Số liệu chi tiết tại các phụ lục: I. Tổng hợp; II. Theo nhóm nội dung; III. Theo thôn; IV. Theo tuần; V. Theo đơn vị cung cấp; VI. \
         Mô hình, dịch vụ, số điện thoại; VII. So với lịch; VIII. Theo tiếng; IX. Nhật ký phát thanh.",
        "Không phát được 5 lần (mất điện: 4, không có thiết bị âm thanh: 1).",
        "Đúng giờ: 90% trong 10 lần bắt đầu phát lệch không quá 1 giây; lần lệch nhiều nhất là 1 phút 1 giây.",
    ] {
        assert!(page.contains(phrase), "{phrase}");
    }
}

#[test]
fn periods_meet_without_a_gap_and_the_year_is_their_sum() {
    let station = trial::station();
    let october = ["--month", "2024-10", "--cut", "calendar"];
    assert_eq!(sums(&station, &october), (2, 100_000));
    assert_eq!(sums(&station, &["--month", "2024-12"]), (2, 102_000));
    // 20 October to 14 November: 2 + 2 + 2 + 1 + 2 + 2 + 2.
    assert_eq!(sums(&station, &["--month", "2024-11", "--cut", "14"]), (13, 702_020));
    assert_eq!(sums(&station, &["--month", "2024-12", "--cut", "14"]), (7, 469_000));
    assert_eq!(sums(&station, &["--quarter", "2024-4", "--cut", "14"]), (20, 1_171_020), "15 September to 14 December");
    assert_eq!(sums(&station, &["--year", "2024"]), (20, 1_171_020));
    assert_eq!(sums(&station, &["--campaign", "action-month", "--year", "2024"]), (7, 469_000));
    assert_eq!(sums(&station, &["--from", "2024-11-24", "--to", "2024-11-24"]), (1, 135_000));
    let campaign = &told(&station, &["--campaign", "action-month", "--year", "2024"])["summary"];
    assert_eq!((&campaign["first_runs"], &campaign["items"]), (&0.into(), &3.into()), "all of it had aired before");
}

#[test]
fn a_period_is_compared_with_the_one_before_the_last_year_or_what_a_person_entered() {
    let station = trial::station();
    let compared = |args: &[&str]| told(&station, &[&["--month", "2024-11"], args].concat())["compared"].clone();
    let before = compared(&[]);
    assert_eq!(
        (&before["source"], &before["from"], &before["until"]),
        (&"log".into(), &"2024-10-20".into(), &"2024-10-30".into())
    );
    assert_eq!(before["same_days"]["summary"]["airtime_ms"], 135_000, "the 24th of November");
    assert_eq!((&before["summary"]["airings"], &before["summary"]["airtime_ms"]), (&2.into(), &100_000.into()));
    for args in [["--compare", "last-year"], ["--compare", "november-2023"]] {
        let entered = compared(&args);
        assert_eq!(entered["source"], "Sổ nhật ký phát thanh năm 2023");
        assert_eq!((&entered["summary"]["airtime_ms"], &entered["summary"]["airings"]), (&600_000.into(), &12.into()));
        assert_eq!(entered["summary"]["items"], Value::Null, "nobody entered it");
    }
    assert_eq!(compared(&["--compare", "none"]), Value::Null);
    let nothing = told(&station, &["--month", "2024-10", "--compare", "last-year"]);
    assert_eq!(nothing["compared"]["summary"], Value::Null);
    let text = station.prints(&["report", "--month", "2024-11", "--compare", "last-year"]);
    // 16,2 against 10,0 minutes: 369,02 of 600 s more.
    assert!(
        text.contains("tăng 6 phút (61,5%) so với kỳ từ 01/11/2023 đến 30/11/2023 (nguồn: Sổ nhật ký phát thanh năm 2023)"),
        "{text}"
    );
}

#[test]
fn two_stations_add_up_and_keep_their_villages_apart() {
    let (one, two) = (trial::station(), trial::station_of("cam-hai"));
    let report = told(&one, &["--month", "2024-11", "--data", two.dir.path().to_str().unwrap()]);
    assert_eq!((&report["summary"]["airings"], &report["summary"]["airtime_ms"]), (&32.into(), &(2 * 969_020).into()));
    assert_eq!((&report["summary"]["first_runs"], &report["summary"]["items"]), (&6.into(), &3.into()));
    assert_eq!(report["outcomes"]["planned"], 34);
    let villages = table(&report, "villages");
    assert_eq!(villages.len(), 8, "thôn 1 of one commune is not thôn 1 of the other");
    assert_eq!(villages[5]["minutes_ms"], 969_020);
    assert_eq!(villages[5]["label"], "Thôn 2 (Đài truyền thanh xã Cẩm Tân số 2)");
    // Each line of the log says whose it is, and the sentence who they are, once.
    let rows = report["rows"].as_array().unwrap();
    let of = |name: &str| rows.iter().filter(|row| row["station"] == name).count();
    assert_eq!(of("Đài truyền thanh xã Cẩm Tân"), of("Đài truyền thanh xã Cẩm Tân số 2"));
    assert!(rows.iter().all(|row| row["station"].is_string()));
    let both = ["report", "--month", "2024-11", "--data", two.dir.path().to_str().unwrap()];
    let text = one.prints(&both);
    assert!(text.contains("Đài đã phát 32 lượt"), "{text}");
    let paragraph = text.lines().next().unwrap();
    assert!(paragraph.contains("2 đài (Đài truyền thanh xã Cẩm Tân, Đài truyền thanh xã Cẩm Tân số 2) báo cáo"), "{paragraph}");
    let out = one.dir.path().join("both.csv");
    one.prints(&[&both as &[&str], &["--out", out.to_str().unwrap()]].concat());
    let csv = std::fs::read_to_string(out).unwrap();
    assert!(csv.contains("log,Đài,TT,Ngày") && csv.contains("log,Đài truyền thanh xã Cẩm Tân số 2,"), "{csv}");
    let twice = told(&one, &["--month", "2024-11", "--data", one.dir.path().to_str().unwrap()]);
    assert_eq!(twice["summary"]["airings"], 16, "one log is counted once");
}

fn table<'r>(report: &'r Value, id: &str) -> &'r Vec<Value> {
    let tables = report["tables"].as_array().unwrap();
    tables.iter().find(|table| table["table"] == id).unwrap_or_else(|| panic!("{id}"))["lines"].as_array().unwrap()
}

/// SQLite adds up the log's own cells, by the rules of LOG.md and not by the program.
#[test]
fn the_sums_are_those_that_sql_finds_in_the_log() {
    let station = trial::station();
    let db = rusqlite::Connection::open(station.dir.path().join("log.sqlite3")).unwrap();
    db.execute_batch(
        "CREATE TEMP VIEW air AS SELECT output, zones, broadcast, element, item_kind AS kind, topic, language, planned_at AS at,
            airtime_ms AS ms, status, device FROM log WHERE kind = 'air';",
    )
    .unwrap();
    let sums = db;
    sums.execute_batch(
        "CREATE TEMP VIEW counted AS SELECT topic, language, max(whole) AS whole, max(ms) AS ms FROM (
            SELECT broadcast, at, element, output, topic, language, sum(ms) AS ms, max(status = 'aired') AS whole FROM air
            WHERE kind = 'announcement' AND device != 'null' AND device NOT LIKE 'wav:%' AND at LIKE '2024-11-%'
            GROUP BY broadcast, at, element, output
        ) GROUP BY broadcast, at, element",
    )
    .unwrap();
    let ask = |sql: &str| -> HashMap<String, (i64, i64)> {
        let mut rows = sums.prepare(sql).unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap().map(Result::unwrap).collect()
    };
    let report = told(&station, &["--month", "2024-11"]);
    let all = ask("SELECT 'all', sum(whole), sum(ms) FROM counted");
    assert_eq!(all["all"], (16, 969_020));
    for (id, column) in [("topics", "topic"), ("languages", "language")] {
        let found = ask(&format!("SELECT {column}, sum(whole), sum(ms) FROM counted GROUP BY {column}"));
        for line in table(&report, id).iter().filter(|line| line["role"] == "item" && line["airings"] != 0) {
            let expected = found[line["id"].as_str().unwrap()];
            assert_eq!((line["airings"].as_i64().unwrap(), line["minutes_ms"].as_i64().unwrap()), expected, "{id} {line}");
        }
    }
}

/// What json has exactly, the others print: no format counts by itself, and none leaves a table out.
#[test]
fn every_format_has_the_same_tables() {
    let station = trial::station();
    let html = html_rows(&std::fs::read_to_string(written(&station, "html")).unwrap());
    assert_eq!(docx_rows(&written(&station, "docx")), html);
    let pdf = flowing(&pdf_text(&written(&station, "pdf"), "-layout"));
    for cell in html.iter().flatten().flat_map(|cell| cell.split_whitespace()).filter(|word| word.is_ascii() && word.len() < 13) {
        assert!(pdf.contains(cell), "{cell}");
    }
    let report = told(&station, &["--month", "2024-11"]);
    let csv = std::fs::read_to_string(written(&station, "csv")).unwrap();
    let sheets = xlsx_sheets(&written(&station, "xlsx"));
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(csv.as_bytes());
    let csv: Vec<Vec<String>> = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    for table in report["tables"].as_array().unwrap() {
        let id = table["table"].as_str().unwrap();
        let lines = table["lines"].as_array().unwrap();
        let exact: Vec<Vec<f64>> = lines.iter().map(figures).collect();
        let of_table = |row: &&Vec<String>| row[0] == id && row.len() > 2;
        let in_csv: Vec<Vec<f64>> = csv.iter().filter(of_table).skip(1).map(|row| numbers(&row[2..], 60_000.0)).collect();
        let letter = format!("{} ", table["annex"].as_str().unwrap());
        let in_sheet = sheets.iter().filter(|(name, _)| name.starts_with(&letter)).any(|(_, rows)| {
            let found: Vec<Vec<f64>> = rows.iter().map(|row| numbers(row.get(1..).unwrap_or(&[]), 60_000.0)).collect();
            exact.iter().all(|line| found.iter().any(|row| same(line, row)))
        });
        assert!(in_sheet, "{id} in the workbook");
        for (line, row) in exact.iter().zip(&in_csv) {
            assert!(same(line, row), "{id}: {line:?} {row:?}");
        }
        assert_eq!(exact.len(), in_csv.len(), "{id}");
    }
    let log = report["rows"].as_array().unwrap().len();
    assert_eq!(csv.iter().filter(|row| row[0] == "log").count(), log + 1);
    assert_eq!(
        sheets.iter().find(|(name, _)| name.starts_with("IX ")).unwrap().1.len(),
        log + 3 + 2,
        "a title, a head, and two notes"
    );
}

/// The figures of a line that is exact, in milliseconds where it is time.
fn figures(line: &Value) -> Vec<f64> {
    line.as_object().unwrap().values().filter_map(Value::as_f64).collect()
}

/// All figures of a printed row; each as it stands, and taken for time.
fn numbers(row: &[String], unit: f64) -> Vec<f64> {
    let figures = row.iter().filter_map(|cell| cell.replace(',', ".").parse::<f64>().ok());
    figures.flat_map(|value| [value, value * unit]).collect()
}

fn same(exact: &[f64], printed: &[f64]) -> bool {
    exact.iter().all(|value| printed.iter().any(|other| (value - other).abs() < 0.6))
}
