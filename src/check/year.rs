//! What a year of rundowns shows: slots that collide, lie outside hours, go over quota, run out of items, or never air.
//!
//! One warning a broadcast and kind, never one a day, with the first date and how often. The year is worked out from an empty past:
//! what the log holds changes which item is picked, hardly whether there is one.

mod warnings;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::asrun::history::History;
use crate::library::Library;
use crate::plan::Plan;
use crate::plan::fault::Code;
use crate::rundown::steer::Steering;
use crate::rundown::stock::Stock;
use crate::rundown::timeline::{Course, courses};
use crate::rundown::{Planned, Rundown, SeenFrom, Span, build_on};
use crate::terms::*;

pub use warnings::year;

/// The year is built in parts of about so many slots, so that a plan which airs each second does not fill the memory.
const PART_SLOTS: usize = 2_000;
/// 50 broadcasts a day on ten outputs. Of a plan that owes more, the year is not looked at to its end.
const MOST_SLOTS: usize = 200_000;

/// What is wrong with a broadcast, once or often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BroadcastTrouble {
    /// It has to wait for what is before it on its output, or gives way to a priority.
    Waits,
    /// It would have to wait for longer than it may, and is missed.
    Busy,
    OutsideHours,
    OverQuota,
    PickDropped,
    PoolEmpty,
    /// Another of the same programme airs on the same output at the same time.
    Duplicate,
    /// It has no slot in the coming year.
    NeverDue,
    /// It has slots, and none of them airs.
    NeverAirs,
}

impl BroadcastTrouble {
    pub fn code(self) -> Code {
        match self {
            BroadcastTrouble::Waits | BroadcastTrouble::Busy => Code::Overlap,
            BroadcastTrouble::OutsideHours => Code::OutsideHours,
            BroadcastTrouble::OverQuota => Code::OverQuota,
            BroadcastTrouble::PickDropped => Code::PickDropped,
            BroadcastTrouble::PoolEmpty => Code::PoolEmpty,
            BroadcastTrouble::Duplicate => Code::Duplicate,
            BroadcastTrouble::NeverDue | BroadcastTrouble::NeverAirs => Code::NeverAirs,
        }
    }
}

/// One trouble of one broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TroubleFound {
    /// Index into the plan's broadcasts.
    pub broadcast: usize,
    pub trouble: BroadcastTrouble,
    /// The first planned instant that has it; the start of the year for what never is.
    pub first: Wall,
    /// How many planned instants have it, each counted once however many outputs it has.
    pub times: u32,
    /// What is before it, where it waits.
    pub behind: Option<BroadcastId>,
    /// Why it is left out, where it never airs.
    pub reason: Option<Reason>,
}

/// The troubles of broadcasts as values.
pub fn find(plan: &Plan, library: &Library, from: Date) -> Vec<TroubleFound> {
    look(plan, library, from, MOST_SLOTS).0
}

fn look(plan: &Plan, library: &Library, from: Date, most: usize) -> (Vec<TroubleFound>, YearReview) {
    let zone = &plan.station.timezone;
    let stock = Stock::of(plan, library);
    let mut steering = Steering::of(plan, &stock);
    let mut seen = YearReview::default();
    let mut history = History::default();
    let mut slots = 0;
    let mut day = from;
    let last = from.saturating_add(365.days());
    let mut part_days = 1;
    while day < last && slots < most {
        let next = day.saturating_add(part_days.days()).min(last);
        let span = Span { from: zone.start_of(day), to: zone.start_of(next) };
        let rundown = build_on(&mut steering, plan, &stock, &mut history, span, SeenFrom::at(span.from));
        seen.look(&rundown);
        slots += rundown.slots.len();
        let a_day = rundown.slots.len() / usize::try_from(part_days).unwrap_or(1) + 1;
        part_days = i64::try_from(PART_SLOTS / a_day).unwrap_or(1).clamp(1, 28);
        day = next;
    }
    // A year that was not looked at to its end says nothing of what never airs in it.
    seen.whole_year = day >= last;
    seen.history = history;
    (seen.tell(plan, zone.start_of(from)), seen)
}

#[derive(Default)]
struct YearReview {
    troubles: BTreeMap<(usize, BroadcastTrouble), TroubleCount>,
    /// How many slots a broadcast has, how many of them air, and why the first does not.
    slots: BTreeMap<usize, (u32, u32, Option<Reason>)>,
    /// What sounds last on each output so far: from, until, which broadcast.
    before: BTreeMap<OutputId, (Wall, Wall, BroadcastId)>,
    /// Items that a broadcast names when they are not valid.
    not_valid: BTreeMap<ItemId, TroubleCount>,
    /// Whether the year was looked at to its end.
    whole_year: bool,
    /// What airs in it.
    history: History,
}

struct TroubleCount {
    first: Wall,
    last: Wall,
    times: u32,
    behind: Option<BroadcastId>,
}

impl TroubleCount {
    fn begun(at: Wall, behind: Option<BroadcastId>) -> TroubleCount {
        TroubleCount { first: at, last: Wall::MIN, times: 0, behind }
    }

    /// Each instant counts once, however many outputs have it.
    fn note(&mut self, at: Wall) {
        if self.last != at {
            self.times += 1;
            self.last = at;
        }
    }
}

impl YearReview {
    fn look(&mut self, rundown: &Rundown) {
        for (planned, course) in rundown.slots.iter().zip(courses(rundown)) {
            let slots = self.slots.entry(place(planned)).or_default();
            slots.0 += 1;
            self.look_for_invalid(planned);
            if planned.elements.iter().any(|e| e.unplayable == Some(Reason::PoolEmpty)) {
                self.note(planned, BroadcastTrouble::PoolEmpty, None);
            }
            match course {
                Course::LeftOut => self.look_left_out(planned, rundown),
                Course::Busy => {
                    let behind = self.behind(planned);
                    self.note(planned, BroadcastTrouble::Busy, behind);
                }
                Course::Airs(starts) => self.look_airing(planned, &starts),
            }
        }
    }

    /// Fixed items alone: pools leave out what is not valid.
    fn look_for_invalid(&mut self, planned: &Planned) {
        let at = planned.slot.planned_at;
        let invalid = planned.elements.iter().filter(|element| element.unplayable == Some(Reason::NotValid));
        for item in invalid.filter_map(|element| element.facts.as_ref()) {
            if !self.not_valid.contains_key(&item.item) {
                self.not_valid.insert(item.item.clone(), TroubleCount::begun(at, Some(planned.slot.broadcast.clone())));
            }
            if let Some(count) = self.not_valid.get_mut(&item.item) {
                count.note(at);
            }
        }
    }

    fn look_left_out(&mut self, planned: &Planned, rundown: &Rundown) {
        let reason = planned.left_out.and_then(|outcome| outcome.reason);
        if let Some((_, _, first)) = self.slots.get_mut(&place(planned)) {
            *first = first.or(reason);
        }
        match reason {
            Some(Reason::OutsideHours) => self.note(planned, BroadcastTrouble::OutsideHours, None),
            Some(Reason::OverQuota) if planned.dropped.is_empty() => self.note(planned, BroadcastTrouble::OverQuota, None),
            Some(Reason::Duplicate) => self.note(planned, BroadcastTrouble::Duplicate, airs_instead(planned, rundown)),
            // Replaced is as the plan wants it; what is wrong with recordings is reported for the items.
            _ => {}
        }
    }

    fn look_airing(&mut self, planned: &Planned, starts: &[Option<Wall>]) {
        if let Some(slots) = self.slots.get_mut(&place(planned)) {
            slots.1 += 1;
        }
        // What has aired often enough is as the plan wants it.
        if planned.dropped.iter().any(|dropped| dropped.limit.is_none()) {
            self.note(planned, BroadcastTrouble::PickDropped, None);
        }
        let sounding = || planned.elements.iter().zip(starts).filter_map(|(element, start)| Some((element, (*start)?)));
        let begins = sounding().next().map(|(_, start)| start);
        if sounding().any(|(element, start)| start != planned.slot.planned_at + element.offset) {
            let behind = self.behind(planned).filter(|_| begins.is_some_and(|at| at > planned.slot.planned_at));
            self.note(planned, BroadcastTrouble::Waits, behind);
        }
        if let (Some(begins), Some((element, last))) = (begins, sounding().next_back()) {
            let id = planned.slot.broadcast.clone();
            self.before.insert(planned.slot.output.clone(), (begins, last + element.length, id));
        }
    }

    /// What sounds on its output at its planned instant.
    fn behind(&self, planned: &Planned) -> Option<BroadcastId> {
        let (_, until, broadcast) = self.before.get(&planned.slot.output)?;
        (*until > planned.slot.planned_at).then(|| broadcast.clone())
    }

    fn note(&mut self, planned: &Planned, trouble: BroadcastTrouble, behind: Option<BroadcastId>) {
        let at = planned.slot.planned_at;
        self.troubles.entry((place(planned), trouble)).or_insert_with(|| TroubleCount::begun(at, behind)).note(at);
    }

    fn tell(&self, plan: &Plan, start: Wall) -> Vec<TroubleFound> {
        let mut found = Vec::new();
        for index in 0..plan.broadcasts.len() {
            let before = found.len();
            let own = self.troubles.range((index, BroadcastTrouble::Waits)..=(index, BroadcastTrouble::NeverAirs));
            found.extend(own.map(|((broadcast, trouble), tally)| TroubleFound {
                broadcast: *broadcast,
                trouble: *trouble,
                first: tally.first,
                times: tally.times,
                behind: tally.behind.clone(),
                reason: None,
            }));
            let (slots, airing, reason) = self.slots.get(&index).copied().unwrap_or_default();
            // An extra that has passed, or lies farther ahead, is nothing to mend.
            let silent = slots == 0 && plan.broadcasts[index].only_on.is_some();
            // What is told already explains why it never airs.
            if airing == 0 && found.len() == before && self.whole_year && !silent {
                let trouble = if slots == 0 { BroadcastTrouble::NeverDue } else { BroadcastTrouble::NeverAirs };
                found.push(TroubleFound { broadcast: index, trouble, first: start, times: slots, behind: None, reason });
            }
        }
        found
    }
}

/// Which broadcast airs the programme on that output at that instant.
pub(super) fn airs_instead(planned: &Planned, rundown: &Rundown) -> Option<BroadcastId> {
    let at = planned.slot.planned_at;
    let first = rundown.slots.partition_point(|other| other.slot.planned_at < at);
    let together = rundown.slots.get(first..)?.iter().take_while(|other| other.slot.planned_at == at);
    let same = |other: &&Planned| {
        let is_duplicate = other.left_out.is_some_and(|outcome| outcome.reason == Some(Reason::Duplicate));
        other.slot.output == planned.slot.output && other.facts.programme == planned.facts.programme && !is_duplicate
    };
    together.filter(|other| other.slot.broadcast != planned.slot.broadcast).find(same).map(|other| other.slot.broadcast.clone())
}

fn place(planned: &Planned) -> usize {
    usize::try_from(planned.rank).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::civil::date;

    use super::*;
    use crate::lang::Language;
    use crate::library::Unfit;
    use crate::plan;
    use crate::rundown::sample::*;

    fn summary(sample: &SampleStation) -> Vec<String> {
        let zone = &sample.plan.station.timezone;
        find(&sample.plan, &sample.library, date(2026, 11, 1))
            .iter()
            .map(|found| {
                let id = &sample.plan.broadcasts[found.broadcast].id;
                let first = zone.civil(found.first).strftime("%m-%d %H:%M");
                let behind = found.behind.as_ref().map(|id| format!(" behind {id}")).unwrap_or_default();
                let reason = found.reason.map(|reason| format!(" {reason}")).unwrap_or_default();
                format!("{id} {:?} {first} ×{}{behind}{reason}", found.trouble, found.times)
            })
            .collect()
    }

    fn sample() -> SampleStation {
        SampleStation::default()
            .jingle("jingle", 10)
            .item("a", "law", 60)
            .item("b", "law", 60)
            .item("c", "law", 60)
            .item("lonely", "health", 60)
            .programme("good", vec![fixed("jingle"), pick(1, "law")])
            .programme("long", vec![fixed("jingle"), pick(3, "law")])
            .programme("short", vec![fixed("lonely")])
    }

    #[test]
    fn a_good_plan_has_nothing_to_tell() {
        assert!(summary(&sample().broadcast("b", "good", &["05:30", "17:00"])).is_empty());
    }

    #[test]
    fn what_collides_is_told_once_with_what_it_waits_for() {
        let sample = sample()
            .broadcast("first", "long", &["05:30"])
            .broadcast("second", "short", &["05:32"])
            .broadcast("third", "good", &["05:31"])
            .with(|b| b.late = SignedDuration::from_secs(30));
        assert_eq!(summary(&sample), ["second Waits 11-01 05:32 ×365 behind first", "third Busy 11-01 05:31 ×365 behind first"]);
    }

    #[test]
    fn what_gives_way_to_a_priority_is_told_too() {
        let sample = sample()
            .broadcast("first", "long", &["05:30"])
            .broadcast("urgent", "short", &["05:31"])
            .with(|b| b.priority = Priority::Priority);
        assert_eq!(summary(&sample), ["first Waits 11-01 05:30 ×365", "urgent Waits 11-01 05:31 ×365 behind first"]);
    }

    #[test]
    fn hours_quota_and_drops_are_told_with_their_first_date() {
        let sample = sample()
            .quota(150)
            .dates("week", date(2026, 12, 1), date(2026, 12, 7))
            .broadcast("night", "good", &["03:15"])
            .broadcast("long", "long", &["05:30"])
            .broadcast("after", "short", &["05:45"])
            .with(|b| b.during = vec!["week".into()]);
        assert_eq!(
            summary(&sample),
            ["night OutsideHours 11-01 03:15 ×365", "long PickDropped 11-01 05:30 ×365", "after OverQuota 12-01 05:45 ×7"]
        );
    }

    #[test]
    fn a_pool_that_runs_dry_is_told_from_the_day_it_does() {
        let sample = sample()
            .item("dated", "news", 60)
            .valid(None, Some(date(2026, 11, 30)))
            .programme("news", vec![fixed("a"), pick(1, "news")])
            .broadcast("news", "news", &["05:30"]);
        assert_eq!(summary(&sample), ["news PoolEmpty 12-01 05:30 ×335"]);
    }

    #[test]
    fn what_never_airs_is_told_unless_something_else_says_why() {
        let sample = sample()
            .unfit("lonely", Unfit::Missing)
            .dates("past", date(2026, 1, 1), date(2026, 2, 1))
            .broadcast("past", "good", &["05:30"])
            .with(|b| b.during = vec!["past".into()])
            .broadcast("replaced", "good", &["05:30"])
            .broadcast("broken", "short", &["17:10"])
            .broadcast("special", "good", &["17:00"])
            .with(|b| b.replaces = vec!["replaced".into()]);
        assert_eq!(
            summary(&sample),
            [
                "past NeverDue 11-01 00:00 ×0",
                "replaced NeverAirs 11-01 00:00 ×365 replaced",
                "broken NeverAirs 11-01 00:00 ×365 file_missing"
            ]
        );
    }

    #[test]
    fn an_extra_that_has_passed_is_no_trouble_and_one_outside_hours_is() {
        let sample =
            sample().extra("past", "good", date(2026, 10, 1), "05:30").extra("night", "good", date(2026, 12, 1), "03:15");
        assert_eq!(summary(&sample), ["night OutsideHours 12-01 03:15 ×1"]);
    }

    #[test]
    fn outputs_are_not_counted_twice() {
        let sample = sample().output("second").broadcast("night", "good", &["03:15"]);
        assert_eq!(summary(&sample), ["night OutsideHours 11-01 03:15 ×365"]);
    }

    #[test]
    fn every_warning_has_words_in_both_languages() {
        let mut sample = sample()
            .quota(400)
            .dates("past", date(2026, 1, 1), date(2026, 2, 1))
            .programme("dry", vec![fixed("a"), pick(2, "health")])
            .broadcast("night", "good", &["03:15"])
            .broadcast("long", "long", &["05:30"])
            .broadcast("waits", "dry", &["05:31"])
            .broadcast("late", "good", &["05:31"])
            .with(|b| b.late = SignedDuration::ZERO)
            .broadcast("drops", "long", &["05:50"])
            .broadcast("over", "short", &["06:00"])
            .broadcast("past", "good", &["17:30"])
            .with(|b| b.during = vec!["past".into()])
            .broadcast("replaced", "short", &["17:30"])
            .broadcast("special", "good", &["17:00"])
            .with(|b| b.replaces = vec!["replaced".into()])
            .broadcast("urgent", "short", &["17:00:30"])
            .with(|b| b.priority = Priority::Priority);
        let text = |sample: &SampleStation| {
            let all = year(&sample.plan, &sample.library, date(2026, 11, 1));
            let lines =
                all.iter().map(|d| format!("{}: {}\n  {}\n", d.code.as_str(), d.message, d.help.as_deref().unwrap_or("")));
            lines.collect::<String>()
        };
        insta::assert_snapshot!("warnings_vi", text(&sample));
        sample.plan.station.language = Language::En;
        insta::assert_snapshot!("warnings_en", text(&sample));
    }

    #[test]
    fn the_same_programme_twice_at_one_time_names_the_one_that_airs() {
        let sample = sample().broadcast("first", "good", &["05:30"]).broadcast("second", "good", &["05:30"]);
        let found = find(&sample.plan, &sample.library, date(2026, 11, 1));
        let told: Vec<_> =
            found.iter().map(|found| (found.trouble, found.times, found.behind.as_ref().unwrap().as_str())).collect();
        assert_eq!(told, [(BroadcastTrouble::Duplicate, 365, "first")]);
    }

    #[test]
    fn what_expires_while_it_is_in_use_and_targets_out_of_reach_are_told_once() {
        let mut sample = SampleStation::default()
            .item("a", "law", 60)
            .item("until", "law", 60)
            .valid(None, Some(date(2026, 12, 24)))
            .item("h", "health", 60)
            .programme("p", vec![fixed("until"), pick(1, "law")])
            .yearly("action", "11-15", "12-15")
            .broadcast("b", "p", &["05:30"]);
        let target = |count| plan::Target { amount: plan::Amount::Airings(count), per: plan::Per::Day };
        let minutes = plan::Target { amount: plan::Amount::Airtime(SignedDuration::from_mins(62)), per: plan::Per::Campaign };
        let targets = vec![("law".into(), minutes), ("health".into(), target(1))];
        sample.plan.campaigns[0].targets = targets;
        let text = |sample: &SampleStation, from: Date| {
            let all = year(&sample.plan, &sample.library, from);
            all.iter().map(|d| format!("{}: {}\n", d.code.as_str(), d.message)).collect::<String>()
        };
        insta::assert_snapshot!("out_of_reach_vi", text(&sample, date(2026, 11, 1)));
        sample.plan.station.language = Language::En;
        insta::assert_snapshot!("out_of_reach_en", text(&sample, date(2026, 11, 20)));
    }

    #[test]
    fn a_plan_that_airs_every_second_is_looked_at_only_so_far() {
        let sample = sample().hours(&["00:00-24:00"]).broadcast("mad", "good", &[]).with(|b| {
            b.recur = crate::calendar::recur::Recur::cron("*/10 * * * * *").unwrap();
        });
        let (found, _) = look(&sample.plan, &sample.library, date(2026, 11, 1), 10_000);
        let collides = |found: &TroubleFound| matches!(found.trouble, BroadcastTrouble::Waits | BroadcastTrouble::Busy);
        assert!(!found.is_empty() && found.iter().all(collides), "{found:?}");
    }
}
