//! The trace: what the daemon says of itself, to stderr. The as-run log is something else.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

use crate::daemon::Trace;

/// Begins to write. `LOAXA_TRACE` says how much (`info` unless set): a level, and levels of parts of the program, such as
/// `info,loaxa::playout=debug`.
pub fn begin(trace: Trace) {
    let told = std::env::var("LOAXA_TRACE").ok().and_then(|text| text.parse::<Targets>().ok());
    let usual = || Targets::new().with_default(LevelFilter::INFO).with_target("symphonia", LevelFilter::WARN);
    // By itself the subscriber reports a failed write with `eprintln!`, which panics where stderr is what failed.
    let layer = tracing_subscriber::fmt::layer().with_writer(|| Mouth).log_internal_errors(false);
    let layer = match trace {
        Trace::Json => layer.json().boxed(),
        Trace::Text => layer.with_ansi(io::stderr().is_terminal()).with_target(false).boxed(),
    };
    // A second call, as in tests, changes nothing.
    let _ = tracing_subscriber::registry().with(layer.with_filter(told.unwrap_or_else(usual))).try_init();
}

/// Stderr, or nobody: a station whose listener is gone (a journal that was restarted, a closed terminal) airs and logs all the same.
struct Mouth;

impl Write for Mouth {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = io::stderr().write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
