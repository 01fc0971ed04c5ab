//! The built program as people meet it: help, complaints, exit codes, and what it says when no daemon runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Read;
use std::process::{Command, Output, Stdio};

/// The program with nothing of this machine's settings.
fn loaxa(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loaxa"));
    command.args(arguments).env_remove("LOAXA_LANG").env_remove("XDG_STATE_HOME").env("HOME", "/nonexistent");
    command
}

struct Said {
    code: i32,
    out: String,
    err: String,
}

fn said(arguments: &[&str]) -> Said {
    let Output { status, stdout, stderr } = loaxa(arguments).output().unwrap();
    Said { code: status.code().unwrap(), out: String::from_utf8(stdout).unwrap(), err: String::from_utf8(stderr).unwrap() }
}

const ENGLISH: [&str; 6] = ["Usage", "Options", "Commands", "Arguments", "error:", "For more information"];

const COMMANDS: [&[&str]; 20] = [
    &[],
    &["check"],
    &["rundown"],
    &["run"],
    &["rehearse"],
    &["simulate"],
    &["status"],
    &["play"],
    &["stop"],
    &["hold"],
    &["release"],
    &["skip"],
    &["unskip"],
    &["mourning"],
    &["clock"],
    &["clock", "confirm"],
    &["log"],
    &["verify"],
    &["audio"],
    &["outputs"],
];

#[test]
fn every_command_has_help_in_both_languages() {
    for command in COMMANDS {
        let help = |lang| {
            let said = said(&[command, &["--lang", lang, "--help"]].concat());
            assert_eq!((said.code, said.err.as_str()), (0, ""), "{command:?}");
            said.out
        };
        let (vi, en) = (help("vi"), help("en"));
        assert!(vi.contains("Cách dùng: loaxa") && vi.contains("Ví dụ:"), "{vi}");
        assert!(en.contains("Usage: loaxa") && en.contains("Examples:"), "{en}");
        for english in ENGLISH {
            assert!(!vi.contains(english), "{english} in:\n{vi}");
        }
    }
}

#[test]
fn without_a_command_it_shows_its_help_and_exits_with_2() {
    let said = said(&[]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("Lệnh:") && said.err.contains("rundown"), "{}", said.err);
}

#[test]
fn help_is_a_word_too() {
    assert_eq!(said(&["help", "play"]).out, said(&["play", "--help"]).out);
    assert_eq!(said(&["help"]).out, said(&["--help"]).out);
}

#[test]
fn the_language_comes_from_the_environment_too() {
    let output = loaxa(&["--help"]).env("LOAXA_LANG", "en").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("Usage: loaxa"));
}

#[test]
fn wrong_use_is_told_in_vietnamese_and_exits_with_2() {
    let cases: &[(&[&str], &str)] = &[
        (&["statsu"], "ý bạn là `status`?"),
        (&["status", "--jsno"], "ý bạn là `--json`?"),
        (&["status", "--lang", "fr"], "`fr` không hợp với"),
        (&["status", "--data"], "cần một giá trị"),
        (&["play"], "còn thiếu: <TIN_BÀI>"),
        (&["clock"], "loaxa clock"),
        (&["rehearse", "plan"], "còn thiếu:"),
        (&["rehearse", "plan", "--next", "--at", "2026-11-15 05:00"], "không dùng cùng nhau được"),
        (&["rehearse", "plan", "--at", "05:00"], "cần ngày và giờ"),
        (&["skip", "morning", "2026-13-01"], "cần một ngày"),
        (&["skip", "morning", "2026-11-20", "5h3"], "cần giờ như"),
        (&["hold", "--until", "25:00"], "cần giờ như 18:00"),
        (&["play", "a", "--priority", "high"], "ordinary, priority, emergency"),
        (&["play", "a", "--priority", "emergency"], "phải có lý do"),
        (&["play", "a", "--times", "2"], "chỉ dùng với --priority emergency"),
        (&["play", "a", "--priority", "emergency", "--reason", "lũ", "--for", "30"], "thiếu đơn vị: 10m là 10 phút"),
        (&["run", "plan", "--output", "wav:"], "wav:THƯ_MỤC"),
        (&["run", "plan", "--log", "xml"], "text, json"),
        (&["simulate", "plan", "--from", "2026-01-01", "--to", "2026-01-02"], "--data"),
        (&["simulate", "plan", "--from", "2026-01-02", "--to", "2026-01-01", "--data", "x"], "phải sau"),
        (&["simulate", "plan", "--from", "2026-01-01", "--to", "2026-01-02", "--data", "x", "--faults", "bảy"], "số nguyên"),
    ];
    for (arguments, expected) in cases {
        let said = said(arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}");
        assert!(said.err.contains(expected), "{arguments:?}: {}", said.err);
        assert!(ENGLISH.iter().all(|english| !said.err.contains(english)), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn without_a_daemon_each_order_says_so_with_the_remedy_and_exits_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let orders: &[&[&str]] = &[
        &["status"],
        &["status", "--json"],
        &["play", "hotline-111"],
        &["stop"],
        &["hold", "--until", "18:00"],
        &["release"],
        &["skip", "morning", "2026-11-20"],
        &["unskip", "morning", "20/11/2026", "05:30"],
        &["mourning", "--until", "2026-11-20", "--reason", "x"],
        &["mourning", "--list"],
        &["clock", "confirm"],
    ];
    for order in orders {
        let said = said(&[*order, &["--data", data]].concat());
        assert_eq!((said.code, said.out.as_str()), (3, ""), "{order:?}");
        assert!(said.err.contains("Đài không chạy") && said.err.contains("loaxa run") && said.err.contains(data), "{}", said.err);
    }
    assert!(said(&["status", "--lang", "en", "--data", data]).err.contains("No daemon is running"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = loaxa(&["--help"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}

/// With too few file descriptors a station would air and hear nobody: it says so and does not begin.
#[test]
fn a_station_does_not_begin_with_fewer_descriptors_than_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    for few in ["16", "20", "100"] {
        let run = Command::new("sh")
            .args(["-c", &format!("ulimit -n {few}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_loaxa"), "run"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/schedules/cam-tan"))
            .args(["--output", "null", "--lang", "en", "--data"])
            .arg(folder.path().join("data"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(3), "{few}: {said}");
        assert!(said.contains(&format!("only {few} open files")) && said.contains("LimitNOFILE"), "{said}");
    }
}

/// With one recording that is there: measuring takes time.
const WIDE_PLAN: &str = r#"format = 1
[station]
name = "Đài truyền thanh xã Cẩm Tân"
code = "cam-tan"
timezone = "Asia/Ho_Chi_Minh"
audio = "."
[[output]]
id = "amplifier-of-the-house-of-culture"
device = "null"
speaker = "horn"
[hours]
daily = ["05:00-07:00"]
[[topic]]
id = "support_services"
name = "Dịch vụ hỗ trợ người bị bạo lực trên cơ sở giới và trẻ em trong toàn xã"
[[item]]
id = "hotline-for-the-protection-of-children-111"
file = "hotline-111.ogg"
title = "Tổng đài quốc gia bảo vệ trẻ em 111, gọi miễn phí cả ngày lẫn đêm, ai cũng gọi được"
topic = "support_services"
[[item]]
id = "missing"
file = "missing.ogg"
title = "Bài chưa có bản thu"
topic = "support_services"
[[programme]]
id = "morning"
name = "Bản tin sáng của Ủy ban nhân dân xã và Hội Liên hiệp Phụ nữ xã"
elements = ["hotline-for-the-protection-of-children-111", "missing"]
[[broadcast]]
id = "everyday-in-the-morning-at-half-past-five"
programme = "morning"
at = ["05:30"]
"#;

#[test]
fn pages_fit_a_screen_of_80_columns_and_exports_know_no_screen() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.toml");
    std::fs::write(&plan, WIDE_PLAN).unwrap();
    let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/audio/hotline-111.ogg");
    std::fs::copy(recording, folder.path().join("hotline-111.ogg")).unwrap();
    let plan = plan.to_str().unwrap();
    let prints = |args: &[&str], columns: Option<&str>| {
        let mut command = loaxa(args);
        command.arg("--data").arg(folder.path().join("data")).env_remove("COLUMNS");
        let output = command.envs(columns.map(|columns| ("COLUMNS", columns))).output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let day = ["--date", "2026-11-15"];
    for args in [["audio", plan].as_slice(), &[&["rundown", plan], day.as_slice()].concat(), &["outputs", plan]] {
        let text = prints(args, Some("80"));
        let wide: Vec<&str> = text.lines().filter(|line| unicode_width::UnicodeWidthStr::width(*line) > 80).collect();
        assert!(wide.is_empty() && text.lines().count() > 3, "{args:?}: {wide:#?}");
    }
    for form in ["--csv", "--json"] {
        let args = [&["rundown", plan, form], day.as_slice()].concat();
        assert_eq!(prints(&args, Some("80")), prints(&args, None), "{form}");
    }
}
