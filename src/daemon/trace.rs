//! The trace: what the daemon says of itself, to stderr. The as-run log is something else.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

use crate::daemon::Trace;

/// Begins to write. `LOAXA_TRACE` says how much (`info` unless set), in the form that tracing-subscriber's `EnvFilter` takes.
pub fn begin(trace: Trace) {
    let filter = EnvFilter::try_from_env("LOAXA_TRACE").unwrap_or_else(|_| EnvFilter::new("info,symphonia=warn"));
    // By itself the subscriber reports a failed write with `eprintln!`, which panics where stderr is what failed.
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Mouth).log_internal_errors(false);
    // A second call, as in tests, changes nothing.
    let _ = match trace {
        Trace::Json => builder.json().try_init(),
        Trace::Text => builder.with_ansi(io::stderr().is_terminal()).with_target(false).try_init(),
    };
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
