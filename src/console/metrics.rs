//! Figures for whoever watches over many stations (`/metrics`, in the text form of OpenMetrics).
//!
//! What is counted is counted from the log, row by row as they come, so that the counters go on over restarts and say what a report says. What
//! is measured is what the status says at that moment. Nothing is counted anywhere else: what aired has one account.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::asrun::fact::Fact;
use crate::asrun::row::Row;
use crate::asrun::store::{LogError, Query, Store};
use crate::control::status::{DeviceState, FaultStatus, State, Status as StationStatus};
use crate::terms::*;

/// What the answer's form is called.
pub const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How far the first sound of a slot may be from its instant, in seconds: the log counts milliseconds.
const START_ERRORS: [f64; 9] = [0.001, 0.002, 0.005, 0.02, 0.1, 1.0, 10.0, 60.0, 600.0];

type Labels = Vec<(&'static str, String)>;
type CounterFamily = Family<Labels, Counter>;
type Seconds = Family<Labels, Counter<f64, AtomicU64>>;
type Measured = Family<Labels, Gauge>;

/// The station's figures, as far as the log was read.
pub struct Metrics(Mutex<Account>);

struct Account {
    registry: Registry,
    /// The number of the last row that was counted.
    seen: u64,
    /// When each slot that has not ended began to sound.
    begun: BTreeMap<Slot, Wall>,
    slots: CounterFamily,
    start_error: Histogram,
    airtime: Seconds,
    events: CounterFamily,
    taken_back: Counter,
    now: MeasuredNow,
}

/// What is so at the moment.
#[derive(Default)]
struct MeasuredNow {
    state: Measured,
    output: Measured,
    evidence: Measured,
    doubtful: Gauge,
    standing: Measured,
    free: Gauge,
    rows: Gauge,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics(Mutex::new(Account::new()))
    }
}

impl Metrics {
    /// All figures as text. `status` is what the station says, if it does.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn text(&self, data: &Path, status: Option<&StationStatus>) -> Result<String, LogError> {
        let mut account = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        account.read(data)?;
        account.now.measure(data, status);
        let mut text = String::new();
        // A text takes whatever is written into it.
        let _ = encode(&mut text, &account.registry);
        Ok(text)
    }
}

impl Account {
    fn new() -> Account {
        let mut registry = Registry::with_prefix("loaxa");
        let (slots, airtime, events) = (CounterFamily::default(), Seconds::default(), CounterFamily::default());
        let (start_error, taken_back, now) = (Histogram::new(START_ERRORS), Counter::default(), MeasuredNow::default());
        registry.register("slots", "Slots that have ended, by how and why", slots.clone());
        registry.register("start_error_seconds", "How far the first sound of a slot was from its instant", start_error.clone());
        registry.register("airtime_seconds", "What announcements have sounded, by topic, on each output", airtime.clone());
        registry.register("events", "Devices lost and back, dead air, and what befell the log", events.clone());
        registry.register("rows_taken_back", "Rows of a wrong time, which count nowhere", taken_back.clone());
        now.register(&mut registry);
        // What has never happened stands at 0, so that its first time is a rise.
        for status in Status::ALL {
            let reasons = Reason::ALL.iter().filter(|reason| reason.goes_with(*status)).map(|reason| reason.as_str());
            for reason in reasons.chain((*status == Status::Aired).then_some("")) {
                slots.get_or_create(&outcome(status.as_str(), reason)).inc_by(0);
            }
        }
        for event in FaultEvent::ALL {
            events.get_or_create(&vec![("what", event.as_str().to_owned())]).inc_by(0);
        }
        Account { registry, seen: 0, begun: BTreeMap::new(), slots, start_error, airtime, events, taken_back, now }
    }

    /// Counts the rows that have come since. A log that was replaced is counted from its beginning.
    fn read(&mut self, data: &Path) -> Result<(), LogError> {
        let log = Store::read_only(data)?;
        let head = log.head()?.seq;
        if head < self.seen {
            *self = Account::new();
        }
        let since = i64::try_from(self.seen + 1).unwrap_or(i64::MAX);
        let query = Query { since: Some(since), counted: true, ..Query::default() };
        log.each(&query, |stored| -> Result<bool, LogError> {
            self.seen = self.seen.max(stored.seq);
            // What cannot be read `verify` names.
            if let Ok(row) = Row::parse(stored.text) {
                self.count(&row);
            }
            Ok(true)
        })?;
        self.now.rows.set(i64::try_from(self.seen).unwrap_or(i64::MAX));
        Ok(())
    }

    fn count(&mut self, row: &Row) {
        match (&row.fact, row.slot()) {
            (Fact::Air(_), Some(slot)) => {
                let airtime_ms = row.airtime_ms.unwrap_or(0);
                if airtime_ms == 0 {
                    return;
                }
                if let Some(started_at) = row.started_at {
                    self.begun.entry(slot.clone()).or_insert(started_at);
                }
                if row.item_kind.is_none_or(|kind| kind == ItemKind::Announcement) {
                    let topic = row.topic.as_ref().map_or_else(String::new, ToString::to_string);
                    let labels = vec![("output", slot.output.to_string()), ("topic", topic)];
                    self.airtime.get_or_create(&labels).inc_by(airtime_ms as f64 / 1000.0);
                }
            }
            (Fact::End, Some(slot)) => {
                let (status, reason) = (row.status.map_or("", Status::as_str), row.reason.map_or("", Reason::as_str));
                self.slots.get_or_create(&outcome(status, reason)).inc();
                // What a person orders has no instant of its own.
                if let Some(began) = self.begun.remove(&slot).filter(|_| !slot.is_ordered()) {
                    self.start_error.observe((began - slot.planned_at).abs().as_secs_f64());
                }
            }
            (Fact::Fault(fault), _) => {
                let what = fault.what.map_or("other", FaultEvent::as_str).to_owned();
                self.events.get_or_create(&vec![("what", what)]).inc();
            }
            (Fact::Void(void), _) => {
                self.taken_back.inc_by(u64::try_from(void.rows.len()).unwrap_or(0));
            }
            _ => {}
        }
    }
}

fn outcome(status: &str, reason: &str) -> Labels {
    vec![("status", status.to_owned()), ("reason", reason.to_owned())]
}

impl MeasuredNow {
    fn register(&self, registry: &mut Registry) {
        registry.register("state", "1 for what the station is doing", self.state.clone());
        registry.register("output_state", "1 for what the device of an output is doing", self.output.clone());
        registry.register("clock_evidence", "1 for what vouches for the clock", self.evidence.clone());
        registry.register("clock_doubtful", "1 while the clock is not believed, and nothing airs by it", self.doubtful.clone());
        registry.register("standing", "1 for each fault and warning that stands", self.standing.clone());
        registry.register("disk_free_bytes", "Room on the disk of the data folder", self.free.clone());
        registry.register("log_rows", "Rows of the log", self.rows.clone());
    }

    fn measure(&self, data: &Path, status: Option<&StationStatus>) {
        let free = rustix::fs::statvfs(data).map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        self.free.set(i64::try_from(free).unwrap_or(i64::MAX));
        [&self.state, &self.output, &self.evidence, &self.standing].into_iter().for_each(Family::clear);
        let Some(status) = status else { return };
        let one_of = |family: &Measured, name: &'static str, all: &[(&'static str, bool)]| {
            for (word, is_so) in all {
                family.get_or_create(&vec![(name, (*word).to_owned())]).set(i64::from(*is_so));
            }
        };
        let states = [("idle", State::Idle), ("on_air", State::OnAir), ("hold", State::Hold), ("fault", State::Fault)];
        one_of(&self.state, "state", &states.map(|(word, state)| (word, status.state == state)));
        let evidence: Vec<_> = Evidence::ALL.iter().map(|known| (known.as_str(), *known == status.clock.evidence)).collect();
        one_of(&self.evidence, "evidence", &evidence);
        self.doubtful.set(i64::from(status.clock.doubtful));
        for output in &status.output {
            for state in DeviceState::ALL {
                let labels = vec![("output", output.output.to_string()), ("state", state.as_str().to_owned())];
                self.output.get_or_create(&labels).set(i64::from(*state == output.state));
            }
        }
        let stands = |kind: &str, told: &FaultStatus| {
            let labels = vec![("kind", kind.to_owned()), ("code", told.code.to_string())];
            self.standing.get_or_create(&labels).set(1);
        };
        status.faults.iter().for_each(|fault| stands("fault", fault));
        status.warnings.iter().for_each(|warning| stands("warning", warning));
    }
}
