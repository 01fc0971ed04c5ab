//! What the station's threads are made of: the ledger, the planner, the feeders, and what the log gave for the conductor to begin with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;

use crate::asrun::ledger::{Ledger, Pen, Said};
use crate::asrun::rescue::Rescued;
use crate::asrun::store::{Past, Replaced, Store};
use crate::audio::source::Source;
use crate::daemon::planner::{self, Shared};
use crate::daemon::{Settings, device_name};
use crate::lang::{Language, chores as words};
use crate::library::attention::attention;
use crate::library::store::LibraryStore;
use crate::plan::{Device, Output as Wanted, Plan};
use crate::playout::clock::Clocks;
use crate::playout::cue::{Fault, FaultKind, LedgerEvent, Ticket};
use crate::playout::live::engine::{self, Input};
use crate::playout::live::{self, Lease, Output};
use crate::terms::*;

/// The log's writer; what it says goes to the engine.
pub fn ledger(store: Store, past: &Past, engine: Sender<Input>, lang: Language) -> std::io::Result<Ledger> {
    Ledger::begin(store, past, move |said| {
        let told = match said {
            Said::Durable(ticket) => Input::Ledger(LedgerEvent::Durable(Ticket(ticket))),
            Said::Failing(detail) => Input::Ledger(LedgerEvent::Failing(Fault { kind: FaultKind::Disk, detail })),
            Said::Well => Input::Ledger(LedgerEvent::Well),
            Said::Replaced(by) => Input::Fault("log_gone", Some(replaced(lang, &by))),
            Said::LetGo(rows) => Input::Fault("log_gap", Some(words::rows_let_go(lang, rows))),
        };
        // The engine ends before the ledger does.
        let _ = engine.send(told);
    })
}

/// What took the place of a log that was gone.
fn replaced(lang: Language, by: &Replaced) -> String {
    match by {
        Replaced::Copied => words::log_copied(lang).to_owned(),
        Replaced::Rescued(Rescued { set_aside, backup, .. }) => {
            let backup = backup.as_ref().map(|file| file.display().to_string());
            words::log_rescued(lang, set_aside.as_deref(), backup.as_deref())
        }
    }
}

pub fn planner(shared: &Shared, pen: Pen, clocks: &Clocks, engine: Sender<Input>) -> std::io::Result<Sender<engine::Wanted>> {
    let (wants, wanted) = mpsc::channel();
    let (shared, clocks) = (shared.clone(), clocks.clone());
    thread::Builder::new().name("planner".into()).spawn(move || planner::run(&shared, &pen, &clocks, &wanted, &engine))?;
    Ok(wants)
}

/// What makes outputs: a feeder for each.
pub struct Studio {
    /// Stands in for every output's device.
    device: Option<Device>,
    recordings: Arc<LibraryStore>,
    clocks: Clocks,
    engine: Sender<Input>,
    pub lease: Lease,
}

impl Studio {
    pub fn new(settings: &Settings, recordings: Arc<LibraryStore>, clocks: Clocks, engine: Sender<Input>) -> Studio {
        // An emergency must not wait for its tone to be made.
        attention();
        Studio { device: settings.output.clone(), recordings, clocks, engine, lease: Lease::new() }
    }

    /// Starts a feeder for each of these outputs of the plan. Nothing is opened yet.
    pub fn spawn(&self, plan: &Plan, outputs: &[Wanted]) -> std::io::Result<BTreeMap<OutputId, Output>> {
        outputs.iter().map(|output| Ok((output.id.clone(), self.spawn_one(plan, output)?))).collect()
    }

    fn spawn_one(&self, plan: &Plan, output: &Wanted) -> std::io::Result<Output> {
        let devices = match &self.device {
            Some(device) => vec![device_name(device)],
            None => output.devices.iter().map(device_name).collect(),
        };
        let (id, zone, clocks) = (output.id.clone(), plan.station.zone.clone(), self.clocks.clone());
        let stem = move || format!("{id}-{}", zone.civil(clocks.now().wall).strftime("%Y%m%dT%H%M%S"));
        let recordings = self.recordings.clone();
        let settings = live::Settings::new(devices, stem, move |hash| Source::from_store(&recordings, hash), self.clocks.clone());
        let (id, engine) = (output.id.clone(), self.engine.clone());
        let tell = move |event| {
            // When the engine is gone nobody needs to know any more.
            let _ = engine.send(Input::Deck(id.clone(), event));
        };
        Output::spawn(output.id.clone(), settings, tell, self.lease.clone())
    }
}
