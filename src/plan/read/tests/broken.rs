//! Files whose syntax is broken: every slip is told where it is, and nobody guesses what stands behind it.

use proptest::prelude::*;
use toml::de::DeTable;

use super::*;
use crate::plan::render;

/// What breaks the syntax of a line, and what is said of it.
const SLIPS: &[(&str, &str)] = &[
    ("name = \"Thôn 1", "a quotation mark is missing"),
    ("name = 'Thôn 1", "a quotation mark is missing"),
    ("name = Thôn 1\"", "a quotation mark is missing"),
    ("name = [\"Thôn 1]", "a quotation mark is missing"),
    ("name = \"Tin \"hay\" nhất\"", "a quotation mark within the text ends it here"),
    ("name = “Thôn 1”", "curly quotation marks cannot be used here"),
    ("name = \"Thôn 1”", "curly quotation marks cannot be used here"),
    ("“name” = 1", "curly quotation marks cannot be used here"),
    ("name = Thôn", "text has to stand in quotation marks"),
    ("name = Thôn 1", "text has to stand in quotation marks"),
    ("name = ngày", "text has to stand in quotation marks"),
    ("name = 10m", "text has to stand in quotation marks"),
    ("name = 05h30", "text has to stand in quotation marks"),
    ("name = 15/11/2026", "the date `15/11/2026` has to stand in quotation marks"),
    ("name = 15-11-2026", "the date `15-11-2026` has to stand in quotation marks"),
    ("name = 15.11.2026", "the date `15.11.2026` has to stand in quotation marks"),
    ("name = 2026/11/15", "the date `2026/11/15` has to stand in quotation marks"),
    ("name = 2026-13-15", "`2026-13-15` is no date"),
    ("name = 5:30", "the time `5:30` has to stand in quotation marks"),
    ("name = True", "this is written in lower case"),
    ("name = 010", "this number cannot be read"),
    ("name", "an = is missing after the key"),
    ("name \"Thôn 1\"", "an = is missing after the key"),
    ("name [\"Thôn 1\"]", "an = is missing after the key"),
    ("name == \"Thôn 1\"", "there is one = too many"),
    ("name =", "a value is missing after the ="),
    ("name = { vi = }", "a value is missing after the ="),
    ("name = # Thôn 1", "a value is missing after the ="),
    ("name = [\"Thôn 1\"", "this list is never closed"),
    ("name = { vi = \"Thôn 1\"", "this { is never closed"),
    ("name = [{ vi = \"Thôn 1\"", "this { is never closed"),
    ("name = \"Thôn 1\"]", "a closing bracket without its opening one"),
    ("name = ]", "a closing bracket without its opening one"),
    ("]", "a closing bracket without its opening one"),
    ("name = [\"a\" \"b\"]", "a comma is missing between two parts"),
    ("name = { vi = \"a\" en = \"b\" }", "a comma is missing between two parts"),
    ("name = [\"a\",, \"b\"]", "there is one comma too many"),
    ("name = { vi = \"a\",, en = \"b\" }", "there is one comma too many"),
    ("name = \"Thôn 1\" và", "this does not belong at the end of the line"),
    ("name = 1,5", "`1,5`: decimals stand behind a point, not a comma"),
    ("name = { lufs = -22,0 }", "`-22,0`: decimals stand behind a point, not a comma"),
    ("name = [05:00-07:00]", "hours have to stand in quotation marks"),
    ("name = 5h30 - 6h30", "hours have to stand in quotation marks"),
    ("tên = \"Thôn 1\"", "this is no key"),
    ("= \"Thôn 1\"", "this is no key"),
    (", name = 1", "this is no key"),
    ("name = \"Thôn \\q 1\"", "a \\ is misused in this text"),
    ("name = \"D:\\thon\\1\"", "a \\ is misused in this text"),
    ("name = \"Thôn \u{7} 1\"", "there is an invisible character that is not allowed"),
    ("name = \"Thôn 1\" # \u{7}", "there is an invisible character that is not allowed"),
    ("name = \"Thôn 1\"\r # x", "there is an invisible character that is not allowed"),
    ("PK\u{3}\u{4}\0\u{1}", "there is an invisible character that is not allowed"),
    ("name\u{a0}= \"Thôn 1\"", "there is an invisible character that is not allowed"),
    ("\u{feff}name = \"Thôn 1\"", "there is an invisible character that is not allowed"),
    ("name = \"Th\u{fffd}n 1\"", "there are bytes here that are not UTF-8"),
    ("[[zone]", "this head of a table cannot be read"),
    ("[zone", "this head of a table cannot be read"),
    ("[[zone]] x", "this head of a table cannot be read"),
    ("x[[zone]]", "this head of a table cannot be read"),
    ("[khu vực]", "this head of a table cannot be read"),
];

const REST: &str = "the rest of this file has not been checked";

#[test]
fn a_slip_is_told_by_its_kind_and_once() {
    let mut wrong = vec![];
    for (line, expected) in SLIPS {
        let reading = reading(&with("name = \"Thôn 1\"", line));
        let messages: Vec<&str> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
        if messages != [*expected, REST] || problems_of(&reading)[0].1 != 22 {
            wrong.push(format!("{line}: {messages:#?}, {:?}", problems_of(&reading)));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// All the slips in one file, with good lines between them.
fn slips(lang: &str) -> Reading {
    let mut text = format!("[station]\nlanguage = {lang:?}\n");
    for (at, (line, _)) in SLIPS.iter().enumerate() {
        text.push_str(&format!("\n[[item]]\nid = \"{at}\"\n{line}\n"));
    }
    reading(&text)
}

#[test]
fn all_the_slips_of_a_file_are_told_at_once() {
    let reading = slips("en");
    let expected: Vec<&str> = SLIPS.iter().map(|(_, message)| *message).chain([REST]).collect();
    assert_eq!(reading.problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>(), expected);
    let lines: Vec<usize> = problems_of(&reading).iter().map(|(_, line, _)| *line).take(SLIPS.len()).collect();
    assert_eq!(lines, (0..SLIPS.len()).map(|at| 6 + at * 4).collect::<Vec<_>>());
}

/// A line for each problem: where it is, what is underlined, what is said and what to do.
fn listed(reading: &Reading) -> String {
    let problems = reading.problems.iter().zip(problems_of(reading)).map(|(problem, (code, line, column))| {
        let underlined = &reading.sources[0].text[problem.place.unwrap().range()];
        let help = problem.help.as_deref().unwrap_or("-");
        format!("{line}:{column} {code} {underlined:?} {}. {help}.\n", problem.message)
    });
    problems.collect()
}

#[test]
fn slips_are_told_in_vietnamese() {
    insta::assert_snapshot!("slips_vi", listed(&slips("vi")));
}

#[test]
fn slips_are_told_in_english() {
    insta::assert_snapshot!("slips_en", listed(&slips("en")));
    let shown = reading(&with("name = \"Thôn 1\"", "name = \"Thôn 1"));
    insta::assert_snapshot!("one_slip_en", render::text(&shown.problems, &shown.sources, shown.language, false));
}

#[test]
fn a_broken_head_is_one_fault_and_its_keys_are_nobodys() {
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
        let found = problems_of(&reading(&text));
        assert_eq!(found.first().map(|found| (found.0, found.1)), Some(("syntax", 20)), "{head}: {found:?}");
        assert_eq!(found.get(1).map(|found| found.0), Some("not_checked"), "{head}: {found:?}");
        assert_eq!(found.len(), 2, "{head}: {found:?}");
    }
}

#[test]
fn a_list_of_several_lines_is_told_line_by_line() {
    let old = "elements = [\"signal\", { pick = 2, topic = \"policy_law\" }, { item = \"hotline-111\", times = 2 }]";
    let new =
        "elements = [\n  \"signal\"\n  \"hotlin-111\",\n  { pick = 0 topic = \"policy_law\" },\n  \"nobody-knows\",\n  \"open\n]";
    let found = problems_of(&reading(&with(old, new)));
    assert_eq!(found, vec![("syntax", 80, 3), ("syntax", 81, 12), ("syntax", 83, 3), ("not_checked", 83, 3)]);
}

/// As programmes are written: an element a line.
#[test]
fn an_element_that_is_never_closed_does_not_swallow_the_next() {
    let old = "elements = [\"signal\", { pick = 2, topic = \"policy_law\" }, { item = \"hotline-111\", times = 2 }]";
    let new = "elements = [\n  \"signal\",\n  { pick = 1, tag = \"a },\n  { pick = 1, tag = \"b\",\n  \"luat-1,\n  { pick = 1 tag = \"c\" },\n  { pick = 1, tag = \"d\"\n]\nx = 1,5";
    let found = problems_of(&reading(&with(old, new)));
    let expected = [(80, 21), (81, 3), (82, 3), (83, 12), (84, 3), (86, 5)].map(|(line, column)| ("syntax", line, column));
    assert_eq!(found, [expected.as_slice(), &[("not_checked", 86, 5)]].concat());
    let open = with(old, &new.replace("\n]\n", "\n"));
    assert_eq!(
        problems_of(&reading(&open)).iter().map(|(_, line, _)| *line).collect::<Vec<_>>(),
        vec![78, 80, 81, 82, 83, 84, 85, 85]
    );
}

#[test]
fn what_is_never_closed_does_not_swallow_what_follows() {
    let again = |text: String| text.replace("verified = 2026-11-01", "verified = 01/11/2026");
    let list = with("tags = [\"children\"]", "tags = [\n  \"children\",");
    assert_eq!(problems_of(&reading(&again(list))), vec![("syntax", 48, 8), ("bad_date", 74, 12), ("not_checked", 74, 12)]);
    let table = with("valid = { from = 2026-11-15, until = 2026-12-15 }", "valid = { from = 2026-11-15, until = 2026-12-15");
    assert_eq!(problems_of(&reading(&again(table))), vec![("syntax", 52, 9), ("bad_date", 73, 12), ("not_checked", 73, 12)]);
    let last = with("replaces = [\"everyday\"]\nexcept", "replaces = [\nexcept")
        .replace("\nlate = \"10m\"\noutputs = [\"amplifier\"]", "");
    assert_eq!(codes(&last), vec!["syntax", "not_checked"]);
    // Three quotes make a text of several lines: what it holds is text.
    let three = with("title = \"Nhạc hiệu\"", "title = \"\"\"Nhạc hiệu");
    assert_eq!(codes(&three), vec!["syntax", "not_checked"]);
}

#[test]
fn what_stands_twice_is_told_with_its_first_place() {
    let key = with("number = \"111\"", "number = \"111\"\nname = \"112\"");
    let found = reading(&key);
    assert_eq!(problems_of(&found), vec![("duplicate_key", 73, 1)]);
    assert!(found.problems[0].help.as_ref().unwrap().contains("a.toml:71"), "{:?}", found.problems);
    let table = with("[[supplier]]", "[hours]\nquota = \"1h\"\n[[supplier]]");
    let found = reading(&table);
    assert_eq!(problems_of(&found), vec![("repeated_table", 38, 1)]);
    assert!(found.problems[0].help.as_ref().unwrap().contains("a.toml:28"), "{:?}", found.problems);
    // Also in a file with other slips, and within braces.
    let both =
        key.replace("{ vi = \"Chủ trương, chính sách\"", "{ vi = \"x\", vi = \"y\"").replace("pause = \"1s\"", "pause = 1s");
    assert_eq!(codes(&both), vec!["duplicate_key", "duplicate_key", "syntax", "not_checked"]);
}

/// A file that has been read whole does not answer for one that has not.
#[test]
fn nothing_is_called_unknown_or_missing_that_a_broken_file_may_have() {
    let cut = GOOD.find("[[contact]]").unwrap();
    let (first, second) = GOOD.split_at(cut);
    let broken = first.replace("name = \"Thôn 1\"", "name = Thôn 1");
    let reading = parse(sources(&[&broken, second]), Path::new(""), None);
    assert_eq!(problems_of(&reading), vec![("syntax", 22, 8), ("not_checked", 22, 8)]);
    // What the others have is judged whole.
    let late = second.replace("late = \"10m\"", "late = \"25h\"").replace("number = ", "nubmer = ");
    let reading = parse(sources(&[&broken, &late]), Path::new(""), None);
    let codes: Vec<&str> = reading.problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["syntax", "not_checked", "unknown_key", "bad_duration"]);
    assert!(reading.plan.is_none());
}

#[test]
fn an_id_of_a_table_that_is_misspelt_is_not_called_unknown() {
    assert_eq!(codes(&with("[[contact]]", "[[contacts]]")), vec!["unknown_key"]);
    assert_eq!(codes(&with("id = \"signal\"", "ID = \"signal\"")), vec!["unknown_key"]);
}

#[test]
fn several_broken_values_of_a_line_are_all_told() {
    let text = with("valid = { from = 2026-11-15, until = 2026-12-15 }", "valid = { from = 2026-13-15, until = 30/02/2026 }");
    assert_eq!(problems_of(&reading(&text)), vec![("bad_date", 52, 18), ("bad_date", 52, 38), ("not_checked", 52, 38)]);
}

#[test]
fn a_file_in_utf_16_is_one_fault_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.toml");
    let (little, big) = (GOOD.encode_utf16().flat_map(u16::to_le_bytes), GOOD.encode_utf16().flat_map(u16::to_be_bytes));
    let (little, big): (Vec<u8>, Vec<u8>) = (little.collect(), big.collect());
    for bytes in [[&[0xff, 0xfe], &little[..]].concat(), little, [&[0xfe, 0xff], &big[..]].concat(), big] {
        std::fs::write(&file, bytes).unwrap();
        let reading = super::read(&file, Some(Language::En)).unwrap();
        let said: Vec<&str> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(said, ["this file is in UTF-16 and cannot be read"]);
        assert!(reading.problems[0].help.as_ref().unwrap().contains("Encoding: UTF-8"));
    }
}

#[test]
fn a_name_with_the_ending_that_windows_hides_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plan.toml.txt"), GOOD).unwrap();
    let codes = |reading: &Reading| reading.problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>();
    assert_eq!(codes(&super::read(folder.path(), None).unwrap()), ["no_files", "hidden_ending"]);
    let named = super::read(&folder.path().join("plan.toml"), None).unwrap_err();
    assert!(named.describe(Language::Vi).contains("plan.toml.txt: Windows không cho thấy đuôi .txt"), "{named}");
    // Beside a plan that is whole it is a warning.
    std::fs::write(folder.path().join("a.toml"), GOOD).unwrap();
    let reading = super::read(folder.path(), None).unwrap();
    assert_eq!(codes(&reading), ["hidden_ending"]);
    assert!(reading.plan.is_some());
}

/// The lines of the good plan that are not blank.
fn written_lines() -> Vec<usize> {
    GOOD.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(index, _)| index).collect()
}

/// Whether a text is refused as TOML: by the crate `toml`, and here.
fn refused(text: &str) -> (bool, bool) {
    let source = sources(&[text]).remove(0);
    (DeTable::parse(text).is_err(), !document::read(0, &source).faults.is_empty())
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

    /// Two readers of TOML agree: what the crate `toml` accepts is read here, and what it refuses is refused.
    #[test]
    fn any_part_of_a_plan_in_any_order_is_read_as_toml_says(cuts in proptest::collection::vec(0..GOOD.len(), 2..12)) {
        let mut text = String::new();
        for pair in cuts.windows(2) {
            let (from, to) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
            text.push_str(GOOD.get(from..to).unwrap_or("[[\"''\"]"));
        }
        let reading = reading(&text);
        let (toml, here) = refused(&text);
        prop_assert_eq!(toml, here, "{}\n{:#?}", text, reading.problems);
        render::text(&reading.problems, &reading.sources, reading.language, false);
        render::document(&reading.problems, &reading.sources, None);
    }

    #[test]
    fn tables_within_tables_are_read_as_toml_says(lines in proptest::collection::vec("(a|b|a\\.b|b\\.a|a\\.b\\.a) = (1|\\{\\}|\\{ a\\.b = 1, a\\.a = 2 \\}|\\[\\])|\\[(a|b|a\\.b|b\\.a|a\\.b\\.a)\\]|\\[\\[(a|b|a\\.b)\\]\\]", 1..6)) {
        let text = lines.join("\n");
        let (toml, here) = refused(&text);
        prop_assert_eq!(toml, here, "{}", text);
    }

    /// A line loses one character or gains one: whatever is told stands on that line, or follows from what it means now.
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
        let (toml, here) = refused(&text);
        prop_assert_eq!(toml, here, "{}", damaged);
        let broken = reading.problems.iter().any(|problem| problem.code == Code::NotChecked);
        for (problem, (code, found, _)) in reading.problems.iter().zip(problems_of(&reading)) {
            // What follows from a good line of another meaning: another id, another head, a value gone.
            let consequence = matches!(code, "unknown_id" | "missing_key" | "missing_table" | "repeated_id" | "repeated_table" | "unknown_key" | "duplicate_key" | "wrong_type" | "conflicting_keys" | "same_device" | "refers_to_itself");
            prop_assert!(found == line + 1 || (consequence && !broken), "{damaged}: {problem:#?}\nat {found}, damaged {}", line + 1);
        }
    }
}
