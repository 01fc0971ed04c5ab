//! What is planned and stays silent: by the plan's holidays, and because a person has called it off.

use jiff::SignedDuration;

use super::{Law, Model};
use crate::control::request::Answer;
use crate::playout::simulate::record::RecordedOrder;
use crate::terms::*;

/// What the deck was told to sound when the order came is heard a little later.
const TOLD: SignedDuration = SignedDuration::from_secs(2);

impl Model<'_> {
    /// What the plan owes does not begin on a holiday that silences it, nor once it was called off; what has begun before goes on.
    pub(super) fn check_silent_days(&mut self) {
        let mut broken = Vec::new();
        let record = self.record;
        for (slot, sounds) in self.of_slot.iter().filter(|(slot, _)| !slot.is_ordered()) {
            // What was taken back as it began has not begun; what its device or an emergency broke off has, and goes on when it can.
            let reason = |sound: usize| self.row(sound).and_then(|row| row.reason);
            let broken_off = |sound: usize| matches!(reason(sound), Some(Reason::DeviceFault | Reason::Preempted));
            let heard = sounds.iter().filter(|sound| broken_off(**sound) || !self.is_cut_at_once(&record.sounds[**sound]));
            let Some(began) = heard.map(|sound| record.sounds[*sound].began).min() else { continue };
            let says = self.owed.get(slot).and_then(|planned| self.plans.get(&planned.facts.plan_hash));
            let within = |(from, to): &(Wall, Wall)| *from <= slot.planned_at && slot.planned_at < *to;
            if says.is_some_and(|says| says.silent.iter().any(within)) {
                broken.push((Law::SilentHoliday, began, format!("{slot} sounded on a holiday that silences it")));
            }
            if let Some(order) = record.orders.iter().find(|order| self.forbids(order, slot, began)) {
                broken.push((Law::CalledOff, began, format!("{slot} began at {began:?}, and was called off at {:?}", order.at)));
            }
        }
        for (law, at, what) in broken {
            self.breach(law, at, what);
        }
    }

    /// Whether a slot may not begin at an instant of true time because of this order, which its station cannot have forgotten, and which
    /// nobody has taken back.
    fn forbids(&self, order: &RecordedOrder, slot: &Slot, began: Wall) -> bool {
        let given = matches!(order.answer, Some(Answer::Done(_))) && order.answered + TOLD < began;
        let programme = self.owed.get(slot).and_then(|planned| planned.facts.programme.as_ref());
        let silences = match (&order.order, programme) {
            (Order::Mourning(mourning), Some(programme)) => mourning.silences(slot.planned_at, programme),
            (Order::Skip { broadcast, planned_at }, _) => *broadcast == slot.broadcast && planned_at.contains(&slot.planned_at),
            _ => false,
        };
        let forgotten = self.record.may_be_lost(order.at, order.answered);
        let ended = |other: &RecordedOrder| match &other.order {
            Order::WithdrawMourning { .. } => matches!(order.order, Order::Mourning(_)) && other.at <= began,
            // The newest of those that begin together counts.
            Order::Mourning(newer) => {
                let is_older = |older: &Mourning| older.from == newer.from && order.answered <= other.at;
                matches!(&order.order, Order::Mourning(older) if is_older(older))
                    && other.order != order.order
                    && other.at <= began
            }
            Order::Unskip { broadcast, planned_at } => {
                *broadcast == slot.broadcast && planned_at.contains(&slot.planned_at) && other.at <= began
            }
            _ => false,
        };
        given && silences && !forgotten && !self.record.orders.iter().any(ended)
    }

    /// Whether somebody ordered a mourning in which a slot lies.
    pub(super) fn is_mourned(&self, slot: &Slot) -> bool {
        let of = |order: &RecordedOrder| matches!(&order.order, Order::Mourning(mourning) if mourning.covers(slot.planned_at));
        self.record.orders.iter().any(of)
    }
}
