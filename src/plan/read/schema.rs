//! The names of the plan's tables.

use crate::plan::fault::Kind;

/// A table of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableName {
    /// Written `[name]`, once.
    Single,
    /// Written `[[name]]`, any number of them, with ids.
    List(Kind),
}

const SINGLE: [&str; 4] = ["station", "hours", "backup", "letterhead"];

/// Tables and keys that are meant to come, so that nobody is told that they are unknown.
const NOT_YET: &[&str] = &["mourning", "person", "approval", "approved", "approved_by", "approvers", "notify", "relay", "relays"];

pub fn table(name: &str) -> Option<TableName> {
    if SINGLE.contains(&name) { Some(TableName::Single) } else { name.parse().ok().map(TableName::List) }
}

/// The names of all of them.
pub fn tables() -> impl Iterator<Item = &'static str> {
    SINGLE.into_iter().chain(Kind::ALL.iter().map(|kind| kind.as_str()))
}

pub fn not_yet(name: &str) -> bool {
    NOT_YET.contains(&name)
}
