//! What a time that turned out wrong closed: once the clock is right, and stays right, it is owed again and airs.

use jiff::SignedDuration;

use super::outcome::{AHEAD, APART};
use super::{Law, Model};
use crate::playout::simulate::record::TroubleKind;
use crate::rundown::Planned;
use crate::terms::*;

/// A clock that is set right so long before a slot leaves time to ask for a rundown, open a device and load a recording.
const PREPARED: SignedDuration = SignedDuration::from_secs(30);

impl Model<'_> {
    pub(super) fn check_owed_again(&mut self) {
        let mut broken = Vec::new();
        for slot in &self.must {
            if self.owed.get(slot).is_none_or(|planned| !self.must_air_again(slot, planned)) {
                continue;
            }
            let ends = self.endings.get(slot).map_or(&[][..], Vec::as_slice);
            if !matches!(ends, [end] if end.status == Some(Status::Aired)) {
                let how: Vec<_> = ends.iter().map(|end| (end.status, end.reason)).collect();
                broken.push((slot.planned_at, format!("the clock was wrong and then right, {slot} came, and ended {how:?}")));
            }
        }
        for (at, what) in broken {
            self.breach(Law::OwedAgain, at, what);
        }
    }

    /// Whether its instant came on a clock that had been wrong and was right, and nothing else was in its way.
    fn must_air_again(&self, slot: &Slot, planned: &Planned) -> bool {
        // What the wrong time aired counts towards quota and limits, and nobody here knows how much it was.
        let clean = |planned: &Planned| {
            let limited = self.is_limited() || planned.session.and_then(|session| session.quota).is_some();
            planned.left_out.is_none() && !limited && planned.elements.iter().all(|e| e.unplayable.is_none())
        };
        let otherwise = self.otherwise.get(slot).map_or(&[][..], Vec::as_slice);
        if slot.is_ordered() || !clean(planned) || !otherwise.iter().all(clean) || !self.is_alone(slot, planned) {
            return false;
        }
        let ends = slot.planned_at + self.longest(planned) + planned.late + APART;
        let record = self.record;
        let set = record.clock(slot.planned_at);
        let was_wrong = record.clocks.iter().any(|clock| clock.at < set.at && !clock.ahead.is_zero());
        let is_right = set.ahead.is_zero() && set.vouched && set.at + PREPARED <= slot.planned_at;
        let stays = record.clocks.iter().all(|clock| clock.at <= slot.planned_at || clock.at > ends);
        let from = slot.planned_at - AHEAD * 3;
        let troubled = record.troubles.iter().any(|trouble| {
            let felt = trouble.kind != TroubleKind::Clock && trouble.from <= ends && from <= trouble.to;
            felt && trouble.output.as_ref().is_none_or(|output| *output == slot.output)
        });
        // A boot on an RTC alone, which is behind what a wrong time wrote last, waits for somebody to vouch.
        let off = record.offs.iter().any(|cut| set.at <= cut.back_at && cut.at <= ends) || record.is_uncorrected(slot.planned_at);
        let asked = record.orders.iter().any(|order| match &order.order {
            Order::Skip { planned_at, .. } | Order::Unskip { planned_at, .. } => planned_at.contains(&slot.planned_at),
            Order::Mourning(mourning) => mourning.covers(slot.planned_at),
            // A person's stop ends a slot for good, also one that only a wrong time had begun.
            Order::Stop { .. } => order.at <= ends && (order.at >= from || record.clock(order.at) != set),
            // Its end is an instant of the station's clock, which was wrong.
            Order::Hold { until } => order.at <= ends && until.is_none_or(|until| until > slot.planned_at),
            Order::Play { .. } | Order::Drill { .. } | Order::Release => from <= order.at && order.at <= ends,
            Order::WithdrawMourning { .. } | Order::ConfirmClock => false,
        });
        // Of what aired whole the station may know although the row is gone with the log.
        let forgotten = record.ends.iter().any(|(ended, at)| ended == slot && record.may_be_lost(*at, *at));
        let near = |sound: &&super::SoundHeard| sound.output == slot.output && sound.ended > slot.planned_at - APART;
        let busy = record.sounds.iter().filter(near).any(|sound| sound.began < slot.planned_at - APART);
        was_wrong && is_right && stays && !off && !troubled && !asked && !forgotten && !busy
    }
}
