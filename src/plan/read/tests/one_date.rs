//! Changes and extras: what they become, what is wrong with them, and that all of it is forgotten when their date has passed.

use jiff::civil::{date, time};

use super::*;
use crate::calendar::recur::{Recur, RecurDays};
use crate::plan::{Change, ChangedTo};

/// `GOOD` with these tables, as it is judged at noon of a day.
fn on(tables: &str, day: &str) -> Reading {
    let zone = crate::calendar::timezone::Timezone::named("Asia/Ho_Chi_Minh").unwrap();
    reading(&format!("{GOOD}{tables}")).as_of(zone.instant(format!("{day}T12:00").parse().unwrap()))
}

/// The codes before the date, and after it, of one that stands in for 25 November 2026.
fn around(tables: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let codes = |day| on(tables, day).problems.iter().map(|problem| problem.code.as_str()).collect();
    let (before, on_it, after): (Vec<_>, Vec<_>, _) = (codes("2026-11-01"), codes("2026-11-25"), codes("2026-11-26"));
    assert_eq!(before, on_it, "{tables}");
    (before, after)
}

#[test]
fn a_change_says_what_one_date_makes_of_an_airing() {
    let text = "[[change]]\nbroadcast = \"everyday\"\ndate = 2026-11-25\ntime = \"05:30\"\nat = \"06:00\"\nprogramme = \"morning\"\n\
        outputs = [\"horns\"]\n[[change]]\nbroadcast = \"once\"\ndate = 2026-11-25\nskip = true\n";
    let plan = on(text, "2026-11-01").plan.unwrap();
    let to =
        ChangedTo::Other { at: Some(time(6, 0, 0, 0)), programme: Some("morning".into()), outputs: Some(vec!["horns".into()]) };
    let changes = [
        Change { broadcast: "everyday".into(), date: date(2026, 11, 25), time: Some(time(5, 30, 0, 0)), to },
        Change { broadcast: "once".into(), date: date(2026, 11, 25), time: None, to: ChangedTo::Skipped },
    ];
    assert_eq!(plan.changes, changes);
}

#[test]
fn an_extra_is_a_broadcast_of_one_date_with_an_id_of_its_own() {
    let text = "[[extra]]\nprogramme = \"morning\"\ndate = 2026-11-25\nat = [\"06:00\", \"18:00\"]\n\
        [[extra]]\nid = \"opening\"\nprogramme = \"morning\"\ndate = 2026-11-25\nat = \"08:00:30\"\npriority = \"priority\"\noutputs = \"horns\"\n\
        [[change]]\nbroadcast = \"opening\"\ndate = 2026-11-25\nskip = true\n";
    let plan = on(text, "2026-11-01").plan.unwrap();
    let [derived, named] = &plan.broadcasts[3..] else { panic!("{:#?}", plan.broadcasts) };
    assert_eq!((derived.id.as_str(), derived.only_on), ("extra-2026-11-25-0600-morning", Some(date(2026, 11, 25))));
    assert_eq!((derived.outputs.len(), derived.late), (2, crate::plan::LATE));
    assert!(matches!(&derived.recur, Recur::At { at, days: RecurDays::On(days) } if at.len() == 2 && days.len() == 1));
    assert_eq!(
        (named.id.as_str(), named.priority, named.outputs.as_slice()),
        ("opening", Priority::Priority, &["horns".into()][..])
    );
    assert_eq!(plan.changes[0].broadcast, "opening".into(), "an extra can be changed too");
}

#[test]
fn what_names_nobody_is_an_error_until_its_date_has_passed() {
    for text in [
        "[[change]]\nbroadcast = \"everday\"\ndate = 2026-11-25\nskip = true\n",
        "[[change]]\nbroadcast = \"everyday\"\ndate = 2026-11-25\nprogramme = \"gone\"\n",
        "[[change]]\nbroadcast = \"everyday\"\ndate = 2026-11-25\noutputs = [\"horns\", \"gone\"]\n",
        "[[extra]]\nprogramme = \"gone\"\ndate = 2026-11-25\nat = \"06:00\"\n",
        "[[extra]]\nprogramme = \"morning\"\ndate = 2026-11-25\nat = \"06:00\"\noutputs = \"gone\"\n",
    ] {
        assert_eq!(around(text), (vec!["unknown_id"], vec![]), "{text}");
        let past = on(text, "2026-11-26").plan.unwrap();
        assert!(past.changes.is_empty() && past.broadcasts.len() == 3, "and nothing is left of it: {text}");
    }
}

#[test]
fn what_contradicts_itself_is_an_error_until_its_date_has_passed() {
    let change = |keys: &str| format!("[[change]]\nbroadcast = \"everyday\"\ndate = 2026-11-25\n{keys}\n");
    let twice = change("skip = true") + &change("time = \"05:30\"\nat = \"06:00\"");
    assert_eq!(around(&twice), (vec!["repeated_change"], vec![]));
    let apart = change("time = \"17:15\"\nskip = true") + &change("time = \"05:30\"\nat = \"06:00\"");
    assert_eq!(around(&apart), (vec![], vec![]));
    assert_eq!(around(&change("at = \"06:00\"")), (vec!["ambiguous_change"], vec![]), "05:30 and 17:15 are both meant");
    let text = on(&change("at = \"06:00\""), "2026-11-01").problems.remove(0);
    assert!(text.message.contains("05:30, 17:15"), "{}", text.message);
}

#[test]
fn what_cannot_be_understood_is_an_error_at_any_time() {
    let change = |keys: &str| format!("[[change]]\nbroadcast = \"once\"\ndate = 2026-11-25\n{keys}\n");
    let extra = |keys: &str| format!("[[extra]]\nprogramme = \"morning\"\n{keys}\n");
    for (text, code) in [
        (change(""), "missing_key"),
        (change("skip = false"), "missing_key"),
        (change("skip = true\nat = \"06:00\""), "conflicting_keys"),
        (change("skip = \"yes\""), "wrong_type"),
        (change("at = \"6 o'clock\""), "bad_time"),
        (change("outputs = []"), "empty_list"),
        (change("prgramme = \"morning\""), "unknown_key"),
        (change("skip = true").replace("date = 2026-11-25\n", ""), "missing_key"),
        (change("skip = true").replace("2026-11-25", "\"2026-11-31\""), "bad_date"),
        (change("skip = true").replace("[[change]]", "[change]"), "wrong_type"),
        (extra("at = \"06:00\""), "missing_key"),
        (extra("date = 2026-11-25"), "missing_key"),
        (extra("date = 2026-11-25\nat = \"06:00\"\npriority = \"emergency\""), "emergency_planned"),
        (extra("date = 2026-11-25\nat = \"06:00\"\nid = \"everyday\""), "repeated_id"),
        (extra("date = 2026-11-25\nat = \"06:00\"") + &extra("date = 2026-11-25\nat = \"06:00\"\nlate = \"1m\""), "repeated_id"),
    ] {
        assert_eq!(around(&text), (vec![code], vec![code]), "{text}");
    }
}
