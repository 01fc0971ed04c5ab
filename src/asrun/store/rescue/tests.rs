//! Damage exactly where a log grows, and backups that are no better than what they would replace.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rusqlite::Connection;

use super::*;
use crate::asrun::fact::GapFact;
use crate::asrun::open::SlotChange;
use crate::asrun::samples::*;
use crate::asrun::verify::verify;
use crate::terms::Kind;

fn open(dir: &Path) -> Store {
    Store::open(dir, Origin::Live, hanoi()).unwrap()
}

fn place(dir: &Path, backups: Option<&Path>) -> LogPlace {
    let backups = backups.map(Path::to_owned);
    LogPlace { dir: dir.to_owned(), origin: Origin::Live, tz: hanoi(), station: "cam-tan".into(), backups }
}

/// What a start does.
fn start_at(dir: &Path, backups: Option<&Path>, minute: i64) -> OpenedLog {
    super::open(&place(dir, backups), MORNING + minutes(minute)).unwrap()
}

/// A log of so many slots, so long that each of its trees has several pages.
fn log(dir: &Path, slots: i64) -> Store {
    let mut store = open(dir);
    store.recover("cam-tan".into(), MORNING).unwrap();
    let rows = (0..slots).flat_map(|n| [vec![start(MORNING + minutes(n), "boot")], whole_slot(MORNING + minutes(n))].concat());
    store.append(rows.collect(), &SlotChange::Nothing).unwrap();
    store
}

/// The page of the file on which a tree grows: the last leaf under its root, and the size of a page.
fn last_leaf(file: &Path, tree: &str) -> (u64, u64) {
    let root: i64 = {
        let db = Connection::open(file).unwrap();
        db.query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [tree], |row| row.get(0)).unwrap()
    };
    let bytes = fs::read(file).unwrap();
    let size = u64::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let mut page = u64::try_from(root).unwrap();
    loop {
        let begins = usize::try_from((page - 1) * size).unwrap();
        match bytes[begins] {
            // An inner page: its last child's number stands in its header.
            2 | 5 => page = u64::from(u32::from_be_bytes(bytes[begins + 8..begins + 12].try_into().unwrap())),
            _ => return (page, size),
        }
    }
}

fn overwrite(file: &Path, at: u64, bytes: &[u8]) {
    fs::File::options().write(true).open(file).unwrap().write_all_at(bytes, at).unwrap();
}

#[test]
fn a_long_log_that_is_damaged_where_it_grows_is_found_out_before_anything_airs() {
    for tree in ["log", "log_by_time", "log_by_kind", "log_of_ends", "log_of_whole_airings"] {
        for filling in [0xa5, 0] {
            let dir = tempfile::tempdir().unwrap();
            log(dir.path(), 1_500).checkpoint().unwrap();
            let file = dir.path().join(FILE);
            let (page, size) = last_leaf(&file, tree);
            overwrite(&file, (page - 1) * size, &vec![filling; usize::try_from(size).unwrap()]);
            // What a start does with a log that is too long to be looked through.
            let tried = Store::open(dir.path(), Origin::Live, hanoi())
                .and_then(|mut store| store.recover("cam-tan".into(), MORNING + minutes(2_000)));
            let why = tried.as_ref().err().and_then(LogError::damage);
            assert!(why.is_some(), "the last page of {tree} is filled with {filling:#x}, and nobody noticed");
            drop(tried);
            let OpenedLog { store, rescued, .. } = start_at(dir.path(), None, 2_000);
            assert_eq!(rescued.unwrap().set_aside.as_deref(), Some("log.sqlite3.damaged-20261116T145000"));
            assert_eq!(store.head().seq, 1);
        }
    }
}

#[test]
fn a_write_ahead_log_that_is_damaged_at_its_end_costs_its_last_writes_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = log(dir.path(), 50);
    store.checkpoint().unwrap();
    for n in 0..20 {
        store.append(whole_slot(MORNING + minutes(100 + n)), &SlotChange::Nothing).unwrap();
    }
    let (file, wal) = (dir.path().join(FILE), beside(&dir.path().join(FILE), "-wal"));
    let (whole, written) = (fs::read(&wal).unwrap(), store.head().seq);
    let length = whole.len() as u64;
    let damages: [(&str, u64); 4] = [
        ("the last byte", length - 1),
        ("the last frame's head", length - 4_096 - 20),
        ("the middle", length / 2),
        ("the head", 8),
    ];
    for (what, at) in damages {
        let copy = tempfile::tempdir().unwrap();
        fs::copy(&file, copy.path().join(FILE)).unwrap();
        let damaged = beside(&copy.path().join(FILE), "-wal");
        fs::write(&damaged, &whole).unwrap();
        overwrite(&damaged, at, &[whole[usize::try_from(at).unwrap()] ^ 0xff]);
        let OpenedLog { mut store, rescued, .. } = start_at(copy.path(), None, 200);
        assert_eq!(rescued, None, "{what}: the log itself is whole");
        let left = store.head().seq;
        assert!((200..written).contains(&left), "{what}: {left} of {written} rows are left");
        store.append(whole_slot(MORNING + minutes(300)), &SlotChange::Nothing).unwrap();
        assert!(verify(copy.path(), &[], None).unwrap().ok(), "{what}");
    }
}

#[test]
fn a_backup_that_does_not_end_as_it_was_written_is_passed_over() {
    let (dir, usb) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut store = log(dir.path(), 30);
    let name = |day: u32| usb.path().join(format!("cam-tan-2026-11-{day:02}.sqlite3"));
    let mut heads = Vec::new();
    for day in 15..=19 {
        store.append(whole_slot(MORNING + minutes(i64::from(day) * 1_440)), &SlotChange::Nothing).unwrap();
        heads.push(Store::backup(dir.path(), &name(day), MORNING).unwrap());
    }
    // A stick that was pulled out too early; a row that somebody changed; a file that is not the one whose head lies beside it.
    let size = fs::metadata(name(19)).unwrap().len();
    fs::File::options().write(true).open(name(19)).unwrap().set_len(size - 4_096).unwrap();
    let db = Connection::open(name(18)).unwrap();
    db.execute_batch("DROP TRIGGER log_never_changes; UPDATE log SET title = 'another' WHERE seq = 100").unwrap();
    drop(db);
    fs::copy(name(15), name(17)).unwrap();
    drop(store);
    fs::write(dir.path().join(FILE), "no log").unwrap();
    let OpenedLog { store, past, rescued } = start_at(dir.path(), Some(usb.path()), 60_000);
    let rescued = rescued.unwrap();
    assert_eq!((rescued.backup.clone(), store.head().seq), (Some(name(16)), heads[1].seq + 1));
    assert!(!past.first && past.lost && past.closed.iter().any(|(closed, _)| *closed == slot(MORNING + minutes(16 * 1_440))));
    drop(store);
    // Was it no good after all, the one before it comes next, then a new log; what was set aside stays so.
    let here = place(dir.path(), Some(usb.path()));
    let older = try_older(&here, rescued).unwrap();
    assert_eq!((older.backup.clone(), open(dir.path()).head()), (Some(name(15)), heads[0]));
    let none = try_older(&here, older).unwrap();
    assert_eq!((none.backup.clone(), none.set_aside.as_deref()), (None, Some("log.sqlite3.damaged-20261226T213000")));
    let mut store = open(dir.path());
    store.was_rescued(none);
    store.recover("cam-tan".into(), MORNING).unwrap();
    let rows = store.reader().rows(&Query::default()).unwrap();
    assert_eq!((rows.len(), rows[0].kind()), (1, Kind::Gap));
}

/// A copy of a folder's files.
fn copy_of(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    copy
}

/// A start on a damaged copy: the station goes on, on the log as it was, on the backup or on a new one, and says which.
fn survives(what: &str, dir: &Path, usb: &Path, whole: Head) {
    let OpenedLog { mut store, past, rescued } = super::open(&place(dir, Some(usb)), MORNING + minutes(9_000))
        .unwrap_or_else(|error| panic!("{what}: the station does not start: {}", in_full(&error)));
    assert!(!past.first, "{what}: it passes for a first start");
    match rescued {
        Some(rescued) => assert!(rescued.backup.is_some() && past.lost, "{what}: {rescued:?}"),
        None => assert!(store.head().seq >= whole.seq, "{what}: rows are gone, and nobody says so"),
    }
    store
        .append(vec![start(MORNING + minutes(9_000), "boot-2")], &SlotChange::Nothing)
        .unwrap_or_else(|error| panic!("{what}: {}", in_full(&error)));
}

#[test]
fn no_bit_of_the_file_and_no_length_of_it_keeps_the_station_from_starting() {
    let (dir, usb) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut store = log(dir.path(), 12);
    store.arm(&open_slot(MORNING + minutes(500))).unwrap();
    store.alive(MORNING + minutes(500)).unwrap();
    store.lodge_head(MORNING + minutes(500)).unwrap();
    store.checkpoint().unwrap();
    Store::backup(dir.path(), &usb.path().join("cam-tan-2026-11-15.sqlite3"), MORNING).unwrap();
    let whole = store.head();
    drop(store);
    let bytes = fs::read(dir.path().join(FILE)).unwrap();
    // All of the head, which says what the file is, and steps through the rest that meet each of its pages in other places.
    let places = (0..100).chain((100..bytes.len()).step_by(331).filter(|at| bytes[*at] != 0));
    for at in places {
        let bits: &[u8] = if at < 100 { &[0, 1, 3, 6, 7] } else { &[(at % 8) as u8] };
        for bit in bits {
            let copy = copy_of(dir.path());
            overwrite(&copy.path().join(FILE), at as u64, &[bytes[at] ^ (1 << bit)]);
            survives(&format!("bit {bit} of byte {at}"), copy.path(), usb.path(), whole);
        }
    }
    for length in (0..bytes.len()).step_by(4_099) {
        let copy = copy_of(dir.path());
        fs::File::options().write(true).open(copy.path().join(FILE)).unwrap().set_len(length as u64).unwrap();
        survives(&format!("{length} bytes are left"), copy.path(), usb.path(), whole);
    }
}

#[test]
fn what_is_no_file_is_set_aside_as_a_file_is() {
    type Put = fn(&Path);
    let things: [(&str, Put); 4] = [
        ("a folder", |path| fs::create_dir_all(path.join("inner")).unwrap()),
        ("a link to itself", |path| std::os::unix::fs::symlink(FILE, path).unwrap()),
        ("a pipe", |path| {
            let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
            rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        }),
        ("nothing", |_| {}),
    ];
    for (what, put) in things {
        let dir = tempfile::tempdir().unwrap();
        log(dir.path(), 3).lodge_head(MORNING).unwrap();
        fs::remove_file(dir.path().join(FILE)).unwrap();
        put(&dir.path().join(FILE));
        let OpenedLog { store, past, rescued } = start_at(dir.path(), None, 60);
        assert_eq!((rescued.unwrap().set_aside.is_some(), store.head().seq), (what != "nothing", 1), "{what}");
        assert!(
            past.lost && !past.first && matches!(past.gap, Some(GapFact { from_seq: Some(1), to_seq: Some(12), .. })),
            "{what}: {past:?}"
        );
    }
}

#[test]
fn only_a_folder_without_a_trace_of_a_life_has_a_first_start() {
    let first = |dir: &Path, backups: Option<&Path>| start_at(dir, backups, 0).past.first;
    let dir = tempfile::tempdir().unwrap();
    assert!(first(dir.path(), None), "a new folder");
    assert!(first(dir.path(), None), "and one whose first start was cut off before it wrote a row");
    fs::write(dir.path().join(FILE), "").unwrap();
    assert!(first(dir.path(), None), "or before it wrote anything");
    for trace in ["heads.txt", "plans", "recordings", "reports.txt", "handover", "log.sqlite3.damaged-1"] {
        for log in [None, Some("")] {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir(dir.path().join(trace)).unwrap();
            if let Some(log) = log {
                fs::write(dir.path().join(FILE), log).unwrap();
            }
            for _ in 0..2 {
                assert!(!first(dir.path(), None), "{trace}, {log:?}");
            }
        }
    }
    let (dir, usb) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(first(dir.path(), Some(usb.path())));
    let other = tempfile::tempdir().unwrap();
    log(other.path(), 1);
    Store::backup(other.path(), &usb.path().join("cam-tan-2026-11-15.sqlite3"), MORNING).unwrap();
    let new = tempfile::tempdir().unwrap();
    let OpenedLog { past, rescued, .. } = start_at(new.path(), Some(usb.path()), 0);
    assert!(!past.first && rescued.unwrap().backup.is_some());
    // A stick that carries the backups of another station is none of ours.
    let new = tempfile::tempdir().unwrap();
    let ours = LogPlace { station: "ha-tan".into(), ..place(new.path(), Some(usb.path())) };
    let OpenedLog { past, rescued, .. } = super::open(&ours, MORNING).unwrap();
    assert!(!past.first && rescued.unwrap().backup.is_none());
}

#[test]
fn a_form_that_the_head_alone_says_is_damage_and_one_that_is_said_twice_is_a_newer_programs() {
    let dir = tempfile::tempdir().unwrap();
    log(dir.path(), 1).checkpoint().unwrap();
    let set = |sql: &str| Connection::open(dir.path().join(FILE)).unwrap().execute_batch(sql).unwrap();
    set("PRAGMA user_version = 99; UPDATE meta SET value = '99' WHERE name = 'form'");
    assert!(matches!(super::open(&place(dir.path(), None), MORNING), Err(LogError::Newer { found: 99, .. })));
    set("UPDATE meta SET value = '2' WHERE name = 'form'");
    assert!(start_at(dir.path(), None, 0).rescued.is_some());
}

#[test]
fn a_backup_that_cannot_be_copied_is_no_reason_to_be_silent() {
    let (dir, usb) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    log(dir.path(), 2);
    Store::backup(dir.path(), &usb.path().join("cam-tan-2026-11-15.sqlite3"), MORNING).unwrap();
    fs::write(dir.path().join(FILE), "no log").unwrap();
    // Its copy can be given no name while a folder stands there.
    fs::create_dir(dir.path().join(format!("{FILE}.half"))).unwrap();
    assert_eq!(start_at(dir.path(), Some(usb.path()), 0).rescued.unwrap().backup, None);
}
