//! The console's window on the station, and what is said of it.

use std::io::Write;
use std::sync::mpsc::Sender;
use std::thread;

use tokio::sync::mpsc as async_mpsc;

use std::sync::Arc;

use crate::asrun::ledger::LedgerHandle;
use crate::console::window::{InForce, StationWindow};
use crate::console::{self, Console, ConsoleNews};
use crate::control::socket::Asked;
use crate::control::status::FaultCode;
use crate::daemon::Settings;
use crate::daemon::planner::{self, SharedPlan};
use crate::lang::console as words;
use crate::playout::clock::Clocks;
use crate::playout::live::engine::Input;
use crate::terms::Origin;

/// What the window shows.
pub struct ConsoleParts {
    pub shared: SharedPlan,
    pub log: LedgerHandle,
    pub clocks: Clocks,
    pub engine: Sender<Input>,
    pub origin: Origin,
}

/// Opens the console where it is wanted. Whatever goes wrong with it is a warning.
pub fn open(settings: &Settings, shown: ConsoleParts, asks: async_mpsc::Sender<Asked>) -> Option<Console> {
    let at = settings.http?;
    let ConsoleParts { shared, log, clocks, engine, origin } = shown;
    let (plan, lang) = (shared.clone(), planner::current(&shared).loaded.plan.station.language);
    let window = StationWindow {
        asks,
        in_force: Arc::new(move || {
            let loaded = planner::current(&plan).loaded;
            InForce { plan: loaded.plan, stock: loaded.stock }
        }),
        history: Arc::new(move || log.history()),
        now: Arc::new(move || clocks.now().wall),
        data: settings.data.clone(),
        origin,
    };
    let warn = move |engine: &Sender<Input>, detail: Option<String>| {
        // A conductor that has ended is found out by the station.
        let _ = engine.send(Input::Fault(FaultCode::NoConsole, detail));
    };
    let tell_engine = engine.clone();
    let tell = move |news| match news {
        ConsoleNews::Open(at) => {
            warn(&tell_engine, None);
            tracing::info!(%at, "the console is open");
            // Where nobody reads it, nobody waits for it.
            let text = format!("{}\n", words::open_at(lang, &at.to_string()));
            let _ =
                thread::Builder::new().name("greeting".into()).spawn(move || drop(std::io::stdout().write_all(text.as_bytes())));
        }
        ConsoleNews::Closed(why) => {
            tracing::warn!(why, "the console cannot be opened");
            warn(&tell_engine, Some(why));
        }
    };
    match console::start(at, window, tell) {
        Ok(console) => Some(console),
        Err(error) => {
            let _ = engine.send(Input::Fault(FaultCode::NoConsole, Some(error.to_string())));
            None
        }
    }
}
