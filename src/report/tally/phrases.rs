//! Figures put into the words of [`crate::lang::report`].

use crate::lang::{Language, report as words};
use crate::report::tally::figures::{Apart, Compared, LeftOut, Outcomes, Punctuality, Silence, VillageSum};
use crate::report::tally::fold::Reasons;
use crate::report::tally::names::Served;
use crate::report::tally::table::{Cell, Column, Minutes, ReportTable, Role, TableLine, percent, tenths_of_minutes};
use crate::terms::Status;

/// A cell as it is printed.
pub fn cell(lang: Language, cell: &Cell) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::NoData => words::no_data(lang).to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Recording(hash) => hash.chars().take(16).collect(),
        Cell::Count(count) => words::count(lang, *count),
        Cell::Minutes(Minutes { tenths, .. }) | Cell::Percent(tenths) | Cell::Tenths(tenths) => words::tenths(lang, *tenths),
        Cell::Date(date) => words::date(lang, *date),
        Cell::Moment(at) => words::moment(lang, *at),
        Cell::Length(ms) => words::length(*ms),
        Cell::Seconds(ms) => words::seconds(lang, *ms),
    }
}

/// One sentence in place of a table that has one line, or whose lines are all alike. Where lines that differ add up to others, it is a table.
pub fn told(lang: Language, table: &ReportTable) -> Option<String> {
    let names = |column: Column| matches!(column, Column::Number | Column::Label);
    let figures = |line: &TableLine| -> Vec<(Column, Cell)> {
        let cells = table.columns.iter().copied().zip(line.cells.iter().cloned());
        cells.filter(|(column, _)| !names(*column)).collect()
    };
    let items: Vec<&TableLine> = table.lines.iter().filter(|line| line.role == Role::Item).collect();
    let first = figures(items.first()?);
    let alike = items.len() == table.lines.len() || first.iter().all(|(_, cell)| *cell == Cell::NoData);
    if items.len() > 1 && !(alike && items.iter().all(|line| figures(line) == first)) {
        return None;
    }
    let label = table.columns.iter().position(|column| *column == Column::Label);
    let labels = items.iter().filter_map(|line| label.and_then(|at| line.cells.get(at))).map(|label| cell(lang, label));
    let labels: Vec<String> = labels.collect();
    let head = label.and_then(|at| table.columns.get(at)).map_or("", |of| words::column(lang, table.id.as_str(), of.as_str()));
    let about = all_or_each(lang, &labels, labels.len(), head);
    // Nothing is said by a 0, nor by an empty cell; and what nobody knows is said once.
    let silent = |figure: &Cell| matches!(figure, Cell::Blank | Cell::NoData | Cell::Count(0)) || cell(lang, figure).is_empty();
    let said = first.iter().filter(|(_, figure)| !silent(figure)).map(|(column, figure)| {
        let head = words::column(lang, table.id.as_str(), column.as_str());
        words::told_figure(lang, head, column.as_str(), &cell(lang, figure))
    });
    let mut said: Vec<String> = said.collect();
    if said.is_empty() {
        said.push(words::no_data(lang).to_owned());
    }
    Some(words::told(lang, &about, items.len() > 1, &said.join("; ")))
}

/// Names, one by one; all of many are told by their number.
pub fn all_or_each<T: AsRef<str>>(lang: Language, names: &[T], all: usize, called: &str) -> String {
    const FEW: usize = 3;
    if names.len() == all && all > FEW {
        return words::all_of(lang, &number(lang, all), called);
    }
    names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

pub fn minutes(lang: Language, ms: i64) -> String {
    words::short_tenths(lang, tenths_of_minutes(ms))
}

pub fn number(lang: Language, count: usize) -> String {
    words::count(lang, i64::try_from(count).unwrap_or(i64::MAX))
}

/// `mất điện: 3, thiếu bản thu: 1`
pub fn reasons(lang: Language, reasons: &Reasons) -> String {
    let phrase = |(reason, count): (crate::terms::Reason, usize)| often(lang, words::reason(lang, reason), count);
    reasons.by_count().into_iter().map(phrase).collect::<Vec<_>>().join(", ")
}

/// The same for a cell of a table: the most frequent, and how many others there were.
pub fn main_reasons(lang: Language, reasons: &Reasons) -> String {
    const MOST: usize = 4;
    let all = reasons.by_count();
    let shown = if all.len() <= MOST + 1 { all.len() } else { MOST };
    let (shown, rest) = all.split_at(shown);
    let mut parts: Vec<String> = shown.iter().map(|(reason, count)| often(lang, words::reason(lang, *reason), *count)).collect();
    let others: usize = rest.iter().map(|(_, count)| count).sum();
    parts.extend((others > 0).then(|| often(lang, words::other_reasons(lang), others)));
    parts.join(", ")
}

/// With a colon: `thay bằng chương trình của đợt 1` could be the first campaign's.
fn often(lang: Language, what: &str, count: usize) -> String {
    format!("{what}: {}", number(lang, count))
}

/// How the slots of a session ended: in one word, if all ended alike.
pub fn outcome(lang: Language, outcomes: &Outcomes) -> String {
    let parts = [
        (outcomes.aired, words::status(lang, Status::Aired)),
        (outcomes.partial, words::status(lang, Status::Partial)),
        (outcomes.missed, words::status(lang, Status::Missed)),
        (outcomes.skipped, words::status(lang, Status::Skipped)),
        (outcomes.no_data, words::no_data(lang)),
    ];
    let parts: Vec<(usize, &str)> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
    match parts.as_slice() {
        [(_, what)] => (*what).to_owned(),
        parts => parts.iter().map(|(count, what)| often(lang, what, *count)).collect::<Vec<_>>().join(", "),
    }
}

/// Why a village had days without sound.
pub fn silence(lang: Language, silence: &Silence) -> String {
    let mut parts = vec![reasons(lang, &silence.reasons)];
    for (days, what) in [
        (silence.unplanned, words::unplanned_days(lang)),
        (silence.before_log, words::days_before_log(lang)),
        (silence.after_log, words::days_after_log(lang)),
    ] {
        if days > 0 {
            parts.push(often(lang, what, days));
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

/// The same, and that nobody can hear anything there.
pub fn village(lang: Language, village: &VillageSum) -> String {
    let unserved = words::unserved(lang, village.served == Served::TestOnly);
    let parts = [(village.served != Served::Heard).then(|| unserved.to_owned()), Some(silence(lang, &village.silence))];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// The compared days with their source; `None` when there is nothing to name.
pub fn compared_days(lang: Language, compared: &Compared) -> Option<String> {
    match compared {
        Compared::None | Compared::LeftOut { .. } => None,
        Compared::Log { from, until, same, .. } => {
            let days = words::earlier_days(lang, *from, *until);
            Some(same.map_or_else(|| days.clone(), |same| words::same_days(lang, &days, same.from, same.until)))
        }
        Compared::Baseline { from, until, source, .. } => {
            Some(words::source(lang, &words::earlier_days(lang, *from, *until), source))
        }
    }
}

/// The note below the summary.
pub fn compared_note(lang: Language, compared: &Compared) -> Option<String> {
    let head = words::column(lang, "summary", "compared");
    match compared {
        Compared::None => None,
        Compared::LeftOut { from, until, why } => {
            Some(format!("{head}: {}: {}.", words::earlier_days(lang, *from, *until), left_out(lang, *why)))
        }
        Compared::Log { .. } => {
            compared_days(lang, compared).map(|days| format!("{head}: {}.", words::source(lang, &days, words::from_log(lang))))
        }
        Compared::Baseline { .. } => compared_days(lang, compared).map(|days| format!("{head}: {days}.")),
    }
}

pub fn left_out(lang: Language, why: LeftOut) -> &'static str {
    match why {
        LeftOut::NoData => words::no_data(lang),
        LeftOut::NotWhole => words::not_whole(lang),
    }
}

pub fn apart_notes(lang: Language, apart: &Apart) -> Vec<String> {
    let all = [
        ("signals", apart.signals_ms),
        ("music", apart.music_ms),
        ("notices", apart.notices_ms),
        ("emergencies", apart.emergencies_ms),
        ("live", apart.live_by_hand_ms),
        ("relay", apart.relayed_by_hand_ms),
    ];
    let parts: Vec<String> = all
        .into_iter()
        .filter(|(_, ms)| *ms > 0)
        .map(|(what, ms)| words::apart_part(lang, what, &words::tenths(lang, tenths_of_minutes(ms))))
        .collect();
    let mut notes = Vec::new();
    if !parts.is_empty() {
        notes.push(words::apart(lang, &parts.join("; ")));
    }
    if apart.tests > 0 {
        notes.push(words::tests(lang, &number(lang, apart.tests)));
    }
    notes
}

pub fn punctuality(lang: Language, punctuality: &Punctuality) -> Option<String> {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let share = percent(count(punctuality.on_time), count(punctuality.begun))?;
    let begun = number(lang, punctuality.begun);
    Some(words::punctuality(lang, &words::short_tenths(lang, share), &begun, &words::lag(lang, punctuality.worst_ms)))
}
