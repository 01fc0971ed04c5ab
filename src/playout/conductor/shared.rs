//! What all outputs share while the conductor works: the time, the clock's standing, the orders that stand, and the cues of this turn.

use std::collections::BTreeMap;

use crate::control::request::Answer;
use crate::defect::defect;
use crate::playout::conductor::margins::LEAD;
use crate::playout::conductor::quota::Quota;
use crate::playout::conductor::rows::Heading;
use crate::playout::conductor::run::Run;
use crate::playout::cue::{Airing, Asker, Cue, DeckCue, Ticket, Write};
use crate::rundown::Planned;
use crate::terms::*;

#[derive(Debug)]
pub struct Shared {
    pub now: Now,
    /// When this daemon started, on the boot clock.
    pub started: Mono,
    pub heading: Heading,
    /// The clock is believed.
    pub trusted: bool,
    pub hold: Option<Hold>,
    pub mourning: Vec<Mourning>,
    /// The daemon is ending: nothing starts any more.
    pub leaving: bool,
    /// Slots that have ended: none may come again but by a clock that was wrong and is set back.
    pub closed: BTreeMap<Slot, Closure>,
    pub quota: Quota,
    cues: Vec<Cue>,
    serial: u64,
}

impl Shared {
    pub fn new(now: Now, heading: Heading, trusted: bool) -> Shared {
        Shared {
            now,
            started: now.mono,
            heading,
            trusted,
            hold: None,
            mourning: Vec::new(),
            leaving: false,
            closed: BTreeMap::new(),
            quota: Quota::default(),
            cues: Vec::new(),
            serial: 0,
        }
    }

    pub fn deck(&mut self, output: &OutputId, cue: DeckCue) {
        self.cues.push(Cue::Deck(output.clone(), cue));
    }

    pub fn ledger(&mut self, cue: Write) {
        self.cues.push(Cue::Ledger(cue));
    }

    pub fn ask_rundown(&mut self, from: Wall, to: Wall) {
        self.cues.push(Cue::Rundown { from, to });
    }

    pub fn answer(&mut self, asker: Asker, answer: Answer) {
        self.cues.push(Cue::Answer(asker, answer));
    }

    pub fn take_cues(&mut self) -> Vec<Cue> {
        std::mem::take(&mut self.cues)
    }

    pub fn next_airing(&mut self) -> Airing {
        self.serial += 1;
        Airing(self.serial)
    }

    pub fn next_ticket(&mut self) -> Ticket {
        self.serial += 1;
        Ticket(self.serial)
    }

    /// Whether anything but an emergency may start now.
    pub fn is_open(&self) -> bool {
        self.trusted && (self.hold.is_none() || defect!(IgnoresHold)) && !self.leaving
    }

    /// Whether a mourning silences a slot: only what the plan owes, never what a person orders meanwhile.
    pub fn mourns(&self, planned: &Planned) -> bool {
        let silenced = |programme| self.mourning.iter().any(|mourning| mourning.silences(planned.slot.planned_at, programme));
        planned.facts.programme.as_ref().is_some_and(silenced)
    }

    /// Whether it may start now: an emergency also under a hold, and on any clock that ran when it was ordered.
    pub fn may_start(&self, run: &Run) -> bool {
        if run.is_emergency() { !self.leaving && (self.trusted || !run.unconfirmed) } else { self.is_open() }
    }

    /// Slots that have ended and lie ahead, the last first: only a time that was wrong can have ended them, but for what ends while it is
    /// prepared.
    pub fn closed_ahead(&self) -> impl Iterator<Item = &Slot> {
        let prepared = self.now.wall + LEAD;
        let ahead = self.closed.iter().rev().take_while(move |(slot, _)| slot.planned_at > prepared);
        ahead.filter(|(_, closed)| **closed == Closure::ForNow).map(|(slot, _)| slot)
    }
}
