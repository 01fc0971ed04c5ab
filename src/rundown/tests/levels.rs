//! How loud a slot is: by what hangs on its output, and by its hour.

use super::pool;
use crate::asrun::element::Element;
use crate::asrun::history::History;
use crate::lang::Language;
use crate::library::attention;
use crate::rundown::order::{Sounds, WantedItem, order};
use crate::rundown::sample::*;
use crate::rundown::write::{RundownSheet, csv, json, table};
use crate::rundown::{Planned, Rundown};
use crate::terms::*;

/// On what an element sounds, its gain and the level that is sent, to the tenth.
fn levels_of(element: &Element) -> (Speaker, f32, f32) {
    let tenth = |value: f32| (value * 10.0).round() / 10.0;
    (element.speaker, tenth(element.gain_db), tenth(element.level_lufs.unwrap()))
}

fn all(planned: &Planned) -> Vec<(Speaker, f32, f32)> {
    planned.elements.iter().map(levels_of).collect()
}

fn items(planned: &Planned) -> Vec<&str> {
    planned.elements.iter().map(|element| element.facts.as_ref().unwrap().item.as_str()).collect()
}

#[test]
fn outputs_share_what_was_picked_and_each_brings_it_to_the_target_for_what_hangs_on_it() {
    let sample = pool(4, 60)
        .output("tower")
        .horn()
        .output("hall")
        .programme("p", vec![fixed("jingle"), pick(2, "law")])
        .broadcast("b", "p", &["05:30"]);
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let [flat, horn, hall] = rundown.slots.as_slice() else { panic!("three outputs") };
    assert!(items(flat) == ["jingle", "a0", "a1"] && items(horn) == items(flat) && items(hall) == items(flat));
    // A recording of −20 LUFS is one of −23 for a horn, which the bass does not reach.
    assert_eq!(all(flat), [(Speaker::Flat, 2.0, -18.0); 3]);
    assert_eq!(all(horn), [(Speaker::Horn, 5.0, -18.0); 3]);
    assert!(std::sync::Arc::ptr_eq(&flat.elements, &hall.elements), "what is alike is made once");
    let layout = |planned: &Planned| planned.elements.iter().map(|e| (e.offset, e.length, e.pause)).collect::<Vec<_>>();
    assert_eq!(layout(flat), layout(horn));
}

/// Soft at dawn; a day with a slot before, in and after the soft hour, and one that is too long for it.
fn soft_at_dawn() -> SampleStation {
    pool(2, 60)
        .hours(&["05:00-07:00", "17:00-18:00"])
        .level("05:15-05:45", -22.0)
        .level("17:30-18:00", -24.5)
        .output("tower")
        .horn()
        .programme("p", vec![fixed("a0"), fixed("a1")])
        .broadcast("b", "p", &["05:14", "05:15", "05:44:59", "05:45", "17:40"])
}

#[test]
fn a_slot_has_the_level_of_its_planned_instant_to_its_end() {
    let sample = soft_at_dawn();
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let on = |output: &str| -> Vec<f32> {
        let slots = rundown.slots.iter().filter(|planned| planned.slot.output.as_str() == output);
        let levels = slots.map(all).inspect(|levels| assert_eq!(levels[0], levels[1], "both elements"));
        levels.map(|levels| levels[0].2).collect()
    };
    // The second of 05:14 begins at 05:15 and the second of 05:44:59 at 05:45:59: the slot keeps what it was planned with.
    assert_eq!(on("amplifier"), [-18.0, -22.0, -22.0, -18.0, -24.5]);
    assert_eq!(on("tower"), on("amplifier"), "horns or not, the level is the hour's");
}

#[test]
fn the_level_of_an_hour_is_told_where_the_rundown_is_read() {
    let sample = soft_at_dawn();
    let rundown: Rundown = sample.rundown("2026-11-20", "2026-11-21");
    let sheet = RundownSheet::new(&sample.plan, &rundown);
    let text = table::write(&sheet, Language::Vi, None);
    assert_eq!(text.matches("2 phút, độ to −22 LUFS").count(), 4, "{text}");
    assert!(
        text.contains("2 phút, độ to −24,5 LUFS") && text.contains("05:14  Chương trình p [b] → amplifier — 2 phút\n"),
        "{text}"
    );
    assert!(table::write(&sheet, Language::En, None).contains("2 min, level −24.5 LUFS"));
    let document: serde_json::Value = serde_json::from_str(&json::write(&sheet).unwrap()).unwrap();
    let broadcasts = document["broadcasts"].as_array().unwrap();
    let levels: Vec<f64> = broadcasts.iter().map(|slot| slot["target_lufs"].as_f64().unwrap()).collect();
    assert_eq!(levels, [-18.0, -18.0, -22.0, -22.0, -22.0, -22.0, -18.0, -18.0, -24.5, -24.5]);
    assert_eq!(broadcasts[2]["items"][0]["level_lufs"], -22.0);
    assert!(csv::write(&sheet).unwrap().lines().any(|line| line.ends_with(",planned,,-24.5")));
}

#[test]
fn a_wish_has_the_level_of_its_hour_and_an_emergency_always_the_full_one() {
    let sample = soft_at_dawn();
    let ask = |priority, sounds| {
        let item = ItemId::from("a0");
        let wish = WantedItem { item: &item, priority, outputs: &[], sounds };
        order(&sample.plan, &sample.library, &History::default(), wish, sample.at("2026-11-20T05:20"), 7).unwrap()
    };
    let wished = ask(Priority::Ordinary, Sounds::Plainly);
    assert_eq!(all(&wished[0]), [(Speaker::Flat, -2.0, -22.0)]);
    assert_eq!(all(&wished[1]), [(Speaker::Horn, 1.0, -22.0)]);
    let (lasting, every) = (jiff::SignedDuration::from_mins(30), jiff::SignedDuration::from_mins(10));
    let called = ask(Priority::Emergency, Sounds::Emergency(Emergency { lasting, times: 2, every }));
    for (planned, gain_db) in called.iter().zip([2.0, 5.0]) {
        assert_eq!(items(planned), [attention::ITEM, "a0", attention::ITEM, "a0"]);
        let levels = all(planned);
        assert_eq!(levels[1], (planned.elements[1].speaker, gain_db, -18.0));
        // The tone is measured behind the filter too, and comes at the same level on both.
        assert!(levels[0].0 == levels[1].0 && (levels[0].2 + 18.0).abs() < 1.0 && levels[2] == levels[0], "{levels:?}");
    }
    assert_eq!((called[0].elements[0].speaker, called[1].elements[0].speaker), (Speaker::Flat, Speaker::Horn));
}

#[test]
fn what_has_no_loudness_goes_down_with_a_soft_hour_and_is_never_raised() {
    let mut sample =
        pool(1, 60).level("17:00-18:00", -22.0).programme("p", vec![fixed("a0")]).broadcast("b", "p", &["05:30", "17:00"]);
    let recording = sample.library.items.get_mut(&ItemId::from("a0")).unwrap().as_mut().unwrap();
    (recording.loudness_lufs, recording.true_peak_dbtp) = (None, Some(-10.0));
    let gains = |sample: &SampleStation| -> Vec<f32> {
        let rundown = sample.rundown("2026-11-20", "2026-11-21");
        rundown.slots.iter().map(|planned| planned.elements[0].gain_db).collect()
    };
    assert_eq!(gains(&sample), [0.0, -4.0]);
    sample.library.items.get_mut(&ItemId::from("a0")).unwrap().as_mut().unwrap().true_peak_dbtp = Some(0.0);
    assert_eq!(gains(&sample), [-1.2, -4.0], "nor do its peaks pass the ceiling");
}
