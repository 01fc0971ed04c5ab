//! What the log and the tables beside it say of the time before this start.

use jiff::SignedDuration;
use serde::Deserialize;

use super::{Query, Reader, StoreError, Told, orders};
use crate::asrun::history::History;
use crate::asrun::row::Row;
use crate::asrun::standing::Standing;
use crate::asrun::unsettled::Unsettled;
use crate::terms::*;

/// How far back ended slots are told: further than any `late` or session reaches, and than a person mistypes a date by a month.
pub(crate) const CLOSED_FOR: SignedDuration = SignedDuration::from_hours(40 * 24);

/// Everything that a start needs to know of the past.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// What was armed or on air.
    pub unsettled: Vec<Unsettled>,
    /// Slots that ended within the last weeks of the log.
    pub closed: Vec<(Slot, Closed)>,
    /// When the station was last known to be alive; `None` before the first start.
    pub alive_at: Option<Wall>,
    /// The boot in which the log was last begun.
    pub boot_id: Option<String>,
    /// Who vouched for the clock in that boot, as it was last written.
    pub vouch: Option<Vouch>,
    /// The last start was followed by a clean stop.
    pub stopped: bool,
    /// When that was.
    pub stopped_at: Option<Wall>,
    /// No daemon ever began here.
    pub first: bool,
    pub standing: Standing,
    pub history: History,
    /// Instant of the newest row that was written on a trusted clock.
    pub newest: Option<Wall>,
    /// The plans that were accepted, each at the instant that its row says: the one in force at the last sign of life, and all since.
    pub plans: Vec<(Wall, PlanHash)>,
    /// The log is not the one that was here before, or not whole.
    pub gap: Option<Told>,
}

impl Past {
    /// Takes in one row, in the order of the log: what [`recover`] finds by asking the file, for a log that is held in memory.
    pub(crate) fn note(&mut self, row: &Row) {
        match row.kind {
            Kind::Start => {
                (self.first, self.stopped, self.stopped_at) = (false, false, None);
                (self.boot_id, self.vouch) = (said(row).boot_id, vouch(row));
            }
            Kind::Stop => (self.stopped, self.stopped_at) = (true, row.started_at),
            Kind::Clock => self.vouch = vouch(row),
            Kind::Plan => self.plans.extend(accepted(row)),
            Kind::End => close(&mut self.closed, row),
            Kind::Void => {
                close(&mut self.closed, row);
                self.alive_at = self.alive_at.map(|alive_at| row.started_at.map_or(alive_at, |right| alive_at.min(right)));
            }
            Kind::Air | Kind::Order | Kind::Fault | Kind::Hand | Kind::Gap => {}
        }
        self.standing.note(row);
        self.history.note(row);
        self.newest = trusted_instant(row).or(self.newest);
    }

    /// The plan that was accepted last.
    pub fn plan(&self) -> Option<&PlanHash> {
        self.plans.last().map(|(_, hash)| hash)
    }

    /// What an `end` for a slot that fell into the time off says: this boot is `boot_id`. `None` at the first start.
    pub fn off(&self, boot_id: &str) -> Option<Reason> {
        if self.first {
            None
        } else if self.stopped {
            Some(Reason::Stopped)
        } else if self.boot_id.as_deref() == Some(boot_id) {
            Some(Reason::Crash)
        } else {
            Some(Reason::PowerOff)
        }
    }
}

/// What the details of `start` and `plan` rows say, as far as it matters here.
#[derive(Default, Deserialize)]
struct Said {
    boot_id: Option<String>,
    accepted: Option<bool>,
    vouched_ms: Option<i64>,
}

/// The past as it is at `now`, and how many orders were read for it.
pub(super) fn recover(reader: &Reader, now: Wall) -> Result<(Past, usize), StoreError> {
    let start = reader.newest(Kind::Start, |_| true)?;
    let stop = reader.newest(Kind::Stop, |_| true)?;
    let clock = reader.newest(Kind::Clock, |_| true)?;
    let newest = newest(reader)?;
    let alive_at = reader.alive_at()?;
    let seq = |row: &Option<Row>| row.as_ref().map(|row| row.seq);
    let (standing, orders) = orders::standing(reader)?;
    let past = Past {
        unsettled: reader.unsettled()?,
        closed: closed(reader, newest.max(alive_at).map(|last| last.min(now)))?,
        alive_at,
        boot_id: start.as_ref().and_then(|row| said(row).boot_id),
        vouch: [&start, &clock].into_iter().flatten().max_by_key(|row| row.seq).and_then(vouch),
        stopped: start.is_some() && seq(&stop) > seq(&start),
        stopped_at: stop.as_ref().filter(|stop| Some(stop.seq) > seq(&start)).and_then(|stop| stop.started_at),
        first: start.is_none(),
        standing,
        history: reader.history()?,
        newest,
        plans: plans(reader, alive_at)?,
        gap: None,
    };
    Ok((past, orders))
}

/// The accepted plans since the last sign of life, and the one before them.
fn plans(reader: &Reader, alive_at: Option<Wall>) -> Result<Vec<(Wall, PlanHash)>, StoreError> {
    let mut plans = Vec::new();
    reader.newest(Kind::Plan, |row| {
        plans.extend(accepted(row));
        plans.last().is_some_and(|(at, _)| alive_at.is_none_or(|alive_at| *at <= alive_at))
    })?;
    plans.reverse();
    Ok(plans)
}

/// The plan that a row says was accepted, and when.
fn accepted(row: &Row) -> Option<(Wall, PlanHash)> {
    let hash = row.plan_hash.clone().filter(|_| said(row).accepted.unwrap_or(true))?;
    Some((row.started_at.unwrap_or(Wall::MIN), hash))
}

fn said(row: &Row) -> Said {
    row.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok()).unwrap_or_default()
}

/// Who vouched for the clock, and for which setting of it. A row that does not say which says nothing.
fn vouch(row: &Row) -> Option<Vouch> {
    Some(Vouch { evidence: row.clock?, setting: said(row).vouched_ms?.saturating_mul(1_000_000) })
}

/// Takes in an `end`, or the `void` of one.
fn close(closed: &mut Vec<(Slot, Closed)>, row: &Row) {
    let Some(slot) = row.slot() else { return };
    match row.status {
        Some(status) if row.kind == Kind::End => {
            let how = Closed::by(&slot, Outcome { status, reason: row.reason });
            closed.push((slot, how));
        }
        Some(_) | None => closed.retain(|(other, _)| *other != slot),
    }
}

/// The slots that ended within [`CLOSED_FOR`] before `last`, and any later ones.
fn closed(reader: &Reader, last: Option<Wall>) -> Result<Vec<(Slot, Closed)>, StoreError> {
    let mut closed = Vec::new();
    reader.rows(&ended_since(last.map(|last| last - CLOSED_FOR)))?.iter().for_each(|row| close(&mut closed, row));
    Ok(closed)
}

/// By slot: in the order of numbers SQLite would walk the whole log for these few.
fn ended_since(from: Option<Wall>) -> Query {
    Query { from, kinds: vec![Kind::End], by_slot: true, counted: true, ..Query::default() }
}

/// The instant of the newest row, in the order of writing, whose clock was believed: what an operator or NTP vouched for, and what
/// was planned and ended (nothing planned airs or ends on a doubtful clock). An order may name instants to come, so only its own counts.
fn newest(reader: &Reader) -> Result<Option<Wall>, StoreError> {
    let mut found = None;
    let backwards = "SELECT seq, text, row_hash FROM rows ORDER BY seq DESC";
    let mut statement = reader.db().prepare(backwards)?;
    let mut rows = statement.query([])?;
    let mut whole = String::new();
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let Ok(row) = Row::parse(reader.whole(text, &mut whole)?) else { continue };
        found = trusted_instant(&row);
        if found.is_some() {
            break;
        }
    }
    Ok(found)
}

fn trusted_instant(row: &Row) -> Option<Wall> {
    let ended_or_aired = matches!(row.kind, Kind::Air | Kind::End);
    // An emergency is ordered on any clock, and may end on another.
    let emergency = ended_or_aired && row.priority == Some(Priority::Emergency);
    let trusted = match row.clock? {
        _ if emergency => false,
        Evidence::Ntp | Evidence::Operator => true,
        Evidence::Rtc | Evidence::First => ended_or_aired,
        Evidence::Carried => false,
    };
    if !trusted {
        return None;
    }
    match row.kind {
        Kind::Order | Kind::Void => row.started_at,
        Kind::Start | Kind::Stop | Kind::Plan | Kind::Clock | Kind::Air | Kind::End | Kind::Fault | Kind::Hand | Kind::Gap => {
            [row.planned_at, row.started_at, row.ended_at].into_iter().flatten().max()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asrun::samples::*;
    use crate::asrun::store::Store;

    #[test]
    fn a_start_walks_through_no_table() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), Origin::Live, hanoi()).unwrap();
        let newest = |kind| Query { kinds: vec![kind], newest_first: true, ..Query::default() };
        for query in [ended_since(Some(MORNING)), newest(Kind::Start), newest(Kind::Plan), newest(Kind::Gap), newest(Kind::Order)]
        {
            let (sql, values) = query.sql();
            let mut plan = store.reader().db().prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps = plan.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(steps.iter().all(|step| step.starts_with("SEARCH rows USING INDEX")), "{sql}: {steps:?}");
        }
    }
}
