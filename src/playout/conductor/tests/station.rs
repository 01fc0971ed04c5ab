//! A station for stories about the conductor alone: its rundowns are closures, its log is a list, its disk is at once.
//!
//! Whatever the disk, the clock's judge and restarts do to it is lived through in [`crate::playout::simulate::world`].

use std::collections::{BTreeMap, VecDeque};

use jiff::SignedDuration;

use crate::asrun::history::History;
use crate::asrun::open::OpenSlot;
use crate::asrun::row::Row;
use crate::asrun::standing::Standing;
use crate::control::request::{Answer, Request};
use crate::control::status::{ClockStatus, Status};
use crate::playout::conductor::states::Wait;
use crate::playout::conductor::{Conductor, HORIZON, Setting};
use crate::playout::cue::*;
use crate::playout::simulate::mishap::Loss;
use crate::playout::simulate::output::SimulatedOutput;
use crate::rundown::Rundown;
use crate::terms::*;

/// Builds the rundown of [from, to) as seen at an instant, from the history so far.
pub type Builder<'a> = Box<dyn FnMut(&History, Wall, Wall, Wall) -> Rundown + 'a>;

/// A station whose time and outputs are virtual.
pub struct Station<'a> {
    now: Now,
    conductor: Conductor,
    outputs: BTreeMap<OutputId, SimulatedOutput>,
    builder: Builder<'a>,
    events: VecDeque<Event>,
    pub history: History,
    /// What the log would hold, in order.
    pub rows: Vec<Row>,
    /// What would be recovered after a power cut.
    pub open_slots: BTreeMap<Slot, OpenSlot>,
    pub answers: Vec<(Asker, Answer)>,
    clock: ClockStatus,
    /// How often decks tell what has played: only wanted where the power may be cut.
    played_every: Option<SignedDuration>,
    /// The disk does not answer.
    disk_hangs: bool,
    requests: u64,
    /// The last instant at which the station was alive on a trusted clock.
    alive_at: Wall,
}

/// The clock is judged anew.
pub fn judged(status: ClockStatus, step: Option<SignedDuration>) -> Event {
    let vouch = Vouch { evidence: status.evidence, setting: 0 };
    Event::Clock(Clock { status, step, vouch })
}

/// A clock that somebody vouches for.
pub fn trusted_clock() -> ClockStatus {
    ClockStatus { evidence: Evidence::Operator, doubtful: false, why: None }
}

impl<'a> Station<'a> {
    /// Starts a station that has never aired, at an instant.
    pub fn start(at: Wall, builder: Builder<'a>) -> Station<'a> {
        Station::start_with(at, trusted_clock(), History::default(), Recovered::default(), at, builder)
    }

    fn start_with(
        at: Wall,
        clock: ClockStatus,
        history: History,
        recovered: Recovered,
        owed_from: Wall,
        mut builder: Builder<'a>,
    ) -> Station<'a> {
        let now = Now { wall: at, mono: Mono(0) };
        let rundown = builder(&history, owed_from.min(at), at + HORIZON, at);
        let open_slots = recovered.open_slots.iter().map(|u| (u.slot.clone(), u.clone())).collect();
        let requests = recovered.requests;
        let (conductor, cues) =
            Conductor::new(now, Setting { origin: Origin::Simulation, clock: clock.clone() }, recovered, rundown);
        let mut station = Station {
            now,
            conductor,
            outputs: BTreeMap::new(),
            builder,
            events: VecDeque::new(),
            history,
            rows: Vec::new(),
            open_slots,
            answers: Vec::new(),
            clock,
            played_every: None,
            disk_hangs: false,
            requests,
            alive_at: owed_from,
        };
        station.carry_out(cues);
        station.come_to_rest();
        station
    }

    /// Lets decks report progress, as real ones do, so that there are marks when the power is cut.
    pub fn with_marks(mut self) -> Station<'a> {
        self.played_every = Some(SignedDuration::from_millis(250));
        self
    }

    /// The disk does not answer any more.
    pub fn with_hanging_disk(mut self) -> Station<'a> {
        self.disk_hangs = true;
        self
    }

    pub fn wall(&self) -> Wall {
        self.now.wall
    }

    pub fn status(&self) -> Status {
        self.conductor.status()
    }

    /// Why nothing starts now on an output.
    pub fn waits(&self, id: &str) -> Option<Wait> {
        self.conductor.timelines.get(&OutputId::from(id))?.next_start(&self.conductor.shared).err()
    }

    pub fn deadline(&self) -> Option<Wall> {
        self.conductor.deadline()
    }

    /// Runs until an instant, handing finished rows over as they come.
    pub fn run_until(&mut self, end: Wall) {
        while let Some(next) = self.next_instant().filter(|next| *next <= end) {
            self.step(next);
        }
        self.jump(end);
    }

    pub fn ask(&mut self, order: crate::terms::Order, play: Option<Box<PlayOrder>>) -> Option<Answer> {
        let id = format!("r{}", self.requests + 1);
        self.ask_as(&id, order, play)
    }

    /// An order under an id of the asker's choice: one that was sent before is sent again.
    pub fn ask_as(&mut self, id: &str, order: crate::terms::Order, play: Option<Box<PlayOrder>>) -> Option<Answer> {
        self.requests += 1;
        let request = Request { id: id.to_owned(), actor: "tester".into(), uid: None, order };
        let asker = Asker(self.requests);
        self.events.push_back(Event::Request(request, play, asker));
        self.come_to_rest();
        self.answers.iter().find(|(who, _)| *who == asker).map(|(_, answer)| answer.clone())
    }

    /// An event from the world: a clock that is judged anew, a rundown of a new plan, a device that is gone.
    pub fn happen(&mut self, event: Event) {
        if let Event::Clock(clock) = &event {
            self.clock = clock.status.clone();
        }
        self.events.push_back(event);
        self.come_to_rest();
    }

    /// The wall clock steps; sound and the boot clock run on.
    pub fn step_clock(&mut self, by: SignedDuration, status: ClockStatus) {
        self.now.wall = self.now.wall + by;
        self.hear_outputs();
        self.happen(judged(status, Some(by)));
    }

    /// The device of an output is gone. Nothing happens unless one is open.
    pub fn lose_device(&mut self, id: &OutputId) {
        if let Some(output) = self.outputs.get_mut(id) {
            let events = output.fail(Loss::Vanishes, self.now);
            output.card.absent = true;
            self.events.extend(events.into_iter().map(|event| Event::Deck(id.clone(), event)));
        }
        self.come_to_rest();
    }

    /// Another device can be opened, or the same again. Nothing happens unless one is missing.
    pub fn device_back(&mut self, id: &OutputId) {
        if let Some(output) = self.outputs.get_mut(id) {
            output.card.absent = false;
            let events = if output.is_lost() { output.take(DeckCue::Open, self.now) } else { Vec::new() };
            self.events.extend(events.into_iter().map(|event| Event::Deck(id.clone(), event)));
        }
        self.come_to_rest();
    }

    /// Ends the daemon in good order.
    pub fn shut_down(&mut self) {
        self.happen(Event::Shutdown);
        let patience = self.now.wall + SignedDuration::from_secs(3);
        while !self.conductor.is_quiet()
            && let Some(next) = self.next_output_change().filter(|next| *next <= patience)
        {
            self.step(next);
        }
    }

    /// The power is cut: what the log and the marks hold is all that is left. The station starts again at `at`.
    pub fn cut_power(self, at: Wall, off: Reason, clock: ClockStatus) -> Station<'a> {
        let alive_at = if self.clock.doubtful { self.alive_at } else { self.now.wall };
        let mut standing = Standing::default();
        self.rows.iter().for_each(|row| standing.note(row));
        let recovered = Recovered {
            open_slots: self.open_slots.into_values().collect(),
            hold: standing.hold,
            skips: standing.skips.into_iter().collect(),
            mourning: standing.mourning,
            closed: self.rows.iter().fold(Vec::new(), close),
            alive_at: Some(alive_at),
            off: Some(off),
            requests: self.requests,
            spent: spent(&self.rows),
            ..Recovered::default()
        };
        let mut next = Station::start_with(at, clock, self.history, recovered, alive_at, self.builder);
        next.played_every = self.played_every;
        next.rows.splice(0..0, self.rows);
        next
    }

    fn next_output_change(&self) -> Option<Wall> {
        let next = self.outputs.values().filter_map(|output| output.next_change(self.played_every)).min()?;
        Some(self.now.wall + (next - self.now.mono))
    }

    fn next_instant(&self) -> Option<Wall> {
        let deadline = self.conductor.deadline();
        let next = [deadline, self.next_output_change()].into_iter().flatten().min()?;
        Some(next.max(self.now.wall))
    }

    fn jump(&mut self, to: Wall) {
        let by = to - self.now.wall;
        if by.is_positive() {
            self.now = Now { wall: to, mono: self.now.mono + by };
        }
    }

    fn step(&mut self, to: Wall) {
        self.jump(to);
        self.hear_outputs();
        let due = self.conductor.deadline().is_none_or(|deadline| deadline <= self.now.wall);
        if due {
            self.events.push_back(Event::Tick);
        }
        self.come_to_rest();
    }

    fn hear_outputs(&mut self) {
        for (id, output) in &mut self.outputs {
            let events = output.advance(self.now, self.played_every);
            self.events.extend(events.into_iter().map(|event| Event::Deck(id.clone(), event)));
        }
    }

    /// Hands over events until none is left.
    fn come_to_rest(&mut self) {
        while let Some(event) = self.events.pop_front() {
            let cues = self.conductor.handle(self.now, event);
            if !self.clock.doubtful {
                self.alive_at = self.now.wall;
            }
            self.carry_out(cues);
        }
    }

    fn carry_out(&mut self, cues: Vec<Cue>) {
        for cue in cues {
            match cue {
                Cue::Deck(id, cue) => {
                    let output = self.outputs.entry(id.clone()).or_default();
                    let events = output.take(cue, self.now);
                    self.events.extend(events.into_iter().map(|event| Event::Deck(id.clone(), event)));
                }
                Cue::Ledger(cue) => self.write(cue),
                Cue::Rundown { from, to } => {
                    let expected = self.expecting();
                    let rundown = (self.builder)(&expected, from, to, self.now.wall);
                    self.events.push_back(Event::Rundown(rundown));
                }
                Cue::Answer(asker, answer) => self.answers.push((asker, answer)),
            }
        }
    }

    /// The past, with what is on air now taken as aired.
    fn expecting(&self) -> History {
        let mut history = self.history.clone();
        for open_slot in self.open_slots.values() {
            open_slot.expect(&mut history);
        }
        history
    }

    fn write(&mut self, cue: Write) {
        match cue {
            Write::Arm(ticket, open_slot) => {
                self.open_slots.insert(open_slot.slot.clone(), *open_slot);
                if !self.disk_hangs {
                    self.events.push_back(Event::Ledger(LedgerEvent::Durable(ticket)));
                }
            }
            Write::Alive(_) => {}
            Write::Mark(open_slot) => {
                self.open_slots.insert(open_slot.slot.clone(), *open_slot);
            }
            Write::Append(rows, change) => {
                for row in rows {
                    self.history.note(&row);
                    self.rows.push(row);
                }
                match change {
                    SlotChange::Nothing => {}
                    SlotChange::Update(open_slot) => {
                        self.open_slots.insert(open_slot.slot.clone(), *open_slot);
                    }
                    SlotChange::Clear(slot) => {
                        self.open_slots.remove(&slot);
                    }
                }
            }
        }
    }
}

/// Airtime by output and start, as quotas count it.
fn spent(rows: &[Row]) -> Vec<(OutputId, Wall, SignedDuration)> {
    rows.iter()
        .filter(|row| row.kind() == Kind::Air && row.priority != Some(Priority::Emergency))
        .filter_map(|row| Some((row.output.clone()?, row.started_at?, SignedDuration::from_millis(row.airtime_ms?))))
        .collect()
}

/// Takes in an `end`, or the `void` of one.
fn close(mut closed: Vec<(Slot, Closure)>, row: &Row) -> Vec<(Slot, Closure)> {
    if let (Kind::End, Some(slot), Some(status)) = (row.kind(), row.slot(), row.status) {
        let how = Closure::by(&slot, Outcome { status, reason: row.reason });
        closed.push((slot, how));
    } else if row.kind() == Kind::Void {
        closed.retain(|(slot, _)| Some(slot) != row.slot().as_ref());
    }
    closed
}
