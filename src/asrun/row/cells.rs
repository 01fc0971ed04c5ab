//! The columns of a row, once: name, form, how a cell is printed and how it is read back.
//!
//! The canonical text of a row is its cells in this order, without `row_hash`, joined by U+001F. A cell that holds that character, or
//! any other control character, cannot be written: [`Row::canonical`] refuses it, [`Row::clean`] says what it had to replace.

use std::fmt::Write;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::Row;
use super::stamp::{read_stamp, write_stamp};
use crate::asrun::fact::Fact;
use crate::terms::*;

/// Stands between the cells of a canonical text: U+001F, the unit separator.
pub const SEPARATOR: char = '\u{1f}';

/// What stands between the members of a list (`zones`, `tags`, `contacts`). Inside a member it is printed as a comma.
const BETWEEN: char = ';';

/// How a cell is to be understood; JSON and CSV go by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellForm {
    Text,
    /// A whole number in decimal.
    Number,
    /// A number with one digit after the point.
    Tenths,
    /// `true` or `false`.
    Bool,
    /// As [`super::stamp`] prints it.
    Time,
    /// Members joined by `;`.
    List,
    /// One JSON object on one line.
    Json,
}

/// One column of the log.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub form: CellForm,
    write: fn(&Row, &TimeZone, &mut String),
    read: fn(&mut Row, &str) -> Option<()>,
}

/// A canonical text that cannot be: which column is at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    #[error("the cell `{column}` holds a control character")]
    Control { column: &'static str },
    #[error("the cell `{column}` cannot be read: `{cell}`")]
    Unreadable { column: &'static str, cell: String },
    #[error("{found} cells where {} are expected", COLUMNS.len() - 1)]
    Cells { found: usize },
}

macro_rules! columns {
    ($($name:literal $form:ident $($field:ident)? $(($write:path, $read:path))?),* $(,)?) => {
        /// All columns, in the order in which every row and export has them.
        pub static COLUMNS: [Column; 39] = [$(Column {
            name: $name,
            form: CellForm::$form,
            write: $(|row, tz, out| row.$field.write(tz, out))? $($write)?,
            read: $(|row, text| {
                row.$field = CellValue::read(text)?;
                Some(())
            })? $($read)?,
        }),*];
    };
}

columns! {
    "seq" Number seq,
    "kind" Text (write_kind, read_kind),
    "station" Text station,
    "output" Text output,
    "zones" List zones,
    "broadcast" Text broadcast,
    "campaign" Text campaign,
    "programme" Text programme,
    "element" Number element,
    "take" Number take,
    "item" Text item,
    "item_kind" Text item_kind,
    "title" Text title,
    "topic" Text topic,
    "tags" List tags,
    "language" Text language,
    "supplier" Text supplier,
    "contacts" List contacts,
    "priority" Text priority,
    "planned_at" Time planned_at,
    "planned_ms" Number planned_ms,
    "started_at" Time started_at,
    "ended_at" Time ended_at,
    "airtime_ms" Number airtime_ms,
    "frames" Number frames,
    "rate" Number rate,
    "status" Text status,
    "reason" Text reason,
    "late_ms" Number late_ms,
    "level_lufs" Tenths level_lufs_tenths,
    "first_run" Bool first_run,
    "actor" Text actor,
    "device" Text device,
    "origin" Text origin,
    "clock" Text clock,
    "detail" Json (write_detail, read_detail),
    "file_hash" Text file_hash,
    "plan_hash" Text plan_hash,
    "row_hash" Text row_hash,
}

fn write_kind(row: &Row, tz: &TimeZone, out: &mut String) {
    row.kind().write(tz, out);
}

/// What it says of its kind follows in `detail`.
fn read_kind(row: &mut Row, text: &str) -> Option<()> {
    row.fact = Kind::read(text)?.into();
    Some(())
}

fn write_detail(row: &Row, _tz: &TimeZone, out: &mut String) {
    out.push_str(&row.detail());
}

fn read_detail(row: &mut Row, text: &str) -> Option<()> {
    (row.fact, row.notes) = Fact::parse(row.kind(), text);
    Some(())
}

/// The columns of the canonical text: all but `row_hash`.
pub fn canonical_columns() -> &'static [Column] {
    COLUMNS.split_last().map_or(&[], |(_, columns)| columns)
}

/// Where a column stands, by name.
pub fn place_of(name: &str) -> Option<usize> {
    COLUMNS.iter().position(|column| column.name == name)
}

impl Row {
    /// The canonical text, with instants in the station's zone.
    pub fn canonical(&self, tz: &TimeZone) -> Result<String, BadText> {
        let mut text = String::with_capacity(640);
        let mut start = 0;
        for (place, column) in canonical_columns().iter().enumerate() {
            if place > 0 {
                text.push(SEPARATOR);
                start = text.len();
            }
            (column.write)(self, tz, &mut text);
            if text[start..].chars().any(unwritable) {
                return Err(BadText::Control { column: column.name });
            }
        }
        Ok(text)
    }

    /// Reads a canonical text. `row_hash` is not part of it and stays empty.
    pub fn parse(text: &str) -> Result<Row, BadText> {
        let mut row = Row::of(Kind::Gap, Arc::from(""), Origin::Live);
        let mut cells = text.split(SEPARATOR);
        for (place, column) in canonical_columns().iter().enumerate() {
            let Some(cell) = cells.next() else { return Err(BadText::Cells { found: place }) };
            let bad = || BadText::Unreadable { column: column.name, cell: cell.to_owned() };
            (column.read)(&mut row, cell).ok_or_else(bad)?;
        }
        match cells.count() {
            0 => Ok(row),
            more => Err(BadText::Cells { found: COLUMNS.len() - 1 + more }),
        }
    }

    /// Replaces what no cell may hold by U+FFFD, and returns the columns in which it did.
    pub fn clean(&mut self) -> Vec<&'static str> {
        let mut cleaned = Vec::new();
        for column in canonical_columns() {
            let mut cell = String::new();
            (column.write)(self, &TimeZone::UTC, &mut cell);
            if cell.chars().any(unwritable) {
                let clean: String = cell.chars().map(|c| if unwritable(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
                // Texts, lists and JSON read back whatever they hold; other forms print no control characters.
                if (column.read)(self, &clean).is_some() {
                    cleaned.push(column.name);
                }
            }
        }
        cleaned
    }
}

/// What would break a line or the separation of cells: control characters, and the two separators of lines and paragraphs.
fn unwritable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A value that a cell can hold. An empty cell is `None`, an empty list, or an empty text.
trait CellValue: Sized {
    fn write(&self, tz: &TimeZone, out: &mut String);
    fn read(text: &str) -> Option<Self>;
}

/// A member of a list. None of them is empty.
trait Member: Sized {
    fn text(&self) -> &str;
    fn of(text: &str) -> Self;
}

impl<T: CellValue> CellValue for Option<T> {
    fn write(&self, tz: &TimeZone, out: &mut String) {
        if let Some(value) = self {
            value.write(tz, out);
        }
    }
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { T::read(text).map(Some) }
    }
}

impl<T: Member> CellValue for Vec<T> {
    fn write(&self, _tz: &TimeZone, out: &mut String) {
        let mut first = true;
        for member in self.iter().map(Member::text).filter(|text| !text.is_empty()) {
            if !first {
                out.push(BETWEEN);
            }
            first = false;
            out.extend(member.chars().map(|c| if c == BETWEEN { ',' } else { c }));
        }
    }
    fn read(text: &str) -> Option<Self> {
        Some(members(text).map(T::of).collect())
    }
}

/// The members of a list's cell.
pub fn members(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(BETWEEN).filter(|member| !member.is_empty())
}

impl Member for String {
    fn text(&self) -> &str {
        self
    }
    fn of(text: &str) -> Self {
        text.to_owned()
    }
}

impl CellValue for String {
    fn write(&self, _tz: &TimeZone, out: &mut String) {
        out.push_str(self);
    }
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl CellValue for Arc<str> {
    fn write(&self, _tz: &TimeZone, out: &mut String) {
        out.push_str(self);
    }
    fn read(text: &str) -> Option<Self> {
        Some(Arc::from(text))
    }
}

macro_rules! ids {
    ($($id:ident),*) => {$(
        impl CellValue for $id {
            fn write(&self, _tz: &TimeZone, out: &mut String) {
                out.push_str(self.as_str());
            }
            fn read(text: &str) -> Option<Self> {
                Some($id::from(text))
            }
        }
        impl Member for $id {
            fn text(&self) -> &str {
                self.as_str()
            }
            fn of(text: &str) -> Self {
                $id::from(text)
            }
        }
    )*};
}
ids!(OutputId, ZoneId, TopicId, SupplierId, ItemId, ContactId, ProgrammeId, CampaignId, BroadcastId, FileHash, PlanHash);

macro_rules! closed {
    ($($list:ident),*) => {$(
        impl CellValue for $list {
            fn write(&self, _tz: &TimeZone, out: &mut String) {
                out.push_str(self.as_str());
            }
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}
closed!(Kind, ItemKind, Priority, Status, Reason, Origin, Evidence);

macro_rules! numbers {
    ($($number:ident),*) => {$(
        impl CellValue for $number {
            fn write(&self, _tz: &TimeZone, out: &mut String) {
                // Writing into a String cannot fail.
                let _ = write!(out, "{self}");
            }
            fn read(text: &str) -> Option<Self> {
                let value: $number = text.parse().ok()?;
                // `+5` and `007` would be other texts for the same number: a row has one canonical text only.
                canonical_number(text).then_some(value)
            }
        }
    )*};
}
numbers!(u32, u64, i64);

fn canonical_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text == "0" || (!digits.starts_with('0') && !digits.starts_with('+'))
}

/// The only i32 of a row is `level_lufs`, in tenths.
impl CellValue for i32 {
    fn write(&self, _tz: &TimeZone, out: &mut String) {
        let sign = if *self < 0 { "-" } else { "" };
        let tenths = self.unsigned_abs();
        let _ = write!(out, "{sign}{}.{}", tenths / 10, tenths % 10);
    }
    fn read(text: &str) -> Option<Self> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, tenth) = rest.split_once('.')?;
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if tenth.len() != 1 || !plain(tenth) || !plain(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        let size = whole.parse::<i64>().ok()?.checked_mul(10)?.checked_add(tenth.parse().ok()?)?;
        if negative && size == 0 {
            return None;
        }
        i32::try_from(if negative { -size } else { size }).ok()
    }
}

impl CellValue for bool {
    fn write(&self, _tz: &TimeZone, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
    fn read(text: &str) -> Option<Self> {
        match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

impl CellValue for Wall {
    fn write(&self, tz: &TimeZone, out: &mut String) {
        write_stamp(*self, tz, out);
    }
    fn read(text: &str) -> Option<Self> {
        read_stamp(text)
    }
}
