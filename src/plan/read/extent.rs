//! How far a statement of a damaged file reaches: quotes and brackets are followed, and where they never close, the statement ends
//! before the next line that can only be a head or a key. One walk over the text, whatever it holds.

use std::ops::Range;

use crate::plan::fault::{Fault, Syntax};
use crate::plan::read::schema;

/// Brackets within brackets that no plan needs.
const DEPTH: usize = 60;

pub struct Extent {
    /// The end of the statement, and where to look for the next.
    pub end: usize,
    pub next: usize,
    pub faults: Vec<(Fault, Range<usize>)>,
}

/// The byte at which the line of `at` ends (that of its line break, or the end of the text).
pub fn line_end(text: &str, at: usize) -> usize {
    text.as_bytes()
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| *byte == b'\n'))
        .map_or(text.len(), |length| at + length)
}

pub fn statement(text: &str, start: usize) -> Extent {
    let mut walk = Walk { text: text.as_bytes(), at: start, open: vec![], last: b'=', faults: vec![] };
    let end = walk.run(text);
    let end = end.min(text.len());
    let body = text.get(start..end).unwrap_or("").trim_end();
    Extent { end: start + body.len(), next: (end + 1).min(text.len().max(start + 1)), faults: walk.faults }
}

struct Walk<'t> {
    text: &'t [u8],
    at: usize,
    /// The brackets that are open: which, and where.
    open: Vec<(u8, usize)>,
    /// The last byte that was no space.
    last: u8,
    faults: Vec<(Fault, Range<usize>)>,
}

impl Walk<'_> {
    /// Walks to the end of the statement: the line break after it.
    fn run(&mut self, text: &str) -> usize {
        while let Some(byte) = self.text.get(self.at).copied() {
            match byte {
                b'"' | b'\'' => self.quoted(text, byte),
                b'#' => self.at = line_end(text, self.at),
                b'[' | b'{' => {
                    if self.open.len() >= DEPTH {
                        self.faults.push((Fault::TooDeep, self.at..self.at + 1));
                        return line_end(text, self.at);
                    }
                    self.open.push((byte, self.at));
                    self.step(byte);
                }
                b']' | b'}' => {
                    let opening = if byte == b']' { b'[' } else { b'{' };
                    if self.open.last().is_some_and(|(open, _)| *open == opening) {
                        self.open.pop();
                    }
                    self.step(byte);
                }
                b'\n' => {
                    if self.open.is_empty() {
                        return self.at;
                    }
                    if let Some((bracket, at)) = self.stops(text) {
                        self.unclosed(bracket, at);
                        return self.cut(text, bracket, at, self.at);
                    }
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                other => self.step(other),
            }
        }
        match self.open.last().copied() {
            Some((bracket, at)) => {
                self.unclosed(bracket, at);
                self.cut(text, bracket, at, self.text.len())
            }
            None => self.text.len(),
        }
    }

    /// Where a statement ends whose bracket was opened `at` and found open at `end`. Keys on the lines after an open `{` belong to it
    /// only if they are parted by commas; else they are keys of the table around it.
    fn cut(&self, text: &str, bracket: u8, at: usize, end: usize) -> usize {
        let first = line_end(text, at);
        let next = text.get(first + 1..line_end(text, first + 1)).unwrap_or("");
        let keeps = bracket == b'[' || next.trim_end().ends_with(',') || !schema::like_key(next);
        if keeps { end } else { first.min(end) }
    }

    fn step(&mut self, byte: u8) {
        self.last = byte;
        self.at += 1;
    }

    fn unclosed(&mut self, bracket: u8, at: usize) {
        // A quote that is missing often swallows the bracket too.
        if self.faults.is_empty() {
            let kind = if bracket == b'[' { Syntax::OpenList } else { Syntax::OpenTable };
            self.faults.push((Fault::Syntax(kind), at..at + 1));
        }
    }

    /// The bracket that can no longer close: what follows the line break at hand is a head, or a key that cannot stand there.
    fn stops(&self, text: &str) -> Option<(u8, usize)> {
        let (bracket, at) = self.open.last().copied()?;
        let next = text.get(self.at + 1..line_end(text, self.at + 1)).unwrap_or("");
        let key_here = schema::like_key(next) && (bracket == b'[' || !matches!(self.last, b',' | b'{'));
        (key_here || schema::like_head(next)).then_some((bracket, at))
    }

    /// Walks over a quoted text. One that is not closed ends with its line, or before the next head when it has three quotes.
    fn quoted(&mut self, text: &str, quote: u8) {
        let start = self.at;
        let triple = [quote; 3];
        let rest = self.text.get(start..).unwrap_or(&[]);
        if rest.starts_with(&triple) {
            let mut at = start + 3;
            while let Some(byte) = self.text.get(at).copied() {
                if byte == b'\\' && quote == b'"' {
                    at += 2;
                } else if self.text.get(at..).is_some_and(|rest| rest.starts_with(&triple)) {
                    // Up to two more quotes belong to the text.
                    let quotes = self.text.get(at..at + 5).unwrap_or(&[]).iter().take_while(|byte| **byte == quote).count();
                    self.at = at + quotes.clamp(3, 5);
                    self.last = quote;
                    return;
                } else {
                    at += 1;
                }
            }
            self.faults.push((Fault::Syntax(Syntax::OpenQuote), start..start + 3));
            self.at = next_head(text, start);
            self.open.clear();
            return;
        }
        let mut at = start + 1;
        while let Some(byte) = self.text.get(at).copied() {
            match byte {
                b'\n' => break,
                b'\\' if quote == b'"' && self.text.get(at + 1).is_some_and(|next| *next != b'\n') => at += 2,
                other => {
                    at += 1;
                    if other == quote {
                        self.at = at;
                        self.last = quote;
                        return;
                    }
                }
            }
        }
        let end = start + text.get(start..at.min(text.len())).unwrap_or("").trim_end().len();
        self.faults.push((Fault::Syntax(Syntax::OpenQuote), start..end.max(start + 1)));
        self.at = at;
        self.last = quote;
    }
}

/// The line break before the next line that is a head, or the end of the text.
fn next_head(text: &str, from: usize) -> usize {
    let mut at = line_end(text, from);
    while at < text.len() {
        let end = line_end(text, at + 1);
        if schema::like_head(text.get(at + 1..end).unwrap_or("")) {
            return at;
        }
        at = end;
    }
    text.len()
}
