//! What sounded against what may sound, and against what the log says of it.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{FADES, GRAIN, Law, Model};
use crate::asrun::row::Row;
use crate::playout::clock::judge::STEP;
use crate::playout::simulate::mishap::Off;
use crate::playout::simulate::record::{ClockWas, LifeEnd, SoundHeard, TroubleKind};
use crate::terms::*;

/// The last frame before a cut may end a little behind it.
const FRAME: SignedDuration = SignedDuration::from_micros(21);
/// A device that stands still counts as lost after this time.
pub(super) const STILL: SignedDuration = SignedDuration::from_millis(500);
/// That is heard of a look later, and of one that was only just opened when its first three seconds are over.
const LOSS_TOLD: SignedDuration = SignedDuration::from_millis(3_200);
/// By how much the log may fall short of a sound that a power cut ended, disk aside.
const SHORT_BY: SignedDuration = SignedDuration::from_secs(1);
/// A conductor that stands still marks nothing: it may sound on until its lease runs out.
const LEASE: SignedDuration = SignedDuration::from_secs(2);
/// The next element is tied to the one that sounds two seconds before its end, and a pause may lie between.
const TIED: SignedDuration = SignedDuration::from_secs(10);
/// What is tied so little before the hours open, when a step back shows that, is not taken back: a clock is slewed by as much.
const EARLY: SignedDuration = SignedDuration::from_secs(1);
/// The clock is looked at this often; what was tied to what sounded goes on until then.
const LOOKED: SignedDuration = SignedDuration::from_millis(450);

/// What sounded on an output, one after the other: its slot, its rank, its element.
type SoundLine<'a> = Vec<(Slot, Priority, &'a SoundHeard, Option<u32>)>;

impl Model<'_> {
    pub(super) fn check_sounds(&mut self) {
        let record = self.record;
        for (place, sound) in record.sounds.iter().enumerate() {
            self.check_airtime(place, sound);
            if !self.is_emergency(place) {
                self.check_hour(sound);
                self.check_hold(sound);
            } else {
                self.check_emergency_end(place, sound);
            }
            self.check_silence_afterwards(place, sound);
        }
        self.check_order_of_slots();
        self.check_nothing_airs_again();
    }

    fn check_airtime(&mut self, place: usize, sound: &SoundHeard) {
        let cut = self.record.offs.iter().find(|cut| cut.at >= sound.ended - FRAME);
        let claimed = self.row(place).and_then(|row| row.frames).unwrap_or(0);
        let name = || format!("{:?} on {} at {:?}", sound.item, sound.output, sound.began_wall);
        if claimed > sound.frames.count {
            let what = format!("the log claims {claimed} frames of {}, {} sounded", name(), sound.frames.count);
            return self.breach(Law::Airtime, sound.began, what);
        }
        let missing = Frames { count: sound.frames.count - claimed, rate: sound.frames.rate };
        if missing.count == 0 {
            return;
        }
        // What ends within a fade is told of when that is over.
        let told = self.told_at(sound) + FADES;
        if self.any(&[TroubleKind::LogLost], None, sound.began, told) {
            return;
        }
        let cut_off = |cut: &LifeEnd| cut.how != Off::Stopped && cut.at <= told + FRAME;
        let may_miss = cut.filter(|cut| cut_off(cut) || cut.lost_since.is_some_and(|since| since <= told));
        let leased = if self.any(&[TroubleKind::Stall], None, sound.began, sound.ended) { LEASE } else { SignedDuration::ZERO };
        // A device that stands still tells of nothing any more.
        let still = self.any(&[TroubleKind::Device], Some(&sound.output), sound.began, sound.ended);
        let still = if still { STILL } else { SignedDuration::ZERO };
        let unwritten = |cut: &LifeEnd| cut.lost_since.map_or(SignedDuration::ZERO, |since| cut.at - since);
        let allowed = may_miss.map(|cut| unwritten(cut).saturating_add(SHORT_BY).saturating_add(leased).saturating_add(still));
        if allowed.is_none_or(|allowed| missing.length() > allowed) {
            let what =
                format!("the log claims {claimed} frames of {}, {} sounded: {:?}", name(), sound.frames.count, missing.length());
            self.breach(Law::Airtime, sound.began, what);
        }
    }

    /// When the daemon hears at the latest that a sound has ended: after it stood still, or when a device that stands still counts as lost.
    fn told_at(&self, sound: &SoundHeard) -> Wall {
        let troubles = self.record.troubles.iter();
        let troubles = troubles.filter(|trouble| trouble.from <= sound.ended + GRAIN && sound.ended <= trouble.to);
        let told = troubles.map(|trouble| match trouble.kind {
            TroubleKind::Stall => trouble.to,
            TroubleKind::Device if trouble.output.as_ref() == Some(&sound.output) => sound.ended + LOSS_TOLD,
            _ => sound.ended,
        });
        let told = told.max().unwrap_or(sound.ended);
        // It may have begun to stand still meanwhile.
        let stalls = self.record.troubles.iter().filter(|trouble| trouble.kind == TroubleKind::Stall);
        stalls.filter(|stall| stall.from <= told && told <= stall.to).map(|stall| stall.to).fold(told, Wall::max)
    }

    /// Inside hours, on a clock that somebody vouches for.
    fn check_hour(&mut self, sound: &SoundHeard) {
        if sound.frames.count == 0 {
            return;
        }
        let stepped = self.any(&[TroubleKind::Clock], None, sound.began, sound.ended);
        // The hours of other days, which a wrong clock may show, nobody has told the model.
        let in_span = self.record.from <= sound.began_wall && sound.began_wall < self.record.to;
        // A device that stands still tells of a start when the clock may have been set since.
        let shown = sound.began + self.record.clock(sound.began).ahead;
        let tied = (sound.began <= self.clock_set(sound.began) + TIED).then(|| sound.began_wall + EARLY);
        let instants = [Some(sound.began_wall), Some(shown), tied];
        match instants.into_iter().flatten().find_map(|at| self.close_of(&sound.output, at)) {
            // What was tied to the one before is heard until the clock is looked at.
            None if in_span && sound.ended > self.looked_at(sound.began) && !self.is_faded(sound) => {
                let what = format!("{:?} sounded at {:?}, outside all hours", sound.item, sound.began_wall);
                self.breach(Law::InsideHours, sound.began, what);
            }
            Some(close) if sound.ended_wall > close + FADES && !stepped => {
                let what = format!("{:?} sounded on until {:?}, past {close:?}", sound.item, sound.ended_wall);
                self.breach(Law::InsideHours, sound.began, what);
            }
            None | Some(_) => {}
        }
        self.check_set_right(sound);
        let clock = self.record.clock(sound.began - GRAIN);
        let now = self.record.clock(sound.began);
        if !clock.vouched && !now.vouched && !self.was_tied(sound) && sound.frames.length() > FADES {
            let what = format!("{:?} sounded on a clock that nobody vouched for, {:?} off", sound.item, clock.ahead);
            self.breach(Law::TrustedClock, sound.began, what);
        }
    }

    /// A clock that is set right while it sounds may show that the hour is wrong: then it does not sound on.
    fn check_set_right(&mut self, sound: &SoundHeard) {
        let record = self.record;
        let from = record.clocks.partition_point(|clock| clock.at <= sound.began);
        let set = record.clocks[from..].iter().take_while(|clock| clock.at + LOOKED + FADES < sound.ended);
        for clock in set.filter(|clock| clock.vouched && clock.ahead.is_zero()) {
            // The hours' first moments are the start's own.
            let stalled = self.any(&[TroubleKind::Stall], None, clock.at, clock.at + LOOKED);
            let open = |at| self.close_of(&sound.output, at).is_some();
            if !stalled && !open(clock.at) && !open(clock.at + SignedDuration::from_secs(2)) {
                let what =
                    format!("{:?} sounded on when the clock was set right to {:?}, outside all hours", sound.item, clock.at);
                return self.breach(Law::InsideHours, sound.began, what);
            }
        }
    }

    /// When the hours of an output close that an instant lies in.
    fn close_of(&self, output: &OutputId, wall: Wall) -> Option<Wall> {
        let hours = self.hours.get(output)?;
        let opened = hours.partition_point(|(opens, _)| *opens - GRAIN <= wall);
        let open = hours[..opened].iter().rev().copied();
        let open = open.take_while(|(opens, _)| wall - *opens <= self.longest_hours);
        open.filter(|(opens, end_by)| *opens - GRAIN <= wall && wall < *end_by).map(|(_, end_by)| end_by).max()
    }

    /// Whether it was tied to what sounded when the clock was set: a programme is not torn apart for it.
    fn was_tied(&self, sound: &SoundHeard) -> bool {
        let set = self.clock_set(sound.began);
        let before = |other: &SoundHeard| other.output == sound.output && other.began < set && set <= other.ended + LOOKED;
        sound.began <= set + TIED.max(self.longest) && self.record.sounds.iter().any(before)
    }

    /// Whether it was tied behind something else when the clock was set, and faded out as soon as it began. A step forward lets the end of
    /// what sounds seem near: then the next is tied while all of it is still to sound.
    fn is_faded(&self, sound: &SoundHeard) -> bool {
        let tied = TIED.max(self.longest);
        sound.began <= self.clock_set(sound.began) + tied && sound.frames.length() <= FADES
    }

    /// When the clock was set last before an instant.
    fn clock_set(&self, at: Wall) -> Wall {
        let before = self.record.clocks.partition_point(|clock| clock.at <= at + GRAIN);
        before.checked_sub(1).map_or(Wall::MIN, |place| self.record.clocks[place].at)
    }

    /// When the clock that was set last before an instant was looked at: a daemon that stands still sounds on until its lease runs out.
    fn looked_at(&self, at: Wall) -> Wall {
        let set = self.clock_set(at);
        let stalls = self.record.troubles.iter().filter(|trouble| trouble.kind == TroubleKind::Stall);
        // It may stand still when the clock is set, or when what was tied to the one before begins.
        let stalls = stalls.filter(|stall| stall.from <= set + LOOKED && set <= stall.to || stall.from <= at && at <= stall.to);
        stalls.map(|stall| stall.from + LEASE + FRAME).fold(set + LOOKED, Wall::max)
    }

    fn check_hold(&mut self, sound: &SoundHeard) {
        // A hold's end is an instant of the station's clock, which may have been wrong.
        let from = sound.began - SignedDuration::from_hours(24);
        let near = |clock: &ClockWas| from <= clock.at && clock.at <= sound.ended;
        let was_off = !self.record.clock(from).ahead.is_zero()
            || self.record.clocks.iter().any(|clock| near(clock) && !clock.ahead.is_zero());
        let stepped = was_off || self.any(&[TroubleKind::Stall], None, from, sound.ended);
        let held = |trouble: &&super::super::record::Trouble| {
            trouble.kind == TroubleKind::Hold && trouble.from + FADES < sound.ended && sound.began < trouble.to - GRAIN
        };
        if sound.frames.count > 0
            && !stepped
            && let Some(hold) = self.record.troubles.iter().find(held)
        {
            let what = format!("{:?} sounded under the hold of {:?} to {:?}", sound.item, hold.from, hold.to);
            self.breach(Law::UnderHold, sound.began, what);
        }
    }

    fn check_emergency_end(&mut self, place: usize, sound: &SoundHeard) {
        let Some(slot) = self.row(place).and_then(Row::slot) else { return };
        let ordered = self.record.orders.iter().find(|order| order.slots.iter().any(|planned| planned.slot == slot));
        let Some((order, lasting)) = ordered.and_then(|order| match &order.order {
            Order::Play { emergency: Some(emergency), .. } => Some((order, emergency.lasting)),
            _ => None,
        }) else {
            return;
        };
        let end = order.at + lasting;
        // A restart knows the end by the wall clock only, as it was set meanwhile, by whomever: until then the end went with each step.
        let set = self.record.clocks.iter().filter(|clock| clock.at >= order.at && clock.at <= sound.ended);
        let aheads = set.map(|clock| clock.ahead).chain([self.record.clock(order.at).ahead]);
        let (least, most) = aheads.fold((SignedDuration::MAX, SignedDuration::MIN), |(a, b), ahead| (a.min(ahead), b.max(ahead)));
        let off_by = most.saturating_sub(least);
        let restarted = self.record.offs.iter().any(|cut| order.at <= cut.at && cut.at <= sound.ended);
        let stalled = self.any(&[TroubleKind::Stall], None, order.at, sound.ended);
        // Less than a step is slewing, which nobody tells from time.
        let patience = if restarted { off_by } else { off_by.min(STEP) };
        if sound.ended > end + FADES + patience && !stalled {
            let what = format!("{slot} sounded until {:?}, it was over at {end:?}", sound.ended);
            self.breach(Law::EmergencyEnds, sound.began, what);
        }
    }

    fn check_silence_afterwards(&mut self, place: usize, sound: &SoundHeard) {
        let Some(slot) = self.row(place).and_then(Row::slot) else { return };
        if let Some(end) = self.end_at.get(&slot)
            && sound.ended > *end + FADES
        {
            let what = format!("{:?} of {slot} sounded until {:?}, after its end at {end:?}", sound.item, sound.ended);
            self.breach(Law::SilentAfterwards, sound.began, what);
        }
    }

    /// Between two elements of a slot comes nothing that ranks no higher, unless something broke in.
    fn check_order_of_slots(&mut self) {
        let mut last: BTreeMap<&OutputId, SoundLine<'_>> = BTreeMap::new();
        let mut broken = Vec::new();
        for (place, sound) in self.record.sounds.iter().enumerate() {
            let Some(row) = self.row(place) else { continue };
            let (Some(slot), Some(priority)) = (row.slot(), row.priority) else { continue };
            let line = last.entry(&sound.output).or_default();
            if line.last().is_some_and(|(_, _, before, _)| sound.began + GRAIN < before.ended) {
                broken.push((sound.began, format!("{slot} began before what sounded had ended")));
            }
            if let Some(first) = line.iter().rposition(|(before, ..)| *before == slot) {
                let (_, _, mine, element) = &line[first];
                let since = &line[first + 1..];
                // Where a higher priority took the output away, what it had taken it from before comes first.
                let taken = since.iter().position(|(_, other, ..)| *other > priority).unwrap_or(since.len());
                let resumed = |at: usize, of: &Slot| at > taken && line[..first].iter().any(|(before, ..)| before == of);
                let between = since.iter().enumerate().find(|(at, (of, other, ..))| *other <= priority && !resumed(*at, of));
                let broke_in = self.breaks_in(&sound.output, mine.began - SignedDuration::from_secs(1), sound.began);
                let rested = self.rested(&slot, *element, row.element);
                // What was cut as soon as it began, because the plan has it no more, was no element.
                let withdrawn = mine.frames.length() <= FADES;
                if let Some((_, (other, ..))) = between.filter(|_| !broke_in && !rested && !withdrawn) {
                    broken.push((sound.began, format!("{other} sounded between two elements of {slot}")));
                }
            }
            line.push((slot, priority, sound, row.element));
            if line.len() > 64 {
                line.drain(..32);
            }
        }
        for (at, what) in broken {
            self.breach(Law::OneAtATime, at, what);
        }
    }

    /// Whether an emergency rested between two of its elements: the pauses between its times belong to others (docs/engine.md).
    fn rested(&self, slot: &Slot, from: Option<u32>, to: Option<u32>) -> bool {
        let Some(planned) = self.owed.get(slot).filter(|planned| planned.facts.priority == Priority::Emergency) else {
            return false;
        };
        // Elements count from 1.
        let (from, to) = (from.unwrap_or(1).max(1) as usize - 1, to.unwrap_or(1).max(1) as usize - 1);
        planned.elements.iter().take(to).skip(from).any(|element| element.pause.is_positive())
    }

    /// Whether something made a pause in which another may sound.
    fn breaks_in(&self, output: &OutputId, from: Wall, to: Wall) -> bool {
        use TroubleKind::*;
        let off = self.record.offs.iter().any(|cut| from <= cut.back_at && cut.at <= to);
        off || self.any(&[Clock, Device, Recordings, Stall, Hold, Disk, Planner], Some(output), from, to)
    }

    fn check_nothing_airs_again(&mut self) {
        let mut whole: BTreeMap<(Slot, u32), u64> = BTreeMap::new();
        let mut again = Vec::new();
        for row in self.record.rows.iter().filter(|row| matches!(row.kind(), Kind::Air | Kind::Void)) {
            if row.kind() == Kind::Void {
                whole.retain(|(slot, _), _| Some(slot) != row.slot().as_ref());
                continue;
            }
            let (Some(slot), Some(element)) = (row.slot(), row.element) else { continue };
            let at = row.started_at.unwrap_or(slot.planned_at);
            if let Some(before) = whole.get(&(slot.clone(), element)) {
                again
                    .push((at, format!("element {element} of {slot} aired whole in row {before}, and again in row {}", row.seq)));
            }
            if row.status == Some(Status::Aired) {
                whole.insert((slot, element), row.seq);
            }
        }
        for (at, what) in again {
            self.breach(Law::NotAgain, at, what);
        }
    }
}
