//! The sizes in the head of a WAV file. A recorder writes them when it stops: one that lost its power, or was pulled out, left zeros, and a
//! decoder finds no sound although all of it is there.

use std::fs::File;
use std::io;

use super::read_at;

/// No file has more chunks before its sound.
const MOST_CHUNKS: usize = 64;

/// What is as long as this was written to a pipe: the sizes were never known.
const ENDLESS: u32 = 0x7fff_0000;

/// What is to be read in place of the sizes of a file whose recorder never came to write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Where the sizes of the whole and of its sound stand.
    pub sizes_at: [u64; 2],
}

impl Unfinished {
    /// Puts the largest size there is over those of `block`, which stands at `at` in the file.
    pub fn mend(&self, at: u64, block: &mut [u8]) {
        for place in self.sizes_at.iter().flat_map(|size_at| *size_at..*size_at + 4) {
            let inside = place.checked_sub(at).and_then(|inside| usize::try_from(inside).ok());
            if let Some(byte) = inside.and_then(|inside| block.get_mut(inside)) {
                *byte = 0xff;
            }
        }
    }
}

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

/// What its recorder left undone, if it did.
///
/// # Errors
/// When the file cannot be read.
pub fn unfinished(file: &mut File) -> io::Result<Option<Unfinished>> {
    let Some((size_at, 0)) = sound(file)? else { return Ok(None) };
    let is_there = file.metadata()?.len() > size_at + 4;
    Ok(is_there.then_some(Unfinished { sizes_at: [4, size_at] }))
}

/// Whether the sizes say nothing.
///
/// # Errors
/// When the file cannot be read.
pub fn is_endless(file: &mut File) -> io::Result<bool> {
    Ok(sound(file)?.is_some_and(|(_, size)| size >= ENDLESS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_mended_wherever_a_block_cuts_them() {
        let whole = b"RIFF\0\0\0\0WAVEdata\0\0\0\0sound";
        let unfinished = Unfinished { sizes_at: [4, 16] };
        for cut in 0..whole.len() {
            let (mut first, mut second) = (whole[..cut].to_vec(), whole[cut..].to_vec());
            unfinished.mend(0, &mut first);
            unfinished.mend(cut as u64, &mut second);
            assert_eq!([first, second].concat(), b"RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xffsound");
        }
    }
}
