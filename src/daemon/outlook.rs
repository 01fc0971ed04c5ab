//! What will keep the station from its work, seen before it does: a disk that is nearly full, a device that the machine does not have or
//! whose mixer is muted, a village that no output reaches.
//!
//! Each kind has a thread of its own that nobody waits for, because a disk or a sound server may not answer.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use crate::audio::output;
use crate::control::status::{FaultCode, some_of};
use crate::daemon::faults::Faults;
use crate::daemon::planner::{self, SharedPlan};
use crate::lang::{Language, daemon as words};
use crate::plan::Plan;
use crate::playout::conductor::DeviceOutlook;
use crate::playout::live::engine::Input;
use crate::terms::*;

/// The start comes first.
const AT_FIRST: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// To list devices reads files of ALSA and may ask a sound server.
const LIST_EVERY: Duration = Duration::from_secs(20);
/// A disk with less room, and less than a tenth of it left, is nearly full: masters leave the log the last 64 MB.
const LEAST_ROOM: u64 = 200 << 20;

/// Begins to look, until the engine is gone. `stand_in` is the device that takes the place of all.
pub fn spawn(data: PathBuf, shared: SharedPlan, engine: Sender<Input>, stand_in: Option<DeviceName>) -> std::io::Result<()> {
    let (plans, ears) = (shared.clone(), engine.clone());
    thread::Builder::new().name("outlook".into()).spawn(move || watch(&data, &plans, &ears))?;
    thread::Builder::new().name("devices".into()).spawn(move || list(&shared, &engine, stand_in.as_ref()))?;
    Ok(())
}

fn watch(data: &Path, shared: &SharedPlan, engine: &Sender<Input>) {
    let mut told = Faults::default();
    thread::sleep(AT_FIRST);
    loop {
        let plan = planner::current(shared).loaded.plan;
        let found =
            [(FaultCode::DiskNearlyFull, nearly_full(data, plan.station.language)), (FaultCode::ZoneUnreached, unreached(&plan))];
        for (code, detail) in found {
            if told.is_news(code, detail.as_deref()) && engine.send(Input::Fault(code, detail)).is_err() {
                return;
            }
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// How much room is left, where that is too little.
fn nearly_full(data: &Path, lang: Language) -> Option<String> {
    let disk = rustix::fs::statvfs(data).ok()?;
    let (room, whole) = (disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_blocks.saturating_mul(disk.f_frsize));
    (room < LEAST_ROOM && room < whole / 10).then(|| words::room_left(lang, room >> 20, &data.display().to_string()))
}

/// The villages that hear nothing whatever airs.
fn unreached(plan: &Plan) -> Option<String> {
    let silent = plan.zones.iter().filter(|zone| !plan.outputs.iter().any(|output| output.zones.contains(&zone.id)));
    some_of(silent.map(|zone| zone.name.as_str()))
}

fn list(shared: &SharedPlan, engine: &Sender<Input>, stand_in: Option<&DeviceName>) {
    thread::sleep(AT_FIRST);
    let mut told = DeviceOutlook::default();
    loop {
        let plan = planner::current(shared).loaded.plan;
        let mut seen = DeviceOutlook::default();
        for output in &plan.outputs {
            let devices = stand_in.map_or(output.devices.as_slice(), std::slice::from_ref);
            match devices.iter().find(|device| output::is_there(device)) {
                Some(device) => seen.muted.extend(muted(device).map(|controls| (output.id.clone(), controls))),
                None => {
                    let names = some_of(devices.iter().map(ToString::to_string)).unwrap_or_default();
                    seen.absent.insert(output.id.clone(), names);
                }
            }
        }
        if seen != told {
            told = seen.clone();
            if engine.send(Input::Devices(seen)).is_err() {
                return;
            }
        }
        // Whether the engine is gone is seen when it is told.
        thread::sleep(LIST_EVERY);
    }
}

/// The controls that keep it silent, by name.
fn muted(device: &DeviceName) -> Option<String> {
    let controls = device.is_real().then(|| output::muted(&device.to_string()))??;
    Some(format!("{device}: {}", controls.join(", ")))
}
