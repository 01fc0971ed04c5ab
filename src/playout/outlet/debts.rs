//! What the conductor is owed: the laws of the deck's protocol, kept in one place whatever happens elsewhere.
//!
//! A `Load` gets exactly one `Ready` or `Bad`; a `Start` or `Follow` exactly one `Ended`, even of 0 frames. Every event to the conductor goes
//! through here, so a second one is swallowed and, after a panic, what is still owed can be paid.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::playout::cue::{Airing, DeckEvent, End, Fault};
use crate::terms::{Frames, Wall};

#[derive(Clone, Copy, Debug, Default)]
struct Debt {
    /// A `Ready` or `Bad` is owed.
    answer: bool,
    /// An `Ended` is owed.
    end: bool,
    began: bool,
    /// The most that was told of it.
    played: u64,
}

#[derive(Debug, Default)]
pub struct Debts {
    owed: BTreeMap<Airing, Debt>,
    /// What the conductor is to be told.
    pub told: Vec<DeckEvent>,
}

impl Debts {
    /// For what is owed to nobody in particular: `Opened`, `Lost`, `Back`.
    pub fn tell(&mut self, event: DeckEvent) {
        self.told.push(event);
    }

    pub fn load(&mut self, airing: Airing) {
        self.owed.entry(airing).or_default().answer = true;
    }

    /// A `Start` or `Follow` came. False when one had come before: then the end is owed already.
    pub fn start(&mut self, airing: Airing) -> bool {
        let debt = self.owed.entry(airing).or_default();
        !std::mem::replace(&mut debt.end, true)
    }

    pub fn ready(&mut self, airing: Airing) {
        if let Some(debt) = self.owed.get_mut(&airing).filter(|debt| debt.answer) {
            debt.answer = false;
            self.told.push(DeckEvent::Ready(airing));
        }
    }

    pub fn bad(&mut self, airing: Airing, fault: Fault) {
        if let Some(debt) = self.owed.get_mut(&airing).filter(|debt| debt.answer) {
            debt.answer = false;
            self.told.push(DeckEvent::Bad(airing, fault));
        }
        self.forget(airing);
    }

    pub fn began(&mut self, airing: Airing, at: Wall) {
        if let Some(debt) = self.owed.get_mut(&airing).filter(|debt| debt.end && !debt.began) {
            debt.began = true;
            self.told.push(DeckEvent::Began(airing, at));
        }
    }

    /// Told only when it is at least `step` more than was told before.
    pub fn played(&mut self, airing: Airing, frames: Frames, step: SignedDuration) {
        let more = Frames::within(step, frames.rate).count.max(1);
        let told = self.owed.get_mut(&airing).filter(|debt| debt.end && debt.began);
        if let Some(debt) = told.filter(|debt| frames.count >= debt.played.saturating_add(more)) {
            debt.played = frames.count;
            self.told.push(DeckEvent::Played(airing, frames));
        }
    }

    /// Airtime that was told is not taken back: the end says at least as much.
    pub fn ended(&mut self, airing: Airing, frames: Frames, end: End) {
        if let Some(debt) = self.owed.get_mut(&airing).filter(|debt| debt.end) {
            let frames = Frames { count: frames.count.max(debt.played), ..frames };
            debt.end = false;
            self.told.push(DeckEvent::Ended(airing, frames, end));
        }
        self.forget(airing);
    }

    /// A loaded airing is dropped: nobody is owed its end, its answer comes first.
    pub fn dropped(&mut self, airing: Airing) {
        self.ready(airing);
        self.forget(airing);
    }

    /// Pays everything at once, after a panic: the airtime is what was told last, which is never too much.
    pub fn pay(&mut self, rate: u32, fault: &Fault) {
        for (airing, debt) in std::mem::take(&mut self.owed) {
            if debt.answer {
                self.told.push(DeckEvent::Bad(airing, fault.clone()));
            }
            if debt.end {
                let frames = Frames { count: debt.played, rate };
                self.told.push(DeckEvent::Ended(airing, frames, End::Failed(fault.clone())));
            }
        }
    }

    fn forget(&mut self, airing: Airing) {
        if self.owed.get(&airing).is_some_and(|debt| !debt.answer && !debt.end) {
            self.owed.remove(&airing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playout::cue::FaultKind;

    const A: Airing = Airing(1);

    fn fault() -> Fault {
        Fault { kind: FaultKind::Internal, detail: "x".into() }
    }

    #[test]
    fn a_load_is_answered_once_and_a_start_ended_once() {
        let mut debts = Debts::default();
        let frames = |count| Frames { count, rate: 48_000 };
        debts.load(A);
        debts.ready(A);
        debts.ready(A);
        debts.bad(A, fault());
        assert!(debts.start(A));
        assert!(!debts.start(A));
        debts.began(A, Wall(5));
        debts.played(A, frames(10), SignedDuration::ZERO);
        debts.played(A, frames(10), SignedDuration::ZERO);
        debts.ended(A, frames(7), End::Lost);
        debts.ended(A, frames(7), End::Lost);
        debts.pay(48_000, &fault());
        assert_eq!(
            debts.told,
            [
                DeckEvent::Ready(A),
                DeckEvent::Began(A, Wall(5)),
                DeckEvent::Played(A, frames(10)),
                DeckEvent::Ended(A, frames(10), End::Lost)
            ]
        );
    }

    #[test]
    fn a_panic_leaves_no_debt_unpaid() {
        let mut debts = Debts::default();
        debts.load(A);
        debts.load(Airing(2));
        debts.ready(Airing(2));
        debts.start(Airing(2));
        debts.pay(48_000, &fault());
        let none = Frames::none(48_000);
        let ended = DeckEvent::Ended(Airing(2), none, End::Failed(fault()));
        assert_eq!(debts.told, [DeckEvent::Ready(Airing(2)), DeckEvent::Bad(A, fault()), ended]);
    }
}
