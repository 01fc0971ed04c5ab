//! The door: every request passes here before anything looks at it. By which name it calls us, from where a change comes, who asks and
//! whether he may; and what every answer tells the browser to keep off.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::console::access::Right;
use crate::console::page::{cookie, language, trouble, wants_json};
use crate::console::site::{Caller, SharedSite};
use crate::lang::console::{self as phrases};

/// The cookie by which a phone is known.
pub const COOKIE: &str = "loaxa";
/// How long an answer may take to be made, its request's body included.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// What a page may load and do: nothing of elsewhere, no script and no style but our files.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
];

pub async fn guard(State(site): State<SharedSite>, request: Request, next: Next) -> Response {
    let mut response = match tokio::time::timeout(ANSWERED_WITHIN, admitted(&site, request, next)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    for (name, value) in HEADERS {
        // An answer that says it otherwise knows why.
        response.headers_mut().entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn admitted(site: &SharedSite, mut request: Request, next: Next) -> Response {
    let (path, headers) = (request.uri().path(), request.headers());
    let (lang, wants_json) = (language(&site.window, headers), wants_json(path, headers));
    let refuse = |status, says: &str| trouble(&site.window, lang, wants_json, status, says);
    let Some(host) = host(headers, request.uri()).filter(|host| site.access.hosts.has(host)) else {
        return refuse(StatusCode::MISDIRECTED_REQUEST, phrases::wrong_host(lang));
    };
    let is_change = !matches!(*request.method(), Method::GET | Method::HEAD);
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if is_change && !origin.is_some_and(|origin| site.access.hosts.is_own(origin, host)) {
        return refuse(StatusCode::FORBIDDEN, phrases::wrong_origin(lang));
    }
    let Some(right) = needed(is_change, path) else { return next.run(request).await };
    let Some(visitor) = site.access.visitor(cookie(headers, COOKIE)).await else {
        if is_change || wants_json || path == "/live" {
            return refuse(StatusCode::UNAUTHORIZED, phrases::sign_in_first(lang));
        }
        return Redirect::to("/login").into_response();
    };
    if !visitor.role.may(right) {
        return refuse(StatusCode::FORBIDDEN, phrases::not_yours(lang));
    }
    request.extensions_mut().insert(Caller { visitor, lang, wants_json });
    next.run(request).await
}

/// The name by which we are called.
fn host<'r>(headers: &'r HeaderMap, uri: &'r Uri) -> Option<&'r str> {
    let mut hosts = headers.get_all(header::HOST).into_iter();
    match (uri.authority(), hosts.next(), hosts.next()) {
        (None, Some(host), None) => host.to_str().ok(),
        // A request as to a proxy: both have to say the same.
        (Some(authority), Some(host), None) => host.to_str().ok().filter(|host| *host == authority.as_str()),
        _ => None,
    }
}

/// What it takes to be let through; `None`: nothing.
fn needed(is_change: bool, path: &str) -> Option<Right> {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    match first {
        "login" | "logout" | "lang" | "healthz" | "console.css" | "console.js" | "icon.svg" => None,
        "technical" => Some(Right::Engineer),
        "play" | "emergency" | "clock" => Some(Right::Order),
        "reports" => Some(Right::Look),
        _ if is_change => Some(Right::Order),
        _ => Some(Right::Look),
    }
}
