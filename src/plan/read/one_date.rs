//! The tables that say what a single date is like: a broadcast that is another on it, and one that airs on it alone.
//!
//! Both outlive their date: what they name may be gone by then. So an id that nobody has is a fault only as long as the date lies ahead, and
//! a table that names one is left out of the plan.

use jiff::civil::{Date, Time};

use crate::calendar::recur::{Recur, RecurDays};
use crate::calendar::timezone::Timezone;
use crate::plan::fault::{Form, Kind, PlanFault};
use crate::plan::read::airing::{outputs, priority};
use crate::plan::read::tables::own_id;
use crate::plan::read::tree::{Node, Table};
use crate::plan::read::walk::{Keys, Walk};
use crate::plan::source::Place;
use crate::plan::{Broadcast, Change, ChangedTo, LATE};
use crate::terms::*;

/// `all` are the plan's outputs, `number` its place among the changes.
pub fn change(walk: &mut Walk<'_>, table: &Table, head: Place, all: &[OutputId], number: usize) -> Option<(Change, Place)> {
    let mut keys = Keys::new(table, head, "change");
    let date = walk.need(&mut keys, "date").and_then(|node| walk.date(node, "date"));
    let unknown = walk.dated.len();
    let broadcast = walk.need(&mut keys, "broadcast");
    let broadcast = broadcast.and_then(|node| walk.until(date, |walk| walk.reference(node, "broadcast", Kind::Broadcast)));
    walk.note(&keys, "change", &number.to_string());
    let time = keys.take("time").map(|node| walk.time(node, "time"));
    let skip = keys.take("skip").map(|node| walk.boolean(node, "skip"));
    let at = keys.take("at").map(|node| walk.time(node, "at"));
    let programme = keys.take("programme");
    let programme = programme.map(|node| walk.until(date, |walk| walk.reference(node, "programme", Kind::Programme)));
    let outputs = keys.take("outputs").map(|node| walk.until(date, |walk| outputs(walk, node, all)));
    let others = ["at", "programme", "outputs"].into_iter().filter(|key| table.get(key).is_some());
    let others: Vec<&'static str> = others.collect();
    let skips = skip == Some(Some(true));
    if let (true, Some(other)) = (skips, others.first()) {
        walk.fault(PlanFault::ConflictingKeys { first: "skip", second: other }, keys.place_of(other));
    }
    if others.is_empty() && matches!(skip, None | Some(Some(false))) {
        keys.lack(&["skip", "at", "programme", "outputs"]);
    }
    walk.finish(keys);
    let to = if skips {
        ChangedTo::Skipped
    } else {
        let programme = all_or_nothing(programme)?.map(ProgrammeId::new);
        ChangedTo::Other { at: all_or_nothing(at)?, programme, outputs: outputs.filter(|outputs| !outputs.is_empty()) }
    };
    let change = Change { broadcast: BroadcastId::new(broadcast?), date: date?, time: all_or_nothing(time)?, to };
    (walk.dated.len() == unknown).then_some((change, head))
}

/// A key that is not written is nothing; one that cannot be read spoils its table.
fn all_or_nothing<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(value) => value.map(Some),
    }
}

/// A broadcast of one date.
pub fn extra(walk: &mut Walk<'_>, table: &Table, head: Place, all: &[OutputId]) -> Option<Broadcast> {
    let mut keys = Keys::new(table, head, "extra");
    let date = walk.need(&mut keys, "date").and_then(|node| walk.date(node, "date"));
    let unknown = walk.dated.len();
    let programme = walk.need(&mut keys, "programme");
    let programme = programme.and_then(|node| walk.until(date, |walk| walk.reference(node, "programme", Kind::Programme)));
    let at: Vec<Time> = walk.need(&mut keys, "at").map_or(vec![], |node| times(walk, node));
    let priority = keys.take("priority").map_or(Some(Priority::Ordinary), |node| priority(walk, node));
    let late = keys.take("late").map_or(Some(LATE), |node| walk.duration(node, "late", true));
    let outputs = match keys.take("outputs") {
        Some(node) => walk.until(date, |walk| outputs(walk, node, all)),
        None => all.to_vec(),
    };
    let id = match table.get("id") {
        Some(_) => own_id(walk, &mut keys),
        None => derived_id(date, at.first().copied(), programme.as_deref()),
    };
    if let Some(id) = &id {
        let first = walk.places.of("broadcast", id, "");
        if table.get("id").is_none() && (first.is_some() || walk.ids.knows(Kind::Broadcast, id)) {
            walk.fault(PlanFault::RepeatedId { kind: Kind::Extra, id: id.clone(), first: first.unwrap_or(head) }, head);
        }
        // Under the name of what it becomes, so that findings about broadcasts find it.
        walk.note(&keys, "broadcast", id);
    }
    keys.take("id");
    walk.finish(keys);
    let broadcast = Broadcast {
        id: BroadcastId::new(id?),
        programme: ProgrammeId::new(programme?),
        recur: Recur::At { at, days: RecurDays::On(vec![date?]) },
        during: vec![],
        replaces: vec![],
        except: vec![],
        priority: priority?,
        late: late?,
        outputs,
        only_on: date,
    };
    (walk.dated.len() == unknown).then_some(broadcast)
}

fn times(walk: &mut Walk<'_>, node: &Node) -> Vec<Time> {
    let nodes = walk.some(node, "at", Form::Texts).unwrap_or(&[]);
    nodes.iter().filter_map(|node| walk.time(node, "at")).collect()
}

/// An id that stays the same as long as the extra does: `extra-2026-11-25-0600-morning`.
fn derived_id(date: Option<Date>, at: Option<Time>, programme: Option<&str>) -> Option<String> {
    let at = at?;
    let seconds = if at.second() == 0 { String::new() } else { format!("{:02}", at.second()) };
    Some(format!("extra-{}-{:02}{:02}{seconds}-{}", date?, at.hour(), at.minute(), programme?))
}

/// What only shows when all tables are read: an airing that is changed twice, and a new time of which nobody knows which of several airings
/// it moves.
pub fn resolve(walk: &mut Walk<'_>, changes: &[(Change, Place)], broadcasts: &[Broadcast], zone: Option<&Timezone>) {
    for (index, (change, place)) in changes.iter().enumerate() {
        let same = |other: &Change| {
            let time = other.time.is_none() || change.time.is_none() || other.time == change.time;
            other.broadcast == change.broadcast && other.date == change.date && time
        };
        if let Some((_, first)) = changes[..index].iter().find(|(other, _)| same(other)) {
            let fault = PlanFault::RepeatedChange { broadcast: change.broadcast.to_string(), first: *first };
            walk.dated.push((change.date, fault, *place));
        }
        let moves = change.time.is_none() && matches!(change.to, ChangedTo::Other { at: Some(_), .. });
        let broadcast = broadcasts.iter().find(|broadcast| broadcast.id == change.broadcast && moves);
        if let Some((broadcast, zone)) = broadcast.zip(zone) {
            let airings = broadcast.recur.on(change.date, zone);
            if airings.len() > 1 {
                let times: Vec<String> = airings.iter().map(|at| zone.civil(*at).strftime("%H:%M").to_string()).collect();
                let fault = PlanFault::AmbiguousChange { broadcast: change.broadcast.to_string(), times: times.join(", ") };
                walk.dated.push((change.date, fault, *place));
            }
        }
    }
}
