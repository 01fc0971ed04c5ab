//! A small station's log in a folder, and the command line over it.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use loaxa::asrun::element::{ItemFacts, SlotFacts};
use loaxa::asrun::fact::Fact;
use loaxa::asrun::open::SlotChange;
use loaxa::asrun::row::Row;
use loaxa::asrun::store::Store;
use loaxa::terms::*;

/// 2026-11-15 05:30:00 in Vietnam.
pub const MORNING: Wall = Wall(1_794_695_400_000_000_000);

pub struct Station {
    pub dir: tempfile::TempDir,
}

impl Station {
    /// Three slots on two days: whole, cut by a power failure, missed; an order; a fault.
    pub fn new(origin: Origin) -> Station {
        Station::of_code(origin, "cam-tan")
    }

    /// The same of a station with another code.
    pub fn of_code(origin: Origin, code: &str) -> Station {
        let station = Station { dir: tempfile::tempdir().unwrap() };
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let mut store = Store::open(station.dir.path(), origin, tz).unwrap();
        let day = |n: i64| MORNING + SignedDuration::from_hours(24 * n);
        let mut rows = vec![start(), order()];
        rows.push(air(day(0), 1, "signal", ItemKind::Signal, "Nhạc hiệu", Outcome::AIRED));
        rows.push(air(day(0), 2, "hotline-111", ItemKind::Announcement, "Tổng đài quốc gia bảo vệ trẻ em 111", Outcome::AIRED));
        rows.push(end(day(0), Outcome::AIRED));
        rows.push(fault(day(0)));
        rows.push(air(day(1), 1, "signal", ItemKind::Signal, "Nhạc hiệu", Outcome::AIRED));
        let cut = Outcome::partial(Reason::PowerOff);
        rows.push(air(day(1), 2, "sums", ItemKind::Announcement, "=1+1, \"an toàn\" & <đẹp>", cut));
        rows.push(end(day(1), cut));
        rows.push(end(day(2), Outcome::missed(Reason::NoDevice)));
        rows.iter_mut().for_each(|row| row.station = Arc::from(code));
        store.append(rows, &SlotChange::Nothing).unwrap();
        store.lodge_head(day(2)).unwrap();
        store.checkpoint().unwrap();
        station
    }

    pub fn loaxa(&self, args: &[&str]) -> Output {
        run(self.dir.path(), args)
    }

    /// What the command prints, when all is well.
    pub fn prints(&self, args: &[&str]) -> String {
        let output = self.loaxa(args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

pub fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loaxa"));
    command.args(args).arg("--data").arg(dir).env_remove("LOAXA_LANG").env_remove("COLUMNS").output().unwrap()
}

fn facts() -> SlotFacts {
    SlotFacts {
        station: Arc::from("cam-tan"),
        zones: vec![ZoneId::from("thon-1"), ZoneId::from("thon-2")],
        campaign: Some(CampaignId::from("action-month")),
        programme: Some(ProgrammeId::from("morning")),
        priority: Priority::Ordinary,
        plan_hash: PlanHash::from("c0ffee"),
    }
}

fn slot(at: Wall) -> Slot {
    Slot { planned_at: at, broadcast: BroadcastId::from("action-month-morning"), output: OutputId::from("amplifier") }
}

fn air(at: Wall, element: u32, item: &str, kind: ItemKind, title: &str, outcome: Outcome) -> Row {
    let item = ItemFacts {
        item: ItemId::from(item),
        kind,
        title: title.to_owned(),
        topic: (kind == ItemKind::Announcement).then(|| TopicId::from("support_services")),
        tags: vec!["children".to_owned()],
        language: "vi".to_owned(),
        supplier: Some(SupplierId::from("hoi-lhpn")),
        contacts: vec![ContactId::from("child-111")],
        duty: false,
        translation_of: None,
        file_hash: Some(FileHash::from(format!("hash-of-{item}").as_str())),
    };
    let started_at = at + SignedDuration::from_millis(i64::from(element) * 12_250 - 12_250);
    let seconds = if outcome == Outcome::AIRED { 12 } else { 5 };
    Row {
        element: Some(element),
        take: Some(1),
        planned_ms: Some(12_250),
        started_at: Some(started_at),
        ended_at: Some(started_at + SignedDuration::from_secs(seconds)),
        airtime_ms: Some(seconds * 1000),
        frames: Some(48_000 * seconds.unsigned_abs()),
        rate: Some(48_000),
        late_ms: Some(0),
        level_lufs_tenths: Some(-180),
        device: Some("default".to_owned()),
        clock: Some(Evidence::Ntp),
        ..Row::of_slot(Kind::Air, &slot(at), &facts(), Origin::Live).with_item(&item).with_outcome(outcome)
    }
}

fn end(at: Wall, outcome: Outcome) -> Row {
    let row = Row::of_slot(Kind::End, &slot(at), &facts(), Origin::Live).with_outcome(outcome);
    Row { planned_ms: Some(24_500), clock: Some(Evidence::Ntp), ..row }
}

fn bare(kind: Kind, at: Wall, detail: &str) -> Row {
    Row { started_at: Some(at), ..Row::of(Fact::parse(kind, detail).0, Arc::from("cam-tan"), Origin::Live) }
}

fn start() -> Row {
    bare(Kind::Start, MORNING - SignedDuration::from_mins(60), r#"{"boot_id":"b1"}"#)
}

fn order() -> Row {
    let row = bare(Kind::Order, MORNING - SignedDuration::from_mins(30), r#"{"id":"r1","order":{"do":"release"}}"#);
    Row { actor: Some("-lan".to_owned()), ..row }
}

fn fault(at: Wall) -> Row {
    bare(Kind::Fault, at + SignedDuration::from_mins(2), r#"{"what":"device_lost"}"#)
}
