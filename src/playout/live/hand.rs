//! A device in hand: opened, held and closed on a thread of its own, so that one that hangs keeps nobody waiting.
//!
//! A driver, or the client of a sound server that stands still, may never return from opening or closing a device. Its thread is then left
//! alone until it does, and is never joined. Whoever has such a thread out does not begin another for the same device, so that there are
//! never more of them than devices.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;

use crate::audio::output::{DeviceName, Health, MakePull, Shape};
use crate::playout::live::OpenOutput;
use crate::playout::outlet::{CLOSES_WITHIN, OPENS_WITHIN};
use crate::terms::in_full;

/// An open device.
pub struct Hand {
    pub name: String,
    pub shape: Shape,
    pub health: Arc<Health>,
    /// The device is closed when this is dropped.
    hold: Sender<Infallible>,
    out: Out,
}

/// A thread that has not come back from a device.
pub struct Out(Receiver<Infallible>);

/// Why there is no open device.
pub enum Failed {
    Refused(String),
    /// It does not answer.
    Hangs(Out),
}

struct Opened {
    name: String,
    shape: Shape,
    health: Arc<Health>,
}

impl Hand {
    /// Opens the device; `stem` is what a wav file is called.
    pub fn open(open: &OpenOutput, device: DeviceName, stem: String, make: MakePull) -> Result<Hand, Failed> {
        let (answer, answered) = mpsc::channel();
        let (hold, held) = mpsc::channel::<Infallible>();
        let (over, out) = mpsc::channel::<Infallible>();
        let (open, shown) = (Arc::clone(open), device.to_string());
        let work = move || {
            // Dropped last, also by a panic.
            let _over = over;
            let output = match open(&device, &stem, make) {
                Ok(output) => output,
                // Whoever asked may have given it up.
                Err(error) => return drop(answer.send(Err(in_full(&error)))),
            };
            let opened = Opened { name: output.name(), shape: output.shape(), health: output.health() };
            if answer.send(Ok(opened)).is_ok() {
                // Nothing is ever sent: this is the end of the hold.
                let _ = held.recv();
            }
        };
        let spawned = thread::Builder::new().name("loaxa-device".to_owned()).spawn(work);
        spawned.map_err(|error| Failed::Refused(format!("{shown}: no thread for it: {error}")))?;
        match answered.recv_timeout(OPENS_WITHIN.unsigned_abs()) {
            Ok(Ok(Opened { name, shape, health })) => Ok(Hand { name, shape, health, hold, out: Out(out) }),
            Ok(Err(error)) => Err(Failed::Refused(error)),
            Err(RecvTimeoutError::Timeout) => Err(Failed::Hangs(Out(out))),
            Err(RecvTimeoutError::Disconnected) => Err(Failed::Refused(format!("{shown}: opening it panicked"))),
        }
    }

    /// Closes the device and waits a moment for that; what is given back has not come back by then.
    pub fn close(self) -> Option<Out> {
        drop(self.hold);
        matches!(self.out.0.recv_timeout(CLOSES_WITHIN.unsigned_abs()), Err(RecvTimeoutError::Timeout)).then_some(self.out)
    }
}

impl Out {
    pub fn is_back(&self) -> bool {
        matches!(self.0.try_recv(), Err(TryRecvError::Disconnected))
    }
}
