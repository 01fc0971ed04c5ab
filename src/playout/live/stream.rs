//! An open output with a deck on its own thread, seen from the feeder.

use std::collections::VecDeque;

use rtrb::PushError;

use crate::audio::output::Shape;
use crate::playout::live::callback::{Beat, Line, Order, Told};
use crate::playout::live::hand::Hand;
use crate::playout::live::mapping::Mapping;
use crate::playout::live::watch::{Loss, Watch};
use crate::terms::Mono;

pub struct Stream {
    hand: Hand,
    line: Line,
    /// Orders for which the ring had no room.
    waiting: VecDeque<Order>,
    pub mapping: Mapping,
    watch: Watch,
    /// Which of the device list it is.
    pub place: usize,
}

impl Stream {
    pub fn new(hand: Hand, line: Line, place: usize, now: Mono) -> Stream {
        let rate = hand.shape.rate;
        let watch = Watch::new(rate, now);
        Stream { hand, line, waiting: VecDeque::new(), mapping: Mapping::new(rate), watch, place }
    }

    pub fn name(&self) -> String {
        self.hand.name.clone()
    }

    pub fn shape(&self) -> Shape {
        self.hand.shape
    }

    /// Lets go of the deck, which is silent with its next block, however long the device takes to close.
    pub fn release(self) -> (usize, Hand) {
        (self.place, self.hand)
    }

    pub fn order(&mut self, order: Order) {
        self.waiting.push_back(order);
        self.pass_on();
    }

    /// Takes in what the callback has said since the last look. Spent tapes are freed here.
    pub fn listen(&mut self) -> (Option<Beat>, Vec<Told>) {
        self.pass_on();
        let mut told = Vec::new();
        while let Ok(report) = self.line.told.pop() {
            told.push(report);
        }
        let mut last = None;
        while let Ok(beat) = self.line.beats.pop() {
            self.mapping.note(beat.stamp, beat.frames);
            last = Some(beat);
        }
        while self.line.spent.pop().is_ok() {}
        (last, told)
    }

    /// Why the device is to be taken for lost, if it is, and in what words.
    pub fn loss(&mut self, now: Mono) -> Option<(Loss, String)> {
        let health = &self.hand.health;
        let heard = health.first_error().map(|error| format!("{error} ({} errors)", health.errors()));
        if health.is_dead() {
            return Some((Loss::Still, heard.unwrap_or_else(|| "the device is gone".to_owned())));
        }
        let loss = self.watch.look(now, self.mapping.handed())?;
        let told = match heard {
            Some(heard) => format!("{}; it said: {heard}", loss.as_str()),
            None => loss.as_str().to_owned(),
        };
        Some((loss, told))
    }

    fn pass_on(&mut self) {
        while let Some(order) = self.waiting.pop_front() {
            if let Err(PushError::Full(order)) = self.line.orders.push(order) {
                return self.waiting.push_front(order);
            }
        }
    }
}
