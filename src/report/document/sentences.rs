//! The body, composed from the figures: nothing is said that no figure says.

use crate::lang::report as words;
use crate::report::tally::campaign::CampaignSum;
use crate::report::tally::figures::{Compared, LeftOut, Silence, TopicChange, TopicSum};
use crate::report::tally::names::Served;
use crate::report::tally::phrases::{self, number};
use crate::report::tally::table::{Annexes, TableId, percent};
use crate::report::tally::tables::Sums;
use crate::terms::Status;

use super::Paper;

/// So many topics are named in a sentence.
const MOST_TOPICS: usize = 3;
const MINUTE: i64 = 60_000;

/// What the report goes by, and of which days it is.
pub fn opening(paper: &Paper<'_>, sums: &Sums) -> String {
    let span = words::span(paper.lang, sums.scope.from, sums.scope.until.min(sums.scope.as_of).max(sums.scope.from));
    let basis = paper.letterhead.and_then(|letterhead| letterhead.basis.as_deref());
    words::opening(paper.lang, basis, &paper.issuer(), &span)
}

/// What heading I says, each a point of its own: did airtime grow, in which topics, what became of the campaigns, and of the rundown.
pub fn results(paper: &Paper<'_>, sums: &Sums) -> Vec<String> {
    let mut text = vec![airtime(paper, sums)];
    text.extend(topics(paper, sums));
    text.extend(sums.campaigns.iter().filter_map(|campaign| campaign_done(paper, campaign)));
    text.extend((sums.outcomes.planned() > 0).then(|| outcomes(paper, sums)));
    text
}

/// Each annex by its number and its name.
pub fn annexes(paper: &Paper<'_>, annexes: &Annexes) -> String {
    let named = annexes.each().map(|(number, table)| format!("{number}. {}", words::table(paper.lang, table.as_str())));
    words::annexes(paper.lang, &named.collect::<Vec<_>>().join("; "))
}

fn airtime(paper: &Paper<'_>, sums: &Sums) -> String {
    let (lang, figures) = (paper.lang, &sums.figures);
    let Some(airtime_ms) = figures.airtime_ms else { return words::nothing_known(lang).to_owned() };
    let compared = compared(paper, sums).map(|text| format!("; {text}")).unwrap_or_default();
    if airtime_ms == 0 {
        return format!("{}{compared}.", words::nothing_aired(lang));
    }
    let count = |figure: Option<i64>| words::count(lang, figure.unwrap_or(0));
    let times = figures.times_a_day().filter(|times| *times > 0).map(|times| words::short_tenths(lang, times));
    let aired = words::aired(
        lang,
        &words::Aired {
            airings: &count(figures.airings),
            items: &count(figures.items),
            first_runs: figures.first_runs.unwrap_or(0),
            repeats: figures.repeats.unwrap_or(0),
            airtime: &words::airtime(lang, airtime_ms),
            times: times.as_deref(),
        },
    );
    format!("{aired}{compared}.")
}

/// Up or down, against what, and where that comes from.
fn compared(paper: &Paper<'_>, sums: &Sums) -> Option<String> {
    let lang = paper.lang;
    match sums.compared {
        Compared::LeftOut { why: LeftOut::NoData, .. } => return Some(words::nothing_to_compare(lang).to_owned()),
        Compared::LeftOut { why, .. } => return Some(words::not_compared(lang, phrases::left_out(lang, why))),
        Compared::None | Compared::Log { .. } | Compared::Baseline { .. } => {}
    }
    let days = phrases::compared_days(lang, &sums.compared)?;
    let before = sums.compared.figures().and_then(|figures| figures.airtime_ms);
    let now = sums.compared.same().map_or(sums.figures.airtime_ms, |same| same.figures.airtime_ms);
    let Some((now, before)) = now.zip(before) else {
        return Some(words::nothing_to_compare(lang).to_owned());
    };
    if (now, before) == (0, 0) {
        return None;
    }
    if now == before {
        return Some(words::no_change(lang, &days));
    }
    let share = percent((now - before).abs(), before).map(|share| words::short_tenths(lang, share));
    Some(words::change(lang, now > before, &words::short_airtime(lang, (now - before).abs()), share.as_deref(), &days))
}

/// In which topics airtime grew, in which it shrank; without a period to compare with, which have most.
fn topics(paper: &Paper<'_>, sums: &Sums) -> Option<String> {
    let lang = paper.lang;
    let told = |change: &TopicChange| {
        let grown = change.grown_ms();
        let share = percent(grown.abs(), change.before_ms).map(|share| words::short_tenths(lang, share));
        words::topic_change(lang, &change.name, grown > 0, &words::short_airtime(lang, grown.abs()), share.as_deref())
    };
    // Seconds are told only where no topic changed by more.
    let most = sums.changes.iter().map(|of| of.grown_ms().abs()).max().unwrap_or(0);
    let told_of = |of: &&TopicChange| of.grown_ms() != 0 && (most < MINUTE || of.grown_ms().abs() >= MINUTE);
    let changes = || sums.changes.iter().filter(told_of);
    let grown: Vec<String> = changes().filter(|of| of.grown_ms() > 0).take(MOST_TOPICS).map(told).collect();
    let shrunk: Vec<String> = changes().rev().filter(|of| of.grown_ms() < 0).take(MOST_TOPICS).map(told).collect();
    let mut text: Vec<String> = Vec::new();
    if grown.is_empty() && shrunk.is_empty() {
        let largest = largest_topics(paper, sums);
        text.extend((!largest.is_empty()).then(|| words::largest_topics(lang, &largest.join("; "))));
    } else {
        text.push(words::topics_changed(lang, &grown.join(", "), &shrunk.join(", ")));
    }
    let (duty, all) = (sums.figures.duty_ms.unwrap_or(0), sums.figures.airtime_ms.unwrap_or(0));
    text.extend(percent(duty, all).filter(|_| duty > 0).map(|share| words::duty_share(lang, &words::short_tenths(lang, share))));
    (!text.is_empty()).then(|| text.join(" "))
}

/// The topics with most airtime.
fn largest_topics(paper: &Paper<'_>, sums: &Sums) -> Vec<String> {
    let lang = paper.lang;
    let mut topics: Vec<&TopicSum> = sums.topics.each().filter(|topic| topic.airtime.ms > 0).collect();
    topics.sort_by_key(|topic| std::cmp::Reverse(topic.airtime.ms));
    let told = |topic: &TopicSum| format!("{} ({})", topic.name, words::short_airtime(lang, topic.airtime.ms));
    topics.into_iter().take(MOST_TOPICS).map(told).collect()
}

/// What a campaign had of it, against its plan and its targets.
fn campaign_done(paper: &Paper<'_>, campaign: &CampaignSum) -> Option<String> {
    let (lang, sum) = (paper.lang, &campaign.sum);
    let airings = sum.fulfilled + sum.beyond;
    if sum.planned == 0 && airings == 0 {
        return None;
    }
    let airtime = words::airtime(lang, sum.fulfilled_ms + sum.beyond_ms);
    let done = sum.share().map(|share| words::short_tenths(lang, share));
    let mut text = words::campaign(lang, &campaign.name, &words::count(lang, airings), &airtime, done.as_deref());
    if sum.beyond_ms > 0 {
        text += &words::beyond(lang, &words::short_airtime(lang, sum.beyond_ms));
    }
    let below: Vec<String> = campaign
        .targets
        .iter()
        .filter_map(|target| Some((target, target.share().filter(|share| *share < 1000)?)))
        .map(|(target, share)| format!("{} ({}%)", target.name, words::short_tenths(lang, share)))
        .collect();
    let all = campaign.targets.iter().filter(|target| target.share().is_some()).count();
    if all > 0 {
        text += &words::targets(lang, &number(lang, all - below.len()), &number(lang, all), &below.join("; "));
    }
    Some(format!("{text}."))
}

fn outcomes(paper: &Paper<'_>, sums: &Sums) -> String {
    let (lang, outcomes) = (paper.lang, &sums.outcomes);
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let share = percent(count(outcomes.aired), count(outcomes.planned())).map(|share| words::short_tenths(lang, share));
    let parts = [
        (outcomes.partial, words::status(lang, Status::Partial)),
        (outcomes.missed, words::status(lang, Status::Missed)),
        (outcomes.skipped, words::status(lang, Status::Skipped)),
        (outcomes.no_data, words::no_data(lang)),
        (outcomes.made_up, words::made_up(lang)),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what} {}", number(lang, *count))).collect();
    let (planned, aired) = (number(lang, outcomes.planned()), number(lang, outcomes.aired));
    words::outcomes(lang, [&planned, &aired], share.as_deref(), &parts.join(", "))
}

/// What did not air, and why.
pub fn lost(paper: &Paper<'_>, sums: &Sums) -> Vec<String> {
    let (lang, outcomes) = (paper.lang, &sums.outcomes);
    let mut text = Vec::new();
    for (status, count, why) in [
        (Status::Missed, outcomes.missed, &outcomes.why_missed),
        (Status::Partial, outcomes.partial, &outcomes.why_partial),
        (Status::Skipped, outcomes.skipped, &outcomes.why_skipped),
    ] {
        if count > 0 {
            text.push(words::lost(lang, words::status(lang, status), &number(lang, count), &phrases::reasons(lang, why)));
        }
    }
    if outcomes.no_data > 0 {
        text.push(words::unknown_slots(lang, &number(lang, outcomes.no_data)));
    }
    text.extend(silent_villages(paper, sums));
    text.extend(unserved_villages(paper, sums));
    if !sums.has_log {
        text.push(words::no_log(lang).to_owned());
    }
    text.extend(sums.log_ends(lang));
    if text.is_empty() {
        text.push(words::lost_none(lang).to_owned());
    }
    text
}

fn silent_villages(paper: &Paper<'_>, sums: &Sums) -> Option<String> {
    // Villages on one amplifier fall silent together: they are named together.
    let mut groups: Vec<(&Silence, Vec<&str>)> = Vec::new();
    for village in sums.villages.iter().filter(|village| village.silence.days > 0) {
        match groups.iter_mut().find(|(silence, _)| **silence == village.silence) {
            Some((_, names)) => names.push(&village.name),
            None => groups.push((&village.silence, vec![&village.name])),
        }
    }
    let lang = paper.lang;
    let phrase = |(silence, names): &(&Silence, Vec<&str>)| {
        let called = words::column(lang, "villages", "label");
        let villages = phrases::all_or_each(lang, names, sums.villages.len(), called);
        words::village_days(lang, &villages, &number(lang, silence.days), &phrases::silence(lang, silence))
    };
    let days: Vec<String> = groups.iter().map(phrase).collect();
    (!days.is_empty()).then(|| words::silent_villages(lang, &days.join("; "), sums.annexes().number(TableId::Villages)))
}

/// Where nobody can hear anything, whatever the figures say.
fn unserved_villages(paper: &Paper<'_>, sums: &Sums) -> Option<String> {
    let told = |served: Served| {
        let names: Vec<&str> = sums.villages.iter().filter(|of| of.served == served).map(|of| of.name.as_str()).collect();
        let why = words::unserved(paper.lang, served == Served::TestOnly);
        (!names.is_empty()).then(|| format!("{}: {why}", names.join(", ")))
    };
    let told: Vec<String> = [Served::TestOnly, Served::Nothing].into_iter().filter_map(told).collect();
    (!told.is_empty()).then(|| format!("{}.", told.join("; ")))
}
