//! What reports are made from: one log or several, and the plans that their rows name.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use anyhow::Context;

use crate::asrun::plans;
use crate::asrun::row::Row;
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
use crate::terms::*;

/// More plans than these are not looked into: the newest tell the names.
const PLANS: usize = 50;

pub struct Sources {
    pub readers: Vec<Reader>,
    pub names: Names,
    /// The newest first.
    plans: Vec<Plan>,
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
        let Some(first) = readers.first() else { return Ok(Err(report_cli::period_needed(early).to_owned())) };
        let origin = first.origin();
        if readers.iter().any(|reader| reader.origin() != origin) {
            return Ok(Err(report_cli::mixed_origins(early).to_owned()));
        }
        let mut plans: Vec<Vec<Plan>> = readers.iter().map(kept_plans).collect::<anyhow::Result<_>>()?;
        if let (Some(path), Some(first)) = (plan, plans.first_mut()) {
            match read::read(path, global.lang).map(|reading| reading.plan) {
                Ok(Some(plan)) => first.insert(0, plan),
                Ok(None) | Err(_) => return Ok(Err(report_cli::no_good_plan(early, &path.display().to_string()))),
            }
        }
        let newest = plans.iter().find_map(|plans| plans.first());
        let lang = global.lang.or_else(|| newest.map(|plan| plan.station.language)).unwrap_or_default();
        let names = Names::of_stations(&plans.iter().map(Vec::as_slice).collect::<Vec<_>>(), lang);
        let zone = Timezone::named(first.zone()?.iana_name().unwrap_or("UTC")).unwrap_or_else(Timezone::utc);
        let stations = &names.stations;
        let station = match newest {
            _ if !stations.is_empty() => report_words::stations(lang, stations.len(), &stations.join(", ")),
            Some(plan) => plan.station.name.clone(),
            None => report_cli::the_station(lang).to_owned(),
        };
        let folders = folders.into_iter().enumerate().map(|(at, dir)| (dir, stations.get(at).cloned())).collect();
        Ok(Ok(Sources { readers, names, plans: plans.into_iter().flatten().collect(), folders, lang, zone, origin, station }))
    }

    /// Checks the logs, on a thread of its own: that takes as long as reading them for the report, and nothing of it waits for the other.
    pub fn prove(&self) -> JoinHandle<anyhow::Result<Vec<Proof>>> {
        let folders = self.folders.clone();
        std::thread::spawn(move || {
            let prove = |(dir, station): (PathBuf, Option<String>)| {
                let verdict = verify(&dir, &[], None)?;
                Ok(Proof { station, head: verdict.head, good: verdict.ok() })
            };
            folders.into_iter().map(prove).collect()
        })
    }

    pub fn letterhead(&self) -> Option<&Letterhead> {
        self.plans.iter().find_map(|plan| plan.letterhead.as_ref())
    }

    pub fn baselines(&self) -> &[Baseline] {
        self.plans.first().map_or(&[], |plan| &plan.baselines)
    }

    /// What the newest plan lets the station write by itself.
    pub fn duties(&self) -> &[Duty] {
        self.plans.first().map_or(&[], |plan| &plan.reports)
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

/// The plans that were accepted, the newest first. One that cannot be read any more is left out: its ids stand for themselves.
pub fn kept_plans(reader: &Reader) -> anyhow::Result<Vec<Plan>> {
    let mut hashes: Vec<PlanHash> = Vec::new();
    let query = Query { kinds: vec![Kind::Plan], ..Query::default() };
    reader.each(&query, |stored| -> anyhow::Result<bool> {
        if let Some(hash) = Row::parse(stored.text).ok().and_then(|row| row.plan_hash) {
            hashes.retain(|other| *other != hash);
            hashes.push(hash);
        }
        Ok(true)
    })?;
    let mut found = Vec::new();
    for hash in hashes.iter().rev().take(PLANS) {
        let Ok(Some(files)) = plans::kept(reader.dir(), hash) else { continue };
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned().into();
        let sources =
            files.into_iter().map(|(name, bytes)| SourceFile { path: PathBuf::from(name), text: text(bytes) }).collect();
        found.extend(read::parse(sources, reader.dir(), None).plan);
    }
    Ok(found)
}
