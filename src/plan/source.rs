//! The plan's texts, and places in them.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A file of the plan as it was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    pub path: PathBuf,
    pub text: Arc<str>,
}

/// A stretch of a source file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index into the plan's sources.
    pub file: usize,
    pub start: usize,
    pub end: usize,
}

impl Place {
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// This place, narrowed to `range` of its file.
    pub fn at(self, range: Range<usize>) -> Place {
        Place { start: range.start, end: range.end, ..self }
    }
}

/// The lines of one source, so that a place becomes line and column without a walk through the whole text each time.
#[derive(Clone, Debug)]
pub struct Lines {
    text: Arc<str>,
    /// The byte at which each line starts.
    starts: Vec<usize>,
}

impl Lines {
    pub fn new(source: &SourceFile) -> Lines {
        let text = source.text.clone();
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
        Lines { text, starts }
    }

    /// The line (from 0) in which a byte stands.
    pub fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// The bytes of a line (from 0), without its line break.
    pub fn range(&self, line: usize) -> Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let body = self.text.get(start..end).unwrap_or("");
        start..start + body.trim_end_matches(['\n', '\r']).len()
    }

    /// Line and column of a byte, both from 1; columns count characters, and a byte order mark is none.
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let line = self.line_of(byte);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let mut end = byte.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = self.text.get(start..end).unwrap_or("");
        let characters = before.trim_start_matches(if line == 0 { "\u{feff}" } else { "\n" }).chars().count();
        (line + 1, characters + 1)
    }
}
