//! The figures that sentences and the first table are made of.

use std::collections::{BTreeSet, HashSet};

use jiff::civil::Date;

use super::fold::{Counted, Reasons};
use super::names::Served;
use super::table::Minutes;
use super::{PeriodRole, days_between};
use crate::terms::*;

/// What aired in one period. A figure that nobody knows is `None`: it is said, never taken for 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub airings: Option<i64>,
    pub first_runs: Option<i64>,
    pub repeats: Option<i64>,
    pub airtime_ms: Option<i64>,
    /// Of the station's own duties.
    pub duty_ms: Option<i64>,
    /// Distinct items; a translation is its original.
    pub items: Option<i64>,
    /// Distinct recordings: a re-recorded item has several.
    pub recordings: Option<i64>,
    /// Planned broadcasts that an announcement sounded in.
    pub broadcasts: Option<i64>,
    pub programmes: Option<i64>,
    /// Days that have a log.
    pub days: i64,
}

impl Figures {
    /// Planned broadcasts a day, in tenths.
    pub fn times_a_day(&self) -> Option<i64> {
        let broadcasts = self.broadcasts?;
        (self.days > 0).then(|| (broadcasts * 10 + self.days / 2) / self.days)
    }
}

/// With what the period is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Nobody asked.
    None,
    /// It is not, and why.
    LeftOut { from: Date, until: Date, why: LeftOut },
    /// From the log.
    Log { from: Date, until: Date, figures: Figures, same: Option<SameDays> },
    /// Entered by hand, and where the figures come from.
    Baseline { from: Date, until: Date, source: String, figures: Figures },
}

/// Why nothing is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// There is no log of the days that would be compared.
    NoData,
    /// The period has days without a log, or that have not come; figures entered by hand are of all days.
    NotWhole,
}

/// Where one of the two periods has days without a log, or that have not come: the days that both have, and what this period has of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameDays {
    pub from: Date,
    pub until: Date,
    pub figures: Figures,
}

impl Compared {
    pub fn figures(&self) -> Option<&Figures> {
        match self {
            Compared::None | Compared::LeftOut { .. } => None,
            Compared::Log { figures, .. } | Compared::Baseline { figures, .. } => Some(figures),
        }
    }

    pub fn same(&self) -> Option<&SameDays> {
        match self {
            Compared::Log { same, .. } => same.as_ref(),
            Compared::None | Compared::LeftOut { .. } | Compared::Baseline { .. } => None,
        }
    }
}

/// How the slots of the period ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    pub aired: usize,
    pub partial: usize,
    pub missed: usize,
    pub skipped: usize,
    /// Nobody knows: the log ends before them.
    pub no_data: usize,
    /// Lost elements whose item was ordered and aired later.
    pub made_up: usize,
    pub why_partial: Reasons,
    pub why_missed: Reasons,
    pub why_skipped: Reasons,
}

impl Outcomes {
    pub fn planned(&self) -> usize {
        self.aired + self.partial + self.missed + self.skipped + self.no_data
    }

    /// Without a status for a slot that the log does not tell of.
    pub fn add(&mut self, status: Option<Status>, reason: Option<Reason>) {
        let (count, why) = match status {
            None => {
                self.no_data += 1;
                return;
            }
            Some(Status::Aired) => {
                self.aired += 1;
                return;
            }
            Some(Status::Partial) => (&mut self.partial, &mut self.why_partial),
            Some(Status::Missed) => (&mut self.missed, &mut self.why_missed),
            Some(Status::Skipped) => (&mut self.skipped, &mut self.why_skipped),
        };
        *count += 1;
        if let Some(reason) = reason {
            why.add(reason);
        }
    }

    /// All reasons together.
    pub fn why(&self) -> Reasons {
        let mut all = Reasons::default();
        for (reason, count) in [&self.why_partial, &self.why_missed, &self.why_skipped].into_iter().flat_map(Reasons::by_count) {
            (0..count).for_each(|_| all.add(reason));
        }
        all
    }
}

/// Sound that is no announcement, and what does not count at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Apart {
    pub notices_ms: i64,
    pub music_ms: i64,
    /// Signal tunes and idents.
    pub signals_ms: i64,
    /// Recordings for emergencies.
    pub emergencies_ms: i64,
    pub live_by_hand_ms: i64,
    pub relayed_by_hand_ms: i64,
    /// Whole airings that only test devices took.
    pub tests: usize,
}

/// How exactly scheduled slots began: each by its first sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Punctuality {
    pub begun: usize,
    /// Within one second of the plan.
    pub on_time: usize,
    pub worst_ms: i64,
}

impl Punctuality {
    pub fn of(late_ms: &[i64]) -> Punctuality {
        Punctuality {
            begun: late_ms.len(),
            on_time: late_ms.iter().filter(|late| late.abs() <= 1000).count(),
            worst_ms: late_ms.iter().map(|late| late.abs()).max().unwrap_or(0),
        }
    }
}

/// What a topic, or a group of topics, adds up to.
#[derive(Clone, Debug)]
pub struct TopicSum {
    pub id: String,
    pub name: String,
    /// Distinct items; a translation is its original.
    pub items: usize,
    pub first_runs: i64,
    pub airings: i64,
    pub airtime: Minutes,
    /// Of all airtime, in tenths of a percent.
    pub share: Option<i64>,
}

/// Topics under one heading.
#[derive(Clone, Debug)]
pub struct TopicGroup {
    pub sum: TopicSum,
    pub topics: Vec<TopicSum>,
}

/// The station's own duties, all other topics, and both together.
#[derive(Clone, Debug)]
pub struct TopicSums {
    pub duties: TopicGroup,
    pub others: TopicGroup,
    pub total: TopicSum,
}

impl TopicSums {
    /// All topics, in the order of the table.
    pub fn each(&self) -> impl Iterator<Item = &TopicSum> {
        self.duties.topics.iter().chain(&self.others.topics)
    }
}

/// What a topic had in this period and in the one that it is compared with, on as many days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicChange {
    pub id: String,
    pub name: String,
    pub airtime_ms: i64,
    pub before_ms: i64,
}

impl TopicChange {
    pub fn grown_ms(&self) -> i64 {
        self.airtime_ms - self.before_ms
    }
}

/// What a village got, and on how many days nothing.
#[derive(Clone, Debug)]
pub struct VillageSum {
    pub id: String,
    pub name: String,
    pub airings: i64,
    pub airtime_ms: i64,
    pub silence: Silence,
    pub served: Served,
}

/// Days without sound, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// Days that have a log.
    pub days: usize,
    /// Of each day the most frequent.
    pub reasons: Reasons,
    /// Days on which nothing was planned.
    pub unplanned: usize,
    pub before_log: usize,
    /// Days of which the log does not tell any more.
    pub after_log: usize,
}

/// What aired from the first day to the last; nothing is known of days without a log.
pub(super) fn figures(counted: &Counted<'_>, period: PeriodRole, days: Option<(Date, Date)>) -> Figures {
    let Some((from, until)) = days else { return Figures::default() };
    let Counted { tally, folded, names, .. } = *counted;
    let (mut airings, mut first_runs, mut airtime_ms, mut duty_ms) = (0, 0, 0, 0);
    let (mut items, mut recordings, mut programmes) = (BTreeSet::new(), HashSet::new(), BTreeSet::new());
    let (mut broadcasts, mut last) = (0, None);
    for (airing, facts) in folded.announcements(&tally.facts, period) {
        if airing.day < from || airing.day > until {
            continue;
        }
        airtime_ms += airing.airtime_ms;
        if names.topic(&facts.topic).is_some_and(|topic| topic.duty) {
            duty_ms += airing.airtime_ms;
        }
        if airing.whole {
            airings += 1;
            first_runs += i64::from(airing.first);
            items.insert(names.original(&facts.item));
            recordings.insert(airing.content);
        }
        let broadcast = Some((airing.broadcast, airing.slot_at));
        if airing.airtime_ms > 0 && last != broadcast {
            last = broadcast;
            broadcasts += 1;
            // What a person orders has no programme.
            programmes.extend((!airing.ordered).then_some(airing.programme));
        }
    }
    let count = |count: usize| Some(i64::try_from(count).unwrap_or(i64::MAX));
    Figures {
        airings: Some(airings),
        first_runs: Some(first_runs),
        repeats: Some(airings - first_runs),
        airtime_ms: Some(airtime_ms),
        duty_ms: Some(duty_ms),
        items: count(items.len()),
        recordings: count(recordings.len()),
        broadcasts: count(broadcasts),
        programmes: count(programmes.len()),
        days: days_between(from, until),
    }
}
