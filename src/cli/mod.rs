//! The command line: one file per command, and here what they share.
//!
//! Exit codes: 0 good, 1 the answer is bad (a plan with errors, a log that was tampered with), 2 wrong use, 3 the system failed.
//! What a command prints goes to stdout; messages go to stderr.

pub mod audio;
pub mod check;
pub mod log;
pub mod orders;
pub mod rehearse;
pub mod run;
pub mod rundown;
pub mod simulate;
pub mod status;
pub mod verify;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::lang::Language;

#[derive(Debug, Parser)]
#[command(name = "loaxa", version)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, clap::Args)]
pub struct Global {
    /// Language of messages before a plan's own is known.
    #[arg(long, global = true, value_name = "vi|en")]
    pub lang: Option<Language>,
    /// The data folder (default: $XDG_STATE_HOME/loaxa).
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Check(check::Args),
    Rundown(rundown::Args),
    Run(run::Args),
    Rehearse(rehearse::Args),
    Simulate(simulate::Args),
    Status(status::Args),
    Play(orders::Play),
    Stop(orders::Stop),
    Hold(orders::Hold),
    Release(orders::Release),
    Skip(orders::Skip),
    Unskip(orders::Skip),
    #[command(subcommand)]
    Clock(orders::Clock),
    Log(log::Args),
    Verify(verify::Args),
    Audio(audio::Args),
    #[command(name = "__measure", hide = true)]
    Measure(audio::Measure),
}

/// How a command ended well enough to say so: the exit codes 0, 1 and 2. An `Err` is 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Good,
    /// The answer is bad.
    Bad,
    WrongUse,
}

pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = Arguments::parse_from(args);
    let global = &arguments.global;
    let ended = match arguments.command {
        Command::Check(args) => check::run(args, global),
        Command::Rundown(args) => rundown::run(args, global),
        Command::Run(args) => run::run(args, global),
        Command::Rehearse(args) => rehearse::run(args, global),
        Command::Simulate(args) => simulate::run(args, global),
        Command::Status(args) => status::run(args, global),
        Command::Play(args) => orders::play(args, global),
        Command::Stop(args) => orders::stop(args, global),
        Command::Hold(args) => orders::hold(args, global),
        Command::Release(args) => orders::release(args, global),
        Command::Skip(args) => orders::skip(args, global),
        Command::Unskip(args) => orders::unskip(args, global),
        Command::Clock(args) => orders::clock(args, global),
        Command::Log(args) => log::run(args, global),
        Command::Verify(args) => verify::run(args, global),
        Command::Audio(args) => audio::run(args, global),
        Command::Measure(args) => audio::measure(args),
    };
    match ended {
        Ok(Ended::Good) => ExitCode::SUCCESS,
        Ok(Ended::Bad) => ExitCode::from(1),
        Ok(Ended::WrongUse) => ExitCode::from(2),
        Err(error) => {
            eprintln!("loaxa: {error:#}");
            ExitCode::from(3)
        }
    }
}

/// The data folder that a command reads or writes.
pub fn data_folder(global: &Global) -> PathBuf {
    if let Some(dir) = &global.data {
        return dir.clone();
    }
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    match std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|p| p.is_absolute()).or_else(home) {
        Some(state) => state.join("loaxa"),
        None => PathBuf::from("/var/lib/loaxa"),
    }
}
