//! Problems as they are shown: for a person with the text underlined, for tools as one JSON document.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use crate::lang::{Language, plan as words};
use crate::plan::diagnostic::{Diagnostic, any_error};
use crate::plan::fault::{Code, Severity};
use crate::plan::source::{Lines, SourceFile};
use crate::terms::PlanHash;

/// The most problems that are shown to a person; tools get them all.
const SHOWN: usize = 200;
/// The most of a line that is quoted, in bytes.
const LINE: usize = 2000;

/// The problems as text, with colours if `styled`.
pub fn text(problems: &[Diagnostic], sources: &[SourceFile], lang: Language, styled: bool) -> String {
    let lines: Vec<Lines> = sources.iter().map(Lines::new).collect();
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let mut shown = String::new();
    for problem in problems.iter().take(SHOWN) {
        shown.push_str(&one(problem, sources, &lines, lang, &renderer));
        shown.push_str("\n\n");
    }
    if problems.len() > SHOWN {
        shown.push_str(&words::more(problems.len() - SHOWN, lang));
        shown.push('\n');
    }
    shown
}

fn one(problem: &Diagnostic, sources: &[SourceFile], lines: &[Lines], lang: Language, renderer: &Renderer) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR.with_name(words::error(lang)),
        Severity::Warning => Level::WARNING.with_name(words::warning(lang)),
    };
    let title = level.primary_title(problem.message.as_str()).id(problem.code.as_str());
    let mut group = Group::with_title(title);
    if let Some(place) = problem.place
        && let (Some(source), Some(lines)) = (sources.get(place.file), lines.get(place.file))
    {
        // Only the line itself is handed over: the whole text for each problem would cost its square.
        let line = lines.line_of(place.start);
        let range = lines.range(line);
        let quoted = source.text.get(range.clone()).unwrap_or("");
        let mark = if line == 0 && quoted.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let quoted = quoted.get(mark..).unwrap_or("");
        let offset = range.start + mark;
        let quoted = quoted.get(..clip(quoted, LINE)).unwrap_or(quoted);
        let start = clip(quoted, place.start.saturating_sub(offset));
        let end = clip(quoted, place.end.saturating_sub(offset)).max(start);
        let snippet = Snippet::source(quoted)
            .line_start(line + 1)
            .path(source.path.display().to_string())
            .annotation(AnnotationKind::Primary.span(start..end));
        group = group.element(snippet);
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.with_name(words::help(lang)).message(help.as_str()));
    }
    renderer.render(&[group])
}

/// The nearest place in `text`, not after `at`, where a character begins.
fn clip(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What `check --json` prints.
#[derive(Debug, Serialize)]
pub struct CheckResult {
    pub ok: bool,
    pub plan_hash: Option<PlanHash>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
pub struct Problem {
    pub severity: Severity,
    pub code: Code,
    /// Null for what stands nowhere; lines and columns count from 1, columns in characters.
    pub file: Option<String>,
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub message: String,
    pub help: Option<String>,
}

pub fn document(problems: &[Diagnostic], sources: &[SourceFile], plan_hash: Option<PlanHash>) -> CheckResult {
    let lines: Vec<Lines> = sources.iter().map(Lines::new).collect();
    let problem = |problem: &Diagnostic| {
        let file = problem.place.and_then(|place| sources.get(place.file)).map(|source| source.path.display().to_string());
        let at = problem.place.and_then(|place| Some(lines.get(place.file)?.position(place.start)));
        Problem {
            severity: problem.severity,
            code: problem.code,
            file,
            line: at.map(|(line, _)| line),
            column: at.map(|(_, column)| column),
            message: problem.message.clone(),
            help: problem.help.clone(),
        }
    };
    let ok = !any_error(problems);
    CheckResult { ok, plan_hash: plan_hash.filter(|_| ok), problems: problems.iter().map(problem).collect() }
}
