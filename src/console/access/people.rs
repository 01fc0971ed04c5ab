//! The people of the console: `people.json` in the data folder, for its owner alone. A PIN is kept as argon2id makes it, never itself.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use serde::{Deserialize, Serialize};

use crate::terms::PersonRole;

pub const NAME: &str = "people.json";
/// More than any commune has.
const MOST: usize = 100;
const LONGEST_NAME: usize = 60;
/// A PIN is six digits; what is no PIN is a password of at least so many characters.
const PIN_DIGITS: usize = 6;
const SHORTEST_PASSWORD: usize = 8;
const LONGEST_PASSWORD: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub name: String,
    #[serde(default)]
    pub office: String,
    pub role: PersonRole,
    /// What argon2id made of the PIN, in the PHC form.
    pub pin: String,
}

/// What can be wrong with the list of people, or with a change to it.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("{}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{} is not a list of people: {why}", path.display())]
    Damaged { path: PathBuf, why: String },
    #[error("there is a person of that name already")]
    Known,
    #[error("there is no person of that name")]
    Unknown,
    #[error("a name has 1 to {LONGEST_NAME} characters")]
    BadName,
    #[error("a PIN has six digits that are not too simple, a password at least {SHORTEST_PASSWORD} characters")]
    WeakPin,
    #[error("there are {MOST} people already")]
    TooMany,
    #[error("the PIN could not be hashed: {0}")]
    Hash(String),
}

/// Everybody; nobody where there is no file.
///
/// # Errors
/// When it cannot be read, or is no list of people.
pub fn read(data: &Path) -> Result<Vec<Person>, PeopleError> {
    let path = data.join(NAME);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| PeopleError::Damaged { path, why: error.to_string() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(PeopleError::Io { path, source }),
    }
}

/// Lets somebody in from now on.
///
/// # Errors
/// When the name is taken or the PIN is weak.
pub fn add(data: &Path, name: &str, office: &str, role: PersonRole, pin: &str) -> Result<(), PeopleError> {
    let mut people = read(data)?;
    let fits = |text: &str| text.chars().count() <= LONGEST_NAME && !text.chars().any(char::is_control);
    if name.trim() != name || name.is_empty() || !fits(name) || !fits(office) {
        return Err(PeopleError::BadName);
    }
    if people.iter().any(|person| person.name == name) {
        return Err(PeopleError::Known);
    }
    if people.len() >= MOST {
        return Err(PeopleError::TooMany);
    }
    people.push(Person { name: name.to_owned(), office: office.to_owned(), role, pin: hashed(pin)? });
    write(data, &people)
}

/// Gives somebody another PIN: phones that were let in with the old one are known no more.
///
/// # Errors
/// When nobody has that name, or the PIN is weak.
pub fn set_pin(data: &Path, name: &str, pin: &str) -> Result<(), PeopleError> {
    let mut people = read(data)?;
    let person = people.iter_mut().find(|person| person.name == name).ok_or(PeopleError::Unknown)?;
    person.pin = hashed(pin)?;
    write(data, &people)
}

/// Lets somebody in no more.
///
/// # Errors
/// When nobody has that name.
pub fn remove(data: &Path, name: &str) -> Result<(), PeopleError> {
    let mut people = read(data)?;
    let before = people.len();
    people.retain(|person| person.name != name);
    if people.len() == before {
        return Err(PeopleError::Unknown);
    }
    write(data, &people)
}

/// The person, if that is his PIN. Nobody takes as long as somebody.
pub fn matches(person: Option<Person>, pin: &str) -> Option<Person> {
    let Some(person) = person else {
        let _ = hashed_at_all(pin);
        return None;
    };
    let known = PasswordHash::new(&person.pin).ok()?;
    let fits = pin.len() <= LONGEST_PASSWORD && Argon2::default().verify_password(pin.as_bytes(), &known).is_ok();
    fits.then_some(person)
}

fn hashed(pin: &str) -> Result<String, PeopleError> {
    if is_weak(pin) { Err(PeopleError::WeakPin) } else { hashed_at_all(pin) }
}

fn hashed_at_all(pin: &str) -> Result<String, PeopleError> {
    let pin: String = pin.chars().take(LONGEST_PASSWORD).collect();
    let hash = Argon2::default().hash_password(pin.as_bytes());
    Ok(hash.map_err(|error| PeopleError::Hash(error.to_string()))?.to_string())
}

/// `000000`, `123456`, `654321` and the like are tried first by everybody.
fn is_weak(pin: &str) -> bool {
    let digits = pin.len() == PIN_DIGITS && pin.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&pin.chars().count());
    }
    let steps: Vec<i16> = pin.as_bytes().windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect();
    [0, 1, -1].iter().any(|step| steps.iter().all(|other| other == step))
}

fn write(data: &Path, people: &[Person]) -> Result<(), PeopleError> {
    let text = serde_json::to_vec_pretty(people).unwrap_or_default();
    keep(&data.join(NAME), &text).map_err(|source| PeopleError::Io { path: data.join(NAME), source })
}

/// Writes a file for its owner alone: whole, or not at all.
pub(super) fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let half = path.with_extension("half");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&half, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_person_comes_in_with_the_pin_and_the_file_is_for_its_owner_alone() {
        let data = tempfile::tempdir().unwrap();
        add(data.path(), "bác Lan", "Văn hóa", PersonRole::Operator, "284913").unwrap();
        assert!(matches!(add(data.path(), "bác Lan", "", PersonRole::Reviewer, "284913"), Err(PeopleError::Known)));
        let text = fs::read_to_string(data.path().join(NAME)).unwrap();
        assert!(text.contains("$argon2id$") && !text.contains("284913"));
        assert_eq!(fs::metadata(data.path().join(NAME)).unwrap().permissions().mode() & 0o777, 0o600);
        let lan = || read(data.path()).unwrap().pop();
        assert!(matches(lan(), "284913").is_some() && matches(lan(), "284914").is_none() && matches(None, "284913").is_none());
        set_pin(data.path(), "bác Lan", "một câu dài").unwrap();
        assert!(matches(lan(), "284913").is_none() && matches(lan(), "một câu dài").is_some());
        remove(data.path(), "bác Lan").unwrap();
        assert!(matches!(remove(data.path(), "bác Lan"), Err(PeopleError::Unknown)) && lan().is_none());
    }

    #[test]
    fn what_everybody_tries_first_is_no_pin() {
        for weak in ["000000", "123456", "654321", "12345", "1234567", "", "abc", "ngắn"] {
            assert!(is_weak(weak), "{weak}");
        }
        for good in ["284913", "một câu dài", "112233", "password-of-mine"] {
            assert!(!is_weak(good), "{good}");
        }
    }
}
