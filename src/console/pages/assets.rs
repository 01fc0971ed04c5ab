//! The files that pages are made with. They are part of the program: nothing is loaded from elsewhere.

use axum::http::header;
use axum::response::IntoResponse;

use crate::console::page::{SCRIPT, STYLE};

/// Their addresses change with what they hold (`page.rs`).
const KEPT: (header::HeaderName, &str) = (header::CACHE_CONTROL, "private, max-age=86400");

pub async fn style() -> impl IntoResponse {
    ([KEPT, (header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

pub async fn script() -> impl IntoResponse {
    ([KEPT, (header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

pub async fn icon() -> impl IntoResponse {
    ([KEPT, (header::CONTENT_TYPE, "image/svg+xml")], include_str!("../../../assets/console.svg"))
}
