//! The sizes in the head of a WAV file. A recorder writes them when it stops: one that lost its power, or was pulled out, left zeros, and a
//! decoder finds no sound although all of it is there.

use std::fs::File;
use std::io;

use super::read_at;

/// No file has more chunks before its sound.
const MOST_CHUNKS: usize = 64;

/// What is as long as this was written to a pipe: the sizes were never known.
const ENDLESS: u32 = 0x7fff_0000;

/// Where the size of the sound stands, and what it is.
fn sound(file: &mut File) -> io::Result<Option<(u64, u32)>> {
    let mut at = 12;
    for _ in 0..MOST_CHUNKS {
        let head = read_at(file, at, 8)?;
        let Some(size) = head.get(4..8).and_then(|four| Some(u32::from_le_bytes(four.try_into().ok()?))) else { break };
        if head.starts_with(b"data") {
            return Ok(Some((at + 4, size)));
        }
        at += 8 + u64::from(size) + u64::from(size % 2);
    }
    Ok(None)
}

/// Where the sizes stand that the recorder never came to write: that of the whole and that of its sound.
///
/// # Errors
/// When the file cannot be read.
pub fn unfinished(file: &mut File) -> io::Result<Option<[u64; 2]>> {
    let Some((size_at, 0)) = sound(file)? else { return Ok(None) };
    let is_there = file.metadata()?.len() > size_at + 4;
    Ok(is_there.then_some([4, size_at]))
}

/// Whether the sizes say nothing.
///
/// # Errors
/// When the file cannot be read.
pub fn is_endless(file: &mut File) -> io::Result<bool> {
    Ok(sound(file)?.is_some_and(|(_, size)| size >= ENDLESS))
}
