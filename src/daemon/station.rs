//! The running station: the engine and its threads, the control socket, the reload of a changed plan, and the end.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc as async_mpsc, oneshot};
use tokio::task::{JoinError, JoinHandle};

use crate::asrun::hand::ByHand;
use crate::asrun::ledger::{Closed, Ledger, Pen, Write};
use crate::asrun::row::Row;
use crate::asrun::store::Told;
use crate::asrun::unsettled::Settle;
use crate::control::message::{Failure, HandKind, Message, Reply};
use crate::control::request::{Answer, Ask, Refusal, Request};
use crate::control::socket::{self, Asked, Place};
use crate::control::status::Status;
use crate::daemon::begin::{Begun, plan_row};
use crate::daemon::loading::{self, Attempt, Loaded, Looks};
use crate::daemon::memory::Thrift;
use crate::daemon::planner::{self, Current, Shared};
use crate::daemon::threads::{self, Studio};
use crate::daemon::{Over, Settings, chores, device_name, greeting, orders};
use crate::lang::Language;
use crate::lang::chores as chore_words;
use crate::lang::daemon as words;
use crate::library::store::LibraryStore;
use crate::plan::{Output, Plan};
use crate::playout::beginning;
use crate::playout::clock::Clocks;
use crate::playout::conductor::{Conductor, Setting};
use crate::playout::live::engine::{Engine, Input, Wanted, World};
use crate::terms::*;

/// How often the plan's files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A file that changes must look the same for this long before it is read: it may be half written.
const STILL_FOR: Duration = Duration::from_millis(300);
/// How long the end waits for sound to fade.
const END_WITHIN: Duration = Duration::from_secs(3);
/// How long the engine may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(4);
/// A rehearsal is over when nothing comes within this time.
const NOTHING_FOR: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

pub struct Station {
    settings: Settings,
    origin: Origin,
    clocks: Clocks,
    recordings: Arc<LibraryStore>,
    shared: Shared,
    engine: Sender<Input>,
    ended: oneshot::Receiver<()>,
    ledger: Ledger,
    studio: Studio,
    /// When the first broadcast comes: a rehearsal is over after it.
    first_at: Option<Wall>,
    looks: Looks,
}

impl Station {
    /// Starts the threads. From here on the station airs.
    pub fn start(begun: Begun) -> anyhow::Result<Station> {
        let now = begun.clocks.now();
        let rows = begun.first_rows(now.wall);
        let Begun { settings, origin, clocks, judge, store, past, recordings, loaded, before, broken, rescued, in_the_way } =
            begun;
        let (engine, inbox) = mpsc::channel();
        let recordings = Arc::new(recordings);
        let current = Current { loaded, before: before.map(|loaded| (loaded, now.mono)) };
        let plan = current.loaded.plan.clone();
        let recovered = beginning::recovered(&past, &clocks.boot_id());
        let clock = judge.clock().status;
        let span = beginning::first_span(recovered.alive_at, now.wall, clock.doubtful);
        let wanted = Wanted { from: span.from, to: span.to, unsettled: recovered.unsettled.clone() };
        let first = planner::make(&current, past.history.clone(), &wanted, now);
        greeting::say(&settings, &plan, &first, now.wall);
        let airs = |slot: &&crate::rundown::Planned| slot.left_out.is_none() && slot.slot.planned_at >= now.wall;
        let first_at = first.slots.iter().find(airs).map(|planned| planned.slot.planned_at);
        let (mut conductor, cues) = Conductor::new(now, Setting { origin, clock }, recovered, first);
        if let Some(problems) = broken {
            tracing::error!("{}\n{problems}", words::last_plan_runs(plan.station.language));
            conductor.set_fault("plan_refused", Some(problems));
        }
        let rescued = rescued.map(|rescued| {
            let backup = rescued.backup.map(|file| file.display().to_string());
            chore_words::log_rescued(plan.station.language, rescued.set_aside.as_deref(), backup.as_deref())
        });
        if rescued.is_some() {
            conductor.set_fault("log_damaged", rescued.clone());
        } else if let Some(gap) = past.gap {
            let (code, told) = gap_in_words(plan.station.language, gap);
            conductor.set_fault(code, Some(told));
        }
        if !in_the_way.is_empty() {
            conductor.set_fault("in_the_way", Some(in_the_way.join(", ")));
        }
        let ledger = threads::ledger(store, &past, engine.clone(), plan.station.language)?;
        let pen = ledger.pen();
        pen.write(Write::Append(rows, Settle::Nothing))?;
        // On the disk before anything sounds, unless the disk fails: then sound comes first.
        pen.flush(ANSWER_WITHIN);
        let shared: Shared = Arc::new(RwLock::new(current));
        let studio = Studio::new(&settings, recordings.clone(), clocks.clone(), engine.clone());
        let world = World {
            clocks: clocks.clone(),
            judge,
            outputs: studio.spawn(&plan, &plan.outputs)?,
            pen: ledger.pen(),
            lease: studio.lease.clone(),
            planner: threads::planner(&shared, ledger.pen(), &clocks, engine.clone())?,
            inbox,
        };
        let (end, ended) = oneshot::channel();
        thread::Builder::new().name("conductor".into()).spawn(move || {
            Engine::new(conductor, world).run(cues);
            // Dropped without a word when the engine panics: the daemon hears that too.
            let _ = end.send(());
        })?;
        if origin == Origin::Live {
            chores::spawn(settings.data.clone(), shared.clone(), clocks.clone(), engine.clone(), rescued)?;
        }
        let looks = Looks::at(&settings.plan, Some(&plan));
        Ok(Station { settings, origin, clocks, recordings, shared, engine, ended, ledger, studio, first_at, looks })
    }

    /// Runs until `shutdown` comes, or, for a rehearsal, until its broadcasts are over.
    pub async fn run(mut self, shutdown: impl Future<Output = &'static str>, ends_by_itself: bool) -> anyhow::Result<Over> {
        let (asked, mut asks) = async_mpsc::channel(32);
        let mut serving = Serving::default();
        self.serve(&mut serving, &asked);
        let mut hangup = signal(SignalKind::hangup())?;
        let mut looking = tokio::time::interval(LOOK_EVERY);
        let mut thrift = Thrift::default();
        looking.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        notify(sd_notify::NotifyState::Ready);
        tokio::pin!(shutdown);
        // Reading recordings can take minutes: orders do not wait for it.
        let (mut reading, mut told) = (None, false);
        let why = loop {
            tokio::select! {
                why = &mut shutdown => break why,
                died = &mut self.ended => {
                    let _ = died;
                    anyhow::bail!("the conductor's thread has ended; every output is silent");
                }
                Some(asked) = asks.recv() => self.answer(asked),
                _ = hangup.recv() => {
                    told = true;
                    reading = reading.or_else(|| self.reread(std::mem::take(&mut told)));
                }
                Some(read) = finished(&mut reading) => {
                    reading = None;
                    self.take_in(read);
                }
                _ = looking.tick() => {
                    self.serve(&mut serving, &asked);
                    reading = reading.or_else(|| self.reread(std::mem::take(&mut told)));
                    self.keep_plan();
                    let status = self.sign_of_life().await;
                    thrift.tick(status.as_ref());
                    match status {
                        None => tracing::error!("the conductor does not answer"),
                        Some(status) if ends_by_itself && self.is_over(&status) => break "the rehearsal is over",
                        Some(_) => {}
                    }
                }
            }
        };
        notify(sd_notify::NotifyState::Stopping);
        if let Some((_, task)) = serving.on {
            task.abort();
        }
        self.end(why).await
    }

    /// Sees to it that orders can be given: also after the socket's file was removed or exchanged, and once a disk that was full or read-only
    /// has a place for it.
    fn serve(&self, serving: &mut Serving, asked: &async_mpsc::Sender<Asked>) {
        let listens = |(place, task): &(Place, Task)| place.is_ours(&self.settings.data) && !task.is_finished();
        if serving.on.as_ref().is_some_and(listens) {
            return;
        }
        if let Some((_, task)) = serving.on.take() {
            tracing::error!("the control socket is gone; it is opened again");
            task.abort();
        }
        let deaf = match socket::listen(&self.settings.data) {
            Ok(listener) => {
                serving.on = Some((listener.place(), tokio::spawn(socket::serve(listener, asked.clone()))));
                None
            }
            Err(error) => Some(in_full(&error)),
        };
        if deaf != serving.deaf {
            if let Some(why) = &deaf {
                tracing::error!(why, "the control socket cannot be opened: the station airs and takes no orders");
            }
            self.tell(Input::Fault("no_control", deaf.clone()));
            serving.deaf = deaf;
        }
    }

    /// Asks the conductor for a sign of life and passes it on to the service manager's watchdog.
    async fn sign_of_life(&self) -> Option<Status> {
        let status = status(&self.engine).await;
        if status.is_some() {
            notify(sd_notify::NotifyState::Watchdog);
        }
        status
    }

    /// What a full disk did not take at the start, or when the plan changed, is kept once there is room.
    fn keep_plan(&self) {
        // That it is not kept has been said.
        let _ = loading::keep(&self.settings.data, &planner::current(&self.shared).loaded.plan);
    }

    fn is_over(&self, status: &Status) -> bool {
        let soon = status.at + NOTHING_FOR;
        let begun = self.first_at.is_none_or(|at| status.at > at);
        begun && status.now.is_empty() && !status.next.iter().any(|next| next.planned_at <= soon && next.left_out.is_none())
    }

    /// Begins to read the plan again when its files, or the recordings, look different, or when told to.
    fn reread(&self, told: bool) -> Option<Reading> {
        let plan = planner::current(&self.shared).loaded.plan;
        let looks = Looks::at(&self.settings.plan, Some(&plan));
        if looks == self.looks && !told {
            return None;
        }
        let (path, language, recordings) = (self.settings.plan.clone(), self.settings.language, self.recordings.clone());
        Some(tokio::task::spawn_blocking(move || {
            thread::sleep(STILL_FOR);
            let still = Looks::at(&path, Some(&plan)) == looks;
            still.then(|| loading::load(&path, language, &recordings))
        }))
    }

    /// What reading the plan has given; nothing when its files were still being written.
    fn take_in(&mut self, read: Result<Option<Attempt>, JoinError>) {
        let current = planner::current(&self.shared);
        let (plan, now) = (current.loaded.plan.clone(), self.clocks.now());
        match read {
            Ok(None) => return,
            Ok(Some(Attempt::Good(loaded))) => self.accept(loaded, &current, now),
            Ok(Some(Attempt::Bad(problems))) => {
                tracing::error!("{}\n{problems}", words::plan_refused(plan.station.language));
                self.write(vec![plan_row(&plan, self.origin, now.wall, false, Some(&problems))]);
                self.tell(Input::Fault("plan_refused", Some(problems)));
            }
            Err(error) => tracing::error!(%error, "reading the plan failed"),
        }
        self.looks = Looks::at(&self.settings.plan, Some(&planner::current(&self.shared).loaded.plan));
    }

    fn accept(&mut self, loaded: Loaded, current: &Current, now: Now) {
        let plan = loaded.plan.clone();
        self.tell(Input::Fault("plan_refused", None));
        if plan.hash != current.loaded.plan.hash {
            if let Err(error) = loading::keep(&self.settings.data, &plan) {
                tracing::error!(%error, "the plan cannot be kept in the data folder");
            }
            self.write(vec![plan_row(&plan, self.origin, now.wall, true, None)]);
            tracing::info!(plan_hash = plan.hash.as_str(), "{}", words::plan_accepted(plan.station.language));
            let old = &current.loaded.plan.outputs;
            let changed: Vec<_> = plan
                .outputs
                .iter()
                .filter(|output| !old.iter().any(|o| o.id == output.id && o.devices == output.devices))
                .cloned()
                .collect();
            match self.studio.spawn(&plan, &changed) {
                Ok(outputs) if !outputs.is_empty() => self.tell(Input::Outputs(outputs)),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "an output cannot be made"),
            }
        }
        planner::replace(&self.shared, loaded, now);
        self.tell(Input::PlanChanged);
    }

    fn answer(&self, asked: Asked) {
        let current = planner::current(&self.shared);
        let station = orders::station(&current.loaded.plan);
        let Asked { message, uid, reply } = asked;
        let engine = self.engine.clone();
        match message {
            Message::Status => {
                let named = self.devices(&current.loaded.plan);
                tokio::spawn(async move {
                    let status = status(&engine).await;
                    let answer = match status {
                        Some(mut status) => {
                            name_devices(&mut status, named);
                            Reply::Status { station, status: Box::new(status) }
                        }
                        None => Reply::Failed { failure: Failure::Unanswered },
                    };
                    // Whoever asked may be gone.
                    let _ = reply.send(answer);
                });
            }
            Message::Enter { what, from, length, title, who } => {
                let what = match what {
                    HandKind::Live => ByHand::Live,
                    HandKind::Relay => ByHand::Relay,
                };
                let plan = &current.loaded.plan;
                let from = plan.station.zone.instant(from);
                let station = plan.station.code.as_str().into();
                self.write(vec![crate::asrun::hand::row(station, self.origin, what, from, length, title, who)]);
                let pen = self.ledger.pen();
                tokio::task::spawn_blocking(move || {
                    // Whoever asked may be gone.
                    let _ = reply.send(Reply::Entered { durable: pen.flush(ANSWER_WITHIN) });
                });
            }
            Message::Order { id, actor, order } => {
                let ordered = self.order(&current, Asking { id, actor, uid }, order);
                let pen = self.ledger.pen();
                tokio::spawn(async move {
                    let until = Instant::now() + ANSWER_WITHIN;
                    let answer = match ordered {
                        Ok((answered, input)) => match engine.send(input) {
                            Ok(()) => within(answered).await,
                            Err(_) => None,
                        },
                        Err(refusal) => Some(Answer::Refused(refusal)),
                    };
                    let reply_with = match answer {
                        Some(answer) => {
                            let kept = matches!(answer, Answer::Refused(_)) || kept(pen, until).await;
                            Reply::Answer { station, answer, kept }
                        }
                        None => Reply::Failed { failure: Failure::Unanswered },
                    };
                    let _ = reply.send(reply_with);
                });
            }
        }
    }

    /// The device that each output opens first.
    fn devices(&self, plan: &Plan) -> BTreeMap<OutputId, String> {
        let first = |output: &Output| self.settings.output.clone().or_else(|| output.devices.first().cloned());
        let named = |output: &Output| Some((output.id.clone(), device_name(&first(output)?).to_string()));
        plan.outputs.iter().filter_map(named).collect()
    }

    fn order(&self, current: &Current, asking: Asking, ask: Ask) -> Result<(oneshot::Receiver<Answer>, Input), Refusal> {
        let now = self.clocks.now().wall;
        let order = orders::place(ask, &current.loaded.plan, now)?;
        let slots = orders::slots(&order, &current.loaded, &self.ledger.pen().history(), now)?;
        let (answer, answered) = oneshot::channel();
        let Asking { id, actor, uid } = asking;
        Ok((answered, Input::Request(Request { id, actor, uid: Some(uid), order }, slots, answer)))
    }

    /// Silence, the last rows, and the log closed.
    async fn end(self, why: &str) -> anyhow::Result<Over> {
        let (quiet, is_quiet) = oneshot::channel();
        self.tell(Input::Shutdown(quiet));
        if tokio::time::timeout(END_WITHIN, is_quiet).await.is_err() {
            tracing::error!("an output did not fall silent in time");
        }
        let now = self.clocks.now().wall;
        let plan = planner::current(&self.shared).loaded.plan;
        let mut stop = Row::of(Kind::Stop, plan.station.code.as_str().into(), self.origin);
        stop.started_at = Some(now.floor_ms());
        stop.detail = Some(serde_json::json!({ "why": why }).to_string());
        self.write(vec![stop]);
        match self.ledger.close(now) {
            Closed::Well => Ok(Over::Well),
            Closed::HandedOver { rows, why } => {
                tracing::error!(why, "{}", words::handed_over(plan.station.language, rows));
                Ok(Over::Well)
            }
            Closed::Lost { rows, why } => anyhow::bail!("{rows} rows of the log could not be written: {why}"),
        }
    }

    fn tell(&self, input: Input) {
        // A conductor that has ended is found out by `run`.
        let _ = self.engine.send(input);
    }

    fn write(&self, rows: Vec<Row>) {
        let pen: Pen = self.ledger.pen();
        if pen.write(Write::Append(rows, Settle::Nothing)).is_err() {
            tracing::error!("the log's writer has ended");
        }
    }
}

/// Who gives an order, and the id that makes it count once.
struct Asking {
    id: String,
    actor: String,
    uid: u32,
}

/// The control socket.
#[derive(Default)]
struct Serving {
    on: Option<(Place, Task)>,
    /// Why there is none.
    deaf: Option<String>,
}

/// What answers there.
type Task = JoinHandle<Result<(), socket::SocketError>>;

/// The plan being read again.
type Reading = JoinHandle<Option<Attempt>>;

/// Waits until the plan has been read; `None` at once when it is not being read.
async fn finished(reading: &mut Option<Reading>) -> Option<Result<Option<Attempt>, JoinError>> {
    match reading {
        Some(reading) => Some(reading.await),
        None => None,
    }
}

/// What the start found out about the log, as a standing fault or warning.
fn gap_in_words(lang: Language, gap: Told) -> (&'static str, String) {
    match gap {
        Told::Lost { from, to } => ("log_gap", chore_words::log_gap(lang, from, to)),
        Told::Other => ("log_other", chore_words::log_other(lang).to_owned()),
        Told::Unwritten { rows } => ("log_gap", chore_words::rows_let_go(lang, rows)),
    }
}

/// What was never opened is known by the name in the plan.
fn name_devices(status: &mut Status, mut named: BTreeMap<OutputId, String>) {
    for output in status.output.iter_mut().filter(|output| output.device.is_empty()) {
        output.device = named.remove(&output.output).unwrap_or_default();
    }
}

async fn status(engine: &Sender<Input>) -> Option<Status> {
    let (answer, answered) = oneshot::channel();
    engine.send(Input::Status(answer)).ok()?;
    within(answered).await
}

/// Whether the row of an order that was carried out is on the disk. The sound does not wait for this: only the person does.
async fn kept(pen: Pen, until: Instant) -> bool {
    let left = until.saturating_duration_since(Instant::now());
    tokio::task::spawn_blocking(move || pen.flush(left)).await.unwrap_or(false)
}

async fn within<T>(answered: oneshot::Receiver<T>) -> Option<T> {
    tokio::time::timeout(ANSWER_WITHIN, answered).await.ok()?.ok()
}

/// Tells the service manager, where there is one.
fn notify(state: sd_notify::NotifyState<'_>) {
    // Without a service manager there is nobody to tell.
    let _ = sd_notify::notify(&[state]);
}
