//! Where a slot is on its way from the rundown to its `end` row, and why it does not start now.
//!
//! Each question has one answer at a time, and each answer carries the data that only it needs:
//!
//! | of | is asked | and answered |
//! |---|---|---|
//! | a slot | how far is it on the air? | [`Phase`]: waiting → begun → ending, or waiting → ending |
//! | a slot | what does the log know of it? | [`Entry`]: unwritten → noted → armed |
//! | a voice of a slot | what has its deck been told? | [`Stage`]: loading → ready → tied → sounding |
//! | a tied or sounding voice | may it go on? | [`Stand`]: stands → withdrawn → cut, or stands → cut |
//! | an output | is its device there? | [`Device`]: closed → opening → open ⇄ lost, and from each to closed |
//! | an output | why does nobody start now? | [`Wait`] |
//!
//! No arrow leads back, but for a device: what is cut and may go on is loaded anew, as another voice. A slot that has ended has left its
//! timeline, and `Shared::closed` remembers how.

use crate::playout::cue::{Airing, Ticket};
use crate::terms::*;

/// How far a slot is on the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing of it has begun.
    Waiting,
    /// An element of it has begun, in this life of the daemon or before.
    Begun {
        /// When its last take ended, while nothing else has the output: from here on silence is dead air.
        silent_since: Option<Wall>,
    },
    /// It has been told to end, and waits for its last voice.
    Ending { why: Reason, begun: bool },
}

/// What limits the starts of a slot's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Its `late`.
    Late,
    /// Its hours alone: a higher priority took its output.
    Hours,
}

/// What the log knows of a slot that has not ended: a power cut leaves no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nothing: the rundown owes it.
    Unwritten,
    /// It waits behind its instant, a person ordered it, or a start found it in the log: no rundown would tell of it any more.
    Noted,
    /// It was armed in this life.
    Armed {
        /// The disk has not answered yet.
        waits_for: Option<Ticket>,
        /// It would have been noted, too.
        noted: bool,
    },
}

/// One take of one element, as the deck has it.
#[derive(Clone, Debug)]
pub struct Voice {
    pub slot: Slot,
    pub element: usize,
    pub stage: Stage,
}

#[derive(Clone, Debug)]
pub enum Stage {
    Loading,
    Ready,
    /// Told to start, or to follow: the deck owes an `Ended`.
    Tied(Told),
    Sounding {
        told: Told,
        began: Wall,
        frames: Frames,
        /// The newest mark. By the boot clock: a step of the other must not keep a mark back.
        marked_at: Mono,
    },
}

/// What belongs to a voice from when the deck is told to start it until it has ended.
#[derive(Clone, Debug)]
pub struct Told {
    pub take: u32,
    /// The deck was told although the disk had not answered.
    pub log_late: bool,
    pub stand: Stand,
}

/// Whether a voice may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    Stands,
    /// It may not any more, and is cut as soon as nothing else sounds.
    Withdrawn(Reason),
    /// It was told to fade out: its `Ended` is on its way. Without a reason of its own it gave way to a higher priority, or its slot ends.
    Cut(Option<Reason>),
}

/// The device of an output.
#[derive(Clone, Debug, PartialEq)]
pub enum Device {
    Closed,
    Opening,
    Open(String),
    Lost {
        since: Wall,
        /// It had been open before.
        ever: bool,
    },
}

/// What the deck is to be told when a slot begins or goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    pub slot: Slot,
    pub airing: Airing,
    pub element: usize,
    pub how: How,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum How {
    /// At the instant `at`, or as soon after it as the output is free: expected at `starts`, and never after `by`.
    On { at: Wall, starts: Wall, by: Wall },
    /// Behind the voice that sounds, of the same slot or of another: expected at `starts`.
    Behind { after: Airing, starts: Wall },
}

/// Why an output tells its deck of no start now.
#[derive(Clone, Debug, PartialEq)]
pub enum Wait {
    /// No slot wants the output.
    Nobody,
    /// What has the output goes on, or another is tied already.
    Busy,
    /// What sounds ends so late that the next one is not tied yet: a higher priority may still come between.
    Early,
    /// Its recording is not loaded, or there is no device to load it for.
    Loading,
    /// Not on this clock, not under this hold, not while the daemon ends, not so far ahead; or it has been told to end.
    Forbidden,
    /// What sounds ends too late for it.
    TooLong,
    /// The log is to have it on disk before it sounds, and there is still time.
    Disk,
    /// An emergency needs the output before the element of this slot would be over.
    CalledAway(Slot),
    /// These elements of a slot may not start any more.
    TooLate { slot: Slot, elements: Vec<usize>, why: Reason },
}

impl Phase {
    pub fn has_begun(self) -> bool {
        match self {
            Phase::Waiting => false,
            Phase::Begun { .. } => true,
            Phase::Ending { begun, .. } => begun,
        }
    }

    /// Why it ends, if it has been told to.
    pub fn ending(self) -> Option<Reason> {
        match self {
            Phase::Waiting | Phase::Begun { .. } => None,
            Phase::Ending { why, .. } => Some(why),
        }
    }

    /// An element of it sounds.
    pub fn begin(&mut self) {
        match self {
            Phase::Waiting => *self = Phase::Begun { silent_since: None },
            Phase::Begun { .. } => {}
            Phase::Ending { begun, .. } => *begun = true,
        }
    }

    /// It is told to end. What is told last is why.
    pub fn end(&mut self, why: Reason) {
        *self = Phase::Ending { why, begun: self.has_begun() };
    }

    /// Since when it has the output and is silent.
    pub fn silent_since(self) -> Option<Wall> {
        match self {
            Phase::Begun { silent_since } => silent_since,
            Phase::Waiting | Phase::Ending { .. } => None,
        }
    }

    /// Its take ended at this instant; `None` while another has the output.
    pub fn fall_silent(&mut self, at: Option<Wall>) {
        if let Phase::Begun { silent_since } = self {
            *silent_since = at;
        }
    }
}

impl Entry {
    pub fn is_armed(self) -> bool {
        matches!(self, Entry::Armed { .. })
    }

    /// It is armed, and on the disk.
    pub fn is_on_disk(self) -> bool {
        matches!(self, Entry::Armed { waits_for: None, .. })
    }

    /// Whether it has been noted, before it was armed or since.
    pub fn was_noted(self) -> bool {
        match self {
            Entry::Unwritten => false,
            Entry::Noted => true,
            Entry::Armed { noted, .. } => noted,
        }
    }

    /// No rundown would bring the slot again. Returns whether the log is to be told.
    pub fn note(&mut self) -> bool {
        match self {
            Entry::Unwritten => {
                *self = Entry::Noted;
                true
            }
            Entry::Noted => false,
            Entry::Armed { noted, .. } => {
                *noted = true;
                false
            }
        }
    }

    pub fn arm(&mut self, ticket: Ticket) {
        *self = Entry::Armed { waits_for: Some(ticket), noted: self.was_noted() };
    }

    /// The disk has what was armed under this ticket.
    pub fn note_durable(&mut self, ticket: Ticket) {
        if let Entry::Armed { waits_for, .. } = self
            && *waits_for == Some(ticket)
        {
            *waits_for = None;
        }
    }
}

impl Voice {
    pub fn told(&self) -> Option<&Told> {
        match &self.stage {
            Stage::Loading | Stage::Ready => None,
            Stage::Tied(told) | Stage::Sounding { told, .. } => Some(told),
        }
    }

    fn told_mut(&mut self) -> Option<&mut Told> {
        match &mut self.stage {
            Stage::Loading | Stage::Ready => None,
            Stage::Tied(told) | Stage::Sounding { told, .. } => Some(told),
        }
    }

    /// The deck owes an `Ended`.
    pub fn is_owed(&self) -> bool {
        self.told().is_some()
    }

    /// It is tied or sounds, and was not cut.
    pub fn is_on(&self) -> bool {
        self.told().is_some_and(|told| !matches!(told.stand, Stand::Cut(_)))
    }

    pub fn is_tied(&self) -> bool {
        matches!(self.stage, Stage::Tied(_))
    }

    pub fn sounds(&self) -> bool {
        matches!(self.stage, Stage::Sounding { .. })
    }

    /// When its first frame left the output.
    pub fn began(&self) -> Option<Wall> {
        match self.stage {
            Stage::Sounding { began, .. } => Some(began),
            Stage::Loading | Stage::Ready | Stage::Tied(_) => None,
        }
    }

    /// Why it is taken back, where that is for a reason of its own.
    pub fn taken_back(&self) -> Option<Reason> {
        match self.told()?.stand {
            Stand::Stands | Stand::Cut(None) => None,
            Stand::Withdrawn(why) | Stand::Cut(Some(why)) => Some(why),
        }
    }

    pub fn cut(&mut self) {
        let why = self.taken_back();
        if let Some(told) = self.told_mut() {
            told.stand = Stand::Cut(why);
        }
    }

    pub fn take_back(&mut self, why: Reason) {
        if let Some(told) = self.told_mut() {
            told.stand = match told.stand {
                Stand::Stands | Stand::Withdrawn(_) => Stand::Withdrawn(why),
                Stand::Cut(_) => Stand::Cut(Some(why)),
            };
        }
    }
}
