//! What every table's reader uses: take a key, note what was asked for, and what is left is unknown.
//!
//! Each taker returns `None` when it has reported a fault.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use unicode_normalization::UnicodeNormalization;

use crate::calendar::written::{self, Misread};
use crate::plan::Places;
use crate::plan::fault::{BadPath, Form, Kind, PlanFault};
use crate::plan::read::ids::Ids;
use crate::plan::read::tree::{KeyValue, Node, Table, Value};
use crate::plan::read::{schema, values};
use crate::plan::source::{Place, SourceFile};

/// More than this many characters are no title.
const LONG: usize = 500;
/// More than this many elements are no list that a person wrote.
const LIST: usize = 2000;

/// One table while it is read.
pub struct Keys<'t> {
    pub table: &'t Table,
    pub head: Place,
    /// Its name, as missing and unknown keys tell it.
    pub name: &'static str,
    asked: Vec<&'static str>,
    taken: Vec<bool>,
    /// Keys that have to be there and are not; of several, one would do.
    missing: Vec<Vec<&'static str>>,
}

impl<'t> Keys<'t> {
    pub fn new(table: &'t Table, head: Place, name: &'static str) -> Keys<'t> {
        Keys { table, head, name, asked: vec![], taken: vec![false; table.entries().len()], missing: vec![] }
    }

    pub fn take(&mut self, key: &'static str) -> Option<&'t Node> {
        self.asked.push(key);
        let position = self.table.position(key)?;
        if let Some(taken) = self.taken.get_mut(position) {
            *taken = true;
        }
        self.table.entries().get(position).map(|entry| &entry.node)
    }

    /// Every entry whose key fits, of which `offered` are named to whoever wrote an unknown one.
    pub fn take_all(&mut self, offered: &[&'static str], fits: impl Fn(&str) -> bool) -> Vec<&'t KeyValue> {
        self.asked.extend(offered);
        let entries = self.table.entries().iter().zip(&mut self.taken).filter(|(entry, _)| fits(&entry.key));
        entries
            .map(|(entry, taken)| {
                *taken = true;
                entry
            })
            .collect()
    }

    /// Notes that one of these keys had to be there.
    pub fn lack(&mut self, any: &[&'static str]) {
        self.missing.push(any.to_vec());
    }

    /// The place of a key itself.
    pub fn place_of(&self, key: &str) -> Place {
        let entry = self.table.position(key).and_then(|position| self.table.entries().get(position));
        entry.map_or(self.head, |entry| entry.place)
    }
}

pub struct Walk<'p> {
    pub sources: &'p [SourceFile],
    pub faults: Vec<(PlanFault, Place)>,
    /// What is a fault only until a date has passed.
    pub dated: Vec<(Date, PlanFault, Place)>,
    pub ids: &'p Ids,
    pub places: Places,
    /// Nearest names that were looked for: the search is over all names, so each is made once, and not without end.
    nearest: HashMap<(Kind, String), Option<String>>,
}

impl<'p> Walk<'p> {
    pub fn new(sources: &'p [SourceFile], ids: &'p Ids) -> Walk<'p> {
        Walk { sources, faults: vec![], dated: vec![], ids, places: Places::default(), nearest: HashMap::new() }
    }

    pub fn fault(&mut self, fault: PlanFault, place: Place) {
        self.faults.push((fault, place));
    }

    /// Reads what may be gone once a date has passed: an unknown id in it is a fault only until then.
    pub fn until<T>(&mut self, date: Option<Date>, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.faults.len();
        let value = read(self);
        if let Some(date) = date {
            let found = self.faults.split_off(before);
            for (fault, place) in found {
                match fault {
                    fault @ PlanFault::UnknownId { .. } => self.dated.push((date, fault, place)),
                    fault => self.faults.push((fault, place)),
                }
            }
        }
        value
    }

    fn wrong<T>(&mut self, node: &Node, key: &str, wanted: Form) -> Option<T> {
        self.fault(PlanFault::WrongType { key: key.to_owned(), wanted, found: form(&node.value) }, node.place);
        None
    }

    /// A key that has to be there.
    pub fn need<'t>(&mut self, keys: &mut Keys<'t>, key: &'static str) -> Option<&'t Node> {
        let node = keys.take(key);
        if node.is_none() {
            keys.lack(&[key]);
        }
        node
    }

    /// Reports the keys that nobody asked for and those that are missing. A key that was misspelt is one fault, not two.
    pub fn finish(&mut self, mut keys: Keys<'_>) {
        for (entry, taken) in keys.table.entries().iter().zip(&keys.taken) {
            if *taken {
                continue;
            }
            let key = entry.key.clone();
            let fault = if schema::not_yet(&key) {
                PlanFault::NotYet { name: key }
            } else {
                let nearest = self.near_word(&key, keys.asked.iter().copied());
                keys.missing.retain(|any| nearest.is_none_or(|nearest| !any.contains(&nearest)));
                PlanFault::UnknownKey { key, table: keys.name, nearest, known: keys.asked.clone() }
            };
            self.fault(fault, entry.place);
        }
        for key in keys.missing.iter().filter_map(|any| any.first()) {
            self.fault(PlanFault::MissingKey { table: keys.name, key }, keys.head);
        }
    }

    /// Notes where a table with an id stands, and each of its keys.
    pub fn note(&mut self, keys: &Keys<'_>, table: &'static str, id: &str) {
        let places = self.places.by_name.entry((table, id.to_owned())).or_default();
        let own = keys.table.get("id").map_or(keys.head, |node| node.place);
        places.insert(String::new(), own);
        for entry in keys.table.entries() {
            places.insert(entry.key.clone(), entry.node.place);
        }
    }

    fn near_word(&self, word: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
        // A file of nothing but unknown keys is no typing error.
        if self.faults.len() > 1000 { None } else { values::nearest(word, known) }
    }

    /// A text as it is written, checked for nothing.
    pub fn raw<'t>(&mut self, node: &'t Node, key: &str) -> Option<&'t str> {
        match &node.value {
            Value::Text(text) => Some(text),
            _ => self.wrong(node, key, Form::Text),
        }
    }

    /// A name or title: some visible text, without control and bidirectional characters, brought to NFC.
    pub fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        let text = self.raw(node, key)?;
        if let Some(character) = text.chars().find(|c| values::hidden(*c)) {
            let place = self.character(node.place, character);
            self.fault(PlanFault::HiddenCharacter { character }, place);
            return None;
        }
        if text.trim().is_empty() {
            self.fault(PlanFault::EmptyText { key: key.to_owned() }, node.place);
            return None;
        }
        if text.chars().count() > LONG {
            self.fault(PlanFault::TooLong { key: key.to_owned(), limit: LONG }, node.place);
            return None;
        }
        Some(text.trim().nfc().collect())
    }

    /// The place of a character where it is written as itself, else that of the whole text.
    fn character(&self, place: Place, character: char) -> Place {
        let text = self.sources.get(place.file).and_then(|source| source.text.get(place.range()));
        let at = text.and_then(|text| text.find(character)).map(|at| place.start + at);
        // A line break of a text with three quotes would be underlined as nothing.
        at.filter(|_| !character.is_control()).map_or(place, |at| place.at(at..at + character.len_utf8()))
    }

    pub fn boolean(&mut self, node: &Node, key: &str) -> Option<bool> {
        match node.value {
            Value::Boolean(truth) => Some(truth),
            _ => self.wrong(node, key, Form::Boolean),
        }
    }

    /// A whole number from `least` to `most`.
    pub fn number(&mut self, node: &Node, key: &str, least: i64, most: i64) -> Option<i64> {
        match node.value {
            Value::Integer(Some(number)) if (least..=most).contains(&number) => Some(number),
            Value::Integer(_) => {
                self.fault(PlanFault::BadNumber { key: key.to_owned(), least, most }, node.place);
                None
            }
            _ => self.wrong(node, key, Form::Integer),
        }
    }

    /// A number, with decimals or without, which may yet be none (`nan`).
    pub fn decimal(&mut self, node: &Node, key: &str) -> Option<f64> {
        match node.value {
            Value::Float(number) => Some(number),
            Value::Integer(number) => Some(number.map_or(f64::NAN, |number| number as f64)),
            _ => self.wrong(node, key, Form::Float),
        }
    }

    /// One of a closed list of words.
    pub fn word(&mut self, node: &Node, key: &str, known: &'static [&'static str]) -> Option<&'static str> {
        let text = self.raw(node, key)?;
        let found = known.iter().find(|word| **word == text).copied();
        if found.is_none() {
            let nearest = values::nearest(text, known.iter().copied());
            self.fault(PlanFault::UnknownWord { key: key.to_owned(), text: text.to_owned(), nearest, known }, node.place);
        }
        found
    }

    /// One value, or a list of them.
    pub fn list<'t>(&mut self, node: &'t Node, key: &str, one: Form) -> Option<&'t [Node]> {
        match &node.value {
            Value::List(list) if list.nodes.len() > LIST => {
                self.fault(PlanFault::LongList { key: key.to_owned(), limit: LIST }, node.place);
                None
            }
            Value::List(list) => Some(&list.nodes),
            Value::Text(_) if matches!(one, Form::Texts | Form::Dates | Form::Element | Form::Exception) => {
                Some(std::slice::from_ref(node))
            }
            Value::Date(_) if matches!(one, Form::Dates | Form::Exception) => Some(std::slice::from_ref(node)),
            Value::Time(_) if one == Form::Texts => Some(std::slice::from_ref(node)),
            Value::Table(_) if matches!(one, Form::Element | Form::Exception | Form::Dates | Form::Levels) => {
                Some(std::slice::from_ref(node))
            }
            _ => self.wrong(node, key, one),
        }
    }

    /// As [`Walk::list`], with at least one element.
    pub fn some<'t>(&mut self, node: &'t Node, key: &str, one: Form) -> Option<&'t [Node]> {
        let nodes = self.list(node, key, one)?;
        if nodes.is_empty() {
            self.fault(PlanFault::EmptyList { key: key.to_owned() }, node.place);
            return None;
        }
        Some(nodes)
    }

    pub fn texts(&mut self, node: &Node, key: &str) -> Vec<String> {
        let nodes = self.list(node, key, Form::Texts).unwrap_or(&[]);
        let mut texts: Vec<String> = vec![];
        for text in nodes.iter().filter_map(|node| self.text(node, key)) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }

    /// An id that some table has to define.
    pub fn reference(&mut self, node: &Node, key: &str, kind: Kind) -> Option<String> {
        let text = self.raw(node, key)?;
        self.named(kind, text, node.place)
    }

    /// An item that may air by plan: any but an emergency's.
    pub fn planned_item(&mut self, node: &Node, key: &str) -> Option<String> {
        let item = self.reference(node, key, Kind::Item)?;
        if self.ids.is_emergency(&item) {
            self.fault(PlanFault::EmergencyInProgramme { item }, node.place);
            return None;
        }
        Some(item)
    }

    pub fn named(&mut self, kind: Kind, id: &str, place: Place) -> Option<String> {
        if self.ids.knows(kind, id) {
            return Some(id.to_owned());
        }
        if !self.ids.may_know(kind, id) {
            let nearest = self.nearest(kind, id);
            self.fault(PlanFault::UnknownId { kind, id: id.to_owned(), nearest }, place);
        }
        None
    }

    fn nearest(&mut self, kind: Kind, id: &str) -> Option<String> {
        let key = (kind, id.to_owned());
        if let Some(known) = self.nearest.get(&key) {
            return known.clone();
        }
        if self.nearest.len() > 200 {
            return None;
        }
        let found = values::nearest(id, self.ids.all(kind)).map(str::to_owned);
        self.nearest.insert(key, found.clone());
        found
    }

    /// Ids, one or a list, each once.
    pub fn references<T: PartialEq>(&mut self, node: &Node, key: &str, kind: Kind, make: impl Fn(String) -> T) -> Vec<T> {
        let nodes = self.list(node, key, Form::Texts).unwrap_or(&[]);
        let mut found: Vec<T> = vec![];
        for one in nodes.iter().filter_map(|node| self.reference(node, key, kind)).map(&make) {
            if !found.contains(&one) {
                found.push(one);
            }
        }
        found
    }

    pub fn duration(&mut self, node: &Node, key: &str, zero: bool) -> Option<SignedDuration> {
        let Value::Text(text) = &node.value else { return self.wrong(node, key, Form::Duration) };
        let length = self.written(written::length(text), node, |why| PlanFault::BadDuration { text: text.clone(), why })?;
        if length > SignedDuration::from_hours(24) || (length.is_zero() && !zero) {
            self.fault(PlanFault::DurationRange { zero }, node.place);
            return None;
        }
        Some(length)
    }

    /// What a text was read as, or the fault that says what it could have been.
    pub fn written<T>(&mut self, read: Result<T, Misread>, node: &Node, fault: impl Fn(Misread) -> PlanFault) -> Option<T> {
        read.map_err(|why| self.fault(fault(why), node.place)).ok()
    }

    /// A civil date, with or without quotes.
    pub fn date(&mut self, node: &Node, key: &str) -> Option<Date> {
        match &node.value {
            Value::Date(date) => Some(*date),
            Value::Text(text) => {
                self.written(written::day(text, None), node, |why| PlanFault::BadDate { text: text.clone(), why })
            }
            _ => self.wrong(node, key, Form::Date),
        }
    }

    /// A time of day.
    pub fn time(&mut self, node: &Node, key: &str) -> Option<Time> {
        match &node.value {
            Value::Time(time) => Some(*time),
            Value::Text(text) => self.written(written::time(text), node, |why| PlanFault::BadTime { text: text.clone(), why }),
            _ => self.wrong(node, key, Form::TimeOfDay),
        }
    }

    /// The name of a file: relative, and not upwards.
    pub fn file(&mut self, node: &Node, key: &str) -> Option<PathBuf> {
        let checked = self.text(node, key)?;
        // The name is used as it is written, for a disk may know it in another form than NFC.
        let text = self.raw(node, key).unwrap_or(&checked);
        let path = PathBuf::from(text);
        let why = if path.is_absolute() || text.as_bytes().get(1) == Some(&b':') {
            BadPath::Absolute
        } else if text.contains('\\') {
            BadPath::Backslash
        } else if path.components().any(|part| !matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir)) {
            BadPath::Upwards
        } else {
            return Some(path);
        };
        self.fault(PlanFault::BadPath { why }, node.place);
        None
    }

    pub fn table<'t>(&mut self, node: &'t Node, key: &str) -> Option<&'t Table> {
        match &node.value {
            Value::Table(table) => Some(table),
            _ => self.wrong(node, key, Form::Table),
        }
    }

    /// Refuses a value of the wrong form by hand.
    pub fn wrong_form(&mut self, node: &Node, key: &str, wanted: Form) {
        self.wrong::<()>(node, key, wanted);
    }
}

/// What a value is.
fn form(value: &Value) -> Form {
    match value {
        Value::Text(_) => Form::Text,
        Value::Integer(_) => Form::Integer,
        Value::Float(_) => Form::Float,
        Value::Boolean(_) => Form::Boolean,
        Value::Date(_) => Form::Date,
        Value::Time(_) => Form::TimeOfDay,
        Value::Moment => Form::Moment,
        Value::List(_) => Form::List,
        Value::Table(_) => Form::Table,
    }
}

/// A problem without an error in the words: used by the reader alone.
pub fn sorted(mut faults: Vec<(PlanFault, Place)>) -> Vec<(PlanFault, Place)> {
    faults.sort_by_key(|(fault, place)| (*place, fault.code().as_str()));
    faults
}
