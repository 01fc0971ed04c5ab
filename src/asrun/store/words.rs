//! What returns in row after row is stored once: a canonical text of 600 bytes becomes one of 150.
//!
//! Runs of cells that come again and again (what the slot says, what the item says, the hashes of recording and plan) are kept in the table
//! `words`, and stand in a stored text as U+001E and the word's number. No cell can hold that character, so a stored text without it is
//! the canonical text itself. Words are added, never changed: a changed word changes the hash of every row that uses it.

use std::collections::HashMap;

use rusqlite::Connection;

use super::StoreError;
use crate::asrun::row::{COLUMNS, SEPARATOR};

/// Stands before the number of a word: U+001E, the record separator.
pub(super) const MARK: char = '\u{1e}';

/// The runs of cells that become words, as first cell and cell after the last: station to programme, item to priority, actor to clock,
/// the two hashes.
const RUNS: [(usize, usize); 5] = [(2, 8), (10, 19), (31, 35), (36, 37), (37, 38)];
/// A run that is shorter than this is not worth a word.
const WORTH: usize = 12;
/// No log has more words than this: a greater number was written by somebody else.
const MOST: usize = 10_000_000;

const CELLS: usize = COLUMNS.len() - 1;

/// The text as it is stored; `number` gives a word its number. What has not the cells of a row is stored as it is.
pub(super) fn shorten<E>(text: &str, mut number: impl FnMut(&str) -> Result<i64, E>) -> Result<String, E> {
    // Where each cell begins, and one past the last as if another followed.
    let mut starts = [0; CELLS + 1];
    let mut cells = 0;
    for (at, _) in text.match_indices(SEPARATOR) {
        cells += 1;
        if cells >= CELLS {
            return Ok(text.to_owned());
        }
        starts[cells] = at + 1;
    }
    if cells + 1 != CELLS {
        return Ok(text.to_owned());
    }
    starts[CELLS] = text.len() + 1;
    let mut short = String::with_capacity(192);
    let mut from = 0;
    for (first, after) in RUNS {
        let (start, end) = (starts[first], starts[after] - 1);
        if end - start >= WORTH {
            short.push_str(&text[from..start]);
            short.push(MARK);
            short.push_str(&number(&text[start..end])?.to_string());
            from = end;
        }
    }
    short.push_str(&text[from..]);
    Ok(short)
}

/// The words of a log by number, as far as they have been read.
#[derive(Debug, Default)]
pub(super) struct Words {
    texts: Vec<Option<Box<str>>>,
}

impl Words {
    /// Reads the words that came since the last look.
    pub fn read(&mut self, db: &Connection) -> Result<(), StoreError> {
        let known = i64::try_from(self.texts.len()).unwrap_or(i64::MAX);
        let mut more = db.prepare_cached("SELECT id, text FROM words WHERE id > ?1 ORDER BY id")?;
        let mut rows = more.query([known])?;
        while let Some(row) = rows.next()? {
            let id = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
            if (1..=MOST).contains(&id) {
                self.texts.resize(id, None);
                self.texts[id - 1] = Some(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?.into());
            }
        }
        Ok(())
    }

    /// Writes the canonical text into `out`; `false` when a word of it is not known.
    pub fn expand(&self, short: &str, out: &mut String) -> bool {
        out.clear();
        let mut rest = short;
        while let Some(at) = memchr::memchr(MARK as u8, rest.as_bytes()) {
            out.push_str(&rest[..at]);
            rest = &rest[at + MARK.len_utf8()..];
            let digits = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
            let number = rest[..digits].parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let Some(Some(word)) = number.and_then(|number| self.texts.get(number)) else { return false };
            out.push_str(word);
            rest = &rest[digits..];
        }
        out.push_str(rest);
        true
    }
}

/// The numbers of all words, for whoever writes.
pub(super) fn numbers(db: &Connection) -> Result<HashMap<Box<str>, i64>, StoreError> {
    let mut all = db.prepare("SELECT text, id FROM words")?;
    let mut rows = all.query([])?;
    let mut numbers = HashMap::new();
    while let Some(row) = rows.next()? {
        numbers.insert(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?.into(), row.get(1)?);
    }
    Ok(numbers)
}

/// Adds a word and returns its number.
pub(super) fn add(db: &Connection, text: &str) -> Result<i64, StoreError> {
    db.prepare_cached("INSERT INTO words (text) VALUES (?1)")?.execute([text])?;
    Ok(db.last_insert_rowid())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_runs_are_the_cells_that_return() {
        let names: Vec<&str> = RUNS.iter().flat_map(|(first, after)| [COLUMNS[*first].name, COLUMNS[*after - 1].name]).collect();
        let expected =
            ["station", "programme", "item", "priority", "actor", "clock", "file_hash", "file_hash", "plan_hash", "plan_hash"];
        assert_eq!(names, expected);
    }

    proptest! {
        #[test]
        fn every_text_comes_back(cells in proptest::collection::vec("[ -~]{0,14}", 36..40)) {
            let text = cells.join(&SEPARATOR.to_string());
            let mut words = Words::default();
            let short = shorten(&text, |word| -> Result<i64, ()> {
                words.texts.push(Some(word.into()));
                Ok(i64::try_from(words.texts.len()).unwrap())
            });
            let mut back = String::new();
            prop_assert!(words.expand(&short.unwrap(), &mut back));
            prop_assert_eq!(back, text);
        }
    }

    #[test]
    fn a_word_that_is_not_there_is_noticed() {
        let mut out = String::new();
        for short in ["\u{1e}1", "a\u{1e}", "\u{1e}0", "\u{1e}99999999999999999999"] {
            assert!(!Words::default().expand(short, &mut out), "{short:?}");
        }
    }
}
