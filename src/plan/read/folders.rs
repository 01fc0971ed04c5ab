//! Drop folders in the plan: what all that lies in one has in common, and the items that its recordings are.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::calendar::span::DaySpan;
use crate::calendar::timezone::Timezone;
use crate::calendar::written;
use crate::plan::fault::{BadPath, Form, PlanFault};
use crate::plan::read::tree::{Node, Table, Value};
use crate::plan::read::walk::{Keys, Walk};
use crate::plan::read::{airing, values};
use crate::plan::source::Place;
use crate::plan::{Folder, Item};
use crate::terms::*;

/// The longest that something stays on air by itself.
const LONGEST: SignedDuration = SignedDuration::from_hours(3660 * 24);
/// The longest id that is made of a name.
const LONGEST_SLUG: usize = 40;

/// `language` is the station's, for folders that do not say.
pub fn folder(walk: &mut Walk<'_>, table: &Table, head: Place, language: &str) -> Option<Folder> {
    let mut keys = Keys::new(table, head, "folder");
    let path = walk.need(&mut keys, "path").and_then(|node| inside(walk, node));
    let common = airing::common(walk, &mut keys, ItemKind::Notice, language);
    let valid_for = keys.take("valid_for").map(|node| term(walk, node));
    if let Some(path) = &path {
        walk.note(&keys, "folder", &path.to_string_lossy());
    }
    walk.finish(keys);
    let valid_for = match valid_for {
        Some(term) => Some(term?),
        None => None,
    };
    Some(Folder { path: path?, common: common?, valid_for })
}

/// The path of a folder within the recordings.
fn inside(walk: &mut Walk<'_>, node: &Node) -> Option<PathBuf> {
    let path = walk.file(node, "path")?;
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        walk.fault(PlanFault::BadPath { why: BadPath::Upwards }, node.place);
        return None;
    }
    Some(path)
}

/// `7d`, `2 tuần`, `36h`.
fn term(walk: &mut Walk<'_>, node: &Node) -> Option<SignedDuration> {
    let Value::Text(text) = &node.value else {
        walk.wrong_form(node, "valid_for", Form::Term);
        return None;
    };
    let term = walk.written(written::term(text), node, |why| PlanFault::BadTerm { text: text.clone(), why })?;
    if !term.is_positive() || term > LONGEST {
        walk.fault(PlanFault::TermRange, node.place);
        return None;
    }
    Some(term)
}

/// The items that were found, but for those of which the plan itself has an item. Their ids have a `/`, as no id of the plan has.
pub fn items(walk: &mut Walk<'_>, found: &[&Table], folders: &[Folder], items: &[Item], zone: &Timezone) -> Vec<Item> {
    let mut made: Vec<(Item, String)> = Vec::new();
    let mut named: BTreeMap<String, u32> = BTreeMap::new();
    for table in found {
        let Some((item, name)) = item(table, folders, zone) else { continue };
        if items.iter().any(|other| other.file == item.file) {
            continue;
        }
        *named.entry(item.id.to_string()).or_default() += 1;
        made.push((item, name));
    }
    let own = |(mut item, name): (Item, String)| {
        // Of names that differ in nothing but signs each has a mark of its own.
        if named.get(item.id.as_str()).is_some_and(|count| *count > 1) {
            let hash = Sha256::digest(&name);
            item.id = ItemId::new(format!("{}-{:02x}{:02x}{:02x}", item.id, hash[0], hash[1], hash[2]));
        }
        // What is wrong with it is told where the plan names its folder.
        let folder = item.file.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(place) = walk.places.of("folder", &folder, "path") {
            walk.places.by_name.entry(("item", item.id.to_string())).or_default().insert(String::new(), place);
        }
        item
    };
    made.into_iter().map(own).collect()
}

/// One of them, with the name of its file.
fn item(table: &Table, folders: &[Folder], zone: &Timezone) -> Option<(Item, String)> {
    let text = |key: &str| match &table.get(key)?.value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    };
    let (path, name) = (text("folder")?, text("file")?);
    let folder = folders.iter().find(|folder| folder.path == Path::new(path))?;
    let since: Timestamp = text("since")?.parse().ok()?;
    let since = Wall(i64::try_from(since.as_nanosecond()).ok()?);
    let until = folder.valid_for.map(|term| zone.civil(since + term).date());
    let file = folder.path.join(name);
    let stem = Path::new(name).file_stem()?.to_str()?;
    let title = values::title(&stem.replace('_', " ")).unwrap_or_else(|| stem.to_owned());
    let common = folder.common.clone();
    let item = Item {
        id: ItemId::new(format!("{}/{}", slug(path), slug(stem))),
        file,
        title,
        is_named_by_file: true,
        kind: common.kind,
        topic: common.topic,
        tags: common.tags,
        language: common.language,
        supplier: common.supplier,
        script: None,
        translation_of: None,
        valid: DaySpan { from: None, until },
        contacts: common.contacts,
        caps: common.caps,
    };
    Some((item, name.to_owned()))
}

/// A name in the letters of an id.
pub fn slug(name: &str) -> String {
    let folded = written::folded(name);
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-");
    slug.truncate(LONGEST_SLUG);
    if slug.is_empty() { "ban-thu".to_owned() } else { slug }
}
