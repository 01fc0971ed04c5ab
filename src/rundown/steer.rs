//! What steers the picks: topics that are behind the target of their campaign, then languages that are behind their share.
//!
//! Pure, and derived from the plan, its recordings and the [`History`] alone: a restart picks on as though there had been none. How far a topic
//! should be by now follows from what the campaign's broadcasts can do for it: how often it can still be picked, and what it gets
//! from fixed items anyway. One that can seldom be picked is therefore taken where it can be, before others that have more chances.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::asrun::history::History;
use crate::asrun::history::airtime::AiredAmount;
use crate::plan::{Amount, Plan, Target};
use crate::rundown::due::{self, DueBroadcast};
use crate::rundown::pick::PickLead;
use crate::rundown::stock::{Stock, TopicChances};
use crate::terms::*;

/// Shares of languages hold for the airtime of so many days.
const SHARES_OVER_DAYS: i64 = 28;

/// Kept from one broadcast to the next, so that it is worked out once for a whole rundown.
pub struct Steering<'a> {
    plan: &'a Plan,
    stock: &'a Stock,
    /// The items in the order of the plan, where there is something to steer by; `None` for what counts towards no topic.
    items: Vec<Option<SteeredItem>>,
    runs: BTreeMap<(usize, Date), CampaignRun>,
    /// The airtime of each language of the plan's shares over the days before this one, and on it.
    spoken: Vec<i64>,
    day: Option<Date>,
}

/// What an item counts towards: topics and languages by their places in the plan.
#[derive(Clone, Copy)]
struct SteeredItem {
    topic: usize,
    /// Among the shares; `None` where it has none.
    language: Option<usize>,
    airtime_ms: i64,
}

/// One run of a campaign that has targets.
struct CampaignRun {
    first: Date,
    last: Date,
    topics: Vec<TopicRun>,
    /// The place among these of each topic of the plan.
    places: Vec<Option<usize>>,
    /// The campaign's broadcasts in the order in which they are settled.
    keys: Vec<SettlingOrder>,
    /// What this broadcast and all after it can do for each topic; one row of `topics` more than there are keys.
    left: Vec<TopicChances>,
}

type SettlingOrder = (Wall, Reverse<Priority>, usize);

struct TopicRun {
    topic: TopicId,
    target: Target,
    wanted: i64,
    done: i64,
    /// What one pick brings, in the target's unit.
    worth: i64,
}

/// The order in which broadcasts are settled: the higher priority has the first say, then the place in the plan.
pub fn settling_order(plan: &Plan, due: &DueBroadcast) -> SettlingOrder {
    (due.planned_at, Reverse(plan.broadcasts[due.broadcast].priority), due.broadcast)
}

/// As much of it as the target asks for: airings, or milliseconds.
pub fn amount_for(target: &Target, amount: AiredAmount) -> i64 {
    match target.amount {
        Amount::Airings(_) => amount.airings,
        Amount::Airtime(_) => amount.airtime_ms,
    }
}

impl<'a> Steering<'a> {
    pub fn of(plan: &'a Plan, stock: &'a Stock) -> Steering<'a> {
        let shares = &plan.station.languages;
        let steered = |item: usize| {
            let (topic, language, airtime_ms) = stock.counts(item)?;
            let topic = plan.topics.iter().position(|known| known.id == *topic)?;
            Some(SteeredItem { topic, language: shares.iter().position(|(name, _)| name == language), airtime_ms })
        };
        let steers = !shares.is_empty() || plan.campaigns.iter().any(|campaign| !campaign.targets.is_empty());
        let items = if steers { (0..plan.items.len()).map(steered).collect() } else { Vec::new() };
        Steering { plan, stock, items, runs: BTreeMap::new(), spoken: Vec::new(), day: None }
    }

    /// What the picks of a broadcast should go by.
    pub fn lead(&mut self, due: &DueBroadcast, history: &History) -> PickSteer<'_> {
        if self.day != Some(due.day) {
            self.begin(due.day, history);
        }
        let key = settling_order(self.plan, due);
        let runs = self.runs.values().filter(|run| run.first <= due.day && due.day <= run.last);
        let runs = runs.map(|run| (run, run.keys.partition_point(|other| *other < key), run.keys.binary_search(&key).is_ok()));
        PickSteer { items: &self.items, runs: runs.collect(), shares: &self.plan.station.languages, spoken: &self.spoken }
    }

    /// Takes in what a broadcast of this day is expected to air.
    pub fn add(&mut self, day: Date, topic: Option<&TopicId>, language: &str, amount: AiredAmount) {
        for run in self.runs.values_mut().filter(|run| run.first <= day && day <= run.last) {
            for of_topic in run.topics.iter_mut().filter(|of_topic| Some(&of_topic.topic) == topic) {
                of_topic.done += amount_for(&of_topic.target, amount);
            }
        }
        for (spoken, _) in self.spoken.iter_mut().zip(&self.plan.station.languages).filter(|(_, (name, _))| name == language) {
            *spoken += amount.airtime_ms;
        }
    }

    fn begin(&mut self, day: Date, history: &History) {
        self.day = Some(day);
        let zone = &self.plan.station.timezone;
        for (place, campaign) in self.plan.campaigns.iter().enumerate() {
            if campaign.targets.is_empty() || !campaign.days.contain(day) {
                continue;
            }
            let Some((first, last)) = campaign.days.run_from(day) else { continue };
            let (plan, stock, items) = (self.plan, self.stock, &self.items);
            let run = || CampaignRun::of(plan, stock, items, &campaign.targets, (first, last), history);
            self.runs.entry((place, first)).or_insert_with(run);
        }
        if !self.plan.station.languages.is_empty() {
            let from = zone.start_of(day.saturating_sub(SHARES_OVER_DAYS.days()));
            let mut spoken: BTreeMap<&str, i64> = BTreeMap::new();
            for sum in history.topic_airtime().between(from, Wall::MAX) {
                *spoken.entry(&sum.language).or_default() += sum.amount.airtime_ms;
            }
            let of = |(name, _): &(String, i64)| spoken.get(name.as_str()).copied().unwrap_or(0);
            self.spoken = self.plan.station.languages.iter().map(of).collect();
        }
    }
}

impl CampaignRun {
    fn of(
        plan: &Plan,
        stock: &Stock,
        items: &[Option<SteeredItem>],
        targets: &[(TopicId, Target)],
        (first, last): (Date, Date),
        history: &History,
    ) -> CampaignRun {
        let zone = &plan.station.timezone;
        let whole = days_between(first, last);
        let (from, to) = (zone.start_of(first), last.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next)));
        let topics = targets.iter().map(|(topic, target)| TopicRun {
            topic: topic.clone(),
            target: *target,
            wanted: target.over(whole, whole),
            done: amount_for(target, history.topic_airtime().of_topic(topic, from, to)),
            worth: match target.amount {
                Amount::Airings(_) => 1,
                Amount::Airtime(_) => stock.mean_ms(topic).max(1),
            },
        });
        let topics: Vec<TopicRun> = topics.collect();
        let places = plan.topics.iter().map(|known| topics.iter().position(|of| of.topic == known.id)).collect();
        let mut run = CampaignRun { first, last, topics, places, keys: Vec::new(), left: Vec::new() };
        run.look_ahead(plan, stock, items);
        run
    }

    /// What each broadcast of the campaign's days can do for each topic, summed up from the last.
    fn look_ahead(&mut self, plan: &Plan, stock: &Stock, items: &[Option<SteeredItem>]) {
        let zone = &plan.station.timezone;
        let width = self.topics.len();
        // Which of its topics an item counts towards, and how much one airing of it is.
        let worth = |item: &Option<SteeredItem>| {
            let SteeredItem { topic, airtime_ms, .. } = (*item)?;
            let place = (*self.places.get(topic)?)?;
            Some((place, amount_for(&self.topics[place].target, AiredAmount { airings: 1, airtime_ms })))
        };
        let worth: Vec<Option<(usize, i64)>> = items.iter().map(worth).collect();
        let mut chances: Vec<TopicChances> = Vec::new();
        for day in self.first.series(1.days()).take_while(|day| *day <= self.last) {
            let mut of_day: BTreeMap<&ProgrammeId, Vec<TopicChances>> = BTreeMap::new();
            // A mourning that is ordered meanwhile takes chances away that nobody could count on.
            let mut today = due::on(plan, &[], day);
            today.retain(|due| {
                due.owed
                    .iter()
                    .any(|(output, out)| out.is_none() && plan.hours_of(output).session_at(due.planned_at, zone).is_some())
            });
            today.sort_by_key(|due| settling_order(plan, due));
            for due in &today {
                let of_programme =
                    of_day.entry(due.programme).or_insert_with(|| stock.chances(due.programme, day, &worth, width));
                self.keys.push(settling_order(plan, due));
                chances.extend_from_slice(of_programme);
            }
        }
        // Where a clock goes back over midnight, days and instants are not in the same order.
        let mut order: Vec<usize> = (0..self.keys.len()).collect();
        order.sort_by_key(|place| self.keys[*place]);
        let mut sums = vec![TopicChances::default(); (order.len() + 1) * width];
        for (row, place) in order.iter().enumerate().rev() {
            for topic in 0..width {
                let after = sums[(row + 1) * width + topic];
                sums[row * width + topic] = after.and(chances[place * width + topic]);
            }
        }
        self.keys.sort();
        self.left = sums;
    }
}

impl TopicRun {
    /// 0 of a topic that is where it should be after the broadcast at hand, else more the fewer chances it still has for what it lacks.
    fn need(&self, all: TopicChances, here: TopicChances, after: TopicChances, chosen: i64) -> i64 {
        let lacks = self.wanted - self.done - here.fixed - chosen;
        let picked = (self.wanted - all.fixed).max(0);
        let behind = lacks > 0 && i128::from(lacks) * i128::from(all.picks) > i128::from(picked) * i128::from(after.picks);
        if !behind {
            return 0;
        }
        let chances = i128::from(self.worth) * i128::from(here.picks.max(1));
        i64::try_from(1 + i128::from(lacks) * 1_000_000 / chances).unwrap_or(i64::MAX)
    }
}

/// What the picks of one broadcast go by.
pub struct PickSteer<'s> {
    items: &'s [Option<SteeredItem>],
    /// Each with the place of the broadcast among the campaign's, and whether it is one of them.
    runs: Vec<(&'s CampaignRun, usize, bool)>,
    shares: &'s [(String, i64)],
    spoken: &'s [i64],
}

impl PickSteer<'_> {
    /// How an item stands when `chosen` are in the programme already. Its topic is behind its target where the first is not 0.
    pub fn of(&self, item: usize, chosen: &[Option<usize>]) -> PickLead {
        let Some(item) = self.item(item) else { return (Reverse(0), 0) };
        (Reverse(self.need(item.topic, chosen)), self.spoken(item.language, chosen))
    }

    fn item(&self, item: usize) -> Option<SteeredItem> {
        self.items.get(item).copied().flatten()
    }

    fn need(&self, topic: usize, chosen: &[Option<usize>]) -> i64 {
        let mut most = 0;
        for (run, place, is_due) in &self.runs {
            let width = run.topics.len();
            let Some(index) = run.places.get(topic).copied().flatten() else { continue };
            let left = |row: usize| run.left.get(row * width + index).copied().unwrap_or_default();
            let of = &run.topics[index];
            let mine = chosen.iter().flatten().filter_map(|item| self.item(*item)).filter(|other| other.topic == topic);
            let amount = |item: SteeredItem| AiredAmount { airings: 1, airtime_ms: item.airtime_ms };
            let chosen = mine.map(|item| amount_for(&of.target, amount(item))).sum();
            most = most.max(of.need(left(0), left(*place), left(place + usize::from(*is_due)), chosen));
        }
        most
    }

    /// What the language has had for each percent of its share; one without a share comes last.
    fn spoken(&self, language: Option<usize>, chosen: &[Option<usize>]) -> i64 {
        if self.shares.is_empty() {
            return 0;
        }
        let Some(place) = language else { return i64::MAX };
        let mine = chosen.iter().flatten().filter_map(|item| self.item(*item)).filter(|other| other.language == language);
        let chosen: i64 = mine.map(|item| item.airtime_ms).sum();
        (self.spoken.get(place).copied().unwrap_or(0) + chosen) / self.shares[place].1.max(1)
    }
}

/// Both included.
pub fn days_between(first: Date, last: Date) -> i64 {
    last.since(first).map_or(0, |span| i64::from(span.get_days()) + 1)
}
