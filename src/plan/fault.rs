//! What can be wrong with a plan, as values: their words are in [`crate::lang::plan`], chosen by [`crate::plan::words`] when the
//! station's language is known, after all the files have been read.

use crate::calendar::recur::BadCron;
use crate::plan::diagnostic::{Code, Place};

/// The tables whose entries have ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Output,
    Zone,
    Topic,
    Supplier,
    Item,
    Contact,
    Programme,
    Campaign,
    Broadcast,
    Baseline,
    Report,
}

impl Kind {
    pub const ALL: &'static [Kind] = &[
        Kind::Output,
        Kind::Zone,
        Kind::Topic,
        Kind::Supplier,
        Kind::Item,
        Kind::Contact,
        Kind::Programme,
        Kind::Campaign,
        Kind::Broadcast,
        Kind::Baseline,
        Kind::Report,
    ];

    /// The name of its table.
    pub fn table(self) -> &'static str {
        match self {
            Kind::Output => "output",
            Kind::Zone => "zone",
            Kind::Topic => "topic",
            Kind::Supplier => "supplier",
            Kind::Item => "item",
            Kind::Contact => "contact",
            Kind::Programme => "programme",
            Kind::Campaign => "campaign",
            Kind::Broadcast => "broadcast",
            Kind::Baseline => "baseline",
            Kind::Report => "report",
        }
    }
}

/// A form that a value has or should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Texts,
    Integer,
    Float,
    Boolean,
    Date,
    Dates,
    TimeOfDay,
    Duration,
    Moment,
    List,
    Table,
    /// A text, or a table of texts by language.
    Named,
    /// An item's id or a table with `item` or `pick`.
    Element,
    /// A date or a campaign's id.
    Exception,
    /// Stretches of hours with their loudness.
    Levels,
}

/// What broke the syntax of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    OpenQuote,
    CurlyQuote,
    Unquoted,
    NoEquals,
    NoValue,
    ExtraEquals,
    Head,
    OpenList,
    OpenTable,
    StrayBracket,
    NoComma,
    ExtraComma,
    Trailing,
    Key,
    Text,
    Escape,
    Number,
    Boolean,
    Character,
    Other,
}

/// Why a name of a file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPath {
    Absolute,
    Upwards,
    Backslash,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Unreadable {
        detail: String,
    },
    NotAFile,
    TooLarge {
        limit_mb: usize,
    },
    NoFiles {
        folder: String,
    },
    TooManyFiles {
        limit: usize,
    },
    NotUtf8 {
        utf16: bool,
    },
    Syntax(Syntax),
    TooDeep,

    DuplicateKey {
        key: String,
        first: Option<Place>,
    },
    UnknownKey {
        key: String,
        table: &'static str,
        nearest: Option<&'static str>,
        known: Vec<&'static str>,
    },
    UnknownTable {
        name: String,
        nearest: Option<&'static str>,
        known: Vec<&'static str>,
    },
    NotYet {
        name: String,
    },
    LunarNotYet,
    WrongType {
        key: String,
        wanted: Form,
        found: Form,
    },
    /// `[item]` for `[[item]]`, or the other way round.
    WrongBrackets {
        name: String,
        list: bool,
    },
    MissingKey {
        table: &'static str,
        key: &'static str,
    },
    MissingStation,
    MissingHours,
    MissingOutput,
    RepeatedTable {
        name: String,
        first: Place,
    },
    ConflictingKeys {
        first: &'static str,
        second: &'static str,
    },
    EmptyList {
        key: String,
    },

    BadId {
        text: String,
    },
    RepeatedId {
        kind: Kind,
        id: String,
        first: Place,
    },
    UnknownId {
        kind: Kind,
        id: String,
        nearest: Option<String>,
    },
    RefersToItself {
        key: &'static str,
    },

    BadFormat {
        found: Option<i64>,
    },
    EmptyText {
        key: String,
    },
    HiddenCharacter {
        character: char,
    },
    TooLong {
        key: String,
        limit: usize,
    },
    LongList {
        key: String,
        limit: usize,
    },
    BadNumber {
        key: String,
        least: i64,
        most: i64,
    },
    BadLufs {
        least: i8,
        most: i8,
    },
    /// Two stretches of hours that both have a loudness.
    LevelsOverlap {
        first: String,
    },
    UnknownWord {
        key: String,
        text: String,
        nearest: Option<&'static str>,
        known: &'static [&'static str],
    },
    EmergencyPlanned,
    BadTime {
        text: String,
    },
    BadHours {
        text: String,
    },
    BadDate {
        text: String,
    },
    BadMonthDay {
        text: String,
    },
    BadDuration {
        text: String,
    },
    DurationRange {
        zero: bool,
    },
    BadCron(BadCron),
    BadTimeZone {
        text: String,
        nearest: Option<String>,
    },
    BadLanguage {
        text: String,
    },
    BadTarget {
        text: String,
    },
    BadDevice {
        text: String,
    },
    BadPath {
        why: BadPath,
    },
    SameDevice {
        device: String,
        first: String,
    },
    FromAfterUntil,
    EmptyPick,
    BadCut {
        text: String,
    },
    LongAirtime,
    /// `yearly` says whether a day of the year would do.
    BadDue {
        text: String,
        yearly: bool,
    },
    /// A month or quarter closes with no campaign.
    CampaignOfPeriod,
    NoLetterhead,
}

impl Fault {
    pub fn code(&self) -> Code {
        match self {
            Fault::Unreadable { .. } | Fault::NotAFile => Code::Unreadable,
            Fault::TooLarge { .. } => Code::TooLarge,
            Fault::NoFiles { .. } => Code::NoFiles,
            Fault::TooManyFiles { .. } => Code::TooManyFiles,
            Fault::NotUtf8 { .. } => Code::NotUtf8,
            Fault::Syntax(_) => Code::Syntax,
            Fault::TooDeep => Code::TooDeep,
            Fault::DuplicateKey { .. } => Code::DuplicateKey,
            Fault::UnknownKey { .. } | Fault::UnknownTable { .. } => Code::UnknownKey,
            Fault::NotYet { .. } => Code::NotYet,
            Fault::LunarNotYet => Code::LunarNotYet,
            Fault::WrongType { .. } | Fault::WrongBrackets { .. } => Code::WrongType,
            Fault::MissingKey { .. } => Code::MissingKey,
            Fault::MissingStation | Fault::MissingHours | Fault::MissingOutput => Code::MissingTable,
            Fault::RepeatedTable { .. } => Code::RepeatedTable,
            Fault::ConflictingKeys { .. } => Code::ConflictingKeys,
            Fault::EmptyList { .. } => Code::EmptyList,
            Fault::BadId { .. } => Code::BadId,
            Fault::RepeatedId { .. } => Code::RepeatedId,
            Fault::UnknownId { .. } => Code::UnknownId,
            Fault::RefersToItself { .. } => Code::RefersToItself,
            Fault::BadFormat { .. } => Code::BadFormat,
            Fault::EmptyText { .. } => Code::EmptyText,
            Fault::HiddenCharacter { .. } => Code::HiddenCharacter,
            Fault::TooLong { .. } | Fault::LongList { .. } => Code::TooLong,
            Fault::BadNumber { .. } | Fault::BadLufs { .. } => Code::BadNumber,
            Fault::LevelsOverlap { .. } => Code::LevelsOverlap,
            Fault::UnknownWord { .. } => Code::UnknownWord,
            Fault::EmergencyPlanned => Code::EmergencyPlanned,
            Fault::BadTime { .. } => Code::BadTime,
            Fault::BadHours { .. } => Code::BadHours,
            Fault::BadDate { .. } | Fault::BadMonthDay { .. } => Code::BadDate,
            Fault::BadDuration { .. } | Fault::DurationRange { .. } | Fault::LongAirtime => Code::BadDuration,
            Fault::BadCron(_) => Code::BadCron,
            Fault::BadTimeZone { .. } => Code::BadTimeZone,
            Fault::BadLanguage { .. } => Code::BadLanguage,
            Fault::BadTarget { .. } => Code::BadTarget,
            Fault::BadDevice { .. } => Code::BadDevice,
            Fault::BadPath { .. } => Code::BadFile,
            Fault::SameDevice { .. } => Code::SameDevice,
            Fault::FromAfterUntil => Code::FromAfterUntil,
            Fault::EmptyPick => Code::EmptyPick,
            Fault::BadCut { .. } => Code::BadCut,
            Fault::BadDue { .. } => Code::BadDate,
            Fault::CampaignOfPeriod => Code::ConflictingKeys,
            Fault::NoLetterhead => Code::MissingTable,
        }
    }
}
