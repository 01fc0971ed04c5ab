//! The laws of a run, and whether it kept them: a model that is independent of the engine.
//!
//! It takes what the plans owe, what befell the station, what the outputs really took and what the log says, and knows nothing of how the
//! conductor decides. Where a mishap makes the outcome uncertain the model says so by what it excuses, never by what the engine did.

mod again;
mod called_off;
mod files;
mod in_force;
mod items;
mod orders;
mod outcome;
mod picks;
mod resume;
mod sound;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::SignedDuration;

use crate::asrun::row::Row;
use crate::control::request::Answer;
use crate::playout::simulate::record::{Force, Record, SoundHeard, Trouble, TroubleKind};
use crate::rundown::Planned;
use crate::terms::*;

pub use picks::ProgrammePool;

/// A law that a run broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub law: Law,
    pub at: Wall,
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.what)
    }
}

/// What the model knows of a run.
pub struct Model<'a> {
    record: &'a Record,
    plans: &'a BTreeMap<PlanHash, Says>,
    /// Every slot that any plan in force owed, or a person ordered.
    owed: BTreeMap<Slot, Planned>,
    /// The same slot as another plan owes it.
    otherwise: BTreeMap<Slot, Vec<Planned>>,
    /// Every slot of any plan that was ever in force: a wrong time may have shown its instant to another plan than the right one.
    sometime: BTreeSet<Slot>,
    /// Those that must end whatever happens.
    must: BTreeSet<Slot>,
    /// Rows that say what sounded, by sound.
    row_of: Vec<Option<usize>>,
    /// What sounded of each slot, by those rows.
    of_slot: BTreeMap<Slot, Vec<usize>>,
    /// When hours opened and closed on each output, in the order of opening; each once.
    hours: BTreeMap<OutputId, Vec<(Wall, Wall)>>,
    /// The longest of them.
    longest_hours: SignedDuration,
    endings: BTreeMap<Slot, Vec<&'a Row>>,
    end_at: BTreeMap<&'a Slot, Wall>,
    /// The longest recording there is.
    longest: SignedDuration,
    breaches: Vec<Breach>,
}

/// How far a start may be off: half a frame, and the log's millisecond.
const GRAIN: SignedDuration = SignedDuration::from_millis(2);
/// A fade, and what the deck needs to hear of it.
const FADES: SignedDuration = SignedDuration::from_millis(40);

/// What a plan says of the whole span.
#[derive(Debug)]
pub struct Says {
    /// What it owes.
    pub slots: Vec<Planned>,
    /// When anything may sound on each output: from when, until when.
    pub hours: BTreeMap<OutputId, Vec<(Wall, Wall)>>,
    /// Days on which it is silent.
    pub silent: Vec<(Wall, Wall)>,
    /// Its items, as far as they are valid.
    pub items: BTreeSet<ItemId>,
    /// From when and until when each is.
    pub valid: BTreeMap<ItemId, (Wall, Wall)>,
    /// What the programmes that pick choose from.
    pub pools: BTreeMap<ProgrammeId, ProgrammePool>,
    /// Programmes whose picks go on until they are about so long.
    pub filled: BTreeSet<ProgrammeId>,
    /// Items that may not air as often as they are planned.
    pub caps: BTreeMap<ItemId, ItemCaps>,
    /// When each civil day begins.
    pub days: Vec<Wall>,
}

/// Holds a run against all laws; `plans` are those that were in force.
pub fn judge(record: &Record, plans: &BTreeMap<PlanHash, Says>) -> Vec<Breach> {
    let mut model = Model::new(record, plans);
    model.check_ends();
    model.check_outcomes();
    model.check_emergencies();
    model.check_validity();
    model.check_repeats();
    model.check_sounds();
    model.check_silent_days();
    model.check_items();
    model.check_plans();
    model.check_resumes();
    model.check_owed_again();
    model.check_orders();
    model.check_edits();
    model.check_faults();
    model.check_rest();
    model.check_chain();
    record.broken.iter().for_each(|(law, at, what)| model.breach(*law, *at, what.clone()));
    model.breaches.sort_by_key(|breach| breach.at);
    model.breaches
}

impl<'a> Model<'a> {
    fn new(record: &'a Record, plans: &'a BTreeMap<PlanHash, Says>) -> Model<'a> {
        let mut model = Model {
            record,
            plans,
            owed: BTreeMap::new(),
            otherwise: BTreeMap::new(),
            sometime: BTreeSet::new(),
            must: BTreeSet::new(),
            row_of: Vec::new(),
            of_slot: BTreeMap::new(),
            hours: BTreeMap::new(),
            longest_hours: SignedDuration::ZERO,
            endings: record.endings(),
            end_at: BTreeMap::new(),
            longest: SignedDuration::ZERO,
            breaches: Vec::new(),
        };
        for (slot, at) in &record.ends {
            model.end_at.insert(slot, *at);
        }
        let planned =
            plans.values().flat_map(|says| &says.slots).flat_map(|planned| planned.elements.iter().map(|element| element.length));
        let sounded = record.sounds.iter().map(|sound| sound.length.length());
        model.longest = planned.chain(sounded).max().unwrap_or_default();
        model.know_what_is_owed();
        model.match_rows();
        model.know_hours();
        model
    }

    /// Each plan owes the instants of the time in which it was in force; which one that was is not certain around a change, nor where the
    /// clock was wrong.
    fn know_what_is_owed(&mut self) {
        let record = self.record;
        let unsure = SignedDuration::from_secs(10);
        // A plan whose row was lost with the power is found anew by the next start: until then the one before it is owed too.
        let at_start = |force: &Force| record.offs.iter().any(|cut| cut.at == force.at && cut.back_at == force.at);
        let lost = |force: &Force| record.may_be_lost(force.at, force.at) && !at_start(force);
        // A clock that is wrong is reckoned back when it is right again.
        let is_off = |force: &Force| force.wall != force.at || record.clocks.iter().any(|clock| clock.at == force.at);
        // Nor does a daemon know that a plan came which came while nobody vouched for the clock any more: a cut had lost who did.
        let unvouched = |force: &Force| {
            let cut_before = |t: &Trouble| record.offs.iter().any(|cut| t.from <= cut.at && cut.at <= force.at);
            let lost = |t: &Trouble| t.from <= force.at && force.at <= t.to && cut_before(t);
            record.troubles.iter().any(|trouble| trouble.kind == TroubleKind::Clock && lost(trouble))
        };
        let is_off = |force: &Force| is_off(force) || unvouched(force);
        for (place, force) in record.plans.iter().enumerate() {
            let Some(Says { slots, .. }) = self.plans.get(&force.hash) else { continue };
            self.sometime.extend(slots.iter().map(|planned| planned.slot.clone()));
            let from = if place == 0 { Wall::MIN } else { force.wall };
            let after = &record.plans[place + 1..];
            let next = after.iter().find(|force| !lost(force));
            let to = next.map_or(Wall::MAX, |next| next.wall);
            // By a clock that was wrong nobody knows when that was.
            let unsure_from = |next: &Force| if is_off(next) { Wall::MIN } else { next.wall };
            let unsure_from = after.first().filter(|next| lost(next)).map_or(Wall::MAX, unsure_from);
            let since = if place == 0 { Wall::MIN } else { force.at };
            let until = next.map_or(Wall::MAX, |next| next.at);
            for planned in slots {
                let at = planned.slot.planned_at;
                let near = |edge: Wall| (at - edge).abs() < unsure || self.any(&[TroubleKind::Planner], None, edge, at.max(edge));
                // What is read while the daemon stands still comes into force when it goes on, whatever the clock shows by then.
                let stands = |force: &Force| self.any(&[TroubleKind::Stall], None, force.at, force.at);
                // What was added after its instant is owed by nobody, also when a start follows.
                let after = at + GRAIN >= from;
                let doubt = place > 0 && ((after && near(from)) || is_off(force) || stands(force));
                let doubt = doubt || next.is_some_and(|next| near(to) || is_off(next) || stands(next));
                // Where no row is left that names a plan, the one that a start finds owes all that it knows nothing of.
                let doubt = doubt || (place > 0 && record.plans[..place].iter().all(lost));
                let (in_wall, (first, last)) = (from <= at && at < to, record.shown(at));
                // What the clock showed when another plan was in force is owed by that one. Set back, it is owed once more by the plan in force
                // then, unless it sounded whole.
                let in_true = since <= first && first < until;
                let in_true_again = since <= last && last < until;
                if doubt || in_wall || in_true || in_true_again {
                    if !doubt && in_wall && in_true && in_true_again && !lost(force) && at < unsure_from {
                        self.must.insert(planned.slot.clone());
                    }
                    if let Some(other) = self.owed.insert(planned.slot.clone(), planned.clone()) {
                        self.otherwise.entry(planned.slot.clone()).or_default().push(other);
                    }
                }
            }
        }
        for order in record.orders.iter().filter(|order| matches!(order.answer, Some(Answer::Playing { .. }))) {
            for planned in &order.slots {
                // Whether a row that was on its way when the power was cut came to the disk is nobody's to know.
                if !record.may_be_lost(order.at, order.answered) {
                    self.must.insert(planned.slot.clone());
                }
                self.owed.insert(planned.slot.clone(), planned.clone());
            }
        }
    }

    /// Whether a trouble of one of these kinds fell into a stretch of true time, on this output or on all.
    fn any(&self, kinds: &[TroubleKind], output: Option<&OutputId>, from: Wall, to: Wall) -> bool {
        self.record.troubles.iter().any(|trouble| {
            kinds.contains(&trouble.kind)
                && trouble.from <= to
                && from <= trouble.to
                && (trouble.output.is_none() || output.is_none() || trouble.output.as_ref() == output)
        })
    }

    /// Whether the log that was lost took the slot's end with it, or all that was known of a slot that had not ended.
    fn is_lost(&self, slot: &Slot) -> bool {
        let ordered = self.record.orders.iter().find(|order| order.slots.iter().any(|planned| planned.slot == *slot));
        let due = ordered.map_or_else(|| self.record.shown(slot.planned_at).0, |order| order.at);
        // An end that a `void` row has taken back was none, and one that was lost with the power came again.
        let opened = self.was_opened(slot);
        let ends = self.record.ends.iter().filter(|(ended, _)| ended == slot).map(|(_, at)| *at);
        let ends: Vec<Wall> = ends.filter(|_| !opened).collect();
        let mut lost = self.record.troubles.iter().filter(|trouble| trouble.kind == TroubleKind::LogLost);
        lost.any(|lost| {
            let took = |end: Wall| lost.from <= end && end <= lost.to;
            let none_is_left = ends.iter().all(|end| took(*end) || self.record.may_be_lost(*end, *end));
            none_is_left && (due <= lost.to || ends.iter().any(|end| took(*end)))
        })
    }

    fn breach(&mut self, law: Law, at: Wall, what: impl Into<String>) {
        self.breaches.push(Breach { law, at, what: what.into() });
    }

    /// The row that says of each sound that it sounded. A clock that was set back can give several sounds one instant: a row goes with one
    /// of its life of the daemon (or, where a start wrote it, of the life before), that it claims all of, or with the longest.
    fn match_rows(&mut self) {
        let record = self.record;
        let mut sounds: BTreeMap<(&OutputId, &ItemId, Wall), Vec<usize>> = BTreeMap::new();
        for (place, sound) in record.sounds.iter().enumerate().filter(|(_, sound)| sound.frames.count > 0) {
            if let Some(item) = &sound.item {
                sounds.entry((&sound.output, item, sound.began_wall.round_ms())).or_default().push(place);
            }
        }
        self.row_of = vec![None; record.sounds.len()];
        let mut starts = 0;
        for (place, row) in record.rows.iter().enumerate() {
            starts += usize::from(row.kind() == Kind::Start);
            let gone = record.gone.iter().filter(|(before, _)| *before <= place).map(|(_, starts)| *starts);
            let life = starts + gone.sum::<usize>();
            let claimed = row.frames.unwrap_or(0);
            if row.kind() != Kind::Air || claimed == 0 {
                continue;
            }
            let recovered = matches!(row.reason, Some(Reason::PowerOff | Reason::Crash));
            let wanted = if recovered { life - life.min(1) } else { life };
            let (Some(output), Some(item), Some(at)) = (&row.output, &row.item, row.started_at) else { continue };
            let left = sounds.get_mut(&(output, item, at));
            let fits = |sound: &usize| {
                let SoundHeard { frames, life, .. } = &record.sounds[*sound];
                let count = frames.count;
                (count < claimed, life.abs_diff(wanted), count != claimed, std::cmp::Reverse(count))
            };
            let best = left.as_ref().and_then(|left| (0..left.len()).min_by_key(|place| fits(&left[*place])));
            match left.zip(best) {
                Some((left, best)) => self.row_of[left.remove(best)] = Some(place),
                None => {
                    let what = format!("row {} says that {item:?} sounded at {at:?}, and nothing did", row.seq);
                    self.breach(Law::Airtime, at, what);
                }
            }
        }
    }

    fn row(&self, sound: usize) -> Option<&'a Row> {
        self.row_of[sound].map(|place| &self.record.rows[place])
    }

    /// Whether a sound is an emergency's: by its row, or, where that is lost, by an order that could be it.
    fn is_emergency(&self, place: usize) -> bool {
        match self.row(place) {
            Some(row) => row.priority == Some(Priority::Emergency),
            None => self.record.orders.iter().any(|order| match &order.order {
                Order::Play { priority: Priority::Emergency, emergency: Some(emergency), .. } => {
                    // After a restart it goes by the clock, wherever steps have put its times: then what it plays tells it.
                    let sound = &self.record.sounds[place];
                    let mut elements = order.slots.iter().flat_map(|planned| planned.elements.iter());
                    let its_item = elements.any(|element| element.facts.as_ref().map(|facts| &facts.item) == sound.item.as_ref());
                    order.at <= sound.began && (sound.began <= order.at + emergency.lasting || its_item)
                }
                _ => false,
            }),
        }
    }

    fn sounds_of(&self, slot: &Slot) -> impl Iterator<Item = (usize, &'a SoundHeard)> {
        let record = self.record;
        let places = self.of_slot.get(slot).cloned().unwrap_or_default();
        places.into_iter().map(move |place| (place, &record.sounds[place]))
    }

    /// What the checks ask again and again, put in order once.
    fn know_hours(&mut self) {
        for place in 0..self.record.sounds.len() {
            if let Some(slot) = self.row(place).and_then(Row::slot) {
                self.of_slot.entry(slot).or_default().push(place);
            }
        }
        let mut hours: BTreeMap<OutputId, BTreeSet<(Wall, Wall)>> = BTreeMap::new();
        for (output, open) in self.plans.values().flat_map(|says| &says.hours) {
            hours.entry(output.clone()).or_default().extend(open);
        }
        self.longest_hours = hours.values().flatten().map(|(opens, closes)| *closes - *opens).max().unwrap_or_default();
        self.hours = hours.into_iter().map(|(output, open)| (output, open.into_iter().collect())).collect();
    }

    fn check_rest(&mut self) {
        let left = &self.record.left;
        let end = self.record.to;
        if left.busy {
            self.breach(Law::ComesToRest, end, "the conductor still waits for something");
        }
        if !left.open.is_empty() {
            self.breach(Law::ComesToRest, end, format!("outputs are still open: {:?}", left.open));
        }
        if !left.open_slots.is_empty() {
            self.breach(Law::ComesToRest, end, format!("slots are still open: {:?}", left.open_slots));
        }
        for (at, what) in &self.record.seen {
            self.breach(Law::ComesToRest, *at, what.clone());
        }
    }

    /// The rows as they stand follow each other, each hash over the one before.
    fn check_chain(&mut self) {
        let mut head = crate::asrun::chain::Head::EMPTY;
        for row in self.record.rows.iter().filter(|row| !row.row_hash.is_empty()) {
            let Ok(text) = row.canonical(&jiff::tz::TimeZone::UTC) else { continue };
            head = head.next(&text);
            if head.seq != row.seq || head.hash.to_string() != row.row_hash {
                let at = row.started_at.or(row.planned_at).unwrap_or(self.record.from);
                return self.breach(Law::Chain, at, format!("row {} does not follow from the one before", row.seq));
            }
        }
    }
}
