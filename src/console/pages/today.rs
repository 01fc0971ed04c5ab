//! The first page, what keeps it up to date, and the one word for whoever watches over many stations.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::console::order_book::OrderAnswer;
use crate::console::page::{PageFrame, Tab, show, trouble};
use crate::console::pages::form::fresh_id;
use crate::console::site::{Caller, SharedSite};
use crate::console::today::{clock, parts};
use crate::control::status::State as StationState;
use crate::lang::console::{self as phrases, words};
use crate::lang::status as status_words;

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    p: PageFrame,
    state: String,
    /// Whether the clock is believed.
    belief: String,
    clock: String,
    day: String,
    word: String,
    now: String,
    machine: String,
    slots: String,
    said: Option<OrderAnswer>,
    ids: [String; 5],
}

#[derive(Deserialize)]
pub struct SaidQuery {
    said: Option<String>,
}

pub async fn page(State(site): State<SharedSite>, caller: Caller, Query(SaidQuery { said }): Query<SaidQuery>) -> Response {
    let lang = caller.lang;
    let p = caller.page(&site, Tab::Today, words(lang).today);
    let said = said.and_then(|id| site.orders.answered(&id));
    let ids = std::array::from_fn(|_| fresh_id());
    let Some(glance) = site.glancer.look(&site.window).await else {
        let word = words(lang).lost.to_owned();
        let (state, belief, now) = ("lost".to_owned(), "good".to_owned(), words(lang).lost_text.to_owned());
        let nothing = String::new;
        let page = TodayPage {
            p,
            state,
            belief,
            clock: nothing(),
            day: nothing(),
            word,
            now,
            machine: nothing(),
            slots: nothing(),
            said,
            ids,
        };
        return show(StatusCode::OK, &page);
    };
    let clock = clock(&glance);
    let [state, belief, day, word, now, machine, slots] = parts(&glance, lang);
    show(StatusCode::OK, &TodayPage { p, state, belief, clock, day, word, now, machine, slots, said, ids })
}

/// What the open page is told as it happens.
pub async fn live(State(site): State<SharedSite>, caller: Caller) -> Response {
    match site.live.follow(caller.lang) {
        Some(told) => told.into_response(),
        None => {
            let full = phrases::too_many_pages(caller.lang);
            let mut response = trouble(&site.window, caller.lang, true, StatusCode::SERVICE_UNAVAILABLE, full);
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("15"));
            response
        }
    }
}

/// `503` exactly when the status says fault, or says nothing.
pub async fn health(State(site): State<SharedSite>) -> Response {
    let lang = (site.window.in_force)().plan.station.language;
    match site.window.status().await {
        Some(status) => {
            let code = if status.state == StationState::Fault { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
            (code, status_words::state(lang, status.state)).into_response()
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, words(lang).lost).into_response(),
    }
}
