//! The trace: what the daemon says of itself, to stderr. The as-run log is something else.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::daemon::Trace;

/// Begins to write. `LOAXA_TRACE` says how much (`info` unless set), in the form that tracing-subscriber's `EnvFilter` takes.
pub fn begin(trace: Trace) {
    let filter = EnvFilter::try_from_env("LOAXA_TRACE").unwrap_or_else(|_| EnvFilter::new("info,symphonia=warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call, as in tests, changes nothing.
    let _ = match trace {
        Trace::Json => builder.json().try_init(),
        Trace::Text => builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
    };
}
