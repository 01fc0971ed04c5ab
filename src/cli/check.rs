//! `loaxa check`: all errors and warnings of a plan.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use jiff::Timestamp;

use crate::cli::{Ended, Global};
use crate::lang;
use crate::plan::diagnostic::{self, Diagnostic, Severity};
use crate::plan::read::{self, ReadError, Reading};
use crate::plan::{Plan, render};
use crate::terms::Wall;

/// Check a plan and show every problem of it at once.
///
/// Errors keep the plan from loading (exit code 1); warnings can still be mended before air (exit code 0, or 1 with --strict).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  loaxa check schedules/cam-tan\n  loaxa check plan.toml --strict --json")]
pub struct Args {
    /// The plan: a file, or a folder of .toml files.
    pub plan: PathBuf,
    /// Warnings count as errors.
    #[arg(long)]
    pub strict: bool,
    /// One JSON document for tools.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let mut reading = match read::read(&args.plan, global.lang) {
        Ok(reading) => reading,
        Err(error) => {
            let text = lang::plan::no_plan(&error, global.lang.unwrap_or_default());
            return match error {
                ReadError::Missing { .. } | ReadError::NotAPlan { .. } => {
                    eprintln!("loaxa: {text}");
                    Ok(Ended::WrongUse)
                }
                ReadError::Io { .. } => Err(anyhow::anyhow!(text)),
            };
        }
    };
    if let Some(plan) = &reading.plan {
        reading.problems.extend(warnings(plan, global));
        diagnostic::sort(&mut reading.problems);
    }
    print(&args, &reading)?;
    let bad = reading.problems.iter().any(|problem| args.strict || problem.severity == Severity::Error);
    Ok(if bad { Ended::Bad } else { Ended::Good })
}

/// What the day, the recordings and a year of rundowns show of a plan without errors.
fn warnings(plan: &Plan, _global: &Global) -> Vec<Diagnostic> {
    let today = plan.station.zone.civil(now()).date();
    // INTEGRATE: `check::world(plan, &library)` and `check::year(plan, &library, …)` with the library that `audio::preflight` gives.
    crate::check::today(plan, today)
}

fn now() -> Wall {
    Wall(i64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX))
}

fn print(args: &Args, reading: &Reading) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if args.json {
        let hash = reading.plan.as_ref().map(|plan| plan.hash.clone());
        serde_json::to_writer_pretty(&mut out, &render::document(&reading.problems, &reading.sources, hash))?;
        return Ok(writeln!(out)?);
    }
    let styled = out.is_terminal();
    write!(out, "{}", render::text(&reading.problems, &reading.sources, reading.language, styled))?;
    let errors = reading.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    writeln!(out, "{}", lang::check::summary(errors, reading.problems.len() - errors, reading.language))?;
    Ok(())
}
