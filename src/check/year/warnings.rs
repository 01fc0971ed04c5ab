//! The same as warnings, each at its place in the plan.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{BroadcastTrouble, MOST_SLOTS, TroubleFound, YearReview, look};
use crate::asrun::history::History;
use crate::lang::year::{self as words, CalledBroadcast, WarningFacts};
use crate::lang::{idle, targets};
use crate::library::Library;
use crate::plan::diagnostic::Diagnostic;
use crate::plan::fault::Code;
use crate::plan::{Amount, Item, Plan};
use crate::rundown::forecast;
use crate::terms::*;

/// The warnings of the 365 days from `from`, in the plan's order of broadcasts.
pub fn year(plan: &Plan, library: &Library, from: Date) -> Vec<Diagnostic> {
    let lang = plan.station.language;
    let warning = |found: TroubleFound| {
        let broadcast = &plan.broadcasts[found.broadcast];
        let id = broadcast.id.as_str();
        let first = plan.station.timezone.civil(found.first);
        let behind = found.behind.as_ref().map(|id| called(plan, id));
        let facts = WarningFacts { broadcast: called(plan, &broadcast.id), first, times: found.times, behind };
        let (message, help) = match found.trouble {
            BroadcastTrouble::Waits => words::waits(lang, &facts),
            BroadcastTrouble::Busy => words::busy(lang, &facts),
            BroadcastTrouble::OutsideHours => words::outside_hours(lang, &facts),
            BroadcastTrouble::OverQuota => words::over_quota(lang, &facts),
            BroadcastTrouble::PickDropped => words::pick_dropped(lang, &facts),
            BroadcastTrouble::PoolEmpty => words::pool_empty(lang, &facts),
            BroadcastTrouble::Duplicate => words::duplicate(lang, &facts),
            BroadcastTrouble::NeverDue => words::never_due(lang, &facts),
            BroadcastTrouble::NeverAirs => words::never_airs(lang, &facts, found.reason),
        };
        let place = ["at", "cron"].iter().find_map(|key| {
            let place = plan.places.of("broadcast", id, key)?;
            (Some(place) != plan.places.of("broadcast", id, "")).then_some(place)
        });
        let whole =
            matches!(found.trouble, BroadcastTrouble::PoolEmpty | BroadcastTrouble::NeverDue | BroadcastTrouble::NeverAirs);
        let place = place.filter(|_| !whole).or_else(|| plan.places.of("broadcast", id, ""));
        Diagnostic::new(found.trouble.code(), place, message, Some(help.to_owned()))
    };
    let (broadcasts, review) = look(plan, library, from, MOST_SLOTS);
    let mut found: Vec<Diagnostic> = broadcasts.into_iter().map(warning).collect();
    found.extend(not_valid(plan, &review, from));
    if review.whole_year {
        found.extend(out_of_reach(plan, &review.history, from));
    }
    found
}

fn called<'a>(plan: &'a Plan, id: &'a BroadcastId) -> CalledBroadcast<'a> {
    CalledBroadcast { programme: plan.programme_of(id).map_or("", |programme| programme.name.as_str()), id }
}

/// Items that broadcasts name on days on which they are not valid. Those that are past already are told of for today.
fn not_valid(plan: &Plan, review: &YearReview, from: Date) -> Vec<Diagnostic> {
    let is_told = |item: &Item| item.valid.until.is_some_and(|until| until < from);
    let items = plan.items.iter().filter(|item| !is_told(item)).filter_map(|item| Some((item, review.not_valid.get(&item.id)?)));
    items
        .map(|(item, count)| {
            let first = plan.station.timezone.civil(count.first);
            let broadcast = count.behind.as_ref().map_or("", BroadcastId::as_str);
            let (message, help) = idle::not_valid_in_use(plan.station.language, &item.title, broadcast, first, count.times);
            Diagnostic::new(Code::Expired, plan.places.of("item", item.id.as_str(), "valid"), message, Some(help))
        })
        .collect()
}

/// Targets that what airs on the campaign's days of this year does not reach.
fn out_of_reach(plan: &Plan, history: &History, from: Date) -> Vec<Diagnostic> {
    let lang = plan.station.language;
    let last = from.saturating_add(364.days());
    let mut found = Vec::new();
    for campaign in plan.campaigns.iter().filter(|campaign| !campaign.targets.is_empty()) {
        let Some(run) = campaign.days.run_from(from) else { continue };
        let part = (run.0.max(from), run.1.min(last));
        if part.0 > part.1 {
            continue;
        }
        let forecast = forecast::forecast(plan, campaign, run, part, history, history);
        for topic in forecast.topics.iter().filter(|topic| topic.missing() > 0) {
            let amount = |amount: i64| match topic.target.amount {
                Amount::Airings(_) => targets::airings(lang, amount),
                Amount::Airtime(_) => targets::airtime(lang, amount),
            };
            let name = plan.topics.iter().find(|known| known.id == topic.topic).map(|known| &known.name);
            let name = name.map_or(topic.topic.as_str(), |name| lang.pick(&name.vi, name.en.as_ref().unwrap_or(&name.vi)));
            let (wanted, airs) = (amount(topic.wanted), amount(topic.in_all));
            let (message, help) = targets::out_of_reach(lang, campaign.id.as_str(), name, &wanted, &airs, part.0, part.1);
            let place = plan.places.of("campaign", campaign.id.as_str(), "targets");
            found.push(Diagnostic::new(Code::TargetOutOfReach, place, message, Some(help)));
        }
    }
    found
}
