//! The log as people read it: day by day, a slot's takes and then how the slot ended.

use std::collections::HashMap;
use std::io::Write;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::asrun::row::Row;
use crate::asrun::store::{Query, Reader};
use crate::calendar::timezone::Timezone;
use crate::cli::log::keep::{Keep, LogCounts};
use crate::cli::log::row_text::row_text;
use crate::cli::report::source::each_kept_plan;
use crate::lang::{Language, log as words};
use crate::terms::*;

/// Columns of text on the screen: times, output, contents.
const TIME: usize = 8;
const OUTPUT: usize = 10;
const WHAT: usize = 46;
const RUN: usize = 5;
const AIRTIME: usize = 7;

pub(super) fn write(reader: &Reader, query: &Query, keep: &Keep, lang: Language, out: &mut impl Write) -> anyhow::Result<()> {
    let zone = Timezone::named(reader.zone()?.iana_name().unwrap_or("UTC")).unwrap_or_else(Timezone::utc);
    let programmes = programmes(reader)?;
    writeln!(out, "{}", words::title(lang))?;
    if let Some(text) = words::not_live(lang, reader.origin()) {
        writeln!(out, "{text}")?;
    }
    let mut day = None;
    let mut any = false;
    let mut answer = LogCounts::default();
    reader.each(query, |stored| -> anyhow::Result<bool> {
        if !keep.takes(&stored) {
            return Ok(true);
        }
        any = true;
        answer.note(stored.text);
        let Ok(row) = Row::parse(stored.text) else {
            writeln!(out, "{:>TIME$}  ?? {}", stored.seq, stored.text.replace(|c: char| c.is_control(), " "))?;
            return Ok(true);
        };
        let today = row.planned_at.or(row.started_at).map(|at| zone.civil(at).date());
        if today.is_some() && day != today {
            day = today;
            head(today.map(|date| words::day(lang, date)).unwrap_or_default().as_str(), lang, out)?;
        }
        writeln!(out, "{}", line(&row, &zone, &programmes, lang).trim_end())?;
        Ok(true)
    })?;
    writeln!(out, "\n{}", if any { answer.line(lang) } else { words::empty(lang).to_owned() })?;
    Ok(())
}

fn head(day: &str, lang: Language, out: &mut impl Write) -> std::io::Result<()> {
    let names = words::columns(lang);
    let cells = [names.planned, names.started, names.output, names.what, names.run, names.airtime];
    writeln!(out, "\n{day}\n{}  {}", in_line(cells.map(str::to_owned)), names.outcome)
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

fn line(row: &Row, zone: &Timezone, programmes: &HashMap<String, String>, lang: Language) -> String {
    let clock = |at: Option<Wall>| at.map(|at| time(zone.civil(at))).unwrap_or_default();
    let output = row.output.as_ref().map(ToString::to_string).unwrap_or_default();
    let run = row.first_run.map(|first| words::first_run(lang, first)).unwrap_or_default();
    let airtime = row.airtime_ms.filter(|_| row.kind() != Kind::End).map(length).unwrap_or_default();
    let cells = [clock(row.planned_at), clock(row.started_at), output, what(row, programmes, lang), run.to_owned(), airtime];
    format!("{}  {}", in_line(cells), outcome(row, zone, lang))
}

fn in_line([planned, started, output, what, run, airtime]: [String; 6]) -> String {
    format!(
        "{}  {}  {}  {}  {}  {}",
        padded(&planned, TIME),
        padded(&started, TIME),
        padded(&output, OUTPUT),
        padded(&cut(&what, WHAT), WHAT),
        padded(&run, RUN),
        before(&airtime, AIRTIME),
    )
}

fn what(row: &Row, programmes: &HashMap<String, String>, lang: Language) -> String {
    let broadcast = row.broadcast.as_ref().map(ToString::to_string);
    let programme = row.programme.as_ref().and_then(|programme| programmes.get(programme.as_str())).cloned();
    match row.kind() {
        Kind::Air => row.title.clone().unwrap_or_else(|| words::nothing_to_pick(lang).to_owned()),
        Kind::End => format!("= {}", programme.or(broadcast).unwrap_or_default()),
        Kind::Start | Kind::Stop | Kind::Plan | Kind::Clock | Kind::Order | Kind::Fault | Kind::Hand | Kind::Gap | Kind::Void => {
            let by = row.actor.as_ref().map(|actor| format!(" ({actor})")).unwrap_or_default();
            format!("* {}{by}", words::kind(lang, row.kind()))
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

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn before(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

/// A text that fits, with an ellipsis where it was cut.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = text.chars().take_while(|c| {
        used += c.width().unwrap_or(0);
        used <= width
    });
    fits.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minutes_and_seconds() {
        for (ms, expected) in [(0, "0:00"), (44_600, "0:45"), (750_000, "12:30"), (3_900_000, "1:05:00")] {
            assert_eq!(length(ms), expected);
        }
    }

    #[test]
    fn a_long_title_is_cut_to_its_width() {
        assert_eq!(cut("Phòng, chống bạo lực", 12), "Phòng, chốn…");
        assert_eq!(cut("Phòng", 12), "Phòng");
    }
}
