//! `loaxa rundown`: what airs when, as a table, JSON, CSV or a calendar; and what that does for a campaign's targets.

mod campaign;

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::asrun::history::History;
use crate::asrun::row::Row;
use crate::asrun::standing::Standing;
use crate::asrun::store::{LogError, Query, Reader, Store};
use crate::calendar::written::{self, Misread, Seek, Toward};
use crate::cli::audio::look;
use crate::cli::{Ended, Global, civil, data_folder, now, print, screen, unread, wrong_use};
use crate::lang::{Language, cli as words};
use crate::library::Library;
use crate::plan::read;
use crate::plan::{Plan, render};
use crate::rundown::write::{RundownSheet, csv, ics, json, table};
use crate::rundown::{Rundown, SeenFrom, Span, build};
use crate::terms::*;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    #[arg(long, value_name = "D", conflicts_with_all = ["from", "to"])]
    pub date: Option<String>,
    #[arg(long, value_name = "A", requires = "to")]
    pub from: Option<String>,
    #[arg(long, value_name = "B", requires = "from")]
    pub to: Option<String>,
    #[arg(long, conflicts_with_all = ["csv", "ics"])]
    pub json: bool,
    #[arg(long, conflicts_with = "ics")]
    pub csv: bool,
    #[arg(long)]
    pub ics: bool,
    #[arg(long, value_name = "CAMPAIGN", conflicts_with_all = ["date", "from", "to", "ics"])]
    pub campaign: Option<String>,
}

/// Three years: more would fill the memory, and nobody reads it at once.
const MOST_DAYS: i64 = 1_100;

/// The years that cron knows, and the clock's last whole century.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 1970..=2200;

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let reading = match read::read(&args.plan, global.lang) {
        Ok(reading) => reading.as_of(now()),
        Err(error) => return unread(&error, lang),
    };
    let Some(plan) = &reading.plan else {
        eprint!("{}", render::text(&reading.problems, &reading.sources, reading.language, false));
        return Ok(Ended::Bad);
    };
    let now = now();
    let seek = Seek { today: plan.station.timezone.civil(now).date(), toward: Toward::Coming };
    let asked = match AskedSpan::of(&args, seek, lang) {
        Ok(asked) => asked,
        Err(text) => return wrong_use(&text),
    };
    let data = data_folder(global);
    let library = look(&plan.station.audio, &plan.items, global, plan.station.language);
    if let Some(id) = &args.campaign {
        return campaign::run(&args, plan, &library, id, &data, now);
    }
    let span = asked.span(plan, now);
    let rundown = look_ahead(plan, &library, log(&data)?.as_ref(), span, now)?;
    print(&written(&args, plan, &rundown, now)?)?;
    Ok(Ended::Good)
}

/// What the command line asks for, in the station's time.
enum AskedSpan {
    Today,
    Between(DateTime, DateTime),
}

impl AskedSpan {
    fn of(args: &Args, seek: Seek, lang: Language) -> Result<AskedSpan, String> {
        if let Some(text) = &args.date {
            let bad = |why| civil::misread(lang, "--date", text, why, words::day_expected(lang));
            let day = written::day(text, Some(seek)).map_err(bad)?;
            let next = day.tomorrow().ok().filter(|_| YEARS.contains(&day.year())).ok_or_else(|| bad(Misread::Unknown))?;
            return Ok(AskedSpan::Between(day.at(0, 0, 0, 0), next.at(0, 0, 0, 0)));
        }
        let (Some(from), Some(to)) = (&args.from, &args.to) else { return Ok(AskedSpan::Today) };
        let known = |at: DateTime| if YEARS.contains(&at.year()) { Ok(at) } else { Err(Misread::Unknown) };
        let bad = |name, text, why| civil::misread(lang, name, text, why, words::edge_expected(lang));
        let start = civil::from(from, Some(seek)).and_then(known).map_err(|why| bad("--from", from, why))?;
        let end = civil::to(to, Some(seek)).and_then(known).map_err(|why| bad("--to", to, why))?;
        if end <= start {
            return Err(words::span_is_empty(lang).to_owned());
        }
        if end.duration_since(start) > SignedDuration::from_hours(24 * MOST_DAYS) {
            return Err(words::span_is_too_long(lang, MOST_DAYS));
        }
        Ok(AskedSpan::Between(start, end))
    }

    fn span(&self, plan: &Plan, now: Wall) -> Span {
        let zone = &plan.station.timezone;
        match self {
            AskedSpan::Between(from, to) => Span { from: zone.instant(*from), to: zone.instant(*to) },
            AskedSpan::Today => {
                let today = zone.civil(now).date();
                Span { from: zone.start_of(today), to: today.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next)) }
            }
        }
    }
}

/// The station's log, if there is one yet.
pub(super) fn log(data: &Path) -> anyhow::Result<Option<Reader>> {
    match Store::read_only(data) {
        Ok(log) => Ok(Some(log)),
        Err(LogError::NoLog(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The rundown as it is seen now. Without a log it depends on the plan and its recordings alone. With one, the past of the span is shown
/// as it was planned, and the rest follows from what really aired. Between the last row and a span that lies ahead, everything is assumed to air as
/// planned.
fn look_ahead(plan: &Plan, library: &Library, log: Option<&Reader>, span: Span, now: Wall) -> anyhow::Result<Rundown> {
    let Some(log) = log else {
        let seen = SeenFrom::at(if span.from <= now && now < span.to { now } else { span.from });
        return Ok(build(plan, library, &mut History::default(), span, seen));
    };
    let mourning = mourning(log)?;
    let seen = SeenFrom { mourning: &mourning, ..SeenFrom::at(now.max(span.from).min(span.to)) };
    let turn = now.clamp(span.from, span.to);
    let (mut history, _) = past(log, span.from)?;
    let mut rundown = build(plan, library, &mut history, Span { to: turn, ..span }, seen);
    let mut history = history_before(plan, library, Some(log), turn, now)?;
    let coming = build(plan, library, &mut history, Span { from: turn, ..span }, seen);
    rundown.to = coming.to;
    rundown.slots.extend(coming.slots);
    Ok(rundown)
}

/// The periods of mourning that people have ordered.
pub(super) fn mourning(log: &Reader) -> Result<Vec<Mourning>, LogError> {
    let mut standing = Standing::default();
    let query = Query { kinds: vec![Kind::Order], ..Query::default() };
    log.each(&query, |stored| -> Result<bool, LogError> {
        Row::parse(stored.text).iter().for_each(|row| standing.note(row));
        Ok(true)
    })?;
    Ok(standing.mourning)
}

/// What has aired before an instant, and what is expected to until then.
pub(super) fn history_before(
    plan: &Plan,
    library: &Library,
    log: Option<&Reader>,
    at: Wall,
    now: Wall,
) -> anyhow::Result<History> {
    let Some(log) = log else { return Ok(History::default()) };
    let (mut history, last) = past(log, at)?;
    if at > now {
        let ahead = Span { from: last.map_or(now, |last| now.max(last + SignedDuration::from_nanos(1))), to: at };
        let mourning = mourning(log)?;
        let span = Span { from: ahead.from.max(at - LOOK_AHEAD), ..ahead };
        build(plan, library, &mut history, span, SeenFrom { mourning: &mourning, ..SeenFrom::at(at) });
    }
    for open_slot in log.open_slots()?.iter().filter(|open_slot| open_slot.slot.planned_at < at) {
        open_slot.expect(&mut history);
    }
    Ok(history)
}

/// How much of the time before a span that is still far off is worked out: rotation has forgotten what is longer ago.
const LOOK_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What the log says of slots planned before an instant, and the last of their instants.
fn past(log: &Reader, before: Wall) -> Result<(History, Option<Wall>), LogError> {
    let mut history = History::default();
    let mut last = None;
    let query = Query { to: Some(before), kinds: vec![Kind::Air], counted: true, ..Query::default() };
    log.each(&query, |stored| -> Result<bool, LogError> {
        // A row that cannot be read is `verify`'s to tell.
        if let Ok(row) = Row::parse(stored.text) {
            last = last.max(row.planned_at);
            history.note(&row);
        }
        Ok(true)
    })?;
    Ok((history, last))
}

fn written(args: &Args, plan: &Plan, rundown: &Rundown, now: Wall) -> anyhow::Result<String> {
    let sheet = RundownSheet::new(plan, rundown);
    let lang = plan.station.language;
    Ok(if args.json {
        json::write(&sheet)?
    } else if args.csv {
        csv::write(&sheet)?
    } else if args.ics {
        ics::write(&sheet, lang, now)
    } else {
        table::write(&sheet, lang, screen())
    })
}
