//! Five wrong tries, and whoever goes on trying waits a minute, then two, then four, up to an hour: six digits would take a lifetime.
//! The time is an argument.

use std::collections::HashMap;
use std::time::{Duration, Instant};

const FREE: u32 = 5;
const FIRST: Duration = Duration::from_secs(60);
const MOST: Duration = Duration::from_secs(3_600);
/// Names that are remembered: made-up ones fill no memory.
const NAMES: usize = 1_000;

#[derive(Debug, Default)]
pub struct Throttle(HashMap<String, Tries>);

#[derive(Debug)]
struct Tries {
    wrong: u32,
    last: Instant,
}

impl Tries {
    fn until(&self) -> Option<Instant> {
        let over = self.wrong.checked_sub(FREE)?;
        Some(self.last + FIRST.saturating_mul(1 << over.min(16)).min(MOST))
    }
}

impl Throttle {
    pub fn waits(&self, name: &str, now: Instant) -> Option<Duration> {
        let until = self.0.get(name)?.until()?;
        (until > now).then(|| until - now)
    }

    pub fn note(&mut self, name: &str, now: Instant) {
        if self.0.len() >= NAMES && !self.0.contains_key(name) {
            let oldest = self.0.iter().min_by_key(|(_, tries)| tries.last).map(|(name, _)| name.clone());
            oldest.and_then(|name| self.0.remove(&name));
        }
        let tries = self.0.entry(name.to_owned()).or_insert(Tries { wrong: 0, last: now });
        (tries.wrong, tries.last) = (tries.wrong.saturating_add(1), now);
    }

    pub fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_are_free_and_then_each_costs_twice_as_much() {
        let (mut throttle, mut now) = (Throttle::default(), Instant::now());
        for _ in 0..4 {
            throttle.note("lan", now);
            assert_eq!(throttle.waits("lan", now), None);
        }
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            throttle.note("lan", now);
            assert_eq!(throttle.waits("lan", now), Some(Duration::from_secs(minutes * 60)));
            assert_eq!(throttle.waits("minh", now), None);
            now += Duration::from_secs(minutes * 60);
            assert_eq!(throttle.waits("lan", now), None);
        }
        throttle.forget("lan");
        throttle.note("lan", now);
        assert_eq!(throttle.waits("lan", now), None);
    }

    #[test]
    fn made_up_names_fill_no_memory() {
        let mut throttle = Throttle::default();
        let now = Instant::now();
        (0..3_000).for_each(|n| throttle.note(&n.to_string(), now));
        assert_eq!(throttle.0.len(), NAMES);
    }
}
