//! `kill -9` at random moments of the real daemon, its log held against what it really sounded.
//!
//! A trial is one station that is killed some times: as it starts, about the boundaries of slots and elements, anywhere, and right after an
//! order was answered. After each restart, and at the end, its log and its wav files must agree. `make kill COUNT=50 SEED=7` runs many; the
//! seed says when each kill comes, as far as real time can be repeated. Without the variables it is a short run of a fresh seed.

use std::time::Duration;

use serde_json::Value;

use super::station::{Log, PATIENCE, RATE, Station, Wav, at_ms, now_ms, outcome};

/// The items by name, period of their tone in frames, and length. Each has a pitch of its own, so that the sound itself says what it is.
const ITEMS: [(&str, usize, u32); 3] = [("a", 100, 700), ("b", 60, 2_500), ("c", 40, 500)];
/// What a programme of all three takes, how late an element may start, and how far slots are apart.
const LENGTH_MS: i64 = 3_700;
const LATE_MS: i64 = 3_000;
const APART_MS: i64 = 6_500;
/// Where sound is told apart by its periods, it is so to three of the longest.
const TOLERANCE: usize = 300;
/// How many kills one station takes, and how many stations run at once.
const KILLS: u64 = 10;
const AT_ONCE: u64 = 4;

#[test]
fn a_kill_at_any_moment_leaves_a_log_that_agrees_with_the_sound() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let count = number("LOAXA_KILLS").unwrap_or(2);
    let fresh = || u64::from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_micros());
    let seed = number("LOAXA_KILL_SEED").unwrap_or_else(fresh);
    println!("{count} kills from seed {seed}");
    let trials: Vec<(u64, u64)> = (0..count.div_ceil(KILLS)).map(|n| (seed + n, KILLS.min(count - n * KILLS))).collect();
    let mut all = Tally::default();
    for some in trials.chunks(AT_ONCE as usize) {
        let tallies = std::thread::scope(|scope| {
            let running: Vec<_> = some.iter().map(|(seed, kills)| scope.spawn(|| Trial::new(*seed, *kills).run())).collect();
            running.into_iter().map(|trial| trial.join().expect("a trial of this seed failed, see above")).collect::<Vec<_>>()
        });
        tallies.iter().for_each(|tally| all.add(tally));
    }
    println!("{count} kills: {all}");
}

/// What was compared.
#[derive(Debug, Default)]
struct Tally {
    rows: usize,
    heard: usize,
    logged: usize,
    /// Pieces of sound that a kill cut, and those of them that were too short for a mark.
    cut: usize,
    unclaimed: usize,
    aired: usize,
    orders: usize,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.heard += other.heard;
        self.logged += other.logged;
        self.cut += other.cut;
        self.unclaimed += other.unclaimed;
        self.aired += other.aired;
        self.orders += other.orders;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = |frames: usize| frames as f64 / RATE as f64;
        let Tally { rows, heard, logged, cut, unclaimed, aired, orders } = self;
        let (heard, logged) = (seconds(*heard), seconds(*logged));
        write!(f, "{rows} rows, {heard:.3} s sounded, {logged:.3} s logged, {cut} sounds cut ({unclaimed} before a mark), ")?;
        write!(f, "{aired} slots aired whole, {orders} orders kept")
    }
}

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// One run of the daemon, in milliseconds since 1970.
struct Life {
    ready: i64,
    over: i64,
}

struct Trial {
    seed: u64,
    kills: u64,
    dice: Dice,
    station: Station,
    slots: Vec<(String, i64)>,
    lives: Vec<Life>,
    /// Files that were there when the last life was over: nothing more is written to them. `true`: a kill ended it.
    files: Vec<(std::path::PathBuf, bool)>,
    /// Orders that were answered.
    orders: usize,
}

impl Trial {
    fn new(seed: u64, kills: u64) -> Trial {
        let names: Vec<&str> = ITEMS.iter().map(|(name, ..)| *name).collect();
        let mut station = Station::new().late("3s").programme("p", &names);
        for (name, period, length) in ITEMS {
            station = station.recording(name, (RATE / period) as u32, length);
        }
        let count = 4 + kills as i64 * 2;
        let first = station.now() + 4_000;
        for n in 0..count {
            let left = (first + n * APART_MS - station.now()) / 1000;
            station.add(&format!("x{n:02}"), "p", left, "");
        }
        station.add("far", "p", 7_200, "");
        let slots = (0..count).map(|n| format!("x{n:02}")).map(|id| (id.clone(), station.instant(&id))).collect();
        station.write_plan();
        Trial { seed, kills, dice: Dice(seed), station, slots, lives: Vec::new(), files: Vec::new(), orders: 0 }
    }

    fn run(mut self) -> Tally {
        self.station.spawn();
        for kill in 1..=self.kills {
            let how = self.live_and_die();
            println!("seed {}, kill {kill} of {}: {how}", self.seed, self.kills);
            let boot = self.dice.below(3);
            self.station.pretend(|clock| clock.boot_id = format!("boot-{boot}"));
            self.station.spawn();
        }
        self.end_well()
    }

    /// Holds what is there against each other, goes on, and is killed at the moment that the dice name. Says when that was.
    fn live_and_die(&mut self) -> String {
        if !self.lives.is_empty() && self.dice.below(4) == 0 {
            let after = self.dice.below(700);
            std::thread::sleep(Duration::from_millis(after));
            self.die(i64::MAX);
            return format!("{after} ms after the process began");
        }
        let ready = self.answers();
        let tally = self.compare();
        let aimed = self.dice.below(2) == 0;
        let until = if aimed { self.boundary(ready) } else { ready + self.dice.below(9_000) as i64 };
        self.station.wait_until(until);
        let how = match self.dice.below(3) {
            0 => {
                self.order();
                "right after an order was answered"
            }
            _ if aimed => "about a boundary",
            _ => "anywhere",
        };
        self.die(ready);
        format!("{} ms after it answered, {how}; before: {tally}", now_ms() - ready)
    }

    fn answers(&mut self) -> i64 {
        self.station.until("the daemon answers", PATIENCE, |station| station.try_status().is_some());
        now_ms()
    }

    /// A moment about the beginning or the end of an element soon to come, or about the opening of the device.
    fn boundary(&mut self, ready: i64) -> i64 {
        let offset = [-1_000, 0, 0, 700, 3_200, LENGTH_MS, LENGTH_MS + 400][self.dice.below(7) as usize];
        let near = self.dice.below(300) as i64 - 150;
        let next = self.slots.iter().find(|(_, at)| at + offset > ready).map_or(ready, |(_, at)| at + offset);
        next + near
    }

    /// An order that changes nothing which is compared, and that must be kept once it is answered.
    fn order(&mut self) {
        let day = self.station.civil(self.station.instant("far")).strftime("%Y-%m-%d").to_string();
        let word = if self.orders.is_multiple_of(2) { "skip" } else { "unskip" };
        self.station.told(&[word, "far", &day]);
        self.orders += 1;
    }

    fn die(&mut self, ready: i64) {
        self.station.kill();
        self.lives.push(Life { ready, over: now_ms() });
        self.note_files(true);
    }

    fn note_files(&mut self, killed: bool) {
        let mut new = self.station.wav_files();
        new.retain(|path| !self.files.iter().any(|(known, _)| known == path));
        let last = new.len();
        self.files.extend(new.into_iter().zip(1..).map(|(path, n)| (path, killed && n == last)));
    }

    /// After the last kill the station goes on as if nothing had been: the next slot airs, and a clean end leaves nothing open.
    fn end_well(mut self) -> Tally {
        let ready = self.answers();
        self.compare();
        let next: Vec<String> = self.slots.iter().filter(|(_, at)| *at > ready + 500).take(1).map(|(id, _)| id.clone()).collect();
        assert_eq!(next.len(), 1, "the plan is long enough");
        for id in &next {
            assert_eq!(self.station.until_ended(id), "aired", "seed {}: the slot after all kills", self.seed);
        }
        assert_eq!(self.station.term().code(), Some(0));
        self.lives.push(Life { ready, over: now_ms() });
        self.note_files(false);
        self.compare()
    }

    /// The whole law: what the log says of all lives that are over, against the sound of all their files.
    fn compare(&self) -> Tally {
        let what = &format!("seed {}, after {} lives", self.seed, self.lives.len());
        self.station.verify();
        let log = &self.station.log();
        let over = self.lives.iter().map(|life| life.over).max().unwrap_or(0);
        let heard: Vec<Heard> = self.files.iter().flat_map(|(path, killed)| heard(path, *killed)).collect();
        let mut takes: Vec<&Value> = log.kind("air").into_iter().filter(|row| row["frames"].as_u64() > Some(0)).collect();
        takes.retain(|row| at_ms(&row["started_at"]) < over);
        takes.sort_by_key(|row| at_ms(&row["started_at"]));
        for pair in takes.windows(2) {
            assert!(at_ms(&pair[0]["ended_at"]) <= at_ms(&pair[1]["started_at"]) + 1, "{what}: two at once: {pair:?}");
        }
        let mut tally = Tally { rows: log.0.len(), orders: log.kind("order").len(), ..Tally::default() };
        let mut next = takes.iter().peekable();
        for sound in &heard {
            tally.heard += sound.frames;
            tally.cut += usize::from(sound.cut);
            match next.next_if(|take| sound.is(take)) {
                Some(take) => tally.logged += frames(take),
                None if sound.cut && sound.frames <= RATE => tally.unclaimed += 1,
                None => panic!("{what}: no take for {sound:?}\nthe next is {:?}\nall that sounded: {heard:#?}", next.peek()),
            }
        }
        let left: Vec<_> = next.collect();
        assert!(left.is_empty(), "{what}: the log claims what did not sound: {left:#?}\n{heard:#?}");
        assert!(tally.logged <= tally.heard + heard.len() * 48, "{what}: more is logged than sounded: {tally}");
        assert_eq!(tally.orders, self.orders, "{what}: an order that was answered is in the log");
        self.slots_are_well(log, what, &mut tally);
        tally
    }

    fn slots_are_well(&self, log: &Log, what: &str, tally: &mut Tally) {
        let last = self.lives.iter().map(|life| life.over).max().unwrap_or(0);
        for (id, at) in &self.slots {
            let ends = log.ends(id);
            assert!(ends.len() <= 1, "{what}: {id} ended more than once: {ends:?}");
            if *at + LATE_MS + LENGTH_MS < last - APART_MS {
                assert_eq!(ends.len(), 1, "{what}: {id} has ended");
            }
            tally.aired += usize::from(ends == ["aired"]);
            // Nothing that aired whole airs again.
            for element in 1..=ITEMS.len() {
                let takes: Vec<String> = log.airs(id).into_iter().filter(|row| row["element"] == element).map(outcome).collect();
                let whole = takes.iter().position(|take| take == "aired");
                assert!(whole.is_none_or(|at| at + 1 == takes.len()), "{what}: {id}, element {element}: {takes:?}");
            }
            let undisturbed = |life: &Life| life.ready <= at - 500 && life.over >= at + LATE_MS + LENGTH_MS + 1_000;
            if self.lives.iter().any(undisturbed) {
                assert_eq!(ends, ["aired"], "{what}: {id} was not disturbed");
            }
        }
    }
}

/// One sound of one item in a file.
#[derive(Debug)]
struct Heard {
    item: &'static str,
    frames: usize,
    /// A kill ended it, or came before its row was written.
    cut: bool,
    /// When it began, in milliseconds since 1970: not before, not after.
    began: (f64, f64),
}

impl Heard {
    /// Whether this is the sound of a take: the same item at the same time, no longer in the log than it was, and all of it unless it
    /// was cut: then a second of it may be missing.
    fn is(&self, take: &Value) -> bool {
        let (logged, at) = (frames(take), at_ms(&take["started_at"]) as f64);
        let slack = if self.cut { RATE } else { TOLERANCE };
        let length = ITEMS.iter().find(|(name, ..)| *name == self.item).map_or(0, |(_, _, ms)| *ms as usize * RATE / 1000);
        let whole = take["status"] != "aired" || self.frames.abs_diff(length) <= TOLERANCE;
        let in_time = self.began.0 - 100.0 <= at && at <= self.began.1 + 100.0;
        take["item"] == self.item && in_time && whole && logged <= self.frames + TOLERANCE && self.frames <= logged + slack
    }
}

fn frames(take: &Value) -> usize {
    take["frames"].as_u64().unwrap_or(0) as usize
}

/// What a file holds, told by the pitch. Two sounds at once have no pitch of ours.
fn heard(path: &std::path::Path, killed: bool) -> Vec<Heard> {
    // Killed before its first header was written.
    if std::fs::metadata(path).expect("a wav file").len() < 44 {
        return Vec::new();
    }
    let wav = Wav::read(path);
    let mut found: Vec<Heard> = Vec::new();
    let mut until = 0;
    for (begin, end) in wav.stretches() {
        until = end;
        let rising: Vec<usize> = (begin + 1..end).filter(|at| wav.samples[at - 1] < 0 && wav.samples[*at] >= 0).collect();
        let mut odd = 0;
        let mut from = begin;
        for pair in rising.windows(2) {
            let Some((item, ..)) = ITEMS.iter().find(|(_, period, _)| (pair[1] - pair[0]).abs_diff(*period) <= 1) else {
                // One such period is the boundary of two sounds.
                odd += 1;
                assert!(odd < 2, "{}: no pitch of ours at frame {}", path.display(), pair[0]);
                continue;
            };
            odd = 0;
            match found.last_mut().filter(|last| from != begin && last.item == *item) {
                Some(last) => last.frames += pair[1] - from,
                None => found.push(Heard { item, frames: pair[1] - from, cut: false, began: wav.left_at(from) }),
            }
            from = pair[1];
        }
        if let Some(last) = found.last_mut().filter(|_| from != begin) {
            last.frames += end - from;
        }
    }
    // A kill behind a sound may come before its row is on the disk, also when the next has begun.
    let mut from = wav.samples.len();
    for last in found.iter_mut().rev().filter(|_| killed) {
        last.cut = from + RATE / 2 > wav.samples.len() && until + RATE / 2 > wav.samples.len();
        from = from.min(until).saturating_sub(last.frames);
    }
    found
}
