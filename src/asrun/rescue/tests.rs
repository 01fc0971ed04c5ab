//! Damage exactly where a log grows, and backups that are no better than what they would replace.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rusqlite::Connection;

use super::*;
use crate::asrun::samples::*;
use crate::asrun::unsettled::Settle;
use crate::asrun::verify::verify;
use crate::terms::Kind;

fn open(dir: &Path) -> Store {
    Store::open(dir, Origin::Live, hanoi()).unwrap()
}

/// A log of so many slots, so long that each of its trees has several pages.
fn log(dir: &Path, slots: i64) -> Store {
    let mut store = open(dir);
    store.recover("cam-tan".into(), MORNING).unwrap();
    let rows = (0..slots).flat_map(|n| [vec![start(MORNING + minutes(n), "boot")], whole_slot(MORNING + minutes(n))].concat());
    store.append(rows.collect(), &Settle::Nothing).unwrap();
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
    for tree in ["rows", "rows_by_time", "rows_rare", "rows_ends", "words"] {
        for filling in [0xa5, 0] {
            let dir = tempfile::tempdir().unwrap();
            log(dir.path(), 1_500).checkpoint().unwrap();
            let file = dir.path().join(FILE);
            let (page, size) = last_leaf(&file, tree);
            overwrite(&file, (page - 1) * size, &vec![filling; usize::try_from(size).unwrap()]);
            // What a start does with a log that is too long to be looked through.
            let tried = Store::open(dir.path(), Origin::Live, hanoi())
                .and_then(|mut store| store.recover("cam-tan".into(), MORNING + minutes(2_000)));
            let why = tried.err().and_then(|error| error.damage());
            assert!(why.is_some(), "the last page of {tree} is filled with {filling:#x}, and nobody noticed");
            let rescued = rescue(dir.path(), Origin::Live, None, "now", why).unwrap().unwrap();
            assert_eq!(rescued.set_aside.as_deref(), Some("log.sqlite3.damaged-now"));
        }
    }
}

#[test]
fn a_write_ahead_log_that_is_damaged_at_its_end_costs_its_last_writes_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = log(dir.path(), 50);
    store.checkpoint().unwrap();
    for n in 0..20 {
        store.append(whole_slot(MORNING + minutes(100 + n)), &Settle::Nothing).unwrap();
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
        assert_eq!(rescue(copy.path(), Origin::Live, None, "now", None).unwrap(), None, "{what}: the log itself is whole");
        let mut store = open(copy.path());
        let left = store.head().seq;
        assert!((200..written).contains(&left), "{what}: {left} of {written} rows are left");
        store.recover("cam-tan".into(), MORNING + minutes(200)).unwrap();
        store.append(whole_slot(MORNING + minutes(300)), &Settle::Nothing).unwrap();
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
        store.append(whole_slot(MORNING + minutes(i64::from(day) * 1_440)), &Settle::Nothing).unwrap();
        heads.push(Store::backup(dir.path(), &name(day), MORNING).unwrap());
    }
    // A stick that was pulled out too early; a row that somebody changed; a file that is not the one whose head lies beside it.
    let size = fs::metadata(name(19)).unwrap().len();
    fs::File::options().write(true).open(name(19)).unwrap().set_len(size - 4_096).unwrap();
    let db = Connection::open(name(18)).unwrap();
    db.execute_batch("DROP TRIGGER rows_never_change; UPDATE rows SET text = replace(text, 'aired', 'missed') WHERE seq = 100")
        .unwrap();
    drop(db);
    fs::copy(name(15), name(17)).unwrap();
    drop(store);
    fs::write(dir.path().join(FILE), "no log").unwrap();
    let rescued = rescue(dir.path(), Origin::Live, Some(usb.path()), "now", None).unwrap().unwrap();
    assert_eq!(rescued.backup, Some(name(16)));
    let mut store = open(dir.path());
    assert_eq!(store.head(), heads[1]);
    store.was_rescued(rescued.clone());
    store.recover("cam-tan".into(), MORNING + minutes(60_000)).unwrap();
    drop(store);
    // Was it no good after all, the one before it comes next, then a new log; what was set aside stays so.
    let older = try_older(dir.path(), Origin::Live, Some(usb.path()), rescued).unwrap();
    assert_eq!((older.backup.clone(), open(dir.path()).head()), (Some(name(15)), heads[0]));
    let none = try_older(dir.path(), Origin::Live, Some(usb.path()), older).unwrap();
    assert_eq!((none.backup.clone(), none.set_aside.as_deref()), (None, Some("log.sqlite3.damaged-now")));
    let mut store = open(dir.path());
    store.was_rescued(none);
    store.recover("cam-tan".into(), MORNING).unwrap();
    let rows = store.reader().rows(&Query::default()).unwrap();
    assert_eq!((rows.len(), rows[0].kind), (1, Kind::Gap));
}
