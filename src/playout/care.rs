//! The care of the store's masters: which are read through and when, and what becomes of one that is damaged.
//!
//! Pure: a state machine, the same on air and in a simulation.
//!
//! A master is read through when a slot that needs it is settled, ten minutes ahead; when it failed; and in a slow round over all. One that
//! is damaged or gone is taken in again from its original: again and again, until that succeeds. Until then it is a fault.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::defect::defect;
use crate::terms::{FileHash, Mono};

/// What was read through so short a time ago is not read again for a slot.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(4);
/// One of the round comes after another so often.
pub const ROUND: SignedDuration = SignedDuration::from_mins(1);

/// What is to be done with a master. Each is answered once, by [`Care::is_read`] or by [`Care::is_taken_in`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    Read(FileHash),
    TakeIn(FileHash),
}

#[derive(Debug, Default)]
pub struct Care {
    /// When each was read through last.
    read: BTreeMap<FileHash, Mono>,
    asked: BTreeSet<FileHash>,
    /// Damaged or gone.
    bad: BTreeSet<FileHash>,
    /// When the round took its last step.
    round: Option<Mono>,
}

impl Care {
    /// What is about to air.
    pub fn are_needed(&mut self, masters: impl IntoIterator<Item = FileHash>, now: Mono) -> Vec<Task> {
        let fresh = |care: &Care, master: &FileHash| care.read.get(master).is_some_and(|read| now - *read < FRESH_FOR);
        masters.into_iter().filter_map(|master| if fresh(self, &master) { None } else { self.ask(master) }).collect()
    }

    /// What failed, or does not look as it did.
    pub fn are_doubted(&mut self, masters: impl IntoIterator<Item = FileHash>) -> Vec<Task> {
        masters.into_iter().filter_map(|master| self.ask(master)).collect()
    }

    /// The round's next step: the master whose reading lies farthest back. Masters that nobody plans any more are forgotten.
    pub fn go_round(&mut self, all: &BTreeSet<FileHash>, now: Mono) -> Option<Task> {
        let first = *self.round.get_or_insert(now);
        if now - first < ROUND {
            return None;
        }
        self.round = Some(now);
        self.keep_to(all);
        let oldest = all.iter().min_by_key(|master| self.read.get(*master).copied().unwrap_or(Mono::MIN))?;
        self.ask(oldest.clone())
    }

    /// Masters that nobody plans any more are nobody's care.
    pub fn keep_to(&mut self, all: &BTreeSet<FileHash>) {
        self.read.retain(|master, _| all.contains(master));
        self.bad.retain(|master| all.contains(master));
    }

    /// What is not there needs no reading.
    pub fn are_gone(&mut self, masters: impl IntoIterator<Item = FileHash>) -> Vec<Task> {
        let mut take_in = |master: FileHash| {
            self.bad.insert(master.clone());
            self.ask(master)
        };
        masters.into_iter().filter_map(&mut take_in).collect()
    }

    /// A master has been read through.
    pub fn is_read(&mut self, master: FileHash, whole: bool, now: Mono) -> Option<Task> {
        self.asked.remove(&master);
        self.read.insert(master.clone(), now);
        if whole {
            self.bad.remove(&master);
            return None;
        }
        self.bad.insert(master.clone());
        self.ask(master)
    }

    /// A master was to be taken in again.
    pub fn is_taken_in(&mut self, master: &FileHash, well: bool, now: Mono) {
        self.asked.remove(master);
        if well {
            self.bad.remove(master);
            self.read.insert(master.clone(), now);
        }
    }

    /// What is damaged or gone, and not yet mended.
    pub fn bad(&self) -> &BTreeSet<FileHash> {
        &self.bad
    }

    fn ask(&mut self, master: FileHash) -> Option<Task> {
        let is_bad = self.bad.contains(&master);
        if is_bad && defect!(CopyStaysDamaged) {
            return None;
        }
        let task = if is_bad { Task::TakeIn(master.clone()) } else { Task::Read(master.clone()) };
        self.asked.insert(master).then_some(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(name: &str) -> FileHash {
        FileHash::from(name)
    }

    fn at(minutes: i64) -> Mono {
        Mono(0) + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn what_is_damaged_is_taken_in_again_until_that_succeeds() {
        let mut care = Care::default();
        assert_eq!(care.are_needed([master("a")], at(0)), [Task::Read(master("a"))]);
        assert_eq!(care.are_needed([master("a")], at(0)), [], "it is being read");
        assert_eq!(care.is_read(master("a"), false, at(0)), Some(Task::TakeIn(master("a"))));
        assert!(care.bad().contains(&master("a")));
        care.is_taken_in(&master("a"), false, at(0));
        assert!(care.bad().contains(&master("a")), "its original is gone too");
        assert_eq!(care.are_doubted([master("a")]), [Task::TakeIn(master("a"))]);
        care.is_taken_in(&master("a"), true, at(1));
        assert!(care.bad().is_empty());
        assert_eq!(care.are_needed([master("a")], at(2)), [], "it was read when it was taken in");
        assert_eq!(care.are_needed([master("a")], at(10)), [Task::Read(master("a"))]);
    }

    #[test]
    fn the_round_reads_each_in_its_turn_and_forgets_what_nobody_plans() {
        let mut care = Care::default();
        let all = BTreeSet::from([master("a"), master("b")]);
        assert_eq!(care.go_round(&all, at(0)), None);
        assert_eq!(care.go_round(&all, at(1)), Some(Task::Read(master("a"))));
        assert_eq!(care.is_read(master("a"), true, at(1)), None);
        assert_eq!(care.go_round(&all, at(2)), Some(Task::Read(master("b"))));
        assert_eq!(care.is_read(master("b"), false, at(2)), Some(Task::TakeIn(master("b"))));
        care.is_taken_in(&master("b"), false, at(2));
        assert_eq!(care.go_round(&all, at(3)), Some(Task::Read(master("a"))));
        care.keep_to(&BTreeSet::from([master("a")]));
        assert!(care.bad().is_empty());
    }
}
