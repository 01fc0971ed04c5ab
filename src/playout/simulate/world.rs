//! A station in a world where everything may go wrong: the real conductor, clock judge and deck on a virtual clock, virtual outputs and
//! a disk in memory, lived through from first start to last row, with restarts.
//!
//! True time is one axis, the station's clocks are offsets to it. Nothing here is random: mishaps come as a list, and the same list gives
//! the same run. What a plan is, and how rundowns come of it, is [`Planner`]'s.

mod clock;
mod files;
mod life;
mod trouble;

use std::collections::{BTreeMap, VecDeque};

use jiff::SignedDuration;

use crate::asrun::history::History;
use crate::asrun::row::Row;
use crate::control::request::Refusal;
use crate::defect::defect;
use crate::playout::care::Task;
use crate::playout::clock::judge::{NETWORK_WITHIN, Observation};
use crate::playout::cue::{DeckEvent, Event, LedgerEvent, PlayOrder, Wanted};
use crate::playout::file_watch::Advice;
use crate::playout::simulate::disk::Disk;
use crate::playout::simulate::mishap::{Edit, Mishap, Reload, Shelf, Vouched, What};
use crate::playout::simulate::output::SimulatedOutput;
use crate::playout::simulate::record::{Record, SoundHeard, TroubleKind};
use crate::playout::simulate::world::life::Life;
use crate::rundown::{Planned, Rundown};
use crate::terms::*;

/// Why masters are looked after.
#[derive(Clone, Debug)]
pub enum Tending<'a> {
    Rundown(&'a Rundown),
    Failed(FileHash),
    Round,
    /// Files that look different when the daemon starts, or when it looks.
    Seen,
}

/// What the station broadcasts: plan, recordings and the planner's thread.
pub trait Planner {
    /// The station's code.
    fn station(&self) -> std::sync::Arc<str>;
    fn plan(&self) -> PlanHash;
    /// A daemon that begins reads the plan's files as they are.
    fn find(&mut self);
    /// It knows the plans that were in force before the present one, and until when: `None` is now.
    fn begin(&mut self, before: Vec<(PlanHash, Option<Wall>)>, now: Now);
    fn rundown(&mut self, history: History, wanted: &Wanted, now: Now) -> Rundown;
    /// Whether another plan is in force afterwards, as a daemon that runs would find.
    fn reload(&mut self, reload: Reload, now: Option<Now>) -> bool;
    fn shelve(&mut self, shelf: Shelf);
    /// The plan's files are saved as another version: which plan that is.
    fn save(&mut self, version: u32) -> PlanHash;
    /// The daemon looks at the files.
    fn look(&mut self, now: Now) -> Advice;
    /// What it looked at has been read: whether another plan is in force.
    fn is_read(&mut self, now: Now) -> bool;
    /// A master is damaged: which, and how soon that must be found out, if the plan has such a recording.
    fn damage(&mut self, item: u32, shows: bool) -> Option<(FileHash, SignedDuration)>;
    /// What is to be done about masters that a rundown needs, that failed, or in a round of all.
    fn tend(&mut self, why: Tending<'_>, now: Now) -> Vec<Task>;
    /// What was to be done about a master has been.
    fn is_tended(&mut self, task: &Task, now: Now) -> Vec<Task>;
    /// Whether a master is damaged.
    fn is_damaged(&self, master: &FileHash) -> bool;
    /// Programme number `number` of the plan (counted round).
    fn programme(&self, number: u32) -> Option<ProgrammeId>;
    /// The order to play item number `item` (counted round), and its slots.
    fn play(
        &self,
        item: u32,
        priority: Priority,
        output: Option<&OutputId>,
        history: &History,
        now: Wall,
    ) -> Result<(Order, Box<PlayOrder>), Refusal>;
}

/// How the world is lived through.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub from: Wall,
    /// The last slots are planned before this.
    pub to: Wall,
    /// From here on nothing is wrong any more: what the engine owes afterwards must air.
    pub calm_from: Wall,
    /// When the program was built, for the judge of the clock.
    pub built_at: Wall,
    /// Whether the log in memory is hashed into its chain.
    pub chained: bool,
    /// Whether each event is told, for a story.
    pub tells: bool,
}

/// What comes by itself.
#[derive(Debug)]
enum Upcoming {
    Wake,
    Vouch(crate::playout::simulate::mishap::Voucher),
    /// In this boot an RTC has waited for the network long enough.
    RtcAlone(u32),
    /// The clock goes astray by so much, and so many times more.
    Drift(SignedDuration, u32),
    DiskFast,
    DiskWell,
    DevicePresent(OutputId),
    DeviceAnswers(OutputId),
    RecordingsWell,
    /// Recordings are put right, unless they have changed again.
    ShelfAsItWas(usize),
    Planned(Box<Wanted>),
    PlannerFast,
    /// The plan's files are saved once more.
    Saved(u32),
    LookAtFiles,
    FilesRead,
    LookAtCopies,
    CopyRound,
    Tended(Task),
    /// The engine looks at the clock, although nothing happens.
    Look,
    StallOver,
    Lapse,
    /// The log is copied.
    Copy,
    Calm,
}

impl Upcoming {
    /// Whether it is the daemon's care of files and masters.
    fn is_care(&self) -> bool {
        matches!(
            self,
            Upcoming::LookAtFiles | Upcoming::FilesRead | Upcoming::LookAtCopies | Upcoming::CopyRound | Upcoming::Tended(_)
        )
    }
}

pub struct World<P> {
    terms: Terms,
    pub planner: P,
    /// True time.
    at: Wall,
    /// When the machine was started.
    booted: Wall,
    boot: u32,
    /// How far the wall clock is ahead of true time.
    ahead: SignedDuration,
    synchronised: bool,
    rtc: bool,
    vouches: clock::Vouches,
    life: Option<Life>,
    lives: usize,
    pub disk: Disk,
    decks: BTreeMap<OutputId, SimulatedOutput>,
    mishaps: VecDeque<Mishap>,
    coming: BTreeMap<(Wall, u64), Upcoming>,
    serial: u64,
    /// The daemon ends after so many more events and cues.
    fuse: Option<(u32, What)>,
    wakes: Option<(crate::playout::simulate::mishap::Wakes, Option<Vouched>)>,
    planner_late: SignedDuration,
    /// How many rundowns were built at the instant of the last.
    rundowns: (Wall, u32),
    /// Recordings are not as they were: the trouble of the record.
    shelved: Option<usize>,
    /// What somebody edits as soon as the daemon is gone.
    edit: Option<Edit>,
    /// The plan that was edited last is not as it was.
    edited: bool,
    /// Masters that were damaged, by the trouble of the record, and how soon that must be found out.
    masters: BTreeMap<FileHash, (usize, SignedDuration)>,
    /// Until when the plan's files are being read, and whether any edit comes at all.
    reading_until: Wall,
    edits: bool,
    stalled: bool,
    /// The clock has been set, and the daemon has not looked at it since.
    unseen: bool,
    /// When a person vouched last for the clock of this boot.
    confirmed: Option<Wall>,
    held: VecDeque<Event>,
    asks: u64,
    /// The hold that stands, as a trouble of the record, and what its end is on the station's clock.
    hold: Option<(usize, Option<Wall>)>,
    pub record: Record,
    pub story: Vec<(Wall, String)>,
}

/// The power is watched this long before a cut: marks are written, and writing takes time.
const WATCHED: SignedDuration = SignedDuration::from_secs(20);
/// Somebody notices at last that recordings are missing or that nobody vouches for the clock, and puts it right.
const NOTICED_IN: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Where the log is lost one day, it is copied this often.
const COPIED_EVERY: SignedDuration = SignedDuration::from_hours(6);
/// How often decks say how far they are, while the power is watched.
const PLAYED_EVERY: SignedDuration = SignedDuration::from_millis(250);
/// Writing takes this long while the power is watched, if nothing is wrong with the disk.
const SYNC: SignedDuration = SignedDuration::from_millis(4);

impl<P: Planner> World<P> {
    /// A world at its beginning: nothing has been started yet.
    pub fn new(terms: Terms, planner: P, mishaps: Vec<Mishap>) -> World<P> {
        let mut world = World {
            at: terms.from,
            // A daemon that starts again has nothing more to wait for.
            booted: terms.from - NETWORK_WITHIN,
            boot: 1,
            ahead: SignedDuration::ZERO,
            synchronised: false,
            rtc: true,
            vouches: clock::Vouches::by_whoever_installed(terms.from),
            life: None,
            lives: 0,
            disk: Disk::new(terms.chained),
            decks: BTreeMap::new(),
            coming: BTreeMap::new(),
            serial: 0,
            fuse: None,
            wakes: None,
            planner_late: SignedDuration::ZERO,
            rundowns: (Wall::MIN, 0),
            shelved: None,
            edit: None,
            edited: false,
            masters: BTreeMap::new(),
            reading_until: terms.from,
            edits: mishaps.iter().any(|mishap| matches!(mishap.what, What::Edit { .. })),
            stalled: false,
            unseen: false,
            confirmed: None,
            held: VecDeque::new(),
            asks: 0,
            hold: None,
            record: Record::new(terms.from, terms.to),
            story: Vec::new(),
            planner,
            terms,
            mishaps: mishaps.into(),
        };
        world.note_clock();
        world.come(world.at, Upcoming::Wake);
        if world.mishaps.iter().any(|mishap| matches!(mishap.what, What::LogLost { .. })) {
            world.come(world.at + COPIED_EVERY, Upcoming::Copy);
        }
        world.come(terms.calm_from, Upcoming::Calm);
        world
    }

    /// Lives until an instant of true time.
    pub fn run_until(&mut self, end: Wall) {
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.step(next);
        }
        self.jump(end);
    }

    /// Lives until nothing is owed any more, at most until `patience`, and ends in good order.
    pub fn run_out(&mut self, patience: Wall) {
        while self.life.as_ref().is_none_or(|life| !life.conductor.is_idle())
            && let Some(next) = self.next().filter(|next| *next <= patience)
        {
            self.step(next);
        }
        self.note_left();
        self.stop_in_order();
        self.gather();
        self.record.rows = std::mem::take(&mut self.disk.rows);
    }

    /// The rows of the end, after [`World::run_out`].
    pub fn last_rows(&self) -> &[Row] {
        let from = self.disk.fresh().min(self.record.rows.len());
        &self.record.rows[from..]
    }

    pub fn wall(&self) -> Wall {
        self.at + self.ahead
    }

    fn now(&self) -> Now {
        Now { wall: self.wall(), mono: Mono((self.at - self.booted).as_nanos().try_into().unwrap_or(i64::MAX)) }
    }

    fn observe(&self) -> Observation {
        Observation { now: self.now(), synchronised: self.synchronised, rtc: self.rtc }
    }

    fn come(&mut self, at: Wall, coming: Upcoming) {
        self.serial += 1;
        self.coming.insert((at, self.serial), coming);
    }

    fn tell(&mut self, text: impl FnOnce() -> String) {
        if self.terms.tells {
            self.story.push((self.at, text()));
        }
    }

    /// Whether the power may be cut before long: then marks are worth their time.
    fn is_watched(&self) -> bool {
        let mut soon = self.mishaps.iter().take_while(|mishap| mishap.at <= self.at + WATCHED);
        self.fuse.is_some() || self.disk.full || soon.any(wants_marks)
    }

    fn played_every(&self) -> Option<SignedDuration> {
        self.is_watched().then_some(PLAYED_EVERY)
    }

    fn true_time(&self, mono: Mono) -> Wall {
        self.booted + (mono - Mono(0))
    }

    /// When something happens next.
    fn next(&self) -> Option<Wall> {
        let deadline =
            self.life.as_ref().filter(|_| !self.stalled).and_then(|life| Some(life.conductor.deadline()? - self.ahead));
        let played = self.played_every();
        let outputs = self.decks.values().filter_map(|deck| deck.next_change(played)).min().map(|mono| self.true_time(mono));
        let coming = self.coming.keys().next().map(|(at, _)| *at);
        let mishap = self.mishaps.front().map(|mishap| mishap.at);
        // Watching begins a while before a cut: a mark may be due at once.
        let watched = self.mishaps.iter().find(|mishap| wants_marks(mishap)).map(|m| m.at - WATCHED);
        let watched = watched.filter(|at| *at > self.at);
        let next = [deadline, outputs, coming, mishap, watched, self.disk.next_change()].into_iter().flatten().min()?;
        Some(next.max(self.at))
    }

    fn jump(&mut self, to: Wall) {
        let from = self.at;
        self.at = self.at.max(to);
        // Before what is due now: a start would owe nothing of before.
        if let Some(life) = self.life.as_mut().filter(|_| !self.stalled && !self.unseen)
            && let Some(alive) = life.breathe(from + self.ahead, self.at + self.ahead - SignedDuration::from_nanos(1))
        {
            let owed_from = life.conductor.owes_nothing_before(alive);
            self.disk.alive(owed_from, alive - self.ahead, self.at);
        }
    }

    fn step(&mut self, to: Wall) {
        self.jump(to);
        self.write_on();
        self.hear_outputs();
        self.look();
        while let Some(((at, serial), _)) = self.coming.first_key_value() {
            if *at > self.at {
                break;
            }
            let key = (*at, *serial);
            if let Some(coming) = self.coming.remove(&key) {
                self.happens(coming);
            }
        }
        while self.mishaps.front().is_some_and(|mishap| mishap.at <= self.at) {
            let Some(mishap) = self.mishaps.pop_front() else { break };
            self.befalls(mishap.what);
        }
        self.tick_if_due();
        self.write_on();
    }

    fn hear_outputs(&mut self) {
        let (now, played) = (self.now(), self.played_every());
        let mut heard = Vec::new();
        for (id, deck) in &mut self.decks {
            heard.extend(deck.advance(now, played).into_iter().map(|event| (id.clone(), event)));
        }
        self.joins_devices();
        for (id, event) in heard {
            self.deck_says(&id, event);
        }
    }

    /// Nobody who decides waits for a device that hangs.
    fn joins_devices(&mut self) {
        let now = self.now();
        if defect!(JoinsDevices)
            && let Some(left) = self.decks.values().filter_map(|deck| deck.away_for(now)).max()
        {
            self.stands_still(left);
        }
    }

    fn deck_says(&mut self, id: &OutputId, event: DeckEvent) {
        self.hand(Event::Deck(id.clone(), event));
    }

    /// Lets the disk do what is due, and hands over what it says.
    fn write_on(&mut self) {
        if !self.disk.has_work(self.at) {
            return;
        }
        let slow = self.disk.sync > SYNC;
        if !slow {
            self.disk.sync = if self.is_watched() { SYNC } else { SignedDuration::ZERO };
        }
        let events: Vec<LedgerEvent> = self.disk.turn(self.at);
        for event in events {
            self.hand(Event::Ledger(event));
        }
    }

    /// Takes over what outputs have heard, once the daemon's life they belong to is known.
    fn gather(&mut self) {
        let booted = self.booted;
        let life = self.lives;
        for (id, deck) in &mut self.decks {
            let broken = deck.broken.drain(..).map(|(law, at, what)| (law, booted + (at - Mono(0)), format!("{id}: {what}")));
            self.record.broken.extend(broken);
            for heard in deck.card.heard.drain(..) {
                let began = booted + (heard.began - Mono(0));
                let ended = booted + (heard.ended - Mono(0));
                self.record.sounds.push(SoundHeard {
                    output: id.clone(),
                    item: heard.item,
                    length: heard.length,
                    frames: heard.frames,
                    began,
                    ended,
                    began_wall: heard.began_at,
                    ended_wall: heard.ended_at,
                    whole: heard.whole,
                    life,
                });
            }
        }
    }

    fn note_plan(&mut self) {
        let force = crate::playout::simulate::record::Force { at: self.at, wall: self.wall(), hash: self.planner.plan() };
        self.record.in_force.push((self.at, force.hash.clone()));
        self.record.plans.push(force);
    }

    fn note_left(&mut self) {
        if let Some(life) = &self.life {
            self.record.left.busy = !life.conductor.is_idle();
            let open = self.decks.keys().filter(|id| !life.conductor.is_closed(id)).cloned();
            self.record.left.open = open.collect();
        } else {
            self.record.left.busy = true;
        }
        self.disk.flush(self.at);
        self.record.broken.append(&mut self.disk.broken);
        self.record.left.open_slots = self.disk.open_slots.keys().cloned().collect();
    }

    /// A trouble of the whole station, for a time.
    fn trouble(&mut self, kind: TroubleKind, lasting: SignedDuration) {
        self.record.trouble(kind, None, self.at, self.at + lasting);
    }
}

/// Whether it matters how far a mark was when it comes: the power is cut, or the disk takes no more marks until it is.
fn wants_marks(mishap: &Mishap) -> bool {
    let cut_later = matches!(&mishap.what, What::WrongTime { then: Some(_), .. });
    cut_later || mishap.what.off().is_some() || matches!(mishap.what, What::FullDisk { .. } | What::SlowDisk { .. })
}

/// The slots of an order, as the model sees them.
fn ordered(play: Option<&PlayOrder>) -> Vec<Planned> {
    play.map(|play| play.slots.clone()).unwrap_or_default()
}
