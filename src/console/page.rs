//! What every page has: its frame, the language, who looks at it; and the page for whatever went wrong.

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use sha2::{Digest, Sha256};

use crate::console::access::{Right, Visitor};
use crate::console::window::StationWindow;
use crate::lang::Language;
use crate::lang::console::{self as phrases, ConsoleWords, words};
use crate::terms::Origin;

pub const STYLE: &str = include_str!("../../assets/console.css");
pub const SCRIPT: &str = include_str!("../../assets/console.js");

/// Changes with the style and the script.
static EDITION: LazyLock<String> = LazyLock::new(|| {
    let hash = Sha256::new_with_prefix(STYLE).chain_update(SCRIPT).finalize();
    hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
});

/// The pages by which one goes through the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Today,
    Schedule,
    Log,
    Reports,
    Technical,
    /// None of them.
    Other,
}

/// The frame of a page.
pub struct PageFrame {
    pub w: ConsoleWords,
    pub station: String,
    pub title: &'static str,
    pub tab: Tab,
    pub who: Option<String>,
    pub may_order: bool,
    pub is_engineer: bool,
    /// A rehearsal says so at the top.
    pub banner: Option<&'static str>,
    pub version: &'static str,
    /// For the style and the script: those that a browser has kept may be another program's.
    pub edition: &'static str,
}

impl PageFrame {
    pub fn new(window: &StationWindow, lang: Language, visitor: Option<&Visitor>, tab: Tab, title: &'static str) -> PageFrame {
        let may = |right| visitor.is_some_and(|visitor| visitor.role.may(right));
        let who = visitor.and_then(|visitor| Some(phrases::person(lang, visitor.name.as_deref()?, visitor.role)));
        PageFrame {
            w: words(lang),
            station: (window.in_force)().plan.station.name.clone(),
            title,
            tab,
            who,
            may_order: may(Right::Order),
            is_engineer: may(Right::Engineer),
            banner: (window.origin == Origin::Rehearsal).then(|| phrases::rehearsal(lang)),
            version: env!("CARGO_PKG_VERSION"),
            edition: &EDITION,
        }
    }

    pub fn lang(&self) -> &'static str {
        self.w.lang.pick("vi", "en")
    }

    /// The other language, and what it is called.
    pub fn other_lang(&self) -> (&'static str, &'static str) {
        self.w.lang.pick(("en", "English"), ("vi", phrases::VIETNAMESE))
    }

    pub fn tabs(&self) -> Vec<(&'static str, &'static str, bool)> {
        let w = &self.w;
        let mut tabs = vec![
            ("/", w.today, Tab::Today),
            ("/schedule", w.schedule, Tab::Schedule),
            ("/log", w.log, Tab::Log),
            ("/reports", w.reports, Tab::Reports),
        ];
        if self.is_engineer {
            tabs.push(("/technical", w.technical, Tab::Technical));
        }
        tabs.into_iter().map(|(path, name, tab)| (path, name, tab == self.tab)).collect()
    }
}

/// A page as an answer. A template that cannot be rendered is a fault of the program.
pub fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    p: PageFrame,
    says: String,
}

/// What went wrong and what to do, as a page; as JSON for whoever asks for that.
pub fn trouble(window: &StationWindow, lang: Language, wants_json: bool, status: StatusCode, says: &str) -> Response {
    if wants_json {
        return (status, axum::Json(serde_json::json!({ "ok": false, "message": says }))).into_response();
    }
    let p = PageFrame::new(window, lang, None, Tab::Other, words(lang).trouble);
    show(status, &TroublePage { p, says: says.to_owned() })
}

/// Whether whoever asks is a program.
pub fn wants_json(path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    path.starts_with("/api/") || accepts.is_some_and(|accept| accept.starts_with("application/json"))
}

/// A cookie of the request.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The language of whoever asks: what he chose, else the station's.
pub fn language(window: &StationWindow, headers: &HeaderMap) -> Language {
    match cookie(headers, "lang") {
        Some("en") => Language::En,
        Some("vi") => Language::Vi,
        _ => (window.in_force)().plan.station.language,
    }
}
