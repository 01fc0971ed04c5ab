//! The documents of a report: which are asked for, and how each is written.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::lang::{Language, cli as shared, report as words, report_cli};
use crate::report::document::annex;
use crate::report::document::compose::{self, Frame};
use crate::report::document::{Block, LogAnnex, ReportDocument, logbook};
use crate::report::tally::phrases;
use crate::report::tally::table::TableId;
use crate::report::tally::tables::Sums;
use crate::report::write::csv::CsvFile;
use crate::report::write::{docx, html, json, pdf, xlsx};

use super::spool::{LogForm, Spool, Spooled};

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
    Html,
    Docx,
    Pdf,
    Xlsx,
    /// The paragraph to paste, to stdout.
    Text,
}

const FORMATS: &str = "docx, pdf, xlsx, html, csv, json";

impl Format {
    fn of(out: &Path) -> Option<Format> {
        match out.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "json" => Some(Format::Json),
            "html" | "htm" => Some(Format::Html),
            "docx" => Some(Format::Docx),
            "pdf" => Some(Format::Pdf),
            "xlsx" => Some(Format::Xlsx),
            _ => None,
        }
    }
}

/// What each document holds, whatever it is written as.
#[derive(Clone, Copy, Debug)]
pub struct DocumentScope {
    /// The week's logbook instead of a report.
    pub logbook: bool,
    /// All lines of the log, however many.
    pub full: bool,
}

/// One of the documents that were asked for; without a file it goes to stdout.
pub struct OutFile {
    format: Format,
    out: Option<PathBuf>,
}

impl OutFile {
    pub fn stdout(format: Format) -> OutFile {
        OutFile { format, out: None }
    }

    /// A file of that name, or of the log beside it, which would be overwritten.
    pub fn there(&self, force: bool, lang: Language) -> Option<PathBuf> {
        let out = self.out.as_ref().filter(|_| !force)?;
        [out.clone(), beside(out, lang)].into_iter().find(|path| path.exists())
    }

    /// The ending of a file's name says what it is written as.
    pub fn all(outs: &[PathBuf], lang: Language) -> Result<Vec<OutFile>, String> {
        let bad = |out: &Path| shared::bad_value(lang, "--out", &out.display().to_string(), Some(FORMATS));
        let file = |out: &PathBuf| Ok(OutFile { format: Format::of(out).ok_or_else(|| bad(out))?, out: Some(out.clone()) });
        outs.iter().map(file).collect()
    }
}

/// Where a log goes that is too long for its report.
fn beside(out: &Path, lang: Language) -> PathBuf {
    out.with_extension(report_cli::annex_ending(lang))
}

/// Where the lines of the log go while they are read: one for all documents that have them in a table, one each for csv and json.
pub fn spools(files: &[OutFile], scope: DocumentScope, several: bool, lang: Language) -> Vec<(LogForm, Spool)> {
    let mut spools: Vec<(LogForm, Spool)> = Vec::new();
    for file in files {
        let form = log_form(file.format, scope);
        // The paragraph alone needs no line.
        if file.format == Format::Text && !scope.logbook || spools.iter().any(|(known, _)| *known == form) {
            continue;
        }
        let near = file.out.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
        let folder = if file.out.is_some() { near.unwrap_or(Path::new(".")).to_owned() } else { std::env::temp_dir() };
        let name = format!(".loaxa-report-{}-{}.tmp", std::process::id(), spools.len());
        spools.push((form, Spool::new(form, folder.join(name), annex::columns(several), lang)));
    }
    spools
}

fn log_form(format: Format, scope: DocumentScope) -> LogForm {
    match format {
        _ if scope.logbook => LogForm::Lines(usize::MAX),
        Format::Csv => LogForm::Csv,
        Format::Json => LogForm::Json,
        _ if scope.full => LogForm::Lines(usize::MAX),
        Format::Html | Format::Docx | Format::Pdf | Format::Xlsx | Format::Text => LogForm::Lines(annex::MOST_LINES),
    }
}

/// A document in blocks.
struct ReadyDocument {
    document: ReportDocument,
    /// The lines that its format has elsewhere.
    log: Spooled,
    /// The file beside it that has them, when they are too many.
    log_file: Option<PathBuf>,
}

/// What all the documents of one reading are made of.
pub struct DocumentSource<'a> {
    pub scope: DocumentScope,
    pub sums: &'a Sums,
    pub frame: &'a Frame<'a>,
    /// Lines of the log.
    pub count: usize,
}

impl DocumentSource<'_> {
    /// Writes each document; what goes to stdout is returned, and which files there are now.
    pub fn write_all(
        &self,
        files: &[OutFile],
        spooled: Vec<(LogForm, Spooled)>,
    ) -> anyhow::Result<(Option<String>, Vec<PathBuf>)> {
        let alone = (LogForm::Lines(0), Spooled::Lines(Vec::new()));
        let spooled = if spooled.is_empty() { vec![alone] } else { spooled };
        let (mut stdout, mut written) = (None, Vec::new());
        for (form, spooled) in spooled {
            let of_it = |file: &&OutFile| form == LogForm::Lines(0) || log_form(file.format, self.scope) == form;
            let files: Vec<&OutFile> = files.iter().filter(of_it).collect();
            let first = files.first().and_then(|file| file.out.as_deref());
            let ReadyDocument { document, log, log_file } = self.document(form, spooled, first)?;
            for file in files {
                stdout = write(file, &document, self.sums, self.frame, &log)?.or(stdout);
                written.extend(file.out.clone());
            }
            written.extend(log_file);
        }
        Ok((stdout, written))
    }

    /// `first` is the file beside which a long annex goes.
    fn document(&self, form: LogForm, spooled: Spooled, first: Option<&Path>) -> anyhow::Result<ReadyDocument> {
        let lang = self.frame.paper.lang;
        if self.scope.logbook {
            let Spooled::Lines(lines) = spooled else { anyhow::bail!(shared::internal_error(lang)) };
            let document = logbook::logbook(self.frame, self.sums, self.scope.full.then(|| lines.clone()));
            return Ok(ReadyDocument { document, log: Spooled::Lines(lines), log_file: None });
        }
        let in_document = matches!(form, LogForm::Lines(most) if most > 0);
        Ok(match spooled {
            Spooled::Lines(lines) if in_document => {
                let log = LogAnnex::Table(annex::table(&lines, self.frame.proofs.len() > 1, lang));
                let document = compose::report(self.frame, self.sums, log);
                ReadyDocument { document, log: Spooled::Lines(Vec::new()), log_file: None }
            }
            Spooled::File(file) if in_document => {
                let beside = beside(first.context(shared::internal_error(lang))?, lang);
                let sha256 = file.keep_as(&beside)?;
                let name = beside.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let log = LogAnnex::File { rows: self.count, name, sha256 };
                let document = compose::report(self.frame, self.sums, log);
                ReadyDocument { document, log: Spooled::Lines(Vec::new()), log_file: Some(beside) }
            }
            log => ReadyDocument { document: compose::report(self.frame, self.sums, LogAnnex::Elsewhere), log, log_file: None },
        })
    }
}

/// Writes the document; what goes to stdout is returned.
fn write(
    file: &OutFile,
    document: &ReportDocument,
    sums: &Sums,
    frame: &Frame<'_>,
    log: &Spooled,
) -> anyhow::Result<Option<String>> {
    let format = file.format;
    let Some(out) = file.out.as_deref() else {
        if format == Format::Text {
            // On paper that stands under the last annex.
            let proofs = frame.proofs.iter().map(|proof| proof.describe(frame.paper.lang));
            let text: Vec<String> = std::iter::once(spoken(document)).chain(proofs).collect();
            return Ok(Some(format!("{}\n", text.join("\n"))));
        }
        let mut bytes = Vec::new();
        as_json(&mut bytes, document, sums, frame, log)?;
        return Ok(Some(String::from_utf8(bytes)?));
    };
    let cannot = || report_cli::cannot_write(frame.paper.lang, &out.display().to_string());
    let fresh = out.with_file_name(format!(".{}.new", out.file_name().unwrap_or_default().to_string_lossy()));
    let mut file = BufWriter::new(File::create(&fresh).with_context(cannot)?);
    let done = match format {
        Format::Csv => as_csv(&mut file, document, sums, frame, log),
        Format::Json => as_json(&mut file, document, sums, frame, log),
        Format::Html => file.write_all(html::write(document).as_bytes()).map_err(Into::into),
        Format::Docx => docx::write(document, &mut file).map_err(anyhow::Error::msg),
        Format::Pdf => pdf::write(document).map_err(anyhow::Error::msg).and_then(|bytes| Ok(file.write_all(&bytes)?)),
        Format::Xlsx => xlsx::write(document).map_err(Into::into).and_then(|bytes| Ok(file.write_all(&bytes)?)),
        Format::Text => Ok(()),
    };
    // Half a report is none: the name is taken only by a whole one.
    let done = done.and_then(|()| Ok(file.flush()?)).and_then(|()| Ok(std::fs::rename(&fresh, out)?));
    if done.is_err() {
        let _ = std::fs::remove_file(&fresh);
    }
    done.with_context(cannot)?;
    Ok(None)
}

fn as_csv(out: &mut impl Write, document: &ReportDocument, sums: &Sums, frame: &Frame<'_>, log: &Spooled) -> anyhow::Result<()> {
    let lang = frame.paper.lang;
    // A spreadsheet takes the file for UTF-8 only with a mark.
    out.write_all("\u{feff}".as_bytes())?;
    let mut sheet = CsvFile::new(&mut *out, lang);
    sheet.note(&document.title)?;
    document.banner.iter().try_for_each(|banner| sheet.note(banner))?;
    sheet.note(words::counted(lang))?;
    phrases::punctuality(lang, &sums.punctuality).iter().try_for_each(|note| sheet.note(note))?;
    for proof in &frame.proofs {
        sheet.note(&proof.describe(lang))?;
    }
    for table in document.sessions().into_iter().chain(&sums.tables) {
        sheet.table(table)?;
        table.notes.iter().try_for_each(|note| sheet.note(note))?;
    }
    if let Spooled::Lines(lines) = log {
        let columns = annex::columns(frame.proofs.len() > 1);
        sheet.head(TableId::Log.as_str(), columns, None)?;
        lines.iter().try_for_each(|line| sheet.line(TableId::Log.as_str(), &line.line(columns, lang)))?;
    }
    sheet.finish()?;
    if let Spooled::File(file) = log {
        file.copy_into(out)?;
    }
    Ok(())
}

fn as_json(out: &mut impl Write, document: &ReportDocument, sums: &Sums, frame: &Frame<'_>, log: &Spooled) -> anyhow::Result<()> {
    let columns = annex::columns(frame.proofs.len() > 1);
    json::begin(out, json::head(document, sums, &frame.proofs))?;
    match log {
        Spooled::Lines(lines) => {
            for (at, line) in lines.iter().enumerate() {
                json::row(out, at == 0, &json::line(columns, &line.line(columns, frame.paper.lang)))?;
            }
        }
        Spooled::File(file) => file.copy_into(out)?,
    }
    json::end(out)?;
    Ok(())
}

/// The body alone, as it can be pasted into a letter.
fn spoken(document: &ReportDocument) -> String {
    let paragraphs = document.body().iter().filter_map(Block::spoken);
    let text = document.banner.into_iter().chain(paragraphs).collect::<Vec<_>>().join("\n");
    // Wherever it is pasted, its lines are another's.
    text.replace('\u{a0}', " ")
}
