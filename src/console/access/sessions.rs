//! Phones that are known: `sessions.json` in the data folder has the hash of each one's token, never the token. A session ends after thirty
//! days, or with the PIN that it was opened with.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::console::access::people::{PeopleError, Person, keep};

pub const NAME: &str = "sessions.json";
pub const LASTING: Duration = Duration::from_secs(30 * 24 * 3_600);
/// The oldest go first.
const MOST: usize = 200;

/// What a phone shows to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    fn fresh() -> Option<Token> {
        random_hex(32).map(Token)
    }

    pub fn parse(text: &str) -> Option<Token> {
        (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Token(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// So many random bytes in hex; `None` where the kernel has none.
pub fn random_hex(bytes: usize) -> Option<String> {
    let mut drawn = vec![0; bytes];
    let count = rustix::rand::getrandom(&mut drawn, rustix::rand::GetRandomFlags::empty()).ok()?;
    (count == bytes).then(|| hex(&drawn))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PhoneSession {
    token_sha256: String,
    person: String,
    /// Of the hash of the PIN: another PIN ends the session.
    pin_sha256: String,
    /// Seconds since 1970, by the machine's clock.
    opened_at: u64,
}

#[derive(Debug)]
pub struct KnownPhones {
    path: PathBuf,
    all: Vec<PhoneSession>,
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl KnownPhones {
    /// Those that are kept; a damaged file keeps none, and everybody shows his PIN again.
    pub fn read(data: &Path) -> KnownPhones {
        let path = data.join(NAME);
        let all = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        KnownPhones { path, all }
    }

    /// Whose phone it is.
    pub fn find<'a>(&self, token: &Token, people: &'a [Person]) -> Option<&'a Person> {
        let sought = sha256(token.as_str());
        let session = self.all.iter().find(|session| session.token_sha256 == sought)?;
        let person = people.iter().find(|person| person.name == session.person)?;
        let age = now().abs_diff(session.opened_at);
        (age < LASTING.as_secs() && session.pin_sha256 == sha256(&person.pin)).then_some(person)
    }

    /// Makes a phone known.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn open(&mut self, person: &Person) -> Result<Token, PeopleError> {
        let io = |path: &Path, source| PeopleError::Io { path: path.to_owned(), source };
        let token = Token::fresh().ok_or_else(|| io(&self.path, std::io::ErrorKind::WouldBlock.into()))?;
        let (person, pin_sha256) = (person.name.clone(), sha256(&person.pin));
        self.all.push(PhoneSession { token_sha256: sha256(token.as_str()), person, pin_sha256, opened_at: now() });
        let too_many = self.all.len().saturating_sub(MOST);
        self.all.drain(..too_many);
        self.keep().map_err(|source| io(&self.path, source))?;
        Ok(token)
    }

    pub fn close(&mut self, token: &Token) {
        let gone = sha256(token.as_str());
        self.all.retain(|session| session.token_sha256 != gone);
        // Should it not be written now, it is when the next phone comes in, or runs out.
        let _ = self.keep();
    }

    fn keep(&self) -> std::io::Result<()> {
        keep(&self.path, &serde_json::to_vec(&self.all).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::PersonRole;

    fn person(pin: &str) -> Person {
        Person { name: "Lan".into(), office: String::new(), role: PersonRole::Operator, pin: pin.into() }
    }

    #[test]
    fn a_known_phone_stays_known_over_a_restart_and_not_over_another_pin() {
        let data = tempfile::tempdir().unwrap();
        let mut sessions = KnownPhones::read(data.path());
        let token = sessions.open(&person("a")).unwrap();
        let again = KnownPhones::read(data.path());
        assert_eq!(again.find(&token, &[person("a")]).map(|person| person.name.as_str()), Some("Lan"));
        assert_eq!(again.find(&token, &[person("b")]), None);
        assert_eq!(again.find(&token, &[]), None);
        assert_eq!(again.find(&Token::fresh().unwrap(), &[person("a")]), None);
        let text = fs::read_to_string(data.path().join(NAME)).unwrap();
        assert!(!text.contains(token.as_str()));
        sessions.close(&token);
        assert_eq!(KnownPhones::read(data.path()).find(&token, &[person("a")]), None);
    }

    #[test]
    fn the_oldest_phones_are_forgotten_and_old_sessions_end() {
        let data = tempfile::tempdir().unwrap();
        let mut sessions = KnownPhones::read(data.path());
        let first = sessions.open(&person("a")).unwrap();
        (0..MOST).for_each(|_| drop(sessions.open(&person("a")).unwrap()));
        assert_eq!(sessions.find(&first, &[person("a")]), None);
        let last = sessions.open(&person("a")).unwrap();
        sessions.all.iter_mut().for_each(|session| session.opened_at -= LASTING.as_secs());
        assert_eq!(sessions.find(&last, &[person("a")]), None);
    }
}
