//! Who is defined where: collected before anything is read, so that every id may be named before its table.

use std::collections::{HashMap, HashSet};

use crate::plan::fault::{Kind, PlanFault};
use crate::plan::read::tree::{Node, Table, Value};
use crate::plan::read::values;
use crate::plan::source::Place;

/// Of more bad ids than this, the rest is not compared with.
const BAD: usize = 100;

#[derive(Debug, Default)]
pub struct Ids {
    known: HashMap<Kind, HashMap<String, Place>>,
    /// In the order of the plan, for the nearest name.
    order: HashMap<Kind, Vec<String>>,
    /// Some table of this kind has an id that cannot be told, so that any unknown one may be meant.
    untold: HashSet<Kind>,
    /// The ids of tables that are unknown.
    pub misplaced: HashSet<String>,
    /// What is left of ids that are bad: one that is near to it was most likely meant.
    bad: Vec<String>,
    /// Items that only an order airs.
    emergencies: HashSet<String>,
    /// Some file could not be read.
    pub lost_file: bool,
}

impl Ids {
    /// Notes the id of one table, and reports one that is bad or taken.
    pub fn note(&mut self, kind: Kind, table: &Table, faults: &mut Vec<(PlanFault, Place)>) {
        let kind = match (kind, table.get("id")) {
            // These need no id.
            (Kind::Change, _) | (Kind::Extra, None) => return,
            // An extra is a broadcast of one date.
            (Kind::Extra, Some(_)) => Kind::Broadcast,
            (kind, _) => kind,
        };
        // A folder is known by its path.
        let key = if kind == Kind::Folder { "path" } else { "id" };
        let Some(Node { place, value: Value::Text(id) }) = table.get(key) else {
            self.untold.insert(kind);
            return;
        };
        if kind != Kind::Folder && !values::is_id(id) {
            faults.push((PlanFault::BadId { text: id.clone() }, *place));
            if self.bad.len() < BAD {
                let bare = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
                self.bad.push(id.chars().filter(bare).take(64).collect());
            }
        }
        // An exception names either by its id.
        let other = match kind {
            Kind::Campaign => self.known.get(&Kind::Holiday),
            Kind::Holiday => self.known.get(&Kind::Campaign),
            _ => None,
        };
        let other = other.and_then(|ids| ids.get(id)).copied();
        let ids = self.known.entry(kind).or_default();
        let own = ids.get(id).copied();
        if let Some(first) = own.or(other) {
            faults.push((PlanFault::RepeatedId { kind, id: id.clone(), first }, *place));
        }
        if own.is_some() {
            return;
        }
        let is = |text: &str| matches!(table.get("kind"), Some(Node { value: Value::Text(kind), .. }) if kind == text);
        if kind == Kind::Item && is("emergency") {
            self.emergencies.insert(id.clone());
        }
        ids.insert(id.clone(), *place);
        self.order.entry(kind).or_default().push(id.clone());
    }

    /// Whether an item is a recording for emergencies.
    pub fn is_emergency(&self, item: &str) -> bool {
        self.emergencies.contains(item)
    }

    pub fn knows(&self, kind: Kind, id: &str) -> bool {
        self.known.get(&kind).is_some_and(|ids| ids.contains_key(id))
    }

    /// Whether an id that is not known may be defined where the plan could not be read.
    pub fn may_know(&self, kind: Kind, id: &str) -> bool {
        self.lost_file || self.untold.contains(&kind) || self.misplaced.contains(id) || self.near_bad(id)
    }

    fn near_bad(&self, id: &str) -> bool {
        values::nearest(id, self.bad.iter().map(String::as_str)).is_some()
    }

    pub fn all(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.order.get(&kind).into_iter().flatten().map(String::as_str)
    }
}
