//! `loaxa log add`: what was read live or relayed goes into the log by hand.
//!
//! Only the ledger writes: a running daemon is asked to; without one the log is opened here, under the same lock.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::asrun::fact::Fact;
use crate::asrun::hand::row;
use crate::asrun::open::SlotChange;
use crate::asrun::row::Row;
use crate::asrun::store::{Query, Store};
use crate::calendar::timezone::Timezone;
use crate::calendar::written::{self, Misread};
use crate::cli::orders::actor;
use crate::cli::status::no_answer;
use crate::cli::{Ended, Global, civil, data_folder, log, print, wrong_use};
use crate::control::ask::ask;
use crate::control::message::{Message, Reply, YEARS};
use crate::control::socket::SocketError;
use crate::lang::{cli as shared, log as words};
use crate::terms::*;

#[derive(Debug, clap::Args)]
pub struct Add {
    #[arg(long, value_name = "live|relay", required_unless_present = "withdraw")]
    pub kind: Option<String>,
    #[arg(long, value_name = "A", required_unless_present = "withdraw")]
    pub from: Option<String>,
    #[arg(long, value_name = "20m", required_unless_present = "withdraw")]
    pub length: Option<String>,
    #[arg(long, value_name = "TITLE", required_unless_present = "withdraw")]
    pub title: Option<String>,
    #[arg(long, value_name = "N", conflicts_with_all = ["kind", "from", "length", "title"])]
    pub withdraw: Option<String>,
    #[arg(long, value_name = "WHO")]
    pub who: Option<String>,
}

/// What is to stand in the log.
struct NewEntry {
    what: Manual,
    from: DateTime,
    length: SignedDuration,
    title: String,
    who: String,
    /// The number of the entry that it takes back.
    withdraws: Option<u64>,
}

pub fn run(add: Add, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let entry = match &add.withdraw {
        Some(number) => withdrawn(number, &add, global)?,
        None => typed(&add, global),
    };
    let entry = match entry {
        Ok(entry) => entry,
        Err(text) => return wrong_use(&text),
    };
    let (what, from, length, withdraws) = (entry.what, entry.from, entry.length, entry.withdraws);
    let said = if withdraws.is_some() { words::withdrawn(lang) } else { words::entered(lang) };
    let message = Message::Enter { what, from, length, title: entry.title.clone(), who: entry.who.clone(), withdraws };
    match ask(&data_folder(global), &message) {
        Ok(Reply::Entered { durable: true }) => {}
        Ok(Reply::Entered { durable: false }) => anyhow::bail!(words::entered_later(lang)),
        Ok(Reply::Answer { .. } | Reply::Status { .. } | Reply::Failed { .. }) => {
            anyhow::bail!(crate::lang::orders::strange_answer(lang))
        }
        Err(SocketError::NotRunning(_)) => match alone(entry, global)? {
            Ended::Good => {}
            ended => return Ok(ended),
        },
        Err(error) => return no_answer(&error, lang),
    }
    print(&format!("{said}\n"))?;
    Ok(Ended::Good)
}

/// An entry as it was typed, or what is wrong with it.
fn typed(add: &Add, global: &Global) -> Result<NewEntry, String> {
    let lang = global.language();
    let bad = |name: &str, value: &str, expected: &str| shared::bad_value(lang, name, value, Some(expected));
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (kind, from, length, title) = (text(&add.kind), text(&add.from), text(&add.length), text(&add.title));
    let what = kind.parse::<Manual>().map_err(|_| bad("--kind", &kind, "live, relay"))?;
    // Without a log there is nobody to say what day it is at the station, and nothing to enter into.
    let seek = Store::read_only(&data_folder(global)).ok().and_then(|reader| log::seek(&reader).ok());
    let meant = |from: DateTime| if YEARS.contains(&from.year()) { Ok(from) } else { Err(Misread::Unknown) };
    let at = written::moment(&from, seek).and_then(meant);
    let at = at.map_err(|why| civil::misread(lang, "--from", &from, why, shared::moment_expected(lang)))?;
    let lasting = civil::length(&length);
    let lasting = lasting.map_err(|why| civil::misread(lang, "--length", &length, why, shared::length_expected(lang)))?;
    let who = add.who.clone().unwrap_or_else(actor);
    for (name, text) in [("--title", &title), ("--who", &who)] {
        if text.trim().is_empty() || text.chars().any(char::is_control) || text.chars().count() > 500 {
            return Err(bad(name, text, words::text_expected(lang)));
        }
    }
    Ok(NewEntry { what, from: at, length: lasting, title, who, withdraws: None })
}

/// The entry of this number once more, to take it back; or why that cannot be.
fn withdrawn(number: &str, add: &Add, global: &Global) -> anyhow::Result<Result<NewEntry, String>> {
    let lang = global.language();
    let none = || Ok(Err(shared::bad_value(lang, "--withdraw", number, Some(words::entry_expected(lang)))));
    let Ok(reader) = Store::read_only(&data_folder(global)) else { return none() };
    let zone = log::zone(&reader)?;
    let mut found = None;
    // What was taken back before counts no more, and is not found.
    reader.each(&Query { kinds: vec![Kind::Hand], counted: true, ..Query::default() }, |stored| -> anyhow::Result<bool> {
        if number.trim().parse() == Ok(stored.seq) {
            found = Row::parse(stored.text).ok();
        }
        Ok(found.is_none())
    })?;
    let Some(Row { fact: Fact::Hand(entry), started_at: Some(from), ended_at: Some(to), title: Some(title), seq, .. }) = found
    else {
        return none();
    };
    let who = add.who.clone().unwrap_or_else(actor);
    Ok(Ok(NewEntry { what: entry.what, from: zone.civil(from), length: to - from, title, who, withdraws: Some(seq) }))
}

/// Without a daemon. The folder must have a log already: what is entered belongs to a station.
fn alone(entry: NewEntry, global: &Global) -> anyhow::Result<Ended> {
    let (lang, dir) = (global.language(), data_folder(global));
    let (origin, tz, station) = match Store::read_only(&dir) {
        Ok(reader) => {
            let mut station = None;
            reader.each(&Query::default(), |stored| -> anyhow::Result<bool> {
                station = Row::parse(stored.text).ok().map(|row| row.station);
                Ok(station.is_none())
            })?;
            (reader.origin(), reader.zone()?, station)
        }
        Err(error) => return log::unopened(error, &dir, lang),
    };
    let zone = Timezone::named(tz.iana_name().unwrap_or("UTC")).unwrap_or_else(Timezone::utc);
    let at = zone.instant(entry.from);
    let mut store = Store::open(&dir, origin, tz)?;
    let NewEntry { what, length, title, who, withdraws, .. } = entry;
    let row = row(station.unwrap_or_else(|| "".into()), origin, what, at, length, title, who, withdraws);
    store.append(vec![row], &SlotChange::Nothing)?;
    store.checkpoint()?;
    store.lodge_head(Wall(i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(at.0)))?;
    Ok(Ended::Good)
}
