//! The month, day by day, and a day, element by element.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::{Date, date};
use serde::Deserialize;

use crate::console::day::{DaySlot, SlotStanding, days};
use crate::console::order_book::OrderAnswer;
use crate::console::page::{PageFrame, Tab, show, trouble};
use crate::console::pages::form::{aside, fresh_id};
use crate::console::site::{Caller, SharedSite};
use crate::console::today::{SlotLine, capital, slot_lines};
use crate::lang::Language;
use crate::lang::console::{self as phrases, words};
use crate::lang::written::weekday;
use crate::lang::{rundown as rundown_words, status as status_words};
use crate::plan::Plan;
use crate::terms::*;

/// Years that a plan or a log could mean.
const YEARS: std::ops::Range<i16> = 2000..2200;

#[derive(Template)]
#[template(path = "month.html")]
struct MonthPage {
    p: PageFrame,
    name: String,
    before: String,
    after: String,
    /// Heads of the columns, and for a phone the day's own.
    weekdays: Vec<&'static str>,
    days: Vec<MonthDayCell>,
}

struct MonthDayCell {
    path: String,
    number: i8,
    /// `8/10`, for Vietnamese readers.
    lunar: Option<String>,
    weekday: &'static str,
    /// The column of the month's first day.
    column: i8,
    is_today: bool,
    /// Nothing is known of it any more: a phone leaves it out.
    is_blank: bool,
    bands: Vec<String>,
    counts: Vec<SlotCount>,
}

/// So many slots of a day stand alike.
struct SlotCount {
    kind: &'static str,
    mark: &'static str,
    count: usize,
    says: String,
}

#[derive(Deserialize)]
pub struct MonthQuery {
    month: Option<String>,
}

pub async fn month(State(site): State<SharedSite>, caller: Caller, Query(query): Query<MonthQuery>) -> Response {
    let lang = caller.lang;
    let plan = (site.window.in_force)().plan;
    let today = plan.station.timezone.civil((site.window.now)()).date();
    let asked = query.month.as_deref().map(|month| format!("{month}-01").parse::<Date>());
    let first = match asked {
        None => today.first_of_month(),
        Some(Ok(first)) if YEARS.contains(&first.year()) => first,
        Some(_) => return trouble(&site.window, lang, caller.wants_json, StatusCode::NOT_FOUND, phrases::no_such_page(lang)),
    };
    let window = site.window.clone();
    let status = site.window.status().await;
    let read = aside(move || days(&window, first, first.last_of_month(), status.as_ref())).await;
    let Some(Ok(slots)) = read else {
        return trouble(&site.window, lang, caller.wants_json, StatusCode::SERVICE_UNAVAILABLE, words(lang).log_blind);
    };
    let mut by_day: BTreeMap<Date, Vec<DaySlot>> = BTreeMap::new();
    for slot in slots.into_iter().filter(|slot| !slot.is_stood_in_for()) {
        by_day.entry(plan.station.timezone.civil(slot.slot.planned_at).date()).or_default().push(slot);
    }
    let cells = (1..=first.days_in_month()).filter_map(|day| {
        let day = Date::new(first.year(), first.month(), day).ok()?;
        Some(cell(day, today, by_day.get(&day).map_or(&[][..], Vec::as_slice), &plan, lang))
    });
    let link = |month: Result<Date, jiff::Error>| {
        month.map_or_else(|_| "/schedule".to_owned(), |first| format!("/schedule?month={}", first.strftime("%Y-%m")))
    };
    let page = MonthPage {
        p: caller.page(&site, Tab::Schedule, words(lang).schedule),
        name: phrases::month(lang, first),
        before: link(first.yesterday().map(|last| last.first_of_month())),
        after: link(first.last_of_month().tomorrow()),
        weekdays: (2..9).map(|day| weekday(lang, date(2026, 11, day).weekday())).collect(),
        days: cells.collect(),
    };
    show(StatusCode::OK, &page)
}

fn cell(day: Date, today: Date, slots: &[DaySlot], plan: &Plan, lang: Language) -> MonthDayCell {
    let mut counts: Vec<SlotCount> = Vec::new();
    for line in slot_lines(slots, plan.outputs.len(), lang, &|_| String::new()) {
        match counts.iter_mut().find(|count| count.kind == line.kind && count.mark == line.mark) {
            Some(count) => count.count += 1,
            None => {
                let says = if line.kind == "later" { words(lang).planned.to_owned() } else { line.says };
                counts.push(SlotCount { kind: line.kind, mark: line.mark, count: 1, says });
            }
        }
    }
    let bands = plan.campaigns.iter().filter(|campaign| campaign.days.contain(day)).map(|campaign| campaign.name.clone());
    MonthDayCell {
        path: format!("/schedule/{day}"),
        number: day.day(),
        lunar: phrases::lunar_day(lang, day),
        weekday: weekday(lang, day.weekday()),
        column: day.weekday().to_monday_one_offset(),
        is_today: day == today,
        is_blank: day < today && slots.is_empty(),
        bands: bands.collect(),
        counts,
    }
}

#[derive(Template)]
#[template(path = "day.html")]
struct DayPage {
    p: PageFrame,
    name: String,
    before: Option<String>,
    after: Option<String>,
    here: String,
    slots: Vec<DaySlotView>,
    said: Option<OrderAnswer>,
}

/// A slot with its elements, and what can be ordered of it.
struct DaySlotView {
    line: SlotLine,
    elements: Vec<ElementView>,
    is_forecast: bool,
    /// The order that its button gives: to skip it, or to air it after all.
    act: Option<SlotOrder>,
}

struct ElementView {
    title: String,
    length: String,
    why: Option<String>,
}

struct SlotOrder {
    path: &'static str,
    says: &'static str,
    id: String,
    broadcast: String,
    date: String,
    time: String,
}

#[derive(Deserialize)]
pub struct DayQuery {
    said: Option<String>,
}

pub async fn day(
    State(site): State<SharedSite>,
    caller: Caller,
    Path(day): Path<String>,
    Query(query): Query<DayQuery>,
) -> Response {
    let lang = caller.lang;
    let Some(day) = day.parse::<Date>().ok().filter(|day| YEARS.contains(&day.year())) else {
        return trouble(&site.window, lang, caller.wants_json, StatusCode::NOT_FOUND, phrases::no_such_page(lang));
    };
    let plan = (site.window.in_force)().plan;
    let window = site.window.clone();
    let status = site.window.status().await;
    let Some(Ok(slots)) = aside(move || days(&window, day, day, status.as_ref())).await else {
        return trouble(&site.window, lang, caller.wants_json, StatusCode::SERVICE_UNAVAILABLE, words(lang).log_blind);
    };
    let p = caller.page(&site, Tab::Schedule, words(lang).schedule);
    let link = |day: Date| format!("/schedule/{day}");
    let page = DayPage {
        name: phrases::date_with_lunar(lang, day),
        before: day.yesterday().ok().map(link),
        after: day.tomorrow().ok().map(link),
        here: link(day),
        slots: views(&slots, &plan, lang, p.may_order),
        said: query.said.and_then(|id| site.orders.answered(&id)),
        p,
    };
    show(StatusCode::OK, &page)
}

/// Each broadcast once; of several outputs the first stands for those that go alike.
fn views(slots: &[DaySlot], plan: &Plan, lang: Language, may_order: bool) -> Vec<DaySlotView> {
    let time = |at: Wall| plan.station.timezone.civil(at).strftime("%H:%M").to_string();
    let key = |slot: &DaySlot| (slot.slot.planned_at, slot.slot.broadcast.clone(), slot.standing);
    let mut firsts: Vec<&DaySlot> = Vec::new();
    for slot in slots {
        if !firsts.iter().any(|first| key(first) == key(slot)) {
            firsts.push(slot);
        }
    }
    let lines = slot_lines(slots, plan.outputs.len(), lang, &time);
    let view = |(slot, line): (&DaySlot, SlotLine)| DaySlotView {
        line,
        elements: elements(slot, lang),
        is_forecast: slot.forecast,
        act: may_order.then(|| act(slot, plan, lang)).flatten(),
    };
    firsts.into_iter().zip(lines).map(view).collect()
}

fn elements(slot: &DaySlot, lang: Language) -> Vec<ElementView> {
    let sounded = slot.elements.iter().map(|element| ElementView {
        title: element.title.clone().unwrap_or_else(|| rundown_words::empty_pool(lang).to_owned()),
        length: status_words::length(lang, element.length_ms),
        why: element.outcome.and_then(|outcome| outcome.reason).map(|reason| capital(rundown_words::reason(lang, reason))),
    });
    let dropped = slot.dropped.iter().map(|dropped| ElementView {
        title: dropped.title.clone(),
        length: String::new(),
        why: Some(capital(&rundown_words::dropped(lang, &dropped.title, dropped.reason, dropped.limit))),
    });
    sounded.chain(dropped).collect()
}

fn act(slot: &DaySlot, plan: &Plan, lang: Language) -> Option<SlotOrder> {
    let w = words(lang);
    let (path, says) = match slot.standing {
        SlotStanding::Comes => ("/skip", w.skip),
        SlotStanding::LeftOut(Outcome { reason: Some(Reason::Operator), .. }) => ("/unskip", w.unskip),
        SlotStanding::Ended(_) | SlotStanding::OnAir | SlotStanding::Waits | SlotStanding::LeftOut(_) => return None,
    };
    let at = plan.station.timezone.civil(slot.slot.planned_at);
    let (date, time) = (at.date().to_string(), at.time().strftime("%H:%M:%S").to_string());
    Some(SlotOrder { path, says, id: fresh_id(), broadcast: slot.slot.broadcast.to_string(), date, time })
}
