//! What a higher priority displaced: it goes on afterwards where there is room for it, else it is cut, and says so.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::outcome::{AHEAD, APART, SESSION};
use super::{GRAIN, Law, Model};
use crate::asrun::row::Row;
use crate::playout::simulate::record::SoundHeard;
use crate::rundown::Planned;
use crate::terms::*;

impl Model<'_> {
    pub(super) fn check_resumes(&mut self) {
        let mut on_output: BTreeMap<&OutputId, Vec<usize>> = BTreeMap::new();
        for (place, sound) in self.record.sounds.iter().enumerate().filter(|(_, sound)| sound.frames.count > 0) {
            on_output.entry(&sound.output).or_default().push(place);
        }
        on_output.values_mut().for_each(|places| places.sort_by_key(|place| self.record.sounds[*place].began));
        let mut broken = Vec::new();
        for (slot, rows) in &self.endings {
            let (Some(planned), Some(places)) = (self.owed.get(slot), on_output.get(&slot.output)) else { continue };
            if rows[0].status != Some(Status::Aired)
                && let Some(what) = self.was_left_behind(slot, planned, rows[0], places)
            {
                broken.push((slot.planned_at, what));
            }
        }
        for (at, what) in broken {
            self.breach(Law::Resumes, at, what);
        }
    }

    /// What is wrong with a slot that did not go on after a higher priority took its output; `places` are the sounds of the output.
    fn was_left_behind(&self, slot: &Slot, planned: &Planned, end: &Row, places: &[usize]) -> Option<String> {
        let mine = |place: &usize| self.row(*place).and_then(Row::slot).as_ref() == Some(slot);
        let last = places.iter().rposition(mine)?;
        let (before, after) = (&self.record.sounds[places[last]], &places[last + 1..]);
        let by = after.first().filter(|place| self.takes_over(planned, before, **place))?;
        if self.is_of_unknown_extent(planned) {
            return None;
        }
        let left = self.left(slot, planned)?;
        // No longer than its hours, and only where nothing else can have kept it back: the engine's own reasons are none.
        let plans = self.otherwise.get(slot).into_iter().flatten();
        let until = plans.map(|other| other.end_by).fold(planned.end_by, Wall::max);
        if !self.is_undisturbed(slot, slot.planned_at - AHEAD, until) {
            return None;
        }
        let took = self.row(*by).and_then(Row::slot).map_or_else(String::new, |slot| slot.to_string());
        let mut free_from = before.ended;
        for place in after.iter().map(Some).chain([None]) {
            let free_to = place.map_or(until, |place| self.record.sounds[*place].began.min(until));
            if free_to - free_from >= left.saturating_add(APART * 2) && !self.is_called_for(&slot.output, free_from, free_to) {
                let room = free_to - free_from;
                return Some(format!("{slot} was displaced by {took}, had {room:#} from {free_from:?} on, and did not go on"));
            }
            free_from = place.map_or(until, |place| self.record.sounds[*place].ended.max(free_from));
        }
        let by_plan = planned.elements.iter().any(|element| element.unplayable.is_some() && element.unplayable == end.reason)
            || planned.dropped.iter().any(|dropped| Some(dropped.reason) == end.reason);
        (end.reason != Some(Reason::Preempted) && !by_plan)
            .then(|| format!("{slot} was displaced by {took}, never went on, and ended {:?} {:?}", end.status, end.reason))
    }

    /// Whether a sound outranks the slot that sounded before it, and came in its place.
    fn takes_over(&self, planned: &Planned, before: &SoundHeard, place: usize) -> bool {
        let higher = self.row(place).and_then(|row| row.priority).is_some_and(|priority| priority > planned.facts.priority);
        higher && self.record.sounds[place].began - before.ended < APART
    }

    /// How long all that is left of it takes at most, by the rows of its takes; `None` when nothing is.
    fn left(&self, slot: &Slot, planned: &Planned) -> Option<SignedDuration> {
        let whole = |element: usize| {
            let number = u32::try_from(element + 1).ok();
            self.sounds_of(slot)
                .filter_map(|(place, _)| self.row(place))
                .any(|row| row.element == number && row.status == Some(Status::Aired))
        };
        // Whatever plan settled it may have found an element unplayable.
        let plans = || std::iter::once(planned).chain(self.otherwise.get(slot).into_iter().flatten());
        let unplayable =
            |place: usize| plans().any(|planned| planned.elements.get(place).is_some_and(|element| element.unplayable.is_some()));
        let left = planned.elements.iter().enumerate().filter(|(place, _)| !unplayable(*place) && !whole(*place));
        let length = |element: &crate::asrun::element::Element| if element.picked { self.longest } else { element.length };
        let lengths: Vec<_> = left.map(|(_, element)| length(element).saturating_add(element.pause)).collect();
        (!lengths.is_empty()).then(|| lengths.into_iter().fold(SignedDuration::ZERO, SignedDuration::saturating_add))
    }

    /// Whether nothing befell the station while the slot was prepared, aired and could have gone on, nobody wanted anything but to play
    /// something, and no quota limits it.
    fn is_undisturbed(&self, slot: &Slot, from: Wall, to: Wall) -> bool {
        let planned_quota = self.owed.get(slot).and_then(|planned| planned.session?.quota);
        let trouble = self.record.troubles.iter().any(|trouble| {
            trouble.from <= to
                && slot.planned_at - SESSION <= trouble.to
                && trouble.output.as_ref().is_none_or(|output| *output == slot.output)
        });
        let asked = self.record.orders.iter().any(|order| match &order.order {
            Order::Skip { planned_at, .. } | Order::Unskip { planned_at, .. } => planned_at.contains(&slot.planned_at),
            Order::Mourning(mourning) => mourning.covers(slot.planned_at),
            Order::Stop { .. } | Order::Hold { .. } | Order::Release => from <= order.at && order.at <= to,
            Order::Play { .. } | Order::Drill { .. } | Order::WithdrawMourning { .. } | Order::ConfirmClock => false,
        });
        let ordered = self.record.orders.iter().find(|order| order.slots.iter().any(|planned| planned.slot == *slot));
        let due = ordered.map_or(slot.planned_at, |order| order.at);
        planned_quota.is_none() && !trouble && !asked && self.record.clock(due).ahead.is_zero()
    }

    /// Whether an emergency may want the output in a stretch of time: what would not be over by its next time does not begin.
    fn is_called_for(&self, output: &OutputId, from: Wall, to: Wall) -> bool {
        self.record.orders.iter().any(|order| match &order.order {
            Order::Play { emergency: Some(emergency), .. } => {
                let over = order.slots.iter().filter_map(|planned| self.end_at.get(&planned.slot)).max();
                let over = over.copied().unwrap_or(Wall::MAX).min(order.at + emergency.lasting);
                let here = order.slots.iter().any(|planned| planned.slot.output == *output);
                here && order.at <= to && from + GRAIN <= over
            }
            _ => false,
        })
    }
}
