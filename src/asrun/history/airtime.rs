//! How much of each topic has aired, and in which languages: what targets and shares are held against.
//!
//! Pure. It counts as the report does: announcements alone, and an element of a broadcast once, whatever outputs carried it, with the longest
//! airtime that one of them gave it. It is kept by the quarter of an hour: no zone's day begins within one, so that no zone is needed here.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::terms::*;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicAirtime {
    /// By the start of the quarter of an hour in which the broadcasts were planned.
    quarters: BTreeMap<Wall, Arc<Vec<AiredTopic>>>,
    /// The airings of the latest planned instants, for other outputs and further takes of the same element.
    recent: BTreeMap<Wall, Vec<RecentAiring>>,
}

/// What has aired of a topic in a language.
#[derive(Clone, Debug, PartialEq)]
pub struct AiredTopic {
    pub topic: Option<TopicId>,
    pub language: Arc<str>,
    pub amount: AiredAmount,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AiredAmount {
    /// Whole ones.
    pub airings: i64,
    pub airtime_ms: i64,
}

/// One take of an announcement, as a row or a rundown has it.
#[derive(Clone, Copy, Debug)]
pub struct AnnouncementTake<'a> {
    pub planned_at: Wall,
    pub broadcast: &'a BroadcastId,
    pub output: &'a OutputId,
    /// From 1, as in the log.
    pub element: u32,
    pub topic: Option<&'a TopicId>,
    pub language: &'a str,
    pub aired: AiredAmount,
}

#[derive(Clone, Debug, PartialEq)]
struct RecentAiring {
    broadcast: BroadcastId,
    element: u32,
    topic: Option<TopicId>,
    language: Arc<str>,
    /// What each output has carried of it.
    shares: Vec<(OutputId, AiredAmount)>,
}

const QUARTER: i64 = 15 * 60 * 1_000_000_000;
/// How far back from the newest planned instant it counts: longer than a campaign of a year.
pub const COUNTED_FOR: SignedDuration = SignedDuration::from_hours(24 * 400);
/// So many planned instants back another output may still bring in its share.
const RECENT_KEPT: usize = 64;

impl AiredAmount {
    fn minus(self, other: AiredAmount) -> AiredAmount {
        AiredAmount { airings: self.airings - other.airings, airtime_ms: self.airtime_ms - other.airtime_ms }
    }

    pub fn add(&mut self, more: AiredAmount) {
        self.airings += more.airings;
        self.airtime_ms += more.airtime_ms;
    }
}

impl RecentAiring {
    /// Of all outputs together.
    fn amount(&self) -> AiredAmount {
        let shares = || self.shares.iter().map(|(_, amount)| amount);
        AiredAmount {
            airings: i64::from(shares().any(|amount| amount.airings > 0)),
            airtime_ms: shares().map(|amount| amount.airtime_ms).max().unwrap_or(0),
        }
    }
}

impl TopicAirtime {
    /// Takes in one take; by how much it moves the sums.
    pub fn count(&mut self, take: &AnnouncementTake<'_>) -> AiredAmount {
        let sums = Arc::make_mut(self.quarters.entry(quarter_of(take.planned_at)).or_default());
        let place = sums.iter().position(|sum| sum.topic.as_ref() == take.topic && *sum.language == *take.language);
        let place = place.unwrap_or_else(|| {
            let amount = AiredAmount::default();
            sums.push(AiredTopic { topic: take.topic.cloned(), language: take.language.into(), amount });
            sums.len() - 1
        });
        let Some(sum) = sums.get_mut(place) else { return AiredAmount::default() };
        let recent = self.recent.entry(take.planned_at).or_default();
        let known = recent.iter().position(|airing| airing.element == take.element && airing.broadcast == *take.broadcast);
        let known = known.unwrap_or_else(|| {
            let (topic, language) = (sum.topic.clone(), Arc::clone(&sum.language));
            let shares = Vec::new();
            recent.push(RecentAiring { broadcast: take.broadcast.clone(), element: take.element, topic, language, shares });
            recent.len() - 1
        });
        let Some(airing) = recent.get_mut(known) else { return AiredAmount::default() };
        let before = airing.amount();
        match airing.shares.iter_mut().find(|(output, _)| output == take.output) {
            Some((_, share)) => share.add(take.aired),
            None => airing.shares.push((take.output.clone(), take.aired)),
        }
        let moved = airing.amount().minus(before);
        sum.amount.add(moved);
        self.forget();
        moved
    }

    /// A time that turned out wrong has ended a slot: what it aired counts nowhere.
    pub fn void(&mut self, slot: &Slot) {
        let Some(recent) = self.recent.get_mut(&slot.planned_at) else { return };
        let sums = Arc::make_mut(self.quarters.entry(quarter_of(slot.planned_at)).or_default());
        for airing in recent.iter_mut().filter(|airing| airing.broadcast == slot.broadcast) {
            let before = airing.amount();
            airing.shares.retain(|(output, _)| *output != slot.output);
            let moved = airing.amount().minus(before);
            let same = |sum: &&mut AiredTopic| sum.topic == airing.topic && sum.language == airing.language;
            if let Some(sum) = sums.iter_mut().find(same) {
                sum.amount.add(moved);
            }
        }
    }

    /// What was planned from `from` on and before `to`.
    pub fn between(&self, from: Wall, to: Wall) -> impl Iterator<Item = &AiredTopic> {
        let span = if from < to { self.quarters.range(from..to) } else { self.quarters.range(to..to) };
        span.flat_map(|(_, sums)| sums.iter())
    }

    /// The same of one topic.
    pub fn of_topic(&self, topic: &TopicId, from: Wall, to: Wall) -> AiredAmount {
        let mut all = AiredAmount::default();
        self.between(from, to).filter(|sum| sum.topic.as_ref() == Some(topic)).for_each(|sum| all.add(sum.amount));
        all
    }

    fn forget(&mut self) {
        while self.recent.len() > RECENT_KEPT {
            self.recent.pop_first();
        }
        let Some(newest) = self.quarters.last_key_value().map(|(at, _)| *at) else { return };
        while self.quarters.first_key_value().is_some_and(|(at, _)| *at < newest - COUNTED_FOR) {
            self.quarters.pop_first();
        }
    }
}

fn quarter_of(at: Wall) -> Wall {
    Wall(at.0 - at.0.rem_euclid(QUARTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take<'a>(
        hours: i64,
        output: &'a OutputId,
        broadcast: &'a BroadcastId,
        topic: &'a TopicId,
        ms: i64,
    ) -> AnnouncementTake<'a> {
        let aired = AiredAmount { airings: i64::from(ms == 60_000), airtime_ms: ms };
        let planned_at = Wall(hours * 4 * QUARTER);
        AnnouncementTake { planned_at, broadcast, output, element: 1, topic: Some(topic), language: "vi", aired }
    }

    #[test]
    fn an_element_counts_once_with_the_longest_airtime_that_an_output_gave_it() {
        let (north, south): (OutputId, OutputId) = ("north".into(), "south".into());
        let (b, law): (BroadcastId, TopicId) = ("b".into(), "law".into());
        let mut airtime = TopicAirtime::default();
        let all = |airtime: &TopicAirtime| airtime.of_topic(&law, Wall(0), Wall(i64::MAX));
        airtime.count(&take(5, &north, &b, &law, 20_000));
        assert_eq!(all(&airtime), AiredAmount { airings: 0, airtime_ms: 20_000 });
        airtime.count(&take(5, &south, &b, &law, 60_000));
        assert_eq!(all(&airtime), AiredAmount { airings: 1, airtime_ms: 60_000 });
        airtime.count(&take(5, &north, &b, &law, 60_000));
        assert_eq!(all(&airtime), AiredAmount { airings: 1, airtime_ms: 80_000 }, "it was cut and began anew there");
        airtime.void(&Slot { planned_at: Wall(20 * QUARTER), broadcast: b.clone(), output: north.clone() });
        assert_eq!(all(&airtime), AiredAmount { airings: 1, airtime_ms: 60_000 });
        airtime.count(&take(6, &north, &b, &law, 60_000));
        assert_eq!(airtime.of_topic(&law, Wall(24 * QUARTER), Wall(25 * QUARTER)).airings, 1);
    }
}
