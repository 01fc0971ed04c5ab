//! What the log and the tables beside it say of the time before this start.

use jiff::SignedDuration;

use super::{LogError, Query, Reader};
use crate::asrun::chain::Head;
use crate::asrun::fact::{Fact, GapFact, PlanFact};
use crate::asrun::handover::{HandedWrite, Handover, close};
use crate::asrun::history::History;
use crate::asrun::open::{OpenSlot, SlotChange};
use crate::asrun::row::Row;
use crate::asrun::standing::Standing;
use crate::terms::*;

/// How far back ended slots are told: further than any `late` or session reaches, and than a person mistypes a date by a month.
pub(crate) const CLOSED_FOR: SignedDuration = SignedDuration::from_hours(40 * 24);
/// Rows are not so much newer than the last sign of life: one that is older was changed by the disk.
const ALIVE_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Everything that a start needs to know of the past.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// What was armed or on air.
    pub open_slots: Vec<OpenSlot>,
    /// Slots that ended within the last weeks of the log.
    pub closed: Vec<(Slot, Closure)>,
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
    /// No daemon ever began here: neither the log nor anything beside it knows of one.
    pub first: bool,
    /// The log is not the one that was here, or not whole; what is known beside it is in here too.
    pub lost: bool,
    pub standing: Standing,
    pub history: History,
    /// Instant of the newest row that was written on a trusted clock.
    pub newest: Option<Wall>,
    /// The plans that were accepted, each at the instant that its row says: the one in force at the last sign of life, and all since.
    pub plans: Vec<(Wall, PlanHash)>,
    /// What the log says of that.
    pub gap: Option<GapFact>,
    /// What the life before could not write any more: it is written first. All of it is in here already.
    pub waiting: Vec<HandedWrite>,
}

impl Past {
    /// Takes in one row, in the order of the log: what [`recover`] finds by asking the file, for a log that is held in memory.
    pub(crate) fn note(&mut self, row: &Row) {
        match row.kind() {
            Kind::Start => {
                (self.first, self.stopped, self.stopped_at) = (false, false, None);
                (self.boot_id, self.vouch) = (boot_id(row), vouch(row));
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

    /// Lays what was handed over beside the log over what the log says. `whole`: the log has the row at which it was written, and with it
    /// all that it knows, but for what waited; `head` is the log's last row.
    pub(crate) fn take_over(&mut self, handed: &Handover, head: Head, whole: bool) {
        if !whole {
            (self.first, self.lost) = (false, true);
            self.alive_at = self.alive_at.max(handed.alive_at);
            self.standing = if handed.seq() >= head.seq {
                // It is the newer: the log ends before.
                Standing { requests: self.standing.requests.max(handed.standing.requests), ..handed.standing.clone() }
            } else {
                self.standing.stricter(&handed.standing)
            };
            let ended = |entry: &OpenSlot| handed.ended.iter().any(|(slot, _)| *slot == entry.slot);
            let over = self.open_slots.extract_if(.., |entry| ended(entry));
            self.waiting = over.map(|entry| HandedWrite::Append(Vec::new(), SlotChange::Clear(entry.slot))).collect();
        }
        // A log that was replaced before lacks what ended then.
        let is_known = |slot: &Slot| self.closed.iter().any(|(known, _)| known == slot);
        let missing: Vec<(Slot, Closure)> = handed.ended.iter().filter(|(slot, _)| !is_known(slot)).cloned().collect();
        self.closed.splice(..0, missing);
        if !whole || handed.head == head.to_string() {
            for waiting in &handed.waiting {
                waiting.rows().iter().for_each(|row| self.note(row));
                match waiting {
                    HandedWrite::Arm(entry) | HandedWrite::Append(_, SlotChange::Update(entry)) => {
                        self.open_slots.retain(|other| other.slot != entry.slot);
                        self.open_slots.push((**entry).clone());
                    }
                    HandedWrite::Append(_, SlotChange::Clear(slot)) => self.open_slots.retain(|other| other.slot != *slot),
                    HandedWrite::Append(_, SlotChange::Nothing) => {}
                }
            }
            self.waiting.extend(handed.waiting.iter().cloned());
        }
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

/// The past as it is at `now`, as the log and what was handed over beside it have it.
pub(super) fn recover(reader: &Reader, handed: Option<&Handover>, now: Wall) -> Result<Past, LogError> {
    let head = reader.head()?;
    let at = handed.and_then(Handover::head);
    let whole = match &at {
        Some(at) => *at == Head::EMPTY || reader.has(at)?,
        None => false,
    };
    let mut past = in_log(reader, handed.filter(|_| whole), now)?;
    if let Some(handed) = handed {
        past.take_over(handed, head, whole);
    }
    Ok(past)
}

/// The past by the log alone. With what was handed over at one of its rows, only the orders since need to be read: those of thirty years
/// lie all over the file.
fn in_log(reader: &Reader, handed: Option<&Handover>, now: Wall) -> Result<Past, LogError> {
    let start = reader.newest(Kind::Start, |_| true)?;
    let stop = reader.newest(Kind::Stop, |_| true)?;
    let clock = reader.newest(Kind::Clock, |_| true)?;
    let newest = newest(reader)?;
    let alive_at = reader.alive_at()?.map(|at| newest.map_or(at, |newest| at.max(newest - ALIVE_WITHIN)));
    let seq = |row: &Option<Row>| row.as_ref().map(|row| row.seq);
    let (since, stood) = handed.map_or((0, Standing::default()), |handed| (handed.seq() + 1, handed.standing.clone()));
    let (standing, _) = reader.orders_since(since, stood)?;
    Ok(Past {
        open_slots: reader.open_slots()?,
        closed: closed(reader, newest.max(alive_at).map(|last| last.min(now)))?,
        alive_at,
        boot_id: start.as_ref().and_then(boot_id),
        vouch: [&start, &clock].into_iter().flatten().max_by_key(|row| row.seq).and_then(vouch),
        stopped: start.is_some() && seq(&stop) > seq(&start),
        stopped_at: stop.as_ref().filter(|stop| Some(stop.seq) > seq(&start)).and_then(|stop| stop.started_at),
        first: start.is_none(),
        lost: false,
        standing,
        history: reader.history()?,
        newest,
        plans: plans(reader, alive_at)?,
        gap: None,
        waiting: Vec::new(),
    })
}

/// The accepted plans since the last sign of life, and the one before them.
fn plans(reader: &Reader, alive_at: Option<Wall>) -> Result<Vec<(Wall, PlanHash)>, LogError> {
    let mut plans = Vec::new();
    reader.newest(Kind::Plan, |row| {
        plans.extend(accepted(row));
        plans.last().is_some_and(|(at, _)| alive_at.is_none_or(|alive_at| *at <= alive_at))
    })?;
    plans.reverse();
    Ok(plans)
}

/// The plan that a row says was accepted, and when.
pub(super) fn accepted(row: &Row) -> Option<(Wall, PlanHash)> {
    let refused = matches!(row.fact, Fact::Plan(PlanFact { accepted: false, .. }));
    let hash = row.plan_hash.clone().filter(|_| row.kind() == Kind::Plan && !refused)?;
    Some((row.started_at.unwrap_or(Wall::MIN), hash))
}

fn boot_id(row: &Row) -> Option<String> {
    match &row.fact {
        Fact::Start(start) => start.boot_id.clone(),
        _ => None,
    }
}

/// Who vouched for the clock, and for which setting of it. A row that does not say which says nothing.
fn vouch(row: &Row) -> Option<Vouch> {
    let vouched_ms = match &row.fact {
        Fact::Start(start) => start.vouched_ms,
        Fact::Clock(clock) => clock.vouched_ms,
        _ => None,
    };
    Some(Vouch { evidence: row.clock?, setting: vouched_ms?.saturating_mul(1_000_000) })
}

/// The slots that ended within [`CLOSED_FOR`] before `last`, and any later ones.
fn closed(reader: &Reader, last: Option<Wall>) -> Result<Vec<(Slot, Closure)>, LogError> {
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
fn newest(reader: &Reader) -> Result<Option<Wall>, LogError> {
    let mut found = None;
    reader.newest_first(|_, row| {
        found = row.and_then(trusted_instant);
        found.is_none()
    })?;
    Ok(found)
}

fn trusted_instant(row: &Row) -> Option<Wall> {
    let ended_or_aired = matches!(row.kind(), Kind::Air | Kind::End);
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
    match row.kind() {
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

    fn order(n: usize, order: &str) -> Row {
        let (fact, _) = Fact::parse(Kind::Order, &format!(r#"{{"id":"r{n}","order":{order}}}"#));
        let broadcast = Some(BroadcastId::new(format!("@request-{n}")));
        Row { broadcast, ..Row::of(fact, "cam-tan".into(), Origin::Live) }
    }

    /// What a ledger does with these rows: the log has them, and the next start knows of them beside it.
    fn write(store: &mut Store, handover: &mut Handover, rows: Vec<Row>) {
        rows.iter().for_each(|row| handover.note(row));
        store.append(rows, &SlotChange::Nothing).unwrap();
        handover.head = store.head().to_string();
        crate::asrun::store::sheet::HandoverFile::open(store.dir()).write(handover).unwrap();
    }

    const HOLD: &str = r#"{"do":"hold","until":null}"#;

    #[test]
    fn a_start_reads_only_the_orders_since_what_was_handed_over_and_knows_all_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Store::open(dir.path(), Origin::Live, hanoi()).unwrap();
        let skip = r#"{"do":"skip","broadcast":"morning","planned_at":[1,2]}"#;
        let mut rows = vec![order(1, skip), order(2, HOLD)];
        rows.extend((3..200).map(|n| order(n, r#"{"do":"stop","output":null}"#)));
        let mut handover = Handover::default();
        write(&mut open(), &mut handover, rows);
        let later = vec![order(200, r#"{"do":"release"}"#), order(201, &skip.replace("skip", "unskip").replace(",2", ""))];
        open().append(later, &SlotChange::Nothing).unwrap();
        let mut store = open();
        assert_eq!(store.reader().orders_since(handover.seq() + 1, handover.standing.clone()).unwrap().1, 2);
        let standing = store.recover("cam-tan".into(), MORNING).unwrap().standing;
        assert_eq!((standing.hold, standing.requests), (None, 201));
        assert_eq!(standing.skips.into_iter().collect::<Vec<_>>(), [("morning".into(), Wall(2))]);
        assert!(standing.request_ids.contains(&"r201".to_owned()));
    }

    #[test]
    fn a_hold_and_what_ended_survive_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path(), Origin::Live, hanoi()).unwrap();
        let mut handover = Handover::default();
        assert!(handover.breathe(MORNING));
        write(&mut store, &mut handover, vec![start(MORNING, "boot-1")]);
        write(&mut store, &mut handover, whole_slot(MORNING));
        store.checkpoint().unwrap();
        let older = std::fs::read(dir.path().join(crate::asrun::store::FILE)).unwrap();
        store.arm(&open_slot(MORNING + minutes(60))).unwrap();
        write(&mut store, &mut handover, [vec![order(1, HOLD)], whole_slot(MORNING + minutes(60))].concat());
        drop(store);
        for log in [Some(&older), None] {
            for ending in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(dir.path().join(format!("{}{ending}", crate::asrun::store::FILE)));
            }
            if let Some(log) = log {
                std::fs::write(dir.path().join(crate::asrun::store::FILE), log).unwrap();
            }
            let mut store = Store::open(dir.path(), Origin::Live, hanoi()).unwrap();
            let past = store.recover("cam-tan".into(), MORNING + minutes(90)).unwrap();
            assert!(past.standing.hold.is_some() && past.lost && !past.first, "{log:?}");
            assert_eq!((past.alive_at, past.standing.requests), (Some(MORNING), 1));
            assert!(
                [0, 60].iter().all(|minute| past.closed.iter().any(|(closed, _)| *closed == slot(MORNING + minutes(*minute))))
            );
        }
    }

    #[test]
    fn a_release_that_the_older_copy_does_not_know_stands_too() {
        let mut past = Past { standing: Standing::default(), ..Past::default() };
        past.note(&order(1, HOLD));
        let mut handed = Handover { head: format!("9:{}", "0".repeat(64)), ..Handover::default() };
        past.take_over(&handed, Head { seq: 5, ..Head::EMPTY }, false);
        assert_eq!(past.standing.hold, None);
        past.note(&order(2, HOLD));
        handed.head = format!("3:{}", "0".repeat(64));
        past.take_over(&handed, Head { seq: 5, ..Head::EMPTY }, false);
        assert!(past.standing.hold.is_some(), "of two logs that parted, the silent one is believed");
    }

    #[test]
    fn a_slot_that_ended_is_not_open_again_with_an_older_copy() {
        let (entry, other) = (open_slot(MORNING), open_slot(MORNING + minutes(60)));
        let mut past = Past { open_slots: vec![entry.clone(), other.clone()], ..Past::default() };
        let handed = Handover { ended: vec![(entry.slot.clone(), Closure::ForGood)], ..Handover::default() };
        past.take_over(&handed, Head::EMPTY, false);
        assert_eq!((past.open_slots, past.closed), (vec![other], vec![(entry.slot.clone(), Closure::ForGood)]));
        assert_eq!(past.waiting, [HandedWrite::Append(Vec::new(), SlotChange::Clear(entry.slot))]);
    }

    #[test]
    fn a_start_walks_through_no_table() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), Origin::Live, hanoi()).unwrap();
        let newest = |kind| Query { kinds: vec![kind], newest_first: true, ..Query::default() };
        let rare = [Kind::Start, Kind::Plan, Kind::Gap, Kind::Order].map(newest);
        for (query, index) in
            rare.iter().map(|query| (query, "log_by_kind")).chain([(&ended_since(Some(MORNING)), "log_by_time")])
        {
            let (rest, values) = query.sql();
            let mut plan = store.reader().db().prepare(&format!("EXPLAIN QUERY PLAN SELECT * FROM log {rest}")).unwrap();
            let steps = plan.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(steps[0].starts_with(&format!("SEARCH log USING INDEX {index}")), "{rest}: {steps:?}");
        }
    }
}
