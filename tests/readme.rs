//! What the documents say can be typed and opened: their commands are ones that the program has, their links lead somewhere, and the
//! plan that README calls complete is one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const DOCUMENTS: [&str; 3] = ["README.md", "docs/architecture.md", "packaging/README.md"];

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
