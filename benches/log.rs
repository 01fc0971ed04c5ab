//! How fast the log is written, checked and folded: `cargo bench --bench log [SLOTS]`. Ten rows a slot; figures are printed, not judged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use loaxa::asrun::facts::{ItemFacts, SlotFacts};
use loaxa::asrun::row::Row;
use loaxa::asrun::store::{Query, Store, StoreError};
use loaxa::asrun::unsettled::Settle;
use loaxa::asrun::verify::verify;
use loaxa::terms::*;

fn rows(n: i64) -> Vec<Row> {
    let planned_at = Wall(1_794_695_400_000_000_000) + SignedDuration::from_mins(30 * n);
    let slot = Slot { planned_at, broadcast: "action-month-morning".into(), output: "amplifier".into() };
    let facts = SlotFacts {
        station: Arc::from("cam-tan"),
        zones: (1..=8).map(|n| ZoneId::new(format!("thon-{n}"))).collect(),
        campaign: Some("action-month".into()),
        programme: Some("morning".into()),
        priority: Priority::Ordinary,
        plan_hash: PlanHash::new("0".repeat(64)),
    };
    let end = Row::of_slot(Kind::End, &slot, &facts, Origin::Simulation).with_outcome(Outcome::AIRED);
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
            file_hash: Some(FileHash::new(format!("{item:064}"))),
        };
        let started_at = planned_at + SignedDuration::from_secs(i64::from(element) * 60);
        let row = Row::of_slot(Kind::Air, &slot, &facts, Origin::Simulation).with_item(&item).with_outcome(Outcome::AIRED);
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

fn main() {
    let slots: i64 = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(100_000);
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Origin::Simulation, TimeZone::get("Asia/Ho_Chi_Minh").unwrap()).unwrap();
    let all: Vec<Vec<Row>> = (0..slots).map(rows).collect();
    let count = u64::try_from(slots).unwrap() * 10;
    let began = spent();
    for rows in all {
        store.append(rows, &Settle::Nothing).unwrap();
    }
    store.checkpoint().unwrap();
    told("append", count, began);
    drop(store);
    println!("size: {} MB", std::fs::metadata(dir.path().join("log.sqlite3")).unwrap().len() / 1_000_000);

    let began = spent();
    assert!(verify(dir.path(), &[], None).unwrap().ok());
    told("verify", count, began);

    let reader = Store::read_only(dir.path()).unwrap();
    let began = spent();
    reader.history(None).unwrap();
    told("history", count, began);

    let began = spent();
    let mut bytes = 0;
    reader
        .each(&Query { by_slot: true, ..Query::default() }, |row| -> Result<bool, StoreError> {
            bytes += row.text.len();
            Ok(true)
        })
        .unwrap();
    told("read by slot", count, began);
    println!("a row: {} bytes", bytes / usize::try_from(count).unwrap());
}
