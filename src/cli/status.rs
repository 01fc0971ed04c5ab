//! `loaxa status`: what the station is doing, as a page or as JSON.

use std::fmt::Write;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::asrun::row::stamp;
use crate::cli::{Ended, Global, data_folder, print, screen};
use crate::control::ask::ask;
use crate::control::message::{Message, Reply, StationIdentity};
use crate::control::socket::SocketError;
use crate::control::status::{Coming, EmergencyStatus, FaultStatus, OnAir, State, Status};
use crate::lang::Language;
use crate::lang::{mourning, orders, rundown, status as words, table};
use crate::terms::Wall;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let (station, status) = station_now(global)?;
    let zone = TimeZone::get(&station.timezone).unwrap_or(TimeZone::UTC);
    if args.json {
        print(&format!("{}\n", as_json(&station, &status, &zone)?))?;
    } else {
        print(&table::page(&page(&station, &status, &zone, language_of(&station, global)), screen()))?;
    }
    Ok(Ended::Good)
}

/// What the daemon says of itself.
pub(super) fn station_now(global: &Global) -> anyhow::Result<(StationIdentity, Box<Status>)> {
    match ask(&data_folder(global), &Message::Status) {
        Ok(Reply::Status { station, status }) => Ok((station, status)),
        Ok(Reply::Answer { .. } | Reply::Entered { .. } | Reply::Failed { .. }) => {
            anyhow::bail!(orders::strange_answer(global.language()))
        }
        Err(error) => anyhow::bail!(orders::unheard(global.language(), &error)),
    }
}

/// The language to answer in: what was asked for on the command line, else the station's.
pub(super) fn language_of(station: &StationIdentity, global: &Global) -> Language {
    global.lang.unwrap_or(if station.language == "en" { Language::En } else { Language::Vi })
}

/// Says that nobody answered, and what to do: the system's failure, exit code 3.
pub(super) fn no_answer(error: &SocketError, lang: Language) -> anyhow::Result<Ended> {
    anyhow::bail!(orders::unheard(lang, error))
}

/// The status as tools read it: instants as the log writes them, and the station added.
fn as_json(station: &StationIdentity, status: &Status, zone: &TimeZone) -> anyhow::Result<Value> {
    let mut value = with_instants(status, zone)?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("station".to_owned(), json!(station));
    }
    Ok(value)
}

/// A value with its instants as the log writes them.
pub(super) fn with_instants(value: &impl serde::Serialize, zone: &TimeZone) -> anyhow::Result<Value> {
    let mut value = serde_json::to_value(value)?;
    write_instants(&mut value, zone);
    Ok(value)
}

const INSTANTS: [&str; 9] = ["at", "from", "until", "hold_until", "planned_at", "started_at", "ends_at", "next_at", "since"];

fn write_instants(value: &mut Value, zone: &TimeZone) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_i64() {
                    Some(at) if INSTANTS.contains(&name.as_str()) => *field = json!(stamp(Wall(at), zone)),
                    _ => write_instants(field, zone),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| write_instants(value, zone)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn page(station: &StationIdentity, status: &Status, zone: &TimeZone, lang: Language) -> String {
    let heads = words::headings(lang);
    let clock = PageClock { zone, today: date(status.at, zone) };
    let mut out = String::new();
    let mut line = |text: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}", text.trim_end());
    };
    let held = match status.state {
        State::Hold => format!(": {}", words::held(lang, status.hold_until.map(|at| clock.short(at)).as_deref())),
        State::Idle | State::OnAir | State::Fault => String::new(),
    };
    let lunar = clock.today.filter(|_| lang == Language::Vi).and_then(rundown::lunar);
    let lunar = lunar.map(|lunar| format!(" ({lunar})")).unwrap_or_default();
    line(format!("{} · {}{lunar}", station.name, clock.whole(status.at)));
    line(format!("{}{held}", words::state(lang, status.state)));
    let stands = |period| mourning::stands(lang, period, &|at| printed(at, zone, mourning::MOMENT));
    status.mourning.iter().for_each(|period| line(stands(period)));
    status.emergency.iter().for_each(|emergency| line(called(emergency, &clock, lang)));
    line(format!("\n{}: {}", heads.now, if status.now.is_empty() { heads.none } else { "" }));
    status.now.iter().for_each(|on_air| line(sounding(on_air, &clock, lang)));
    line(format!("\n{}: {}", heads.next, if status.next.is_empty() { heads.none } else { "" }));
    status.next.iter().for_each(|coming| line(due(coming, &clock, lang)));
    line(format!("\n{}:", heads.outputs));
    for output in &status.output {
        let unheard = if output.heard { String::new() } else { format!(" · {}", words::unheard(lang)) };
        line(format!("  {}: {} · {}{unheard}", output.output, output.device, words::output_state(lang, output.state)));
    }
    let believed = words::evidence(lang, status.clock.evidence);
    let doubt = words::doubtful(lang, status.clock.why);
    line(format!("\n{}: {}", heads.clock, if status.clock.doubtful { &doubt } else { believed }));
    if let Some(hash) = &status.plan_hash {
        line(format!("{}: {}", heads.plan, hash.as_str().chars().take(12).collect::<String>()));
    }
    line(format!("{}: {}", heads.faults, if status.faults.is_empty() { heads.none } else { "" }));
    status.faults.iter().for_each(|fault| line(standing(fault, &clock, lang)));
    if !status.warnings.is_empty() {
        line(format!("{}:", heads.warnings));
        status.warnings.iter().for_each(|warning| line(standing(warning, &clock, lang)));
    }
    out
}

/// What is wrong since when, and what to do about it.
fn standing(fault: &FaultStatus, clock: &PageClock, lang: Language) -> String {
    let (what, remedy) = words::fault(lang, fault.code);
    let output = fault.output.as_ref().map(|output| format!("{output}: ")).unwrap_or_default();
    let detail = words::detail(lang, fault.code, &fault.detail).map(|detail| format!(" ({detail})")).unwrap_or_default();
    format!("  {} {output}{what}{detail}\n    → {remedy}", clock.short(fault.since))
}

fn sounding(on_air: &OnAir, clock: &PageClock, lang: Language) -> String {
    let title = on_air.title.as_deref().or(on_air.item.as_ref().map(|item| item.as_str())).unwrap_or("…");
    let planned = words::planned_for(lang, &clock.short(on_air.planned_at));
    let ends = on_air.ends_at.map(|at| format!(" · {}", words::until(lang, &clock.short(at)))).unwrap_or_default();
    format!("  {}: {} ({planned}) · {}/{} {title}{ends}", on_air.output, on_air.broadcast, on_air.element, on_air.elements)
}

/// Who called an emergency and why, how far it has come, and when it ends.
fn called(emergency: &EmergencyStatus, clock: &PageClock, lang: Language) -> String {
    let title = emergency.title.as_deref().unwrap_or("…");
    let reason = emergency.reason.as_deref().unwrap_or("…");
    let ordered = words::ordered_by(lang, &emergency.actor, &clock.short(emergency.planned_at));
    let next = emergency.next_at.map(|at| format!(" · {}", words::again_at(lang, &clock.short(at)))).unwrap_or_default();
    let aired = words::aired_times(lang, emergency.aired, emergency.times);
    let ends = words::ends_at(lang, &clock.short(emergency.ends_at));
    let head = words::emergency(lang);
    format!("\n{head} {}: {title} ({})\n  {reason} · {ordered}\n  {aired}{next} · {ends}", emergency.output, emergency.broadcast)
}

fn due(coming: &Coming, clock: &PageClock, lang: Language) -> String {
    let what = match coming.left_out {
        Some(reason) => words::left_out(lang, reason),
        None if coming.awaited => words::awaited(lang).to_owned(),
        None => words::length(lang, coming.length_ms),
    };
    format!("  {} {}: {} · {what}", clock.short(coming.planned_at), coming.output, coming.broadcast)
}

/// How the page prints instants: today's without their day.
struct PageClock<'a> {
    zone: &'a TimeZone,
    today: Option<jiff::civil::Date>,
}

impl PageClock<'_> {
    fn short(&self, at: Wall) -> String {
        let format = if date(at, self.zone) == self.today { "%H:%M:%S" } else { "%H:%M:%S %d/%m" };
        printed(at, self.zone, format)
    }

    fn whole(&self, at: Wall) -> String {
        printed(at, self.zone, "%H:%M:%S %d/%m/%Y")
    }
}

fn date(at: Wall, zone: &TimeZone) -> Option<jiff::civil::Date> {
    let at = jiff::Timestamp::from_nanosecond(i128::from(at.0)).ok()?;
    Some(zone.to_datetime(at).date())
}

pub(super) fn printed(at: Wall, zone: &TimeZone, format: &str) -> String {
    match jiff::Timestamp::from_nanosecond(i128::from(at.0)) {
        Ok(at) => zone.to_datetime(at).strftime(format).to_string(),
        Err(_) => "?".to_owned(),
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
