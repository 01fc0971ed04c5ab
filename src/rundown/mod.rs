//! The rundown: the concrete, timed list of slots that the plan gives for a span, element by element.
//!
//! Pure: the same arguments to [`build`] give the same rundown, and the rundown of [a, c) is that of [a, b) followed by that of
//! [b, c) with the history that the first carried on. [`due`] says which slots the plan owes, [`stock`] what of its items can sound,
//! [`pick`] chooses from pools by what the [`past`] says and as [`steer`] wants it most, [`fit`] makes it fit hours and quota. [`order`] is the same for what a person asks for,
//! [`timeline`] says when what waits will really start, [`allowed`] what a plan still allows of what was settled before, [`write`] prints it.
//!
//! Not here: what waits, preempts or resumes on air is the conductor's; a slot keeps its `planned_at` although it will have to wait.

pub mod allowed;
pub mod due;
pub mod fit;
pub mod forecast;
pub mod need;
pub mod order;
pub mod past;
pub mod pick;
pub mod steer;
pub mod stock;
pub mod timeline;
pub mod write;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::asrun::element::{Element, ItemFacts, SlotFacts};
use crate::asrun::history::History;
use crate::asrun::open::OpenSlot;
use crate::calendar::hours::HoursInForce;
use crate::defect::defect;
use crate::library::{Aim, Library, TARGET_LUFS};
use crate::plan::Plan;
use crate::rundown::allowed::Allowed;
use crate::rundown::due::DueBroadcast;
use crate::rundown::fit::{Bounds, Fitted};
use crate::rundown::past::BroadcastPast;
use crate::rundown::steer::Steering;
use crate::rundown::stock::{Chosen, Stock};
use crate::terms::*;

/// All slots whose planned instant lies in [from, to), in order of `planned_at`, then of the plan's outputs, then of rank.
#[derive(Clone, Debug, PartialEq)]
pub struct Rundown {
    pub from: Wall,
    pub to: Wall,
    pub plan_hash: PlanHash,
    /// The station's code, for the rows that belong to no slot.
    pub station: Arc<str>,
    /// Every output of the plan, in its order.
    pub outputs: Vec<OutputId>,
    pub slots: Vec<Planned>,
    /// What its plan allows of what is on its way already.
    pub standing: Vec<Allowed>,
}

/// One slot as the plan, the recordings and the past give it. It holds all that the conductor needs: no plan, no civil time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    pub slot: Slot,
    pub facts: Arc<SlotFacts>,
    /// Place in the plan, the last rank among equals.
    pub rank: u32,
    /// How much later than planned an element may start.
    pub late: SignedDuration,
    /// The latest instant at which the slot may begin: `planned_at + late`, within the hours.
    pub start_by: Wall,
    /// When the hours close: nothing of it sounds from then on. Later than its session's close where the next day's session goes on
    /// without a break.
    pub end_by: Wall,
    /// `None` when it lies outside all hours (then it is left out) or no hours bind it.
    pub session: Option<Session>,
    /// What airs. Of a slot that is left out: what was meant to, or nothing where that was never settled.
    pub elements: Arc<[Element]>,
    /// Elements that had aired often enough, then picks that did not fit, last first.
    pub dropped: Vec<Dropped>,
    /// Why the slot will not air at all. It still ends in the log, with this outcome.
    pub left_out: Option<Outcome>,
    /// The picks may still change: they settle about ten minutes ahead.
    pub forecast: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    pub item: ItemId,
    pub title: String,
    pub reason: Reason,
    /// Which of its own limits keeps it out, where it is not the time.
    #[serde(default)]
    pub limit: Option<ItemLimit>,
}

impl Dropped {
    /// An item that has aired often enough.
    fn limited(facts: &ItemFacts, limit: ItemLimit) -> Dropped {
        Dropped { item: facts.item.clone(), title: facts.title.clone(), reason: Reason::OverQuota, limit: Some(limit) }
    }
}

impl Planned {
    /// Whether it will sound more than is known now: a recording of it is being measured.
    pub fn awaits(&self) -> bool {
        self.elements.iter().any(|element| element.awaited)
    }

    /// From its first sample to its last when everything airs.
    pub fn length(&self) -> SignedDuration {
        fit::length(&self.elements)
    }
}

/// Instants `from ≤ t < to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Wall,
    pub to: Wall,
}

/// When the rundown is seen, and by what orders: picks further ahead than [`SETTLED_AHEAD`] are a forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenFrom<'a> {
    /// The instant from which the rundown is seen: the clock for the daemon, the start of the span for a look at another day.
    pub now: Wall,
    /// Periods of mourning that were ordered.
    pub mourning: &'a [Mourning],
    /// What was settled before, in the order of its instants, and airs as it was settled.
    pub settled: &'a [OpenSlot],
}

impl SeenFrom<'static> {
    /// By the plan alone.
    pub fn at(now: Wall) -> SeenFrom<'static> {
        SeenFrom { now, mourning: &[], settled: &[] }
    }
}

/// How far ahead of their slot picks are settled.
pub const SETTLED_AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// The rundown of a span. `history` is what aired before it; afterwards it holds what this rundown expects to air as well, so build
/// from a copy where the log's own history is still needed.
pub fn build(plan: &Plan, library: &Library, history: &mut History, span: Span, seen: SeenFrom) -> Rundown {
    build_from(plan, &Stock::of(plan, library), history, span, seen)
}

/// The same for one who builds again and again: `stock` is that of the plan with its recordings.
pub fn build_from(plan: &Plan, stock: &Stock, history: &mut History, span: Span, seen: SeenFrom) -> Rundown {
    build_on(&mut Steering::of(plan, stock), plan, stock, history, span, seen)
}

/// The same for one who builds a long time part by part, with one history: what steers the picks is worked out once.
pub fn build_on(
    steering: &mut Steering<'_>,
    plan: &Plan,
    stock: &Stock,
    history: &mut History,
    span: Span,
    seen: SeenFrom,
) -> Rundown {
    let mut facts = SharedFacts::default();
    let mut slots = Vec::new();
    let hours: BTreeMap<&OutputId, HoursInForce> =
        plan.outputs.iter().map(|output| (&output.id, plan.hours_of(&output.id))).collect();
    let inputs = BuildInputs { plan, stock, seen, hours };
    let mut due = due::due(plan, seen.mourning, span);
    due.sort_by_key(|due| steer::settling_order(plan, due));
    let mut settled: Vec<&OpenSlot> = seen.settled.iter().collect();
    for due in &due {
        // Each in its turn: the history goes by the order of instants, and at one instant by that in which broadcasts are settled.
        let broadcast = &plan.broadcasts[due.broadcast].id;
        let comes_later = |slot: &Slot| {
            slot.planned_at >= due.planned_at && !(slot.planned_at == due.planned_at && slot.broadcast == *broadcast)
        };
        settled.retain(|settled| {
            let later = comes_later(&settled.slot);
            if !later {
                settled.expect(history);
            }
            later
        });
        settle_broadcast(&inputs, steering, &mut facts, history, due, &mut slots);
    }
    // Stable: outputs are already in the plan's order within a broadcast.
    let place: BTreeMap<&OutputId, usize> = plan.outputs.iter().zip(0..).map(|(output, place)| (&output.id, place)).collect();
    slots.sort_by_key(|planned| (planned.slot.planned_at, place.get(&planned.slot.output).copied(), planned.rank));
    Rundown {
        from: span.from,
        to: span.to,
        plan_hash: plan.hash.clone(),
        station: plan.station.code.as_str().into(),
        outputs: plan.outputs.iter().map(|output| output.id.clone()).collect(),
        slots,
        standing: Vec::new(),
    }
}

/// What every slot of one build is made from.
struct BuildInputs<'a> {
    plan: &'a Plan,
    stock: &'a Stock,
    seen: SeenFrom<'a>,
    hours: BTreeMap<&'a OutputId, HoursInForce<'a>>,
}

impl BuildInputs<'_> {
    fn slot(&self, due: &DueBroadcast, output: &OutputId) -> Slot {
        let broadcast = self.plan.broadcasts[due.broadcast].id.clone();
        Slot { planned_at: due.planned_at, broadcast, output: output.clone() }
    }

    /// What airs of its programme, settled once for all outputs on which it may air.
    fn choose(&self, steering: &mut Steering<'_>, history: &History, due: &DueBroadcast) -> Option<Chosen> {
        let owed = due.owed.iter().filter(|(_, out)| out.is_none());
        let outputs: Vec<(&OutputId, bool)> = owed.map(|(output, _)| (*output, history.knows(&self.slot(due, output)))).collect();
        if outputs.is_empty() {
            return None;
        }
        let zone = &self.plan.station.timezone;
        let today = Span { from: zone.start_of(due.day), to: due.day.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next)) };
        let past = BroadcastPast { history, planned_at: due.planned_at, today, outputs };
        let steer = steering.lead(due, history);
        Some(self.stock.settle(due.programme, due.day, &past, |item, chosen| steer.of(item, chosen)))
    }
}

/// The session of an instant, and when its hours close, on each output. Those without hours of their own share one answer.
struct Sessions<'a> {
    inputs: &'a BuildInputs<'a>,
    at: Wall,
    shared: Option<(Option<Session>, Wall)>,
}

impl Sessions<'_> {
    fn on(&mut self, output: &OutputId) -> (Option<Session>, Wall) {
        let zone = &self.inputs.plan.station.timezone;
        let find = |hours: &HoursInForce| (hours.session_at(self.at, zone), hours.open_until(self.at, zone).unwrap_or(self.at));
        let Some(hours) = self.inputs.hours.get(output) else { return (None, self.at) };
        if hours.output.is_some() && !defect!(IgnoresOutputHours) {
            return find(hours);
        }
        let common = HoursInForce { output: None, ..hours.clone() };
        *self.shared.get_or_insert_with(|| find(&common))
    }
}

/// The slots of one broadcast at one instant: picks are settled once for all its outputs, the fit is each output's own.
fn settle_broadcast(
    inputs: &BuildInputs,
    steering: &mut Steering<'_>,
    facts: &mut SharedFacts,
    history: &mut History,
    due: &DueBroadcast,
    slots: &mut Vec<Planned>,
) {
    let broadcast = &inputs.plan.broadcasts[due.broadcast];
    let mut sessions = Sessions { inputs, at: due.planned_at, shared: None };
    let mut wanted = ChosenElements {
        stock: inputs.stock,
        chosen: inputs.choose(steering, history, due),
        target_lufs: target_lufs(inputs.plan, due.planned_at),
        made: BTreeMap::new(),
    };
    let mut aired = Vec::new();
    for (output, out) in &due.owed {
        let output = *output;
        let (session, end_by) = sessions.on(output);
        let mut planned = Planned {
            slot: inputs.slot(due, output),
            facts: facts.of(inputs.plan, due, output),
            rank: u32::try_from(due.broadcast).unwrap_or(u32::MAX),
            late: broadcast.late,
            start_by: (due.planned_at + broadcast.late).min(end_by),
            end_by,
            session,
            elements: Arc::from([]),
            dropped: Vec::new(),
            left_out: out.map(Outcome::skipped),
            forecast: due.planned_at - inputs.seen.now > SETTLED_AHEAD,
        };
        if planned.left_out.is_none() {
            planned.elements = wanted.on(inputs.plan.output(output).map_or(Speaker::Flat, |output| output.speaker));
            // What is on its way already is counted as it was settled. It has to fit all the same: where another plan settled it, and it has
            // not begun, this takes its place.
            let known = history.knows(&planned.slot);
            if let Some(chosen) = &wanted.chosen {
                planned.dropped.clone_from(&chosen.dropped);
                planned.left_out = chosen.left_out;
            }
            let start = if planned.left_out.is_some() {
                None
            } else if known {
                fit_output(&mut planned, &History::default())
            } else {
                fit_output(&mut planned, history)
            };
            if planned.left_out.is_none() && !known {
                aired.push((slots.len(), start));
            }
        }
        slots.push(planned);
    }
    // Only now: the outputs share their picks and do not push each other's aside.
    let mut counted: Option<Arc<[Element]>> = None;
    for (index, start) in aired {
        let planned = &slots[index];
        // Outputs that air the same have the same airings.
        let is_another = |other: Arc<[Element]>| !Arc::ptr_eq(&other, &planned.elements);
        let anew = start.is_some() && counted.replace(Arc::clone(&planned.elements)).is_none_or(is_another);
        for (place, element) in planned.elements.iter().enumerate().filter(|(_, e)| e.unplayable.is_none()) {
            let Some(item) = &element.facts else { continue };
            // What would wait too long is not expected to sound. It may all the same, and then its items no oftener than they may.
            if let Some(start) = start {
                history.assume(&planned.slot.output, due.planned_at, start + element.offset, &item.item, element.length);
            }
            if anew {
                let amount = history.count_on(&planned.slot, place, item, element.length);
                steering.add(due.day, item.topic.as_ref(), &item.language, amount);
            }
            if inputs.stock.is_capped(&item.item) {
                history.count_airing(&planned.slot.output, due.planned_at, &item.item);
            }
        }
    }
}

/// The loudness of what is planned for `at`.
pub fn target_lufs(plan: &Plan, at: Wall) -> f32 {
    plan.hours.level_at(at, &plan.station.timezone).unwrap_or(TARGET_LUFS)
}

/// What one broadcast wants to air at one instant: made once for each kind of speaker, and shared by the outputs that have it.
struct ChosenElements<'a> {
    stock: &'a Stock,
    chosen: Option<Chosen>,
    target_lufs: f32,
    made: BTreeMap<Speaker, Arc<[Element]>>,
}

impl ChosenElements<'_> {
    fn on(&mut self, speaker: Speaker) -> Arc<[Element]> {
        let Some(chosen) = &self.chosen else { return Arc::from([]) };
        let make = || self.stock.elements(chosen, Aim { speaker, target_lufs: self.target_lufs }).into();
        Arc::clone(self.made.entry(speaker).or_insert_with(make))
    }
}

/// Makes one slot fit its hours and quota. When it is expected to start; `None` when it will not air.
fn fit_output(planned: &mut Planned, history: &History) -> Option<Wall> {
    if planned.session.is_none() {
        planned.left_out = Some(Outcome::skipped(Reason::OutsideHours));
        return None;
    }
    if let Some(reason) = fit::silent(&planned.elements) {
        planned.left_out = Some(Outcome::missed(reason));
        return None;
    }
    let busy = history.busy_until(&planned.slot.output).unwrap_or(Wall::MIN);
    // A priority slot takes over at the next item boundary. One that would have to wait for longer than it may is planned as though
    // it need not: what is before it may yet be called off, and only the conductor can know.
    let waits = planned.facts.priority == Priority::Ordinary && busy > planned.slot.planned_at;
    let in_time = !waits || busy <= planned.start_by;
    let start = if waits && in_time { busy } else { planned.slot.planned_at };
    let room = planned
        .session
        .and_then(|session| session.quota.map(|quota| quota.saturating_sub(history.spent(&planned.slot.output, &session))));
    match fit::fit(&planned.elements, Bounds { start, end_by: planned.end_by, room }) {
        Ok(Fitted { elements, dropped }) => {
            if let Some(elements) = elements {
                planned.elements = elements;
            }
            planned.dropped.extend(dropped);
            in_time.then_some(start)
        }
        Err(reason) => {
            planned.left_out = Some(Outcome::skipped(reason));
            None
        }
    }
}

/// The facts that slots carry, shared between the slots of one broadcast, output and campaign.
#[derive(Default)]
struct SharedFacts {
    known: BTreeMap<(usize, OutputId, Option<CampaignId>, ProgrammeId), Arc<SlotFacts>>,
}

impl SharedFacts {
    fn of(&mut self, plan: &Plan, due: &DueBroadcast, output: &OutputId) -> Arc<SlotFacts> {
        let broadcast = &plan.broadcasts[due.broadcast];
        let key = (due.broadcast, output.clone(), due.campaign.cloned(), due.programme.clone());
        let facts = self.known.entry(key).or_insert_with(|| {
            Arc::new(SlotFacts {
                station: plan.station.code.as_str().into(),
                zones: plan.output(output).map(|output| output.zones.clone()).unwrap_or_default(),
                campaign: due.campaign.cloned(),
                programme: Some(due.programme.clone()),
                priority: broadcast.priority,
                plan_hash: plan.hash.clone(),
            })
        });
        Arc::clone(facts)
    }
}
