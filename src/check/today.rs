//! What the plan alone shows on a day: items past their validity, old phone numbers, villages that a broadcast reaches twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::lang::check as words;
use crate::plan::diagnostic::{Code, Diagnostic};
use crate::plan::{Broadcast, Element, Item, Plan, Programme};
use crate::terms::*;

/// The warnings of the plan on the civil day `today` of the station.
pub fn today(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let mut found = expired(plan, today);
    found.extend(old_contacts(plan, today));
    found.extend(zones_twice(plan));
    found
}

/// Items that are past their last day while a programme that is broadcast still names them.
fn expired(plan: &Plan, today: Date) -> Vec<Diagnostic> {
    let lang = plan.station.language;
    let broadcast: BTreeSet<&ProgrammeId> = plan.broadcasts.iter().map(|broadcast| &broadcast.programme).collect();
    let mut used: BTreeMap<&ItemId, &Programme> = BTreeMap::new();
    for programme in plan.programmes.iter().filter(|programme| broadcast.contains(&programme.id)) {
        for element in &programme.elements {
            if let Element::Item { item, .. } = element {
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
        Some(Diagnostic::warning(Code::Expired, place, message, Some(help)))
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
        Diagnostic::warning(Code::OldContact, place, message, Some(help))
    })
    .collect()
}

/// A village hears a broadcast twice when two of its outputs reach it.
fn zones_twice(plan: &Plan) -> Vec<Diagnostic> {
    plan.broadcasts.iter().filter_map(|broadcast| zone_twice(plan, broadcast)).collect()
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
            return Some(Diagnostic::warning(Code::ZoneTwice, place, message, Some(help)));
        }
    }
    None
}
