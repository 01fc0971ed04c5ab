//! What a person enters: read live or relayed from another station. Never the station's own airtime.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::fact::{Fact, HandFact};
use crate::asrun::row::Row;
use crate::terms::*;

/// The row of one entry; or, with the number of an entry, of its being taken back: the same once more.
#[allow(clippy::too_many_arguments)]
pub fn row(
    station: Arc<str>,
    origin: Origin,
    what: Manual,
    from: Wall,
    length: SignedDuration,
    title: String,
    who: String,
    withdraws: Option<u64>,
) -> Row {
    Row {
        started_at: Some(from.floor_ms()),
        ended_at: Some((from + length).floor_ms()),
        title: Some(title),
        actor: Some(who),
        ..Row::of(Fact::Hand(HandFact { what, withdraws }), station, origin)
    }
}
