//! What goes over the control socket: one JSON line in, one JSON line out.
//!
//! A message is checked here before anybody acts on it: its texts go into the as-run log, which takes no control characters, and its numbers
//! into sums of instants, which end somewhere.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::control::request::{Answer, Ask, Until};
use crate::control::status::Status;
use crate::terms::Wall;

/// The longest message in bytes, newline included. An order is a few hundred.
pub const LONGEST: usize = 64 * 1024;

/// The longest text (an id, a name, a reason) that a message may carry, in characters.
const LONGEST_TEXT: usize = 500;

/// Nothing that a person asks for or enters lasts longer.
pub const LONGEST_LENGTH: SignedDuration = SignedDuration::from_hours(24);

/// Years that a plan, a log or a person could mean: well within what an instant can be.
pub const YEARS: std::ops::Range<i16> = 2000..2200;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Message {
    Status,
    /// `id` makes the order count once however often it is sent; `actor` is who gave it.
    Order {
        id: String,
        actor: String,
        order: Ask,
    },
    /// What was read live or relayed, for the log.
    Enter {
        what: crate::terms::Manual,
        /// The station's civil time.
        from: DateTime,
        length: SignedDuration,
        title: String,
        who: String,
        /// The number of the row that is taken back by this.
        #[serde(default)]
        withdraws: Option<u64>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    Status {
        station: StationIdentity,
        status: Box<Status>,
    },
    Answer {
        station: StationIdentity,
        answer: Answer,
        /// The station's time.
        at: Wall,
        /// The order is in the log, on the disk. `false`: it is carried out, but a power cut now would lose it.
        kept: bool,
    },
    /// It is in the log; not `durable` while the disk fails.
    Entered {
        durable: bool,
    },
    /// The message itself could not be dealt with.
    Failed {
        failure: Failure,
    },
}

/// What the person who asks needs to know of the station: its name, and how to speak and to print times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationIdentity {
    pub name: String,
    /// `vi` or `en`.
    pub language: String,
    /// A name of the IANA database.
    pub timezone: String,
}

/// Why a message was not dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// It is not a message: not JSON, unknown, or with texts that no log takes.
    Malformed { detail: String },
    /// It is longer than any message.
    TooLong,
    /// It did not come whole in time.
    TooSlow,
    /// Only the daemon's own user and root may ask.
    Forbidden,
    /// The daemon is about to end, or did not answer in time.
    Unanswered,
}

impl Message {
    /// Reads one line.
    pub fn read(line: &[u8]) -> Result<Message, Failure> {
        let malformed = |detail: String| Failure::Malformed { detail };
        let message: Message = serde_json::from_slice(line).map_err(|error| malformed(error.to_string()))?;
        match message.unfit() {
            Some(why) => Err(malformed(why)),
            None => Ok(message),
        }
    }

    /// Why it cannot be taken, whatever the station and its clock are: whoever acts on a message may rely on its texts, lengths and days.
    pub fn unfit(&self) -> Option<String> {
        let texts = || self.texts().into_iter().find_map(unfit);
        let lengths = || self.lengths().into_iter().find(|length| !length.is_positive() || *length > LONGEST_LENGTH);
        let days = || self.days().into_iter().find(|day| !YEARS.contains(&day.year()));
        texts()
            .or_else(|| lengths().map(|_| "a length is not within 24 hours".to_owned()))
            .or_else(|| days().map(|day| format!("the year {} is none that could be meant", day.year())))
    }

    fn lengths(&self) -> Vec<SignedDuration> {
        match self {
            Message::Enter { length, .. } => vec![*length],
            Message::Order { order: Ask::Play { every, lasting, .. }, .. } => [*every, *lasting].into_iter().flatten().collect(),
            Message::Status | Message::Order { .. } => Vec::new(),
        }
    }

    fn days(&self) -> Vec<Date> {
        match self {
            Message::Enter { from, .. } => vec![from.date()],
            Message::Order { order, .. } => match order {
                Ask::Skip { date, .. } | Ask::Unskip { date, .. } => vec![*date],
                Ask::Hold { until: Some(Until::At(at)) } => vec![at.date()],
                Ask::Mourning { from, until, .. } => from.iter().copied().chain([*until]).collect(),
                Ask::WithdrawMourning { from } => from.iter().copied().collect(),
                // A clock that is not set shows any year.
                Ask::Hold { .. }
                | Ask::Play { .. }
                | Ask::Drill { .. }
                | Ask::Stop { .. }
                | Ask::Release
                | Ask::ConfirmClock { .. } => Vec::new(),
            },
            Message::Status => Vec::new(),
        }
    }

    fn texts(&self) -> Vec<&str> {
        let (id, actor, order) = match self {
            Message::Status => return Vec::new(),
            Message::Enter { title, who, .. } => return vec![title, who],
            Message::Order { id, actor, order } => (id, actor, order),
        };
        let mut texts = vec![id.as_str(), actor.as_str()];
        match order {
            Ask::Play { item, outputs, reason, .. } => {
                texts.push(item.as_str());
                texts.extend(outputs.iter().map(|output| output.as_str()));
                texts.extend(reason.as_deref());
            }
            Ask::Drill { item, outputs } => {
                texts.push(item.as_str());
                texts.extend(outputs.iter().map(|output| output.as_str()));
            }
            Ask::Stop { output } => texts.extend(output.as_ref().map(|output| output.as_str())),
            Ask::Skip { broadcast, .. } | Ask::Unskip { broadcast, .. } => texts.push(broadcast.as_str()),
            Ask::Mourning { only, reason, .. } => {
                texts.push(reason);
                texts.extend(only.iter().map(|programme| programme.as_str()));
            }
            Ask::Hold { .. } | Ask::Release | Ask::WithdrawMourning { .. } | Ask::ConfirmClock { .. } => {}
        }
        texts
    }
}

/// Why a text cannot be taken.
fn unfit(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("a text is empty".to_owned());
    }
    if text.chars().count() > LONGEST_TEXT {
        return Some(format!("a text is longer than {LONGEST_TEXT} characters"));
    }
    let bidirectional = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .find(|c| c.is_control() || bidirectional(*c))
        .map(|c| format!("a text holds the control character U+{:04X}", u32::from(c)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order(reason: &str) -> Message {
        Message::Order {
            id: "1".into(),
            actor: "lan".into(),
            order: Ask::Play {
                item: "hotline-111".into(),
                priority: crate::terms::Priority::Ordinary,
                outputs: vec!["amplifier".into()],
                reason: Some(reason.into()),
                times: None,
                every: Some(jiff::SignedDuration::from_mins(10)),
                lasting: None,
            },
        }
    }

    fn line(message: &Message) -> Vec<u8> {
        serde_json::to_vec(message).unwrap()
    }

    #[test]
    fn a_message_comes_back_as_it_was_written() {
        for message in [Message::Status, order("Mưa lũ về, bà con chú ý")] {
            assert_eq!(Message::read(&line(&message)), Ok(message));
        }
    }

    #[test]
    fn a_text_that_no_log_takes_is_refused() {
        for text in ["a\u{1f}b", "a\nb", "\u{202e}abc", "  ", &"x".repeat(501)] {
            assert!(matches!(Message::read(&line(&order(text))), Err(Failure::Malformed { .. })), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_line_of_bytes_can_hurt(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Message::read(&bytes);
        }
    }
}
