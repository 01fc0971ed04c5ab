//! Who gives way to whom: every pair of priorities, what is heard, and what the log says.

use super::*;

const LEVELS: [Priority; 3] = [Priority::Ordinary, Priority::Priority, Priority::Emergency];

/// What sounds is `a` for a minute and, unless it is an emergency, `b` for another; half a minute after its beginning comes `x`, for 20
/// seconds. An emergency is led in by two seconds of its tone, and a recording is ready 60 ms after it was asked for.
const PAIRS: [(Priority, Priority, &[&str]); 9] = [
    (Priority::Ordinary, Priority::Ordinary, WAITS),
    (Priority::Ordinary, Priority::Priority, AT_THE_BOUNDARY),
    (Priority::Ordinary, Priority::Emergency, AT_ONCE),
    (Priority::Priority, Priority::Ordinary, WAITS),
    (Priority::Priority, Priority::Priority, WAITS),
    (Priority::Priority, Priority::Emergency, AT_ONCE),
    (Priority::Emergency, Priority::Ordinary, AFTER_THE_EMERGENCY),
    (Priority::Emergency, Priority::Priority, AFTER_THE_EMERGENCY),
    (Priority::Emergency, Priority::Emergency, SUPERSEDES),
];

const WAITS: &[&str] = &["a@0+60 aired", "b@60+60 aired", "=sounds aired", "x@120+20 aired", "=comes aired"];

const AT_THE_BOUNDARY: &[&str] = &["a@0+60 aired", "x@60+20 aired", "=comes aired", "b@80+60 aired", "=sounds aired"];

/// What was cut restarts from its beginning.
const AT_ONCE: &[&str] = &[
    "a@0+30.01 partial/preempted",
    "@attention@30.06+2 aired",
    "x@32.06+20 aired",
    "=comes aired",
    "a@52.06+60 aired",
    "b@112.06+60 aired",
    "=sounds aired",
];

const AFTER_THE_EMERGENCY: &[&str] =
    &["@attention@0.06+2 aired", "a@2.06+60 aired", "=sounds aired", "x@62.06+20 aired", "=comes aired"];

const SUPERSEDES: &[&str] = &[
    "@attention@0.06+2 aired",
    "a@2.06+27.95 partial/superseded",
    "=sounds partial/superseded",
    "@attention@30.06+2 aired",
    "x@32.06+20 aired",
    "=comes aired",
];

/// An order to play, or a broadcast.
fn comes(s: &mut Station, item: &'static str, seconds: i64, priority: Priority) {
    let answer = match priority {
        Priority::Emergency => s.emergency(item, seconds, 1, 600, 1800),
        Priority::Ordinary | Priority::Priority => s.play(item, seconds, priority),
    };
    assert!(matches!(answer, Answer::Playing { .. }), "{answer:?}");
}

#[test]
fn each_pair_of_priorities_sounds_and_is_logged_as_the_table_says() {
    let named: Vec<_> = PAIRS.iter().map(|(sounds, comes, _)| (*sounds, *comes)).collect();
    let all: Vec<_> = LEVELS.iter().flat_map(|sounds| LEVELS.iter().map(|comes| (*sounds, *comes))).collect();
    assert_eq!(named, all);
    for (sounds, then, wanted) in PAIRS {
        let mut planned = b("sounds", 30.0, &[("a", 60), ("b", 60)]);
        planned.priority = sounds;
        let plan = if sounds == Priority::Emergency { vec![b("later", 80.0, &[("l", 10)])] } else { vec![planned] };
        let mut s = station(&plan);
        s.run_until(at(30.0));
        if sounds == Priority::Emergency {
            comes(&mut s, "a", 60, Priority::Emergency);
        }
        s.run_until(at(30.5));
        comes(&mut s, "x", 20, then);
        s.run_until(at(45.0));
        // Orders have numbers for names.
        let first = if sounds == Priority::Emergency { ["=@request-1", "=@request-2"] } else { ["=sounds", "=@request-1"] };
        let told = short(&s.rows).into_iter().map(|row| row.replace(first[0], "=sounds").replace(first[1], "=comes"));
        assert_eq!(told.collect::<Vec<_>>(), wanted, "{sounds} sounds, {then} comes");
        assert_eq!(s.status().output[0].state, DeviceState::Closed, "{sounds} sounds, {then} comes");
    }
}

#[test]
fn a_slot_that_gave_way_comes_back_at_the_level_it_was_planned_with() {
    let soft = |from, to| {
        let mut rundown = rundown("plan", &[b("dawn", 30.0, &[("a", 60), ("b", 60)])], from, to);
        for planned in &mut rundown.slots {
            let soft = |element: &Element| Element { gain_db: -4.0, level_lufs: Some(-22.0), ..element.clone() };
            planned.elements = planned.elements.iter().map(soft).collect();
        }
        rundown
    };
    let mut s = Station::start(at(0.0), Box::new(move |_, from, to, _| soft(from, to))).with_marks();
    s.run_until(at(30.5));
    comes(&mut s, "x", 20, Priority::Emergency);
    s.run_until(at(45.0));
    let told: Vec<_> = s.rows.iter().filter(|row| row.kind() == Kind::Air).map(|row| row.level_lufs_tenths.unwrap()).collect();
    assert_eq!(short(&s.rows).iter().filter(|row| !row.starts_with('=')).count(), 5);
    // What was cut, the tone and the warning, and then the same slot again and its second element.
    assert_eq!(told, [-220, -180, -180, -220, -220]);
}
