//! The documents and the program agree, both ways: what the documents say can be typed and opened, and what can be typed is in them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const DOCUMENTS: [&str; 4] = ["README.md", "docs/architecture.md", "docs/engine.md", "packaging/README.md"];

/// Where every command stands with all its options, and in which language.
const COMMANDS: [(&str, &str, &str); 2] = [
    ("docs/lenh.md", "vi", "# Mọi lệnh và tùy chọn\n\nĐúng như `loaxa LỆNH --help` in ra.\n"),
    ("docs/commands.md", "en", "# Every command and option\n\nAs `loaxa COMMAND --help` prints them.\n"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(document: &str) -> String {
    std::fs::read_to_string(root().join(document)).unwrap()
}

fn loaxa(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_loaxa")).args(arguments).args(["--lang", "en"]).output().unwrap()
}

/// The bodies of the fenced blocks of a kind.
fn blocks(text: &str, kind: &str) -> Vec<String> {
    text.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix(&format!("{kind}\n"))).map(str::to_owned).collect()
}

/// What comes after each `loaxa ` at the start of a line of a shell block or of inline code.
fn command_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        blocks(text, "sh").iter().flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines.extend(text.split('`').skip(1).step_by(2).map(str::to_owned));
    // What the shell runs after it is another program's.
    let own = |line: &str| line.split(" && ").next().unwrap_or_default().to_owned();
    lines.iter().filter_map(|line| line.strip_prefix("loaxa ")).map(own).collect()
}

/// The words that name a command: `clock confirm` has two.
fn command_of(line: &str) -> Vec<&str> {
    line.split_whitespace().take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).take(2).collect()
}

#[test]
fn every_command_and_option_that_is_named_exists() {
    let lines: Vec<String> = DOCUMENTS.iter().flat_map(|document| command_lines(&text(document))).collect();
    assert!(lines.len() > 15, "the documents are read");
    for line in lines {
        let mut command = command_of(&line);
        if command != ["clock", "confirm"] {
            command.truncate(1);
        }
        let help = loaxa(&[command.as_slice(), &["--help"]].concat());
        assert_eq!(help.status.code(), Some(0), "`loaxa {line}`");
        let help = String::from_utf8(help.stdout).unwrap();
        for option in line.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).filter(|word| word.starts_with("--")) {
            assert!(help.contains(option), "`loaxa {line}`: {option}");
        }
    }
}

fn help(command: &[&str], lang: &str) -> String {
    let mut loaxa = Command::new(env!("CARGO_BIN_EXE_loaxa"));
    let said = loaxa.env("COLUMNS", "100").args(command).args(["--lang", lang, "--help"]).output().unwrap();
    assert_eq!(said.status.code(), Some(0), "{command:?}");
    String::from_utf8(said.stdout).unwrap()
}

/// The commands that a help lists.
fn listed(help: &str) -> Vec<String> {
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let own = list.take_while(|line| !line.is_empty()).filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    own.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

/// Every command that can be typed, from the program's own lists.
fn every_command() -> Vec<Vec<String>> {
    let below = |of: &[&str]| -> Vec<Vec<String>> {
        let longer = |name: String| of.iter().map(|word| (*word).to_owned()).chain([name]).collect();
        listed(&help(of, "en")).into_iter().map(longer).collect()
    };
    let words = |command: &Vec<String>| below(&command.iter().map(String::as_str).collect::<Vec<_>>());
    below(&[]).into_iter().flat_map(|command| [vec![command.clone()], words(&command)].concat()).collect()
}

/// `LOAXA_WRITE_DOCS=1 cargo test --test readme` writes them anew.
#[test]
fn every_command_and_option_that_exists_is_in_the_documents() {
    let commands = every_command();
    assert!(commands.len() > 18 && commands.contains(&vec!["clock".to_owned(), "confirm".to_owned()]), "{commands:?}");
    let readme = text("README.md");
    for command in &commands {
        assert!(readme.contains(&format!("`loaxa {}", command.join(" "))), "README.md: loaxa {}", command.join(" "));
    }
    for (document, lang, head) in COMMANDS {
        let part = |command: &Vec<String>| {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            format!("\n## loaxa {}\n\n```text\n{}\n```\n", words.join(" "), help(&words, lang).trim_end())
        };
        let right: String = [head.to_owned()].into_iter().chain(commands.iter().map(part)).collect();
        if std::env::var_os("LOAXA_WRITE_DOCS").is_some() {
            std::fs::write(root().join(document), &right).unwrap();
        }
        assert!(text(document) == right, "{document} is not what the program says: see LOAXA_WRITE_DOCS in tests/readme.rs");
    }
}

#[test]
fn every_link_leads_to_a_file() {
    let mut missing = BTreeSet::new();
    for document in DOCUMENTS {
        let text = text(document);
        let folder = Path::new(document).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            let target = link.split('#').next().unwrap();
            if !target.is_empty() && !target.contains("://") && !root().join(&folder).join(target).exists() {
                missing.insert(format!("{document}: {link}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_plan_that_is_called_complete_is_one() {
    let plans = blocks(&text("README.md"), "toml");
    assert_eq!(plans.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.toml");
    std::fs::write(&plan, &plans[0]).unwrap();
    std::fs::create_dir(folder.path().join("audio")).unwrap();
    std::fs::copy(root().join("audio/hotline-111.ogg"), folder.path().join("audio/hotline-111.ogg")).unwrap();
    let data = folder.path().join("data");
    let said = loaxa(&["check", plan.to_str().unwrap(), "--data", data.to_str().unwrap()]);
    assert_eq!(said.status.code(), Some(0), "{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
}

#[test]
fn the_scripts_are_those_that_make_uses() {
    let make = text("Makefile");
    for script in std::fs::read_dir(root().join("scripts")).unwrap().map(|entry| entry.unwrap().file_name()) {
        assert!(make.contains(script.to_str().unwrap()), "{script:?}");
    }
}

/// What `loaxa verify --json` may call a problem, and what the page on the log says of it.
#[test]
fn the_problems_that_a_check_names_are_those_of_the_page() {
    let source = text("src/cli/verify.rs");
    let names = source.split("fn name(").nth(1).unwrap().split("\n}\n").next().unwrap();
    let named: BTreeSet<&str> = names.split('"').skip(1).step_by(2).collect();
    let page = text("docs/airtime-log.md");
    let table = page.split("| `problem` |").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows = table.lines().skip(2).filter_map(|row| row.split('|').nth(1));
    let told: BTreeSet<&str> = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 5 && named == told, "{named:?} and {told:?}");
}

/// The table of the guide that says how each kind of value is written is held to the reader of plans.
#[test]
fn what_the_guide_says_is_read_is_read() {
    use loaxa::calendar::hours::Stretch;
    use loaxa::calendar::span::MonthDay;
    use loaxa::calendar::written::{self, Misread};

    let page = text("docs/ke-hoach.md");
    let rows = page.split("| Loại |").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut read = 0;
    for row in rows.lines().skip(2) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for example in cells[2].split('`').skip(1).step_by(2) {
            let value = example.trim_matches('"');
            let good = match cells[1] {
                "ngày" => written::day(value, None).is_ok() && (example == value) == value.starts_with("20"),
                "ngày trong năm" => MonthDay::parse(value).is_some(),
                "giờ" => written::time(value).is_ok(),
                "thứ" => written::weekday(value).is_ok(),
                "thời lượng" => written::length(value).is_ok(),
                "khung giờ" => Stretch::parse(value).is_ok(),
                _ => true,
            };
            assert!(good, "{row}: {example}");
            read += 1;
        }
    }
    assert!(read > 15 && written::weekday("thu") == Err(Misread::Thu), "{read}");
}

/// What the guide shows of targets and shares of languages stands in a plan as it is shown.
#[test]
fn the_targets_and_shares_of_the_guide_are_taken() {
    let page = text("docs/ke-hoach.md");
    let example = |key: &str| {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{key}` |"))).unwrap();
        row.rsplit('`').nth(1).unwrap().to_owned()
    };
    let (languages, targets) = (example("languages"), example("targets"));
    let plan = blocks(&text("README.md"), "toml").remove(0).replace("[station]", &format!("[station]\n{languages}"));
    let topics =
        ["policy_law", "support_services", "role_models"].map(|id| format!("[[topic]]\nid = \"{id}\"\nname = \"{id}\"\n"));
    let topics = topics.iter().filter(|topic| !plan.contains(topic.lines().nth(1).unwrap())).cloned().collect::<String>();
    let campaign = format!(
        "[[campaign]]\nid = \"of-the-guide\"\nname = \"Đợt\"\nyearly = {{ from = \"11-15\", until = \"12-15\" }}\n{targets}\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.toml");
    std::fs::write(&path, format!("{plan}\n{topics}{campaign}")).unwrap();
    std::fs::create_dir(folder.path().join("audio")).unwrap();
    std::fs::copy(root().join("audio/hotline-111.ogg"), folder.path().join("audio/hotline-111.ogg")).unwrap();
    let data = folder.path().join("data");
    let said = loaxa(&["check", path.to_str().unwrap(), "--data", data.to_str().unwrap()]);
    let told = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(said.status.code(), Some(0), "{told}");
    assert!(told.contains("of-the-guide"), "and that it cannot be reached is said: {told}");
}
