//! Orders that pages have sent: each is carried out once, however often its button was pressed, and its answer is kept for a while so that the
//! next page can show it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OnceCell, watch};

/// Pressed again within this time it is the same press; after it, a page that lay open asks for a new order.
const SAME_PRESS: Duration = Duration::from_secs(60);
/// Answers that are kept.
const KEPT: usize = 500;
/// How long an emergency can be called off before it sounds.
pub const COUNTDOWN: Duration = Duration::from_secs(5);

/// What a person is told about his order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderAnswer {
    pub is_good: bool,
    pub text: String,
}

#[derive(Debug)]
struct ButtonPress {
    at: Instant,
    answer: Arc<OnceCell<OrderAnswer>>,
}

/// Where an emergency is that was ordered a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Countdown {
    Counting(Instant),
    CalledOff,
    Ordered(OrderAnswer),
}

#[derive(Debug, Default)]
pub struct OrderBook {
    presses: Mutex<HashMap<String, ButtonPress>>,
    countdowns: Mutex<HashMap<String, watch::Sender<Countdown>>>,
}

impl OrderBook {
    /// The answer to this press of a button: `order` runs if it is the first of its id.
    pub async fn once(&self, id: &str, order: impl Future<Output = OrderAnswer>) -> OrderAnswer {
        let answer = {
            let mut presses = self.presses.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            presses.retain(|_, press| now - press.at < SAME_PRESS);
            if presses.len() >= KEPT {
                let oldest = presses.iter().min_by_key(|(_, press)| press.at).map(|(id, _)| id.clone());
                oldest.and_then(|id| presses.remove(&id));
            }
            presses.entry(id.to_owned()).or_insert_with(|| ButtonPress { at: now, answer: Arc::default() }).answer.clone()
        };
        answer.get_or_init(|| order).await.clone()
    }

    /// What was answered to an order of this id.
    pub fn answered(&self, id: &str) -> Option<OrderAnswer> {
        let presses = self.presses.lock().unwrap_or_else(PoisonError::into_inner);
        presses.get(id)?.answer.get().cloned()
    }

    /// Begins to count down; `false` where that has begun already.
    pub fn count_down(&self, id: &str) -> bool {
        let mut countdowns = self.countdowns.lock().unwrap_or_else(PoisonError::into_inner);
        if countdowns.contains_key(id) || countdowns.len() >= KEPT {
            return false;
        }
        countdowns.insert(id.to_owned(), watch::Sender::new(Countdown::Counting(Instant::now())));
        true
    }

    /// Calls an emergency off; `false` when it is too late for that.
    pub fn call_off(&self, id: &str) -> bool {
        self.change(id, |countdown| matches!(countdown, Countdown::Counting(_)).then_some(Countdown::CalledOff))
    }

    /// Waits out the countdown; `false` when it was called off. From here on it cannot be.
    pub async fn is_over(&self, id: &str, countdown: Duration) -> bool {
        let watch = self.countdowns.lock().unwrap_or_else(PoisonError::into_inner).get(id).map(watch::Sender::subscribe);
        let Some(mut watch) = watch else { return false };
        let called_off = watch.wait_for(|countdown| *countdown == Countdown::CalledOff);
        if tokio::time::timeout(countdown, called_off).await.is_ok() {
            return false;
        }
        let taken = OrderAnswer { is_good: true, text: String::new() };
        self.change(id, |countdown| matches!(countdown, Countdown::Counting(_)).then(|| Countdown::Ordered(taken.clone())))
    }

    pub fn ordered(&self, id: &str, answer: OrderAnswer) {
        self.change(id, |_| Some(Countdown::Ordered(answer.clone())));
    }

    pub fn countdown(&self, id: &str) -> Option<Countdown> {
        let countdowns = self.countdowns.lock().unwrap_or_else(PoisonError::into_inner);
        countdowns.get(id).map(|countdown| countdown.borrow().clone())
    }

    /// Whether it changed.
    fn change(&self, id: &str, to: impl Fn(&Countdown) -> Option<Countdown>) -> bool {
        let countdowns = self.countdowns.lock().unwrap_or_else(PoisonError::into_inner);
        countdowns.get(id).is_some_and(|countdown| {
            countdown.send_if_modified(|now| match to(now) {
                Some(next) => {
                    *now = next;
                    true
                }
                None => false,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(work)
    }

    #[test]
    fn a_double_tap_is_one_order() {
        run(async {
            let (book, count) = (OrderBook::default(), AtomicU32::new(0));
            let order = async || {
                tokio::task::yield_now().await;
                let n = count.fetch_add(1, Ordering::SeqCst);
                OrderAnswer { is_good: true, text: n.to_string() }
            };
            let (a, b) = tokio::join!(book.once("x", order()), book.once("x", order()));
            assert_eq!((a.text.as_str(), b.text.as_str()), ("0", "0"));
            assert_eq!(book.once("y", order()).await.text, "1");
            assert_eq!(book.answered("x"), Some(a));
            assert_eq!(book.answered("z"), None);
        });
    }

    #[test]
    fn an_emergency_is_called_off_within_five_seconds_or_not_at_all() {
        run(async {
            let book = OrderBook::default();
            assert!(book.count_down("a") && !book.count_down("a") && book.count_down("b"));
            assert!(book.call_off("a") && !book.call_off("a"));
            assert!(!book.is_over("a", COUNTDOWN).await);
            assert_eq!(book.countdown("a"), Some(Countdown::CalledOff));
            assert!(book.is_over("b", Duration::ZERO).await && !book.call_off("b"));
            assert!(!book.is_over("unknown", Duration::ZERO).await);
        });
    }
}
