//! `play`, `stop`, `hold`, `release`, `skip`, `unskip`, `clock confirm`: requests to the running daemon.
//!
//! Each sends one order and prints what became of it. Times go as they were typed: the daemon places them in the station's zone.

mod answered;
mod clock;

use jiff::civil::{Date, Time};

use crate::calendar::timezone::Timezone;
use crate::calendar::written::{self, Misread, Seek, Toward};
use crate::cli::orders::answered::as_json;
use crate::cli::status::{language_of, no_answer, station_now};
use crate::cli::{Ended, Global, civil, data_folder, print, wrong_use};
use crate::control::ask::ask;
use crate::control::message::{Message, Reply};
use crate::control::request::{Answer, Ask};
use crate::lang::cli as words;
use crate::lang::help;
use crate::lang::orders;
use crate::lang::written::Telling;
use crate::terms::{BroadcastId, ItemId, OutputId, Priority};

#[derive(Debug, clap::Args)]
pub struct PlayArgs {
    #[arg(value_name = "ITEM")]
    pub item: String,
    #[arg(long, value_name = "LEVEL", default_value = "ordinary")]
    pub priority: String,
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    #[arg(long, value_name = "N")]
    pub times: Option<String>,
    #[arg(long, value_name = "10m")]
    pub every: Option<String>,
    #[arg(long = "for", id = "for", value_name = "30m")]
    pub lasting: Option<String>,
    #[arg(long, value_name = "OUTPUT")]
    pub output: Vec<String>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct StopArgs {
    #[arg(value_name = "OUTPUT")]
    pub output: Option<String>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct HoldArgs {
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct ReleaseArgs {
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct SkipArgs {
    #[arg(value_name = "BROADCAST")]
    pub broadcast: String,
    #[arg(value_name = "DATE")]
    pub date: String,
    #[arg(value_name = "TIME")]
    pub time: Option<String>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Subcommand)]
pub enum ClockCommand {
    Confirm(clock::Confirm),
}

pub fn play(args: PlayArgs, global: &Global) -> anyhow::Result<Ended> {
    let json = args.json;
    match read_play(args, global) {
        Ok(order) => send(order, json, global),
        Err(wrong) => wrong_use(&wrong),
    }
}

fn read_play(args: PlayArgs, global: &Global) -> Result<Ask, String> {
    let lang = global.language();
    let bad = |name: &str, value: &str, expected: &str| words::bad_value(lang, name, value, Some(expected));
    let priority: Priority =
        args.priority.parse().map_err(|_| bad("--priority", &args.priority, "ordinary, priority, emergency"))?;
    let emergency = priority == Priority::Emergency;
    if emergency && args.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        return Err(orders::emergency_needs_reason(lang).to_owned());
    }
    if !emergency && (args.times.is_some() || args.every.is_some() || args.lasting.is_some()) {
        return Err(orders::emergency_only(lang).to_owned());
    }
    let length = |name: &str, text: Option<String>| match text {
        Some(text) => {
            civil::length(&text).map(Some).map_err(|why| civil::misread(lang, name, &text, why, words::length_expected(lang)))
        }
        None => Ok(None),
    };
    let times = match &args.times {
        Some(text) => {
            let count = text.parse().ok().filter(|count| (1..=100).contains(count));
            Some(count.ok_or_else(|| bad("--times", text, words::count_expected(lang)))?)
        }
        None => None,
    };
    Ok(Ask::Play {
        item: ItemId::new(args.item),
        priority,
        outputs: args.output.into_iter().map(OutputId::new).collect(),
        reason: args.reason,
        times,
        every: length("--every", args.every)?,
        lasting: length("--for", args.lasting)?,
    })
}

pub fn stop(args: StopArgs, global: &Global) -> anyhow::Result<Ended> {
    send(Ask::Stop { output: args.output.map(OutputId::new) }, args.json, global)
}

pub fn hold(args: HoldArgs, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let until = match &args.until {
        None => None,
        Some(text) => match by_today(global, |seek| civil::until(text, seek))? {
            Ok(until) => Some(until),
            Err(why) => return wrong_use(&civil::misread(lang, "--until", text, why, words::until_expected(lang))),
        },
    };
    send(Ask::Hold { until }, args.json, global)
}

pub fn release(args: ReleaseArgs, global: &Global) -> anyhow::Result<Ended> {
    send(Ask::Release, args.json, global)
}

pub fn skip(args: SkipArgs, global: &Global) -> anyhow::Result<Ended> {
    let json = args.json;
    match read_skip(args, global)? {
        Ok((broadcast, date, time)) => send(Ask::Skip { broadcast, date, time }, json, global),
        Err(wrong) => wrong_use(&wrong),
    }
}

pub fn unskip(args: SkipArgs, global: &Global) -> anyhow::Result<Ended> {
    let json = args.json;
    match read_skip(args, global)? {
        Ok((broadcast, date, time)) => send(Ask::Unskip { broadcast, date, time }, json, global),
        Err(wrong) => wrong_use(&wrong),
    }
}

type NamedBroadcast = (BroadcastId, Date, Option<Time>);

fn read_skip(args: SkipArgs, global: &Global) -> anyhow::Result<Result<NamedBroadcast, String>> {
    let lang = global.language();
    let bad = |name: &str, text: &str, why, expected| {
        Ok(Err(civil::misread(lang, help::value_name(lang, name).unwrap_or_default(), text, why, expected)))
    };
    let date = match by_today(global, |seek| written::day(&args.date, seek))? {
        Ok(date) => date,
        Err(why) => return bad("DATE", &args.date, why, words::day_expected(lang)),
    };
    let time = match args.time.as_deref().map(written::time).transpose() {
        Ok(time) => time,
        Err(why) => return bad("TIME", args.time.as_deref().unwrap_or_default(), why, words::time_expected(lang)),
    };
    Ok(Ok((BroadcastId::new(args.broadcast), date, time)))
}

/// Reads what may go by the day that it is at the station, which only the daemon knows.
pub(super) fn by_today<T>(
    global: &Global,
    read: impl Fn(Option<Seek>) -> Result<T, Misread>,
) -> anyhow::Result<Result<T, Misread>> {
    let whole = read(None);
    if !matches!(whole, Err(Misread::Floating)) {
        return Ok(whole);
    }
    let (station, status) = station_now(global)?;
    let zone = Timezone::named(&station.timezone).unwrap_or_else(Timezone::utc);
    Ok(read(Some(Seek { today: zone.civil(status.at).date(), toward: Toward::Coming })))
}

pub fn clock(args: ClockCommand, global: &Global) -> anyhow::Result<Ended> {
    match args {
        ClockCommand::Confirm(args) => clock::confirm(args, global),
    }
}

/// Sends the order, prints what became of it. A refusal is a bad answer.
pub(super) fn send(order: Ask, json: bool, global: &Global) -> anyhow::Result<Ended> {
    let message = Message::Order { id: request_id(), actor: actor(), order };
    let (station, answer, at, kept) = match ask(&data_folder(global), &message) {
        Ok(Reply::Answer { station, answer, at, kept }) => (station, answer, at, kept),
        Ok(Reply::Status { .. } | Reply::Entered { .. } | Reply::Failed { .. }) => {
            anyhow::bail!(orders::strange_answer(global.language()))
        }
        Err(error) => return no_answer(&error, global.language()),
    };
    let lang = language_of(&station, global);
    let zone = Timezone::named(&station.timezone).unwrap_or_else(Timezone::utc);
    let text = orders::answer(&Telling { lang, zone: &zone, now: at }, &answer);
    let ended = match &answer {
        Answer::Done(_) | Answer::Playing { .. } => Ended::Good,
        Answer::Refused(_) => Ended::Bad,
    };
    if json {
        print(&format!("{}\n", as_json(&answer, kept, &text, zone.tz())))?;
    } else if ended == Ended::Good {
        print(&format!("{text}\n"))?;
        if !kept {
            crate::cli::complain(orders::not_kept(lang));
        }
    } else {
        crate::cli::complain(&text);
    }
    Ok(ended)
}

/// Who gives the order: the login name. Under `sudo` it is the person's, not root's.
pub(super) fn actor() -> String {
    let uid = rustix::process::getuid();
    if uid.is_root()
        && let Some(person) = std::env::var("SUDO_USER").ok().filter(|name| !name.trim().is_empty())
    {
        return person;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    login_name(&users, uid.as_raw()).unwrap_or_else(|| format!("uid-{}", uid.as_raw()))
}

fn login_name(users: &str, uid: u32) -> Option<String> {
    users.lines().find_map(|line| {
        let mut cells = line.split(':');
        let name = cells.next().filter(|name| !name.trim().is_empty())?;
        (cells.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// An id that no other order has.
pub(super) fn request_id() -> String {
    match std::fs::read_to_string("/proc/sys/kernel/random/uuid") {
        Ok(id) => id.trim().to_owned(),
        Err(_) => format!("{}-{}", std::process::id(), jiff::Timestamp::now().as_nanosecond()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::request::{Choice, Refusal};
    use crate::lang::Language;
    use crate::terms::{Reason, Wall};

    fn every_refusal() -> Vec<Refusal> {
        use Refusal::*;
        let mut all = vec![
            UnknownItem,
            UnknownOutput,
            UnknownBroadcast,
            UnknownProgramme,
            NoPeriod,
            NotPlanned,
            OutsideHours,
            OverQuota,
            TooLong,
            ClockDoubtful,
            OnHold,
            AlreadySounding,
            NotHeld,
            NotSkipped,
            WhichOne(vec![Choice { id: "a".into(), name: "Bản tin".into() }]),
            ClockDiffers(Wall(0)),
            BeforeBuild(Wall(0)),
            BehindLog(Wall(0)),
            TooLate,
            TooFar,
            NoReason,
            NoEmergency,
            NoDrillNotice,
            TooMuch,
            Internal,
        ];
        all.extend(Reason::ALL.iter().map(|reason| Unplayable(*reason)));
        all
    }

    #[test]
    fn every_refusal_says_something_in_both_languages() {
        for refusal in every_refusal() {
            let zone = Timezone::utc();
            let said = |lang| orders::refused(&Telling { lang, zone: &zone, now: Wall(0) }, &refusal);
            let (vi, en) = (said(Language::Vi), said(Language::En));
            assert!(!vi.is_empty() && !en.is_empty() && vi != en, "{refusal:?}");
        }
    }

    #[test]
    fn the_actor_is_the_login_name_of_the_uid() {
        let users = "root:x:0:0::/root:/bin/sh\nlan:x:1000:1000::/home/lan:/bin/sh\nbroken line\n:x:7:7::\n";
        assert_eq!(login_name(users, 1000).as_deref(), Some("lan"));
        assert_eq!(login_name(users, 7), None);
        assert_eq!(login_name(users, 5), None);
    }
}
