//! Lines that are damaged: a slip of the hand is told where it is, and hides nothing else.

use proptest::prelude::*;

use super::*;
use crate::plan::render;

/// What breaks the syntax of a line, by the text that is told of it: the parser's own texts are known by their beginnings only.
#[test]
fn broken_syntax_is_told_by_its_kind_and_hides_nothing() {
    let table: &[(&str, &str)] = &[
        ("name = \"Thôn 1", "a quotation mark is missing"),
        ("name = 'Thôn 1", "a quotation mark is missing"),
        ("name = “Thôn 1”", "curly quotation marks cannot be used here"),
        ("name = Thôn", "text has to stand in quotation marks"),
        ("name \"Thôn 1\"", "an = is missing after the key"),
        ("name", "an = is missing after the key"),
        ("name =", "a value is missing after the ="),
        ("name == \"Thôn 1\"", "there is one = too many"),
        ("name = [\"Thôn 1\"", "this list is never closed"),
        ("name = { vi = \"Thôn 1\"", "this { is never closed"),
        ("name = \"Thôn 1\"]", "this does not belong at the end of the line"),
        ("name = ]", "a closing bracket without its opening one"),
        ("name = [\"a\" \"b\"]", "a comma is missing between two parts"),
        ("name = [\"a\",, \"b\"]", "there is one comma too many"),
        ("name = \"Thôn 1\" và", "this does not belong at the end of the line"),
        ("tên = \"Thôn 1\"", "this is no key"),
        ("name = \"Thôn \\q 1\"", "a \\ is misused in this text"),
        ("name = 10m", "text has to stand in quotation marks"),
        ("name = 05h30", "text has to stand in quotation marks"),
        ("name = ngày", "text has to stand in quotation marks"),
        ("name = True", "this is written in lower case"),
        ("name = 1,5", "this does not belong at the end of the line"),
        ("name = Thôn 1", "text has to stand in quotation marks"),
        ("name = Thôn 1\"", "a quotation mark is missing"),
        ("name = 010", "this number cannot be read"),
        ("name = \"Thôn \u{7} 1\"", "this quoted text cannot be read"),
        ("= \"Thôn 1\"", "this is no key"),
        ("name = \"Thôn 1\" # \u{7}", "there is an invisible character that is not allowed"),
        (", name = 1", "this is no key"),
    ];
    let mut wrong = vec![];
    for (line, expected) in table {
        // The id of another table is misspelt after the broken line, and has to be told all the same.
        let text = with("name = \"Thôn 1\"", line).replace("\"child-111\"]", "\"chlid-111\"]");
        let reading = reading(&text);
        let messages: Vec<&str> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
        if messages != [*expected, "no contact has the id `chlid-111`"] || told(&reading)[0].1 != 22 {
            wrong.push(format!("{line}: {messages:#?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn broken_heads_are_told_and_their_tables_are_read() {
    for head in [
        "[[zone]",
        "[[zone",
        "[zone",
        "[ [zone]]",
        "[[zone]] x",
        "[[zone]] id = 5",
        "zone]]",
        "x[[zone]]",
        "= [[zone]]",
        "\"[[zone]]",
    ] {
        let text = with("[[zone]]\nid = \"thon-1\"", &format!("{head}\nid = \"thon-1\""));
        let found = told(&reading(&text));
        assert_eq!(found.first().map(|found| (found.0, found.1)), Some(("syntax", 20)), "{head}: {found:?}");
        assert_eq!(found.len(), 1, "{head}: {found:?}");
    }
}

#[test]
fn a_list_of_several_lines_loses_only_its_damaged_line() {
    let old = "elements = [\"signal\", { pick = 2, topic = \"policy_law\" }, { item = \"hotline-111\", times = 2 }]";
    let new = "elements = [\n  \"signal\"\n  \"hotlin-111\",\n  { pick = 0, topic = \"policy_law\" },\n  \"nobody-knows\",\n  \"open\n]";
    let found = told(&reading(&with(old, new)));
    assert_eq!(found, vec![("syntax", 80, 3), ("bad_number", 81, 12), ("unknown_id", 82, 3), ("syntax", 83, 3)]);
}

#[test]
fn an_open_list_ends_where_the_next_key_begins() {
    let text = with("tags = [\"children\"]", "tags = [\n  \"children\",").replace("\"hoi-lhpn\"\nscript", "\"hoi-lhpm\"\nscript");
    assert_eq!(told(&reading(&text)), vec![("syntax", 48, 8), ("unknown_id", 51, 12)]);
    let open = with("valid = { from = 2026-11-15, until = 2026-12-15 }", "valid = { from = 2026-11-15, until = 2026-12-15");
    assert_eq!(codes(&open), vec!["syntax"], "{:#?}", reading(&open).problems);
    let three = with("title = \"Nhạc hiệu\"", "title = \"\"\"Nhạc hiệu");
    assert_eq!(codes(&three), vec!["syntax"]);
}

#[test]
fn an_id_on_a_damaged_line_is_not_called_unknown() {
    // Its definition is damaged, and so may be that of another broken table.
    assert_eq!(codes(&with("id = \"hotline-111\"", "id = \"hotline-111")), vec!["syntax"]);
    assert_eq!(codes(&with("id = \"hotline-111\"", "id \"hotline-111\"")), vec!["syntax"]);
    assert_eq!(codes(&with("[[contact]]", "[[contacts]]")), vec!["unknown_key"]);
    assert_eq!(codes(&with("id = \"signal\"", "ID = \"signal\"")), vec!["unknown_key"]);
    // The table is seen, whatever else is wrong with it.
    assert_eq!(codes(&with("title = \"Nhạc hiệu\"", "title = Nhạc")), vec!["syntax"]);
    // Others are unknown all the same.
    let both = with("id = \"hotline-111\"", "id = \"hotline-111").replace("[\"signal\", {", "[\"sginal\", {");
    assert_eq!(codes(&both), vec!["syntax", "unknown_id"]);
}

#[test]
fn several_broken_values_of_a_line_are_all_told() {
    let text = with("valid = { from = 2026-11-15, until = 2026-12-15 }", "valid = { from = 2026-13-15, until = 2026-02-30 }");
    assert_eq!(told(&reading(&text)), vec![("bad_date", 52, 18), ("bad_date", 52, 38)]);
}

/// `topic` is a key of an item and a table too: with a stray bracket before it, it is still the key.
#[test]
fn a_key_with_a_stray_bracket_is_no_head_although_a_table_has_its_name() {
    let text = GOOD.replacen("topic = \"policy_law\"", "[topic = \"policy_law\"", 1);
    assert_eq!(codes(&text), vec!["syntax"]);
}

/// A report that is addressed to somebody needs the letterhead.
#[test]
fn a_letterhead_with_a_damaged_head_is_not_called_missing() {
    for head in ["[,letterhead]", "letterhead]", "[letterhead"] {
        assert_eq!(codes(&GOOD.replacen("[letterhead]", head, 1)), vec!["syntax"], "{head}");
    }
}

/// The lines of the good plan that are not blank.
fn written_lines() -> Vec<usize> {
    GOOD.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(index, _)| index).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic(text in "(?s).{0,400}") {
        let reading = reading(&text);
        prop_assert!(reading.plan.is_none());
        render::text(&reading.problems, &reading.sources, reading.language, true);
        render::document(&reading.problems, &reading.sources, None);
    }

    #[test]
    fn any_part_of_a_plan_in_any_order_is_read_without_a_panic(cuts in proptest::collection::vec(0..GOOD.len(), 2..12)) {
        let mut text = String::new();
        for pair in cuts.windows(2) {
            let (from, to) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
            text.push_str(GOOD.get(from..to).unwrap_or("[[\"''\"]"));
        }
        let reading = reading(&text);
        render::text(&reading.problems, &reading.sources, reading.language, false);
        render::document(&reading.problems, &reading.sources, None);
    }

    /// A line loses one character or gains one: whatever is told stands on that line, or on its statement.
    #[test]
    fn one_damaged_line_blames_no_other(line in prop::sample::select(written_lines()), at in 0..60_usize, insert in prop::option::of("[\"'\\[\\]{}=,#.x\\\\ ]")) {
        let lines: Vec<&str> = GOOD.lines().collect();
        let mut characters: Vec<char> = lines[line].chars().collect();
        let at = at.min(characters.len().saturating_sub(1));
        match insert.as_ref().and_then(|text| text.chars().next()) {
            Some(character) => characters.insert(at, character),
            None => { characters.remove(at); }
        }
        let damaged: String = characters.into_iter().collect();
        let text = lines.iter().enumerate().map(|(index, old)| if index == line { &damaged } else { *old }).collect::<Vec<_>>().join("\n");
        let reading = reading(&text);
        for (problem, (code, found, _)) in reading.problems.iter().zip(told(&reading)) {
            let elsewhere = found != line + 1;
            // What follows from a good line of another meaning: another id, another head, a value gone.
            let true_consequence = matches!(code, "unknown_id" | "missing_key" | "missing_table" | "repeated_id" | "repeated_table" | "unknown_key" | "duplicate_key" | "wrong_type" | "conflicting_keys" | "same_device" | "refers_to_itself");
            let syntax_here = reading.problems.iter().any(|problem| problem.code == Code::Syntax);
            prop_assert!(!elsewhere || (true_consequence && !syntax_here), "{damaged}: {problem:#?}\nat {found}, damaged {}", line + 1);
        }
    }
}
