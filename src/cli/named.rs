//! What a person calls a village, a topic, a supplier, a kind or an outcome: by its id or its name, with or without diacritics and capitals.

use crate::lang::{Language, cli as shared, log as words};
use crate::plan::Plan;
use crate::plan::named::{NameFound, find};
use crate::terms::{ItemKind, Status};

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

pub(super) fn supplier(text: &str, plan: &Plan, lang: Language) -> Result<String, String> {
    let named = plan.suppliers.iter().map(|supplier| (supplier.id.as_str(), vec![supplier.name.as_str()]));
    one(text, named.collect(), "--supplier", lang)
}

pub(super) fn kind(text: &str, lang: Language) -> Result<ItemKind, String> {
    let id = one(text, ItemKind::ALL.iter().map(|kind| (kind.as_str(), vec![])).collect(), "--kind", lang)?;
    id.parse().map_err(|_| shared::bad_value(lang, "--kind", text, None))
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
    let called = |id: &str| known.iter().find(|(other, _)| *other == id).and_then(|(_, names)| names.first().copied());
    let listed = |ids: &[&str]| {
        let names: Vec<&str> = ids.iter().take(LISTED).map(|id| called(id).unwrap_or(id)).collect();
        format!("{}{}", names.join("; "), if ids.len() > LISTED { "; …" } else { "" })
    };
    let all = || {
        let mut ids: Vec<&str> = Vec::new();
        known.iter().for_each(|(id, _)| {
            if !ids.contains(id) {
                ids.push(id)
            }
        });
        listed(&ids)
    };
    let expected = match find(text, &known) {
        NameFound::One(id) => return Ok(id.to_owned()),
        NameFound::Several(fitting) => words::which_of(lang, &listed(&fitting)),
        NameFound::Near(near) => words::did_you_mean(lang, called(near).unwrap_or(near), &all()),
        NameFound::Nothing => words::there_are(lang, &all()),
    };
    Err(shared::bad_value(lang, argument, text, Some(&expected)))
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
