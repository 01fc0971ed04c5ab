//! `loaxa drill`: a recording for emergencies is tried out, so that it is known to sound before it is needed.
//!
//! On air it is an order like any other: inside hours, between two readings of the plan's notice that this is a test. Into a folder it is the
//! emergency itself, ordered of a rehearsal that is begun for it: nobody hears it, and its log is its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::asrun::row::Row;
use crate::asrun::store::{Query, Store};
use crate::calendar::timezone::Timezone;
use crate::cli::rehearse::fresh_folder;
use crate::cli::run::{read_device, until_told};
use crate::cli::status::language_of;
use crate::cli::{Ended, Global, complain, data_folder, orders, print, wrong_use};
use crate::control::ask::ask;
use crate::control::message::{Message, Reply};
use crate::control::request::{Answer, Ask};
use crate::daemon::{self, Begin, Rehearsal, Settings, Trace};
use crate::lang::Language;
use crate::lang::written::Telling;
use crate::lang::{cli as words, orders as answers};
use crate::terms::{BroadcastId, DeviceName, ItemId, Kind, Outcome, OutputId, Priority, Status, Wall};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "ITEM")]
    pub item: String,
    #[arg(long, value_name = "OUTPUT")]
    pub output: Vec<String>,
    #[arg(long, value_name = "wav:FOLDER", requires = "plan", conflicts_with_all = ["output", "json"])]
    pub to: Option<String>,
    #[arg(long, value_name = "PLAN", requires = "to")]
    pub plan: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
}

/// How often it is looked whether the rehearsal is there, and whether the recording is over.
const LOOK: Duration = Duration::from_millis(200);

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let item = ItemId::new(args.item);
    let (Some(to), Some(plan)) = (&args.to, args.plan) else {
        let outputs = args.output.into_iter().map(OutputId::new).collect();
        return orders::send(Ask::Drill { item, outputs }, args.json, global);
    };
    let lang = global.language();
    match read_device("--to", Some(to), lang) {
        Ok(Some(device @ DeviceName::Wav(_))) => unheard(item, plan, device, global),
        Ok(_) => wrong_use(&words::bad_value(lang, "--to", to, Some(words::folder_expected(lang)))),
        Err(wrong) => wrong_use(&wrong),
    }
}

/// A rehearsal of the emergency itself, into a file.
fn unheard(item: ItemId, plan: PathBuf, device: DeviceName, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let data = global.data.first().cloned().unwrap_or_else(|| fresh_folder(&data_folder(global)));
    let settings = Settings { plan, data: data.clone(), output: Some(device), http: None, trace: Trace::Text, language: lang };
    let rehearsal = Rehearsal { settings, begin: Begin::Drill(item.clone()), aloud: false };
    let over = Arc::new(AtomicBool::new(false));
    let (sounded, is_over) = tokio::sync::oneshot::channel::<()>();
    let person = {
        let (data, over, global) = (data.clone(), Arc::clone(&over), global.clone());
        std::thread::spawn(move || {
            let answer = order_and_wait(&data, item, &global, &over);
            // A rehearsal that is over already needs no telling.
            let _ = sounded.send(());
            answer
        })
    };
    let ended = until_told(lang, |shutdown| {
        daemon::rehearse(rehearsal, async move {
            tokio::select! {
                signal = shutdown => signal,
                _ = is_over => "the drill is over",
            }
        })
    });
    over.store(true, Ordering::Relaxed);
    let answer = person.join().unwrap_or_default();
    if ended? != Ended::Good {
        return Ok(Ended::Bad);
    }
    match answer {
        Some((lang, Answer::Playing { broadcast, .. })) => tell(&data, &broadcast, lang),
        Some((lang, refused)) => {
            // A refusal to play names no instant.
            let told = Telling { lang, zone: &Timezone::utc(), now: Wall::MIN };
            complain(&answers::answer(&told, &refused));
            Ok(Ended::Bad)
        }
        None => Ok(Ended::Bad),
    }
}

/// Orders the emergency of the rehearsal as soon as it runs, and waits until it has sounded: the answer, and the station's language. Nothing if
/// the rehearsal ended before.
fn order_and_wait(data: &Path, item: ItemId, global: &Global, over: &AtomicBool) -> Option<(Language, Answer)> {
    let order = Ask::Play {
        item,
        priority: Priority::Emergency,
        outputs: Vec::new(),
        reason: Some(answers::drill(global.language()).to_owned()),
        times: None,
        every: None,
        lasting: None,
    };
    let message = Message::Order { id: orders::request_id(), actor: orders::actor(), order };
    let mut answer = None;
    while !over.load(Ordering::Relaxed) {
        match &answer {
            None => {
                if let Ok(Reply::Answer { station, answer: given, .. }) = ask(data, &message) {
                    answer = Some((language_of(&station, global), given));
                    continue;
                }
            }
            Some((_, Answer::Playing { broadcast, .. })) => {
                let holds = |status: &crate::control::status::Status| {
                    status.emergency.iter().any(|emergency| emergency.broadcast == *broadcast)
                };
                if matches!(ask(data, &Message::Status), Ok(Reply::Status { status, .. }) if !holds(&status)) {
                    break;
                }
            }
            Some(_) => break,
        }
        std::thread::sleep(LOOK);
    }
    answer
}

/// What the rehearsal's log says of it, output by output.
fn tell(data: &Path, broadcast: &BroadcastId, lang: Language) -> anyhow::Result<Ended> {
    let mut whole = true;
    let mut text = String::new();
    Store::read_only(data)?.each(&Query { kinds: vec![Kind::End], ..Query::default() }, |stored| -> anyhow::Result<bool> {
        let Ok(row) = Row::parse(stored.text) else { return Ok(true) };
        if let (Some(of), Some(output), Some(status)) = (&row.broadcast, &row.output, row.status)
            && of == broadcast
        {
            whole &= status == Status::Aired;
            text += &answers::drilled(lang, output, Outcome { status, reason: row.reason });
        }
        Ok(true)
    })?;
    print(&text)?;
    complain(&words::rehearsed_into(lang, &data.display().to_string()));
    Ok(if whole && !text.is_empty() { Ended::Good } else { Ended::Bad })
}
