//! What the plan alone shows on a day: items past their validity, old phone numbers, villages that a broadcast reaches twice, levels for
//! hours outside the session hours, changes of airings that are not there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::calendar::hours::Stretch;
use crate::lang::check as words;
use crate::plan::diagnostic::Diagnostic;
use crate::plan::fault::Code;
use crate::plan::{Broadcast, Change, ChangedTo, Item, Plan, Programme, ProgrammeElement};
use crate::rundown::due::{self, DueBroadcast, OneDate};
use crate::terms::*;

/// The warnings of the plan on the civil day `today` of the station.
pub fn today(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let mut found = expired(plan, today);
    found.extend(old_contacts(plan, today));
    found.extend(zones_twice(plan, today));
    found.extend(levels_in_vain(plan));
    found.extend(changes_in_vain(plan, today));
    found
}

/// Changes that lie ahead of airings that are not there: a date or a time was mistyped.
fn changes_in_vain(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let in_vain = plan.changes.iter().enumerate().filter(|(_, change)| change.date >= today && !does_something(plan, change));
    in_vain
        .map(|(number, change)| {
            let (message, help) =
                words::change_in_vain(change.broadcast.as_str(), change.date, change.time, plan.station.language);
            Diagnostic::new(Code::ChangeInVain, plan.places.of("change", &number.to_string(), "date"), message, Some(help))
        })
        .collect()
}

fn does_something(plan: &Plan, change: &Change) -> bool {
    let changed = |due: &DueBroadcast| matches!(due.one_date, Some(OneDate::Changed { change: made, .. }) if made == change);
    due::on(plan, &[], change.date).iter().any(changed)
}

/// Items that are past their last day while a programme that is broadcast still names them.
fn expired(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let lang = plan.station.language;
    let series = plan.broadcasts.iter().filter(|broadcast| !broadcast.is_past(today)).map(|broadcast| &broadcast.programme);
    let ahead = plan.changes.iter().filter(|change| change.date >= today).filter_map(|change| match &change.to {
        ChangedTo::Other { programme, .. } => programme.as_ref(),
        ChangedTo::Skipped => None,
    });
    let broadcast: BTreeSet<&ProgrammeId> = series.chain(ahead).collect();
    let mut used: BTreeMap<&ItemId, &Programme> = BTreeMap::new();
    for programme in plan.programmes.iter().filter(|programme| broadcast.contains(&programme.id)) {
        for element in &programme.elements {
            if let ProgrammeElement::Item { item, .. } = element {
                used.entry(item).or_insert(programme);
            }
        }
    }
    let past = |item: &&Item| item.valid.until.is_some_and(|until| until < today);
    let warn = |item: &Item| {
        let programme = used.get(&item.id)?;
        let until = item.valid.until?;
        let (message, help) = words::expired(&item.title, until, &programme.name, lang);
        let place = plan.places.of("item", item.id.as_str(), "valid");
        Some(Diagnostic::new(Code::Expired, place, message, Some(help)))
    };
    plan.items.iter().filter(past).filter_map(warn).collect()
}

/// Contacts that some item names and that nobody has called for a year.
fn old_contacts(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let lang = plan.station.language;
    let year_ago = today.checked_sub(jiff::Span::new().years(1)).unwrap_or(Date::MIN);
    let old = plan.contacts.iter().filter_map(|contact| Some((contact, contact.verified.filter(|day| *day < year_ago)?)));
    old.map(|(contact, verified)| {
        let (message, help) = words::old_contact(&contact.name, &contact.number, verified, lang);
        let place = plan.places.of("contact", contact.id.as_str(), "verified");
        Diagnostic::new(Code::OldContact, place, message, Some(help))
    })
    .collect()
}

/// A village hears a broadcast twice when two of its outputs reach it.
fn zones_twice(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    plan.broadcasts
        .iter()
        .filter(|broadcast| !broadcast.is_past(today))
        .filter_map(|broadcast| zone_twice(plan, broadcast))
        .collect()
}

fn zone_twice(plan: &Plan, broadcast: &Broadcast) -> Option<Diagnostic> {
    let mut reached: BTreeMap<&ZoneId, &OutputId> = BTreeMap::new();
    for output in plan.outputs.iter().filter(|output| broadcast.outputs.contains(&output.id)) {
        for zone in &output.zones {
            let Some(first) = reached.insert(zone, &output.id) else { continue };
            let name =
                plan.zones.iter().find(|village| village.id == *zone).map_or(zone.as_str(), |village| village.name.as_str());
            let (message, help) =
                words::zone_twice(broadcast.id.as_str(), name, first.as_str(), output.id.as_str(), plan.station.language);
            let place = plan.places.of("broadcast", broadcast.id.as_str(), "outputs");
            return Some(Diagnostic::new(Code::ZoneTwice, place, message, Some(help)));
        }
    }
    None
}

/// Levels for hours in which nothing may sound: the session was moved, or one of the two was mistyped.
fn levels_in_vain(plan: &Plan) -> Vec<Diagnostic> {
    let place = plan.places.of("hours", "", "levels");
    let others = || {
        let outputs = plan.outputs.iter().filter_map(|output| output.hours.as_ref());
        outputs.chain(plan.campaigns.iter().filter_map(|campaign| campaign.hours.as_ref()))
    };
    let open_in = |stretch: &Stretch| plan.hours.open_in(stretch) || others().any(|hours| hours.open_in(stretch));
    let in_vain = plan.hours.levels.iter().filter(|level| !open_in(&level.stretch));
    in_vain
        .map(|level| {
            let (message, help) = words::level_in_vain(&level.stretch.to_string(), plan.station.language);
            Diagnostic::new(Code::OutsideHours, place, message, Some(help))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;

    use super::*;
    use crate::plan::fault::Severity;
    use crate::plan::read::parse;
    use crate::plan::source::SourceFile;

    const PLAN: &str = r#"
[station]
name = "Cẩm Tân"
code = "cam-tan"
timezone = "Asia/Ho_Chi_Minh"
audio = "audio"
[hours]
daily = ["05:30-06:30"]
[[output]]
id = "north"
device = "default"
zones = ["thon-1", "thon-2"]
[[output]]
id = "south"
device = "null"
zones = ["thon-2"]
[[zone]]
id = "thon-1"
name = "Thôn 1"
[[zone]]
id = "thon-2"
name = "Thôn 2"
[[topic]]
id = "law"
name = "Pháp luật"
[[item]]
id = "old"
file = "old.ogg"
title = "Tin cũ"
topic = "law"
valid = { until = 2026-11-20 }
[[item]]
id = "old-unused"
file = "old-unused.ogg"
title = "Tin cũ không dùng"
topic = "law"
valid = { until = 2026-11-20 }
[[contact]]
id = "child-111"
name = "Tổng đài 111"
number = "111"
verified = 2025-11-20
[[programme]]
id = "morning"
name = "Bản tin sáng"
elements = ["old"]
[[broadcast]]
id = "both"
programme = "morning"
at = "05:30"
[[broadcast]]
id = "one"
programme = "morning"
at = "05:40"
outputs = ["north"]
"#;

    fn found(day: Date) -> Vec<(Code, String)> {
        found_in(PLAN, day)
    }

    fn found_in(text: &str, day: Date) -> Vec<(Code, String)> {
        let reading = parse(vec![SourceFile { path: "plan.toml".into(), text: text.into() }], Path::new(""), None);
        let plan = reading.plan.unwrap_or_else(|| panic!("{:#?}", reading.problems));
        let found = today(&plan, day);
        assert!(found.iter().all(|problem| problem.severity == Severity::Warning && problem.help.is_some()));
        let quoted = |problem: &Diagnostic| plan.sources[0].text[problem.place.unwrap().range()].to_owned();
        found.iter().map(|problem| (problem.code, quoted(problem))).collect()
    }

    #[test]
    fn a_level_for_hours_outside_the_session_hours_is_told() {
        let levels =
            |levels: &str| PLAN.replace("daily = [\"05:30-06:30\"]", &format!("daily = [\"05:30-06:30\"]\nlevels = {levels}"));
        let told = |text: &str| found_in(&levels(text), date(2026, 11, 20)).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        assert_eq!(told("[{ hours = \"05:00-05:45\", lufs = -22 }]"), [Code::ZoneTwice]);
        assert_eq!(
            told("[{ hours = \"05:00-05:30\", lufs = -22 }, { hours = \"17:00-18:00\", lufs = -20 }]"),
            [Code::ZoneTwice, Code::OutsideHours, Code::OutsideHours]
        );
    }

    #[test]
    fn a_change_of_an_airing_that_is_not_there_is_told_until_its_date_has_passed() {
        let change = |keys: &str| format!("{PLAN}[[change]]\nbroadcast = \"one\"\ndate = 2026-11-20\nskip = true\n{keys}");
        let told = |keys: &str, day| {
            let found = found_in(&change(keys), day).into_iter().filter(|(code, _)| *code == Code::ChangeInVain);
            found.map(|(_, text)| text).collect::<Vec<_>>()
        };
        assert_eq!(told("", date(2026, 11, 20)), [] as [&str; 0]);
        assert_eq!(told("time = \"05:40\"", date(2026, 11, 20)), [] as [&str; 0]);
        assert_eq!(told("time = \"05:41\"", date(2026, 11, 20)), ["2026-11-20"]);
        assert_eq!(told("time = \"05:41\"", date(2026, 11, 21)), [] as [&str; 0], "past");
    }

    #[test]
    fn an_item_expires_after_its_last_day_and_only_where_it_is_used() {
        let twice = (Code::ZoneTwice, "\"both\"".to_owned());
        assert_eq!(found(date(2026, 11, 20)), vec![twice.clone()]);
        let expired = (Code::Expired, "{ until = 2026-11-20 }".to_owned());
        let old = (Code::OldContact, "2025-11-20".to_owned());
        assert_eq!(found(date(2026, 11, 21)), vec![expired, old, twice]);
    }
}
