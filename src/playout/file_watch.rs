//! When the plan's files and the recordings are to be read again.
//!
//! Pure: a state machine, the same on air and in a simulation.
//! What counts as known is how things looked *before* they were read: whatever changes while they are read, or while the station starts,
//! shows at the next look. What has changed must look the same twice before it is read, since it may be half written; longer where a file is
//! gone, which many editors do while they save.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::SignedDuration;

use crate::defect::defect;
use crate::terms::Mono;

/// What has changed must look the same for so long.
const STILL_FOR: SignedDuration = SignedDuration::from_millis(300);
/// The same where something is gone, or empty.
const GONE_FOR: SignedDuration = SignedDuration::from_secs(4);

/// How everything looks at one time: a mark by which each file is known again, or `None` for one that is not there.
pub type Sight<M> = BTreeMap<PathBuf, Option<M>>;

/// What to do after a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Nothing has changed.
    Rest,
    /// It has, and may not be whole yet: look again after this time.
    LookAgain(SignedDuration),
    /// Read what was just seen, and say so with [`FileWatch::is_read`].
    Read,
}

#[derive(Debug)]
pub struct FileWatch<M> {
    /// How things looked before they were read last.
    known: Option<Sight<M>>,
    /// The same of what is being read.
    reading: Option<Sight<M>>,
    /// What has changed, and since when it looks like that.
    changed: Option<(Sight<M>, Mono)>,
}

impl<M: PartialEq + Clone> FileWatch<M> {
    /// At a start, which has read what looked like this.
    pub fn begun(sight: Sight<M>) -> FileWatch<M> {
        let mut watch = FileWatch { known: None, reading: Some(sight), changed: None };
        watch.is_read();
        watch
    }

    /// Takes a look in. `told`: a person says that there is something to read.
    pub fn looked(&mut self, sight: Sight<M>, now: Mono, told: bool) -> Advice {
        if defect!(ForgetsEdits) && self.known.is_none() {
            self.known = Some(sight.clone());
        }
        if self.known.as_ref() == Some(&sight) && !told {
            self.changed = None;
            return Advice::Rest;
        }
        let since = match &self.changed {
            Some((changed, since)) if *changed == sight => *since,
            _ => now,
        };
        let left = self.patience(&sight).saturating_sub(now - since);
        if left.is_positive() && !told {
            self.changed = Some((sight, since));
            return Advice::LookAgain(left);
        }
        self.changed = None;
        self.reading = Some(sight);
        Advice::Read
    }

    /// What was to be read has been.
    pub fn is_read(&mut self) {
        // The defect is that what things look like now counts as known, not what they looked like before they were read.
        self.known = self.reading.take().filter(|_| !defect!(ForgetsEdits));
    }

    fn patience(&self, sight: &Sight<M>) -> SignedDuration {
        let there = |sight: &Sight<M>, path: &PathBuf| sight.get(path).is_some_and(Option::is_some);
        let is_gone = |known: &Sight<M>| known.keys().any(|path| there(known, path) && !there(sight, path));
        if self.known.as_ref().is_some_and(is_gone) { GONE_FOR } else { STILL_FOR }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(files: &[(&str, Option<u32>)]) -> Sight<u32> {
        files.iter().map(|(name, mark)| (PathBuf::from(name), *mark)).collect()
    }

    fn at(ms: i64) -> Mono {
        Mono(ms * 1_000_000)
    }

    #[test]
    fn what_changes_while_it_is_read_is_read_again() {
        let mut watch = FileWatch::begun(sight(&[("a", Some(1))]));
        assert_eq!(watch.looked(sight(&[("a", Some(1))]), at(0), false), Advice::Rest);
        assert_eq!(watch.looked(sight(&[("a", Some(2))]), at(2_000), false), Advice::LookAgain(STILL_FOR));
        assert_eq!(watch.looked(sight(&[("a", Some(2))]), at(2_300), false), Advice::Read);
        // It takes ten seconds, and somebody saves once more meanwhile.
        watch.is_read();
        assert_eq!(watch.looked(sight(&[("a", Some(3))]), at(12_300), false), Advice::LookAgain(STILL_FOR));
        assert_eq!(watch.looked(sight(&[("a", Some(3))]), at(12_600), false), Advice::Read);
        watch.is_read();
        assert_eq!(watch.looked(sight(&[("a", Some(3))]), at(14_000), false), Advice::Rest);
    }

    #[test]
    fn what_is_still_being_written_is_not_read() {
        let mut watch = FileWatch::begun(sight(&[("a", Some(1))]));
        for ms in 0..10 {
            let half = sight(&[("a", Some(10 + ms))]);
            assert_eq!(
                watch.looked(half, at(i64::from(ms) * 250), false),
                Advice::LookAgain(STILL_FOR),
                "each time it looks different"
            );
        }
        assert_eq!(watch.looked(sight(&[("a", Some(1))]), at(3_000), false), Advice::Rest, "all of it was undone");
    }

    #[test]
    fn a_file_that_is_gone_for_a_second_is_not_missed() {
        let both = sight(&[("a", Some(1)), ("b", Some(1))]);
        let mut watch = FileWatch::begun(both.clone());
        assert_eq!(watch.looked(sight(&[("a", Some(1))]), at(0), false), Advice::LookAgain(GONE_FOR));
        assert_eq!(watch.looked(sight(&[("a", Some(1)), ("b", None)]), at(1_000), false), Advice::LookAgain(GONE_FOR));
        assert_eq!(watch.looked(both, at(2_000), false), Advice::Rest);
        assert_eq!(watch.looked(sight(&[("a", Some(1))]), at(4_000), false), Advice::LookAgain(GONE_FOR));
        assert_eq!(watch.looked(sight(&[("a", Some(1))]), at(8_000), false), Advice::Read, "it is gone for good");
    }

    #[test]
    fn whoever_is_told_reads_at_once() {
        let mut watch = FileWatch::begun(sight(&[("a", Some(1))]));
        assert_eq!(watch.looked(sight(&[("a", Some(1))]), at(0), true), Advice::Read);
    }
}
