//! How fast the log is written, opened, searched, checked and added up: `cargo bench --bench log [SLOTS] [FOLDER]`. Ten rows a slot, ten
//! slots a day and two rows beside them; figures are printed, not judged. With a folder the log stays there, for reports to be timed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use loaxa::asrun::element::{ItemFacts, SlotFacts};
use loaxa::asrun::fact::Fact;
use loaxa::asrun::open::SlotChange;
use loaxa::asrun::row::Row;
use loaxa::asrun::store::rescue::{self, LogPlace};
use loaxa::asrun::store::{LogError, Query, Reader, Store};
use loaxa::asrun::verify::verify;
use loaxa::calendar::timezone::Timezone;
use loaxa::lang::Language;
use loaxa::report::tally::names::Names;
use loaxa::report::tally::tables::Sums;
use loaxa::report::tally::{Scope, Tally};
use loaxa::terms::*;

fn rows(n: i64) -> Vec<Row> {
    let planned_at = Wall(1_794_695_400_000_000_000) + SignedDuration::from_mins(144 * n);
    let slot = Slot { planned_at, broadcast: "action-month-morning".into(), output: "amplifier".into() };
    let facts = SlotFacts {
        station: Arc::from("cam-tan"),
        zones: (1..=8).map(|n| ZoneId::new(format!("thon-{n}"))).collect(),
        campaign: Some("action-month".into()),
        programme: Some("morning".into()),
        priority: Priority::Ordinary,
        plan_hash: PlanHash::new("0".repeat(64)),
    };
    let end = Row::of_slot(Kind::End, &slot, &facts, Origin::Live).with_outcome(Outcome::AIRED);
    let air = |element: u32| {
        let item = (n * 7 + i64::from(element)) % 300;
        let item = ItemFacts {
            item: ItemId::new(format!("item-{item}")),
            kind: ItemKind::Announcement,
            title: format!("Phòng, chống bạo lực trên cơ sở giới, bài số {item}"),
            topic: Some("gbv_prevention".into()),
            tags: vec!["story".into()],
            language: "vi".into(),
            supplier: Some("hoi-lhpn".into()),
            contacts: vec!["child-111".into()],
            duty: false,
            translation_of: None,
            file_hash: Some(FileHash::new(format!("{item:064}"))),
        };
        let started_at = planned_at + SignedDuration::from_secs(i64::from(element) * 60);
        let row = Row::of_slot(Kind::Air, &slot, &facts, Origin::Live).with_item(&item).with_outcome(Outcome::AIRED);
        Row {
            element: Some(element),
            take: Some(1),
            planned_ms: Some(60_000),
            started_at: Some(started_at),
            ended_at: Some(started_at + SignedDuration::from_secs(60)),
            airtime_ms: Some(60_000),
            frames: Some(2_880_000),
            rate: Some(48_000),
            late_ms: Some(0),
            level_lufs_tenths: Some(-180),
            device: Some("default".into()),
            clock: Some(Evidence::Ntp),
            ..row
        }
    };
    (1..=9).map(air).chain([end]).collect()
}

/// Time that this thread has spent on a processor: what others do on the machine does not count.
fn spent() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

fn told(what: &str, count: u64, began: Duration) {
    let seconds = (spent() - began).as_secs_f64();
    println!("{what}: {count} in {seconds:.2} s of processor time, {:.0} a second", count as f64 / seconds);
}

/// Real time that a piece of work takes, in milliseconds: the best of some tries, as a daemon on an idle machine would see it.
fn best<T>(mut work: impl FnMut() -> T) -> f64 {
    let run = |_| {
        let began = std::time::Instant::now();
        std::hint::black_box(work());
        began.elapsed().as_secs_f64() * 1000.0
    };
    (0..5).map(run).fold(f64::INFINITY, f64::min)
}

/// A day's sign of life beside what airs: a start, and an order now and then.
fn beginning(n: i64) -> Vec<Row> {
    let at = Wall(1_794_695_400_000_000_000) + SignedDuration::from_mins(144 * n);
    let row = |kind, detail: &str| Row {
        started_at: Some(at),
        clock: Some(Evidence::Ntp),
        ..Row::of(Fact::parse(kind, detail).0, Arc::from("cam-tan"), Origin::Live)
    };
    vec![
        row(Kind::Start, r#"{"boot_id":"0b3c","version":"0.1.0","off_since":null}"#),
        row(Kind::Order, &format!(r#"{{"id":"r{n}","order":{{"do":"release"}}}}"#)),
    ]
}

/// One transaction with the three last rows of a slot, as the station writes them, in milliseconds: the median of many.
fn append(store: &mut Store, from: i64) -> f64 {
    let mut took: Vec<f64> = (0..200)
        .map(|n| {
            let rows = rows(from + n).split_off(7);
            let began = std::time::Instant::now();
            store.append(rows, &SlotChange::Nothing).unwrap();
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    took.sort_by(f64::total_cmp);
    took[took.len() / 2]
}

/// A backup of the log, and a start that finds the log damaged and takes the backup in its place: both in milliseconds.
fn rescued(dir: &Path) -> (f64, f64) {
    let (station, backups) = (tempfile::tempdir_in(dir).unwrap(), tempfile::tempdir_in(dir).unwrap());
    let at = Wall(3_000_000_000_000_000_000);
    let began = std::time::Instant::now();
    Store::backup(dir, &backups.path().join("cam-tan-2060-01-01.sqlite3"), at).unwrap();
    let backup = began.elapsed();
    std::fs::write(station.path().join("log.sqlite3"), "no log at all").unwrap();
    let began = std::time::Instant::now();
    let place = LogPlace {
        dir: station.path().to_owned(),
        origin: Origin::Live,
        tz: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(),
        station: Arc::from("cam-tan"),
        backups: Some(backups.path().to_owned()),
    };
    let opened = rescue::open(&place, at).unwrap();
    assert!(opened.rescued.unwrap().backup.is_some());
    (backup.as_secs_f64() * 1000.0, began.elapsed().as_secs_f64() * 1000.0)
}

/// The tables of a report over all slots.
fn tally(reader: &Reader, slots: i64) -> Sums {
    let zone = Timezone::named("Asia/Ho_Chi_Minh").unwrap();
    let last = zone.civil(Wall(1_794_695_400_000_000_000) + SignedDuration::from_mins(144 * slots)).date();
    let from = jiff::civil::date(2026, 11, 1);
    let scope = Scope { zone, origin: Origin::Live, from, until: last, as_of: last, compared: None };
    let mut tally = Tally::new(scope, &Names::default());
    reader
        .each(&Query::default(), |row| -> Result<bool, LogError> {
            tally.note(0, row.text);
            Ok(true)
        })
        .unwrap();
    tally.finish(&Names::default(), None, Language::Vi)
}

fn main() {
    let slots: i64 = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(100_000);
    let kept = std::env::args().skip(1).map(std::path::PathBuf::from).find(|path| path.is_dir());
    let (passing, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let dir = kept.unwrap_or_else(|| passing.path().to_owned());
    let open = |dir: &Path| Store::open(dir, Origin::Live, TimeZone::get("Asia/Ho_Chi_Minh").unwrap()).unwrap();
    let mut store = open(&dir);
    let began = spent();
    for from in (0..slots).step_by(500) {
        // Many slots in one transaction: what is measured is the writing, not the disk.
        let many =
            (from..(from + 500).min(slots)).flat_map(|n| if n % 10 == 0 { [beginning(n), rows(n)].concat() } else { rows(n) });
        store.append(many.collect(), &SlotChange::Nothing).unwrap();
    }
    store.checkpoint().unwrap();
    let count = store.head().seq;
    told("append", count, began);
    println!("size: {} MB", std::fs::metadata(dir.join("log.sqlite3")).unwrap().len() / 1_000_000);

    let mut fresh = open(empty.path());
    let (long, short) = (append(&mut store, slots), append(&mut fresh, 0));
    println!("append of one slot: {long:.3} ms at the end of the log, {short:.3} ms in an empty one, ratio {:.2}", long / short);
    store.checkpoint().unwrap();
    drop(store);
    let first = std::time::Instant::now();
    open(&dir).recover(Arc::from("cam-tan"), Wall(3_000_000_000_000_000_000)).unwrap();
    println!("the first start, which reads all orders: {:.1} ms", first.elapsed().as_secs_f64() * 1000.0);
    let start = best(|| open(&dir).recover(Arc::from("cam-tan"), Wall(3_000_000_000_000_000_000)).unwrap());
    println!("start (open and recover): {start:.1} ms");

    let took = best(|| assert!(verify(&dir, &[], None).unwrap().ok()));
    println!("verify: {count} rows in {took:.0} ms, {:.0} a second", count as f64 * 1000.0 / took);

    let (backup, rescue) = rescued(&dir);
    println!("backup: {backup:.0} ms; a start that finds the log damaged and restores it: {rescue:.0} ms");

    let reader = Store::read_only(&dir).unwrap();
    let middle = Wall(1_794_695_400_000_000_000) + SignedDuration::from_mins(72 * slots);
    let month =
        Query { from: Some(middle), to: Some(middle + SignedDuration::from_hours(24 * 30)), by_slot: true, ..Query::default() };
    let mut found = 0;
    let took = best(|| found = reader.rows(&month).unwrap().len());
    println!("a month: {found} rows in {took:.1} ms");

    let began = spent();
    let mut bytes = 0;
    reader
        .each(&Query { by_slot: true, ..Query::default() }, |row| -> Result<bool, LogError> {
            bytes += row.text.len();
            Ok(true)
        })
        .unwrap();
    told("read by slot", count, began);
    println!("a row: {} bytes", bytes / usize::try_from(count).unwrap());

    let began = spent();
    let sums = tally(&reader, slots);
    assert!(sums.figures.airings >= Some(9 * slots));
    told("tables of all of it", count, began);
}
