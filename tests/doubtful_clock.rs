//! On a clock that nobody vouches for nothing sounds and nothing is ended; the station says why and what to do, and goes on when it is told, or
//! when the clock is set. A clock that jumps back repeats nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use station::{PATIENCE, Pretence, Station, at_ms};

const HOUR: i64 = 3_600_000;

/// A clock that is so far off and that nothing but itself speaks for.
fn bare(shift_ms: i64) -> Pretence {
    Pretence { shift_ms, synchronised: false, rtc: false, boot_id: "boot-1".into() }
}

fn station(clock: Pretence) -> Station {
    Station::on(Some(clock)).recording("la", 440, 700).programme("p", &["la"]).programme("q", &["la"])
}

/// The station doubts its clock for this reason, says so and what to do, and neither airs nor ends anything.
fn is_silent(station: &Station, why: &str) {
    let status = station.status();
    assert_eq!((&status["clock"]["doubtful"], &status["clock"]["why"]), (&true.into(), &why.into()), "{status}");
    assert_eq!((&status["state"], &status["now"]), (&"fault".into(), &serde_json::json!([])));
    assert_eq!(station.faults(), ["clock_doubtful"]);
    let text = station.told(&["status"]);
    assert!(text.contains("loaxa clock confirm"), "it says what to do: {text}");
    let log = station.log();
    assert_eq!((log.kind("air").len(), log.kind("end").len()), (0, 0), "nothing airs and nothing is ended");
    assert!(station.wavs().is_empty(), "no device is opened");
}

/// A first start at this time: silent over the broadcast's instant, until a person vouches for the clock.
fn first_start_at(shift_ms: i64, why: &str) {
    let station = station(bare(shift_ms))
        .broadcast_with("soon", "p", 3, "late = \"1m\"")
        .broadcast_with("over", "q", 3, "late = \"1s\"")
        .start();
    station.wait_until(station.instant("soon") + 2_500);
    is_silent(&station, why);
    assert_eq!(station.ask(&["play", "la"]).status.code(), Some(1), "an order to play is refused too");
    is_silent(&station, why);
    station.confirm_clock();
    assert_eq!(station.until_ended("over"), "missed/clock_unset");
    assert_eq!(station.until_ended("soon"), "aired");
    let status = station.status();
    assert_eq!(status["clock"], serde_json::json!({ "evidence": "operator", "doubtful": false, "why": null }));
    let log = station.log();
    assert_eq!(log.kind("order").len(), 1);
    assert!(log.kind("clock").iter().any(|row| row["clock"] == "operator"), "the confirmation stands in the log");
    assert_eq!(log.airs("soon")[0]["clock"], "operator");
    station.verify();
}

#[test]
fn a_clock_of_1970_is_not_believed_and_nobody_can_vouch_for_it() {
    let mut station = station(bare(12 * HOUR - station::now_ms())).broadcast_with("soon", "p", 3, "late = \"1m\"").start();
    station.wait_until(station.instant("soon") + 1_500);
    is_silent(&station, "before_build");
    let shown = station.civil(station.now()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let refused = station.ask(&["clock", "confirm", "--time", &shown]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && said.contains("before this program was made"), "{said}");
    is_silent(&station, "before_build");
    assert_eq!(station.log().kind("order").len(), 0, "what is refused is no order");
    // Set right, it is confirmed by whoever says the time, and by nobody who says another.
    station.pretend(|clock| clock.shift_ms = 0);
    assert_eq!(station.ask(&["clock", "confirm", "--time", &shown]).status.code(), Some(1), "the clock shows another time");
    station.confirm_clock();
    station.until("the clock is believed", station::PATIENCE, |station| station.status()["clock"]["doubtful"] == false);
    assert_eq!(station.log().kind("end").len(), 0, "no day of 1970 is anybody's");
    station.verify();
}

#[test]
fn a_clock_of_2080_is_not_believed_until_a_person_vouches_for_it() {
    let in_2080 = "2080-03-01T05:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    first_start_at(in_2080 - station::now_ms(), "far_ahead");
}

#[test]
fn no_backup_is_made_under_the_day_of_a_clock_that_is_not_believed() {
    let usb = tempfile::tempdir().unwrap();
    let in_2080 = "2080-03-01T05:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let mut station = station(bare(in_2080 - station::now_ms())).broadcast("far", "p", 3_000);
    station.write_plan_text(&format!("{}[backup]\nfolder = \"{}\"\nkeep = 1\n", station.plan_text(), usb.path().display()));
    station.start_again();
    // It is looked for the first time a second after the start.
    std::thread::sleep(std::time::Duration::from_secs(4));
    is_silent(&station, "far_ahead");
    let made = || std::fs::read_dir(usb.path()).unwrap().count();
    assert_eq!(made(), 0, "a backup of 2080 would pass for the newest for ever");
    // Once somebody vouches for it, and the station starts anew, it is.
    station.pretend(|clock| (clock.shift_ms, clock.synchronised) = (0, true));
    station.until("the clock is believed", PATIENCE, |station| station.status()["clock"]["doubtful"] == false);
    assert_eq!(station.term().code(), Some(0));
    station.start_again();
    station.until("the backup is made", PATIENCE, |_| made() > 0);
}

#[test]
fn a_clock_carried_over_a_power_cut_is_believed_once_it_is_synchronised() {
    let mut station = station(bare(0)).broadcast_with("soon", "p", 6, "late = \"1m\"").start();
    assert_eq!(station.status()["clock"]["evidence"], "first", "whoever installs is present");
    station.kill();
    // The device was open already: what it wrote is no sound of the doubtful clock's.
    station.wav_files().iter().for_each(|file| std::fs::remove_file(file).unwrap());
    station.pretend(|clock| clock.boot_id = "boot-2".into());
    station.start_again();
    station.wait_until(station.instant("soon") + 2_000);
    is_silent(&station, "carried");
    // A restart within the doubtful boot is no evidence.
    assert_eq!(station.term().code(), Some(0));
    station.start_again();
    is_silent(&station, "carried");
    station.pretend(|clock| clock.synchronised = true);
    assert_eq!(station.until_ended("soon"), "aired");
    assert_eq!(station.status()["clock"]["evidence"], "ntp");
    assert!(station.faults().is_empty());
    station.verify();
}

#[test]
fn a_clock_that_was_hours_behind_is_set_right_and_what_passed_meanwhile_is_missed() {
    // The station was off for three hours and woke with the time of its last save.
    let mut station = station(bare(0))
        .broadcast_with("while-off", "p", 3_600, "late = \"1m\"")
        .broadcast_with("after", "p", 3 * 3_600 + 12, "late = \"1m\"")
        .start();
    station.kill();
    station.pretend(|clock| clock.boot_id = "boot-2".into());
    station.start_again();
    is_silent(&station, "carried");
    station.pretend(|clock| {
        clock.shift_ms = 3 * HOUR;
        clock.synchronised = true;
    });
    // Reckoned back on the boot clock, it had not been switched on yet.
    assert_eq!(station.until_ended("while-off"), "missed/power_off");
    assert_eq!(station.until_ended("after"), "aired");
    station.verify();
}

/// A machine without a battery at its first start: the clock is anywhere until the network answers, and nothing that lies between is owed.
fn first_start_set_right(far: bool) {
    // Planned in the true time: one in a while, one an hour for ever.
    let mut station = station(bare(0)).broadcast("soon", "p", 10);
    let hourly = "[[broadcast]]\nid = \"hourly\"\nprogramme = \"q\"\ncron = \"0 30 * * * *\"\n";
    station.write_plan_text(&format!("{}{hourly}", station.plan_text()));
    let years = 365 * 24 * HOUR;
    let wrong = if far { 54 * years } else { HOUR - station::now_ms() };
    station.pretend(|clock| clock.shift_ms = wrong);
    station.start_again();
    is_silent(&station, if far { "far_ahead" } else { "before_build" });
    station.pretend(|clock| *clock = Pretence { synchronised: true, ..bare(0) });
    assert_eq!(station.until_ended("soon"), "aired");
    let ends = station.log().ends("hourly");
    assert!(ends.len() <= 1, "nothing is owed before the first start, and {} have ended", ends.len());
    station.verify();
}

#[test]
fn a_first_start_in_1970_owes_nothing_of_the_years_until_the_clock_is_set() {
    first_start_set_right(false);
}

#[test]
fn a_first_start_in_2080_airs_what_comes_once_the_clock_is_set() {
    first_start_set_right(true);
}

#[test]
fn what_a_doubtful_boot_wrote_does_not_make_the_next_one_doubtful() {
    let mut station = station(bare(54 * 365 * 24 * HOUR)).start();
    is_silent(&station, "far_ahead");
    assert_eq!(station.term().code(), Some(0));
    station.pretend(|clock| *clock = Pretence { rtc: true, boot_id: "boot-2".into(), ..bare(0) });
    station.east_of_now();
    station.add("soon", "p", 6, "late = \"2m\"");
    station.write_plan();
    station.start_again();
    // An RTC waits a minute for the network, and is believed then.
    station.until("it is believed", PATIENCE * 3, |station| station.status()["clock"]["doubtful"] == false);
    assert_eq!(station.until_ended("soon"), "aired");
    station.verify();
}

#[test]
fn an_armed_start_that_a_step_makes_too_late_is_refused_and_its_slot_says_why() {
    let mut station = station(bare(0)).broadcast_with("x", "p", 7, "late = \"1s\"").start();
    // The device is open and the deck has it by now; the conductor will not look at the clock for a while.
    station.wait_until(station.instant("x") - 700);
    station.pretend(|clock| clock.shift_ms = 30_000);
    assert_eq!(station.until_ended("x"), "missed/clock_step");
    assert_eq!(station.wav().onset(0), None, "it would sound half a minute late");
    station.verify();
}

#[test]
fn an_unsynchronised_step_forward_is_doubted_and_what_it_passed_is_missed() {
    let mut station = station(bare(0))
        .broadcast_with("passed", "p", 3_600, "late = \"1m\"")
        .broadcast_with("after", "p", 2 * 3_600 + 16, "late = \"1m\"")
        .start();
    station.pretend(|clock| clock.shift_ms = 2 * HOUR);
    station.until("the step is seen", PATIENCE, |station| station.status()["clock"]["doubtful"] == true);
    is_silent(&station, "forward_step");
    station.confirm_clock();
    assert_eq!(station.until_ended("passed"), "missed/clock_step");
    assert_eq!(station.until_ended("after"), "aired");
    let log = station.log();
    let step = log.kind("clock").into_iter().find(|row| row["detail"]["what"] == "step").expect("a row of the step").clone();
    assert!((step["detail"]["step_ms"].as_i64().unwrap() - 2 * HOUR).abs() < 1_000, "{step}");
    station.verify();
}

#[test]
fn a_jump_back_never_repeats_and_what_sounds_runs_on_through_it() {
    let mut station = Station::new()
        .recording("la", 440, 700)
        .recording("long", 660, 4_000)
        .programme("p", &["la"])
        .programme("q", &["long"])
        .broadcast("first", "p", 6)
        .broadcast("second", "q", 8)
        .start();
    assert_eq!(station.until_ended("first"), "aired");
    station.until_on_air("long");
    // Ten seconds back, while the second sounds: both instants come again.
    station.pretend(|clock| clock.shift_ms = -10_000);
    assert_eq!(station.until_ended("second"), "aired");
    station.wait_until(station.instant("second") + 3_000);
    let log = station.log();
    assert_eq!((log.kind("air").len(), log.kind("end").len()), (2, 2), "nothing comes again");
    let air = log.airs("second")[0];
    assert_eq!(air["frames"], 192_000, "it sounded whole");
    assert_eq!(at_ms(&air["ended_at"]) - at_ms(&air["started_at"]), 4_000, "its end is its start and its frames");
    assert_eq!(station.wav().stretches().len(), 2);
    station.verify();
}

/// Names of what is in a folder of reports, in their order.
fn reports(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The months that end from a day on and before another, as the names of their reports.
fn months(mut day: jiff::civil::Date, before: jiff::civil::Date) -> Vec<String> {
    let mut names = Vec::new();
    while day.last_of_month() < before {
        names.extend(["docx", "json"].map(|format| format!("test-monthly-{}.{format}", day.strftime("%Y-%m"))));
        day = day.last_of_month().tomorrow().unwrap();
    }
    names
}

/// Off for three months, then on a clock that nobody vouches for, then without the stick, then with it, then once more.
#[test]
fn reports_that_fell_due_are_made_up_for_once_when_the_clock_is_believed() {
    let mut station = station(Pretence { synchronised: true, ..bare(0) });
    let stick = station.plan_folder().join("usb");
    let entry = "[[report]]\nid = \"monthly\"\nperiod = \"month\"\ndue = 3\nformats = [\"docx\", \"json\"]\nfolder = \"usb\"\n";
    station.write_plan_text(&format!("{}{entry}", station.plan_text()));
    let noted = station.data().join("reports.txt");
    station.start_again();
    station.until("the entry is noted", PATIENCE, |_| noted.exists());
    let began = station.civil(station.now()).date();
    station.term();
    assert!(!stick.exists(), "where no stick is, no folder is made");

    station.pretend(|clock| *clock = Pretence { boot_id: "boot-2".into(), ..bare(95 * 24 * HOUR) });
    station.start_again();
    let looked_at = station.now() + 1_600;
    std::fs::create_dir(&stick).unwrap();
    station.wait_until(looked_at);
    assert_eq!((station.faults(), reports(&stick)), (vec!["clock_doubtful".to_owned()], vec![]));
    station.kill();

    std::fs::remove_dir(&stick).unwrap();
    station.pretend(|clock| clock.synchronised = true);
    station.start_again();
    station.until("the stick is missed", PATIENCE, |station| station.faults() == ["report_failed"]);
    let text = station.told(&["status"]);
    assert!(text.contains("monthly") && text.contains("usb is not there"), "{text}");
    station.kill();

    std::fs::create_dir(&stick).unwrap();
    let expected = months(began, station.civil(station.now()).date());
    assert!(expected.len() >= 4, "{expected:?}");
    // An official has had one of them already, and has written in it.
    std::fs::write(stick.join(&expected[0]), "edited").unwrap();
    station.start_again();
    station.until("the reports are there", PATIENCE, |_| reports(&stick) == expected);
    station.until("each is noted", PATIENCE, |_| {
        std::fs::read_to_string(&noted).unwrap().matches("written\t").count() * 2 == expected.len()
    });
    assert_eq!(std::fs::read_to_string(stick.join(&expected[0])).unwrap(), "edited");
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(stick.join(&expected[1])).unwrap()).unwrap();
    assert_eq!(report["log"][0]["ok"], true, "{report}");
    station.kill();

    // Somebody took them away: they are not written again.
    std::fs::remove_file(stick.join(&expected[1])).unwrap();
    let known = std::fs::read(&noted).unwrap();
    station.start_again();
    station.wait_until(station.now() + 1_600);
    assert_eq!((reports(&stick).len(), std::fs::read(&noted).unwrap()), (expected.len() - 1, known));
    assert_eq!(station.faults(), [] as [&str; 0]);
    station.verify();
}
