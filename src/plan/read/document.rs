//! One file's text as a tree of whole statements, and everything that is wrong with its syntax.
//!
//! Of a broken file only the language is read further, so that its faults can be reported in it: the rest would be half a plan.

use std::borrow::Cow;

use toml_parser::lexer::Token;

use crate::plan::fault::{Kind, PlanFault};
use crate::plan::read::statement::{self, Statement};
use crate::plan::read::syntax;
use crate::plan::read::tree::{Key, KeyValue, List, Node, Table, Value, Written};
use crate::plan::source::{Lines, Place, SourceFile};

/// What one file says.
#[derive(Debug)]
pub struct Document {
    pub root: Table,
    pub faults: Vec<(PlanFault, Place)>,
    /// Some of it cannot be read: what it defines is not known.
    pub broken: bool,
}

pub fn read(file: usize, source: &SourceFile) -> Document {
    let text: &str = &source.text;
    let mut reader = DocumentReader { root: Table::new(Written::Head), section: None, faults: vec![] };
    let place = |range: std::ops::Range<usize>| Place { file, start: range.start, end: range.end };
    let lines = Lines::new(source);
    let parser = toml_parser::Source::new(text);
    let tokens = parser.lex().into_vec();
    let mut rest = tokens.as_slice();
    let (mut last, mut list) = (None, vec![]);
    while let Some((first, _)) = rest.split_first() {
        let before = list.clone();
        let (line, behind) = rest.split_at(statement::end(rest, text, &mut list));
        rest = behind;
        let span = line.last().map_or(first.span(), |last| first.span().append(last.span()));
        let tokens = if before.is_empty() { Cow::Borrowed(line) } else { Cow::Owned([&before, line].concat()) };
        let (statement, flaws) = statement::parse(file, parser, &tokens, &mut reader.faults);
        let mut faults = syntax::faults(text, &lines, span.start()..span.end(), &flaws);
        // A list that goes on is not open yet, and its key has been judged.
        let goes_on = list.last().map(|bracket| bracket.span().start());
        faults.retain(|(fault, at)| Some(at.start) != goes_on && (at.start >= span.start() || *fault == PlanFault::OpenList));
        if faults.is_empty() {
            reader.take(statement);
            continue;
        }
        last = faults.last().map(|(_, at)| place(at.clone()));
        reader.faults.extend(faults.into_iter().map(|(fault, at)| (fault, place(at))));
        if may_be_head(&tokens, text.get(span.start()..span.end()).unwrap_or("")) {
            reader.begin(Some(Section::lost()));
        }
    }
    reader.begin(None);
    reader.faults.extend(last.map(|place| (PlanFault::NotChecked, place)));
    Document { root: reader.root, faults: reader.faults, broken: last.is_some() }
}

/// Whether a broken statement may have been the head of a table, so that the keys behind it are not those of the table before it.
fn may_be_head(tokens: &[Token], text: &str) -> bool {
    !statement::is_key(tokens) && text.contains(['[', ']'])
}

/// A head with the keys under it.
struct Section {
    path: Vec<Key>,
    list: bool,
    place: Place,
    table: Table,
}

impl Section {
    /// The keys behind a head that cannot be read are nobody's.
    fn lost() -> Section {
        let place = Place { file: 0, start: 0, end: 0 };
        Section { path: vec![], list: false, place, table: Table::new(Written::Head) }
    }
}

struct DocumentReader {
    root: Table,
    /// The one at hand; none before the first head.
    section: Option<Section>,
    faults: Vec<(PlanFault, Place)>,
}

impl DocumentReader {
    fn take(&mut self, statement: Statement) {
        match statement {
            Statement::Nothing => {}
            Statement::Head { path, list, place } => {
                self.begin(Some(Section { path, list, place, table: Table::new(Written::Head) }));
            }
            Statement::Value { path, node } => {
                let table = self.section.as_mut().map_or(&mut self.root, |section| &mut section.table);
                self.faults.extend(table.insert(&path, node).err());
            }
        }
    }

    /// Puts the section at hand where its head says, and begins the next.
    fn begin(&mut self, next: Option<Section>) {
        let ended = std::mem::replace(&mut self.section, next);
        let Some(Section { path, list, place, table: fresh }) = ended else { return };
        let Some((key, parents)) = path.split_last() else { return };
        let mut table = &mut self.root;
        for parent in parents {
            let entry = table.table_at(parent, place, Written::Implied);
            let first = entry.place;
            let value = match &mut entry.node.value {
                // A sub-table belongs to the last of a list.
                Value::List(List { nodes, heads: true }) => nodes.last_mut().map(|node| &mut node.value),
                value => Some(value),
            };
            match value {
                Some(Value::Table(inner)) if inner.written != Written::Inline => table = inner,
                _ => return self.faults.push((PlanFault::DuplicateKey { key: parent.text.clone(), first }, parent.place)),
            }
        }
        let fresh = Node { place, value: Value::Table(fresh) };
        match table.get_mut(&key.text) {
            Some(entry) => join(entry, fresh, list, parents.is_empty(), &mut self.faults),
            None => {
                let value = if list { Value::List(List { nodes: vec![fresh], heads: true }) } else { fresh.value };
                table.push(KeyValue { key: key.text.clone(), place: key.place, node: Node { place, value } });
            }
        }
    }
}

/// Adds a section to what has its name already; `top` when it is a table of the plan itself.
fn join(entry: &mut KeyValue, fresh: Node, list: bool, top: bool, faults: &mut Vec<(PlanFault, Place)>) {
    let name = &entry.key;
    let (first, place) = (entry.node.place, fresh.place);
    let wrong = |place| (PlanFault::WrongBrackets { name: name.clone(), list: true }, place);
    let twice = (PlanFault::RepeatedTable { name: name.clone(), first }, place);
    match (&mut entry.node.value, fresh.value) {
        (Value::List(old), value) if old.heads => {
            if !list {
                faults.push(wrong(place));
            }
            old.nodes.push(Node { place, value });
        }
        (Value::Table(old), value) if top && name.parse::<Kind>().is_ok() => {
            faults.push(wrong(first));
            if !list {
                faults.push(wrong(place));
            }
            let old = Node { place: first, value: Value::Table(std::mem::replace(old, Table::new(Written::Head))) };
            entry.node.value = Value::List(List { nodes: vec![old, Node { place, value }], heads: true });
        }
        (Value::Table(old), Value::Table(fresh)) if old.written == Written::Implied && !list => {
            old.written = Written::Head;
            entry.node.place = place;
            old.merge(fresh, faults);
        }
        (Value::Table(old), Value::Table(fresh)) => {
            faults.push(twice);
            old.merge(fresh, &mut vec![]);
        }
        _ => faults.push(twice),
    }
}
