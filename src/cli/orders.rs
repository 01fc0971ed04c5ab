//! `play`, `stop`, `hold`, `release`, `skip`, `unskip`, `clock confirm`: requests to the running daemon.

use crate::cli::{Ended, Global};

macro_rules! orders {
    ($($args:ident $run:ident),*) => {$(
        #[derive(Debug, clap::Args)]
        pub struct $args {}
        pub fn $run(_args: $args, _global: &Global) -> anyhow::Result<Ended> {
            anyhow::bail!("not built yet")
        }
    )*};
}
orders!(Play play, Stop stop, Hold hold, Release release, Skip skip);

#[derive(Debug, clap::Subcommand)]
pub enum Clock {
    Confirm,
}

pub fn unskip(_args: Skip, _global: &Global) -> anyhow::Result<Ended> {
    anyhow::bail!("not built yet")
}

pub fn clock(_args: Clock, _global: &Global) -> anyhow::Result<Ended> {
    anyhow::bail!("not built yet")
}
