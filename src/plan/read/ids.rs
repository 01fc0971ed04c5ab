//! Who is defined where: collected before anything is read, so that every id may be named before its table.

use std::collections::{HashMap, HashSet};

use crate::plan::diagnostic::{Place, Source};
use crate::plan::fault::{Fault, Kind};
use crate::plan::read::tree::{Table, Value};
use crate::plan::read::{schema, values};

/// Of more broken ids than this, the rest is not compared with.
const LOST: usize = 100;

#[derive(Debug, Default)]
pub struct Ids {
    known: HashMap<Kind, HashMap<String, Place>>,
    /// In the order of the plan, for the nearest name.
    order: HashMap<Kind, Vec<String>>,
    /// Some table of this kind has an id that cannot be told, so that any unknown one may be meant.
    untold: HashSet<Kind>,
    /// Words of damaged lines and of tables that are unknown: each may be an id that is defined there.
    pub lost_words: HashSet<String>,
    /// What is left of ids that are broken: one that is near to it was most likely meant.
    lost_ids: Vec<String>,
    /// A whole file could not be read.
    pub lost_file: bool,
}

impl Ids {
    /// Notes the id of one table, and reports one that is bad or taken.
    pub fn note(&mut self, kind: Kind, table: &Table, sources: &[Source], faults: &mut Vec<(Fault, Place)>) {
        let Some(node) = table.get("id") else {
            // On a damaged line its words are known as lost.
            if !table.damaged {
                self.untold.insert(kind);
            }
            return;
        };
        let id = match &node.value {
            Value::Text(id) => id,
            Value::Lost => return self.lose(node.place, sources),
            _ => {
                self.untold.insert(kind);
                return;
            }
        };
        if !values::is_id(id) {
            faults.push((Fault::BadId { text: id.clone() }, node.place));
            self.lose(node.place, sources);
        }
        let ids = self.known.entry(kind).or_default();
        if let Some(first) = ids.get(id) {
            faults.push((Fault::RepeatedId { kind, id: id.clone(), first: *first }, node.place));
            return;
        }
        ids.insert(id.clone(), node.place);
        self.order.entry(kind).or_default().push(id.clone());
    }

    fn lose(&mut self, place: Place, sources: &[Source]) {
        let text = sources.get(place.file).and_then(|source| source.text.get(place.range())).unwrap_or("");
        let value = text.split_once('=').map_or(text, |(_, value)| value);
        if self.lost_ids.len() < LOST {
            self.lost_ids.push(value.chars().filter(|c| schema::bare(*c)).take(64).collect());
        }
    }

    pub fn knows(&self, kind: Kind, id: &str) -> bool {
        self.known.get(&kind).is_some_and(|ids| ids.contains_key(id))
    }

    /// Whether an id that is not known may be defined where the plan could not be read.
    pub fn may_know(&self, kind: Kind, id: &str) -> bool {
        self.lost_file || self.untold.contains(&kind) || self.lost_words.contains(id) || self.near_lost(id)
    }

    fn near_lost(&self, id: &str) -> bool {
        values::nearest(id, self.lost_ids.iter().map(String::as_str)).is_some()
    }

    pub fn all(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.order.get(&kind).into_iter().flatten().map(String::as_str)
    }
}
