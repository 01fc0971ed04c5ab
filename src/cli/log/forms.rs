//! The log for other programs: CSV and JSON, cell for cell as it is stored.

use std::io::Write;

use crate::asrun::row::COLUMNS;
use crate::asrun::store::{Query, Reader, Stored};
use crate::cli::log::keep::Keep;

/// One JSON array, a row on each line. With `chain`, each row as it is stored.
pub(super) fn json(reader: &Reader, query: &Query, keep: &Keep, chain: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let mut first = true;
    reader.each(query, |row| -> anyhow::Result<bool> {
        if !keep.takes(&row) {
            return Ok(true);
        }
        out.write_all(if first { b"[\n" } else { b",\n" })?;
        first = false;
        let object = if chain { stored(row)? } else { object(row)? };
        out.write_all(object.as_bytes())?;
        Ok(true)
    })?;
    out.write_all(if first { b"[]\n" } else { b"\n]\n" })?;
    Ok(())
}

fn stored(row: Stored<'_>) -> serde_json::Result<String> {
    let (text, hash) = (serde_json::to_string(row.text)?, serde_json::to_string(row.hash)?);
    Ok(format!(r#"{{"seq":{},"text":{text},"row_hash":{hash}}}"#, row.seq))
}

fn object(row: Stored<'_>) -> serde_json::Result<String> {
    let mut text = String::from("{");
    let mut cells = row.cells();
    for column in &COLUMNS {
        if text.len() > 1 {
            text.push(',');
        }
        // A row that somebody shortened is shown as far as it goes; `verify` says what is wrong with it.
        let cell = cells.next().unwrap_or("");
        text.push_str(&serde_json::to_string(column.name)?);
        text.push(':');
        text.push_str(&column.form.json(cell));
    }
    text.push('}');
    Ok(text)
}

/// CSV with a head line. A cell that a spreadsheet would take for a formula begins with an apostrophe.
pub(super) fn csv(reader: &Reader, query: &Query, keep: &Keep, out: &mut impl Write) -> anyhow::Result<()> {
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(out);
    csv.write_record(COLUMNS.iter().map(|column| column.name))?;
    reader.each(query, |row| -> anyhow::Result<bool> {
        if !keep.takes(&row) {
            return Ok(true);
        }
        let mut cells = row.cells();
        for column in &COLUMNS {
            let cell = cells.next().unwrap_or("");
            csv.write_field(column.form.csv(cell).as_bytes())?;
        }
        csv.write_record(None::<&[u8]>)?;
        Ok(true)
    })?;
    csv.flush()?;
    Ok(())
}
