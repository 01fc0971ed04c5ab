//! The feeder's device: opened from the list it was given, judged, lost and opened again.

use crate::audio::output::{Pull, Shape};
use crate::playout::cue::{DeckEvent, End, Fault, FaultKind};
use crate::playout::live::callback::Callback;
use crate::playout::live::feeder::{Feeder, RETRY, RETRY_SWALLOWER, Stage, TRYING};
use crate::playout::live::hand::{Failed, Hand, Out};
use crate::playout::live::stream::Stream;
use crate::playout::live::voice::Voice;
use crate::playout::live::watch::Loss;

/// What is said of a device whose driver or sound server does not return.
const HANGS: &str = "the device does not answer";

impl Feeder {
    /// Tries each device of the list once, from `place` on. On failure says what each answered.
    pub(super) fn open_one_of(&mut self, place: usize) -> Result<Box<Stream>, String> {
        let devices = self.settings.devices.clone();
        let mut said = Vec::new();
        for n in 0..devices.len() {
            let place = (place + n) % devices.len();
            if self.out.contains_key(&place) {
                said.push(format!("{}: {HANGS}", devices[place]));
                continue;
            }
            let (line_out, line_in) = std::sync::mpsc::sync_channel(1);
            let (lease, bell, cut) = (self.lease.clone(), self.bell.clone(), self.cut);
            let make = Box::new(move |shape: Shape| {
                let (mut callback, line) = Callback::new(shape.rate, shape.channels, lease, bell, cut);
                let _ = line_out.send(line);
                Box::new(move |block: &mut [f32], stamp| callback.pull(block, stamp)) as Pull
            });
            match Hand::open(&self.settings.open, devices[place].clone(), (self.settings.stem)(), make) {
                Ok(hand) => match line_in.try_recv() {
                    Ok(line) => {
                        let stream = Stream::new(hand, line, place, self.now().mono);
                        self.reshape(stream.shape());
                        return Ok(Box::new(stream));
                    }
                    Err(_) => said.push(format!("{}: it asked for no sound", devices[place])),
                },
                Err(Failed::Refused(error)) => said.push(error),
                Err(Failed::Hangs(out)) => {
                    said.push(format!("{}: {HANGS}", devices[place]));
                    self.hangs(place, out);
                }
            }
        }
        Err(said.join("; "))
    }

    /// Voices that were loaded for another shape are made again.
    pub(super) fn reshape(&mut self, shape: Shape) {
        self.shape = shape;
        let (old, kept): (Vec<Voice>, Vec<Voice>) =
            std::mem::take(&mut self.voices).into_iter().partition(|v| v.shape() != shape);
        self.voices = kept;
        for voice in old {
            let airing = voice.airing;
            match self.voice(airing, voice.element) {
                Ok(voice) => self.voices.push(voice),
                Err(fault) => self.debts.bad(airing, fault),
            }
        }
    }

    /// A lost device: everything the deck had is over, then it is tried again.
    pub(super) fn lose(&mut self, loss: Loss, detail: String) {
        self.tell_what_left();
        let Stage::Open(stream) = std::mem::replace(&mut self.stage, Stage::Closed) else { return };
        let (left, place) = (stream.mapping.left(), stream.place);
        tracing::warn!(output = %self.id, device = stream.name(), detail, "the device is lost");
        let (_, hand) = stream.release();
        let devices = self.settings.devices.len().max(1);
        // One that swallows sound is found again each time, and would be lost again at once: a row in the log for both.
        let pause = if loss == Loss::Runaway && devices == 1 { RETRY_SWALLOWER } else { RETRY / 2 };
        self.stage = Stage::Lost { at: self.now().mono + pause, place: (place + 1) % devices };
        self.debts.tell(DeckEvent::Lost(Fault { kind: FaultKind::DeviceLost, detail }));
        self.end_all(left, &End::Lost);
        self.give_back(place, hand);
    }

    /// Closes a device. One that does not come back is told, and left alone until it does.
    pub(super) fn give_back(&mut self, place: usize, hand: Hand) {
        if let Some(out) = hand.close() {
            self.hangs(place, out);
        }
    }

    fn hangs(&mut self, place: usize, out: Out) {
        let device = self.settings.devices[place].to_string();
        tracing::error!(output = %self.id, device, HANGS);
        self.out.insert(place, out);
        self.debts.tell(DeckEvent::Hangs(Some(device)));
    }

    /// Devices that have come back may be opened again.
    fn look_for_those_out(&mut self) {
        let before = self.out.len();
        self.out.retain(|_, out| !out.is_back());
        if self.out.len() < before {
            let still = self.out.keys().next().map(|place| self.settings.devices[*place].to_string());
            self.debts.tell(DeckEvent::Hangs(still));
        }
    }

    pub(super) fn reopen(&mut self) {
        let Stage::Lost { place, .. } = self.stage else { return };
        let began = self.now().mono;
        match self.open_one_of(place) {
            Ok(stream) => {
                let name = stream.name();
                self.stage = Stage::Open(stream);
                self.debts.tell(DeckEvent::Back(name));
            }
            Err(detail) => {
                tracing::debug!(output = %self.id, detail, "no device yet");
                let now = self.now().mono;
                // What hangs is not tried again before it comes back: that is to be seen soon.
                let pause = if self.out.is_empty() { RETRY.max((now - began) * TRYING) } else { RETRY };
                self.stage = Stage::Lost { at: now + pause, place };
            }
        }
    }

    pub(super) fn watch(&mut self) {
        self.look_for_those_out();
        let now = self.now().mono;
        match &mut self.stage {
            Stage::Open(stream) => {
                if let Some((loss, detail)) = stream.loss(now) {
                    self.lose(loss, detail);
                }
            }
            Stage::Lost { at, .. } if *at <= now => self.reopen(),
            Stage::Lost { .. } | Stage::Closed => {}
        }
    }
}
