//! What concerns the machine: outputs, clock, disk, log, plan, people.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::asrun::store::Store;
use crate::console::metrics::FORM;
use crate::console::page::{PageFrame, Tab, show};
use crate::console::pages::form::{aside, fresh_id};
use crate::console::site::{Caller, SharedSite};
use crate::lang::console::{self as phrases, words};
use crate::lang::status as status_words;

#[derive(Template)]
#[template(path = "technical.html")]
struct TechnicalPage {
    p: PageFrame,
    id: String,
    outputs: Vec<OutputLine>,
    clock: String,
    is_doubtful: bool,
    now: String,
    disk: Option<String>,
    head: Option<String>,
    plan: Vec<(String, String)>,
    plan_hash: String,
    people: Vec<(String, String)>,
    data: String,
}

struct OutputLine {
    id: String,
    device: String,
    says: &'static str,
    is_lost: bool,
}

pub async fn page(State(site): State<SharedSite>, caller: Caller) -> Response {
    let lang = caller.lang;
    let plan = (site.window.in_force)().plan;
    let status = site.window.status().await;
    let data = site.window.data.clone();
    let (free, head) = aside(move || {
        let free = rustix::fs::statvfs(&data).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        (free, Store::read_only(&data).and_then(|log| log.head()).ok())
    })
    .await
    .unwrap_or_default();
    let output = |output: &crate::control::status::OutputStatus| OutputLine {
        id: output.output.to_string(),
        device: output.device.clone(),
        says: status_words::output_state(lang, output.state),
        is_lost: output.state == crate::control::status::DeviceState::Lost,
    };
    let clock = |clock: &crate::control::status::ClockStatus| {
        if clock.doubtful { phrases::doubtful(lang, clock.why) } else { status_words::evidence(lang, clock.evidence).to_owned() }
    };
    let source = |source: &crate::plan::source::SourceFile| {
        (source.path.display().to_string(), phrases::bytes(lang, u64::try_from(source.text.len()).unwrap_or(u64::MAX)))
    };
    let people = site.access.people().unwrap_or_default();
    let page = TechnicalPage {
        p: caller.page(&site, Tab::Technical, words(lang).technical),
        id: fresh_id(),
        outputs: status.iter().flat_map(|status| &status.output).map(output).collect(),
        clock: status.as_ref().map(|status| clock(&status.clock)).unwrap_or_default(),
        is_doubtful: status.as_ref().is_some_and(|status| status.clock.doubtful),
        now: plan.station.timezone.civil((site.window.now)()).strftime("%H:%M:%S %d/%m/%Y").to_string(),
        disk: free.map(|free| phrases::bytes(lang, free)),
        head: head.map(|head| head.to_string()),
        plan: plan.sources.iter().map(source).collect(),
        plan_hash: plan.hash.to_string(),
        people: people.iter().map(|person| (person.name.clone(), phrases::role(lang, person.role).to_owned())).collect(),
        data: site.window.data.display().to_string(),
    };
    show(StatusCode::OK, &page)
}

/// Figures for whoever watches over many stations.
pub async fn metrics(State(site): State<SharedSite>) -> Response {
    let status = site.window.status().await;
    match aside(move || site.metrics.text(&site.window.data, status.as_ref())).await {
        Some(Ok(text)) => ([(header::CONTENT_TYPE, FORM)], text).into_response(),
        Some(Err(error)) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
