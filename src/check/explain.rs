//! Why a broadcast airs on a day, or does not: each rule in the order in which it decided, up to the one that decided against it.
//!
//! Nothing is decided here: what the rules say is asked of the rundown and the parts that make it ([`crate::rundown::due`],
//! [`crate::rundown::steer`]), so that an explanation cannot drift from what airs.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use super::year::airs_instead;
use crate::asrun::element::Element;
use crate::asrun::history::History;
use crate::plan::{Broadcast, ChangedTo, Except, Plan};
use crate::rundown::due::{self, DueBroadcast, NotHeld, OneDate};
use crate::rundown::steer::Steering;
use crate::rundown::stock::Stock;
use crate::rundown::timeline::{Course, courses};
use crate::rundown::{Planned, Rundown, SeenFrom, Span, build_from};
use crate::terms::*;

/// The rules that hold for the whole day, and then for each slot that it has.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub day: Date,
    pub rules: Vec<DayRule>,
    pub slots: Vec<SlotExplained>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DayRule {
    /// Its days and times: at these it would air.
    Times(Vec<DateTime>),
    NoTimes,
    /// It airs on the days of campaigns alone.
    InCampaign(CampaignId),
    OutsideCampaigns(Vec<CampaignId>),
    Excepted(Except),
    NotExcepted,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SlotExplained {
    pub at: DateTime,
    pub output: OutputId,
    pub rules: Vec<SlotRule>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SlotRule {
    /// Its broadcast has this date alone.
    Extra,
    /// A change of this date has made another of it. `in_place_of` is the series' programme.
    Changed {
        skipped: bool,
        moved_from: Option<DateTime>,
        in_place_of: Option<String>,
        outputs: bool,
    },
    /// The plan itself takes it off that day, or a person did. `by` is the broadcast that airs instead.
    Skipped {
        reason: Reason,
        by: Option<BroadcastId>,
    },
    /// The session hours that it lies in.
    InHours {
        opens: DateTime,
        closes: DateTime,
    },
    OutsideHours,
    /// It names this item.
    Fixed {
        title: String,
        unplayable: Option<Reason>,
    },
    /// This item was chosen: its topic is behind the target of a campaign, or it was its turn. When it last aired.
    Picked {
        title: String,
        behind: bool,
        last: Option<DateTime>,
    },
    NothingToPick,
    /// Dropped for want of time.
    Dropped {
        title: String,
        reason: Reason,
    },
    /// Nothing of it can sound, or it does not fit.
    LeftOut(Outcome),
    /// What is before it on its output lasts longer than it may wait.
    Busy,
    /// It waits for what is before it, or gives way in between.
    Waits(DateTime),
    Airs {
        from: DateTime,
        length: SignedDuration,
    },
}

/// `history` is what aired, or will have, before that day; `mourning` the periods that were ordered.
pub fn explain(
    plan: &Plan,
    stock: &Stock,
    history: &History,
    mourning: &[Mourning],
    broadcast: &Broadcast,
    day: Date,
) -> Explanation {
    let zone = &plan.station.timezone;
    let mut rules = Vec::new();
    let times = broadcast.recur.on(day, zone);
    if times.is_empty() {
        rules.push(DayRule::NoTimes);
        return Explanation { day, rules, slots: Vec::new() };
    }
    rules.push(DayRule::Times(times.iter().map(|at| zone.civil(*at)).collect()));
    match due::holds(plan, broadcast, day) {
        Err(NotHeld::OutsideCampaigns) => rules.push(DayRule::OutsideCampaigns(broadcast.during.clone())),
        Err(NotHeld::Excepted(except)) => {
            rules.extend(
                broadcast
                    .during
                    .iter()
                    .find(|id| plan.campaign(id).is_some_and(|campaign| campaign.days.contain(day)))
                    .cloned()
                    .map(DayRule::InCampaign),
            );
            rules.push(DayRule::Excepted(except.clone()));
        }
        Ok(campaign) => {
            rules.extend(campaign.cloned().map(DayRule::InCampaign));
            if !broadcast.except.is_empty() {
                rules.push(DayRule::NotExcepted);
            }
        }
    }
    let span = Span { from: zone.start_of(day), to: day.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next)) };
    let rundown = build_from(plan, stock, &mut history.clone(), span, SeenFrom { mourning, ..SeenFrom::at(span.from) });
    let today = due::on(plan, mourning, day);
    let slots = rundown.slots.iter().zip(courses(&rundown)).filter(|(planned, _)| planned.slot.broadcast == broadcast.id);
    let slots = slots.map(|(planned, course)| {
        let due = today.iter().find(|due| due.planned_at == planned.slot.planned_at && is_of(plan, due, planned));
        SlotExplained {
            at: zone.civil(planned.slot.planned_at),
            output: planned.slot.output.clone(),
            rules: SlotView { plan, stock, history, mourning, rundown: &rundown, planned, due }.rules(&course),
        }
    });
    Explanation { day, rules, slots: slots.collect() }
}

fn is_of(plan: &Plan, due: &DueBroadcast, planned: &Planned) -> bool {
    plan.broadcasts[due.broadcast].id == planned.slot.broadcast
}

/// One slot, with all that its rules are asked of.
struct SlotView<'a> {
    plan: &'a Plan,
    stock: &'a Stock,
    history: &'a History,
    mourning: &'a [Mourning],
    rundown: &'a Rundown,
    planned: &'a Planned,
    due: Option<&'a DueBroadcast<'a>>,
}

impl SlotView<'_> {
    fn rules(&self, course: &Course) -> Vec<SlotRule> {
        let civil = |at: Wall| self.plan.station.timezone.civil(at);
        let mut rules: Vec<SlotRule> = self.on_this_date().into_iter().collect();
        if let Some(reason) = self.taken_off() {
            rules.push(SlotRule::Skipped { reason, by: self.instead(reason) });
            return rules;
        }
        match self.planned.session {
            Some(session) => rules.push(SlotRule::InHours { opens: civil(session.opens), closes: civil(session.closes) }),
            None => {
                rules.push(SlotRule::OutsideHours);
                return rules;
            }
        }
        self.items(&mut rules);
        let dropped = self.planned.dropped.iter();
        rules.extend(dropped.map(|dropped| SlotRule::Dropped { title: dropped.title.clone(), reason: dropped.reason }));
        match course {
            Course::LeftOut => rules.extend(self.planned.left_out.map(SlotRule::LeftOut)),
            Course::Busy => rules.push(SlotRule::Busy),
            Course::Airs(starts) => {
                let sounding = self.planned.elements.iter().zip(starts).filter_map(|(element, at)| Some((element, (*at)?)));
                let as_laid_out = |(element, at): &(&Element, Wall)| *at == self.planned.slot.planned_at + element.offset;
                let (first, last) = (sounding.clone().next(), sounding.clone().next_back());
                if let (Some((_, from)), Some((element, at))) = (first, last) {
                    if !sounding.clone().all(|element| as_laid_out(&element)) {
                        rules.push(SlotRule::Waits(civil(from)));
                    }
                    rules.push(SlotRule::Airs { from: civil(from), length: at + element.length - from });
                }
            }
        }
        rules
    }

    fn on_this_date(&self) -> Option<SlotRule> {
        let OneDate::Changed { change, from } = self.due?.one_date? else { return Some(SlotRule::Extra) };
        let ChangedTo::Other { at, programme, outputs } = &change.to else {
            return Some(SlotRule::Changed { skipped: true, moved_from: None, in_place_of: None, outputs: false });
        };
        let series = self.plan.programme(&self.plan.broadcasts[self.due?.broadcast].programme);
        Some(SlotRule::Changed {
            skipped: false,
            moved_from: at.map(|_| self.plan.station.timezone.civil(from)),
            in_place_of: programme.as_ref().and(series).map(|programme| programme.name.clone()),
            outputs: outputs.is_some(),
        })
    }

    /// Why the day has it taken off, before anything of it is settled.
    fn taken_off(&self) -> Option<Reason> {
        let mut owed = self.due?.owed.iter();
        owed.find(|(output, _)| **output == self.planned.slot.output).and_then(|(_, out)| *out)
    }

    fn instead(&self, reason: Reason) -> Option<BroadcastId> {
        let id = &self.planned.slot.broadcast;
        match reason {
            Reason::Duplicate => airs_instead(self.planned, self.rundown),
            Reason::Replaced => {
                let others =
                    due::on(self.plan, self.mourning, self.due?.day).into_iter().map(|due| &self.plan.broadcasts[due.broadcast]);
                others.into_iter().find(|other| other.replaces.contains(id)).map(|other| other.id.clone())
            }
            _ => None,
        }
    }

    /// What stands in each place, and why. The history is taken on to just before the slot.
    fn items(&self, rules: &mut Vec<SlotRule>) {
        let (plan, at) = (self.plan, self.planned.slot.planned_at);
        let zone = &plan.station.timezone;
        let mut before = self.history.clone();
        let span = Span { from: self.rundown.from, to: at };
        build_from(plan, self.stock, &mut before, span, SeenFrom { mourning: self.mourning, ..SeenFrom::at(span.from) });
        let mut steering = Steering::of(plan, self.stock);
        let steer = self.due.map(|due| steering.lead(due, &before));
        for element in self.planned.elements.iter() {
            let Some(facts) = &element.facts else {
                rules.push(SlotRule::NothingToPick);
                continue;
            };
            let title = facts.title.clone();
            rules.push(if element.picked {
                let place = self.stock.place(&facts.item);
                let behind = steer.as_ref().zip(place).is_some_and(|(steer, place)| steer.of(place, &[]).0.0 > 0);
                SlotRule::Picked { title, behind, last: before.last_aired(&facts.item).map(|at| zone.civil(at)) }
            } else {
                SlotRule::Fixed { title, unplayable: element.unplayable }
            });
        }
    }
}
