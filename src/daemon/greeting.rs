//! What the daemon prints when it starts: which plan, through what, and what comes next.

use std::io::Write;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::daemon::Settings;
use crate::lang::daemon::{self as words, Next};
use crate::plan::Plan;
use crate::rundown::Rundown;
use crate::terms::{BroadcastId, DeviceName, Wall};

/// Broadcasts that are shown.
const SHOWN: usize = 5;
/// A terminal that stands still is not waited for longer.
const SAID_WITHIN: Duration = Duration::from_millis(500);

/// Prints it to stdout, since it is what was asked for; the trace goes to stderr.
pub fn say(settings: &Settings, plan: &Plan, rundown: &Rundown, now: Wall) {
    let lang = plan.station.language;
    let zone = &plan.station.timezone;
    let devices = |own: &[DeviceName]| match &settings.output {
        Some(device) => listed(lang, std::slice::from_ref(device)),
        None => listed(lang, own),
    };
    let outputs: Vec<(String, String)> =
        plan.outputs.iter().map(|output| (output.id.to_string(), devices(&output.devices))).collect();
    let coming =
        rundown.slots.iter().filter(|planned| planned.slot.planned_at >= now && (planned.left_out.is_none() || planned.awaits()));
    let next: Vec<Next> = coming
        .take(SHOWN)
        .map(|planned| Next {
            at: zone.civil(planned.slot.planned_at).strftime(lang.pick("%H:%M:%S %d/%m/%Y", "%Y-%m-%d %H:%M:%S")).to_string(),
            broadcast: called(plan, &planned.slot.broadcast),
            output: planned.slot.output.to_string(),
            length: (!planned.awaits()).then(|| planned.length()),
        })
        .collect();
    let text = words::hello(lang, &plan.station.name, plan.hash.as_str(), &outputs, &next);
    let (said, is_said) = mpsc::channel();
    // If nobody reads it, the station airs without waiting.
    let work = move || drop(said.send(std::io::stdout().write_all(text.as_bytes())));
    if thread::Builder::new().name("greeting".to_owned()).spawn(work).is_ok() {
        let _ = is_said.recv_timeout(SAID_WITHIN);
    }
}

/// The programme's name, with the id that orders want.
fn called(plan: &Plan, id: &BroadcastId) -> String {
    plan.programme_of(id).map_or_else(|| id.to_string(), |programme| format!("{} [{id}]", programme.name))
}

fn listed(lang: crate::lang::Language, devices: &[DeviceName]) -> String {
    devices.iter().map(|device| words::device(lang, device)).collect::<Vec<_>>().join(", ")
}
