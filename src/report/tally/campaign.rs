//! A campaign week by week, planned against aired ([`super::fulfilled`]), and against its targets.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::civil::Date;

use super::fold::{Counted, ElementAiring, Folded};
use super::fulfilled::{Sum, broadcasts, is_owed};
use super::names::Names;
use super::table::{Minutes, minutes_that_add_up, percent};
use super::{PeriodRole, SlotEnd, Tally, days_between};
use crate::calendar::lunar;
use crate::calendar::span::{Days, MonthDay};
use crate::plan::{Amount, Campaign, Per};
use crate::terms::*;

#[derive(Clone, Debug)]
pub struct Week {
    /// Counted from the campaign's own first day.
    pub number: usize,
    pub from: Date,
    pub until: Date,
    pub sum: Sum,
}

/// A target over the days of the report that belong to the campaign.
#[derive(Clone, Debug)]
pub struct TargetSum {
    pub topic: String,
    /// What the topic is called.
    pub name: String,
    pub target: Goal,
    /// In the target's own unit, as the target is.
    pub done: i64,
}

/// How much a target asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    Airings(i64),
    /// In milliseconds.
    Airtime(i64),
}

impl TargetSum {
    /// What is done of it, in tenths of a percent; `None` of a target of nothing.
    pub fn share(&self) -> Option<i64> {
        let (Goal::Airings(wanted) | Goal::Airtime(wanted)) = self.target;
        percent(self.done, wanted)
    }
}

#[derive(Clone, Debug)]
pub struct CampaignSum {
    pub id: String,
    pub name: String,
    pub from: Date,
    pub until: Date,
    pub weeks: Vec<Week>,
    pub sum: Sum,
    pub targets: Vec<TargetSum>,
}

impl CampaignSum {
    /// The airtime of each week, planned and aired, as it is printed.
    pub fn minutes(&self) -> Vec<(Minutes, Minutes)> {
        let of = |get: fn(&Sum) -> i64| minutes_that_add_up(&self.weeks.iter().map(|week| get(&week.sum)).collect::<Vec<_>>());
        of(|sum| sum.planned_ms).into_iter().zip(of(|sum| sum.fulfilled_ms)).collect()
    }
}

/// The first and last day of a campaign that begins in `year`, or of one with dates of its own.
pub fn days_of(campaign: &Campaign, year: i16) -> Option<(Date, Date)> {
    match campaign.days {
        Days::Dates(span) => span.from.zip(span.until),
        Days::Yearly { from, until } => {
            let next = if until < from { year.checked_add(1)? } else { year };
            Some((day_of(from, year)?, day_of(until, next)?))
        }
        Days::Lunar { from, until } => lunar::spans_of(from, until, year).next(),
    }
}

/// The day in that year; of 29 February, the 28th in years that have none.
pub fn day_of(of: MonthDay, year: i16) -> Option<Date> {
    Date::new(year, of.month, of.day).or_else(|_| Date::new(year, of.month, of.day - 1)).ok()
}

/// Every run of a campaign that touches the days, cut to them.
fn runs(campaign: &Campaign, from: Date, until: Date) -> Vec<(Date, Date, Date, Date)> {
    let years: Vec<i16> = match campaign.days {
        Days::Dates(_) => vec![from.year()],
        Days::Yearly { .. } | Days::Lunar { .. } => (from.year().saturating_sub(1)..=until.year()).collect(),
    };
    let spans = years.into_iter().flat_map(|year| match campaign.days {
        Days::Lunar { from, until } => lunar::spans_of(from, until, year).collect(),
        Days::Dates(_) | Days::Yearly { .. } => Vec::from_iter(days_of(campaign, year)),
    });
    spans.filter(|(first, last)| *first <= until && *last >= from).map(|(a, b)| (a, b, a.max(from), b.min(until))).collect()
}

pub(super) fn campaigns(counted: &Counted<'_>) -> Vec<CampaignSum> {
    let Counted { tally, folded, names, .. } = *counted;
    if names.campaigns.is_empty() {
        return Vec::new();
    }
    let broadcasts = broadcasts(tally, folded, names);
    let scope = &tally.scope;
    let mut found = Vec::new();
    for campaign in &names.campaigns {
        for (first, last, from, until) in runs(campaign, scope.from, scope.until.min(scope.as_of)) {
            let mut sum = CampaignSum {
                id: campaign.id.to_string(),
                name: campaign.name.clone(),
                from,
                until,
                weeks: weeks(first, from, until),
                sum: Sum::default(),
                targets: targets(campaign, (first, last), (from, until), counted),
            };
            for (day, broadcast) in &broadcasts {
                if let Some(week) = sum.weeks.iter_mut().find(|week| week.from <= *day && *day <= week.until) {
                    week.sum.add(broadcast);
                    sum.sum.add(broadcast);
                }
            }
            found.push(sum);
        }
    }
    found
}

/// Sevens of days from the campaign's own first day.
fn weeks(first: Date, from: Date, until: Date) -> Vec<Week> {
    let mut weeks = Vec::new();
    let (mut start, mut number) = (first, 1);
    while start <= until {
        let end = start.checked_add(jiff::Span::new().days(6)).unwrap_or(until);
        if end >= from {
            weeks.push(Week { number, from: start.max(from), until: end.min(until), sum: Sum::default() });
        }
        let Ok(next) = end.tomorrow() else { break };
        (start, number) = (next, number + 1);
    }
    weeks
}

fn targets(campaign: &Campaign, whole: (Date, Date), part: (Date, Date), counted: &Counted<'_>) -> Vec<TargetSum> {
    let (days, part_days) = (days_between(whole.0, whole.1).max(1), days_between(part.0, part.1));
    let within = |airing: &ElementAiring| part.0 <= airing.day && airing.day <= part.1;
    let sum = |(topic, target): &(TopicId, crate::plan::Target)| {
        let over_days = |amount: i64| match target.per {
            Per::Day => amount.saturating_mul(part_days),
            Per::Week => amount.saturating_mul(part_days) / 7,
            Per::Campaign => amount.saturating_mul(part_days) / days,
        };
        let airings = || {
            let all = counted.folded.announcements(&counted.tally.facts, PeriodRole::Reported);
            all.filter(|(airing, facts)| facts.topic == topic.as_str() && within(airing)).map(|(airing, _)| airing)
        };
        let (target, done) = match target.amount {
            Amount::Airings(count) => {
                (Goal::Airings(over_days(i64::from(count))), airings().map(|airing| i64::from(airing.whole)).sum())
            }
            Amount::Airtime(length) => {
                let wanted = over_days(i64::try_from(length.as_millis()).unwrap_or(i64::MAX));
                (Goal::Airtime(wanted), airings().map(|airing| airing.airtime_ms).sum())
            }
        };
        TargetSum { topic: topic.to_string(), name: counted.names.topic_name(topic.as_str(), counted.lang), target, done }
    };
    campaign.targets.iter().map(sum).collect()
}

/// Lost elements of planned broadcasts whose item was ordered afterwards and aired whole within a week: each order makes up one. The
/// count for each programme.
pub(super) fn made_up(tally: &Tally, folded: &Folded, names: &Names) -> BTreeMap<u32, usize> {
    const WITHIN_MS: i64 = 7 * 24 * 3_600_000 * 1_000_000;
    let mut ordered: Vec<Option<(i64, &str)>> = folded
        .announcements(&tally.facts, PeriodRole::Reported)
        .filter(|(airing, _)| airing.ordered && airing.whole)
        .map(|(airing, facts)| Some((airing.slot_at, facts.item.as_str())))
        .collect();
    ordered.sort();
    let mut found: BTreeMap<u32, usize> = BTreeMap::new();
    for (slot_at, programme, item) in lost(tally, folded, names) {
        let makes_up = |order: &&mut Option<(i64, &str)>| {
            order.is_some_and(|(at, other)| other == item && (1..=WITHIN_MS).contains(&(at - slot_at)))
        };
        if let Some(order) = ordered.iter_mut().find(makes_up) {
            *order = None;
            *found.entry(programme).or_default() += 1;
        }
    }
    found
}

/// Announcements that were owed and did not air whole: when, of which programme, which item. A slot that never began has no rows of
/// them (the power was off): there the plan says what its programme names; what it would have picked is not known.
fn lost<'t>(tally: &'t Tally, folded: &'t Folded, names: &'t Names) -> Vec<(i64, u32, &'t str)> {
    let mut lost = Vec::new();
    let unfinished = |end: &&SlotEnd| end.status != Some(Status::Aired);
    let broadcast = |end: &SlotEnd| tally.places.get(end.place as usize).map(|place| (place.broadcast, end.slot_at));
    let slots: HashSet<(u32, i64)> = folded.ends.iter().filter(unfinished).filter_map(broadcast).collect();
    let mut seen: BTreeSet<(u32, i64, &str)> = BTreeSet::new();
    for (airing, facts) in folded.announcements(&tally.facts, PeriodRole::Reported).filter(|(airing, _)| !airing.ordered) {
        if slots.contains(&(airing.broadcast, airing.slot_at)) {
            seen.insert((airing.broadcast, airing.slot_at, &facts.item));
        }
        if !airing.whole {
            lost.push((airing.slot_at, airing.programme, facts.item.as_str()));
        }
    }
    for end in folded.ends.iter().filter(unfinished) {
        let Some(place) = tally.places.get(end.place as usize).filter(|place| is_owed(end, place.ordered)) else { continue };
        for item in names.fixed(tally.plans.text(end.plan), tally.programmes.text(place.programme)) {
            if seen.insert((place.broadcast, end.slot_at, item)) {
                lost.push((end.slot_at, place.programme, item));
            }
        }
    }
    lost.sort();
    lost
}
