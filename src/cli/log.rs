//! `loaxa log`: the as-run log as a table, CSV, JSON, or as it is stored.

pub mod add;
mod forms;
mod keep;
mod row_text;
mod table;

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::civil::DateTime;

use crate::asrun::row::{SEPARATOR, read_stamp};
use crate::asrun::store::{LogError, Query, Reader, Store};
use crate::calendar::hours::Stretch;
use crate::calendar::timezone::Timezone;
use crate::calendar::written::{self, Misread, Seek, Toward};
use crate::cli::report::source::each_kept_plan;
use crate::cli::{Ended, Global, civil, complain, data_folder, named, print, wrong_use};
use crate::lang::{Language, cli as shared, log as words};
use crate::playout::clock::Clocks;
use crate::terms::*;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub then: Option<Then>,
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"])]
    pub date: Option<String>,
    #[arg(long, value_name = "A")]
    pub from: Option<String>,
    #[arg(long, value_name = "B")]
    pub to: Option<String>,
    #[arg(long, value_name = "TOPIC")]
    pub topic: Option<String>,
    #[arg(long, value_name = "STATUS", conflicts_with = "missed")]
    pub status: Option<String>,
    #[arg(long)]
    pub missed: bool,
    #[arg(long, value_name = "17:00-18:00")]
    pub between: Option<String>,
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    #[arg(long)]
    pub all: bool,
    /// Whole or not at all: a part of a chain proves nothing.
    #[arg(long, conflicts_with_all = ["date", "from", "to", "topic", "status", "missed", "between", "zone", "all", "csv"])]
    pub chain: bool,
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    #[arg(long)]
    pub csv: bool,
}

#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

#[derive(Debug, clap::Subcommand)]
pub enum Then {
    Add(add::Add),
    Backup(BackupArgs),
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let dir = data_folder(global);
    let args = match args {
        Args { then: Some(Then::Add(add)), .. } => return add::run(add, global),
        Args { then: Some(Then::Backup(BackupArgs { file })), .. } => return back_up(&dir, &file, lang),
        args => args,
    };
    let reader = match Store::read_only(&dir) {
        Ok(reader) => reader,
        Err(error) => return unopened(error, &dir, lang),
    };
    let args = match meant(args, &reader, lang)? {
        Ok(args) => args,
        Err(text) => return wrong_use(&text),
    };
    let query = match query(&args, &reader, lang)? {
        Ok(query) => query,
        Err(text) => return wrong_use(&text),
    };
    let between = match args.between.as_deref().map(|text| (text, Stretch::parse(text))) {
        Some((text, Err(why))) => {
            return wrong_use(&civil::misread(lang, "--between", text, why, words::hours_expected(lang)));
        }
        Some((_, Ok(hours))) => Some(hours),
        None => None,
    };
    let keep = keep::Keep { zone: zone(&reader)?, between, village: args.zone.clone() };
    let written = write(&args, &reader, &query, &keep, lang);
    written.map_err(|error| error.context(words::cannot_read(lang, &dir.display().to_string())))?;
    Ok(Ended::Good)
}

/// Copies the log into a file that is not there yet, also while the daemon writes to it.
fn back_up(dir: &Path, file: &Path, lang: Language) -> anyhow::Result<Ended> {
    let shown = file.display().to_string();
    if file.exists() {
        return wrong_use(&words::backup_exists(lang, &shown));
    }
    match Store::backup(dir, file, Clocks::of_machine().now().wall) {
        Ok(head) => {
            print(&format!("{}\n", words::backed_up(lang, &shown, head.seq, &head.grouped())))?;
            Ok(Ended::Good)
        }
        Err(error @ (LogError::NoLog(_) | LogError::Newer { .. })) => unopened(error, dir, lang),
        Err(error) => Err(error).context(words::not_backed_up(lang, &shown)),
    }
}

/// Says why there is no log to be read.
pub(super) fn unopened(error: LogError, dir: &std::path::Path, lang: Language) -> anyhow::Result<Ended> {
    let shown = dir.display().to_string();
    match error {
        LogError::NoLog(_) => wrong_use(&words::no_log(lang, &shown)),
        LogError::Newer { .. } => anyhow::bail!(words::newer_log(lang, &shown)),
        other => Err(other).context(words::cannot_read(lang, &shown)),
    }
}

/// The arguments with ids in place of names, and both ends in place of a day; or what is wrong with them.
fn meant(mut args: Args, reader: &Reader, lang: Language) -> anyhow::Result<Result<Args, String>> {
    if let Some(text) = args.date.take() {
        let day = match written::day(&text, Some(seek(reader)?)) {
            Ok(day) => day,
            Err(why) => return Ok(Err(civil::misread(lang, "--date", &text, why, shared::day_expected(lang)))),
        };
        (args.from, args.to) = (Some(day.to_string()), Some(day.to_string()));
    }
    if args.zone.is_none() && args.topic.is_none() {
        return Ok(Ok(args));
    }
    let mut plans = Vec::new();
    each_kept_plan(reader, |plan| plans.push(plan))?;
    let zone = args.zone.as_deref().map(|text| named::zone(text, &plans, lang)).transpose();
    let topic = args.topic.as_deref().map(|text| named::topic(text, &plans, lang)).transpose();
    Ok(zone.and_then(|zone| Ok(Args { zone, topic: topic?, ..args })))
}

fn zone(reader: &Reader) -> anyhow::Result<Timezone> {
    Ok(Timezone::named(reader.zone()?.iana_name().unwrap_or("UTC")).unwrap_or_else(Timezone::utc))
}

/// A log is asked about days that are over.
fn seek(reader: &Reader) -> anyhow::Result<Seek> {
    Ok(Seek { today: zone(reader)?.civil(Clocks::of_machine().now().wall).date(), toward: Toward::Past })
}

/// The query, or what is wrong with the arguments.
fn query(args: &Args, reader: &Reader, lang: Language) -> anyhow::Result<Result<Query, String>> {
    if args.chain {
        return Ok(Ok(Query::default()));
    }
    let (zone, seek) = (zone(reader)?, Some(seek(reader)?));
    let edge = |name: &str, text: &Option<String>, civil: fn(&str, Option<Seek>) -> Result<DateTime, Misread>| match text {
        None => Ok(None),
        Some(text) => {
            let bad = |why| civil::misread(lang, name, text, why, shared::edge_expected(lang));
            let instant = read_stamp(text).map_or_else(|| civil(text, seek).map(|at| zone.instant(at)), Ok);
            instant.map(Some).map_err(bad)
        }
    };
    let (from, to) = match (edge("--from", &args.from, civil::from), edge("--to", &args.to, civil::to)) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(text), _) | (_, Err(text)) => return Ok(Err(text)),
    };
    if from.zip(to).is_some_and(|(from, to)| to <= from) {
        return Ok(Err(shared::span_is_empty(lang).to_owned()));
    }
    let mut statuses = if args.missed { vec![Status::Partial, Status::Missed] } else { Vec::new() };
    match args.status.as_deref().map(|text| named::status(text, lang)) {
        Some(Ok(status)) => statuses.push(status),
        Some(Err(text)) => return Ok(Err(text)),
        None => {}
    }
    let mut kinds = if args.all { Vec::new() } else { vec![Kind::Air, Kind::End] };
    if !kinds.is_empty() && !args.json && !args.csv {
        kinds.push(Kind::Hand);
    }
    let topic = args.topic.as_deref().map(TopicId::from);
    Ok(Ok(Query { from, to, topic, statuses, kinds, by_slot: !args.all, counted: !args.all, ..Query::default() }))
}

fn write(args: &Args, reader: &Reader, query: &Query, keep: &keep::Keep, lang: Language) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    if (args.json || args.csv || args.chain)
        && let Some(text) = words::not_live(lang, reader.origin())
    {
        complain(text);
    }
    if args.chain && !args.json {
        reader.each(query, |row| -> anyhow::Result<bool> {
            writeln!(out, "{}{SEPARATOR}{}", row.text, row.hash)?;
            Ok(true)
        })?;
    } else if args.json {
        forms::json(reader, query, keep, args.chain, &mut out)?;
    } else if args.csv {
        forms::csv(reader, query, keep, &mut out)?;
    } else {
        table::write(reader, query, keep, lang, &mut out)?;
    }
    out.flush()?;
    Ok(())
}
