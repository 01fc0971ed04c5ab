//! The loader's thread: it watches the plan's files, the recordings and their masters in the store, and hands the station what it finds.
//!
//! Promises: what changes is read, whenever it changes ([`file_watch`](crate::playout::file_watch)); what is read is what was looked at, so that nothing lies
//! between; a plan is handed over with what is known of its recordings, and the rest is found out beside the air, what airs next first;
//! masters that are damaged are taken in again ([`care`](crate::playout::care)). A file or disk that does not answer holds up this thread alone.
//! What it does not do: put a plan in force. That is the station's.

mod jobs;
mod sight;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::mpsc::UnboundedSender;

use crate::audio::preflight::{self, Look};
use crate::control::status::{FaultCode, some_of};
use crate::daemon::aside::Gaze;
use crate::daemon::faults::Faults;
use crate::daemon::loader::jobs::{Job, Jobs};
use crate::daemon::loader::sight::{Mark, sight};
use crate::daemon::loading::{self, Loaded};
use crate::lang::{Language, daemon as words};
use crate::library::store::LibraryStore;
use crate::library::{Library, Recording, Unfit};
use crate::plan::read::{self, Files, ReadError, Reading};
use crate::plan::{Item, Plan, render};
use crate::playout::care::{Care, Task};
use crate::playout::clock::Clocks;
use crate::playout::file_watch::{Advice, FileWatch};
use crate::playout::live::engine::Input;
use crate::rundown::{Span, need};
use crate::terms::*;

/// How often it looks.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(2);
/// What is found out in a burst is handed over together.
const TOGETHER: SignedDuration = SignedDuration::from_millis(500);
/// Recordings that are needed within this time are found out about in this time, or that is a fault.
const NEEDED_WITHIN: SignedDuration = SignedDuration::from_hours(24);
const FOUND_OUT_WITHIN: SignedDuration = SignedDuration::from_secs(60);
/// What could not be found out is tried again so often.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// What was settled has aired so long after its instant, or never will.
const OVER: SignedDuration = SignedDuration::from_mins(6);
/// The warning that stands while recordings are measured.
pub const MEASURING: FaultCode = FaultCode::Measuring;
/// The fault of a plan that is not whole in the data folder, or cannot be kept there.
pub const NOT_KEPT: FaultCode = FaultCode::PlanNotKept;

/// What reaches the loader.
pub enum Notice {
    /// A person says that there is something to read.
    Reload,
    /// These are about to air: what they are called, and when.
    Needed(BTreeMap<FileHash, (String, Wall)>),
    /// A master could not be aired; which one is not always known.
    Failed(Option<FileHash>),
    Done(Job, Box<Result<Recording, Unfit>>),
}

/// What the station hears.
pub enum News {
    /// This plan has no errors, or its recordings are others now.
    Good(Loaded),
    /// It has errors, as text in the station's language.
    Bad(String),
    /// It has none any more.
    Mended,
}

/// What the loader is made of.
pub struct Loader {
    pub path: PathBuf,
    pub data: PathBuf,
    pub language: Language,
    pub store: Arc<LibraryStore>,
    pub clocks: Clocks,
    pub engine: Sender<Input>,
    pub news: UnboundedSender<News>,
    pub inbox: Receiver<Notice>,
    /// Its own, for what it has others do.
    pub notices: Sender<Notice>,
    /// Which file it waits for, for whoever watches over it.
    pub gaze: Gaze,
}

/// Starts the thread. It ends with the station. `read` are the plan's files as the start read them, `loaded` what the station began with.
pub fn spawn(loader: Loader, read: Result<Files, ReadError>, loaded: Loaded) -> std::io::Result<()> {
    thread::Builder::new().name("loader".into()).spawn(move || LoaderWork::begin(loader, read, loaded).run())?;
    Ok(())
}

struct LoaderWork {
    with: Loader,
    watch: FileWatch<Mark>,
    care: Care,
    jobs: Jobs,
    /// What the station has been given.
    given: Loaded,
    /// What is known now.
    plan: Arc<Plan>,
    library: Library,
    /// What slots that are settled will air: also what its item has no longer, or not any more as it was.
    needed: BTreeMap<FileHash, (String, Wall)>,
    /// Since when each recording is unmeasured.
    unmeasured: BTreeMap<ItemId, Mono>,
    /// What came for these could not be taken over: the last master goes on airing.
    kept_on: BTreeMap<ItemId, Unfit>,
    /// The files of a plan that was refused.
    refused: Option<Vec<Arc<str>>>,
    is_kept: bool,
    /// Why it is not.
    unkept: Option<String>,
    asked: bool,
    look_at: Mono,
    given_at: Mono,
    tried_at: Mono,
    faults: Faults,
}

impl LoaderWork {
    fn begin(with: Loader, read: Result<Files, ReadError>, loaded: Loaded) -> LoaderWork {
        let now = with.clocks.now().mono;
        let refused = match &read {
            Ok(files) if read::hash(&files.sources) == loaded.plan.hash => None,
            Ok(files) => Some(texts(files)),
            Err(_) => Some(Vec::new()),
        };
        let watch = FileWatch::begun(sight(&with.path, &read, &loaded.plan, &loaded.library, &with.store, &with.gaze));
        let measuring = left_to_measure(&loaded);
        let (plan, library) = (loaded.plan.clone(), (*loaded.library).clone());
        let mut work = LoaderWork {
            with,
            watch,
            care: Care::default(),
            jobs: Jobs::default(),
            given: loaded,
            plan,
            library,
            needed: BTreeMap::new(),
            unmeasured: BTreeMap::new(),
            kept_on: BTreeMap::new(),
            refused,
            is_kept: false,
            unkept: None,
            asked: false,
            look_at: now,
            given_at: now,
            tried_at: now,
            faults: Faults::standing(measuring.map(|measuring| (MEASURING, measuring))),
        };
        work.look_at_recordings();
        work
    }

    fn run(mut self) {
        while !self.with.news.is_closed() {
            self.hear();
            let now = self.with.clocks.now().mono;
            if self.asked || now >= self.look_at {
                self.look(now);
            }
            let wall = self.with.clocks.now().wall;
            self.needed.retain(|_, (_, at)| wall < *at + OVER);
            let masters = self.masters();
            let task = self.care.go_round(&masters, now);
            self.take_on(task);
            self.try_again(now);
            self.jobs.start(&self.with);
            self.hand_over(now);
            self.tell_faults();
        }
    }

    /// Waits for what others tell until it is time to look, and hears all of it.
    fn hear(&mut self) {
        let now = self.with.clocks.now().mono;
        let wait = (self.look_at - now).clamp(SignedDuration::ZERO, LOOK_EVERY);
        let wait = if self.is_news() { wait.min(TOGETHER) } else { wait };
        let mut heard = self.with.inbox.recv_timeout(Duration::try_from(wait).unwrap_or_default()).ok();
        while let Some(notice) = heard {
            self.take(notice);
            heard = self.with.inbox.try_recv().ok();
        }
    }

    fn take(&mut self, notice: Notice) {
        let now = self.with.clocks.now().mono;
        match notice {
            Notice::Reload => self.asked = true,
            Notice::Needed(needed) => {
                let tasks = self.care.are_needed(needed.keys().cloned(), now);
                self.needed.extend(needed);
                self.take_on(tasks);
            }
            Notice::Failed(failed) => {
                let is_it = |master: &FileHash| failed.as_ref().is_none_or(|failed| failed == master);
                let tasks = self.care.are_doubted(self.masters().into_iter().filter(is_it));
                self.take_on(tasks);
            }
            Notice::Done(job, result) => self.done(job, *result, now),
        }
    }

    fn done(&mut self, job: Job, result: Result<Recording, Unfit>, now: Mono) {
        self.jobs.is_done(&job);
        match job {
            Job::Measure { file, folder } => self.is_measured(&folder, &file, result),
            Job::TakeIn { master, file, folder } => {
                let well = result.as_ref().is_ok_and(|recording| recording.hash == master);
                self.care.is_taken_in(&master, well, now);
                self.is_measured(&folder, &file, result);
            }
            Job::Read(master) => {
                // What cannot be read is as good as damaged.
                let task = self.care.is_read(master, result.is_ok(), now);
                self.take_on(task);
            }
        }
    }

    /// A recording was found out about, and its master written. What cannot be taken over, or not now, leaves the last master on air.
    fn is_measured(&mut self, folder: &Path, file: &Path, result: Result<Recording, Unfit>) {
        if self.plan.station.audio != folder {
            return;
        }
        for item in self.plan.items.iter().filter(|item| item.file == file) {
            let airs = |known: &Recording| !self.care.bad().contains(&known.hash);
            let goes_on = matches!(self.library.items.get(&item.id), Some(Ok(known)) if airs(known));
            match &result {
                Err(unfit) if goes_on && *unfit != Unfit::Missing => drop(self.kept_on.insert(item.id.clone(), unfit.clone())),
                _ => {
                    self.kept_on.remove(&item.id);
                    self.library.items.insert(item.id.clone(), result.clone());
                }
            }
        }
    }

    fn take_on(&mut self, tasks: impl IntoIterator<Item = Task>) {
        for task in tasks {
            match task {
                Task::Read(master) => self.jobs.add(Job::Read(master)),
                Task::TakeIn(master) => {
                    let folder = self.plan.station.audio.clone();
                    let of_master = |id: &ItemId| matches!(self.library.items.get(id), Some(Ok(known)) if known.hash == master);
                    let item = self.plan.items.iter().find(|item| of_master(&item.id));
                    match item {
                        Some(item) => self.jobs.add(Job::TakeIn { master, folder, file: item.file.clone() }),
                        None => self.care.is_taken_in(&master, false, self.with.clocks.now().mono),
                    }
                }
            }
        }
    }

    fn look(&mut self, now: Mono) {
        self.keep();
        let Loader { path, store, gaze, .. } = &self.with;
        let mut files = gaze.on(path, || read::files(path));
        files.iter_mut().for_each(|files| files.stand_by(&self.plan.sources));
        let sight = sight(path, &files, &self.plan, &self.library, store, gaze);
        let asked = std::mem::take(&mut self.asked);
        self.look_at = now + LOOK_EVERY;
        match self.watch.looked(sight, now, asked) {
            Advice::Rest => {}
            Advice::LookAgain(after) => self.look_at = now + after.min(LOOK_EVERY),
            Advice::Read => {
                self.read(files, asked);
                self.watch.is_read();
            }
        }
    }

    /// Takes in what was looked at.
    fn read(&mut self, files: Result<Files, ReadError>, asked: bool) {
        let texts = files.as_ref().map(texts).unwrap_or_default();
        let reading = match files {
            Ok(files) => read::understand(files, Some(self.with.language)).as_of(self.with.clocks.now().wall),
            Err(error) => return self.refuse(error.describe(self.with.language), texts, asked),
        };
        let Reading { plan, problems, sources, language, .. } = reading;
        match plan {
            Some(plan) => {
                let mended = self.refused.take().is_some();
                if plan.hash != self.plan.hash {
                    self.plan = Arc::new(plan);
                    self.is_kept = false;
                }
                self.look_at_recordings();
                if mended {
                    self.say(News::Mended);
                }
            }
            None => self.refuse(render::text(&problems, &sources, language, false), texts, asked),
        }
    }

    /// A plan with errors is reported once. The recordings of the plan that stays in force may still have changed.
    fn refuse(&mut self, problems: String, texts: Vec<Arc<str>>, asked: bool) {
        if asked || self.refused.as_ref() != Some(&texts) {
            self.say(News::Bad(problems));
            self.refused = Some(texts);
        }
        self.look_at_recordings();
    }

    /// Finds out what is known of the plan's recordings, and begins to find out the rest.
    fn look_at_recordings(&mut self) {
        let now = self.with.clocks.now();
        let folder = &self.plan.station.audio;
        let Look { library, unknown, refused, gone, unread } =
            self.with.gaze.on(folder, || preflight::look(folder, &loading::files(&self.plan), &self.with.store));
        self.library = library;
        // What is still to be found out is not yet taken over.
        self.kept_on.retain(|id, _| unknown.contains(id));
        self.kept_on.extend(refused);
        let span = Span { from: now.wall, to: now.wall + NEEDED_WITHIN };
        let mut order = need::needed(&self.plan, span);
        order.extend(self.plan.items.iter().map(|item| item.id.clone()));
        let file = |id: &ItemId| self.plan.items.iter().find(|item| item.id == *id).map(|item| item.file.clone());
        let wanted = order.iter().filter(|id| unknown.contains(*id)).filter_map(file);
        self.jobs.measure(wanted.map(|file| Job::Measure { folder: folder.clone(), file }));
        self.care.keep_to(&self.masters());
        let tasks = self.care.are_gone(gone);
        self.take_on(tasks);
        let known: BTreeSet<&FileHash> = self.library.items.values().flatten().map(|recording| &recording.hash).collect();
        let alone = self.needed.keys().filter(|master| !known.contains(master)).cloned();
        let tasks = self.care.are_doubted(unread.into_iter().chain(alone));
        self.take_on(tasks);
    }

    /// What could not be found out, because a disk was full or a file was being written, is tried again.
    fn try_again(&mut self, now: Mono) {
        if now - self.tried_at < AGAIN_AFTER {
            return;
        }
        self.tried_at = now;
        let failed = |item: &&Item| match self.library.items.get(&item.id) {
            Some(Err(unfit)) => unfit.may_pass() && *unfit != Unfit::Unmeasured,
            _ => self.kept_on.get(&item.id).is_some_and(Unfit::may_pass),
        };
        for item in self.plan.items.iter().filter(failed) {
            self.jobs.add(Job::Measure { folder: self.plan.station.audio.clone(), file: item.file.clone() });
        }
    }

    /// Every master that is aired from.
    fn masters(&self) -> BTreeSet<FileHash> {
        let planned = self.library.items.values().flatten().map(|recording| &recording.hash);
        planned.chain(self.needed.keys()).cloned().collect()
    }

    /// Keeps the plan whole under its hash: what a full disk does not take is kept once there is room.
    fn keep(&mut self) {
        if !self.is_kept {
            let Loader { data, gaze, .. } = &self.with;
            let kept = gaze.on(data, || loading::keep(data, &self.plan));
            self.is_kept = kept.is_ok();
            self.unkept = kept.err().map(|error| format!("{error:#}"));
        }
    }

    fn is_news(&self) -> bool {
        self.plan.hash != self.given.plan.hash || self.library != *self.given.library
    }

    /// Hands over what has changed: a plan at once, what was found out of recordings together with what comes soon after.
    fn hand_over(&mut self, now: Mono) {
        let waits = now - self.given_at < TOGETHER && !self.jobs.are_done() && self.plan.hash == self.given.plan.hash;
        if self.is_news() && !waits {
            self.given_at = now;
            self.give();
        }
    }

    fn give(&mut self) {
        // Before it is in force; a disk that is full keeps no plan, which is no reason to stay with the old one.
        self.keep();
        self.given = Loaded::new(self.plan.clone(), Arc::new(self.library.clone()));
        self.say(News::Good(self.given.clone()));
    }

    fn say(&self, news: News) {
        // The next turn finds out that the station is gone.
        let _ = self.with.news.send(news);
    }

    /// Faults of recordings, told when they change.
    fn tell_faults(&mut self) {
        let now = self.with.clocks.now();
        let lang = self.plan.station.language;
        self.unmeasured.retain(|id, _| self.library.items.get(id).is_some_and(is_open));
        for (id, _) in self.library.items.iter().filter(|(_, known)| is_open(known)) {
            self.unmeasured.entry(id.clone()).or_insert(now.mono);
        }
        let measuring = describe(lang, self.unmeasured.len());
        let late = self.unmeasured.values().any(|since| now.mono - *since >= FOUND_OUT_WITHIN);
        let waiting = late.then(|| self.titles(self.wanted_late(now))).flatten();
        let of_bad = |id: &ItemId| matches!(self.library.items.get(id), Some(Ok(known)) if self.care.bad().contains(&known.hash));
        let mut bad: BTreeSet<String> =
            self.plan.items.iter().filter(|item| of_bad(&item.id)).map(|item| item.title.clone()).collect();
        bad.extend(
            self.needed.iter().filter(|(master, _)| self.care.bad().contains(*master)).map(|(_, (title, _))| title.clone()),
        );
        let bad = some_of(bad);
        let refused = self.titles(self.kept_on.keys().cloned());
        let unkept = self.unkept.clone();
        for (code, detail) in [
            (MEASURING, measuring),
            (FaultCode::RecordingWaiting, waiting),
            (FaultCode::RecordingRefused, refused),
            (FaultCode::MasterDamaged, bad),
            (NOT_KEPT, unkept),
        ] {
            if self.faults.is_news(code, detail.as_deref()) {
                // When the engine is gone the station is too.
                let _ = self.with.engine.send(Input::Fault(code, detail));
            }
        }
    }

    /// What is needed soon and has been unmeasured for long.
    fn wanted_late(&self, now: Now) -> impl Iterator<Item = ItemId> + use<> {
        let span = Span { from: now.wall, to: now.wall + NEEDED_WITHIN };
        let late = |id: &ItemId| self.unmeasured.get(id).is_some_and(|since| now.mono - *since >= FOUND_OUT_WITHIN);
        let mut needed = need::needed(&self.plan, span);
        needed.retain(late);
        needed.into_iter()
    }

    /// What these items are called; `None` when there are none.
    fn titles(&self, items: impl Iterator<Item = ItemId>) -> Option<String> {
        let title = |id: ItemId| self.plan.items.iter().find(|item| item.id == id).map(|item| item.title.clone());
        some_of(items.filter_map(title))
    }
}

/// Whether what a recording is has not been found out, for whatever reason that may pass.
fn is_open(known: &Result<Recording, Unfit>) -> bool {
    known.as_ref().is_err_and(Unfit::may_pass)
}

/// How many recordings of what the station begins with are still to be measured, in words.
pub fn left_to_measure(loaded: &Loaded) -> Option<String> {
    let left = loaded.library.items.values().filter(|known| is_open(known)).count();
    describe(loaded.plan.station.language, left)
}

fn describe(lang: Language, left: usize) -> Option<String> {
    (left > 0).then(|| words::recordings_left(lang, left))
}

fn texts(files: &Files) -> Vec<Arc<str>> {
    files.sources.iter().map(|source| source.text.clone()).collect()
}
