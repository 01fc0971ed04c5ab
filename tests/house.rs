//! The house: who may import whom, what pure rooms keep out, and that each type has a name of its own (docs/architecture.md says why).
//!
//! Every `crate::`, `super::`, `self::` and `loaxa::` path of `src/` is read, nested `use` lists included, and held against the table
//! below. Comments and texts are not code. Modules under `#[cfg(test)]` are free: tests may build what they test from anywhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[path = "house/read.rs"]
mod read;
#[path = "house/checker.rs"]
mod the_checker;

use read::{code, paths};

/// One room: its floor, its name, and the rooms below that it may import. A name with `::` narrows: only that part of a room.
struct Room {
    floor: u8,
    name: &'static str,
    imports: &'static [&'static str],
}

const fn room(floor: u8, name: &'static str, imports: &'static [&'static str]) -> Room {
    Room { floor, name, imports }
}

/// DESIGN's table. `terms` is open to all; `*` is every room below.
const ROOMS: &[Room] = &[
    room(9, "main", &["cli"]),
    room(8, "cli", &["*"]),
    room(7, "daemon", &["*"]),
    room(6, "console", &["control", "report", "asrun", "rundown", "check", "plan", "library", "audio", "lang"]),
    room(6, "chores", &["report", "asrun", "plan", "calendar", "files", "lang"]),
    room(5, "playout", &["rundown", "audio", "asrun", "control", "library", "lang", "defect"]),
    room(5, "check", &["rundown", "plan", "library", "calendar", "asrun::history", "asrun::element", "lang"]),
    room(
        4,
        "rundown",
        &["plan", "calendar", "library", "asrun::row", "asrun::element", "asrun::history", "asrun::open", "lang", "defect"],
    ),
    room(4, "report", &["plan", "asrun", "calendar", "lang"]),
    room(3, "plan", &["calendar", "lang"]),
    room(3, "audio", &["library", "lang"]),
    room(2, "asrun", &["files", "defect"]),
    room(2, "control", &["files"]),
    room(2, "library", &["files"]),
    // Words for the closed lists of requests, status and the log's errors need to see them; those rooms see no words.
    room(2, "lang", &["control", "library", "calendar", "asrun::store"]),
    room(1, "calendar", &["terms"]),
    room(1, "files", &[]),
    // What tests break; nothing of it is in the program.
    room(1, "defect", &[]),
    room(1, "terms", &[]),
];

/// Rooms and files without I/O, clock, threads or trace. Each says so in its head, and whatever says so is here.
const PURE: &[&str] = &[
    "calendar",
    "terms",
    "rundown",
    "audio::format",
    "audio::tone",
    "cli::civil",
    "daemon::orders",
    "playout::conductor",
    "playout::deck",
    "playout::outlet",
    "playout::cue",
    "plan::edit",
    "playout::file_watch",
    "playout::care",
    "playout::clock::judge",
    "playout::live::mapping",
    "asrun::row",
    "asrun::fact",
    "asrun::element",
    "asrun::queue",
    "asrun::chain",
    "asrun::handover",
    "asrun::history",
    "asrun::standing",
    "asrun::open",
    "chores::due",
    "report::period",
    "report::tally",
    "report::document",
];

/// What no pure room names, and why.
const IMPURE: &[(&str, &str)] = &[
    ("now(", "it reads a clock: take the time as an argument"),
    ("SystemTime", "it reads a clock"),
    ("Instant::", "it reads a clock"),
    ("std::fs", "it reads files"),
    ("std::net", "it speaks to the network"),
    ("std::process", "it starts processes"),
    ("std::env", "it reads the environment"),
    ("std::thread", "it starts threads"),
    ("std::io", "it reads or writes"),
    ("tokio", "it waits"),
    ("tracing", "it traces"),
    ("rusqlite", "it writes to a database"),
    ("println!", "it prints"),
    ("eprintln!", "it prints"),
];

fn find(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

/// Whether `from` (a module, `playout::deck`) may import `to` (`rundown::Planned`).
fn objection(from: &str, to: &str) -> Option<String> {
    let name = |path: &str| path.split("::").next().unwrap_or_default().to_owned();
    let (here, there) = (name(from), name(to));
    if here == there || there == "terms" || there == "lib" {
        return None;
    }
    let Some(room) = find(&here) else { return Some(format!("{here} is no room of the table")) };
    let Some(other) = find(&there) else { return Some(format!("{there} is no room of the table")) };
    if here == "lib" {
        return None;
    }
    let all_below = room.imports == ["*"] && other.floor < room.floor;
    let named = room.imports.iter().any(|allowed| to == *allowed || to.starts_with(&format!("{allowed}::")));
    (!all_below && !named).then(|| format!("{here} (floor {}) may not import {there} (floor {})", room.floor, other.floor))
}

/// Everything that a file does which its room may not.
fn faults(module: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let mut faults = Vec::new();
    for path in paths(module, &code) {
        faults.extend(objection(module, &path).map(|why| format!("{module}: `{path}`: {why}")));
    }
    if is_pure(module) {
        for (word, why) in IMPURE {
            if code.match_indices(word).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')) {
                faults.push(format!("{module} is pure and names `{word}`: {why}"));
            }
        }
    }
    faults
}

fn is_pure(module: &str) -> bool {
    PURE.iter().any(|pure| module == *pure || module.starts_with(&format!("{pure}::")))
}

/// Whether the head of a file calls it pure.
fn says_pure(text: &str) -> bool {
    let head = text.lines().take_while(|line| line.starts_with("//!"));
    head.into_iter().any(|line| line.split(|c: char| !c.is_alphanumeric()).any(|word| word == "Pure"))
}

/// Which files of a folder import which others of it, for every folder: the rooms are those of the first. What a file shares with the files of
/// the folder that bears its name does not count: these are one thing, cut into pieces.
fn folders(files: &[(String, String)]) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let modules: BTreeSet<&str> = files.iter().map(|(module, _)| module.as_str()).collect();
    let mut folders: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (module, text) in files {
        for path in paths(module, &code(text)) {
            let ends = path.match_indices("::").map(|(at, _)| at).chain([path.len()]);
            let Some(there) = ends.map(|end| &path[..end]).filter(|there| modules.contains(there)).last() else { continue };
            let (from, to): (Vec<&str>, Vec<&str>) = (module.split("::").collect(), there.split("::").collect());
            let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if shared < from.len() && shared < to.len() {
                let of_folder = folders.entry(from[..shared].join("::")).or_default();
                of_folder.entry(from[shared].to_owned()).or_default().insert(to[shared].to_owned());
            }
        }
    }
    folders
}

/// A circle of rooms or files, if there is one.
fn circle(imports: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn walk(room: &str, imports: &BTreeMap<String, BTreeSet<String>>, way: &mut Vec<String>) -> bool {
        if way.iter().any(|earlier| earlier == room) {
            way.push(room.to_owned());
            return true;
        }
        way.push(room.to_owned());
        let found = imports.get(room).is_some_and(|below| below.iter().any(|next| next != room && walk(next, imports, way)));
        if !found {
            way.pop();
        }
        found
    }
    imports.keys().find_map(|room| {
        let mut way = Vec::new();
        walk(room, imports, &mut way).then_some(way)
    })
}

/// Every source file, with the module that it is.
fn sources(folder: &Path, module: &str, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let inside = if module.is_empty() { name.clone() } else { format!("{module}::{name}") };
        if path.is_dir() {
            sources(&path, &inside, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") && name != "tests" && !name.ends_with("_tests") {
            let module = if name == "mod" { module.to_owned() } else { inside };
            found.push((module, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_room_imports_only_what_the_table_allows() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    assert!(files.len() > 30, "the house is read");
    let all: Vec<String> =
        files.iter().filter(|(module, _)| module != "lib").flat_map(|(module, text)| faults(module, text)).collect();
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
}

#[test]
fn rooms_and_the_files_of_a_folder_import_each_other_in_one_direction() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    files.retain(|(module, _)| module != "lib" && !module.split("::").any(|part| SAMPLES.contains(&part)));
    let folders = folders(&files);
    assert!(folders[""].len() > 10 && folders.len() > 20, "the folders are read: {}", folders.len());
    let circles = folders.iter().filter_map(|(folder, imports)| Some((folder.as_str(), circle(imports)?.join(" → "))));
    let circles: Vec<(&str, String)> = circles.collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn what_calls_itself_pure_is_held_to_it_and_what_is_held_to_it_says_so() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    let silent = PURE.iter().filter(|pure| !files.iter().any(|(module, text)| module == *pure && says_pure(text)));
    let silent: Vec<&&str> = silent.collect();
    assert!(silent.is_empty(), "their heads do not say it: {silent:?}");
    let boasts = files.iter().filter(|(module, text)| says_pure(text) && !is_pure(module)).map(|(module, _)| module);
    let boasts: Vec<&String> = boasts.collect();
    assert!(boasts.is_empty(), "they are not in the list: {boasts:?}");
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md")).unwrap();
    let bold = page.split("**`").skip(1).filter_map(|rest| rest.split_once("`**")).map(|(name, _)| name);
    let bold: Vec<&str> = bold.map(|name| name.trim_end_matches(".rs").trim_end_matches('/')).collect();
    let last = |pure: &&str| pure.split("::").last().unwrap().to_owned();
    let pure: BTreeSet<String> = PURE.iter().map(last).collect();
    assert!(bold.len() > 10 && bold.iter().all(|name| pure.contains(*name)), "bold on the page, and not in the list: {bold:?}");
}

#[test]
fn every_pure_room_and_every_room_of_the_crate_is_in_the_table() {
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for line in lib.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        assert!(find(line.trim_end_matches(';')).is_some(), "{line}");
    }
    assert!(PURE.iter().all(|pure| find(pure.split("::").next().unwrap()).is_some()));
    for room in ROOMS {
        let below =
            |name: &&str| *name == "*" || find(name.split("::").next().unwrap()).is_some_and(|other| other.floor <= room.floor);
        assert!(room.imports.iter().all(below), "{} looks upward", room.name);
    }
}

/// Names that several types may have: each command has its arguments, and errors and settings are known by their room.
const IDIOMS: [&str; 3] = ["Args", "Error", "Settings"];

/// The names of a file's types: what others see wherever it stands, and what the file has for itself. What a function keeps to itself, and the
/// `type` of an `impl`, which is its trait's, stand further in.
fn types(text: &str) -> Vec<String> {
    const KINDS: [&str; 5] = ["struct", "enum", "trait", "type", "union"];
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let is_name = |name: &&str| name.starts_with(char::is_uppercase);
    let mut found = Vec::new();
    for line in text.lines() {
        let mut words = line.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty());
        if line.split(char::is_whitespace).next().is_some_and(|first| KINDS.contains(&first)) {
            found.extend(words.nth(1).filter(is_name).map(str::to_owned));
        }
    }
    let code = code(text);
    let mut words = code.split(|c: char| !(is_letter(c) || c == '(' || c == ')')).filter(|word| !word.is_empty());
    let mut is_public = false;
    while let Some(word) = words.next() {
        if is_public && KINDS.contains(&word) {
            found.extend(words.next().and_then(|name| name.split('(').next()).filter(is_name).map(str::to_owned));
        }
        is_public = word == "pub" || word.starts_with("pub(");
    }
    found
}

#[test]
fn each_type_has_a_name_of_its_own() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    let mut named: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (module, text) in files.iter().filter(|(module, _)| !module.split("::").any(|part| SAMPLES.contains(&part))) {
        types(text).into_iter().for_each(|name| named.entry(name).or_default().push(module));
    }
    assert!(named.len() > 500, "the types are found: {}", named.len());
    named.retain(|name, modules| modules.len() > 1 && !IDIOMS.contains(&name.as_str()));
    assert!(named.is_empty(), "{named:#?}");
}

/// What is no words: what a letterhead may begin with, where it is read; and the letters of a report's annexes.
const NO_WORDS: [&str; 2] = ["plan::read::paper", "report::tally::table"];
/// Tests, and made-up stations that those of several rooms share.
const SAMPLES: [&str; 6] = ["tests", "sample", "samples", "simulation", "orders_hostile", "made_up"];

/// The lines outside comments and tests on which a text in Vietnamese stands.
fn vietnamese(text: &str) -> Vec<&str> {
    let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
    let spoken =
        |line: &str| line.split('"').skip(1).step_by(2).any(|said| said.chars().any(|c| !c.is_ascii() && c.is_alphabetic()));
    shipped.lines().map(str::trim).filter(|line| !line.starts_with("//") && spoken(line)).collect()
}

/// One word for one thing, in Vietnamese too: ngoặc kép, nghe thử, mặc định.
const NOT_OUR_WORDS: &[&str] = &["dấu nháy", "iễn tập", "IỄN TẬP", "thử nghe", "ngầm định"];

#[test]
fn what_operators_read_has_one_word_for_one_thing() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    for (module, text) in files.iter().filter(|(module, _)| module.starts_with("lang")) {
        let found: Vec<&&str> = NOT_OUR_WORDS.iter().filter(|word| text.contains(**word)).collect();
        assert!(found.is_empty(), "{module}: {found:?}");
    }
}

#[test]
fn every_word_that_is_shown_lives_in_lang() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    let is_sample = |module: &str| module.split("::").any(|part| SAMPLES.contains(&part));
    let words: usize =
        files.iter().filter(|(module, _)| module.starts_with("lang")).map(|(_, text)| vietnamese(text).len()).sum();
    assert!(words > 500, "the words are found: {words}");
    for (module, text) in files.iter().filter(|(module, _)| !module.starts_with("lang") && !is_sample(module)) {
        let found = vietnamese(text);
        assert!(found.is_empty() || NO_WORDS.contains(&module.as_str()), "{module}: {found:#?}");
    }
    for (module, text) in &files {
        assert!(unicode_normalization::is_nfc(text), "{module} is not in NFC");
    }
}
