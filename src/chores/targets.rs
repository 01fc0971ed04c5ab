//! Which targets of a campaign are behind, while something can still be done about it.

use crate::asrun::store::{LogError, Query, Store};
use crate::chores::due::reports::WatchedRun;
use crate::lang::{Language, chores as words, report as report_words};
use crate::plan::Plan;
use crate::report::tally::campaign::{Goal, TargetSum};
use crate::report::tally::names::Names;
use crate::report::tally::phrases::{minutes, number};
use crate::report::tally::{Scope, Tally};
use crate::terms::*;

/// As good as reached: a recording that is a little short, or one power cut, is no reason to worry anybody.
const ENOUGH_PERCENT: i64 = 95;

/// What is said about a campaign that runs behind its targets; `None` when it does not.
pub fn behind(data: &std::path::Path, plan: &Plan, watch: &WatchedRun<'_>) -> Result<Option<String>, LogError> {
    let (lang, zone) = (plan.station.language, &plan.station.timezone);
    let names = Names::of(std::slice::from_ref(plan), lang);
    let (origin, from, until) = (Origin::Live, watch.from, watch.until);
    let scope = Scope { zone: zone.clone(), origin, from, until, as_of: until, compared: None };
    let mut tally = Tally::new(scope, &names);
    let end = until.tomorrow().unwrap_or(until);
    let kinds = vec![Kind::Air, Kind::End];
    let query = Query { from: Some(zone.start_of(from)), to: Some(zone.start_of(end)), kinds, counted: true, ..Query::default() };
    Store::read_only(data)?.each(&query, |stored| -> Result<bool, LogError> {
        tally.note(0, stored.text);
        Ok(true)
    })?;
    let sums = tally.finish(&names, None, lang);
    let targets = sums.campaigns.iter().filter(|sum| sum.id == watch.campaign.id.as_str()).flat_map(|sum| &sum.targets);
    let late: Vec<String> = targets.filter(|target| is_behind(target)).map(|target| line(lang, target)).collect();
    let (day, due) = (report_words::date(lang, until), report_words::date(lang, watch.due));
    Ok((!late.is_empty()).then(|| words::targets_behind(lang, &watch.campaign.name, &due, &day, &late.join("; "))))
}

fn is_behind(target: &TargetSum) -> bool {
    let (Goal::Airings(wanted) | Goal::Airtime(wanted)) = target.target;
    target.done * 100 < wanted * ENOUGH_PERCENT
}

/// `Pháp luật 12,3/16,1 phút`
fn line(lang: Language, target: &TargetSum) -> String {
    let count = |count: i64| number(lang, usize::try_from(count).unwrap_or(0));
    match target.target {
        Goal::Airings(wanted) => words::airings_of(lang, &target.name, &count(target.done), &count(wanted)),
        Goal::Airtime(ms) => words::minutes_of(lang, &target.name, &minutes(lang, target.done), &minutes(lang, ms)),
    }
}
