//! Who is defined where: collected before anything is read, so that every id may be named before its table.

use std::collections::{HashMap, HashSet};

use crate::plan::diagnostic::Place;
use crate::plan::fault::{Fault, Kind};
use crate::plan::read::tree::{Table, Value};
use crate::plan::read::values;

#[derive(Debug, Default)]
pub struct Ids {
    known: HashMap<Kind, HashMap<String, Place>>,
    /// In the order of the plan, for the nearest name.
    order: HashMap<Kind, Vec<String>>,
    /// Some table of this kind has an id that cannot be told, so that any unknown one may be meant.
    untold: HashSet<Kind>,
    /// Words of damaged lines and of tables that are unknown: each may be an id that is defined there.
    pub lost_words: HashSet<String>,
    /// A whole file could not be read.
    pub lost_file: bool,
}

impl Ids {
    /// Notes the id of one table, and reports one that is bad or taken.
    pub fn note(&mut self, kind: Kind, table: &Table, faults: &mut Vec<(Fault, Place)>) {
        let Some(node) = table.get("id") else {
            // On a damaged line its words are known as lost.
            if !table.damaged {
                self.untold.insert(kind);
            }
            return;
        };
        let id = match &node.value {
            Value::Text(id) => id,
            Value::Lost => return,
            _ => {
                self.untold.insert(kind);
                return;
            }
        };
        if !values::is_id(id) {
            faults.push((Fault::BadId { text: id.clone() }, node.place));
        }
        let ids = self.known.entry(kind).or_default();
        if let Some(first) = ids.get(id) {
            faults.push((Fault::RepeatedId { kind, id: id.clone(), first: *first }, node.place));
            return;
        }
        ids.insert(id.clone(), node.place);
        self.order.entry(kind).or_default().push(id.clone());
    }

    pub fn knows(&self, kind: Kind, id: &str) -> bool {
        self.known.get(&kind).is_some_and(|ids| ids.contains_key(id))
    }

    /// Whether an id that is not known may be defined where the plan could not be read.
    pub fn may_know(&self, kind: Kind, id: &str) -> bool {
        self.lost_file || self.untold.contains(&kind) || self.lost_words.contains(id)
    }

    pub fn all(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.order.get(&kind).into_iter().flatten().map(String::as_str)
    }
}
