//! The test tone through a real sound server: it is heard, and it is never sounded over the station.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;
mod station;

use std::time::Duration;

use harness::{Horn, RATE};
use station::Station;

/// The loudest moment, and the pitch of a second from frame `from` on.
fn pitch(samples: &[f32]) -> usize {
    samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count() * RATE as usize / samples.len()
}

#[test]
fn sound_of_the_test_tone_is_heard_within_hours_and_not_over_the_station() {
    let horn = Horn::start();
    let station = Station::new().sounding(horn.environment()).recording("la", 440, 6_000).programme("p", &["la"]);
    station.write_plan();
    let plan = station.plan();
    let plan = plan.to_str().unwrap();
    let ear = horn.listen();
    let told = station.told(&["outputs", plan, "--test", "loa"]);
    assert!(told.contains("default") && told.contains("1000 Hz") && told.contains("LUFS"), "{told}");
    std::thread::sleep(Duration::from_millis(300));
    let heard = ear.stop();
    let first = heard.samples.iter().position(|sample| sample.abs() > 0.01).expect("the tone is heard");
    let last = heard.last_sound().unwrap();
    let seconds = (last - first) as f64 / f64::from(RATE);
    assert!((3.5..4.1).contains(&seconds), "{seconds} s of tone");
    let middle = &heard.samples[first + RATE as usize..first + 2 * RATE as usize];
    assert!((980..=1_020).contains(&pitch(middle)), "{} Hz", pitch(middle));
    let peak = middle.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    assert!((0.10..0.16).contains(&peak), "as loud as recordings are: {peak}");

    // While the station has the device, and just before, it is refused, aloud or not.
    let station = station.broadcast("x", "p", 8).start();
    for moment in ["before", "while it sounds"] {
        if moment != "before" {
            station.until_on_air("la");
        }
        let refused = station.ask(&["outputs", plan, "--test", "loa", "--aloud"]);
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(1) && text.contains("station"), "{moment}: {text}");
    }
    assert_eq!(station.until_ended("x"), "aired");
}
