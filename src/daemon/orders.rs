//! From what a person asks to what the conductor takes: civil times become instants, an item becomes slots.

use jiff::civil::{Date, Time};

use crate::asrun::history::History;
use crate::control::request::{Ask, Order, Refusal, Until};
use crate::daemon::loading::Loaded;
use crate::plan::Plan;
use crate::playout::cue::PlayOrder;
use crate::rundown::order::{Refused, Wish, order};
use crate::terms::*;

/// An order with what belongs to it.
pub type Resolved = (Order, Option<Box<PlayOrder>>);

/// Resolves what was asked against the plan in force.
///
/// # Errors
/// Why it cannot be carried out, in the words that the asker gets.
pub fn resolve(ask: Ask, loaded: &Loaded, history: &History, now: Wall) -> Result<Resolved, Refusal> {
    let plan = &loaded.plan;
    Ok(match ask {
        Ask::Play { item, priority, outputs, reason, .. } => {
            let wish = Wish { item: &item, priority, outputs: &outputs };
            // The conductor numbers requests; until then any number will do.
            let slots = order(plan, &loaded.library, history, wish, now, 0).map_err(refusal)?;
            let outputs = slots.iter().map(|planned| planned.slot.output.clone()).collect();
            (Order::Play { item, priority, outputs, reason }, Some(Box::new(PlayOrder { slots })))
        }
        Ask::Stop { output } => {
            if output.as_ref().is_some_and(|output| plan.output(output).is_none()) {
                return Err(Refusal::UnknownOutput);
            }
            (Order::Stop { output }, None)
        }
        Ask::Hold { until } => {
            let until = until.map(|until| instant(until, plan, now));
            if until.is_some_and(|until| until <= now) {
                return Err(Refusal::TooLate);
            }
            (Order::Hold { until }, None)
        }
        Ask::Release => (Order::Release, None),
        Ask::Skip { broadcast, date, time } => {
            let planned_at = planned_on(plan, &broadcast, date, time)?;
            (Order::Skip { broadcast, planned_at }, None)
        }
        Ask::Unskip { broadcast, date, time } => {
            let planned_at = planned_on(plan, &broadcast, date, time)?;
            (Order::Unskip { broadcast, planned_at }, None)
        }
        Ask::ConfirmClock => (Order::ConfirmClock, None),
    })
}

fn instant(until: Until, plan: &Plan, now: Wall) -> Wall {
    let zone = &plan.station.zone;
    match until {
        Until::At(at) => zone.instant(at),
        Until::Next(time) => {
            let today = zone.civil(now).date();
            let at = zone.instant(today.to_datetime(time));
            if at > now { at } else { today.tomorrow().map_or(at, |day| zone.instant(day.to_datetime(time))) }
        }
    }
}

/// The instants at which a broadcast is planned on a day, or at a time of that day.
fn planned_on(plan: &Plan, id: &BroadcastId, date: Date, time: Option<Time>) -> Result<Vec<Wall>, Refusal> {
    let broadcast = plan.broadcast(id).ok_or(Refusal::UnknownBroadcast)?;
    let zone = &plan.station.zone;
    let wanted = time.map(|time| zone.instant(date.to_datetime(time)));
    let instants = broadcast.recur.on(date, zone);
    let planned: Vec<Wall> = instants.into_iter().filter(|at| wanted.is_none_or(|wanted| wanted == *at)).collect();
    if planned.is_empty() { Err(Refusal::NotPlanned) } else { Ok(planned) }
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::UnknownItem => Refusal::UnknownItem,
        Refused::UnknownOutput => Refusal::UnknownOutput,
        Refused::Unplayable(reason) => Refusal::Unplayable(reason),
        Refused::OutsideHours => Refusal::OutsideHours,
        Refused::TooLong => Refusal::TooLong,
        Refused::OverQuota => Refusal::OverQuota,
    }
}
