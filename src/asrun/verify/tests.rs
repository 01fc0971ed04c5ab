//! Every way in which somebody with the file may change it, and what the check calls it.

use jiff::SignedDuration;
use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::asrun::chain::RowHash;
use crate::asrun::open::SlotChange;
use crate::asrun::row::{COLUMNS, CellForm, SEPARATOR};
use crate::asrun::samples::*;
use crate::asrun::store::{FILE, Query, table};
use crate::terms::*;

struct Log {
    dir: tempfile::TempDir,
    head: Head,
}

/// A log of so many slots, three rows each.
fn log(slots: i64) -> Log {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Origin::Live, hanoi()).unwrap();
    for n in 0..slots {
        store.append(whole_slot(MORNING + minutes(60 * n)), &SlotChange::Nothing).unwrap();
    }
    store.checkpoint().unwrap();
    Log { head: store.head(), dir }
}

impl Log {
    /// Somebody with an SQLite shell, who knows how to drop triggers.
    fn edit(&self, sql: &str) -> &Log {
        let db = unguarded(self.dir.path());
        db.execute_batch(sql).unwrap();
        self
    }

    fn verdict(&self) -> Verdict {
        verify(self.dir.path(), &[], None).unwrap()
    }

    fn bad(&self) -> (u64, RowProblem) {
        let bad = self.verdict().first_bad.expect("something is wrong");
        (bad.seq, bad.problem)
    }

    /// The texts of all rows.
    fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        let reader = Store::read_only(self.dir.path()).unwrap();
        reader
            .each(&Query::default(), |row| -> Result<bool, LogError> {
                texts.push(row.text.to_owned());
                Ok(true)
            })
            .unwrap();
        texts
    }

    /// Rebuilds the whole chain over these texts, as somebody does who has read the documentation.
    fn rebuild(&self, texts: &[String]) {
        let db = unguarded(self.dir.path());
        db.execute_batch("DELETE FROM log").unwrap();
        let mut hash = RowHash::GENESIS;
        for text in texts {
            hash = hash.next(text);
            table::insert(&db, text, hash).unwrap();
        }
    }
}

#[test]
fn an_untouched_log_is_good() {
    let log = log(3);
    let good = Verdict {
        rows: 9,
        head: log.head,
        first_bad: None,
        gaps: Vec::new(),
        unlodged: None,
        witnessed: false,
        unguarded: false,
    };
    assert_eq!(log.verdict(), good);
    assert!(self::log(0).verdict().ok());
}

#[test]
fn a_changed_cell_is_found_at_its_row() {
    let log = log(3);
    log.edit("UPDATE log SET status = 'missed' WHERE seq = 4");
    assert_eq!(log.bad(), (4, RowProblem::Changed));
}

#[test]
fn a_changed_hash_is_found_at_its_row() {
    let log = log(3);
    log.edit("UPDATE log SET row_hash = zeroblob(32) WHERE seq = 5");
    assert_eq!(log.bad(), (5, RowProblem::Changed));
    log.edit("UPDATE log SET row_hash = x'00' WHERE seq = 5");
    assert_eq!(log.bad(), (5, RowProblem::Changed));
}

/// The text does not tell these from what was written, and a sum over the column does.
#[test]
fn a_cell_that_is_stored_as_another_type_is_found_at_its_row() {
    for (column, value) in [("airtime_ms", "'30000'"), ("title", "CAST(title AS BLOB)"), ("actor", "''"), ("rate", "48000.0")] {
        let log = log(2);
        let db = unguarded(log.dir.path());
        let sql: String = db.query_row("SELECT sql FROM sqlite_schema WHERE name = 'log'", [], |row| row.get(0)).unwrap();
        let loose = sql.replace(") STRICT", ")").replace(&format!("{column} INTEGER"), column);
        let loose = loose.replace(&format!("{column} TEXT CHECK ({column} <> '')"), column);
        db.execute_batch(&format!(
            "CREATE TABLE copy AS SELECT * FROM log; DROP TABLE log; {loose}; INSERT INTO log SELECT * FROM copy; DROP TABLE copy; \
             UPDATE log SET {column} = {value} WHERE seq = 2"
        ))
        .unwrap();
        let found = log.bad();
        assert!([RowProblem::Misfiled { column }, RowProblem::Changed].contains(&found.1) && found.0 == 2, "{column}: {found:?}");
        let hidden = column != "title" && column != "rate";
        assert_eq!(hidden, found.1 == RowProblem::Misfiled { column }, "{column}");
    }
}

#[test]
fn removed_rows_are_named_also_when_the_rest_is_numbered_anew() {
    let log = log(4);
    log.edit("DELETE FROM log WHERE seq BETWEEN 4 AND 6");
    assert_eq!(log.bad(), (4, RowProblem::Removed { to: 6 }));
    log.edit("UPDATE log SET seq = seq - 3 WHERE seq > 6");
    assert_eq!(log.bad(), (4, RowProblem::Changed));
}

#[test]
fn the_first_row_is_missed_too() {
    let log = log(2);
    log.edit("DELETE FROM log WHERE seq = 1");
    assert_eq!(log.bad(), (1, RowProblem::Removed { to: 1 }));
}

#[test]
fn a_row_that_is_put_in_or_in_anothers_place_is_named() {
    let columns = COLUMNS.iter().map(|column| column.name).skip(1).collect::<Vec<_>>().join(", ");
    let copy = |to: i64, from: i64| format!("INSERT OR REPLACE INTO log SELECT {to}, {columns} FROM log WHERE seq = {from};");
    let shift = "UPDATE log SET seq = -seq - 1 WHERE seq > 4; UPDATE log SET seq = -seq WHERE seq < 0;";
    for (edit, seq, problem) in [
        (format!("{shift} {}", copy(5, 4)), 5, RowProblem::Changed),
        (copy(4, 9), 4, RowProblem::Changed),
        (copy(10, 3), 10, RowProblem::Changed),
        (copy(0, 3), 1, RowProblem::Inserted),
        (copy(-7, 3), 1, RowProblem::Inserted),
        (
            "UPDATE log SET seq = -1 WHERE seq = 4; UPDATE log SET seq = 4 WHERE seq = 5; UPDATE log SET seq = 5 WHERE seq = -1"
                .to_owned(),
            4,
            RowProblem::Changed,
        ),
    ] {
        let log = log(3);
        log.edit(&edit);
        assert_eq!(log.bad(), (seq, problem), "{edit}");
    }
    // One that continues the chain as a real one would gives itself away by the next.
    let forged = log(3);
    let texts = forged.texts();
    let db = unguarded(forged.dir.path());
    db.execute_batch(shift).unwrap();
    let before = texts[..4].iter().fold(Head::EMPTY, |head, text| head.next(text));
    let text = texts[4].replace("two", "forged");
    table::insert(&db, &text, before.next(&text).hash).unwrap();
    assert_eq!(forged.bad(), (6, RowProblem::Changed));
}

#[test]
fn a_file_whose_guards_were_taken_off_is_noted_and_no_fault_of_the_rows() {
    let log = log(2);
    assert!(!log.verdict().unguarded);
    let db = Connection::open(log.dir.path().join(FILE)).unwrap();
    db.execute_batch("DROP TRIGGER log_keeps_every_row").unwrap();
    assert!(log.verdict().ok() && log.verdict().unguarded);
    db.execute_batch("CREATE TRIGGER log_keeps_every_row BEFORE DELETE ON log BEGIN SELECT 1; END").unwrap();
    assert!(log.verdict().unguarded, "another guard of the same name is none");
}

#[test]
fn rows_cut_from_the_end_are_missed_by_the_lodged_head() {
    let log = log(3);
    Store::open(log.dir.path(), Origin::Live, hanoi()).unwrap().lodge_head(MORNING).unwrap();
    log.edit("DELETE FROM log WHERE seq > 6");
    assert_eq!(log.bad(), (7, RowProblem::CutTail { to: 9, witness: Witness::HeadsFile { line: 1 } }));
    // The next start writes down that rows are gone; from then on the log says so itself.
    let mut store = Store::open(log.dir.path(), Origin::Live, hanoi()).unwrap();
    store.recover(std::sync::Arc::from("cam-tan"), MORNING).unwrap();
    store.append(whole_slot(MORNING + minutes(900)), &SlotChange::Nothing).unwrap();
    let verdict = log.verdict();
    assert!(verdict.ok(), "{verdict:?}");
    assert_eq!(verdict.gaps, [LostRows { seq: 7, lost: Some((7, 9)), lodged: Some(log.head) }]);
}

#[test]
fn a_log_without_witnesses_does_not_miss_its_tail() {
    let log = log(3);
    log.edit("DELETE FROM log WHERE seq > 6");
    assert!(log.verdict().ok(), "this is the limit of a chain without a key, and why heads leave the station");
    let found = verify(log.dir.path(), &[log.head.into()], None).unwrap().first_bad.unwrap();
    assert_eq!(found, Bad { seq: 7, problem: RowProblem::CutTail { to: 9, witness: Witness::Given } });
}

#[test]
fn a_log_that_was_cut_is_missed_by_what_was_handed_over() {
    let log = log(3);
    let handover = crate::asrun::handover::Handover { head: log.head.to_string(), ..Default::default() };
    sheet::HandoverFile::open(log.dir.path()).write(&handover).unwrap();
    assert!(log.verdict().ok());
    log.edit("DELETE FROM log WHERE seq > 6");
    assert_eq!(log.bad(), (7, RowProblem::CutTail { to: 9, witness: Witness::Handover }));
    // The next starts write it down once, and go on.
    for _ in 0..2 {
        let mut store = Store::open(log.dir.path(), Origin::Live, hanoi()).unwrap();
        store.recover(std::sync::Arc::from("cam-tan"), MORNING).unwrap();
    }
    let verdict = log.verdict();
    assert!(verdict.ok(), "{verdict:?}");
    assert_eq!(verdict.gaps, [LostRows { seq: 7, lost: Some((7, 9)), lodged: None }]);
}

#[test]
fn a_log_that_was_rebuilt_disagrees_with_its_heads() {
    let log = log(3);
    let mut texts = log.texts();
    texts[1] = texts[1].replace("aired", "missed");
    log.rebuild(&texts);
    assert!(log.verdict().ok());
    let found = verify(log.dir.path(), &[log.head.into()], None).unwrap().first_bad.unwrap();
    assert_eq!(found, Bad { seq: 9, problem: RowProblem::Rebuilt { witness: Witness::Given } });
}

/// A log as `loaxa log` exports it: as JSON, as CSV, as its chain. Some columns only, as if somebody had cut it.
fn exports(log: &Log) -> [String; 3] {
    let rows = Store::read_only(log.dir.path()).unwrap().rows(&Query::default()).unwrap();
    let cell = |row: &crate::asrun::row::Row| row.title.clone().unwrap_or_default();
    let json =
        |row: &crate::asrun::row::Row| serde_json::json!({"seq": row.seq, "title": row.title, "row_hash": row.row_hash, "x": 1});
    [
        serde_json::to_string(&rows.iter().map(json).collect::<Vec<_>>()).unwrap(),
        format!(
            "\u{feff}row_hash,seq,title\r\n{}",
            rows.iter().map(|row| format!("{},{},\"{}\"\r\n", row.row_hash, row.seq, cell(row))).collect::<String>()
        ),
        log.texts().iter().zip(&rows).map(|(text, row)| format!("{text}{SEPARATOR}{}\n", row.row_hash)).collect(),
    ]
}

fn against(log: &Log, export: &str) -> Option<Bad> {
    let path = log.dir.path().join("export");
    std::fs::write(&path, export).unwrap();
    verify(log.dir.path(), &[], Some(&path)).unwrap().first_bad
}

#[test]
fn an_export_shows_where_a_rebuilt_log_forks() {
    let log = log(3);
    let exports = exports(&log);
    for export in &exports {
        assert_eq!(against(&log, export), None);
    }
    let mut texts = log.texts();
    texts[4] = texts[4].replace("aired", "missed");
    log.rebuild(&texts);
    for export in &exports {
        assert_eq!(against(&log, export), Some(Bad { seq: 5, problem: RowProblem::Rebuilt { witness: Witness::Export } }));
    }
}

#[test]
fn an_export_that_was_changed_itself_is_told_from_a_changed_log() {
    let log = log(3);
    for export in &exports(&log) {
        let place = export.match_indices("Tổng đài").nth(2).unwrap().0;
        let changed = format!("{}{}", &export[..place], export[place..].replacen("Tổng đài", "Tổng cục", 1));
        assert_eq!(
            against(&log, &changed),
            Some(Bad { seq: 4, problem: RowProblem::ExportDiffers { column: "title" } }),
            "{changed}"
        );
    }
}

#[test]
fn a_report_is_a_witness_by_its_head_and_says_when_it_is_of_several_stations() {
    let log = log(3);
    let report = |head: &Head| format!("\u{feff}#,BÁO CÁO\n#,\"Mã kiểm tra nhật ký {}: khớp.\"\ntopics,Phút\n", head.grouped());
    let json = format!("{{\n  \"log\": [{{\"head\": \"{}\"}}],\n  \"rows\": []\n}}", log.head);
    let list = format!("{}:{} 2026-11-15T05:30:00+07:00\n{}\n", 1, Head::EMPTY.next(&log.texts()[0]).hash, log.head);
    for file in [report(&log.head), json.clone(), list.clone()] {
        assert_eq!(against(&log, &file), None, "{file}");
    }
    let several = report(&log.head) + &report(&Head::EMPTY.next("another"));
    let path = log.dir.path().join("export");
    std::fs::write(&path, several).unwrap();
    let error = verify(log.dir.path(), &[], Some(&path)).unwrap_err();
    assert!(matches!(error, VerifyError::NotAnExport { why: NoExport::SeveralStations, .. }), "{error}");
    let file = report(&log.head);
    let mut texts = log.texts();
    texts[4] = texts[4].replace("aired", "missed");
    log.rebuild(&texts);
    for file in [file, json, list] {
        assert_eq!(against(&log, &file), Some(Bad { seq: 9, problem: RowProblem::Rebuilt { witness: Witness::Report } }));
    }
}

#[test]
fn what_is_no_export_is_said_to_be_none() {
    let log = log(1);
    let path = log.dir.path().join("export");
    for (no_export, expected) in [
        ("", NoExport::NoHashes),
        ("hello", NoExport::NoHashes),
        ("[1]", NoExport::BadJson(1)),
        ("[]", NoExport::Empty),
        ("a,b\n1,2\n", NoExport::NoHashes),
        ("seq,row_hash\n1,2\n", NoExport::BadLine(2)),
        ("1\u{1f}x\n", NoExport::BadLine(1)),
        ("[{\"seq\":1}]", NoExport::BadLine(1)),
    ] {
        std::fs::write(&path, no_export).unwrap();
        match verify(log.dir.path(), &[], Some(&path)).unwrap_err() {
            VerifyError::NotAnExport { why, .. } => assert_eq!(why, expected, "{no_export}"),
            other => panic!("{no_export}: {other}"),
        }
    }
}

#[test]
fn a_stop_whose_head_is_gone_from_heads_txt_is_noted_and_no_fault_of_the_log() {
    let log = log(1);
    let mut store = Store::open(log.dir.path(), Origin::Live, hanoi()).unwrap();
    store
        .append(vec![crate::asrun::row::Row::of(Kind::Stop, std::sync::Arc::from("x"), Origin::Live)], &SlotChange::Nothing)
        .unwrap();
    let verdict = log.verdict();
    assert!(verdict.ok());
    assert_eq!(verdict.unlodged, Some(4));
    store.lodge_head(MORNING).unwrap();
    assert_eq!(log.verdict().unlodged, None);
}

#[test]
fn a_head_that_was_lodged_after_a_gap_is_not_excused_by_it() {
    let log = log(3);
    Store::open(log.dir.path(), Origin::Live, hanoi()).unwrap().lodge_head(MORNING).unwrap();
    log.edit("DELETE FROM log WHERE seq > 3");
    let mut store = Store::open(log.dir.path(), Origin::Live, hanoi()).unwrap();
    store.recover(std::sync::Arc::from("cam-tan"), MORNING).unwrap();
    store.append(vec![start(MORNING, "b")], &SlotChange::Nothing).unwrap();
    store.lodge_head(MORNING).unwrap();
    drop(store);
    assert!(log.verdict().ok());
    let mut texts = log.texts();
    texts[1] = texts[1].replace("aired", "missed");
    log.rebuild(&texts);
    assert_eq!(log.bad(), (5, RowProblem::Rebuilt { witness: Witness::HeadsFile { line: 2 } }));
}

#[test]
fn a_damaged_file_is_an_answer_and_not_a_failure() {
    let log = log(40);
    let path = log.dir.path().join(FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    assert!(!log.verdict().ok());
}

#[test]
fn a_file_that_cannot_be_read_at_all_is_an_answer_too() {
    let damage = |spoil: &dyn Fn(&Log, &std::path::Path)| {
        let log = log(40);
        spoil(&log, &log.dir.path().join(FILE));
        match log.bad() {
            (seq, RowProblem::Damaged { what, .. }) => (seq, what),
            other => panic!("{other:?}"),
        }
    };
    let cut = |log: &Log, length| {
        let file = std::fs::File::options().write(true).open(log.dir.path().join(FILE)).unwrap();
        file.set_len(length).unwrap();
    };
    assert_eq!(damage(&|log, _| cut(log, 0)), (1, FileDamage::NoLog));
    assert_eq!(damage(&|_, path| std::fs::write(path, [7; 9000]).unwrap()), (1, FileDamage::NoLog));
    assert_eq!(damage(&|log, _| cut(log, 20_480)).1, FileDamage::Pages);
    assert_eq!(
        damage(&|log, _| {
            log.edit("DROP TABLE log");
        }),
        (1, FileDamage::Tables)
    );
    assert_eq!(
        damage(&|log, _| {
            log.edit("DELETE FROM meta");
        }),
        (1, FileDamage::Tables)
    );
}

#[test]
fn a_torn_last_line_of_heads_is_a_power_cut_and_nonsense_is_not() {
    let log = log(1);
    let heads = log.dir.path().join("heads.txt");
    std::fs::write(&heads, format!("{} 2026-11-15T05:30:00+07:00\n3:0012", log.head)).unwrap();
    assert!(log.verdict().ok());
    std::fs::write(&heads, format!("{} 2026-11-15T05:30:00+07:00\n3:0012\n", log.head)).unwrap();
    assert_eq!(log.bad(), (3, RowProblem::BadHeads { line: 2 }));
}

/// Another cell that is as good as the one there.
fn other(form: CellForm, cell: &str) -> String {
    let fresh = match form {
        CellForm::Text => "another",
        CellForm::List => "one;two",
        // The row's own number may not be empty.
        CellForm::Number if cell == "7" => "8",
        CellForm::Number => "7",
        CellForm::Tenths => "-3.0",
        CellForm::Bool => "true",
        CellForm::Time => "2026-01-01T00:00:00+07:00",
        CellForm::Json => "{}",
    };
    if fresh == cell { String::new() } else { fresh.to_owned() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_edit_of_any_cell_of_any_row_is_found_at_that_row(row in 0_usize..12, column in 0_usize..38) {
        let log = log(4);
        let text = log.texts()[row].clone();
        let edited = other(COLUMNS[column].form, text.split(SEPARATOR).nth(column).unwrap());
        let db = unguarded(log.dir.path());
        let name = COLUMNS[column].name;
        db.execute(&format!("UPDATE OR REPLACE log SET {name} = nullif(?1, '') WHERE seq = ?2"), (edited, i64::try_from(row).unwrap() + 1)).unwrap();
        let (seq, _) = log.bad();
        // One that takes a later one's number and place is missed in its own; one that takes an earlier one's is found there.
        let taken = if column == 0 { row.min(6) } else { row };
        prop_assert_eq!(seq, u64::try_from(taken).unwrap() + 1);
    }

    #[test]
    fn any_rows_taken_away_are_missed_at_the_first(taken in proptest::collection::btree_set(1_u64..12, 1..5)) {
        let log = log(4);
        let list: Vec<String> = taken.iter().map(u64::to_string).collect();
        log.edit(&format!("DELETE FROM log WHERE seq IN ({})", list.join(",")));
        let (seq, problem) = log.bad();
        prop_assert_eq!(Some(&seq), taken.first());
        let removed = matches!(problem, RowProblem::Removed { .. });
        prop_assert!(removed, "{:?}", problem);
    }
}

#[test]
fn a_daemon_may_write_while_its_log_is_checked() {
    let log = log(2);
    let mut store = Store::open(log.dir.path(), Origin::Live, hanoi()).unwrap();
    store.append(whole_slot(MORNING + SignedDuration::from_hours(9)), &SlotChange::Nothing).unwrap();
    assert_eq!(log.verdict().rows, 9);
}
