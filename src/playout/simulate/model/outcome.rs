//! How slots ended: each once, with the status that its takes give it and a reason that something gave it.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{GRAIN, Law, Model};
use crate::asrun::element::Element;
use crate::asrun::row::Row;
use crate::control::request::Answer;
use crate::playout::simulate::mishap::Off;
use crate::playout::simulate::record::{Trouble, TroubleKind};
use crate::rundown::Planned;
use crate::terms::*;

/// Picks are settled this long ahead: what goes wrong from then on may touch the slot.
pub(super) const AHEAD: SignedDuration = SignedDuration::from_mins(16);
/// A device is open and a recording ready after this.
const OPENING: SignedDuration = SignedDuration::from_secs(2);
/// The longest session and its quota reach this far.
pub(super) const SESSION: SignedDuration = SignedDuration::from_hours(14);
/// A device opens, the tone is made from memory, what sounds fades out.
const AT_ONCE: SignedDuration = SignedDuration::from_millis(250);
/// So far two slots must be apart that do not meet: devices, pauses and recordings take their time.
pub(super) const APART: SignedDuration = SignedDuration::from_secs(5);

impl Model<'_> {
    pub(super) fn check_ends(&mut self) {
        let mut broken = Vec::new();
        for slot in &self.must {
            let count = self.endings.get(slot).map_or(0, Vec::len);
            // What a clock that was set back wrongly opened again may be owed by no plan any more when that is set right.
            let given_up = || self.record.plans.len() > 1 && self.was_opened(slot);
            if count != 1 && !(count == 0 && (self.is_lost(slot) || given_up())) {
                broken.push((slot.planned_at, format!("{slot} ended {count} times")));
            }
        }
        for (slot, rows) in &self.endings {
            let by_wrong_time = self.sometime.contains(slot) && self.record.clocks.iter().any(|clock| !clock.ahead.is_zero());
            if !self.owed.contains_key(slot) && by_wrong_time {
                continue;
            }
            if !self.owed.contains_key(slot) {
                broken.push((slot.planned_at, format!("{slot} ended as {:?}, and nobody owed it", rows[0].reason)));
            } else if rows.len() > 1 && !self.must.contains(slot) {
                broken.push((slot.planned_at, format!("{slot} ended {} times", rows.len())));
            }
        }
        for (at, what) in broken {
            self.breach(Law::EndsOnce, at, what);
        }
    }

    /// Whether what had ended was taken back.
    pub(super) fn was_opened(&self, slot: &Slot) -> bool {
        self.record.rows.iter().any(|row| row.kind() == Kind::Void && row.slot().as_ref() == Some(slot))
    }

    pub(super) fn check_outcomes(&mut self) {
        let mut takes: BTreeMap<Slot, Vec<&Row>> = BTreeMap::new();
        for row in &self.record.rows {
            match (row.kind(), row.slot()) {
                (Kind::Air, Some(slot)) => takes.entry(slot).or_default().push(row),
                (Kind::Void, Some(slot)) => drop(takes.remove(&slot)),
                _ => {}
            }
        }
        let endings = std::mem::take(&mut self.endings);
        for (slot, rows) in &endings {
            let Some(planned) = self.owed.get(slot).cloned() else { continue };
            let row = rows[0];
            let takes = takes.get(slot).map_or(&[][..], Vec::as_slice);
            if let Some(wrong) = wrong_status(row, takes) {
                self.breach(Law::RightStatus, slot.planned_at, format!("{slot} ended {:?}, {wrong}", row.status));
            }
            self.check_reason(slot, &planned, row);
        }
        self.endings = endings;
    }

    fn check_reason(&mut self, slot: &Slot, planned: &Planned, row: &Row) {
        // What a person orders is planned for the instant that a clock showed.
        let ordered = self.record.orders.iter().find(|order| order.slots.iter().any(|planned| planned.slot == *slot));
        let (due, due_at_last) = ordered.map_or_else(|| self.record.shown(slot.planned_at), |order| (order.at, order.at));
        let end = self.end_at.get(slot).copied().unwrap_or(due).max(due_at_last + planned.late);
        let outcome = (row.status, row.reason);
        let otherwise = self.otherwise.get(slot).cloned().unwrap_or_default();
        let told =
            |planned: &Planned| planned.left_out.is_some_and(|left_out| (Some(left_out.status), left_out.reason) == outcome);
        // A clock that was wrong may have shown its instant to any plan.
        let wrong = self.record.clocks.iter().any(|clock| !clock.ahead.is_zero());
        let mut of_any = self.plans.values().flat_map(|says| &says.slots).filter(|other| wrong && other.slot == *slot);
        let told = told(planned) || otherwise.iter().any(told) || of_any.any(told);
        let clear_by_plan = std::iter::once(planned)
            .chain(&otherwise)
            .all(|planned| planned.left_out.is_none() && planned.elements.iter().all(|element| element.unplayable.is_none()));
        if told {
            return;
        }
        // It is prepared ahead of its instant as the clock was then.
        let from = due.min(slot.planned_at) - AHEAD;
        let clear =
            ordered.is_none() && self.is_clear(slot, from, end) && self.is_alone(slot, planned) && self.has_room(slot, planned);
        // What was in another output's way was not in this one's.
        let of_other = |trouble: &Trouble| trouble.output.as_ref().is_some_and(|output| *output != slot.output);
        let elsewhere = self.record.troubles.iter().any(|t| of_other(t) && t.from <= end && from <= t.to);
        if clear && clear_by_plan {
            let law = if elsewhere { Law::OutputsApart } else { Law::Airs };
            if row.status != Some(Status::Aired) {
                let what = format!("nothing was in the way of {slot}, and it ended {:?} {:?}", row.status, row.reason);
                return self.breach(law, slot.planned_at, what);
            }
            let first = self.sounds_of(slot).next().map(|(_, sound)| sound.began_wall);
            // A station that has only just begun opens its devices first.
            let grain = if slot.planned_at - OPENING < self.record.from { OPENING } else { GRAIN };
            if first.is_none_or(|first| (first - slot.planned_at).abs() > grain) {
                let what = format!("nothing was in the way of {slot}, and it began at {first:?}");
                self.breach(law, slot.planned_at, what);
            }
        }
        if let Some(reason) = row.reason
            && !std::iter::once(planned).chain(&otherwise).any(|planned| self.is_excused(slot, planned, reason, from, end))
        {
            let what = format!("{slot} ended {:?} {reason}, and there was no such thing", row.status);
            let law = if elsewhere && reason == Reason::Internal { Law::OutputsApart } else { Law::RightReason };
            self.breach(law, slot.planned_at, what);
        }
    }

    /// An emergency that nothing stands in the way of sounds at once.
    pub(super) fn check_emergencies(&mut self) {
        let mut late = Vec::new();
        let record = self.record;
        for (place, order) in record.orders.iter().enumerate() {
            let emergency = matches!(order.order, Order::Play { priority: Priority::Emergency, .. });
            if !emergency || !matches!(order.answer, Some(Answer::Playing { .. })) {
                continue;
            }
            let until = order.at + SignedDuration::from_secs(5);
            let from = order.at - SignedDuration::from_secs(5);
            let others =
                record.orders.iter().enumerate().any(|(other, near)| other != place && from <= near.at && near.at <= until);
            // A device that is lost is tried again after eight seconds at most, a full or slow disk is none of its business.
            let felt = |trouble: &Trouble| match trouble.kind {
                TroubleKind::Device => trouble.to + SignedDuration::from_secs(10),
                TroubleKind::Recordings | TroubleKind::Library => trouble.to,
                TroubleKind::Off(_) | TroubleKind::Stall => trouble.to,
                TroubleKind::Clock
                | TroubleKind::Disk
                | TroubleKind::Plan
                | TroubleKind::Planner
                | TroubleKind::Hold
                | TroubleKind::LogLost => Wall::MIN,
            };
            // What the deck waits for is an instant of the clock, which may be set back by less than a step in between.
            let set = record.clocks.iter().any(|clock| order.at <= clock.at && clock.at <= order.at + AT_ONCE);
            // Nor does it sound if a plan withdraws it in this moment.
            let withdrawn = record.in_force.iter().any(|(since, _)| order.at <= *since && *since <= order.at + AT_ONCE);
            let trouble =
                set || withdrawn || record.troubles.iter().any(|trouble| trouble.from <= until && from <= felt(trouble));
            for planned in order.slots.iter().filter(|_| !others && !trouble) {
                let output = &planned.slot.output;
                let sounds = record.sounds.iter().filter(|sound| sound.output == *output && sound.began >= order.at);
                let first = sounds.map(|sound| sound.began).min();
                if first.is_none_or(|first| first - order.at > AT_ONCE) && planned.elements.iter().all(|e| e.unplayable.is_none())
                {
                    late.push((order.at, format!("{} was ordered at {:?}, and began at {first:?}", planned.slot, order.at)));
                }
            }
        }
        for (at, what) in late {
            self.breach(Law::Airs, at, what);
        }
    }

    /// Whether nothing befell the station, and nobody wanted anything, while the slot was prepared and on air.
    fn is_clear(&self, slot: &Slot, from: Wall, to: Wall) -> bool {
        // What befalls another output is nothing to this one.
        let here = |trouble: &&Trouble| trouble.output.as_ref().is_none_or(|output| *output == slot.output);
        let trouble = self.record.troubles.iter().filter(here).any(|trouble| {
            // What stops the whole station is felt until it has caught up.
            let to_be_felt = trouble.to.0.saturating_add(SignedDuration::from_mins(20).as_nanos() as i64);
            trouble.from <= to && from.0 <= to_be_felt
        });
        let asked = self.record.orders.iter().any(|order| match &order.order {
            Order::Skip { planned_at, .. } | Order::Unskip { planned_at, .. } => planned_at.contains(&slot.planned_at),
            Order::Mourning(mourning) => mourning.covers(slot.planned_at),
            Order::Play { .. } | Order::Drill { .. } | Order::Stop { .. } | Order::Hold { .. } | Order::Release => {
                // Quota that an order has used is missing for the rest of the session.
                order.at <= to && slot.planned_at - SESSION <= order.at
            }
            Order::WithdrawMourning { .. } | Order::ConfirmClock => false,
        });
        // A slot that was skipped stays so, and one that resumed uses quota.
        let of_session = |trouble: &Trouble| trouble.from <= to && slot.planned_at - SESSION <= trouble.from;
        let session = self.record.troubles.iter().filter(here).any(of_session);
        !trouble && !asked && !session && self.record.clock(slot.planned_at).ahead.is_zero()
    }

    /// Whether the output is free on the slot's instant and while it airs, whatever the others of its output that are planned before it
    /// pick, and however they wait for each other.
    pub(super) fn is_alone(&self, slot: &Slot, planned: &Planned) -> bool {
        let ends = slot.planned_at + self.longest(planned) + APART;
        let before = slot.planned_at - SignedDuration::from_hours(2);
        let mut busy = Wall::MIN;
        // In the order of their instants.
        let near = self.owed.range(Slot { planned_at: before, broadcast: "".into(), output: "".into() }..);
        let near = near.take_while(|(other, _)| other.planned_at < ends);
        for (other, theirs) in near.filter(|(other, _)| *other != slot && other.output == slot.output) {
            let Some(longest) = self.longest_of(other, theirs) else { continue };
            if other.planned_at < ends && slot.planned_at <= other.planned_at {
                return false;
            }
            if other.planned_at < slot.planned_at {
                busy = busy.max(other.planned_at) + longest + APART;
            }
        }
        busy <= slot.planned_at
    }

    /// Whether its hours and its session's quota have time left for it, and its items may air once more. What fits is settled ten minutes
    /// ahead, when the slots before it may still be a forecast: each of them counts as though it aired, whatever it picks.
    fn has_room(&self, slot: &Slot, planned: &Planned) -> bool {
        if self.is_limited() || slot.planned_at + self.longest(planned) > planned.end_by {
            return false;
        }
        let Some((session, quota)) = planned.session.and_then(|session| Some((session, session.quota?))) else { return true };
        let from = Slot { planned_at: session.opens, broadcast: "".into(), output: "".into() };
        let before = self.owed.range(from..).take_while(|(other, _)| other.planned_at <= slot.planned_at);
        let before = before.filter(|(other, _)| other.output == slot.output);
        let lengths = before.filter_map(|(other, theirs)| self.longest_of(other, theirs));
        lengths.fold(SignedDuration::ZERO, SignedDuration::saturating_add) <= quota
    }

    /// Whether a plan lets items air so often and no oftener: what had aired by then is not followed here.
    pub(super) fn is_limited(&self) -> bool {
        self.plans.values().any(|says| !says.caps.is_empty())
    }

    /// Whether what aired before decides how much there is of a slot: its programme is filled up, or what it plays may not air as often as
    /// it is planned.
    pub(super) fn is_of_unknown_extent(&self, planned: &Planned) -> bool {
        let items = || planned.elements.iter().filter_map(|element| element.facts.as_ref()).map(|facts| &facts.item);
        let picks = planned.elements.iter().any(|element| element.picked);
        self.plans.values().any(|says| {
            let filled = planned.facts.programme.as_ref().is_some_and(|programme| says.filled.contains(programme));
            filled || items().any(|item| says.caps.contains_key(item)) || (picks && !says.caps.is_empty())
        })
    }

    /// How long a slot may sound, if it may air at all, by whichever plan owes it.
    fn longest_of(&self, slot: &Slot, planned: &Planned) -> Option<SignedDuration> {
        let plans = std::iter::once(planned).chain(self.otherwise.get(slot).into_iter().flatten());
        plans.filter(|planned| may_air(planned)).map(|planned| self.longest(planned)).max()
    }

    /// How long a slot may sound: its picks are chosen from the past, which the model does not know, so that each may be the longest.
    pub(super) fn longest(&self, planned: &Planned) -> SignedDuration {
        let length = |element: &Element| if element.picked { self.longest } else { element.length };
        let elements = planned.elements.iter().map(|element| length(element).saturating_add(element.pause));
        let dropped = planned.dropped.iter().map(|_| self.longest);
        elements.chain(dropped).fold(SignedDuration::ZERO, SignedDuration::saturating_add)
    }

    fn is_excused(&self, slot: &Slot, planned: &Planned, reason: Reason, from: Wall, to: Wall) -> bool {
        use TroubleKind as T;
        let any = |kinds: &[T]| self.any(kinds, Some(&slot.output), from, to);
        let by_plan = planned.left_out.and_then(|left_out| left_out.reason) == Some(reason)
            || planned.elements.iter().any(|element| element.unplayable == Some(reason))
            || planned.dropped.iter().any(|dropped| dropped.reason == reason);
        if by_plan {
            return true;
        }
        match reason {
            Reason::PowerOff | Reason::Crash | Reason::Stopped => {
                // Whatever ended the daemon last says why it was off; a clock that was wrong meanwhile widens the time.
                any(&[T::Off(reason)])
                    || (reason == Reason::Crash && self.is_lost_stop(from, to))
                    || (reason == Reason::Crash && any(&[T::Clock]) && self.is_lost_stop(Wall::MIN, Wall::MAX))
                    || (any(&[T::Clock]) && self.record.troubles.iter().any(|t| t.kind == T::Off(reason)))
            }
            Reason::ClockUnset | Reason::ClockStep => any(&[T::Clock]),
            Reason::NoDevice | Reason::DeviceFault => any(&[T::Device]),
            Reason::FileMissing | Reason::FileError => any(&[T::Recordings, T::Library]),
            // While the daemon stands still, whoever has the output does not sound.
            Reason::OutputBusy if any(&[T::Stall]) => true,
            // Nor does one that had just taken it, when its device vanishes.
            Reason::Preempted if any(&[T::Device]) && self.is_outranked(slot, planned, to) => true,
            Reason::OutputBusy | Reason::Preempted => self.others_sounded(slot, from, to) || self.others_ordered(slot, from, to),
            Reason::Operator => self.person_ended(slot, from, to),
            Reason::Hold => any(&[T::Hold]),
            // What it picks may be longer than it would be had nothing happened.
            Reason::OutsideHours => self.was_pushed(slot, from, to) || slot.planned_at + self.longest(planned) > planned.end_by,
            Reason::OverQuota => {
                let planned_at = slot.planned_at - SESSION;
                let is_limited =
                    planned.session.is_some_and(|session| session.quota.is_some()) || self.is_of_unknown_extent(planned);
                is_limited || self.was_pushed(slot, planned_at, to)
            }
            Reason::Internal => any(&[T::Recordings, T::Stall, T::Planner, T::Disk]),
            Reason::Superseded | Reason::Expired => planned.facts.priority == Priority::Emergency,
            Reason::LogLost => any(&[T::Disk]),
            Reason::NotValid | Reason::PoolEmpty => any(&[T::Library, T::Plan]),
            // Only a start finds that a plan has given up what was on its way, or whoever did not know the time when it was due.
            Reason::NoPlan => {
                let changed = self.record.plans.iter().skip(1).any(|force| force.at <= to);
                changed && (any(&[T::Clock]) || self.record.offs.iter().any(|cut| from <= cut.back_at && cut.at <= to))
            }
            Reason::Mourning => self.is_mourned(slot),
            Reason::Holiday | Reason::Replaced | Reason::Duplicate | Reason::Unapproved => false,
        }
    }

    /// A stop whose row could not be written any more, because the disk was full, looks like a crash.
    fn is_lost_stop(&self, from: Wall, to: Wall) -> bool {
        let mut stops = self.record.offs.iter().filter(|cut| cut.how == Off::Stopped);
        stops.any(|cut| cut.lost_since.is_some_and(|since| since <= to && from <= cut.back_at))
    }

    fn others_sounded(&self, slot: &Slot, from: Wall, to: Wall) -> bool {
        self.record.sounds.iter().enumerate().any(|(place, sound)| {
            let other = || self.row(place).and_then(Row::slot);
            sound.began <= to && from <= sound.ended && sound.output == slot.output && other().as_ref() != Some(slot)
        })
    }

    /// Whether somebody ordered something else there: an emergency has the output although it cannot sound.
    fn is_outranked(&self, slot: &Slot, planned: &Planned, to: Wall) -> bool {
        let due = self.owed.iter().filter(|(other, _)| other.output == slot.output && other.planned_at <= to && *other >= slot);
        due.into_iter().any(|(_, other)| other.facts.priority > planned.facts.priority)
    }

    fn others_ordered(&self, slot: &Slot, from: Wall, to: Wall) -> bool {
        let other = |planned: &Planned| planned.slot.output == slot.output && planned.slot != *slot;
        self.record.orders.iter().any(|order| match &order.order {
            Order::Play { emergency: Some(emergency), .. } => {
                order.at <= to && from <= order.at + emergency.lasting && order.slots.iter().any(other)
            }
            _ => false,
        })
    }

    fn person_ended(&self, slot: &Slot, from: Wall, to: Wall) -> bool {
        self.record.orders.iter().filter(|order| matches!(order.answer, Some(Answer::Done(_)))).any(|order| match &order.order {
            Order::Stop { output } => from <= order.at && order.at <= to && output.as_ref().is_none_or(|id| *id == slot.output),
            Order::Skip { broadcast, planned_at } => *broadcast == slot.broadcast && planned_at.contains(&slot.planned_at),
            Order::Play { .. }
            | Order::Drill { .. }
            | Order::Hold { .. }
            | Order::Release
            | Order::Unskip { .. }
            | Order::Mourning(_)
            | Order::WithdrawMourning { .. }
            | Order::ConfirmClock => false,
        })
    }

    /// Whether it may have begun later than planned: others sounded before it, or something went wrong.
    fn was_pushed(&self, slot: &Slot, from: Wall, to: Wall) -> bool {
        self.others_sounded(slot, from, to)
            || self.record.troubles.iter().any(|trouble| trouble.from <= to && from <= trouble.to)
            || self.record.orders.iter().any(|order| from <= order.at && order.at <= to)
    }
}

/// Whether it may air after all where the plan, as though nothing had aired before, leaves it out: other picks may be shorter.
fn may_air(planned: &Planned) -> bool {
    let by_length = |reason| matches!(reason, Reason::OverQuota | Reason::OutsideHours | Reason::PoolEmpty);
    planned.left_out.is_none_or(|left_out| left_out.reason.is_some_and(by_length))
}

/// What the takes say against the slot's status.
fn wrong_status(end: &Row, takes: &[&Row]) -> Option<String> {
    let Some(status) = end.status else { return Some("without a status".into()) };
    if let Some(reason) = end.reason
        && !reason.goes_with(status)
    {
        return Some(format!("which does not go with {reason}"));
    }
    let announces = |row: &&&Row| row.item_kind.is_none_or(ItemKind::speaks);
    let any_announcement = takes.iter().any(|row| announces(&row));
    let sounded = |row: &&&Row| row.frames.is_some_and(|frames| frames > 0) && (announces(row) || !any_announcement);
    let mut whole: BTreeMap<u32, bool> = BTreeMap::new();
    for row in takes {
        *whole.entry(row.element.unwrap_or(0)).or_default() |= row.status == Some(Status::Aired);
    }
    match status {
        Status::Aired if end.reason.is_some() => Some("with a reason".into()),
        Status::Aired if takes.is_empty() || whole.values().any(|whole| !whole) => {
            Some("and not every element aired whole".into())
        }
        Status::Missed if takes.iter().any(|row| sounded(&row)) => Some("and an announcement sounded".into()),
        Status::Partial | Status::Skipped if !whole.is_empty() && whole.values().all(|whole| *whole) && end.reason.is_none() => {
            Some("without a reason".into())
        }
        Status::Skipped if takes.iter().any(|row| row.status == Some(Status::Aired) && announces(&row)) => {
            Some("and an announcement aired".into())
        }
        Status::Aired | Status::Partial | Status::Missed | Status::Skipped => None,
    }
}
