//! What begins to sound against the plan in force then.

use jiff::SignedDuration;

use super::sound::STILL;
use super::{FADES, GRAIN, Law, Model, Says};
use crate::asrun::row::Row;
use crate::library::attention;
use crate::playout::simulate::record::{SoundHeard, TroubleKind};
use crate::terms::*;

/// What was told to begin when the clock was set begins all the same.
const TIED: SignedDuration = SignedDuration::from_secs(10);

impl Model<'_> {
    /// The plan in force decides what begins, whatever was settled before: within its hours, with an item that it has, and, of what a start
    /// has found, nothing that it does not owe.
    pub(super) fn check_plans(&mut self) {
        if self.record.plans.len() < 2 {
            return;
        }
        let mut broken = Vec::new();
        for (place, sound) in self.record.sounds.iter().enumerate().filter(|(_, sound)| !self.is_cut_at_once(sound)) {
            broken.extend(self.against_plan(place, sound).map(|what| (sound.began, what)));
        }
        for (at, what) in broken {
            self.breach(Law::PlanInForce, at, what);
        }
    }

    /// Whether it was taken back as it began: what is tied to the one before is cut as soon as that is over, which a device that stands still
    /// tells late.
    pub(super) fn is_cut_at_once(&self, sound: &SoundHeard) -> bool {
        let still = self.any(&[TroubleKind::Device], Some(&sound.output), sound.began, sound.ended);
        sound.frames.length() <= if still { FADES + STILL } else { FADES }
    }

    fn against_plan(&self, place: usize, sound: &SoundHeard) -> Option<String> {
        let known = self.record.plans.partition_point(|force| force.at + GRAIN < sound.began);
        let force = self.record.plans[..known].last()?;
        let says = self.plans.get(&force.hash)?;
        // Until its rundown is there nobody knows of it.
        if self.any(&[TroubleKind::Planner, TroubleKind::Stall], None, force.at, sound.began) {
            return None;
        }
        let name = || format!("{:?} of {:?} began at {:?}", sound.item, self.row(place).and_then(Row::slot), sound.began_wall);
        let urgent = self.is_emergency(place);
        // An emergency sounds on any clock, while a plan is taken in on none but one that is believed.
        let doubted = urgent && self.any(&[TroubleKind::Clock], None, force.at, sound.began);
        let item = sound.item.as_ref().filter(|item| item.as_str() != attention::ITEM && !doubted);
        if item.is_some_and(|item| !says.items.contains(item)) {
            return Some(format!("{}, an item that plan {} does not have", name(), force.hash));
        }
        if urgent {
            return None;
        }
        let stepped = self.any(&[TroubleKind::Clock], None, sound.began - TIED, sound.ended);
        // One that comes while it sounds may open the hours again.
        let later = self.record.plans[known..].iter().take_while(|force| force.at <= sound.ended);
        let later = later.filter_map(|force| self.plans.get(&force.hash));
        let close = close(says, sound);
        let close = close.map(|until| later.filter_map(|says| self::close(says, sound)).fold(until, Wall::max));
        if !stepped && close.is_none_or(|close| sound.ended_wall > close + FADES) {
            return Some(format!("{}, and plan {} has hours until {close:?}", name(), force.hash));
        }
        self.given_up(place, sound).then(|| format!("{}, and no plan since the start owes it", name()))
    }

    /// Whether no plan that was in force in this life of the daemon owes the slot.
    fn given_up(&self, place: usize, sound: &SoundHeard) -> bool {
        let Some(slot) = self.row(place).and_then(Row::slot) else { return false };
        let started = self.record.offs.iter().rev().find(|cut| cut.at <= sound.began).map_or(Wall::MIN, |cut| cut.back_at);
        let of_life = self.record.in_force.iter().filter(|(since, _)| started <= *since && *since <= sound.began);
        let owes = |hash: &PlanHash| self.plans.get(hash).is_none_or(|says| says.slots.iter().any(|it| it.slot == slot));
        let ordered = self.record.orders.iter().any(|order| order.slots.iter().any(|planned| planned.slot == slot));
        !ordered && !of_life.map(|(_, hash)| hash).any(owes)
    }
}

/// When the hours of a plan close in which a sound began.
fn close(says: &Says, sound: &SoundHeard) -> Option<Wall> {
    let at = sound.began_wall;
    let hours = says.hours.get(&sound.output)?;
    let open = hours.iter().filter(|(opens, closes)| *opens - GRAIN <= at && at < *closes);
    open.map(|(_, closes)| *closes).max()
}
