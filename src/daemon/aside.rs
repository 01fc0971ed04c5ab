//! Work that may wait for a disk, a stick or a service manager for ever: on a thread of its own, and never begun a second time while the
//! first still waits. So each kind of work has one such thread at most, and no thread that decides or answers waits for it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::{JoinError, JoinHandle, spawn_blocking};

/// One kind of work.
pub struct Aside<T>(Option<(JoinHandle<T>, Instant)>);

impl<T> Default for Aside<T> {
    fn default() -> Aside<T> {
        Aside(None)
    }
}

impl<T: Send + 'static> Aside<T> {
    /// Begins, unless it has begun and is not done.
    pub fn begin(&mut self, work: impl FnOnce() -> T + Send + 'static) {
        if self.0.is_none() {
            self.0 = Some((spawn_blocking(work), Instant::now()));
        }
    }

    /// Whether it has been going on for longer than that.
    pub fn takes_longer_than(&self, most: Duration) -> bool {
        self.0.as_ref().is_some_and(|(_, since)| since.elapsed() > most)
    }

    /// Waits until it is done; `None` at once when nothing has begun.
    pub async fn done(&mut self) -> Option<Result<T, JoinError>> {
        let (work, _) = self.0.as_mut()?;
        let done = work.await;
        self.0 = None;
        Some(done)
    }
}

/// The file that such a thread waits for, for whoever watches over it.
#[derive(Clone, Debug, Default)]
pub struct Gaze(Arc<Mutex<Option<(PathBuf, Instant)>>>);

impl Gaze {
    /// Does what may wait for this file.
    pub fn on<T>(&self, path: &Path, look: impl FnOnce() -> T) -> T {
        self.set(Some((path.to_owned(), Instant::now())));
        let seen = look();
        self.set(None);
        seen
    }

    fn set(&self, at: Option<(PathBuf, Instant)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// The file, when it has been waited for longer than that.
    pub fn rests_longer_than(&self, most: Duration) -> Option<PathBuf> {
        let at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.as_ref().filter(|(_, since)| since.elapsed() > most).map(|(path, _)| path.clone())
    }
}
