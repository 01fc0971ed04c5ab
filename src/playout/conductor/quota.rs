//! The quota of sound in a session: what each output has used up of it, and what of a slot has room.
//!
//! This file alone keeps it on air. The rundown reckons with the same quota ahead of time (`rundown/`), and the log tells a start what had
//! sounded before. Only sound counts, not the pauses between, and no emergency.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::playout::conductor::run::Run;
use crate::terms::*;

/// Airtime is remembered this long: longer than any session.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(49);

/// Airtime by output and start, emergencies apart.
#[derive(Debug, Default)]
pub struct Quota(BTreeMap<(OutputId, Wall), SignedDuration>);

impl Quota {
    /// Takes in what sounded on an output from `at` on.
    pub fn spend(&mut self, output: &OutputId, at: Wall, airtime: SignedDuration) {
        let spent = self.0.entry((output.clone(), at)).or_default();
        *spent = spent.saturating_add(airtime);
    }

    /// Takes back what a wrong time has spent on an output: what lies ahead has not sounded yet.
    pub fn refund(&mut self, output: &OutputId, now: Wall) {
        self.0.retain(|(of, at), _| of != output || *at <= now);
    }

    /// Forgets airtime that no session reaches any more.
    pub fn forget(&mut self, now: Wall) {
        self.0.retain(|(_, at), _| *at >= now - REMEMBERED);
    }

    /// What the session still allows on an output.
    fn left(&self, output: &OutputId, session: Session) -> Option<SignedDuration> {
        let spent = self.0.range((output.clone(), session.opens)..(output.clone(), session.closes));
        let spent = spent.fold(SignedDuration::ZERO, |sum, (_, length)| sum.saturating_add(*length));
        Some(session.quota?.saturating_sub(spent))
    }

    /// Drops of a slot, from one of its elements on, what has no room in its session. `under_way` is the airtime on its output that has begun
    /// or is tied, and is not spent yet. Returns what was dropped.
    pub fn fit(&self, run: &mut Run, from: usize, under_way: SignedDuration) -> Vec<usize> {
        let session = run.planned.session;
        let Some(left) = session.and_then(|session| self.left(&run.slot().output, session)) else { return Vec::new() };
        let room = left.saturating_sub(under_way);
        run.fit(from, Reason::OverQuota, |run| run.airtime_left(from) > room)
    }
}
