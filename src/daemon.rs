//! Wiring only: what the plan, the recordings, the log, the engine and the socket need of each other to run a station.
//!
//! The settings are plain values that the command line fills in; the words about what went wrong are printed here, and [`Ending`] says
//! what the exit code is to be.

mod answers;
mod aside;
mod begin;
mod chores;
mod console;
mod descriptors;
mod faults;
mod folder;
mod greeting;
mod loader;
mod loading;
mod memory;
pub mod orders;
mod outlook;
mod planner;
mod rehearse;
mod screen;
pub mod simulation;
mod station;
mod threads;
mod trace;

use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::civil::DateTime;

use crate::daemon::station::RunningStation;
use crate::lang::Language;
use crate::playout::clock::Clocks;
use crate::terms::{DeviceName, ItemId, Origin};

/// The settings of `loaxa run`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A file or a folder.
    pub plan: PathBuf,
    pub data: PathBuf,
    /// Stands in for every output's device.
    pub output: Option<DeviceName>,
    /// Where the console is; nowhere, if not said.
    pub http: Option<SocketAddr>,
    pub trace: Trace,
    /// Of messages before the plan's own is known.
    pub language: Language,
}

/// How the trace is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Trace {
    #[default]
    Text,
    Json,
}

/// The settings of `loaxa rehearse`: the real engine and real sound on a pretended clock.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// `settings.data` is the rehearsal's own folder.
    pub settings: Settings,
    pub begin: Begin,
    /// Sound on a real device although the real session hours are over.
    pub aloud: bool,
}

/// When the pretended clock starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// The station's civil time.
    At(DateTime),
    /// Shortly before the next broadcast.
    Next,
    /// Now, as soon as this item can sound: somebody is about to order it, and ends the rehearsal.
    Drill(ItemId),
}

/// The settings of `loaxa simulate`: from ≤ t < to, in the station's civil time.
#[derive(Clone, Debug)]
pub struct Simulation {
    pub plan: PathBuf,
    pub data: PathBuf,
    pub from: DateTime,
    pub to: DateTime,
    /// The seed of what goes wrong; without one nothing does.
    pub faults: Option<u64>,
    pub language: Language,
}

/// How it ended, when nothing of the system failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Well,
    /// There is no plan to run: this one has errors, and none was accepted before.
    NoPlan,
    /// A simulation broke a law of the engine.
    Broken,
    /// Not to be had like this: a data folder of another origin, one device for several outputs, sound outside hours.
    WrongUse,
}

/// Runs the station until `shutdown` comes, whose value is written as the reason of the `stop` row.
pub async fn run(settings: Settings, shutdown: impl Future<Output = &'static str>) -> anyhow::Result<Ending> {
    memory::be_thrifty();
    descriptors::suffice(settings.language)?;
    let _trace = trace::begin(settings.trace, &settings.data)?;
    let clocks = Clocks::of_machine();
    let (data, language) = (settings.data.clone(), settings.language);
    let station = begin::begin(settings, Origin::Live, clocks).and_then(|begun| match begun {
        Ok(begun) => RunningStation::start(begun).map(Ok),
        Err(over) => Ok(Err(over)),
    });
    match station.map_err(|error| begin::describe(error, &data, language))? {
        Err(over) => Ok(over),
        Ok(station) => station.run(shutdown, false).await,
    }
}

/// Runs the engine on a pretended clock until the broadcasts that it was started for are over, or `shutdown` comes.
pub async fn rehearse(rehearsal: Rehearsal, shutdown: impl Future<Output = &'static str>) -> anyhow::Result<Ending> {
    memory::be_thrifty();
    descriptors::suffice(rehearsal.settings.language)?;
    let _trace = trace::begin(rehearsal.settings.trace, &rehearsal.settings.data)?;
    let ends_by_itself = !matches!(rehearsal.begin, Begin::Drill(_));
    match rehearse::begin(rehearsal)? {
        Err(over) => Ok(over),
        Ok(begun) => RunningStation::start(begun)?.run(shutdown, ends_by_itself).await,
    }
}

/// Runs the engine on a virtual clock, as fast as it goes.
///
/// `lived` hears how much of the span has been lived through, in seconds.
pub fn simulate(simulation: Simulation, lived: &dyn Fn(u64, u64)) -> anyhow::Result<Ending> {
    simulation::run(simulation, lived)
}
