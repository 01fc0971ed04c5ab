//! `loaxa log add`: what was read live or relayed goes into the log by hand.
//!
//! Only the ledger writes: a running daemon is asked to; without one the log is opened here, under the same lock.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::asrun::hand::row;
use crate::asrun::row::Row;
use crate::asrun::store::{Query, Store};
use crate::asrun::unsettled::Settle;
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
    #[arg(long, value_name = "live|relay")]
    pub kind: String,
    #[arg(long, value_name = "A")]
    pub from: String,
    #[arg(long, value_name = "20m")]
    pub length: String,
    #[arg(long, value_name = "TITLE")]
    pub title: String,
    #[arg(long, value_name = "WHO")]
    pub who: Option<String>,
}

pub fn run(add: Add, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let bad = |name: &str, value: &str, expected: &str| wrong_use(&shared::bad_value(lang, name, value, Some(expected)));
    let Ok(what) = add.kind.parse::<Manual>() else { return bad("--kind", &add.kind, "live, relay") };
    let misread = |name, text, why, expected| wrong_use(&civil::misread(lang, name, text, why, expected));
    // Without a log there is nobody to say what day it is at the station, and nothing to enter into.
    let seek = Store::read_only(&data_folder(global)).ok().and_then(|reader| log::seek(&reader).ok());
    let meant = |from: DateTime| if YEARS.contains(&from.year()) { Ok(from) } else { Err(Misread::Unknown) };
    let from = match written::moment(&add.from, seek).and_then(meant) {
        Ok(from) => from,
        Err(why) => return misread("--from", &add.from, why, shared::moment_expected(lang)),
    };
    let length = match civil::length(&add.length) {
        Ok(length) => length,
        Err(why) => return misread("--length", &add.length, why, shared::length_expected(lang)),
    };
    let who = add.who.unwrap_or_else(actor);
    for (name, text) in [("--title", &add.title), ("--who", &who)] {
        if text.trim().is_empty() || text.chars().any(char::is_control) || text.chars().count() > 500 {
            return bad(name, text, words::text_expected(lang));
        }
    }
    let message = Message::Enter { what, from, length, title: add.title.clone(), who: who.clone() };
    match ask(&data_folder(global), &message) {
        Ok(Reply::Entered { durable: true }) => {}
        Ok(Reply::Entered { durable: false }) => anyhow::bail!(words::entered_later(lang)),
        Ok(Reply::Answer { .. } | Reply::Status { .. } | Reply::Failed { .. }) => {
            anyhow::bail!(crate::lang::orders::strange_answer(lang))
        }
        Err(SocketError::NotRunning(_)) => return alone(what, from, length, add.title, who, global),
        Err(error) => return no_answer(&error, lang),
    }
    print(&format!("{}\n", words::entered(lang)))?;
    Ok(Ended::Good)
}

/// Without a daemon. The folder must have a log already: what is entered belongs to a station.
fn alone(
    what: Manual,
    from: DateTime,
    length: SignedDuration,
    title: String,
    who: String,
    global: &Global,
) -> anyhow::Result<Ended> {
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
    let at = zone.instant(from);
    let mut store = Store::open(&dir, origin, tz)?;
    let row = row(station.unwrap_or_else(|| "".into()), origin, what, at, length, title, who);
    store.append(vec![row], &Settle::Nothing)?;
    store.checkpoint()?;
    store.lodge_head(Wall(i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(at.0)))?;
    print(&format!("{}\n", words::entered(lang)))?;
    Ok(Ended::Good)
}
