//! Names the fault of a broken line: from what the parser expected there, and from the text that it found. The parser's own English is
//! not used. What is not recognised here becomes "this line cannot be read".

use std::collections::HashSet;
use std::ops::Range;

use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind};
use toml_parser::{Expected, ParseError, Span};

use crate::calendar::written;
use crate::plan::fault::PlanFault;
use crate::plan::read::statement::SyntaxFlaw;
use crate::plan::read::values;
use crate::plan::source::Lines;

type FoundFault = (PlanFault, Range<usize>);

/// The most characters that are looked at for what to underline: a line may have a fault at every third of its bytes.
const SHOWN: usize = 200;

/// No number of a plan is longer, with what stands around it.
const LONGEST_NUMBER: usize = 40;

/// The faults of a statement, in the order of the text.
pub fn faults(text: &str, lines: &Lines, statement: Range<usize>, flaws: &[SyntaxFlaw]) -> Vec<FoundFault> {
    let body = text.get(statement.clone()).unwrap_or("");
    let not_utf8 = body.match_indices(char::REPLACEMENT_CHARACTER);
    let mut found: Vec<FoundFault> =
        not_utf8.map(|(at, c)| (PlanFault::NotUtf8, statement.start + at..statement.start + at + c.len())).collect();
    found.extend(flaws.iter().map(|flaw| fault(flaw, text)));
    if found.is_empty() {
        return found;
    }
    if body.trim_start().starts_with('[') {
        let start = statement.end - body.trim_start().len();
        in_head(&mut found, start..start + body.trim().len());
    }
    swallowed(&mut found, text, lines);
    found.sort_by_key(|(fault, at)| {
        (lines.line_of(at.start), *fault != PlanFault::NotUtf8, at.start, *fault == PlanFault::NoValue)
    });
    one_a_line(&mut found, lines);
    found
}

/// Whatever is wrong with the head of a table is one fault of all of it.
fn in_head(found: &mut Vec<FoundFault>, head: Range<usize>) {
    let before = found.len();
    found.retain(|(fault, _)| matches!(fault, PlanFault::NotUtf8 | PlanFault::StrayCharacter));
    if found.len() < before {
        found.push((PlanFault::BadHead, head));
    }
}

/// Drops the faults of what a text without an end has swallowed: that is not missing. Of several brackets on a line that are never closed,
/// the inner one is reported.
fn swallowed(found: &mut Vec<FoundFault>, text: &str, lines: &Lines) {
    let endless = found.iter().filter(|(fault, _)| *fault == PlanFault::OpenQuote);
    let endless: Vec<(usize, &str)> =
        endless.filter_map(|(_, at)| Some((lines.line_of(at.start), text.get(at.clone())?))).collect();
    let holds = |bracket: char| endless.iter().any(|(_, text)| text.contains(bracket));
    let (list, table) = (holds(']'), holds('}'));
    let commas: HashSet<usize> = endless.iter().filter(|(_, text)| text.ends_with(',')).map(|(line, _)| line + 1).collect();
    let deep = found.iter().any(|(fault, _)| *fault == PlanFault::TooDeep);
    let mut said = HashSet::new();
    found.retain(|(fault, at)| {
        let line = lines.line_of(at.start);
        match fault {
            // The parser tells the inner ones first.
            PlanFault::OpenList => !list && !deep && said.insert(line),
            PlanFault::OpenTable => !table && !deep && said.insert(line),
            PlanFault::NoComma => !commas.contains(&line),
            _ => true,
        }
    });
}

/// Of a line whose parts can no longer be told, the first fault only: what follows is mostly its consequence.
fn one_a_line(found: &mut Vec<FoundFault>, lines: &Lines) {
    let (mut said, mut shut) = (None, None);
    found.retain(|(fault, at)| {
        let line = Some(lines.line_of(at.start));
        let within_value = within_value(fault);
        let keep = shut != line && (said != line || within_value);
        said = line;
        shut = if within_value { shut } else { line };
        keep
    });
}

/// A fault within one value, after which the parser goes on as if nothing were wrong.
fn within_value(fault: &PlanFault) -> bool {
    use PlanFault::*;
    matches!(
        fault,
        BadDate { .. }
            | BareDate { .. }
            | BadTime { .. }
            | BareTime { .. }
            | BareHours { .. }
            | Unquoted
            | BadEscape
            | BadDigits
            | UpperCaseBoolean
    )
}

fn fault(flaw: &SyntaxFlaw, text: &str) -> FoundFault {
    let found = as_parsed(flaw, text);
    match decimal_comma(text, found.1.start) {
        Some(range) => (PlanFault::DecimalComma { text: text.get(range.clone()).unwrap_or("").to_owned() }, range),
        None => found,
    }
}

fn as_parsed(flaw: &SyntaxFlaw, text: &str) -> FoundFault {
    match flaw {
        SyntaxFlaw::TooDeep(span) => (PlanFault::TooDeep, range(*span)),
        SyntaxFlaw::Order(error) => order(error, text),
        SyntaxFlaw::Part(event, error) => {
            let range = range(event.span());
            let found = text.get(range.clone()).unwrap_or("");
            let at = error.as_ref().and_then(ParseError::unexpected).map_or(range.end, |span| span.start());
            let fault = part(event, found, at.saturating_sub(range.start));
            let shown = if fault == PlanFault::NoValue {
                equals_before(text, range.start)
            } else {
                range.start..range.start + found.trim_end().len()
            };
            (fault, shown)
        }
    }
}

fn range(span: Span) -> Range<usize> {
    span.start()..span.end()
}

/// A key or a value that is wrong within itself, `at` a byte of it.
fn part(event: &Event, found: &str, at: usize) -> PlanFault {
    let curly = ['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}', '\u{201e}', '\u{ab}', '\u{bb}'];
    let next = found.get(at..).and_then(|rest| rest.chars().next());
    match event.encoding() {
        _ if found.is_empty() && event.kind() == EventKind::Scalar => PlanFault::NoValue,
        Some(_) if next.is_some_and(|c| c.is_control() && c != '\n') => PlanFault::StrayCharacter,
        Some(_) if next.is_none() && found.trim_end().ends_with(curly) => PlanFault::CurlyQuote,
        Some(_) if next.is_none() && !closed(event, found) => PlanFault::OpenQuote,
        Some(_) if event.kind() == EventKind::SimpleKey => PlanFault::BadKey,
        Some(_) => PlanFault::BadEscape,
        None if found.contains(curly) => PlanFault::CurlyQuote,
        None if found.chars().any(|c| values::hidden(c) || (c.is_whitespace() && c != ' ')) => PlanFault::StrayCharacter,
        None if event.kind() == EventKind::SimpleKey => PlanFault::BadKey,
        None => unquoted(found),
    }
}

/// Whether a quoted text ends with the quotation mark that it begins with.
fn closed(event: &Event, found: &str) -> bool {
    let mark = match event.encoding() {
        Some(Encoding::BasicString) => "\"",
        Some(Encoding::LiteralString) => "'",
        Some(Encoding::MlBasicString) => "\"\"\"",
        Some(Encoding::MlLiteralString) | None => "'''",
    };
    found.len() >= 2 * mark.len() && found.ends_with(mark)
}

/// What a value without quotation marks was meant to be.
fn unquoted(found: &str) -> PlanFault {
    let text = || found.to_owned();
    let number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '_' | '.');
    if found.ends_with(['"', '\'']) {
        PlanFault::OpenQuote
    } else if written::stretch(found).is_ok() {
        PlanFault::BareHours { text: text() }
    } else if like_date(found) {
        match written::day(found, None) {
            Ok(date) => PlanFault::BareDate { text: text(), date },
            Err(why) => PlanFault::BadDate { text: text(), why },
        }
    } else if like_time(found) {
        match written::time(found) {
            Ok(time) => PlanFault::BareTime { text: text(), time },
            Err(why) => PlanFault::BadTime { text: text(), why },
        }
    } else if found.eq_ignore_ascii_case("true") || found.eq_ignore_ascii_case("false") {
        PlanFault::UpperCaseBoolean
    } else if found.chars().all(number) {
        PlanFault::BadDigits
    } else {
        PlanFault::Unquoted
    }
}

/// `2026-13-…`, or three numbers as dates are written in Vietnam: `15/11/2026`, `15-11-2026`, `15.11.2026`.
fn like_date(text: &str) -> bool {
    let year = text.split_once('-').is_some_and(|(year, _)| year.len() == 4 && digits(year));
    let three = text.split(['/', '-', '.']).collect::<Vec<_>>();
    year || (three.len() == 3 && three.into_iter().all(digits))
}

fn like_time(text: &str) -> bool {
    text.split_once(':').is_some_and(|(hour, _)| hour.len() <= 2 && digits(hour))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Parts of a statement that stand where they cannot.
fn order(error: &ParseError, text: &str) -> FoundFault {
    let at = error.unexpected().unwrap_or_default();
    let context = error.context().map(range).unwrap_or_default();
    let Some(expected) = error.expected() else { return (PlanFault::TooDeep, range(at)) };
    let within = text.get(context.clone()).unwrap_or("");
    let behind = text.get(at.start()..).unwrap_or("");
    let next = behind.chars().next();
    let wants = |text: &'static str| expected.contains(&Expected::Literal(text));
    let here = word(text, at.start());
    match next {
        Some('=') => (PlanFault::ExtraEquals, here),
        _ if wants("]") => (PlanFault::OpenList, context),
        _ if wants("}") => (PlanFault::OpenTable, context),
        Some(']' | '}') => (PlanFault::StrayBracket, here),
        // In a remark, or a carriage return alone.
        Some(c) if c.is_control() && c != '\n' => (PlanFault::StrayCharacter, here),
        _ if wants("\n") && !wants("#") => (PlanFault::StrayCharacter, context),
        Some(c) if c.is_alphanumeric() && text.get(..at.start()).is_some_and(|before| before.ends_with('"')) => {
            (PlanFault::QuoteWithin, here)
        }
        _ if wants("\n") => (PlanFault::Trailing, here),
        Some('[') if wants("=") && behind.starts_with("[[") => (PlanFault::BadHead, here),
        Some(',') if within.starts_with(['[', '{']) => (PlanFault::ExtraComma, here),
        _ if wants("=") => (PlanFault::NoEquals, line_before(text, at.start())),
        _ if wants(",") => (PlanFault::NoComma, here),
        _ if matches!(expected, [Expected::Description(_)]) => (PlanFault::BadKey, here),
        _ => (PlanFault::UnreadableLine, here),
    }
}

/// The number with a comma, `= -22,0`, in which or just behind which the parser stopped.
fn decimal_comma(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text.get(..at)?.char_indices().rev().take(LONGEST_NUMBER).take_while(|(_, c)| *c != '\n').last();
    let start = before.map_or(at, |(start, _)| start);
    let line = text.get(start..)?.lines().next().unwrap_or("");
    line.match_indices(',').take(LONGEST_NUMBER).find_map(|(comma, _)| {
        let (whole, decimals) = (line.get(..comma)?, line.get(comma + 1..)?);
        let sign = whole.trim_end_matches(|c: char| c.is_ascii_digit());
        let first = sign.strip_suffix(['-', '+', '−']).unwrap_or(sign);
        let digits = decimals.len() - decimals.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let is_number = sign.len() < comma && digits > 0 && first.trim_end().ends_with('=');
        let range = start + first.len()..start + comma + 1 + digits;
        let blanks = text.get(range.end..)?.len() - text.get(range.end..)?.trim_start_matches([' ', '\t']).len();
        (is_number && (range.start..=range.end + blanks).contains(&at)).then_some(range)
    })
}

/// The word that begins at a byte, or the one character that is there.
fn word(text: &str, at: usize) -> Range<usize> {
    let rest = || text.get(at..).unwrap_or("").chars();
    let stops = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '=' | '[' | '{' | '#');
    let length: usize = rest().take(SHOWN).take_while(|c| !stops(*c)).map(char::len_utf8).sum();
    let one = || rest().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
    at..at + if length > 0 { length } else { one() }
}

/// What stands on the line before a byte.
fn line_before(text: &str, at: usize) -> Range<usize> {
    let before = text.get(..at).unwrap_or("").char_indices().rev().take(SHOWN);
    let start = before.take_while(|(_, c)| *c != '\n').last().map_or(at, |(start, _)| start);
    let line = text.get(start..at).unwrap_or("");
    let start = at - line.trim_start().len();
    start..start + line.trim().len()
}

/// The `=` before a value that is missing.
fn equals_before(text: &str, at: usize) -> Range<usize> {
    let before = text.get(..at).unwrap_or("").trim_end();
    if before.ends_with('=') { before.len() - 1..before.len() } else { at..at }
}
