//! Faults inside the station while it is on air: nothing that goes wrong leaves a loudspeaker sounding, and the log has the reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use station::{PATIENCE, RATE, Station, now_ms, tone};

/// Lets everyone go who waits to read the pipe, and whoever comes until something else stands in its place.
fn answer(pipe: &Path, text: &str) {
    while fs::symlink_metadata(pipe).is_ok_and(|data| !data.is_file()) {
        let writer = fs::OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(pipe);
        match writer {
            Ok(mut writer) => drop(writer.write_all(text.as_bytes())),
            Err(_) => return,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The pretended clock becomes a pipe that nobody writes: whoever looks at the clock stands still, and that is the conductor above all.
#[test]
fn a_conductor_that_is_stuck_leaves_silence_within_two_seconds() {
    let mut station = Station::new()
        .recording("la", 440, 12_000)
        .recording("mi", 660, 500)
        .late("2s")
        .programme("p", &["la"])
        .programme("q", &["mi"])
        .broadcast("x", "p", 6)
        .broadcast_with("after", "q", 20, "late = \"1m\"")
        .start();
    station.until_on_air("la");
    std::thread::sleep(Duration::from_millis(1_500));
    let clock = station.data().with_file_name("clock.toml");
    let text = fs::read_to_string(&clock).unwrap();
    let pipe = clock.with_extension("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR, 0)
        .unwrap();
    fs::rename(&pipe, &clock).unwrap();
    let stuck = now_ms() as f64;
    std::thread::sleep(Duration::from_secs(5));
    let wav = station.wav();
    let begin = wav.onset(0).expect("it sounded");
    let end = wav.ending(begin);
    assert!(wav.samples.len() > end + RATE, "the output goes on in silence");
    assert_eq!(wav.onset(end), None);
    // The latest that it can have left, on however busy a machine: not before the file was there.
    let (earliest, _) = wav.left_at(end);
    assert!(earliest - stuck < 2_200.0, "it sounds for {} ms after the conductor stood still", earliest - stuck);

    let aside = clock.with_extension("aside");
    fs::write(&aside, &text).unwrap();
    fs::hard_link(&clock, clock.with_extension("pipe")).unwrap();
    fs::rename(&aside, &clock).unwrap();
    let began = Instant::now();
    while station.try_status().is_none() {
        answer(&clock.with_extension("pipe"), &text);
        assert!(began.elapsed() < PATIENCE, "it does not wake up");
    }
    assert_eq!(station.until_ended("x"), "partial/internal");
    let frames = station.log().airs("x")[0]["frames"].as_u64().unwrap();
    assert!(frames as usize <= end - begin, "{frames} frames are claimed, {} sounded", end - begin);
    assert_eq!(station.until_ended("after"), "aired", "the station goes on");
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}

/// The master is cut off after it was measured: what is left of it sounds, then the next element comes.
#[test]
fn a_recording_that_ends_in_the_middle_while_it_sounds_is_partial_and_the_next_one_airs() {
    let mut station = Station::new()
        .recording("la", 440, 14_000)
        .recording("mi", 660, 1_000)
        .programme("p", &["la", "mi"])
        .broadcast("x", "p", 6)
        .start();
    station.until_on_air("la");
    let masters = walk(&station.data()).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "flac"));
    let longest = masters.max_by_key(|path| size(path)).unwrap();
    let mut writable = fs::metadata(&longest).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false)]
    writable.set_readonly(false);
    fs::set_permissions(&longest, writable).unwrap();
    // Some seven seconds of the fourteen.
    fs::OpenOptions::new().write(true).open(&longest).unwrap().set_len(size(&longest) / 2).unwrap();
    assert_eq!(station.until_ended("x"), "partial/file_error");
    let (log, wav) = (station.log(), station.wav());
    assert_eq!(log.takes("x"), ["la/1 partial/file_error", "mi/1 aired"]);
    let frames = log.airs("x")[0]["frames"].as_u64().unwrap() as usize;
    assert!((5 * RATE..9 * RATE).contains(&frames), "what was there sounded: {frames}");
    let begin = wav.onset(0).unwrap();
    assert_eq!(wav.hertz(begin + frames + RATE / 4), 660, "the next follows on it");
    assert!(station.faults().is_empty());
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}

/// A disk of its own for the data folder, which only this test sees: a small one in memory. Mounting takes a namespace of the test's own, so
/// it runs itself again in one; where that is not allowed, it says so and looks at nothing (`sound_faults` has the same with a limit in its place).
fn with_a_disk_of_its_own(test: &str, body: impl FnOnce()) {
    const INSIDE: &str = "LOAXA_TEST_MAY_MOUNT";
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let folder = tempfile::tempdir().unwrap();
    let may = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path()).output();
    if !may.is_ok_and(|done| done.status.success()) {
        eprintln!("SKIPPED {test}: nothing may be mounted here");
        return;
    }
    let mut again = Command::new("unshare");
    again.arg("-rm").arg(std::env::current_exe().unwrap()).args([test, "--exact", "--nocapture"]).env(INSIDE, "1");
    assert!(again.status().unwrap().success());
}

/// What stands beside the fault of the disk itself, which comes and goes within seconds.
fn faults(station: &Station) -> Vec<String> {
    station.faults().into_iter().filter(|fault| fault != "disk_nearly_full").collect()
}

/// Takes up all room that there is.
fn fill(path: &Path) {
    let mut filler = fs::File::create(path).unwrap();
    let full = std::iter::repeat_with(|| filler.write_all(&[0; 4096])).find_map(Result::err).unwrap();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
}

#[test]
fn a_disk_that_fills_up_while_on_air_costs_no_sound_and_no_row() {
    with_a_disk_of_its_own("a_disk_that_fills_up_while_on_air_costs_no_sound_and_no_row", || {
        let mut station = Station::new()
            .recording("la", 440, 2_000)
            .recording("mi", 660, 1_000)
            .programme("p", &["la", "mi"])
            .broadcast("x", "p", 7);
        fs::create_dir(station.data()).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(station.data()).status();
        assert!(mounted.unwrap().success());
        station = station.start();
        station.until_on_air("la");
        let filler = station.data().join("filler");
        fill(&filler);
        station.until("the disk is told", PATIENCE, |station| faults(station) == ["log_failing"]);
        station.until("it is over", PATIENCE, |station| station.on_air().is_none());
        assert!(station.log().ends("x").is_empty(), "the log cannot have it yet");
        fs::remove_file(&filler).unwrap();
        assert_eq!(station.until_ended("x"), "aired");
        station.until("the fault is mended", PATIENCE, |station| faults(station).is_empty());
        let (log, wav) = (station.log(), station.wav());
        assert_eq!(log.takes("x"), ["la/1 aired", "mi/1 aired"]);
        assert_eq!(log.kind("end")[0]["detail"]["log_late"], true);
        let begin = wav.stretches()[0].0;
        assert_eq!(wav.stretches().len(), 1, "the sound has no gap");
        assert!(wav.worst_difference(begin, &tone(440, 2_000)) <= 2.0);
        assert!(wav.worst_difference(begin + 2 * RATE, &tone(660, 1_000)) <= 2.0);
        assert_eq!(station.term().code(), Some(0));
        station.verify();
    });
}

#[test]
fn a_station_that_is_stopped_on_a_full_disk_airs_nothing_again_and_the_next_start_writes_what_waited() {
    with_a_disk_of_its_own(
        "a_station_that_is_stopped_on_a_full_disk_airs_nothing_again_and_the_next_start_writes_what_waited",
        || {
            let mut station =
                Station::new().recording("la", 440, 1_000).programme("p", &["la"]).late("10m").broadcast("x", "p", 8);
            fs::create_dir(station.data()).unwrap();
            let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(station.data()).status();
            assert!(mounted.unwrap().success());
            station = station.start();
            let filler = station.data().join("filler");
            fill(&filler);
            station.until_on_air("la");
            station.until("it is over", PATIENCE, |station| station.on_air().is_none());
            assert!(station.log().ends("x").is_empty(), "the log cannot have it");
            assert_eq!(station.term().code(), Some(0));
            // The disk is still full, and the slot is late by less than it may be.
            station.start_again();
            assert_eq!(faults(&station), ["log_failing"]);
            assert_eq!(station.term().code(), Some(0));
            fs::remove_file(&filler).unwrap();
            station.start_again();
            assert_eq!(station.until_ended("x"), "aired");
            assert_eq!(station.log().takes("x"), ["la/1 aired"]);
            assert_eq!(station.log().kind("end")[0]["detail"]["log_late"], true);
            assert_eq!((station.log().kind("stop").len(), station.log().kind("gap").len()), (2, 0));
            assert_eq!((station.wav().stretches().len(), station.faults()), (1, vec![]), "it sounded once");
            station.verify();
        },
    );
}

/// The rows of the last start, once the disk takes them.
fn started_late(station: &Station, starts: usize) {
    station.until("the fault is mended", PATIENCE, |station| faults(station).is_empty());
    let log = station.log();
    let rows = log.kind("start");
    assert_eq!(rows.len(), starts);
    assert_eq!(rows[starts - 1]["detail"]["log_late"], true, "{}", rows[starts - 1]);
}

#[test]
fn a_disk_that_takes_nothing_when_the_station_starts_costs_no_sound_and_no_row() {
    with_a_disk_of_its_own("a_disk_that_takes_nothing_when_the_station_starts_costs_no_sound_and_no_row", || {
        let mut station = Station::new().recording("la", 440, 1_000).programme("p", &["la"]).broadcast("far", "p", 3_000);
        fs::create_dir(station.data()).unwrap();
        let mount = |options: &str| {
            let done = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(station.data()).status();
            assert!(done.unwrap().success());
        };
        mount("size=8m");
        let filler = station.data().join("filler");
        // A first start without room has nothing to go on: it says what to do, and the service tries again.
        fill(&filler);
        station.write_plan();
        station.spawn();
        assert_eq!(station.exit().code(), Some(3));
        // The plan says which language only once it is read whole.
        assert!(station.err().contains("đã đầy") && station.err().contains("hãy xóa bớt tệp"), "{}", station.err());
        fs::remove_file(&filler).unwrap();
        station.start_again();
        assert_eq!(station.term().code(), Some(0));

        // After a stop, on a plan that the disk does not take either.
        fill(&filler);
        station.add("x", "p", 6, "");
        station.write_plan();
        station.start_again();
        assert_eq!(faults(&station), ["log_failing", "plan_not_kept"]);
        station.until_on_air("la");
        station.until("it is over", PATIENCE, |station| station.on_air().is_none());
        fs::remove_file(&filler).unwrap();
        assert_eq!(station.until_ended("x"), "aired");
        started_late(&station, 2);
        assert_eq!(station.log().kind("end").last().unwrap()["detail"]["log_late"], true);
        assert_eq!(station.wav().stretches().len(), 1, "it sounded whole");
        let plans = station.data().join("plans");
        station.until("the plan is kept", PATIENCE, |_| fs::read_dir(&plans).unwrap().count() == 2);

        // After a power cut, whose last rows are still in the write-ahead log.
        station.kill();
        let shared = station.data().join("log.sqlite3-shm");
        fs::remove_file(&shared).unwrap();
        fill(&filler);
        station.start_again();
        assert_eq!(faults(&station), ["log_failing"]);
        fs::remove_file(&filler).unwrap();
        started_late(&station, 3);
        assert_eq!(station.term().code(), Some(0));

        // A disk that became read-only has no place for the socket either.
        let data = station.data();
        let again = |how: &str| {
            let done = Command::new("mount").args(["-o", how]).arg(&data).status();
            assert!(done.unwrap().success());
        };
        again("remount,ro");
        station.spawn();
        station.until("it says that it takes no orders", PATIENCE, |station| station.err().contains("takes no orders"));
        again("remount,rw");
        station.until("the daemon answers", PATIENCE, |station| station.try_status().is_some());
        started_late(&station, 4);
        assert_eq!(station.term().code(), Some(0));
        station.verify();
    });
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |data| data.len())
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}
