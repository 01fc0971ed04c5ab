//! Seeds for as long as asked: made-up days under faults, each held against the laws. `make soak FOR=10m` runs it on every core.
//!
//! `cargo bench --bench soak -- FOR [FIRST]`: FOR is a length (`90s`, `10m`, `8h`), FIRST the first seed (else one of the clock). It
//! counts, tells the shortest story of each seed that broke a law, and ends with 1 if one did.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::exit)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use loaxa::daemon::simulation::made_up;
use loaxa::daemon::simulation::trial::Trial;
use loaxa::playout::simulate::mishap::{Kinds, Mishap, What};

/// Stories take long: only so many are told.
const TOLD: u64 = 5;

#[derive(Default)]
struct Count {
    seeds: AtomicU64,
    mishaps: AtomicU64,
    cuts: AtomicU64,
    broken: AtomicU64,
}

/// What `10m` says.
fn length(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return None,
    };
    Some(Duration::from_secs(number.parse::<u64>().ok()? * seconds))
}

/// One seed, on the kind of plan whose turn it is; whether it kept every law.
fn run(seed: u64, count: &Count) -> bool {
    let (name, plan) = match seed % 3 {
        0 => ("", made_up::trial as fn(u64, Kinds) -> Option<Trial>),
        1 => (" (richer)", made_up::richer_trial as _),
        _ => (" (steered)", made_up::steered as _),
    };
    let Some(trial) = plan(seed, Kinds::All) else {
        println!("seed {seed}{name}: the made-up plan is not one");
        return false;
    };
    let mishaps = trial.mishaps(seed);
    let cuts = mishaps.iter().filter(|Mishap { what, .. }| matches!(what, What::Off { .. })).count();
    count.seeds.fetch_add(1, Ordering::Relaxed);
    count.mishaps.fetch_add(mishaps.len() as u64, Ordering::Relaxed);
    count.cuts.fetch_add(cuts as u64, Ordering::Relaxed);
    let Some(breach) = trial.breach(&mishaps) else { return true };
    println!("seed {seed}{name}: {breach}");
    if count.broken.fetch_add(1, Ordering::Relaxed) < TOLD {
        println!("{}", trial.story(&mishaps, &breach));
    }
    false
}

fn main() {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let lasting = arguments.first().map_or(Some(Duration::from_secs(10)), |text| length(text));
    let Some(lasting) = lasting else {
        eprintln!("how long? for example 90s, 10m or 8h");
        std::process::exit(2);
    };
    let of_clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as u64;
    let first = arguments.get(1).and_then(|text| text.parse().ok()).unwrap_or(of_clock);
    let (count, next, began) = (Count::default(), AtomicU64::new(first), Instant::now());
    let sound = AtomicBool::new(true);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("seeds from {first} on, for {lasting:?}, on {cores} cores");
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while began.elapsed() < lasting {
                    if !run(next.fetch_add(1, Ordering::Relaxed), &count) {
                        sound.store(false, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let [seeds, mishaps, cuts, broken] =
        [&count.seeds, &count.mishaps, &count.cuts, &count.broken].map(|number| number.load(Ordering::Relaxed));
    let rate = seeds as f64 / began.elapsed().as_secs_f64();
    println!("{seeds} seeds ({rate:.0} a second), {mishaps} mishaps, {cuts} of them ends of the daemon: {broken} broke a law");
    if !sound.load(Ordering::Relaxed) {
        std::process::exit(1);
    }
}
