//! A loudspeaker for tests: a sound server of their own with a null sink, and an ear at its monitor.
//!
//! Each [`Horn`] lives in its own folder and is reached by its own environment, so that tests neither hear each other nor the machine's
//! own sound. ALSA's `default` leads to it for any command that is started with [`Horn::command`]. What was heard is found again by
//! cross-correlation, never from the first sample that is not zero.
#![allow(dead_code)]

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use loaxa::audio::measure::take_in;
use loaxa::audio::resample::{Shape, Shaped};
use loaxa::audio::source::Source;

pub const RATE: u32 = 48_000;
/// The coarse search looks at one mean of so many frames.
const COARSE: usize = 16;
/// Frames by which a place is found; the similarity is then that of the whole recording.
const KEY: usize = 8_192;

/// Seconds since 1970, as the machine's clock says.
pub fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs_f64()
}

/// Waits until something is true; after `most` the test has failed.
pub fn wait_for(what: &str, most: Duration, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < most, "waited {most:?} in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A child that ends with the test.
pub struct Guarded(pub Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A sound server with one null sink.
pub struct Horn {
    folder: tempfile::TempDir,
    server: Option<Guarded>,
}

impl Horn {
    pub fn start() -> Horn {
        let folder = tempfile::tempdir().expect("a folder");
        let asoundrc = "pcm.!default { type pulse }\nctl.!default { type pulse }\n";
        std::fs::write(folder.path().join(".asoundrc"), asoundrc).expect(".asoundrc");
        let mut horn = Horn { folder, server: None };
        horn.serve();
        horn
    }

    /// Starts the server, again after [`Horn::kill`].
    pub fn serve(&mut self) {
        self.serve_at(&self.socket(), "");
    }

    /// Starts the server again with an ear that is there before anyone else finds it. Its sink sounds at once: by itself a null sink
    /// begins two seconds ahead of time, and puts nobody's sound out before.
    pub fn serve_promptly(&mut self) -> Ear {
        let aside = self.folder.path().join("aside");
        self.serve_at(&aside, " norewinds=1");
        let ear = self.listen_at(&aside);
        std::fs::rename(&aside, self.socket()).expect("a socket that can be moved");
        ear
    }

    fn serve_at(&mut self, socket: &Path, how: &str) {
        let _ = std::fs::remove_file(socket);
        let server = self
            .command("pulseaudio")
            .args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "-L"])
            .arg(format!("module-native-protocol-unix socket={}", socket.display()))
            .args(["-L", &format!("module-null-sink sink_name=horn rate=48000 channels=2{how}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pulseaudio starts (on Debian: apt-get install pulseaudio pulseaudio-utils libasound2-plugins)");
        self.server = Some(Guarded(server));
        wait_for("the sound server", Duration::from_secs(20), || {
            let mut pactl = self.command_to(socket, "pactl");
            pactl.args(["list", "short", "sinks"]).stderr(Stdio::null());
            pactl.output().is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("horn"))
        });
    }

    /// Kills the server, as when the device is pulled out.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// Stops the server where it stands (`STOP`), or lets it go on (`CONT`).
    pub fn signal(&self, name: &str) {
        let pid = self.server.as_ref().expect("a server").0.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().expect("kill").success());
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("native")
    }

    /// A command whose sound comes here.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        self.command_to(&self.socket(), program)
    }

    fn command_to(&self, socket: &Path, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for name in ["HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
            command.env(name, self.folder.path());
        }
        command.env("PULSE_SERVER", format!("unix:{}", socket.display()));
        command
    }

    /// The environment of such a command, for one that is built elsewhere.
    pub fn environment(&self) -> Vec<(String, OsString)> {
        let command = self.command("env");
        let set = command.get_envs().filter_map(|(name, value)| Some((name.to_str()?.to_owned(), value?.to_owned())));
        set.collect()
    }

    /// Begins to listen.
    pub fn listen(&self) -> Ear {
        self.listen_at(&self.socket())
    }

    fn listen_at(&self, socket: &Path) -> Ear {
        let mut child = self
            .command_to(socket, "parec")
            .args(["-d", "horn.monitor", "--raw", "--format=s16le", "--rate=48000", "--channels=1", "--latency-msec=5"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("parec starts (on Debian: apt-get install pulseaudio-utils)");
        let mut pipe = child.stdout.take().expect("its stdout");
        let heard = Arc::new(Mutex::new(Heard { samples: Vec::new(), zero: f64::INFINITY }));
        let theirs = Arc::clone(&heard);
        let thread = std::thread::spawn(move || {
            let (mut bytes, mut odd) = ([0u8; 65_536], Vec::new());
            while let Ok(count) = pipe.read(&mut bytes) {
                if count == 0 {
                    return;
                }
                let at = now();
                odd.extend_from_slice(&bytes[..count]);
                let mut heard = theirs.lock().expect("the ear");
                let whole = odd.len() / 2 * 2;
                let samples = odd[..whole].chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0);
                heard.samples.extend(samples);
                odd.drain(..whole);
                // A sample arrives when it has sounded or later, never earlier: the least delay is the truth.
                let zero = at - heard.samples.len() as f64 / f64::from(RATE);
                heard.zero = heard.zero.min(zero);
            }
        });
        wait_for("the ear", Duration::from_secs(10), || !heard.lock().expect("the ear").samples.is_empty());
        Ear { child: Guarded(child), thread: Some(thread), heard }
    }
}

/// What listens.
pub struct Ear {
    child: Guarded,
    thread: Option<JoinHandle<()>>,
    heard: Arc<Mutex<Heard>>,
}

impl Ear {
    pub fn so_far(&self) -> Heard {
        self.heard.lock().expect("the ear").clone()
    }

    pub fn stop(mut self) -> Heard {
        let _ = self.child.0.kill();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.so_far()
    }
}

/// What was heard: one channel at 48 kHz.
#[derive(Clone)]
pub struct Heard {
    pub samples: Vec<f32>,
    /// When its first sample was heard, in seconds since 1970. It is some 5 ms early: the monitor hears a block when it is made.
    pub zero: f64,
}

/// A recording was found in what was heard.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The frame of the capture at which it begins.
    pub frame: usize,
    /// When that was, in seconds since 1970.
    pub at: f64,
    /// How alike the two are over the recording's whole length: 1 is the same but for loudness.
    pub similarity: f64,
}

impl Heard {
    /// Where the recording is at its most alike, from frame `from` on.
    pub fn find(&self, recording: &[f32], from: usize) -> Option<Found> {
        let heard = self.samples.get(from..)?;
        let key_at = loudest(recording, KEY.min(recording.len()));
        let key = &recording[key_at..(key_at + KEY).min(recording.len())];
        let coarse = best(&thin(heard), &thin(key), 0..heard.len() / COARSE)?.0 * COARSE;
        let near = coarse.saturating_sub(2 * COARSE)..coarse + 2 * COARSE;
        let (place, _) = best(heard, key, near)?;
        let frame = (from + place).checked_sub(key_at)?;
        let there = &self.samples[frame..(frame + recording.len()).min(self.samples.len())];
        let similarity = alike(there, &recording[..there.len()]) * there.len() as f64 / recording.len() as f64;
        Some(Found { frame, at: self.zero + frame as f64 / f64::from(RATE), similarity })
    }

    /// The last frame at which something sounds.
    pub fn last_sound(&self) -> Option<usize> {
        self.samples.iter().rposition(|sample| sample.abs() > 0.001)
    }

    pub fn at(&self, frame: usize) -> f64 {
        self.zero + frame as f64 / f64::from(RATE)
    }
}

/// A recording as one channel at 48 kHz.
pub fn decode(path: &Path) -> Vec<f32> {
    let master = tempfile::tempfile().expect("a file");
    take_in(File::open(path).expect("a recording"), Some(master.try_clone().expect("the file"))).expect("its master");
    let source = Source::of(master).expect("the master");
    let mut shaped = Shaped::new(source, Shape { rate: RATE, channels: 1 }).expect("a shape");
    let (mut samples, mut block) = (Vec::new(), vec![0.0; 4096]);
    loop {
        match shaped.read(&mut block).expect("sound") {
            0 => return samples,
            frames => samples.extend_from_slice(&block[..frames]),
        }
    }
}

/// Writes a stereo recording of both channels alike at 48 kHz.
pub fn write_wav(path: &Path, samples: &[f32]) {
    let data = samples.len() as u32 * 4;
    let mut bytes = Vec::with_capacity(44 + data as usize);
    bytes.extend(b"RIFF");
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend([1, 0, 2, 0]);
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * 4).to_le_bytes());
    bytes.extend([4, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    for sample in samples {
        let sample = ((sample * 32_768.0).round() as i16).to_le_bytes();
        bytes.extend(sample);
        bytes.extend(sample);
    }
    std::fs::write(path, bytes).expect("a wav file");
}

/// Sound that is like nothing else: low noise from a seed, smooth enough for the coarse search.
pub fn murmur(seed: u64, seconds: f64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let (mut low, mut lower) = (0.0f32, 0.0f32);
    (0..(seconds * f64::from(RATE)) as usize)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let noise = (state >> 40) as f32 / (1u32 << 23) as f32 - 1.0;
            low += 0.08 * (noise - low);
            lower += 0.08 * (low - lower);
            (lower * 3.0).clamp(-0.9, 0.9)
        })
        .collect()
}

fn thin(samples: &[f32]) -> Vec<f32> {
    samples.chunks_exact(COARSE).map(|few| few.iter().sum::<f32>() / COARSE as f32).collect()
}

/// Where the loudest stretch of so many frames begins.
fn loudest(samples: &[f32], length: usize) -> usize {
    let energy = |at: usize| samples[at..at + length].iter().map(|s| f64::from(s * s)).sum::<f64>();
    let places = (0..=samples.len() - length).step_by((length / 2).max(1));
    places.max_by(|a, b| energy(*a).total_cmp(&energy(*b))).unwrap_or(0)
}

/// The place at which `key` is most alike, and how much.
fn best(heard: &[f32], key: &[f32], places: std::ops::Range<usize>) -> Option<(usize, f64)> {
    let last = heard.len().checked_sub(key.len())?;
    (places.start..places.end.min(last + 1))
        .map(|at| (at, alike(&heard[at..at + key.len()], key)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

fn alike(a: &[f32], b: &[f32]) -> f64 {
    let (mut both, mut of_a, mut of_b) = (0.0f32, 0.0f32, 0.0f32);
    let (mut sums, mut n) = ((0.0f64, 0.0f64, 0.0f64), 0);
    for (x, y) in a.iter().zip(b) {
        both += x * y;
        of_a += x * x;
        of_b += y * y;
        n += 1;
        if n % 1024 == 0 {
            sums = (sums.0 + f64::from(both), sums.1 + f64::from(of_a), sums.2 + f64::from(of_b));
            (both, of_a, of_b) = (0.0, 0.0, 0.0);
        }
    }
    sums = (sums.0 + f64::from(both), sums.1 + f64::from(of_a), sums.2 + f64::from(of_b));
    if sums.1 <= 1e-9 || sums.2 <= 1e-9 { 0.0 } else { sums.0 / (sums.1 * sums.2).sqrt() }
}
