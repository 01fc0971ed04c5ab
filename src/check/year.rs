//! What a year of rundowns shows: slots that collide, lie outside hours, go over quota, run out of items, or never air.
//!
//! One warning a broadcast and kind, never one a day, with the first date and how often. The year is worked out from an empty past:
//! what the log holds changes which item is picked, hardly whether there is one.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::asrun::history::History;
use crate::lang::year::{self as words, CalledBroadcast, WarningFacts};
use crate::library::Library;
use crate::plan::Plan;
use crate::plan::diagnostic::Diagnostic;
use crate::plan::fault::Code;
use crate::rundown::stock::Stock;
use crate::rundown::timeline::{Course, courses};
use crate::rundown::{Planned, Rundown, SeenFrom, Span, build_from};
use crate::terms::*;

/// The year is built in parts of about so many slots, so that a plan which airs each second does not fill the memory.
const PART_SLOTS: usize = 2_000;
/// 27 slots a day on ten outputs. Of a plan that owes more, the year is not looked at to its end.
const MOST_SLOTS: usize = 100_000;

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
    find(plan, library, from).into_iter().map(warning).collect()
}

fn called<'a>(plan: &'a Plan, id: &'a BroadcastId) -> CalledBroadcast<'a> {
    let programme = plan.broadcasts.iter().find(|broadcast| broadcast.id == *id).map(|broadcast| &broadcast.programme);
    let named = programme.and_then(|programme| plan.programmes.iter().find(|known| known.id == *programme));
    CalledBroadcast { programme: named.map_or("", |programme| programme.name.as_str()), id }
}

/// The same as values.
pub fn find(plan: &Plan, library: &Library, from: Date) -> Vec<TroubleFound> {
    look(plan, library, from, MOST_SLOTS)
}

fn look(plan: &Plan, library: &Library, from: Date, most: usize) -> Vec<TroubleFound> {
    let zone = &plan.station.timezone;
    let stock = Stock::of(plan, library);
    let mut seen = YearReview::default();
    let mut history = History::default();
    let mut slots = 0;
    let mut day = from;
    let last = from.saturating_add(365.days());
    let mut part_days = 1;
    while day < last && slots < most {
        let next = day.saturating_add(part_days.days()).min(last);
        let span = Span { from: zone.start_of(day), to: zone.start_of(next) };
        let rundown = build_from(plan, &stock, &mut history, span, SeenFrom::at(span.from));
        seen.look(&rundown);
        slots += rundown.slots.len();
        let a_day = rundown.slots.len() / usize::try_from(part_days).unwrap_or(1) + 1;
        part_days = i64::try_from(PART_SLOTS / a_day).unwrap_or(1).clamp(1, 28);
        day = next;
    }
    // A year that was not looked at to its end says nothing of what never airs in it.
    seen.tell(plan, zone.start_of(from), day >= last)
}

#[derive(Default)]
struct YearReview {
    troubles: BTreeMap<(usize, BroadcastTrouble), TroubleCount>,
    /// How many slots a broadcast has, how many of them air, and why the first does not.
    slots: BTreeMap<usize, (u32, u32, Option<Reason>)>,
    /// What sounds last on each output so far: from, until, which broadcast.
    before: BTreeMap<OutputId, (Wall, Wall, BroadcastId)>,
}

struct TroubleCount {
    first: Wall,
    last: Wall,
    times: u32,
    behind: Option<BroadcastId>,
}

impl YearReview {
    fn look(&mut self, rundown: &Rundown) {
        for (planned, course) in rundown.slots.iter().zip(courses(rundown)) {
            let slots = self.slots.entry(place(planned)).or_default();
            slots.0 += 1;
            if planned.elements.iter().any(|e| e.unplayable == Some(Reason::PoolEmpty)) {
                self.note(planned, BroadcastTrouble::PoolEmpty, None);
            }
            match course {
                Course::LeftOut => self.look_left_out(planned),
                Course::Busy => {
                    let behind = self.behind(planned);
                    self.note(planned, BroadcastTrouble::Busy, behind);
                }
                Course::Airs(starts) => self.look_airing(planned, &starts),
            }
        }
    }

    fn look_left_out(&mut self, planned: &Planned) {
        let reason = planned.left_out.and_then(|outcome| outcome.reason);
        if let Some((_, _, first)) = self.slots.get_mut(&place(planned)) {
            *first = first.or(reason);
        }
        match reason {
            Some(Reason::OutsideHours) => self.note(planned, BroadcastTrouble::OutsideHours, None),
            Some(Reason::OverQuota) if planned.dropped.is_empty() => self.note(planned, BroadcastTrouble::OverQuota, None),
            // Replaced and duplicate are as the plan wants it; what is wrong with recordings is reported for the items.
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
        let tally = self.troubles.entry((place(planned), trouble)).or_insert(TroubleCount {
            first: at,
            last: Wall::MIN,
            times: 0,
            behind,
        });
        if tally.last != at {
            tally.times += 1;
            tally.last = at;
        }
    }

    fn tell(self, plan: &Plan, start: Wall, whole_year: bool) -> Vec<TroubleFound> {
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
            if airing == 0 && found.len() == before && whole_year && !silent {
                let trouble = if slots == 0 { BroadcastTrouble::NeverDue } else { BroadcastTrouble::NeverAirs };
                found.push(TroubleFound { broadcast: index, trouble, first: start, times: slots, behind: None, reason });
            }
        }
        found
    }
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
    fn a_plan_that_airs_every_second_is_looked_at_only_so_far() {
        let sample = sample().hours(&["00:00-24:00"]).broadcast("mad", "good", &[]).with(|b| {
            b.recur = crate::calendar::recur::Recur::cron("*/10 * * * * *").unwrap();
        });
        let found = look(&sample.plan, &sample.library, date(2026, 11, 1), 10_000);
        let collides = |found: &TroubleFound| matches!(found.trouble, BroadcastTrouble::Waits | BroadcastTrouble::Busy);
        assert!(!found.is_empty() && found.iter().all(collides), "{found:?}");
    }
}
