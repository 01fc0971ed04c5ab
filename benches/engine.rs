//! How fast a year of the shipped plan is planned and aired on a virtual clock: `cargo bench --bench engine`.
//!
//! Processor time of this thread, told as ratios to plain work on as many entries in the same run, so that machines can be compared:
//! filling and walking a `BTreeMap`, and SHA-256 over as many bytes as the rows take. Figures are printed, not judged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use loaxa::asrun::history::History;
use loaxa::asrun::row::Row;
use loaxa::audio::preflight::{self, Programs};
use loaxa::daemon::simulation::trial::Trial;
use loaxa::library::Library;
use loaxa::library::store::LibraryStore;
use loaxa::plan::Plan;
use loaxa::plan::read::read;
use loaxa::rundown::stock::Stock;
use loaxa::rundown::{SeenFrom, Span, build_from};
use loaxa::terms::*;
use sha2::{Digest, Sha256};

/// The best of so many runs: what disturbs only makes slower.
const RUNS: usize = 5;

/// Time that this thread has spent on a processor: what others do on the machine does not count.
fn spent() -> Duration {
    Duration::try_from(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime)).unwrap()
}

fn best<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let run = |_| {
        let began = spent();
        let done = work();
        (done, spent() - began)
    };
    (0..RUNS).map(run).min_by_key(|(_, took)| *took).unwrap()
}

fn told(what: &str, count: usize, took: Duration, plain: &str, plain_took: Duration) {
    let rate = count as f64 / took.as_secs_f64();
    let ratio = took.as_secs_f64() / plain_took.as_secs_f64();
    println!("{what}: {count} in {:.1} ms, {rate:.0} a second; {ratio:.1} times {plain}", took.as_secs_f64() * 1000.0);
}

/// Fills a map with so many entries of the size of a row's key, and walks it.
fn walk(count: usize) -> Duration {
    let work = || {
        let map: BTreeMap<(u64, usize), String> = (0..count)
            .map(|n| (((n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15), n), format!("action-month-morning-{n}")))
            .collect();
        map.values().map(String::len).sum::<usize>()
    };
    best(work).1
}

fn sample() -> (Plan, Library) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let plan = read(&root.join("schedules/cam-tan"), None).unwrap().plan.unwrap();
    let data = tempfile::tempdir().unwrap();
    let items: Vec<(ItemId, PathBuf)> = plan.items.iter().map(|item| (item.id.clone(), item.file.clone())).collect();
    let store = LibraryStore::looking(data.path());
    let library =
        preflight::scan(&plan.station.audio, &items, &store, &Programs { own: env!("CARGO_BIN_EXE_loaxa").into(), ffmpeg: None });
    (plan, library)
}

fn main() {
    let (plan, library) = sample();
    let stock = Stock::of(&plan, &library);
    let zone = &plan.station.timezone;
    let at = |text: &str| zone.instant(text.parse().unwrap());
    let year = Span { from: at("2027-01-01T00:00"), to: at("2028-01-01T00:00") };

    let (rundown, took) = best(|| build_from(&plan, &stock, &mut History::default(), year, SeenFrom::at(year.from)));
    let elements: usize = rundown.slots.iter().map(|planned| planned.elements.len()).sum();
    println!("a year of the shipped plan: {} slots, {elements} elements", rundown.slots.len());
    told("rundown, elements", elements, took, "a map of as many entries", walk(elements));

    let mut trial = Trial::new(plan.clone(), library, year);
    trial.chained = false;
    let (rows, took) = best(|| trial.live(&[], |_| Ok::<(), ()>(())).unwrap().rows);
    let bytes: usize = rows.iter().map(|row| Row::canonical(row, zone.tz()).unwrap().len()).sum();
    let (_, hashed) = best(|| Sha256::digest(vec![0x5au8; bytes]));
    told("conductor and deck with their rundowns, rows", rows.len(), took, "a map of as many entries", walk(rows.len()));
    told("the same", rows.len(), took, "SHA-256 of the rows' text", hashed);
}
