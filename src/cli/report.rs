//! `loaxa report`: airtime reports from the log.
//!
//! The log is read once, row by row: the tally takes each, and the annex gets its line. What the plans of its rows say of names comes
//! from the plans that the data folder keeps.

pub(super) mod source;
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
use crate::plan::{Cut, Duty};
use crate::report::document::annex::{self, At};
use crate::report::document::compose::{self, Frame};
use crate::report::document::{Block, Document, LogAnnex, Paper, logbook};
use crate::report::tally::entry::Entry;
use crate::report::tally::table::TableId;
use crate::report::tally::tables::Sums;
use crate::report::tally::{Scope, Tally};
use crate::report::write::csv::Sheet;
use crate::report::write::{docx, html, json, pdf, xlsx};
use crate::terms::Origin;

use source::Sources;
use span::{Asked, Known};
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
    #[arg(long, value_name = "ENTRY", conflicts_with_all = ["from", "to", "campaign", "cut"])]
    pub entry: Option<String>,
    #[arg(long)]
    pub draft: bool,
    /// Several are written from one reading of the log.
    #[arg(long, value_name = "FILE")]
    pub out: Vec<PathBuf>,
    /// Makes way for everything else on the machine: the station is on air beside it.
    #[arg(long, hide = true)]
    pub yielding: bool,
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

/// One of the documents that were asked for; without a file it goes to stdout.
struct Wish {
    format: Format,
    out: Option<PathBuf>,
}

fn wishes(args: &Args, lang: Language) -> Result<Vec<Wish>, String> {
    if args.out.is_empty() {
        return Ok(vec![Wish { format: if args.json { Format::Json } else { Format::Text }, out: None }]);
    }
    let bad = |out: &Path| shared::bad_value(lang, "--out", &out.display().to_string(), Some(FORMATS));
    let wish = |out: &PathBuf| Ok(Wish { format: Format::of(out).ok_or_else(|| bad(out))?, out: Some(out.clone()) });
    args.out.iter().map(wish).collect()
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
    let duty = match args.entry.as_deref().map(|id| sources.duty(id).ok_or_else(|| no_entry(id, &sources))) {
        Some(Err(text)) => return wrong_use(&text),
        Some(Ok(duty)) => Some(duty),
        None => None,
    };
    let planned = sources.letterhead().map_or(Cut::Calendar, |letterhead| letterhead.cut);
    let today = sources.zone.civil(source::now()).date();
    let read = || -> Result<(Vec<Wish>, Asked), String> {
        let (wishes, cut) = (wishes(&args, lang)?, cut(&args, planned, lang)?);
        let known = Known { cut, names: &sources.names, baselines: sources.baselines(), duty, today };
        Ok((wishes, span::asked(&args, &known, lang)?))
    };
    let (wishes, asked) = match read() {
        Ok(read) => read,
        Err(text) => return wrong_use(&text),
    };
    if args.yielding {
        source::make_way();
    }
    let made = make(&args, &sources, &asked, &wishes, duty, today)?;
    if let Some(text) = made.told {
        print(&text)?;
    }
    // A log that was tampered with makes a report that says so.
    Ok(if made.good { Ended::Good } else { Ended::Bad })
}

fn no_entry(id: &str, sources: &Sources) -> String {
    let known = sources.duties().iter().map(|duty| duty.id.as_str()).collect::<Vec<_>>().join(", ");
    let known = if known.is_empty() { report_cli::no_entries(sources.lang).to_owned() } else { known };
    shared::bad_value(sources.lang, "--entry", id, Some(&known))
}

/// Where the lines of the log go while they are read: one for all documents that have them in a table, one each for csv and json.
fn spools(args: &Args, wishes: &[Wish], several: bool, lang: Language) -> Vec<(Wanted, Spool)> {
    let mut spools: Vec<(Wanted, Spool)> = Vec::new();
    for wish in wishes {
        let wanted = wanted(args, wish.format);
        // The paragraph alone needs no line.
        if wish.format == Format::Text && !args.is_logbook() || spools.iter().any(|(known, _)| *known == wanted) {
            continue;
        }
        let near = wish.out.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
        let folder = if wish.out.is_some() { near.unwrap_or(Path::new(".")).to_owned() } else { std::env::temp_dir() };
        let name = format!(".loaxa-report-{}-{}.tmp", std::process::id(), spools.len());
        spools.push((wanted, Spool::new(wanted, folder.join(name), annex::columns(several), lang)));
    }
    spools
}

fn wanted(args: &Args, format: Format) -> Wanted {
    match format {
        _ if args.is_logbook() => Wanted::Lines(usize::MAX),
        Format::Csv => Wanted::Csv,
        Format::Json => Wanted::Json,
        Format::Html | Format::Docx | Format::Pdf | Format::Xlsx | Format::Text => Wanted::Lines(annex::MOST_LINES),
    }
}

/// What became of a report.
struct Made {
    /// For stdout.
    told: Option<String>,
    /// The logs are what was written.
    good: bool,
}

fn make(
    args: &Args,
    sources: &Sources,
    asked: &Asked,
    wishes: &[Wish],
    duty: Option<&Duty>,
    today: Date,
) -> anyhow::Result<Made> {
    let lang = sources.lang;
    let proving = sources.prove();
    let scope = Scope {
        zone: sources.zone.clone(),
        origin: sources.origin,
        from: asked.from,
        until: asked.until,
        as_of: sources.as_of(today),
        compared: asked.compared,
    };
    let mut tally = Tally::new(scope, &sources.names);
    let mut spools = spools(args, wishes, sources.readers.len() > 1, lang);
    let mut count = 0;
    for (log, reader) in sources.readers.iter().enumerate() {
        let station = sources.names.stations.get(log).map(String::as_str);
        let log = u32::try_from(log).unwrap_or(u32::MAX);
        reader.each(&Query { counted: true, ..Query::default() }, |stored| -> anyhow::Result<bool> {
            if let Some(noted) = tally.note(log, stored.text)
                && !spools.is_empty()
                && let Some(entry) = Entry::read(stored.text)
                && let Some(line) =
                    annex::line(At { number: count + 1, station }, &entry, noted, &sources.zone, &sources.names, lang)
            {
                count += 1;
                spools.iter_mut().try_for_each(|(_, spool)| spool.take(line.clone()))?;
            }
            Ok(true)
        })?;
    }
    // What the plan calls final is of whole days.
    if sources.origin == Origin::Live && (args.draft || duty.is_none()) {
        tally.only_days_begun();
    }
    let sums = tally.finish(&sources.names, asked.baseline.as_ref(), lang);
    let own = duty.map(|duty| duty.to.clone()).filter(|to| !to.is_empty());
    let frame = Frame {
        paper: Paper { lang, station: &sources.station, letterhead: sources.letterhead() },
        to: own.or_else(|| sources.letterhead().map(|letterhead| letterhead.to.clone())).unwrap_or_default(),
        draft: args.draft,
        period: asked.called.clone(),
        today,
        proofs: proving.join().map_err(|_| anyhow::anyhow!(report_cli::check_broke_off(lang)))??,
    };
    let spooled = spools.into_iter().map(|(wanted, spool)| Ok((wanted, spool.finish()?)));
    let spooled = spooled.collect::<anyhow::Result<Vec<(Wanted, Spooled)>>>()?;
    let works = Works { args, sums: &sums, frame: &frame, count };
    let good = frame.proofs.iter().all(|proof| proof.good);
    Ok(Made { told: works.write_all(wishes, spooled)?, good })
}

/// What all the documents of one reading are made of.
struct Works<'a> {
    args: &'a Args,
    sums: &'a Sums,
    frame: &'a Frame<'a>,
    /// Lines of the log.
    count: usize,
}

impl Works<'_> {
    /// Writes each document; what goes to stdout is returned.
    fn write_all(&self, wishes: &[Wish], spooled: Vec<(Wanted, Spooled)>) -> anyhow::Result<Option<String>> {
        let alone = (Wanted::Lines(0), Spooled::Lines(Vec::new()));
        let spooled = if spooled.is_empty() { vec![alone] } else { spooled };
        let mut told = None;
        for (wanted, spooled) in spooled {
            let of_it = |wish: &&Wish| wanted == Wanted::Lines(0) || self::wanted(self.args, wish.format) == wanted;
            let wishes: Vec<&Wish> = wishes.iter().filter(of_it).collect();
            let (document, spooled) = self.document(wanted, spooled, wishes.first().and_then(|wish| wish.out.as_deref()))?;
            for wish in wishes {
                told = write(wish, &document, self.sums, self.frame, &spooled)?.or(told);
            }
        }
        Ok(told)
    }

    /// The document in blocks, and the lines that its format has elsewhere. `first` is the file beside which a long annex goes.
    fn document(&self, wanted: Wanted, spooled: Spooled, first: Option<&Path>) -> anyhow::Result<(Document, Spooled)> {
        let lang = self.frame.paper.lang;
        if self.args.is_logbook() {
            let Spooled::Lines(lines) = spooled else { anyhow::bail!("the lines of the logbook are lost") };
            return Ok((logbook::logbook(self.frame, self.sums, lines.clone()), Spooled::Lines(lines)));
        }
        let in_document = matches!(wanted, Wanted::Lines(most) if most > 0);
        Ok(match spooled {
            Spooled::Lines(lines) if in_document => {
                let log = LogAnnex::Table(annex::table(lines, self.frame.proofs.len() > 1, lang));
                (compose::report(self.frame, self.sums, log), Spooled::Lines(Vec::new()))
            }
            Spooled::File(file) if in_document => {
                let beside = first.context("a report in a file has a name")?.with_extension(report_cli::annex_ending(lang));
                let sha256 = file.keep_as(&beside)?;
                let name = beside.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let log = LogAnnex::File { rows: self.count, name, sha256 };
                (compose::report(self.frame, self.sums, log), Spooled::Lines(Vec::new()))
            }
            elsewhere => (compose::report(self.frame, self.sums, LogAnnex::Elsewhere), elsewhere),
        })
    }
}

/// Writes the document; what goes to stdout is returned.
fn write(wish: &Wish, document: &Document, sums: &Sums, frame: &Frame<'_>, log: &Spooled) -> anyhow::Result<Option<String>> {
    let format = wish.format;
    let Some(out) = wish.out.as_deref() else {
        if format == Format::Text {
            return Ok(Some(format!("{}\n", spoken(document))));
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

fn as_csv(out: &mut impl Write, document: &Document, sums: &Sums, frame: &Frame<'_>, log: &Spooled) -> anyhow::Result<()> {
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
    if let Spooled::Lines(lines) = log {
        sheet.head(TableId::Log.as_str(), annex::columns(frame.proofs.len() > 1), None)?;
        lines.iter().try_for_each(|line| sheet.line(TableId::Log.as_str(), line))?;
    }
    sheet.finish()?;
    if let Spooled::File(file) = log {
        file.copy_into(out)?;
    }
    Ok(())
}

fn as_json(out: &mut impl Write, document: &Document, sums: &Sums, frame: &Frame<'_>, log: &Spooled) -> anyhow::Result<()> {
    let columns = annex::columns(frame.proofs.len() > 1);
    json::begin(out, json::head(document, sums, &frame.proofs))?;
    match log {
        Spooled::Lines(lines) => {
            for (at, line) in lines.iter().enumerate() {
                json::row(out, at == 0, &json::line(columns, line))?;
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
