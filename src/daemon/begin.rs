//! The beginning: plan, recordings, log and clock, before anything sounds.

use std::path::Path;
use std::sync::Arc;

use crate::asrun::fact::{Fact, PlanFact, StartFact};
use crate::asrun::row::{Row, stamp};
use crate::asrun::store::rescue::{self, LogPlace, OpenedLog, Rescued};
use crate::asrun::store::{LogError, Past, Store};
use crate::daemon::loading::{self, Loaded};
use crate::daemon::planner::InForceUntil;
use crate::daemon::{Ending, Settings, folder, trace};
use crate::lang::{Language, daemon as words, system};
use crate::library::store::LibraryStore;
use crate::plan::read::{self, Files, ReadError, Reading};
use crate::plan::{Plan, render};
use crate::playout::beginning;
use crate::playout::clock::judge::Judge;
use crate::playout::clock::{Clocks, built_at};
use crate::playout::cue::Clock;
use crate::terms::*;

/// With less room than this, the log's first rows and their index do not fit.
const LEAST_ROOM: u64 = 256 << 10;

/// Everything that the station is made of, ready to start.
pub struct Begun {
    pub settings: Settings,
    pub origin: Origin,
    pub clocks: Clocks,
    pub judge: Judge,
    pub store: Store,
    pub past: Past,
    pub recordings: Arc<LibraryStore>,
    pub loaded: Loaded,
    /// The plans that were in force before the present one, as far back as something may be owed by them.
    pub before: Vec<(Loaded, InForceUntil)>,
    /// Those of them, and of accepted plans that should have run, which are not kept whole.
    pub unkept: Vec<String>,
    /// The plan's files as they were read.
    pub files: Result<Files, ReadError>,
    /// What is wrong with the plan that was asked for, when the last accepted one runs in its place.
    pub broken: Option<String>,
    /// What was done about a log that was damaged.
    pub rescued: Option<Rescued>,
    /// What lay in the data folder under a name of ours, and was renamed.
    pub in_the_way: Vec<String>,
}

/// Reads the plan, takes the data folder, and finds out what happened before.
pub fn begin(settings: Settings, origin: Origin, clocks: Clocks) -> anyhow::Result<Result<Begun, Ending>> {
    let read = match read_plan(&settings)? {
        Ok(read) => read,
        Err(over) => return Ok(Err(over)),
    };
    if let Some(wrong) = read.plan.as_ref().and_then(|plan| wrong_devices(&settings, plan)) {
        trace::say(&format!("loaxa: {wrong}\n"));
        return Ok(Err(Ending::WrongUse));
    }
    let in_the_way = folder::clear(&settings.data)?;
    let in_log = || Store::read_only(&settings.data).and_then(|reader| reader.zone()).ok();
    let Some(zone) = read.plan.as_ref().map(|plan| plan.station.timezone.tz().clone()).or_else(in_log) else {
        trace::say(&read.problems);
        trace::say(&format!("loaxa: {}\n", words::no_plan(settings.language)));
        return Ok(Err(Ending::NoPlan));
    };
    let place = LogPlace {
        dir: settings.data.clone(),
        origin,
        tz: zone,
        station: read.plan.as_ref().map(|plan| plan.station.code.as_str()).unwrap_or_default().into(),
        backups: read.plan.as_ref().and_then(|plan| plan.backup.as_ref()).map(|backup| backup.folder.clone()),
    };
    let now = clocks.now();
    let OpenedLog { store, past, rescued } = match rescue::open(&place, now.wall) {
        Ok(opened) => opened,
        Err(error @ LogError::OtherOrigin { .. }) => {
            trace::say(&format!("loaxa: {}\n", system::of_log(settings.language, &error)));
            return Ok(Err(Ending::WrongUse));
        }
        Err(error) => return Err(error.into()),
    };
    let recordings = Arc::new(LibraryStore::keeping(&settings.data)?);
    let base = read::base(&settings.plan);
    let mut unkept = Vec::new();
    let mut kept = |hash: &PlanHash| {
        let plan = loading::kept(&settings.data, hash, &base);
        if plan.is_none() {
            unkept.push(hash.to_string());
        }
        Some(loading::at_once(plan?, &recordings))
    };
    let loaded = match read.plan {
        Some(plan) => loading::at_once(plan, &recordings),
        // A log that cannot be read now still knows the last plan.
        None => match past.plan().and_then(&mut kept).or_else(|| store.newest_plan(&mut kept).ok().flatten()) {
            Some(loaded) => loaded,
            None => {
                trace::say(&read.problems);
                let why = match unkept.first() {
                    Some(hash) => words::kept_plan_damaged(settings.language, hash),
                    None => words::no_plan(settings.language).to_owned(),
                };
                trace::say(&format!("loaxa: {why}\n"));
                return Ok(Err(Ending::NoPlan));
            }
        },
    };
    if let Some(wrong) = wrong_devices(&settings, &loaded.plan) {
        trace::say(&format!("loaxa: {wrong}\n"));
        return Ok(Err(Ending::WrongUse));
    }
    let before = beginning::before(&past, &loaded.plan.hash);
    let until = |until: Option<Wall>| until.map_or(InForceUntil::Boot(now.mono), InForceUntil::Logged);
    let before = before.into_iter().filter_map(|(hash, to)| Some((kept(&hash)?, until(to)))).collect();
    let judge = judge(&clocks, &past, origin);
    if let Err(error) = loading::keep(&settings.data, &loaded.plan) {
        // A disk that is full keeps no plan; that is no reason to be silent.
        tracing::error!(%error, "the plan cannot be kept in the data folder");
    }
    let broken = read.broken.then_some(read.problems);
    let files = read.files;
    unkept.sort();
    unkept.dedup();
    Ok(Ok(Begun {
        settings,
        origin,
        clocks,
        judge,
        store,
        past,
        recordings,
        loaded,
        files,
        before,
        unkept,
        broken,
        rescued,
        in_the_way,
    }))
}

/// The error of a beginning, in the operator's words where it is the disk that is full: no error of SQLite's says that for certain.
pub fn describe(error: anyhow::Error, data: &Path, language: Language) -> anyhow::Error {
    let is_full = rustix::fs::statvfs(data).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < LEAST_ROOM);
    if is_full { anyhow::anyhow!(words::disk_full(language, &data.display().to_string())) } else { error }
}

/// What reading the plan gave, and its problems in words.
struct Read {
    files: Result<Files, ReadError>,
    plan: Option<Plan>,
    broken: bool,
    problems: String,
}

fn read_plan(settings: &Settings) -> anyhow::Result<Result<Read, Ending>> {
    match read::files(&settings.plan) {
        Ok(files) => {
            let Reading { plan, problems, sources, language, .. } = read::understand(files.clone(), Some(settings.language));
            let problems = render::text(&problems, &sources, language, false);
            Ok(Ok(Read { files: Ok(files), broken: plan.is_none(), plan, problems }))
        }
        // A plan folder that is gone is a broken plan for a station that has aired; for a new one it was mistyped.
        Err(error) if settings.data.join(crate::asrun::store::FILE).exists() => {
            let problems = format!("{}\n", error.describe(settings.language));
            Ok(Ok(Read { files: Err(error), plan: None, broken: true, problems }))
        }
        Err(error) => {
            trace::say(&format!("loaxa: {}\n", error.describe(settings.language)));
            Ok(Err(Ending::WrongUse))
        }
    }
}

/// `--output` stands in for every output's device: one real device cannot be several outputs.
fn wrong_devices(settings: &Settings, plan: &Plan) -> Option<String> {
    let is_real = settings.output.as_ref()?.is_real();
    (is_real && plan.outputs.len() > 1).then(|| words::one_device_many_outputs(plan.station.language).to_owned())
}

fn judge(clocks: &Clocks, past: &Past, origin: Origin) -> Judge {
    let (seen, boot_id) = (clocks.observe(), clocks.boot_id());
    let new_boot = past.boot_id.as_ref() != Some(&boot_id);
    let booted = if new_boot { clocks.booted(seen.now) } else { Mono(0) };
    let mut known = beginning::known(past, &boot_id, booted, built_at());
    match origin {
        // Whoever pretends a time vouches for it.
        Origin::Rehearsal | Origin::Simulation => known.this_boot = Some(Vouch::of(Evidence::Operator, seen.now)),
        Origin::Live => {}
    }
    Judge::new(known, seen)
}

impl Begun {
    /// The rows with which this life of the station begins.
    pub fn first_rows(&self, now: Wall) -> Vec<Row> {
        let station: Arc<str> = self.loaded.plan.station.code.as_str().into();
        let Clock { status: clock, vouch, .. } = self.judge.clock();
        let zone = &self.loaded.plan.station.timezone;
        let said = StartFact {
            boot_id: Some(self.clocks.boot_id()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            off: self.past.off(&self.clocks.boot_id()),
            off_since: self.past.stopped_at.or(self.past.alive_at).map(|at| stamp(at, zone.tz())),
            doubtful: clock.doubtful,
            why: clock.why,
            vouched_ms: Some(vouch.in_ms()),
            pretended_clock: self.clocks.is_pretended(),
        };
        let start = Row {
            started_at: Some(now.floor_ms()),
            clock: Some(clock.evidence),
            plan_hash: Some(self.loaded.plan.hash.clone()),
            ..Row::of(Fact::Start(said), station, self.origin)
        };
        let mut rows = vec![start];
        if self.past.plan() != Some(&self.loaded.plan.hash) {
            rows.push(plan_row(&self.loaded.plan, self.origin, now, true, None));
        }
        if let Some(problems) = &self.broken {
            rows.push(plan_row(&self.loaded.plan, self.origin, now, false, Some(problems)));
        }
        rows
    }
}

/// A plan was accepted or refused.
pub fn plan_row(plan: &Plan, origin: Origin, now: Wall, accepted: bool, why: Option<&str>) -> Row {
    let read = PlanFact { accepted, why: why.map(str::to_owned) };
    Row {
        started_at: Some(now.floor_ms()),
        plan_hash: accepted.then(|| plan.hash.clone()),
        ..Row::of(Fact::Plan(read), plan.station.code.as_str().into(), origin)
    }
}
