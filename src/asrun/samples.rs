//! Rows and slots as a station has them, for the tests of this room.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::asrun::element::{Element, ItemFacts, SlotFacts};
use crate::asrun::fact::{Fact, StartFact};
use crate::asrun::open::{OpenSlot, Sounding};
use crate::asrun::row::Row;
use crate::terms::*;

/// 2026-11-15 05:30:00 in Vietnam.
pub const MORNING: Wall = Wall(1_794_695_400_000_000_000);

pub fn hanoi() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

pub fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

pub fn slot(at: Wall) -> Slot {
    Slot { planned_at: at, broadcast: BroadcastId::from("action-month-morning"), output: OutputId::from("amplifier") }
}

pub fn slot_facts() -> SlotFacts {
    SlotFacts {
        station: Arc::from("cam-tan"),
        zones: vec![ZoneId::from("thon-1"), ZoneId::from("thon-2")],
        campaign: Some(CampaignId::from("action-month")),
        programme: Some(ProgrammeId::from("morning")),
        priority: Priority::Ordinary,
        plan_hash: PlanHash::from("c0ffee"),
    }
}

pub fn item_facts(item: &str) -> ItemFacts {
    ItemFacts {
        item: ItemId::from(item),
        kind: ItemKind::Announcement,
        title: format!("Tổng đài quốc gia bảo vệ trẻ em ({item})"),
        topic: Some(TopicId::from("support_services")),
        tags: vec!["children".to_owned(), "hotline".to_owned()],
        language: "vi".to_owned(),
        supplier: Some(SupplierId::from("hoi-lhpn")),
        contacts: vec![ContactId::from("child-111")],
        duty: false,
        translation_of: None,
        file_hash: Some(FileHash::from(format!("{item}-sha256").as_str())),
    }
}

pub fn air(at: Wall, element: u32, item: &str, outcome: Outcome) -> Row {
    let started_at = at + SignedDuration::from_secs(i64::from(element) * 30 - 30);
    let whole = outcome == Outcome::AIRED;
    let frames: u64 = if whole { 1_440_000 } else { 480_000 };
    Row {
        element: Some(element),
        take: Some(1),
        planned_ms: Some(30_000),
        started_at: Some(started_at),
        ended_at: Some(started_at + SignedDuration::from_millis(if whole { 30_000 } else { 10_000 })),
        airtime_ms: Some(if whole { 30_000 } else { 10_000 }),
        frames: Some(frames),
        rate: Some(48_000),
        late_ms: Some(0),
        level_lufs_tenths: Some(-180),
        device: Some("default".to_owned()),
        clock: Some(Evidence::Ntp),
        ..Row::of_slot(Kind::Air, &slot(at), &slot_facts(), Origin::Live).with_item(&item_facts(item)).with_outcome(outcome)
    }
}

pub fn end(at: Wall, outcome: Outcome) -> Row {
    let row = Row::of_slot(Kind::End, &slot(at), &slot_facts(), Origin::Live).with_outcome(outcome);
    Row { planned_ms: Some(60_000), clock: Some(Evidence::Ntp), ..row }
}

pub fn start(at: Wall, boot_id: &str) -> Row {
    Row {
        started_at: Some(at),
        clock: Some(Evidence::Ntp),
        ..Row::of(
            Fact::Start(StartFact { boot_id: Some(boot_id.to_owned()), ..StartFact::default() }),
            Arc::from("cam-tan"),
            Origin::Live,
        )
    }
}

pub fn open_slot(at: Wall) -> OpenSlot {
    let element = |item: &str, offset| Element {
        facts: Some(Arc::new(item_facts(item))),
        picked: false,
        length: SignedDuration::from_secs(30),
        pause: SignedDuration::ZERO,
        speaker: Speaker::Flat,
        gain_db: -3.5,
        level_lufs: Some(-18.0),
        offset: SignedDuration::from_secs(offset),
        unplayable: None,
        awaited: false,
    };
    OpenSlot {
        slot: slot(at),
        facts: Arc::new(slot_facts()),
        rank: 0,
        late: minutes(5),
        start_by: at + minutes(5),
        end_by: at + minutes(60),
        session: None,
        elements: Arc::from([element("one", 0), element("two", 30)]),
        done: vec![None, None],
        takes: vec![0, 0],
        sounded: vec![false, false],
        sounding: None,
        displaced: false,
        arms: 1,
        ordered: None,
        stepped: SignedDuration::ZERO,
    }
}

pub fn sounding(element: u32, started_at: Wall, seconds: u64) -> Sounding {
    Sounding {
        element,
        take: 1,
        started_at,
        frames: Frames { count: seconds * 48_000, rate: 48_000 },
        device: "default".to_owned(),
    }
}

/// The rows of one slot with two elements.
pub fn whole_slot(at: Wall) -> Vec<Row> {
    vec![air(at, 1, "one", Outcome::AIRED), air(at, 2, "two", Outcome::AIRED), end(at, Outcome::AIRED)]
}

/// Opens a log as somebody does who knows how to take its guards off.
pub fn unguarded(dir: &std::path::Path) -> rusqlite::Connection {
    let db = rusqlite::Connection::open(dir.join(crate::asrun::store::FILE)).unwrap();
    let drop = "SELECT group_concat('DROP TRIGGER ' || name, ';') FROM sqlite_schema WHERE type = 'trigger'";
    let drop: Option<String> = db.query_row(drop, [], |row| row.get(0)).unwrap();
    db.execute_batch(&drop.unwrap_or_default()).unwrap();
    db
}
