//! A simulation for the command line: the station in a world where things may go wrong, with a real log that is held against the laws.
//!
//! [`trial`] lives through a span under given mishaps, [`plans`] is its plan and planner, [`made_up`] are plans for seeds by the thousand.

pub mod made_up;
#[cfg(test)]
mod mutation;
mod plans;
#[cfg(test)]
mod tests;
pub mod trial;

use std::time::Instant;

use crate::asrun::ledger::refused;
use crate::asrun::open::SlotChange;
use crate::asrun::row::Row;
use crate::asrun::store::{LogError, Store};
use crate::daemon::simulation::trial::Trial;
use crate::daemon::{Ending, Simulation, loading};
use crate::lang::{Language, simulation as words, system};
use crate::library::store::LibraryStore;
use crate::plan::{read, render};
use crate::playout::simulate::mishap::{Mishap, Off};
use crate::playout::simulate::model::Breach;
use crate::playout::simulate::record::{Record, TroubleKind};
use crate::rundown::Span;
use crate::terms::*;

pub fn run(simulation: Simulation, lived: &dyn Fn(u64, u64)) -> anyhow::Result<Ending> {
    let began = Instant::now();
    let reading = match read::read(&simulation.plan, Some(simulation.language)) {
        Ok(reading) => reading,
        Err(error) => {
            eprintln!("loaxa: {}", error.describe(simulation.language));
            return Ok(Ending::WrongUse);
        }
    };
    let language = reading.language;
    let Some(plan) = reading.plan else {
        eprint!("{}", render::text(&reading.problems, &reading.sources, language, false));
        return Ok(Ending::NoPlan);
    };
    let zone = plan.station.timezone.clone();
    let mut store = match Store::open(&simulation.data, Origin::Simulation, zone.tz().clone()) {
        Ok(store) => store,
        Err(error @ LogError::OtherOrigin { .. }) => {
            eprintln!("loaxa: {}", system::of_log(language, &error));
            return Ok(Ending::WrongUse);
        }
        Err(error) => return Err(error.into()),
    };
    if store.head().seq > 0 {
        eprintln!("loaxa: {}", words::simulated_before(language, &simulation.data.display().to_string()));
        return Ok(Ending::WrongUse);
    }
    loading::keep(&simulation.data, &plan)?;
    let loaded = loading::in_full(plan, &LibraryStore::imagined(), None);
    let span = Span { from: zone.instant(simulation.from), to: zone.instant(simulation.to) };
    let mut trial = Trial::of(loaded, span);
    // The store hashes.
    trial.chained = false;
    // The log lies on a real disk, which loses nothing.
    let drawn = simulation.faults.map(|seed| trial.mishaps(seed)).unwrap_or_default();
    let mishaps: Vec<Mishap> = drawn.into_iter().map(Mishap::with_its_log).collect();
    let mut count = words::Simulated::default();
    let record = trial.live(&mishaps, |rows| -> Result<(), LogError> {
        rows.iter().for_each(|row| note(&mut count, row));
        if let Some(at) = rows.iter().rev().find_map(|row| row.planned_at) {
            lived((at - span.from).as_secs().unsigned_abs(), (span.to - span.from).as_secs().unsigned_abs());
        }
        write(&mut store, rows)
    })?;
    let over = record.rows.last().and_then(|row| row.started_at).unwrap_or(span.to);
    store.alive(over)?;
    store.checkpoint()?;
    store.lodge_head(over)?;
    let breach = trial.judge(&record).into_iter().next();
    lived(1, 1);
    eprintln!("{}", words::simulated(language, &count, began.elapsed()));
    if let Some(seed) = simulation.faults {
        eprintln!("{}", words::befell(language, seed, &befell(&record)));
    }
    Ok(match breach {
        None => {
            eprintln!("{}", words::laws_held(language));
            Ending::Well
        }
        Some(breach) => {
            tell(&trial, &mishaps, &breach, language);
            Ending::Broken
        }
    })
}

/// Writes what has come to the station's disk. What the log refuses, as it would on air, breaks a law and is told as such.
fn write(store: &mut Store, rows: &[Row]) -> Result<(), LogError> {
    match store.append(rows.to_vec(), &SlotChange::Nothing) {
        Err(error) if error.is_of_the_row() => {}
        done => return done.map(drop),
    }
    for row in rows {
        match store.append(vec![row.clone()], &SlotChange::Nothing) {
            Err(error) if error.is_of_the_row() => drop(store.append(vec![refused(row, &error)], &SlotChange::Nothing)?),
            done => drop(done?),
        }
    }
    Ok(())
}

/// The shortest story of a broken law.
fn tell(trial: &Trial, mishaps: &[Mishap], breach: &Breach, language: Language) {
    eprintln!("{}", words::law_broken(language, breach.law, &breach.what));
    let shortest = trial.shorten(mishaps, breach.law);
    eprintln!("{}", words::story_follows(language, shortest.len()));
    eprint!("{}", trial.tell(&shortest, breach.law));
}

fn note(count: &mut words::Simulated, row: &Row) {
    count.rows += 1;
    match row.status.filter(|_| row.kind() == Kind::End) {
        Some(Status::Aired) => count.aired += 1,
        Some(Status::Partial) => count.partial += 1,
        Some(Status::Missed) => count.missed += 1,
        Some(Status::Skipped) => count.skipped += 1,
        None => {}
    }
}

/// What went wrong, counted.
fn befell(record: &Record) -> words::Befell {
    let offs = |how: Off| record.offs.iter().filter(|cut| cut.how == how).count();
    let troubles = |kind: TroubleKind| record.troubles.iter().filter(|trouble| trouble.kind == kind).count();
    let urgent = |order: &crate::terms::Order| match order {
        crate::terms::Order::Play { priority, .. } => *priority == Priority::Emergency,
        _ => false,
    };
    let emergencies = record.orders.iter().filter(|ordered| urgent(&ordered.order)).count();
    words::Befell {
        power_cuts: offs(Off::PowerCut),
        crashes: offs(Off::Crash),
        stops: offs(Off::Stopped),
        clock: record.clocks.windows(2).filter(|pair| pair[0].ahead != pair[1].ahead && !pair[1].ahead.is_zero()).count(),
        disk: troubles(TroubleKind::Disk),
        devices: troubles(TroubleKind::Device),
        recordings: troubles(TroubleKind::Recordings) + troubles(TroubleKind::Library),
        plans: troubles(TroubleKind::Plan),
        planner: troubles(TroubleKind::Planner),
        stalls: troubles(TroubleKind::Stall),
        orders: record.orders.len() - emergencies,
        emergencies,
    }
}
