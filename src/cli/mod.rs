//! The command line: one file per command, and here what they share.
//!
//! Exit codes: 0 good, 1 the answer is bad (a plan with errors, a log that was tampered with, an order that was refused), 2 wrong
//! use, 3 the system failed. What a command prints goes to stdout; messages go to stderr. A reader that has seen enough
//! (`loaxa log | head`) ends a command quietly.

pub mod add;
pub mod audio;
pub mod check;
pub mod civil;
pub mod drill;
mod failure;
pub mod help;
pub mod log;
pub mod mourning;
mod named;
pub mod orders;
pub mod outputs;
pub mod person;
mod progress;
pub mod rehearse;
pub mod report;
pub mod run;
pub mod rundown;
pub mod simulate;
pub mod status;
pub mod verify;

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::calendar::written::{Seek, Toward};
use crate::lang::Language;
use crate::lang::cli as words;
use crate::lang::table::ScreenWidth;
use crate::plan;
use crate::plan::read::ReadError;
use crate::playout::clock::Clocks;
use crate::terms::Wall;

#[derive(Debug, Parser)]
#[command(name = "loaxa", bin_name = "loaxa", version, subcommand_required = true, arg_required_else_help = true)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes. The help texts of all arguments are in [`crate::lang::help`].
#[derive(Clone, Debug, clap::Args)]
pub struct Global {
    /// Of messages before a plan's own language is known: `--lang`, else `LOAXA_LANG`.
    #[arg(long, global = true, value_name = "vi|en", display_order = 1000)]
    pub lang: Option<Language>,
    /// Several only where stations are added up.
    #[arg(long, global = true, value_name = "DIR", display_order = 999)]
    pub data: Vec<PathBuf>,
}

impl Global {
    /// The language of messages where no plan's own is known.
    pub fn language(&self) -> Language {
        self.lang.unwrap_or_default()
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Check(check::Args),
    Rundown(rundown::Args),
    Add(add::Args),
    Audio(audio::Args),
    Outputs(outputs::Args),
    Run(run::Args),
    Rehearse(rehearse::Args),
    Simulate(simulate::Args),
    Status(status::Args),
    Play(orders::PlayArgs),
    Drill(drill::Args),
    Stop(orders::StopArgs),
    Hold(orders::HoldArgs),
    Release(orders::ReleaseArgs),
    Skip(orders::SkipArgs),
    Unskip(orders::SkipArgs),
    Mourning(mourning::Args),
    #[command(subcommand)]
    Clock(orders::ClockCommand),
    #[command(subcommand)]
    Person(person::PersonCommand),
    Log(log::Args),
    Verify(verify::Args),
    Report(report::Args),
    #[command(name = crate::audio::preflight::COMMAND, hide = true)]
    Measure(audio::Measure),
    #[command(name = crate::audio::ffmpeg::COMMAND, hide = true)]
    Decode(audio::Decode),
    #[command(name = crate::chores::reports::COMMAND, hide = true)]
    DueReport(report::DueArgs),
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
    let args = help_first(args.into_iter().collect());
    let lang = early_language(&args);
    let parsed = help::in_language(Arguments::command(), lang.unwrap_or_default())
        .try_get_matches_from(args)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let mut arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return say(&help::describe(&error, lang.unwrap_or_default())),
    };
    arguments.global.lang = lang;
    hush_closed_pipes();
    let language = lang.unwrap_or_default();
    match std::panic::catch_unwind(move || dispatch(arguments)) {
        Ok(Ok(ended)) => code(ended),
        Ok(Err(error)) if error.chain().any(closed_pipe) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            complain(&failure::describe(&error, language));
            ExitCode::from(3)
        }
        Err(panic) if panic.downcast_ref::<String>().is_some_and(|text| tells_closed_pipe(text)) => ExitCode::SUCCESS,
        Err(_) => {
            complain(words::internal_error(language));
            ExitCode::from(3)
        }
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<Ended> {
    let global = &arguments.global;
    if global.data.len() > 1 && !matches!(arguments.command, Command::Report(_)) {
        return wrong_use(&words::conflict(global.language(), "--data", "--data"));
    }
    match arguments.command {
        Command::Check(args) => check::run(args, global),
        Command::Rundown(args) => rundown::run(args, global),
        Command::Add(args) => add::run(args, global),
        Command::Audio(args) => audio::run(args, global),
        Command::Outputs(args) => outputs::run(args, global),
        Command::Run(args) => run::run(args, global),
        Command::Rehearse(args) => rehearse::run(args, global),
        Command::Simulate(args) => simulate::run(args, global),
        Command::Status(args) => status::run(args, global),
        Command::Play(args) => orders::play(args, global),
        Command::Drill(args) => drill::run(args, global),
        Command::Stop(args) => orders::stop(args, global),
        Command::Hold(args) => orders::hold(args, global),
        Command::Release(args) => orders::release(args, global),
        Command::Skip(args) => orders::skip(args, global),
        Command::Unskip(args) => orders::unskip(args, global),
        Command::Mourning(args) => mourning::run(args, global),
        Command::Clock(args) => orders::clock(args, global),
        Command::Person(args) => person::run(args, global),
        Command::Log(args) => log::run(args, global),
        Command::Verify(args) => verify::run(args, global),
        Command::Report(args) => report::run(args, global),
        Command::Measure(args) => audio::measure(args),
        Command::Decode(args) => audio::decode(args),
        Command::DueReport(args) => report::due(args, global),
    }
}

fn code(ended: Ended) -> ExitCode {
    match ended {
        Ended::Good => ExitCode::SUCCESS,
        Ended::Bad => ExitCode::from(1),
        Ended::WrongUse => ExitCode::from(2),
    }
}

/// The data folder that a command reads or writes.
pub fn data_folder(global: &Global) -> PathBuf {
    if let Some(dir) = global.data.first() {
        return dir.clone();
    }
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    match std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|p| p.is_absolute()).or_else(home) {
        Some(state) => state.join("loaxa"),
        None => PathBuf::from("/var/lib/loaxa"),
    }
}

/// Where days are looked for that an argument beside a plan does not write whole; `None` where the plan names no zone.
pub fn seek_by(plan: &Path, toward: Toward) -> Option<Seek> {
    let zone = plan::read::read(plan, None).ok()?.plan?.station.timezone;
    Some(Seek { today: zone.civil(Clocks::of_machine().now().wall).date(), toward })
}

/// What the machine's clock says.
pub fn now() -> Wall {
    Wall(i64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX))
}

/// A command was given something else than a plan, or one that the system does not let it read.
pub fn unread(error: &ReadError, lang: Language) -> anyhow::Result<Ended> {
    match error {
        ReadError::Missing { .. } | ReadError::NotAPlan { .. } => wrong_use(&error.describe(lang)),
        ReadError::Io { .. } => anyhow::bail!(error.describe(lang)),
    }
}

/// Prints what a command has to say, to stdout. A closed pipe ends the command quietly, further up.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// A screen that is narrower is none.
const NARROWEST_SCREEN: usize = 40;

/// How wide the screen is on which stdout is read: as `COLUMNS` says, else the terminal's own; `None` where it goes elsewhere.
pub fn screen() -> ScreenWidth {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || {
        let out = std::io::stdout();
        let size = out.is_terminal().then(|| rustix::termios::tcgetwinsize(&out).ok()).flatten()?;
        Some(usize::from(size.ws_col))
    };
    said.or_else(terminal).filter(|columns| *columns >= NARROWEST_SCREEN)
}

/// A message to the person at the keyboard, to stderr. When nobody reads it, nothing is lost.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "loaxa: {text}");
}

/// Says what was used wrongly.
pub fn wrong_use(text: &str) -> anyhow::Result<Ended> {
    complain(text);
    Ok(Ended::WrongUse)
}

fn say((text, wrong): &(String, bool)) -> ExitCode {
    if *wrong {
        let _ = write!(std::io::stderr(), "{text}");
        return ExitCode::from(2);
    }
    let _ = print(text);
    ExitCode::SUCCESS
}

/// `loaxa help play` is `loaxa play --help`: clap's own `help` cannot be told in Vietnamese.
fn help_first(mut args: Vec<OsString>) -> Vec<OsString> {
    if args.get(1).is_some_and(|first| first == "help") {
        args.remove(1);
        args.push("--help".into());
    }
    args
}

/// The language of messages, before the command line is read: complaints about it have a language too.
fn early_language(args: &[OsString]) -> Option<Language> {
    let mut after = args.iter().skip(1).filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--");
    let mut named = None;
    while let Some(arg) = after.next() {
        match arg.strip_prefix("--lang") {
            Some("") => named = after.next().map(str::to_owned),
            Some(rest) if rest.starts_with('=') => named = Some(rest.trim_start_matches('=').to_owned()),
            _ => {}
        }
    }
    let named = named.or_else(|| std::env::var("LOAXA_LANG").ok())?;
    Language::from_str(&named, true).ok()
}

fn closed_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    let kind = |error: &std::io::Error| error.kind() == ErrorKind::BrokenPipe;
    cause.downcast_ref::<std::io::Error>().is_some_and(kind)
}

/// `println!` panics on a closed pipe, with this text.
fn tells_closed_pipe(text: &str) -> bool {
    text.starts_with("failed printing to std") && text.contains("os error 32")
}

/// Keeps the panic of a closed pipe from being reported; every other goes the usual way.
fn hush_closed_pipes() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.payload().downcast_ref::<String>().is_some_and(|text| tells_closed_pipe(text)) {
            usual(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_language_is_known_before_the_rest_is_read() {
        assert_eq!(early_language(&args("loaxa --lang en status")), Some(Language::En));
        assert_eq!(early_language(&args("loaxa status --lang=vi")), Some(Language::Vi));
        assert_eq!(early_language(&args("loaxa play -- --lang en")), early_language(&args("loaxa")));
        assert_eq!(early_language(&args("loaxa --lang")), early_language(&args("loaxa")));
    }

    #[test]
    fn help_is_a_word_too() {
        assert_eq!(help_first(args("loaxa help play")), args("loaxa play --help"));
        assert_eq!(help_first(args("loaxa play help")), args("loaxa play help"));
    }
}
