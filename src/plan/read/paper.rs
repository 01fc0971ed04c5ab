//! The tables that only reports read: the letterhead, and figures of a time before the log.

use jiff::SignedDuration;

use crate::calendar::written;
use crate::plan::fault::PlanFault;
use crate::plan::read::days;
use crate::plan::read::tables::{named, own_id};
use crate::plan::read::tree::{Node, Table, Value};
use crate::plan::read::walk::{Keys, Walk};
use crate::plan::source::Place;
use crate::plan::{Baseline, Issuer, Letterhead, MonthEnd};

/// The airtime of a whole period: more than any target.
const LONGEST: SignedDuration = SignedDuration::from_hours(10_000);

pub fn letterhead(walk: &mut Walk<'_>, table: &Table, head: Place) -> Option<Letterhead> {
    let mut keys = Keys::new(table, head, "letterhead");
    let issuer = match keys.take("issuer") {
        Some(node) => walk
            .word(node, "issuer", &["station", "commune"])
            .map(|word| if word == "commune" { Issuer::Commune } else { Issuer::Station }),
        None => Some(Issuer::Station),
    };
    let commune = walk.need(&mut keys, "commune").and_then(|node| walk.text(node, "commune"));
    let mut text = |walk: &mut Walk<'_>, key: &'static str| keys.take(key).and_then(|node| walk.text(node, key));
    let (place, basis, signer) = (text(walk, "place"), text(walk, "basis"), text(walk, "signer"));
    let subject = keys.take("subject").and_then(|node| named(walk, node, "subject"));
    let mut texts = |walk: &mut Walk<'_>, key: &'static str| keys.take(key).map_or(vec![], |node| walk.texts(node, key));
    let (to, copies, office) = (texts(walk, "to"), texts(walk, "copies"), texts(walk, "office"));
    let cut = keys.take("cut").map_or(Some(MonthEnd::Calendar), |node| cut(walk, node));
    walk.note(&keys, "letterhead", "");
    walk.finish(keys);
    let commune = commune?;
    let place = place.unwrap_or_else(|| bare_name(&commune));
    Some(Letterhead { issuer: issuer?, commune, place, subject, basis, to, copies, office, signer, cut: cut? })
}

/// The commune's name without its rank, as it stands before a date.
fn bare_name(commune: &str) -> String {
    let ranks = ["xã ", "phường ", "thị trấn ", "đặc khu "];
    ranks.iter().find_map(|rank| commune.strip_prefix(rank)).unwrap_or(commune).to_owned()
}

/// The 29th and later are not in every month: a month that is cut there ends with the calendar's.
fn cut(walk: &mut Walk<'_>, node: &Node) -> Option<MonthEnd> {
    let bad = |walk: &mut Walk<'_>, text: String| {
        walk.fault(PlanFault::BadCut { text }, node.place);
        None
    };
    match &node.value {
        Value::Text(text) if text == "calendar" => Some(MonthEnd::Calendar),
        Value::Text(text) => bad(walk, text.clone()),
        Value::Integer(number) => match number.and_then(|day| i8::try_from(day).ok()) {
            Some(day @ 1..=28) => Some(MonthEnd::Day(day)),
            _ => bad(walk, number.map_or_else(|| "?".to_owned(), |number| number.to_string())),
        },
        _ => {
            walk.wrong_form(node, "cut", crate::plan::fault::Form::Integer);
            None
        }
    }
}

pub fn baseline(walk: &mut Walk<'_>, table: &Table, head: Place) -> Option<Baseline> {
    let mut keys = Keys::new(table, head, "baseline");
    let id = own_id(walk, &mut keys);
    let period = walk.need(&mut keys, "period").and_then(|node| days::span(walk, node, "period", true));
    let source = walk.need(&mut keys, "source").and_then(|node| walk.text(node, "source"));
    let nodes = [keys.take("airtime"), keys.take("airings"), keys.take("items")];
    if nodes.iter().all(Option::is_none) {
        keys.lack(&["airtime", "airings", "items"]);
    }
    let [airtime, airings, items] = nodes;
    let airtime = airtime.and_then(|node| airtime_of(walk, node));
    let mut count = |node: Option<&Node>, key| node.and_then(|node| walk.number(node, key, 0, 1_000_000));
    let (airings, items) = (count(airings, "airings"), count(items, "items"));
    walk.finish(keys);
    let period = period?;
    let small = |number: i64| u32::try_from(number).ok();
    Some(Baseline {
        id: id?,
        from: period.from?,
        until: period.until?,
        source: source?,
        airtime,
        airings: airings.and_then(small),
        items: items.and_then(small),
    })
}

fn airtime_of(walk: &mut Walk<'_>, node: &Node) -> Option<SignedDuration> {
    let Value::Text(text) = &node.value else {
        walk.wrong_form(node, "airtime", crate::plan::fault::Form::Duration);
        return None;
    };
    let length = walk.written(written::length(text), node, |why| PlanFault::BadDuration { text: text.clone(), why })?;
    if length > LONGEST || !length.is_positive() {
        walk.fault(PlanFault::LongAirtime, node.place);
        return None;
    }
    Some(length)
}
