//! When the slots of a rundown will really sound if all goes well: one output, one timeline.
//!
//! Slots that collide wait, give way at an item boundary, or come too late. The conductor decides that on air by what really
//! happens; this is the same rule on planned lengths, so that a rundown shows no two things at once and tells what will be missed.
//! What was still sounding before the rundown begins is not known here.

use std::cmp::Reverse;

use crate::asrun::element::Element;
use crate::rundown::{Planned, Rundown, fit};
use crate::terms::*;

/// What is expected of one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Course {
    /// It is left out already.
    LeftOut,
    /// When each of its elements starts; `None` for one that does not (it cannot sound, or the hours close before).
    Airs(Vec<Option<Wall>>),
    /// What is before it on its output lasts longer than it may wait.
    Busy,
}

impl Course {
    /// When its first sound starts.
    pub fn starts_at(&self) -> Option<Wall> {
        match self {
            Course::Airs(starts) => starts.iter().flatten().next().copied(),
            Course::LeftOut | Course::Busy => None,
        }
    }
}

/// The course of every slot, in the rundown's order.
pub fn courses(rundown: &Rundown) -> Vec<Course> {
    let mut courses = vec![Course::LeftOut; rundown.slots.len()];
    for output in &rundown.outputs {
        let own = (0..rundown.slots.len()).filter(|i| {
            let planned = &rundown.slots[*i];
            planned.slot.output == *output && planned.left_out.is_none()
        });
        OutputTimeline { slots: &rundown.slots, coming: own.collect(), waiting: Vec::new(), at: Wall::MIN }.run(&mut courses);
    }
    courses
}

/// One output.
struct OutputTimeline<'a> {
    slots: &'a [Planned],
    /// Not yet due, in order.
    coming: std::collections::VecDeque<usize>,
    /// Due: waiting, or displaced.
    waiting: Vec<SlotRun>,
    at: Wall,
}

struct SlotRun {
    slot: usize,
    /// The start of each element so far.
    starts: Vec<Option<Wall>>,
    /// Elements for which the hours have no room left.
    dropped: Vec<bool>,
}

impl SlotRun {
    fn of(slot: usize, planned: &Planned) -> SlotRun {
        SlotRun { slot, starts: Vec::new(), dropped: vec![false; planned.elements.len()] }
    }

    /// Drops what does not fit when the slot goes on at `at`, as the conductor does at its start and at each boundary: pick by pick from
    /// the last, then fixed elements if it has begun, else all of it; and all of it, too, rather than a bare jingle.
    fn fit(&mut self, planned: &Planned, at: Wall) {
        let from = self.starts.len();
        let begun = self.starts.iter().any(Option::is_some);
        let mut any = false;
        while at + fit::time(self.coming(planned)) > planned.end_by {
            let last = |wanted: &dyn Fn(&Element) -> bool| {
                (from..planned.elements.len()).rfind(|i| self.is_coming(planned, *i) && wanted(&planned.elements[*i]))
            };
            let Some(index) = last(&|element| element.picked).or_else(|| last(&|_| begun)) else {
                return self.drop_from(from);
            };
            self.dropped[index] = true;
            any = true;
        }
        let sounded = planned.elements.iter().zip(&self.starts).filter(|(_, start)| start.is_some()).map(|(element, _)| element);
        if any && !fit::worth_airing(&planned.elements, sounded.chain(self.coming(planned))) {
            self.drop_from(from);
        }
    }

    fn is_coming(&self, planned: &Planned, index: usize) -> bool {
        index >= self.starts.len() && !self.dropped[index] && planned.elements[index].unplayable.is_none()
    }

    fn coming<'a>(&self, planned: &'a Planned) -> impl Iterator<Item = &'a Element> {
        (0..planned.elements.len()).filter(|i| self.is_coming(planned, *i)).map(|i| &planned.elements[i])
    }

    fn drop_from(&mut self, from: usize) {
        self.dropped[from..].fill(true);
    }
}

impl OutputTimeline<'_> {
    fn run(mut self, courses: &mut [Course]) {
        loop {
            self.arrive();
            let Some(run) = self.first() else {
                match self.coming.front() {
                    Some(next) => self.at = self.at.max(self.slots[*next].slot.planned_at),
                    None => return,
                }
                continue;
            };
            let slot = run.slot;
            let fresh = run.starts.is_empty();
            if fresh && self.at > self.slots[slot].start_by {
                courses[slot] = Course::Busy;
            } else if let Some(starts) = self.sound(run) {
                courses[slot] = Course::Airs(starts);
            }
        }
    }

    fn arrive(&mut self) {
        while let Some(next) = self.coming.front().filter(|next| self.slots[**next].slot.planned_at <= self.at) {
            self.waiting.push(SlotRun::of(*next, &self.slots[*next]));
            self.coming.pop_front();
        }
    }

    /// The highest-ranked of what is due: priority, then displaced before waiting, then planned instant, then place in the plan.
    fn first(&mut self) -> Option<SlotRun> {
        let rank = |run: &SlotRun| {
            let planned = &self.slots[run.slot];
            (Reverse(planned.facts.priority), run.starts.is_empty(), planned.slot.planned_at, planned.rank)
        };
        let place = (0..self.waiting.len()).min_by_key(|place| rank(&self.waiting[*place]))?;
        Some(self.waiting.remove(place))
    }

    /// Sounds a slot to its end, or until a higher priority is due at an item boundary (then it waits again). Its starts at its end.
    fn sound(&mut self, mut run: SlotRun) -> Option<Vec<Option<Wall>>> {
        let planned = &self.slots[run.slot];
        for (index, element) in planned.elements.iter().enumerate().skip(run.starts.len()) {
            self.arrive();
            let displaced = self.waiting.iter().any(|other| self.slots[other.slot].facts.priority > planned.facts.priority);
            if displaced && !run.starts.is_empty() {
                self.waiting.push(run);
                return None;
            }
            run.fit(planned, self.at);
            if element.unplayable.is_some() || run.dropped[index] {
                run.starts.push(None);
                continue;
            }
            run.starts.push(Some(self.at));
            self.at = self.at + element.length + element.pause;
        }
        Some(run.starts)
    }
}
