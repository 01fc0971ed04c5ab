//! What a person calls a thing of the plan: by its id or its name, with or without diacritics and capitals, or by a part of its name.

use unicode_normalization::char::is_combining_mark;

use crate::calendar::written;
use crate::plan::read::nearest;

/// What a text was found to mean, of ids with their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameFound<'k> {
    One(&'k str),
    /// Several have it in their names.
    Several(Vec<&'k str>),
    /// None has, and this one is spelled much like it.
    Near(&'k str),
    Nothing,
}

pub fn find<'k>(text: &str, known: &[(&'k str, Vec<&'k str>)]) -> NameFound<'k> {
    let wanted = letters(text);
    let is_it = |(id, names): &&(&str, Vec<&str>)| {
        *id == text || letters(id) == wanted || names.iter().any(|name| letters(name) == wanted)
    };
    let mut same: Vec<&str> = Vec::new();
    for (id, _) in known.iter().filter(is_it) {
        if *id == text {
            return NameFound::One(id);
        }
        if !same.contains(id) {
            same.push(id);
        }
    }
    // A part of a name is enough where it is the part of one only.
    let part = words_of(text);
    let has_part = |name: &&str| !wanted.is_empty() && words_of(name).contains(&part);
    let mut fitting: Vec<&str> = Vec::new();
    for (id, names) in known {
        if !fitting.contains(id) && names.iter().chain([id]).any(has_part) {
            fitting.push(id);
        }
    }
    match if same.is_empty() { fitting.as_slice() } else { same.as_slice() } {
        [id] => NameFound::One(id),
        [] => near(&wanted, known).map_or(NameFound::Nothing, NameFound::Near),
        several => NameFound::Several(several.to_vec()),
    }
}

fn near<'k>(wanted: &str, known: &[(&'k str, Vec<&'k str>)]) -> Option<&'k str> {
    let spelled = known.iter().flat_map(|(id, names)| names.iter().chain([id]).map(|name| (letters(name), *id)));
    let spelled: Vec<(String, &str)> = spelled.collect();
    let near = nearest(wanted, spelled.iter().map(|(name, _)| name.as_str()));
    // Another number is another village.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let near = near.filter(|near| digits(near) == digits(wanted))?;
    spelled.iter().find(|(name, _)| name == near).map(|(_, id)| *id)
}

/// Without marks, capitals, spaces and signs: `Thôn 3`, `thon-3` and `THON 3` are one.
fn letters(text: &str) -> String {
    written::folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Its words, each with a space on either side: ` gbv prevention `.
fn words_of(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c));
    let words: Vec<String> = words.map(letters).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}
