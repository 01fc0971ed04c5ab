//! The plan's files and the store's masters, as they lie on the disk; what the daemon makes of them is the planner's, who runs what ships.

use jiff::SignedDuration;

use super::{Planner, Tending, Upcoming, World};
use crate::playout::care::{ROUND, Task};
use crate::playout::cue::{SlotChange, Write};
use crate::playout::file_watch::Advice;
use crate::playout::simulate::record::TroubleKind;
use crate::rundown::Rundown;
use crate::terms::*;

/// The daemon looks at the files so often.
const LOOK_EVERY: i64 = 2_000_000_000;
/// Reading plan and recordings takes this long, and a start too.
const READING: SignedDuration = SignedDuration::from_secs(3);
/// Reading a master through, or taking one in.
const TENDING: SignedDuration = SignedDuration::from_millis(500);

impl<P: Planner> World<P> {
    /// Somebody saves the plan.
    pub(super) fn save(&mut self, version: u32) {
        let hash = self.planner.save(version);
        self.record.edits.push((self.at, hash));
        self.look_at_files_soon();
    }

    /// At the daemon's next look: none falls into the time in which it reads.
    fn look_at_files_soon(&mut self) {
        let next = self.at.max(self.reading_until);
        let next = Wall((next.0.div_euclid(LOOK_EVERY) + 1) * LOOK_EVERY);
        self.come(next, Upcoming::LookAtFiles);
    }

    /// A start has read the files, and looks at them again when it is over.
    pub(super) fn has_read_files(&mut self) {
        self.reading_until = self.at + READING;
        if self.edits {
            self.come(self.reading_until, Upcoming::LookAtFiles);
        }
        self.copies_may_fail();
        if !self.masters.is_empty() {
            self.tend(Tending::Seen);
            self.come(self.at + ROUND, Upcoming::CopyRound);
        }
    }

    pub(super) fn look_at_files(&mut self) {
        if self.life.is_none() || self.at < self.reading_until {
            return;
        }
        let now = self.now();
        match self.planner.look(now) {
            Advice::Rest => {}
            Advice::LookAgain(after) => self.come(self.at + after, Upcoming::LookAtFiles),
            Advice::Read => {
                self.reading_until = self.at + READING;
                self.come(self.reading_until, Upcoming::FilesRead);
            }
        }
    }

    pub(super) fn files_are_read(&mut self) {
        if self.life.is_none() {
            return;
        }
        let now = self.now();
        if self.planner.is_read(now) {
            let row = self.plan_row(true);
            self.disk.write(Write::Append(vec![row], SlotChange::Nothing), self.at);
            self.note_plan();
            self.trouble(TroubleKind::Plan, SignedDuration::from_mins(1));
            self.plan_changed();
        }
        self.look_at_files_soon();
    }

    /// A master is damaged. What is loaded from it fails, until that must have been found out.
    pub(super) fn damage(&mut self, item: u32, shows: bool) {
        let Some((master, found_in)) = self.planner.damage(item, shows) else { return };
        if self.masters.contains_key(&master) {
            return;
        }
        let found_in = if shows { SignedDuration::from_secs(12) } else { found_in };
        self.masters.insert(master, (self.record.troubles.len(), found_in));
        self.record.trouble(TroubleKind::Recordings, None, self.at, self.at + found_in);
        if self.life.is_some() {
            if shows {
                self.come(self.at + SignedDuration::from_secs(4), Upcoming::LookAtCopies);
            }
            self.come(self.at + ROUND, Upcoming::CopyRound);
        }
    }

    /// What keeps the daemon from looking after masters puts off that they are found.
    pub(super) fn copies_may_fail(&mut self) {
        for (trouble, found_in) in self.masters.values() {
            if let Some(trouble) = self.record.troubles.get_mut(*trouble) {
                trouble.to = trouble.to.max(self.at + *found_in);
            }
        }
    }

    pub(super) fn tend(&mut self, why: Tending<'_>) {
        let now = self.now();
        let tasks = self.planner.tend(why, now);
        self.take_on(tasks);
    }

    pub(super) fn needs(&mut self, rundown: &Rundown) {
        if !self.masters.is_empty() {
            self.tend(Tending::Rundown(rundown));
        }
    }

    fn take_on(&mut self, tasks: Vec<Task>) {
        for task in tasks {
            self.come(self.at + TENDING, Upcoming::Tended(task));
        }
    }

    pub(super) fn is_tended(&mut self, task: &Task) {
        if self.life.is_none() {
            return;
        }
        let now = self.now();
        let tasks = self.planner.is_tended(task, now);
        self.tell(|| format!("  {task:?}"));
        self.masters.retain(|master, _| self.planner.is_damaged(master));
        self.take_on(tasks);
    }

    pub(super) fn go_round(&mut self) {
        if self.life.is_some() && !self.masters.is_empty() {
            self.tend(Tending::Round);
            self.come(self.at + ROUND, Upcoming::CopyRound);
        }
    }

    /// What the status shows now.
    pub(super) fn note_faults(&mut self) {
        let Some(life) = &self.life else { return };
        let faults = life.conductor.status().faults.into_iter();
        self.record.shown.push((self.at, faults.map(|fault| fault.code).collect()));
    }
}
