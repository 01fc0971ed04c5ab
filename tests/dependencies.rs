//! What the program is built of: under which licences, each library once, from one place, and each in the room that it serves.
//!
//! `cargo deny` checks the first three as well; these need no tool that takes minutes to build, no network, and no second list. What is
//! published against a library after it was chosen needs both: `scripts/advisories.sh`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences under which the program may be passed on, whatever it is used for. MPL-2.0 asks for the sources of its own files only.
const LICENCES: [&str; 9] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

/// Libraries that are there in two versions, and for whose sake. An entry that is true no more has to go.
const TWICE: [(&str, &str); 6] = [
    ("bitflags", "1 for ebur128 and symphonia"),
    ("rand_core", "0.6 for the macros of cron"),
    ("syn", "2 for macros; nothing of it is in the program"),
    ("typed-path", "0.12 for the zip of docx-rs"),
    ("winnow", "0.7 for cron"),
    ("zip", "8 for docx-rs, 9 for rust_xlsxwriter"),
];

/// Libraries that one room keeps to itself. `chrono`, which `cron` brings along, is named nowhere but there.
const ROOMS: [(&str, &str); 21] = [
    ("alsa", "audio/output/mixer.rs"),
    ("chrono", "calendar/recur.rs"),
    ("cron", "calendar/recur.rs"),
    ("docx_rs", "report/write/"),
    ("krilla", "report/write/"),
    ("rust_xlsxwriter", "report/write/"),
    ("ttf_parser", "report/write/"),
    ("toml_parser", "plan/read/"),
    ("annotate_snippets", "plan/render.rs"),
    ("rubato", "audio/"),
    ("rodio", "audio/"),
    ("rtrb", "playout/live/"),
    ("tracing_subscriber", "daemon/trace.rs"),
    ("axum", "console/"),
    ("askama", "console/"),
    ("prometheus_client", "console/metrics.rs"),
    ("toml_edit", "plan/edit.rs"),
    ("argon2", "console/access/people.rs"),
    ("hyper", "console/listen.rs"),
    ("hyper_util", "console/listen.rs"),
    ("rpassword", "cli/person.rs"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What cargo knows of this platform's packages: whatever is needed to build is on the disk already.
fn metadata() -> Value {
    let host = Command::new("rustc").arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host];
    let known = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(known.status.success(), "{}", String::from_utf8_lossy(&known.stderr));
    serde_json::from_slice(&known.stdout).unwrap()
}

/// The packages of which the program is built, tests' own left out.
fn packages(metadata: &Value) -> Vec<&Value> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let nodes: BTreeMap<&str, &Value> = nodes.iter().map(|node| (node["id"].as_str().unwrap(), node)).collect();
    let mut found = BTreeSet::new();
    let mut open = vec![metadata["resolve"]["root"].as_str().unwrap()];
    while let Some(id) = open.pop() {
        if found.insert(id) {
            let ships = |dep: &&Value| dep["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"] != "dev");
            open.extend(nodes[id]["deps"].as_array().unwrap().iter().filter(ships).map(|dep| dep["pkg"].as_str().unwrap()));
        }
    }
    metadata["packages"].as_array().unwrap().iter().filter(|package| found.contains(package["id"].as_str().unwrap())).collect()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

/// Whether the terms of an SPDX expression can be met: `A OR B AND C`, with brackets, and `A/B` as it was written before.
fn can_be_met(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "_WITH_");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&words, &mut at);
    assert_eq!(at, words.len(), "not understood: {expression}");
    met
}

fn either(words: &[&str], at: &mut usize) -> bool {
    let mut met = both(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at);
    }
    met
}

fn both(words: &[&str], at: &mut usize) -> bool {
    let mut met = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at);
    }
    met
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let word = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if word != "(" {
        return LICENCES.contains(&word.replace("_WITH_", " WITH ").as_str());
    }
    let met = either(words, at);
    assert_eq!(words.get(*at), Some(&")"));
    *at += 1;
    met
}

#[test]
fn every_licence_lets_the_program_be_passed_on() {
    let metadata = metadata();
    let packages = packages(&metadata);
    assert!(packages.len() > 100, "the packages are found: {}", packages.len());
    let bad = packages.iter().filter(|package| !package["license"].as_str().is_some_and(can_be_met));
    let bad: Vec<String> = bad.map(|package| format!("{}: {}", name(package), package["license"])).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn every_library_is_there_once_but_for_the_few_that_say_why() {
    let metadata = metadata();
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    for package in packages(&metadata) {
        *versions.entry(name(package)).or_default() += 1;
    }
    let twice: Vec<&str> = versions.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name).collect();
    assert_eq!(twice, TWICE.map(|(name, _)| name));
}

#[test]
fn everything_comes_from_the_registry() {
    let metadata = metadata();
    let foreign = |package: &&Value| {
        let source = package["source"].as_str();
        name(package) != "loaxa" && source != Some("registry+https://github.com/rust-lang/crates.io-index")
    };
    let foreign: Vec<&str> = packages(&metadata).into_iter().filter(foreign).map(name).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

/// The paths of the sources in which the library is named.
fn naming(folder: &Path, library: &str, found: &mut Vec<String>) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            naming(&path, library, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let mut code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        if code.any(|line| names(line, library)) {
            found.push(path.strip_prefix(root().join("src")).unwrap().to_str().unwrap().to_owned());
        }
    }
}

fn names(line: &str, library: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(&format!("{library}::")).any(|(at, _)| !line[..at].ends_with(part_of_word))
}

#[test]
fn a_library_that_one_room_keeps_to_itself_is_named_nowhere_else() {
    for (library, room) in ROOMS {
        let mut found = Vec::new();
        naming(&root().join("src"), library, &mut found);
        assert!(library == "chrono" || !found.is_empty(), "{library} is named nowhere");
        let elsewhere: Vec<&String> = found.iter().filter(|path| !path.starts_with(room)).collect();
        assert!(elsewhere.is_empty(), "{library} belongs to {room}: {elsewhere:?}");
    }
    let metadata = metadata();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let brings = |node: &&Value| node["deps"].as_array().unwrap().iter().any(|dep| dep["name"] == "chrono");
    let brings: Vec<&str> = nodes.iter().filter(brings).map(|node| node["id"].as_str().unwrap()).collect();
    assert!(matches!(brings[..], [one] if one.contains("#cron@")), "{brings:?}");
}

#[test]
fn a_licence_that_is_not_on_the_list_is_seen() {
    for met in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR GPL-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception"] {
        assert!(can_be_met(met), "{met}");
    }
    for unmet in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Zlib) AND AGPL-3.0", "Apache-2.0 WITH Other-exception"] {
        assert!(!can_be_met(unmet), "{unmet}");
    }
}
