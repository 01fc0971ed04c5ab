//! The tables that say what airs and when: items, programmes, campaigns, broadcasts.

use std::path::PathBuf;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};

use crate::calendar::recur::{self, Nth, Recur};
use crate::calendar::span::DaySpan;
use crate::calendar::written::{self, Misread};
use crate::plan::fault::{Form, Kind, PlanFault};
use crate::plan::read::days;
use crate::plan::read::tables::{hours_instead, own_id};
use crate::plan::read::tree::{Node, Table, Value};
use crate::plan::read::values;
use crate::plan::read::walk::{Keys, Walk};
use crate::plan::source::Place;
use crate::plan::{Broadcast, Campaign, CommonFacts, Except, Item, LATE, Programme, ProgrammeElement, Target};
use crate::terms::*;

/// `language` is the station's, for items that do not say.
pub fn item(walk: &mut Walk<'_>, table: &Table, head: Place, language: &str) -> Option<Item> {
    let mut keys = Keys::new(table, head, "item");
    let id = own_id(walk, &mut keys);
    let file = walk.need(&mut keys, "file").and_then(|node| walk.file(node, "file"));
    let title = walk.need(&mut keys, "title").and_then(|node| walk.text(node, "title"));
    let common = common(walk, &mut keys, ItemKind::Announcement, language);
    let script = keys.take("script").and_then(|node| walk.file(node, "script"));
    let translation_of = keys.take("translation_of").and_then(|node| other_item(walk, node, id.as_deref()));
    let valid = keys.take("valid").map_or(Some(DaySpan::default()), |node| days::span(walk, node, "valid", false));
    walk.finish(keys);
    let common = common?;
    Some(Item {
        id: ItemId::new(id?),
        file: file?,
        title: title?,
        is_named_by_file: false,
        kind: common.kind,
        topic: common.topic,
        tags: common.tags,
        language: common.language,
        supplier: common.supplier,
        script,
        translation_of,
        valid: valid?,
        contacts: common.contacts,
        caps: common.caps,
    })
}

/// What an item says of itself, and a folder of all that lies in it. `kind` and `language` are those of one that does not say.
pub fn common(walk: &mut Walk<'_>, keys: &mut Keys<'_>, kind: ItemKind, language: &str) -> Option<CommonFacts> {
    let kinds = &["announcement", "notice", "music", "signal", "ident", "emergency"];
    let kind = match keys.take("kind") {
        Some(node) => walk.word(node, "kind", kinds).and_then(|word| ItemKind::from_str(word).ok()),
        None => Some(kind),
    };
    // Where the kind is unknown, a topic may be needed or not.
    let topic = if kind == Some(ItemKind::Announcement) { walk.need(keys, "topic") } else { keys.take("topic") };
    let topic = topic.and_then(|node| walk.reference(node, "topic", Kind::Topic)).map(TopicId::new);
    let tags = keys.take("tags").map_or(vec![], |node| walk.texts(node, "tags"));
    let language = keys.take("language").map_or(Some(language.to_owned()), |node| tongue(walk, node));
    let supplier = keys.take("supplier").and_then(|node| walk.reference(node, "supplier", Kind::Supplier)).map(SupplierId::new);
    let contacts = keys.take("contacts").map_or(vec![], |node| walk.references(node, "contacts", Kind::Contact, ContactId::new));
    let max_per_day = keys.take("max_per_day").and_then(|node| walk.number(node, "max_per_day", 1, 1000));
    let min_gap = keys.take("min_gap").and_then(|node| walk.duration(node, "min_gap", false));
    let caps = ItemCaps { max_per_day: max_per_day.and_then(|most| u32::try_from(most).ok()), min_gap };
    Some(CommonFacts { kind: kind?, topic, tags, language: language?, supplier, contacts, caps })
}

fn tongue(walk: &mut Walk<'_>, node: &Node) -> Option<String> {
    let text = walk.raw(node, "language")?;
    if !values::language(text) {
        walk.fault(PlanFault::BadLanguage { text: text.to_owned() }, node.place);
        return None;
    }
    Some(text.to_owned())
}

fn other_item(walk: &mut Walk<'_>, node: &Node, own: Option<&str>) -> Option<ItemId> {
    let text = walk.raw(node, "translation_of")?;
    if Some(text) == own {
        walk.fault(PlanFault::RefersToItself { key: "translation_of" }, node.place);
        return None;
    }
    walk.reference(node, "translation_of", Kind::Item).map(ItemId::new)
}

pub fn programme(walk: &mut Walk<'_>, table: &Table, head: Place) -> Option<Programme> {
    let mut keys = Keys::new(table, head, "programme");
    let id = own_id(walk, &mut keys);
    let name = walk.need(&mut keys, "name").and_then(|node| walk.text(node, "name"));
    let nodes = walk.need(&mut keys, "elements");
    let nodes = nodes.and_then(|node| walk.some(node, "elements", Form::Element)).unwrap_or(&[]);
    let elements: Vec<ProgrammeElement> = nodes.iter().filter_map(|node| element(walk, node)).collect();
    if let Some(id) = &id
        && let Some(places) = walk.places.by_name.get_mut(&("programme", id.clone()))
    {
        places.extend(nodes.iter().enumerate().map(|(index, node)| (format!("elements.{index}"), node.place)));
    }
    let pause = keys.take("pause").and_then(|node| walk.duration(node, "pause", true)).unwrap_or_default();
    let fill = keys.take("fill");
    if let Some(node) = fill.filter(|_| !elements.iter().any(|element| matches!(element, ProgrammeElement::Pick { .. }))) {
        walk.fault(PlanFault::NothingToFillWith, node.place);
    }
    let fill = fill.and_then(|node| walk.duration(node, "fill", false));
    walk.finish(keys);
    Some(Programme { id: ProgrammeId::new(id?), name: name?, elements, pause, fill })
}

fn element(walk: &mut Walk<'_>, node: &Node) -> Option<ProgrammeElement> {
    let table = match &node.value {
        Value::Text(_) => {
            return walk.planned_item(node, "elements").map(|item| ProgrammeElement::Item { item: ItemId::new(item), times: 1 });
        }
        Value::Table(table) => table,
        _ => {
            walk.wrong_form(node, "elements", Form::Element);
            return None;
        }
    };
    let mut keys = Keys::new(table, node.place, "elements");
    // Both forms ask for all keys, so that a key of the other form is no unknown one.
    let (item, times) = (keys.take("item"), keys.take("times"));
    let [pick, topic, tag, folder] = ["pick", "topic", "tag", "folder"].map(|key| keys.take(key));
    let element = match (item, pick) {
        (Some(_), Some(_)) => {
            walk.fault(PlanFault::ConflictingKeys { first: "item", second: "pick" }, keys.place_of("pick"));
            None
        }
        (Some(item), None) => {
            if let Some(other) = ["topic", "tag", "folder"].into_iter().find(|key| table.get(key).is_some()) {
                walk.fault(PlanFault::ConflictingKeys { first: "item", second: other }, keys.place_of(other));
            }
            let times =
                times.map_or(Some(1), |node| walk.number(node, "times", 1, 100)).and_then(|times| u32::try_from(times).ok());
            let item = walk.planned_item(item, "item").map(ItemId::new);
            item.zip(times).map(|(item, times)| ProgrammeElement::Item { item, times })
        }
        (None, Some(pick)) => {
            if times.is_some() {
                walk.fault(PlanFault::ConflictingKeys { first: "pick", second: "times" }, keys.place_of("times"));
            }
            let count = walk.number(pick, "pick", 1, 100).and_then(|count| u32::try_from(count).ok());
            if topic.is_none() && tag.is_none() && folder.is_none() {
                walk.fault(PlanFault::EmptyPick, node.place);
            }
            let topic = topic.and_then(|node| walk.reference(node, "topic", Kind::Topic)).map(TopicId::new);
            let tag = tag.and_then(|node| walk.text(node, "tag"));
            let folder = match folder {
                Some(node) => Some(PathBuf::from(walk.reference(node, "folder", Kind::Folder)?)),
                None => None,
            };
            count.map(|count| ProgrammeElement::Pick { count, topic, tag, folder })
        }
        (None, None) => {
            keys.lack(&["item", "pick"]);
            None
        }
    };
    walk.finish(keys);
    element
}

pub fn campaign(walk: &mut Walk<'_>, table: &Table, head: Place) -> Option<Campaign> {
    let mut keys = Keys::new(table, head, "campaign");
    let id = own_id(walk, &mut keys);
    let name = walk.need(&mut keys, "name").and_then(|node| walk.text(node, "name"));
    let days = days::named(walk, &mut keys);
    let targets = keys.take("targets").map_or(vec![], |node| targets(walk, node));
    let hours = keys.take("hours").and_then(|node| hours_instead(walk, node));
    walk.finish(keys);
    Some(Campaign { id: CampaignId::new(id?), name: name?, days: days?, targets, hours })
}

fn targets(walk: &mut Walk<'_>, node: &Node) -> Vec<(TopicId, Target)> {
    let Some(table) = walk.table(node, "targets") else { return vec![] };
    let mut targets = vec![];
    for entry in table.entries() {
        let topic = walk.named(Kind::Topic, &entry.key, entry.place);
        let Some(text) = walk.raw(&entry.node, &entry.key) else { continue };
        match values::target(text) {
            Some(target) => targets.extend(topic.map(|topic| (TopicId::new(topic), target))),
            None => walk.fault(PlanFault::BadTarget { text: text.to_owned() }, entry.node.place),
        }
    }
    targets
}

/// `all` are the plan's outputs, for a broadcast that does not say.
pub fn broadcast(walk: &mut Walk<'_>, table: &Table, head: Place, all: &[OutputId]) -> Option<Broadcast> {
    let mut keys = Keys::new(table, head, "broadcast");
    let id = own_id(walk, &mut keys);
    let programme = walk.need(&mut keys, "programme").and_then(|node| walk.reference(node, "programme", Kind::Programme));
    let recur = recurrence(walk, &mut keys);
    let during = keys.take("during").map_or(vec![], |node| walk.references(node, "during", Kind::Campaign, CampaignId::new));
    let replaces = keys.take("replaces");
    let replaces = replaces.map_or(vec![], |node| replaced(walk, node, id.as_deref()));
    let except = keys.take("except").and_then(|node| walk.list(node, "except", Form::Exception)).unwrap_or(&[]);
    let except = except.iter().filter_map(|node| exception(walk, node)).collect();
    let priority = keys.take("priority").map_or(Some(Priority::Ordinary), |node| priority(walk, node));
    let late = keys.take("late").map_or(Some(LATE), |node| walk.duration(node, "late", true));
    let outputs = keys.take("outputs").map_or_else(|| all.to_vec(), |node| outputs(walk, node, all));
    walk.finish(keys);
    Some(Broadcast {
        id: BroadcastId::new(id?),
        programme: ProgrammeId::new(programme?),
        recur: recur?,
        during,
        replaces,
        except,
        priority: priority?,
        late: late?,
        outputs,
        only_on: None,
    })
}

/// Some of all outputs, in the plan's order.
pub fn outputs(walk: &mut Walk<'_>, node: &Node, all: &[OutputId]) -> Vec<OutputId> {
    if walk.some(node, "outputs", Form::Texts).is_none() {
        return vec![];
    }
    let named = walk.references(node, "outputs", Kind::Output, OutputId::new);
    all.iter().filter(|output| named.contains(output)).cloned().collect()
}

fn recurrence(walk: &mut Walk<'_>, keys: &mut Keys<'_>) -> Option<Recur> {
    let (cron, at) = (keys.take("cron"), keys.take("at"));
    let (days, nth, on) = (keys.take("days"), keys.take("nth"), keys.take("on"));
    let has = |key: &str| keys.table.get(key).is_some();
    let pairs =
        [("cron", "at"), ("cron", "days"), ("cron", "nth"), ("cron", "on"), ("days", "nth"), ("days", "on"), ("nth", "on")];
    for (first, second) in pairs {
        // `cron` beside `at` says it all already.
        if has(first) && has(second) && !(first == "cron" && second != "at" && has("at")) {
            walk.fault(PlanFault::ConflictingKeys { first, second }, keys.place_of(second));
        }
    }
    if cron.is_none() && at.is_none() {
        keys.lack(&["at", "cron"]);
    }
    let cron = cron.and_then(|node| cron_text(walk, node));
    let times = at.and_then(|node| walk.some(node, "at", Form::Texts));
    let times = times.map(|nodes| nodes.iter().filter_map(|node| walk.time(node, "at")).collect::<Vec<_>>());
    let days = match (days, nth, on) {
        (Some(node), _, _) => {
            let nodes = walk.some(node, "days", Form::Texts).unwrap_or(&[]);
            let mut week: Vec<Weekday> = vec![];
            for day in nodes.iter().flat_map(|node| weekdays(walk, node)) {
                if !week.contains(&day) {
                    week.push(day);
                }
            }
            recur::RecurDays::Week(week)
        }
        (None, Some(node), _) => {
            let nodes = walk.some(node, "nth", Form::Texts).unwrap_or(&[]);
            recur::RecurDays::Nth(nodes.iter().filter_map(|node| nth_day(walk, node)).collect())
        }
        (None, None, Some(node)) => {
            let nodes = walk.some(node, "on", Form::Dates).unwrap_or(&[]);
            recur::RecurDays::On(nodes.iter().filter_map(|node| walk.date(node, "on")).collect::<Vec<Date>>())
        }
        (None, None, None) => recur::RecurDays::Every,
    };
    cron.or_else(|| times.map(|at| Recur::At { at, days }))
}

fn cron_text(walk: &mut Walk<'_>, node: &Node) -> Option<Recur> {
    let text = walk.raw(node, "cron")?;
    match Recur::cron(text) {
        Ok(recur) => Some(recur),
        Err(why) => {
            walk.fault(PlanFault::BadCron { why }, node.place);
            None
        }
    }
}

/// `first mon`, `last sun`, `thứ hai đầu tiên`.
fn nth_day(walk: &mut Walk<'_>, node: &Node) -> Option<(Nth, Weekday)> {
    let text = walk.raw(node, "nth")?;
    walk.written(recur::nth_weekday(text), node, |why| PlanFault::BadNth { text: text.to_owned(), why })
}

/// A day of the week by name, or `weekdays`, `weekend`.
fn weekdays(walk: &mut Walk<'_>, node: &Node) -> Vec<Weekday> {
    let Some(text) = walk.raw(node, "days") else { return vec![] };
    let week = Weekday::Monday.cycle_forward();
    match text {
        "weekdays" => week.take(5).collect(),
        "weekend" => week.skip(5).take(2).collect(),
        text => {
            let day = walk.written(written::weekday(text), node, |why| PlanFault::BadDay { text: text.to_owned(), why });
            day.into_iter().collect()
        }
    }
}

fn replaced(walk: &mut Walk<'_>, node: &Node, own: Option<&str>) -> Vec<BroadcastId> {
    let nodes = walk.list(node, "replaces", Form::Texts).unwrap_or(&[]);
    for node in nodes {
        if let Value::Text(text) = &node.value
            && Some(text.as_str()) == own
        {
            walk.fault(PlanFault::RefersToItself { key: "replaces" }, node.place);
        }
    }
    walk.references(node, "replaces", Kind::Broadcast, BroadcastId::new)
}

fn exception(walk: &mut Walk<'_>, node: &Node) -> Option<Except> {
    match &node.value {
        Value::Date(_) => walk.date(node, "except").map(Except::Day),
        Value::Table(table) => {
            let mut keys = Keys::new(table, node.place, "except");
            let days = days::named(walk, &mut keys);
            walk.finish(keys);
            days.map(Except::Days)
        }
        Value::Text(text) if walk.ids.knows(Kind::Holiday, text) => Some(Except::Holiday(HolidayId::new(text.as_str()))),
        Value::Text(text) if !walk.ids.knows(Kind::Campaign, text) && written::day(text, None) != Err(Misread::Unknown) => {
            walk.date(node, "except").map(Except::Day)
        }
        Value::Text(text) => {
            // What is neither is most likely a campaign, unless it looks more like a holiday.
            let kind = if values::nearest(text, walk.ids.all(Kind::Holiday)).is_some() { Kind::Holiday } else { Kind::Campaign };
            let kind = if walk.ids.knows(Kind::Campaign, text) { Kind::Campaign } else { kind };
            walk.reference(node, "except", kind).map(|id| Except::Campaign(CampaignId::new(id)))
        }
        _ => {
            walk.wrong_form(node, "except", Form::Exception);
            None
        }
    }
}

pub fn priority(walk: &mut Walk<'_>, node: &Node) -> Option<Priority> {
    if matches!(&node.value, Value::Text(text) if text == Priority::Emergency.as_str()) {
        walk.fault(PlanFault::EmergencyPlanned, node.place);
        return None;
    }
    walk.word(node, "priority", &["ordinary", "priority"]).and_then(|word| Priority::from_str(word).ok())
}
