//! A station for tests of the built program: a folder with a plan, recordings and data, and the daemon as a real process on real time.
//!
//! The language: `Station::new().recording("la", 440, 2000).programme("p", &["la"]).broadcast("evening", "p", 5)` plans, `start()` runs,
//! `kill()` cuts the power, `term()` asks to end; `log()`, `status()` and `wavs()` are what can be seen from outside. Nothing waits for a fixed
//! time where it can wait for what it is about: `until…` polls, and fails with the daemon's own words after a deadline.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// What outputs that may choose it sound at.
pub const RATE: usize = 48_000;
/// Frames that a wav output writes at a time.
pub const BLOCK: usize = 1080;
/// The longest that anything may take which is not itself a wait: machines that test are slow and busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    ms(SystemTime::now())
}

pub fn ms(at: SystemTime) -> i64 {
    at.duration_since(UNIX_EPOCH).expect("a clock after 1970").as_millis() as i64
}

/// An instant as the log writes it, in milliseconds since 1970.
pub fn at_ms(text: &Value) -> i64 {
    let text = text.as_str().unwrap_or_else(|| panic!("an instant is expected, not {text}"));
    text.parse::<jiff::Timestamp>().unwrap_or_else(|error| panic!("{text}: {error}")).as_millisecond()
}

/// What `LOAXA_PRETEND_CLOCK` pretends.
#[derive(Clone, Debug)]
pub struct Pretence {
    pub shift_ms: i64,
    pub synchronised: bool,
    pub rtc: bool,
    pub boot_id: String,
}

/// Where a broadcast stands in the plan.
#[derive(Clone, Debug)]
struct Broadcast {
    id: String,
    programme: String,
    at_ms: i64,
    more: String,
}

pub struct Station {
    folder: tempfile::TempDir,
    device: String,
    recordings: Vec<String>,
    programmes: Vec<(String, Vec<String>)>,
    broadcasts: Vec<Broadcast>,
    late: String,
    hours: String,
    /// What stands behind an item in the plan.
    more: BTreeMap<String, String>,
    pub clock: Option<Pretence>,
    /// The whole hour east of Greenwich at which the test runs about noon, so that no test meets the end of a day.
    east: i64,
    /// What leads the daemon's sound to a server of the test's own.
    environment: Vec<(String, OsString)>,
    /// Where its console is: nowhere, unless a test is about that.
    http: String,
    child: Option<Child>,
    starts: u32,
}

impl Station {
    /// On a clock that is believed and of the first boot.
    pub fn new() -> Station {
        let clock = Pretence { shift_ms: 0, synchronised: true, rtc: false, boot_id: "boot-1".into() };
        Station::on(Some(clock))
    }

    /// On the machine's own clock.
    pub fn on_real_clock() -> Station {
        Station::on(None)
    }

    pub fn on(clock: Option<Pretence>) -> Station {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("plan")).expect("the plan's folder");
        let device = format!("wav:{}", folder.path().join("out").display());
        let mut station = Station {
            folder,
            device,
            recordings: Vec::new(),
            programmes: Vec::new(),
            broadcasts: Vec::new(),
            late: "1m".into(),
            hours: "00:00-24:00".into(),
            more: BTreeMap::new(),
            clock,
            east: 0,
            environment: Vec::new(),
            http: "off".into(),
            child: None,
            starts: 0,
        };
        station.east_of_now();
        station.write_clock();
        station
    }

    /// Moves the station to where it is about noon now.
    pub fn east_of_now(&mut self) {
        let hour = self.now().div_euclid(3_600_000).rem_euclid(24);
        self.east = 12 - hour;
    }

    // The plan -----------------------------------------------------------------------------------------------------------------------

    /// A recording that is a tone. Its first sample is its loudest, so that its beginning can be seen to the sample.
    pub fn recording(mut self, id: &str, hertz: u32, milliseconds: u32) -> Station {
        write_wav(&self.plan_folder().join(format!("{id}.wav")), &tone(hertz, milliseconds));
        self.recordings.push(id.to_owned());
        self
    }

    /// An item whose recording the test itself writes, or not.
    pub fn item(mut self, id: &str) -> Station {
        self.recordings.push(id.to_owned());
        self
    }

    pub fn programme(mut self, id: &str, items: &[&str]) -> Station {
        self.programmes.push((id.to_owned(), items.iter().map(|item| (*item).to_owned()).collect()));
        self
    }

    /// A broadcast on the whole second that is so many seconds away at least.
    pub fn broadcast(self, id: &str, programme: &str, seconds: i64) -> Station {
        self.broadcast_with(id, programme, seconds, "")
    }

    pub fn broadcast_with(mut self, id: &str, programme: &str, seconds: i64, more: &str) -> Station {
        self.add(id, programme, seconds, more);
        self
    }

    pub fn add(&mut self, id: &str, programme: &str, seconds: i64, more: &str) {
        let at_ms = (self.now() + seconds * 1000 + 999).div_euclid(1000) * 1000;
        let (id, programme, more) = (id.to_owned(), programme.to_owned(), more.to_owned());
        self.broadcasts.push(Broadcast { id, programme, at_ms, more });
    }

    /// The station's hours, on every day.
    pub fn hours(&mut self, hours: &str) {
        self.hours = hours.to_owned();
    }

    /// Takes an item out of the plan, and out of its programmes.
    pub fn withdraw(&mut self, item: &str) {
        self.recordings.retain(|id| id != item);
        self.programmes.iter_mut().for_each(|(_, items)| items.retain(|id| id != item));
    }

    /// Takes an item out of a programme.
    pub fn drop(&mut self, programme: &str, item: &str) {
        let of_it = self.programmes.iter_mut().filter(|(id, _)| id == programme);
        of_it.for_each(|(_, items)| items.retain(|id| id != item));
    }

    /// More of an item in the plan: `valid = { until = 2020-01-01 }`.
    pub fn say_of(&mut self, item: &str, more: &str) {
        self.more.insert(item.to_owned(), more.to_owned());
    }

    /// Changes what stands of a broadcast: its id, or more lines.
    pub fn change(&mut self, id: &str, new_id: &str, more: &str) {
        for broadcast in self.broadcasts.iter_mut().filter(|broadcast| broadcast.id == id) {
            (broadcast.id, broadcast.more) = (new_id.to_owned(), more.to_owned());
        }
    }

    pub fn remove(&mut self, id: &str) {
        self.broadcasts.retain(|broadcast| broadcast.id != id);
    }

    /// How late an element may start.
    pub fn late(mut self, late: &str) -> Station {
        self.late = late.to_owned();
        self
    }

    /// The plan's device; a wav folder unless said.
    pub fn device(mut self, device: &str) -> Station {
        self.device = device.to_owned();
        self
    }

    /// Sounds through the machine's `default`, which such an environment leads somewhere.
    pub fn sounding(mut self, environment: Vec<(String, OsString)>) -> Station {
        self.environment = environment;
        self.device("default")
    }

    /// With a console at this address; port 0 is any that is free.
    pub fn console_at(mut self, address: &str) -> Station {
        self.http = address.to_owned();
        self
    }

    /// The address that the daemon printed.
    pub fn console(&self) -> String {
        self.until("the console is open", PATIENCE, |station| station.out().contains("http://"));
        let out = self.out();
        let (_, rest) = out.split_once("http://").expect("an address");
        rest.split('/').next().expect("an address").to_owned()
    }

    /// The instant of a broadcast, in milliseconds since 1970.
    pub fn instant(&self, id: &str) -> i64 {
        self.broadcasts.iter().find(|broadcast| broadcast.id == id).unwrap_or_else(|| panic!("no broadcast {id}")).at_ms
    }

    /// The station's civil day and time of an instant.
    pub fn civil(&self, at_ms: i64) -> jiff::civil::DateTime {
        let offset = jiff::tz::Offset::constant(i8::try_from(self.east).expect("an hour"));
        offset.to_datetime(jiff::Timestamp::from_millisecond(at_ms).expect("an instant"))
    }

    pub fn plan_text(&self) -> String {
        // The zone's name counts westward.
        let zone = match self.east {
            0 => "Etc/GMT".to_owned(),
            east if east > 0 => format!("Etc/GMT-{east}"),
            east => format!("Etc/GMT+{}", -east),
        };
        let mut text = format!(
            "format = 1\n[station]\nname = \"Test\"\ncode = \"test\"\ntimezone = \"{zone}\"\nlanguage = \"en\"\naudio = \".\"\n\
             [[output]]\nid = \"loa\"\ndevice = \"{}\"\n[hours]\ndaily = [\"{}\"]\n\
             [[topic]]\nid = \"topic\"\nname = {{ vi = \"Nội dung\", en = \"Topic\" }}\n",
            self.device, self.hours
        );
        for id in &self.recordings {
            text += &format!("[[item]]\nid = \"{id}\"\nfile = \"{id}.wav\"\ntitle = \"Item {id}\"\ntopic = \"topic\"\n");
            text += &self.more.get(id).map_or_else(String::new, |more| format!("{more}\n"));
        }
        for (id, items) in &self.programmes {
            text += &format!("[[programme]]\nid = \"{id}\"\nname = \"{id}\"\nelements = {items:?}\n");
        }
        for Broadcast { id, programme, at_ms, more } in &self.broadcasts {
            let cron = self.civil(*at_ms).strftime("%S %M %H %d %m *");
            text += &format!("[[broadcast]]\nid = \"{id}\"\nprogramme = \"{programme}\"\ncron = \"{cron}\"\n");
            text += &if more.is_empty() { format!("late = \"{}\"\n", self.late) } else { format!("{more}\n") };
        }
        text
    }

    /// Writes the plan as it stands: a running daemon sees it.
    pub fn write_plan(&self) {
        self.write_plan_text(&self.plan_text());
    }

    pub fn write_plan_text(&self, text: &str) {
        replace(&self.plan(), text);
    }

    pub fn plan_folder(&self) -> PathBuf {
        self.folder.path().join("plan")
    }

    pub fn plan(&self) -> PathBuf {
        self.plan_folder().join("plan.toml")
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    // The clock ----------------------------------------------------------------------------------------------------------------------

    /// What the station's clock says, in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        now_ms() + self.clock.as_ref().map_or(0, |clock| clock.shift_ms)
    }

    /// Changes what is pretended; a running daemon sees it at its next look.
    pub fn pretend(&mut self, change: impl FnOnce(&mut Pretence)) {
        change(self.clock.as_mut().expect("a pretended clock"));
        self.write_clock();
    }

    fn write_clock(&self) {
        let Some(Pretence { shift_ms, synchronised, rtc, boot_id }) = &self.clock else { return };
        let text = format!("shift_ms = {shift_ms}\nsynchronised = {synchronised}\nrtc = {rtc}\nboot_id = \"{boot_id}\"\n");
        replace(&self.folder.path().join("clock.toml"), &text);
    }

    pub fn wait_until(&self, at_ms: i64) {
        let left = at_ms - self.now();
        if left > 0 {
            std::thread::sleep(Duration::from_millis(left as u64));
        }
    }

    // The daemon ---------------------------------------------------------------------------------------------------------------------

    /// The program, with this station's environment.
    pub fn command(&self) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_loaxa")))
    }

    /// The same of another copy of the program.
    pub fn command_of(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_remove("LOAXA_LANG").env_remove("LOAXA_TRACE").env("LANG", "C.UTF-8");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if self.clock.is_some() {
            command.env("LOAXA_PRETEND_CLOCK", self.folder.path().join("clock.toml"));
        }
        command
    }

    /// Writes the plan and starts; returns when the daemon answers.
    pub fn start(mut self) -> Station {
        self.write_plan();
        self.start_again();
        self
    }

    /// Starts on the plan that is there; returns when the daemon answers and has measured every recording.
    pub fn start_again(&mut self) {
        self.spawn();
        self.until("the daemon answers", PATIENCE, |station| station.try_status().is_some());
        // They give way to everything else on the machine.
        self.until("the recordings are measured", PATIENCE * 4, |station| !station.warnings().contains(&"measuring".to_owned()));
    }

    pub fn spawn(&mut self) {
        self.starts += 1;
        let file = |ending: &str| fs::File::create(self.folder.path().join(format!("{}.{ending}", self.starts))).expect("a file");
        let mut command = self.command();
        command.args(["run", "--http", &self.http]).arg(self.plan()).arg("--data").arg(self.data());
        command.stdin(Stdio::null()).stdout(file("out")).stderr(file("err"));
        self.child = Some(command.spawn().expect("the daemon starts"));
    }

    /// Takes in a daemon that the test started in a way of its own.
    pub fn adopt(&mut self, child: Child) {
        self.child = Some(child);
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("a daemon").id()
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status();
        assert!(status.expect("kill").success());
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("a daemon");
        child.kill().expect("kill");
        child.wait().expect("wait");
    }

    /// SIGTERM, and the end of it.
    pub fn term(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.exit()
    }

    /// Waits until the daemon has ended by itself.
    pub fn exit(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.as_mut().expect("a daemon").try_wait().expect("wait") {
                self.child = None;
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "the daemon does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().expect("wait").is_none())
    }

    /// What the daemon has printed since its last start.
    pub fn out(&self) -> String {
        self.printed("out")
    }

    pub fn err(&self) -> String {
        self.printed("err")
    }

    fn printed(&self, ending: &str) -> String {
        fs::read_to_string(self.folder.path().join(format!("{}.{ending}", self.starts))).unwrap_or_default()
    }

    // What can be seen ---------------------------------------------------------------------------------------------------------------

    /// A command about this station's data.
    pub fn ask(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).arg("--data").arg(self.data()).output().expect("the program runs")
    }

    /// The same, which must be answered well; what it printed.
    pub fn told(&self, arguments: &[&str]) -> String {
        let output = self.ask(arguments);
        let text = String::from_utf8(output.stdout).expect("text");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {:?}\n{text}\n{err}", output.status.code());
        text
    }

    /// Vouches for the time that the station's clock shows.
    pub fn confirm_clock(&self) {
        let shown = self.civil(self.now()).strftime("%Y-%m-%d %H:%M:%S").to_string();
        self.told(&["clock", "confirm", "--time", &shown]);
    }

    pub fn try_status(&self) -> Option<Value> {
        let output = self.ask(&["status", "--json"]);
        output.status.success().then(|| serde_json::from_slice(&output.stdout).expect("JSON"))
    }

    pub fn status(&self) -> Value {
        self.try_status().expect("a status")
    }

    /// The code of each fault that stands, but for the clock that the test itself pretends.
    pub fn faults(&self) -> Vec<String> {
        self.standing("faults")
    }

    /// The same of each warning.
    pub fn warnings(&self) -> Vec<String> {
        self.standing("warnings")
    }

    fn standing(&self, list: &str) -> Vec<String> {
        let status = self.status();
        let codes =
            status[list].as_array().expect("a list").iter().map(|fault| fault["code"].as_str().expect("a code").to_owned());
        codes.filter(|code| !code.starts_with("clock_pretended")).collect()
    }

    /// The item that sounds.
    pub fn on_air(&self) -> Option<String> {
        self.status()["now"][0]["item"].as_str().map(str::to_owned)
    }

    /// All rows of the log.
    pub fn log(&self) -> Log {
        let text = self.told(&["log", "--all", "--json"]);
        Log(serde_json::from_str(&text).expect("JSON"))
    }

    /// The log's chain holds.
    pub fn verify(&self) -> Value {
        let verdict: Value = serde_json::from_str(&self.told(&["verify", "--json"])).expect("JSON");
        assert_eq!(verdict["ok"], true, "{verdict}");
        verdict
    }

    /// Every wav file that was written, oldest first.
    pub fn wavs(&self) -> Vec<Wav> {
        self.wav_files().iter().map(|path| Wav::read(path)).collect()
    }

    /// Their paths.
    pub fn wav_files(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("out")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
        files.sort_by_key(|path| fs::metadata(path).and_then(|metadata| metadata.modified()).expect("a time"));
        files
    }

    /// The only wav file.
    pub fn wav(&self) -> Wav {
        let mut wavs = self.wavs();
        assert_eq!(wavs.len(), 1, "one wav file is expected");
        wavs.remove(0)
    }

    // Waiting ------------------------------------------------------------------------------------------------------------------------

    /// Waits until something is so.
    pub fn until(&self, what: &str, most: Duration, mut is_so: impl FnMut(&Station) -> bool) {
        let began = Instant::now();
        while !is_so(self) {
            assert!(began.elapsed() < most, "waited {most:?} in vain until {what}");
            std::thread::sleep(Duration::from_millis(25));
        }
    }

    /// Waits until a broadcast has ended, and says how: `aired`, or `missed/crash`.
    pub fn until_ended(&self, broadcast: &str) -> String {
        self.until(&format!("{broadcast} ends"), PATIENCE, |station| !station.log().ends(broadcast).is_empty());
        let ends = self.log().ends(broadcast);
        assert_eq!(ends.len(), 1, "{broadcast} ends once: {ends:?}");
        ends[0].clone()
    }

    /// Waits until an item sounds.
    pub fn until_on_air(&self, item: &str) {
        self.until(&format!("{item} sounds"), PATIENCE, |station| station.on_air().as_deref() == Some(item));
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            for start in 1..=self.starts {
                let text =
                    |ending: &str| fs::read_to_string(self.folder.path().join(format!("{start}.{ending}"))).unwrap_or_default();
                eprintln!("--- the daemon's start {start}\n{}{}", text("out"), text("err"));
            }
            let log = self.ask(&["log", "--all", "--json"]);
            for row in serde_json::from_slice::<Vec<Value>>(&log.stdout).unwrap_or_default() {
                eprintln!("{}", brief(&row));
            }
        }
    }
}

fn brief(row: &Value) -> String {
    let shown = [
        "seq",
        "kind",
        "broadcast",
        "element",
        "take",
        "item",
        "planned_at",
        "started_at",
        "frames",
        "status",
        "reason",
        "detail",
    ];
    shown.iter().filter(|name| !row[**name].is_null()).map(|name| format!("{name}={} ", row[*name])).collect()
}

/// Never half a file to whoever reads it meanwhile.
fn replace(path: &Path, text: &str) {
    let half = path.with_extension("half");
    fs::write(&half, text).expect("a file");
    fs::rename(&half, path).expect("a file");
}

// The log ----------------------------------------------------------------------------------------------------------------------------

/// Rows of the log, in their order.
#[derive(Debug)]
pub struct Log(pub Vec<Value>);

impl Log {
    /// Without the rows that a `void` row names, and without that.
    pub fn counted(&self) -> Log {
        let named = |row: &Value| row["detail"]["rows"].as_array().cloned().unwrap_or_default();
        let void: Vec<Value> = self.kind("void").into_iter().flat_map(named).collect();
        Log(self.0.iter().filter(|row| row["kind"] != "void" && !void.contains(&row["seq"])).cloned().collect())
    }

    pub fn kind(&self, kind: &str) -> Vec<&Value> {
        self.0.iter().filter(|row| row["kind"] == kind).collect()
    }

    pub fn airs(&self, broadcast: &str) -> Vec<&Value> {
        self.kind("air").into_iter().filter(|row| row["broadcast"] == broadcast).collect()
    }

    /// How each slot of a broadcast ended.
    pub fn ends(&self, broadcast: &str) -> Vec<String> {
        self.kind("end").into_iter().filter(|row| row["broadcast"] == broadcast).map(outcome).collect()
    }

    /// Takes of a broadcast, as `la/1 aired`.
    pub fn takes(&self, broadcast: &str) -> Vec<String> {
        let take = |row: &&Value| format!("{}/{} {}", row["item"].as_str().unwrap_or("-"), row["take"], outcome(row));
        self.airs(broadcast).iter().map(take).collect()
    }
}

/// `aired`, or `missed/crash`.
pub fn outcome(row: &Value) -> String {
    let status = row["status"].as_str().expect("a status");
    row["reason"].as_str().map_or(status.to_owned(), |reason| format!("{status}/{reason}"))
}

// Sound ------------------------------------------------------------------------------------------------------------------------------

pub fn tone(hertz: u32, milliseconds: u32) -> Vec<i16> {
    let frames = RATE * milliseconds as usize / 1000;
    let turn = std::f64::consts::TAU * f64::from(hertz) / RATE as f64;
    (0..frames).map(|frame| (8_000.0 * (turn * frame as f64).cos()).round() as i16).collect()
}

/// Writes a stereo recording, both channels alike.
pub fn write_wav(path: &Path, samples: &[i16]) {
    let sound = samples.len() as u32 * 4;
    let rate = RATE as u32;
    let mut bytes = Vec::with_capacity(44 + sound as usize);
    bytes.extend(b"RIFF");
    bytes.extend((36 + sound).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * 4).to_le_bytes());
    bytes.extend(b"\x04\0\x10\0data");
    bytes.extend(sound.to_le_bytes());
    for sample in samples {
        bytes.extend(sample.to_le_bytes());
        bytes.extend(sample.to_le_bytes());
    }
    fs::write(path, bytes).expect("a wav file");
}

/// What an output wrote.
#[derive(Clone, Debug)]
pub struct Wav {
    pub path: PathBuf,
    /// The left channel; the right one is held to be the same.
    pub samples: Vec<i16>,
    /// No frame left before.
    pub created: Option<SystemTime>,
    /// When the last block was written.
    pub modified: SystemTime,
}

impl Wav {
    /// Reads the file, whose header must tell the truth.
    pub fn read(path: &Path) -> Wav {
        let metadata = fs::metadata(path).expect("a wav file");
        let bytes = fs::read(path).expect("a wav file");
        assert_eq!((&bytes[..4], &bytes[8..16]), (b"RIFF".as_slice(), b"WAVEfmt ".as_slice()));
        let size = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize;
        // A file that is being written, or was killed between a block and its header, is a block ahead of its header at most.
        assert!(bytes.len() >= 44 + size(40) && bytes.len() - 44 - size(40) <= BLOCK * 4, "the header tells the truth");
        assert_eq!(size(4), size(40) + 36);
        let frames = bytes[44..].chunks_exact(4);
        let samples = frames.map(|frame| {
            assert_eq!(frame[..2], frame[2..], "both channels are alike");
            i16::from_le_bytes([frame[0], frame[1]])
        });
        let (samples, modified) = (samples.collect(), metadata.modified().expect("a time"));
        Wav { path: path.to_owned(), samples, created: metadata.created().ok(), modified }
    }

    /// Where sound begins, from frame `from` on.
    pub fn onset(&self, from: usize) -> Option<usize> {
        self.samples.iter().skip(from).position(|sample| sample.unsigned_abs() > 64).map(|at| from + at)
    }

    /// Where what sounds at `from` ends: a second of silence in tones is none, a hundredth is enough.
    pub fn ending(&self, from: usize) -> usize {
        let quiet = RATE / 100;
        let mut at = from;
        while let Some(next) = self.onset(at).filter(|next| next - at < quiet) {
            at = next + 1;
        }
        at
    }

    /// The stretches that sound, as first frame and frame after the last.
    pub fn stretches(&self) -> Vec<(usize, usize)> {
        let mut stretches = Vec::new();
        let mut from = 0;
        while let Some(begin) = self.onset(from) {
            let end = self.ending(begin);
            stretches.push((begin, end));
            from = end;
        }
        stretches
    }

    /// The pitch in the 100 ms from frame `from` on, by counting crossings of zero.
    pub fn hertz(&self, from: usize) -> u32 {
        let part = &self.samples[from..(from + RATE / 10).min(self.samples.len())];
        let rising = part.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        (rising * RATE / part.len().max(1)) as u32
    }

    /// How far the sound from frame `from` on is from `recording` at the loudness that suits best, in steps of 16 bits, at its worst.
    pub fn worst_difference(&self, from: usize, recording: &[i16]) -> f64 {
        let there = &self.samples[from..from + recording.len()];
        let product: f64 = there.iter().zip(recording).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        let power: f64 = recording.iter().map(|b| f64::from(*b) * f64::from(*b)).sum();
        let gain = product / power;
        there.iter().zip(recording).map(|(a, b)| (f64::from(*a) - gain * f64::from(*b)).abs()).fold(0.0, f64::max)
    }

    /// When frame `frame` left, as a span in milliseconds since 1970: not before the file was there, not after it was written for the last
    /// time. The span is a block wide on an idle machine, and widens by itself on one that is busy.
    pub fn left_at(&self, frame: usize) -> (f64, f64) {
        let length = |frames: usize| frames as f64 * 1000.0 / RATE as f64;
        let millis = |at: SystemTime| at.duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs_f64() * 1000.0;
        let earliest = self.created.map_or(0.0, |created| millis(created) + length(frame));
        let latest = millis(self.modified) - length(self.samples.len().saturating_sub(BLOCK)) + length(frame);
        (earliest, latest)
    }
}
