//! Seeds by the hundred on made-up plans, and the seeds that once found something.

use super::made_up::{richer_trial, steered, trial as made_up_trial};
use super::trial::Trial;
use crate::playout::simulate::mishap::Kinds;
use crate::playout::simulate::model::Breach;

/// Makes the trial of a seed.
type Make = fn(u64, Kinds) -> Option<Trial>;

/// Runs a seed; a breach is told as the shortest story.
fn run(make: Make, seed: u64, kinds: Kinds) -> Option<(Breach, String)> {
    let trial = make(seed, kinds)?;
    let mishaps = trial.mishaps_of(seed, kinds);
    let breach = trial.breach(&mishaps)?;
    let story = trial.story(&mishaps, &breach);
    Some((breach, story))
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let rows = |seed: u64| {
        let trial = made_up_trial(seed, Kinds::All).unwrap();
        trial.live(&trial.mishaps(seed), |_| Ok::<(), ()>(())).unwrap().rows
    };
    assert_eq!(rows(7), rows(7));
    assert_ne!(rows(7), rows(8));
}

/// Each seed that found a fault, by what it found (docs/simulation.md, "Found and fixed").
macro_rules! seeds {
    ($plans:ident $kinds:ident: $($sentence:ident = $seed:literal),* $(,)?) => {$(
        #[test]
        fn $sentence() {
            if let Some((breach, story)) = run($plans, $seed, Kinds::$kinds) {
                panic!("seed {}: {breach}\n{story}", $seed);
            }
        }
    )*};
}

seeds! {
    made_up_trial First:
    a_lost_device_is_not_said_to_be_busy = 4,
    a_hold_ends_no_slot_on_a_doubtful_clock = 23,
    what_a_step_passes_did_not_wait_for_another = 141,
    a_clock_that_wakes_years_ahead_forgets_no_slot_that_ended = 270,
    what_waits_out_a_doubtful_clock_says_so = 387,
    sound_at_an_hour_that_was_wrong_fades_out_when_the_clock_is_set_right = 901,
    a_mark_is_due_by_the_boot_clock = 2062,
    a_plan_that_comes_on_a_doubtful_clock_leaves_nothing_open = 4222,
    what_is_on_its_way_counts_once_towards_the_quota = 4247,
    what_is_armed_behind_an_emergency_does_not_sound_past_the_hours = 5828,
    what_is_tied_over_a_pause_does_not_sound_before_the_hours = 6035,
    what_a_doubtful_clock_takes_back_was_not_preempted = 7549,
    what_has_begun_stays_with_its_plan_when_the_clock_jumps_back = 7692,
    two_sounds_of_one_instant_each_have_their_row_after_a_cut = 13400,
    a_stop_with_a_full_disk_may_lose_what_just_faded_out = 13683,
    the_one_that_is_claimed_whole_goes_with_its_row = 17391,
    a_start_that_a_step_puts_far_ahead_gives_the_output_back = 46002,
    what_fades_out_when_its_device_vanishes_ends_all_the_same = 62415,
    what_is_tied_behind_another_stays_with_its_plan = 66316,
    what_waited_for_a_device_that_came_back_too_late_says_so = 111_877,
    an_emergency_of_2080_is_no_evidence_for_the_clock = 115_141,
    what_a_clock_shows_again_after_a_restart_is_owed_by_the_plan_in_force = 197_894,
    what_is_armed_does_not_begin_when_a_step_has_made_it_too_late = 251_515,
    what_nobody_heard_vouches_for_no_clock = 480_217,
    what_is_armed_and_came_too_late_does_not_sound_past_the_close = 552_068,
    signs_of_life_of_long_ago_are_on_the_disk = 675_762,
    what_has_begun_goes_on_when_the_clock_is_set_back_and_keeps_nobody_waiting = 719_077,
    a_hold_that_ran_out_does_not_stand_again_on_a_clock_that_was_set_back = 767_900,
    what_a_step_takes_back_was_not_preempted = 778_061,
    what_waits_stays_with_its_plan_when_the_clock_jumps_back = 814_745,
    an_emergency_sounds_at_once_though_the_clock_stepped_on_its_way = 917_231,
    what_waits_for_a_lost_device_is_left_to_the_next_start = 1_224_772,
    what_gives_way_to_an_emergency_beforehand_goes_on_after_it = 1_238_719,
    an_emergency_of_two_lives_is_one_by_the_clock = 1_264_276,
    what_is_still_asked_for_is_owed_after_a_cut = 2_108_123,
    what_waited_for_others_until_it_was_too_late_says_so = 1_379_248,
}

seeds! {
    made_up_trial Both:
    an_answer_says_no_more_than_it_spans = 108_347,
    what_had_begun_by_a_wrong_time_does_not_go_on_after_a_restart = 110_059,
    what_a_wrong_time_had_armed_is_after_a_restart_as_the_plan_says = 115_802,
    a_plan_that_comes_while_nobody_knows_the_time_leaves_what_passed_to_the_one_before = 151_247,
    what_the_plan_withdrew_does_not_follow_what_sounds_though_a_step_made_it_late = 198_312,
    steps_add_up_from_where_a_clock_is_found_far_behind_what_was_vouched_for = 748_893,
    what_ends_while_it_is_prepared_by_a_wrong_time_is_owed_again = 1_231_395,
    what_an_emergency_takes_over_between_two_elements_goes_on_after_it = 1_700_091,
    an_emergency_lasts_no_longer_after_a_restart_than_in_all = 1_734_374,
    what_waits_for_a_device_that_does_not_answer_says_so = 1_077_167,
    what_is_skipped_makes_room_for_others = 3_400_818,
    what_a_wrong_time_had_armed_is_settled_anew_when_that_time_comes = 3_498_847,
    what_was_armed_three_times_and_ended_by_the_hours_is_owed_again = 3_509_482,
    what_was_missed_for_hours_is_owed_by_the_plan_of_its_time_though_edited_in_the_first_minute = 20_279_858,
    what_a_doubtful_clock_takes_back_is_heard_of_in_the_order_in_which_it_sounded = 40_176_108,
    what_a_wrong_time_armed_behind_another_does_not_hold_the_output_for_hours = 5_148_306,
    who_sets_the_clock_right_vouches_for_the_old_setting_no_more = 352_820,
}

seeds! {
    made_up_trial All:
    what_a_mourning_calls_off_does_not_begin_though_the_deck_was_told_while_another_sounds = 70_016_058,
    what_was_skipped_stays_so_though_the_power_is_cut_before_it_has_ended = 71_033_964,
    what_a_power_cut_broke_off_does_not_begin_anew_in_a_mourning = 71_037_996,
}

seeds! {
    richer_trial All:
    what_is_settled_is_what_later_picks_expect = 71_008_237,
    what_is_settled_counts_in_its_turn = 71_002_228,
    what_is_settled_counts_in_its_turn_among_those_of_one_instant = 90_628_486,
    what_may_air_though_it_is_expected_to_wait_too_long_counts_for_limits = 120_078_520,
    a_plan_that_comes_while_the_clock_is_set_back_over_an_instant_asks_for_no_rundown_over_and_over = 110_267_509,
    what_a_withdrawn_mourning_silenced_is_owed_though_its_instant_passes_meanwhile = 100_735_714,
}

/// Seeds that every run of the tests takes, and how many fresh ones beside them. SEEDS=2000 FIRST=0 takes others instead.
const FIXED: u64 = 200;
const FRESH: u64 = 100;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Every seed must keep every law; those that do not are listed by law, and the first of each is told as a story.
fn keep_every_law(make: Make, seeds: std::ops::Range<u64>, kinds: Kinds) {
    println!("seeds {seeds:?}");
    let mut laws = std::collections::BTreeMap::<_, Vec<u64>>::new();
    for seed in seeds {
        let Some(trial) = make(seed, kinds) else { panic!("no plan for seed {seed}") };
        if let Some(breach) = trial.breach(&trial.mishaps_of(seed, kinds)) {
            laws.entry(breach.law).or_default().push(seed);
        }
    }
    for (law, seeds) in &laws {
        println!("{law}: {} {:?}", seeds.len(), &seeds[..seeds.len().min(12)]);
    }
    for seeds in laws.values() {
        if let Some((breach, story)) = run(make, seeds[0], kinds) {
            println!("seed {}: {breach}\n{story}", seeds[0]);
        }
    }
    assert!(laws.is_empty(), "FIRST={} SEEDS=1 repeats the first", laws.values().flatten().min().unwrap());
}

#[test]
fn fixed_seeds_keep_every_law() {
    let first = number("FIRST").unwrap_or(0);
    keep_every_law(made_up_trial, first..first + number("SEEDS").unwrap_or(FIXED), Kinds::All);
}

/// Plans with a campaign that has targets, and with items that expire.
#[test]
fn steered_seeds_keep_every_law() {
    let first = number("FIRST").unwrap_or(0);
    keep_every_law(steered, first..first + number("SEEDS").unwrap_or(FIXED), Kinds::All);
}

#[test]
fn fresh_seeds_keep_every_law() {
    let clock = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
    let first = u64::try_from(clock.as_millis()).unwrap();
    keep_every_law(made_up_trial, first..first + number("FRESH").unwrap_or(FRESH), Kinds::All);
}

#[test]
fn fixed_seeds_of_richer_plans_keep_every_law() {
    let first = number("FIRST").unwrap_or(0);
    keep_every_law(richer_trial, first..first + number("SEEDS").unwrap_or(FIXED), Kinds::All);
}
