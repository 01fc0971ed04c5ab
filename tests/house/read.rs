//! Reads Rust well enough to see what it imports: comments, texts and test modules fall away, `use` trees unfold.

/// The source without comments, without the insides of texts and without what `#[cfg(test)]` guards; nested `std` imports unfolded.
pub fn code(text: &str) -> String {
    let bare = without_tests(&without_comments_and_texts(text));
    let mut code = unspaced(&bare);
    let std: Vec<String> = roots(&code, &["std"]).collect();
    for path in std {
        code.push_str(&format!(" {path};"));
    }
    code
}

/// The paths of other modules that `code`, the body of `module`, names: from the crate's root, without `crate::`.
pub fn paths(module: &str, code: &str) -> Vec<String> {
    roots(code, &["crate", "super", "self", "loaxa"])
        .filter_map(|path| {
            let mut parts: Vec<&str> = path.split("::").collect();
            let mut at: Vec<&str> = if matches!(parts[0], "crate" | "loaxa") { Vec::new() } else { module.split("::").collect() };
            while matches!(parts.first(), Some(&("crate" | "super" | "self" | "loaxa"))) {
                if parts.remove(0) == "super" {
                    at.pop();
                }
            }
            at.extend(parts);
            (!at.is_empty()).then(|| at.join("::"))
        })
        .collect()
}

/// All paths that begin with one of `heads`, `{…}` lists unfolded.
fn roots<'a>(code: &'a str, heads: &'a [&'a str]) -> impl Iterator<Item = String> + 'a {
    heads.iter().flat_map(move |head| {
        code.match_indices(&format!("{head}::"))
            .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
            .flat_map(|(at, _)| {
                let mut all = Vec::new();
                tree(&code[at..], String::new(), &mut all);
                all
            })
            .collect::<Vec<_>>()
    })
}

/// Unfolds the path at the start of `code`; returns what is left after it.
fn tree<'a>(code: &'a str, before: String, all: &mut Vec<String>) -> &'a str {
    let length = code.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(code.len());
    let (head, mut rest) = code.split_at(length);
    let path = format!("{before}{head}");
    if !(head.ends_with("::") || head.is_empty()) || !rest.starts_with('{') {
        all.push(path.trim_end_matches("::").to_owned());
        return rest;
    }
    loop {
        rest = rest[1..].trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            return after;
        }
        rest = tree(rest, path.clone(), all).trim_start();
        // `Name as Other` and `*` end at the comma or the brace.
        rest = &rest[rest.find([',', '}']).unwrap_or(rest.len())..];
        match rest.chars().next() {
            Some(',') => {}
            Some(_) => return &rest[1..],
            None => return rest,
        }
    }
}

fn without_comments_and_texts(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word_before = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let skip = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => plain_text(rest, '"'),
            'r' | 'b' | 'c' if !word_before => raw_text(rest).unwrap_or(0),
            '\'' => character(rest).unwrap_or(0),
            _ => 0,
        };
        if skip > 0 {
            // A text stays as an empty one, so that nothing runs together.
            code.push_str(if rest.starts_with('/') { " " } else { "\"\"" });
            rest = &rest[skip..];
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    code
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a text in quotes, escapes honoured.
fn plain_text(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `r"…"`, `r#"…"#`, `br#"…"#`: `None` when it is something else.
fn raw_text(text: &str) -> Option<usize> {
    let marks = text.trim_start_matches(['b', 'c']).strip_prefix('r')?;
    let hashes = marks.len() - marks.trim_start_matches('#').len();
    let inside = marks.trim_start_matches('#').strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = inside.find(&close).map_or(inside.len(), |at| at + close.len());
    Some(text.len() - inside.len() + end)
}

/// A character, not a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.chars().skip(1);
    match chars.next()? {
        '\\' => Some(plain_text(text, '\'')),
        c => (chars.next() == Some('\'')).then_some(2 + c.len_utf8()),
    }
}

/// Drops each thing that `#[cfg(test)]` stands before: a module with its body, or one statement.
fn without_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(['{', ';']).unwrap_or(rest.len());
        rest = if rest[end..].starts_with('{') { &rest[end + body(&rest[end..])..] } else { &rest[(end + 1).min(rest.len())..] };
    }
    kept.push_str(rest);
    kept
}

fn body(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + c.len_utf8();
        }
    }
    code.len()
}

/// Paths may be broken over lines: no space stands around `::`.
fn unspaced(code: &str) -> String {
    let parts: Vec<&str> = code.split("::").collect();
    let last = parts.len() - 1;
    let tight = |(at, part): (usize, &&str)| {
        let part = if at > 0 { part.trim_start() } else { part };
        if at < last { part.trim_end() } else { part }.to_owned()
    };
    parts.iter().enumerate().map(tight).collect::<Vec<_>>().join("::")
}
