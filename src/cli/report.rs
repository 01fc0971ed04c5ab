//! `loaxa report`: airtime reports from the log.
//!
//! The log is read once, row by row: the tally takes each, and the annex gets its line. What the plans of its rows say of names comes
//! from the plans that the data folder keeps.

mod documents;
pub(super) mod source;
mod span;
mod spool;

use std::path::PathBuf;

use jiff::civil::Date;

use crate::asrun::store::{Query, Reader};
use crate::chores::due::reports::{DueReport, Stage};
use crate::cli::progress::Progress;
use crate::cli::{Ended, Global, print, wrong_use};
use crate::lang::cli::Work;
use crate::lang::{Language, cli as shared, report_cli};
use crate::plan::{Duty, MonthEnd};
use crate::report::document::Paper;
use crate::report::document::annex::{At, LogLine};
use crate::report::document::compose::Frame;
use crate::report::tally::{Scope, Tally, UnloggedSlot};
use crate::terms::{Origin, Wall};

use documents::{DocumentScope, DocumentSource, Format, OutFile};
use source::Sources;
use span::{PeriodContext, ReportDays};
use spool::{LogForm, Spooled};

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
    #[arg(long, value_name = "full")]
    pub annex: Option<String>,
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    #[arg(long, value_name = "ENTRY", conflicts_with_all = ["from", "to", "campaign", "cut"])]
    pub entry: Option<String>,
    #[arg(long)]
    pub draft: bool,
    /// Several are written from one reading of the log.
    #[arg(long, value_name = "FILE")]
    pub out: Vec<PathBuf>,
    #[arg(long, requires = "out")]
    pub force: bool,
    #[arg(long, conflicts_with = "out")]
    pub json: bool,
}

impl Args {
    fn is_logbook(&self) -> bool {
        self.form.is_some()
    }
}

/// One report that fell due, made beside the air: [`crate::chores::reports`] starts it and owns its options.
#[derive(Debug, clap::Args)]
pub struct DueArgs {
    #[arg(value_parser = |text: &str| serde_json::from_str::<DueReport>(text))]
    report: DueReport,
    #[arg(long)]
    out: Vec<PathBuf>,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let early = global.language();
    if args.form.as_deref().is_some_and(|form| form != "logbook") {
        return wrong_use(&shared::bad_value(early, "--form", args.form.as_deref().unwrap_or(""), Some("logbook")));
    }
    if let Some(annex) = args.annex.as_deref().filter(|annex| *annex != "full") {
        return wrong_use(&shared::bad_value(early, "--annex", annex, Some("full")));
    }
    let sources = match Sources::open(args.plan.as_deref(), global)? {
        Ok(sources) => sources,
        Err(text) => return wrong_use(&text),
    };
    match Commission::asked(&args, &sources) {
        Ok(commission) => made(commission.make(&sources)?, sources.lang),
        Err(text) => wrong_use(&text),
    }
}

pub fn due(args: DueArgs, global: &Global) -> anyhow::Result<Ended> {
    source::make_way();
    let sources = match Sources::open(None, global)? {
        Ok(sources) => sources,
        Err(text) => return wrong_use(&text),
    };
    match Commission::due(args, &sources) {
        Ok(commission) => made(commission.make(&sources)?, sources.lang),
        Err(text) => wrong_use(&text),
    }
}

fn made(made: MadeReport, lang: Language) -> anyhow::Result<Ended> {
    if let Some(text) = made.stdout {
        print(&text)?;
    }
    for path in &made.written {
        print(&format!("{}\n", report_cli::written(lang, &path.display().to_string())))?;
    }
    // A log that was tampered with makes a report that says so.
    Ok(if made.good { Ended::Good } else { Ended::Bad })
}

/// Beyond its last row a log tells of nothing: what its plan owed from then on, until the report ends or until now, is said to be unknown.
fn unlogged(tally: &mut Tally, log: u32, reader: &Reader, sources: &Sources) -> anyhow::Result<()> {
    reader.alive_at()?.into_iter().for_each(|at| tally.was_alive(log, at));
    let (Some(from), Some(plan)) = (tally.told_until(log), sources.plan(log)) else { return Ok(()) };
    let to = match sources.origin {
        Origin::Live => source::now(),
        Origin::Simulation => Wall::MAX,
        // What was only tried owes nothing.
        Origin::Rehearsal => return Ok(()),
    };
    for due in sources.owed(log, from, tally.ends_before().min(to)) {
        let Some(broadcast) = plan.broadcasts.get(due.broadcast) else { continue };
        for (output, _) in due.owed.iter().filter(|(_, skipped)| skipped.is_none()) {
            let zones = plan.output(output).map_or(&[][..], |output| &output.zones);
            tally.unlogged(
                log,
                &UnloggedSlot {
                    planned_at: due.planned_at,
                    station: plan.station.code.as_str(),
                    output: output.as_str(),
                    zones,
                    broadcast: broadcast.id.as_str(),
                    programme: due.programme.as_str(),
                    plan_hash: plan.hash.as_str(),
                },
            );
        }
    }
    Ok(())
}

fn cut(args: &Args, planned: MonthEnd, lang: Language) -> Result<MonthEnd, String> {
    match args.cut.as_deref() {
        None => Ok(planned),
        Some("calendar") => Ok(MonthEnd::Calendar),
        Some(text) => {
            let day = text.parse().ok().filter(|day| (1..=28).contains(day));
            day.map(MonthEnd::Day).ok_or_else(|| shared::bad_value(lang, "--cut", text, Some(report_cli::cut_expected(lang))))
        }
    }
}

fn entry<'s>(id: &str, sources: &'s Sources) -> Result<&'s Duty, String> {
    let unknown = || {
        let known = sources.duties().iter().map(|duty| duty.id.as_str()).collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { report_cli::no_entries(sources.lang).to_owned() } else { known };
        shared::bad_value(sources.lang, "--entry", id, Some(&known))
    };
    sources.duty(id).ok_or_else(unknown)
}

/// What is to be made: nothing of it is a text any more that somebody typed.
struct Commission<'s> {
    days: ReportDays,
    files: Vec<OutFile>,
    scope: DocumentScope,
    /// The entry of the plan.
    duty: Option<&'s Duty>,
    draft: bool,
    today: Date,
}

/// What became of a report.
struct MadeReport {
    stdout: Option<String>,
    /// The files, the log beside a report among them.
    written: Vec<PathBuf>,
    /// The logs are what was written.
    good: bool,
}

impl<'s> Commission<'s> {
    /// As somebody typed it.
    fn asked(args: &Args, sources: &'s Sources) -> Result<Commission<'s>, String> {
        let lang = sources.lang;
        let duty = args.entry.as_deref().map(|id| entry(id, sources)).transpose()?;
        let planned = sources.letterhead().map_or(MonthEnd::Calendar, |letterhead| letterhead.cut);
        let today = sources.zone.civil(source::now()).date();
        let files = match args.out.as_slice() {
            [] => vec![OutFile::stdout(if args.json { Format::Json } else { Format::Text })],
            outs => OutFile::all(outs, lang)?,
        };
        if let Some(there) = files.iter().find_map(|file| file.there(args.force, lang)) {
            return Err(report_cli::out_exists(lang, &there.display().to_string()));
        }
        let given = PeriodContext { cut: cut(args, planned, lang)?, names: &sources.names, duty, today };
        let period = span::period(args, &given, lang)?;
        if sources.origin == Origin::Live && period.from > today {
            return Err(report_cli::not_begun(lang, period.from, period.until));
        }
        let days = ReportDays::compared(period, args.compare.as_deref(), sources.baselines(), lang)?;
        Ok(Commission {
            days,
            files,
            scope: DocumentScope { logbook: args.is_logbook(), full: args.annex.is_some() },
            duty,
            draft: args.draft,
            today,
        })
    }

    /// As it fell due.
    fn due(args: DueArgs, sources: &'s Sources) -> Result<Commission<'s>, String> {
        let lang = sources.lang;
        Ok(Commission {
            duty: Some(entry(args.report.id.as_str(), sources)?),
            days: ReportDays::compared(args.report.period, None, sources.baselines(), lang)?,
            files: OutFile::all(&args.out, lang)?,
            scope: DocumentScope { logbook: false, full: false },
            draft: args.report.stage == Stage::Draft,
            today: sources.zone.civil(source::now()).date(),
        })
    }

    fn make(&self, sources: &Sources) -> anyhow::Result<MadeReport> {
        let lang = sources.lang;
        let proving = sources.prove();
        let scope = Scope {
            zone: sources.zone.clone(),
            origin: sources.origin,
            from: self.days.period.from,
            until: self.days.period.until,
            as_of: sources.as_of(self.today),
            compared: self.days.compared,
        };
        let mut tally = Tally::new(scope, &sources.names);
        let mut spools = documents::spools(&self.files, self.scope, sources.readers.len() > 1, lang);
        let mut count = 0;
        let progress = Progress::of(lang, Work::Log);
        let rows: u64 = sources.readers.iter().map(|reader| reader.head().map_or(0, |head| head.seq)).sum();
        let mut read: u64 = 0;
        for (log, reader) in sources.readers.iter().enumerate() {
            let station = sources.names.stations.get(log).map(String::as_str);
            let log = u32::try_from(log).unwrap_or(u32::MAX);
            reader.each(&Query { counted: true, ..Query::default() }, |stored| -> anyhow::Result<bool> {
                read += 1;
                if read.is_multiple_of(4_096) {
                    progress.at(read, rows);
                }
                if let Some(noted) = tally.note(log, stored.text)
                    && !spools.is_empty()
                    && let Some(line) =
                        LogLine::of(At { number: count + 1, station }, &noted, &sources.zone, &sources.names, lang)
                {
                    count += 1;
                    spools.iter_mut().try_for_each(|(_, spool)| spool.take(&line))?;
                }
                Ok(true)
            })?;
            unlogged(&mut tally, log, reader, sources)?;
        }
        drop(progress);
        // What the plan calls final is of whole days.
        if sources.origin == Origin::Live && (self.draft || self.duty.is_none()) {
            tally.only_days_begun();
        }
        let sums = tally.finish(&sources.names, self.days.baseline.as_ref(), lang);
        let own = self.duty.map(|duty| duty.to.clone()).filter(|to| !to.is_empty());
        let frame = Frame {
            paper: Paper { lang, station: &sources.station, letterhead: sources.letterhead() },
            to: own.or_else(|| sources.letterhead().map(|letterhead| letterhead.to.clone())).unwrap_or_default(),
            draft: self.draft,
            period: self.days.period.called(lang),
            today: self.today,
            proofs: proving.join().map_err(|_| anyhow::anyhow!(report_cli::check_broke_off(lang)))??,
        };
        let spooled = spools.into_iter().map(|(form, spool)| Ok((form, spool.finish()?)));
        let spooled = spooled.collect::<anyhow::Result<Vec<(LogForm, Spooled)>>>()?;
        let source = DocumentSource { scope: self.scope, sums: &sums, frame: &frame, count };
        let good = frame.proofs.iter().all(|proof| proof.good);
        let (stdout, written) = source.write_all(&self.files, spooled)?;
        Ok(MadeReport { stdout, written, good })
    }
}
