//! Reading what an earlier `loaxa log` printed: `--chain`, `--json` or `--csv`. Only numbers and hashes matter.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use super::VerifyError;
use crate::asrun::chain::Head;
use crate::asrun::row::SEPARATOR;

/// What every export says of a row.
#[derive(Deserialize)]
struct Exported {
    seq: u64,
    row_hash: String,
}

/// The heads that an export saw: one for each of its rows.
pub(super) fn read(path: &Path) -> Result<Vec<Head>, VerifyError> {
    let file_error = |source| VerifyError::File { path: path.to_owned(), source };
    let no_export = |why: String| VerifyError::NotAnExport { path: path.to_owned(), why };
    let mut file = File::open(path).map_err(file_error)?;
    let mut start = vec![0; 4096];
    let length = file.read(&mut start).map_err(file_error)?;
    file.seek(SeekFrom::Start(0)).map_err(file_error)?;
    start.truncate(length);
    let input = BufReader::new(file);
    let rows = if start.trim_ascii_start().first() == Some(&b'[') {
        serde_json::from_reader(input).map_err(|error| no_export(error.to_string()))?
    } else if start.contains(&(SEPARATOR as u8)) {
        chain(input).map_err(|error| no_export(error.to_string()))?
    } else {
        let mut csv = csv::Reader::from_reader(input);
        csv.deserialize().collect::<Result<Vec<Exported>, _>>().map_err(|error| no_export(error.to_string()))?
    };
    if rows.is_empty() {
        return Err(no_export("it has no rows".to_owned()));
    }
    let head = |row: Exported| -> Result<Head, VerifyError> {
        Ok(Head { seq: row.seq, hash: row.row_hash.parse().map_err(|_| no_export(format!("row {} has no hash", row.seq)))? })
    };
    rows.into_iter().map(head).collect()
}

/// Lines of cells; the first is the number, the last the hash.
fn chain(input: impl BufRead) -> std::io::Result<Vec<Exported>> {
    let mut rows = Vec::new();
    for (line, at) in input.lines().zip(1..) {
        let line = line?;
        let bad = || std::io::Error::other(format!("line {at} is no row"));
        let seq = line.split(SEPARATOR).next().and_then(|cell| cell.parse().ok()).ok_or_else(bad)?;
        let row_hash = line.rsplit(SEPARATOR).next().ok_or_else(bad)?.to_owned();
        rows.push(Exported { seq, row_hash });
    }
    Ok(rows)
}
