//! What the conductor is doing, as a value that others only read.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::asrun::element::Element;
use crate::control::status::{Coming, FaultCode, FaultStatus, OnAir, State, Status, some_of};
use crate::defect::defect;
use crate::playout::conductor::timeline::Timeline;
use crate::playout::conductor::{Conductor, DeviceOutlook};
use crate::rundown::Planned;
use crate::terms::*;

/// How many slots `next` shows.
const NEXT: usize = 8;
/// What will keep a slot of this time from airing whole is a fault.
const FORESEEN: SignedDuration = SignedDuration::from_hours(24);

impl Conductor {
    pub fn status(&self) -> Status {
        let now: Vec<OnAir> = self.timelines.values().filter_map(Timeline::on_air).collect();
        let (warnings, faults): (Vec<_>, Vec<_>) = self.standing_faults().into_iter().partition(|fault| fault.code.is_warning());
        let state = if !faults.is_empty() {
            State::Fault
        } else if self.shared.hold.is_some() {
            State::Hold
        } else if now.is_empty() {
            State::Idle
        } else {
            State::OnAir
        };
        Status {
            state,
            now,
            emergency: self.timelines.values().filter_map(|timeline| timeline.emergency_status(self.shared.now.wall)).collect(),
            next: self.next(),
            output: self.timelines.values().map(Timeline::output_status).collect(),
            plan_hash: Some(self.plan_hash.clone()),
            clock: self.clock.clone(),
            faults,
            warnings,
            at: self.shared.now.wall,
            hold_until: self.shared.hold.and_then(|hold| hold.until),
            mourning: self.shared.mourning.iter().filter(|mourning| mourning.until > self.shared.now.wall).cloned().collect(),
        }
    }

    fn next(&self) -> Vec<Coming> {
        let waiting = self.timelines.values().flat_map(Timeline::waiting);
        let mut next: Vec<Coming> = waiting
            .chain(self.coming.values().take(NEXT))
            .map(|planned| Coming {
                output: planned.slot.output.clone(),
                broadcast: planned.slot.broadcast.clone(),
                planned_at: planned.slot.planned_at,
                length_ms: i64::try_from(planned.length().as_millis()).unwrap_or(i64::MAX),
                left_out: if self.is_held(planned) {
                    Some(Reason::Hold)
                } else {
                    let awaited = |reason: &Reason| planned.awaits() && *reason == Reason::FileMissing;
                    self.left_out(planned).and_then(|outcome| outcome.reason).filter(|reason| !awaited(reason))
                },
                awaited: planned.awaits(),
            })
            .collect();
        next.sort_by(|a, b| (a.planned_at, &a.output).cmp(&(b.planned_at, &b.output)));
        next.truncate(NEXT);
        next
    }

    fn standing_faults(&self) -> Vec<FaultStatus> {
        let mut faults = self.faults.clone();
        faults.extend(self.timelines.values().filter_map(Timeline::lost_fault));
        faults.extend(self.timelines.values().filter_map(Timeline::hanging_fault));
        let since = self.shared.now.wall;
        faults.extend(self.timelines.values().filter_map(|timeline| timeline.absent_fault(&self.devices.absent, since)));
        faults.extend(self.devices.muted.iter().map(|(output, detail)| FaultStatus {
            code: FaultCode::DeviceMuted,
            output: Some(output.clone()),
            detail: detail.clone(),
            since,
        }));
        for (code, reason) in [
            (FaultCode::RecordingMissing, Reason::FileMissing),
            (FaultCode::RecordingBroken, Reason::FileError),
            (FaultCode::RecordingExpired, Reason::NotValid),
        ] {
            let detail = self.cannot_sound(reason).filter(|_| !defect!(HidesMissing));
            faults.extend(detail.map(|detail| FaultStatus { code, output: None, detail, since: self.shared.now.wall }));
        }
        for (code, reasons) in [
            (FaultCode::NothingToPick, [Reason::PoolEmpty].as_slice()),
            (FaultCode::DoesNotFit, &[Reason::OutsideHours, Reason::OverQuota]),
        ] {
            let detail = self.lacking(reasons);
            faults.extend(detail.map(|detail| FaultStatus { code, output: None, detail, since: self.shared.now.wall }));
        }
        if self.clock.doubtful {
            let detail = self.clock.why.map(|why| why.to_string()).unwrap_or_default();
            faults.push(FaultStatus { code: FaultCode::ClockDoubtful, output: None, detail, since: self.shared.now.wall });
        }
        faults
    }

    /// What will not sound, of the slots that come soon or are on their way, for want of a fit recording.
    fn cannot_sound(&self, why: Reason) -> Option<String> {
        let by = self.shared.now.wall + FORESEEN;
        let coming = self.coming.values().take_while(|planned| planned.slot.planned_at <= by);
        let on_their_way = self.timelines.values().flat_map(Timeline::slots);
        let owed = coming.chain(on_their_way).filter(|planned| {
            let gone = planned.left_out.and_then(|outcome| outcome.reason);
            gone.is_none_or(|reason| reason == why) && !self.is_skipped(&planned.slot)
        });
        let silent = |element: &&Element| element.unplayable == Some(why) && !element.awaited;
        let mut titles: Vec<&str> = Vec::new();
        for facts in owed.flat_map(|planned| planned.elements.iter().filter(silent)).filter_map(|element| element.facts.as_ref())
        {
            if !titles.contains(&facts.title.as_str()) {
                titles.push(&facts.title);
            }
        }
        some_of(titles)
    }

    /// The broadcasts that come soon and will be silent, or lack an element, for one of these reasons.
    fn lacking(&self, reasons: &[Reason]) -> Option<String> {
        let by = self.shared.now.wall + FORESEEN;
        let coming = self.coming.values().take_while(|planned| planned.slot.planned_at <= by);
        let lacks = |planned: &&Planned| {
            let whole = planned.left_out.and_then(|outcome| outcome.reason).into_iter();
            let elements = planned.elements.iter().filter_map(|element| element.unplayable);
            !self.is_skipped(&planned.slot) && whole.chain(elements).any(|reason| reasons.contains(&reason))
        };
        some_of(coming.filter(lacks).map(|planned| planned.slot.broadcast.as_str()).collect::<BTreeSet<_>>())
    }

    /// The outputs' devices as the daemon saw them last.
    pub fn foresee(&mut self, devices: DeviceOutlook) {
        self.devices = devices;
    }

    /// A fault that the daemon found, or (with `None`) that is mended.
    pub fn set_fault(&mut self, code: FaultCode, detail: Option<String>) {
        self.faults.retain(|fault| fault.code != code);
        if let Some(detail) = detail {
            let since = self.shared.now.wall;
            self.faults.push(FaultStatus { code, output: None, detail, since });
        }
    }
}
