//! What stands in the plan and does nothing, or something else than it says: villages that no output reaches, dates long past, campaigns that
//! meet no broadcast, times that a day does not have.

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};

use crate::calendar::recur::{Recur, RecurDays};
use crate::calendar::span::Days;
use crate::lang::idle as words;
use crate::plan::diagnostic::Diagnostic;
use crate::plan::fault::Code;
use crate::plan::source::Place;
use crate::plan::{Broadcast, Campaign, Except, Plan, Recurs};

/// The warnings of the plan for the 365 days from `today` on.
pub fn idle(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let mut found = zones_unreached(plan);
    found.extend(long_past(plan, today));
    found.extend(campaigns_in_vain(plan, today));
    found.extend(times_in_gaps(plan, today));
    found
}

fn warn(code: Code, place: Option<Place>, (message, help): (String, String)) -> Diagnostic {
    Diagnostic::new(code, place, message, Some(help))
}

fn zones_unreached(plan: &Plan) -> Vec<Diagnostic> {
    let unreached = plan.zones.iter().filter(|zone| !plan.outputs.iter().any(|output| output.zones.contains(&zone.id)));
    unreached
        .map(|zone| {
            let place = plan.places.of("zone", zone.id.as_str(), "");
            warn(Code::ZoneUnreached, place, words::zone_unreached(plan.station.language, &zone.name, zone.id.as_str()))
        })
        .collect()
}

/// Dates that lie more than a year back: a year that somebody forgot to change, or what may go.
fn long_past(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let year_ago = today.saturating_sub(1.years());
    let lang = plan.station.language;
    let over = |campaign: &&Campaign| matches!(campaign.days, Days::Dates(_)) && campaign.days.run_from(year_ago).is_none();
    let campaigns = plan.campaigns.iter().filter(over).map(|campaign| {
        let place = plan.places.of("campaign", campaign.id.as_str(), "dates");
        warn(Code::LongPast, place, words::campaign_past(lang, campaign.id.as_str()))
    });
    let of_broadcast = |broadcast: &Broadcast| {
        let id = broadcast.id.as_str();
        let excepted = broadcast.except.iter().filter_map(|except| if let Except::Day(day) = except { Some(*day) } else { None });
        let on = match &broadcast.recur {
            // All past: that it never airs is told of anyway.
            Recur::At { days: RecurDays::On(dates), .. } if dates.iter().any(|day| *day >= today) => dates.clone(),
            Recur::At { .. } | Recur::Cron(_) => Vec::new(),
        };
        let lists = [("except", excepted.collect::<Vec<Date>>()), ("on", on)];
        let told = |(key, dates): (&'static str, Vec<Date>)| {
            let mut past: Vec<Date> = dates.into_iter().filter(|day| *day < year_ago).collect();
            past.sort();
            let first = past.first()?;
            let place = plan.places.of("broadcast", id, key);
            Some(warn(Code::LongPast, place, words::dates_past(lang, id, key, *first, past.len())))
        };
        lists.into_iter().filter_map(told).collect::<Vec<_>>()
    };
    campaigns.chain(plan.broadcasts.iter().flat_map(of_broadcast)).collect()
}

/// Campaigns of the coming year on whose days nothing is broadcast that is meant for them.
fn campaigns_in_vain(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let last = today.saturating_add(364.days());
    let run = |campaign: &Campaign| {
        let (from, until) = campaign.days.run_from(today)?;
        (from <= last).then_some((from.max(today), until.min(last)))
    };
    let in_vain = plan.campaigns.iter().filter_map(|campaign| Some((campaign, run(campaign)?)));
    in_vain
        .filter(|(campaign, (from, until))| !is_of_use(plan, campaign, *from, *until))
        .map(|(campaign, (from, until))| {
            let place = plan.places.of("campaign", campaign.id.as_str(), "");
            warn(Code::CampaignInVain, place, words::campaign_in_vain(plan.station.language, campaign.id.as_str(), from, until))
        })
        .collect()
}

fn is_of_use(plan: &Plan, campaign: &Campaign, from: Date, until: Date) -> bool {
    let id = &campaign.id;
    let reported = plan.reports.iter().any(|duty| match &duty.period {
        Recurs::Campaign(other) => other == id,
        Recurs::Year { closes } => closes.as_ref() == Some(id),
        Recurs::Month | Recurs::Quarter => false,
    });
    let mut named = plan.broadcasts.iter().filter(|broadcast| broadcast.during.contains(id)).peekable();
    if named.peek().is_none() {
        let excepted = plan.broadcasts.iter().any(|broadcast| broadcast.except.contains(&Except::Campaign(id.clone())));
        return excepted || reported || !campaign.targets.is_empty();
    }
    let zone = &plan.station.timezone;
    named.any(|broadcast| {
        let mut days = from.series(1.days()).take_while(|day| *day <= until);
        days.any(|day| !broadcast.except.contains(&Except::Day(day)) && !broadcast.recur.on(day, zone).is_empty())
    })
}

/// Times of the coming year that the day does not have, because a clock is put forward: they air at the first instant after it.
fn times_in_gaps(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let zone = &plan.station.timezone;
    let length = |day: Date| day.tomorrow().map(|next| zone.start_of(next) - zone.start_of(day)).unwrap_or_default();
    let uneven = |day: &Date| length(*day) != SignedDuration::from_hours(24);
    let days: Vec<Date> = today.series(1.days()).take(365).filter(uneven).collect();
    let of_broadcast = |broadcast: &Broadcast| {
        let gaps: Vec<_> = days.iter().flat_map(|day| broadcast.recur.not_there_on(*day, zone)).collect();
        let first = gaps.first()?;
        let airs = zone.civil(zone.instant(*first));
        let key = if plan.places.of("broadcast", broadcast.id.as_str(), "cron").is_some() { "cron" } else { "at" };
        let place = plan.places.of("broadcast", broadcast.id.as_str(), key);
        let said = words::time_in_gap(plan.station.language, broadcast.id.as_str(), *first, airs, gaps.len());
        Some(warn(Code::TimeInGap, place, said))
    };
    plan.broadcasts.iter().filter_map(of_broadcast).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::lang::Language;
    use crate::rundown::sample::*;

    fn sample() -> SampleStation {
        let mut sample = SampleStation::default()
            .zone("Europe/Berlin")
            .item("a", "law", 60)
            .programme("p", vec![fixed("a")])
            .dates("old", date(2024, 2, 8), date(2024, 2, 14))
            .dates("lately", date(2026, 5, 1), date(2026, 5, 7))
            .yearly("unused", "12-01", "12-10")
            .yearly("sundays-only", "12-07", "12-08")
            .yearly("excepted", "12-24", "12-26")
            .broadcast("night", "p", &["02:30", "05:30"])
            .with(|b| {
                b.except = vec![Except::Day(date(2024, 12, 25)), Except::Day(date(2025, 1, 1)), Except::Day(date(2026, 12, 25))]
            })
            .broadcast("sunday", "p", &["17:00"])
            .with(|b| {
                b.recur = Recur::cron("0 0 17 * * SUN").unwrap();
                (b.during, b.except) = (vec!["sundays-only".into()], vec![Except::Campaign("excepted".into())]);
            });
        let village = |id: &str, name: &str| crate::plan::Zone { id: id.into(), name: name.into() };
        sample.plan.zones = vec![village("amplifier-thon", "Thôn 1"), village("thon-2", "Thôn 2")];
        sample
    }

    #[test]
    fn what_does_nothing_is_told_once_with_what_to_do() {
        let mut sample = sample();
        let text = |sample: &SampleStation| {
            let found = idle(&sample.plan, date(2026, 11, 1));
            found.iter().map(|d| format!("{}: {}\n  {}\n", d.code, d.message, d.help.as_deref().unwrap())).collect::<String>()
        };
        insta::assert_snapshot!("idle_vi", text(&sample));
        sample.plan.station.language = Language::En;
        insta::assert_snapshot!("idle_en", text(&sample));
    }

    #[test]
    fn a_campaign_with_targets_or_a_report_of_its_own_is_of_use_without_broadcasts() {
        let mut sample = sample();
        let target = crate::plan::Target { amount: crate::plan::Amount::Airings(1), per: crate::plan::Per::Day };
        sample.plan.campaigns.iter_mut().find(|c| c.id.as_str() == "unused").unwrap().targets = vec![("law".into(), target)];
        let found = idle(&sample.plan, date(2026, 11, 1));
        let in_vain: Vec<&str> = found.iter().filter(|d| d.code == Code::CampaignInVain).map(|d| d.message.as_str()).collect();
        assert_eq!(in_vain.len(), 1, "{in_vain:?}");
        assert!(in_vain[0].contains("sundays-only"), "Monday and Tuesday of that year");
    }
}
