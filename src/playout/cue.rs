//! The closed lists between the conductor and the world: what happens, and what is to be done. Pure values.
//!
//! Laws: a `Load` gets exactly one `Ready` or `Bad`; a `Start` or `Follow` that was taken gets exactly one `Ended`, even of 0 frames.
//! `Follow` names its predecessor and is refused (`Ended` of 0 frames, `End::Cut`) after a `Cut`. A request id is accepted once.

use jiff::SignedDuration;

use crate::asrun::element::Element;
use crate::asrun::open::OpenSlot;
pub use crate::asrun::open::SlotChange;
pub use crate::asrun::queue::{Ticket, Write};
use crate::control::request::{Answer, Request};
use crate::control::status::ClockStatus;
use crate::rundown::{Planned, Rundown, Span};
use crate::terms::*;

/// One take of one element: a serial number that the conductor gives out once in a daemon's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Airing(pub u64);

/// Who waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asker(pub u64);

/// What went wrong, in the world's own words (for the trace and the row's detail) under a closed kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// No device of the list could be opened.
    NoDevice,
    /// The device was open and is gone, stands still, or runs away.
    DeviceLost,
    /// The recording is not in the store.
    FileMissing,
    /// The recording does not decode, or not to its end.
    FileError,
    /// The log cannot be written.
    Disk,
    /// A panic, a stuck thread, a broken law.
    Internal,
}

#[derive(Clone, Debug)]
pub enum Event {
    /// The deadline has come (or the driver is not sure).
    Tick,
    /// A rundown that was asked for, or that of a new plan.
    Rundown(Rundown),
    /// The clock was judged anew, or stepped.
    Clock(Clock),
    Request(Request, Option<Box<PlayOrder>>, Asker),
    Deck(OutputId, DeckEvent),
    Ledger(LedgerEvent),
    /// The daemon is told to end.
    Shutdown,
}

/// What the daemon works out for a `play`: the slots of the request, one an output, from the plan and the library.
#[derive(Clone, Debug)]
pub struct PlayOrder {
    pub slots: Vec<Planned>,
}

/// The clock as it is believed now.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    pub status: ClockStatus,
    /// By how much the wall clock has just stepped against the boot clock, if it has.
    pub step: Option<SignedDuration>,
    /// Who vouched for it, at which setting: a restart within this boot goes by it.
    pub vouch: Vouch,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DeckEvent {
    Ready(Airing),
    Bad(Airing, Fault),
    /// Its first frame leaves (or left) the output at this instant.
    Began(Airing, Wall),
    /// So many of its frames have left the output.
    Played(Airing, Frames),
    Ended(Airing, Frames, End),
    /// A device of the list is open: its name.
    Opened(String),
    Lost(Fault),
    /// After `Lost`: sound can go out again, through this device.
    Back(String),
    /// A device hangs: neither opening nor closing it comes to an end (its name), or none does any more.
    Hangs(Option<String>),
}

/// How a voice ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// To its last frame.
    Whole,
    /// By a `Cut`, or it was armed when one came.
    Cut,
    /// With its device.
    Lost,
    /// Its recording failed in the middle.
    Failed(Fault),
    /// The conductor's lease ran out.
    Lease,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LedgerEvent {
    Durable(Ticket),
    Failing(Fault),
    Well,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cue {
    Deck(OutputId, DeckCue),
    Ledger(Write),
    /// Build the rundown of [from, to) from the present history.
    Rundown {
        from: Wall,
        to: Wall,
    },
    Answer(Asker, Answer),
}

#[derive(Clone, Debug, PartialEq)]
pub enum DeckCue {
    Open,
    Load(Airing, Element),
    /// At this instant; one in the past means at once. Never after `by`: what a step of the clock has put past it is refused (`Ended` of
    /// 0 frames, `End::Cut`).
    Start {
        airing: Airing,
        at: Wall,
        by: Wall,
    },
    /// When `after` has ended whole: at once, or behind its element's pause on its own instant by the boot clock, so that the pause takes up
    /// what the device's crystal has run off.
    Follow {
        after: Airing,
        next: Airing,
    },
    /// Fade out what sounds over so many frames, drop what is armed or loaded.
    Cut(Frames),
    Close,
}

/// What the conductor wants a rundown of, and what it knows that the log does not say.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub span: Span,
    /// What is armed or on air: expected to air as settled.
    pub open_slots: Vec<OpenSlot>,
    /// What its plan has settled and is not on its way yet: later picks must expect that, and not what they would choose for it now.
    pub settled: Vec<OpenSlot>,
    /// Nothing is expected of these: they push nothing else aside, and use up no quota.
    pub skips: Vec<(BroadcastId, Wall)>,
    pub mourning: Vec<Mourning>,
    /// Since when the conductor knows its plan: no plan before it owes what lies behind, whatever a wrong clock makes of the instant of the
    /// change.
    pub plan_since: Option<(PlanHash, Wall)>,
}

impl Wanted {
    /// What a start wants.
    pub fn at_start(span: Span, recovered: &Recovered) -> Wanted {
        let (open_slots, skips) = (recovered.open_slots.clone(), recovered.skips.clone());
        Wanted { span, open_slots, settled: Vec::new(), skips, mourning: recovered.mourning.clone(), plan_since: None }
    }
}

/// What the log and the files beside it gave at the start.
#[derive(Clone, Debug, Default)]
pub struct Recovered {
    /// What was armed or on air.
    pub open_slots: Vec<OpenSlot>,
    /// Slots that have ended, as far back as any `late` or session reaches.
    pub closed: Vec<(Slot, Closure)>,
    /// When the log last knew the station alive; `None` on the first start.
    pub alive_at: Option<Wall>,
    /// What an `end` for a slot that fell into the time off says: `power_off`, `crash` or `stopped`.
    pub off: Option<Reason>,
    /// Orders that stand: the hold, the skips, periods of mourning.
    pub hold: Option<Hold>,
    pub skips: Vec<(BroadcastId, Wall)>,
    pub mourning: Vec<Mourning>,
    /// The highest request number used so far.
    pub requests: u64,
    /// Request ids that were accepted.
    pub request_ids: Vec<String>,
    /// Airtime of the sessions that may still be open: output, start, length.
    pub spent: Vec<(OutputId, Wall, SignedDuration)>,
}
