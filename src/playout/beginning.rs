//! What the conductor begins with, from what the log gave: the same for a station on air and for a simulated one.

use crate::asrun::store::Past;
use crate::playout::conductor::HORIZON;
use crate::playout::cue::{Hold, Recovered};
use crate::playout::defect::defect;
use crate::rundown::Span;
use crate::terms::*;

/// Whether nothing knows of an earlier start. Only then is a clock believed because somebody is there to install the station: a log that is
/// lost makes no first start.
pub fn is_first(past: &Past) -> bool {
    past.first || past.lost && defect!(LostLogIsFirst)
}

/// What the log says of the past, as the conductor takes it.
pub fn recovered(past: &Past, boot_id: &str) -> Recovered {
    Recovered {
        unsettled: past.unsettled.clone(),
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
        skips: past.standing.skips.iter().cloned().collect(),
        requests: past.standing.requests,
        request_ids: past.standing.request_ids.clone(),
        spent: past.history.airtime().collect(),
    }
}

/// What the first rundown spans: from the station's last sign of life, or from now. On a doubtful clock `now` means nothing: the rest
/// is asked for when it is trusted.
pub fn first_span(alive_at: Option<Wall>, now: Wall, doubtful: bool) -> Span {
    let from = alive_at.unwrap_or(now);
    let to = if doubtful { from } else { from.max(now) };
    Span { from, to: to + HORIZON }
}
