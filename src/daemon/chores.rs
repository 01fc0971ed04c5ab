//! The thread of what falls due beside the air. Nothing waits for it, and it gives way to everything else on the machine.

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use crate::chores::backup::{self, Failed, Wanted};
use crate::daemon::planner::{self, Shared};
use crate::lang::{Language, chores as words};
use crate::playout::clock::Clocks;
use crate::playout::live::engine::Input;

/// How often it is looked whether something is due: a stick that was plugged in is seen within this time.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// The start comes first.
const AT_FIRST: Duration = Duration::from_secs(2);

/// Starts the thread. It ends with the engine.
pub fn spawn(data: PathBuf, shared: Shared, clocks: Clocks, engine: Sender<Input>) -> std::io::Result<()> {
    thread::Builder::new().name("chores".into()).spawn(move || {
        // Where it may not give way it is an equal, which is no fault.
        let _ = rustix::process::nice(10);
        let mut wait = AT_FIRST;
        loop {
            thread::sleep(wait);
            wait = LOOK_EVERY;
            let detail = back_up(&data, &shared, &clocks);
            if engine.send(Input::Fault("backup_failed", detail)).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

/// Makes today's backup if one is due. What went wrong, in the station's language.
fn back_up(data: &std::path::Path, shared: &Shared, clocks: &Clocks) -> Option<String> {
    let plan = planner::current(shared).loaded.plan;
    let wanted = plan.backup.as_ref()?;
    let now = clocks.now().wall;
    let today = plan.station.zone.civil(now).date();
    let wanted = Wanted { station: &plan.station.code, folder: &wanted.folder, keep: wanted.keep };
    match backup::make(data, wanted, today, now) {
        Ok(made) => {
            if made {
                tracing::info!(folder = %wanted.folder.display(), "the log is backed up");
            }
            None
        }
        Err(failed) => {
            let detail = told(plan.station.language, &failed);
            tracing::warn!(detail, "there is no backup of today");
            Some(detail)
        }
    }
}

fn told(lang: Language, failed: &Failed) -> String {
    match failed {
        Failed::NoFolder(folder) => words::no_folder(lang, &folder.display().to_string()),
        Failed::BadLog { seq } => words::bad_log(lang, *seq),
        Failed::File { source, .. } => words::not_copied(lang, &source.to_string()),
        Failed::Log(error) => {
            let why = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
            words::not_copied(lang, &why)
        }
    }
}
