//! Seeds by the hundred on made-up plans, and the seeds that once found something.

use super::made_up::trial as made_up_trial;
use crate::playout::simulate::model::Breach;

/// Runs a seed; a breach is told as the shortest story.
fn run(seed: u64) -> Option<(Breach, String)> {
    let trial = made_up_trial(seed)?;
    let breach = trial.breach(&trial.mishaps(seed))?;
    let story = trial.story(seed, &breach);
    Some((breach, story))
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let rows = |seed: u64| {
        let trial = made_up_trial(seed).unwrap();
        trial.live(&trial.mishaps(seed), |_| Ok::<(), ()>(())).unwrap().rows
    };
    assert_eq!(rows(7), rows(7));
    assert_ne!(rows(7), rows(8));
}

/// Seeds that every run of the tests takes, and how many fresh ones beside them. SEEDS=2000 FIRST=0 takes others instead.
const FIXED: u64 = 200;
const FRESH: u64 = 100;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Every seed must keep every law; those that do not are listed by law, and the first of each is told as a story.
fn keep_every_law(seeds: std::ops::Range<u64>) {
    println!("seeds {seeds:?}");
    let mut laws = std::collections::BTreeMap::<_, Vec<u64>>::new();
    for seed in seeds {
        let Some(trial) = made_up_trial(seed) else { panic!("no plan for seed {seed}") };
        if let Some(breach) = trial.breach(&trial.mishaps(seed)) {
            laws.entry(breach.law).or_default().push(seed);
        }
    }
    for (law, seeds) in &laws {
        println!("{law}: {} {:?}", seeds.len(), &seeds[..seeds.len().min(12)]);
    }
    for seeds in laws.values() {
        if let Some((breach, story)) = run(seeds[0]) {
            println!("seed {}: {breach}\n{story}", seeds[0]);
        }
    }
    assert!(laws.is_empty(), "FIRST={} SEEDS=1 repeats the first", laws.values().flatten().min().unwrap());
}

#[test]
fn fixed_seeds_keep_every_law() {
    let first = number("FIRST").unwrap_or(0);
    keep_every_law(first..first + number("SEEDS").unwrap_or(FIXED));
}

#[test]
fn fresh_seeds_keep_every_law() {
    let clock = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
    let first = u64::try_from(clock.as_millis()).unwrap();
    keep_every_law(first..first + FRESH);
}
