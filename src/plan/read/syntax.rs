//! What the TOML parser complains about, by its kind: its English texts are never shown.
//!
//! The parser has no kinds in its public face, so they are told from the beginnings of its texts. A text that is not known here
//! becomes "this line cannot be read", which is true at least; a test holds the known ones against the parser.

use std::ops::Range;

use crate::plan::fault::{Fault, Syntax};

/// The fault that the parser means, and the bytes of `text` to underline.
pub fn fault(error: &toml::de::Error, text: &str) -> (Fault, Range<usize>) {
    let span = error.span().unwrap_or(0..0);
    let range = token(text, span);
    let found = text.get(range.clone()).unwrap_or("");
    let scalar =
        ["invalid ", "string values", "unexpected leading", "redundant", "radix", "`_` may", "integers with", "unexpected sign"];
    let unquoted = scalar.iter().any(|beginning| error.message().starts_with(beginning)) && !found.contains(['"', '\'']);
    if unquoted && !found.is_empty() && !error.message().contains("string,") {
        let range = word(text, range);
        let found = text.get(range.clone()).unwrap_or("");
        return (judge(error.message(), found), range);
    }
    (judge(error.message(), found), range)
}

/// The whole of an unquoted value: the parser often points at the letter at which it gave up.
fn word(text: &str, range: Range<usize>) -> Range<usize> {
    let stops = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '=' | '[' | '{' | '#' | '"' | '\'');
    let before = text.get(..range.start).unwrap_or("");
    let after = text.get(range.end..).unwrap_or("");
    let start =
        before.rfind(stops).map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    start..range.end + after.find(stops).unwrap_or(after.len())
}

fn judge(message: &str, found: &str) -> Fault {
    let is = |beginnings: &[&str]| beginnings.iter().any(|beginning| message.starts_with(beginning));
    if is(&["duplicate key", "cannot extend"]) {
        return Fault::DuplicateKey { key: found.to_owned(), first: None };
    }
    if is(&["cannot recurse", "recursion limit"]) {
        return Fault::TooDeep;
    }
    if found.contains(['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}', '\u{201e}', '\u{ab}', '\u{bb}']) {
        return Fault::Syntax(Syntax::CurlyQuote);
    }
    if like_date(found) {
        return Fault::BadDate { text: found.to_owned() };
    }
    if like_time(found) {
        return Fault::BadTime { text: found.to_owned() };
    }
    if is(&[
        "string values must be quoted",
        "invalid boolean",
        "invalid float",
        "invalid integer",
        "invalid date",
        "invalid value",
    ]) && let Some(syntax) = unquoted(found, is(&["string values"]))
    {
        return Fault::Syntax(syntax);
    }
    Fault::Syntax(if is(&["key with no value", "missing value for key", "missing assignment"]) {
        Syntax::NoEquals
    } else if is(&["missing value"]) {
        Syntax::NoValue
    } else if is(&["extra `=`", "unexpected `=`", "extra assignment"]) {
        Syntax::ExtraEquals
    } else if is(&["unclosed array table", "unclosed table", "missing table open", "invalid table"]) {
        Syntax::Head
    } else if is(&["unclosed array"]) {
        Syntax::OpenList
    } else if is(&["unclosed inline table"]) {
        Syntax::OpenTable
    } else if is(&["missing array opening", "missing inline table opening"]) {
        Syntax::StrayBracket
    } else if is(&["missing comma"]) {
        Syntax::NoComma
    } else if is(&["extra comma"]) {
        Syntax::ExtraComma
    } else if is(&["unexpected key or value", "unexpected content between"]) {
        Syntax::Trailing
    } else if is(&[
        "invalid unquoted key",
        "unquoted keys cannot be empty",
        "keys cannot be",
        "missing key",
        "invalid key-value pair",
        "invalid inline table element",
    ]) {
        Syntax::Key
    } else if is(&["invalid basic string", "invalid literal string", "invalid multi-line", "missing opening quote"]) {
        Syntax::Text
    } else if is(&["missing escaped value", "too few unicode", "invalid value"]) {
        Syntax::Escape
    } else if is(&["unexpected leading zero", "redundant", "radix", "`_` may", "integers with", "unexpected sign"]) {
        Syntax::Number
    } else if is(&["carriage return", "invalid comment character"]) {
        Syntax::Character
    } else {
        Syntax::Other
    })
}

/// What a value without quotation marks was meant to be; `None` when it was a text with a misused `\\`.
fn unquoted(found: &str, surely: bool) -> Option<Syntax> {
    if found.is_empty() {
        return surely.then_some(Syntax::NoValue);
    }
    if found.eq_ignore_ascii_case("true") || found.eq_ignore_ascii_case("false") {
        return Some(Syntax::Boolean);
    }
    let number = found.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '_' | '.' | ','));
    match number {
        true => Some(Syntax::Number),
        false => (surely || found.chars().any(char::is_alphabetic)).then_some(Syntax::Unquoted),
    }
}

/// `2026-13-…`: digits where only a date can be meant.
pub fn like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 5 && bytes.iter().take(4).all(u8::is_ascii_digit) && bytes.get(4) == Some(&b'-')
}

fn like_time(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits) && text.as_bytes().get(digits) == Some(&b':')
}

/// The span, widened to the end of the word it points at when it is empty: the parser often points before one.
fn token(text: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    if start == end {
        let rest = text.get(start..).unwrap_or("");
        let stops = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '=' | '[' | '{' | '#');
        let length = rest
            .find(stops)
            .filter(|length| *length > 0)
            .unwrap_or_else(|| rest.chars().next().filter(|c| !matches!(c, '\n' | '\r' | '#')).map_or(0, char::len_utf8));
        end = start + length;
    }
    // A span of several lines is shown by its first.
    let first = text.get(start..end).and_then(|piece| piece.find(['\n', '\r'])).unwrap_or(end - start);
    start..start + first
}
