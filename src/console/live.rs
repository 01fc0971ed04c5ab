//! Pages that are open: one look at the station for all of them, four times a second, and to each what has changed since it was last told.
//! While no page is open nobody looks.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use futures_util::{Stream, stream};
use serde_json::{Map, Value, json};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use crate::console::today::{Glancer, PARTS, clock, parts};
use crate::console::window::StationWindow;
use crate::lang::Language;

/// Pages that may be open at once.
const PAGES: usize = 64;
/// How often the station is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How often a page is told that the station is there, although nothing has changed.
const BEAT: Duration = Duration::from_secs(2);

/// A piece of the page, and with which look it came to say this.
#[derive(Clone, Debug, Default)]
struct Piece {
    since: u64,
    html: Arc<str>,
}

/// What all pages show.
#[derive(Clone, Debug, Default)]
struct ShownPieces {
    look: u64,
    clock: Arc<str>,
    /// For each language those of [`PARTS`].
    pieces: [[Piece; PARTS.len()]; 2],
}

pub struct Live {
    shown: watch::Sender<ShownPieces>,
    wanted: Notify,
    room: Arc<Semaphore>,
}

impl Default for Live {
    fn default() -> Live {
        Live { shown: watch::Sender::default(), wanted: Notify::new(), room: Arc::new(Semaphore::new(PAGES)) }
    }
}

impl Live {
    /// Looks for as long as somebody wants to know.
    pub async fn run(&self, window: &StationWindow, glancer: &Glancer) {
        loop {
            while self.shown.receiver_count() == 0 {
                self.wanted.notified().await;
            }
            let next = Instant::now() + LOOK;
            // A station that does not answer is not spoken for: its pages find that out by themselves.
            if let Some(glance) = glancer.look(window).await {
                let seen = [Language::Vi, Language::En].map(|lang| parts(&glance, lang));
                let clock = clock(&glance);
                self.shown.send_modify(|shown| shown.take(seen, &clock));
            }
            tokio::time::sleep_until(next).await;
        }
    }

    /// What a page is told; `None` when there are too many pages already.
    pub fn follow(&self, lang: Language) -> Option<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>> {
        let place = self.room.clone().try_acquire_owned().ok()?;
        let shown = self.shown.subscribe();
        let before = shown.borrow().look;
        self.wanted.notify_one();
        let page = OpenPage { shown, lang, before, told: 0, _place: place };
        Some(Sse::new(stream::unfold(page, |mut page| async {
            let said = page.next().await?;
            Some((Ok(Event::default().data(said.to_string())), page))
        })))
    }
}

impl ShownPieces {
    fn take(&mut self, seen: [[String; PARTS.len()]; 2], clock: &str) {
        self.look += 1;
        self.clock = clock.into();
        for (pieces, seen) in self.pieces.iter_mut().zip(seen) {
            for (piece, html) in pieces.iter_mut().zip(seen) {
                if *piece.html != *html {
                    *piece = Piece { since: self.look, html: html.into() };
                }
            }
        }
    }

    /// What a page has not been told since that look.
    fn since(&self, look: u64, lang: Language) -> Map<String, Value> {
        let [vi, en] = &self.pieces;
        let news = PARTS.iter().zip(lang.pick(vi, en)).filter(|(_, piece)| piece.since > look);
        news.map(|(name, piece)| ((*name).to_owned(), json!(&*piece.html))).collect()
    }
}

/// One page that is open, and its place among those that may be.
struct OpenPage {
    shown: watch::Receiver<ShownPieces>,
    lang: Language,
    /// What was seen before it opened may be hours old.
    before: u64,
    /// The look that it was told of last.
    told: u64,
    _place: OwnedSemaphorePermit,
}

impl OpenPage {
    /// Waits for news, or until a sign of life is due; ends with the console. A beat is sent only if the station was there meanwhile.
    async fn next(&mut self) -> Option<Value> {
        let beat = Instant::now() + BEAT;
        loop {
            {
                let shown = self.shown.borrow_and_update();
                let news = shown.since(self.told, self.lang);
                let is_due = !news.is_empty() || shown.look > self.told && Instant::now() >= beat;
                if is_due && shown.look > self.before {
                    let said = json!({ "clock": &*shown.clock, "parts": news });
                    self.told = shown.look;
                    return Some(said);
                }
            }
            self.shown.changed().await.ok()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(state: &str, now: &str) -> [[String; PARTS.len()]; 2] {
        let parts = || [state, "good", "", "", now, "", ""].map(str::to_owned);
        [parts(), parts()]
    }

    #[test]
    fn a_page_is_told_what_changed_since_it_was_told_last_and_nothing_else() {
        let mut shown = ShownPieces::default();
        shown.take(seen("wait", "a"), "05:00:00");
        let first = shown.since(0, Language::Vi);
        assert_eq!(first.keys().collect::<Vec<_>>(), ["clock", "now", "state"], "empty pieces are no news");
        shown.take(seen("air", "a"), "05:00:01");
        shown.take(seen("air", "b"), "05:00:02");
        assert_eq!(Value::from(shown.since(2, Language::En)), json!({ "now": "b" }));
        assert_eq!(
            Value::from(shown.since(1, Language::En)),
            json!({ "state": "air", "now": "b" }),
            "a slow page misses nothing"
        );
        shown.take(seen("air", "b"), "05:00:03");
        assert!(shown.since(3, Language::Vi).is_empty());
    }
}
