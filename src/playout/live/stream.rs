//! An open output with a deck on its own thread, seen from the feeder.

use std::collections::VecDeque;

use rtrb::PushError;

use crate::audio::output::Shape;
use crate::playout::live::callback::{CallbackOrder, Line};
use crate::playout::live::hand::Hand;
use crate::playout::live::mapping::Mapping;
use crate::playout::outlet::{DeckSaid, FrameClock, Incident};

pub struct Stream {
    hand: Hand,
    line: Line,
    /// Orders for which the ring had no room.
    waiting: VecDeque<CallbackOrder>,
    mapping: Mapping,
    /// Which of the device list it is.
    pub place: usize,
}

impl Stream {
    pub fn new(hand: Hand, line: Line, place: usize) -> Stream {
        let mapping = Mapping::new(hand.shape.rate);
        Stream { hand, line, waiting: VecDeque::new(), mapping, place }
    }

    pub fn name(&self) -> String {
        self.hand.name.clone()
    }

    pub fn shape(&self) -> Shape {
        self.hand.shape
    }

    pub fn clock(&self) -> FrameClock {
        self.mapping.clock()
    }

    /// Lets go of the deck, which is silent with its next block, however long the device takes to close.
    pub fn release(self) -> (usize, Hand) {
        (self.place, self.hand)
    }

    pub fn order(&mut self, order: CallbackOrder) {
        self.waiting.push_back(order);
        self.pass_on();
    }

    /// Takes in what the callback has said since the last look. Spent tapes are freed here.
    pub fn listen(&mut self) -> Incident {
        self.pass_on();
        let mut said: Vec<DeckSaid> = Vec::new();
        while let Ok(report) = self.line.told.pop() {
            said.push(report);
        }
        let mut sounding = None;
        while let Ok(beat) = self.line.beats.pop() {
            self.mapping.note(beat.stamp, beat.frames);
            sounding = beat.sounding.map(|(airing, taken)| (airing, taken, beat.stamp.frame + beat.frames));
        }
        while self.line.spent.pop().is_ok() {}
        Incident::Frames(self.clock(), said, sounding)
    }

    /// How the device is, by what it says of itself.
    pub fn look(&self) -> Incident {
        let health = &self.hand.health;
        let said = health.first_error().map(|error| format!("{error} ({} errors)", health.errors()));
        Incident::Look { gone: health.is_dead(), said }
    }

    fn pass_on(&mut self) {
        while let Some(order) = self.waiting.pop_front() {
            if let Err(PushError::Full(order)) = self.line.orders.push(order) {
                return self.waiting.push_front(order);
            }
        }
    }
}
