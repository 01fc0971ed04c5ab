//! What a person asks to hear now: one item, as slots like any other, held against hours, quota and validity.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::facts::{Element, SlotFacts};
use crate::asrun::history::History;
use crate::library::Library;
use crate::plan::{LATE, Output, Plan};
use crate::rundown::stock::Stock;
use crate::rundown::{Planned, fit};
use crate::terms::*;

/// Why an item cannot be played as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the plan has no such item")]
    UnknownItem,
    #[error("the plan has no such output")]
    UnknownOutput,
    #[error("the recording cannot sound: {0}")]
    Unplayable(Reason),
    #[error("it is outside session hours")]
    OutsideHours,
    #[error("it would not end before the hours close")]
    TooLong,
    #[error("it would use more airtime than the session allows")]
    OverQuota,
}

/// How long an emergency holds unless its order says otherwise: no hours bound it.
const EMERGENCY: SignedDuration = SignedDuration::from_mins(30);

/// The item that a person wants to hear, on which outputs (none named: all), and how much it matters.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub item: &'a ItemId,
    pub priority: Priority,
    pub outputs: &'a [OutputId],
}

/// The slots of request `number`, one an output, planned at the millisecond of `at`. They are refused together.
pub fn order(
    plan: &Plan,
    library: &Library,
    history: &History,
    wish: Wish,
    at: Wall,
    number: u64,
) -> Result<Vec<Planned>, Refused> {
    let planned_at = at.floor_ms();
    let day = plan.station.zone.civil(planned_at).date();
    let outputs = outputs(plan, wish.outputs)?;
    let mut elements = vec![Stock::of(plan, library).alone(wish.item, day).ok_or(Refused::UnknownItem)?];
    fit::lay_out(&mut elements, SignedDuration::ZERO);
    if let Some(reason) = elements.iter().find_map(|element| element.unplayable) {
        return Err(Refused::Unplayable(reason));
    }
    let elements: Arc<[Element]> = elements.into();
    let (session, end_by) = if wish.priority == Priority::Emergency {
        (None, planned_at + EMERGENCY)
    } else {
        let zone = &plan.station.zone;
        let session = plan.hours.session_at(planned_at, zone).ok_or(Refused::OutsideHours)?;
        (Some(session), plan.hours.open_until(planned_at, zone).unwrap_or(session.closes))
    };
    if planned_at + fit::length(&elements) > end_by {
        return Err(Refused::TooLong);
    }
    let over = |output: &Output| {
        let Some((session, quota)) = session.and_then(|s| Some((s, s.quota?))) else { return false };
        history.spent(&output.id, &session).saturating_add(fit::sound(&elements)) > quota
    };
    if outputs.iter().any(|output| over(output)) {
        return Err(Refused::OverQuota);
    }
    let slot = |output: &Output| Planned {
        slot: Slot { planned_at, broadcast: BroadcastId::new(format!("@request-{number}")), output: output.id.clone() },
        facts: Arc::new(SlotFacts {
            station: plan.station.code.as_str().into(),
            zones: output.zones.clone(),
            campaign: None,
            programme: None,
            priority: wish.priority,
            plan_hash: plan.hash.clone(),
        }),
        // Behind every broadcast of the plan.
        rank: u32::MAX,
        late: LATE,
        start_by: (planned_at + LATE).min(end_by),
        end_by,
        session,
        elements: Arc::clone(&elements),
        dropped: Vec::new(),
        left_out: None,
        forecast: false,
    };
    Ok(outputs.into_iter().map(slot).collect())
}

/// The named outputs, in the plan's order and each once; all when none is named.
fn outputs<'a>(plan: &'a Plan, named: &[OutputId]) -> Result<Vec<&'a Output>, Refused> {
    if named.iter().any(|id| plan.output(id).is_none()) {
        return Err(Refused::UnknownOutput);
    }
    Ok(plan.outputs.iter().filter(|output| named.is_empty() || named.contains(&output.id)).collect())
}
