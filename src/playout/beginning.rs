//! What the conductor begins with, from what the log gave: the same for a station on air and for a simulated one.

use crate::asrun::store::Past;
use crate::defect::defect;
use crate::playout::clock::judge::{Known, NETWORK_WITHIN};
use crate::playout::conductor::{HORIZON, OWES_FOR};
use crate::playout::cue::Recovered;
use crate::rundown::Span;
use crate::terms::*;

/// Whether nothing knows of an earlier start. Only then is a clock believed because somebody is there to install the station: a log that is
/// lost makes no first start.
fn is_first(past: &Past) -> bool {
    past.first || past.lost && defect!(LostLogIsFirst)
}

/// What a start knows of the clock in the boot `boot_id`, which began at `booted`.
pub fn known(past: &Past, boot_id: &str, booted: Mono, built_at: Wall) -> Known {
    let first_start = is_first(past);
    Known {
        built_at,
        first_start,
        newest_trusted: past.newest.max(past.alive_at),
        this_boot: past.vouch.filter(|_| past.boot_id.as_deref() == Some(boot_id)),
        // Whoever installs is present.
        network_by: if first_start { Mono(0) } else { booted + NETWORK_WITHIN },
    }
}

/// What the log says of the past, as the conductor takes it.
pub fn recovered(past: &Past, boot_id: &str) -> Recovered {
    Recovered {
        open_slots: past.open_slots.clone(),
        closed: past.closed.clone(),
        alive_at: past.alive_at.filter(|_| !past.first),
        off: past.off(boot_id),
        // One that was over while the station was alive is over, whatever the clock says now.
        hold: past
            .standing
            .hold
            .filter(|_| !(past.lost && defect!(LostLogForgetsHold)))
            .filter(|held| held.until.is_none() || held.until > past.alive_at)
            .map(|held| Hold { until: held.until }),
        mourning: past.standing.mourning.iter().filter(|_| !defect!(ForgetsMourning)).cloned().collect(),
        skips: past.standing.skips.iter().cloned().collect(),
        requests: past.standing.requests,
        request_ids: past.standing.request_ids.clone(),
        spent: past.history.airtime().collect(),
    }
}

/// What the first rundown spans: from the station's last sign of life, or from now. On a doubtful clock `now` means nothing: the rest
/// is asked for when it is trusted.
pub fn first_span(alive_at: Option<Wall>, now: Wall, doubtful: bool) -> Span {
    // A sign of life that lies ahead was given by a time that turned out wrong.
    let from = alive_at.map_or(now, |alive_at| if doubtful { alive_at } else { alive_at.min(now).max(now - OWES_FOR) });
    let to = if doubtful { from } else { from.max(now) };
    Span { from, to: to + HORIZON }
}

/// The plans before the `present` one by which something since the last sign of life may be owed, the oldest first, and until when each was
/// in force: what was added after its instant is owed by none. `None` is this start, which found another plan than the last one.
pub fn before(past: &Past, present: &PlanHash) -> Vec<(PlanHash, Option<Wall>)> {
    let Some(alive_at) = past.alive_at else { return Vec::new() };
    let since = past.plans.iter().rposition(|(at, _)| *at <= alive_at).unwrap_or(0);
    let plans = &past.plans[since..];
    let ends = plans.iter().skip(1).map(|(at, _)| *at);
    let ended = plans.iter().zip(ends).filter(|_| !defect!(OwesRenamed));
    let ended = ended.map(|((_, hash), until)| (hash.clone(), Some(until)));
    ended.chain(past.plan().filter(|last| *last != present).map(|last| (last.clone(), None))).collect()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn minutes(minutes: i64) -> Wall {
        Wall(0) + SignedDuration::from_mins(minutes)
    }

    fn told(plans: &[(i64, &str)], present: &str) -> Vec<String> {
        let plans = plans.iter().map(|(at, hash)| (minutes(*at), PlanHash::from(*hash))).collect();
        let past = Past { plans, alive_at: Some(minutes(100)), ..Past::default() };
        let of = |(hash, until): (PlanHash, Option<Wall>)| match until {
            Some(until) => format!("{hash} until {}", (until - minutes(0)).as_mins()),
            None => format!("{hash} until now"),
        };
        before(&past, &present.into()).into_iter().map(of).collect()
    }

    #[test]
    fn what_was_due_since_the_last_sign_of_life_is_owed_by_the_plan_of_its_time() {
        assert!(told(&[(10, "a")], "a").is_empty());
        assert_eq!(told(&[(10, "a")], "b"), ["a until now"], "edited while off");
        assert_eq!(told(&[(10, "a"), (101, "b")], "b"), ["a until 101"], "edited in the minute before the cut");
        assert_eq!(told(&[(10, "a"), (20, "b"), (101, "c"), (102, "d")], "e"), ["b until 101", "c until 102", "d until now"]);
        assert_eq!(told(&[(10, "a"), (400, "b")], "b"), ["a until 400"], "edited in the first minute after hours without power");
        assert!(told(&[], "a").is_empty());
    }
}
