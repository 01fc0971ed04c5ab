//! No figure flatters the station: what was planned is what the plans of the time say, whatever became of the plan or the log since.

use std::path::Path;

use super::station::run;
use super::trial;

const NOVEMBER: [&str; 3] = ["report", "--month", "2024-11"];
/// 277 of 463,25 s: see the tables made by hand.
const DONE: &str = "đạt 59,8% kế hoạch";
const MISSING: &str = "Thiếu 1 bản kế hoạch mà nhật ký nhắc tới";

#[test]
fn an_edit_of_the_plan_changes_nothing_that_was_planned() {
    let station = trial::station();
    assert!(station.prints(&NOVEMBER).contains(DONE));
    trial::edit_plan(&station, 120);
    assert!(station.prints(&NOVEMBER).contains(DONE));
}

#[test]
fn without_the_plan_of_the_time_there_is_no_percentage() {
    let station = trial::station();
    std::fs::remove_dir_all(station.dir.path().join("plans")).unwrap();
    let plan = station.dir.path().join("plan.toml");
    std::fs::write(&plan, format!("{}\n# another comment\n", trial::PLAN)).unwrap();
    for more in [&[][..], &["--plan", plan.to_str().unwrap()]] {
        let text = station.prints(&[&NOVEMBER as &[&str], more].concat());
        assert!(text.contains(MISSING) && !text.contains("% kế hoạch"), "{text}");
    }
}

#[test]
fn a_backup_carries_the_plans() {
    let (station, usb) = (trial::station(), tempfile::tempdir().unwrap());
    let backup = usb.path().join("cam-tan-2024-12-16.sqlite3");
    station.prints(&["log", "backup", backup.to_str().unwrap()]);
    let report = |data: &Path| String::from_utf8(run(data, &NOVEMBER).stdout).unwrap();
    let text = report(&backup);
    assert!(text.contains(DONE) && !text.contains(MISSING), "{text}");
}

#[test]
fn a_log_that_ends_early_says_so() {
    let station = trial::station();
    let text = station.prints(&["report", "--campaign", "action-month", "--year", "2024"]);
    assert!(text.contains("Nhật ký chỉ có đến 01/12/2024"), "{text}");
    let json = station.prints(&["report", "--campaign", "action-month", "--year", "2024", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let unknown = report["outcomes"]["no_data"].as_i64().unwrap();
    assert_eq!(unknown, 2 * 14 + 2 * 15, "fourteen mornings and fifteen evenings, on two outputs");
    assert!(text.contains(&format!("Không có số liệu {unknown} lần")), "{text}");
    assert_eq!(report["days_with_log"], 17, "15 November to 1 December");
}

#[test]
fn a_period_that_has_not_begun_is_refused_with_its_dates() {
    let station = trial::station();
    let output = station.loaxa(&["report", "--campaign", "action-month", "--year", "2199"]);
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("15/11/2199") && words.contains("15/12/2199"), "{words}");
}

/// A log whose heads are gone can have been rebuilt whole: that it holds together says little.
#[test]
fn a_log_without_a_head_elsewhere_says_that_nothing_was_compared() {
    let station = trial::station();
    assert!(station.prints(&NOVEMBER).contains("khớp"));
    std::fs::remove_file(station.dir.path().join("heads.txt")).unwrap();
    let text = station.prints(&NOVEMBER);
    assert!(text.contains("chưa có mã nào để đối chiếu") && !text.contains(": khớp"), "{text}");
}

#[test]
fn nothing_is_overwritten_unasked_and_what_was_written_is_said() {
    let station = trial::station();
    let out = station.dir.path().join("november.docx");
    let args = [&NOVEMBER as &[&str], &["--out", out.to_str().unwrap()]].concat();
    assert!(station.prints(&args).contains(&format!("Đã ghi {}", out.display())));
    std::fs::write(&out, "edited by hand").unwrap();
    let output = station.loaxa(&args);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--force"));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "edited by hand");
    station.prints(&[&args as &[&str], &["--force"]].concat());
    assert!(std::fs::metadata(&out).unwrap().len() > 1000);
}

#[test]
fn a_logbook_of_a_week_without_a_log_says_so_and_counts_nothing() {
    let text = trial::station().prints(&["report", "--form", "logbook", "--from", "2024-09-02"]);
    assert!(text.contains("Chưa có nhật ký của kỳ này.") && !text.contains("Cộng cả tuần"), "{text}");
}
