//! What the station's threads are made of: the ledger, the planner, the feeders, and what the log gave for the conductor to begin with.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::asrun::ledger::{Ledger, Said};
use crate::asrun::store::rescue::Rescued;
use crate::asrun::store::{Past, Replaced, Store};
use crate::audio::source::Source;
use crate::control::status::FaultCode;
use crate::daemon::loader::Notice;
use crate::daemon::{Settings, planner};
use crate::lang::{Language, chores as words};
use crate::library::attention::attention;
use crate::library::store::LibraryStore;
use crate::plan::{self, Plan};
use crate::playout::clock::Clocks;
use crate::playout::cue::{DeckEvent, End, Fault, FaultKind, LedgerEvent, Wanted};
use crate::playout::live::engine::Input;
use crate::playout::live::{self, Lease, LevelMeter, LiveOutput};
use crate::terms::*;

/// The log's writer; what it says goes to the engine.
pub fn ledger(store: Store, past: &Past, engine: Sender<Input>, lang: Language) -> std::io::Result<Ledger> {
    Ledger::begin(store, past, move |said| {
        let input = match said {
            Said::Durable(ticket) => Input::Ledger(LedgerEvent::Durable(ticket)),
            Said::Failing(detail) => Input::Ledger(LedgerEvent::Failing(Fault { kind: FaultKind::Disk, detail })),
            Said::Well => Input::Ledger(LedgerEvent::Well),
            Said::Replaced(by) => Input::Fault(FaultCode::LogGone, Some(replaced(lang, &by))),
            Said::LetGo(rows) => Input::Fault(FaultCode::LogGap, Some(words::rows_let_go(lang, rows))),
        };
        // The engine ends before the ledger does.
        let _ = engine.send(input);
    })
}

/// What took the place of a log that was gone.
fn replaced(lang: Language, by: &Replaced) -> String {
    match by {
        Replaced::Copied => words::log_copied(lang).to_owned(),
        Replaced::Rescued(rescued) => describe_rescue(lang, rescued),
    }
}

pub fn describe_rescue(lang: Language, Rescued { set_aside, backup, .. }: &Rescued) -> String {
    let backup = backup.as_ref().map(|file| file.display().to_string());
    words::log_rescued(lang, set_aside.as_deref(), backup.as_deref())
}

pub fn planner(world: planner::PlannerParts) -> std::io::Result<Sender<Wanted>> {
    let (wants, wanted) = mpsc::channel();
    thread::Builder::new().name("planner".into()).spawn(move || planner::run(&world, &wanted))?;
    Ok(wants)
}

/// What makes outputs: a feeder for each.
pub struct Studio {
    /// Stands in for every output's device.
    device: Option<DeviceName>,
    recordings: Arc<LibraryStore>,
    clocks: Clocks,
    engine: Sender<Input>,
    loader: Sender<Notice>,
    pub lease: Lease,
    pub meters: Meters,
}

/// How loud each output is.
#[derive(Clone, Debug, Default)]
pub struct Meters(Arc<Mutex<BTreeMap<OutputId, LevelMeter>>>);

impl Meters {
    fn keep(&self, output: &OutputId, meter: LevelMeter) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(output.clone(), meter);
    }

    pub fn peak_db(&self, output: &OutputId) -> Option<i32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(output).map(LevelMeter::peak_db)
    }
}

impl Studio {
    pub fn new(
        settings: &Settings,
        recordings: Arc<LibraryStore>,
        clocks: Clocks,
        engine: Sender<Input>,
        loader: Sender<Notice>,
    ) -> Studio {
        // An emergency must not wait for its tone to be made.
        attention();
        Studio {
            device: settings.output.clone(),
            recordings,
            clocks,
            engine,
            loader,
            lease: Lease::new(),
            meters: Meters::default(),
        }
    }

    /// Starts a feeder for each of these outputs of the plan. Nothing is opened yet.
    pub fn spawn(&self, plan: &Plan, outputs: &[plan::Output]) -> std::io::Result<BTreeMap<OutputId, LiveOutput>> {
        outputs.iter().map(|output| Ok((output.id.clone(), self.spawn_one(plan, output)?))).collect()
    }

    fn spawn_one(&self, plan: &Plan, output: &plan::Output) -> std::io::Result<LiveOutput> {
        let devices = match &self.device {
            Some(device) => vec![device.clone()],
            None => output.devices.clone(),
        };
        let (id, zone, clocks) = (output.id.clone(), plan.station.timezone.clone(), self.clocks.clone());
        let stem = move || format!("{id}-{}", zone.civil(clocks.now().wall).strftime("%Y%m%dT%H%M%S"));
        let (recordings, loader) = (self.recordings.clone(), self.loader.clone());
        let source = move |hash: &FileHash| {
            let source = Source::from_store(&recordings, hash);
            if source.is_err() {
                let _ = loader.send(Notice::Failed(Some(hash.clone())));
            }
            source
        };
        let settings = live::Settings::new(devices, stem, source, self.clocks.clone());
        self.meters.keep(&output.id, settings.meter.clone());
        let (id, engine, loader) = (output.id.clone(), self.engine.clone(), self.loader.clone());
        let tell = move |event| {
            if matches!(event, DeckEvent::Ended(_, _, End::Failed(_))) {
                let _ = loader.send(Notice::Failed(None));
            }
            // When the engine is gone nobody needs to know any more.
            let _ = engine.send(Input::Deck(id.clone(), event));
        };
        LiveOutput::spawn(output.id.clone(), settings, tell, self.lease.clone())
    }
}
