//! What each page answers: a request in, a view of values out.

pub mod assets;
pub mod emergency;
pub mod form;
pub mod log;
pub mod orders;
pub mod reports;
pub mod schedule;
pub mod sign_in;
pub mod technical;
pub mod today;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::page::trouble;
use crate::console::site::{Caller, SharedSite};
use crate::lang::console as phrases;

/// What is not there.
pub async fn missing(State(site): State<SharedSite>, caller: Caller) -> Response {
    trouble(&site.window, caller.lang, caller.wants_json, StatusCode::NOT_FOUND, phrases::no_such_page(caller.lang))
}
