//! Writes within one transaction, and what the store keeps in memory beside it: both succeed or neither.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::{LogError, Reader, schema, table, void};
use crate::asrun::chain::{Head, RowHash};
use crate::asrun::fact::{Fact, VoidFact};
use crate::asrun::open::{OpenSlot, SlotChange};
use crate::asrun::row::Row;
use crate::asrun::row::cells::BadText;
use crate::terms::*;

/// What the store knows without asking the file.
#[derive(Debug)]
pub(super) struct Cached {
    pub head: Head,
    /// OpenSlot slots as they stand in the file.
    armed: HashMap<String, OpenSlot>,
    /// What the open transaction put others in the place of.
    undo: Vec<(String, Option<OpenSlot>)>,
}

impl Cached {
    pub fn load(db: &Connection) -> Result<Cached, LogError> {
        let armed = open_slots(db)?.into_iter().map(|entry| (key(&entry.slot), entry)).collect();
        Ok(Cached { head: schema::head(db)?, armed, undo: Vec::new() })
    }

    /// The transaction is on the disk.
    pub fn keep(&mut self) {
        self.undo.clear();
    }

    /// The transaction is gone.
    pub fn undo(&mut self, head: Head) {
        self.head = head;
        while let Some((key, before)) = self.undo.pop() {
            match before {
                Some(entry) => drop(self.armed.insert(key, entry)),
                None => drop(self.armed.remove(&key)),
            }
        }
    }

    /// Writes all open slots: a simulation's log keeps them in memory until it is flushed.
    pub fn write_armed(&self, db: &Connection) -> Result<(), LogError> {
        db.execute_batch("DELETE FROM unsettled; DELETE FROM marks;")?;
        for (key, entry) in &self.armed {
            db.prepare_cached(ARM)?.execute([key.as_str(), &text_of(entry)?])?;
        }
        Ok(())
    }
}

const ARM: &str = "INSERT INTO unsettled VALUES (?1, ?2) ON CONFLICT (slot) DO UPDATE SET armed = excluded.armed";
const MARK: &str = "INSERT INTO marks VALUES (?1, ?2) ON CONFLICT (slot) DO UPDATE SET mark = excluded.mark";

/// The first run of a content. A `void` row names all rows of its slot before it.
const FIRST_RUN: &str = "SELECT 1 FROM log AS run WHERE file_hash = ?1 AND first_run = 'true' AND NOT EXISTS (
    SELECT 1 FROM log WHERE kind IN ('end', 'void') AND kind = 'void' AND seq > run.seq
    AND unixepoch(planned_at) = unixepoch(run.planned_at) AND broadcast = run.broadcast AND output = run.output)";

/// An open transaction.
pub struct Batch<'a> {
    reader: &'a Reader,
    db: &'a Connection,
    origin: Origin,
    tz: &'a TimeZone,
    state: &'a mut Cached,
}

impl<'a> Batch<'a> {
    pub(super) fn new(reader: &'a Reader, tz: &'a TimeZone, state: &'a mut Cached) -> Batch<'a> {
        Batch { reader, db: reader.db(), origin: reader.origin(), tz, state }
    }

    /// See [`super::Store::append`].
    pub fn append(&mut self, rows: impl IntoIterator<Item = Row>) -> Result<Vec<Row>, LogError> {
        rows.into_iter().map(|row| self.append_one(row)).collect()
    }

    fn append_one(&mut self, mut row: Row) -> Result<Row, LogError> {
        row.seq = self.state.head.seq + 1;
        row.origin = self.origin;
        if row.kind() == Kind::Void {
            self.name_void(&mut row)?;
        }
        self.tell_first_run(&mut row)?;
        let text = canonical(&mut row, self.tz)?;
        let head = self.state.head.next(&text);
        let written = Row { row_hash: head.hash.to_string(), ..floored(row) };
        self.insert(&written, &text, head.hash)?;
        self.state.head = head;
        Ok(written)
    }

    /// Says in a `void` row which rows count nowhere from now on: all of its slot that an earlier one does not name. The sign of life that
    /// the wrong time gave goes with them: a start owes what comes after the right one.
    fn name_void(&mut self, row: &mut Row) -> Result<(), LogError> {
        let alive_at = self.reader.alive_at()?;
        if let Some(right) = row.started_at.filter(|right| alive_at.is_some_and(|alive_at| *right < alive_at)) {
            self.alive(right)?;
        }
        let named = void::of_slot(self.reader, row)?;
        row.fact = Fact::Void(VoidFact { rows: named });
        Ok(())
    }

    fn insert(&mut self, row: &Row, text: &str, hash: RowHash) -> Result<(), LogError> {
        if matches!(row.kind(), Kind::End | Kind::Void) && row.slot().is_none() {
            return Err(LogError::EndOfNothing);
        }
        match (table::insert(self.db, text, hash), row.slot()) {
            (Ok(_), _) => Ok(()),
            // The guards of the slot's one end; that of the order cannot trip, because the number is the next one.
            (Err(rusqlite::Error::SqliteFailure(error, _)), Some(slot))
                if error.code == rusqlite::ErrorCode::ConstraintViolation =>
            {
                match row.kind() {
                    Kind::End => Err(LogError::EndedTwice(slot)),
                    Kind::Void => Err(LogError::NotEnded(slot)),
                    _ => Err(rusqlite::Error::SqliteFailure(error, None).into()),
                }
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    /// A whole airing is a first run when its content never aired whole before. A void airing does not count as one, and
    /// what goes to a test device is no first run.
    fn tell_first_run(&mut self, row: &mut Row) -> Result<(), LogError> {
        let unheard = row.device.as_deref().is_some_and(crate::asrun::row::is_test_device);
        if row.kind() != Kind::Air || row.status != Some(Status::Aired) || row.first_run.is_some() || unheard {
            return Ok(());
        }
        if let Some(hash) = &row.file_hash {
            row.first_run = Some(!self.db.prepare_cached(FIRST_RUN)?.exists([hash.as_str()])?);
        }
        Ok(())
    }

    /// See [`super::Store::mark`]. What is not yet armed is armed.
    pub fn mark(&mut self, open_slot: &OpenSlot) -> Result<(), LogError> {
        let key = key(&open_slot.slot);
        if self.origin != Origin::Simulation {
            let known = self.state.armed.get(&key);
            if known.is_some_and(|known| known.facts == open_slot.facts && known.elements == open_slot.elements) {
                self.db.prepare_cached(MARK)?.execute([&key, &changing(open_slot)?])?;
            } else {
                self.db.prepare_cached(ARM)?.execute([&key, &text_of(open_slot)?])?;
                self.db.prepare_cached("DELETE FROM marks WHERE slot = ?1")?.execute([&key])?;
            }
        }
        let before = self.state.armed.insert(key.clone(), open_slot.clone());
        self.state.undo.push((key, before));
        Ok(())
    }

    /// What an append does to an open slot.
    pub fn change(&mut self, change: &SlotChange) -> Result<(), LogError> {
        match change {
            SlotChange::Nothing => Ok(()),
            SlotChange::Update(open_slot) => self.mark(open_slot),
            SlotChange::Clear(slot) => self.clear(slot),
        }
    }

    fn clear(&mut self, slot: &Slot) -> Result<(), LogError> {
        let key = key(slot);
        let Some(before) = self.state.armed.remove(&key) else { return Ok(()) };
        self.state.undo.push((key.clone(), Some(before)));
        if self.origin != Origin::Simulation {
            self.db.prepare_cached("DELETE FROM unsettled WHERE slot = ?1")?.execute([&key])?;
            self.db.prepare_cached("DELETE FROM marks WHERE slot = ?1")?.execute([&key])?;
        }
        Ok(())
    }

    /// See [`super::Store::alive`].
    pub fn alive(&mut self, at: Wall) -> Result<(), LogError> {
        schema::set_meta(self.db, "alive_at", &at.0.to_string())
    }
}

/// A slot as the key of the tables of open slots; instants to the millisecond, as in rows.
fn key(slot: &Slot) -> String {
    format!("{}\u{1f}{}\u{1f}{}", slot.planned_at.0.div_euclid(1_000_000), slot.output, slot.broadcast)
}

fn text_of(open_slot: &OpenSlot) -> Result<String, LogError> {
    serde_json::to_string(open_slot).map_err(unprintable)
}

/// An open slot without what cannot change while it sounds, which is most of it.
fn changing(open_slot: &OpenSlot) -> Result<String, LogError> {
    let mut light = open_slot.clone();
    light.elements = std::sync::Arc::from([]);
    let mut value = serde_json::to_value(light).map_err(unprintable)?;
    if let Some(map) = value.as_object_mut() {
        map.remove("elements");
        map.remove("facts");
    }
    Ok(value.to_string())
}

fn unprintable(error: serde_json::Error) -> LogError {
    LogError::Database(rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Every open slot, with the newest mark of each. Entries that cannot be read are left out: they are worth less than a start.
pub(super) fn open_slots(db: &Connection) -> Result<Vec<OpenSlot>, LogError> {
    let mut all = db.prepare("SELECT armed, mark FROM unsettled LEFT JOIN marks USING (slot) ORDER BY slot")?;
    let texts = all.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)))?;
    let mut found = Vec::new();
    for pair in texts {
        let (armed, mark) = pair?;
        let Ok(mut whole) = serde_json::from_str::<Map<String, Value>>(&armed) else { continue };
        if let Some(Ok(mark)) = mark.map(|mark| serde_json::from_str::<Map<String, Value>>(&mark)) {
            whole.extend(mark);
        }
        found.extend(serde_json::from_value::<OpenSlot>(Value::Object(whole)));
    }
    Ok(found)
}

/// The row's canonical text. Nothing that happened may stay out of the log because of a stray character, so those are replaced.
fn canonical(row: &mut Row, tz: &TimeZone) -> Result<String, LogError> {
    match row.canonical(tz) {
        Ok(text) => Ok(text),
        Err(BadText::Control { .. } | BadText::Unreadable { .. } | BadText::Cells { .. }) => {
            row.notes.cleaned = row.clean().into_iter().map(str::to_owned).collect();
            row.canonical(tz).map_err(|bad| LogError::Database(rusqlite::Error::ToSqlConversionFailure(Box::new(bad))))
        }
    }
}

/// Instants as they are read back.
fn floored(mut row: Row) -> Row {
    for at in [&mut row.planned_at, &mut row.started_at, &mut row.ended_at] {
        *at = at.map(Wall::floor_ms);
    }
    row
}
