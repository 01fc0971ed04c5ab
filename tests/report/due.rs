//! A report that falls due is the one that anybody can order: made by the child, and by hand, they are the same to the byte.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use loaxa::asrun::open::SlotChange;
use loaxa::asrun::row::Row;
use loaxa::asrun::store::Store;
use loaxa::asrun::store::plans;
use loaxa::chores::due::reports::{DueReport, Stage, Step, series};
use loaxa::chores::reports::{Press, take};
use loaxa::plan::source::SourceFile;
use loaxa::plan::{Plan, read};
use loaxa::terms::*;

use super::station::Station;
use super::trial;

const ENTRIES: &str = "\n[[report]]\nid = \"month\"\nperiod = \"month\"\nformats = \"html\"\n\
    [[report]]\nid = \"quarter\"\nperiod = \"quarter\"\nformats = \"html\"\n\
    [[report]]\nid = \"year\"\nperiod = \"year\"\ncampaign = \"action-month\"\nformats = \"html\"\n\
    [[report]]\nid = \"campaign\"\nperiod = \"campaign\"\ncampaign = \"action-month\"\nformats = \"html\"\n";

/// The trial's station, whose newest plan lets it write reports.
fn station() -> (Station, Plan) {
    let station = trial::station();
    let text = format!("{}{ENTRIES}", trial::PLAN);
    let reading = read::parse(vec![SourceFile { path: "plan.toml".into(), text: text.clone().into() }], Path::new(""), None);
    let plan = reading.plan.unwrap_or_else(|| panic!("{:?}", reading.problems));
    plans::keep(station.dir.path(), &plan.hash, [("plan.toml", text.as_bytes())]).unwrap();
    let mut store = Store::open(station.dir.path(), Origin::Live, TimeZone::get("Asia/Ho_Chi_Minh").unwrap()).unwrap();
    let row = Row::of(Kind::Plan, Arc::from("cam-tan"), Origin::Live);
    let at = plan.station.timezone.start_of(jiff::civil::date(2024, 12, 17));
    store.append(vec![Row { started_at: Some(at), plan_hash: Some(plan.hash.clone()), ..row }], &SlotChange::Nothing).unwrap();
    store.checkpoint().unwrap();
    (station, plan)
}

#[test]
fn what_is_made_when_it_falls_due_is_what_anybody_can_order() {
    let (station, plan) = station();
    let data = station.dir.path();
    let press = Press { plan: &plan, data, program: Path::new(env!("CARGO_BIN_EXE_loaxa")), stamp: "" };
    for (id, number, typed, stage) in [
        ("month", 2024 * 12 + 10, ["--month", "2024-11"], Stage::Final),
        ("quarter", 2024 * 4 + 3, ["--quarter", "2024-4"], Stage::Final),
        ("year", 2024, ["--year", "2024"], Stage::Final),
        ("campaign", 2024, ["--year", "2024"], Stage::Draft),
    ] {
        let period = series(plan.report(id).unwrap(), &plan).unwrap().at(number).unwrap();
        let report = DueReport { id: id.into(), period, stage };
        let made = take(press, &Step::Write { report, again: 0 }).unwrap();
        let [made] = made.as_slice() else { panic!("{id}: {made:?}") };
        let by_hand = data.join("by-hand.html");
        let draft: &[&str] = if stage == Stage::Draft { &["--draft"] } else { &[] };
        let out = ["--lang", "vi", "--force", "--out", by_hand.to_str().unwrap()];
        station.prints(&[&["report", "--entry", id], &typed as &[&str], draft, &out].concat());
        let read = |file: &Path| std::fs::read_to_string(file).unwrap();
        assert_eq!(read(made), read(&by_hand), "{id}");
    }
}
