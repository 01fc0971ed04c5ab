//! The tables as one CSV file: the first cell of each line names the table, so that a spreadsheet can filter by it. Figures are plain
//! numbers with the decimal mark of the report's language (a Vietnamese spreadsheet takes `16.1` for the 16th of January); airtime is in
//! minutes, a take's length in seconds. Texts that a spreadsheet would take for a formula get a `'`.

use std::io::Write;

use crate::lang::{Language, report as words};
use crate::report::tally::phrases;
use crate::report::tally::table::{Cell, Column, Minutes, ReportTable, TableLine};
use crate::report::write::paper::clean;

/// The file, open to be written to.
pub struct CsvFile<W: Write> {
    out: csv::Writer<W>,
    lang: Language,
}

impl<W: Write> CsvFile<W> {
    pub fn new(out: W, lang: Language) -> CsvFile<W> {
        CsvFile { out: csv::WriterBuilder::new().flexible(true).from_writer(out), lang }
    }

    /// A sentence that stands over the tables.
    pub fn note(&mut self, text: &str) -> csv::Result<()> {
        self.out.write_record(["#", &harmless(text)])
    }

    pub fn table(&mut self, table: &ReportTable) -> csv::Result<()> {
        self.head(table.id.as_str(), &table.columns, table.about.as_deref())?;
        table.lines.iter().try_for_each(|line| self.line(table.id.as_str(), line))
    }

    pub fn head(&mut self, id: &str, columns: &[Column], about: Option<&str>) -> csv::Result<()> {
        if let Some(about) = about {
            self.out.write_record([id, &harmless(about)])?;
        }
        let heads: Vec<String> = columns.iter().map(|column| head(self.lang, id, *column)).collect();
        let heads = heads.iter().map(String::as_str);
        self.out.write_record([id].into_iter().chain(heads))
    }

    pub fn line(&mut self, id: &str, line: &TableLine) -> csv::Result<()> {
        let cells = line.cells.iter().map(|cell| plain(self.lang, cell));
        self.out.write_record([id.to_owned()].into_iter().chain(cells))
    }

    /// A line of a file of one table, without its name.
    pub fn bare(&mut self, cells: impl IntoIterator<Item = String>) -> csv::Result<()> {
        self.out.write_record(cells)
    }

    pub fn finish(mut self) -> csv::Result<W> {
        self.out.flush()?;
        self.out.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }
}

/// The head of a column, with its unit.
pub fn head(lang: Language, id: &str, column: Column) -> String {
    let head = words::column(lang, id, column.as_str());
    if column == Column::Length { words::in_seconds(lang, head) } else { head.to_owned() }
}

/// A cell for a spreadsheet: exact.
pub fn plain(lang: Language, cell: &Cell) -> String {
    let mark = words::decimal_mark(lang);
    let sign = |value: i64| if value < 0 { "-" } else { "" };
    let tenths = |value: i64| format!("{}{}{mark}{}", sign(value), value.unsigned_abs() / 10, value.unsigned_abs() % 10);
    match cell {
        Cell::Count(count) => count.to_string(),
        // Six digits are less than a millisecond.
        Cell::Minutes(Minutes { ms, .. }) => {
            let millionths = i128::from(ms.unsigned_abs()) * 1_000_000 / 60_000;
            let text = format!("{}{}{mark}{:06}", sign(*ms), millionths / 1_000_000, millionths % 1_000_000);
            text.trim_end_matches('0').trim_end_matches(mark).to_owned()
        }
        Cell::Percent(value) | Cell::Tenths(value) => tenths(*value),
        Cell::Date(date) => date.to_string(),
        Cell::Moment(at) => at.strftime("%Y-%m-%d %H:%M").to_string(),
        Cell::Seconds(ms) | Cell::Length(ms) => format!("{}{mark}{:03}", ms / 1000, ms.abs() % 1000),
        Cell::Recording(hash) => harmless(hash),
        Cell::Blank | Cell::NoData | Cell::Text(_) => harmless(&phrases::cell(lang, cell)),
    }
}

/// No spreadsheet takes it for a formula, and no cell breaks its line.
pub fn harmless(text: &str) -> String {
    let clean = clean(text);
    if clean.starts_with(['=', '+', '-', '@']) { format!("'{clean}") } else { clean }
}
