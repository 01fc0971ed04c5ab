//! The tables that say what the station is: station, outputs, zones, hours, topics, suppliers, contacts.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use crate::calendar::hours::{Hours, HoursInstead, Stretch, StretchLevel};
use crate::calendar::timezone::Timezone;
use crate::calendar::written::{self, Misread};
use crate::lang::Language;
use crate::plan::fault::{Form, Kind, PlanFault};
use crate::plan::read::tree::{Node, Table, Value};
use crate::plan::read::values;
use crate::plan::read::walk::{Keys, Walk};
use crate::plan::source::Place;
use crate::plan::{Backup, Contact, Output, Station, Supplier, Text, Topic, Zone};
use crate::terms::*;

/// How many backups are kept where the plan does not say.
const KEEP: i64 = 30;

/// `here` is the folder of the file that says it.
pub fn station(walk: &mut Walk<'_>, table: &Table, head: Place, here: &Path) -> Option<Station> {
    let mut keys = Keys::new(table, head, "station");
    let name = walk.need(&mut keys, "name").and_then(|node| walk.text(node, "name"));
    let code = walk.need(&mut keys, "code").and_then(|node| id(walk, node, "code"));
    let zone = walk.need(&mut keys, "timezone").and_then(|node| time_zone(walk, node));
    let language = match keys.take("language") {
        Some(node) => {
            walk.word(node, "language", &["vi", "en"]).map(|word| if word == "en" { Language::En } else { Language::Vi })
        }
        None => Some(Language::Vi),
    };
    let audio = walk.need(&mut keys, "audio").and_then(|node| folder(walk, node, here));
    let drill = keys.take("drill").map(|node| walk.planned_item(node, "drill"));
    let languages = keys.take("languages").map_or(vec![], |node| shares(walk, node));
    walk.note(&keys, "station", "");
    walk.finish(keys);
    let drill = match drill {
        Some(item) => Some(ItemId::new(item?)),
        None => None,
    };
    Some(Station { name: name?, code: code?, timezone: zone?, language: language?, languages, audio: audio?, drill })
}

/// `{ vi = 70, mtq = 30 }`: percents by tongue.
fn shares(walk: &mut Walk<'_>, node: &Node) -> Vec<(String, i64)> {
    let Some(table) = walk.table(node, "languages") else { return vec![] };
    let mut shares = vec![];
    for entry in table.entries() {
        if !values::language(&entry.key) {
            walk.fault(PlanFault::BadLanguage { text: entry.key.clone() }, entry.place);
        }
        let share = walk.number(&entry.node, &entry.key, 1, 100);
        shares.extend(share.map(|share| (entry.key.clone(), share)));
    }
    let sum = shares.iter().map(|(_, share)| share).sum();
    if sum != 100 && shares.len() == table.entries().len() {
        walk.fault(PlanFault::BadShares { sum }, node.place);
    }
    shares
}

/// `here` is the folder of the file that says it.
pub fn backup(walk: &mut Walk<'_>, table: &Table, head: Place, here: &Path) -> Option<Backup> {
    let mut keys = Keys::new(table, head, "backup");
    let folder = walk.need(&mut keys, "folder").and_then(|node| {
        walk.text(node, "folder")?;
        walk.raw(node, "folder").map(|text| values::tidy(here, Path::new(text)))
    });
    let keep = match keys.take("keep") {
        Some(node) => walk.number(node, "keep", 1, 10_000),
        None => Some(KEEP),
    };
    walk.note(&keys, "backup", "");
    walk.finish(keys);
    Some(Backup { folder: folder?, keep: usize::try_from(keep?).ok()? })
}

fn time_zone(walk: &mut Walk<'_>, node: &Node) -> Option<Timezone> {
    let text = walk.raw(node, "timezone")?;
    let zone = Timezone::named(text).filter(|_| !text.is_empty());
    if zone.is_none() {
        let names: Vec<_> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
        let nearest = values::nearest(text, names.iter().map(String::as_str)).map(str::to_owned);
        walk.fault(PlanFault::BadTimeZone { text: text.to_owned(), nearest }, node.place);
    }
    zone
}

fn folder(walk: &mut Walk<'_>, node: &Node, here: &Path) -> Option<PathBuf> {
    walk.text(node, "audio")?;
    walk.raw(node, "audio").map(|text| values::tidy(here, Path::new(text)))
}

/// The own id of a table (or the station's code): a bad one has been reported with the ids.
fn id(walk: &mut Walk<'_>, node: &Node, key: &str) -> Option<String> {
    let text = walk.raw(node, key)?;
    if key == "code" && !values::is_id(text) {
        walk.fault(PlanFault::BadId { text: text.to_owned() }, node.place);
        return None;
    }
    Some(text.to_owned())
}

pub fn own_id(walk: &mut Walk<'_>, keys: &mut Keys<'_>) -> Option<String> {
    let node = walk.need(keys, "id")?;
    let id = id(walk, node, "id")?;
    walk.note(keys, keys.name, &id);
    Some(id)
}

/// As [`Speaker`] has them.
const SPEAKERS: &[&str] = &["flat", "horn"];

/// `plan` is the plan's folder.
pub fn output(walk: &mut Walk<'_>, table: &Table, head: Place, plan: &Path) -> Option<(Output, Vec<Place>)> {
    let mut keys = Keys::new(table, head, "output");
    let id = own_id(walk, &mut keys);
    let device = walk.need(&mut keys, "device");
    let nodes = device.and_then(|node| walk.some(node, "device", Form::Texts)).unwrap_or(&[]);
    let mut devices: Vec<DeviceName> = vec![];
    let mut places = vec![];
    for node in nodes {
        if let Some(device) = one_device(walk, node, plan) {
            devices.push(device);
            places.push(node.place);
        }
    }
    let zones = keys.take("zones").map_or(vec![], |node| walk.references(node, "zones", Kind::Zone, ZoneId::new));
    let speaker = match keys.take("speaker") {
        Some(node) => walk.word(node, "speaker", SPEAKERS).and_then(|word| word.parse().ok()),
        None => Some(Speaker::Flat),
    };
    let hours = keys.take("hours").and_then(|node| hours_instead(walk, node));
    walk.finish(keys);
    Some((Output { id: OutputId::new(id?), devices, zones, speaker: speaker?, hours }, places))
}

fn one_device(walk: &mut Walk<'_>, node: &Node, plan: &Path) -> Option<DeviceName> {
    let text = walk.text(node, "device")?;
    let device = values::device(&text, plan);
    if device.is_none() {
        walk.fault(PlanFault::BadDevice { text }, node.place);
    }
    device
}

pub fn zone(walk: &mut Walk<'_>, table: &Table, head: Place) -> Option<Zone> {
    let mut keys = Keys::new(table, head, "zone");
    let id = own_id(walk, &mut keys);
    let name = walk.need(&mut keys, "name").and_then(|node| walk.text(node, "name"));
    walk.finish(keys);
    Some(Zone { id: ZoneId::new(id?), name: name? })
}

/// The spans of days of `[hours]`; a day of the week replaces them.
const SPANS: [(&str, std::ops::Range<usize>); 3] = [("daily", 0..7), ("weekdays", 0..5), ("weekend", 5..7)];
/// How the days of the week are offered as keys; [`written::weekday`] takes them in every form.
const WEEK: [&str; 7] = ["T2", "T3", "T4", "T5", "T6", "T7", "CN"];

pub fn hours(walk: &mut Walk<'_>, table: &Table, head: Place) -> Hours {
    let mut keys = Keys::new(table, head, "hours");
    let (named, any) = days_and_quota(walk, &mut keys);
    if !any {
        keys.lack(&["daily", "weekdays", "weekend"]);
    }
    let levels = keys.take("levels").map_or(vec![], |node| levels(walk, node));
    walk.note(&keys, "hours", "");
    walk.finish(keys);
    Hours { days: named.days.map(Option::unwrap_or_default), quota: named.quota, levels }
}

/// The hours of an output or of a campaign, as far as they are others than the station's.
pub fn hours_instead(walk: &mut Walk<'_>, node: &Node) -> Option<HoursInstead> {
    let mut keys = Keys::new(walk.table(node, "hours")?, node.place, "hours");
    let (named, _) = days_and_quota(walk, &mut keys);
    if keys.table.entries().is_empty() {
        keys.lack(&["daily", "quota"]);
    }
    walk.finish(keys);
    Some(named)
}

/// What a table of hours says of the days of the week, and whether it names any with stretches.
fn days_and_quota(walk: &mut Walk<'_>, keys: &mut Keys<'_>) -> (HoursInstead, bool) {
    let (days, any) = by_days(walk, keys, |walk, node, key| Some(stretches(walk, node, key)));
    let quota = keys.take("quota").map_or([None; 7], |node| quota(walk, node));
    (HoursInstead { days, quota }, any)
}

/// One length for every day, or a table of them by days.
fn quota(walk: &mut Walk<'_>, node: &Node) -> [Option<SignedDuration>; 7] {
    let Value::Table(table) = &node.value else { return [walk.duration(node, "quota", false); 7] };
    let mut keys = Keys::new(table, node.place, "quota");
    let (quota, any) = by_days(walk, &mut keys, |walk, node, key| walk.duration(node, key, false));
    if !any {
        keys.lack(&["daily", "weekdays", "weekend"]);
    }
    walk.finish(keys);
    quota
}

/// What a table says by days of the week, a single day in place of a span of them; and whether it names any.
fn by_days<T: Clone>(
    walk: &mut Walk<'_>,
    keys: &mut Keys<'_>,
    read: impl Fn(&mut Walk<'_>, &Node, &str) -> Option<T>,
) -> ([Option<T>; 7], bool) {
    let mut found: [Option<T>; 7] = std::array::from_fn(|_| None);
    let mut any = false;
    for (name, days) in &SPANS {
        let Some(node) = keys.take(name) else { continue };
        any = true;
        let value = read(walk, node, name);
        found[days.clone()].iter_mut().for_each(|day| day.clone_from(&value));
    }
    let mut given: [Option<&str>; 7] = [None; 7];
    for entry in keys.take_all(&WEEK, |key| written::weekday(key) != Err(Misread::Unknown)) {
        any = true;
        let (key, node) = (entry.key.as_str(), &entry.node);
        let Some(day) = walk.written(written::weekday(key), node, |why| PlanFault::BadDay { text: key.to_owned(), why }) else {
            continue;
        };
        let day = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
        if let Some(first) = given[day].replace(key) {
            walk.fault(PlanFault::SameDay { first: first.to_owned(), second: key.to_owned() }, entry.place);
        }
        found[day] = read(walk, node, key);
    }
    (found, any)
}

/// Loudness from softest to loudest: below, horns are lost in the wind; above, speech cannot be brought there under the ceiling of peaks.
const LUFS: std::ops::RangeInclusive<i8> = -36..=-12;

fn levels(walk: &mut Walk<'_>, node: &Node) -> Vec<StretchLevel> {
    let mut levels: Vec<StretchLevel> = vec![];
    for node in walk.list(node, "levels", Form::Levels).unwrap_or(&[]) {
        let Some((level, place)) = level(walk, node) else { continue };
        if let Some(first) = levels.iter().find(|first| first.stretch.overlaps(&level.stretch)) {
            walk.fault(PlanFault::LevelsOverlap { first: first.stretch.to_string() }, place);
        }
        levels.push(level);
    }
    levels
}

/// One of them, and where its hours stand.
fn level(walk: &mut Walk<'_>, node: &Node) -> Option<(StretchLevel, Place)> {
    if !matches!(node.value, Value::Table(_)) {
        walk.wrong_form(node, "levels", Form::Levels);
        return None;
    }
    let mut keys = Keys::new(walk.table(node, "levels")?, node.place, "levels");
    let hours = walk.need(&mut keys, "hours");
    let stretch = hours.and_then(|node| stretch(walk, node, "hours"));
    let lufs = walk.need(&mut keys, "lufs").and_then(|node| lufs(walk, node));
    walk.finish(keys);
    Some((StretchLevel { stretch: stretch?, lufs: lufs? }, hours?.place))
}

fn lufs(walk: &mut Walk<'_>, node: &Node) -> Option<f32> {
    let lufs = walk.decimal(node, "lufs")?;
    let (least, most) = (*LUFS.start(), *LUFS.end());
    if !(f64::from(least)..=f64::from(most)).contains(&lufs) {
        walk.fault(PlanFault::BadLufs { least, most }, node.place);
        return None;
    }
    Some(lufs as f32)
}

fn stretches(walk: &mut Walk<'_>, node: &Node, key: &str) -> Vec<Stretch> {
    let nodes = walk.list(node, key, Form::Texts).unwrap_or(&[]);
    nodes.iter().filter_map(|node| stretch(walk, node, key)).collect()
}

fn stretch(walk: &mut Walk<'_>, node: &Node, key: &str) -> Option<Stretch> {
    let text = walk.raw(node, key)?;
    walk.written(Stretch::parse(text), node, |why| PlanFault::BadHours { text: text.to_owned(), why })
}

pub fn topic(walk: &mut Walk<'_>, table: &Table, head: Place) -> Option<Topic> {
    let mut keys = Keys::new(table, head, "topic");
    let id = own_id(walk, &mut keys);
    let name = walk.need(&mut keys, "name").and_then(|node| named(walk, node, "name"));
    let duty = keys.take("duty").map_or(Some(false), |node| walk.boolean(node, "duty"));
    let listed = keys.take("listed").map_or(Some(false), |node| walk.boolean(node, "listed"));
    walk.finish(keys);
    Some(Topic { id: TopicId::new(id?), name: name?, duty: duty?, listed: listed? })
}

/// A text, or a table of texts by language.
pub(super) fn named(walk: &mut Walk<'_>, node: &Node, key: &'static str) -> Option<Text> {
    match &node.value {
        Value::Text(_) => walk.text(node, key).map(|vi| Text { vi, en: None }),
        Value::Table(table) => {
            let mut keys = Keys::new(table, node.place, key);
            let vi = walk.need(&mut keys, "vi").and_then(|node| walk.text(node, "vi"));
            let en = keys.take("en").and_then(|node| walk.text(node, "en"));
            walk.finish(keys);
            Some(Text { vi: vi?, en })
        }
        _ => {
            walk.wrong_form(node, key, Form::Named);
            None
        }
    }
}

pub fn supplier(walk: &mut Walk<'_>, table: &Table, head: Place) -> Option<Supplier> {
    let mut keys = Keys::new(table, head, "supplier");
    let id = own_id(walk, &mut keys);
    let name = walk.need(&mut keys, "name").and_then(|node| walk.text(node, "name"));
    walk.finish(keys);
    Some(Supplier { id: SupplierId::new(id?), name: name? })
}

pub fn contact(walk: &mut Walk<'_>, table: &Table, head: Place) -> Option<Contact> {
    let mut keys = Keys::new(table, head, "contact");
    let id = own_id(walk, &mut keys);
    let name = walk.need(&mut keys, "name").and_then(|node| walk.text(node, "name"));
    let number = walk.need(&mut keys, "number").and_then(|node| walk.text(node, "number"));
    let verified = keys.take("verified").and_then(|node| walk.date(node, "verified"));
    walk.finish(keys);
    Some(Contact { id: ContactId::new(id?), name: name?, number: number?, verified })
}
