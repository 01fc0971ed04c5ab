//! `mourning`: a period in which most of what is planned stays silent, its end before its time, and what stands.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::calendar::written;
use crate::cli::status::{language_of, no_answer, printed};
use crate::cli::{Ended, Global, civil, data_folder, orders, print, wrong_use};
use crate::control::ask::ask;
use crate::control::message::{Message, Reply};
use crate::control::request::Ask;
use crate::lang::cli as words;
use crate::lang::mourning;
use crate::terms::ProgrammeId;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    #[arg(long, value_name = "EFFECT", num_args = 1..)]
    pub effect: Vec<String>,
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    #[arg(long, conflicts_with_all = ["until", "effect", "reason"])]
    pub withdraw: bool,
    #[arg(long, conflicts_with_all = ["from", "until", "effect", "reason", "withdraw"])]
    pub list: bool,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    if args.list {
        return list(args.json, global);
    }
    let json = args.json;
    match read(args, global)? {
        Ok(order) => orders::send(order, json, global),
        Err(wrong) => wrong_use(&wrong),
    }
}

fn read(args: Args, global: &Global) -> anyhow::Result<Result<Ask, String>> {
    let lang = global.language();
    let (from, until) = match (day("--from", args.from, global)?, day("--until", args.until, global)?) {
        (Ok(from), Ok(until)) => (from, until),
        (Err(wrong), _) | (_, Err(wrong)) => return Ok(Err(wrong)),
    };
    if args.withdraw {
        return Ok(Ok(Ask::WithdrawMourning { from }));
    }
    let reason = args.reason.filter(|reason| !reason.trim().is_empty());
    let (Some(until), Some(reason)) = (until, reason) else { return Ok(Err(mourning::needs(lang).to_owned())) };
    if from.is_some_and(|from| from > until) {
        return Ok(Err(mourning::backwards(lang).to_owned()));
    }
    let Some(only) = programmes(&args.effect) else {
        return Ok(Err(words::bad_value(lang, "--effect", &args.effect.join(" "), Some(mourning::effects(lang)))));
    };
    Ok(Ok(Ask::Mourning { from, until, only, reason }))
}

fn day(option: &str, text: Option<String>, global: &Global) -> anyhow::Result<Result<Option<Date>, String>> {
    let Some(text) = text else { return Ok(Ok(None)) };
    let lang = global.language();
    let read = orders::by_today(global, |seek| written::day(&text, seek))?;
    Ok(read.map(Some).map_err(|why| civil::misread(lang, option, &text, why, words::day_expected(lang))))
}

/// The programmes that air all the same: none with `silence`, or without a word; `None` is no effect.
fn programmes(effect: &[String]) -> Option<Vec<ProgrammeId>> {
    match effect {
        [] => Some(Vec::new()),
        [word] if word == "silence" => Some(Vec::new()),
        [word, named @ ..] if word == "only" && !named.is_empty() => {
            let named = named.iter().flat_map(|names| names.split(',')).filter(|name| !name.is_empty());
            Some(named.map(ProgrammeId::from).collect())
        }
        _ => None,
    }
}

/// What stands, as the daemon knows it.
fn list(json: bool, global: &Global) -> anyhow::Result<Ended> {
    let (station, status) = match ask(&data_folder(global), &Message::Status) {
        Ok(Reply::Status { station, status }) => (station, status),
        Ok(Reply::Answer { .. } | Reply::Entered { .. } | Reply::Failed { .. }) => {
            anyhow::bail!("the daemon answered something else")
        }
        Err(error) => return no_answer(&error, global.language()),
    };
    let zone = TimeZone::get(&station.timezone).unwrap_or(TimeZone::UTC);
    if json {
        print(&format!("{}\n", crate::cli::status::with_instants(&status.mourning, &zone)?))?;
        return Ok(Ended::Good);
    }
    let lang = language_of(&station, global);
    let line = |period| mourning::stands(lang, period, &|at| printed(at, &zone, mourning::MOMENT)) + "\n";
    let lines: String = status.mourning.iter().map(line).collect();
    print(if lines.is_empty() { mourning::none(lang) } else { &lines })?;
    Ok(Ended::Good)
}
