//! The store's promises: append only, all or nothing, one writer, and a past that is told as it was.

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::asrun::chain::RowHash;
use crate::asrun::fact::{OrderFact, PlanFact, VoidFact};
use crate::asrun::samples::*;

fn fresh() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Origin::Live, hanoi()).unwrap();
    (dir, store)
}

fn again(dir: &tempfile::TempDir) -> Store {
    Store::open(dir.path(), Origin::Live, hanoi()).unwrap()
}

fn past(store: &mut Store) -> Past {
    store.recover(Arc::from("cam-tan"), MORNING + minutes(600)).unwrap()
}

#[test]
fn rows_come_back_as_they_were_written_and_chained() {
    let (dir, mut store) = fresh();
    let written = store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    drop(store);
    let reader = Store::read_only(dir.path()).unwrap();
    assert_eq!(reader.rows(&Query::default()).unwrap(), written);
    let mut hash = RowHash::GENESIS;
    for (row, seq) in written.iter().zip(1..) {
        hash = hash.next(&row.canonical(&hanoi()).unwrap());
        assert_eq!((row.seq, row.row_hash.as_str()), (seq, hash.as_str()));
    }
    assert_eq!(reader.head().unwrap().hash, hash);
}

#[test]
fn no_row_changes_goes_or_is_put_in_between() {
    let (dir, mut store) = fresh();
    store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    let db = Connection::open(dir.path().join(FILE)).unwrap();
    for forbidden in [
        "UPDATE log SET status = 'missed' WHERE seq = 1",
        "DELETE FROM log WHERE seq = 3",
        "INSERT OR REPLACE INTO log SELECT * FROM log WHERE seq = 2",
        "INSERT INTO log (seq, kind, row_hash) VALUES (7, 'air', zeroblob(32))",
        "INSERT INTO log (kind, row_hash) VALUES ('air', zeroblob(32))",
        "INSERT INTO log (seq, kind, planned_at, broadcast, output, row_hash) \
         SELECT 4, kind, planned_at, broadcast, output, row_hash FROM log WHERE seq = 3",
        "INSERT OR REPLACE INTO log (seq, kind, planned_at, broadcast, output, row_hash) \
         SELECT 4, kind, planned_at, broadcast, output, row_hash FROM log WHERE seq = 3",
        "REPLACE INTO log (seq, kind, planned_at, broadcast, output, row_hash) \
         SELECT 4, 'void', planned_at, broadcast, 'another', row_hash FROM log WHERE seq = 3",
    ] {
        let error = db.execute(forbidden, []).unwrap_err().to_string();
        assert!(error.contains("append-only") || error.contains("ended"), "{forbidden}: {error}");
    }
    assert_eq!(store.reader().rows(&Query::default()).unwrap().len(), 3);
}

#[test]
fn a_log_that_passes_rows_over_is_damaged() {
    let (dir, mut store) = fresh();
    let db = Connection::open(dir.path().join(FILE)).unwrap();
    db.execute_batch("CREATE TRIGGER x BEFORE INSERT ON log WHEN NEW.kind = 'end' BEGIN SELECT RAISE(IGNORE); END").unwrap();
    let error = store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap_err();
    assert!(error.damage().is_some() && store.head().seq == 0, "{error}");
}

#[test]
fn a_slot_ends_once() {
    let (_dir, mut store) = fresh();
    store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    let twice = store.append(vec![start(MORNING, "b"), end(MORNING, Outcome::missed(Reason::Crash))], &SlotChange::Nothing);
    assert!(matches!(twice, Err(LogError::EndedTwice(found)) if found == slot(MORNING)));
    assert_eq!(store.head().seq, 3);
    assert_eq!(store.append(vec![start(MORNING, "b")], &SlotChange::Nothing).unwrap()[0].seq, 4);
}

#[test]
fn a_folder_has_one_writer_and_any_number_of_readers() {
    let (dir, mut store) = fresh();
    store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    assert!(matches!(Store::open(dir.path(), Origin::Live, hanoi()), Err(LogError::InUse(_))));
    assert_eq!(Store::read_only(dir.path()).unwrap().rows(&Query::default()).unwrap().len(), 3);
    drop(store);
    again(&dir);
}

#[test]
fn a_folder_has_one_origin_for_ever() {
    let (dir, store) = fresh();
    drop(store);
    let other = Store::open(dir.path(), Origin::Rehearsal, hanoi());
    assert!(matches!(other, Err(LogError::OtherOrigin { found: Origin::Live, wanted: Origin::Rehearsal, .. })));
}

#[test]
fn a_folder_without_a_log_is_said_to_be_one() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Store::read_only(dir.path()), Err(LogError::NoLog(_))));
    std::fs::write(dir.path().join(FILE), "").unwrap();
    assert!(matches!(Store::read_only(dir.path()), Err(LogError::NoLog(_))));
    std::fs::write(dir.path().join(FILE), "this is no database, but it is long enough to look like one".repeat(20)).unwrap();
    assert!(matches!(Store::read_only(dir.path()), Err(LogError::Database(_))));
}

#[test]
fn the_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("state/loaxa");
    let store = Store::open(&inner, Origin::Live, hanoi()).unwrap();
    assert_eq!(std::fs::metadata(&inner).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(store.reader().zone().unwrap(), hanoi());
}

#[test]
fn a_log_that_nobody_may_write_to_is_read_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, mut store) = fresh();
    store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    drop(store);
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o500)).unwrap();
    assert_eq!(Store::read_only(dir.path()).unwrap().rows(&Query::default()).unwrap().len(), 3);
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn first_runs_are_told_from_repeats_also_after_a_restart() {
    let (dir, mut store) = fresh();
    let cut = store.append(vec![air(MORNING, 1, "one", Outcome::partial(Reason::Crash))], &SlotChange::Nothing).unwrap();
    assert_eq!(cut[0].first_run, None);
    let rows = store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    assert_eq!(rows.iter().map(|row| row.first_run).collect::<Vec<_>>(), [Some(true), Some(true), None]);
    drop(store);
    let rows = again(&dir).append(vec![air(MORNING + minutes(5), 1, "one", Outcome::AIRED)], &SlotChange::Nothing).unwrap();
    assert_eq!(rows[0].first_run, Some(false));
}

#[test]
fn a_first_run_that_was_not_written_is_none() {
    let (_dir, mut store) = fresh();
    store.append(vec![end(MORNING, Outcome::AIRED)], &SlotChange::Nothing).unwrap();
    let mut rows = vec![air(MORNING, 1, "one", Outcome::AIRED)];
    rows.push(end(MORNING, Outcome::AIRED));
    assert!(store.append(rows, &SlotChange::Nothing).is_err());
    assert_eq!(
        store.append(vec![air(MORNING, 1, "one", Outcome::AIRED)], &SlotChange::Nothing).unwrap()[0].first_run,
        Some(true)
    );
}

#[test]
fn what_no_cell_can_hold_is_replaced_and_said() {
    let (_dir, mut store) = fresh();
    let mut row = start(MORNING, "b");
    row.device = Some("hw:0\u{1f}\n".to_owned());
    let row = store.append(vec![row], &SlotChange::Nothing).unwrap().remove(0);
    assert_eq!(row.device.as_deref(), Some("hw:0\u{fffd}\u{fffd}"));
    assert!(row.detail().starts_with(r#"{"boot_id":"b","cleaned":["device"],"doubtful":false,"#), "{}", row.detail());
    assert_eq!(store.reader().rows(&Query::default()).unwrap(), [row]);
}

#[test]
fn an_armed_slot_is_found_with_its_newest_mark() {
    let (dir, mut store) = fresh();
    let mut entry = open_slot(MORNING);
    store.arm(&entry).unwrap();
    entry.sounding = Some(sounding(0, MORNING, 3));
    store.mark(&entry).unwrap();
    drop(store);
    assert_eq!(past(&mut again(&dir)).open_slots, [entry]);
}

#[test]
fn settling_forgets_the_slot_in_the_rows_own_transaction() {
    let (dir, mut store) = fresh();
    store.arm(&open_slot(MORNING)).unwrap();
    store.arm(&open_slot(MORNING + minutes(60))).unwrap();
    store.append(whole_slot(MORNING), &SlotChange::Clear(slot(MORNING))).unwrap();
    // It has ended already: neither row nor settling may happen.
    let later = SlotChange::Clear(slot(MORNING + minutes(60)));
    assert!(store.append(vec![end(MORNING, Outcome::AIRED)], &later).is_err());
    drop(store);
    let past = past(&mut again(&dir));
    assert_eq!(past.open_slots, [open_slot(MORNING + minutes(60))]);
    assert_eq!(past.closed, [(slot(MORNING), Closure::ForGood)]);
}

#[test]
fn a_take_that_has_its_row_is_not_told_again() {
    let (dir, mut store) = fresh();
    let mut entry = OpenSlot { sounding: Some(sounding(0, MORNING, 29)), ..open_slot(MORNING) };
    store.arm(&entry).unwrap();
    entry.sounding = None;
    entry.done[0] = Some(Outcome::AIRED);
    store.append(vec![air(MORNING, 1, "one", Outcome::AIRED)], &SlotChange::Update(Box::new(entry.clone()))).unwrap();
    drop(store);
    assert_eq!(past(&mut again(&dir)).open_slots, [entry]);
}

#[test]
fn the_time_off_has_its_reason() {
    let (_dir, mut store) = fresh();
    assert_eq!(past(&mut store).off("boot-1"), None);
    store.append(vec![start(MORNING, "boot-1")], &SlotChange::Nothing).unwrap();
    let after_start = past(&mut store);
    assert_eq!((after_start.off("boot-1"), after_start.off("boot-2")), (Some(Reason::Crash), Some(Reason::PowerOff)));
    store.append(vec![Row::of(Kind::Stop, Arc::from("cam-tan"), Origin::Live)], &SlotChange::Nothing).unwrap();
    assert_eq!(past(&mut store).off("boot-1"), Some(Reason::Stopped));
}

#[test]
fn orders_plans_and_signs_of_life_are_remembered() {
    let (dir, mut store) = fresh();
    let plan = |hash: &str, accepted: bool| Row {
        plan_hash: Some(PlanHash::from(hash)),
        ..Row::of(Fact::Plan(PlanFact { accepted, why: None }), Arc::from("cam-tan"), Origin::Live)
    };
    let hold = Row {
        started_at: Some(MORNING),
        ended_at: Some(MORNING + minutes(5_000)),
        clock: Some(Evidence::Ntp),
        ..Row::of(
            Fact::Order(OrderFact { order: Some(Order::Hold { until: None }), ..OrderFact::default() }),
            Arc::from("cam-tan"),
            Origin::Live,
        )
    };
    store.append(vec![plan("good", true), plan("bad", false), hold], &SlotChange::Nothing).unwrap();
    store.alive(MORNING + minutes(1)).unwrap();
    drop(store);
    let past = past(&mut again(&dir));
    assert_eq!(past.plan(), Some(&PlanHash::from("good")));
    assert_eq!(past.standing.hold, Some(Hold { until: None }));
    assert_eq!((past.newest, past.alive_at), (Some(MORNING), Some(MORNING + minutes(1))));
}

#[test]
fn a_doubtful_clock_does_not_set_the_newest_instant() {
    let (_dir, mut store) = fresh();
    store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    let far = |clock| Row { clock: Some(clock), ..start(MORNING + minutes(9_999_999), "b") };
    store.append(vec![far(Evidence::Carried), far(Evidence::Rtc), far(Evidence::First)], &SlotChange::Nothing).unwrap();
    assert_eq!(past(&mut store).newest, Some(MORNING));
    // Somebody vouched for a wrong clock, and NTP put it right: the order of writing counts.
    store.append(vec![far(Evidence::Operator), start(MORNING + minutes(2), "b")], &SlotChange::Nothing).unwrap();
    assert_eq!(past(&mut store).newest, Some(MORNING + minutes(2)));
}

#[test]
fn a_lodged_head_ahead_of_the_log_becomes_one_gap_row() {
    let (dir, mut store) = fresh();
    store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    store.checkpoint().unwrap();
    let copy = std::fs::read(dir.path().join(FILE)).unwrap();
    store.append(whole_slot(MORNING + minutes(60)), &SlotChange::Nothing).unwrap();
    store.lodge_head(MORNING).unwrap();
    store.lodge_head(MORNING).unwrap();
    drop(store);
    assert_eq!(std::fs::read_to_string(dir.path().join("heads.txt")).unwrap().lines().count(), 1);
    std::fs::write(dir.path().join(FILE), copy).unwrap();
    let mut store = again(&dir);
    past(&mut store);
    let rows = store.reader().rows(&Query { kinds: vec![Kind::Gap], ..Query::default() }).unwrap();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].detail().contains(r#""from_seq":4,"lodged":"6:"#), "{:?}", rows[0].fact);
}

#[test]
fn a_simulation_keeps_everything_once_it_is_flushed() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Origin::Simulation, hanoi()).unwrap();
    store.arm(&open_slot(MORNING)).unwrap();
    store.append(whole_slot(MORNING), &SlotChange::Clear(slot(MORNING))).unwrap();
    assert!(store.append(vec![end(MORNING, Outcome::AIRED)], &SlotChange::Nothing).is_err());
    store.arm(&open_slot(MORNING + minutes(60))).unwrap();
    assert_eq!(Store::read_only(dir.path()).unwrap().rows(&Query::default()).unwrap().len(), 0);
    store.checkpoint().unwrap();
    let reader = Store::read_only(dir.path()).unwrap();
    assert_eq!(reader.rows(&Query::default()).unwrap().len(), 3);
    assert_eq!(reader.open_slots().unwrap(), [open_slot(MORNING + minutes(60))]);
}

#[test]
fn queries_choose_by_span_topic_and_status() {
    let (_dir, mut store) = fresh();
    store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    store.append(vec![end(MORNING + minutes(60), Outcome::missed(Reason::PowerOff))], &SlotChange::Nothing).unwrap();
    let count = |query: Query| store.reader().rows(&query).unwrap().len();
    let sixty = MORNING + minutes(60);
    assert_eq!(count(Query { from: Some(sixty), ..Query::default() }), 1);
    assert_eq!(count(Query { to: Some(sixty), ..Query::default() }), 3);
    assert_eq!(count(Query { from: Some(Wall(MORNING.0 + 1)), ..Query::default() }), 1);
    assert_eq!(count(Query { topic: Some(TopicId::from("support_services")), ..Query::default() }), 2);
    assert_eq!(count(Query { statuses: vec![Status::Missed, Status::Partial], ..Query::default() }), 1);
}

/// A copy of the folder as a power cut leaves it: the main file, and so many bytes of the write-ahead log.
fn cut(dir: &Path, bytes: usize) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(dir.join(FILE), copy.path().join(FILE)).unwrap();
    let wal = std::fs::read(dir.join(format!("{FILE}-wal"))).unwrap();
    std::fs::write(copy.path().join(format!("{FILE}-wal")), &wal[..bytes.min(wal.len())]).unwrap();
    copy
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_power_cut_leaves_whole_transactions_and_a_chain_that_goes_on(share in 0.0..1.0_f64) {
        let (dir, mut store) = fresh();
        for n in 0..12 {
            let at = MORNING + minutes(n * 60);
            store.arm(&open_slot(at)).unwrap();
            store.append(whole_slot(at), &SlotChange::Clear(slot(at))).unwrap();
        }
        let whole = std::fs::metadata(dir.path().join(format!("{FILE}-wal"))).unwrap().len();
        let copy = cut(dir.path(), (whole as f64 * share) as usize);
        let mut after = again(&copy);
        let rows = after.reader().rows(&Query::default()).unwrap();
        prop_assert_eq!(rows.len() % 3, 0, "a slot's rows and its settling are one transaction");
        let mut hash = RowHash::GENESIS;
        for row in &rows {
            hash = hash.next(&row.canonical(&hanoi()).unwrap());
        }
        prop_assert_eq!(after.head().hash, hash);
        prop_assert!(after.reader().open_slots().unwrap().len() <= 1);
        after.append(vec![start(MORNING, "b")], &SlotChange::Nothing).unwrap();
    }
}

#[test]
fn every_prefix_of_the_write_ahead_log_is_a_state_that_was_committed() {
    let (dir, mut store) = fresh();
    store.checkpoint().unwrap();
    let mut committed = vec![store.head()];
    for n in 0..6 {
        let at = MORNING + minutes(n * 60);
        store.arm(&open_slot(at)).unwrap();
        store.append(whole_slot(at), &SlotChange::Clear(slot(at))).unwrap();
        committed.push(store.head());
    }
    let whole = std::fs::metadata(dir.path().join(format!("{FILE}-wal"))).unwrap().len() as usize;
    // A header of 32 bytes, then frames of a page with 24 bytes before it.
    const FRAME: usize = 24 + 4096;
    assert!(whole > 32 + 20 * FRAME && (whole - 32).is_multiple_of(FRAME), "{whole}");
    let mut seen = std::collections::BTreeSet::new();
    let edges = (0..=whole).step_by(FRAME).map(|at| at + 32).chain([0, 31]);
    for edge in edges {
        // At the frame's edge, within its head, and within its page.
        for bytes in [edge, edge + 13, edge + 24 + 2000] {
            let copy = cut(dir.path(), bytes);
            let verdict = crate::asrun::verify::verify(copy.path(), &[], None).unwrap();
            assert!(verdict.ok(), "{bytes} bytes: {verdict:?}");
            assert!(committed.contains(&verdict.head), "{bytes} bytes: {:?}", verdict.head);
            seen.insert(verdict.head.seq);
            let mut after = again(&copy);
            assert_eq!(after.head(), verdict.head);
            assert!(after.reader().open_slots().unwrap().len() <= 1);
            let next = MORNING + minutes(9_000);
            after.append(whole_slot(next), &SlotChange::Nothing).unwrap();
            drop(after);
            assert!(crate::asrun::verify::verify(copy.path(), &[], None).unwrap().ok(), "{bytes} bytes, and on");
        }
    }
    assert_eq!(seen.len(), committed.len(), "every committed state is met");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_history_at_a_start_is_that_of_all_rows(
        slots in proptest::collection::vec((0_i64..200, 0_usize..6, proptest::bool::ANY), 1..60),
    ) {
        let (_dir, mut store) = fresh();
        let mut all = crate::asrun::history::History::default();
        let mut at = MORNING;
        for (hours, item, whole) in slots {
            at = at + minutes(60 * hours + 1);
            let outcome = if whole { Outcome::AIRED } else { Outcome::partial(Reason::Crash) };
            let item = format!("item-{item}");
            let rows = store.append(vec![air(at, 1, &item, outcome), end(at, outcome)], &SlotChange::Nothing).unwrap();
            rows.iter().for_each(|row| all.note(row));
        }
        prop_assert_eq!(store.reader().history().unwrap(), all);
    }
}

fn void(at: Wall, now: Wall) -> Row {
    let Slot { planned_at, broadcast, output } = slot(at);
    let row = Row::of(Kind::Void, Arc::from("cam-tan"), Origin::Live);
    Row { planned_at: Some(planned_at), broadcast: Some(broadcast), output: Some(output), started_at: Some(now), ..row }
}

#[test]
fn what_a_void_row_names_counts_nowhere_and_its_slot_ends_once_more() {
    let (dir, mut store) = fresh();
    let cut = vec![air(MORNING, 1, "one", Outcome::AIRED), end(MORNING, Outcome::partial(Reason::OutsideHours))];
    let first = store.append(cut, &SlotChange::Nothing).unwrap();
    assert_eq!(first[0].first_run, Some(true));
    store.alive(MORNING + minutes(1)).unwrap();
    let other = store.append(vec![end(MORNING + minutes(90), Outcome::missed(Reason::Stopped))], &SlotChange::Nothing).unwrap();
    let too_early = store.append(vec![void(MORNING + minutes(200), MORNING)], &SlotChange::Nothing);
    assert!(too_early.is_err(), "that slot has not ended");

    let right = MORNING - minutes(60);
    let named = store.append(vec![void(MORNING, right)], &SlotChange::Nothing).unwrap();
    assert_eq!(named[0].fact, Fact::Void(VoidFact { rows: vec![1, 2] }));
    assert_eq!(store.reader().alive_at().unwrap(), Some(right), "a start owes what comes after the right time");
    assert!(store.append(vec![void(MORNING, right)], &SlotChange::Nothing).is_err(), "it is void already");
    let again = store.append(whole_slot(MORNING), &SlotChange::Nothing).unwrap();
    assert_eq!(again[0].first_run, Some(true), "the first airing that counts");
    assert!(matches!(
        store.append(vec![end(MORNING, Outcome::AIRED)], &SlotChange::Nothing),
        Err(LogError::EndedTwice(ended)) if ended == slot(MORNING)
    ));

    let counted = store.reader().rows(&Query { counted: true, ..Query::default() }).unwrap();
    let seqs = |rows: &[Row]| rows.iter().map(|row| row.seq).collect::<Vec<_>>();
    assert_eq!(seqs(&counted), [seqs(&other), seqs(&named), seqs(&again)].concat());
    drop(store);
    let verdict = crate::asrun::verify::verify(dir.path(), &[], None).unwrap();
    assert!(verdict.ok(), "{verdict:?}");
    let closed = past(&mut self::again(&dir)).closed;
    assert_eq!(closed, [(slot(MORNING), Closure::ForGood), (slot(MORNING + minutes(90)), Closure::ForNow)]);
}
