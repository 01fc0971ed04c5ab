//! The log's lines on their way into the report: a few are kept, many go into a file, so that a million need no more memory than one.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::lang::Language;
use crate::report::document::annex::LogLine;
use crate::report::tally::table::{Column, TableId};
use crate::report::write::csv::{CsvFile, head, plain};
use crate::report::write::json;

/// As what a document has the lines of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogForm {
    /// In the document, at most so many; else a csv beside it.
    Lines(usize),
    /// As part of a csv or a json.
    Csv,
    Json,
}

pub struct Spool {
    form: LogForm,
    columns: &'static [Column],
    lang: Language,
    path: PathBuf,
    kept: Vec<LogLine>,
    file: Option<CsvFile<BufWriter<File>>>,
    json: Option<BufWriter<File>>,
    pub count: usize,
}

impl Spool {
    /// `path` is where the lines go when they are too many.
    pub fn new(form: LogForm, path: PathBuf, columns: &'static [Column], lang: Language) -> Spool {
        Spool { form, columns, lang, path, kept: Vec::new(), file: None, json: None, count: 0 }
    }

    pub fn take(&mut self, line: &LogLine) -> anyhow::Result<()> {
        self.count += 1;
        match self.form {
            LogForm::Lines(most) if self.count <= most => self.kept.push(line.clone()),
            LogForm::Lines(_) | LogForm::Csv => {
                for kept in std::mem::take(&mut self.kept) {
                    self.write(&kept)?;
                }
                self.write(line)?;
            }
            LogForm::Json => {
                let first = self.json.is_none();
                let path = self.path.clone();
                let out = match &mut self.json {
                    Some(out) => out,
                    none => none.insert(BufWriter::new(File::create(path)?)),
                };
                json::row(out, first, &json::line(self.columns, &line.line(self.columns, self.lang)))?;
            }
        }
        Ok(())
    }

    fn write(&mut self, line: &LogLine) -> anyhow::Result<()> {
        let id = TableId::Log.as_str();
        let alone = matches!(self.form, LogForm::Lines(_));
        let sheet = match &mut self.file {
            Some(sheet) => sheet,
            none => {
                let mut sheet = CsvFile::new(BufWriter::new(File::create(&self.path)?), self.lang);
                let heads = self.columns.iter().map(|column| head(self.lang, id, *column));
                if alone {
                    sheet.bare(heads)?
                } else {
                    sheet.head(id, self.columns, None)?
                }
                none.insert(sheet)
            }
        };
        let line = line.line(self.columns, self.lang);
        if alone {
            sheet.bare(line.cells.iter().map(|cell| plain(self.lang, cell)))?
        } else {
            sheet.line(id, &line)?
        }
        Ok(())
    }

    /// The lines that were kept, or the file that has them.
    pub fn finish(self) -> anyhow::Result<Spooled> {
        if let Some(sheet) = self.file {
            sheet.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
            return Ok(Spooled::File(Spent(self.path)));
        }
        if let Some(mut out) = self.json {
            out.flush()?;
            return Ok(Spooled::File(Spent(self.path)));
        }
        Ok(Spooled::Lines(self.kept))
    }
}

pub enum Spooled {
    Lines(Vec<LogLine>),
    File(Spent),
}

/// A file that goes when nobody keeps it.
pub struct Spent(PathBuf);

impl Spent {
    pub fn copy_into(&self, out: &mut impl Write) -> anyhow::Result<()> {
        std::io::copy(&mut BufReader::new(File::open(&self.0)?), out)?;
        Ok(())
    }

    /// Keeps the file under another name; its SHA-256.
    pub fn keep_as(self, path: &Path) -> anyhow::Result<String> {
        let mut digest = Sha256::new();
        let bytes = &mut BufReader::new(File::open(&self.0)?);
        let mut part = vec![0; 64 * 1024];
        loop {
            let count = std::io::Read::read(bytes, &mut part)?;
            if count == 0 {
                break;
            }
            digest.update(part.get(..count).unwrap_or(&[]));
        }
        std::fs::rename(&self.0, path)?;
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Drop for Spent {
    fn drop(&mut self) {
        // It is gone already when it was kept.
        let _ = std::fs::remove_file(&self.0);
    }
}
