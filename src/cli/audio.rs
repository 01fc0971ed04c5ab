//! `loaxa audio`, and the hidden command that measures one recording in a child process.

use crate::audio::preflight;
use crate::cli::{Ended, Global};

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: Args, _global: &Global) -> anyhow::Result<Ended> {
    anyhow::bail!("not built yet")
}

/// Measures the file on its standard input within limits: see [`preflight`].
#[derive(Debug, clap::Args)]
pub struct Measure {
    /// Processor time in seconds.
    #[arg(long)]
    seconds: u64,
}

pub fn measure(args: Measure) -> anyhow::Result<Ended> {
    preflight::child(args.seconds, &mut std::io::stdout().lock())?;
    Ok(Ended::Good)
}
