//! What all answers are made from.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::console::access::{Access, Visitor};
use crate::console::live::Live;
use crate::console::metrics::Metrics;
use crate::console::order_book::OrderBook;
use crate::console::page::{PageFrame, Tab};
use crate::console::report_jobs::ReportJobs;
use crate::console::today::Glancer;
use crate::console::window::StationWindow;
use crate::lang::Language;

pub struct Site {
    pub window: StationWindow,
    pub access: Access,
    pub glancer: Glancer,
    pub live: Live,
    pub orders: OrderBook,
    pub metrics: Metrics,
    pub reports: ReportJobs,
}

pub type SharedSite = Arc<Site>;

/// Who asks, and in which language he is answered: the guard at the door found out.
#[derive(Clone, Debug)]
pub struct Caller {
    pub visitor: Visitor,
    pub lang: Language,
    pub wants_json: bool,
}

impl Caller {
    /// The frame of a page for him.
    pub fn page(&self, site: &Site, tab: Tab, title: &'static str) -> PageFrame {
        PageFrame::new(&site.window, self.lang, Some(&self.visitor), tab, title)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, StatusCode> {
        parts.extensions.get::<Caller>().cloned().ok_or(StatusCode::UNAUTHORIZED)
    }
}
