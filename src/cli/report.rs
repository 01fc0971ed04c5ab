//! `loaxa report`: airtime reports from the log.
//!
//! The log is read once, row by row: the tally takes each, and the annex gets its line. What the plans of its rows say of names comes
//! from the plans that the data folder keeps.

mod source;
mod span;
mod spool;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::civil::Date;

use crate::asrun::store::Query;
use crate::cli::{Ended, Global, print, wrong_use};
use crate::lang::{Language, cli as shared, report as words, report_cli};
use crate::plan::Cut;
use crate::report::document::compose::{self, Frame};
use crate::report::document::{Block, Document, LogAnnex, Paper, annex, logbook};
use crate::report::tally::entry::Entry;
use crate::report::tally::table::TableId;
use crate::report::tally::tables::Sums;
use crate::report::tally::{Scope, Tally};
use crate::report::write::csv::Sheet;
use crate::report::write::{docx, html, json, pdf, xlsx};

use source::Sources;
use span::Asked;
use spool::{Spool, Spooled, Wanted};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long, value_name = "A", conflicts_with_all = ["month", "quarter", "year", "campaign"])]
    pub from: Option<String>,
    #[arg(long, value_name = "B", conflicts_with_all = ["month", "quarter", "year", "campaign"])]
    pub to: Option<String>,
    #[arg(long, value_name = "2026-11", conflicts_with_all = ["quarter", "year", "campaign"])]
    pub month: Option<String>,
    #[arg(long, value_name = "2026-4", conflicts_with_all = ["year", "campaign"])]
    pub quarter: Option<String>,
    #[arg(long, value_name = "2026")]
    pub year: Option<String>,
    #[arg(long, value_name = "CAMPAIGN")]
    pub campaign: Option<String>,
    #[arg(long, value_name = "before|last-year|none|ID")]
    pub compare: Option<String>,
    #[arg(long, value_name = "14|calendar")]
    pub cut: Option<String>,
    #[arg(long, value_name = "logbook")]
    pub form: Option<String>,
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[arg(long, conflicts_with = "out")]
    pub json: bool,
}

impl Args {
    fn is_logbook(&self) -> bool {
        self.form.is_some()
    }
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
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

fn format(args: &Args, lang: Language) -> Result<Format, String> {
    let Some(out) = &args.out else { return Ok(if args.json { Format::Json } else { Format::Text }) };
    let ending = out.extension().and_then(|ending| ending.to_str()).unwrap_or("").to_lowercase();
    match ending.as_str() {
        "csv" => Ok(Format::Csv),
        "json" => Ok(Format::Json),
        "html" | "htm" => Ok(Format::Html),
        "docx" => Ok(Format::Docx),
        "pdf" => Ok(Format::Pdf),
        "xlsx" => Ok(Format::Xlsx),
        _ => Err(shared::bad_value(lang, "--out", &out.display().to_string(), Some(FORMATS))),
    }
}

fn cut(args: &Args, planned: Cut, lang: Language) -> Result<Cut, String> {
    match args.cut.as_deref() {
        None => Ok(planned),
        Some("calendar") => Ok(Cut::Calendar),
        Some(text) => {
            let day = text.parse().ok().filter(|day| (1..=28).contains(day));
            day.map(Cut::Day).ok_or_else(|| shared::bad_value(lang, "--cut", text, Some(report_cli::cut_expected(lang))))
        }
    }
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let early = global.language();
    if args.form.as_deref().is_some_and(|form| form != "logbook") {
        return wrong_use(&shared::bad_value(early, "--form", args.form.as_deref().unwrap_or(""), Some("logbook")));
    }
    let sources = match Sources::open(&args, global)? {
        Ok(sources) => sources,
        Err(text) => return wrong_use(&text),
    };
    let lang = sources.lang;
    let planned = sources.letterhead().map_or(Cut::Calendar, |letterhead| letterhead.cut);
    let today = sources.zone.civil(source::now()).date();
    let read = || -> Result<(Format, Asked), String> {
        let format = format(&args, lang)?;
        let cut = cut(&args, planned, lang)?;
        Ok((format, span::asked(&args, cut, &sources.names, sources.baselines(), today, lang)?))
    };
    let (format, asked) = match read() {
        Ok(read) => read,
        Err(text) => return wrong_use(&text),
    };
    let made = make(&args, &sources, &asked, format, today)?;
    if let Some(text) = made {
        print(&text)?;
    }
    // A log that was tampered with makes a report that says so.
    Ok(if sources.proofs.iter().all(|proof| proof.good) { Ended::Good } else { Ended::Bad })
}

/// Where the lines of the log go while they are read.
fn spool_for(args: &Args, format: Format, lang: Language) -> Spool {
    let wanted = match format {
        _ if args.is_logbook() => Wanted::Lines(usize::MAX),
        Format::Csv => Wanted::Csv,
        Format::Json => Wanted::Json,
        Format::Html | Format::Docx | Format::Pdf | Format::Xlsx => Wanted::Lines(annex::MOST_LINES),
        // The paragraph alone needs no line.
        Format::Text => Wanted::Lines(usize::MAX),
    };
    let near = args.out.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let folder = if args.out.is_some() { near.unwrap_or(Path::new(".")).to_owned() } else { std::env::temp_dir() };
    Spool::new(wanted, folder.join(format!(".loaxa-report-{}.tmp", std::process::id())), lang)
}

fn make(args: &Args, sources: &Sources, asked: &Asked, format: Format, today: Date) -> anyhow::Result<Option<String>> {
    let lang = sources.lang;
    let scope = Scope {
        zone: sources.zone.clone(),
        origin: sources.origin,
        from: asked.from,
        until: asked.until,
        as_of: sources.as_of(today),
        compared: asked.compared,
    };
    let mut tally = Tally::new(scope, &sources.names);
    let mut spool = spool_for(args, format, lang);
    for (log, reader) in sources.readers.iter().enumerate() {
        let log = u32::try_from(log).unwrap_or(u32::MAX);
        reader.each(&Query::default(), |stored| -> anyhow::Result<bool> {
            if let Some(noted) = tally.note(log, stored.text)
                && format != Format::Text
                && let Some(entry) = Entry::read(stored.text)
                && let Some(line) = annex::line(spool.count + 1, &entry, noted, &sources.zone, &sources.names, lang)
            {
                spool.take(line)?;
            }
            Ok(true)
        })?;
    }
    let sums = tally.finish(&sources.names, asked.baseline.as_ref(), lang);
    let count = spool.count;
    let spooled = spool.finish()?;
    let frame = Frame {
        paper: Paper { lang, station: &sources.station, letterhead: sources.letterhead() },
        period: asked.called.clone(),
        today,
        proofs: sources.proofs.clone(),
        stations: sources.stations.clone(),
    };
    if args.is_logbook() {
        let Spooled::Lines(mut lines) = spooled else { anyhow::bail!("the lines of the logbook are lost") };
        lines.sort_by_key(|line| format!("{:?}", line.cells.get(1..3)));
        return write(args, format, &logbook::logbook(&frame, &sums, &lines), &sums, &frame, Spooled::Lines(lines));
    }
    match (format, spooled) {
        (Format::Csv | Format::Json | Format::Text, spooled) => {
            let document = compose::report(&frame, &sums, LogAnnex::Elsewhere);
            write(args, format, &document, &sums, &frame, spooled)
        }
        (_, Spooled::Lines(lines)) => {
            let document = compose::report(&frame, &sums, LogAnnex::Table(annex::table(lines, lang)));
            write(args, format, &document, &sums, &frame, Spooled::Lines(Vec::new()))
        }
        (_, Spooled::File(file)) => {
            let out = args.out.as_deref().context("a report in a file has a name")?;
            let beside = out.with_extension(report_cli::annex_ending(lang));
            let sha256 = file.keep_as(&beside)?;
            let name = beside.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let document = compose::report(&frame, &sums, LogAnnex::File { rows: count, name, sha256 });
            write(args, format, &document, &sums, &frame, Spooled::Lines(Vec::new()))
        }
    }
}

/// Writes the document; what goes to stdout is returned.
fn write(
    args: &Args,
    format: Format,
    document: &Document,
    sums: &Sums,
    frame: &Frame<'_>,
    log: Spooled,
) -> anyhow::Result<Option<String>> {
    match format {
        Format::Text => return Ok(Some(format!("{}\n", spoken(document)))),
        Format::Json if args.out.is_none() => {
            let mut bytes = Vec::new();
            as_json(&mut bytes, document, sums, frame, log)?;
            return Ok(Some(String::from_utf8(bytes)?));
        }
        Format::Csv | Format::Json | Format::Html | Format::Docx | Format::Pdf | Format::Xlsx => {}
    }
    let Some(out) = args.out.as_deref() else { return Ok(None) };
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

fn as_csv(out: &mut impl Write, document: &Document, sums: &Sums, frame: &Frame<'_>, log: Spooled) -> anyhow::Result<()> {
    let lang = frame.paper.lang;
    // A spreadsheet takes the file for UTF-8 only with a mark.
    out.write_all("\u{feff}".as_bytes())?;
    let mut sheet = Sheet::new(&mut *out, lang);
    sheet.note(&document.title)?;
    document.banner.iter().try_for_each(|banner| sheet.note(banner))?;
    for proof in &frame.proofs {
        sheet.note(&words::verified(lang, &proof.head.to_string(), proof.good))?;
    }
    for table in &sums.tables {
        sheet.table(table)?;
        table.notes.iter().try_for_each(|note| sheet.note(note))?;
    }
    if let Spooled::Lines(lines) = &log {
        sheet.head(TableId::Log.as_str(), &annex::COLUMNS, None)?;
        lines.iter().try_for_each(|line| sheet.line(TableId::Log.as_str(), line))?;
    }
    sheet.finish()?;
    if let Spooled::File(file) = log {
        file.copy_into(out)?;
    }
    Ok(())
}

fn as_json(out: &mut impl Write, document: &Document, sums: &Sums, frame: &Frame<'_>, log: Spooled) -> anyhow::Result<()> {
    json::begin(out, json::head(document, sums, &frame.proofs))?;
    match log {
        Spooled::Lines(lines) => {
            for (at, line) in lines.iter().enumerate() {
                json::row(out, at == 0, &json::line(&annex::COLUMNS, line))?;
            }
        }
        Spooled::File(file) => file.copy_into(out)?,
    }
    json::end(out)?;
    Ok(())
}

/// The body alone, as it can be pasted into a letter.
fn spoken(document: &Document) -> String {
    let paragraphs = document.body().filter_map(Block::spoken);
    document.banner.into_iter().chain(paragraphs).collect::<Vec<_>>().join("\n")
}
