//! Which reports are to be written now, and which targets to be watched. Pure: the plan, the time and what is remembered go in.
//!
//! - A *final* is due from the end of the last session of its period on (and a little more); a *draft* from so many days before the due
//!   day until then.
//! - Each is written once. What is remembered lives in the data folder, so neither a restart nor a file that was moved away makes a second.
//! - What fell due while the station was off is made up for, the oldest first, at most [`MOST`] periods of one report.
//! - Nothing is owed of a time before the log, and nothing whose due day had passed when the plan first named the report.
//! - A report that stands there although its period is not over was written on a clock that was wrong. It is struck, and written
//!   again in its time under another name.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Span};
use serde::{Deserialize, Serialize};

use crate::calendar::hours::HoursInForce;
use crate::calendar::timezone::Timezone;
use crate::plan::{Campaign, Deadline, Duty, MonthEnd, Plan, Recurs};
use crate::report::period::{Period, Series};
use crate::report::tally::campaign::days_of;
use crate::terms::{closed, *};

/// So many periods of one report are made up for.
pub const MOST: i32 = 12;
/// After the last session: what ended late has its rows by then.
const ROWS_WITHIN: SignedDuration = SignedDuration::from_mins(5);

closed! {
    /// Whether a period is over.
    Stage { Draft = "draft", Final = "final" }
}

/// One report of one period: all that whoever makes it has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueReport {
    pub id: ReportId,
    pub period: Period,
    pub stage: Stage,
}

impl DueReport {
    pub fn key(&self) -> ReportKey {
        ReportKey { id: self.id.clone(), period: self.period.key(), stage: self.stage }
    }
}

/// What the data folder remembers a report by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportKey {
    pub id: ReportId,
    /// As [`Period::key`] tells it.
    pub period: String,
    pub stage: Stage,
}

/// What the data folder remembers of reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// When the plan first named a report.
    pub since: BTreeMap<ReportId, Wall>,
    /// Whether it is written, and how often it was struck.
    pub written: BTreeMap<ReportKey, (bool, usize)>,
}

/// The time, and the station whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    pub now: Wall,
    /// The log's first row.
    pub began: Wall,
    pub zone: &'a Timezone,
    pub hours: &'a [HoursInForce<'a>],
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `again` counts how often it was struck before.
    Write {
        report: DueReport,
        again: usize,
    },
    Strike(ReportKey),
}

impl Step {
    /// Which report it is about.
    pub fn key(&self) -> ReportKey {
        match self {
            Step::Write { report, .. } => report.key(),
            Step::Strike(key) => key.clone(),
        }
    }
}

/// What is to be done now, in this order.
pub fn steps(plan: &Plan, memory: &Memory, moment: Moment<'_>) -> Vec<Step> {
    let mut steps: Vec<(Date, Step)> = Vec::new();
    for duty in &plan.reports {
        let Some(series) = series(duty, plan) else { continue };
        let newest = series.number_of(day_of(moment.now, moment.zone));
        let periods = (0..=MOST).filter_map(|back| series.at(newest - back));
        steps.extend(periods.filter_map(|period| Some((period.until, step(duty, &period, memory, moment)?))));
    }
    // Those of one day stay in the order of the plan.
    steps.sort_by_key(|(until, _)| *until);
    steps.into_iter().map(|(_, step)| step).collect()
}

pub fn series<'p>(duty: &Duty, plan: &'p Plan) -> Option<Series<'p>> {
    let cut = plan.letterhead.as_ref().map_or(MonthEnd::Calendar, |letterhead| letterhead.cut);
    Series::of(&duty.period, &plan.campaigns, cut)
}

fn step(duty: &Duty, period: &Period, memory: &Memory, moment: Moment<'_>) -> Option<Step> {
    let Moment { now, began, zone, .. } = moment;
    let closed = closed_at(period.until, moment);
    let due = due_on(duty.due, period.until);
    let report = |stage| DueReport { id: duty.id.clone(), period: period.clone(), stage };
    let known = |stage| memory.written.get(&report(stage).key()).copied().unwrap_or_default();
    let (written, struck) = known(Stage::Final);
    if written {
        return (now < closed).then(|| Step::Strike(report(Stage::Final).key()));
    }
    let since = memory.since.get(&duty.id).map_or(now, |since| *since);
    if due < day_of(since, zone) || period.until < day_of(began, zone) {
        return None;
    }
    if now >= closed + ROWS_WITHIN {
        return Some(Step::Write { report: report(Stage::Final), again: struck });
    }
    if now >= closed {
        return None;
    }
    let drafted_from = zone.start_of(due.checked_sub(Span::new().days(duty.draft?)).ok()?).max(zone.start_of(period.from));
    let (written, struck) = known(Stage::Draft);
    match (written, now >= drafted_from) {
        (true, false) => Some(Step::Strike(report(Stage::Draft).key())),
        (false, true) => Some(Step::Write { report: report(Stage::Draft), again: struck }),
        (true, true) | (false, false) => None,
    }
}

/// The end of the last session of a day, or of one that began the day before and reaches into it; of a day without any, its beginning.
fn closed_at(day: Date, moment: Moment<'_>) -> Wall {
    let Moment { zone, hours, .. } = moment;
    let days = [day.yesterday().ok(), Some(day)].into_iter().flatten();
    let sessions = days.flat_map(|day| hours.iter().flat_map(move |hours| hours.sessions_on(day, zone)));
    sessions.map(|session| session.closes).fold(zone.start_of(day), Wall::max)
}

pub fn due_on(due: Deadline, until: Date) -> Date {
    match due {
        Deadline::After(days) => until.checked_add(Span::new().days(i64::from(days))).unwrap_or(until),
        Deadline::On(day) => {
            let in_year = |year: i16| crate::report::tally::campaign::day_of(day, year);
            let years = [until.year(), until.year().saturating_add(1)].into_iter().filter_map(in_year);
            years.into_iter().find(|day| *day >= until).unwrap_or(until)
        }
    }
}

fn day_of(at: Wall, zone: &Timezone) -> Date {
    zone.civil(at).date()
}

/// A run of a campaign whose targets a report will be asked for.
#[derive(Clone, Debug)]
pub struct WatchedRun<'p> {
    pub campaign: &'p Campaign,
    pub from: Date,
    /// The last whole day so far.
    pub until: Date,
    /// The earliest of the reports.
    pub due: Date,
}

/// The campaigns that run today, have targets, and fall into a report that is due soon.
pub fn watched<'p>(plan: &'p Plan, now: DateTime) -> Vec<WatchedRun<'p>> {
    let today = now.date();
    let Ok(yesterday) = today.yesterday() else { return Vec::new() };
    let mut found: Vec<WatchedRun<'p>> = Vec::new();
    for campaign in plan.campaigns.iter().filter(|campaign| !campaign.targets.is_empty()) {
        let years = [today.year().saturating_sub(1), today.year()];
        let runs = years.into_iter().filter_map(|year| days_of(campaign, year));
        let Some((from, _)) = runs.into_iter().find(|(from, until)| *from <= yesterday && today <= *until) else { continue };
        let due = plan.reports.iter().filter_map(|duty| soon(duty, campaign, plan, today)).min();
        found.extend(due.map(|due| WatchedRun { campaign, from, until: yesterday, due }));
    }
    found
}

/// When a report is due that the campaign's run today belongs to, if that is soon.
fn soon(duty: &Duty, campaign: &Campaign, plan: &Plan, today: Date) -> Option<Date> {
    let of_another = matches!(&duty.period, Recurs::Campaign(id) if *id != campaign.id);
    let series = series(duty, plan).filter(|_| !of_another)?;
    let newest = series.number_of(today);
    let period = (0..=1).filter_map(|back| series.at(newest - back)).find(|p| p.from <= today && today <= p.until)?;
    let due = due_on(duty.due, period.until);
    let said_from = due.checked_sub(Span::new().days(i64::from(duty.warn))).ok()?;
    (said_from <= today && duty.warn > 0).then_some(due)
}

#[cfg(test)]
mod tests;
