//! The names of the plan's tables, and what heads and keys look like.

use crate::plan::fault::Kind;

/// A table of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableName {
    pub name: &'static str,
    /// Written `[[name]]`, any number of them.
    pub list: bool,
    /// What its entries are, when they have ids.
    pub kind: Option<Kind>,
}

pub const TABLES: &[TableName] = &[
    TableName { name: "station", list: false, kind: None },
    TableName { name: "hours", list: false, kind: None },
    TableName { name: "backup", list: false, kind: None },
    TableName { name: "letterhead", list: false, kind: None },
    TableName { name: "output", list: true, kind: Some(Kind::Output) },
    TableName { name: "zone", list: true, kind: Some(Kind::Zone) },
    TableName { name: "topic", list: true, kind: Some(Kind::Topic) },
    TableName { name: "supplier", list: true, kind: Some(Kind::Supplier) },
    TableName { name: "item", list: true, kind: Some(Kind::Item) },
    TableName { name: "contact", list: true, kind: Some(Kind::Contact) },
    TableName { name: "programme", list: true, kind: Some(Kind::Programme) },
    TableName { name: "campaign", list: true, kind: Some(Kind::Campaign) },
    TableName { name: "broadcast", list: true, kind: Some(Kind::Broadcast) },
    TableName { name: "baseline", list: true, kind: Some(Kind::Baseline) },
    TableName { name: "report", list: true, kind: Some(Kind::Report) },
];

/// Tables and keys that are meant to come, so that nobody is told that they are unknown.
const NOT_YET: &[&str] = &[
    "holiday",
    "holidays",
    "mourning",
    "folder",
    "person",
    "approval",
    "approved",
    "approved_by",
    "approvers",
    "notify",
    "relay",
    "relays",
];

pub fn table(name: &str) -> Option<TableName> {
    TABLES.iter().find(|table| table.name == name).copied()
}

pub fn not_yet(name: &str) -> bool {
    NOT_YET.contains(&name)
}

/// Whether a bare key may have this character.
pub fn bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// A line that can only be `key = …`.
pub fn like_key(line: &str) -> bool {
    let line = line.trim_start();
    let key = line.find(|c: char| !bare(c) && c != '.').unwrap_or(line.len());
    key > 0 && line.get(key..).is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// A line that can only be the head of a table: brackets, and in them a bare name that is no value.
pub fn like_head(line: &str) -> bool {
    let line = line.trim();
    let Some(inner) = line.strip_prefix('[') else { return false };
    let inner = inner.trim_start_matches('[').trim_start();
    let length = inner.find(|c: char| !bare(c) && c != '.').unwrap_or(inner.len());
    let (name, rest) = inner.split_at(length);
    let word = name.starts_with(|c: char| c.is_ascii_alphabetic()) && !matches!(name, "true" | "false" | "inf" | "nan");
    word && rest.trim_start().starts_with(']') && !rest.contains(',')
}

/// A line to be read as a head, also when something is wrong with it. `[id = "x"` is a key with a stray bracket.
pub fn meant_as_head(line: &str) -> bool {
    let inner = line.trim_start_matches('[');
    let value = inner.split_once('=').map_or("", |(_, value)| value);
    let name_after_all = value.ends_with(']') && value.chars().all(|c| bare(c) || c == ']');
    broken_head(line).is_some() || (inner.len() < line.len() && (!like_key(inner) || name_after_all))
}

/// A line that was the head of a known table before something happened to it: `item]]`, `x[[item]]`. The table's name.
pub fn broken_head(line: &str) -> Option<&str> {
    if like_key(line) || line.starts_with('#') {
        return None;
    }
    let mut words = line.split(|c: char| !bare(c) && c != '.').filter(|word| !word.is_empty());
    let word = words.find(|word| table(word.split('.').next().unwrap_or("")).is_some())?;
    // Between brackets, of which one side may have got lost; the rest of the line is not looked at.
    let at = word.as_ptr() as usize - line.as_ptr() as usize;
    let (before, after) = (line.get(..at)?.trim_end(), line.get(at + word.len()..)?.trim_start());
    // `[topic = "x"` is the key of an item with a stray bracket, although there is a table of that name.
    let value = after.strip_prefix('=').map_or("", |value| value.trim().trim_end_matches(']'));
    let closed = after.starts_with(']') && after.trim_end_matches(']').is_empty();
    ((before.ends_with('[') && value.is_empty()) || (before.is_empty() && closed)).then_some(word)
}
