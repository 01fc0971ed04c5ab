//! Outputs without a device, paced by the boot clock: a thread pulls a block whenever the last one has passed, and hands it on.
//!
//! A frame counts as having left when its instant has come. A machine that slept, or a thread that got no time, does not catch up in a
//! burst: what was not pulled in time is a hole, as with a device that ran dry.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::audio::output::{BLOCK, Health, OutputError, Pull, SHAPE, Shape, SharedHealth, Sink, Stamp, boot_now, nanos_of};
use crate::terms::Mono;

/// Further behind than this, the pace begins anew.
const BEHIND: i64 = 100_000_000;

/// A paced output.
pub struct Paced {
    name: String,
    health: SharedHealth,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Paced {
    /// Pulls and forgets.
    pub fn null(pull: Pull) -> Result<Paced, OutputError> {
        Paced::open("null".to_owned(), pull, |_| Ok(()))
    }

    /// Pulls blocks in real time and hands each to `keep`. When that fails the frames stand still for ever.
    pub fn open<K>(name: String, pull: Pull, keep: K) -> Result<Paced, OutputError>
    where
        K: FnMut(&[f32]) -> std::io::Result<()> + Send + 'static,
    {
        let health = SharedHealth::default();
        let stop = Arc::new(AtomicBool::new(false));
        let (theirs, stopped) = (Arc::clone(&health), Arc::clone(&stop));
        let thread = thread::Builder::new()
            .name("loaxa-paced".to_owned())
            .spawn(move || pace(pull, keep, &theirs, &stopped))
            .map_err(OutputError::Thread)?;
        Ok(Paced { name, health, stop, thread: Some(thread) })
    }
}

fn pace(mut pull: Pull, mut keep: impl FnMut(&[f32]) -> std::io::Result<()>, health: &Health, stop: &AtomicBool) {
    let mut block = vec![0.0; BLOCK as usize * usize::from(SHAPE.channels)];
    let mut began = boot_now();
    let mut frame = 0;
    while !stop.load(Ordering::Acquire) {
        let leaves_at = Mono(began.0.saturating_add(nanos_of(frame, SHAPE.rate)));
        let now = boot_now();
        let ahead = leaves_at.0 - now.0;
        if ahead > 0 {
            thread::park_timeout(Duration::from_nanos(ahead.unsigned_abs()));
            continue;
        }
        if ahead < -BEHIND {
            began = Mono(began.0 - ahead);
            continue;
        }
        block.fill(0.0);
        pull(&mut block, Stamp { frame, at: now, leaves_at });
        if let Err(error) = keep(&block) {
            return health.end(error);
        }
        frame += u64::from(BLOCK);
    }
}

impl Sink for Paced {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn shape(&self) -> Shape {
        SHAPE
    }

    fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic in the callback has ended the thread already: there is nothing left to stop.
            let _ = thread.join();
        }
    }
}
