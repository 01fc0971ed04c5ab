//! Orders: each form is one request to the station, with the id of its button and the name of whoever pressed it.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;
use serde_json::json;

use crate::console::order_book::OrderAnswer;
use crate::console::page::{PageFrame, Tab, show, trouble};
use crate::console::pages::form::{Filled, back, fresh_id, is_id, typed};
use crate::console::site::{Caller, SharedSite, Site};
use crate::control::request::{Answer, Ask, Until};
use crate::lang::Language;
use crate::lang::console::{self as phrases, words};
use crate::lang::orders as order_words;
use crate::lang::written::Telling;
use crate::plan::{Item, Plan};
use crate::terms::*;

/// What every order's form has.
#[derive(Deserialize)]
pub struct PressForm {
    id: String,
    #[serde(default)]
    back: String,
}

#[derive(Deserialize)]
pub struct HoldForm {
    #[serde(flatten)]
    press: PressForm,
    /// As a browser's field writes it; empty: until released.
    #[serde(default)]
    until: String,
}

#[derive(Deserialize)]
pub struct SkipForm {
    #[serde(flatten)]
    press: PressForm,
    broadcast: String,
    date: Date,
    time: Option<Time>,
}

#[derive(Deserialize)]
pub struct PlayForm {
    #[serde(flatten)]
    press: PressForm,
    item: String,
    #[serde(default)]
    first: String,
}

pub async fn stop(State(site): State<SharedSite>, caller: Caller, Filled(press): Filled<PressForm>) -> Response {
    give(&site, &caller, press, Ask::Stop { output: None }).await
}

pub async fn release(State(site): State<SharedSite>, caller: Caller, Filled(press): Filled<PressForm>) -> Response {
    give(&site, &caller, press, Ask::Release).await
}

pub async fn confirm_clock(State(site): State<SharedSite>, caller: Caller, Filled(press): Filled<PressForm>) -> Response {
    // What the page shows, which whoever presses has compared with a good clock.
    let shown = (site.window.in_force)().plan.station.timezone.civil((site.window.now)());
    give(&site, &caller, press, Ask::ConfirmClock { shown: Some(shown), back: false }).await
}

pub async fn hold(State(site): State<SharedSite>, caller: Caller, Filled(form): Filled<HoldForm>) -> Response {
    let until = match typed(&form.until).map(|text| until(&text).ok_or(())) {
        None => None,
        Some(Ok(until)) => Some(until),
        Some(Err(())) => return unfit(&site, &caller, phrases::bad_time(caller.lang)),
    };
    give(&site, &caller, form.press, Ask::Hold { until }).await
}

fn until(text: &str) -> Option<Until> {
    let at = text.parse::<DateTime>().ok().filter(|_| text.contains('T')).map(Until::At);
    at.or_else(|| text.parse::<Time>().ok().map(Until::Next))
}

pub async fn skip(State(site): State<SharedSite>, caller: Caller, Filled(form): Filled<SkipForm>) -> Response {
    let SkipForm { press, broadcast, date, time } = form;
    give(&site, &caller, press, Ask::Skip { broadcast: broadcast.as_str().into(), date, time }).await
}

pub async fn unskip(State(site): State<SharedSite>, caller: Caller, Filled(form): Filled<SkipForm>) -> Response {
    let SkipForm { press, broadcast, date, time } = form;
    give(&site, &caller, press, Ask::Unskip { broadcast: broadcast.as_str().into(), date, time }).await
}

pub async fn play(State(site): State<SharedSite>, caller: Caller, Filled(form): Filled<PlayForm>) -> Response {
    let priority = if form.first.is_empty() { Priority::Ordinary } else { Priority::Priority };
    let item = form.item.as_str().into();
    let ask = Ask::Play { item, priority, outputs: Vec::new(), reason: None, times: None, every: None, lasting: None };
    give(&site, &caller, form.press, ask).await
}

#[derive(Template)]
#[template(path = "play.html")]
struct PlayPage {
    p: PageFrame,
    choices: Vec<(String, Vec<ItemChoice>)>,
    id: String,
}

/// An item of the plan to choose.
pub struct ItemChoice {
    pub id: String,
    pub title: String,
}

pub async fn play_page(State(site): State<SharedSite>, caller: Caller) -> Response {
    let p = caller.page(&site, Tab::Other, words(caller.lang).play);
    let choices = choices(&(site.window.in_force)().plan, caller.lang);
    show(StatusCode::OK, &PlayPage { p, choices, id: fresh_id() })
}

/// What can be ordered: announcements and notices, by topic.
pub fn choices(plan: &Plan, lang: Language) -> Vec<(String, Vec<ItemChoice>)> {
    let speaks = |item: &Item| matches!(item.kind, ItemKind::Announcement | ItemKind::Notice);
    let named = plan.topics.iter().map(|topic| {
        let name = lang.pick(topic.name.vi.as_str(), topic.name.en.as_deref().unwrap_or(&topic.name.vi));
        (name.to_owned(), chosen(plan, |item| speaks(item) && item.topic.as_ref() == Some(&topic.id)))
    });
    let others = (words(lang).other_items.to_owned(), chosen(plan, |item| speaks(item) && item.topic.is_none()));
    named.chain([others]).filter(|(_, items)| !items.is_empty()).collect()
}

/// What can be ordered as an emergency: what was recorded for that comes first.
pub fn grave_choices(plan: &Plan, lang: Language) -> Vec<(String, Vec<ItemChoice>)> {
    let grave = (words(lang).emergency_items.to_owned(), chosen(plan, |item| item.kind == ItemKind::Emergency));
    [grave].into_iter().filter(|(_, items)| !items.is_empty()).chain(choices(plan, lang)).collect()
}

fn chosen(plan: &Plan, is_meant: impl Fn(&Item) -> bool) -> Vec<ItemChoice> {
    let choice = |item: &Item| ItemChoice { id: item.id.to_string(), title: item.title.clone() };
    plan.items.iter().filter(|item| is_meant(item)).map(choice).collect()
}

/// Gives an order for the first press of its button, and answers every press.
async fn give(site: &SharedSite, caller: &Caller, press: PressForm, ask: Ask) -> Response {
    if !is_id(&press.id) {
        return unfit(site, caller, phrases::bad_form(caller.lang));
    }
    let answer = site.orders.once(&press.id, carried_out(site, caller, ask)).await;
    if caller.wants_json {
        let status = if answer.is_good { StatusCode::OK } else { StatusCode::CONFLICT };
        return (status, Json(json!({ "ok": answer.is_good, "message": answer.text }))).into_response();
    }
    let to = back(&press.back);
    Redirect::to(&format!("{to}{}said={}", if to.contains('?') { '&' } else { '?' }, press.id)).into_response()
}

fn unfit(site: &Site, caller: &Caller, says: &str) -> Response {
    trouble(&site.window, caller.lang, caller.wants_json, StatusCode::BAD_REQUEST, says)
}

/// The station's answer, in words that say what will happen now.
pub async fn carried_out(site: &Site, caller: &Caller, ask: Ask) -> OrderAnswer {
    let lang = caller.lang;
    let (answer, kept) = match site.window.order(fresh_id(), caller.visitor.actor(), ask).await {
        Ok(answered) => answered,
        Err(failure) => return OrderAnswer { is_good: false, text: phrases::unheard(lang, &failure).to_owned() },
    };
    let plan = (site.window.in_force)().plan;
    let told = Telling { lang, zone: &plan.station.timezone, now: (site.window.now)() };
    let text = match &answer {
        Answer::Done(effect) => {
            let status = site.window.status().await;
            let next = status.as_ref().and_then(|status| status.next.iter().find(|next| next.left_out.is_none()));
            phrases::done(&told, effect, next.map(|next| next.planned_at))
        }
        Answer::Playing { title, until, .. } => phrases::playing(&told, title.as_deref().unwrap_or_default(), *until),
        Answer::Refused(refusal) => order_words::refused(&told, refusal),
    };
    let unwritten = if kept { String::new() } else { format!(" {}", phrases::not_kept(lang)) };
    OrderAnswer { is_good: !matches!(answer, Answer::Refused(_)), text: format!("{text}{unwritten}") }
}
