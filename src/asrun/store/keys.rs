//! The columns by which rows are searched, and what the summary of airings needs. Both are taken from the canonical text and from nothing
//! else, so that `verify` can hold them against it.

use rusqlite::types::ValueRef;

use crate::asrun::row::{COLUMNS, SEPARATOR, read_stamp};
use crate::terms::{Kind, Status};

/// Their names, in the order in which the table has them.
const KEYS: [&str; 3] = ["kind", "at_ms", "slot"];

/// Where the cells stand that they are taken from.
const KIND: usize = 1;
const OUTPUT: usize = 3;
const BROADCAST: usize = 5;
const ITEM: usize = 10;
const TOPIC: usize = 13;
const PLANNED_AT: usize = 19;
const STARTED_AT: usize = 21;
const ENDED_AT: usize = 22;
const STATUS: usize = 26;
const FILE_HASH: usize = 36;

const CELLS: usize = COLUMNS.len() - 1;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys<'a> {
    pub kind: &'a str,
    /// The planned instant, else the start, else the end.
    pub at_ms: Option<i64>,
    pub broadcast: &'a str,
    pub output: &'a str,
    pub topic: &'a str,
    pub status: &'a str,
    item: &'a str,
    file_hash: &'a str,
}

impl<'a> Keys<'a> {
    /// `None` when the text has not the cells of a row.
    pub fn in_text(text: &'a str) -> Option<Keys<'a>> {
        let ends = ends(text.as_bytes())?;
        let cell = |place: usize| &text[place.checked_sub(1).map_or(0, |before| ends[before] + 1)..ends[place]];
        let at = [PLANNED_AT, STARTED_AT, ENDED_AT].into_iter().map(cell).find(|cell| !cell.is_empty());
        let at_ms = match at {
            Some(stamp) => Some(read_stamp(stamp)?.0.div_euclid(1_000_000)),
            None => None,
        };
        Some(Keys {
            kind: cell(KIND),
            at_ms,
            broadcast: cell(BROADCAST),
            output: cell(OUTPUT),
            topic: cell(TOPIC),
            status: cell(STATUS),
            item: cell(ITEM),
            file_hash: cell(FILE_HASH),
        })
    }

    /// What the end of a slot is unique by, beside its instant.
    pub fn slot(&self) -> Option<String> {
        self.settles_slot().then(|| format!("{}{SEPARATOR}{}", self.broadcast, self.output))
    }

    /// Whether it says that a slot has ended, or has not after all.
    fn settles_slot(&self) -> bool {
        self.kind == Kind::End.as_str() || self.kind == Kind::Void.as_str()
    }

    /// The first column that differs from what the table has there.
    pub fn differ<'t>(&self, table: impl Fn(usize) -> ValueRef<'t>) -> Option<&'static str> {
        let slot = match (self.settles_slot(), table(2)) {
            (false, found) => found == ValueRef::Null,
            (true, ValueRef::Text(found)) => {
                let (broadcast, output) = (self.broadcast.as_bytes(), self.output.as_bytes());
                let rest = found.strip_prefix(broadcast).and_then(|rest| rest.strip_prefix(&[SEPARATOR as u8]));
                rest == Some(output)
            }
            (true, _) => false,
        };
        let same = [
            table(0) == ValueRef::Text(self.kind.as_bytes()),
            table(1) == self.at_ms.map_or(ValueRef::Null, ValueRef::Integer),
            slot,
        ];
        same.iter().position(|same| !same).map(|place| KEYS[place])
    }

    /// The item and the recording of an airing that was whole.
    pub fn whole_airing(&self) -> Option<(&'a str, &'a str)> {
        (self.kind == Kind::Air.as_str() && self.status == Status::Aired.as_str()).then_some((self.item, self.file_hash))
    }
}

/// Where each cell ends; `None` when there are more or fewer than a row has. Cells are short and `verify` does this for every row, so eight
/// bytes are looked at together: the sum carries into the highest bit of each that is no separator.
fn ends(text: &[u8]) -> Option<[usize; CELLS]> {
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    const SEPARATORS: u64 = u64::from_ne_bytes([SEPARATOR as u8; 8]);
    let mut ends = [0; CELLS];
    let mut found = 0;
    let mut note = |at: usize| {
        *ends.get_mut(found)? = at;
        found += 1;
        Some(())
    };
    let (eights, rest) = text.as_chunks::<8>();
    for (n, eight) in eights.iter().enumerate() {
        let differs = u64::from_le_bytes(*eight) ^ SEPARATORS;
        let mut here = !(((differs & LOW) + LOW) | differs | LOW);
        while here != 0 {
            note(n * 8 + here.trailing_zeros() as usize / 8)?;
            here &= here - 1;
        }
    }
    let begin = text.len() - rest.len();
    for (at, _) in rest.iter().enumerate().filter(|(_, byte)| **byte == SEPARATOR as u8) {
        note(begin + at)?;
    }
    note(text.len())?;
    (found == CELLS).then_some(ends)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cells_end_where_a_search_byte_by_byte_finds_it(cells in proptest::collection::vec("[ -~ạ\u{9f}\u{1e}\u{80}]{0,11}", 37..40)) {
            let text = cells.join(&SEPARATOR.to_string());
            let expected: Vec<usize> = text.match_indices(SEPARATOR).map(|(at, _)| at).chain([text.len()]).collect();
            prop_assert_eq!(ends(text.as_bytes()).map(|ends| ends.to_vec()), (expected.len() == CELLS).then_some(expected));
        }
    }

    #[test]
    fn the_places_are_those_of_the_columns() {
        let named = [
            (KIND, "kind"),
            (OUTPUT, "output"),
            (BROADCAST, "broadcast"),
            (ITEM, "item"),
            (TOPIC, "topic"),
            (PLANNED_AT, "planned_at"),
            (STARTED_AT, "started_at"),
            (ENDED_AT, "ended_at"),
            (STATUS, "status"),
            (FILE_HASH, "file_hash"),
        ];
        for (place, name) in named {
            assert_eq!(COLUMNS[place].name, name);
        }
    }
}
