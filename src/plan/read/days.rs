//! Days as a plan names them: of one year, of every year, of every lunar year; and the holidays that consist of them.

use jiff::civil::Date;

use crate::calendar::lunar::LunarDay;
use crate::calendar::span::{DaySpan, Days, MonthDay};
use crate::plan::fault::{Form, Kind, PlanFault};
use crate::plan::read::tables::own_id;
use crate::plan::read::tree::{Node, Table, Value};
use crate::plan::read::walk::{Keys, Walk};
use crate::plan::source::Place;
use crate::plan::{Holiday, HolidayEffect};
use crate::terms::{BroadcastId, HolidayId, ProgrammeId};

const FORMS: [&str; 3] = ["yearly", "dates", "lunar"];
const EFFECTS: &[&str] = &["silence", "replace", "only"];

/// The days that a table names by one of `yearly`, `dates` and `lunar`.
pub fn named(walk: &mut Walk<'_>, keys: &mut Keys<'_>) -> Option<Days> {
    let [yearly, dates, lunar] = FORMS.map(|key| keys.take(key));
    let given: Vec<&'static str> = FORMS.into_iter().filter(|key| keys.table.get(key).is_some()).collect();
    if let [first, second, ..] = given.as_slice() {
        walk.fault(PlanFault::ConflictingKeys { first, second }, keys.place_of(second));
    }
    if given.is_empty() {
        keys.lack(&FORMS);
    }
    let yearly = yearly.and_then(|node| ends(walk, node, "yearly", month_day));
    let dates = dates.and_then(|node| dated(walk, node));
    let lunar = lunar.and_then(|node| ends(walk, node, "lunar", lunar_day));
    yearly
        .map(|(from, until)| Days::Yearly { from, until })
        .or(dates.map(Days::Dates))
        .or(lunar.map(|(from, until)| Days::Lunar { from, until }))
}

/// `{ from, until }`; `whole` when both have to be there.
pub fn span(walk: &mut Walk<'_>, node: &Node, key: &'static str, whole: bool) -> Option<DaySpan> {
    let table = walk.table(node, key)?;
    let mut keys = Keys::new(table, node.place, key);
    let mut take = |walk: &mut Walk<'_>, end| if whole { walk.need(&mut keys, end) } else { keys.take(end) };
    let (from, until) = (take(walk, "from"), take(walk, "until"));
    if from.is_none() && until.is_none() && !whole {
        keys.lack(&["from", "until"]);
    }
    let first = from.and_then(|node| walk.date(node, "from"));
    let last = until.and_then(|node| walk.date(node, "until"));
    walk.finish(keys);
    if let (Some(first), Some(last), Some(until)) = (first, last, until)
        && first > last
    {
        walk.fault(PlanFault::FromAfterUntil, until.place);
    }
    if whole && (first.is_none() || last.is_none()) {
        return None;
    }
    Some(DaySpan { from: first, until: last })
}

/// `{ from, until }` as dates, or one date.
fn dated(walk: &mut Walk<'_>, node: &Node) -> Option<DaySpan> {
    match &node.value {
        Value::Date(_) | Value::Text(_) => {
            let day = walk.date(node, "dates");
            day.map(|day| DaySpan { from: Some(day), until: Some(day) })
        }
        _ => span(walk, node, "dates", true),
    }
}

/// `{ from, until }` as days of every year, or one such day.
fn ends<T: Copy>(
    walk: &mut Walk<'_>,
    node: &Node,
    key: &'static str,
    read: fn(&mut Walk<'_>, &Node, &str) -> Option<T>,
) -> Option<(T, T)> {
    if matches!(node.value, Value::Text(_) | Value::Date(_)) {
        return read(walk, node, key).map(|day| (day, day));
    }
    let table = walk.table(node, key)?;
    let mut keys = Keys::new(table, node.place, key);
    let from = walk.need(&mut keys, "from").and_then(|node| read(walk, node, "from"));
    let until = walk.need(&mut keys, "until").and_then(|node| read(walk, node, "until"));
    walk.finish(keys);
    Some((from?, until?))
}

fn month_day(walk: &mut Walk<'_>, node: &Node, key: &str) -> Option<MonthDay> {
    day_of(walk, node, key, MonthDay::parse, |text| PlanFault::BadMonthDay { text })
}

fn lunar_day(walk: &mut Walk<'_>, node: &Node, key: &str) -> Option<LunarDay> {
    day_of(walk, node, key, LunarDay::parse, |text| PlanFault::BadLunarDay { text })
}

/// A day without its year; a date, which has one, is another thing.
fn day_of<T>(
    walk: &mut Walk<'_>,
    node: &Node,
    key: &str,
    parse: fn(&str) -> Option<T>,
    bad: fn(String) -> PlanFault,
) -> Option<T> {
    if let Value::Date(date) = node.value {
        walk.fault(bad(date.to_string()), node.place);
        return None;
    }
    let text = walk.raw(node, key)?;
    let day = parse(text);
    if day.is_none() {
        walk.fault(bad(text.to_owned()), node.place);
    }
    day
}

pub fn holiday(walk: &mut Walk<'_>, table: &Table, head: Place) -> Option<Holiday> {
    let mut keys = Keys::new(table, head, "holiday");
    let id = own_id(walk, &mut keys);
    let name = walk.need(&mut keys, "name").and_then(|node| walk.text(node, "name"));
    let days = named(walk, &mut keys);
    let lieu = keys.take("lieu").and_then(|node| walk.list(node, "lieu", Form::Dates)).unwrap_or(&[]);
    let lieu: Vec<Date> = lieu.iter().filter_map(|node| walk.date(node, "lieu")).collect();
    let law = keys.take("law").and_then(|node| walk.text(node, "law"));
    let effect = effect(walk, &mut keys);
    walk.finish(keys);
    Some(Holiday { id: HolidayId::new(id?), name: name?, days: days?, lieu, effect, law })
}

/// What a holiday does to the day's broadcasts: `only` names programmes, `replace` names broadcasts.
fn effect(walk: &mut Walk<'_>, keys: &mut Keys<'_>) -> Option<HolidayEffect> {
    let word = keys.take("effect").map(|node| walk.word(node, "effect", EFFECTS));
    let (programmes, broadcasts) = (keys.take("programmes"), keys.take("broadcasts"));
    for (key, of) in [("programmes", "only"), ("broadcasts", "replace")] {
        let given = keys.table.get(key).is_some();
        match word {
            // An effect that cannot be read has been told.
            Some(None) => {}
            Some(Some(effect)) if given && effect != of => {
                walk.fault(PlanFault::ConflictingKeys { first: "effect", second: key }, keys.place_of(key));
            }
            Some(Some(effect)) if !given && effect == of => keys.lack(&[key]),
            None if given => keys.lack(&["effect"]),
            Some(Some(_)) | None => {}
        }
    }
    match word.flatten()? {
        "silence" => Some(HolidayEffect::Silence),
        "only" => {
            let node = programmes.filter(|node| walk.some(node, "programmes", Form::Texts).is_some())?;
            Some(HolidayEffect::Only(walk.references(node, "programmes", Kind::Programme, ProgrammeId::new)))
        }
        _ => {
            let node = broadcasts.filter(|node| walk.some(node, "broadcasts", Form::Texts).is_some())?;
            Some(HolidayEffect::Replace(walk.references(node, "broadcasts", Kind::Broadcast, BroadcastId::new)))
        }
    }
}
