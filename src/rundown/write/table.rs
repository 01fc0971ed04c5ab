//! The rundown as the operator reads it: day by day, slot by slot, element by element.

use jiff::SignedDuration;
use unicode_width::UnicodeWidthStr;

use crate::lang::Language;
use crate::lang::rundown as words;
use crate::library::TARGET_LUFS;
use crate::plan::ChangedTo;
use crate::rundown::due::OneDate;
use crate::rundown::write::{ElementLine, RundownSheet, SlotEntry};
use crate::terms::Wall;

/// Where columns would be wider than this, they are not held in line any more.
const WIDEST: usize = 64;

pub fn write(sheet: &RundownSheet, lang: Language) -> String {
    let entries: Vec<SlotEntry> = sheet.entries().collect();
    let widths = Widths::of(sheet, lang, &entries);
    let mut text = format!("{}\n", words::title(lang, &sheet.plan.station.name));
    let mut day = None;
    for entry in &entries {
        let today = sheet.plan.station.timezone.civil(entry.planned.slot.planned_at).date();
        if day != Some(today) {
            text += &format!("\n{}\n", words::day(lang, today));
            day = Some(today);
        }
        text += "\n";
        slot(&mut text, sheet, lang, entry);
        for line in &entry.lines {
            element(&mut text, sheet, lang, entry, line, &widths);
        }
        for dropped in &entry.planned.dropped {
            text += &format!("       - {}\n", words::dropped(lang, &dropped.title, dropped.reason));
        }
    }
    text += "\n";
    foot(&mut text, lang, &entries);
    text
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
    let series = sheet.plan.broadcast(&slot.broadcast).and_then(|broadcast| sheet.plan.programme(&broadcast.programme));
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

fn element(text: &mut String, sheet: &RundownSheet, lang: Language, entry: &SlotEntry, line: &ElementLine, widths: &Widths) {
    let (title, topic) = columns(sheet, lang, line);
    let mark = if entry.planned.forecast && line.element.picked && line.reason.is_none() { '~' } else { ' ' };
    let (at, note) = match line.reason {
        None => (format!("+{}", count(line.offset)), count(line.length)),
        Some(reason) => ("-".into(), words::silent(lang, reason)),
    };
    let row = format!("  {at:>7} {mark}{}  {}  {note:>5}", padded(&title, widths.title), padded(&topic, widths.topic));
    *text += row.trim_end();
    *text += "\n";
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
        name.map_or(id.as_str(), |name| lang.pick(&name.vi, name.en.as_ref().unwrap_or(&name.vi))).to_owned()
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

struct Widths {
    title: usize,
    topic: usize,
}

impl Widths {
    fn of(sheet: &RundownSheet, lang: Language, entries: &[SlotEntry]) -> Widths {
        let mut widths = Widths { title: 0, topic: 0 };
        for line in entries.iter().flat_map(|entry| &entry.lines) {
            let (title, topic) = columns(sheet, lang, line);
            widths.title = widths.title.max(title.width()).min(WIDEST);
            widths.topic = widths.topic.max(topic.width()).min(WIDEST);
        }
        widths
    }
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
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
