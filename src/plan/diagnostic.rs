//! One problem of a plan: where it stands, what was expected, what to do.
//!
//! The words are made when all the files have been read, because the station's language stands in them. Nothing here reads a file.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

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

    /// This place, narrowed to `range` of its file.
    pub fn at(self, range: Range<usize>) -> Place {
        Place { start: range.start, end: range.end, ..self }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// A closed list of codes, each with the stable name that `check --json` prints.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What kind of problem it is. The names are stable: tools may rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $name),* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text),* }
            }
        }
        impl fmt::Display for Code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

codes! {
    // Errors of the files themselves.
    Unreadable = "unreadable", TooLarge = "too_large", NoFiles = "no_files", TooManyFiles = "too_many_files",
    NotUtf8 = "not_utf8", Syntax = "syntax", TooDeep = "too_deep",
    // Errors of shape.
    DuplicateKey = "duplicate_key", UnknownKey = "unknown_key", NotYet = "not_yet", LunarNotYet = "lunar_not_yet",
    WrongType = "wrong_type", MissingKey = "missing_key", MissingTable = "missing_table", RepeatedTable = "repeated_table",
    ConflictingKeys = "conflicting_keys", EmptyList = "empty_list",
    // Errors of ids.
    BadId = "bad_id", RepeatedId = "repeated_id", UnknownId = "unknown_id", RefersToItself = "refers_to_itself",
    // Errors of values.
    BadFormat = "bad_format", EmptyText = "empty_text", HiddenCharacter = "hidden_character", TooLong = "too_long",
    BadNumber = "bad_number", UnknownWord = "unknown_word", EmergencyPlanned = "emergency_planned",
    BadTime = "bad_time", BadHours = "bad_hours", BadDate = "bad_date", BadDuration = "bad_duration", BadCron = "bad_cron",
    BadTimeZone = "bad_time_zone", BadLanguage = "bad_language", BadTarget = "bad_target", BadDevice = "bad_device",
    BadFile = "bad_file", SameDevice = "same_device", FromAfterUntil = "from_after_until", EmptyPick = "empty_pick",
    BadCut = "bad_cut", LevelsOverlap = "levels_overlap",
    // Warnings that the plan and the day show.
    Expired = "expired", OldContact = "old_contact", ZoneTwice = "zone_twice",
    // Warnings that the recordings show.
    FileMissing = "file_missing", FileUnfit = "file_unfit", Silent = "silent", Short = "short",
    // Warnings that a year of rundowns shows.
    Overlap = "overlap", OutsideHours = "outside_hours", OverQuota = "over_quota", PickDropped = "pick_dropped",
    PoolEmpty = "pool_empty", NeverAirs = "never_airs",
}

/// Everything known of one problem. Its words are in [`crate::lang`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub code: Code,
    pub place: Option<Place>,
    pub message: String,
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn error(code: Code, place: Option<Place>, message: String, help: Option<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, code, place, message, help }
    }

    pub fn warning(code: Code, place: Option<Place>, message: String, help: Option<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, code, place, message, help }
    }
}

/// Whether any of them is an error, so that the plan does not load.
pub fn any_error(problems: &[Diagnostic]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

/// In the order of the files, then of the text; what stands nowhere comes last.
pub fn sort(problems: &mut [Diagnostic]) {
    problems.sort_by_key(|problem| {
        let place = problem.place.map_or((usize::MAX, 0, 0), |place| (place.file, place.start, place.end));
        (place, problem.severity, problem.code)
    });
}

/// The lines of one source, so that a place becomes line and column without a walk through the whole text each time.
#[derive(Clone, Debug)]
pub struct Lines {
    text: Arc<str>,
    /// The byte at which each line starts.
    starts: Vec<usize>,
}

impl Lines {
    pub fn new(source: &Source) -> Lines {
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
