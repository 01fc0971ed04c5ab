//! The conductor on the virtual clock, told as stories: a plan, what happens, and the log that must come of it.

mod airs;
mod breaks;
mod chaos;
mod clocks;
mod emergencies;
mod fits;
mod in_force;
mod orders;
mod pairs;
mod station;
mod waits;

use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::element::{Element, ItemFacts, SlotFacts};
use crate::asrun::row::Row;
use crate::control::request::{Answer, Refusal};
use crate::control::status::{ClockStatus, DeviceState, State};
use crate::playout::cue::*;
use crate::rundown::{Planned, Rundown};
use crate::terms::*;
use station::{Builder, Station, judged, trusted_clock};

/// 05:00 of a day; the session is 05:30–06:30.
const DAY: Wall = Wall(1_794_000_000_000_000_000);

pub fn at(minutes: f64) -> Wall {
    Wall(DAY.0 + (minutes * 60e9).round() as i64)
}

pub fn secs(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// One broadcast of a test's plan.
#[derive(Clone, Debug)]
pub struct B {
    pub id: &'static str,
    pub at: f64,
    /// Seconds of each element: announcements, but for a name that begins with `signal`.
    elements: Vec<(&'static str, i64)>,
    pub priority: Priority,
    pub late: i64,
    output: &'static str,
    pub picked: bool,
    quota: Option<i64>,
    pause: i64,
    /// When its session opens, in minutes; it is an hour long.
    pub opens: f64,
    pub broken: Option<(&'static str, Reason)>,
}

pub fn b(id: &'static str, at: f64, elements: &[(&'static str, i64)]) -> B {
    B {
        id,
        at,
        elements: elements.to_vec(),
        priority: Priority::Ordinary,
        late: 300,
        output: "amplifier",
        picked: false,
        quota: None,
        pause: 0,
        opens: 30.0,
        broken: None,
    }
}

impl B {
    pub fn planned(&self, plan: &str, rank: u32) -> Planned {
        let planned_at = at(self.at);
        let mut offset = SignedDuration::ZERO;
        let elements: Vec<Element> = self
            .elements
            .iter()
            .map(|(item, seconds)| {
                let kind = if item.starts_with("signal") { ItemKind::Signal } else { ItemKind::Announcement };
                let facts = ItemFacts {
                    item: (*item).into(),
                    kind,
                    title: (*item).into(),
                    topic: None,
                    tags: vec![],
                    language: "vi".into(),
                    supplier: None,
                    contacts: vec![],
                    duty: false,
                    translation_of: None,
                    file_hash: Some(FileHash::from(*item)),
                };
                let unplayable = self.broken.filter(|(broken, _)| broken == item).map(|(_, reason)| reason);
                let element = Element {
                    facts: Some(Arc::new(facts)),
                    picked: self.picked && kind == ItemKind::Announcement,
                    length: secs(*seconds),
                    pause: secs(if unplayable.is_none() { self.pause } else { 0 }),
                    speaker: Speaker::Flat,
                    gain_db: 0.0,
                    level_lufs: Some(-18.0),
                    offset,
                    unplayable,
                    awaited: false,
                };
                if unplayable.is_none() {
                    offset += secs(*seconds + self.pause);
                }
                element
            })
            .collect();
        let session = Session { opens: at(self.opens), closes: at(self.opens + 60.0), quota: self.quota.map(secs) };
        Planned {
            slot: Slot { planned_at, broadcast: self.id.into(), output: self.output.into() },
            facts: Arc::new(SlotFacts {
                station: "test".into(),
                zones: vec![],
                campaign: None,
                programme: (!self.id.starts_with('@')).then(|| self.id.into()),
                priority: self.priority,
                plan_hash: plan.into(),
            }),
            rank,
            late: secs(self.late),
            start_by: (planned_at + secs(self.late)).min(session.closes),
            end_by: session.closes,
            session: Some(session),
            elements: elements.into(),
            dropped: vec![],
            left_out: None,
            forecast: false,
        }
    }
}

pub fn rundown(plan: &str, broadcasts: &[B], from: Wall, to: Wall) -> Rundown {
    let mut slots: Vec<Planned> = broadcasts.iter().zip(0..).map(|(b, rank)| b.planned(plan, rank)).collect();
    slots.retain(|p| from <= p.slot.planned_at && p.slot.planned_at < to);
    slots.sort_by(|a, b| a.slot.cmp(&b.slot));
    let mut outputs: Vec<OutputId> = broadcasts.iter().map(|b| b.output.into()).collect();
    outputs.dedup();
    Rundown { from, to, plan_hash: plan.into(), station: "test".into(), outputs, slots, standing: vec![] }
}

pub fn builder(broadcasts: Vec<B>) -> Builder<'static> {
    Box::new(move |_, from, to, _| rundown("plan", &broadcasts, from, to))
}

fn station(broadcasts: &[B]) -> Station<'static> {
    Station::start(at(0.0), builder(broadcasts.to_vec())).with_marks()
}

/// The log in short: `item@seconds-after-05:30+seconds status/reason`, `=broadcast status/reason`.
fn short(rows: &[Row]) -> Vec<String> {
    let seconds = |wall: Wall| (wall - at(30.0)).as_millis() as f64 / 1000.0;
    rows.iter()
        .filter_map(|row| {
            let reason = row.reason.map(|r| format!("/{r}")).unwrap_or_default();
            let status = row.status.map(|s| s.to_string()).unwrap_or_default();
            match row.kind() {
                Kind::Air => Some(match row.started_at {
                    Some(started) => format!(
                        "{}@{}+{} {status}{reason}",
                        row.item.as_ref().unwrap(),
                        seconds(started),
                        row.airtime_ms.unwrap() as f64 / 1000.0
                    ),
                    None => format!("{} {status}{reason}", row.item.as_ref().unwrap()),
                }),
                Kind::End => Some(format!("={} {status}{reason}", row.broadcast.as_ref().unwrap())),
                _ => None,
            }
        })
        .collect()
}

#[track_caller]
fn expect(station: &Station, wanted: &[&str]) {
    assert_eq!(short(&station.rows), wanted);
}

/// An element as a person's order has it.
fn ordered(item: &'static str, seconds: i64, offset: i64, pause: i64) -> Element {
    let tone = item == crate::library::attention::ITEM;
    let name = if tone { "signal" } else { item };
    let element = b("order", 0.0, &[(name, seconds)]).planned("plan", 0).elements[0].clone();
    let facts = ItemFacts { item: item.into(), ..element.facts.as_deref().unwrap().clone() };
    Element { facts: Some(Arc::new(facts)), offset: secs(offset), pause: secs(pause), ..element }
}

impl Station<'_> {
    /// Orders an item now, inside hours.
    pub fn play(&mut self, item: &'static str, seconds: i64, priority: Priority) -> Answer {
        let mut order = b("@request", (self.wall() - at(0.0)).as_secs_f64() / 60.0, &[(item, seconds)]);
        order.priority = priority;
        let mut planned = order.planned("plan", 99);
        planned.slot.planned_at = self.wall();
        let ask = Order::Play { item: item.into(), priority, outputs: vec![], reason: None, emergency: None };
        self.ask(ask, Some(Box::new(PlayOrder { slots: vec![planned] }))).unwrap()
    }

    /// Calls an emergency now, on the one output; times are seconds.
    pub fn emergency(&mut self, item: &'static str, seconds: i64, times: u32, every: i64, lasting: i64) -> Answer {
        let mut planned = b("@request", 0.0, &[(item, seconds)]).planned("plan", 99);
        let now = self.wall();
        let tone = crate::library::attention::ITEM;
        let elements = (0..i64::from(times)).flat_map(|time| {
            let pause = if time + 1 < i64::from(times) { every - seconds - 2 } else { 0 };
            [ordered(tone, 2, time * every, 0), ordered(item, seconds, time * every + 2, pause)]
        });
        planned.elements = elements.collect();
        planned.slot.planned_at = now;
        let facts = SlotFacts { priority: Priority::Emergency, ..(*planned.facts).clone() };
        (planned.facts, planned.session, planned.end_by) = (Arc::new(facts), None, now + secs(lasting));
        planned.start_by = planned.end_by;
        let emergency = Emergency { lasting: secs(lasting), times, every: secs(every) };
        let (priority, reason) = (Priority::Emergency, Some("flood".into()));
        let ask = Order::Play { item: item.into(), priority, outputs: vec![], reason, emergency: Some(emergency) };
        self.ask(ask, Some(Box::new(PlayOrder { slots: vec![planned] }))).unwrap()
    }
}

pub fn doubtful() -> ClockStatus {
    ClockStatus { evidence: Evidence::Carried, doubtful: true, why: Some(Doubt::Carried) }
}
