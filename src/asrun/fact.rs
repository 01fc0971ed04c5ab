//! What a row of the log says: one closed list, one struct a kind. Pure values.
//!
//! What has a column of its own stands in the row's cells; the rest is one line of JSON in `detail`, which is written and read here and
//! nowhere else. Members that are not known are passed over: a newer program may say more.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::asrun::chain::Head;
use crate::terms::*;

/// LOG.md, "Rows".
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Start(StartFact),
    Stop(StopFact),
    Plan(PlanFact),
    Clock(ClockFact),
    Air(AirFact),
    /// All of it stands in the cells.
    End,
    Order(OrderFact),
    Fault(FaultFact),
    Hand(HandFact),
    Gap(Box<GapFact>),
    Void(VoidFact),
    /// What this program does not understand, as it stands; nothing, where nothing is said yet.
    Other(Kind, String),
}

/// The station begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StartFact {
    pub boot_id: Option<String>,
    pub version: String,
    /// Why it was off; `None` at the first start.
    pub off: Option<Reason>,
    /// The last sign of life, as the station's clock showed it.
    pub off_since: Option<String>,
    /// Whether its clock is not believed, and why.
    pub doubtful: bool,
    pub why: Option<Doubt>,
    /// The setting of the clock that somebody vouched for ([`Vouch::in_ms`]).
    pub vouched_ms: Option<i64>,
    /// A clock made for tests.
    pub pretended_clock: bool,
}

/// It ends as it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StopFact {
    pub why: String,
}

/// A plan was read and accepted, or refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanFact {
    pub accepted: bool,
    pub why: Option<String>,
}

impl Default for PlanFact {
    fn default() -> PlanFact {
        PlanFact { accepted: true, why: None }
    }
}

/// The clock stepped, or is believed otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockFact {
    #[serde(flatten)]
    pub what: ClockChange,
    pub before: Option<Evidence>,
    pub after: Option<Evidence>,
    /// As in [`Start`].
    pub vouched_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ClockChange {
    Step { step_ms: i64 },
    Evidence { doubtful: bool, why: Option<Doubt> },
}

/// One take of one element.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AirFact {
    /// What was wrong with it, in the machine's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// The topic is one of the station's own duties.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub duty: bool,
    /// What the item says in another language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation_of: Option<ItemId>,
}

/// A person gave an order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderFact {
    /// The request's id, which counts once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub order: Option<Order>,
    /// The user id of whoever asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    #[serde(rename = "what", skip_serializing_if = "Option::is_none")]
    pub by_itself: Option<ByItself>,
}

/// Nobody gave it: it follows from one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByItself {
    /// A hold that had an end was over.
    RanOut,
}

/// Something was in the way of the broadcasts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FaultFact {
    pub what: Option<FaultEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The row that the log refused: what was wrong with it, and what it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// A person enters what the machine did not air itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entered", rename = "by_hand")]
pub struct HandFact {
    pub what: Manual,
    /// The number of the entry that this one takes back: neither counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdraws: Option<u64>,
}

/// Rows are lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapFact {
    pub what: Lack,
    /// The numbers that the lost rows had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_seq: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_seq: Option<u64>,
    /// How many found no room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The head in `heads.txt` that the log lacks, that of the handover, and the last that both have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lodged: Option<Head>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed: Option<Head>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common: Option<Head>,
    /// Of a damaged log: what was wrong, where it lies now, what took its place, and with which row it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<Head>,
}

/// Why rows are lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// They are gone from the log's end.
    #[default]
    LostRows,
    /// It is another log than the one that was here.
    OtherLog,
    LogDamaged,
    /// There was no room for them while the disk failed.
    NoRoom,
}

/// A time that was believed turned out wrong: these rows count nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoidFact {
    pub rows: Vec<u64>,
}

impl Fact {
    pub fn kind(&self) -> Kind {
        match self {
            Fact::Start(_) => Kind::Start,
            Fact::Stop(_) => Kind::Stop,
            Fact::Plan(_) => Kind::Plan,
            Fact::Clock(_) => Kind::Clock,
            Fact::Air(_) => Kind::Air,
            Fact::End => Kind::End,
            Fact::Order(_) => Kind::Order,
            Fact::Fault(_) => Kind::Fault,
            Fact::Hand(_) => Kind::Hand,
            Fact::Gap(_) => Kind::Gap,
            Fact::Void(_) => Kind::Void,
            Fact::Other(kind, _) => *kind,
        }
    }

    /// Its line of JSON, with what else the row says of itself; empty where nothing is said.
    pub(super) fn print(&self, notes: &Notes) -> String {
        let said = match self {
            Fact::Start(said) => serde_json::to_value(said),
            Fact::Stop(said) => serde_json::to_value(said),
            Fact::Plan(said) => serde_json::to_value(said),
            Fact::Clock(said) => serde_json::to_value(said),
            Fact::Air(said) => serde_json::to_value(said),
            Fact::End => Ok(Value::Null),
            Fact::Order(said) => serde_json::to_value(said),
            Fact::Fault(said) => serde_json::to_value(said),
            Fact::Hand(said) => serde_json::to_value(said),
            Fact::Gap(said) => serde_json::to_value(said),
            Fact::Void(said) => serde_json::to_value(said),
            Fact::Other(_, text) if notes.is_empty() => return text.clone(),
            Fact::Other(_, text) => serde_json::from_str(text),
        };
        let mut members = match said {
            Ok(Value::Object(members)) => members,
            // All that is not empty is an object.
            Ok(_) | Err(_) => Map::new(),
        };
        if let Ok(Value::Object(notes)) = serde_json::to_value(notes) {
            members.extend(notes);
        }
        if members.is_empty() { String::new() } else { Value::Object(members).to_string() }
    }

    /// The inverse of [`Fact::print`].
    pub fn parse(kind: Kind, text: &str) -> (Fact, Notes) {
        let other = || (Fact::Other(kind, text.to_owned()), Notes::default());
        if text.is_empty() {
            return (kind.into(), Notes::default());
        }
        let Ok(members) = serde_json::from_str::<Map<String, Value>>(text) else { return other() };
        let notes = serde_json::from_value(Value::Object(members.clone())).unwrap_or_default();
        Fact::read(kind, members).map_or_else(other, |fact| (fact, notes))
    }

    fn read(kind: Kind, members: Map<String, Value>) -> Option<Fact> {
        fn of<T: DeserializeOwned>(members: Map<String, Value>) -> Option<T> {
            serde_json::from_value(Value::Object(members)).ok()
        }
        Some(match kind {
            Kind::Start => Fact::Start(of(members)?),
            Kind::Stop => Fact::Stop(of(members)?),
            Kind::Plan => Fact::Plan(of(members)?),
            Kind::Clock => Fact::Clock(of(members)?),
            Kind::Air => Fact::Air(of(members)?),
            Kind::End => Fact::End,
            Kind::Order => Fact::Order(of(members)?),
            Kind::Fault => Fact::Fault(of(members)?),
            Kind::Hand => Fact::Hand(of(members)?),
            Kind::Gap => Fact::Gap(of(members)?),
            Kind::Void => Fact::Void(of(members)?),
        })
    }
}

/// Of which nothing is said yet.
impl From<Kind> for Fact {
    fn from(kind: Kind) -> Fact {
        match kind {
            Kind::Air => Fact::Air(AirFact::default()),
            Kind::End => Fact::End,
            Kind::Start
            | Kind::Stop
            | Kind::Plan
            | Kind::Clock
            | Kind::Order
            | Kind::Fault
            | Kind::Hand
            | Kind::Gap
            | Kind::Void => Fact::Other(kind, String::new()),
        }
    }
}

/// What any row may say of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    /// It waited for a failing disk.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub log_late: bool,
    /// The columns in which characters that no cell can hold were replaced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cleaned: Vec<String>,
}

impl Notes {
    fn is_empty(&self) -> bool {
        *self == Notes::default()
    }
}
