//! The plan's TOML as a tree of our own: owned, in the order of the file, each part with its place.
//!
//! Parts that stand on a damaged line are [`Value::Lost`]: they are there, but nothing may be said about them.

use std::collections::HashMap;
use std::ops::Range;

use jiff::civil::{Date, Time};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::plan::diagnostic::Place;

/// What is damaged of a statement, as bytes of the file: whole lines, or single values that hold no other part up.
#[derive(Debug, Default)]
pub struct Damage {
    pub(super) lines: Vec<Range<usize>>,
    pub(super) values: Vec<Range<usize>>,
}

fn touch(ranges: &[Range<usize>], place: Place) -> bool {
    ranges.iter().any(|range| range.start < place.end.max(place.start + 1) && place.start <= range.end)
}

impl Damage {
    /// Whether something that stands there is on a damaged line.
    pub fn line(&self, place: Place) -> bool {
        touch(&self.lines, place)
    }

    /// Whether a single value that stands there is lost.
    pub fn value(&self, place: Place) -> bool {
        self.line(place) || touch(&self.values, place)
    }
}

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
    Lost,
}

#[derive(Clone, Debug, Default)]
pub struct List {
    pub nodes: Vec<Node>,
    /// Some of its elements could not be read.
    pub damaged: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Table {
    entries: Vec<Entry>,
    /// Where each key stands in `entries`.
    index: HashMap<String, usize>,
    /// Some of its keys could not be read, so that none of them may be called missing.
    pub damaged: bool,
    /// Made by the head of a sub-table only; a head of its own may still follow.
    pub implicit: bool,
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub key: String,
    pub place: Place,
    pub node: Node,
}

impl Table {
    /// An empty one.
    pub fn new(damaged: bool, implicit: bool) -> Table {
        Table { damaged, implicit, ..Table::default() }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Where a key stands among the entries.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.index.get(key).copied()
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.get(self.position(key)?).map(|entry| &entry.node)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        let position = self.position(key)?;
        self.entries.get_mut(position)
    }

    /// Adds an entry whose key is not there yet.
    pub fn push(&mut self, entry: Entry) {
        self.index.insert(entry.key.clone(), self.entries.len());
        self.entries.push(entry);
    }
}

/// The parser's tree as ours. `base` is where the parsed text begins in its file, `damage` the lines that are lost.
pub fn table(parsed: &DeTable<'_>, base: Place, damage: &Damage) -> Table {
    let mut entries: Vec<Entry> = parsed
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            place: shift(key.span(), base),
            node: node(value, base, damage),
        })
        .collect();
    entries.sort_by_key(|entry| entry.place);
    let mut table = Table::default();
    entries.into_iter().for_each(|entry| table.push(entry));
    table
}

fn shift(span: std::ops::Range<usize>, base: Place) -> Place {
    base.at(base.start + span.start..base.start + span.end)
}

fn node(parsed: &Spanned<DeValue<'_>>, base: Place, damage: &Damage) -> Node {
    let place = shift(parsed.span(), base);
    let value = match parsed.get_ref() {
        DeValue::Array(array) => {
            let nodes: Vec<Node> = array.iter().map(|value| node(value, base, damage)).collect();
            Value::List(List { damaged: damage.value(place), nodes })
        }
        DeValue::Table(inner) => {
            let mut inner = table(inner, base, damage);
            inner.damaged |= damage.line(place);
            Value::Table(inner)
        }
        _ if damage.value(place) => Value::Lost,
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()),
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Datetime(moment) => datetime(moment),
    };
    Node { place, value }
}

fn datetime(moment: &toml::value::Datetime) -> Value {
    match (moment.date, moment.time, moment.offset) {
        (Some(date), None, None) => {
            let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day))
            else {
                return Value::Moment;
            };
            Date::new(year, month, day).map_or(Value::Moment, Value::Date)
        }
        (None, Some(time), None) => {
            let (Ok(hour), Ok(minute), Ok(second)) =
                (i8::try_from(time.hour), i8::try_from(time.minute), i8::try_from(time.second.unwrap_or(0)))
            else {
                return Value::Moment;
            };
            Time::new(hour, minute, second, 0).map_or(Value::Moment, Value::Time)
        }
        _ => Value::Moment,
    }
}

impl Node {
    /// Whether some of it could not be read.
    pub fn damaged(&self) -> bool {
        match &self.value {
            Value::Lost => true,
            Value::List(list) => list.damaged,
            Value::Table(table) => table.damaged,
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::Moment => false,
        }
    }
}
