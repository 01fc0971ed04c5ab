//! A live output through a real sound server: what is heard is what was loaded, at its instant, and airtime is never more than was heard.
//!
//! The environment that leads to a server of our own belongs to a process, so the output runs in a child: this test binary again, told
//! by `LOAXA_SOUND_CHILD` what to play.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use harness::{Found, Guarded, Heard, Horn, RATE, murmur, now, write_wav};
use jiff::SignedDuration;
use loaxa::asrun::element::{Element, ItemFacts};
use loaxa::audio::measure::take_in;
use loaxa::audio::output::DeviceName;
use loaxa::audio::source::Source;
use loaxa::playout::clock::Clocks;
use loaxa::playout::cue::{Airing, DeckCue, DeckEvent};
use loaxa::playout::live::{Lease, LiveOutput, Settings};
use loaxa::terms::*;

/// The child: reads cues from stdin, one a line, and prints what the output tells.
#[test]
fn sound_child() {
    let Some(folder) = std::env::var_os("LOAXA_SOUND_CHILD").map(PathBuf::from) else { return };
    let lease = Lease::new();
    lease.renew(Mono::MAX);
    let find = move |hash: &FileHash| {
        let master = tempfile::tempfile().unwrap();
        take_in(File::open(folder.join(hash.as_str())).unwrap(), Some(master.try_clone().unwrap())).unwrap();
        Source::of(master)
    };
    let settings = Settings::new(vec![DeviceName::Default], || "x".into(), find, Clocks::default());
    let tell = |event| match event {
        DeckEvent::Ready(a) => println!("\nREADY {}", a.0),
        DeckEvent::Bad(a, fault) => println!("\nBAD {} {}", a.0, fault.detail),
        DeckEvent::Began(a, wall) => println!("\nBEGAN {} {}", a.0, wall.0),
        DeckEvent::Played(a, frames) => println!("\nPLAYED {} {}", a.0, frames.count),
        DeckEvent::Ended(a, frames, end) => println!("\nENDED {} {} {end:?}", a.0, frames.count),
        DeckEvent::Opened(name) => println!("\nOPENED {name}"),
        DeckEvent::Lost(fault) => println!("\nLOST {}", fault.detail),
        DeckEvent::Back(name) => println!("\nBACK {name}"),
        DeckEvent::Hangs(device) => println!("\nHANGS {device:?}"),
    };
    let output = LiveOutput::spawn(OutputId::from("loa"), settings, tell, lease).unwrap();
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| words[at].parse::<u64>().unwrap();
        output.send(match words[0] {
            "open" => DeckCue::Open,
            "load" => DeckCue::Load(Airing(number(1)), element(words[2])),
            "start" => DeckCue::Start { airing: Airing(number(1)), at: Wall(i64::try_from(number(2)).unwrap()), by: Wall::MAX },
            "follow" => DeckCue::Follow { after: Airing(number(1)), next: Airing(number(2)) },
            "cut" => DeckCue::Cut(Frames { count: 480, rate: RATE }),
            "close" => DeckCue::Close,
            other => panic!("{other}"),
        });
    }
    let over = output.end().expect("it ends once");
    over.wait_until(std::time::Instant::now() + Duration::from_secs(20));
}

fn element(name: &str) -> Element {
    let facts = ItemFacts {
        item: ItemId::from(name),
        kind: ItemKind::Announcement,
        title: name.to_owned(),
        topic: None,
        tags: vec![],
        language: "vi".to_owned(),
        supplier: None,
        contacts: vec![],
        duty: false,
        translation_of: None,
        file_hash: Some(FileHash::from(name)),
    };
    Element {
        facts: Some(Arc::new(facts)),
        picked: false,
        length: SignedDuration::ZERO,
        pause: SignedDuration::ZERO,
        speaker: Speaker::Flat,
        gain_db: 0.0,
        level_lufs: None,
        offset: SignedDuration::ZERO,
        unplayable: None,
        awaited: false,
    }
}

/// The output in its child.
struct Player {
    cues: ChildStdin,
    told: mpsc::Receiver<String>,
    _child: Guarded,
}

impl Player {
    fn on(horn: &Horn, recordings: &Path) -> Player {
        let mut command = horn.command(std::env::current_exe().unwrap());
        command.args(["sound_child", "--exact", "--nocapture"]).env("LOAXA_SOUND_CHILD", recordings);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (cues, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (tx, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _ = tx.send(line);
            }
        });
        Player { cues, told, _child: Guarded(child) }
    }

    fn cue(&mut self, cue: &str) {
        writeln!(self.cues, "{cue}").unwrap();
    }

    /// Waits for a line that begins so, and gives its words.
    fn expect(&self, begin: &str) -> Vec<String> {
        loop {
            let line =
                self.told.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("nothing like `{begin}` was told"));
            if line.starts_with(begin) {
                return line.split(' ').map(str::to_owned).collect();
            }
        }
    }

    fn start_in(&mut self, airing: u64, seconds: f64) -> f64 {
        let at = now() + seconds;
        self.cue(&format!("start {airing} {}", (at * 1e9) as u64));
        at
    }
}

fn recording(folder: &Path, name: &str, seed: u64, seconds: f64) -> Vec<f32> {
    let samples = murmur(seed, seconds);
    write_wav(&folder.join(name), &samples);
    samples
}

fn found(heard: &Heard, samples: &[f32], from: usize) -> Found {
    heard.find(samples, from).expect("something was heard")
}

#[test]
fn sound_is_heard_whole_at_its_instant_and_without_a_gap() {
    let (horn, store) = (Horn::start(), tempfile::tempdir().unwrap());
    let (a, b) = (recording(store.path(), "a", 1, 2.0), recording(store.path(), "b", 2, 1.5));
    let ear = horn.listen();
    let mut player = Player::on(&horn, store.path());
    player.cue("open");
    player.cue("load 1 a");
    player.cue("load 2 b");
    player.expect("READY 2");
    let at = player.start_in(1, 3.0);
    player.cue("follow 1 2");
    let began: f64 = player.expect("BEGAN 1")[2].parse().unwrap();
    assert_eq!(player.expect("ENDED 1")[2..], ["96000", "Whole"]);
    assert_eq!(player.expect("ENDED 2")[2..], ["72000", "Whole"]);
    player.cue("close");
    std::thread::sleep(Duration::from_millis(300));
    let heard = ear.stop();
    let (first, second) = (found(&heard, &a, 0), found(&heard, &b, 0));
    assert!(first.similarity > 0.99 && second.similarity > 0.99, "{first:?} {second:?}");
    assert_eq!(second.frame - first.frame, a.len(), "the second follows on the very frame");
    assert!((first.at - at).abs() < 0.05, "heard {} s after its instant", first.at - at);
    assert!((began / 1e9 - at).abs() < 0.05, "said to have begun {} s after its instant", began / 1e9 - at);
}

#[test]
fn sound_stops_soon_after_a_cut() {
    let (horn, store) = (Horn::start(), tempfile::tempdir().unwrap());
    let a = recording(store.path(), "a", 3, 8.0);
    let ear = horn.listen();
    let mut player = Player::on(&horn, store.path());
    player.cue("open");
    player.cue("load 1 a");
    player.expect("READY 1");
    player.start_in(1, 2.5);
    player.expect("BEGAN 1");
    std::thread::sleep(Duration::from_millis(700));
    let cut = now();
    player.cue("cut");
    let ended = player.expect("ENDED 1");
    std::thread::sleep(Duration::from_millis(300));
    let heard = ear.stop();
    let first = heard.find(&a[..24_000], 0).unwrap();
    let last = heard.last_sound().unwrap();
    assert!(heard.at(last) - cut < 0.25, "it sounded for {} s after the cut", heard.at(last) - cut);
    let (claimed, sounded) = (ended[2].parse::<usize>().unwrap(), last + 1 - first.frame);
    // The end of a fade is too quiet to be heard.
    assert!(claimed.abs_diff(sounded) < 960, "{claimed} frames claimed, {sounded} heard");
}

#[test]
fn sound_comes_back_with_the_server_and_no_airtime_is_invented() {
    let (mut horn, store) = (Horn::start(), tempfile::tempdir().unwrap());
    let (a, b) = (recording(store.path(), "a", 4, 20.0), recording(store.path(), "b", 5, 1.0));
    let ear = horn.listen();
    let mut player = Player::on(&horn, store.path());
    player.cue("open");
    player.cue("load 1 a");
    player.expect("READY 1");
    player.start_in(1, 2.0);
    player.expect("BEGAN 1");
    std::thread::sleep(Duration::from_millis(1_500));
    horn.kill();
    player.expect("LOST");
    let claimed: usize = player.expect("ENDED 1")[2].parse().unwrap();
    let heard = ear.stop();
    let sounded = heard.last_sound().unwrap() + 1 - heard.find(&a[..24_000], 0).unwrap().frame;
    // The monitor hears a block when it is made, up to a block before it sounds.
    assert!(claimed <= sounded + 480 && sounded - claimed.min(sounded) < 24_000, "{claimed} frames claimed, {sounded} heard");
    horn.serve();
    player.expect("BACK");
    let ear = horn.listen();
    player.cue("load 2 b");
    player.start_in(2, 2.5);
    assert_eq!(player.expect("ENDED 2")[2..], ["48000", "Whole"]);
    std::thread::sleep(Duration::from_millis(200));
    let found = ear.stop().find(&b, 0).unwrap();
    assert!(found.similarity > 0.99, "{found:?}");
}
