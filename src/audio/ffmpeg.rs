//! ffmpeg, where it is installed, for what our own decoders do not know: an old phone's AMR and 3GP, WMA, the sound of a video.
//!
//! It is begun by a hidden command of our own program, which limits itself, shuts itself in and then becomes ffmpeg. Promises: it is told by
//! which of its demuxers to read the file and is allowed no other, so that no list of files or address that stands in a recording's place is
//! followed; it gets one file, reaches no host, and gives nothing but samples, as WAV in a pipe. It goes on behind damage and says so.
//!
//! What a file is it never decides: [`super::format`] and our own child do.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::audio::sandbox::{Limits, Sandbox};
use crate::library::CHAINED_OGG;

/// The name of the hidden command.
pub const COMMAND: &str = "__ffmpeg";

/// Address space: its libraries alone take 300 MB of it.
const MEMORY_BYTES: u64 = 1 << 30;

/// Our formats, and the demuxers that read them.
const DEMUXERS: &[(&str, &str)] = &[
    ("AMR", "amr"),
    ("AMR (3GP)", "mov"),
    ("Apple Lossless", "mov"),
    ("AC-3 in MP4", "mov"),
    ("Opus in MP4", "mov"),
    ("video MP4", "mov"),
    ("m4a", "mov"),
    ("WMA", "asf"),
    ("WebM/Matroska", "matroska"),
    ("CAF", "caf"),
    ("AU", "au"),
    ("AIFF", "aiff"),
    ("WavPack", "wv"),
    ("Monkey's Audio", "ape"),
    ("AC-3", "ac3"),
    ("RealMedia", "rm"),
    ("DSD", "dsf"),
    ("WAV W64", "w64"),
    ("WAV RF64", "wav"),
    ("WAV ADPCM", "wav"),
    ("WAV GSM", "wav"),
    ("WAV MPEG", "wav"),
    ("WAV MP3", "wav"),
    ("WAV WMA", "wav"),
    ("wav", "wav"),
    ("MP1", "mp3"),
    ("MP2", "mp3"),
    ("MP3 free format", "mp3"),
    ("mp3", "mp3"),
    ("aac", "aac"),
    ("flac", "flac"),
    ("Speex", "ogg"),
    (CHAINED_OGG, "ogg"),
    ("video Ogg", "ogg"),
    ("ogg", "ogg"),
    ("opus", "ogg"),
    ("video AVI", "avi"),
    ("video FLV", "flv"),
    ("video MPEG", "mpeg"),
];

/// The demuxer that reads a format; none for what is no sound.
pub fn demuxer(format: &str) -> Option<&'static str> {
    DEMUXERS.iter().find(|(name, _)| *name == format).map(|(_, demuxer)| *demuxer)
}

/// The program, if there is one where programs are looked for.
pub fn installed() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let runs = |path: &PathBuf| path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok();
    std::env::split_paths(&folders).filter(|folder| folder.is_absolute()).map(|folder| folder.join("ffmpeg")).find(runs)
}

/// The command that decodes its standard input: `own` is our own program.
pub fn command(own: &Path, ffmpeg: &Path, demuxer: &str, seconds: u64) -> Command {
    let mut command = Command::new(own);
    let seconds = seconds.to_string();
    command.args([COMMAND, "--seconds", &seconds, "--demuxer", demuxer].map(OsStr::new)).arg(ffmpeg);
    command.env_clear().current_dir("/");
    command
}

/// Whether it has met damage, by what it said; its libraries say things too.
pub fn met_damage(said: &str) -> bool {
    ["[error]", "[fatal]", "[panic]"].iter().any(|level| said.contains(level))
}

/// Whether this exit code says that ffmpeg never ran: our own, where it cannot be begun, and the loader's, where a library is missing.
pub fn did_not_begin(code: i32) -> bool {
    matches!(code, 3 | 127)
}

/// The command's part: limits itself, shuts itself in, and becomes ffmpeg.
///
/// # Errors
/// Whenever it returns: what could not be begun.
pub fn become_ffmpeg(ffmpeg: &Path, demuxer: &str, seconds: u64) -> io::Error {
    if let Err(error) = (Limits { memory_bytes: MEMORY_BYTES, file_bytes: 0, seconds }).set() {
        return error;
    }
    let mut command = Command::new(ffmpeg);
    // By a name, because many containers are read back and forth: what stands behind it is the one open file.
    command.args(["-nostdin", "-hide_banner", "-loglevel", "level+error", "-threads", "1"]);
    command.args(["-protocol_whitelist", "file", "-format_whitelist", demuxer, "-f", demuxer, "-i", "file:/dev/fd/0"]);
    command.args(["-map", "0:a:0", "-map_metadata", "-1", "-fflags", "+bitexact", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]);
    Sandbox::enter_for(ffmpeg, io::stdin());
    command.exec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_of_sound_has_a_demuxer_and_what_is_none_has_none() {
        for name in ["AMR", "AMR (3GP)", "WMA", "video MP4", "m4a", CHAINED_OGG] {
            assert!(demuxer(name).is_some(), "{name}");
        }
        for name in ["text", "PDF", "MIDI", "concat", "hls", ""] {
            assert_eq!(demuxer(name), None, "{name}");
        }
    }
}
