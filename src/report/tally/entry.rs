//! A row as the tally reads it: its cells borrowed from the canonical text, so that a million rows need no million values.

use crate::asrun::row::SEPARATOR;
use crate::asrun::row::cells::members;
use crate::asrun::row::read_stamp;
use crate::terms::*;

/// How many cells a canonical text has.
const CELLS: usize = 38;

macro_rules! places {
    ($($name:ident = $place:literal),* $(,)?) => {
        $(const $name: usize = $place;)*
        #[cfg(test)]
        const PLACES: &[(&str, usize)] = &[$((stringify!($name), $place)),*];
    };
}
places! {
    KIND = 1, STATION = 2, OUTPUT = 3, ZONES = 4, BROADCAST = 5, PROGRAMME = 7, ELEMENT = 8, TAKE = 9, ITEM = 10, ITEM_KIND = 11,
    TITLE = 12, TOPIC = 13, LANGUAGE = 15, SUPPLIER = 16, CONTACTS = 17, PRIORITY = 18, PLANNED_AT = 19, PLANNED_MS = 20, STARTED_AT = 21,
    ENDED_AT = 22, AIRTIME_MS = 23, STATUS = 26, REASON = 27, LATE_MS = 28, ACTOR = 31, DEVICE = 32, ORIGIN = 33, DETAIL = 35, FILE_HASH = 36,
    PLAN_HASH = 37,
}

/// One row of the log.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    text: &'a str,
    /// Where each cell begins and ends.
    cells: [(u32, u32); CELLS],
}

impl<'a> Entry<'a> {
    /// `None` for a text that is no row; `verify` names it.
    pub fn read(text: &'a str) -> Option<Entry<'a>> {
        let mut cells = [(0, 0); CELLS];
        let mut start = 0;
        let mut count = 0;
        for end in memchr::memchr_iter(SEPARATOR as u8, text.as_bytes()).chain([text.len()]) {
            *cells.get_mut(count)? = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
            count += 1;
            start = end + 1;
        }
        (count == CELLS).then_some(Entry { text, cells })
    }

    fn cell(&self, place: usize) -> &'a str {
        self.cells.get(place).and_then(|(from, to)| self.text.get(*from as usize..*to as usize)).unwrap_or("")
    }

    fn some(&self, place: usize) -> Option<&'a str> {
        Some(self.cell(place)).filter(|cell| !cell.is_empty())
    }

    fn number<T: std::str::FromStr>(&self, place: usize) -> Option<T> {
        self.cell(place).parse().ok()
    }

    fn between(&self, first: usize, last: usize) -> &'a str {
        let (from, to) = (self.cells.get(first).map_or(0, |cell| cell.0), self.cells.get(last).map_or(0, |cell| cell.1));
        self.text.get(from as usize..to as usize).unwrap_or("")
    }

    pub fn kind(&self) -> Option<Kind> {
        self.cell(KIND).parse().ok()
    }
    pub fn station(&self) -> &'a str {
        self.cell(STATION)
    }
    pub fn output(&self) -> &'a str {
        self.cell(OUTPUT)
    }
    pub fn zones(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        members(self.cell(ZONES))
    }
    pub fn broadcast(&self) -> &'a str {
        self.cell(BROADCAST)
    }
    pub fn programme(&self) -> &'a str {
        self.cell(PROGRAMME)
    }
    pub fn element(&self) -> Option<u32> {
        self.number(ELEMENT)
    }
    pub fn take(&self) -> Option<u32> {
        self.number(TAKE)
    }
    pub fn item(&self) -> &'a str {
        self.cell(ITEM)
    }
    pub fn item_kind(&self) -> Option<ItemKind> {
        self.cell(ITEM_KIND).parse().ok()
    }
    pub fn title(&self) -> &'a str {
        self.cell(TITLE)
    }
    pub fn topic(&self) -> &'a str {
        self.cell(TOPIC)
    }
    pub fn language(&self) -> &'a str {
        self.cell(LANGUAGE)
    }
    pub fn supplier(&self) -> &'a str {
        self.cell(SUPPLIER)
    }
    pub fn contacts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        members(self.cell(CONTACTS))
    }
    pub fn is_emergency(&self) -> bool {
        self.cell(PRIORITY) == Priority::Emergency.as_str()
    }
    pub fn planned_at(&self) -> Option<Wall> {
        read_stamp(self.cell(PLANNED_AT))
    }
    pub fn planned_ms(&self) -> i64 {
        self.number(PLANNED_MS).unwrap_or(0)
    }
    pub fn started_at(&self) -> Option<Wall> {
        read_stamp(self.cell(STARTED_AT))
    }
    pub fn ended_at(&self) -> Option<Wall> {
        read_stamp(self.cell(ENDED_AT))
    }
    pub fn airtime_ms(&self) -> i64 {
        self.number(AIRTIME_MS).unwrap_or(0)
    }
    pub fn status(&self) -> Option<Status> {
        self.cell(STATUS).parse().ok()
    }
    pub fn reason(&self) -> Option<Reason> {
        self.cell(REASON).parse().ok()
    }
    pub fn late_ms(&self) -> Option<i64> {
        self.number(LATE_MS)
    }
    pub fn actor(&self) -> Option<&'a str> {
        self.some(ACTOR)
    }
    pub fn device(&self) -> &'a str {
        self.cell(DEVICE)
    }
    /// It went to `null` or into a file, where nobody hears it.
    pub fn went_nowhere(&self) -> bool {
        self.device() == "null" || self.device().starts_with("wav:")
    }
    pub fn origin(&self) -> Option<Origin> {
        self.cell(ORIGIN).parse().ok()
    }
    pub fn detail(&self) -> &'a str {
        self.cell(DETAIL)
    }
    pub fn file_hash(&self) -> &'a str {
        self.cell(FILE_HASH)
    }
    pub fn plan_hash(&self) -> &'a str {
        self.cell(PLAN_HASH)
    }
    /// All that says which broadcast of which station on which output this is, as one text.
    pub fn place_text(&self) -> &'a str {
        self.between(STATION, PROGRAMME)
    }
    /// All that a row says of its item, as one text.
    pub fn item_text(&self) -> &'a str {
        self.between(ITEM, CONTACTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asrun::row::cells::{canonical_columns, place_of};

    #[test]
    fn the_cells_stand_where_the_columns_say() {
        assert_eq!(canonical_columns().len(), CELLS);
        for (name, place) in PLACES {
            assert_eq!(place_of(&name.to_lowercase()), Some(*place), "{name}");
        }
    }

    #[test]
    fn a_text_that_is_no_row_is_none() {
        assert!(Entry::read("").is_none());
        assert!(Entry::read(&"\u{1f}".repeat(40)).is_none());
    }
}
