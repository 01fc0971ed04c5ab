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
        let mut keys = Keys::default();
        let mut at = None;
        let (mut place, mut start) = (0, 0);
        // One search for all cells, which are short: `verify` does it for every row.
        for end in memchr::memchr_iter(SEPARATOR as u8, text.as_bytes()).chain([text.len()]) {
            let cell = &text[start..end];
            start = end + 1;
            match place {
                KIND => keys.kind = cell,
                OUTPUT => keys.output = cell,
                BROADCAST => keys.broadcast = cell,
                ITEM => keys.item = cell,
                TOPIC => keys.topic = cell,
                PLANNED_AT | STARTED_AT | ENDED_AT if at.is_none() && !cell.is_empty() => at = Some(read_stamp(cell)?),
                STATUS => keys.status = cell,
                FILE_HASH => keys.file_hash = cell,
                _ => {}
            }
            place += 1;
        }
        keys.at_ms = at.map(|at| at.0.div_euclid(1_000_000));
        (place == CELLS).then_some(keys)
    }

    /// What the end of a slot is unique by, beside its instant.
    pub fn slot(&self) -> Option<String> {
        (self.kind == Kind::End.as_str()).then(|| format!("{}{SEPARATOR}{}", self.broadcast, self.output))
    }

    /// The first column that differs from what the table has there.
    pub fn differ<'t>(&self, table: impl Fn(usize) -> ValueRef<'t>) -> Option<&'static str> {
        let slot = match (self.kind == Kind::End.as_str(), table(2)) {
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

#[cfg(test)]
mod tests {
    use super::*;

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
