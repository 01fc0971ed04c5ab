//! The reader against plans: one example for each code, places, several faults at once, and texts that are broken at random.

use std::path::{Path, PathBuf};

use super::*;
use crate::plan::fault::Code;
use crate::plan::source::Lines;
use crate::plan::{Amount, Deadline, Except, Paperwork, Per, ProgrammeElement, Recurs, Target, render};
use crate::terms::*;

mod broken;
mod faults;
mod folders;
mod one_date;

/// A plan that is good and has every table.
const GOOD: &str = r#"format = 1

[station]
name = "Đài truyền thanh xã Cẩm Tân"
code = "cam-tan"
timezone = "Asia/Ho_Chi_Minh"
language = "en"
audio = "../../audio"

[[output]]
id = "amplifier"
device = "default"
zones = ["thon-1", "thon-2"]

[[output]]
id = "horns"
device = ["hw:1", "wav:out"]
zones = ["thon-2"]

[[zone]]
id = "thon-1"
name = "Thôn 1"

[[zone]]
id = "thon-2"
name = "Thôn 2"

[hours]
daily = ["05:30-06:30", "17:00-18:00"]
sun = []
quota = "45m"

[[topic]]
id = "policy_law"
name = { vi = "Chủ trương, chính sách", en = "Policy and law" }
duty = true

[[supplier]]
id = "hoi-lhpn"
name = "Hội Liên hiệp Phụ nữ xã"

[[item]]
id = "hotline-111"
file = "hotline-111.ogg"
title = "Tổng đài quốc gia bảo vệ trẻ em 111"
kind = "announcement"
topic = "policy_law"
tags = ["children"]
language = "vi"
supplier = "hoi-lhpn"
script = "scripts/hotline-111.txt"
valid = { from = 2026-11-15, until = 2026-12-15 }
contacts = ["child-111"]

[[item]]
id = "hotline-muong"
file = "hotline-muong.ogg"
title = "Tổng đài 111, tiếng Mường"
topic = "policy_law"
language = "mtq"
translation_of = "hotline-111"

[[item]]
id = "signal"
file = "signal.ogg"
title = "Nhạc hiệu"
kind = "signal"

[[contact]]
id = "child-111"
name = "Tổng đài quốc gia bảo vệ trẻ em"
number = "111"
verified = 2026-11-01

[[programme]]
id = "morning"
name = "Bản tin sáng"
elements = ["signal", { pick = 2, topic = "policy_law" }, { item = "hotline-111", times = 2 }]
pause = "1s"

[[campaign]]
id = "action-month"
name = "Tháng hành động"
yearly = { from = "11-15", until = "12-15" }
targets = { policy_law = "10m/day" }

[[broadcast]]
id = "action-morning"
programme = "morning"
cron = "0 30 5 * * *"
during = "action-month"
replaces = ["everyday"]
except = [2026-11-20, "action-month"]
priority = "priority"
late = "10m"
outputs = ["amplifier"]

[[broadcast]]
id = "everyday"
programme = "morning"
at = ["05:30", "17:15"]
days = ["mon", "wed"]

[[broadcast]]
id = "once"
programme = "morning"
at = "05:30"
on = [2026-11-25]

[letterhead]
issuer = "station"
commune = "xã Cẩm Tân"
basis = "Kế hoạch số 15/KH-UBND"
subject = { vi = "Kết quả tuyên truyền bình đẳng giới", en = "Gender equality" }
to = ["Ủy ban nhân dân xã Cẩm Tân (qua Công chức Chính sách xã hội)"]
copies = ["Như trên", "Lưu: VT"]
office = "NGƯỜI PHỤ TRÁCH ĐÀI"
cut = 14

[[baseline]]
id = "action-month-2025"
period = { from = 2025-11-15, until = 2025-12-15 }
source = "Sổ nhật ký phát thanh năm 2025"
airtime = "31h20m"
airings = 620

[[report]]
id = "monthly"
period = "month"
due = 3
formats = ["docx", "pdf"]
folder = "usb"

[[report]]
id = "yearly"
period = "year"
campaign = "action-month"
due = "12-16"
draft = 7
to = ["Ủy ban nhân dân xã Cẩm Tân"]
"#;

fn sources(texts: &[&str]) -> Vec<SourceFile> {
    let name = |index| PathBuf::from(if index == 0 { "a.toml".to_owned() } else { format!("b{index}.toml") });
    texts.iter().enumerate().map(|(index, text)| SourceFile { path: name(index), text: (*text).into() }).collect()
}

fn reading(text: &str) -> Reading {
    parse(sources(&[text]), Path::new(""), None)
}

/// `GOOD` with one stretch replaced, which has to be there.
fn with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    GOOD.replacen(old, new, 1)
}

/// Code, line and column of each problem.
fn problems_of(reading: &Reading) -> Vec<(&'static str, usize, usize)> {
    let lines: Vec<Lines> = reading.sources.iter().map(Lines::new).collect();
    let problems_of = reading.problems.iter().map(|problem| {
        let place = problem.place.unwrap();
        let (line, column) = lines[place.file].position(place.start);
        (problem.code.as_str(), line, column)
    });
    problems_of.collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    reading(text).problems.iter().map(|problem| problem.code.as_str()).collect()
}

/// Each stands in a page that people copy from; here beside the shipped plan, under an id of its own.
#[test]
fn every_block_of_the_page_on_plans_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shipped = crate::plan::read::files(&root.join("schedules/cam-tan")).unwrap().sources;
    let page = std::fs::read_to_string(root.join("docs/ke-hoach.md")).unwrap();
    let blocks: Vec<&str> = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 3);
    for block in blocks {
        let text = block.replace("\nid = \"", "\nid = \"trang-");
        let page = SourceFile { path: "trang.toml".into(), text: text.into() };
        let sources = shipped.iter().cloned().chain([page]).collect();
        let reading = crate::plan::read::parse(sources, &root.join("schedules/cam-tan"), None);
        assert_eq!(reading.problems, vec![], "{block}");
    }
}

#[test]
fn the_good_plan_is_read_whole() {
    let reading = reading(GOOD);
    assert_eq!(reading.problems, vec![]);
    let plan = reading.plan.unwrap();
    assert_eq!(reading.language, Language::En);
    assert_eq!(plan.station.audio, PathBuf::from("../../audio"));
    assert_eq!(plan.outputs[1].devices, vec![DeviceName::Named("hw:1".into()), DeviceName::Wav("out".into())]);
    assert_eq!(plan.hours.days[0].len(), 2);
    assert_eq!(plan.hours.days[6].len(), 0);
    let morning = plan.programme(&"morning".into()).unwrap();
    assert_eq!(
        morning.elements[1],
        ProgrammeElement::Pick { count: 2, topic: Some("policy_law".into()), tag: None, folder: None }
    );
    assert_eq!(morning.elements[2], ProgrammeElement::Item { item: "hotline-111".into(), times: 2 });
    let first = &plan.broadcasts[0];
    assert_eq!(first.except[1], Except::Campaign("action-month".into()));
    assert_eq!(first.outputs, vec![OutputId::from("amplifier")]);
    assert_eq!(plan.broadcasts[1].outputs.len(), 2);
    assert_eq!(plan.broadcasts[1].late, crate::plan::LATE);
    let ten_minutes = Target { amount: Amount::Airtime(jiff::SignedDuration::from_mins(10)), per: Per::Day };
    assert_eq!(plan.campaigns[0].targets, vec![("policy_law".into(), ten_minutes)]);
    assert_eq!(plan.item(&"signal".into()).unwrap().language, "en");
    let letterhead = plan.letterhead.unwrap();
    assert_eq!((letterhead.issuer, letterhead.cut), (crate::plan::Issuer::Station, crate::plan::MonthEnd::Day(14)));
    assert_eq!(letterhead.place, "Cẩm Tân", "the commune without its rank");
    let subject = letterhead.subject.unwrap();
    assert_eq!((subject.of(Language::Vi), subject.of(Language::En)), ("Kết quả tuyên truyền bình đẳng giới", "Gender equality"));
    assert_eq!(letterhead.copies, ["Như trên", "Lưu: VT"]);
    assert_eq!(plan.baselines[0].airtime, Some(jiff::SignedDuration::from_mins(31 * 60 + 20)));
    assert_eq!((plan.baselines[0].airings, plan.baselines[0].items), (Some(620), None));
    let [monthly, yearly] = plan.reports.as_slice() else { panic!("{:#?}", plan.reports) };
    assert_eq!((&monthly.period, monthly.due, monthly.draft, monthly.warn), (&Recurs::Month, Deadline::After(3), None, 14));
    assert_eq!((monthly.formats.as_slice(), &monthly.folder), (&[Paperwork::Docx, Paperwork::Pdf] as &[_], &Some("usb".into())));
    assert_eq!(yearly.period, Recurs::Year { closes: Some("action-month".into()) });
    assert_eq!((yearly.due, yearly.draft), (Deadline::On(crate::calendar::span::MonthDay { month: 12, day: 16 }), Some(7)));
    assert_eq!((yearly.formats.as_slice(), &yearly.folder), (&[Paperwork::Docx] as &[_], &None));
}

#[test]
fn places_name_the_keys_that_findings_point_at() {
    let plan = reading(GOOD).plan.unwrap();
    let text = |table, id, key| {
        let place = plan.places.of(table, id, key).unwrap();
        &plan.sources[place.file].text[place.range()]
    };
    assert_eq!(text("item", "hotline-111", "file"), "\"hotline-111.ogg\"");
    assert_eq!(text("item", "hotline-111", ""), "\"hotline-111\"");
    assert_eq!(text("item", "signal", "valid"), "\"signal\"");
    assert_eq!(text("hours", "", "quota"), "\"45m\"");
    assert_eq!(text("hours", "", ""), "[hours]");
    assert_eq!(text("programme", "morning", "elements.1"), "{ pick = 2, topic = \"policy_law\" }");
    assert_eq!(text("broadcast", "everyday", "outputs"), "\"everyday\"");
}

#[test]
fn the_hash_is_that_of_names_and_bytes() {
    // printf 'a.toml\0003\000abcb1.toml\0000\000' | sha256sum
    assert_eq!(hash(&sources(&["abc", ""])).as_str(), "6b42c3efe0f5eccfbca6950a29a873bb7954e0dac74be4da039e363088325136");
    assert_ne!(hash(&sources(&["ab", "c"])), hash(&sources(&["abc", ""])));
}

#[test]
fn columns_count_characters() {
    let text = with(
        "{ vi = \"Chủ trương, chính sách\", en = \"Policy and law\" }",
        "{ vi = \"Chủ trương, chính sách\", ne = \"Policy\" }",
    );
    assert_eq!(problems_of(&reading(&text)), vec![("unknown_key", 35, 41)]);
    let marked = format!("\u{feff}{}", with("format = 1", "format = 2"));
    assert_eq!(problems_of(&reading(&marked)), vec![("bad_format", 1, 10)]);
    let windows = with("format = 1", "format = 2").replace('\n', "\r\n");
    assert_eq!(problems_of(&reading(&windows)), vec![("bad_format", 1, 10)]);
}

#[test]
fn names_are_brought_to_nfc() {
    let plan = reading(&with("Thôn 1", "Tho\u{302}n 1")).plan.unwrap();
    assert_eq!(plan.zones[0].name, "Thôn 1");
}

/// Seventeen faults in two files.
fn seventeen() -> Reading {
    let first = r#"format = 1

[station]
name = "Đài truyền thanh xã Cẩm Tân"
code = "cam-tan"
timezone = "Asia/Ho_Chi_Min"
langauge = "vi"
audio = "../../audio"

[[output]]
id = "amplifier"
device = []
zones = ["thon-1", "thon-9"]

[[zone]]
id = "thon-1"
name = ""

[hours]
daily = ["05:30-06:30", "17h00-18h60"]
quota = "45"

[[topic]]
id = "policy_law"
name = { vi = "Chủ trương", en = "Policy" }
duty = "có"

[[item]]
id = "signal"
file = "../nhac.ogg"
title = "Nhạc hiệu"
kind = "singal"
"#;
    let second = r#"[[item]]
id = "luat-1"
file = "luat-1.ogg"
topic = "policy-law"

[[programme]]
id = "morning"
name = "Bản tin sáng"
elements = ["signal", { pick = 2 }, "luat-1", 5]

[[broadcast]]
id = "everyday"
programme = "mornign"
cron = "30 5 * * *"
priority = "emergency"
late = 10

[[broadcast]]
id = "everyday"
programme = "morning"
at = ["25:00"]
"#;
    parse(sources(&[first, second]), Path::new(""), None)
}

#[test]
fn seventeen_faults_in_two_files_are_seventeen_reports_and_more() {
    let reading = seventeen();
    let found: Vec<(usize, &str)> =
        reading.problems.iter().map(|problem| (problem.place.unwrap().file, problem.code.as_str())).collect();
    let expected = [
        (0, "bad_time_zone"),
        (0, "unknown_key"),
        (0, "empty_list"),
        (0, "unknown_id"),
        (0, "empty_text"),
        (0, "bad_hours"),
        (0, "bad_duration"),
        (0, "wrong_type"),
        (0, "bad_file"),
        (0, "unknown_word"),
        (1, "missing_key"),
        (1, "unknown_id"),
        (1, "empty_pick"),
        (1, "wrong_type"),
        (1, "unknown_id"),
        (1, "bad_cron"),
        (1, "emergency_planned"),
        (1, "wrong_type"),
        (1, "repeated_id"),
        (1, "bad_time"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn problems_are_shown_in_vietnamese() {
    let reading = seventeen();
    assert_eq!(reading.language, Language::Vi);
    insta::assert_snapshot!("seventeen_vi", render::text(&reading.problems, &reading.sources, reading.language, false));
}

#[test]
fn problems_are_shown_in_english() {
    let text = with("name = \"Thôn 1\"", "nmae = \"Thôn 1\"")
        .replace("\"child-111\"]", "\"chlid-111\"]")
        .replace("until = \"12-15\"", "until = \"12-32\"");
    let reading = reading(&text);
    insta::assert_snapshot!("three_en", render::text(&reading.problems, &reading.sources, reading.language, false));
}

#[test]
fn every_error_has_words_in_both_languages() {
    for (code, text, _) in faults::examples() {
        for lang in ["vi", "en"] {
            let text = text.replace("language = \"en\"", &format!("language = {lang:?}"));
            let reading = reading(&text);
            let Some(problem) = reading.problems.iter().find(|problem| problem.code == code) else {
                panic!("{code}: {:#?}", reading.problems)
            };
            assert!(!problem.message.is_empty(), "{code}");
            let vietnamese =
                problem.message.chars().any(|c| ('\u{1ea0}'..='\u{1ef9}').contains(&c) || "ăâđêôơưáàãéèíìóòõúùý".contains(c));
            // Texts that are quoted from the plan may be Vietnamese in both.
            if lang == "vi" {
                assert!(vietnamese, "{code}: {}", problem.message);
            }
        }
    }
}

#[test]
fn the_language_is_told_by_a_broken_plan_too() {
    let broken = "[station]\nname = \"x\nlanguage = \"en\"\n";
    assert_eq!(reading(broken).language, Language::En);
    assert_eq!(parse(sources(&["[station"]), Path::new(""), Some(Language::En)).language, Language::En);
    assert_eq!(reading("[station").language, Language::Vi);
}

#[test]
fn ids_are_unique_across_files_and_known_in_all() {
    let cut = GOOD.find("[[contact]]").unwrap();
    let (first, second) = GOOD.split_at(cut);
    assert_eq!(parse(sources(&[first, second]), Path::new(""), None).problems, vec![]);
    assert_eq!(parse(sources(&[second, first]), Path::new(""), None).problems, vec![]);
    let again = "[[zone]]\nid = \"thon-1\"\nname = \"Thôn 1\"\n[hours]\nmon = []\n";
    let reading = parse(sources(&[GOOD, again]), Path::new(""), None);
    let codes: Vec<&str> = reading.problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["repeated_id", "repeated_table"]);
    assert!(reading.problems[0].help.as_ref().unwrap().contains("a.toml:21"), "{:?}", reading.problems[0].help);
}

#[test]
fn nothing_is_missing_in_an_empty_plan_but_its_tables() {
    assert_eq!(codes(""), vec!["missing_table", "missing_table", "missing_table"]);
}

#[test]
fn hostile_texts_are_refused_in_bounded_time() {
    let many = 60_000;
    let texts = [
        "[".repeat(100_000),
        "{".repeat(100_000),
        format!("x = {}", "[".repeat(100_000)),
        format!("x = {}", "{a=".repeat(50_000)),
        "a = [\n".repeat(many),
        "a = {\n".repeat(many),
        "a = \"\"\"\n[item]\n".repeat(many / 3),
        "\"\n".repeat(many),
        (0..many / 4).map(|index| format!("[a{index}]\nx = \n")).collect(),
        (0..many / 4).map(|index| format!("k{index} = 1\n")).collect(),
        format!("{} = 1", "a.".repeat(20_000) + "a"),
        format!("[{}]", "a.".repeat(20_000) + "a"),
        "\0".repeat(many),
        format!("x = [{}]", "\"a\"".repeat(many)),
        format!("x = {{ {}}}", "a \"b\" ".repeat(many)),
        format!("x = {}", "\"a\"".repeat(many)),
        "\r".repeat(many),
        "[[item]]\nid = 1\n".repeat(many / 20),
    ];
    for text in texts {
        let reading = reading(&text);
        assert!(reading.plan.is_none());
        let shown = render::text(&reading.problems, &reading.sources, reading.language, true);
        assert!(!shown.is_empty());
    }
}

/// Five thousand items, each with an unknown topic: nothing here may take the square of it.
#[test]
fn thousands_of_items_are_read_in_one_go() {
    let mut text = GOOD.to_owned();
    for index in 0..5000 {
        text.push_str(&format!(
            "\n[[item]]\nid = \"item-{index}\"\nfile = \"{index}.ogg\"\ntitle = \"Tin {index}\"\ntopic = \"policy_law\"\n"
        ));
    }
    let plan = reading(&text).plan.unwrap();
    assert_eq!(plan.items.len(), 5003);
    let wrong = text.replace("topic = \"policy_law\"\n", "topic = \"polici_law\"\n");
    assert_eq!(reading(&wrong).problems.len(), 5002);
}

#[test]
fn days_times_and_lengths_are_read_as_people_write_them() {
    let written = |days: &str, at: &str, quota: &str| {
        let text = with("days = [\"mon\", \"wed\"]", days).replace("at = [\"05:30\", \"17:15\"]", at);
        let plan = reading(&text.replace("quota = \"45m\"", quota)).plan.unwrap();
        let recur = plan.broadcasts.iter().map(|broadcast| format!("{:?}", broadcast.recur)).collect::<Vec<_>>();
        (recur, plan.hours)
    };
    let short = written("days = [\"mon\", \"sun\"]", "at = [\"05:30\", \"17:15\"]", "quota = \"45m\"");
    let spoken = written("days = [\"Thứ Hai\", \"chủ nhật\"]", "at = [\"5h30\", \"17 giờ 15\"]", "quota = \"45 phút\"");
    assert_eq!(short, spoken);
    let taken_apart = written("days = [\"thu\u{301} hai\", \"CN\"]", "at = [\"5:30\", \"17h15\"]", "quota = \"45p\"");
    assert_eq!(short, taken_apart);
}
