//! The plan's TOML as a tree of our own: owned, in the order of the file, each part with its place.

use std::collections::HashMap;

use jiff::civil::{Date, Time};

use crate::plan::fault::PlanFault;
use crate::plan::source::Place;

#[derive(Clone, Debug)]
pub struct Node {
    pub place: Place,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    /// `None` when it does not fit.
    Integer(Option<i64>),
    Float(f64),
    Boolean(bool),
    Date(Date),
    Time(Time),
    /// A date with a time of day.
    Moment,
    List(List),
    Table(Table),
}

#[derive(Clone, Debug)]
pub struct List {
    pub nodes: Vec<Node>,
    /// Written `[[name]]`, so that more may follow.
    pub heads: bool,
}

/// How a table is written, which says what may still be added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Under a head of its own.
    Head,
    /// In the head of a sub-table only; a head of its own may still follow.
    Implied,
    /// By dotted keys, of which more may follow.
    Dotted,
    /// In braces: it is whole.
    Inline,
}

#[derive(Clone, Debug)]
pub struct Table {
    entries: Vec<KeyValue>,
    /// Where each key stands in `entries`.
    index: HashMap<String, usize>,
    pub written: Written,
}

#[derive(Clone, Debug)]
pub struct KeyValue {
    pub key: String,
    pub place: Place,
    pub node: Node,
}

/// A key, or one part of a dotted one.
#[derive(Clone, Debug)]
pub struct Key {
    pub text: String,
    pub place: Place,
}

impl Table {
    pub fn new(written: Written) -> Table {
        Table { entries: vec![], index: HashMap::new(), written }
    }

    pub fn entries(&self) -> &[KeyValue] {
        &self.entries
    }

    /// Where a key stands among the entries.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.index.get(key).copied()
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.get(self.position(key)?).map(|entry| &entry.node)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut KeyValue> {
        let position = self.position(key)?;
        self.entries.get_mut(position)
    }

    /// Adds an entry whose key is not there yet.
    pub fn push(&mut self, entry: KeyValue) -> &mut KeyValue {
        let at = self.entries.len();
        self.index.insert(entry.key.clone(), at);
        self.entries.push(entry);
        &mut self.entries[at]
    }

    /// The entry of a key; of one that is not there, a new table.
    pub fn table_at(&mut self, key: &Key, place: Place, written: Written) -> &mut KeyValue {
        match self.position(&key.text) {
            Some(at) => &mut self.entries[at],
            None => {
                let node = Node { place, value: Value::Table(Table::new(written)) };
                self.push(KeyValue { key: key.text.clone(), place: key.place, node })
            }
        }
    }

    /// Puts a value where its key says, which may be dotted.
    ///
    /// # Errors
    /// When the key, or one on the way to it, has a value already: that fault, and its place.
    pub fn insert(&mut self, path: &[Key], node: Node) -> Result<(), (PlanFault, Place)> {
        let taken = |key: &Key, first| Err((PlanFault::DuplicateKey { key: key.text.clone(), first }, key.place));
        let Some((key, parents)) = path.split_last() else { return Ok(()) };
        let mut table = self;
        for parent in parents {
            let entry = table.table_at(parent, parent.place, Written::Dotted);
            let first = entry.place;
            match &mut entry.node.value {
                Value::Table(inner) if inner.written == Written::Dotted => table = inner,
                _ => return taken(parent, first),
            }
        }
        match table.get_mut(&key.text) {
            Some(first) => taken(key, first.place),
            None => {
                table.push(KeyValue { key: key.text.clone(), place: key.place, node });
                Ok(())
            }
        }
    }

    /// Adds what a table of the same name has. A key of both is a fault, but for tables of which the first was implied.
    pub fn merge(&mut self, other: Table, faults: &mut Vec<(PlanFault, Place)>) {
        for entry in other.entries {
            match self.get_mut(&entry.key) {
                None => {
                    self.push(entry);
                }
                Some(old) => match (&mut old.node.value, entry.node.value) {
                    (Value::Table(into), Value::Table(from))
                        if into.written == Written::Implied && from.written == Written::Dotted =>
                    {
                        into.merge(from, faults);
                    }
                    _ => faults.push((PlanFault::DuplicateKey { key: entry.key, first: old.place }, entry.place)),
                },
            }
        }
    }
}
