//! Making a slot fit: offsets and pauses, what is dropped when time is short, and when a programme had better stay silent.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::element::Element;
use crate::rundown::Dropped;
use crate::terms::*;

/// What a slot has to fit into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// When it is expected to start.
    pub start: Wall,
    pub end_by: Wall,
    /// What the session's quota still leaves on this output; `None` without a quota.
    pub room: Option<SignedDuration>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// What is left after picks were dropped; `None` when everything fits as it is.
    pub elements: Option<Arc<[Element]>>,
    /// Last first.
    pub dropped: Vec<Dropped>,
}

/// Drops picks from the last until the slot fits; the reason when even that does not help. Fixed items are never dropped alone.
pub fn fit(elements: &[Element], bounds: Bounds) -> Result<Fitted, Reason> {
    let Some(mut reason) = too_long(elements, bounds) else {
        return Ok(Fitted { elements: None, dropped: Vec::new() });
    };
    let mut left = elements.to_vec();
    let mut dropped = Vec::new();
    loop {
        let last = left.iter().rposition(|e| e.picked && e.unplayable.is_none()).ok_or(reason)?;
        if let Some(facts) = &left.remove(last).facts {
            dropped.push(Dropped { item: facts.item.clone(), title: facts.title.clone(), reason, limit: None });
        }
        if !worth_airing(elements, left.iter()) {
            return Err(reason);
        }
        lay_out(&mut left, pause_of(elements));
        match too_long(&left, bounds) {
            Some(still) => reason = still,
            None => return Ok(Fitted { elements: Some(left.into()), dropped }),
        }
    }
}

fn too_long(elements: &[Element], bounds: Bounds) -> Option<Reason> {
    if bounds.start + length(elements) > bounds.end_by {
        Some(Reason::OutsideHours)
    } else if bounds.room.is_some_and(|room| sound(elements) > room) {
        Some(Reason::OverQuota)
    } else {
        None
    }
}

/// From the first sample to the last when everything that can sound airs.
pub fn length(elements: &[Element]) -> SignedDuration {
    let last = elements.iter().rev().find(|e| e.unplayable.is_none());
    last.map_or(SignedDuration::ZERO, |e| e.offset.saturating_add(e.length))
}

/// How long elements take that follow each other, the pauses between them included.
pub(super) fn time<'a>(elements: impl Iterator<Item = &'a Element>) -> SignedDuration {
    let (mut all, mut last_pause) = (SignedDuration::ZERO, SignedDuration::ZERO);
    for element in elements {
        all = all.saturating_add(element.length).saturating_add(element.pause);
        last_pause = element.pause;
    }
    all.saturating_sub(last_pause)
}

/// What counts against the quota: sound without the pauses.
pub fn sound(elements: &[Element]) -> SignedDuration {
    let playable = elements.iter().filter(|e| e.unplayable.is_none());
    playable.fold(SignedDuration::ZERO, |sum, e| sum.saturating_add(e.length))
}

/// Sets offsets and pauses: only what can sound takes time, and no pause follows the last of it.
pub fn lay_out(elements: &mut [Element], pause: SignedDuration) {
    let last = elements.iter().rposition(|e| e.unplayable.is_none());
    let mut at = SignedDuration::ZERO;
    for (index, element) in elements.iter_mut().enumerate() {
        let sounds = element.unplayable.is_none();
        element.pause = if sounds && Some(index) != last { pause } else { SignedDuration::ZERO };
        element.offset = at;
        if sounds {
            at = at.saturating_add(element.length).saturating_add(element.pause);
        }
    }
}

/// The programme's pause, as it was laid out.
fn pause_of(elements: &[Element]) -> SignedDuration {
    elements.iter().map(|e| e.pause).max().unwrap_or_default()
}

/// Why the programme stays silent: nothing of what it has to say can sound. `None` when it may air.
pub fn silent(elements: &[Element]) -> Option<Reason> {
    if worth_airing(elements, elements.iter()) {
        return None;
    }
    let says_something = elements.iter().any(Element::speaks);
    let failing = elements.iter().filter(|e| !says_something || e.speaks()).find_map(|e| e.unplayable);
    Some(failing.unwrap_or(Reason::PoolEmpty))
}

/// Whether `left`, of what was `meant`, is more than a bare jingle. A programme that is music only may air.
pub(super) fn worth_airing<'a>(meant: &[Element], mut left: impl Iterator<Item = &'a Element>) -> bool {
    let says_something = meant.iter().any(Element::speaks);
    left.any(|e| e.unplayable.is_none() && (!says_something || e.speaks()))
}
