//! Who may come in, and what he may do: people and their PINs, phones that are known, names by which the console may be called.

pub mod hosts;
pub mod people;
pub mod sessions;
pub mod throttle;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::console::access::hosts::Hosts;
use crate::console::access::people::{PeopleError, Person};
use crate::console::access::sessions::{KnownPhones, Token};
use crate::console::access::throttle::Throttle;
use crate::terms::PersonRole;

/// A disk that does not answer in this time is not waited for.
const DISK_ANSWERS_WITHIN: Duration = Duration::from_millis(500);

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    Look,
    /// Give orders to the station.
    Order,
    /// See and do what concerns the machine.
    Engineer,
}

impl PersonRole {
    pub fn may(self, right: Right) -> bool {
        match right {
            Right::Look => true,
            Right::Order => self != PersonRole::Reviewer,
            Right::Engineer => self == PersonRole::Technician,
        }
    }
}

/// Who has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// `None`: whoever sits at the machine itself.
    pub name: Option<String>,
    pub role: PersonRole,
}

impl Visitor {
    /// As the log names whoever gave an order.
    pub fn actor(&self) -> String {
        self.name.clone().unwrap_or_else(|| "console".to_owned())
    }
}

/// Why somebody was not let in.
#[derive(Debug)]
pub enum NotLetIn {
    /// Too many wrong tries.
    Wait(Duration),
    /// No such person, or not with that PIN.
    Wrong,
    Failed(PeopleError),
}

pub struct Access {
    data: PathBuf,
    pub hosts: Hosts,
    /// Whether it can be reached from this machine alone: then nobody is asked who he is.
    pub is_local: bool,
    sessions: Mutex<KnownPhones>,
    throttle: Mutex<Throttle>,
    /// As they were read last.
    people: tokio::sync::Mutex<Vec<Person>>,
    /// One check of a PIN takes much memory: one at a time.
    checking: tokio::sync::Mutex<()>,
}

impl Access {
    pub fn new(data: PathBuf, at: SocketAddr) -> Access {
        let sessions = Mutex::new(KnownPhones::read(&data));
        let (hosts, is_local) = (Hosts::of(at), at.ip().is_loopback());
        Access {
            data,
            hosts,
            is_local,
            sessions,
            throttle: Mutex::default(),
            people: Default::default(),
            checking: Default::default(),
        }
    }

    /// Who a request comes from, by its cookie; `None`: nobody known.
    pub async fn visitor(&self, token: Option<&str>) -> Option<Visitor> {
        let at_the_machine = || Visitor { name: None, role: PersonRole::Technician };
        let Some(token) = token.and_then(Token::parse) else { return self.is_local.then(at_the_machine) };
        let people = self.known_people().await;
        let known =
            self.sessions().find(&token, &people).map(|person| Visitor { name: Some(person.name.clone()), role: person.role });
        known.or_else(|| self.is_local.then(at_the_machine))
    }

    /// Everybody as the file says, or as it said when the disk last answered: a disk that hangs keeps nobody from stopping the sound.
    async fn known_people(&self) -> Vec<Person> {
        let data = self.data.clone();
        let reading = tokio::task::spawn_blocking(move || people::read(&data));
        let mut last = self.people.lock().await;
        if let Ok(Ok(read)) = tokio::time::timeout(DISK_ANSWERS_WITHIN, reading).await {
            // A damaged file lets nobody in.
            *last = read.unwrap_or_default();
        }
        last.clone()
    }

    /// Lets a person in who knows his PIN; the token is for his cookie.
    ///
    /// # Errors
    /// Why not.
    pub async fn let_in(&self, name: &str, pin: &str) -> Result<Token, NotLetIn> {
        let person = self.checked(name, pin).await?;
        self.sessions().open(&person).map_err(NotLetIn::Failed)
    }

    /// The person, if that is his PIN.
    ///
    /// # Errors
    /// Why it is not.
    pub async fn checked(&self, name: &str, pin: &str) -> Result<Person, NotLetIn> {
        let _one_at_a_time = self.checking.lock().await;
        if let Some(wait) = self.throttle().waits(name, Instant::now()) {
            return Err(NotLetIn::Wait(wait));
        }
        let people = people::read(&self.data).map_err(NotLetIn::Failed)?;
        let person = people.into_iter().find(|person| person.name == name);
        let pin = pin.to_owned();
        // Who is not there takes as long as who is.
        let checked = tokio::task::spawn_blocking(move || people::matches(person, &pin)).await.ok().flatten();
        match checked {
            Some(person) => {
                self.throttle().forget(name);
                Ok(person)
            }
            None => {
                self.throttle().note(name, Instant::now());
                Err(NotLetIn::Wrong)
            }
        }
    }

    pub fn let_out(&self, token: Option<&str>) {
        if let Some(token) = token.and_then(Token::parse) {
            self.sessions().close(&token);
        }
    }

    /// Those who may come in.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn people(&self) -> Result<Vec<Person>, PeopleError> {
        people::read(&self.data)
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, KnownPhones> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn throttle(&self) -> std::sync::MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
