//! Which path is answered by what. Every request comes through the guard first.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::console::guard::guard;
use crate::console::pages::{assets, emergency, log, missing, orders, reports, schedule, sign_in, technical, today};
use crate::console::site::SharedSite;

/// No form is longer.
const LONGEST_FORM: usize = 16 * 1024;

pub fn router(site: SharedSite) -> Router {
    Router::new()
        .route("/", get(today::page))
        .route("/live", get(today::live))
        .route("/play", get(orders::play_page).post(orders::play))
        .route("/stop", post(orders::stop))
        .route("/hold", post(orders::hold))
        .route("/release", post(orders::release))
        .route("/skip", post(orders::skip))
        .route("/unskip", post(orders::unskip))
        .route("/clock", post(orders::confirm_clock))
        .route("/emergency", get(emergency::page).post(emergency::order))
        .route("/emergency/{id}", get(emergency::countdown))
        .route("/emergency/{id}/cancel", post(emergency::call_off))
        .route("/schedule", get(schedule::month))
        .route("/schedule/{day}", get(schedule::day))
        .route("/log", get(log::page))
        .route("/reports", get(reports::page).post(reports::make))
        .route("/reports/{id}", get(reports::report))
        .route("/reports/{id}/cancel", post(reports::call_off))
        .route("/reports/{id}/preview", get(reports::preview))
        .route("/reports/{id}/{format}", get(reports::file))
        .route("/technical", get(technical::page))
        .route("/login", get(sign_in::page).post(sign_in::sign_in))
        .route("/logout", post(sign_in::sign_out))
        .route("/lang/{lang}", get(sign_in::choose_language))
        .route("/healthz", get(today::health))
        .route("/metrics", get(technical::metrics))
        .route("/console.css", get(assets::style))
        .route("/console.js", get(assets::script))
        .route("/icon.svg", get(assets::icon))
        .fallback(missing)
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(from_fn_with_state(site.clone(), guard))
        .with_state(site)
}
