//! The body, composed from the figures: nothing is said that no figure says.

use crate::lang::report as words;
use crate::report::tally::campaign::CampaignSum;
use crate::report::tally::figures::{Compared, Outcomes, Silence, TopicSum};
use crate::report::tally::names::Served;
use crate::report::tally::phrases::{self, minutes, number};
use crate::report::tally::table::{percent, tenths_of_minutes};
use crate::report::tally::tables::Sums;
use crate::terms::Status;

use super::Paper;

/// The one paragraph that can be pasted elsewhere.
pub fn paste(paper: &Paper<'_>, sums: &Sums) -> String {
    let lang = paper.lang;
    let mut text = vec![format!("{}.", opening(paper, sums))];
    text.extend(sums.campaigns.iter().filter_map(|campaign| campaign_done(paper, sums, campaign)));
    text.extend((sums.outcomes.planned() > 0).then(|| outcomes(paper, &sums.outcomes)));
    text.push(words::counted(lang).to_owned());
    text.join(" ")
}

/// What a campaign had of it, against its plan.
fn campaign_done(paper: &Paper<'_>, sums: &Sums, campaign: &CampaignSum) -> Option<String> {
    let (lang, sum) = (paper.lang, &campaign.sum);
    let airings = sum.fulfilled + sum.beyond;
    if sum.planned == 0 && airings == 0 {
        return None;
    }
    let airtime_ms = sum.fulfilled_ms + sum.beyond_ms;
    let done = sum.share().map(|share| words::short_tenths(lang, share));
    let is_all = (campaign.from, campaign.until) == (sums.scope.from, sums.scope.until.min(sums.scope.as_of));
    let text = if is_all && sums.figures.airtime_ms == Some(airtime_ms) {
        done.map(|done| words::campaign_done(lang, &campaign.name, &done))?
    } else {
        let airings = words::count(lang, airings);
        words::campaign(lang, &campaign.name, &airings, &minutes(lang, airtime_ms), done.as_deref())
    };
    let beyond = (sum.beyond_ms > 0).then(|| words::beyond(lang, &minutes(lang, sum.beyond_ms)));
    Some([Some(text), beyond].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn opening(paper: &Paper<'_>, sums: &Sums) -> String {
    let (lang, figures) = (paper.lang, &sums.figures);
    let span = words::span(lang, sums.scope.from, sums.scope.until.min(sums.scope.as_of).max(sums.scope.from));
    let count = |figure: Option<i64>| words::count(lang, figure.unwrap_or(0));
    let compared = compared(paper, sums).map(|text| format!("; {text}")).unwrap_or_default();
    if figures.airtime_ms.is_none() {
        return words::nothing_known(lang, &span, paper.station);
    }
    if figures.airtime_ms == Some(0) {
        return format!("{}{compared}", words::nothing_aired(lang, &span, paper.station));
    }
    let times = figures.times_a_day().map(|times| words::short_tenths(lang, times));
    let opening = words::opening(
        lang,
        &words::OpeningFigures {
            basis: paper.letterhead.and_then(|letterhead| letterhead.basis.as_deref()),
            span: &span,
            station: paper.station,
            airings: &count(figures.airings),
            items: &count(figures.items),
            first_runs: &count(figures.first_runs),
            repeats: &count(figures.repeats),
            programmes: &count(figures.programmes),
            minutes: &minutes(lang, figures.airtime_ms.unwrap_or(0)),
            times: times.as_deref(),
        },
    );
    format!("{opening}{compared}")
}

/// Up or down, against what, and where that comes from.
fn compared(paper: &Paper<'_>, sums: &Sums) -> Option<String> {
    let lang = paper.lang;
    if let Compared::LeftOut { why, .. } = sums.compared {
        return Some(words::nothing_to_compare(lang, phrases::left_out(lang, why)));
    }
    let days = phrases::compared_days(lang, &sums.compared)?;
    let before = sums.compared.figures().and_then(|figures| figures.airtime_ms);
    let now = sums.compared.same().map_or(sums.figures.airtime_ms, |same| same.figures.airtime_ms);
    let Some((now, before)) = now.zip(before) else {
        return Some(words::nothing_to_compare(lang, words::no_data(lang)));
    };
    if (now, before) == (0, 0) {
        return None;
    }
    // As printed, so that the reader's own subtraction comes out.
    let change = tenths_of_minutes(now) - tenths_of_minutes(before);
    if change == 0 {
        return Some(words::no_change(lang, &days));
    }
    let share = percent((now - before).abs(), before).map(|share| words::short_tenths(lang, share));
    Some(words::change(lang, change > 0, &words::short_tenths(lang, change.abs()), share.as_deref(), &days))
}

fn outcomes(paper: &Paper<'_>, outcomes: &Outcomes) -> String {
    let lang = paper.lang;
    let of = [outcomes.planned(), outcomes.aired, outcomes.partial, outcomes.missed, outcomes.skipped, outcomes.made_up]
        .map(|count| number(lang, count));
    words::outcomes(lang, of.each_ref().map(String::as_str), &phrases::reasons(lang, &outcomes.why_missed))
}

/// What heading I says beside the paragraph.
pub fn results(paper: &Paper<'_>, sums: &Sums) -> Vec<String> {
    let lang = paper.lang;
    let mut text = Vec::new();
    let (duty, all) = (sums.figures.duty_ms.unwrap_or(0), sums.figures.airtime_ms.unwrap_or(0));
    if let Some(share) = percent(duty, all).filter(|_| duty > 0) {
        text.push(words::duty_share(lang, &minutes(lang, duty), &words::short_tenths(lang, share)));
    }
    let largest = largest_topics(paper, sums);
    if !largest.is_empty() {
        text.push(words::largest_topics(lang, &largest.join("; ")));
    }
    text.extend(phrases::punctuality(lang, &sums.punctuality));
    text.extend(phrases::apart_notes(lang, &sums.apart));
    text
}

/// The three topics with most airtime.
fn largest_topics(paper: &Paper<'_>, sums: &Sums) -> Vec<String> {
    let lang = paper.lang;
    let mut topics: Vec<&TopicSum> = sums.topics.each().filter(|topic| topic.airtime.ms > 0).collect();
    topics.sort_by_key(|topic| std::cmp::Reverse(topic.airtime.ms));
    let phrase = |topic: &TopicSum| words::topic_minutes(lang, &topic.name, &words::short_tenths(lang, topic.airtime.tenths));
    topics.into_iter().take(3).map(phrase).collect()
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
    if text.is_empty() && outcomes.planned() > 0 {
        text.push(words::lost_none(lang).to_owned());
    }
    text.extend(silent_villages(paper, sums));
    text.extend(unserved_villages(paper, sums));
    text.extend(below_target(paper, sums));
    if !sums.has_log {
        text.push(words::no_log(lang).to_owned());
    }
    text.extend(sums.log_ends(lang));
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
        words::village_days(lang, &names.join(", "), &number(lang, silence.days), &phrases::silence(lang, silence))
    };
    let days: Vec<String> = groups.iter().map(phrase).collect();
    (!days.is_empty()).then(|| words::silent_villages(lang, &days.join("; ")))
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

fn below_target(paper: &Paper<'_>, sums: &Sums) -> Option<String> {
    let targets = sums.campaigns.iter().flat_map(|campaign| &campaign.targets);
    let below = targets.filter_map(|target| {
        let share = target.share().filter(|share| *share < 1000)?;
        Some(format!("{} ({}%)", target.name, words::short_tenths(paper.lang, share)))
    });
    let below: Vec<String> = below.collect();
    (!below.is_empty()).then(|| words::below_target(paper.lang, &below.join("; ")))
}
