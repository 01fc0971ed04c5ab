//! `loaxa check`: all errors and warnings of a plan; and why a broadcast airs on a day, or does not.

mod explain;

use std::io::IsTerminal;
use std::path::PathBuf;

use crate::audio::output;
use crate::check;
use crate::cli::audio::look;
use crate::cli::{Ended, Global, now, print, unread};
use crate::lang;
use crate::plan::diagnostic::{self, Diagnostic};
use crate::plan::fault::{Code, Severity};
use crate::plan::read::{self, Reading};
use crate::plan::{Plan, render};

/// Help and examples stand in [`crate::lang::help`].
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan: a file, or a folder of .toml files.
    pub plan: PathBuf,
    /// Warnings count as errors.
    #[arg(long)]
    pub strict: bool,
    /// One JSON document for tools.
    #[arg(long)]
    pub json: bool,
    /// Why this broadcast airs on this day, or does not.
    #[arg(long, num_args = 2, value_names = ["BROADCAST", "DATE"], conflicts_with = "strict")]
    pub explain: Option<Vec<String>>,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let mut reading = match read::read(&args.plan, global.lang) {
        Ok(reading) => reading.as_of(now()),
        Err(error) => return unread(&error, global.language()),
    };
    if let (Some(plan), Some(asked)) = (&reading.plan, &args.explain) {
        return explain::run(plan, asked, args.json, global);
    }
    if let Some(plan) = &reading.plan {
        reading.problems.extend(warnings(plan, global));
        diagnostic::sort(&mut reading.problems);
    }
    print(&answer(&args, &reading)?)?;
    let bad = reading.problems.iter().any(|problem| args.strict || problem.severity == Severity::Error);
    Ok(if bad { Ended::Bad } else { Ended::Good })
}

/// What the day, the recordings and a year of rundowns show of a plan without errors.
fn warnings(plan: &Plan, global: &Global) -> Vec<Diagnostic> {
    let today = plan.station.timezone.civil(now()).date();
    let library = look(&plan.station.audio, &plan.items, global, plan.station.language);
    let mut found = check::today(plan, today);
    found.extend(check::idle(plan, today));
    found.extend(missing_devices(plan));
    found.extend(check::world(plan, &library));
    // Without any recording nothing of the year airs, and that has been said.
    if check::no_recordings(plan, &library).is_none() {
        found.extend(check::year::year(plan, &library, today));
    }
    found
}

/// Outputs of whose devices the machine knows none.
fn missing_devices(plan: &Plan) -> Vec<Diagnostic> {
    let missing = plan.outputs.iter().filter(|output| !output.devices.iter().any(output::is_there));
    missing
        .map(|output| {
            let names: Vec<String> = output.devices.iter().map(ToString::to_string).collect();
            let (message, help) = lang::idle::no_such_device(plan.station.language, output.id.as_str(), &names.join(", "));
            Diagnostic::new(Code::NoSuchDevice, plan.places.of("output", output.id.as_str(), "device"), message, Some(help))
        })
        .collect()
}

/// The answer, as a person reads it or as tools do.
fn answer(args: &Args, reading: &Reading) -> anyhow::Result<String> {
    if args.json {
        let hash = reading.plan.as_ref().map(|plan| plan.hash.clone());
        let document = render::document(&reading.problems, &reading.sources, hash);
        return Ok(serde_json::to_string_pretty(&document)? + "\n");
    }
    let styled = std::io::stdout().is_terminal();
    let mut text = render::text(&reading.problems, &reading.sources, reading.language, styled);
    let errors = reading.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    text.push_str(&lang::check::summary(errors, reading.problems.len() - errors, reading.language));
    text.push('\n');
    Ok(text)
}
