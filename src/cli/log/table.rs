//! The log as people read it: day by day, a slot's takes and then how the slot ended.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use crate::asrun::row::Row;
use crate::asrun::store::{Query, Reader};
use crate::calendar::timezone::Timezone;
use crate::cli::log::keep::{Keep, LogCounts};
use crate::cli::log::row_text::row_text;
use crate::cli::report::source::each_kept_plan;
use crate::cli::screen;
use crate::lang::table::{self, ScreenWidth, Set};
use crate::lang::{Language, log as words};
use crate::terms::*;

pub(super) fn write(reader: &Reader, query: &Query, keep: &Keep, lang: Language, out: &mut impl Write) -> anyhow::Result<()> {
    let zone = Timezone::named(reader.zone()?.iana_name().unwrap_or("UTC")).unwrap_or_else(Timezone::utc);
    let (programmes, screen) = (programmes(reader)?, screen());
    writeln!(out, "{}", words::title(lang))?;
    if let Some(text) = words::not_live(lang, reader.origin()) {
        writeln!(out, "{text}")?;
    }
    let mut day = LogDay::default();
    let mut any = false;
    let mut answer = LogCounts::default();
    reader.each(query, |stored| -> anyhow::Result<bool> {
        if !keep.takes(&stored) {
            return Ok(true);
        }
        any = true;
        answer.note(stored.text);
        let Ok(row) = Row::parse(stored.text) else {
            day.lines.push(LogTableLine::unreadable(stored.seq, stored.text));
            return Ok(true);
        };
        let today = row.planned_at.or(row.started_at).map(|at| zone.civil(at).date());
        if today.is_some() && day.date != today {
            out.write_all(std::mem::replace(&mut day, LogDay { date: today, lines: Vec::new() }).text(lang, screen).as_bytes())?;
        }
        day.take(&row, &zone, &programmes, lang);
        Ok(true)
    })?;
    out.write_all(day.text(lang, screen).as_bytes())?;
    let last = if any { answer.line(lang) } else { words::empty(lang).to_owned() };
    write!(out, "\n{}", table::page(&format!("{last}\n"), screen))?;
    Ok(())
}

/// The rows of one day, which are set when all of them are known.
#[derive(Default)]
struct LogDay {
    date: Option<Date>,
    lines: Vec<LogTableLine>,
}

/// One line of the table.
struct LogTableLine {
    planned: String,
    started: String,
    output: String,
    what: String,
    run: String,
    airtime: String,
    outcome: String,
    /// Of a take: its slot.
    slot: Option<Slot>,
    /// Elements of one slot that did not sound, and all for the same reason, are one line.
    silent: Option<Outcome>,
    elements: usize,
    /// Something of its slot stands above.
    goes_on: bool,
}

impl LogTableLine {
    fn of(row: &Row, zone: &Timezone, programmes: &HashMap<String, String>, lang: Language) -> LogTableLine {
        let clock = |at: Option<Wall>| at.map(|at| time(zone.civil(at))).unwrap_or_default();
        let silent = row.airtime_ms.is_none_or(|ms| ms == 0) && matches!(row.status, Some(Status::Missed | Status::Skipped));
        let slot = row.slot().filter(|_| row.kind() == Kind::Air);
        let entered = row.started_at.zip(row.ended_at).filter(|_| row.kind() == Kind::Hand);
        let entered = entered.and_then(|(from, to)| i64::try_from((to - from).as_millis()).ok());
        LogTableLine {
            planned: clock(row.planned_at),
            started: clock(row.started_at),
            output: row.output.as_ref().map(ToString::to_string).unwrap_or_default(),
            what: what(row, programmes, lang),
            run: row.first_run.map(|first| words::first_run(lang, first)).unwrap_or_default().to_owned(),
            airtime: row.airtime_ms.filter(|_| row.kind() != Kind::End).or(entered).map(length).unwrap_or_default(),
            outcome: outcome(row, zone, lang),
            silent: row.status.filter(|_| silent && slot.is_some()).map(|status| Outcome { status, reason: row.reason }),
            slot,
            elements: 1,
            goes_on: false,
        }
    }

    /// A row that somebody changed: `verify` says what is wrong with it.
    fn unreadable(seq: u64, text: &str) -> LogTableLine {
        LogTableLine {
            planned: seq.to_string(),
            started: "??".to_owned(),
            output: String::new(),
            what: text.replace(|c: char| c.is_control(), " "),
            run: String::new(),
            airtime: String::new(),
            outcome: String::new(),
            slot: None,
            silent: None,
            elements: 1,
            goes_on: false,
        }
    }

    fn cells(self, with_output: bool, lang: Language) -> Vec<String> {
        let what = if self.elements > 1 { words::elements(lang, self.elements, self.goes_on) } else { self.what };
        let output = with_output.then_some(self.output);
        let first = [self.planned, self.started].into_iter().chain(output);
        first.chain([what, self.run, self.airtime, self.outcome]).collect()
    }
}

impl LogDay {
    fn take(&mut self, row: &Row, zone: &Timezone, programmes: &HashMap<String, String>, lang: Language) {
        let mut line = LogTableLine::of(row, zone, programmes, lang);
        if let Some(last) = self.lines.last_mut().filter(|last| last.slot.is_some() && last.slot == line.slot) {
            if line.silent.is_some() && last.silent == line.silent {
                last.elements += 1;
                return;
            }
            line.goes_on = true;
        }
        self.lines.push(line);
    }

    /// The day's head, and its table. An output that is the only one stands in the head.
    fn text(self, lang: Language, screen: ScreenWidth) -> String {
        if self.lines.is_empty() {
            return String::new();
        }
        let outputs: BTreeSet<&str> =
            self.lines.iter().map(|line| line.output.as_str()).filter(|output| !output.is_empty()).collect();
        let only =
            if let [only] = outputs.iter().collect::<Vec<_>>().as_slice() { words::on_output(lang, only) } else { String::new() };
        let several = outputs.len() > 1;
        let day = self.date.map(|date| words::day(lang, date)).unwrap_or_default();
        let names = words::columns(lang);
        let head = [names.planned, names.started].into_iter().chain(several.then_some(names.output));
        let head = head.chain([names.what, names.run, names.airtime, names.outcome]).map(str::to_owned).collect();
        let sets = [Set::Left, Set::Left].into_iter().chain(several.then_some(Set::Left));
        let sets: Vec<Set> = sets.chain([Set::Wrapped, Set::Left, Set::Right, Set::Wrapped]).collect();
        let rows: Vec<Vec<String>> =
            std::iter::once(head).chain(self.lines.into_iter().map(|line| line.cells(several, lang))).collect();
        format!("\n{day}{only}\n{}", table::table(&sets, &rows, screen))
    }
}

/// Names of programmes by their ids; the newest plan's word counts.
fn programmes(reader: &Reader) -> anyhow::Result<HashMap<String, String>> {
    let mut known = HashMap::new();
    each_kept_plan(reader, |plan| {
        for programme in plan.programmes {
            known.entry(programme.id.to_string()).or_insert(programme.name);
        }
    })?;
    Ok(known)
}

fn what(row: &Row, programmes: &HashMap<String, String>, lang: Language) -> String {
    let broadcast = row.broadcast.as_ref().map(ToString::to_string);
    let programme = row.programme.as_ref().and_then(|programme| programmes.get(programme.as_str())).cloned();
    match row.kind() {
        Kind::Air => row.title.clone().unwrap_or_else(|| words::nothing_to_pick(lang).to_owned()),
        Kind::End => format!("= {}", programme.or(broadcast).unwrap_or_default()),
        Kind::Start | Kind::Stop | Kind::Plan | Kind::Clock | Kind::Order | Kind::Fault | Kind::Hand | Kind::Gap | Kind::Void => {
            let by = row.actor.as_ref().map(|actor| format!(" ({actor})")).unwrap_or_default();
            let called =
                row.title.as_deref().filter(|_| row.kind() == Kind::Hand).unwrap_or_else(|| words::kind(lang, row.kind()));
            format!("* {called}{by}")
        }
    }
}

fn outcome(row: &Row, zone: &Timezone, lang: Language) -> String {
    let Some(status) = row.status else {
        return row_text(row, |at| time(zone.civil(at)), lang).unwrap_or_else(|| row.detail());
    };
    let why = row.reason.map(|reason| format!(": {}", words::reason(lang, reason))).unwrap_or_default();
    format!("{}{why}", words::status(lang, status))
}

fn time(at: DateTime) -> String {
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

/// `0:45`, `12:30`, `1:05:00`; rounded to the second.
fn length(ms: i64) -> String {
    let seconds = SignedDuration::from_millis(ms.saturating_add(500)).as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::asrun::element::SlotFacts;

    #[test]
    fn lengths_are_minutes_and_seconds() {
        for (ms, expected) in [(0, "0:00"), (44_600, "0:45"), (750_000, "12:30"), (3_900_000, "1:05:00")] {
            assert_eq!(length(ms), expected);
        }
    }

    fn air(element: u32, airtime_ms: i64, outcome: Outcome) -> Row {
        let slot = Slot { planned_at: Wall(0), broadcast: "sang".into(), output: "amplifier".into() };
        let facts = SlotFacts {
            station: "x".into(),
            zones: vec![],
            campaign: None,
            programme: None,
            priority: Priority::Ordinary,
            plan_hash: "p".into(),
        };
        let row = Row::of_slot(Kind::Air, &slot, &facts, Origin::Live).with_outcome(outcome);
        Row { element: Some(element), airtime_ms: Some(airtime_ms), title: Some(format!("Bài {element}")), ..row }
    }

    /// What a stop left of a programme is one line and not thirteen.
    #[test]
    fn what_did_not_sound_for_one_reason_is_said_once() {
        let skipped = Outcome { status: Status::Skipped, reason: Some(Reason::Operator) };
        let partial = Outcome { status: Status::Partial, reason: Some(Reason::Operator) };
        let mut day = LogDay::default();
        let rows =
            [air(1, 12_000, Outcome::AIRED), air(2, 4_000, partial)].into_iter().chain((3..=15).map(|at| air(at, 0, skipped)));
        rows.for_each(|row| day.take(&row, &Timezone::utc(), &HashMap::new(), Language::Vi));
        let text = day.text(Language::Vi, Some(80));
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("bài") || line.contains("Bài")).collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[2].contains("13 bài còn lại") && lines[2].contains("bỏ phát: người vận hành dừng"), "{text}");
        assert!(text.contains("đường ra loa: amplifier") && text.lines().all(|line| line.width() <= 80), "{text}");
    }
}
