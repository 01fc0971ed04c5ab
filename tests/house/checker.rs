//! What the house sees, and what does not fool it.

use super::*;

fn bad(module: &str, text: &str) -> Vec<String> {
    faults(module, text)
}

#[test]
fn sees_an_import_upward_in_every_form() {
    for text in [
        "use crate::plan::Plan;",
        "pub use crate::plan::{self, Item};",
        "use crate::{terms::Wall, plan::{Plan, Item}};",
        "use super::super::plan;",
        "fn f() { let x = crate::plan::LATE; }",
        "fn f(plan: &crate::plan::Plan) {}",
        "use\n    crate\n    ::plan::Plan;",
        "use loaxa::plan::Plan;",
    ] {
        assert!(!bad("asrun::row", text).is_empty(), "{text}");
    }
    assert_eq!(bad("asrun", "use super::plan;").len(), 1);
}

#[test]
fn allows_what_the_table_allows() {
    assert!(
        bad("asrun::row", "use crate::terms::*; use super::facts::X; use self::inner::Y; use crate::asrun::store;").is_empty()
    );
    assert!(bad("rundown", "use crate::asrun::history::History; use crate::plan::Plan;").is_empty());
    assert!(bad("cli::log", "use crate::{daemon, playout::cue};").is_empty());
    assert!(bad("main", "fn main() { loaxa::cli::main() }").is_empty());
}

#[test]
fn sees_part_of_a_room_that_is_not_open() {
    assert_eq!(bad("rundown", "use crate::asrun::store::Store;").len(), 1);
    assert_eq!(bad("rundown", "use crate::asrun::{history::History, store};").len(), 1);
}

#[test]
fn is_not_fooled_by_comments_texts_and_tests() {
    let text = r##"
        //! See [`crate::plan`].
        /* crate::plan /* nested */ crate::plan */
        const A: &str = "crate::plan \" tokio";
        const B: &str = r#"crate::plan"#;
        const C: char = '"';
        fn f<'a>(x: &'a str) {}
        #[cfg(test)]
        mod tests { use crate::plan::Plan; fn f() { let x = "}"; Instant::now(); } }
        #[cfg(test)]
        #[path = "x_tests.rs"]
        mod more;
    "##;
    assert_eq!(bad("asrun::row", text), Vec::<String>::new());
    assert_eq!(bad("asrun::row", &format!("{text} use crate::plan::Plan;")).len(), 1, "what follows is still read");
}

#[test]
fn sees_a_clock_a_file_and_a_trace_in_a_pure_room() {
    for text in [
        "fn f() { jiff::Timestamp::now(); }",
        "use std::time::Instant; fn f() { Instant::now(); }",
        "use std::fs;",
        "fn f() { std::net::lookup() }",
        "async fn f() { tokio::task::yield_now().await }",
        "fn f() { tracing::info!(1) }",
        "use std::time::SystemTime;",
        "fn f() { std::process::exit(1) }",
    ] {
        assert!(!bad("playout::conductor", text).is_empty(), "{text}");
        assert!(!bad("calendar::timezone", text).is_empty(), "{text}");
        assert!(bad("playout::live", text).is_empty(), "{text}");
    }
    assert!(bad("playout::deck", "fn f(now: Now) { let known(x) = y; self.now.wall }").is_empty());
}

#[test]
fn sees_std_behind_a_nested_use() {
    assert!(!bad("rundown", "use std::{fs, sync::Arc};").is_empty());
}

#[test]
fn sees_a_circle() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    assert_eq!(circle(&graph(&[("a", "b"), ("b", "c"), ("a", "c"), ("a", "a")])), None);
    let found = circle(&graph(&[("x", "a"), ("a", "b"), ("b", "c"), ("c", "a")]));
    assert_eq!(found.unwrap().join(" → "), "a → b → c → a");
}

#[test]
fn sees_files_of_a_folder_that_import_each_other() {
    let files = |texts: &[(&str, &str)]| -> Vec<(String, String)> {
        texts.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect()
    };
    let one_way = [("plan", "use self::read::x;"), ("plan::read", "use super::Plan;"), ("plan::fault", "use super::read::y;")];
    let found = folders(&files(&one_way));
    assert!(found.values().all(|imports| circle(imports).is_none()), "{found:?}");
    let other = [("plan::read::walk", "use crate::plan::fault::Fault;")];
    let found = folders(&files(&[&one_way[..], &other[..]].concat()));
    assert_eq!(circle(&found["plan"]).unwrap().join(" → "), "fault → read → fault");
}

#[test]
fn finds_the_types_of_a_file() {
    let text = "pub struct A(u8); pub(crate) enum B<T> { X } struct C; pub type D = A; // pub struct E;\n pub trait F {} \
        pub fn g() {} #[cfg(test)] mod tests { pub struct H; }";
    assert_eq!(types(text), ["A", "B", "D", "F"]);
    let text = "struct K;\nimpl X for K {\n    type Output = u8;\n}\nfn f() {\n    struct L;\n}\nenum M {\n    A,\n}\n";
    assert_eq!(types(text), ["K", "M"], "private ones too, but not what a function keeps to itself");
}

#[test]
fn hears_a_file_call_itself_pure() {
    assert!(says_pure("//! One.\n//!\n//! Pure: a, b.\nuse x;") && says_pure("//! Pure. And so on."));
    assert!(!says_pure("//! [`x`] is pure.\n//! Purely so.\nfn f() {}\n//! Pure") && !says_pure(""));
}

#[test]
fn does_not_know_a_room_that_is_not_in_the_table() {
    assert!(!bad("utils", "use crate::plan::Plan;").is_empty());
    assert!(!bad("cli", "use crate::helpers::x;").is_empty());
}
