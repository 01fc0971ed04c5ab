//! AgencyNames of agencies, which no line breaks inside: their spaces are such as no writer breaks at.

use crate::lang::report as words;

use super::Paper;

/// The names, each in words that are told apart without their case.
pub(super) struct AgencyNames(Vec<Vec<String>>);

impl AgencyNames {
    /// Those of every agency, and this commune's with its rank.
    pub fn of(paper: &Paper<'_>) -> AgencyNames {
        let commune = paper.letterhead.map(|letterhead| letterhead.commune.as_str());
        let names = words::AGENCIES.iter().copied().chain(commune);
        let mut names: Vec<Vec<String>> = names.map(|name| name.split(' ').map(str::to_lowercase).collect()).collect();
        // Of two that begin alike, the longer.
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        AgencyNames(names)
    }

    pub fn bind(&self, text: &str) -> String {
        let words: Vec<&str> = text.split(' ').collect();
        let mut bound = String::with_capacity(text.len() + 8);
        let mut within = 0;
        for (at, word) in words.iter().enumerate() {
            if within == 0 {
                let rest = words.get(at..).unwrap_or(&[]);
                within = self.0.iter().find(|name| begins(rest, name)).map_or(0, |name| name.len() - 1);
            } else {
                within -= 1;
            }
            bound.push_str(word);
            if at + 1 < words.len() {
                bound.push(if within > 0 { '\u{a0}' } else { ' ' });
            }
        }
        bound
    }
}

/// Whether a name stands there; before and behind it may be marks.
fn begins(words: &[&str], name: &[String]) -> bool {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    words.len() >= name.len() && words.iter().zip(name).all(|(word, of_name)| bare(word) == *of_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_held_together_in_whatever_case_and_between_whatever_marks() {
        let names = AgencyNames(vec![
            vec!["ủy".into(), "ban".into(), "nhân".into(), "dân".into()],
            vec!["xã".into(), "cẩm".into(), "tân".into()],
        ]);
        let bound = names.bind("TM. ỦY BAN NHÂN DÂN XÃ CẨM TÂN (qua Ủy ban nhân dân), ủy ban khác");
        assert_eq!(bound.replace('\u{a0}', "_"), "TM. ỦY_BAN_NHÂN_DÂN XÃ_CẨM_TÂN (qua Ủy_ban_nhân_dân), ủy ban khác");
    }
}
