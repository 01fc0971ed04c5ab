//! The limited children: what has a recording decoded, measured and its master written, and how long that may take.
//!
//! One child is our own program with a hidden command. It limits its own memory, processor time and the length of what it writes, shuts
//! itself in, reads the file on its standard input, writes the master to its standard output, and says one line of JSON on its standard error.
//! It begins no other process, ever. For what only ffmpeg can decode there are two, started from here and joined by a pipe: ffmpeg, limited and
//! shut in likewise ([`crate::audio::ffmpeg`]), and our own child, which takes in what ffmpeg makes of the file like any WAV.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::audio::ffmpeg;
use crate::audio::format::Sniffed;
use crate::audio::measure::{take_in, take_in_decoded};
use crate::audio::preflight::Programs;
use crate::audio::sandbox::{Limits, Sandbox};
use crate::library::store::Passing;
use crate::library::{Damage, Flaw, Recording, Unfit};
use crate::terms::*;

/// Address space of a child. A decoder takes a few megabytes; a header that claims gigabytes ends here.
const MEMORY_BYTES: u64 = 512 << 20;

/// The longest master: twelve hours of a pair that cannot be packed. They are written into the room that there is.
const LARGEST_MASTER_BYTES: u64 = 9 << 30;

/// The child's answer is one short line.
const ANSWER_BYTES: u64 = 64 << 10;

/// How long ffmpeg may take to end once our own child has heard all that came.
const ENDING: Duration = Duration::from_secs(10);

/// The name of the hidden command.
pub const COMMAND: &str = "__measure";

/// What a recording is, and whether that will be the same next time.
type Finding = (Result<Recording, Unfit>, bool);

/// A recording on its way in.
pub struct Arrival<'a> {
    pub file: &'a File,
    pub bytes: u64,
    pub format: Sniffed,
    pub hash: &'a FileHash,
    /// Where its master goes, if one is kept.
    pub master: Option<&'a Passing>,
}

impl Arrival<'_> {
    /// Has the recording measured in a child, which writes its master; what our own decoders do not know is left to ffmpeg.
    pub fn take_in(&self, programs: &Programs) -> Finding {
        let (result, lasting) = match self.format {
            Sniffed::Refused(format) => (Err(Unfit::Format { format: format.to_owned() }), true),
            Sniffed::Playable(_) | Sniffed::Unknown => self.measured(programs, None),
        };
        match (self.left_to_ffmpeg(&result), &programs.ffmpeg) {
            (None, _) => (result, lasting),
            // It may be installed one day.
            (Some(_), None) => (result, false),
            (Some((name, demuxer)), Some(ffmpeg)) => self.decoded(programs, ffmpeg, name, demuxer),
        }
    }

    /// The name of its format, and of what in ffmpeg reads it.
    fn left_to_ffmpeg<'b>(&self, result: &'b Result<Recording, Unfit>) -> Option<(&'b str, &'static str)> {
        let name = match (result, self.format) {
            (Err(Unfit::Format { format }), _) => format,
            (Err(Unfit::Undecodable { damage: Damage::Variety }), Sniffed::Playable(format)) => format,
            _ => return None,
        };
        Some((name, ffmpeg::demuxer(name)?))
    }

    /// Has ffmpeg decode it, and our own child measure what comes of that.
    fn decoded(&self, programs: &Programs, ffmpeg: &Path, name: &str, demuxer: &str) -> Finding {
        let begin = || {
            let mut command = ffmpeg::command(&programs.own, ffmpeg, demuxer, processor_seconds(self.bytes));
            command.stdin(self.file.try_clone()?).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
        };
        let mut decoder = match begin() {
            Ok(decoder) => decoder,
            Err(error) => return unchecked(error.to_string()),
        };
        let saying = decoder.stderr.take().map(|stderr| thread::spawn(move || hear_out(stderr)));
        let (result, lasting) = self.measured(programs, decoder.stdout.take().map(Stdio::from));
        let ended = wait(&mut decoder, ENDING);
        let said = saying.and_then(|reading| reading.join().ok()).unwrap_or_default();
        let status = match ended {
            Ok(Some(status)) => status,
            Ok(None) => return (Err(Unfit::TooMuch), false),
            Err(error) => return unchecked(error.to_string()),
        };
        match (result, status.code()) {
            (_, Some(code)) if ffmpeg::did_not_begin(code) => unchecked(said.lines().next().unwrap_or_default().to_owned()),
            (_, None) if status.signal() == Some(Signal::XCPU.as_raw()) => (Err(Unfit::TooMuch), true),
            (_, None) if status.signal() == Some(Signal::KILL.as_raw()) => (Err(Unfit::TooMuch), false),
            (Err(Unfit::Undecodable { .. } | Unfit::Empty), _) => (Err(Unfit::Undecodable { damage: Damage::Garbled }), lasting),
            (Err(unfit), _) => (Err(unfit), lasting),
            (Ok(recording), code) => {
                // It goes on behind damage, says so, and ends well.
                let damaged = (code != Some(0) || ffmpeg::met_damage(&said)).then_some(Flaw::Damaged);
                let flaws = recording.flaws.iter().cloned().chain(damaged).collect();
                (Ok(Recording { format: name.to_owned(), flaws, ..recording }), lasting)
            }
        }
    }

    /// Measures the file in a child, or what a decoder makes of it.
    fn measured(&self, programs: &Programs, decoded: Option<Stdio>) -> Finding {
        let seconds = processor_seconds(self.bytes);
        let most = self.master.map_or(0, |master| master.room.min(LARGEST_MASTER_BYTES));
        if self.master.is_some() && most == 0 {
            return (Err(Unfit::NoRoom), false);
        }
        let mut command = Command::new(&programs.own);
        command.args([COMMAND, "--seconds", &seconds.to_string(), "--master-bytes", &most.to_string()]).env_clear();
        if decoded.is_some() {
            command.arg("--decoded");
        }
        let begin = || {
            let input = decoded.map_or_else(|| self.file.try_clone().map(Stdio::from), Ok)?;
            let output = self.master.map_or_else(|| Ok(Stdio::null()), emptied)?;
            command.stdin(input).stdout(output).stderr(Stdio::piped()).current_dir("/").spawn()
        };
        let mut child = match begin() {
            Ok(child) => child,
            Err(error) => return unchecked(format!("{}: {error}", programs.own.display())),
        };
        let status = match wait(&mut child, Duration::from_secs(seconds * 4 + 60)) {
            Ok(Some(status)) => status,
            Ok(None) => return (Err(Unfit::TooMuch), false),
            Err(error) => return unchecked(error.to_string()),
        };
        let mut answer = Vec::new();
        if let Some(stderr) = child.stderr.take() {
            let _ = stderr.take(ANSWER_BYTES).read_to_end(&mut answer);
        }
        judge(status, &answer, self.hash)
    }
}

fn unchecked(detail: String) -> Finding {
    (Err(Unfit::Unchecked { detail }), false)
}

/// A master's place, with nothing in it of what was tried before.
fn emptied(master: &Passing) -> io::Result<Stdio> {
    master.file.set_len(0)?;
    (&master.file).rewind()?;
    Ok(Stdio::from(master.file.try_clone()?))
}

/// What a process says; the rest is read so that it does not wait.
fn hear_out(mut stderr: ChildStderr) -> String {
    let mut said = Vec::new();
    let _ = stderr.by_ref().take(ANSWER_BYTES).read_to_end(&mut said);
    let _ = io::copy(&mut stderr, &mut io::sink());
    String::from_utf8_lossy(&said).into_owned()
}

/// What a child that has ended says of its file.
fn judge(status: ExitStatus, answer: &[u8], hash: &FileHash) -> Finding {
    let killed_by = status.signal().and_then(Signal::from_named_raw);
    match killed_by {
        // Rust aborts when memory is refused; the kernel's limit on processor time is XCPU, then KILL.
        Some(Signal::ABORT | Signal::XCPU) => return (Err(Unfit::TooMuch), true),
        Some(Signal::XFSZ) => return (Err(Unfit::NoRoom), false),
        Some(Signal::KILL | Signal::TERM | Signal::INT | Signal::HUP) => return (Err(Unfit::TooMuch), false),
        _ => {}
    }
    match serde_json::from_slice::<Result<Recording, Unfit>>(answer) {
        Ok(Ok(recording)) if status.success() => (Ok(Recording { hash: hash.clone(), ..recording }), true),
        // A disk that fails today may be read tomorrow.
        Ok(Err(unfit @ (Unfit::Unreadable { .. } | Unfit::Unchecked { .. } | Unfit::NoRoom))) if status.success() => {
            (Err(unfit), false)
        }
        Ok(Err(unfit)) if status.success() => (Err(unfit), true),
        _ => (Err(Unfit::Undecodable { damage: Damage::Garbled }), true),
    }
}

/// Generous for the slowest machine (twenty times real time) and the densest coding (Opus at 6 kbit/s), and an end all the same.
fn processor_seconds(bytes: u64) -> u64 {
    120 + (bytes >> 20) * 100
}

/// Waits until the child has ended; `None` when it had to be killed.
fn wait(child: &mut Child, longest: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > longest {
            // A stopped child is killed as well as a busy one.
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// The child's part: limits itself to `seconds` of processor time, measures what stands on its standard input, or what a decoder sends it
/// there, writes a master of up to `master_bytes` to its standard output where that is more than none, and says in one line what it heard.
///
/// # Errors
/// When the limits cannot be set or the answer not be written; never for the file's sake.
pub fn measure_within_limits(seconds: u64, master_bytes: u64, decoded: bool, answer: &mut impl io::Write) -> io::Result<()> {
    Limits { memory_bytes: MEMORY_BYTES, file_bytes: master_bytes, seconds }.set()?;
    // A decoder that panics is caught, and standard error is for the answer alone.
    std::panic::set_hook(Box::new(|_| {}));
    let recording = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let master = (master_bytes > 0).then(|| io::stdout().as_fd().try_clone_to_owned()).transpose()?;
    // As far as the kernel can: an older one has the limits alone.
    Sandbox::enter();
    let master = master.map(File::from);
    let result = if decoded { take_in_decoded(recording, master) } else { take_in(recording, master) };
    serde_json::to_writer(&mut *answer, &result)?;
    answer.write_all(b"\n")?;
    answer.flush()
}
