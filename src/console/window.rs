//! What the console sees of the station, and how it asks it for anything: the daemon makes this, the console only holds it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::asrun::history::History;
use crate::control::message::{Failure, Message, Reply};
use crate::control::request::{Answer, Ask};
use crate::control::socket::Asked;
use crate::control::status::Status;
use crate::plan::Plan;
use crate::rundown::stock::Stock;
use crate::terms::*;

/// How long the daemon may take to answer; it gives up by itself a little earlier.
const ANSWER_WITHIN: Duration = Duration::from_secs(6);

/// The plan that is in force, with its recordings.
#[derive(Clone)]
pub struct InForce {
    pub plan: Arc<Plan>,
    pub stock: Arc<Stock>,
}

#[derive(Clone)]
pub struct StationWindow {
    /// Requests go the way of those that come over the control socket.
    pub asks: mpsc::Sender<Asked>,
    pub in_force: Arc<dyn Fn() -> InForce + Send + Sync>,
    /// What has aired, written or not.
    pub history: Arc<dyn Fn() -> History + Send + Sync>,
    /// The station's clock, which a rehearsal pretends.
    pub now: Arc<dyn Fn() -> Wall + Send + Sync>,
    pub data: PathBuf,
    pub origin: Origin,
}

impl StationWindow {
    /// What the station is doing; `None` when it does not say.
    pub async fn status(&self) -> Option<Status> {
        match self.ask(Message::Status).await {
            Reply::Status { status, .. } => Some(*status),
            Reply::Answer { .. } | Reply::Entered { .. } | Reply::Failed { .. } => None,
        }
    }

    /// What became of an order, and whether it is in the log.
    pub async fn order(&self, id: String, actor: String, order: Ask) -> Result<(Answer, bool), Failure> {
        let message = Message::Order { id, actor, order };
        if let Some(detail) = message.unfit() {
            return Err(Failure::Malformed { detail });
        }
        match self.ask(message).await {
            Reply::Answer { answer, kept, .. } => Ok((answer, kept)),
            Reply::Failed { failure } => Err(failure),
            Reply::Status { .. } | Reply::Entered { .. } => Err(Failure::Unanswered),
        }
    }

    async fn ask(&self, message: Message) -> Reply {
        let (reply, answered) = oneshot::channel();
        // The daemon itself asks in the person's name.
        let asked = Asked { message, uid: rustix::process::geteuid().as_raw(), reply };
        let answer = async {
            self.asks.send(asked).await.ok()?;
            answered.await.ok()
        };
        let unanswered = Reply::Failed { failure: Failure::Unanswered };
        tokio::time::timeout(ANSWER_WITHIN, answer).await.ok().flatten().unwrap_or(unanswered)
    }
}
