//! A simulation for the command line: the virtual station with a real log.

// Only tests live through faults so far: `--faults` does not use them yet.
#[cfg(test)]
mod made_up;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trial;

use std::time::Instant;

use jiff::SignedDuration;

use crate::asrun::row::Row;
use crate::asrun::store::{Store, StoreError};
use crate::asrun::unsettled::Settle;
use crate::daemon::begin::plan_row;
use crate::daemon::{Over, Simulation, loading};
use crate::lang::daemon as words;
use crate::library::store::LibraryStore;
use crate::plan::{read, render};
use crate::playout::simulate::Station;
use crate::rundown::stock::Stock;
use crate::rundown::{self, Span, build_from};
use crate::terms::*;

/// How long after the span its last slots may take.
const LAST_SLOT: SignedDuration = SignedDuration::from_hours(48);

pub fn run(simulation: Simulation) -> anyhow::Result<Over> {
    let began = Instant::now();
    let reading = match read::read(&simulation.plan, Some(simulation.language)) {
        Ok(reading) => reading,
        Err(error) => {
            eprintln!("loaxa: {}", crate::plan::words::no_plan(&error, simulation.language));
            return Ok(Over::WrongUse);
        }
    };
    let language = reading.language;
    let Some(plan) = reading.plan else {
        eprint!("{}", render::text(&reading.problems, &reading.sources, language, false));
        return Ok(Over::NoPlan);
    };
    let zone = plan.station.zone.clone();
    let mut store = match Store::open(&simulation.data, Origin::Simulation, zone.tz().clone()) {
        Ok(store) => store,
        Err(error @ StoreError::OtherOrigin { .. }) => {
            eprintln!("loaxa: {error}");
            return Ok(Over::WrongUse);
        }
        Err(error) => return Err(error.into()),
    };
    if store.head().seq > 0 {
        eprintln!("loaxa: {}", words::simulated_before(language, &simulation.data.display().to_string()));
        return Ok(Over::WrongUse);
    }
    loading::keep(&simulation.data, &plan)?;
    let recordings = LibraryStore::imagined();
    let loaded = loading::with_recordings(plan, &recordings);
    let (from, to) = (zone.instant(simulation.from), zone.instant(simulation.to));
    let mut start = Row::of(Kind::Start, loaded.plan.station.code.as_str().into(), Origin::Simulation);
    start.started_at = Some(from);
    start.clock = Some(Evidence::Operator);
    start.plan_hash = Some(loaded.plan.hash.clone());
    start.detail = Some(serde_json::json!({ "version": env!("CARGO_PKG_VERSION") }).to_string());
    store.append(vec![start, plan_row(&loaded.plan, Origin::Simulation, from, true, None)], &Settle::Nothing)?;
    let (plan, stock) = (&loaded.plan, Stock::of(&loaded.plan, &loaded.library));
    // Nothing is owed after the span, so that what has begun in it can end as it would on air.
    let builder = |history: &crate::asrun::history::History, from, until: Wall, now| {
        let rundown = build_from(plan, &stock, &mut history.clone(), Span { from, to: until.min(to) }, rundown::Settle { now });
        rundown::Rundown { to: until, ..rundown }
    };
    let mut station = Station::start(from, Box::new(builder));
    let mut count = words::Simulated::default();
    let mut at = from;
    while at < to {
        at = (at + SignedDuration::from_hours(24)).min(to);
        station.run_until(Wall(at.0 - i64::from(at == to)));
        let rows = station.take_rows();
        rows.iter().for_each(|row| note(&mut count, row));
        store.append(rows, &Settle::Nothing)?;
    }
    station.run_out(to + LAST_SLOT);
    station.shut_down();
    let to = to.max(station.wall());
    let mut rows = station.take_rows();
    rows.iter().for_each(|row| note(&mut count, row));
    let mut stop = Row::of(Kind::Stop, loaded.plan.station.code.as_str().into(), Origin::Simulation);
    stop.started_at = Some(to);
    rows.push(stop);
    store.append(rows, &Settle::Nothing)?;
    store.alive(to)?;
    store.checkpoint()?;
    store.lodge_head(to)?;
    eprintln!("{}", words::simulated(language, &count, began.elapsed()));
    Ok(Over::Well)
}

fn note(count: &mut words::Simulated, row: &Row) {
    count.rows += 1;
    match row.status.filter(|_| row.kind == Kind::End) {
        Some(Status::Aired) => count.aired += 1,
        Some(Status::Partial) => count.partial += 1,
        Some(Status::Missed) => count.missed += 1,
        Some(Status::Skipped) => count.skipped += 1,
        None => {}
    }
}
