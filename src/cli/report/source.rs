//! What reports are made from: one log or several, and the plans that their rows name.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use anyhow::Context;
use jiff::SignedDuration;

use crate::asrun::row::Row;
use crate::asrun::store::plans;
use crate::asrun::store::{LogError, Query, Reader, Store};
use crate::asrun::verify::verify;
use crate::calendar::timezone::Timezone;
use crate::cli::{Global, data_folder};
use crate::lang::{Language, log as log_words, report as report_words, report_cli};
use crate::plan::source::SourceFile;
use crate::plan::{Baseline, Duty, Letterhead, Plan, read};
use crate::playout::clock::Clocks;
use crate::report::document::Proof;
use crate::report::tally::names::Names;
use crate::rundown::Span;
use crate::rundown::due::{DueBroadcast, due};
use crate::terms::*;

pub struct Sources {
    pub readers: Vec<Reader>,
    pub names: Names,
    /// The newest plan of each log.
    plans: Vec<Option<Plan>>,
    /// Of the newest plan that has one.
    letterhead: Option<Letterhead>,
    /// The folder of each log, and whose it is where there are several.
    folders: Vec<(PathBuf, Option<String>)>,
    pub lang: Language,
    pub zone: Timezone,
    pub origin: Origin,
    /// Its name, or all names.
    pub station: String,
}

/// The machine's clock: only for which day it is.
pub fn now() -> Wall {
    Clocks::of_machine().now().wall
}

/// The station's sound goes first: least processor time, and the first to go when memory runs out. The daemon that waits for it may end.
pub fn make_way() {
    // None of these may fail the report: an older kernel, a sandbox.
    let _ = rustix::process::setpriority_process(None, 19);
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

impl Sources {
    /// `Err` is wrong use.
    pub fn open(plan: Option<&Path>, global: &Global) -> anyhow::Result<Result<Sources, String>> {
        let early = global.language();
        let named = if global.data.is_empty() { vec![data_folder(global)] } else { global.data.clone() };
        // A log that is named twice is counted once.
        let mut folders: Vec<PathBuf> = Vec::new();
        let same = |a: &Path, b: &Path| {
            a == b || std::fs::canonicalize(a).ok().zip(std::fs::canonicalize(b).ok()).is_some_and(|(a, b)| a == b)
        };
        for folder in named {
            if !folders.iter().any(|other| same(other, &folder)) {
                folders.push(folder);
            }
        }
        let mut readers = Vec::new();
        for dir in &folders {
            match Store::read_only(dir) {
                Ok(reader) => readers.push(reader),
                Err(LogError::NoLog(_)) => return Ok(Err(log_words::no_log(early, &dir.display().to_string()))),
                Err(error) => return Err(error).context(log_words::cannot_read(early, &dir.display().to_string())),
            }
        }
        if let Err(text) = only_once(&mut readers, early)? {
            return Ok(Err(text));
        }
        let Some(first) = readers.first() else { return Ok(Err(report_cli::period_needed(early).to_owned())) };
        let origin = first.origin();
        if readers.iter().any(|reader| reader.origin() != origin) {
            return Ok(Err(report_cli::mixed_origins(early).to_owned()));
        }
        let given = match plan.map(|path| (path, read::read(path, global.lang).map(|reading| reading.plan))) {
            None => None,
            Some((_, Ok(Some(plan)))) => Some(plan),
            Some((path, Ok(None) | Err(_))) => {
                return Ok(Err(report_cli::no_good_plan(early, &path.display().to_string())));
            }
        };
        let zone = Timezone::named(first.zone()?.iana_name().unwrap_or("UTC")).unwrap_or_else(Timezone::utc);
        let learned = Learned::of(&readers, given, global.lang)?;
        let Learned { names, plans, letterhead, lang } = learned;
        let newest = plans.iter().flatten().next();
        let stations = &names.stations;
        let station = match newest {
            _ if !stations.is_empty() => report_words::stations(lang, stations.len(), &stations.join(", ")),
            Some(plan) => plan.station.name.clone(),
            None => report_cli::the_station(lang).to_owned(),
        };
        let folders =
            readers.iter().enumerate().map(|(at, reader)| (reader.dir().to_owned(), stations.get(at).cloned())).collect();
        Ok(Ok(Sources { readers, names, plans, letterhead, folders, lang, zone, origin, station }))
    }

    /// What the newest plan of a log owes after an instant, until the end of the report or until now: of none of it the log tells.
    pub fn owed(&self, log: u32, from: Wall, to: Wall) -> Vec<DueBroadcast<'_>> {
        self.plan(log).map_or_else(Vec::new, |plan| due(plan, &[], Span { from: from + SignedDuration::from_nanos(1), to }))
    }

    /// The newest one that the log names.
    pub fn plan(&self, log: u32) -> Option<&Plan> {
        self.plans.get(log as usize)?.as_ref()
    }

    /// Checks the logs, on a thread of its own: that takes as long as reading them for the report, and nothing of it waits for the other.
    pub fn prove(&self) -> JoinHandle<anyhow::Result<Vec<Proof>>> {
        let folders = self.folders.clone();
        std::thread::spawn(move || {
            let prove = |(dir, station): (PathBuf, Option<String>)| {
                let verdict = verify(&dir, &[], None)?;
                Ok(Proof { station, head: verdict.head, good: verdict.ok(), witnessed: verdict.witnessed })
            };
            folders.into_iter().map(prove).collect()
        })
    }

    pub fn letterhead(&self) -> Option<&Letterhead> {
        self.letterhead.as_ref()
    }

    fn newest(&self) -> Option<&Plan> {
        self.plans.iter().flatten().next()
    }

    pub fn baselines(&self) -> &[Baseline] {
        self.newest().map_or(&[], |plan| &plan.baselines)
    }

    /// What the newest plan lets the station write by itself.
    pub fn duties(&self) -> &[Duty] {
        self.newest().map_or(&[], |plan| &plan.reports)
    }

    pub fn duty(&self, id: &str) -> Option<&Duty> {
        self.duties().iter().find(|duty| duty.id.as_str() == id)
    }

    /// The last day that counts as come. A simulation's days have come when it has run through them.
    pub fn as_of(&self, today: jiff::civil::Date) -> jiff::civil::Date {
        match self.origin {
            Origin::Live => today,
            Origin::Rehearsal | Origin::Simulation => jiff::civil::Date::MAX,
        }
    }
}

/// What all plans say that the logs name: each is read, whatever their number, and only the newest of each log is kept.
struct Learned {
    names: Names,
    plans: Vec<Option<Plan>>,
    letterhead: Option<Letterhead>,
    lang: Language,
}

impl Learned {
    /// `given` is the first log's newest plan, whatever its log says.
    fn of(readers: &[Reader], mut given: Option<Plan>, lang: Option<Language>) -> anyhow::Result<Learned> {
        let mut learned = Learned { names: Names::default(), plans: Vec::new(), letterhead: None, lang: Language::default() };
        let mut known = lang;
        for (log, reader) in (0..).zip(readers) {
            let mut newest = None;
            let mut learn = |plan: Plan| {
                learned.lang = *known.get_or_insert(plan.station.language);
                learned.names.learn(log, &plan, learned.lang);
                if learned.letterhead.is_none() {
                    learned.letterhead.clone_from(&plan.letterhead);
                }
                newest.get_or_insert(plan);
            };
            given.take().into_iter().for_each(&mut learn);
            each_kept_plan(reader, learn)?;
            learned.plans.push(newest);
        }
        learned.lang = known.unwrap_or_default();
        let called: Vec<Option<String>> =
            learned.plans.iter().map(|plan| plan.as_ref().map(|plan| plan.station.name.clone())).collect();
        learned.names.name_stations(&called, learned.lang);
        Ok(learned)
    }
}

/// A log that is a copy or the beginning of another is left to that one: its rows count once. Two logs of one station that differ, and two
/// stations of one code, can't be told apart and are refused.
fn only_once(readers: &mut Vec<Reader>, lang: Language) -> anyhow::Result<Result<(), String>> {
    let mut kept: Vec<Reader> = Vec::new();
    for reader in readers.drain(..) {
        let name = |reader: &Reader| reader.dir().display().to_string();
        let mut within = None;
        for (at, other) in kept.iter().enumerate() {
            if other.has(&reader.head()?)? {
                within = Some((at, true));
            } else if reader.has(&other.head()?)? {
                within = Some((at, false));
            } else if let Some(code) = station_of(other)?.filter(|code| !code.is_empty())
                && station_of(&reader)?.as_ref() == Some(&code)
            {
                return Ok(Err(report_cli::one_code(lang, &code, &name(other), &name(&reader))));
            }
        }
        match within {
            None => kept.push(reader),
            Some((at, its_part)) => {
                let Some(other) = kept.get_mut(at) else { continue };
                let (part, whole) = if its_part { (name(&reader), name(other)) } else { (name(other), name(&reader)) };
                eprintln!("{}", report_cli::counted_once(lang, &part, &whole));
                if !its_part {
                    *other = reader;
                }
            }
        }
    }
    *readers = kept;
    Ok(Ok(()))
}

/// The code that a log's newest row has.
fn station_of(reader: &Reader) -> Result<Option<String>, LogError> {
    let mut found = None;
    reader.each(&Query { newest_first: true, ..Query::default() }, |stored| -> Result<bool, LogError> {
        found = Row::parse(stored.text).ok().map(|row| row.station.to_string());
        Ok(found.is_none())
    })?;
    Ok(found)
}

/// Hands over each plan that was accepted, the newest first. One that cannot be read any more is left out: its ids stand for themselves.
pub fn each_kept_plan(reader: &Reader, mut take: impl FnMut(Plan)) -> anyhow::Result<()> {
    let mut hashes: Vec<PlanHash> = Vec::new();
    let mut seen: HashSet<PlanHash> = HashSet::new();
    let query = Query { kinds: vec![Kind::Plan], newest_first: true, ..Query::default() };
    reader.each(&query, |stored| -> anyhow::Result<bool> {
        let named = Row::parse(stored.text).ok().and_then(|row| row.plan_hash);
        hashes.extend(named.filter(|hash| seen.insert(hash.clone())));
        Ok(true)
    })?;
    for hash in hashes {
        let Ok(Some(files)) = plans::kept(reader.dir(), &hash) else { continue };
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned().into();
        let sources =
            files.into_iter().map(|(name, bytes)| SourceFile { path: PathBuf::from(name), text: text(bytes) }).collect();
        read::parse(sources, reader.dir(), None).plan.into_iter().for_each(&mut take);
    }
    Ok(())
}
