//! What the loader has others do: threads that live for one recording each, a few at a time, behind everything else on the machine.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::thread;

use crate::audio::preflight::{self, CHILDREN, Programs};
use crate::daemon::loader::{Loader, Notice};
use crate::library::store::LibraryStore;
use crate::library::{Recording, Unfit};
use crate::terms::FileHash;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    /// Find out about a recording, and have its master whole in the store.
    Measure { folder: PathBuf, file: PathBuf },
    /// Have this master whole in the store again.
    TakeIn { master: FileHash, folder: PathBuf, file: PathBuf },
    /// Read a master of the store through.
    Read(FileHash),
}

#[derive(Debug, Default)]
pub struct Jobs {
    /// What mends a master goes before what is new.
    waiting: VecDeque<Job>,
    running: BTreeSet<Job>,
}

impl Jobs {
    pub fn add(&mut self, job: Job) {
        if !self.waiting.contains(&job) {
            self.waiting.push_front(job);
        }
    }

    /// Measures these, in this order, in the place of what was to be measured before.
    pub fn measure(&mut self, jobs: impl Iterator<Item = Job>) {
        self.waiting.retain(|job| !matches!(job, Job::Measure { .. }));
        for job in jobs {
            if !self.waiting.contains(&job) {
                self.waiting.push_back(job);
            }
        }
    }

    pub fn is_done(&mut self, job: &Job) {
        self.running.remove(job);
    }

    pub fn are_done(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }

    /// Begins as many as may run at a time; a recording that is being measured is not measured twice at once.
    pub fn start(&mut self, with: &Loader) {
        while self.running.len() < CHILDREN
            && let Some(place) = self.waiting.iter().position(|job| !self.running.contains(job))
            && let Some(job) = self.waiting.remove(place)
        {
            let (theirs, store, notices) = (job.clone(), with.store.clone(), with.notices.clone());
            let begun = thread::Builder::new().name("recording".into()).spawn(move || {
                // Where it may not give way it is an equal, which is no fault.
                let _ = rustix::process::nice(10);
                let result = work(&theirs, &store);
                store.facts().save();
                // The loader may be gone.
                let _ = notices.send(Notice::Done(theirs, Box::new(result)));
            });
            if begun.is_err() {
                // The machine has no room for another thread now.
                return self.waiting.push_front(job);
            }
            self.running.insert(job);
        }
    }
}

/// For a master that was read through only whether that went well is looked at.
fn work(job: &Job, store: &LibraryStore) -> Result<Recording, Unfit> {
    match job {
        Job::Measure { folder, file } | Job::TakeIn { folder, file, .. } => {
            preflight::find_out(folder, file, store, &Programs::installed())
        }
        Job::Read(master) => {
            store.read_through(master)?;
            store.recording(master).ok_or(Unfit::Missing)
        }
    }
}
