//! Which slots the plan owes: every broadcast at each of its instants, and which of them end at once as replaced or duplicate.
//!
//! What a day replaces is judged by the whole civil day, never by the span that is asked for: a rundown cut in two says the same.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::plan::{Broadcast, Except, Plan};
use crate::rundown::Span;
use crate::terms::*;

/// One broadcast at one instant, on all its outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct DueBroadcast {
    pub planned_at: Wall,
    /// The civil date of `planned_at`, to which the slot belongs.
    pub day: Date,
    /// Index into the plan's broadcasts.
    pub broadcast: usize,
    /// The first of its campaigns that holds on that day.
    pub campaign: Option<CampaignId>,
    /// Index into the broadcast's outputs, and why the slot is skipped whatever the recordings say.
    pub owed: Vec<(usize, Option<Reason>)>,
}

/// All that is due in the span, in no order but that of the days.
pub fn due(plan: &Plan, span: Span) -> Vec<DueBroadcast> {
    let zone = &plan.station.timezone;
    let mut found = Vec::new();
    if span.from >= span.to {
        return found;
    }
    // A day more at both ends: where a clock goes back over midnight, instants and dates are not in the same order.
    let first = zone.civil(span.from).date();
    let last = zone.civil(span.to).date();
    let last = last.tomorrow().unwrap_or(last);
    let mut day = first.yesterday().unwrap_or(first);
    loop {
        let mut today = on(plan, day);
        today.retain(|due| span.from <= due.planned_at && due.planned_at < span.to);
        found.append(&mut today);
        match day.tomorrow() {
            Ok(next) if day < last => day = next,
            _ => return found,
        }
    }
}

/// All that is due on one civil day.
pub fn on(plan: &Plan, day: Date) -> Vec<DueBroadcast> {
    let mut found = Vec::new();
    for (index, broadcast) in plan.broadcasts.iter().enumerate() {
        let Some(campaign) = holds(plan, broadcast, day) else { continue };
        for planned_at in broadcast.recur.on(day, &plan.station.timezone) {
            let owed = (0..broadcast.outputs.len()).map(|output| (output, None)).collect();
            found.push(DueBroadcast { planned_at, day, broadcast: index, campaign: campaign.cloned(), owed });
        }
    }
    replace(plan, &mut found);
    drop_duplicates(plan, &mut found);
    found
}

/// Whether the broadcast has slots on this day at all, and under which campaign.
fn holds<'a>(plan: &Plan, broadcast: &'a Broadcast, day: Date) -> Option<Option<&'a CampaignId>> {
    let in_campaign = |id: &CampaignId| plan.campaign(id).is_some_and(|campaign| campaign.days.contain(day));
    let excepted = broadcast.except.iter().any(|except| match except {
        Except::Day(date) => *date == day,
        Except::Campaign(id) => in_campaign(id),
    });
    if excepted {
        return None;
    }
    if broadcast.during.is_empty() {
        return Some(None);
    }
    broadcast.during.iter().find(|id| in_campaign(id)).map(Some)
}

fn replace(plan: &Plan, today: &mut [DueBroadcast]) {
    let replaced: BTreeSet<&BroadcastId> = today.iter().flat_map(|due| &plan.broadcasts[due.broadcast].replaces).collect();
    if replaced.is_empty() {
        return;
    }
    for due in today.iter_mut().filter(|due| replaced.contains(&plan.broadcasts[due.broadcast].id)) {
        due.owed.iter_mut().for_each(|(_, out)| *out = Some(Reason::Replaced));
    }
}

/// The same programme at the same instant on the same output: only the highest-ranked airs.
fn drop_duplicates(plan: &Plan, today: &mut [DueBroadcast]) {
    let mut at_once: BTreeMap<Wall, Vec<usize>> = BTreeMap::new();
    for (index, due) in today.iter().enumerate() {
        at_once.entry(due.planned_at).or_default().push(index);
    }
    for mut together in at_once.into_values().filter(|together| together.len() > 1) {
        together.sort_by_key(|index| {
            let broadcast = today[*index].broadcast;
            (std::cmp::Reverse(plan.broadcasts[broadcast].priority), broadcast)
        });
        let mut taken: BTreeSet<(&ProgrammeId, &OutputId)> = BTreeSet::new();
        for index in together {
            let broadcast = &plan.broadcasts[today[index].broadcast];
            for (output, out) in today[index].owed.iter_mut().filter(|(_, out)| out.is_none()) {
                if !taken.insert((&broadcast.programme, &broadcast.outputs[*output])) {
                    *out = Some(Reason::Duplicate);
                }
            }
        }
    }
}
