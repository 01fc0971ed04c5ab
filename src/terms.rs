//! The words of the house: ids, instants, priorities, statuses, reasons, and the slot.
//!
//! Pure: values only. Every room may use them; nothing here reads a clock, a file or a plan.
//! The closed lists are written once, by `closed!`, with the text that plans and log rows carry.

mod damage;
mod device;
mod errors;
mod order;

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

pub use damage::{FileDamage, Witness};
pub use device::DeviceName;
pub use errors::in_full;
pub use order::{Hold, Mourning, Order};

/// An id type: a short shared text that cannot be mistaken for another kind of id.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}

ids! {
    OutputId, ZoneId, TopicId, SupplierId, ItemId, ContactId, ProgrammeId, CampaignId, HolidayId, ReportId,
    /// A broadcast of the plan, or `@request-N` for one that a person ordered.
    BroadcastId,
    /// SHA-256 of a recording's bytes, in lower-case hex.
    FileHash,
    /// SHA-256 of a plan, in lower-case hex.
    PlanHash,
}

/// A closed list whose members have one written form each.
macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant),*
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The form that plans, log rows and JSON carry.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl FromStr for $name {
            type Err = Unlisted;
            fn from_str(text: &str) -> Result<Self, Unlisted> {
                match text { $($text => Ok($name::$variant),)* _ => Err(Unlisted(text.to_owned())) }
            }
        }
    };
}

pub(crate) use closed;

/// A text that is not a member of the closed list it was read for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of the known words")]
pub struct Unlisted(pub String);

closed! {
    /// Who goes first on an output, lowest first (the vocabulary of Circular 39/2020/TT-BTTTT).
    Priority { Ordinary = "ordinary", Priority = "priority", Emergency = "emergency" }
}

closed! {
    /// What kind of recording an item is. Only announcements count towards topics, and only an order airs an emergency.
    ItemKind {
        Announcement = "announcement", Notice = "notice", Music = "music", Signal = "signal", Ident = "ident",
        Emergency = "emergency",
    }
}

impl ItemKind {
    /// Whether it is what a programme is for.
    pub fn speaks(self) -> bool {
        match self {
            ItemKind::Announcement | ItemKind::Notice | ItemKind::Emergency => true,
            ItemKind::Music | ItemKind::Signal | ItemKind::Ident => false,
        }
    }
}

/// How often an item may air by plan on any one output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemCaps {
    pub max_per_day: Option<u32>,
    /// From the planned instant of one broadcast that has it to that of the next.
    pub min_gap: Option<SignedDuration>,
}

impl ItemCaps {
    pub fn is_free(self) -> bool {
        self == ItemCaps::default()
    }
}

closed! {
    /// How often an item may air: what keeps it from a broadcast.
    ItemLimit { MaxPerDay = "max_per_day", MinGap = "min_gap" }
}

closed! {
    /// What hangs on an output. Sound for a horn goes through a filter that suits one.
    #[derive(Default)]
    Speaker {
        #[default]
        Flat = "flat",
        Horn = "horn",
    }
}

closed! {
    /// How a slot, or one of its elements, ended.
    Status { Aired = "aired", Partial = "partial", Missed = "missed", Skipped = "skipped" }
}

closed! {
    /// Why airtime was lost. Which reasons go with which status stands in [`Reason::goes_with`].
    Reason {
        Operator = "operator", Hold = "hold", Holiday = "holiday", Mourning = "mourning", Replaced = "replaced",
        Duplicate = "duplicate", OutsideHours = "outside_hours", OverQuota = "over_quota",
        PowerOff = "power_off", Crash = "crash", Stopped = "stopped", ClockUnset = "clock_unset",
        ClockStep = "clock_step", NoPlan = "no_plan", NoDevice = "no_device", DeviceFault = "device_fault",
        OutputBusy = "output_busy", Preempted = "preempted", FileMissing = "file_missing", FileError = "file_error",
        Unapproved = "unapproved", NotValid = "not_valid", PoolEmpty = "pool_empty", LogLost = "log_lost",
        Internal = "internal", Superseded = "superseded", Expired = "expired",
    }
}

impl Reason {
    /// Whether `status` may carry this reason (LOG.md, "Status and reasons").
    pub fn goes_with(self, status: Status) -> bool {
        use Reason::*;
        match self {
            Operator | Hold | OutsideHours | OverQuota => matches!(status, Status::Skipped | Status::Partial),
            Holiday | Mourning | Replaced | Duplicate => status == Status::Skipped,
            PowerOff | Crash | Stopped | ClockUnset | ClockStep | NoPlan | NoDevice | DeviceFault | OutputBusy | Preempted
            | FileMissing | FileError | Unapproved | NotValid | PoolEmpty | LogLost | Internal => {
                matches!(status, Status::Missed | Status::Partial)
            }
            Superseded | Expired => status == Status::Partial,
        }
    }
}

closed! {
    /// What a row of the as-run log says (LOG.md, "Rows").
    Kind {
        Start = "start", Stop = "stop", Plan = "plan", Clock = "clock", Air = "air", End = "end", Order = "order",
        Fault = "fault", Hand = "hand", Gap = "gap", Void = "void",
    }
}

closed! {
    /// Where a log's sound came from. One data folder has one origin for ever.
    Origin { Live = "live", Rehearsal = "rehearsal", Simulation = "simulation" }
}

closed! {
    /// Why the wall clock of this boot is believed, best first; `carried` is doubtful.
    Evidence { Ntp = "ntp", Operator = "operator", Rtc = "rtc", First = "first", Carried = "carried" }
}

closed! {
    /// Why nobody knows whether the clock is right.
    Doubt {
        /// The machine woke without any source of time.
        Carried = "carried",
        /// An RTC alone waits for the network's time in the boot's first minute.
        AwaitingNetwork = "awaiting_network",
        /// The program is younger than the clock says.
        BeforeBuild = "before_build",
        /// The log has seen later times.
        BehindLog = "behind_log",
        /// Far ahead of what the log has seen last.
        FarAhead = "far_ahead",
        /// It has gone forward by more than an hour since somebody vouched for it.
        ForwardStep = "forward_step",
        /// It has gone back by more than an hour since the network vouched for it.
        BackwardStep = "backward_step",
    }
}

closed! {
    /// What a person does at the station, and so what the console lets him do.
    PersonRole {
        /// Runs the station from day to day.
        Operator = "operator",
        /// Says that a recording may air.
        Approver = "approver",
        /// Reads log and reports.
        Reviewer = "reviewer",
        /// Looks after the machine.
        Technician = "technician",
    }
}

closed! {
    /// How something that a person enters was aired: read live, or relayed from another station.
    Manual { Live = "live", Relay = "relay" }
}

closed! {
    /// What a `fault` row tells of.
    FaultEvent {
        DeviceLost = "device_lost", NoDevice = "no_device", DeviceBack = "device_back", DeadAir = "dead_air",
        LogGone = "log_gone", RowRefused = "row_refused",
    }
}

/// Somebody or something said that the clock is right, at one setting of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vouch {
    pub evidence: Evidence,
    /// Wall clock minus boot clock, in nanoseconds: only a step changes it.
    pub setting: i64,
}

impl Vouch {
    pub fn of(evidence: Evidence, now: Now) -> Vouch {
        Vouch { evidence, setting: now.wall.0.saturating_sub(now.mono.0) }
    }

    /// The setting as log rows carry it, in whole milliseconds.
    pub fn in_ms(self) -> i64 {
        self.setting.div_euclid(1_000_000)
    }
}

closed! {
    /// What must hold of every run of the engine, however much goes wrong (docs/simulation.md).
    Law {
        /// Every owed slot ends exactly once, and no other slot does.
        EndsOnce = "ends_once",
        /// The status says what the takes say.
        RightStatus = "right_status",
        /// Nothing is lost without a cause, and the reason names it.
        RightReason = "right_reason",
        /// With nothing in its way a slot airs, whole and on its instant.
        Airs = "airs",
        /// What is wrong with one output's device moves nothing of another output.
        OutputsApart = "outputs_apart",
        /// The log claims what sounded: no more ever, no less but by a power cut.
        Airtime = "airtime",
        /// No slot sounds in the middle of another that ranks no lower.
        OneAtATime = "one_at_a_time",
        /// What a higher priority displaced goes on afterwards, or had no room and says so.
        Resumes = "resumes",
        /// Nothing sounds outside hours but an emergency.
        InsideHours = "inside_hours",
        /// Nothing sounds on a clock that nobody vouches for, but an emergency.
        TrustedClock = "trusted_clock",
        /// Nothing sounds under a hold but an emergency.
        UnderHold = "under_hold",
        /// Nothing planned begins on a holiday that silences it.
        SilentHoliday = "silent_holiday",
        /// What a person has called off does not begin, whatever restarts lie between: a slot that is skipped, what a mourning silences.
        CalledOff = "called_off",
        /// What aired whole does not air again.
        NotAgain = "not_again",
        /// No emergency sounds past its end.
        EmergencyEnds = "emergency_ends",
        /// An output is silent once its slot has ended.
        SilentAfterwards = "silent_afterwards",
        /// An order that was carried out stands in the log, once.
        OrdersKept = "orders_kept",
        /// The plan in force decides what begins to sound, whatever was settled before.
        PlanInForce = "plan_in_force",
        /// A plan that was edited is in force soon, whenever the edit came.
        EditsTaken = "edits_taken",
        /// A fault that keeps something silent is in the status while it lasts.
        FaultShown = "fault_shown",
        /// No item sounds on a day on which it is not valid.
        ValidItems = "valid_items",
        /// No pick takes what the broadcast before had while there is another choice.
        NoRepeat = "no_repeat",
        /// The chain holds over every cut.
        Chain = "chain",
        /// What a time that turned out wrong closed is owed again, and airs.
        OwedAgain = "owed_again",
        /// What was handed to the log comes to the disk in that order.
        InOrder = "in_order",
        /// A disk that takes writes again soon has what waited for it.
        WrittenSoon = "written_soon",
        /// What waited for a failing disk says so.
        LateSaysSo = "late_says_so",
        /// A device is open while it is wanted, soon again where it was gone, and not otherwise.
        DeviceAsAsked = "device_as_asked",
        /// A recording for emergencies sounds by order only.
        OrderedOnly = "ordered_only",
        /// By plan no item airs oftener on a day, or sooner again, than it may.
        ItemLimits = "item_limits",
        /// In the end nothing waits, no output and no slot is open; the deadline always moves, and nothing is asked for over and over.
        ComesToRest = "comes_to_rest",
    }
}

/// An instant of the wall clock: nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wall(pub i64);

/// An instant of the boot clock, which runs on through steps of the wall clock and through sleep: nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mono(pub i64);

/// Both clocks, read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    pub wall: Wall,
    pub mono: Mono,
}

fn nanos(span: SignedDuration) -> i64 {
    i64::try_from(span.as_nanos()).unwrap_or(if span.is_negative() { i64::MIN } else { i64::MAX })
}

macro_rules! instant {
    ($name:ident) => {
        impl $name {
            pub const MIN: $name = $name(i64::MIN);
            pub const MAX: $name = $name(i64::MAX);
        }
        impl Add<SignedDuration> for $name {
            type Output = $name;
            fn add(self, span: SignedDuration) -> $name {
                $name(self.0.saturating_add(nanos(span)))
            }
        }
        impl Sub<SignedDuration> for $name {
            type Output = $name;
            fn sub(self, span: SignedDuration) -> $name {
                $name(self.0.saturating_sub(nanos(span)))
            }
        }
        impl Sub for $name {
            type Output = SignedDuration;
            fn sub(self, other: $name) -> SignedDuration {
                SignedDuration::from_nanos(self.0.saturating_sub(other.0))
            }
        }
    };
}
instant!(Wall);
instant!(Mono);

impl Wall {
    /// The nearest whole millisecond: a first frame lies within half a frame of its instant, on either side.
    pub fn round_ms(self) -> Wall {
        Wall(self.0.saturating_add(500_000)).floor_ms()
    }

    /// The instant, to the millisecond below: the resolution of log rows.
    pub fn floor_ms(self) -> Wall {
        Wall(self.0.div_euclid(1_000_000).saturating_mul(1_000_000))
    }
}

/// A count of sample frames at a rate in hertz: airtime as the device took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frames {
    pub count: u64,
    pub rate: u32,
}

impl Frames {
    pub fn none(rate: u32) -> Frames {
        Frames { count: 0, rate }
    }

    /// How long these frames sound, to the nanosecond below.
    pub fn length(self) -> SignedDuration {
        let nanos = u128::from(self.count) * 1_000_000_000 / u128::from(self.rate.max(1));
        SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }

    /// The frames that sound for `length`, rounded down; none for a negative one.
    pub fn within(length: SignedDuration, rate: u32) -> Frames {
        let nanos = u128::try_from(length.as_nanos()).unwrap_or(0);
        let count = nanos * u128::from(rate) / 1_000_000_000;
        Frames { count: u64::try_from(count).unwrap_or(u64::MAX), rate }
    }
}

/// One planned broadcast on one output: the unit that ends exactly once in the log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    pub planned_at: Wall,
    pub broadcast: BroadcastId,
    pub output: OutputId,
}

impl Slot {
    /// What the broadcast id of a drill begins with: no report counts its airtime.
    pub const DRILL: &'static str = "@drill-";

    /// A person ordered it: it belongs to no plan.
    pub fn is_ordered(&self) -> bool {
        self.broadcast.as_str().starts_with('@')
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{} on {}", self.broadcast, self.planned_at.0 / 1_000_000_000, self.output)
    }
}

/// How something ended. `aired` has no reason, the others always have one that goes with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Outcome {
    pub status: Status,
    pub reason: Option<Reason>,
}

impl Outcome {
    pub const AIRED: Outcome = Outcome { status: Status::Aired, reason: None };

    pub fn partial(reason: Reason) -> Outcome {
        Outcome { status: Status::Partial, reason: Some(reason) }
    }
    pub fn missed(reason: Reason) -> Outcome {
        Outcome { status: Status::Missed, reason: Some(reason) }
    }
    pub fn skipped(reason: Reason) -> Outcome {
        Outcome { status: Status::Skipped, reason: Some(reason) }
    }
}

/// What becomes of a slot that has ended when a clock that was wrong is set back to before its instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Closure {
    /// It sounded whole, a person ended it, or a person had ordered it: it never comes again.
    ForGood,
    /// It is owed again.
    ForNow,
}

impl Closure {
    pub fn by(slot: &Slot, outcome: Outcome) -> Closure {
        let over = outcome.status == Status::Aired || outcome.reason == Some(Reason::Operator);
        if over || slot.is_ordered() { Closure::ForGood } else { Closure::ForNow }
    }
}

/// How long an emergency holds, and how often it sounds meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// It ends so long after the order.
    pub lasting: SignedDuration,
    pub times: u32,
    /// From one time's beginning to the next's.
    pub every: SignedDuration,
}

/// One session: a stretch of session hours as instants, opens ≤ t < closes. It belongs to the civil day on which it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Session {
    pub opens: Wall,
    pub closes: Wall,
    /// Most airtime on one output.
    pub quota: Option<SignedDuration>,
}
