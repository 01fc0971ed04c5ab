//! What a person calls a village, a topic or an outcome: by its id or its name, with or without diacritics and capitals.

use unicode_normalization::UnicodeNormalization;

use crate::lang::{Language, cli as shared, log as words};
use crate::plan::Plan;
use crate::plan::read::nearest;
use crate::terms::Status;

/// More than these are not listed to whoever asked for something that is not there.
const LISTED: usize = 24;

/// The id of the village, or what is wrong. Where no plan is kept, whatever was typed is an id.
pub(super) fn zone(text: &str, plans: &[Plan], lang: Language) -> Result<String, String> {
    let named = plans.iter().flat_map(|plan| &plan.zones).map(|zone| (zone.id.as_str(), vec![zone.name.as_str()]));
    one(text, named.collect(), "--zone", lang)
}

pub(super) fn topic(text: &str, plans: &[Plan], lang: Language) -> Result<String, String> {
    let names = |topic: &'_ crate::plan::Topic| -> Vec<String> {
        [Some(&topic.name.vi), topic.name.en.as_ref()].into_iter().flatten().cloned().collect()
    };
    let topics: Vec<(&str, Vec<String>)> =
        plans.iter().flat_map(|plan| &plan.topics).map(|topic| (topic.id.as_str(), names(topic))).collect();
    let named = topics.iter().map(|(id, names)| (*id, names.iter().map(String::as_str).collect()));
    one(text, named.collect(), "--topic", lang)
}

pub(super) fn status(text: &str, lang: Language) -> Result<Status, String> {
    let named = Status::ALL
        .iter()
        .map(|status| (status.as_str(), [Language::Vi, Language::En].map(|lang| words::status(lang, *status)).to_vec()));
    let id = one(text, named.collect(), "--status", lang)?;
    id.parse().map_err(|_| shared::bad_value(lang, "--status", text, None))
}

fn one(text: &str, known: Vec<(&str, Vec<&str>)>, argument: &str, lang: Language) -> Result<String, String> {
    if known.is_empty() {
        return Ok(text.to_owned());
    }
    let wanted = folded(text);
    let is_it =
        |(id, names): &&(&str, Vec<&str>)| *id == text || folded(id) == wanted || names.iter().any(|name| folded(name) == wanted);
    if let Some((id, _)) = known.iter().find(is_it) {
        return Ok((*id).to_owned());
    }
    let spelled: Vec<(String, &str)> = known
        .iter()
        .flat_map(|(id, names)| names.iter().chain([id]).map(|name| (folded(name), *id)).collect::<Vec<_>>())
        .collect();
    // A part of a name is enough where it is the part of one only.
    let mut fitting: Vec<&str> = Vec::new();
    let part = words_of(text);
    let has_part = |name: &&str| !wanted.is_empty() && words_of(name).contains(&part);
    for (id, names) in &known {
        if !fitting.contains(id) && names.iter().chain([id]).any(has_part) {
            fitting.push(id);
        }
    }
    let called = |id: &str| known.iter().find(|(other, _)| *other == id).and_then(|(_, names)| names.first().copied());
    let listed = |ids: &[&str]| {
        let names: Vec<&str> = ids.iter().take(LISTED).map(|id| called(id).unwrap_or(id)).collect();
        format!("{}{}", names.join("; "), if ids.len() > LISTED { "; …" } else { "" })
    };
    if let [id] = fitting.as_slice() {
        return Ok((*id).to_owned());
    }
    let mut ids: Vec<&str> = Vec::new();
    for (id, _) in &known {
        if !ids.contains(id) {
            ids.push(id);
        }
    }
    let near = nearest(&wanted, spelled.iter().map(|(name, _)| name.as_str()));
    // Another number is another village.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let near = near.filter(|near| digits(near) == digits(&wanted));
    let near = near.and_then(|near| spelled.iter().find(|(name, _)| name == near)).map(|(_, id)| called(id).unwrap_or(id));
    let expected = match near {
        _ if fitting.len() > 1 => words::which_of(lang, &listed(&fitting)),
        Some(near) => words::did_you_mean(lang, near, &listed(&ids)),
        None => words::there_are(lang, &listed(&ids)),
    };
    Err(shared::bad_value(lang, argument, text, Some(&expected)))
}

/// Without marks, capitals, spaces and signs: `Thôn 3`, `thon-3` and `THON 3` are one.
fn folded(text: &str) -> String {
    let plain = text.nfd().flat_map(char::to_lowercase).map(|c| if c == 'đ' { 'd' } else { c });
    plain.filter(|c| c.is_alphanumeric()).collect()
}

/// Its words, each with a space on either side: ` gbv prevention `.
fn words_of(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c));
    let words: Vec<String> = words.map(folded).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_village_is_known_by_its_id_and_by_its_name_however_it_is_written() {
        let known = || vec![("thon-3", vec!["Thôn 3"]), ("dong-son", vec!["Làng Đông Sơn"])];
        let found = |text: &str| one(text, known(), "--zone", Language::En);
        for text in ["thon-3", "Thôn 3", "thôn 3", "THON 3", "thon3", "tho\u{302}n 3"] {
            assert_eq!(found(text).as_deref(), Ok("thon-3"), "{text}");
        }
        assert_eq!(found("lang dong son").as_deref(), Ok("dong-son"));
        assert_eq!(found("đông sơn").as_deref(), Ok("dong-son"), "a part is enough");
        assert!(found("làng đông sen").unwrap_err().contains("did you mean `Làng Đông Sơn`"));
        assert!(found("xóm Chùa").unwrap_err().contains("Thôn 3; Làng Đông Sơn"));
        assert!(found("thôn 9").unwrap_err().contains("(there are: Thôn 3; Làng Đông Sơn)"), "another number is another village");
        let known = || vec![("thon-3", vec!["Thôn Đông"]), ("dong-son", vec!["Làng Đông Sơn"])];
        let several = one("đông", known(), "--zone", Language::En).unwrap_err();
        assert!(several.contains("which of these: Thôn Đông; Làng Đông Sơn"), "{several}");
        assert_eq!(one("x", vec![], "--zone", Language::En).as_deref(), Ok("x"), "nobody knows better");
    }

    #[test]
    fn an_outcome_is_named_in_either_language() {
        assert_eq!(status("missed", Language::Vi), Ok(Status::Missed));
        assert_eq!(status("không phát được", Language::Vi), Ok(Status::Missed));
        assert_eq!(status("da phat du", Language::Vi), Ok(Status::Aired));
        assert_eq!(status("phát đủ", Language::Vi), Ok(Status::Aired), "whole words, or it were `không phát được` too");
        assert!(status("misd", Language::Vi).unwrap_err().contains("`không phát được`"));
    }
}
