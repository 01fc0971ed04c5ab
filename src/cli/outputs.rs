//! `loaxa outputs`: the sound devices of this machine as a plan would name them, who uses them, and a test tone.

mod names;
mod trial;

use std::io::IsTerminal;
use std::path::PathBuf;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::audio::output::{self, Listed};
use crate::cli::{Ended, Global, complain, data_folder, print, screen, unread};
use crate::control::ask::ask;
use crate::control::message::{Message, Reply};
use crate::control::socket::SocketError;
use crate::control::status::{DeviceState, Status};
use crate::lang::Language;
use crate::lang::outputs as words;
use crate::lang::status::output_state;
use crate::lang::table;
use crate::plan::read;
use crate::plan::{Plan, render};
use crate::terms::*;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("trial").args(["test", "device"]))]
pub struct Args {
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    #[arg(long, value_name = "OUTPUT", requires = "plan")]
    pub test: Option<String>,
    #[arg(long, value_name = "DEVICE")]
    pub device: Option<String>,
    #[arg(long, requires = "trial")]
    pub aloud: bool,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let (plan, lang) = match &args.plan {
        None => (None, global.language()),
        Some(path) => match read::read(path, global.lang) {
            Ok(reading) => match reading.plan {
                Some(plan) => (Some(plan), reading.language),
                None => {
                    let styled = std::io::stderr().is_terminal();
                    complain(&render::text(&reading.problems, &reading.sources, reading.language, styled));
                    return Ok(Ended::Bad);
                }
            },
            Err(error) => return unread(&error, global.language()),
        },
    };
    if args.test.is_some() || args.device.is_some() {
        return trial::run(&args, plan.as_ref(), lang, &data_folder(global));
    }
    let daemon = DaemonState::on(&data_folder(global));
    if let DaemonState::Mute(error) = &daemon {
        complain(&words::mute_daemon(lang, error));
    }
    let survey = OutputSurvey::of(&output::devices(), plan.as_ref(), daemon.status());
    print(&if args.json {
        format!("{}\n", serde_json::to_string_pretty(&survey)?)
    } else {
        table::page(&page(&survey, lang), screen())
    })?;
    Ok(Ended::Good)
}

/// The daemon on a data folder, as far as it can be asked.
enum DaemonState {
    Off,
    Runs(Box<Status>),
    /// It may be running, and did not say what it does.
    Mute(SocketError),
}

impl DaemonState {
    fn on(data: &std::path::Path) -> DaemonState {
        match ask(data, &Message::Status) {
            Ok(Reply::Status { status, .. }) => DaemonState::Runs(status),
            Ok(Reply::Answer { .. } | Reply::Entered { .. } | Reply::Failed { .. }) => {
                DaemonState::Mute(SocketError::Garbled(String::new()))
            }
            Err(SocketError::NotRunning(_)) => DaemonState::Off,
            Err(error) => DaemonState::Mute(error),
        }
    }

    fn status(&self) -> Option<&Status> {
        match self {
            DaemonState::Runs(status) => Some(status),
            DaemonState::Off | DaemonState::Mute(_) => None,
        }
    }
}

/// What there is, and who uses it.
#[derive(Serialize)]
struct OutputSurvey {
    daemon: bool,
    plan_hash: Option<PlanHash>,
    devices: Vec<DeviceRow>,
    outputs: Vec<OutputRow>,
}

/// A device of the machine.
#[derive(Serialize)]
struct DeviceRow {
    /// What the plan would say: `device = "…"`.
    device: String,
    description: Option<String>,
    /// A device of a sound card, or the default, and not one of ALSA's many other names for them.
    usual: bool,
    default: bool,
    /// Outputs of the plan that name it.
    plan_outputs: Vec<OutputId>,
    /// Outputs for which the running daemon has it open.
    open_for: Vec<OutputId>,
}

/// An output of the plan, or of the daemon.
#[derive(Serialize)]
struct OutputRow {
    output: OutputId,
    /// In the order in which they are tried.
    devices: Vec<OutputChoice>,
    /// What hangs on it by the plan: `flat`, `horn`.
    speaker: Option<Speaker>,
    /// `closed`, `opening`, `open`, `lost`: what the running daemon says.
    state: Option<DeviceState>,
    /// What it has open.
    open: Option<String>,
}

#[derive(Serialize)]
struct OutputChoice {
    device: String,
    /// Whether the machine lists it. `null` and `wav:` are always to be had.
    listed: bool,
}

impl OutputSurvey {
    fn of(listed: &[Listed], plan: Option<&Plan>, status: Option<&Status>) -> OutputSurvey {
        let outputs = output_rows(listed, plan, status);
        let default = Listed { name: "default".to_owned(), description: None };
        let found = listed.iter().find(|device| device.name == "default").unwrap_or(&default);
        // ALSA's own `null` is not what the plan calls so.
        let others = listed.iter().filter(|device| device.name != "default" && device.name != "null");
        let mut devices: Vec<DeviceRow> =
            std::iter::once(found).chain(others).map(|device| DeviceRow::of(device, &outputs)).collect();
        devices.sort_by_key(|row| (!row.default, !row.usual));
        OutputSurvey { daemon: status.is_some(), plan_hash: plan.map(|plan| plan.hash.clone()), devices, outputs }
    }
}

impl DeviceRow {
    fn of(device: &Listed, outputs: &[OutputRow]) -> DeviceRow {
        let ids = |uses: &dyn Fn(&OutputRow) -> bool| {
            outputs.iter().filter(|output| uses(output)).map(|output| output.output.clone()).collect()
        };
        let is = |name: &str| names::are_one(name, &device.name);
        DeviceRow {
            device: device.name.clone(),
            description: device.description.clone(),
            usual: device.name == "default" || names::is_usual(&device.name),
            default: device.name == "default",
            plan_outputs: ids(&|output| output.devices.iter().any(|choice| is(&choice.device))),
            open_for: ids(&|output| output.open.as_deref().is_some_and(is)),
        }
    }
}

fn output_rows(listed: &[Listed], plan: Option<&Plan>, status: Option<&Status>) -> Vec<OutputRow> {
    let planned = plan.into_iter().flat_map(|plan| &plan.outputs);
    let mut rows: Vec<OutputRow> = planned
        .map(|output| {
            let choice = |device: String| OutputChoice { listed: names::is_listed(&device, listed), device };
            let devices = output.devices.iter().map(|device| choice(device.to_string())).collect();
            OutputRow { output: output.id.clone(), devices, speaker: Some(output.speaker), state: None, open: None }
        })
        .collect();
    for output in status.into_iter().flat_map(|status| &status.output) {
        let open = (output.state == DeviceState::Open).then(|| output.device.clone());
        match rows.iter_mut().find(|row| row.output == output.output) {
            Some(row) => (row.state, row.open) = (Some(output.state), open),
            None if plan.is_none() => {
                rows.push(OutputRow {
                    output: output.output.clone(),
                    devices: Vec::new(),
                    speaker: None,
                    state: Some(output.state),
                    open,
                });
            }
            // Not of the plan that was asked about.
            None => {}
        }
    }
    rows
}

/// The page as the operator reads it.
fn page(survey: &OutputSurvey, lang: Language) -> String {
    let mut text = format!("{}\n", words::devices_head(lang));
    let usual: Vec<&DeviceRow> = survey.devices.iter().filter(|row| row.usual).collect();
    let width = usual.iter().map(|row| line_of(row).width()).max().unwrap_or_default();
    for row in &usual {
        let line = line_of(row);
        let used = words::used_by(lang, &row.plan_outputs, &row.open_for);
        let space = " ".repeat(width - line.width());
        text += format!("  {line}{space}  {used}").trim_end();
        text.push('\n');
        text += &row.description.as_ref().map(|text| format!("      {text}\n")).unwrap_or_default();
    }
    if usual.iter().all(|row| row.default && row.description.is_none()) {
        text += &format!("  {}\n", words::no_card(lang));
    }
    text += &format!("  {}\n", words::always(lang));
    let others: Vec<&str> = survey.devices.iter().filter(|row| !row.usual).map(|row| row.device.as_str()).collect();
    if !others.is_empty() {
        text += &format!("\n{}\n  {}\n", words::others_head(lang), others.join(", "));
    }
    if !survey.outputs.is_empty() {
        text += &format!("\n{}\n", words::outputs_head(lang, survey.plan_hash.is_some()));
    }
    for output in &survey.outputs {
        text += &output_line(output, lang);
    }
    text + &format!("\n{}\n", words::how_to_test(lang))
}

fn line_of(row: &DeviceRow) -> String {
    // Quoted as TOML wants it.
    format!("device = {}", toml::Value::from(row.device.as_str()))
}

fn output_line(output: &OutputRow, lang: Language) -> String {
    let choice = |choice: &OutputChoice| {
        if choice.listed { choice.device.clone() } else { format!("{} {}", choice.device, words::not_listed(lang)) }
    };
    let mut parts: Vec<String> = Vec::new();
    if !output.devices.is_empty() {
        parts.push(output.devices.iter().map(choice).collect::<Vec<_>>().join(", "));
    }
    if output.speaker == Some(Speaker::Horn) {
        parts.push(words::horn(lang).to_owned());
    }
    if let Some(state) = output.state {
        let open = output.open.as_ref().map(|open| format!(": {open}")).unwrap_or_default();
        parts.push(format!("{}{open}", output_state(lang, state)));
    }
    format!("  {}: {}\n", output.output, parts.join(" · "))
}
