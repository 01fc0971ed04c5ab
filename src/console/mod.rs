//! The console: pages for the people of the station, set inside the daemon. It looks in and sends requests; what is on air, the conductor
//! decides.
//!
//! It has a thread of its own, and everything of it is bounded: connections, pages that are open, bodies, time. Whatever happens to it, the
//! station airs: a panic is caught, a port that is taken is a warning, and it is tried again. [`window`] is all that it sees of the station;
//! [`guard`] lets in, [`access`] knows whom; [`today`] and [`day`] are what pages show as values, `templates/` how, `lang/console` in which
//! words; [`live`] tells pages that are open what has changed.
//!
//! Not here: anything that changes the station. An order is the same request that the command line sends.

pub mod access;
mod day;
mod guard;
mod listen;
mod live;
mod metrics;
mod order_book;
mod page;
mod pages;
mod report_jobs;
mod routes;
mod site;
mod today;
pub mod window;

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::console::access::Access;
use crate::console::report_jobs::ReportJobs;
use crate::console::site::{SharedSite, Site};
use crate::console::window::StationWindow;
use crate::lang::console as words;

/// The address unless another is said.
pub const ADDRESS: &str = "127.0.0.1:8080";
/// How long after a failure it is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(10);
/// Threads that may wait for a disk on its behalf.
const BLOCKING: usize = 6;

/// How the console is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsoleNews {
    /// Pages can be had here.
    Open(SocketAddr),
    /// And why not.
    Closed(String),
}

/// The running console; dropping it ends it.
pub struct Console {
    _end: oneshot::Sender<()>,
}

/// Starts it on a thread of its own. `tell` hears when it opens and why it cannot.
///
/// # Errors
/// When the system has no thread to give.
pub fn start(at: SocketAddr, window: StationWindow, tell: impl Fn(ConsoleNews) + Send + 'static) -> std::io::Result<Console> {
    let (end, mut ended) = oneshot::channel();
    thread::Builder::new().name("console".into()).spawn(move || {
        // Sound goes first. Not being allowed to stand back is no reason to stay away.
        let _ = rustix::process::nice(5);
        loop {
            let ran = catch_unwind(AssertUnwindSafe(|| run(at, &window, &tell, &mut ended)));
            match ran {
                Ok(Ok(())) => return,
                Ok(Err(why)) => tell(ConsoleNews::Closed(why)),
                Err(_) => tell(ConsoleNews::Closed(words::panicked((window.in_force)().plan.station.language).to_owned())),
            }
            // A station that has ended meanwhile needs no console.
            if wait(&mut ended) {
                return;
            }
        }
    })?;
    Ok(Console { _end: end })
}

/// Waits before the next try; whether there is to be none.
fn wait(ended: &mut oneshot::Receiver<()>) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let Ok(runtime) = runtime else { return true };
    runtime.block_on(async { tokio::time::timeout(AGAIN_AFTER, ended).await.is_ok() })
}

fn run(
    at: SocketAddr,
    window: &StationWindow,
    tell: &impl Fn(ConsoleNews),
    ended: &mut oneshot::Receiver<()>,
) -> Result<(), String> {
    let lang = (window.in_force)().plan.station.language;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING)
        .thread_name("console-disk")
        .build()
        .map_err(|error| error.to_string())?;
    let outcome = runtime.block_on(async {
        let listener = TcpListener::bind(at).await.map_err(|error| format!("{at}: {error}"))?;
        let at = listener.local_addr().map_err(|error| error.to_string())?;
        let access = Access::new(window.data.clone(), at);
        // Nobody's console is everybody's.
        if !access.is_local && access.people().map_err(|error| words::people(lang, &error.to_string()))?.is_empty() {
            return Err(words::nobody_yet(lang, &at.to_string()));
        }
        let site = SharedSite::new(Site {
            window: window.clone(),
            access,
            glancer: Default::default(),
            live: Default::default(),
            orders: Default::default(),
            metrics: Default::default(),
            reports: ReportJobs::new(window.data.clone()),
        });
        tell(ConsoleNews::Open(at));
        tokio::select! {
            _ = ended => {}
            () = listen::serve(listener, routes::router(site.clone())) => {}
            () = site.live.run(&site.window, &site.glancer) => {}
        }
        Ok(())
    });
    // A disk that hangs must not keep the station from ending.
    runtime.shutdown_background();
    outcome
}
