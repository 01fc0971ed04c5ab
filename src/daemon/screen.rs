//! The station's own screen: what `loaxa run` shows at a terminal while it airs. A line when a programme begins and one when it is over, in the
//! operator's words; orders; faults with what to do, and when they are mended. Element by element stands in the log, all else in the trace.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use crate::asrun::fact::Fact;
use crate::asrun::row::Row;
use crate::control::status::{FaultCode, OnAir, Status as Standing};
use crate::daemon::planner::{self, SharedPlan};
use crate::daemon::trace;
use crate::lang::{daemon as words, rows, status};
use crate::plan::Plan;
use crate::playout::clock::Clocks;
use crate::terms::*;

pub struct Screen {
    shared: SharedPlan,
    clocks: Clocks,
    seen: Mutex<SeenOnScreen>,
}

/// What has been shown, and what is to be shown together.
#[derive(Default)]
struct SeenOnScreen {
    on_air: BTreeSet<Slot>,
    faults: Vec<(FaultCode, Option<OutputId>)>,
    takes: HashMap<Slot, Takes>,
}

/// What sounded of a slot so far.
#[derive(Clone, Copy, Default)]
struct Takes {
    airtime_ms: i64,
    silent: usize,
}

impl Screen {
    pub fn new(shared: SharedPlan, clocks: Clocks) -> Screen {
        Screen { shared, clocks, seen: Mutex::new(SeenOnScreen::default()) }
    }

    /// A row of the log. Nothing here waits: what is shown goes into a queue.
    pub fn row(&self, row: &Row) {
        if !trace::has_screen() {
            return;
        }
        let plan = planner::current(&self.shared).loaded.plan;
        if let Some(line) = self.line(row, &plan) {
            self.show(&plan, &line);
        }
    }

    fn line(&self, row: &Row, plan: &Plan) -> Option<String> {
        let lang = plan.station.language;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &row.fact {
            Fact::Air(_) => {
                let takes = seen.takes.entry(row.slot()?).or_default();
                let ms = row.airtime_ms.unwrap_or(0);
                takes.airtime_ms += ms;
                takes.silent += usize::from(ms == 0 && row.status != Some(Status::Aired));
                None
            }
            Fact::End => {
                let slot = row.slot()?;
                let Takes { airtime_ms, silent } = seen.takes.remove(&slot).unwrap_or_default();
                let name = called(plan, &slot.broadcast, &slot.output);
                // One without sound needs no length, and of one that has none at all the elements are not counted.
                let sounded = (airtime_ms > 0).then_some((airtime_ms, silent));
                Some(words::programme_over(lang, &name, Outcome { status: row.status?, reason: row.reason }, sounded))
            }
            Fact::Order(given) => {
                let until = row.ended_at.map(|at| clock(plan, at));
                let order = rows::order(lang, given.order.as_ref()?, until.as_deref());
                Some(words::ordered(lang, row.actor.as_deref(), &order))
            }
            Fact::Void(_) => Some(words::owed_again(lang, &called(plan, row.broadcast.as_ref()?, row.output.as_ref()?))),
            Fact::Start(_)
            | Fact::Stop(_)
            | Fact::Plan(_)
            | Fact::Clock(_)
            | Fact::Fault(_)
            | Fact::Hand(_)
            | Fact::Gap(_)
            | Fact::Other(..) => None,
        }
    }

    /// What has begun, broken or been mended since the last look.
    pub fn look(&self, standing: &Standing) {
        if !trace::has_screen() {
            return;
        }
        let plan = planner::current(&self.shared).loaded.plan;
        let lines = self.news(standing, &plan);
        lines.iter().for_each(|line| self.show(&plan, line));
    }

    fn news(&self, standing: &Standing, plan: &Plan) -> Vec<String> {
        let lang = plan.station.language;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        let on_air: BTreeSet<Slot> = standing.now.iter().map(OnAir::slot).collect();
        let begun = on_air.difference(&seen.on_air).map(|slot| called(plan, &slot.broadcast, &slot.output));
        lines.extend(begun.map(|name| words::programme_begun(lang, &name)));
        seen.on_air = on_air;
        let faults: Vec<_> = standing.faults.iter().map(|fault| (fault.code, fault.output.clone())).collect();
        for fault in standing.faults.iter().filter(|fault| !seen.faults.contains(&(fault.code, fault.output.clone()))) {
            let (what, remedy) = status::fault(lang, fault.code);
            // The problems of a plan are a page of their own.
            let detail = status::detail(lang, fault.code, &fault.detail).filter(|detail| !detail.contains('\n'));
            lines.push(words::fault_begun(lang, fault.output.as_ref().map(OutputId::as_str), what, detail, remedy));
        }
        for (code, output) in seen.faults.iter().filter(|fault| !faults.contains(fault)) {
            lines.push(words::fault_mended(lang, output.as_ref().map(OutputId::as_str), status::fault(lang, *code).0));
        }
        seen.faults = faults;
        lines
    }

    fn show(&self, plan: &Plan, line: &str) {
        trace::show(&format!("{}  {line}", clock(plan, self.clocks.now().wall)));
    }
}

fn clock(plan: &Plan, at: Wall) -> String {
    plan.station.timezone.civil(at).strftime("%H:%M:%S").to_string()
}

/// A broadcast by its programme's name, with the output where there are several.
fn called(plan: &Plan, broadcast: &BroadcastId, output: &OutputId) -> String {
    let name = plan.programme_of(broadcast).map_or_else(|| broadcast.to_string(), |programme| programme.name.clone());
    if plan.outputs.len() > 1 { format!("{name} ({output})") } else { name }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, RwLock};

    use super::*;
    use crate::asrun::element::SlotFacts;
    use crate::control::status::{ClockStatus, FaultStatus, OnAir, State};
    use crate::daemon::loading::Loaded;
    use crate::daemon::planner::Current;
    use crate::library::Library;
    use crate::plan::read::parse;
    use crate::plan::source::SourceFile;

    const PLAN: &str = r#"
[station]
name = "Cẩm Tân"
code = "cam-tan"
timezone = "Asia/Ho_Chi_Minh"
audio = "audio"
[hours]
daily = ["05:30-06:30"]
[[output]]
id = "amplifier"
device = "null"
[[item]]
id = "nhac"
file = "nhac.ogg"
title = "Nhạc"
kind = "music"
[[programme]]
id = "sang"
name = "Bản tin sáng"
elements = ["nhac"]
[[broadcast]]
id = "everyday"
programme = "sang"
at = ["05:30"]
"#;

    fn screen() -> (Screen, Arc<Plan>) {
        let source = SourceFile { path: "plan.toml".into(), text: PLAN.into() };
        let plan = parse(vec![source], std::path::Path::new(""), None).plan.unwrap();
        let loaded = Loaded::new(Arc::new(plan), Arc::new(Library::default()));
        let plan = loaded.plan.clone();
        let shared: SharedPlan = Arc::new(RwLock::new(Current { loaded, before: Vec::new() }));
        (Screen::new(shared, Clocks::default()), plan)
    }

    fn slot() -> Slot {
        Slot { planned_at: Wall(0), broadcast: "everyday".into(), output: "amplifier".into() }
    }

    fn row(kind: Kind, airtime_ms: Option<i64>, outcome: Outcome) -> Row {
        let facts = SlotFacts {
            station: "cam-tan".into(),
            zones: vec![],
            campaign: None,
            programme: Some("sang".into()),
            priority: Priority::Ordinary,
            plan_hash: "p".into(),
        };
        Row { airtime_ms, ..Row::of_slot(kind, &slot(), &facts, Origin::Live).with_outcome(outcome) }
    }

    #[test]
    fn a_programme_is_one_line_when_it_is_over_whatever_became_of_its_elements() {
        let (screen, plan) = screen();
        let stopped = |status| Outcome { status, reason: Some(Reason::Operator) };
        assert_eq!(screen.line(&row(Kind::Air, Some(102_000), Outcome::AIRED), &plan), None);
        for _ in 0..13 {
            assert_eq!(screen.line(&row(Kind::Air, Some(0), stopped(Status::Skipped)), &plan), None);
        }
        let over = screen.line(&row(Kind::End, None, stopped(Status::Partial)), &plan).unwrap();
        assert_eq!(over, "Bản tin sáng: phát một phần, người vận hành dừng (1 phút 42 giây; 13 bài còn lại không phát)");
        screen.line(&row(Kind::Air, Some(60_000), Outcome::AIRED), &plan);
        assert_eq!(screen.line(&row(Kind::End, None, Outcome::AIRED), &plan).unwrap(), "Bản tin sáng: đã phát đủ (1 phút)");
    }

    #[test]
    fn what_begins_breaks_and_is_mended_is_said_once() {
        let (screen, plan) = screen();
        let fault = FaultStatus {
            code: FaultCode::DeviceLost,
            output: Some("amplifier".into()),
            detail: "hw gone".into(),
            since: Wall(0),
        };
        let on_air = OnAir {
            output: "amplifier".into(),
            broadcast: "everyday".into(),
            planned_at: Wall(0),
            element: 1,
            elements: 1,
            item: None,
            title: None,
            started_at: None,
            ends_at: None,
        };
        let mut standing = Standing {
            state: State::OnAir,
            now: vec![on_air],
            emergency: vec![],
            next: vec![],
            output: vec![],
            plan_hash: None,
            clock: ClockStatus { evidence: Evidence::Ntp, doubtful: false, why: None },
            warnings: vec![],
            faults: vec![fault],
            at: Wall(0),
            hold_until: None,
            mourning: vec![],
        };
        let lines = screen.news(&standing, &plan);
        assert_eq!(lines[0], "Bản tin sáng: bắt đầu phát");
        assert!(
            lines[1].starts_with("SỰ CỐ (amplifier): mất thiết bị âm thanh. Cắm lại") && !lines[1].contains("hw gone"),
            "{lines:?}"
        );
        assert_eq!(screen.news(&standing, &plan), Vec::<String>::new());
        standing.faults.clear();
        assert_eq!(screen.news(&standing, &plan), ["Đã hết sự cố (amplifier): mất thiết bị âm thanh"]);
    }
}
