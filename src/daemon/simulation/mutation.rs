//! Whether the laws bite: an engine with a deliberate defect breaks one of them within a thousand seeds, each of them.

use super::made_up::{self, richer_trial, trial as made_up_trial};
use super::trial::Trial;
use crate::defect::{self, Defect};
use crate::playout::simulate::mishap::Kinds;
use crate::playout::simulate::model::Breach;
use crate::terms::Law;

/// So many seeds may a defect hide.
const SEEDS: u64 = 1_000;

/// The breach under a seed of the plans that show `defect`, of an engine that has it, or of one that has not.
fn breach(seed: u64, defect: Defect, present: bool) -> Option<Breach> {
    let trial = plans_for(defect)(seed, Kinds::All)?;
    let mishaps = trial.mishaps(seed);
    defect::set(present.then_some(defect));
    let breach = trial.breach(&mishaps);
    defect::set(None);
    breach
}

/// The plans that can show a defect: some need something to choose between, some what only richer plans have.
fn plans_for(defect: Defect) -> fn(u64, Kinds) -> Option<Trial> {
    match defect {
        Defect::AirsExpired | Defect::RepeatsPicks => made_up::steered,
        Defect::PicksEmergencies | Defect::ForgetsAirings | Defect::IgnoresOutputHours => richer_trial,
        _ => made_up_trial,
    }
}

/// Where the search begins, so that it takes a moment where a defect hides long; from there it goes round.
fn first(defect: Defect) -> u64 {
    match defect {
        Defect::FollowsACut => 202,
        Defect::EndlessEmergency => 122,
        Defect::IgnoresClose => 119,
        Defect::AnswersFirst => 195,
        Defect::ObeysTwice => 45,
        Defect::WaitsForTrace => 156,
        Defect::IgnoresClosedHours => 570,
        Defect::OwesRenamed => 846,
        Defect::RepeatsPicks => 917,
        Defect::ForgetsAirings => 139,
        _ => 0,
    }
}

/// WHOLE=1 runs every seed for every defect and counts; else the first that finds it is enough. DEFECT=name takes one alone.
#[test]
fn every_defect_breaks_a_law_within_a_thousand_seeds() {
    let whole = std::env::var("WHOLE").is_ok();
    let only = std::env::var("DEFECT").ok();
    let mut hidden = Vec::new();
    for defect in Defect::ALL.iter().filter(|defect| only.as_deref().is_none_or(|only| defect.as_str() == only)) {
        // Only a seed that a sound engine passes has found the defect.
        let find = |seed| {
            let found = breach(seed, *defect, true).filter(|_| breach(seed, *defect, false).is_none());
            found.map(|breach| (seed, breach))
        };
        let seeds = (0..SEEDS).map(|n| (first(*defect) + n) % SEEDS);
        let finds: Vec<_> = seeds.filter_map(find).take(if whole { usize::MAX } else { 1 }).collect();
        match finds.first() {
            Some((seed, breach)) if whole => println!("{defect}: {} of {SEEDS} seeds, first {seed}: {breach}", finds.len()),
            Some((seed, breach)) => println!("{defect}: seed {seed}: {breach}"),
            None => hidden.push(*defect),
        }
    }
    assert!(hidden.is_empty(), "within {SEEDS} seeds no law was broken by {hidden:?}");
}

/// The law about outputs bites by its own name: an engine that waits for a device that hangs moves a start on another output.
#[test]
fn whoever_waits_for_a_device_moves_another_outputs_start() {
    let moves = |seed: &u64| {
        let Some(trial) = made_up_trial(*seed, Kinds::All) else { return false };
        defect::set(Some(Defect::JoinsDevices));
        let record = trial.live(&trial.mishaps(*seed), |_| Ok::<(), ()>(()));
        defect::set(None);
        record.is_ok_and(|record| trial.judge(&record).iter().any(|breach| breach.law == Law::OutputsApart))
    };
    assert!((0..SEEDS).any(|seed| moves(&seed)), "within {SEEDS} seeds nothing was moved");
}
