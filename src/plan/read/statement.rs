//! The statements of a text: a head, or a key with its value, however many lines it has. Each is parsed by itself, so that a broken one
//! cannot swallow those behind it.

use std::borrow::Cow;
use std::slice::Iter;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use toml_parser::decoder::ScalarKind;
use toml_parser::lexer::{Token, TokenKind};
use toml_parser::parser::{Event, EventKind, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ParseError, Raw, Source, Span};

use crate::plan::fault::PlanFault;
use crate::plan::read::tree::{Key, List, Node, Table, Value, Written};
use crate::plan::source::Place;

/// Brackets within brackets, and parts of a dotted key, that no plan needs.
const DEPTH: u32 = 60;

/// One that can be read.
#[derive(Debug)]
pub enum Statement {
    /// An empty line, or a remark.
    Nothing,
    Head {
        path: Vec<Key>,
        list: bool,
        place: Place,
    },
    Value {
        path: Vec<Key>,
        node: Node,
    },
}

/// What the parser refuses.
#[derive(Debug)]
pub enum SyntaxFlaw {
    /// The order of the parts.
    Order(ParseError),
    /// A key or a value within itself; the parser says nothing of dates that no calendar has.
    Part(Event, Option<ParseError>),
    TooDeep(Span),
}

/// Where the first statement of `tokens` ends: behind its line, unless a bracket is open. One that never closes ends before the first
/// line that cannot stand within it. If that line is an element of a list around it, `list` opens the list for what follows: it has the
/// key, the `=` and the bracket, which the caller puts before the tokens next time.
pub fn end(tokens: &[Token], text: &str, list: &mut Vec<Token>) -> usize {
    let head = list.is_empty() && trimmed(tokens).first().is_some_and(|token| token.kind() == TokenKind::LeftSquareBracket);
    // The key and its `=`.
    let mut start: Vec<Token> = if list.is_empty() { trimmed(tokens).iter().take(1).copied().collect() } else { list.clone() };
    let mut open: Vec<Token> = list.pop().into_iter().collect();
    list.clear();
    let mut last = TokenKind::Newline;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind() {
            TokenKind::Newline => {
                let rest = tokens.get(at + 1..).unwrap_or(&[]);
                let within = open.last().map(Token::kind);
                if within.is_none_or(|bracket| is_head(rest, text) || (is_key(rest) && !may_hold_key(bracket, last))) {
                    return at + 1;
                }
                if within == Some(TokenKind::LeftCurlyBracket) && last != TokenKind::Equals && is_element(rest) {
                    let around = open.iter().rev().nth(1).filter(|around| around.kind() == TokenKind::LeftSquareBracket);
                    if let (Some(around), [key, equals, ..]) = (around, start.as_slice()) {
                        list.extend([*key, *equals, *around]);
                        return at + 1;
                    }
                }
                continue;
            }
            TokenKind::Whitespace | TokenKind::Comment => continue,
            TokenKind::Equals if start.len() == 1 => start.push(*token),
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket if !head => open.push(*token),
            TokenKind::RightSquareBracket => {
                open.pop_if(|bracket| bracket.kind() == TokenKind::LeftSquareBracket);
            }
            TokenKind::RightCurlyBracket => {
                open.pop_if(|bracket| bracket.kind() == TokenKind::LeftCurlyBracket);
            }
            _ => {}
        }
        last = token.kind();
    }
    tokens.len()
}

/// Whether a line goes on with a list: within braces it could not stand.
fn is_element(line: &[Token]) -> bool {
    trimmed(line).first().is_some_and(|token| match token.kind() {
        TokenKind::LeftCurlyBracket | TokenKind::LeftSquareBracket | TokenKind::RightSquareBracket => true,
        TokenKind::BasicString | TokenKind::LiteralString => !is_key(line),
        _ => false,
    })
}

/// Whether a key may follow `last` within this bracket.
fn may_hold_key(bracket: TokenKind, last: TokenKind) -> bool {
    bracket == TokenKind::LeftCurlyBracket && matches!(last, TokenKind::Comma | TokenKind::LeftCurlyBracket)
}

/// The tokens without the blanks before them.
fn trimmed(tokens: &[Token]) -> &[Token] {
    let blanks = tokens.iter().take_while(|token| token.kind() == TokenKind::Whitespace).count();
    tokens.get(blanks..).unwrap_or(&[])
}

/// The tokens behind the dotted name that they begin with.
fn behind_name(tokens: &[Token]) -> &[Token] {
    let part = |kind| {
        matches!(
            kind,
            TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString | TokenKind::Dot | TokenKind::Whitespace
        )
    };
    let name = tokens.iter().take_while(|token| part(token.kind())).count();
    tokens.get(name..).unwrap_or(&[])
}

/// Whether a line can only be `key = …`.
pub fn is_key(line: &[Token]) -> bool {
    let behind = behind_name(line);
    behind.len() < line.len() && behind.first().is_some_and(|token| token.kind() == TokenKind::Equals)
}

/// Whether a line can only be the head of a table: brackets alone on it, and in them a bare name that is no value.
fn is_head(line: &[Token], text: &str) -> bool {
    let brackets = |tokens: &[Token], kind| tokens.iter().take_while(|token| token.kind() == kind).count();
    let line = trimmed(line);
    let opening = brackets(line, TokenKind::LeftSquareBracket);
    let name = trimmed(line.get(opening..).unwrap_or(&[]));
    let word = name
        .first()
        .filter(|token| token.kind() == TokenKind::Atom)
        .and_then(|token| text.get(token.span().start()..token.span().end()));
    let named = word.is_some_and(|word| {
        word.starts_with(|c: char| c.is_ascii_alphabetic()) && !matches!(word, "true" | "false" | "inf" | "nan")
    });
    let behind = behind_name(name);
    let closing = brackets(behind, TokenKind::RightSquareBracket);
    let over = trimmed(behind.get(closing..).unwrap_or(&[])).first();
    let alone = over.is_none_or(|token| matches!(token.kind(), TokenKind::Newline | TokenKind::Comment | TokenKind::Eof));
    (1..=2).contains(&opening) && named && closing > 0 && alone
}

/// Takes one statement apart. It is whole when it has no flaws.
pub fn parse(
    file: usize,
    source: Source<'_>,
    tokens: &[Token],
    faults: &mut Vec<(PlanFault, Place)>,
) -> (Statement, Vec<SyntaxFlaw>) {
    let (mut events, mut errors): (Vec<Event>, Vec<ParseError>) = (vec![], vec![]);
    let mut whitespace = ValidateWhitespace::new(&mut events, source);
    let mut guard = RecursionGuard::new(&mut whitespace, DEPTH);
    parse_document(tokens, &mut guard, &mut errors);
    events.retain(|event| !matches!(event.kind(), EventKind::Whitespace | EventKind::Comment | EventKind::Newline));
    let mut parts = Parts { file, source, events: events.iter(), flaws: vec![], faults };
    if errors.is_empty() {
        let statement = parts.statement();
        return (statement, parts.flaws);
    }
    for event in &events {
        match event.kind() {
            EventKind::SimpleKey => drop(parts.key(event)),
            EventKind::Scalar => drop(parts.scalar(event)),
            _ => {}
        }
    }
    parts.flaws.extend(errors.into_iter().map(SyntaxFlaw::Order));
    (Statement::Nothing, parts.flaws)
}

/// The parts of a statement whose order is good, as values.
struct Parts<'t, 'e> {
    file: usize,
    source: Source<'t>,
    events: Iter<'e, Event>,
    flaws: Vec<SyntaxFlaw>,
    /// Keys that are given twice within a value.
    faults: &'e mut Vec<(PlanFault, Place)>,
}

impl Parts<'_, '_> {
    fn place(&self, span: Span) -> Place {
        Place { file: self.file, start: span.start(), end: span.end() }
    }

    fn statement(&mut self) -> Statement {
        let Some(first) = self.events.next() else { return Statement::Nothing };
        match first.kind() {
            EventKind::SimpleKey => {
                let path = self.path(first);
                Statement::Value { path, node: self.value() }
            }
            kind => {
                let path = self.events.next().map_or(vec![], |key| self.path(key));
                let span = self.events.next().map_or(first.span(), |close| first.span().append(close.span()));
                Statement::Head { path, list: kind == EventKind::ArrayTableOpen, place: self.place(span) }
            }
        }
    }

    /// The parts of a dotted key, up to what comes behind it; an `=` is taken too.
    fn path(&mut self, first: &Event) -> Vec<Key> {
        let mut path = vec![self.key(first)];
        while let Some(event) = self.events.as_slice().first() {
            match event.kind() {
                EventKind::SimpleKey => path.push(self.key(event)),
                EventKind::KeySep | EventKind::KeyValSep => {}
                _ => break,
            }
            self.events.next();
            if event.kind() == EventKind::KeyValSep {
                break;
            }
        }
        if path.len() > DEPTH as usize {
            self.flaws.push(SyntaxFlaw::TooDeep(first.span()));
        }
        path
    }

    fn key(&mut self, event: &Event) -> Key {
        let (mut text, mut errors) = (Cow::Borrowed(""), vec![]);
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut text, &mut errors);
        }
        self.flaws.extend(errors.into_iter().next().map(|error| SyntaxFlaw::Part(*event, Some(error))));
        Key { text: text.into_owned(), place: self.place(event.span()) }
    }

    fn value(&mut self) -> Node {
        let Some(event) = self.events.next() else { return Node { place: self.place(Span::default()), value: Value::Moment } };
        let mut span = event.span();
        let value = match event.kind() {
            EventKind::ArrayOpen => {
                let mut nodes = vec![];
                while let Some(next) = self.events.as_slice().first() {
                    match next.kind() {
                        EventKind::ArrayClose | EventKind::ValueSep => {
                            self.events.next();
                            span = span.append(next.span());
                        }
                        _ => nodes.push(self.value()),
                    }
                    if next.kind() == EventKind::ArrayClose {
                        break;
                    }
                }
                Value::List(List { nodes, heads: false })
            }
            EventKind::InlineTableOpen => {
                let mut table = Table::new(Written::Inline);
                while let Some(next) = self.events.next() {
                    match next.kind() {
                        EventKind::SimpleKey => {
                            let path = self.path(next);
                            let node = self.value();
                            self.faults.extend(table.insert(&path, node).err());
                        }
                        EventKind::InlineTableClose => {
                            span = span.append(next.span());
                            break;
                        }
                        _ => {}
                    }
                }
                Value::Table(table)
            }
            _ => self.scalar(event),
        };
        Node { place: self.place(span), value }
    }

    fn scalar(&mut self, event: &Event) -> Value {
        let (mut text, mut errors) = (Cow::Borrowed(""), vec![]);
        let Some(raw) = self.source.get(event) else { return Value::Moment };
        let kind = raw.decode_scalar(&mut text, &mut errors);
        let flawed = errors.into_iter().next().map(|error| SyntaxFlaw::Part(*event, Some(error)));
        let value = match kind {
            ScalarKind::String => Value::Text(text.into_owned()),
            ScalarKind::Boolean(truth) => Value::Boolean(truth),
            ScalarKind::Integer(radix) => Value::Integer(i64::from_str_radix(&text, radix.value()).ok()),
            ScalarKind::Float => Value::Float(text.parse().unwrap_or(f64::NAN)),
            ScalarKind::DateTime => match moment(raw) {
                Some(value) => value,
                None => {
                    self.flaws.push(SyntaxFlaw::Part(*event, None));
                    Value::Moment
                }
            },
        };
        self.flaws.extend(flawed);
        value
    }
}

/// A date, a time of day, or both; `None` for one that no calendar or clock has.
fn moment(raw: Raw<'_>) -> Option<Value> {
    let text = raw.as_str();
    if let Some(date) = date(text) {
        return Some(Value::Date(date));
    }
    let (time, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if let Some(time) = time_of_day(time).filter(|_| !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some(Value::Time(time));
    }
    let both = text.get(..10).and_then(date).is_some() && text.len() > 10;
    (both && (text.parse::<DateTime>().is_ok() || text.parse::<Timestamp>().is_ok())).then_some(Value::Moment)
}

/// `YYYY-MM-DD`, as a date without quotation marks is written.
fn date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if shape { text.parse().ok() } else { None }
}

/// `HH:MM` or `HH:MM:SS`, with both digits.
fn time_of_day(text: &str) -> Option<Time> {
    let shape = matches!(text.len(), 5 | 8)
        && text.bytes().enumerate().all(|(at, byte)| if at == 2 || at == 5 { byte == b':' } else { byte.is_ascii_digit() });
    if shape { text.parse().ok() } else { None }
}
