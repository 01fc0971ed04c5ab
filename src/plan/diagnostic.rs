//! One problem of a plan: where it stands, what was expected, what to do.
//!
//! The words are made when all the files have been read, because the station's language stands in them. Nothing here reads a file.

use crate::plan::fault::{Code, Severity};
use crate::plan::source::Place;

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
    pub fn new(code: Code, place: Option<Place>, message: String, help: Option<String>) -> Diagnostic {
        Diagnostic { severity: code.severity(), code, place, message, help }
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
