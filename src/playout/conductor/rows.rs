//! The rows that the conductor writes: takes, ends, orders, faults.

use crate::asrun::fact::{ByItself, ClockChange, ClockFact, Fact, FaultFact, OrderFact, VoidFact};
use crate::asrun::row::Row;
use crate::control::request::Request;
use crate::defect::defect;
use crate::playout::conductor::run::Run;
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

impl Take {
    /// The take of an element that has ended and never sounded.
    pub fn unsounded(run: &Run, element: usize) -> Option<Take> {
        let part = run.parts.get(element)?;
        Some(Take {
            element,
            take: part.takes.max(1),
            began: None,
            frames: Frames::none(0),
            outcome: part.done?,
            device: None,
            detail: None,
            log_late: false,
        })
    }
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
        if let Fact::Air(air) = &mut row.fact {
            air.what.clone_from(&take.detail);
        }
        row.notes.log_late = take.log_late;
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
        let given =
            OrderFact { id: Some(request.id.clone()), order: Some(request.order.clone()), uid: request.uid, by_itself: None };
        let mut row = self.row(now, Fact::Order(given));
        row.actor = Some(request.actor.clone());
        row.broadcast = broadcast.cloned();
        match &request.order {
            Order::Play { item, priority, .. } => {
                row.item = Some(item.clone());
                row.priority = Some(*priority);
            }
            Order::Drill { item, .. } => row.item = Some(item.clone()),
            Order::Stop { output } => row.output = output.clone(),
            Order::Skip { broadcast, .. } | Order::Unskip { broadcast, .. } => row.broadcast = Some(broadcast.clone()),
            Order::Hold { until } => row.ended_at = *until,
            Order::Mourning(mourning) => row.ended_at = Some(mourning.until),
            Order::Release | Order::WithdrawMourning { .. } | Order::ConfirmClock => {}
        }
        row
    }

    /// A hold that had an end was over: as a release that nobody gave.
    pub fn ran_out(&self, now: Wall, hold: Hold) -> Row {
        let given = OrderFact { order: Some(Order::Release), by_itself: Some(ByItself::RanOut), ..OrderFact::default() };
        Row { ended_at: hold.until, ..self.row(now, Fact::Order(given)) }
    }

    pub fn fault(&self, output: &OutputId, from: Wall, to: Option<Wall>, what: FaultEvent, detail: &str) -> Row {
        let fault = FaultFact { what: Some(what), detail: Some(detail.to_owned()), ..FaultFact::default() };
        Row { output: Some(output.clone()), ended_at: to.map(Wall::floor_ms), ..self.row(from, Fact::Fault(fault)) }
    }

    /// What ended a slot was written by a time that turned out wrong. The log itself says in the row which rows that were.
    pub fn void(&self, now: Wall, slot: &Slot) -> Row {
        Row {
            output: Some(slot.output.clone()),
            broadcast: Some(slot.broadcast.clone()),
            planned_at: Some(slot.planned_at),
            ..self.row(now, Fact::Void(VoidFact::default()))
        }
    }

    pub fn clock(&self, now: Wall, before: Evidence, what: ClockChange, vouch: Vouch) -> Row {
        let judged = ClockFact { what, before: Some(before), after: Some(self.clock), vouched_ms: Some(vouch.in_ms()) };
        self.row(now, Fact::Clock(judged))
    }

    fn row(&self, now: Wall, fact: Fact) -> Row {
        Row { started_at: Some(now.floor_ms()), clock: Some(self.clock), ..Row::of(fact, self.station.clone(), self.origin) }
    }
}

/// Whole milliseconds, rounded down, also before zero.
fn ms(span: jiff::SignedDuration) -> i64 {
    i64::try_from(span.as_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}
