//! The rundown as the operator reads it: day by day, slot by slot, element by element.

use jiff::SignedDuration;

use crate::lang::Language;
use crate::lang::rundown as words;
use crate::lang::table::{self, ScreenWidth, Set, TableLayout};
use crate::library::TARGET_LUFS;
use crate::plan::ChangedTo;
use crate::rundown::due::OneDate;
use crate::rundown::write::{ElementLine, RundownSheet, SlotEntry};
use crate::terms::Wall;

/// How the columns of an element are set: when, what, topic, how long or why not.
const ELEMENT: [Set; 4] = [Set::Right, Set::Wrapped, Set::Wrapped, Set::Wrapped];
/// An element stands under its slot.
const INDENT: usize = 2;

pub fn write(sheet: &RundownSheet, lang: Language, screen: ScreenWidth) -> String {
    let entries: Vec<SlotEntry> = sheet.entries().collect();
    let elements = |entry: &SlotEntry| entry.lines.iter().map(|line| element(sheet, lang, entry, line)).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = entries.iter().flat_map(elements).collect();
    let layout = TableLayout::of(&ELEMENT, &rows, screen.map(|columns| columns.saturating_sub(INDENT)));
    let mut text = format!("{}\n", words::title(lang, &sheet.plan.station.name));
    let mut day = None;
    for entry in &entries {
        let today = sheet.plan.station.timezone.civil(entry.planned.slot.planned_at).date();
        if day != Some(today) {
            let holidays = sheet.plan.holidays_on(today).map(|holiday| format!(" · {}", holiday.name));
            text += &format!("\n{}{}\n", words::both_days(lang, today), holidays.collect::<String>());
            day = Some(today);
        }
        text += "\n";
        let mut head = String::new();
        slot(&mut head, sheet, lang, entry);
        text += &table::page(&head, screen);
        for row in elements(entry) {
            text += &layout.row(&row).lines().map(|line| format!("  {line}\n")).collect::<String>();
        }
        for dropped in &entry.planned.dropped {
            let words = words::dropped(lang, &dropped.title, dropped.reason, dropped.limit);
            text += &table::page(&format!("       - {words}\n"), screen);
        }
    }
    text += "\n";
    let mut last = String::new();
    foot(&mut last, lang, &entries);
    text + &table::page(&last, screen)
}

fn slot(text: &mut String, sheet: &RundownSheet, lang: Language, entry: &SlotEntry) {
    let slot = &entry.planned.slot;
    let at = clock(sheet, entry, SignedDuration::ZERO);
    let name = sheet.programme(entry.planned);
    let note = match entry.left_out {
        Some((status, reason)) => words::left_out(lang, status, reason),
        None => words::length(lang, seconds(entry.length())) + &level(sheet, lang, entry),
    };
    *text += &format!("{at}  {name} [{}] → {} — {note}\n", slot.broadcast, slot.output);
    if let Some(words) = one_date(sheet, lang, entry) {
        *text += &format!("       {words}\n");
    }
    if entry.left_out.is_none() && entry.begins() > SignedDuration::ZERO {
        *text += &format!("       {}\n", words::waits(lang, &clock(sheet, entry, entry.begins())));
    }
}

/// How the slot differs from its series, where a change of its date says so.
pub(super) fn one_date(sheet: &RundownSheet, lang: Language, entry: &SlotEntry) -> Option<String> {
    let slot = &entry.planned.slot;
    let OneDate::Changed { change, from } = sheet.one_date(slot)? else { return Some(words::extra(lang).to_owned()) };
    let ChangedTo::Other { at, programme, outputs } = &change.to else {
        return Some(words::changed(lang, &[words::skipped(lang)]));
    };
    let series = sheet.plan.programme_of(&slot.broadcast);
    let parts = [
        at.map(|_| words::moved(lang, &civil(sheet, from))),
        programme.as_ref().map(|_| words::in_place_of(lang, series.map_or("?", |programme| &programme.name))),
        outputs.as_ref().map(|_| words::other_outputs(lang)),
    ];
    Some(words::changed(lang, &parts.into_iter().flatten().collect::<Vec<_>>()))
}

/// The loudness, where it is not the station's own.
fn level(sheet: &RundownSheet, lang: Language, entry: &SlotEntry) -> String {
    let target = sheet.target_lufs(entry.planned);
    if target == TARGET_LUFS { String::new() } else { format!(", {}", words::level(lang, target)) }
}

/// The cells of one element.
fn element(sheet: &RundownSheet, lang: Language, entry: &SlotEntry, line: &ElementLine) -> Vec<String> {
    let (title, topic) = columns(sheet, lang, line);
    let mark = if entry.planned.forecast && line.element.picked && line.reason.is_none() { '~' } else { ' ' };
    let (at, note) = match line.reason {
        None => (format!("+{}", count(line.offset)), count(line.length)),
        Some(reason) => ("-".into(), words::silent(lang, reason)),
    };
    vec![format!("{at:>7}"), format!("{mark}{title}"), topic, format!("{note:>5}")]
}

/// The civil time, to the second only where there are any.
fn clock(sheet: &RundownSheet, entry: &SlotEntry, offset: SignedDuration) -> String {
    civil(sheet, entry.planned.slot.planned_at + offset)
}

fn civil(sheet: &RundownSheet, at: Wall) -> String {
    let civil = sheet.plan.station.timezone.civil(at);
    let form = if civil.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    civil.strftime(form).to_string()
}

fn columns(sheet: &RundownSheet, lang: Language, line: &ElementLine) -> (String, String) {
    let Some(facts) = &line.element.facts else { return (words::empty_pool(lang).to_owned(), String::new()) };
    let topic = facts.topic.as_ref().map(|id| {
        let name = sheet.plan.topics.iter().find(|topic| topic.id == *id).map(|topic| &topic.name);
        name.map_or(id.as_str(), |name| name.of(lang)).to_owned()
    });
    (facts.title.clone(), topic.unwrap_or_else(|| words::kind(lang, facts.kind).to_owned()))
}

fn foot(text: &mut String, lang: Language, entries: &[SlotEntry]) {
    if entries.is_empty() {
        *text += &format!("{}\n", words::nothing(lang));
        return;
    }
    let airing = entries.iter().filter(|entry| entry.left_out.is_none());
    let length: i64 = airing.clone().map(|entry| seconds(entry.length())).sum();
    let count = airing.count();
    *text += &format!("{}\n", words::sum(lang, count, &words::length(lang, length), entries.len() - count));
    let forecast = |entry: &SlotEntry| entry.planned.forecast && entry.sounding().any(|line| line.element.picked);
    if entries.iter().any(forecast) {
        *text += &format!("{}\n", words::forecast(lang));
    }
}

/// The nearest second.
fn seconds(length: SignedDuration) -> i64 {
    i64::try_from((length.as_millis() + 500).div_euclid(1000)).unwrap_or(i64::MAX)
}

/// `4:05`, `1:04:05`.
fn count(length: SignedDuration) -> String {
    let seconds = seconds(length);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
