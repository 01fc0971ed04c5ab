//! What the plan in force still allows of a slot that was settled before, maybe by another plan.
//!
//! What is settled travels with its slot and needs no plan to sound. But a plan that has changed since may have closed the hours,
//! withdrawn an announcement or given the broadcast up: the conductor holds all that is on its way to this.

use crate::asrun::element::{Element, SlotFacts};
use crate::plan::Plan;
use crate::rundown::Span;
use crate::rundown::due::due;
use crate::rundown::stock::Stock;
use crate::terms::*;

/// What the plan in force allows of one slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Allowed {
    pub slot: Slot,
    /// The plan by which it was settled.
    pub settled_by: PlanHash,
    /// When its hours close; its own instant where that lies outside all hours now. `None` for an emergency, which no hours bind.
    pub end_by: Option<Wall>,
    /// By element, why it may not begin: a person has taken its item out of the plan, or made it invalid.
    pub withdrawn: Vec<Option<Reason>>,
    /// The same for a slot from before the station's start, which begins anew: the plan has to owe it still, with these items, with these
    /// recordings.
    pub withdrawn_anew: Vec<Option<Reason>>,
}

/// Holds a slot, as it was settled, to the plan in force.
pub fn allowed(plan: &Plan, stock: &Stock, slot: &Slot, facts: &SlotFacts, elements: &[Element]) -> Allowed {
    let zone = &plan.station.timezone;
    let day = zone.civil(slot.planned_at).date();
    let closes = || plan.hours_of(&slot.output).open_until(slot.planned_at, zone).unwrap_or(slot.planned_at);
    let owed = owed(plan, slot, facts);
    let withdrawn = |element: &Element| element.facts.as_ref().and_then(|facts| stock.withdrawn(&facts.item, day));
    let anew = |element: &Element| match (&owed, &element.facts) {
        (Owed::No, _) => Some(Reason::NoPlan),
        (Owed::Order | Owed::Broadcast(_), None) => None,
        (Owed::Order, Some(facts)) => withdrawn(element).or_else(|| stock.replaced(facts)),
        (Owed::Broadcast(programme), Some(facts)) => {
            withdrawn(element).or_else(|| stock.replaced(facts)).or_else(|| stock.dropped(programme, &facts.item))
        }
    };
    Allowed {
        slot: slot.clone(),
        settled_by: facts.plan_hash.clone(),
        end_by: (facts.priority != Priority::Emergency).then(closes),
        withdrawn: elements.iter().map(withdrawn).collect(),
        withdrawn_anew: elements.iter().map(anew).collect(),
    }
}

/// Whether the plan still has a slot.
enum Owed {
    No,
    /// A person ordered it, on an output that is still there.
    Order,
    Broadcast(ProgrammeId),
}

fn owed(plan: &Plan, slot: &Slot, facts: &SlotFacts) -> Owed {
    if facts.programme.is_none() {
        return if plan.output(&slot.output).is_some() { Owed::Order } else { Owed::No };
    }
    let instant = Span { from: slot.planned_at, to: Wall(slot.planned_at.0.saturating_add(1)) };
    let found = due(plan, &[], instant).into_iter().find_map(|due| {
        let broadcast = &plan.broadcasts[due.broadcast];
        let here = |(output, out): &(&OutputId, Option<Reason>)| **output == slot.output && out.is_none();
        (broadcast.id == slot.broadcast && due.owed.iter().any(here)).then(|| due.programme.clone())
    });
    found.map_or(Owed::No, Owed::Broadcast)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::plan::Except;
    use crate::rundown::sample::{SampleStation, fixed, pick};

    fn sample() -> SampleStation {
        SampleStation::default()
            .jingle("hieu", 10)
            .item("a", "t", 60)
            .item("b", "t", 60)
            .programme("p", vec![fixed("hieu"), fixed("a"), pick(1, "t")])
            .broadcast("morning", "p", &["05:30"])
    }

    /// What another plan allows of the morning of `sample()`: when its hours close, its elements while it runs, and after a start.
    fn after(change: impl FnOnce(SampleStation) -> SampleStation) -> (String, Vec<Option<Reason>>, Vec<Option<Reason>>) {
        let settled = sample().rundown("2026-11-20", "2026-11-21").slots.remove(0);
        let now = change(sample());
        let stock = Stock::of(&now.plan, &now.library);
        let allowed = allowed(&now.plan, &stock, &settled.slot, &settled.facts, &settled.elements);
        let end_by = now.plan.station.timezone.civil(allowed.end_by.unwrap()).strftime("%H:%M").to_string();
        (end_by, allowed.withdrawn, allowed.withdrawn_anew)
    }

    const ALL: [Option<Reason>; 3] = [None; 3];
    const GONE: [Option<Reason>; 3] = [Some(Reason::NoPlan); 3];

    fn without(mut sample: SampleStation, item: &str) -> SampleStation {
        sample.plan.items.retain(|i| i.id.as_str() != item);
        for programme in &mut sample.plan.programmes {
            programme.elements.retain(|element| *element != fixed(item));
        }
        sample
    }

    #[test]
    fn its_own_plan_allows_all_of_it() {
        assert_eq!(after(|sample| sample), ("06:30".to_owned(), ALL.to_vec(), ALL.to_vec()));
    }

    #[test]
    fn hours_are_those_of_the_plan_in_force() {
        assert_eq!(after(|sample| sample.hours(&["05:00-05:40"])).0, "05:40");
        assert_eq!(after(|sample| sample.hours(&["17:00-18:00"])).0, "05:30", "its instant lies outside all hours");
        let warning = |sample: &SampleStation| sample.rundown("2026-11-20", "2026-11-21").slots.remove(0);
        let mut urgent = warning(&sample());
        std::sync::Arc::make_mut(&mut urgent.facts).priority = Priority::Emergency;
        let sample = sample().hours(&[]);
        let stock = Stock::of(&sample.plan, &sample.library);
        assert_eq!(allowed(&sample.plan, &stock, &urgent.slot, &urgent.facts, &urgent.elements).end_by, None);
    }

    #[test]
    fn an_item_that_is_withdrawn_or_made_invalid_may_not_begin() {
        let a = vec![None, Some(Reason::NotValid), None];
        let (_, live, anew) = after(|sample| without(sample, "a"));
        assert_eq!((&live, &anew), (&a, &a));
        let (_, live, anew) = after(|mut sample| {
            sample.plan.items[1].valid.until = Some(date(2026, 11, 19));
            sample
        });
        assert_eq!((&live, &anew), (&a, &a));
    }

    #[test]
    fn what_begins_anew_must_still_be_in_its_programme_and_the_same_recording() {
        let (_, live, anew) = after(|mut sample| {
            sample.plan.programmes[0].elements = vec![fixed("a"), pick(1, "t")];
            sample
        });
        assert_eq!((live, anew), (ALL.to_vec(), vec![Some(Reason::NotValid), None, None]));
        let (_, live, anew) = after(|mut sample| {
            if let Some(Ok(recording)) = sample.library.items.get_mut(&ItemId::from("a")) {
                recording.hash = "another".into();
            }
            sample
        });
        assert_eq!((live, anew), (ALL.to_vec(), vec![None, Some(Reason::NotValid), None]));
        let (_, _, anew) = after(|sample| sample.unfit("a", crate::library::Unfit::Missing));
        assert_eq!(anew, ALL, "a file that is gone withdraws nothing: the station has a copy");
    }

    #[test]
    fn what_the_plan_owes_no_more_does_not_begin_anew_but_goes_on_where_the_station_ran() {
        let gone = |change: fn(SampleStation) -> SampleStation| {
            let (_, live, anew) = after(change);
            assert_eq!((live, anew), (ALL.to_vec(), GONE.to_vec()));
        };
        gone(|sample| sample.with(|broadcast| broadcast.id = "renamed".into()));
        gone(|sample| sample.with(|broadcast| broadcast.except = vec![Except::Day(date(2026, 11, 20))]));
        gone(|sample| sample.with(|broadcast| broadcast.outputs = vec!["other".into()]));
        gone(|sample| {
            let mut sample = sample;
            sample.plan.broadcasts.clear();
            sample.broadcast("morning", "p", &["05:31"])
        });
    }
}
