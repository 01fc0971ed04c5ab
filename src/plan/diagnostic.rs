//! One problem of a plan: where it stands, what was expected, what to do.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A file of the plan as it was read.
#[derive(Clone, Debug)]
pub struct Source {
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// Everything known of one problem. Its words are in [`crate::lang`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// A stable name such as `unknown_key`.
    pub code: &'static str,
    pub place: Option<Place>,
    pub message: String,
    pub help: Option<String>,
}
