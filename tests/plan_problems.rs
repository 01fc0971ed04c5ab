//! `loaxa check` tells every problem of a plan at once, and never hangs on what is no plan.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with plans in it, and `loaxa check` on them.
struct PlanFolder {
    dir: TempDir,
}

/// What a check answered.
struct Answer {
    code: i32,
    out: String,
    err: String,
}

/// A plan whose only weakness is that its recordings are not there.
const PLAN: &str = r#"format = 1
[station]
name = "Đài truyền thanh xã Cẩm Tân"
code = "cam-tan"
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
audio = "audio"
[[output]]
id = "amplifier"
device = "null"
[hours]
daily = ["05:30-06:30"]
[[item]]
id = "nhac"
file = "nhac.ogg"
title = "Nhạc hiệu"
kind = "signal"
"#;

impl PlanFolder {
    fn new() -> PlanFolder {
        PlanFolder { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Runs the check, which may take no longer than some seconds whatever it is given.
    fn check(&self, plan: &Path, more: &[&str]) -> Answer {
        let mut child = Command::new(env!("CARGO_BIN_EXE_loaxa"))
            .arg("check")
            .arg(plan)
            .args(more)
            .arg("--data")
            .arg(self.path("data"))
            .env_remove("LOAXA_LANG")
            .stdin(Stdio::null())
            .stdout(fs::File::create(self.path("out")).unwrap())
            .stderr(fs::File::create(self.path("err")).unwrap())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > Duration::from_secs(60) {
                child.kill().unwrap();
                panic!("the check hangs on {}", plan.display());
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let read = |name| fs::read_to_string(self.path(name)).unwrap();
        Answer { code: status.code().expect("no signal ended it"), out: read("out"), err: read("err") }
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }

    fn codes(&self) -> Vec<String> {
        let json = self.json();
        json["problems"].as_array().unwrap().iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn the_shipped_plan_has_no_problem_at_all() {
    let plans = PlanFolder::new();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("schedules/cam-tan");
    let answer = plans.check(&shipped, &["--strict", "--json"]);
    assert_eq!((answer.code, answer.codes(), answer.err.as_str()), (0, vec![], ""));
    let json = answer.json();
    assert_eq!(json["ok"], true);
    assert_eq!(json["plan_hash"].as_str().unwrap().len(), 64);
}

#[test]
fn an_included_file_is_part_of_the_plan() {
    let plans = PlanFolder::new();
    let holiday = "[[holiday]]\nid = \"tet\"\nname = \"Tết\"\nlunar = \"01-01\"\n";
    plans.write("shared/le.toml", holiday);
    plans.write("xa/10.toml", PLAN.replace("format = 1", "format = 1\ninclude = [\"../shared/le.toml\"]"));
    let folder = plans.path("xa");
    let hash = |plans: &PlanFolder| plans.check(&folder, &["--json"]).json()["plan_hash"].as_str().unwrap().to_owned();
    let before = hash(&plans);
    plans.write("shared/le.toml", holiday.replace("01-01", "01-02"));
    assert_ne!(hash(&plans), before, "what it says counts towards the plan's hash");
    // Its own problems stand where they are.
    plans.write("shared/le.toml", holiday.replace("01-01", "01-32"));
    let json = plans.check(&folder, &["--json"]).json();
    assert_eq!((&json["problems"][0]["code"], &json["problems"][0]["line"]), (&Value::from("bad_date"), &Value::from(4)));
    assert!(json["problems"][0]["file"].as_str().unwrap().ends_with("le.toml"), "{json}");
}

#[test]
fn a_file_that_cannot_be_included_is_told_where_it_is_named() {
    let plans = PlanFolder::new();
    let including = |file: &str| PLAN.replace("format = 1", &format!("format = 1\ninclude = [\"{file}\"]"));
    plans.write("shared/nested.toml", "include = \"other.toml\"\n");
    plans.write("shared/10.toml", "");
    fs::create_dir_all(plans.path("shared/folder.toml")).unwrap();
    for (file, line, place) in [
        ("../shared/gone.toml", 2, "10.toml"),
        ("../shared/folder.toml", 2, "10.toml"),
        ("../shared/10.toml", 2, "10.toml"),
        ("../shared/nested.toml", 1, "nested.toml"),
    ] {
        plans.write("xa/10.toml", including(file));
        let answer = plans.check(&plans.path("xa"), &["--json"]);
        let json = answer.json();
        assert_eq!((answer.code, answer.codes()), (1, vec!["bad_include".to_owned()]), "{file}: {json}");
        assert_eq!(json["problems"][0]["line"], Value::from(line), "{file}");
        assert!(json["problems"][0]["file"].as_str().unwrap().ends_with(place), "{file}: {json}");
    }
    // A single file includes others too.
    plans.write("shared/le.toml", "");
    let single = plans.write("one.toml", including("shared/le.toml"));
    assert_eq!(plans.check(&single, &["--json"]).code, 0);
}

#[test]
fn warnings_are_good_unless_strict() {
    let plans = PlanFolder::new();
    let plan = plans.write("plan.toml", PLAN);
    let answer = plans.check(&plan, &["--json"]);
    assert_eq!((answer.code, answer.codes()), (0, vec!["file_missing".to_owned()]));
    let json = answer.json();
    assert_eq!(json["ok"], true);
    assert_eq!(json["problems"][0]["severity"], "warning");
    assert_eq!((&json["problems"][0]["line"], &json["problems"][0]["column"]), (&Value::from(15), &Value::from(8)));
    assert_eq!(plans.check(&plan, &["--strict"]).code, 1);
}

#[test]
fn errors_are_told_as_a_document_for_tools() {
    let plans = PlanFolder::new();
    let plan = plans.write("plan.toml", PLAN.replace("title = \"Nhạc hiệu\"", "titel = \"Nhạc hiệu\""));
    let answer = plans.check(&plan, &["--json"]);
    assert_eq!(answer.code, 1);
    let json = answer.json();
    assert_eq!(json["ok"], false);
    assert_eq!(json["plan_hash"], Value::Null);
    let [problem] = json["problems"].as_array().unwrap().as_slice() else { panic!("{json}") };
    assert_eq!(problem["severity"], "error");
    assert_eq!(problem["code"], "unknown_key");
    assert_eq!(problem["file"], plan.display().to_string());
    assert_eq!(problem["message"], "không có khóa `titel` trong item");
    assert_eq!(problem["help"], "có phải là `title`?");
}

#[test]
fn problems_of_all_files_of_a_folder_are_told_together() {
    let plans = PlanFolder::new();
    plans.write("plan/10-station.toml", PLAN.replace("\"05:30-06:30\"", "\"05:30-06:70\""));
    plans.write("plan/20-items.toml", "[[item]]\nid = \"nhac\"\nfile = \"a.ogg\"\ntitle = \"Tin\"\ntopic = \"x\"\n");
    plans.write("plan/notes.txt", "no plan");
    plans.write("plan/.hidden.toml", "x = ");
    let answer = plans.check(&plans.path("plan"), &[]);
    assert_eq!(answer.code, 1);
    for expected in [
        "lỗi[bad_hours]",
        "10-station.toml:12:10",
        "lỗi[repeated_id]",
        "20-items.toml:2:6",
        "lần đầu ở 10-station.toml:14",
        "lỗi[unknown_id]",
        "Kế hoạch có 3 lỗi, chưa dùng được.",
    ] {
        assert!(answer.out.contains(expected), "{expected} in\n{}", answer.out);
    }
    assert!(!answer.out.contains('\u{1b}'), "no colours outside a terminal");
}

#[test]
fn a_broken_file_is_told_whole_and_no_other_is_blamed_for_it() {
    let plans = PlanFolder::new();
    let programme = "[[programme]]\nid = \"sang\"\nname = \"Sáng\"\nelements = [\"tin-1\"]\npause = \"1\"\n";
    plans.write("plan/10-station.toml", PLAN.to_owned() + programme);
    plans.write("plan/20-items.toml", "[[item]]\nid = \"tin-1\nfile = “a.ogg”\ntopic = \"x\"\nvalid = { from = 15/11/2026 }\n");
    let answer = plans.check(&plans.path("plan"), &["--json"]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.codes(), ["bad_duration", "syntax", "syntax", "bad_date", "not_checked"]);
    let json = answer.json();
    let place = |at: usize| (json["problems"][at]["line"].as_u64().unwrap(), json["problems"][at]["column"].as_u64().unwrap());
    assert_eq!([place(1), place(2), place(3)], [(2, 6), (3, 8), (5, 18)]);
    assert_eq!(json["problems"][4]["severity"], "warning");
    assert!(json["problems"][4]["file"].as_str().unwrap().ends_with("20-items.toml"));
    let told = plans.check(&plans.path("plan"), &[]).out;
    assert!(told.contains("Kế hoạch có 4 lỗi và 1 cảnh báo, chưa dùng được."), "{told}");
}

#[test]
fn a_folder_for_recordings_is_seen_from_the_file_that_names_it() {
    let plans = PlanFolder::new();
    plans.write("a/b/plan.toml", PLAN.replace("audio = \"audio\"", "audio = \"../sound\""));
    let answer = plans.check(&plans.path("a/b"), &["--json"]);
    let message = answer.json()["problems"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("a/b/../sound/nhac.ogg"), "{message}");
}

#[test]
fn what_is_no_plan_is_wrong_use() {
    let plans = PlanFolder::new();
    let answer = plans.check(&plans.path("nowhere"), &["--lang", "en"]);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    assert!(answer.err.contains("there is no plan at"), "{}", answer.err);
    assert_eq!(plans.check(Path::new("/dev/zero"), &[]).code, 2);
    let fifo = plans.path("fifo.toml");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    assert_eq!(plans.check(&fifo, &[]).code, 2);
}

#[test]
fn files_of_a_folder_that_cannot_be_read_are_errors_of_the_plan() {
    let plans = PlanFolder::new();
    plans.write("plan/a.toml", PLAN);
    assert!(Command::new("mkfifo").arg(plans.path("plan/b.toml")).status().unwrap().success());
    fs::create_dir(plans.path("plan/c.toml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", plans.path("plan/d.toml")).unwrap();
    std::os::unix::fs::symlink("nowhere", plans.path("plan/e.toml")).unwrap();
    plans.write("plan/f.toml", "# \n".repeat(2 << 20));
    let answer = plans.check(&plans.path("plan"), &["--json"]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.codes(), ["unreadable", "unreadable", "unreadable", "unreadable", "too_large"]);
    fs::create_dir(plans.path("empty")).unwrap();
    let answer = plans.check(&plans.path("empty"), &["--json"]);
    assert_eq!((answer.code, answer.codes()), (1, vec!["no_files".to_owned()]));
    for index in 0..501 {
        plans.write(&format!("many/{index}.toml"), "");
    }
    assert_eq!(plans.check(&plans.path("many"), &["--json"]).codes(), ["too_many_files"]);
}

#[test]
fn text_of_another_encoding_is_told_by_line() {
    let plans = PlanFolder::new();
    let mut latin = PLAN.as_bytes().to_vec();
    let at = PLAN.find("Nhạc hiệu").unwrap();
    latin.splice(at..at + "Nhạc hiệu".len(), *b"Nh\xe5c hi\xeau");
    let plan = plans.write("plan.toml", &latin);
    let json = plans.check(&plan, &["--json"]).json();
    let [problem, rest] = json["problems"].as_array().unwrap().as_slice() else { panic!("{json}") };
    assert_eq!(rest["code"], "not_checked");
    assert_eq!(
        (&problem["code"], &problem["line"], &problem["column"]),
        (&"not_utf8".into(), &Value::from(16), &Value::from(12))
    );
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(PLAN.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let answer = plans.check(&plans.write("wide.toml", wide), &[]);
    assert_eq!(answer.code, 1);
    assert!(answer.out.contains("UTF-16"), "{}", answer.out);
}

#[test]
fn hostile_texts_end_in_an_error() {
    let plans = PlanFolder::new();
    for (name, text) in [
        ("deep", format!("x = {}", "[".repeat(100_000))),
        ("tables", format!("x = {}", "{a = ".repeat(100_000))),
        ("heads", "[".repeat(1_000_000)),
        ("dots", format!("{}a = 1", "a.".repeat(200_000))),
        ("noise", (0..300_000_u32).map(|at| char::from((at.wrapping_mul(2_654_435_761) >> 25) as u8)).collect()),
    ] {
        let plan = plans.write(&format!("{name}.toml"), text);
        let answer = plans.check(&plan, &[]);
        assert_eq!(answer.code, 1, "{name}: {}", answer.err);
        assert!(answer.out.len() < 2_000_000, "{name}");
    }
}
