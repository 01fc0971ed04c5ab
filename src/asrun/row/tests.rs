//! A row has one canonical text, and the text gives the row back.

use proptest::prelude::*;

use super::cells::{BadText, canonical_columns};
use super::*;
use crate::asrun::samples::*;

fn text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[ -~àảãáạăâđêôơưỵ]{1,20}")
}

fn list() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[a-z0-9 -]{1,8}", 0..4)
}

fn at() -> impl Strategy<Value = Option<Wall>> {
    proptest::option::of((0_i64..4_000_000_000_000).prop_map(|ms| Wall(ms * 1_000_000)))
}

fn any_of<T: Copy + std::fmt::Debug>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
    proptest::option::of((0..all.len()).prop_map(move |place| all[place]))
}

prop_compose! {
    fn row()(
        words in (text(), text(), text(), text(), text(), text()),
        lists in (list(), list(), list()),
        instants in (at(), at(), at()),
        numbers in any::<(Option<u32>, Option<u32>, Option<i64>, Option<i64>, Option<u64>, Option<i64>, Option<i32>, u64)>(),
        flags in (any_of(Status::ALL), any_of(Reason::ALL), any_of(Evidence::ALL), any_of(ItemKind::ALL), any_of(Priority::ALL), any_of(Kind::ALL)),
        first_run in any::<Option<bool>>(),
    ) -> Row {
        Row {
            seq: numbers.7,
            output: words.0.as_deref().map(OutputId::from),
            title: words.1.clone(),
            actor: words.2,
            device: words.3,
            item: words.4.as_deref().map(ItemId::from),
            language: words.5,
            zones: lists.0.iter().map(|zone| ZoneId::from(zone.as_str())).collect(),
            tags: lists.1,
            contacts: lists.2.iter().map(|contact| ContactId::from(contact.as_str())).collect(),
            planned_at: instants.0,
            started_at: instants.1,
            ended_at: instants.2,
            element: numbers.0,
            rate: numbers.1,
            planned_ms: numbers.2,
            late_ms: numbers.3,
            frames: numbers.4,
            airtime_ms: numbers.5,
            level_lufs_tenths: numbers.6,
            status: flags.0,
            reason: flags.1,
            clock: flags.2,
            item_kind: flags.3,
            priority: flags.4,
            first_run,
            ..Row::of(flags.5.unwrap_or(Kind::Air), "cam-tan".into(), Origin::Live)
        }
    }
}

proptest! {
    #[test]
    fn a_canonical_text_gives_its_row_back(row in row()) {
        let text = row.canonical(&hanoi()).unwrap();
        prop_assert_eq!(text.split(SEPARATOR).count(), canonical_columns().len());
        prop_assert_eq!(Row::parse(&text), Ok(row));
    }

    #[test]
    fn a_text_that_is_read_is_the_one_that_is_printed(row in row(), column in 0_usize..38, cell in "[-+0-9.a-z:T]{0,6}") {
        let text = row.canonical(&hanoi()).unwrap();
        let mut cells: Vec<&str> = text.split(SEPARATOR).collect();
        cells[column] = &cell;
        let edited = cells.join("\u{1f}");
        if let Ok(read) = Row::parse(&edited) {
            prop_assert_eq!(read.canonical(&hanoi()).unwrap(), edited);
        }
    }

    #[test]
    fn a_control_character_is_refused_and_cleaned(character in proptest::char::ranges(vec!['\0'..='\u{1f}', '\u{7f}'..='\u{9f}', '\u{2028}'..='\u{2029}'].into())) {
        let mut row = Row { title: Some(format!("a{character}b")), ..row_of_air() };
        prop_assert_eq!(row.canonical(&hanoi()), Err(BadText::Control { column: "title" }));
        prop_assert_eq!(row.clean(), vec!["title"]);
        prop_assert_eq!(row.title.as_deref(), Some("a\u{fffd}b"));
        prop_assert!(row.canonical(&hanoi()).is_ok());
    }
}

fn row_of_air() -> Row {
    air(MORNING, 1, "one", Outcome::AIRED)
}

#[test]
fn a_whole_row_reads_as_the_log_shows_it() {
    let row = Row { seq: 7, first_run: Some(true), ..row_of_air() };
    insta::assert_snapshot!(row.canonical(&hanoi()).unwrap().replace(SEPARATOR, "|"), @"7|air|cam-tan|amplifier|thon-1;thon-2|action-month-morning|action-month|morning|1|1|one|announcement|Tổng đài quốc gia bảo vệ trẻ em (one)|support_services|children;hotline|vi|hoi-lhpn|child-111|ordinary|2026-11-15T05:30:00+07:00|30000|2026-11-15T05:30:00+07:00|2026-11-15T05:30:30+07:00|30000|1440000|48000|aired||0|-18.0|true||default|live|ntp||one-sha256|c0ffee");
}

#[test]
fn the_columns_are_those_of_the_contract() {
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    assert_eq!(
        names.join(", "),
        "seq, kind, station, output, zones, broadcast, campaign, programme, element, take, item, item_kind, title, topic, tags, \
         language, supplier, contacts, priority, planned_at, planned_ms, started_at, ended_at, airtime_ms, frames, rate, status, \
         reason, late_ms, level_lufs, first_run, actor, device, origin, clock, detail, file_hash, plan_hash, row_hash"
    );
}

#[test]
fn too_few_and_too_many_cells_are_no_row() {
    let text = row_of_air().canonical(&hanoi()).unwrap();
    let (short, _) = text.rsplit_once(SEPARATOR).unwrap();
    assert_eq!(Row::parse(short), Err(BadText::Cells { found: 37 }));
    assert_eq!(Row::parse(&format!("{text}{SEPARATOR}")), Err(BadText::Cells { found: 39 }));
}

#[test]
fn a_separator_within_a_list_is_written_as_a_comma() {
    let row = Row { tags: vec!["a;b".to_owned(), String::new(), "c".to_owned()], ..row_of_air() };
    let read = Row::parse(&row.canonical(&hanoi()).unwrap()).unwrap();
    assert_eq!(read.tags, ["a,b", "c"]);
}
