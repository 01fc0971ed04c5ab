//! `loaxa rundown --campaign ID`: whether the campaign will reach its targets.

use std::path::Path;

use super::{Args, log, look_ahead, past};
use crate::asrun::history::History;
use crate::cli::{Ended, print, screen, wrong_use};
use crate::lang::targets as words;
use crate::library::Library;
use crate::plan::Plan;
use crate::rundown::Span;
use crate::rundown::forecast::{expect, forecast, shown_run};
use crate::rundown::write::targets;
use crate::terms::*;

/// The run of the campaign that holds today, else the next, else its last. With a log, what is planned before now is the log's to tell.
pub fn run(args: &Args, plan: &Plan, library: &Library, id: &str, data: &Path, now: Wall) -> anyhow::Result<Ended> {
    let lang = plan.station.language;
    let zone = &plan.station.timezone;
    let campaign = plan.campaigns.iter().find(|campaign| campaign.id.as_str() == id);
    let days = campaign.and_then(|campaign| Some((campaign, shown_run(campaign, zone.civil(now).date())?)));
    let Some((campaign, (first, last))) = days else {
        let known: Vec<&str> = plan.campaigns.iter().map(|campaign| campaign.id.as_str()).collect();
        return wrong_use(&words::unknown_campaign(lang, id, &known.join(", ")));
    };
    let span = Span { from: zone.start_of(first), to: last.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next)) };
    let log = log(data)?;
    let rundown = look_ahead(plan, library, log.as_ref(), span, now)?;
    let (mut aired, mut turn) = (History::default(), span.from);
    let mut expected = History::default();
    if let Some(log) = &log {
        turn = now.clamp(span.from, span.to);
        (aired, _) = past(log, turn)?;
        expected = aired.clone();
        for open_slot in log.open_slots()?.iter().filter(|open_slot| open_slot.slot.planned_at < turn) {
            open_slot.expect(&mut expected);
        }
    }
    expect(&rundown, turn, &mut expected);
    let forecast = forecast(plan, campaign, (first, last), (first, last), &aired, &expected);
    print(&if args.json {
        targets::json(plan, &forecast)?
    } else if args.csv {
        targets::csv(&forecast)?
    } else {
        targets::table(plan, &forecast, lang, screen())
    })?;
    Ok(Ended::Good)
}
