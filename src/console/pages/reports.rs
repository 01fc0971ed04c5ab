//! Airtime reports: choose the days, look at them here, take them along in any form.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64ct::{Base64, Encoding};
use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::console::page::{PageFrame, Tab, show, trouble};
use crate::console::pages::form::{Filled, aside, fresh_id, is_id, typed};
use crate::console::report_jobs::{FORMATS, ReportStanding, ReportView, ReportWish};
use crate::console::site::{Caller, SharedSite};
use crate::lang::console::{self as phrases, words};

/// A report shows its own style, of which this is the hash, and loads nothing.
fn preview_policy(html: &[u8]) -> Option<HeaderValue> {
    let html = std::str::from_utf8(html).ok()?;
    let (_, rest) = html.split_once("<style>")?;
    let hash = Base64::encode_string(&Sha256::digest(rest.split_once("</style>")?.0.as_bytes()));
    let policy = format!("sandbox; default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'self'");
    HeaderValue::from_str(&policy).ok()
}

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage {
    p: PageFrame,
    id: String,
    /// Months to choose, the newest first: as the field sends them, and in words.
    months: Vec<(String, String)>,
    quarters: Vec<(String, String)>,
    years: Vec<String>,
    campaigns: Vec<(String, String)>,
    today: String,
    made: Vec<ReportView>,
    wrong: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    p: PageFrame,
    report: ReportView,
    /// Seconds since it began.
    seconds: Option<u64>,
    failed: Option<String>,
    is_off: bool,
    formats: [&'static str; 6],
}

#[derive(Deserialize)]
pub struct ReportForm {
    id: String,
    /// `month`, `quarter`, `year`, `campaign` or `days`.
    by: String,
    #[serde(default)]
    month: String,
    #[serde(default)]
    quarter: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    campaign: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

impl ReportForm {
    /// What the command line would say, and what the files are called by.
    fn wish(&self) -> Option<(Vec<String>, String)> {
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let one = |option: &str, text: &str| {
            let text = typed(text).filter(|text| plain(text) && !text.starts_with('-'))?;
            Some((vec![option.to_owned(), text.clone()], text))
        };
        match self.by.as_str() {
            "month" => one("--month", &self.month),
            "quarter" => one("--quarter", &self.quarter),
            "year" => one("--year", &self.year),
            "campaign" => one("--campaign", &self.campaign),
            "days" => {
                let (from, until) = (self.from.parse::<Date>().ok()?, self.until.parse::<Date>().ok()?);
                let arguments = ["--from".to_owned(), from.to_string(), "--to".to_owned(), until.to_string()];
                Some((arguments.to_vec(), format!("{from}-{until}")))
            }
            _ => None,
        }
    }
}

pub async fn page(State(site): State<SharedSite>, caller: Caller) -> Response {
    form(&site, &caller, StatusCode::OK, None)
}

fn form(site: &SharedSite, caller: &Caller, status: StatusCode, wrong: Option<&'static str>) -> Response {
    let lang = caller.lang;
    let plan = (site.window.in_force)().plan;
    let today = plan.station.timezone.civil((site.window.now)()).date();
    let back = |months: i64| today.first_of_month().checked_sub(jiff::Span::new().months(months)).ok();
    let months = (0..18).filter_map(back).map(|first| (first.strftime("%Y-%m").to_string(), phrases::month(lang, first)));
    let quarters = (0..8).filter_map(|n| back(n * 3)).map(|first| {
        let quarter = (first.month() - 1) / 3 + 1;
        (format!("{}-{quarter}", first.year()), phrases::quarter(lang, quarter, first.year()))
    });
    let page = ReportsPage {
        p: caller.page(site, Tab::Reports, words(lang).reports),
        id: fresh_id(),
        months: months.collect(),
        quarters: quarters.collect(),
        years: (0..5).map(|n| (today.year() - n).to_string()).collect(),
        campaigns: plan.campaigns.iter().map(|campaign| (campaign.id.to_string(), campaign.name.clone())).collect(),
        today: today.to_string(),
        made: site.reports.all(),
        wrong,
    };
    show(status, &page)
}

pub async fn make(State(site): State<SharedSite>, caller: Caller, Filled(filled): Filled<ReportForm>) -> Response {
    let lang = caller.lang;
    let Some((arguments, key)) = filled.wish().filter(|_| is_id(&filled.id)) else {
        return form(&site, &caller, StatusCode::BAD_REQUEST, Some(phrases::bad_days(lang)));
    };
    let name = format!("{}-{key}", (site.window.in_force)().plan.station.code);
    if !site.reports.begin(&filled.id, ReportWish { name, arguments, lang: lang.pick("vi", "en") }) {
        return form(&site, &caller, StatusCode::CONFLICT, Some(phrases::report_busy(lang)));
    }
    Redirect::to(&format!("/reports/{}", filled.id)).into_response()
}

pub async fn report(State(site): State<SharedSite>, caller: Caller, Path(id): Path<String>) -> Response {
    let Some(report) = site.reports.find(&id) else { return missing(&site, &caller) };
    let (seconds, failed, is_off) = match &report.standing {
        ReportStanding::Making { since } => (Some(since.elapsed().as_secs()), None, false),
        ReportStanding::Done => (None, None, false),
        ReportStanding::Failed(said) => (None, Some(said.clone()), false),
        ReportStanding::CalledOff => (None, None, true),
    };
    let p = caller.page(&site, Tab::Reports, words(caller.lang).reports);
    show(StatusCode::OK, &ReportPage { p, report, seconds, failed, is_off, formats: FORMATS })
}

pub async fn call_off(State(site): State<SharedSite>, Path(id): Path<String>) -> Response {
    site.reports.call_off(&id);
    let to = if is_id(&id) { format!("/reports/{id}") } else { "/reports".to_owned() };
    Redirect::to(&to).into_response()
}

/// The report within its page.
pub async fn preview(State(site): State<SharedSite>, caller: Caller, Path(id): Path<String>) -> Response {
    let read = read(&site, &id, "html").await.and_then(|(html, _)| Some((preview_policy(&html)?, html)));
    let Some((policy, html)) = read else { return missing(&site, &caller) };
    let mut response = Body::from(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}

/// A file to keep.
pub async fn file(State(site): State<SharedSite>, caller: Caller, Path((id, format)): Path<(String, String)>) -> Response {
    let Some((bytes, name)) = read(&site, &id, &format).await else { return missing(&site, &caller) };
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(&format)));
    if let Ok(named) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, named);
    }
    response
}

async fn read(site: &SharedSite, id: &str, format: &str) -> Option<(Vec<u8>, String)> {
    let (path, name) = site.reports.file(id, format)?;
    Some((aside(move || std::fs::read(path)).await?.ok()?, name))
}

fn kind(format: &str) -> &'static str {
    match format {
        "html" => "text/html; charset=utf-8",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "pdf" => "application/pdf",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv" => "text/csv; charset=utf-8",
        _ => "application/json",
    }
}

fn missing(site: &SharedSite, caller: &Caller) -> Response {
    trouble(&site.window, caller.lang, caller.wants_json, StatusCode::NOT_FOUND, phrases::no_such_page(caller.lang))
}
