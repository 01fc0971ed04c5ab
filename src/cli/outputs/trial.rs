//! The test tone: whether it may sound now, through what, and what became of it.
//!
//! It sounds inside the plan's session hours on a clock that is believed, or aloud when a person says so; never through a device that the
//! running daemon sounds on or is about to, which it goes on asking while the tone sounds.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::json;

use crate::asrun::store::{LogError, Store};
use crate::audio::output::{DeviceName, OutputError};
use crate::audio::tone::{HERTZ, LENGTH};
use crate::calendar::hours::HoursInForce;
use crate::calendar::timezone::Timezone;
use crate::cli::outputs::{Args, DaemonState, names};
use crate::cli::run::read_device;
use crate::cli::{Ended, complain, print, wrong_use};
use crate::control::status::{DeviceState, State, Status};
use crate::lang::Language;
use crate::lang::outputs as words;
use crate::library::TARGET_LUFS;
use crate::plan::{Output, Plan};
use crate::playout::clock::judge::{Judge, Known, NETWORK_WITHIN};
use crate::playout::clock::{Clocks, built_at};
use crate::playout::live::tone::{Sounded, ToneEnd, sound};
use crate::terms::*;

/// A broadcast that comes so soon is left alone: its device is opened 5 s ahead, and the tone takes as long.
const SOON: SignedDuration = SignedDuration::from_secs(30);
/// How often the daemon is asked meanwhile.
const ASK_EVERY: Duration = Duration::from_millis(250);

pub fn run(args: &Args, plan: Option<&Plan>, lang: Language, data: &Path) -> anyhow::Result<Ended> {
    let target = match ToneTarget::of(args, plan, lang) {
        Ok(target) => target,
        Err(wrong) => return wrong_use(&wrong),
    };
    if target.is_heard() {
        let daemon = DaemonState::on(data);
        if let Some(taken) = taken(&daemon, &target.devices, plan, lang) {
            complain(&taken);
            return Ok(Ended::Bad);
        }
        if !args.aloud
            && let Err(wrong) = may_sound(&daemon, plan, target.output, lang, data)
        {
            return wrong_use(&wrong);
        }
    }
    let mut failed = Vec::new();
    for device in &target.devices {
        if !args.json {
            complain(&words::trying(lang, &device.to_string()));
        }
        match try_one(device, &target, plan, data) {
            Ok(sounded) => return answer(&sounded, &target, args.json, lang),
            Err(error) => failed.push(words::cannot_open(lang, &device.to_string(), error.obstacle(), &in_full(&error))),
        }
    }
    anyhow::bail!(words::nothing_opened(lang, target.output.map(|output| output.id.as_str()), &failed))
}

/// What the tone is to sound through.
struct ToneTarget<'a> {
    output: Option<&'a Output>,
    /// In the order in which they are tried.
    devices: Vec<DeviceName>,
}

impl<'a> ToneTarget<'a> {
    fn of(args: &Args, plan: Option<&'a Plan>, lang: Language) -> Result<ToneTarget<'a>, String> {
        if let (Some(name), Some(plan)) = (&args.test, plan) {
            let known = || plan.outputs.iter().map(|output| output.id.as_str()).collect::<Vec<_>>();
            let output =
                plan.output(&OutputId::from(name.as_str())).ok_or_else(|| words::unknown_output(lang, name, &known()))?;
            return Ok(ToneTarget { output: Some(output), devices: output.devices.clone() });
        }
        let device = read_device("--device", args.device.as_deref(), lang)?;
        Ok(ToneTarget { output: None, devices: device.into_iter().collect() })
    }

    /// Whether a loudspeaker could sound.
    fn is_heard(&self) -> bool {
        self.devices.iter().any(DeviceName::is_real)
    }
}

/// Why the daemon needs one of these devices now, or soon.
fn taken(daemon: &DaemonState, devices: &[DeviceName], plan: Option<&Plan>, lang: Language) -> Option<String> {
    let status = match daemon {
        DaemonState::Off => return None,
        DaemonState::Mute(error) => return Some(words::mute_daemon(lang, error)),
        DaemonState::Runs(status) => status,
    };
    let output = status.output.iter().find(|output| {
        let is_open = matches!(output.state, DeviceState::Open | DeviceState::Opening);
        is_open && names_of(status, &output.output, plan).iter().any(|name| could_be_any(name, devices))
    });
    if let Some(output) = output {
        let on_air = status.now.iter().find(|on_air| on_air.output == output.output);
        let title = on_air.and_then(|on_air| on_air.title.as_deref());
        return Some(words::daemon_sounds(lang, output.output.as_str(), &output.device, title));
    }
    let soon = status.next.iter().find(|next| {
        next.left_out.is_none()
            && next.planned_at < status.at + SOON
            && names_of(status, &next.output, plan).iter().any(|name| could_be_any(name, devices))
    })?;
    let seconds = (soon.planned_at - status.at).as_secs().max(0);
    Some(words::daemon_soon(lang, soon.output.as_str(), soon.broadcast.as_str(), seconds))
}

/// The devices that the daemon may sound through for an output: the one it has had, and those of the plan. Nothing known: any.
fn names_of(status: &Status, id: &OutputId, plan: Option<&Plan>) -> Vec<String> {
    let opened = status.output.iter().find(|output| output.output == *id).map(|output| output.device.clone());
    let mut names: Vec<String> = opened.into_iter().filter(|name| !name.is_empty()).collect();
    let planned = plan.and_then(|plan| plan.output(id));
    names.extend(planned.iter().flat_map(|output| &output.devices).map(|device| device.to_string()));
    if names.is_empty() { vec!["default".to_owned()] } else { names }
}

fn could_be_any(name: &str, devices: &[DeviceName]) -> bool {
    devices.iter().any(|device| names::could_be_one(name, &device.to_string()))
}

/// Whether it is inside the hours of the plan by a clock that can be believed, with nobody having ordered silence.
fn may_sound(
    daemon: &DaemonState,
    plan: Option<&Plan>,
    output: Option<&Output>,
    lang: Language,
    data: &Path,
) -> Result<(), String> {
    let plan = plan.ok_or_else(|| words::no_hours(lang).to_owned())?;
    let clocks = Clocks::of_machine();
    let (why, hold) = match daemon.status() {
        Some(status) => (status.clock.doubtful.then_some(status.clock.why), status.state == State::Hold),
        None => (doubt(&clocks, data), false),
    };
    if let Some(why) = why {
        return Err(words::doubtful(lang, why));
    }
    if hold {
        return Err(words::on_hold(lang).to_owned());
    }
    let zone = &plan.station.timezone;
    let now = clocks.now().wall;
    let hours = output.map_or_else(|| plan.hours.alone(), |output| plan.hours_of(&output.id));
    let session = hours.session_at(now, zone);
    let fits = session.is_some() && hours.open_until(now, zone).is_some_and(|until| now + LENGTH < until);
    if fits {
        return Ok(());
    }
    let opens = next_session(&hours, zone, now).map(|at| zone.civil(at).strftime("%H:%M %d/%m").to_string());
    Err(words::outside_hours(lang, opens.as_deref()))
}

/// When the loudspeakers may sound again, within a fortnight.
fn next_session(hours: &HoursInForce, zone: &Timezone, now: Wall) -> Option<Wall> {
    let mut day = zone.civil(now).date();
    for _ in 0..14 {
        let sessions = hours.sessions_on(day, zone);
        if let Some(session) = sessions.iter().find(|session| session.opens > now) {
            return Some(session.opens);
        }
        day = day.tomorrow().ok()?;
    }
    None
}

/// Why the machine's clock cannot be believed, judged as a start of the daemon would; `Some(None)` when it has no name.
fn doubt(clocks: &Clocks, data: &Path) -> Option<Option<Doubt>> {
    let log = match Store::read_only(data) {
        Ok(log) => Some(log),
        Err(LogError::NoLog(_)) => None,
        // A log that cannot be read vouches for nothing.
        Err(_) => return Some(None),
    };
    let newest_trusted = log.as_ref().and_then(|log| log.alive_at().ok().flatten());
    let network_by = Mono(0) + NETWORK_WITHIN;
    let known = Known { built_at: built_at(), first_start: log.is_none(), newest_trusted, this_boot: None, network_by };
    let status = Judge::new(known, clocks.observe()).clock().status;
    status.doubtful.then_some(status.why)
}

fn try_one(device: &DeviceName, target: &ToneTarget, plan: Option<&Plan>, data: &Path) -> Result<Sounded, OutputError> {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let stem = format!("{}-test-{now}", target.output.map_or("device", |output| output.id.as_str()));
    let alone = [device.clone()];
    let mut asked = Instant::now();
    sound(device, &stem, || {
        if !target.is_heard() || asked.elapsed() < ASK_EVERY {
            return true;
        }
        asked = Instant::now();
        match DaemonState::on(data) {
            daemon @ DaemonState::Runs(_) => taken(&daemon, &alone, plan, Language::En).is_none(),
            DaemonState::Off | DaemonState::Mute(_) => true,
        }
    })
}

fn answer(sounded: &Sounded, target: &ToneTarget, as_json: bool, lang: Language) -> anyhow::Result<Ended> {
    let device = &sounded.device;
    match sounded.end {
        ToneEnd::Whole => {}
        ToneEnd::LeftOff => {
            complain(&words::left_off(lang, device));
            return Ok(Ended::Bad);
        }
        ToneEnd::Still => anyhow::bail!(words::still(lang, device)),
        ToneEnd::Runaway => anyhow::bail!(words::runaway(lang, device)),
        ToneEnd::Gone => anyhow::bail!(words::gone(lang, device)),
    }
    if as_json {
        let document = json!({
            "output": target.output.map(|output| &output.id),
            "device": device,
            "hertz": HERTZ,
            "level_lufs": TARGET_LUFS,
            "rate": sounded.shape.rate,
            "channels": sounded.shape.channels,
            "sounded_ms": sounded.length.as_millis() as i64,
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&document)?))?;
    } else {
        print(&words::sounded(lang, device, sounded.length, HERTZ, TARGET_LUFS, target.is_heard()))?;
    }
    Ok(Ended::Good)
}
