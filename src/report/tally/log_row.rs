//! A row as reports read it, typed once. Its texts stay borrowed from the canonical text, so that a million rows need no million values.

use crate::asrun::fact::{AirFact, Fact};
use crate::asrun::row::cells::members;
use crate::asrun::row::read_stamp;
use crate::asrun::row::{SEPARATOR, is_test_device};
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogRow<'a> {
    pub kind: Kind,
    /// The planned instant of what it is about; where nothing was planned, when it began.
    pub at: Option<Wall>,
    pub emergency: bool,
    /// Not of a rehearsal or simulation.
    pub live: bool,
    pub fact: RowFact<'a>,
    zones: &'a str,
}

/// What reports go by, by kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowFact<'a> {
    Air(AirRow<'a>),
    End(EndRow<'a>),
    Hand(HandRow<'a>),
    /// Nothing that is counted.
    Other,
}

/// One take of one element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AirRow<'a> {
    pub slot: RowSlot<'a>,
    pub element: u32,
    pub take: u32,
    pub item: RowItem<'a>,
    pub file_hash: &'a str,
    pub planned_ms: i64,
    pub started_at: Option<Wall>,
    pub airtime_ms: i64,
    pub status: Status,
    pub reason: Option<Reason>,
    pub late_ms: Option<i64>,
    /// It went to `null` or into a file, where nobody hears it.
    pub went_nowhere: bool,
}

/// How a slot ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EndRow<'a> {
    pub slot: RowSlot<'a>,
    pub plan_hash: &'a str,
    pub status: Status,
    pub reason: Option<Reason>,
}

/// What a person says was read live or relayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HandRow<'a> {
    pub started_at: Wall,
    pub ended_at: Option<Wall>,
    pub what: Manual,
    pub title: &'a str,
    pub actor: &'a str,
}

/// Which planned broadcast of which station, on which output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowSlot<'a> {
    pub planned_at: Wall,
    pub output: &'a str,
    pub broadcast: &'a str,
    pub programme: &'a str,
    /// All of it but the instant, as one text.
    pub text: &'a str,
}

/// What it says of its item; nothing where a pool had nothing to offer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowItem<'a> {
    pub id: &'a str,
    pub kind: Option<ItemKind>,
    pub title: &'a str,
    pub topic: &'a str,
    pub language: &'a str,
    pub supplier: &'a str,
    contacts: &'a str,
    /// All of it but what `detail` says, as one text.
    pub text: &'a str,
    detail: &'a str,
}

impl<'a> LogRow<'a> {
    /// `None` for a text that is no row, or lacks what a row of its kind has; `verify` names it.
    pub fn read(text: &'a str) -> Option<LogRow<'a>> {
        let cells = Cells::of(text)?;
        let (kind, planned_at) = (cells.parsed(KIND)?, cells.stamp(PLANNED_AT));
        let fact = match kind {
            Kind::Air => RowFact::Air(cells.air(planned_at?)?),
            Kind::End => RowFact::End(cells.end(planned_at?)?),
            Kind::Hand => RowFact::Hand(cells.hand()?),
            Kind::Start | Kind::Stop | Kind::Plan | Kind::Clock | Kind::Order | Kind::Fault | Kind::Gap | Kind::Void => {
                RowFact::Other
            }
        };
        Some(LogRow {
            kind,
            at: planned_at.or_else(|| cells.stamp(STARTED_AT)),
            emergency: cells.cell(PRIORITY) == Priority::Emergency.as_str(),
            live: cells.cell(ORIGIN) == Origin::Live.as_str(),
            fact,
            zones: cells.cell(ZONES),
        })
    }

    pub fn zones(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        members(self.zones)
    }
}

impl<'a> RowItem<'a> {
    pub fn detail(&self) -> &'a str {
        self.detail
    }

    /// Whether its topic is a duty, and what it translates.
    pub fn told(&self) -> AirFact {
        match Fact::parse(Kind::Air, self.detail).0 {
            Fact::Air(air) => air,
            _ => AirFact::default(),
        }
    }

    pub fn contacts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        members(self.contacts)
    }
}

/// A canonical text, and where each cell begins and ends.
struct Cells<'a> {
    text: &'a str,
    ends: [(u32, u32); CELLS],
}

impl<'a> Cells<'a> {
    fn of(text: &'a str) -> Option<Cells<'a>> {
        let mut ends = [(0, 0); CELLS];
        let mut start = 0;
        let mut count = 0;
        for end in memchr::memchr_iter(SEPARATOR as u8, text.as_bytes()).chain([text.len()]) {
            *ends.get_mut(count)? = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
            count += 1;
            start = end + 1;
        }
        (count == CELLS).then_some(Cells { text, ends })
    }

    fn between(&self, first: usize, last: usize) -> &'a str {
        let (from, to) = (self.ends.get(first).map_or(0, |cell| cell.0), self.ends.get(last).map_or(0, |cell| cell.1));
        self.text.get(from as usize..to as usize).unwrap_or("")
    }

    fn cell(&self, place: usize) -> &'a str {
        self.between(place, place)
    }

    fn parsed<T: std::str::FromStr>(&self, place: usize) -> Option<T> {
        self.cell(place).parse().ok()
    }

    fn stamp(&self, place: usize) -> Option<Wall> {
        read_stamp(self.cell(place))
    }

    fn air(&self, planned_at: Wall) -> Option<AirRow<'a>> {
        let device = self.cell(DEVICE);
        Some(AirRow {
            slot: self.slot(planned_at),
            element: self.parsed(ELEMENT).unwrap_or(0),
            take: self.parsed(TAKE).unwrap_or(0),
            item: RowItem {
                id: self.cell(ITEM),
                kind: self.parsed(ITEM_KIND),
                title: self.cell(TITLE),
                topic: self.cell(TOPIC),
                language: self.cell(LANGUAGE),
                supplier: self.cell(SUPPLIER),
                contacts: self.cell(CONTACTS),
                text: self.between(ITEM, CONTACTS),
                detail: self.cell(DETAIL),
            },
            file_hash: self.cell(FILE_HASH),
            planned_ms: self.parsed(PLANNED_MS).unwrap_or(0),
            started_at: self.stamp(STARTED_AT),
            airtime_ms: self.parsed(AIRTIME_MS).unwrap_or(0),
            status: self.parsed(STATUS)?,
            reason: self.parsed(REASON),
            late_ms: self.parsed(LATE_MS),
            went_nowhere: is_test_device(device),
        })
    }

    fn end(&self, planned_at: Wall) -> Option<EndRow<'a>> {
        let (slot, status) = (self.slot(planned_at), self.parsed(STATUS)?);
        Some(EndRow { slot, plan_hash: self.cell(PLAN_HASH), status, reason: self.parsed(REASON) })
    }

    fn hand(&self) -> Option<HandRow<'a>> {
        let what = match Fact::parse(Kind::Hand, self.cell(DETAIL)).0 {
            Fact::Hand(entry) => entry.what,
            _ => Manual::Live,
        };
        let (started_at, ended_at) = (self.stamp(STARTED_AT)?, self.stamp(ENDED_AT));
        Some(HandRow { started_at, ended_at, what, title: self.cell(TITLE), actor: self.cell(ACTOR) })
    }

    fn slot(&self, planned_at: Wall) -> RowSlot<'a> {
        RowSlot {
            planned_at,
            output: self.cell(OUTPUT),
            broadcast: self.cell(BROADCAST),
            programme: self.cell(PROGRAMME),
            text: self.between(STATION, PROGRAMME),
        }
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
        assert!(LogRow::read("").is_none());
        assert!(LogRow::read(&"\u{1f}".repeat(40)).is_none());
    }
}
