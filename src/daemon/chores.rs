//! The thread of what falls due beside the air. Nothing waits for it, and it gives way to everything else on the machine.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jiff::civil::Date;
use tokio::sync::oneshot;

use crate::asrun::row::stamp;
use crate::asrun::store::{Query, Store};
use crate::audio::preflight::OWN_PROGRAM;
use crate::chores::backup::{self, BackupFailure, WantedBackup};
use crate::chores::due::reports::{Moment, Step, watched};
use crate::chores::reports::{self, Press};
use crate::chores::targets;
use crate::control::status::{FaultCode, Status};
use crate::daemon::aside::Gaze;
use crate::daemon::folder;
use crate::daemon::planner::{self, SharedPlan};
use crate::lang::{Language, chores as words, system};
use crate::plan::Plan;
use crate::playout::clock::Clocks;
use crate::playout::live::engine::Input;
use crate::terms::*;

/// How often the thread looks for work. A stick that is plugged in is seen within this time.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// The start comes first.
const AT_FIRST: Duration = Duration::from_secs(1);
/// A report that could not be made costs as much again.
const AGAIN_AFTER: Duration = Duration::from_secs(600);
/// No report is begun so shortly before a broadcast.
const BEFORE_AIR: SignedDuration = SignedDuration::from_secs(30);
/// A station that never falls silent has its reports too.
const AT_LAST: Duration = Duration::from_secs(3600);

/// Starts the thread. It ends with the engine. `rescued` says what happened to a log that was damaged, `in_the_way` what was renamed in the data
/// folder; `gaze` shows the folder that the thread waits for.
pub fn spawn(
    data: PathBuf,
    shared: SharedPlan,
    clocks: Clocks,
    engine: Sender<Input>,
    rescued: Option<String>,
    in_the_way: Vec<String>,
    gaze: Gaze,
) -> std::io::Result<()> {
    let chores = Chores {
        data,
        shared,
        clocks,
        engine,
        rescued,
        in_the_way,
        gaze,
        began: None,
        looked: None,
        dear_until: None,
        waiting: None,
    };
    thread::Builder::new().name("chores".into()).spawn(move || {
        // Where it may not give way it is an equal, which is no fault.
        let _ = rustix::process::nice(10);
        chores.run();
    })?;
    Ok(())
}

struct Chores {
    data: PathBuf,
    shared: SharedPlan,
    clocks: Clocks,
    engine: Sender<Input>,
    /// A backup took the place of the log: only its end has been looked at.
    rescued: Option<String>,
    in_the_way: Vec<String>,
    gaze: Gaze,
    /// When the log began.
    began: Option<Wall>,
    /// For which plan and day it was last looked whether targets are behind.
    looked: Option<(PlanHash, Date)>,
    /// Until when nothing that failed is made again.
    dear_until: Option<Instant>,
    /// Since when a report waits for silence.
    waiting: Option<Instant>,
}

impl Chores {
    /// Until the engine is gone.
    fn run(mut self) {
        let mut wait = AT_FIRST;
        loop {
            thread::sleep(wait);
            wait = LOOK_EVERY;
            let plan = planner::current(&self.shared).loaded.plan;
            let Some(status) = self.status() else { return };
            self.look_through(&plan);
            self.clear_the_way();
            // On a doubtful clock nobody knows what is due: a backup under a wrong day would pass for the newest for ever, and drive a good
            // one out. Nothing airs meanwhile that it could lack.
            if !status.clock.doubtful {
                self.tell(FaultCode::BackupFailed, back_up(&self.data, &plan, &self.clocks, &self.gaze));
                self.reports(&plan, &status);
                self.targets(&plan);
            }
        }
    }

    /// Looks once through all of a log that was restored; what is wrong with it stands beside what happened to the one before.
    fn look_through(&mut self, plan: &Plan) {
        let lang = plan.station.language;
        if let Some(rescued) = self.rescued.take()
            && let Err(failed) = backup::look_through(&self.data)
        {
            self.tell(FaultCode::LogDamaged, Some(format!("{rescued}; {}", describe(lang, &failed))));
        }
    }

    /// What is put under a name of ours while the station runs is in its way as well.
    fn clear_the_way(&mut self) {
        match folder::clear(&self.data) {
            Ok(renamed) if renamed.is_empty() => {}
            Ok(renamed) => {
                self.in_the_way.extend(renamed);
                self.tell(FaultCode::InTheWay, Some(self.in_the_way.join(", ")));
            }
            Err(error) => tracing::warn!(%error, "what is in the way in the data folder cannot be renamed"),
        }
    }

    fn status(&self) -> Option<Status> {
        let (answer, answered) = oneshot::channel();
        self.engine.send(Input::Status(answer)).ok()?;
        answered.blocking_recv().ok()
    }

    fn tell(&self, code: FaultCode, detail: Option<String>) {
        // The next look finds out that the engine is gone.
        let _ = self.engine.send(Input::Fault(code, detail));
    }

    /// Writes what is due; the first that fails is told, and tried again.
    fn reports(&mut self, plan: &Plan, status: &Status) {
        let now = self.clocks.now().wall;
        let Some(began) = self.began() else { return };
        let stamped = stamp(now.floor_ms(), plan.station.timezone.tz());
        let data = self.data.clone();
        let press = Press { plan, data: &data, program: Path::new(OWN_PROGRAM), stamp: &stamped };
        let hours = plan.all_hours();
        let moment = Moment { now, began, zone: &plan.station.timezone, hours: &hours };
        if plan.reports.is_empty() {
            return self.tell(FaultCode::ReportFailed, None);
        }
        let folder = plan.reports.iter().find_map(|report| report.folder.as_ref()).unwrap_or(&data);
        let gaze = self.gaze.clone();
        let steps = match gaze.on(folder, || reports::due(press, moment)) {
            Ok(steps) => steps,
            Err(failed) => return self.tell(FaultCode::ReportFailed, Some(reports::describe(plan.station.language, &failed))),
        };
        if steps.is_empty() {
            self.waiting = None;
            return self.tell(FaultCode::ReportFailed, None);
        }
        if self.dear_until.is_some_and(|until| Instant::now() < until) || !self.may_begin(status) {
            return;
        }
        let mut wrong = None;
        for step in &steps {
            let done = gaze.on(folder, || reports::take(press, step));
            if let Err(failed) = &done
                && failed.is_dear()
            {
                self.dear_until = Some(Instant::now() + AGAIN_AFTER);
            }
            wrong = wrong.or(traced(step, done, plan.station.language));
        }
        self.tell(FaultCode::ReportFailed, wrong);
    }

    /// Whether the air is quiet, or has not been for a long time.
    fn may_begin(&mut self, status: &Status) -> bool {
        let since = *self.waiting.get_or_insert_with(Instant::now);
        let soon = |at: Wall| at <= status.at + BEFORE_AIR;
        let next = status.next.iter().any(|coming| coming.left_out.is_none() && soon(coming.planned_at));
        let quiet = status.now.is_empty() && status.emergency.is_empty() && !next;
        quiet || since.elapsed() > AT_LAST
    }

    /// When the log began: its first row says.
    fn began(&mut self) -> Option<Wall> {
        if self.began.is_none() {
            let reader = Store::read_only(&self.data).ok()?;
            let query = Query { kinds: vec![Kind::Start], ..Query::default() };
            self.began = reader.rows(&query).ok()?.first().and_then(|row| row.started_at);
        }
        self.began
    }

    /// Once a day, and when the plan has changed: is a campaign behind its targets?
    fn targets(&mut self, plan: &Plan) {
        let now = plan.station.timezone.civil(self.clocks.now().wall);
        let looked = (plan.hash.clone(), now.date());
        if self.looked.as_ref() == Some(&looked) {
            return;
        }
        let behind =
            watched(plan, now).iter().map(|watch| targets::behind(&self.data, plan, watch)).collect::<Result<Vec<_>, _>>();
        match behind {
            Ok(behind) => {
                let texts: Vec<String> = behind.into_iter().flatten().collect();
                texts.iter().for_each(|text| tracing::warn!("{}", words::behind(plan.station.language, text)));
                self.tell(FaultCode::TargetsBehind, (!texts.is_empty()).then(|| texts.join(". ")));
                self.looked = Some(looked);
            }
            Err(error) => tracing::warn!(%error, "the log cannot be read for its targets"),
        }
    }
}

/// Says what became of a report, in the trace; what went wrong, in the station's language.
fn traced(step: &Step, done: Result<Vec<PathBuf>, reports::ReportFailure>, lang: Language) -> Option<String> {
    let key = step.key();
    let (report, period, stage) = (key.id.as_str(), key.period.as_str(), key.stage.as_str());
    match done {
        Ok(files) if files.is_empty() => {
            tracing::info!(report, period, stage, "noted");
            None
        }
        Ok(files) => {
            files.iter().for_each(|file| tracing::info!(report, period, stage, file = %file.display(), "the report is written"));
            None
        }
        Err(failed) => {
            let detail = reports::describe(lang, &failed);
            tracing::warn!(report, period, stage, detail, "the report is not written");
            Some(words::report_failed(lang, report, &detail))
        }
    }
}

/// Makes today's backup if one is due. What went wrong, in the station's language.
fn back_up(data: &Path, plan: &Plan, clocks: &Clocks, gaze: &Gaze) -> Option<String> {
    let wanted = plan.backup.as_ref()?;
    let now = clocks.now().wall;
    let today = plan.station.timezone.civil(now).date();
    let wanted = WantedBackup { station: &plan.station.code, folder: &wanted.folder, keep: wanted.keep };
    match gaze.on(wanted.folder, || backup::make(data, wanted, today, now)) {
        Ok(made) => {
            if made {
                tracing::info!(folder = %wanted.folder.display(), "the log is backed up");
            }
            None
        }
        Err(failed) => {
            let detail = describe(plan.station.language, &failed);
            tracing::warn!(detail, "there is no backup of today");
            Some(detail)
        }
    }
}

fn describe(lang: Language, failed: &BackupFailure) -> String {
    match failed {
        BackupFailure::NoFolder(folder) => words::no_folder(lang, &folder.display().to_string()),
        BackupFailure::BadLog { seq } => words::bad_log(lang, *seq),
        BackupFailure::File { source, .. } => words::not_copied(lang, &system::io(lang, source)),
        BackupFailure::Log(error) => words::not_copied(lang, &system::of_log(lang, error)),
    }
}
