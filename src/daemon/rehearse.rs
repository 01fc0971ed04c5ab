//! A rehearsal: the real engine and real sound on a pretended clock, with a log of its own.

use jiff::SignedDuration;

use crate::asrun::history::History;
use crate::daemon::begin::{self, Begun};
use crate::daemon::{Begin, Ending, Rehearsal, loading, trace};
use crate::lang::daemon as words;
use crate::library::Library;
use crate::library::store::LibraryStore;
use crate::plan::{Plan, read, render};
use crate::playout::clock::Clocks;
use crate::rundown::{SeenFrom, Span, build, need};
use crate::terms::*;

/// How long before the first broadcast it begins: a device is opened 5 s ahead.
const BEFORE: SignedDuration = SignedDuration::from_secs(10);
/// What a rehearsal hears falls into this time.
const HEARD: SignedDuration = SignedDuration::from_hours(1);
/// How far ahead the next broadcast is looked for.
const WITHIN: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Finds out when to pretend that it is, and begins as the station would.
pub fn begin(rehearsal: Rehearsal) -> anyhow::Result<Result<Begun, Ending>> {
    let real = Clocks::default();
    let now = real.now().wall;
    let settings = rehearsal.settings;
    let reading = match read::read(&settings.plan, Some(settings.language)) {
        Ok(reading) => reading,
        Err(error) => {
            trace::say(&format!("loaxa: {}\n", error.describe(settings.language)));
            return Ok(Err(Ending::WrongUse));
        }
    };
    let Some(plan) = reading.plan else {
        trace::say(&render::text(&reading.problems, &reading.sources, reading.language, false));
        return Ok(Err(Ending::NoPlan));
    };
    let closed = || plan.all_hours().iter().any(|hours| hours.session_at(now, &plan.station.timezone).is_none());
    if !rehearsal.aloud && sounds(&settings.output, &plan) && closed() {
        trace::say(&format!("loaxa: {}\n", words::needs_aloud(plan.station.language)));
        return Ok(Err(Ending::WrongUse));
    }
    let drilled = match &rehearsal.begin {
        Begin::Drill(item) => Some(item.clone()),
        Begin::At(_) | Begin::Next => None,
    };
    let at = match rehearsal.begin {
        Begin::Drill(_) => now,
        Begin::At(civil) => plan.station.timezone.instant(civil),
        Begin::Next => match next(&plan, now) {
            Some(at) => at - BEFORE,
            None => {
                trace::say(&format!("loaxa: {}\n", words::nothing_comes(plan.station.language)));
                return Ok(Err(Ending::NoPlan));
            }
        },
    };
    // Nobody misses a broadcast while it waits for its own recordings: only then does the pretended clock start.
    let needed = drilled.map_or_else(|| need::needed(&plan, Span { from: at, to: at + HEARD }), |item| vec![item]);
    loading::in_full(plan, &LibraryStore::keeping(&settings.data)?, Some(&needed));
    let shift = at - real.now().wall;
    begin::begin(settings, Origin::Rehearsal, Clocks { shift, ..real })
}

/// Whether sound could leave the machine.
pub(super) fn sounds(output: &Option<DeviceName>, plan: &Plan) -> bool {
    match output {
        Some(device) => device.is_real(),
        None => plan.outputs.iter().flat_map(|output| &output.devices).any(DeviceName::is_real),
    }
}

/// The next instant with a broadcast that hours and exceptions leave in. Recordings do not matter here: missing ones are heard as such.
fn next(plan: &Plan, now: Wall) -> Option<Wall> {
    let day = SignedDuration::from_hours(24);
    let mut from = now;
    while from < now + WITHIN {
        let span = Span { from, to: from + day };
        let rundown = build(plan, &Library::default(), &mut History::default(), span, SeenFrom::at(now));
        let airs = |outcome: Option<Outcome>| outcome.is_none_or(|outcome| outcome.status == Status::Missed);
        if let Some(planned) = rundown.slots.iter().find(|planned| airs(planned.left_out)) {
            return Some(planned.slot.planned_at);
        }
        from = from + day;
    }
    None
}
