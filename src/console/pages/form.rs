//! What comes in from a page's form.

use std::time::Duration;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::Response;
use serde::de::DeserializeOwned;

use crate::console::access::sessions::random_hex;
use crate::console::page::trouble;
use crate::console::site::{Caller, SharedSite};
use crate::lang::console as phrases;

/// A form that was filled in; one that was not is answered with what to do.
pub struct Filled<T>(pub T);

impl<T: DeserializeOwned> FromRequest<SharedSite> for Filled<T> {
    type Rejection = Response;

    async fn from_request(request: Request, site: &SharedSite) -> Result<Filled<T>, Response> {
        let caller = request.extensions().get::<Caller>().cloned();
        match Form::<T>::from_request(request, site).await {
            Ok(Form(form)) => Ok(Filled(form)),
            Err(_) => {
                let lang = caller.as_ref().map_or((site.window.in_force)().plan.station.language, |caller| caller.lang);
                let json = caller.is_some_and(|caller| caller.wants_json);
                Err(trouble(&site.window, lang, json, StatusCode::BAD_REQUEST, phrases::bad_form(lang)))
            }
        }
    }
}

/// How long a page may wait for files.
const FILES_WITHIN: Duration = Duration::from_secs(20);

/// Does what may wait for a disk; `None` when that takes too long.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::time::timeout(FILES_WITHIN, tokio::task::spawn_blocking(work)).await.ok()?.ok()
}

/// An id for the next order of a page: however often its button is pressed, it is one order.
pub fn fresh_id() -> String {
    // Without randomness the page has no id and its order is refused: better than two orders with one.
    random_hex(16).unwrap_or_default()
}

/// Whether that is an id of ours.
pub fn is_id(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A page of ours to go back to.
pub fn back(to: &str) -> &str {
    let ours = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n']);
    if ours && to.len() < 200 && to.is_ascii() { to } else { "/" }
}

/// A text that somebody typed; `None` when he typed nothing.
pub fn typed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_to_our_own_pages_only() {
        assert_eq!(back("/schedule/2026-11-16"), "/schedule/2026-11-16");
        for bad in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nset-cookie: x"] {
            assert_eq!(back(bad), "/", "{bad}");
        }
        assert!(is_id(&fresh_id()) && !is_id("short") && !is_id("with space in it") && fresh_id() != fresh_id());
    }
}
