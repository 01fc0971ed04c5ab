//! The rundown as an iCalendar file (RFC 5545): one event a slot, cancelled where it is left out.
//!
//! Times are UTC, so that no time zone has to be described; seconds are rounded down at the start and up at the end.

use jiff::Timestamp;

use crate::lang::Language;
use crate::lang::rundown as words;
use crate::rundown::write::{RundownSheet, SlotEntry, table};
use crate::terms::*;

/// The calendar. `now` is when it was made.
pub fn write(sheet: &RundownSheet, lang: Language, now: Wall) -> String {
    let mut calendar = Calendar::default();
    calendar.line("BEGIN", "VCALENDAR");
    calendar.line("VERSION", "2.0");
    calendar.line("PRODID", "-//Loaxa//Rundown//VI");
    calendar.line("CALSCALE", "GREGORIAN");
    calendar.line("X-WR-CALNAME", &escaped(&words::title(lang, &sheet.plan.station.name)));
    let mut events = 0;
    for entry in sheet.entries() {
        event(&mut calendar, sheet, &entry, lang, now);
        events += 1;
    }
    if events == 0 {
        // A calendar has at least one component.
        for (name, value) in EMPTY {
            calendar.line(name, value);
        }
    }
    calendar.line("END", "VCALENDAR");
    calendar.text
}

const EMPTY: [(&str, &str); 8] = [
    ("BEGIN", "VTIMEZONE"),
    ("TZID", "UTC"),
    ("BEGIN", "STANDARD"),
    ("DTSTART", "19700101T000000"),
    ("TZOFFSETFROM", "+0000"),
    ("TZOFFSETTO", "+0000"),
    ("END", "STANDARD"),
    ("END", "VTIMEZONE"),
];

fn event(calendar: &mut Calendar, sheet: &RundownSheet, entry: &SlotEntry, lang: Language, now: Wall) {
    let slot = &entry.planned.slot;
    let name = match sheet.programme(entry.planned) {
        "" => slot.broadcast.as_str(),
        name => name,
    };
    calendar.line("BEGIN", "VEVENT");
    let uid = format!("{}-{}-{}@{}.loaxa", slot.planned_at.0, slot.broadcast, slot.output, sheet.rundown.station);
    calendar.line("UID", &escaped(&uid));
    calendar.line("DTSTAMP", &utc(now));
    let begins = slot.planned_at + entry.begins();
    calendar.line("DTSTART", &utc(begins));
    let ends = slot.planned_at + entry.ends();
    // An event without an end takes no time; one whose end is its start is not allowed.
    if utc(ends) > utc(begins) || ends > begins {
        calendar.line("DTEND", &utc(Wall(ends.0.saturating_add(999_999_999))));
    }
    match entry.left_out {
        None => {
            calendar.line("SUMMARY", &escaped(name));
            calendar.line("STATUS", if entry.planned.forecast { "TENTATIVE" } else { "CONFIRMED" });
        }
        Some((status, reason)) => {
            calendar.line("SUMMARY", &escaped(&format!("{name} ({})", words::left_out(lang, status, reason))));
            calendar.line("STATUS", "CANCELLED");
        }
    }
    let described = described(sheet, entry, lang);
    if !described.is_empty() {
        calendar.line("DESCRIPTION", &escaped(&described.join("\n")));
    }
    let zones = entry
        .planned
        .facts
        .zones
        .iter()
        .map(|id| sheet.plan.zones.iter().find(|zone| zone.id == *id).map_or(id.as_str(), |zone| zone.name.as_str()));
    let places: Vec<&str> = zones.collect();
    calendar.line("LOCATION", &escaped(&format!("{} ({})", slot.output, places.join(", "))));
    calendar.line("TRANSP", "TRANSPARENT");
    calendar.line("END", "VEVENT");
}

fn described(sheet: &RundownSheet, entry: &SlotEntry, lang: Language) -> Vec<String> {
    let lines = entry.lines.iter().map(|line| {
        let title = line.element.facts.as_ref().map_or(words::empty_pool(lang), |facts| facts.title.as_str());
        match line.reason {
            None => {
                let at = sheet.plan.station.timezone.civil(entry.planned.slot.planned_at + line.offset);
                format!("{} {title}", at.strftime("%H:%M:%S"))
            }
            Some(reason) => format!("- {title} ({})", words::silent(lang, reason)),
        }
    });
    let dropped = entry.planned.dropped.iter().map(|d| format!("- {}", words::dropped(lang, &d.title, d.reason, d.limit)));
    table::one_date(sheet, lang, entry).into_iter().chain(lines).chain(dropped).collect()
}

fn utc(at: Wall) -> String {
    let at = Timestamp::from_second(at.0.div_euclid(1_000_000_000)).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A TEXT value (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            // Other control characters are not allowed in a value at all.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[derive(Default)]
struct Calendar {
    text: String,
}

impl Calendar {
    /// A content line, folded so that no line is longer than 75 octets (section 3.1); characters stay whole.
    fn line(&mut self, name: &str, value: &str) {
        let mut width = 0;
        for c in name.chars().chain([':']).chain(value.chars()) {
            if width + c.len_utf8() > 75 {
                self.text.push_str("\r\n ");
                width = 1;
            }
            self.text.push(c);
            width += c.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}
