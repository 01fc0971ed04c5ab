//! The columns by which rows are searched. They are taken from the canonical text and from nothing else, so that `verify` can hold them
//! against it.

use rusqlite::types::ValueRef;

use crate::asrun::row::{COLUMNS, SEPARATOR, read_stamp};

/// Their names, in the order in which the table has them.
pub(crate) const KEYS: [&str; 6] = ["kind", "at_ms", "broadcast", "output", "topic", "status"];

/// Where the cells stand that they are taken from.
const KIND: usize = 1;
const OUTPUT: usize = 3;
const BROADCAST: usize = 5;
const TOPIC: usize = 13;
const PLANNED_AT: usize = 19;
const STARTED_AT: usize = 21;
const ENDED_AT: usize = 22;
const STATUS: usize = 26;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys<'a> {
    pub kind: &'a str,
    /// The planned instant, else the start, else the end.
    pub at_ms: Option<i64>,
    pub broadcast: Option<&'a str>,
    pub output: Option<&'a str>,
    pub topic: Option<&'a str>,
    pub status: Option<&'a str>,
}

impl<'a> Keys<'a> {
    /// `None` when the text has not the cells of a row.
    pub fn in_text(text: &'a str) -> Option<Keys<'a>> {
        let mut keys = Keys::default();
        let mut at = None;
        let mut rest = text;
        for place in 0..=STATUS {
            // Cells are short: looking at each byte is quicker than a search that sets out anew for each. `verify` does it for all rows.
            let end = rest.bytes().position(|byte| byte == SEPARATOR as u8)?;
            let cell = &rest[..end];
            rest = &rest[end + 1..];
            if cell.is_empty() {
                continue;
            }
            match place {
                KIND => keys.kind = cell,
                OUTPUT => keys.output = Some(cell),
                BROADCAST => keys.broadcast = Some(cell),
                TOPIC => keys.topic = Some(cell),
                PLANNED_AT | STARTED_AT | ENDED_AT if at.is_none() => at = Some(read_stamp(cell)?),
                STATUS => keys.status = Some(cell),
                _ => {}
            }
        }
        let count = STATUS + 2 + rest.bytes().filter(|byte| *byte == SEPARATOR as u8).count();
        keys.at_ms = at.map(|at| at.0.div_euclid(1_000_000));
        (count == COLUMNS.len() - 1).then_some(keys)
    }

    /// The first column that differs from what the table has there.
    pub fn differ<'t>(&self, table: impl Fn(usize) -> ValueRef<'t>) -> Option<&'static str> {
        let text = |cell: Option<&'a str>| cell.map_or(ValueRef::Null, |cell| ValueRef::Text(cell.as_bytes()));
        let expected = [
            text(Some(self.kind)),
            self.at_ms.map_or(ValueRef::Null, ValueRef::Integer),
            text(self.broadcast),
            text(self.output),
            text(self.topic),
            text(self.status),
        ];
        (0..KEYS.len()).find(|place| table(*place) != expected[*place]).map(|place| KEYS[place])
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
            (TOPIC, "topic"),
            (PLANNED_AT, "planned_at"),
            (STARTED_AT, "started_at"),
            (ENDED_AT, "ended_at"),
            (STATUS, "status"),
        ];
        for (place, name) in named {
            assert_eq!(COLUMNS[place].name, name);
        }
    }
}
