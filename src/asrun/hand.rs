//! What a person enters: read live or relayed from another station. Never the station's own airtime.

use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::asrun::row::Row;
use crate::terms::*;

/// How it was aired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByHand {
    Live,
    Relay,
}

/// The row of one entry.
pub fn row(
    station: Arc<str>,
    origin: Origin,
    what: ByHand,
    from: Wall,
    length: SignedDuration,
    title: String,
    who: String,
) -> Row {
    Row {
        started_at: Some(from.floor_ms()),
        ended_at: Some((from + length).floor_ms()),
        title: Some(title),
        actor: Some(who),
        detail: Some(serde_json::json!({ "what": what, "entered": "by_hand" }).to_string()),
        ..Row::of(Kind::Hand, station, origin)
    }
}
