//! The rundown as one JSON document (DESIGN section 4). Fields may be added, none renamed.

use serde::Serialize;

use crate::plan::ChangedTo;
use crate::rundown::due::OneDate;
use crate::rundown::write::{ElementLine, RundownSheet, SlotEntry, hundredths, ms};
use crate::terms::ItemLimit;

#[derive(Serialize)]
struct RundownJson {
    from: String,
    to: String,
    plan_hash: String,
    station: String,
    broadcasts: Vec<BroadcastJson>,
}

/// One slot, also one that is left out: it then has no items and no duration.
#[derive(Serialize)]
struct BroadcastJson {
    broadcast: String,
    programme: Option<String>,
    campaign: Option<String>,
    output: String,
    priority: &'static str,
    planned_at: String,
    duration_ms: i64,
    /// The reason; `status` says whether it is skipped or missed.
    left_out: Option<&'static str>,
    status: Option<&'static str>,
    dropped: Vec<DroppedJson>,
    forecast: bool,
    /// What a change of this date made of it; null where it is as its series says.
    one_date: Option<OneDateJson>,
    /// The loudness to which its recordings are brought.
    target_lufs: f64,
    items: Vec<ItemJson>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum OneDateJson {
    /// Its broadcast airs on this date alone.
    Extra,
    Change {
        skip: bool,
        /// The instant that the series has for it, where it was moved.
        moved_from: Option<String>,
        /// The programme of the series, where it has another.
        in_place_of: Option<String>,
        /// Whether it airs on other outputs than its series.
        outputs: bool,
    },
}

#[derive(Serialize)]
struct DroppedJson {
    item: String,
    title: String,
    reason: &'static str,
    /// Which of the item's own limits, where that is why.
    limit: Option<&'static str>,
}

#[derive(Serialize)]
struct ItemJson {
    /// Nothing where a pool had nothing to offer.
    item: Option<String>,
    title: Option<String>,
    kind: Option<&'static str>,
    topic: Option<String>,
    language: Option<String>,
    picked: bool,
    /// From `planned_at`.
    offset_ms: i64,
    /// 0 for an element that will not sound: `reason` says why.
    duration_ms: i64,
    /// The loudness that is sent to the output: the target, unless the recording cannot be brought there.
    level_lufs: Option<f64>,
    reason: Option<&'static str>,
}

/// The document, with a line break at its end.
pub fn write(sheet: &RundownSheet) -> Result<String, serde_json::Error> {
    let document = RundownJson {
        from: sheet.stamp(sheet.rundown.from),
        to: sheet.stamp(sheet.rundown.to),
        plan_hash: sheet.rundown.plan_hash.to_string(),
        station: sheet.rundown.station.to_string(),
        broadcasts: sheet.entries().map(|entry| broadcast(sheet, &entry)).collect(),
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

fn broadcast(sheet: &RundownSheet, entry: &SlotEntry) -> BroadcastJson {
    let planned = entry.planned;
    let dropped = planned.dropped.iter().map(|dropped| DroppedJson {
        item: dropped.item.to_string(),
        title: dropped.title.clone(),
        reason: dropped.reason.as_str(),
        limit: dropped.limit.map(ItemLimit::as_str),
    });
    BroadcastJson {
        broadcast: planned.slot.broadcast.to_string(),
        programme: planned.facts.programme.as_ref().map(ToString::to_string),
        campaign: planned.facts.campaign.as_ref().map(ToString::to_string),
        output: planned.slot.output.to_string(),
        priority: planned.facts.priority.as_str(),
        planned_at: sheet.stamp(planned.slot.planned_at),
        duration_ms: ms(entry.length()),
        left_out: entry.left_out.map(|(_, reason)| reason.as_str()),
        status: entry.left_out.map(|(status, _)| status.as_str()),
        dropped: dropped.collect(),
        forecast: planned.forecast,
        one_date: sheet.one_date(&planned.slot).map(|one_date| of_one_date(sheet, one_date)),
        target_lufs: hundredths(sheet.target_lufs(planned)),
        items: entry.lines.iter().map(item).collect(),
    }
}

fn of_one_date(sheet: &RundownSheet, one_date: OneDate) -> OneDateJson {
    let OneDate::Changed { change, from } = one_date else { return OneDateJson::Extra };
    match &change.to {
        ChangedTo::Skipped => OneDateJson::Change { skip: true, moved_from: None, in_place_of: None, outputs: false },
        ChangedTo::Other { at, programme, outputs } => OneDateJson::Change {
            skip: false,
            moved_from: at.map(|_| sheet.stamp(from)),
            in_place_of: programme.as_ref().and(sheet.plan.broadcast(&change.broadcast)).map(|of| of.programme.to_string()),
            outputs: outputs.is_some(),
        },
    }
}

fn item(line: &ElementLine) -> ItemJson {
    let facts = line.element.facts.as_ref();
    ItemJson {
        item: facts.map(|facts| facts.item.to_string()),
        title: facts.map(|facts| facts.title.clone()),
        kind: facts.map(|facts| facts.kind.as_str()),
        topic: facts.and_then(|facts| facts.topic.as_ref()).map(ToString::to_string),
        language: facts.map(|facts| facts.language.clone()),
        picked: line.element.picked,
        offset_ms: ms(line.offset),
        duration_ms: ms(line.length),
        level_lufs: line.element.level_lufs.filter(|_| line.reason.is_none()).map(hundredths),
        reason: line.reason.map(|reason| reason.as_str()),
    }
}
