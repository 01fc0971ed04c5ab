//! The chain: each row's hash covers the hash before it, so that no row can change without all later hashes changing.
//!
//! `hash = SHA-256(previous hash ‖ canonical text)`, the previous hash as its 64 lower-case hexadecimal digits in ASCII, the text in
//! UTF-8, nothing between or after them; before the first row stand 64 zeros. So `printf '%s%s' "$previous" "$text" | sha256sum` checks
//! a row. Pure. The chain has no key: what it cannot show is a log that was rebuilt whole, or cut at the end. Heads that left the
//! station show that ([`super::verify`]).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// A hash as it is written: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowHash([u8; 64]);

impl RowHash {
    /// What stands before the first row.
    pub const GENESIS: RowHash = RowHash([b'0'; 64]);

    /// The hash of the row with this canonical text that follows a row with this hash.
    pub fn next(&self, text: &str) -> RowHash {
        let mut sha = Sha256::new();
        sha.update(self.0);
        sha.update(text.as_bytes());
        RowHash::of_bytes(&sha.finalize().into())
    }

    pub fn of_bytes(bytes: &[u8; 32]) -> RowHash {
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
            pair[0] = digit(byte >> 4);
            pair[1] = digit(byte & 15);
        }
        RowHash(digits)
    }

    pub fn to_bytes(self) -> [u8; 32] {
        let value = |digit: u8| if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 };
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(self.0.chunks_exact(2)) {
            *byte = value(pair[0]) << 4 | value(pair[1]);
        }
        bytes
    }

    pub fn as_str(&self) -> &str {
        // Only ASCII digits are ever put in.
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

const fn digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

impl FromStr for RowHash {
    type Err = BadHead;
    fn from_str(text: &str) -> Result<Self, BadHead> {
        let digits: [u8; 64] = text.as_bytes().try_into().map_err(|_| BadHead(text.to_owned()))?;
        let hex = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
        if digits.iter().all(hex) { Ok(RowHash(digits)) } else { Err(BadHead(text.to_owned())) }
    }
}

impl fmt::Display for RowHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RowHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The last row of a log at some time: what leaves the station, on paper as `SEQ:HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many rows the log has; 0 is an empty log.
    pub seq: u64,
    pub hash: RowHash,
}

impl Head {
    pub const EMPTY: Head = Head { seq: 0, hash: RowHash::GENESIS };

    /// The head after one more row.
    pub fn next(&self, text: &str) -> Head {
        Head { seq: self.seq + 1, hash: self.hash.next(text) }
    }

    /// As it is printed for people, in groups of four digits: `1042:9f2c 4a1b …`.
    pub fn grouped(&self) -> String {
        let groups: Vec<&str> =
            self.hash.as_str().as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap_or("")).collect();
        format!("{}:{}", self.seq, groups.join(" "))
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl Serialize for Head {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Head, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A text that is no head or hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a row number, a colon and 64 hexadecimal digits")]
pub struct BadHead(pub String);

impl FromStr for Head {
    type Err = BadHead;
    fn from_str(text: &str) -> Result<Self, BadHead> {
        let bad = || BadHead(text.to_owned());
        let (seq, hash) = text.trim().split_once(':').ok_or_else(bad)?;
        let hash = hash.parse().map_err(|_| bad())?;
        Ok(Head { seq: seq.parse().map_err(|_| bad())?, hash })
    }
}

/// A head that left the station, as it came back: whole, or as somebody copied it from paper, who may have stopped after twelve digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenHead {
    pub seq: u64,
    /// The first `digits` of them were given.
    hash: [u8; 64],
    digits: usize,
}

impl SeenHead {
    /// Nobody finds another log with the same twelve digits by trying; fewer prove nothing.
    pub const LEAST: usize = 12;

    /// Whether it is this head, as far as it was copied.
    pub fn is(&self, head: &Head) -> bool {
        self.seq == head.seq && self.hash[..self.digits] == head.hash.0[..self.digits]
    }

    /// Every head that stands in a text, in groups or not.
    pub fn all_in(text: &str) -> Vec<SeenHead> {
        let found = text.match_indices(':').filter_map(|(colon, _)| {
            let (before, after) = (text.get(..colon)?, text.get(colon + 1..)?);
            let seq = &before[before.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
            SeenHead::of(seq, &groups(after))
        });
        found.collect()
    }

    fn of(seq: &str, digits: &str) -> Option<SeenHead> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let seq = seq.parse().ok()?;
        let length = digits.len();
        if !(SeenHead::LEAST..=64).contains(&length) || !digits.bytes().all(hex) {
            return None;
        }
        let mut hash = [b'0'; 64];
        hash[..length].copy_from_slice(digits.as_bytes());
        Some(SeenHead { seq, hash, digits: length })
    }
}

/// The digits with which a text begins: in one piece, or in groups of four.
fn groups(text: &str) -> String {
    let mut digits = String::new();
    let mut rest = text;
    loop {
        let length = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends_word = !rest[length..].starts_with(|c: char| c.is_alphanumeric());
        if digits.is_empty() || (length == 4 && ends_word) {
            digits.push_str(&rest[..length]);
        } else {
            return digits;
        }
        match rest[length..].strip_prefix(' ') {
            Some(next) if length == 4 => rest = next,
            _ => return digits,
        }
    }
}

impl From<Head> for SeenHead {
    fn from(head: Head) -> SeenHead {
        SeenHead { seq: head.seq, hash: head.hash.0, digits: 64 }
    }
}

impl FromStr for SeenHead {
    type Err = BadHead;
    /// Heads are copied from paper: capital digits are the same digits, and spaces are none.
    fn from_str(text: &str) -> Result<Self, BadHead> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
        plain.split_once(':').and_then(|(seq, hash)| SeenHead::of(seq, hash)).ok_or_else(|| BadHead(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hash_is_that_of_64_zeros_and_the_text() {
        // printf '%064d%s' 0 'xin chào' | sha256sum
        let expected = "14edb759406ad0423d332581cabfe0eb125e08d92a18e69a57b93dab719f2938";
        let hash = RowHash::GENESIS.next("xin chào");
        assert_eq!(hash.as_str(), expected);
        assert_eq!(RowHash::of_bytes(&hash.to_bytes()), hash);
    }

    #[test]
    fn a_head_reads_back_from_paper() {
        let (head, other) = (Head::EMPTY.next("a").next("b"), Head::EMPTY.next("a").next("c"));
        assert_eq!(head.to_string().parse(), Ok(head));
        assert!("12".parse::<Head>().is_err() && "x:00".parse::<Head>().is_err());
        let grouped = head.grouped();
        assert_eq!((grouped.len(), grouped.matches(' ').count()), (2 + 64 + 15, 15), "{grouped}");
        for text in
            [head.to_string(), format!(" {}\n", grouped.to_uppercase()), grouped[..16].to_owned(), grouped[..17].to_owned()]
        {
            let seen: SeenHead = text.parse().unwrap();
            assert!(seen.is(&head) && !seen.is(&other), "{text}");
        }
        assert!(grouped[..15].parse::<SeenHead>().is_err(), "eleven digits prove nothing");
        assert!(format!("{head}0").parse::<SeenHead>().is_err());
    }

    #[test]
    fn heads_are_found_in_the_text_of_a_report() {
        let head = Head::EMPTY.next("a");
        let texts = [
            format!("#,\"Mã kiểm tra nhật ký {}: khớp.\"\n05:30,1:2\n", head.grouped()),
            format!("{{\"head\": \"{head}\"}}"),
            format!("{head} 2026-11-15T05:30:00+07:00\n"),
            format!("sổ tay: {} (ghi lại)", &head.grouped()[..16]),
        ];
        for text in texts {
            let found = SeenHead::all_in(&text);
            assert!(found.len() == 1 && found[0].is(&head), "{text}: {found:?}");
        }
        assert_eq!(SeenHead::all_in("05:30:00, 1:2, a:b, SHA-256: 9f2c"), []);
    }
}
