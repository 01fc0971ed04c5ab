//! Every example of `docs/ke-hoach.md` is read by the program: each row's in a whole plan that has its table, each block beside one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use loaxa::plan::read;
use loaxa::plan::source::SourceFile;
use loaxa::terms::Wall;

/// A plan with every table of the page, by lines, so that one key can be exchanged for the page's example.
const PLAN: &[(&str, &str)] = &[
    ("[station]", "name = \"Đài\"\ncode = \"dai\"\ntimezone = \"Asia/Ho_Chi_Minh\"\naudio = \"audio\""),
    ("[[output]]", "id = \"amplifier\"\ndevice = \"null\""),
    ("[[zone]]", "id = \"thon-1\"\nname = \"Thôn 1\""),
    ("[[zone]] #", "id = \"thon-2\"\nname = \"Thôn 2\""),
    ("[hours]", "daily = [\"05:30-06:30\", \"17:00-18:00\"]"),
    ("[backup]", "folder = \"/media/usb\""),
    ("[[topic]]", "id = \"policy_law\"\nname = \"Pháp luật\""),
    ("[[topic]] #", "id = \"early_kin_marriage\"\nname = \"Tảo hôn\""),
    ("[[topic]] #", "id = \"support_services\"\nname = \"Dịch vụ\""),
    ("[[topic]] #", "id = \"role_models\"\nname = \"Gương\""),
    ("[[supplier]]", "id = \"hoi-lhpn\"\nname = \"Hội\""),
    ("[[supplier]] #", "id = \"y-te\"\nname = \"Trạm Y tế\""),
    ("[[item]]", "id = \"tao-hon\"\nfile = \"a.ogg\"\ntitle = \"Tảo hôn\"\ntopic = \"early_kin_marriage\""),
    ("[[item]] #", "id = \"hotline-111\"\nfile = \"b.ogg\"\ntitle = \"111\"\ntopic = \"support_services\""),
    ("[[item]] #", "id = \"thu-nghiem\"\nfile = \"c.ogg\"\ntitle = \"Thử nghiệm\"\nkind = \"ident\""),
    ("[[item]] #", "id = \"signal\"\nfile = \"d.ogg\"\ntitle = \"Nhạc hiệu\"\nkind = \"signal\""),
    ("[[item]] #", "id = \"sign-on\"\nfile = \"e.ogg\"\ntitle = \"Lời xướng\"\nkind = \"ident\""),
    ("[[item]] #", "id = \"sign-off\"\nfile = \"f.ogg\"\ntitle = \"Lời chào\"\nkind = \"ident\""),
    ("[[folder]]", "path = \"tin-moi\"\nkind = \"notice\"\ntopic = \"policy_law\""),
    ("[[contact]]", "id = \"child-111\"\nname = \"Tổng đài\"\nnumber = \"111\""),
    ("[[programme]]", "id = \"morning\"\nname = \"Bản tin\"\nelements = [{ pick = 1, topic = \"policy_law\" }]"),
    ("[[programme]] #", "id = \"law-corner\"\nname = \"Pháp luật\"\nelements = [\"tao-hon\"]"),
    ("[[programme]] #", "id = \"where-to-turn\"\nname = \"Hỏi ai\"\nelements = [\"hotline-111\"]"),
    ("[[programme]] #", "id = \"action-morning\"\nname = \"Bản tin\"\nelements = [\"hotline-111\"]"),
    ("[[campaign]]", "id = \"action-month\"\nname = \"Tháng hành động\"\nyearly = { from = \"11-15\", until = \"12-15\" }"),
    ("[[holiday]] #", "id = \"tet-nguyen-dan\"\nname = \"Tết\"\nlunar = { from = \"12-30\", until = \"01-04\" }"),
    ("[[broadcast]] #", "id = \"everyday-morning\"\nprogramme = \"morning\"\nat = [\"05:30\"]"),
    ("[[broadcast]] #", "id = \"everyday-evening\"\nprogramme = \"morning\"\nat = [\"17:00\"]"),
    ("[[broadcast]]", "id = \"other\"\nprogramme = \"morning\"\nat = [\"17:30\"]"),
    ("[[change]]", "broadcast = \"everyday-evening\"\ndate = 2026-11-24\nskip = true"),
    ("[[extra]]", "programme = \"morning\"\ndate = 2026-11-24\nat = \"17:40\""),
    ("[letterhead]", "commune = \"xã Cẩm Tân\""),
    ("[[baseline]]", "id = \"nam-truoc\"\nperiod = { from = 2025-11-15, until = 2025-12-15 }\nsource = \"Sổ\"\nairings = 1"),
    ("[[report]]", "id = \"bao-cao\"\nperiod = \"year\"\ncampaign = \"action-month\""),
];

/// Of these a table has one.
const EITHER: &[&[&str]] = &[
    &["yearly", "dates", "lunar"],
    &["at", "cron"],
    &["days", "nth", "on", "cron"],
    &["skip", "at"],
    &["skip", "programme"],
    &["skip", "outputs"],
];

/// The plan with one key of a table exchanged, and with more behind it.
fn plan(table: &str, example: Option<(&str, &str)>, more: &str) -> String {
    let mut text = String::from("format = 1\n");
    for (head, body) in PLAN {
        text.push_str(&format!("{}\n", head.trim_end_matches(" #")));
        let (key, line) = example.filter(|_| *head == table).unwrap_or_default();
        let goes = |other: &str| other == key || EITHER.iter().any(|either| either.contains(&key) && either.contains(&other));
        let kept = body.lines().filter(|own| !goes(own.split(" = ").next().unwrap()));
        kept.for_each(|own| text.push_str(&format!("{own}\n")));
        text.push_str(&format!("{line}\n"));
    }
    text + more
}

/// What is wrong with it, long before any of its dates.
fn problems(text: &str) -> Vec<String> {
    let source = SourceFile { path: "plan.toml".into(), text: text.into() };
    let reading = read::parse(vec![source], Path::new(""), None).as_of(Wall(0));
    reading.problems.iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect()
}

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ke-hoach.md")).unwrap()
}

#[test]
fn the_plan_of_this_test_is_good() {
    assert_eq!(problems(&plan("", None, "")), Vec::<String>::new());
}

#[test]
fn every_example_of_a_key_is_read() {
    let page = page();
    let (mut table, mut seen, mut wrong) = (String::new(), 0, Vec::new());
    for line in page.lines() {
        if let Some(head) = line.strip_prefix("## ") {
            table = head.split('`').nth(1).unwrap_or_default().to_owned();
        }
        let cells: Vec<&str> = line.split(" | ").collect();
        let code = |cell: &str| cell.split('`').nth(1).map(str::to_owned);
        let (Some(key), Some(example)) = (cells.first().and_then(|cell| code(cell)), cells.last().and_then(|cell| code(cell)))
        else {
            continue;
        };
        // Keys of a table within the table are shown by the example of that table; an id is a name, and these are taken.
        let within = (cells.len() == 4 && cells[1].contains("trong ")) || key == "id";
        if !line.starts_with("| `") || cells.len() < 3 || within {
            continue;
        }
        let example = if example.starts_with('{') { format!("elements = [{example}]") } else { example };
        let exchanged = example.split(" = ").next().unwrap().to_owned();
        if !PLAN.iter().any(|(head, _)| *head == table) || (exchanged != key && exchanged != "elements") {
            continue;
        }
        seen += 1;
        let found = problems(&plan(&table, Some((&exchanged, &example)), ""));
        if !found.is_empty() {
            wrong.push(format!("{table} {example}: {found:?}"));
        }
    }
    assert!(seen > 80, "only {seen} examples are found");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_block_of_the_page_is_read_beside_a_plan() {
    let page = page();
    let blocks: Vec<&str> = page.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("toml\n")).collect();
    assert!(blocks.len() > 5, "the blocks are found");
    for block in blocks {
        assert_eq!(problems(&plan("", None, block)), Vec::<String>::new(), "{block}");
    }
}
