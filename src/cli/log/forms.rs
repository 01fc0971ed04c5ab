//! The log for other programs: CSV and JSON, cell for cell as it is stored.

use std::io::Write;

use serde::de::IgnoredAny;

use crate::asrun::row::cells::members;
use crate::asrun::row::{COLUMNS, Form};
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
        text.push_str(&value(column.form, cell)?);
    }
    text.push('}');
    Ok(text)
}

fn value(form: Form, cell: &str) -> serde_json::Result<String> {
    match form {
        Form::List => serde_json::to_string(&members(cell).collect::<Vec<_>>()),
        _ if cell.is_empty() => Ok("null".to_owned()),
        Form::Text | Form::Time => serde_json::to_string(cell),
        // These are JSON as they are printed, unless somebody wrote something else into the file.
        Form::Number | Form::Tenths | Form::Bool | Form::Json => match serde_json::from_str::<IgnoredAny>(cell) {
            Ok(_) => Ok(cell.to_owned()),
            Err(_) => serde_json::to_string(cell),
        },
    }
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
            let number = matches!(column.form, Form::Number | Form::Tenths) && cell.parse::<f64>().is_ok();
            if !number && cell.starts_with(['=', '+', '-', '@']) {
                csv.write_field(format!("'{cell}"))?;
            } else {
                csv.write_field(cell)?;
            }
        }
        csv.write_record(None::<&[u8]>)?;
        Ok(true)
    })?;
    csv.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_form() {
        for (form, cell, expected) in [
            (Form::Number, "-7", "-7"),
            (Form::Tenths, "-18.0", "-18.0"),
            (Form::Bool, "true", "true"),
            (Form::Text, "Làng \"quê\"", r#""Làng \"quê\"""#),
            (Form::Time, "2026-11-15T05:30:00+07:00", r#""2026-11-15T05:30:00+07:00""#),
            (Form::List, "thon-1;thon-2", r#"["thon-1","thon-2"]"#),
            (Form::List, "", "[]"),
            (Form::Json, r#"{"a":1}"#, r#"{"a":1}"#),
            (Form::Number, "", "null"),
            (Form::Text, "", "null"),
            (Form::Number, "seven", r#""seven""#),
            (Form::Json, "{", r#""{""#),
        ] {
            assert_eq!(value(form, cell).unwrap(), expected);
        }
    }
}
