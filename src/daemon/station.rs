//! The running station: the engine and its threads, the control socket, the reload of a changed plan, and the end.

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, RwLock};
use std::thread;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{mpsc as async_mpsc, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::asrun::fact::{Fact, GapFact, Lack, StopFact};
use crate::asrun::ledger::{Closed, Ledger, LedgerHandle};
use crate::asrun::open::SlotChange;
use crate::asrun::queue::Write;
use crate::asrun::row::Row;
use crate::control::socket::{self, Asked, Listener, SocketError, SocketFile};
use crate::control::status::{FaultCode, Status};
use crate::daemon::answers::{ANSWER_WITHIN, Answers, status};
use crate::daemon::aside::{Aside, Gaze};
use crate::daemon::begin::{Begun, plan_row};
use crate::daemon::faults::Faults;
use crate::daemon::loader::{self, Loader, MEASURING, NOT_KEPT, News, Notice};
use crate::daemon::loading::Loaded;
use crate::daemon::planner::{self, Current, SharedPlan};
use crate::daemon::screen::Screen;
use crate::daemon::threads::{self, Studio};
use crate::daemon::{Ending, Settings, chores, console, greeting, outlook, rehearse, trace};
use crate::lang::Language;
use crate::lang::chores as chore_words;
use crate::lang::daemon as words;
use crate::lang::orders as order_words;
use crate::plan::Plan;
use crate::playout::beginning;
use crate::playout::clock::Clocks;
use crate::playout::conductor::{Conductor, Setting};
use crate::playout::cue::Wanted;
use crate::playout::live::engine::{Engine, EngineParts, Input};
use crate::terms::*;

/// How often the station looks after its threads.
const TICK: Duration = Duration::from_secs(2);
/// How long the end waits for sound to fade.
const END_WITHIN: Duration = Duration::from_secs(3);
/// How long the end waits for the log to be written and closed.
const LOG_CLOSED_WITHIN: Duration = Duration::from_secs(6);
/// A file that has not answered for so long, or a log, is a fault.
const HANGS_AFTER: Duration = Duration::from_secs(10);
/// Copying a long log onto a slow stick takes minutes.
const CHORE_HANGS_AFTER: Duration = Duration::from_secs(900);
const LOG_DAMAGED: FaultCode = FaultCode::LogDamaged;
/// A pretended clock with a loudspeaker, and without one.
const PRETENDED: [FaultCode; 2] = [FaultCode::ClockPretended, FaultCode::ClockPretendedQuietly];
/// How long a thread may wait for the log's writer, which answers as soon as its disk does.
const FLUSH_WITHIN: Duration = Duration::from_secs(3_600);
/// A rehearsal is over when nothing comes within this time.
const NOTHING_FOR: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

pub struct RunningStation {
    settings: Settings,
    origin: Origin,
    clocks: Clocks,
    shared: SharedPlan,
    engine: Sender<Input>,
    ended: oneshot::Receiver<()>,
    ledger: Ledger,
    studio: Studio,
    answers: Answers,
    loader: Sender<Notice>,
    news: UnboundedReceiver<News>,
    /// When the first broadcast comes: a rehearsal is over after it.
    first_at: Option<Wall>,
    /// The files that the loader and the chores wait for.
    files: Gaze,
    chores: Gaze,
    faults: Faults,
    screen: Arc<Screen>,
}

/// What is done aside, because it may wait for a disk for ever.
#[derive(Default)]
struct Works {
    /// Opens the control socket, unless it is there.
    opening: Aside<Option<Result<Listener, SocketError>>>,
    /// Waits for the log's writer.
    flushing: Aside<bool>,
    notifying: Aside<()>,
}

impl RunningStation {
    /// Starts the threads. From here on the station airs.
    pub fn start(begun: Begun) -> anyhow::Result<RunningStation> {
        let now = begun.clocks.now();
        let (rows, faults) = (begun.first_rows(now.wall), first_faults(&begun));
        let Begun { settings, origin, clocks, judge, store, past, recordings, loaded, files, before, in_the_way, .. } = begun;
        let (engine, inbox) = mpsc::channel();
        let (loader, notices) = mpsc::channel();
        let begun_with = loaded.clone();
        let current = Current { loaded, before };
        let plan = current.loaded.plan.clone();
        let recovered = beginning::recovered(&past, &clocks.boot_id());
        let clock = judge.clock().status;
        let span = beginning::first_span(recovered.alive_at, now.wall, clock.doubtful);
        let wanted = Wanted::at_start(span, &recovered);
        let first = planner::make(&current, past.history.clone(), &wanted, now);
        // The loader lives as long as the station.
        let _ = loader.send(Notice::Needed(planner::settled(&first)));
        greeting::say(&settings, &plan, &first, now.wall);
        let airs = |slot: &&crate::rundown::Planned| slot.left_out.is_none() && slot.slot.planned_at >= now.wall;
        let first_at = first.slots.iter().find(airs).map(|planned| planned.slot.planned_at);
        let (mut conductor, cues) = Conductor::new(now, Setting { origin, clock }, recovered, first);
        faults.iter().for_each(|(code, detail)| conductor.set_fault(*code, Some(detail.clone())));
        let ledger = threads::ledger(store, &past, engine.clone(), plan.station.language)?;
        let log = ledger.handle();
        log.write(Write::Append(rows, SlotChange::Nothing))?;
        // On the disk before anything sounds, unless the disk fails: then sound comes first.
        log.flush(ANSWER_WITHIN);
        let shared: SharedPlan = Arc::new(RwLock::new(current));
        let screen = Arc::new(Screen::new(shared.clone(), clocks.clone()));
        trace::show(&words::trace_is_in(plan.station.language, &settings.data.join(trace::FILE).display().to_string()));
        let studio = Studio::new(&settings, recordings.clone(), clocks.clone(), engine.clone(), loader.clone());
        let world = EngineParts {
            clocks: clocks.clone(),
            judge,
            outputs: studio.spawn(&plan, &plan.outputs)?,
            log: ledger.handle(),
            lease: studio.lease.clone(),
            planner: threads::planner(planner::PlannerParts {
                shared: shared.clone(),
                log: ledger.handle(),
                clocks: clocks.clone(),
                engine: engine.clone(),
                loader: loader.clone(),
            })?,
            inbox,
            told: {
                let screen = screen.clone();
                Box::new(move |row| screen.row(row))
            },
        };
        let (end, ended) = oneshot::channel();
        thread::Builder::new().name("conductor".into()).spawn(move || {
            Engine::new(conductor, world).run(cues);
            // Dropped without a word when the engine panics: the daemon hears that too.
            let _ = end.send(());
        })?;
        let chores = Gaze::default();
        if origin == Origin::Live {
            let rescued = faults.iter().find(|(code, _)| *code == LOG_DAMAGED).map(|(_, detail)| detail.clone());
            let (data, gaze) = (settings.data.clone(), chores.clone());
            chores::spawn(data, shared.clone(), clocks.clone(), engine.clone(), rescued, in_the_way, gaze)?;
            outlook::spawn(settings.data.clone(), shared.clone(), engine.clone(), settings.output.clone())?;
        }
        let answers = Answers {
            shared: shared.clone(),
            engine: engine.clone(),
            log: ledger.handle(),
            clocks: clocks.clone(),
            origin,
            output: settings.output.clone(),
            meters: studio.meters.clone(),
        };
        let (tell_news, news) = async_mpsc::unbounded_channel();
        let gaze = Gaze::default();
        let with = Loader {
            path: settings.plan.clone(),
            data: settings.data.clone(),
            language: settings.language,
            store: recordings,
            clocks: clocks.clone(),
            engine: engine.clone(),
            news: tell_news,
            inbox: notices,
            notices: loader.clone(),
            gaze: gaze.clone(),
        };
        loader::spawn(with, files, begun_with)?;
        Ok(RunningStation {
            settings,
            origin,
            clocks,
            shared,
            engine,
            ended,
            ledger,
            studio,
            answers,
            loader,
            news,
            first_at,
            files: gaze,
            chores,
            faults: Faults::standing(faults),
            screen,
        })
    }

    /// Runs until `shutdown` comes, or, for a rehearsal, until its broadcasts are over.
    pub async fn run(mut self, shutdown: impl Future<Output = &'static str>, ends_by_itself: bool) -> anyhow::Result<Ending> {
        let (asked, mut asks) = async_mpsc::channel(32);
        let mut hangup = signal(SignalKind::hangup())?;
        let mut looking = tokio::time::interval(TICK);
        looking.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        tokio::pin!(shutdown);
        let (mut works, mut serving, mut ready) = (Works::default(), Serving::default(), false);
        self.open_socket(&serving, &mut works);
        let shown = console::ConsoleParts {
            shared: self.shared.clone(),
            log: self.ledger.handle(),
            clocks: self.clocks.clone(),
            engine: self.engine.clone(),
            origin: self.origin,
        };
        // It ends with this function.
        let _console = console::open(&self.settings, shown, asked.clone());
        let why = loop {
            tokio::select! {
                why = &mut shutdown => break why,
                died = &mut self.ended => {
                    let _ = died;
                    anyhow::bail!(words::engine_ended(planner::current(&self.shared).loaded.plan.station.language));
                }
                Some(asked) = asks.recv() => self.answers.give(asked),
                Some(opened) = works.opening.done() => {
                    if let Some(opened) = opened? {
                        self.serve(opened, &mut serving, &asked);
                    }
                    if !std::mem::replace(&mut ready, true) {
                        spawn_blocking(|| notify(sd_notify::NotifyState::Ready));
                    }
                }
                _ = hangup.recv() => {
                    // A loader that has ended has said so.
                    let _ = self.loader.send(Notice::Reload);
                }
                Some(news) = self.news.recv() => self.take_in(news),
                Some(_) = works.flushing.done() => {}
                Some(_) = works.notifying.done() => {}
                _ = looking.tick() => {
                    self.open_socket(&serving, &mut works);
                    self.watch(&mut works);
                    let standing = self.sign_of_life(&mut works).await;
                    standing.iter().for_each(|standing| self.screen.look(standing));
                    match standing {
                        None => tracing::error!("the conductor does not answer"),
                        Some(status) if ends_by_itself && self.is_over(&status) => break "the rehearsal is over",
                        Some(_) => {}
                    }
                }
            }
        };
        spawn_blocking(|| notify(sd_notify::NotifyState::Stopping));
        if let Some((_, task)) = serving.on {
            task.abort();
        }
        self.end(why).await
    }

    /// Looks whether orders can still be given, and opens the socket where they cannot: also after its file was removed or exchanged, and
    /// once a disk that was full or read-only has a place for it.
    fn open_socket(&self, serving: &Serving, works: &mut Works) {
        let data = self.settings.data.clone();
        let place = serving.on.as_ref().filter(|(_, task)| !task.is_finished()).map(|(place, _)| *place);
        works.opening.begin(move || {
            let is_ours = place.is_some_and(|place| place.is_ours(&data));
            (!is_ours).then(|| socket::listen(&data))
        });
    }

    /// Serves on a socket that was opened anew.
    fn serve(&mut self, opened: Result<Listener, SocketError>, serving: &mut Serving, asked: &async_mpsc::Sender<Asked>) {
        if let Some((_, task)) = serving.on.take() {
            tracing::error!("the control socket is gone; it is opened again");
            task.abort();
        }
        let deaf = match opened {
            Ok(listener) => {
                serving.on = Some((listener.place(), tokio::spawn(socket::serve(listener, asked.clone()))));
                None
            }
            Err(error) => Some(order_words::unheard(planner::current(&self.shared).loaded.plan.station.language, &error)),
        };
        let is_deaf = deaf.is_some();
        if self.fault(FaultCode::NoControl, deaf) && is_deaf {
            tracing::error!("the control socket cannot be opened: the station airs and takes no orders");
        }
    }

    /// What hangs is a fault as long as it does.
    fn watch(&mut self, works: &mut Works) {
        let log = self.ledger.handle();
        works.flushing.begin(move || log.flush(FLUSH_WITHIN));
        let file = self.files.rests_longer_than(HANGS_AFTER).or_else(|| self.chores.rests_longer_than(CHORE_HANGS_AFTER));
        self.fault(FaultCode::FilesHang, file.map(|path| path.display().to_string()));
        let plan = planner::current(&self.shared).loaded.plan;
        let pretended = pretended(&self.settings, &plan, self.origin, &self.clocks);
        for code in PRETENDED {
            self.fault(code, pretended.as_ref().filter(|(now, _)| *now == code).map(|(_, file)| file.clone()));
        }
        let log = works.flushing.takes_longer_than(HANGS_AFTER);
        self.fault(FaultCode::LogHangs, log.then(|| self.settings.data.display().to_string()));
    }

    /// Tells a fault of the daemon's, or that it is mended, once; whether that was news.
    fn fault(&mut self, code: FaultCode, detail: Option<String>) -> bool {
        let is_news = self.faults.is_news(code, detail.as_deref());
        if is_news {
            if let Some(detail) = &detail {
                tracing::error!(detail, "{code}");
            }
            self.tell(Input::Fault(code, detail));
        }
        is_news
    }

    /// Asks the conductor for a sign of life and passes it on to the service manager's watchdog.
    async fn sign_of_life(&self, works: &mut Works) -> Option<Status> {
        let status = status(&self.engine).await;
        if status.is_some() {
            works.notifying.begin(|| notify(sd_notify::NotifyState::Watchdog));
        }
        status
    }

    fn is_over(&self, status: &Status) -> bool {
        let soon = status.at + NOTHING_FOR;
        let begun = self.first_at.is_none_or(|at| status.at > at);
        begun && status.now.is_empty() && !status.next.iter().any(|next| next.planned_at <= soon && next.left_out.is_none())
    }

    /// What the loader has found.
    fn take_in(&mut self, news: News) {
        let current = planner::current(&self.shared);
        let (plan, now) = (current.loaded.plan.clone(), self.clocks.now());
        match news {
            News::Good(loaded) => self.accept(loaded, &current, now),
            News::Mended => self.tell(Input::Fault(FaultCode::PlanRefused, None)),
            News::Bad(problems) => {
                tracing::error!("{}\n{problems}", words::plan_refused(plan.station.language));
                self.write(vec![plan_row(&plan, self.origin, now.wall, false, Some(&problems))]);
                self.tell(Input::Fault(FaultCode::PlanRefused, Some(problems)));
            }
        }
    }

    fn accept(&mut self, loaded: Loaded, current: &Current, now: Now) {
        let plan = loaded.plan.clone();
        if plan.hash != current.loaded.plan.hash {
            self.write(vec![plan_row(&plan, self.origin, now.wall, true, None)]);
            tracing::info!(plan_hash = plan.hash.as_str(), "{}", words::plan_accepted(plan.station.language));
            trace::show(words::plan_accepted(plan.station.language));
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

    /// Silence, the last rows, and the log closed.
    async fn end(self, why: &str) -> anyhow::Result<Ending> {
        let (quiet, is_quiet) = oneshot::channel();
        self.tell(Input::Shutdown(quiet));
        if tokio::time::timeout(END_WITHIN, is_quiet).await.is_err() {
            tracing::error!("an output did not fall silent in time");
        }
        let now = self.clocks.now().wall;
        let plan = planner::current(&self.shared).loaded.plan;
        let said = StopFact { why: why.to_owned() };
        let stop = Row::of(Fact::Stop(said), plan.station.code.as_str().into(), self.origin);
        let stop = Row { started_at: Some(now.floor_ms()), ..stop };
        self.write(vec![stop]);
        let closing = spawn_blocking(move || self.ledger.close(now));
        match tokio::time::timeout(LOG_CLOSED_WITHIN, closing).await {
            Ok(closed) => match closed? {
                Closed::Well => Ok(Ending::Well),
                Closed::HandedOver { rows, why } => {
                    tracing::error!(why, "{}", words::handed_over(plan.station.language, rows));
                    Ok(Ending::Well)
                }
                Closed::Lost { rows, why } => {
                    tracing::error!(why, rows, "rows are lost");
                    anyhow::bail!(words::rows_lost(plan.station.language, rows))
                }
            },
            Err(_) => anyhow::bail!(words::log_not_closed(plan.station.language)),
        }
    }

    fn tell(&self, input: Input) {
        // A conductor that has ended is found out by `run`.
        let _ = self.engine.send(input);
    }

    fn write(&self, rows: Vec<Row>) {
        let log: LedgerHandle = self.ledger.handle();
        if log.write(Write::Append(rows, SlotChange::Nothing)).is_err() {
            tracing::error!("the log's writer has ended");
        }
    }
}

/// The control socket, and what answers there.
#[derive(Default)]
struct Serving {
    on: Option<(SocketFile, JoinHandle<Result<(), SocketError>>)>,
}

/// What a start has found that is a fault or a warning, in the station's language.
fn first_faults(begun: &Begun) -> Vec<(FaultCode, String)> {
    let Begun { settings, loaded, past, .. } = begun;
    let plan = &loaded.plan;
    let lang = plan.station.language;
    let mut faults: Vec<_> = loader::left_to_measure(loaded).map(|left| (MEASURING, left)).into_iter().collect();
    if let Some(problems) = &begun.broken {
        tracing::error!("{}\n{problems}", words::last_plan_runs(lang));
        faults.push((FaultCode::PlanRefused, problems.clone()));
    }
    faults.extend(pretended(settings, plan, begun.origin, &begun.clocks));
    match (&begun.rescued, &past.gap) {
        (Some(rescued), _) => faults.push((LOG_DAMAGED, threads::describe_rescue(lang, rescued))),
        (None, Some(gap)) => faults.push(describe_gap(lang, gap)),
        (None, None) => {}
    }
    if !begun.unkept.is_empty() {
        faults.push((NOT_KEPT, begun.unkept.join(", ")));
    }
    if !begun.in_the_way.is_empty() {
        faults.push((FaultCode::InTheWay, begun.in_the_way.join(", ")));
    }
    faults
}

/// A pretended clock would let a station sound at any hour, so that it is a fault. Where no output could sound it can hurt nobody, and what is
/// written to `null` or a file is airtime of no station: there it is a warning, as in tests of the built program.
fn pretended(settings: &Settings, plan: &Plan, origin: Origin, clocks: &Clocks) -> Option<(FaultCode, String)> {
    let file = clocks.pretence.as_ref().filter(|_| origin == Origin::Live)?;
    let [loud, quiet] = PRETENDED;
    Some((if rehearse::sounds(&settings.output, plan) { loud } else { quiet }, file.display().to_string()))
}

/// What the start found out about the log, as a standing fault or warning.
fn describe_gap(lang: Language, gap: &GapFact) -> (FaultCode, String) {
    match (gap.what, gap.from_seq.zip(gap.to_seq), gap.rows) {
        (Lack::OtherLog, ..) => (FaultCode::LogOther, chore_words::log_other(lang).to_owned()),
        (Lack::LostRows | Lack::LogDamaged, Some((from, to)), _) => (FaultCode::LogGap, chore_words::log_gap(lang, from, to)),
        (Lack::LostRows | Lack::LogDamaged | Lack::NoRoom, _, rows) => {
            (FaultCode::LogGap, chore_words::rows_let_go(lang, rows.unwrap_or(0)))
        }
    }
}

/// Tells the service manager, where there is one.
fn notify(state: sd_notify::NotifyState<'_>) {
    // Without a service manager there is nobody to tell.
    let _ = sd_notify::notify(&[state]);
}
