//! Which recordings are needed first: what airs next comes first.

use std::collections::BTreeSet;

use crate::plan::Plan;
use crate::rundown::Span;
use crate::rundown::due::due;
use crate::terms::*;

/// The items that the slots of a span may sound, each once, in the order of the slots; of one programme those that it names before those
/// that it may pick.
pub fn needed(plan: &Plan, span: Span) -> Vec<ItemId> {
    let mut due = due(plan, &[], span);
    due.sort_by_key(|due| due.planned_at);
    let mut seen = BTreeSet::new();
    let mut needed = Vec::new();
    for programme in due.iter().map(|due| due.programme) {
        if !seen.insert(programme) {
            continue;
        }
        let elements = plan.programmes.iter().filter(|other| other.id == *programme).flat_map(|programme| &programme.elements);
        let (picks, named): (Vec<_>, Vec<_>) =
            elements.partition(|element| matches!(element, crate::plan::ProgrammeElement::Pick { .. }));
        let items = named.into_iter().chain(picks).flat_map(|element| plan.items.iter().filter(|item| element.takes(item)));
        needed.extend(items.map(|item| item.id.clone()));
    }
    let mut known = BTreeSet::new();
    needed.retain(|item| known.insert(item.clone()));
    needed
}
