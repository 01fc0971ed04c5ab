//! Which slots the plan owes: every broadcast at each of its instants, as the changes of that date leave it, and which of them end at once
//! as skipped, replaced or duplicate.
//!
//! What a day replaces is judged by the whole civil day, never by the span that is asked for: a rundown cut in two says the same.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::defect::defect;
use crate::plan::{Broadcast, Change, ChangedTo, Except, Holiday, HolidayEffect, Plan};
use crate::rundown::Span;
use crate::terms::*;

/// One broadcast at one instant, on all its outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct DueBroadcast<'p> {
    pub planned_at: Wall,
    /// The civil date of `planned_at`, to which the slot belongs.
    pub day: Date,
    /// Index into the plan's broadcasts.
    pub broadcast: usize,
    pub programme: &'p ProgrammeId,
    /// The first of its campaigns that holds on that day.
    pub campaign: Option<&'p CampaignId>,
    /// In the plan's order of outputs, and why the slot is skipped whatever the recordings say.
    pub owed: Vec<(&'p OutputId, Option<Reason>)>,
    pub one_date: Option<OneDate<'p>>,
}

/// Why a slot is on its date what it is on no other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OneDate<'p> {
    /// Its broadcast has this date alone.
    Extra,
    Changed {
        change: &'p Change,
        /// The instant that the series has for it.
        from: Wall,
    },
}

/// All that is due in the span, in no order but that of the days, under the periods of mourning that were ordered.
pub fn due<'p>(plan: &'p Plan, mourning: &[Mourning], span: Span) -> Vec<DueBroadcast<'p>> {
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
        let mut today = on(plan, mourning, day);
        today.retain(|due| span.from <= due.planned_at && due.planned_at < span.to);
        found.append(&mut today);
        match day.tomorrow() {
            Ok(next) if day < last => day = next,
            _ => return found,
        }
    }
}

/// All that is due on one civil day.
pub fn on<'p>(plan: &'p Plan, mourning: &[Mourning], day: Date) -> Vec<DueBroadcast<'p>> {
    let changes: Vec<&Change> = plan.changes.iter().filter(|change| change.date == day).collect();
    let mut found = Vec::new();
    for (index, broadcast) in plan.broadcasts.iter().enumerate() {
        let Ok(campaign) = holds(plan, broadcast, day) else { continue };
        let mut own = Vec::new();
        for planned_at in broadcast.recur.on(day, &plan.station.timezone) {
            let mut due = DueBroadcast {
                planned_at,
                day,
                broadcast: index,
                programme: &broadcast.programme,
                campaign,
                owed: broadcast.outputs.iter().map(|output| (output, None)).collect(),
                one_date: broadcast.only_on.map(|_| OneDate::Extra),
            };
            let meant = |change: &&&Change| {
                let time = change.time.map(|time| plan.station.timezone.instant(day.to_datetime(time)));
                change.broadcast == broadcast.id && time.is_none_or(|time| time == planned_at)
            };
            if let Some(change) = changes.iter().find(meant) {
                due.change(plan, change);
            }
            own.push(due);
        }
        // An airing that was moved to the time of another of its broadcast is one with it.
        own.sort_by_key(|due| (due.planned_at, due.one_date.is_none()));
        own.dedup_by_key(|due| due.planned_at);
        found.append(&mut own);
    }
    keep_holidays(plan, day, &mut found);
    mourn(mourning, &mut found);
    replace(plan, day, &mut found);
    drop_duplicates(plan, &mut found);
    found
}

impl<'p> DueBroadcast<'p> {
    /// What a change of that date makes of it. An output that it loses has its slot all the same, so that the log says why it was silent.
    fn change(&mut self, plan: &'p Plan, change: &'p Change) {
        let from = self.planned_at;
        self.one_date = Some(OneDate::Changed { change, from });
        let skipped = Some(Reason::Operator);
        match &change.to {
            ChangedTo::Skipped => self.owed.iter_mut().for_each(|(_, out)| *out = skipped),
            ChangedTo::Other { at, programme, outputs } => {
                if let Some(at) = at {
                    self.planned_at = plan.station.timezone.instant(change.date.to_datetime(*at));
                    self.day = plan.station.timezone.civil(self.planned_at).date();
                }
                self.programme = programme.as_ref().unwrap_or(self.programme);
                if let Some(outputs) = outputs {
                    let series: Vec<&OutputId> = self.owed.iter().map(|(output, _)| *output).collect();
                    let all = plan.outputs.iter().map(|output| &output.id);
                    let either = all.filter(|output| series.contains(output) || outputs.contains(output));
                    self.owed = either.map(|output| (output, skipped.filter(|_| !outputs.contains(output)))).collect();
                }
            }
        }
    }
}

/// Why a broadcast has no slots on a day, whatever its days and times say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotHeld<'a> {
    Excepted(&'a Except),
    OutsideCampaigns,
}

/// Whether the broadcast has slots on this day at all, and under which campaign.
pub fn holds<'a>(plan: &Plan, broadcast: &'a Broadcast, day: Date) -> Result<Option<&'a CampaignId>, NotHeld<'a>> {
    let in_campaign = |id: &CampaignId| plan.campaign(id).is_some_and(|campaign| campaign.days.contain(day));
    let excepted = broadcast.except.iter().find(|except| match except {
        Except::Day(date) => *date == day,
        Except::Days(days) => days.contain(day),
        Except::Campaign(id) => in_campaign(id),
        Except::Holiday(id) => plan.holiday(id).is_some_and(|holiday| holiday.contains(day)),
    });
    if let Some(except) = excepted {
        return Err(NotHeld::Excepted(except));
    }
    if broadcast.during.is_empty() {
        return Ok(None);
    }
    broadcast.during.iter().find(|id| in_campaign(id)).map(Some).ok_or(NotHeld::OutsideCampaigns)
}

/// Takes off the day what its holidays do not let air: where several meet, each has its say.
fn keep_holidays(plan: &Plan, day: Date, today: &mut [DueBroadcast]) {
    let silent = |holiday: &Holiday, programme: &ProgrammeId| match &holiday.effect {
        Some(HolidayEffect::Silence) => !defect!(AirsOnHolidays),
        Some(HolidayEffect::Only(programmes)) => !programmes.contains(programme),
        Some(HolidayEffect::Replace(_)) | None => false,
    };
    for holiday in plan.holidays_on(day) {
        for due in today.iter_mut().filter(|due| silent(holiday, due.programme)) {
            due.owed.iter_mut().filter(|(_, out)| out.is_none()).for_each(|(_, out)| *out = Some(Reason::Holiday));
        }
    }
}

/// Takes off the day what a person has ordered to be silent.
fn mourn(mourning: &[Mourning], today: &mut [DueBroadcast]) {
    for due in today {
        if mourning.iter().any(|mourning| mourning.silences(due.planned_at, due.programme)) {
            due.owed.iter_mut().filter(|(_, out)| out.is_none()).for_each(|(_, out)| *out = Some(Reason::Mourning));
        }
    }
}

/// What airs takes the place of what it replaces; on a holiday with broadcasts of its own, these take the place of all others.
fn replace(plan: &Plan, day: Date, today: &mut [DueBroadcast]) {
    // What a change skips on its date still stands for what it replaces; what the day itself silences stands for nothing.
    let silenced = |out: &Option<Reason>| matches!(out, Some(Reason::Holiday | Reason::Mourning));
    let airs = |due: &&DueBroadcast| due.owed.iter().any(|(_, out)| !silenced(out));
    let airing = || today.iter().filter(airs).map(|due| &plan.broadcasts[due.broadcast]);
    let mut replaced: BTreeSet<&BroadcastId> = airing().flat_map(|broadcast| &broadcast.replaces).collect();
    let of_holiday = |holiday: &'_ Holiday| match &holiday.effect {
        Some(HolidayEffect::Replace(broadcasts)) => broadcasts.clone(),
        Some(HolidayEffect::Silence | HolidayEffect::Only(_)) | None => Vec::new(),
    };
    let own: BTreeSet<BroadcastId> = plan.holidays_on(day).flat_map(of_holiday).collect();
    if airing().any(|broadcast| own.contains(&broadcast.id)) {
        replaced.extend(airing().map(|broadcast| &broadcast.id).filter(|id| !own.contains(*id)));
    }
    for due in today.iter_mut().filter(|due| replaced.contains(&plan.broadcasts[due.broadcast].id)) {
        due.owed.iter_mut().filter(|(_, out)| out.is_none()).for_each(|(_, out)| *out = Some(Reason::Replaced));
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
            let programme = today[index].programme;
            for (output, out) in today[index].owed.iter_mut().filter(|(_, out)| out.is_none()) {
                if !taken.insert((programme, *output)) {
                    *out = Some(Reason::Duplicate);
                }
            }
        }
    }
}
