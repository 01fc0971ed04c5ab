//! What is answered over the control socket. Nobody here waits for a disk or for the conductor: whoever has to does so in a task of its own.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::asrun::ledger::LedgerHandle;
use crate::asrun::open::SlotChange;
use crate::asrun::queue::Write;
use crate::asrun::row::is_test_device;
use crate::control::message::{Failure, Message, Reply};
use crate::control::request::{Answer, Ask, Refusal, Request};
use crate::control::socket::Asked;
use crate::control::status::{DeviceState, FaultCode, Status};
use crate::daemon::orders;
use crate::daemon::orders::Entered;
use crate::daemon::planner::{self, Current, SharedPlan};
use crate::daemon::threads::Meters;
use crate::plan::{Output, Plan};
use crate::playout::clock::Clocks;
use crate::playout::live::engine::Input;
use crate::terms::*;

/// How long the engine may take to answer.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(4);

/// What it takes to answer.
pub struct Answers {
    pub shared: SharedPlan,
    pub engine: Sender<Input>,
    pub log: LedgerHandle,
    pub clocks: Clocks,
    pub origin: Origin,
    /// Stands in for every output's device.
    pub output: Option<DeviceName>,
    pub meters: Meters,
}

impl Answers {
    /// A message that makes the daemon panic is left without an answer, and is a fault; the station goes on.
    pub fn give(&self, asked: Asked) {
        if catch_unwind(AssertUnwindSafe(|| self.answer(asked))).is_err() {
            let what = "a message over the control socket made the daemon panic".to_owned();
            // A conductor that has ended is found out by the station.
            let _ = self.engine.send(Input::Fault(FaultCode::Internal, Some(what)));
        }
    }

    fn answer(&self, asked: Asked) {
        let current = planner::current(&self.shared);
        let station = orders::station(&current.loaded.plan);
        let Asked { message, uid, reply } = asked;
        let engine = self.engine.clone();
        match message {
            Message::Status => {
                let (named, meters) = (self.devices(&current.loaded.plan), self.meters.clone());
                tokio::spawn(async move {
                    let status = status(&engine).await;
                    let answer = match status {
                        Some(mut status) => {
                            name_devices(&mut status, named);
                            show_levels(&mut status, &meters);
                            Reply::Status { station, status: Box::new(status) }
                        }
                        None => Reply::Failed { failure: Failure::Unanswered },
                    };
                    // Whoever asked may be gone.
                    let _ = reply.send(answer);
                });
            }
            Message::Enter { what, from, length, title, who, withdraws } => {
                let plan = &current.loaded.plan;
                let entered = orders::entry(
                    plan,
                    self.origin,
                    Entered { what, from, length, title, who, withdraws },
                    self.clocks.now().wall,
                );
                let log = self.log.clone();
                spawn_blocking(move || {
                    let written = entered.map(|row| log.write(Write::Append(vec![row], SlotChange::Nothing)).is_ok());
                    let answer = match written {
                        Ok(written) => Reply::Entered { durable: written && log.flush(ANSWER_WITHIN) },
                        Err(failure) => Reply::Failed { failure },
                    };
                    // Whoever asked may be gone.
                    let _ = reply.send(answer);
                });
            }
            Message::Order { id, actor, order } => {
                let ordered = self.order(&current, Asking { id, actor, uid }, order);
                let (log, clocks, plan) = (self.log.clone(), self.clocks.clone(), Arc::clone(&current.loaded.plan));
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
                        Some(mut answer) => {
                            orders::complete(&mut answer, &plan, clocks.now().wall);
                            let kept = matches!(answer, Answer::Refused(_)) || kept(log, until).await;
                            Reply::Answer { station, answer, at: clocks.now().wall, kept }
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
        let first = |output: &Output| self.output.clone().or_else(|| output.devices.first().cloned());
        let named = |output: &Output| Some((output.id.clone(), first(output)?.to_string()));
        plan.outputs.iter().filter_map(named).collect()
    }

    fn order(&self, current: &Current, asking: Asking, ask: Ask) -> Result<(oneshot::Receiver<Answer>, Input), Refusal> {
        let now = self.clocks.now().wall;
        let back = matches!(ask, Ask::ConfirmClock { back: true, .. });
        let order = orders::place(ask, &current.loaded.plan, now)?;
        let slots = orders::slots(&order, &current.loaded, &self.log.history(), now)?;
        let (answer, answered) = oneshot::channel();
        let Asking { id, actor, uid } = asking;
        let confirms = order == Order::ConfirmClock;
        let request = Request { id, actor, uid: Some(uid), order };
        Ok((answered, if confirms { Input::Confirm(request, back, answer) } else { Input::Request(request, slots, answer) }))
    }
}

/// Who gives an order, and the id that makes it count once.
struct Asking {
    id: String,
    actor: String,
    uid: u32,
}

/// What was never opened is known by the name in the plan.
fn name_devices(status: &mut Status, mut named: BTreeMap<OutputId, String>) {
    for output in status.output.iter_mut().filter(|output| output.device.is_empty()) {
        output.device = named.remove(&output.output).unwrap_or_default();
        output.heard = !is_test_device(&output.device);
    }
}

/// The conductor knows what sounds, and not how loud it is.
fn show_levels(status: &mut Status, meters: &Meters) {
    for output in status.output.iter_mut().filter(|output| output.state == DeviceState::Open) {
        output.peak_db = meters.peak_db(&output.output);
    }
}

/// Asks the engine what it is doing.
pub async fn status(engine: &Sender<Input>) -> Option<Status> {
    let (answer, answered) = oneshot::channel();
    engine.send(Input::Status(answer)).ok()?;
    within(answered).await
}

/// Whether the row of an order that was carried out is on the disk. The sound does not wait for this: only the person does.
async fn kept(log: LedgerHandle, until: Instant) -> bool {
    let left = until.saturating_duration_since(Instant::now());
    tokio::task::spawn_blocking(move || log.flush(left)).await.unwrap_or(false)
}

async fn within<T>(answered: oneshot::Receiver<T>) -> Option<T> {
    tokio::time::timeout(ANSWER_WITHIN, answered).await.ok()?.ok()
}
