//! The conductor's thread: real events in, cues out to feeders, ledger and planner, on real time.
//!
//! It renews the lease with every turn, looks at the clock, and never does what could wait: files, devices and rundowns are others'.
//! When this thread stands still, the lease runs out and every output falls silent.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use tokio::sync::oneshot;

use crate::asrun::ledger::LedgerHandle;
use crate::asrun::row::Row;
use crate::control::request::{Answer, Request};
use crate::control::status::{FaultCode, Status as Standing};
use crate::playout::clock::Clocks;
use crate::playout::clock::judge::Judge;
use crate::playout::conductor::{Conductor, DeviceOutlook, HORIZON};
use crate::playout::cue::{Asker, Cue, DeckEvent, Event, LedgerEvent, PlayOrder, Wanted, Write};
use crate::playout::live::{Lease, LiveOutput};
use crate::rundown::Span;
use crate::terms::*;

/// How long sound is allowed without a sign of life from this thread.
const LEASE: SignedDuration = SignedDuration::from_secs(2);
/// It wakes this often at least: to renew the lease, and to see a clock that stepped.
const TURN: Duration = Duration::from_millis(400);
/// The station's sign of life in the log.
const ALIVE_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// How long the end waits for devices to be closed: one that hangs is left to itself.
const CLOSED_WITHIN: Duration = Duration::from_millis(1_500);

/// What reaches the engine.
pub enum Input {
    Deck(OutputId, DeckEvent),
    Ledger(LedgerEvent),
    Rundown(crate::rundown::Rundown),
    /// Another plan is in force, or other recordings: a rundown is wanted at once.
    PlanChanged,
    /// Outputs that the plan has now, or has with other devices.
    Outputs(BTreeMap<OutputId, LiveOutput>),
    /// An order, with what the daemon worked out for it, and who waits for the answer.
    Request(Request, Option<Box<PlayOrder>>, oneshot::Sender<Answer>),
    /// A person vouches for the clock; with `true`, and says that the rows which lie ahead are of a wrong time.
    Confirm(Request, bool, oneshot::Sender<Answer>),
    Status(oneshot::Sender<Standing>),
    /// A fault that the daemon found, by its code; `None` when it is mended.
    Fault(FaultCode, Option<String>),
    Devices(DeviceOutlook),
    /// Silence, then end: the sender hears when it is quiet.
    Shutdown(oneshot::Sender<()>),
}

pub struct Engine {
    conductor: Conductor,
    world: EngineParts,
    /// Outputs that wait until the one they replace is closed.
    waiting: BTreeMap<OutputId, LiveOutput>,
    askers: BTreeMap<Asker, oneshot::Sender<Answer>>,
    next_asker: u64,
    alive_at: Option<Wall>,
    quiet: Option<oneshot::Sender<()>>,
}

/// What the engine works with.
pub struct EngineParts {
    pub clocks: Clocks,
    pub judge: Judge,
    pub outputs: BTreeMap<OutputId, LiveOutput>,
    pub log: LedgerHandle,
    pub lease: Lease,
    pub planner: Sender<Wanted>,
    pub inbox: Receiver<Input>,
    /// Hears of each row. It must not wait.
    pub told: Box<dyn Fn(&Row) + Send>,
}

impl Engine {
    pub fn new(conductor: Conductor, world: EngineParts) -> Engine {
        Engine { conductor, world, waiting: BTreeMap::new(), askers: BTreeMap::new(), next_asker: 0, alive_at: None, quiet: None }
    }

    /// Runs until told to shut down and quiet, or until nobody can tell it anything any more. `first` are the cues of the beginning.
    pub fn run(mut self, first: Vec<Cue>) {
        self.carry_out(first);
        let mut heard = None;
        loop {
            let now = self.world.clocks.now();
            if self.world.lease.has_lapsed(now.mono) {
                self.world.lease.note_lapse();
            }
            self.world.lease.renew(now.mono + LEASE);
            // Before what was heard: what a step of the clock has led to is told with its reason.
            self.look(now);
            // What has come meanwhile goes in one turn, so that a burst does not renew the lease a hundred times.
            while let Some(input) = heard.take().or_else(|| self.world.inbox.try_recv().ok()) {
                self.take(input);
            }
            let now = self.world.clocks.now();
            if self.conductor.deadline().is_some_and(|deadline| deadline <= now.wall) {
                self.tick(now);
            }
            self.breathe(now);
            if !self.waiting.is_empty() {
                self.swap_outputs();
            }
            if self.quiet.is_some() && self.conductor.is_quiet() {
                break;
            }
            match self.world.inbox.recv_timeout(self.patience()) {
                Ok(input) => heard = Some(input),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let outputs = std::mem::take(&mut self.world.outputs);
        let until = Instant::now() + CLOSED_WITHIN;
        let ending: Vec<_> = outputs.into_values().filter_map(LiveOutput::end).collect();
        ending.iter().for_each(|over| over.wait_until(until));
        if let Some(quiet) = self.quiet {
            // The daemon may have given up waiting.
            let _ = quiet.send(());
        }
    }

    /// How long nothing is due.
    fn patience(&self) -> Duration {
        let now = self.world.clocks.now().wall;
        let until =
            self.conductor.deadline().map_or(TURN, |deadline| Duration::try_from(deadline - now).unwrap_or(Duration::ZERO));
        until.min(TURN)
    }

    fn tick(&mut self, now: Now) {
        self.handle(now, Event::Tick);
        if self.conductor.deadline().is_some_and(|deadline| deadline <= now.wall) {
            self.conductor.set_fault(FaultCode::Internal, Some("the conductor's deadline did not move".into()));
            // Without this pause a broken law would be a core at 100%.
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn look(&mut self, now: Now) {
        if let Some(clock) = self.world.judge.look(self.world.clocks.observe()) {
            self.handle(now, Event::Clock(clock));
        }
    }

    /// Tells the log that the station is alive: only once all that was due is handed over, for a start owes nothing of before.
    fn breathe(&mut self, now: Now) {
        let trusted = !self.world.judge.clock().status.doubtful;
        let due = self.alive_at.is_none_or(|at| (now.wall - at).abs() >= ALIVE_EVERY);
        if trusted && due {
            self.alive_at = Some(now.wall);
            self.write(Write::Alive(self.conductor.owes_nothing_before(now.wall)));
        }
    }

    fn take(&mut self, input: Input) {
        let now = self.world.clocks.now();
        match input {
            Input::Deck(output, event) => self.handle(now, Event::Deck(output, event)),
            Input::Ledger(event) => self.handle(now, Event::Ledger(event)),
            Input::Rundown(rundown) => self.handle(now, Event::Rundown(rundown)),
            Input::PlanChanged => self.want(self.conductor.owed_from(now.wall), now.wall + HORIZON),
            Input::Outputs(outputs) => {
                self.waiting.extend(outputs);
                self.swap_outputs();
            }
            Input::Request(request, play, answer) => self.request(now, request, play, answer),
            Input::Confirm(request, back, answer) => match self.world.judge.may_confirm(now, back) {
                Ok(()) => {
                    self.request(now, request, None, answer);
                    if let Some(clock) = self.world.judge.confirm(now) {
                        self.handle(now, Event::Clock(clock));
                    }
                }
                // Whoever asked may be gone.
                Err(refusal) => drop(answer.send(Answer::Refused(refusal))),
            },
            // Whoever asked may be gone.
            Input::Status(asker) => drop(asker.send(self.conductor.status())),
            Input::Fault(code, detail) => self.conductor.set_fault(code, detail),
            Input::Devices(devices) => self.conductor.foresee(devices),
            Input::Shutdown(quiet) => {
                self.quiet = Some(quiet);
                self.handle(now, Event::Shutdown);
            }
        }
    }

    fn request(&mut self, now: Now, request: Request, play: Option<Box<PlayOrder>>, answer: oneshot::Sender<Answer>) {
        self.next_asker += 1;
        self.askers.insert(Asker(self.next_asker), answer);
        self.handle(now, Event::Request(request, play, Asker(self.next_asker)));
    }

    fn handle(&mut self, now: Now, event: Event) {
        let cues = self.conductor.handle(now, event);
        self.carry_out(cues);
    }

    fn carry_out(&mut self, cues: Vec<Cue>) {
        for cue in cues {
            match cue {
                Cue::Deck(id, cue) => {
                    if let Some(output) = self.world.outputs.get(&id) {
                        output.send(cue);
                    }
                }
                Cue::Ledger(cue) => self.ledger(cue),
                Cue::Rundown { from, to } => self.want(from, to),
                Cue::Answer(asker, answer) => {
                    if let Some(waiting) = self.askers.remove(&asker) {
                        let _ = waiting.send(answer);
                    }
                }
            }
        }
    }

    fn want(&self, from: Wall, to: Wall) {
        // The planner ends only with the daemon.
        let _ = self.world.planner.send(self.conductor.wants(Span { from, to }));
    }

    /// Puts new outputs in their place as soon as the old ones are closed: what is on air is not cut for them. The old ones end by themselves,
    /// however long their devices take.
    fn swap_outputs(&mut self) {
        let ids: Vec<OutputId> = self.waiting.keys().filter(|id| self.conductor.is_closed(id)).cloned().collect();
        for id in ids {
            if let Some(output) = self.waiting.remove(&id) {
                self.world.outputs.insert(id.clone(), output);
                let now = self.world.clocks.now();
                self.handle(now, Event::Deck(id, DeckEvent::Hangs(None)));
            }
        }
    }

    fn ledger(&mut self, write: Write) {
        for row in write.rows() {
            tell(row);
            (self.world.told)(row);
        }
        let ends = write.rows().iter().any(|row| row.kind() == Kind::End);
        self.write(write);
        if ends && self.conductor.open_slots().is_empty() {
            // A ledger that is gone has just been told of.
            let _ = self.world.log.checkpoint();
        }
    }

    fn write(&mut self, write: Write) {
        if self.world.log.write(write).is_err() {
            self.conductor.set_fault(FaultCode::LogFailing, Some("the log's writer has ended".into()));
        }
    }
}

/// Says in the trace what a finished row says, for whoever watches.
fn tell(row: &Row) {
    let status = row.status.map(Status::as_str).unwrap_or_default();
    let reason = row.reason.map(Reason::as_str).unwrap_or_default();
    let broadcast = row.broadcast.as_ref().map(BroadcastId::as_str).unwrap_or_default();
    match row.kind() {
        Kind::Air => {
            let item = row.item.as_ref().map(ItemId::as_str).unwrap_or_default();
            tracing::info!(
                broadcast,
                item,
                airtime_ms = row.airtime_ms,
                reason,
                "air {status}: {}",
                row.title.as_deref().unwrap_or(item)
            );
        }
        Kind::End => tracing::info!(broadcast, reason, "end {status}"),
        Kind::Fault => tracing::warn!(detail = row.detail(), "fault"),
        Kind::Clock => tracing::info!(detail = row.detail(), "clock"),
        Kind::Void => tracing::warn!(broadcast, "a wrong time had ended it: it is owed again"),
        Kind::Start | Kind::Stop | Kind::Plan | Kind::Order | Kind::Hand | Kind::Gap => {}
    }
}
