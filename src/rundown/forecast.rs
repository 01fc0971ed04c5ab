//! Whether a campaign will reach its targets: what has aired of each topic, and what the rundown still brings.
//!
//! Pure. It counts as reports do ([`crate::asrun::history::airtime`]).

use jiff::civil::Date;

use crate::asrun::history::History;
use crate::plan::{Campaign, Plan, Target};
use crate::rundown::Rundown;
use crate::rundown::steer::{amount_for, days_between};
use crate::rundown::timeline::{Course, courses};
use crate::terms::*;

/// One run of a campaign against its targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignForecast {
    pub campaign: CampaignId,
    pub from: Date,
    pub until: Date,
    pub topics: Vec<TopicForecast>,
}

/// Airings, or milliseconds of airtime, as the target has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicForecast {
    pub topic: TopicId,
    pub target: Target,
    pub wanted: i64,
    /// So far.
    pub aired: i64,
    /// At the end: what has aired and what will.
    pub in_all: i64,
}

impl TopicForecast {
    /// What will be missing at the end.
    pub fn missing(&self) -> i64 {
        (self.wanted - self.in_all).max(0)
    }
}

/// The days of the run that is shown on `day`: the one that holds then, else the next, else of a campaign that is over its days.
pub fn shown_run(campaign: &Campaign, day: Date) -> Option<(Date, Date)> {
    campaign.days.run_from(day).or_else(|| campaign.days.run_from(Date::MIN))
}

/// The targets over the days of `run` that are `part`. `aired` is what has aired, and `expected` beside that what is on its way already.
pub fn forecast(
    plan: &Plan,
    campaign: &Campaign,
    run: (Date, Date),
    part: (Date, Date),
    aired: &History,
    expected: &History,
) -> CampaignForecast {
    let zone = &plan.station.timezone;
    let (from, to) = (zone.start_of(part.0), part.1.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next)));
    let (days, whole) = (days_between(part.0, part.1), days_between(run.0, run.1));
    let topics = campaign.targets.iter().map(|(topic, target)| {
        let amount = |history: &History| amount_for(target, history.topic_airtime().of_topic(topic, from, to));
        let wanted = target.over(days, whole);
        TopicForecast { topic: topic.clone(), target: *target, wanted, aired: amount(aired), in_all: amount(expected) }
    });
    CampaignForecast { campaign: campaign.id.clone(), from: part.0, until: part.1, topics: topics.collect() }
}

/// Adds to a history what the slots of a rundown from `from` on will air, each element as its course has it.
pub fn expect(rundown: &Rundown, from: Wall, history: &mut History) {
    for (planned, course) in rundown.slots.iter().zip(courses(rundown)) {
        let Course::Airs(starts) = course else { continue };
        if planned.slot.planned_at < from {
            continue;
        }
        for (place, (element, _)) in planned.elements.iter().zip(starts).enumerate().filter(|(_, (_, start))| start.is_some()) {
            if let Some(item) = &element.facts {
                history.count_on(&planned.slot, place, item, element.length);
            }
        }
    }
}
