//! An emergency: the one order that asks twice. What, why, on whose order; the PIN again; then five seconds in which it can be called off.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::SignedDuration;
use serde::Deserialize;

use crate::console::order_book::{COUNTDOWN, Countdown, OrderAnswer};
use crate::console::page::{PageFrame, Tab, show, trouble};
use crate::console::pages::form::{Filled, fresh_id, is_id, typed};
use crate::console::pages::orders::{ItemChoice, carried_out, grave_choices};
use crate::console::pages::sign_in::why_not;
use crate::console::site::{Caller, SharedSite};
use crate::control::request::Ask;
use crate::lang::console::{self as phrases, words};
use crate::terms::Priority;

/// What can be chosen, in minutes and in times.
const LASTING: [i64; 5] = [10, 30, 60, 120, 240];
const TIMES: [u32; 5] = [1, 2, 3, 5, 10];

#[derive(Template)]
#[template(path = "emergency.html")]
struct EmergencyPage {
    p: PageFrame,
    choices: Vec<(String, Vec<ItemChoice>)>,
    lasting: [i64; 5],
    times: [u32; 5],
    asks_pin: bool,
    wrong: Option<String>,
    id: String,
    filled: EmergencyForm,
}

#[derive(Clone, Default, Deserialize)]
pub struct EmergencyForm {
    id: String,
    item: String,
    reason: String,
    #[serde(default)]
    on_order_of: String,
    minutes: i64,
    times: u32,
    #[serde(default)]
    pin: String,
}

impl EmergencyForm {
    fn is_item(&self, id: &str) -> bool {
        self.item == id
    }
}

pub async fn page(State(site): State<SharedSite>, caller: Caller) -> Response {
    let empty = EmergencyForm { minutes: 30, times: 1, ..EmergencyForm::default() };
    form(&site, &caller, StatusCode::OK, empty, None)
}

fn form(site: &SharedSite, caller: &Caller, status: StatusCode, filled: EmergencyForm, wrong: Option<String>) -> Response {
    let p = caller.page(site, Tab::Other, words(caller.lang).emergency);
    let choices = grave_choices(&(site.window.in_force)().plan, caller.lang);
    let asks_pin = caller.visitor.name.is_some();
    show(status, &EmergencyPage { p, choices, lasting: LASTING, times: TIMES, asks_pin, wrong, id: fresh_id(), filled })
}

pub async fn order(State(site): State<SharedSite>, caller: Caller, Filled(filled): Filled<EmergencyForm>) -> Response {
    let lang = caller.lang;
    let Some(reason) = typed(&filled.reason) else {
        return form(&site, &caller, StatusCode::BAD_REQUEST, filled, Some(phrases::reason_missing(lang).to_owned()));
    };
    let fits = is_id(&filled.id) && (1..=24 * 60).contains(&filled.minutes) && (1..=100).contains(&filled.times);
    if !fits {
        return trouble(&site.window, lang, caller.wants_json, StatusCode::BAD_REQUEST, phrases::bad_form(lang));
    }
    if let Some(name) = &caller.visitor.name
        && let Err(why) = site.access.checked(name, &filled.pin).await
    {
        let filled = EmergencyForm { pin: String::new(), ..filled };
        return form(&site, &caller, StatusCode::FORBIDDEN, filled, Some(why_not(lang, &why)));
    }
    let reason = typed(&filled.on_order_of).map_or(reason.clone(), |who| phrases::on_order_of(lang, &reason, &who));
    let ask = Ask::Play {
        item: filled.item.as_str().into(),
        priority: Priority::Emergency,
        outputs: Vec::new(),
        reason: Some(reason),
        times: Some(filled.times),
        every: (filled.times > 1).then(|| SignedDuration::from_mins(filled.minutes) / i32::try_from(filled.times).unwrap_or(1)),
        lasting: Some(SignedDuration::from_mins(filled.minutes)),
    };
    if site.orders.count_down(&filled.id) {
        let (site, caller, id) = (site.clone(), caller.clone(), filled.id.clone());
        // The order stands although the phone dies meanwhile.
        tokio::spawn(async move {
            if site.orders.is_over(&id, COUNTDOWN).await {
                let answer = carried_out(&site, &caller, ask).await;
                site.orders.ordered(&id, answer);
            }
        });
    }
    Redirect::to(&format!("/emergency/{}", filled.id)).into_response()
}

#[derive(Template)]
#[template(path = "countdown.html")]
struct CountdownPage {
    p: PageFrame,
    id: String,
    /// Seconds that are left to call it off.
    left: Option<u64>,
    /// It is called off.
    is_off: bool,
    said: Option<OrderAnswer>,
}

pub async fn countdown(State(site): State<SharedSite>, caller: Caller, Path(id): Path<String>) -> Response {
    let lang = caller.lang;
    let Some(countdown) = site.orders.countdown(&id) else {
        return trouble(&site.window, lang, caller.wants_json, StatusCode::NOT_FOUND, phrases::no_such_page(lang));
    };
    let p = caller.page(&site, Tab::Other, words(lang).emergency);
    let (left, is_off, said) = match countdown {
        Countdown::Counting(since) => (Some(COUNTDOWN.saturating_sub(since.elapsed()).as_secs() + 1), false, None),
        Countdown::CalledOff => (None, true, None),
        // It is on its way to the station.
        Countdown::Ordered(answer) if answer.text.is_empty() => (Some(0), false, None),
        Countdown::Ordered(answer) => (None, false, Some(answer)),
    };
    show(StatusCode::OK, &CountdownPage { p, id, left, is_off, said })
}

pub async fn call_off(State(site): State<SharedSite>, Path(id): Path<String>) -> Response {
    // Too late is shown by the page itself.
    site.orders.call_off(&id);
    let to = if is_id(&id) { format!("/emergency/{id}") } else { "/".to_owned() };
    Redirect::to(&to).into_response()
}
