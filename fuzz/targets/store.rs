//! Whatever a disk does to the log's file: opening, reading, verifying and recovering end without a panic, and a row that verification
//! passes over in silence is one that is there.
//!
//! The input is a list of changes to a sound log: page, offset, length, then as many bytes.
#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use loaxa::asrun::element::SlotFacts;
use loaxa::asrun::row::Row;
use loaxa::asrun::store::{FILE, Query, Store};
use loaxa::asrun::open::SlotChange;
use loaxa::asrun::verify::verify;
use loaxa::terms::*;

const PAGE: usize = 4096;
const BEGIN: Wall = Wall(1_794_695_400_000_000_000);

fn zone() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

/// The file of a log of a week, and its rows.
fn sound_log() -> (Vec<u8>, u64) {
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let mut store = Store::open(folder.path(), Origin::Live, zone()).unwrap();
    for n in 0..14 {
        let planned_at = BEGIN + SignedDuration::from_hours(12 * n);
        let slot = Slot { planned_at, broadcast: "morning".into(), output: "amplifier".into() };
        let facts = SlotFacts {
            station: "cam-tan".into(),
            zones: vec!["thon-1".into()],
            campaign: Some("action-month".into()),
            programme: Some("morning".into()),
            priority: Priority::Ordinary,
            plan_hash: PlanHash::new("0".repeat(64)),
        };
        let air = Row {
            element: Some(1),
            take: Some(1),
            item: Some(ItemId::new(format!("item-{}", n % 3))),
            started_at: Some(planned_at),
            ended_at: Some(planned_at + SignedDuration::from_secs(60)),
            airtime_ms: Some(60_000),
            ..Row::of_slot(Kind::Air, &slot, &facts, Origin::Live).with_outcome(Outcome::AIRED)
        };
        let end = Row::of_slot(Kind::End, &slot, &facts, Origin::Live).with_outcome(Outcome::AIRED);
        store.append(vec![air, end], &SlotChange::Nothing).unwrap();
    }
    store.checkpoint().unwrap();
    drop(store);
    (std::fs::read(folder.path().join(FILE)).unwrap(), 28)
}

/// What the disk did, or `None` when it did nothing.
fn changed(sound: &[u8], mut changes: &[u8]) -> Option<Vec<u8>> {
    let mut file = sound.to_vec();
    while let [page, high, low, length, rest @ ..] = changes {
        let at = (usize::from(*page) % (file.len() / PAGE)) * PAGE + (usize::from(*high) << 8 | usize::from(*low)) % PAGE;
        let bytes = &rest[..usize::from(*length).min(rest.len()).min(file.len() - at)];
        file[at..at + bytes.len()].copy_from_slice(bytes);
        changes = &rest[usize::from(*length).min(rest.len())..];
    }
    (file != sound).then_some(file)
}

fn look(folder: &Path) {
    let _ = verify(folder, &[], None);
    if let Ok(reader) = Store::read_only(folder) {
        let _ = reader.rows(&Query::default());
        let _ = reader.rows(&Query { by_slot: true, newest_first: true, ..Query::default() });
        let (_, _) = (reader.history(), reader.open_slots());
        let _ = reader.zone();
    }
}

fuzz_target!(|input: &[u8]| {
    static SOUND: OnceLock<(Vec<u8>, u64)> = OnceLock::new();
    let (sound, _) = SOUND.get_or_init(sound_log);
    let Some(file) = changed(sound, input) else { return };
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    std::fs::write(folder.path().join(FILE), file).unwrap();
    look(folder.path());
    if let Ok(mut store) = Store::open(folder.path(), Origin::Live, zone()) {
        let _ = store.recover("cam-tan".into(), BEGIN + SignedDuration::from_hours(24 * 8));
        let row = Row { started_at: Some(BEGIN), ..Row::of(Kind::Hand, "cam-tan".into(), Origin::Live) };
        let _ = store.append(vec![row], &SlotChange::Nothing);
    }
    look(folder.path());
});
