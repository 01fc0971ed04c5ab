//! `loaxa verify`.

use crate::cli::{Ended, Global};

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: Args, _global: &Global) -> anyhow::Result<Ended> {
    anyhow::bail!("not built yet")
}
