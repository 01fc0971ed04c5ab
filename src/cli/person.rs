//! `loaxa person`: who may come into the console from elsewhere than the machine itself.
//!
//! A PIN is asked for on the terminal, twice, and is never an argument: those are in the shell's memory and in every list of processes.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use serde_json::json;

use crate::cli::{Ended, Global, complain, data_folder, print, wrong_use};
use crate::console::access::people::{self, PeopleError};
use crate::lang::Language;
use crate::lang::{cli as shared, person as words};
use crate::terms::PersonRole;

#[derive(Debug, clap::Subcommand)]
pub enum PersonCommand {
    Add(AddPerson),
    List(ListPeople),
    Pin(NamedPerson),
    Remove(NamedPerson),
}

#[derive(Debug, clap::Args)]
pub struct AddPerson {
    #[arg(value_name = "NAME")]
    pub name: String,
    #[arg(long, value_name = "ROLE", default_value = "operator")]
    pub role: String,
    #[arg(long, value_name = "OFFICE")]
    pub office: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ListPeople {
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct NamedPerson {
    #[arg(value_name = "NAME")]
    pub name: String,
}

pub fn run(command: PersonCommand, global: &Global) -> anyhow::Result<Ended> {
    let (data, lang) = (data_folder(global), global.language());
    match command {
        PersonCommand::Add(AddPerson { name, role, office }) => {
            let Ok(role) = role.parse::<PersonRole>() else {
                let known = PersonRole::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
                return wrong_use(&shared::bad_value(lang, "--role", &role, Some(&known)));
            };
            with_pin(
                lang,
                |pin| people::add(&data, &name, office.as_deref().unwrap_or_default(), role, pin),
                words::added(lang, &name),
            )
        }
        PersonCommand::Pin(NamedPerson { name }) => {
            with_pin(lang, |pin| people::set_pin(&data, &name, pin), words::pin_set(lang, &name))
        }
        PersonCommand::Remove(NamedPerson { name }) => told(people::remove(&data, &name), words::removed(lang, &name), lang),
        PersonCommand::List(ListPeople { json }) => list(&data, json, lang),
    }
}

fn list(data: &Path, as_json: bool, lang: Language) -> anyhow::Result<Ended> {
    let people = match people::read(data) {
        Ok(people) => people,
        Err(error) => return failed(&error, lang),
    };
    if as_json {
        let all: Vec<_> =
            people.iter().map(|person| json!({ "name": person.name, "office": person.office, "role": person.role })).collect();
        print(&format!("{}\n", json!(all)))?;
    } else if people.is_empty() {
        print(&format!("{}\n", words::nobody(lang)))?;
    } else {
        for person in &people {
            let office = if person.office.is_empty() { String::new() } else { format!(" · {}", person.office) };
            print(&format!("{} · {}{office}\n", person.name, words::role(lang, person.role)))?;
        }
    }
    Ok(Ended::Good)
}

/// Asks for the PIN and does what it is for.
fn with_pin(lang: Language, act: impl FnOnce(&str) -> Result<(), PeopleError>, done: String) -> anyhow::Result<Ended> {
    let Some(pin) = ask_pin(lang)? else {
        complain(words::pins_differ(lang));
        return Ok(Ended::Bad);
    };
    told(act(&pin), done, lang)
}

/// The PIN as it was typed twice; `None` when the two differ. From what is no terminal one line is read.
fn ask_pin(lang: Language) -> anyhow::Result<Option<String>> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        let mut line = String::new();
        stdin.lock().read_line(&mut line)?;
        return Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let first = rpassword::prompt_password(words::ask_pin(lang))?;
    let again = rpassword::prompt_password(words::ask_pin_again(lang))?;
    Ok((first == again).then_some(first))
}

fn told(outcome: Result<(), PeopleError>, done: String, lang: Language) -> anyhow::Result<Ended> {
    match outcome {
        Ok(()) => {
            print(&format!("{done}\n"))?;
            Ok(Ended::Good)
        }
        Err(error) => failed(&error, lang),
    }
}

fn failed(error: &PeopleError, lang: Language) -> anyhow::Result<Ended> {
    let says = match error {
        PeopleError::Known => words::known(lang),
        PeopleError::Unknown => words::unknown(lang),
        PeopleError::BadName => words::bad_name(lang),
        PeopleError::WeakPin => words::weak_pin(lang),
        PeopleError::TooMany => words::too_many(lang),
        PeopleError::Damaged { path, why } => anyhow::bail!(words::damaged(lang, &path.display().to_string(), why)),
        PeopleError::Io { path, source } => anyhow::bail!("{}: {source}", path.display()),
        PeopleError::Hash(why) => anyhow::bail!("{why}"),
    };
    complain(says);
    Ok(Ended::Bad)
}
