//! The first page as a value: what the station does now, what comes, how the day goes. And its pieces in words, each of which is replaced by
//! itself in the pages that are open.

use std::sync::Arc;
use std::time::{Duration, Instant};

use askama::Template;
use jiff::SignedDuration;
use jiff::civil::Date;
use tokio::sync::Mutex;

use crate::console::day::{DaySlot, DaySum, SlotStanding, days, named};
use crate::console::window::StationWindow;
use crate::control::status::{FaultStatus, OnAir, State, Status as StationStatus};
use crate::lang::console::{self as phrases, ConsoleWords, words};
use crate::lang::{Language, mourning as mourning_words, rundown as rundown_words, status as status_words};
use crate::plan::Plan;
use crate::terms::*;

/// How old the list of the day may be while nothing happens.
const LIST_LASTS: Duration = Duration::from_secs(10);
/// A log that does not answer in this time is not waited for.
const LIST_WITHIN: Duration = Duration::from_secs(3);
/// The amplifier is switched on by hand so long before.
const AMPLIFIER: SignedDuration = SignedDuration::from_mins(5);
/// From these peaks on, in decibels, a segment more of the level lights up.
const SEGMENTS_DB: [i32; 5] = [-42, -30, -20, -12, -6];

/// Everything that the first page shows.
#[derive(Clone)]
pub struct TodayGlance {
    pub status: StationStatus,
    pub plan: Arc<Plan>,
    pub today: Date,
    pub list: Arc<DayList>,
}

/// The slots of today, and how those of yesterday ended.
#[derive(Clone, Debug, Default)]
pub struct DayList {
    pub slots: Vec<DaySlot>,
    pub yesterday: DaySum,
    /// The log could not be read.
    pub is_blind: bool,
}

/// Looks at the station for all pages together.
#[derive(Default)]
pub struct Glancer {
    last: Mutex<Option<(ListKey, Instant, Arc<DayList>)>>,
}

/// What changes the list of the day: what sounds, what is next, which plan.
#[derive(Clone, Debug, PartialEq)]
struct ListKey(Date, Option<PlanHash>, Vec<(BroadcastId, Wall, u32)>, Vec<(BroadcastId, Wall, bool)>);

impl Glancer {
    /// `None` when the station does not answer.
    pub async fn look(&self, window: &StationWindow) -> Option<TodayGlance> {
        let status = window.status().await?;
        let plan = (window.in_force)().plan;
        let today = plan.station.timezone.civil(status.at).date();
        let list = self.list(window, &status, today).await;
        Some(TodayGlance { status, plan, today, list })
    }

    async fn list(&self, window: &StationWindow, status: &StationStatus, today: Date) -> Arc<DayList> {
        let now = status.now.iter().map(|now| (now.broadcast.clone(), now.planned_at, now.element)).collect();
        let next = status.next.iter().map(|next| (next.broadcast.clone(), next.planned_at, next.left_out.is_some())).collect();
        let key = ListKey(today, status.plan_hash.clone(), now, next);
        let mut last = self.last.lock().await;
        if let Some((known, at, list)) = &*last
            && *known == key
            && at.elapsed() < LIST_LASTS
        {
            return list.clone();
        }
        let (window, status) = (window.clone(), status.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let yesterday = today.yesterday().unwrap_or(today);
            let slots = days(&window, today, today, Some(&status));
            let before = days(&window, yesterday, yesterday, None).map(|slots| DaySum::of(&slots));
            match (slots, before) {
                (Ok(slots), Ok(yesterday)) => DayList { slots, yesterday, is_blind: false },
                _ => DayList { is_blind: true, ..DayList::default() },
            }
        });
        let list = match tokio::time::timeout(LIST_WITHIN, reading).await {
            Ok(Ok(list)) => Arc::new(list),
            // What was known is better than nothing; it is asked again with the next look.
            Ok(Err(_)) | Err(_) => {
                let known = last.as_ref().map(|(_, _, list)| list.clone());
                known.unwrap_or_else(|| Arc::new(DayList { is_blind: true, ..DayList::default() }))
            }
        };
        *last = Some((key, Instant::now(), list.clone()));
        list
    }
}

/// The pieces of the first page, by the names under which the page has them.
pub const PARTS: [&str; 7] = ["state", "clock", "day", "word", "now", "machine", "slots"];

/// Each of [`PARTS`] as it stands now.
pub fn parts(glance: &TodayGlance, lang: Language) -> [String; 7] {
    let w = words(lang);
    let status = &glance.status;
    let now = NowPart::of(glance, &w).render().unwrap_or_default();
    let machine = MachinePart::of(glance, &w).render().unwrap_or_default();
    let slots =
        SlotsPart { w: &w, lines: lines(glance, lang), yesterday: yesterday(glance, lang), is_blind: glance.list.is_blind };
    [
        state(status).to_owned(),
        if status.clock.doubtful { "doubtful" } else { "good" }.to_owned(),
        phrases::date_with_lunar(lang, glance.today),
        status_words::state(lang, status.state).to_owned(),
        now,
        machine,
        slots.render().unwrap_or_default(),
    ]
}

/// The state's name in the page.
pub fn state(status: &StationStatus) -> &'static str {
    match status.state {
        State::Idle => "wait",
        State::OnAir => "air",
        State::Hold => "hold",
        State::Fault => "fault",
    }
}

#[derive(Template)]
#[template(path = "parts/now.html")]
struct NowPart<'a> {
    w: &'a ConsoleWords,
    /// Emergencies and mourning.
    called: Vec<String>,
    sounding: Vec<SoundingLine>,
    /// Until when it is silent.
    held: Option<String>,
    next: Option<NextLine>,
}

/// What sounds, on one output or on several alike.
struct SoundingLine {
    title: String,
    place: String,
    left: Option<String>,
    /// Of what sounds, so much is over, in a thousand.
    over: Option<u32>,
    /// Segments of the level that are lit.
    level: Option<usize>,
}

struct NextLine {
    says: String,
    amplifier: Option<String>,
}

impl<'a> NowPart<'a> {
    fn of(glance: &TodayGlance, w: &'a ConsoleWords) -> NowPart<'a> {
        let status = &glance.status;
        let time = |at: Wall| short(glance, at);
        let called = |emergency: &crate::control::status::EmergencyStatus| {
            phrases::emergency(
                w.lang,
                emergency.title.as_deref().unwrap_or("…"),
                emergency.reason.as_deref().unwrap_or("…"),
                &emergency.actor,
                &time(emergency.ends_at),
            )
        };
        let moment = |at: Wall| glance.plan.station.timezone.civil(at).strftime(mourning_words::MOMENT).to_string();
        let mourned = |mourning: &Mourning| mourning_words::stands(w.lang, mourning, &moment);
        let held = (status.state == State::Hold || status.hold_until.is_some())
            .then(|| phrases::held(w.lang, status.hold_until.map(time).as_deref()));
        NowPart {
            w,
            called: status.emergency.iter().map(called).chain(status.mourning.iter().map(mourned)).collect(),
            sounding: sounding(glance, w.lang),
            held,
            next: next(glance, w.lang),
        }
    }
}

fn sounding(glance: &TodayGlance, lang: Language) -> Vec<SoundingLine> {
    let status = &glance.status;
    let mut lines: Vec<(&OnAir, Vec<&OutputId>)> = Vec::new();
    for now in &status.now {
        let same =
            |other: &OnAir| (&other.broadcast, other.planned_at, other.element) == (&now.broadcast, now.planned_at, now.element);
        match lines.iter_mut().find(|(other, _)| same(other)) {
            Some((_, outputs)) => outputs.push(&now.output),
            None => lines.push((now, vec![&now.output])),
        }
    }
    let line = |(now, outputs): (&OnAir, Vec<&OutputId>)| {
        let name = named(&glance.plan, None, &now.slot(), now.title.as_deref());
        let title = now.title.clone().unwrap_or_else(|| name.clone());
        let on = if outputs.len() < glance.plan.outputs.len() { joined(&outputs) } else { String::new() };
        let span = now.started_at.zip(now.ends_at);
        let over = span.map(|(from, to)| {
            let (all, gone) = ((to - from).as_millis().max(1), (status.at - from).as_millis());
            u32::try_from(gone.clamp(0, all) * 1000 / all).unwrap_or(0)
        });
        let peak =
            status.output.iter().filter(|output| outputs.contains(&&output.output)).filter_map(|output| output.peak_db).max();
        SoundingLine {
            title,
            place: phrases::place(lang, &name, now.element, now.elements, &on),
            left: now.ends_at.map(|ends| phrases::left(lang, (ends - status.at).as_secs().max(0))),
            over,
            level: peak.map(|peak| SEGMENTS_DB.iter().filter(|from| peak >= **from).count()),
        }
    };
    lines.into_iter().map(line).collect()
}

fn joined(outputs: &[&OutputId]) -> String {
    outputs.iter().map(|output| output.as_str()).collect::<Vec<_>>().join(", ")
}

/// The next slot that will air, and when the amplifier has to be on for it.
fn next(glance: &TodayGlance, lang: Language) -> Option<NextLine> {
    let status = &glance.status;
    let next = status.next.iter().find(|next| next.left_out.is_none() && next.planned_at > status.at)?;
    let name = named(&glance.plan, None, &next.slot(), None);
    let length = if next.awaited { status_words::awaited(lang).to_owned() } else { phrases::about(lang, next.length_ms) };
    let in_time = next.planned_at - AMPLIFIER > status.at;
    let idle = status.now.is_empty() && status.state != State::Hold;
    Some(NextLine {
        says: phrases::next(lang, &short(glance, next.planned_at), &name, &length),
        amplifier: (idle && in_time).then(|| phrases::amplifier(lang, &short(glance, next.planned_at - AMPLIFIER))),
    })
}

#[derive(Template)]
#[template(path = "parts/machine.html")]
struct MachinePart<'a> {
    w: &'a ConsoleWords,
    faults: Vec<TroubleLine>,
    warnings: Vec<TroubleLine>,
}

/// What is wrong, and what to do.
struct TroubleLine {
    what: String,
    detail: String,
    remedy: String,
}

impl<'a> MachinePart<'a> {
    fn of(glance: &TodayGlance, w: &'a ConsoleWords) -> MachinePart<'a> {
        let several = glance.plan.outputs.len() > 1;
        let line = |fault: &FaultStatus| {
            let (what, remedy) = status_words::fault(w.lang, fault.code);
            let output = fault.output.as_ref().filter(|_| several).map(|output| format!("{output}: ")).unwrap_or_default();
            TroubleLine { what: capital(&format!("{output}{what}")), detail: fault.detail.clone(), remedy: remedy.to_owned() }
        };
        let status = &glance.status;
        MachinePart { w, faults: status.faults.iter().map(line).collect(), warnings: status.warnings.iter().map(line).collect() }
    }
}

pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "parts/slots.html")]
struct SlotsPart<'a> {
    w: &'a ConsoleWords,
    lines: Vec<SlotLine>,
    yesterday: Option<String>,
    is_blind: bool,
}

/// A slot of a day in words; several outputs that go alike are one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotLine {
    pub at: String,
    pub name: String,
    /// How it stands: `good`, `on`, `no`, `bad` or `later`.
    pub kind: &'static str,
    pub mark: &'static str,
    pub says: String,
    pub why: Option<String>,
}

fn lines(glance: &TodayGlance, lang: Language) -> Vec<SlotLine> {
    let zone = &glance.plan.station.timezone;
    let slots: Vec<DaySlot> = glance.list.slots.iter().filter(|slot| !slot.is_stood_in_for()).cloned().collect();
    slot_lines(&slots, glance.plan.outputs.len(), lang, &|at| zone.civil(at).strftime("%H:%M").to_string())
}

/// The slots in words; `time` prints their instants.
pub fn slot_lines(slots: &[DaySlot], all_outputs: usize, lang: Language, time: &dyn Fn(Wall) -> String) -> Vec<SlotLine> {
    let mut groups: Vec<(&DaySlot, Vec<&OutputId>)> = Vec::new();
    for slot in slots {
        let key = |slot: &DaySlot| (slot.slot.planned_at, slot.slot.broadcast.clone(), slot.standing);
        match groups.iter_mut().find(|(other, _)| key(other) == key(slot)) {
            Some((_, outputs)) => outputs.push(&slot.slot.output),
            None => groups.push((slot, vec![&slot.slot.output])),
        }
    }
    let line = |(slot, outputs): (&DaySlot, Vec<&OutputId>)| {
        let on = if outputs.len() < all_outputs { format!(" ({})", joined(&outputs)) } else { String::new() };
        let (kind, mark, says, why) = standing(slot, lang);
        SlotLine { at: time(slot.slot.planned_at), name: format!("{}{on}", slot.name), kind, mark, says, why }
    };
    groups.into_iter().map(line).collect()
}

/// Colour, shape and word together, and the reason where there is one.
fn standing(slot: &DaySlot, lang: Language) -> (&'static str, &'static str, String, Option<String>) {
    let why = |outcome: Outcome| outcome.reason.map(|reason| capital(rundown_words::reason(lang, reason)));
    match slot.standing {
        SlotStanding::OnAir => ("on", "●", phrases::on_air(lang).to_owned(), None),
        SlotStanding::Waits => ("later", "○", phrases::waits(lang).to_owned(), None),
        SlotStanding::Comes => ("later", "○", phrases::about(lang, millis(slot.length)), None),
        SlotStanding::LeftOut(outcome) => ("no", "–", phrases::left_out(lang).to_owned(), why(outcome)),
        SlotStanding::Ended(outcome) => {
            let says = rundown_words::status(lang, outcome.status).to_owned();
            match outcome.status {
                Status::Aired => ("good", "✓", says, None),
                Status::Partial => ("bad", "◐", says, why(outcome)),
                Status::Missed => ("bad", "✕", says, why(outcome)),
                Status::Skipped => ("no", "–", says, why(outcome)),
            }
        }
    }
}

fn millis(length: SignedDuration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

fn yesterday(glance: &TodayGlance, lang: Language) -> Option<String> {
    let sum = glance.list.yesterday;
    (sum.owed() > 0).then(|| phrases::yesterday(lang, sum.aired, sum.owed()))
}

/// An instant by the station's clock; another day's with its day.
pub fn short(glance: &TodayGlance, at: Wall) -> String {
    let civil = glance.plan.station.timezone.civil(at);
    civil.strftime(if civil.date() == glance.today { "%H:%M" } else { "%H:%M %d/%m" }).to_string()
}

/// What the station's clock shows.
pub fn clock(glance: &TodayGlance) -> String {
    glance.plan.station.timezone.civil(glance.status.at).strftime("%H:%M:%S").to_string()
}
