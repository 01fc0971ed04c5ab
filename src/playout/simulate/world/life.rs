//! One life of the daemon: from what the disk gave at its start, event by event and cue by cue, to its end.

use std::collections::VecDeque;

use jiff::SignedDuration;

use super::{Planner, Tending, Upcoming, World, ordered};
use crate::asrun::fact::{Fact, GapFact, Lack, PlanFact, StartFact};
use crate::asrun::open::SlotChange;
use crate::asrun::row::Row;
use crate::control::request::{Answer, Request};
use crate::playout::beginning;
use crate::playout::clock::judge::Judge;
use crate::playout::conductor::{Conductor, Setting};
use crate::playout::cue::*;
use crate::playout::simulate::mishap::{Off, Reload, Voucher, What};
use crate::playout::simulate::record::{LifeEnd, RecordedOrder, TroubleKind};
use crate::terms::*;

/// The log hears of the daemon this often.
const ALIVE_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// The clock is looked at this often at least while something happens.
pub(super) const LOOK_EVERY: SignedDuration = SignedDuration::from_millis(400);
/// A clock that a person vouched for is confirmed again so long after the daemon has forgotten it.
const CONFIRMED_IN: SignedDuration = SignedDuration::from_mins(30);
/// How long a clean end waits for sound to fade.
const END_WITHIN: SignedDuration = SignedDuration::from_secs(3);

pub struct Life {
    pub conductor: Conductor,
    pub judge: Judge,
    looked: Mono,
    alive: Option<Wall>,
    /// Orders that wait for their answer.
    asked: Vec<(Asker, RecordedOrder)>,
}

impl Life {
    /// The last sign of life that falls due between two instants of the wall clock, if the clock is believed.
    pub fn breathe(&mut self, from: Wall, to: Wall) -> Option<Wall> {
        if self.judge.clock().status.doubtful {
            return None;
        }
        let last = self.alive.filter(|alive| *alive <= to && (from - *alive).abs() < ALIVE_EVERY * 2);
        let beats = |since: Wall| (to - since).as_secs() / ALIVE_EVERY.as_secs();
        let Some(last) = last.or(Some(from).filter(|from| beats(*from) > 0)) else {
            self.alive = Some(to);
            return self.alive;
        };
        let beats = beats(last);
        if beats < 1 {
            return None;
        }
        self.alive = Some(last + ALIVE_EVERY * i32::try_from(beats).unwrap_or(i32::MAX));
        self.alive
    }
}

impl<P: Planner> World<P> {
    /// The daemon starts, on whatever the disk holds.
    pub(super) fn start(&mut self) {
        if self.disk.full {
            // A log that cannot be written lets no daemon start: the service manager tries again.
            return self.come(self.at + SignedDuration::from_secs(10), Upcoming::Wake);
        }
        self.lives += 1;
        self.is_back();
        self.recalls_who_vouched();
        let now = self.now();
        let past = self.disk.past(now.wall);
        let boot_id = format!("boot-{}", self.boot);
        let known = beginning::known(&past, &boot_id, Mono(0), self.terms.built_at);
        // What the disk says of a hold is what stands: an order, or its release, may have been lost with the power.
        match self.disk.held().filter(|hold| hold.until.is_none() || hold.until > past.alive_at) {
            Some(hold) if self.hold.is_none_or(|(_, until)| until != hold.until) => self.begin_hold(hold.until),
            Some(_) => {}
            None => self.end_hold(),
        }
        let judge = Judge::new(known, self.observe());
        let Clock { status: clock, vouch, .. } = judge.clock();
        self.planner.find();
        self.planner.begin(beginning::before(&past, &self.planner.plan()), now);
        let mut rows = Vec::new();
        if past.lost {
            let gap = Fact::Gap(Box::new(GapFact { what: Lack::LogDamaged, ..GapFact::default() }));
            rows.push(Row { started_at: Some(now.wall), ..Row::of(gap, self.planner.station(), Origin::Simulation) });
        }
        rows.push(self.start_row(&boot_id, vouch, now.wall));
        let another = past.plan() != Some(&self.planner.plan());
        if another {
            rows.push(self.plan_row(true));
        }
        if another || self.record.plans.last().is_none_or(|last| last.hash != self.planner.plan()) {
            if !self.record.plans.is_empty() {
                self.trouble(TroubleKind::Plan, SignedDuration::from_mins(1));
            }
            self.note_plan();
        }
        self.record.in_force.push((self.at, self.planner.plan()));
        self.disk.keep(rows);
        let recovered = beginning::recovered(&past, &boot_id);
        let span = beginning::first_span(recovered.alive_at, now.wall, clock.doubtful);
        let wanted = Wanted::at_start(span, &recovered);
        let first = self.planner.rundown(past.history, &wanted, now);
        self.has_read_files();
        self.needs(&first);
        self.tell(|| format!("the daemon starts: {:?}{}", clock.evidence, if clock.doubtful { ", doubtful" } else { "" }));
        let setting = Setting { origin: Origin::Simulation, clock };
        let (conductor, cues) = Conductor::new(now, setting, recovered, first);
        self.life = Some(Life { conductor, judge, looked: now.mono, alive: None, asked: Vec::new() });
        self.carry_out(cues);
    }

    /// It was off until now: longer than it was meant to be where the disk was full.
    fn is_back(&mut self) {
        if let Some(cut) = self.record.offs.last_mut() {
            cut.back_at = self.at;
        }
        if let Some(off) = self.record.troubles.iter_mut().rev().find(|trouble| matches!(trouble.kind, TroubleKind::Off(_))) {
            off.to = self.at;
        }
    }

    fn start_row(&self, boot_id: &str, vouch: Vouch, now: Wall) -> Row {
        let said = StartFact { boot_id: Some(boot_id.to_owned()), vouched_ms: Some(vouch.in_ms()), ..StartFact::default() };
        Row {
            started_at: Some(now.floor_ms()),
            clock: Some(vouch.evidence),
            plan_hash: Some(self.planner.plan()),
            ..Row::of(Fact::Start(said), self.planner.station(), Origin::Simulation)
        }
    }

    pub(super) fn plan_row(&self, accepted: bool) -> Row {
        Row {
            started_at: Some(self.wall().floor_ms()),
            plan_hash: accepted.then(|| self.planner.plan()),
            ..Row::of(Fact::Plan(PlanFact { accepted, why: None }), self.planner.station(), Origin::Simulation)
        }
    }

    /// Hands one event over and carries out what comes of it, unless the daemon ends in the middle.
    pub(super) fn hand(&mut self, event: Event) {
        if self.stalled {
            return self.held.push_back(event);
        }
        if self.unseen {
            // As at every turn of the engine.
            self.look_now();
        }
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            if self.life.is_none() || self.burns() {
                return;
            }
            self.tell(|| format!("→ {}", brief(&event)));
            let now = self.now();
            let Some(life) = &mut self.life else { return };
            let cues = life.conductor.handle(now, event);
            self.carry_out_into(cues, &mut events);
        }
    }

    fn carry_out(&mut self, cues: Vec<Cue>) {
        let mut events = VecDeque::new();
        self.carry_out_into(cues, &mut events);
        for event in events {
            self.hand(event);
        }
    }

    fn carry_out_into(&mut self, cues: Vec<Cue>, events: &mut VecDeque<Event>) {
        for cue in cues {
            if self.burns() {
                return;
            }
            match cue {
                Cue::Deck(id, cue) => {
                    self.tell(|| format!("  {id}: {}", brief_cue(&cue)));
                    let now = self.now();
                    let is_damaged = self.tend_what_fails(&cue);
                    let deck = self.decks.entry(id.clone()).or_default();
                    if let (DeckCue::Load(airing, _), true) = (&cue, is_damaged) {
                        deck.damaged.insert(*airing);
                    }
                    events.extend(deck.take(cue, now).into_iter().map(|event| Event::Deck(id.clone(), event)));
                    self.joins_devices();
                }
                Cue::Ledger(cue) => self.write(cue),
                Cue::Rundown { from, to } => {
                    self.want(crate::rundown::Span { from, to });
                }
                Cue::Answer(asker, answer) => self.answered(asker, answer),
            }
        }
    }

    /// A damaged master does not load, and whoever finds that says so.
    fn tend_what_fails(&mut self, cue: &DeckCue) -> bool {
        let DeckCue::Load(_, element) = cue else { return false };
        let master = element.facts.as_ref().and_then(|facts| facts.file_hash.clone());
        let damaged = master.filter(|master| self.planner.is_damaged(master));
        let is_damaged = damaged.is_some();
        damaged.into_iter().for_each(|master| self.tend(Tending::Failed(master)));
        is_damaged
    }

    fn write(&mut self, cue: Write) {
        if let Write::Append(rows, _) = &cue {
            for row in rows.iter().filter(|row| row.kind() == Kind::End) {
                self.record.ends.extend(row.slot().map(|slot| (slot, self.at)));
            }
            if self.terms.tells {
                let texts: Vec<String> = rows.iter().map(brief_row).collect();
                self.story.extend(texts.into_iter().map(|text| (self.at, text)));
            }
        }
        let ends = matches!(&cue, Write::Append(rows, _) if rows.iter().any(|row| row.kind() == Kind::End));
        self.disk.write(cue, self.at);
        if ends {
            self.note_faults();
        }
    }

    fn answered(&mut self, asker: Asker, answer: Answer) {
        let Some(life) = &mut self.life else { return };
        let Some(place) = life.asked.iter().position(|(who, _)| *who == asker) else { return };
        let (_, mut ordered) = life.asked.swap_remove(place);
        if let Answer::Playing { broadcast, .. } = &answer {
            for planned in &mut ordered.slots {
                planned.slot.broadcast = broadcast.clone();
            }
        }
        if let Answer::Done(_) = &answer {
            match &ordered.order {
                Order::Hold { until } => self.begin_hold(*until),
                Order::Release => self.end_hold(),
                _ => {}
            }
        }
        self.tell(|| format!("  answered {answer:?}"));
        ordered.answer = Some(answer);
        ordered.answered = self.at;
        self.record.orders.push(ordered);
    }

    fn begin_hold(&mut self, until: Option<Wall>) {
        self.end_hold();
        self.hold = Some((self.record.troubles.len(), until));
        self.record.trouble(TroubleKind::Hold, None, self.at, Wall::MAX);
        self.hold_until();
    }

    /// A hold ends when the station's clock shows its end, whatever that clock was set to meanwhile.
    pub(super) fn hold_until(&mut self) {
        let to = |until: Wall| self.at + (until - self.wall());
        let Some((place, Some(to))) = self.hold.map(|(place, until)| (place, until.map(to))) else { return };
        if let Some(hold) = self.record.troubles.get_mut(place).filter(|hold| hold.to > self.at) {
            hold.to = to.max(self.at);
        }
    }

    pub(super) fn end_hold(&mut self) {
        if let Some(hold) = self.hold.take().and_then(|(place, _)| self.record.troubles.get_mut(place)) {
            hold.to = hold.to.min(self.at);
        }
    }

    /// A request, as it comes over the socket.
    pub(super) fn ask(&mut self, order: Order, play: Option<Box<PlayOrder>>, again: bool) {
        let (at, wall, now) = (self.at, self.wall(), self.now());
        self.asks += 1;
        let request = Request { id: format!("r{}", self.asks), actor: "simulation".into(), uid: None, order: order.clone() };
        for nth in 0..=u64::from(again) {
            let Some(life) = &mut self.life else { return };
            let asker = Asker(self.asks * 2 + nth);
            if nth == 0 {
                let slots = ordered(play.as_deref());
                let id = request.id.clone();
                life.asked.push((asker, RecordedOrder { id, at, answered: at, wall, order: order.clone(), answer: None, slots }));
            }
            self.hand(Event::Request(request.clone(), play.clone(), asker));
        }
        if order == Order::ConfirmClock
            && let Some(life) = &mut self.life
            && let Some(clock) = life.judge.confirm(now)
        {
            self.hand(Event::Clock(clock));
        }
    }

    /// Looks at the clock as the engine does: at every turn, or after a while.
    pub(super) fn look(&mut self) {
        let seen = self.observe();
        let unseen = self.unseen;
        let Some(life) = self.life.as_mut().filter(|_| !self.stalled) else { return };
        let stepped = (seen.now.mono - life.looked).abs() >= LOOK_EVERY || self.synchronised || unseen;
        if !stepped {
            return;
        }
        life.looked = seen.now.mono;
        self.unseen = false;
        if let Some(clock) = life.judge.look(seen) {
            self.hand(Event::Clock(clock));
        }
    }

    /// Looks at once, as the next turn of the engine would.
    pub(super) fn look_now(&mut self) {
        let seen = self.observe();
        let Some(life) = self.life.as_mut().filter(|_| !self.stalled) else { return };
        life.looked = seen.now.mono;
        self.unseen = false;
        if let Some(clock) = life.judge.look(seen) {
            self.hand(Event::Clock(clock));
        }
    }

    pub(super) fn tick_if_due(&mut self) {
        let wall = self.wall();
        let is_due = |life: &Life| life.conductor.deadline().is_some_and(|deadline| deadline <= wall);
        if self.stalled || !self.life.as_ref().is_some_and(is_due) {
            return;
        }
        self.look_now();
        self.hand(Event::Tick);
        if self.life.as_ref().is_some_and(is_due) {
            self.record.seen.push((self.at, "the conductor's deadline did not move".into()));
            // Without this the run would never end.
            self.at = self.at + SignedDuration::from_millis(50);
        }
    }

    /// Whether the daemon ends here, between two events or cues.
    fn burns(&mut self) -> bool {
        match &mut self.fuse {
            None => self.life.is_none(),
            Some((left @ 1.., _)) => {
                *left -= 1;
                false
            }
            Some((0, _)) => {
                if let Some((_, what)) = self.fuse.take() {
                    self.die(&what);
                }
                true
            }
        }
    }

    /// The daemon is gone; what the disk holds is all that is left.
    pub(super) fn die(&mut self, what: &What) {
        let Some(What::Off { how, torn, lasting, wakes, vouched, .. }) = what.off() else { return };
        if self.life.is_none() {
            return;
        }
        let told = self.at;
        if *how == Off::Stopped {
            self.stop_in_order();
        }
        let now = self.now();
        self.decks.values_mut().for_each(|deck| deck.die(now));
        self.gather();
        let lost_since = self.disk.cut(self.at, *torn);
        if let What::LogLost { left, .. } = what {
            let (gone, since) = self.disk.lose(*left);
            let since = since.unwrap_or(self.record.from);
            self.record.starts_are_gone(self.disk.rows.len(), gone.iter().filter(|row| row.kind() == Kind::Start).count());
            self.tell(|| format!("✗ the log is lost, and all of it since {since:?}"));
            self.record.trouble(TroubleKind::LogLost, None, since, self.at);
        }
        self.tell(|| format!("✗ {how:?}{}", if lost_since.is_some() { ", with writes not yet on the disk" } else { "" }));
        self.life = None;
        self.fuse = None;
        self.stalled = false;
        self.held.clear();
        self.coming.retain(|_, coming| {
            !coming.is_care() && !matches!(coming, Upcoming::Planned(_) | Upcoming::Lapse | Upcoming::StallOver)
        });
        let back_at = self.at + *lasting;
        self.record.offs.push(LifeEnd { how: *how, at: self.at, back_at, lost_since });
        if let Some(edit) = self.edit.take() {
            self.reload(Reload::Edit(edit));
        }
        let reason = match how {
            Off::PowerCut => Reason::PowerOff,
            Off::Crash => Reason::Crash,
            Off::Stopped => Reason::Stopped,
        };
        self.record.trouble(TroubleKind::Off(reason), None, told, back_at);
        if *how == Off::PowerCut {
            self.wakes = Some((*wakes, *vouched));
        }
        self.come(back_at, Upcoming::Wake);
        let unheard = |at: Wall| at == self.at || lost_since.is_some_and(|since| since <= at);
        if *how != Off::PowerCut && self.confirmed.is_some_and(unheard) {
            // Nobody knows (any more) that a person vouched for the clock: it takes a while until somebody does again.
            self.confirmed = None;
            self.record.trouble(TroubleKind::Clock, None, self.at, back_at + CONFIRMED_IN);
            self.come(back_at + CONFIRMED_IN, Upcoming::Vouch(Voucher::Person));
        }
    }

    /// The daemon is told to end, and does.
    pub(super) fn stop_in_order(&mut self) {
        if self.life.is_none() {
            return;
        }
        self.fuse = None;
        if self.stalled {
            self.happens(Upcoming::StallOver);
        }
        self.hand(Event::Shutdown);
        let patience = self.at + END_WITHIN;
        while self.life.as_ref().is_some_and(|life| !life.conductor.is_quiet())
            && let Some(next) =
                self.decks.values().filter_map(|deck| deck.next_change(None)).min().map(|mono| self.true_time(mono))
            && next <= patience
        {
            self.at = self.at.max(next);
            self.hear_outputs();
        }
        let mut stop = Row::of(Kind::Stop, self.planner.station(), Origin::Simulation);
        stop.started_at = Some(self.wall().floor_ms());
        self.disk.write(Write::Append(vec![stop], SlotChange::Nothing), self.at);
        self.disk.flush(self.at);
    }
}

fn brief(event: &Event) -> String {
    match event {
        Event::Rundown(rundown) => format!("Rundown of {} slots, plan {}", rundown.slots.len(), rundown.plan_hash),
        Event::Request(request, _, _) => format!("Request {:?}", request.order),
        other => format!("{other:?}"),
    }
}

fn brief_cue(cue: &DeckCue) -> String {
    match cue {
        DeckCue::Load(airing, element) => {
            let item = element.facts.as_ref().map_or("nothing", |facts| facts.item.as_str());
            format!("Load({}, {item})", airing.0)
        }
        other => format!("{other:?}"),
    }
}

fn brief_row(row: &Row) -> String {
    let slot = row.slot().map(|slot| slot.to_string()).unwrap_or_default();
    let item = row.item.as_ref().map(ItemId::as_str).unwrap_or_default();
    let status = row.status.map(Status::as_str).unwrap_or_default();
    let reason = row.reason.map(Reason::as_str).unwrap_or_default();
    let ms = row.airtime_ms.map(|ms| format!(" {ms} ms")).unwrap_or_default();
    format!("  ✎ {} {slot} {item} {status} {reason}{ms} {}", row.kind(), row.detail())
}
