//! One file's text as a tree, also when its syntax is broken: what is damaged is named, what is not is read.
//!
//! A text that parses is taken as it is. Otherwise it is cut into statements (a head, or a key with its value, however many lines
//! it has), and each is parsed by itself, so that a missing quote or bracket cannot swallow what follows. Where a value never
//! closes, it ends before the next line that can only be a head or a key.

use std::collections::HashSet;
use std::ops::Range;

use toml::de::DeTable;

use crate::plan::diagnostic::{Lines, Place, Source};
use crate::plan::fault::{Fault, Syntax};
use crate::plan::read::schema;
use crate::plan::read::tree::{self, Damage, Entry, List, Node, Table, Value};
use crate::plan::read::{extent, syntax};

/// What one file says, and what was lost of it.
#[derive(Debug, Default)]
pub struct Document {
    pub root: Table,
    pub faults: Vec<(Fault, Place)>,
    /// Every word on damaged lines: an id among them may be defined there.
    pub lost_words: HashSet<String>,
    /// The head of some table could not be read, so that no table may be called missing.
    pub lost_tables: bool,
}

/// A fault within one value, after which the parser goes on as if nothing were wrong.
fn within_value(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::BadDate { .. }
            | Fault::BadTime { .. }
            | Fault::Syntax(Syntax::Unquoted | Syntax::Text | Syntax::Escape | Syntax::Number | Syntax::Boolean)
    )
}

pub fn document(file: usize, source: &Source) -> Document {
    let text: &str = &source.text;
    let whole = Place { file, start: 0, end: text.len() };
    let (parsed, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() && !text.contains(char::REPLACEMENT_CHARACTER) {
        return Document { root: tree::table(parsed.get_ref(), whole, &Damage::default()), ..Document::default() };
    }
    let mut salvage = Salvage { file, text, lines: Lines::new(source), out: Document::default(), sections: vec![] };
    salvage.all();
    // Nothing may be accepted that the parser refuses.
    if salvage.out.faults.is_empty() {
        for error in &errors {
            let (fault, range) = syntax::fault(error, text);
            salvage.out.faults.push((fault, whole.at(range)));
        }
    }
    salvage.out
}

/// A head with the keys under it.
struct Section {
    path: Vec<String>,
    list: bool,
    head: Place,
    table: Table,
    /// Its head could not be read: nothing in it can be judged.
    lost: bool,
}

struct Salvage<'t> {
    file: usize,
    text: &'t str,
    lines: Lines,
    out: Document,
    sections: Vec<Section>,
}

impl Salvage<'_> {
    fn place(&self, range: Range<usize>) -> Place {
        Place { file: self.file, start: range.start, end: range.end }
    }

    fn all(&mut self) {
        self.sections.push(Section { path: vec![], list: false, head: self.place(0..0), table: Table::default(), lost: false });
        let mut at = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        while at < self.text.len() {
            let end = extent::line_end(self.text, at);
            let line = self.text.get(at..end).unwrap_or("");
            let body = line.trim();
            if body.is_empty() {
                at = end + 1;
                continue;
            }
            let start = at + (line.len() - line.trim_start().len());
            if schema::meant_as_head(body) {
                self.head(start..start + body.len());
                at = end + 1;
            } else {
                let extent = extent::statement(self.text, start);
                at = extent.next;
                self.statement(start..extent.end, extent.faults);
            }
        }
        let mut sections = std::mem::take(&mut self.sections).into_iter();
        self.out.root = sections.next().map(|section| section.table).unwrap_or_default();
        for section in sections.filter(|section| !section.lost) {
            self.graft(section);
        }
    }

    /// The faults of one statement. Of a line whose parts can no longer be told, the first only: what follows is mostly its consequence.
    fn faults(
        &self,
        range: &Range<usize>,
        own: Vec<(Fault, Range<usize>)>,
        errors: &[toml::de::Error],
    ) -> Vec<(Fault, Range<usize>)> {
        let piece = self.text.get(range.clone()).unwrap_or("");
        let utf16 = self.text.contains('\0');
        let broken = piece.match_indices(char::REPLACEMENT_CHARACTER);
        let broken = broken.map(|(at, found)| (Fault::NotUtf8 { utf16 }, range.start + at..range.start + at + found.len()));
        let mut all: Vec<(Fault, Range<usize>)> = broken.chain(own).collect();
        let certain = all.len();
        // A text with three quotes that never closes has swallowed the rest.
        let triple = |at: &Range<usize>| self.text.get(at.clone()).is_some_and(|text| matches!(text, "\"\"\"" | "'''"));
        let open_quote = |(fault, at): &&(Fault, Range<usize>)| *fault == Fault::Syntax(Syntax::OpenQuote) && triple(at);
        let swallowed = all.iter().find(open_quote).map_or(usize::MAX, |(_, at)| at.start);
        for error in errors {
            let (fault, at) = syntax::fault(error, piece);
            if range.start + at.start >= swallowed {
                continue;
            }
            // That a bracket stays open follows from whatever came before it.
            if all.is_empty() || !matches!(fault, Fault::Syntax(Syntax::OpenList | Syntax::OpenTable)) {
                all.push((fault, range.start + at.start..range.start + at.end));
            }
        }
        let line = |at: &Range<usize>| self.lines.line_of(at.start);
        let structural: HashSet<usize> = all.iter().filter(|(fault, _)| !within_value(fault)).map(|(_, at)| line(at)).collect();
        let mut said = HashSet::new();
        let mut faults = vec![];
        for (index, (fault, at)) in all.into_iter().enumerate() {
            let first = said.insert(line(&at));
            if first || (index >= certain && !structural.contains(&line(&at))) {
                faults.push((fault, at));
            }
        }
        faults
    }

    fn damage(&self, faults: &[(Fault, Range<usize>)]) -> Damage {
        let mut damage = Damage::default();
        for (fault, at) in faults {
            if within_value(fault) {
                damage.values.push(at.clone());
            } else {
                damage.lines.push(self.lines.range(self.lines.line_of(at.start)));
            }
        }
        damage
    }

    fn statement(&mut self, range: Range<usize>, own: Vec<(Fault, Range<usize>)>) {
        let piece = self.text.get(range.clone()).unwrap_or("");
        let (parsed, errors) = DeTable::parse_recoverable(piece);
        let faults = self.faults(&range, own, &errors);
        let damage = self.damage(&faults);
        for part in damage.lines.iter().chain(&damage.values) {
            self.lose(part.clone());
        }
        let single = self.lines.line_of(range.start) == self.lines.line_of(range.end.saturating_sub(1).max(range.start));
        let mut table = tree::table(parsed.get_ref(), self.place(range.clone()), &damage);
        if !damage.lines.is_empty() && (single || table.entries().is_empty()) {
            table = self.lost_entry(range.clone());
        }
        let file = self.file;
        self.out.faults.extend(faults.into_iter().map(|(fault, at)| (fault, Place { file, start: at.start, end: at.end })));
        let Some(section) = self.sections.last_mut() else { return };
        if section.lost {
            self.lose(range);
            return;
        }
        section.table.damaged |= !damage.lines.is_empty();
        merge(&mut section.table, table, &mut self.out.faults);
    }

    /// The key of a line that cannot be read, where that much can be told.
    fn lost_entry(&self, range: Range<usize>) -> Table {
        let piece = self.text.get(range.clone()).unwrap_or("");
        let length = piece.find(|c: char| !schema::bare(c)).unwrap_or(piece.len());
        let place = self.place(range.start..range.start + length);
        let mut table = Table::new(true, false);
        if length > 0 {
            let key = piece.get(..length).unwrap_or("").to_owned();
            table.push(Entry { key, place, node: Node { place: self.place(range), value: Value::Lost } });
        }
        table
    }

    fn lose(&mut self, range: Range<usize>) {
        let text = self.text.get(range).unwrap_or("");
        self.out.lost_words.extend(text.split(|c: char| !schema::bare(c)).filter(|word| !word.is_empty()).map(str::to_owned));
    }

    fn head(&mut self, range: Range<usize>) {
        let piece = self.text.get(range.clone()).unwrap_or("");
        let (parsed, errors) = DeTable::parse_recoverable(piece);
        let faults = self.faults(&range, vec![], &errors);
        let mut list = piece.starts_with("[[");
        let (mut path, mut lost) = (path_of(parsed.get_ref()), false);
        let damaged = !faults.is_empty();
        if let Some((fault, _)) = faults.into_iter().next() {
            let fault = if matches!(fault, Fault::NotUtf8 { .. }) { fault } else { Fault::Syntax(Syntax::Head) };
            let place = self.place(range.clone());
            self.out.faults.push((fault, place));
            self.lose(range.clone());
            // The name can often be told in spite of its brackets.
            let name = schema::broken_head(piece).unwrap_or("");
            path = name.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
            match path.first().and_then(|first| schema::table(first)) {
                Some(table) => list = if path.len() == 1 { table.list } else { list },
                None => lost = true,
            }
            self.out.lost_tables |= lost;
        }
        let table = Table::new(damaged, false);
        self.sections.push(Section { path, list, head: self.place(range), table, lost });
    }

    /// Puts a section where its head says.
    fn graft(&mut self, section: Section) {
        let Some((name, parents)) = section.path.split_last() else { return };
        let faults = &mut self.out.faults;
        let mut table = &mut self.out.root;
        for parent in parents {
            let Some(inner) = descend(table, parent, section.head) else { return };
            inner.damaged |= section.table.damaged;
            table = inner;
        }
        let fresh = Node { place: section.head, value: Value::Table(section.table) };
        let Some(Entry { node: existing, .. }) = table.get_mut(name) else {
            let value = if section.list { Value::List(List { nodes: vec![fresh], damaged: false }) } else { fresh.value };
            let node = Node { place: section.head, value };
            table.push(Entry { key: name.clone(), place: section.head, node });
            return;
        };
        let first = existing.place;
        let known_list = parents.is_empty() && schema::table(name).is_some_and(|table| table.list);
        match &mut existing.value {
            Value::List(list) => {
                if !section.list {
                    faults.push((Fault::WrongBrackets { name: name.clone(), list: true }, section.head));
                }
                list.nodes.push(fresh);
            }
            Value::Table(old) if known_list => {
                for (place, wrong) in [(first, true), (section.head, !section.list)] {
                    if wrong {
                        faults.push((Fault::WrongBrackets { name: name.clone(), list: true }, place));
                    }
                }
                let old = Node { place: first, value: Value::Table(std::mem::take(old)) };
                existing.value = Value::List(List { nodes: vec![old, fresh], damaged: false });
            }
            Value::Table(old) => {
                if !old.implicit {
                    faults.push((Fault::RepeatedTable { name: section.path.join("."), first }, section.head));
                }
                old.implicit = false;
                if let Value::Table(fresh) = fresh.value {
                    merge(old, fresh, &mut vec![]);
                }
            }
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::Moment
            | Value::Lost => faults.push((Fault::RepeatedTable { name: section.path.join("."), first }, section.head)),
        }
    }
}

/// The names that the head of a table consists of.
fn path_of(parsed: &DeTable<'_>) -> Vec<String> {
    let mut path = vec![];
    let mut table = parsed;
    while let Some((key, value)) = table.iter().next() {
        path.push(key.get_ref().to_string());
        let value = value.get_ref();
        let inner = value
            .as_table()
            .or_else(|| value.as_array().and_then(|array| array.first()).and_then(|one| one.get_ref().as_table()));
        match inner {
            Some(inner) => table = inner,
            None => break,
        }
    }
    path
}

fn descend<'t>(table: &'t mut Table, name: &str, head: Place) -> Option<&'t mut Table> {
    if table.get(name).is_none() {
        let value = Value::Table(Table::new(false, true));
        table.push(Entry { key: name.to_owned(), place: head, node: Node { place: head, value } });
    }
    let value = match &mut table.get_mut(name)?.node.value {
        // A sub-table belongs to the last of a list.
        Value::List(list) => &mut list.nodes.last_mut()?.value,
        value => value,
    };
    match value {
        Value::Table(inner) => Some(inner),
        _ => None,
    }
}

/// Adds the keys of `fresh`; one that is there already is a fault, but for dotted keys, which add to their table.
fn merge(table: &mut Table, fresh: Table, faults: &mut Vec<(Fault, Place)>) {
    table.damaged |= fresh.damaged;
    for entry in fresh.into_entries() {
        let Some(old) = table.get_mut(&entry.key) else {
            table.push(entry);
            continue;
        };
        // The table of a dotted key has the place of that key.
        let dotted = |entry: &Entry| entry.node.place == entry.place;
        let both_dotted = dotted(old) && dotted(&entry);
        match (&mut old.node.value, entry.node.value) {
            (Value::Table(into), Value::Table(from)) if both_dotted => merge(into, from, faults),
            (Value::Lost, _) | (_, Value::Lost) => {}
            _ => faults.push((Fault::DuplicateKey { key: entry.key, first: Some(old.place) }, entry.place)),
        }
    }
}
