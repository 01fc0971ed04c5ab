//! Progress on a terminal, for whatever takes over a second: one line on stderr that goes away when it is over. Where stderr is no
//! terminal nothing is printed.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::lang::{Language, cli as words};

/// What is over within this time needs no progress.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line changes.
const EVERY: Duration = Duration::from_millis(200);

/// What is being done, and how far it is. Several threads may tell it.
pub struct Progress {
    what: &'static str,
    line: Option<Mutex<ProgressLine>>,
}

struct ProgressLine {
    next: Instant,
    is_shown: bool,
}

impl Progress {
    pub fn of(lang: Language, work: words::Work) -> Progress {
        let line = ProgressLine { next: Instant::now() + PATIENCE, is_shown: false };
        Progress { what: words::working(lang, work), line: std::io::stderr().is_terminal().then(|| Mutex::new(line)) }
    }

    pub fn at(&self, done: u64, of: u64) {
        let Some(line) = &self.line else { return };
        let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
        if done >= of {
            return line.clear();
        }
        if Instant::now() < line.next {
            return;
        }
        (line.next, line.is_shown) = (Instant::now() + EVERY, true);
        // Nothing is lost where nobody reads it.
        let _ = write!(std::io::stderr(), "\r{}", shown(self.what, done, of));
    }
}

impl ProgressLine {
    fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn shown(what: &str, done: u64, of: u64) -> String {
    format!("{what}… {:>3}%", u128::from(done.min(of)) * 100 / u128::from(of.max(1)))
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(line) = &self.line {
            line.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_told_in_hundredths_and_never_beyond() {
        assert_eq!(shown("Đang đọc nhật ký", 1, 3), "Đang đọc nhật ký…  33%");
        assert_eq!(shown("x", 7, 3), "x… 100%");
    }

    #[test]
    fn where_nobody_looks_nothing_is_kept() {
        // Tests have no terminal at stderr, or one of which nothing is expected.
        let progress = Progress::of(Language::Vi, words::Work::Log);
        progress.at(1, 2);
        assert_eq!(progress.line.is_some(), std::io::stderr().is_terminal());
    }
}
