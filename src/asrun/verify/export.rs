//! Reading what an earlier `loaxa log` printed: `--chain`, `--json` or `--csv`, whole or in part. Every line is a witness of its row: of its
//! hash, and of each cell that it shows. A report (csv, json, html) and a copied `heads.txt` are witnesses by the heads that stand in them.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::VerifyError;
use crate::asrun::chain::{Head, RowHash, SeenHead};
use crate::asrun::row::{COLUMNS, SEPARATOR};

/// What a file that left the station shows of the log.
#[derive(Debug)]
pub(super) enum Exported {
    Rows(Vec<ExportedRow>),
    Heads(Vec<SeenHead>),
}

/// What an export says of one row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExportedRow {
    pub head: Head,
    shows: Shows,
}

#[derive(Clone, Debug, PartialEq)]
enum Shows {
    /// The canonical text.
    Text(Box<str>),
    /// Columns by their place, as CSV prints them.
    Csv(Box<[(usize, Box<str>)]>),
    /// The same as JSON has them.
    Json(Box<[(usize, Value)]>),
}

/// Why a file is no export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoExport {
    Empty,
    /// `loaxa log` did not print this line (counted from 1).
    BadLine(u64),
    /// It has no columns `seq` and `row_hash`.
    NoHashes,
    /// It is no JSON, from this line on.
    BadJson(usize),
    /// A report of several stations: which of its heads is this log's does not stand in it.
    SeveralStations,
}

/// All that a file shows of the log.
pub(super) fn read(path: &Path) -> Result<Exported, VerifyError> {
    match rows(path) {
        // Neither heads nor rows: then it is said what rows would have had.
        Err(VerifyError::NotAnExport { why: NoExport::NoHashes, path }) => heads(path),
        rows => rows.map(Exported::Rows),
    }
}

/// The heads in a text. A file of heads has one at the start of each line; on a report of several stations each has its own.
fn heads(path: PathBuf) -> Result<Exported, VerifyError> {
    let bytes = std::fs::read(&path).map_err(|source| VerifyError::File { path: path.clone(), source })?;
    let text = String::from_utf8_lossy(&bytes);
    let found = SeenHead::all_in(&text);
    let is_list = text.lines().filter(|line| !line.trim().is_empty()).all(|line| !SeenHead::all_in(line).is_empty());
    match found.as_slice() {
        [] => Err(VerifyError::NotAnExport { path, why: NoExport::NoHashes }),
        [first, rest @ ..] if !is_list && rest.iter().any(|other| other != first) => {
            Err(VerifyError::NotAnExport { path, why: NoExport::SeveralStations })
        }
        _ => Ok(Exported::Heads(found)),
    }
}

fn rows(path: &Path) -> Result<Vec<ExportedRow>, VerifyError> {
    let file_error = |source| VerifyError::File { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(file_error)?;
    let mut start = vec![0; 4096];
    let length = file.read(&mut start).map_err(file_error)?;
    start.truncate(length);
    // A program that passed the file on may have put a byte order mark before it.
    let mark = if start.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    file.seek(SeekFrom::Start(mark)).map_err(file_error)?;
    let start = &start[usize::try_from(mark).unwrap_or(0)..];
    let input = BufReader::new(file);
    let read = if start.trim_ascii_start().first() == Some(&b'[') {
        json(input)
    } else if start.contains(&(SEPARATOR as u8)) {
        chain(input)
    } else {
        csv(input)
    };
    match read {
        Ok(lines) if lines.is_empty() => Err(VerifyError::NotAnExport { path: path.to_owned(), why: NoExport::Empty }),
        Ok(lines) => Ok(lines),
        Err(why) => Err(VerifyError::NotAnExport { path: path.to_owned(), why }),
    }
}

/// Lines of cells; the first is the number, the last the hash.
fn chain(input: impl BufRead) -> Result<Vec<ExportedRow>, NoExport> {
    let mut lines = Vec::new();
    for (line, at) in input.lines().zip(1..) {
        let read = |line: &str| {
            let (text, hash) = line.trim_end_matches('\r').rsplit_once(SEPARATOR)?;
            let seq = text.split(SEPARATOR).next()?;
            Some(ExportedRow { head: head(seq, hash)?, shows: Shows::Text(text.into()) })
        };
        lines.push(line.ok().as_deref().and_then(read).ok_or(NoExport::BadLine(at))?);
    }
    Ok(lines)
}

fn json(input: impl Read) -> Result<Vec<ExportedRow>, NoExport> {
    let rows: Vec<Map<String, Value>> = serde_json::from_reader(input).map_err(|error| NoExport::BadJson(error.line()))?;
    let line = |mut row: Map<String, Value>| {
        let head = head(&row.get("seq")?.as_u64()?.to_string(), row.get("row_hash")?.as_str()?)?;
        let shows = match row.get("text").and_then(Value::as_str) {
            Some(text) => Shows::Text(text.into()),
            None => Shows::Json(columns(|name| row.remove(name))),
        };
        Some(ExportedRow { head, shows })
    };
    rows.into_iter().zip(1..).map(|(row, at)| line(row).ok_or(NoExport::BadLine(at))).collect()
}

fn csv(input: impl Read) -> Result<Vec<ExportedRow>, NoExport> {
    let mut csv = csv::Reader::from_reader(input);
    let names = csv.headers().map_err(|_| NoExport::BadLine(1))?.clone();
    let place = |name: &str| names.iter().position(|found| found == name);
    let (Some(seq), Some(hash)) = (place("seq"), place("row_hash")) else { return Err(NoExport::NoHashes) };
    let mut lines = Vec::new();
    for record in csv.records() {
        let record = record.map_err(|error| NoExport::BadLine(error.position().map_or(0, csv::Position::line)))?;
        let at = record.position().map_or(0, csv::Position::line);
        let head = head(&record[seq], &record[hash]).ok_or(NoExport::BadLine(at))?;
        let shows = columns(|name| place(name).map(|at| record[at].into()));
        lines.push(ExportedRow { head, shows: Shows::Csv(shows) });
    }
    Ok(lines)
}

/// What there is of the columns of a row, by place.
fn columns<T>(mut take: impl FnMut(&str) -> Option<T>) -> Box<[(usize, T)]> {
    COLUMNS.iter().enumerate().filter_map(|(at, column)| Some((at, take(column.name)?))).collect()
}

fn head(seq: &str, hash: &str) -> Option<Head> {
    Some(Head { seq: seq.parse().ok()?, hash: hash.parse().ok()? })
}

impl ExportedRow {
    /// The first column of which it says something else than this row, whose hash it has.
    pub fn differs(&self, text: &str, hash: &RowHash) -> Option<&'static str> {
        let cells = || text.split(SEPARATOR).chain([hash.as_str()]);
        let name = |at: usize| COLUMNS.get(at).map(|column| column.name);
        match &self.shows {
            Shows::Text(shown) if **shown == *text => None,
            Shows::Text(shown) => {
                let mut there = shown.split(SEPARATOR).chain([hash.as_str()]);
                let at = cells().position(|cell| there.next() != Some(cell)).unwrap_or(0);
                name(at)
            }
            Shows::Csv(shown) => first(shown, cells(), |at, cell, shown| COLUMNS[at].form.csv(cell) == **shown).and_then(name),
            Shows::Json(shown) => {
                let same = |at: usize, cell: &str, shown: &Value| {
                    serde_json::from_str::<Value>(&COLUMNS[at].form.json(cell)).is_ok_and(|value| value == *shown)
                };
                first(shown, cells(), same).and_then(name)
            }
        }
    }
}

/// The first place that is not the same in both.
fn first<'a, T>(
    shown: &[(usize, T)],
    cells: impl Iterator<Item = &'a str>,
    same: impl Fn(usize, &str, &T) -> bool,
) -> Option<usize> {
    let cells: Vec<&str> = cells.collect();
    shown.iter().find(|(at, shown)| !cells.get(*at).is_some_and(|cell| same(*at, cell, shown))).map(|(at, _)| *at)
}
