//! Session hours: when the loudspeakers may sound at all.

use jiff::SignedDuration;
use jiff::civil::{Date, Time};

use crate::calendar::zone::Zone;
use crate::terms::{Session, Wall};

/// One stretch of a day, `05:30-06:30`. One whose end is not after its start runs past midnight; `00:00-24:00` is the whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Time,
    /// `None` is 24:00.
    pub to: Option<Time>,
}

/// The stretches of each day of the week, Monday first, and the quota of each session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    pub days: [Vec<Stretch>; 7],
    /// Most airtime in one session on one output.
    pub quota: Option<SignedDuration>,
}

impl Stretch {
    /// Reads `HH:MM-HH:MM`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Stretch> {
        let _ = text;
        todo!("helper E")
    }
}

impl Hours {
    /// The sessions that start on `day`, in order. Stretches that touch or overlap are one session.
    pub fn sessions_on(&self, day: Date, zone: &Zone) -> Vec<Session> {
        let _ = (day, zone);
        todo!("helper E")
    }

    /// The session in which `at` lies (opens ≤ at < closes), also one that began the day before.
    pub fn session_at(&self, at: Wall, zone: &Zone) -> Option<Session> {
        let _ = (at, zone);
        todo!("helper E")
    }
}
