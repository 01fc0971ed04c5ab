//! The rows that the conductor writes: takes, ends, orders, faults.

use serde_json::json;

use crate::asrun::row::Row;
use crate::control::request::{Order, Request};
use crate::playout::conductor::run::Run;
use crate::playout::cue::{Fault, Hold};
use crate::playout::defect::defect;
use crate::terms::*;

/// What every row of this daemon's life carries.
#[derive(Clone, Debug)]
pub struct Heading {
    pub station: std::sync::Arc<str>,
    pub origin: Origin,
    pub clock: Evidence,
}

/// One take as it really was.
#[derive(Clone, Debug)]
pub struct Take {
    pub element: usize,
    pub take: u32,
    pub began: Option<Wall>,
    pub frames: Frames,
    pub outcome: Outcome,
    pub device: Option<String>,
    pub detail: Option<String>,
    /// Armed without waiting for the disk.
    pub log_late: bool,
}

impl Heading {
    pub fn air(&self, run: &Run, take: &Take) -> Row {
        let planned = || run.element(take.element).map_or(take.frames, |e| Frames::within(e.length, take.frames.rate));
        let frames = if defect!(AirtimeFromPlan) && take.began.is_some() { planned() } else { take.frames };
        let mut row = Row::of_slot(Kind::Air, run.slot(), &run.planned.facts, self.origin).with_outcome(take.outcome);
        if let Some(element) = run.element(take.element) {
            if let Some(facts) = &element.facts {
                row = row.with_item(facts);
            }
            row.planned_ms = Some(ms(element.length));
            row.level_lufs_tenths = element.level_lufs.filter(|_| take.began.is_some()).map(|l| (l * 10.0).round() as i32);
        }
        row.element = u32::try_from(take.element + 1).ok();
        row.take = Some(take.take);
        if let Some(began) = take.began {
            let began = began.round_ms();
            row.started_at = Some(began);
            row.ended_at = Some((began + frames.length()).floor_ms());
            row.late_ms = Some(ms(began - run.element_planned_at(take.element)));
            row.rate = Some(frames.rate);
        }
        row.airtime_ms = Some(ms(frames.length()));
        row.frames = Some(frames.count);
        row.device = take.device.clone();
        row.clock = Some(self.clock);
        let mut detail = serde_json::Map::new();
        if let Some(text) = &take.detail {
            detail.insert("what".into(), json!(text));
        }
        if take.log_late {
            detail.insert("log_late".into(), json!(true));
        }
        row.detail = (!detail.is_empty()).then(|| serde_json::Value::Object(detail).to_string());
        row
    }

    pub fn end(&self, run: &Run, outcome: Outcome) -> Row {
        let mut row = Row::of_slot(Kind::End, run.slot(), &run.planned.facts, self.origin).with_outcome(outcome);
        // The pauses between an emergency's times belong to others.
        row.planned_ms = Some(ms(if run.is_emergency() { run.airtime_planned() } else { run.planned.length() }));
        row.clock = Some(self.clock);
        row
    }

    pub fn order(&self, now: Wall, request: &Request, broadcast: Option<&BroadcastId>) -> Row {
        let mut row = Row::of(Kind::Order, self.station.clone(), self.origin);
        row.started_at = Some(now.floor_ms());
        row.actor = Some(request.actor.clone());
        row.clock = Some(self.clock);
        row.broadcast = broadcast.cloned();
        match &request.order {
            Order::Play { item, priority, .. } => {
                row.item = Some(item.clone());
                row.priority = Some(*priority);
            }
            Order::Stop { output } => row.output = output.clone(),
            Order::Skip { broadcast, .. } | Order::Unskip { broadcast, .. } => row.broadcast = Some(broadcast.clone()),
            Order::Hold { until } => row.ended_at = *until,
            Order::Release | Order::ConfirmClock => {}
        }
        let mut said = json!({ "id": request.id, "order": request.order });
        if let Some(uid) = request.uid {
            said["uid"] = json!(uid);
        }
        row.detail = serde_json::to_string(&said).ok();
        row
    }

    /// A hold that had an end was over: as a release that nobody gave.
    pub fn ran_out(&self, now: Wall, hold: Hold) -> Row {
        let mut row = Row::of(Kind::Order, self.station.clone(), self.origin);
        row.started_at = Some(now.floor_ms());
        row.ended_at = hold.until;
        row.clock = Some(self.clock);
        row.detail = Some(json!({ "order": Order::Release, "what": "ran_out" }).to_string());
        row
    }

    pub fn fault(&self, output: &OutputId, from: Wall, to: Option<Wall>, what: &str, fault: &Fault) -> Row {
        let mut row = Row::of(Kind::Fault, self.station.clone(), self.origin);
        row.output = Some(output.clone());
        row.started_at = Some(from.floor_ms());
        row.ended_at = to.map(Wall::floor_ms);
        row.clock = Some(self.clock);
        row.detail = Some(json!({ "what": what, "detail": fault.detail }).to_string());
        row
    }

    /// What ended a slot was written by a time that turned out wrong. The log itself says in the row which rows that were.
    pub fn void(&self, now: Wall, slot: &Slot) -> Row {
        let mut row = Row::of(Kind::Void, self.station.clone(), self.origin);
        row.output = Some(slot.output.clone());
        row.broadcast = Some(slot.broadcast.clone());
        row.planned_at = Some(slot.planned_at);
        row.started_at = Some(now.floor_ms());
        row.clock = Some(self.clock);
        row
    }

    pub fn clock(&self, now: Wall, before: Evidence, detail: serde_json::Value, actor: Option<&str>) -> Row {
        let mut row = Row::of(Kind::Clock, self.station.clone(), self.origin);
        row.started_at = Some(now.floor_ms());
        row.actor = actor.map(str::to_owned);
        row.clock = Some(self.clock);
        let mut detail = detail;
        if let Some(map) = detail.as_object_mut() {
            map.insert("before".into(), json!(before));
            map.insert("after".into(), json!(self.clock));
        }
        row.detail = Some(detail.to_string());
        row
    }
}

/// Whole milliseconds, rounded down, also before zero.
fn ms(span: jiff::SignedDuration) -> i64 {
    i64::try_from(span.as_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}
