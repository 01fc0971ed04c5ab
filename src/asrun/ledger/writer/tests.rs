//! The ledger's promises, with a disk that fails because another program holds the file.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use rusqlite::Connection;

use super::*;
use crate::asrun::fact::{GapFact, Lack};
use crate::asrun::ledger::{BEHIND, Gone, Ledger, LedgerHandle};
use crate::asrun::open::{OpenSlot, SlotChange};
use crate::asrun::queue::{ROOM, Ticket};
use crate::asrun::samples::*;
use crate::asrun::store::rescue::{self, LogPlace, OpenedLog};
use crate::asrun::store::{FILE, Query};
use crate::asrun::verify::verify;

struct Station {
    dir: tempfile::TempDir,
    ledger: Ledger,
    said: Receiver<Said>,
}

fn store(dir: &tempfile::TempDir) -> Store {
    Store::open(dir.path(), Origin::Live, hanoi()).unwrap()
}

fn station() -> Station {
    let dir = tempfile::tempdir().unwrap();
    let (said, hears) = channel();
    let ledger = Ledger::begin(store(&dir), &Past::default(), move |what| said.send(what).unwrap_or(())).unwrap();
    Station { dir, ledger, said: hears }
}

fn handle(station: &Station) -> LedgerHandle {
    station.ledger.handle()
}

fn rows(dir: &tempfile::TempDir) -> Vec<Row> {
    Store::read_only(dir.path()).unwrap().rows(&Query::default()).unwrap()
}

/// Another program that holds the file for writing.
fn hold(dir: &tempfile::TempDir) -> Connection {
    let db = Connection::open(dir.path().join(FILE)).unwrap();
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    db
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_ticket_is_durable_when_its_slot_is_on_the_disk() {
    let station = station();
    handle(&station).write(Write::Arm(Ticket(7), Box::new(open_slot(MORNING)))).unwrap();
    assert_eq!(station.said.recv_timeout(LONG), Ok(Said::Durable(Ticket(7))));
    assert_eq!(Store::read_only(station.dir.path()).unwrap().open_slots().unwrap(), [open_slot(MORNING)]);
}

#[test]
fn history_knows_rows_at_once() {
    let station = station();
    let locked = hold(&station.dir);
    handle(&station).write(Write::Append(whole_slot(MORNING), SlotChange::Nothing)).unwrap();
    assert_eq!(handle(&station).history().last_aired(&ItemId::from("one")), Some(MORNING));
    drop(locked);
}

#[test]
fn rows_wait_for_a_failing_disk_and_say_so() {
    let station = station();
    let handle = handle(&station);
    handle.write(Write::Append(vec![start(MORNING, "b")], SlotChange::Nothing)).unwrap();
    assert!(handle.flush(LONG));
    let locked = hold(&station.dir);
    handle.write(Write::Append(whole_slot(MORNING), SlotChange::Nothing)).unwrap();
    assert!(matches!(station.said.recv_timeout(LONG), Ok(Said::Failing(_))));
    handle
        .write(Write::Append(vec![end(MORNING + minutes(60), Outcome::missed(Reason::NoDevice))], SlotChange::Nothing))
        .unwrap();
    assert!(!handle.flush(LONG));
    drop(locked);
    assert_eq!(station.said.recv_timeout(LONG), Ok(Said::Well));
    let late: Vec<bool> = rows(&station.dir).iter().map(|row| row.notes.log_late).collect();
    assert_eq!(late, [false, true, true, true, true]);
}

/// The thread stands still as it does on a disk that neither takes nor refuses: in what it says, which it waits for too.
#[test]
fn a_disk_that_does_not_answer_keeps_marks_from_piling_up_and_loses_no_row() {
    let dir = tempfile::tempdir().unwrap();
    let (go_on, goes_on) = channel::<()>();
    let ledger = Ledger::begin(store(&dir), &Past::default(), move |_| goes_on.recv().unwrap_or(())).unwrap();
    let handle = ledger.handle();
    handle.write(Write::Arm(Ticket(1), Box::new(open_slot(MORNING)))).unwrap();
    let mark = OpenSlot { sounding: Some(sounding(0, MORNING, 3)), ..open_slot(MORNING) };
    for _ in 0..3 * BEHIND {
        handle.write(Write::Mark(Box::new(mark.clone()))).unwrap();
        handle.write(Write::Alive(MORNING)).unwrap();
        handle.checkpoint().unwrap();
    }
    let waiting = || handle.waiting.load(Ordering::Relaxed);
    assert!((BEHIND..BEHIND + 3).contains(&waiting()), "{}", waiting());
    assert!(!handle.flush(Duration::from_millis(120)));
    handle.write(Write::Append(whole_slot(MORNING), SlotChange::Nothing)).unwrap();
    drop(go_on);
    assert!(handle.flush(LONG));
    assert_eq!(rows(&dir).len(), whole_slot(MORNING).len());
    assert_eq!(waiting(), 0);
}

#[test]
fn a_row_that_the_log_refuses_keeps_no_other_from_being_written() {
    let station = station();
    let handle = handle(&station);
    let mut twice = whole_slot(MORNING);
    twice.push(end(MORNING, Outcome::missed(Reason::Crash)));
    handle.write(Write::Append(twice, SlotChange::Clear(slot(MORNING)))).unwrap();
    handle.write(Write::Append(vec![start(MORNING, "b")], SlotChange::Nothing)).unwrap();
    assert!(handle.flush(LONG));
    let kinds: Vec<Kind> = rows(&station.dir).iter().map(|row| row.kind()).collect();
    assert_eq!(kinds, [Kind::Air, Kind::Air, Kind::End, Kind::Fault, Kind::Start]);
    assert!(rows(&station.dir)[3].detail().contains("row_refused"));
}

#[test]
fn closing_lodges_the_head_and_empties_the_write_ahead_log() {
    let Station { dir, ledger, .. } = station();
    let handle = ledger.handle();
    handle.write(Write::Append(whole_slot(MORNING), SlotChange::Nothing)).unwrap();
    assert_eq!(ledger.close(MORNING), Closed::Well);
    assert_eq!(handle.checkpoint(), Err(Gone));
    assert!(!dir.path().join(format!("{FILE}-wal")).exists());
    let heads = std::fs::read_to_string(dir.path().join("heads.txt")).unwrap();
    let hash = &rows(&dir)[2].row_hash;
    assert_eq!(heads, format!("3:{hash} 2026-11-15T05:30:00+07:00\n"));
}

#[test]
fn closing_waits_for_a_backup_in_progress_so_that_the_file_alone_is_the_whole_log() {
    let Station { dir, ledger, .. } = station();
    let reader = Connection::open(dir.path().join(FILE)).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM log;").unwrap();
    ledger.handle().write(Write::Append(whole_slot(MORNING), SlotChange::Nothing)).unwrap();
    let copying = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(900));
        drop(reader);
    });
    assert_eq!(ledger.close(MORNING), Closed::Well);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(dir.path().join(FILE), elsewhere.path().join(FILE)).unwrap();
    assert_eq!(rows(&elsewhere).len(), 3);
    copying.join().unwrap();
}

#[test]
fn closing_on_a_disk_that_fails_tells_how_many_rows_are_handed_over() {
    let Station { dir, ledger, .. } = station();
    let _locked = hold(&dir);
    ledger.handle().write(Write::Append(whole_slot(MORNING), SlotChange::Nothing)).unwrap();
    assert!(matches!(ledger.close(MORNING), Closed::HandedOver { rows: 3, .. }));
}

#[test]
fn the_head_is_lodged_once_a_day() {
    let station = station();
    let handle = handle(&station);
    for minute in [0, 1, 2, 24 * 60, 24 * 60 + 1] {
        let at = MORNING + minutes(minute);
        handle.write(Write::Append(vec![start(at, "b")], SlotChange::Nothing)).unwrap();
        handle.write(Write::Alive(at)).unwrap();
        assert!(handle.flush(LONG));
    }
    assert_eq!(std::fs::read_to_string(station.dir.path().join("heads.txt")).unwrap().lines().count(), 2);
}

type Heard = Arc<Mutex<Vec<Said>>>;

/// A writer without a thread, whose disk fails for ever.
fn stuck(room: usize) -> (tempfile::TempDir, Connection, Writer<impl FnMut(Said)>, Heard) {
    let dir = tempfile::tempdir().unwrap();
    let store = store(&dir);
    let locked = hold(&dir);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let says = heard.clone();
    let mut writer = Writer::new(store, room, &Past::default(), move |what| says.lock().unwrap().push(what));
    writer.take(Write::Alive(MORNING));
    writer.try_all();
    (dir, locked, writer, heard)
}

#[test]
fn a_newer_mark_replaces_one_that_waits() {
    let (dir, locked, mut writer, _) = stuck(ROOM);
    writer.take(Write::Arm(Ticket(1), Box::new(open_slot(MORNING))));
    for seconds in 1..100 {
        let marked = OpenSlot { sounding: Some(sounding(0, MORNING, seconds)), ..open_slot(MORNING) };
        writer.take(Write::Mark(Box::new(marked)));
    }
    assert_eq!(writer.queue.iter().count(), 3);
    drop(locked);
    writer.try_all();
    let found = Store::read_only(dir.path()).unwrap().open_slots().unwrap();
    assert_eq!(found[0].sounding, Some(sounding(0, MORNING, 99)));
}

#[test]
fn without_room_takes_go_before_ends_and_a_gap_row_counts_them() {
    let (dir, locked, mut writer, heard) = stuck(10);
    for n in 0..8 {
        writer.take(Write::Append(whole_slot(MORNING + minutes(n)), SlotChange::Clear(slot(MORNING + minutes(n)))));
    }
    assert!(writer.queue.rows() <= 10);
    drop(locked);
    writer.try_all();
    let rows = rows(&dir);
    assert_eq!(rows[0].kind(), Kind::Gap);
    assert!(rows[0].detail().contains(r#""rows":14"#), "{:?}", rows[0].fact);
    assert_eq!(rows.iter().filter(|row| row.kind() == Kind::End).count(), 8);
    assert_eq!(rows.len(), 1 + 10);
    assert!(matches!(heard.lock().unwrap().as_slice(), [Said::Failing(_), Said::LetGo(14), Said::Well]));
}

/// A writer without a thread on a good disk, with a slot that aired.
fn at_work(dir: &Path, backups: Option<&Path>) -> (Writer<impl FnMut(Said)>, Heard) {
    let place = LogPlace {
        dir: dir.to_owned(),
        origin: Origin::Live,
        tz: hanoi(),
        station: "cam-tan".into(),
        backups: backups.map(Path::to_owned),
    };
    let OpenedLog { store, past, .. } = rescue::open(&place, MORNING).unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let says = heard.clone();
    let mut writer = Writer::new(store, ROOM, &past, move |what| says.lock().unwrap().push(what));
    writer.take(Write::Append(vec![start(MORNING, "b")], SlotChange::Nothing));
    writer.take(Write::Append(whole_slot(MORNING), SlotChange::Clear(slot(MORNING))));
    writer.write();
    (writer, heard)
}

fn forget(dir: &Path, endings: &[&str]) {
    endings.iter().for_each(|ending| std::fs::remove_file(dir.join(format!("{FILE}{ending}"))).unwrap());
}

#[test]
fn a_log_that_is_taken_away_while_it_is_open_is_written_anew_whole() {
    let damages: [fn(&Path); 5] = [
        |dir| forget(dir, &["", "-wal", "-shm"]),
        |dir| forget(dir, &[""]),
        |dir| forget(dir, &["-wal"]),
        |dir| std::fs::rename(dir.join(FILE), dir.join("moved")).unwrap(),
        |dir| {
            std::fs::write(dir.join("other"), "another file ".repeat(1_000)).unwrap();
            std::fs::rename(dir.join("other"), dir.join(FILE)).unwrap();
        },
    ];
    for (n, damage) in damages.into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let (mut writer, heard) = at_work(dir.path(), None);
        let armed = open_slot(MORNING + minutes(60));
        writer.take(Write::Arm(Ticket(1), Box::new(armed.clone())));
        writer.write();
        assert!(
            writer.look() && heard.lock().unwrap().iter().all(|said| *said == Said::Durable(Ticket(1))),
            "nothing is wrong yet"
        );
        damage(dir.path());
        assert!(writer.look(), "{n}");
        writer.take(Write::Append(whole_slot(MORNING + minutes(9)), SlotChange::Nothing));
        writer.write();
        assert_eq!(heard.lock().unwrap().last(), Some(&Said::Replaced(Replaced::Copied)), "{n}");
        assert!(writer.look() && writer.queue.is_empty());
        let kinds: Vec<Kind> = rows(&dir).iter().map(|row| row.kind()).collect();
        let slot = [Kind::Air, Kind::Air, Kind::End];
        assert_eq!(kinds, [&[Kind::Start], &slot[..], &[Kind::Fault], &slot].concat(), "{n}");
        assert_eq!(Store::read_only(dir.path()).unwrap().open_slots().unwrap(), [armed], "{n}");
        assert_eq!(writer.close(MORNING), Closed::Well);
        assert!(verify(dir.path(), &[], None).unwrap().ok(), "{n}");
    }
}

#[test]
fn a_log_that_is_cut_or_overwritten_while_it_is_open_gives_way_to_the_backup_and_the_next_start_knows_what_ended() {
    let damages: [fn(&Path); 2] = [
        |file| std::fs::File::options().write(true).open(file).unwrap().set_len(4_096).unwrap(),
        |file| std::fs::write(file, "no log ".repeat(9_000)).unwrap(),
    ];
    for backed_up in [true, false] {
        for damage in damages {
            let (dir, usb) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let (mut writer, heard) = at_work(dir.path(), Some(usb.path()));
            if backed_up {
                Store::backup(dir.path(), &usb.path().join("cam-tan-2026-11-15.sqlite3"), MORNING).unwrap();
            }
            let later = MORNING + minutes(60);
            writer.take(Write::Append(whole_slot(later), SlotChange::Clear(slot(later))));
            writer.write();
            assert!(writer.look() && !writer.checkpoint());
            // What it has in memory would be enough to write a log of this size anew.
            writer.store.reader().db().execute_batch("PRAGMA shrink_memory").unwrap();
            damage(&dir.path().join(FILE));
            assert!(writer.look());
            assert!(matches!(heard.lock().unwrap().last(), Some(Said::Replaced(Replaced::Rescued(_)))));
            writer.take(Write::Append(whole_slot(MORNING + minutes(90)), SlotChange::Nothing));
            writer.write();
            assert!(writer.look());
            let seen = rows(&dir);
            assert_eq!((seen.len(), seen[seen.len() - 4].kind()), (if backed_up { 8 } else { 4 }, Kind::Gap));
            drop(writer);
            let past = store(&dir).recover("cam-tan".into(), MORNING + minutes(100)).unwrap();
            let ended = |minute: i64| past.closed.iter().any(|(closed, _)| *closed == slot(MORNING + minutes(minute)));
            assert!(ended(0) && ended(60) && ended(90) && !past.first, "{:?}", past.closed);
        }
    }
}

#[test]
fn what_a_full_disk_does_not_take_waits_beside_the_log_and_the_next_start_writes_it_first() {
    let (dir, locked, mut writer, _) = stuck(ROOM);
    let (first, second) = (MORNING, MORNING + minutes(60));
    writer.take(Write::Arm(Ticket(1), Box::new(open_slot(first))));
    writer.take(Write::Arm(Ticket(2), Box::new(open_slot(second))));
    writer.take(Write::Append(whole_slot(first), SlotChange::Clear(slot(first))));
    assert!(matches!(writer.close(second), Closed::HandedOver { rows: 3, .. }));
    drop(writer);
    drop(locked);
    let mut opened = store(&dir);
    let past = opened.recover("cam-tan".into(), second).unwrap();
    assert_eq!((past.closed.clone(), past.open_slots.clone()), (vec![(slot(first), Closure::ForGood)], vec![open_slot(second)]));
    assert_eq!((past.waiting.len(), &past.gap), (3, &None));
    let mut writer = Writer::new(opened, ROOM, &past, |_| {});
    writer.take(Write::Append(vec![start(second, "b")], SlotChange::Nothing));
    writer.write();
    assert_eq!(writer.close(second), Closed::Well);
    let found = rows(&dir);
    let kinds: Vec<Kind> = found.iter().map(|row| row.kind()).collect();
    assert_eq!(kinds, [Kind::Air, Kind::Air, Kind::End, Kind::Start]);
    assert!(found[2].notes.log_late);
    assert_eq!(Store::read_only(dir.path()).unwrap().open_slots().unwrap(), [open_slot(second)]);
    drop(writer);
    let past = store(&dir).recover("cam-tan".into(), second).unwrap();
    assert_eq!(past.waiting, [], "it is written once");
}

#[test]
fn rows_that_find_no_room_beside_the_log_either_are_a_gap_that_the_next_start_tells() {
    let (dir, locked, mut writer, _) = stuck(ROOM);
    for n in 0..400 {
        writer.take(Write::Append(whole_slot(MORNING + minutes(n)), SlotChange::Nothing));
    }
    let Closed::Lost { rows: all, .. } = writer.close(MORNING) else { panic!("there is room for all") };
    assert_eq!(all, 1_200);
    drop((writer, locked));
    let mut opened = store(&dir);
    let past = opened.recover("cam-tan".into(), MORNING).unwrap();
    let Some(GapFact { what: Lack::NoRoom, rows: Some(lost), .. }) = past.gap else { panic!("{:?}", past.gap) };
    assert!((1..1_000).contains(&lost), "{lost}");
    let mut writer = Writer::new(opened, ROOM, &past, |_| {});
    writer.write();
    let found = rows(&dir);
    assert_eq!((found.len() as u64, found[0].kind()), (1 + 1_200 - lost, Kind::Gap));
    assert!(found[0].detail().contains(&format!("\"rows\":{lost}")));
}

#[test]
fn a_disk_that_takes_rows_lets_none_go_however_many_come_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let heard: Heard = Arc::new(Mutex::new(Vec::new()));
    let says = heard.clone();
    let mut writer = Writer::new(store(&dir), 10, &Past::default(), move |what| says.lock().unwrap().push(what));
    for n in 0..50 {
        writer.take(Write::Append(whole_slot(MORNING + minutes(n)), SlotChange::Clear(slot(MORNING + minutes(n)))));
    }
    writer.try_all();
    assert_eq!(rows(&dir).len(), 50 * 3);
    assert!(heard.lock().unwrap().is_empty());
}

#[test]
fn a_void_row_of_a_slot_that_has_not_ended_is_refused_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::new(store(&dir), ROOM, &Past::default(), |_| {});
    let mut void = Row::of(Kind::Void, "cam-tan".into(), Origin::Live);
    let slot = slot(MORNING);
    (void.broadcast, void.output, void.planned_at) = (Some(slot.broadcast), Some(slot.output), Some(slot.planned_at));
    void.started_at = Some(MORNING);
    writer.take(Write::Append(vec![void], SlotChange::Nothing));
    writer.take(Write::Append(whole_slot(MORNING), SlotChange::Nothing));
    writer.try_all();
    assert!(!writer.queue.is_failing());
    assert_eq!(rows(&dir).iter().map(|row| row.kind()).collect::<Vec<_>>(), [Kind::Fault, Kind::Air, Kind::Air, Kind::End]);
}
