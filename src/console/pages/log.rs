//! The as-run log, by days and what it is about: what aired and what did not, added up, and as a table to keep.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query as UrlQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::asrun::row::Row;
use crate::asrun::store::{LogError, Query, Store};
use crate::asrun::verify::verify;
use crate::console::day::named;
use crate::console::page::{PageFrame, Tab, show, trouble};
use crate::console::pages::form::{aside, typed};
use crate::console::site::{Caller, SharedSite};
use crate::console::today::capital;
use crate::console::window::StationWindow;
use crate::lang::Language;
use crate::lang::console::{self as phrases, words};
use crate::lang::{log as log_words, rundown as rundown_words, status as status_words, verify as verify_words};
use crate::plan::Plan;
use crate::terms::*;

/// Rows on one page.
const ROWS: usize = 400;
/// Days that are shown unless others are asked for.
const DAYS: i64 = 7;

/// What somebody looks for, as the page's fields have it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct LogFilter {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    status: String,
    /// In titles.
    #[serde(default)]
    words: String,
    /// Check the chain.
    #[serde(default)]
    verify: String,
}

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    p: PageFrame,
    filter: LogFilter,
    topics: Vec<(String, String)>,
    zones: Vec<(String, String)>,
    statuses: Vec<(&'static str, &'static str)>,
    seen: LogSeen,
    verdict: Option<(bool, String)>,
    origin: Option<&'static str>,
}

impl LogFilter {
    /// Whether more is asked for than the last days.
    fn is_set(&self) -> bool {
        [&self.topic, &self.zone, &self.status, &self.words].iter().any(|field| !field.is_empty())
    }
}

/// What was found.
#[derive(Default)]
struct LogSeen {
    /// Of which days.
    span: String,
    days: Vec<LoggedDay>,
    sum: String,
    topics: Vec<TopicBar>,
    /// There are more than are shown.
    is_cut: bool,
}

struct LoggedDay {
    name: String,
    lines: Vec<LogLineView>,
}

struct LogLineView {
    at: String,
    what: String,
    length: String,
    /// Of an element within a slot.
    is_element: bool,
    kind: &'static str,
    says: String,
    why: Option<String>,
}

/// Airtime of a topic, as a bar beside its figure.
struct TopicBar {
    name: String,
    airings: usize,
    airtime: String,
    /// Of the longest, in a thousand.
    share: i64,
}

pub async fn page(State(site): State<SharedSite>, caller: Caller, UrlQuery(filter): UrlQuery<LogFilter>) -> Response {
    let lang = caller.lang;
    let plan = (site.window.in_force)().plan;
    let today = plan.station.timezone.civil((site.window.now)()).date();
    let Some((from, until)) = span(&filter, today) else {
        return trouble(&site.window, lang, caller.wants_json, StatusCode::BAD_REQUEST, phrases::bad_time(lang));
    };
    let filter = LogFilter { from: from.to_string(), until: until.to_string(), ..filter };
    let (window, asked) = (site.window.clone(), filter.clone());
    let read = aside(move || {
        let seen = look(&window, &asked, from, until, lang)?;
        let verdict = (!asked.verify.is_empty()).then(|| proved(&window, lang));
        Ok::<_, LogError>((seen, verdict))
    });
    let (seen, verdict) = match read.await {
        Some(Ok(seen)) => seen,
        Some(Err(LogError::NoLog(_))) => (LogSeen { sum: log_words::empty(lang).to_owned(), ..LogSeen::default() }, None),
        Some(Err(_)) | None => {
            return trouble(&site.window, lang, caller.wants_json, StatusCode::SERVICE_UNAVAILABLE, phrases::log_unread(lang));
        }
    };
    let topic = |topic: &crate::plan::Topic| {
        let name = lang.pick(topic.name.vi.as_str(), topic.name.en.as_deref().unwrap_or(&topic.name.vi));
        (topic.id.to_string(), name.to_owned())
    };
    let page = LogPage {
        p: caller.page(&site, Tab::Log, words(lang).log),
        filter,
        topics: plan.topics.iter().map(topic).collect(),
        zones: plan.zones.iter().map(|zone| (zone.id.to_string(), zone.name.clone())).collect(),
        statuses: Status::ALL.iter().map(|status| (status.as_str(), rundown_words::status(lang, *status))).collect(),
        seen: LogSeen { span: phrases::days(lang, from, until), ..seen },
        verdict,
        origin: log_words::not_live(lang, site.window.origin),
    };
    show(StatusCode::OK, &page)
}

/// The days that are asked for, the last included; `None` for what are no days.
fn span(filter: &LogFilter, today: Date) -> Option<(Date, Date)> {
    let day = |text: &str, unless: Date| typed(text).map_or(Some(unless), |text| text.parse().ok());
    let until = day(&filter.until, today)?;
    let from = day(&filter.from, until.checked_sub(jiff::Span::new().days(DAYS - 1)).unwrap_or(until))?;
    (from <= until).then_some((from, until))
}

fn look(window: &StationWindow, filter: &LogFilter, from: Date, until: Date, lang: Language) -> Result<LogSeen, LogError> {
    let plan = (window.in_force)().plan;
    let zone = &plan.station.timezone;
    let query = Query {
        from: Some(zone.start_of(from)),
        to: until.tomorrow().ok().map(|next| zone.start_of(next)),
        topic: typed(&filter.topic).map(|topic| topic.as_str().into()),
        statuses: filter.status.parse::<Status>().into_iter().collect(),
        kinds: vec![Kind::Air, Kind::End, Kind::Hand, Kind::Order, Kind::Fault],
        by_slot: true,
        counted: true,
        ..Query::default()
    };
    let words = typed(&filter.words).map(|words| folded(&words));
    let mut found = Found { plan: &plan, lang, seen: LogSeen::default(), count: 0, slots: [0; 4], topics: BTreeMap::new() };
    Store::read_only(&window.data)?.each(&query, |stored| -> Result<bool, LogError> {
        let Ok(row) = Row::parse(stored.text) else { return Ok(true) };
        let in_zone = filter.zone.is_empty() || row.zones.iter().any(|zone| zone.as_str() == filter.zone);
        let about = row.title.as_deref().or(row.broadcast.as_ref().map(BroadcastId::as_str)).unwrap_or_default();
        if in_zone && words.as_ref().is_none_or(|words| folded(about).contains(words)) {
            found.take(&row);
        }
        Ok(true)
    })?;
    Ok(found.finish())
}

/// Letters alike, however they were typed.
fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase()
}

/// Adds up what the rows say.
struct Found<'p> {
    plan: &'p Plan,
    lang: Language,
    seen: LogSeen,
    count: usize,
    /// Slots by how they ended, in the order of the list.
    slots: [usize; 4],
    /// Airings and airtime of announcements.
    topics: BTreeMap<String, (usize, i64)>,
}

impl Found<'_> {
    fn take(&mut self, row: &Row) {
        let (lang, zone) = (self.lang, &self.plan.station.timezone);
        if row.kind() == Kind::End
            && let Some(at) = row.status.and_then(|status| Status::ALL.iter().position(|known| *known == status))
        {
            self.slots[at] += 1;
        }
        if row.kind() == Kind::Air && row.item_kind == Some(ItemKind::Announcement) {
            let topic = row.topic.as_ref().map(|topic| topic.to_string()).unwrap_or_default();
            let sum = self.topics.entry(topic).or_default();
            sum.0 += usize::from(row.status == Some(Status::Aired));
            sum.1 += row.airtime_ms.unwrap_or(0);
        }
        self.count += 1;
        if self.count > ROWS {
            self.seen.is_cut = true;
            return;
        }
        let Some(at) = row.planned_at.or(row.started_at).or(row.ended_at) else { return };
        let name = phrases::date(lang, zone.civil(at).date());
        let line = line(row, self.plan, at, lang);
        match self.seen.days.last_mut().filter(|day| day.name == name) {
            Some(day) => day.lines.push(line),
            None => self.seen.days.push(LoggedDay { name, lines: vec![line] }),
        }
    }

    fn finish(mut self) -> LogSeen {
        let named = Status::ALL.iter().zip(self.slots).filter(|(_, count)| *count > 0);
        let parts: Vec<String> =
            named.map(|(status, count)| format!("{count} {}", rundown_words::status(self.lang, *status))).collect();
        let all = self.slots.iter().sum();
        let airtime: i64 = self.topics.values().map(|(_, ms)| ms).sum();
        let airings = self.topics.values().map(|(count, _)| count).sum();
        let slots =
            if parts.is_empty() { String::new() } else { format!("{} ", log_words::slots(self.lang, all, &parts.join(", "))) };
        self.seen.sum = match self.count {
            0 => log_words::empty(self.lang).to_owned(),
            _ => format!("{slots}{}", phrases::aired_in_all(self.lang, airings, &status_words::length(self.lang, airtime))),
        };
        let longest = self.topics.values().map(|(_, ms)| *ms).max().unwrap_or(0).max(1);
        self.seen.topics = self
            .topics
            .into_iter()
            .map(|(id, (airings, ms))| {
                let topic = self.plan.topics.iter().find(|topic| topic.id.as_str() == id);
                let name =
                    topic.map(|topic| self.lang.pick(topic.name.vi.as_str(), topic.name.en.as_deref().unwrap_or(&topic.name.vi)));
                TopicBar {
                    name: name.unwrap_or(&id).to_owned(),
                    airings,
                    airtime: status_words::length(self.lang, ms),
                    share: ms * 1000 / longest,
                }
            })
            .collect();
        self.seen
    }
}

fn line(row: &Row, plan: &Plan, at: Wall, lang: Language) -> LogLineView {
    let zone = &plan.station.timezone;
    let slot = row.planned_at.zip(row.broadcast.clone()).zip(row.output.clone());
    let slot = slot.map(|((planned_at, broadcast), output)| Slot { planned_at, broadcast, output });
    let is_element = row.kind() == Kind::Air;
    let what = match (row.kind(), &slot) {
        (Kind::Air, _) => row.title.clone().unwrap_or_else(|| log_words::nothing_to_pick(lang).to_owned()),
        (Kind::End, Some(slot)) => named(plan, row.programme.as_ref(), slot, row.title.as_deref()),
        _ => {
            let who = row.actor.as_deref().map(|actor| format!(" · {actor}")).unwrap_or_default();
            format!("{}{who}", capital(row.title.as_deref().unwrap_or(log_words::kind(lang, row.kind()))))
        }
    };
    let outcome = row.status.map(|status| rundown_words::status(lang, status)).unwrap_or_default();
    LogLineView {
        at: zone.civil(if is_element { row.started_at.unwrap_or(at) } else { at }).strftime("%H:%M:%S").to_string(),
        what,
        length: row.airtime_ms.map(|ms| status_words::length(lang, ms)).unwrap_or_default(),
        is_element,
        kind: match row.status {
            Some(Status::Aired) => "good",
            Some(Status::Partial | Status::Missed) => "bad",
            Some(Status::Skipped) => "no",
            None => "later",
        },
        says: outcome.to_owned(),
        why: row.reason.map(|reason| capital(rundown_words::reason(lang, reason))),
    }
}

/// Whether the chain holds, in words.
fn proved(window: &StationWindow, lang: Language) -> (bool, String) {
    match verify(&window.data, &[], None) {
        Ok(verdict) if verdict.ok() => (true, verify_words::intact(lang, verdict.rows, &verdict.head.to_string())),
        Ok(verdict) => {
            let seq = verdict.first_bad.map_or(0, |bad| bad.seq);
            (false, phrases::not_intact(lang, seq))
        }
        Err(_) => (false, phrases::log_unread(lang).to_owned()),
    }
}
