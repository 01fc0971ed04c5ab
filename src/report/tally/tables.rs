//! The tables of the annexes, from what was folded.

mod groups;
mod sessions;
mod topics;
mod villages;

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

use super::campaign::{self, CampaignSum, Goal};
use super::figures::{
    Apart, Compared, Figures, LeftOut, Outcomes, Punctuality, SameDays, TopicChange, TopicSums, VillageSum, figures,
};
use super::fold::{Counted, Folded, fold};
use super::fulfilled::{self, is_replaced};
use super::names::Names;
use super::table::*;
use super::{AiredItem, HandEntry, PeriodRole, Scope, Tally, days_between};
use crate::lang::{Language, report as words};
use crate::plan::Baseline;
use crate::report::tally::phrases;
use crate::terms::*;

/// Everything that a report says.
#[derive(Clone, Debug)]
pub struct Sums {
    pub scope: Scope,
    pub figures: Figures,
    pub compared: Compared,
    pub outcomes: Outcomes,
    /// Slots that a person ordered, beside the plan.
    pub ordered: Outcomes,
    pub apart: Apart,
    pub punctuality: Punctuality,
    pub topics: TopicSums,
    /// By how much each topic's airtime changed, on the days that are compared with the log's own: the largest growth first.
    pub changes: Vec<TopicChange>,
    pub villages: Vec<VillageSum>,
    pub campaigns: Vec<CampaignSum>,
    pub by_hand: Vec<HandEntry>,
    /// The first day of the log, when it begins within the period.
    pub log_since: Option<Date>,
    /// Where a log ends before the period does, or before today: whose it is where there are several, and the last instant that it tells of.
    pub log_until: Vec<(Option<String>, DateTime)>,
    /// Some day of the period has a log.
    pub has_log: bool,
    /// Plans that ends name and nobody has kept.
    pub missing_plans: usize,
    pub unreadable: u64,
    /// The logbook's lines: one for each session. No annex.
    pub sessions: ReportTable,
    /// In the order of the annexes; the log itself is not among them.
    pub tables: Vec<ReportTable>,
}

impl Sums {
    pub fn annexes(&self) -> Annexes {
        Annexes::of(&self.tables)
    }

    pub fn table(&self, id: TableId) -> Option<&ReportTable> {
        self.tables.iter().find(|table| table.id == id)
    }

    /// Of which days there is no log.
    pub fn log_ends(&self, lang: Language) -> Vec<String> {
        let mut notes: Vec<String> = self.log_since.map(|day| words::log_since(lang, day)).into_iter().collect();
        for (station, at) in &self.log_until {
            let text = words::log_until(lang, *at);
            notes.push(station.as_ref().map_or_else(|| text.clone(), |station| format!("{station}: {text}")));
        }
        if self.missing_plans > 0 {
            notes.push(words::missing_plans(lang, &phrases::number(lang, self.missing_plans)));
        }
        notes
    }
}

impl Tally {
    /// Folds what was taken in. `baseline` has the figures of the compared days, or of those that were asked for by its id.
    pub fn finish(mut self, names: &Names, baseline: Option<&Baseline>, lang: Language) -> Sums {
        let folded = fold(&mut self);
        let mut names = names.clone();
        self.facts.iter().for_each(|item| names.learn_from_rows(item));
        let names = &names;
        let told = self.all_told();
        let by_hand_rows = std::mem::take(&mut self.by_hand);
        let counted = Counted { tally: &self, folded: &folded, names, lang };
        let (from, until) = (self.scope.from, self.scope.until.min(self.scope.as_of));
        let days = told.and_then(|told| within((from, until), told));
        let mut sums = Sums {
            figures: figures(&counted, PeriodRole::Reported, days),
            compared: compared(&counted, days, told, baseline),
            outcomes: Outcomes::default(),
            ordered: Outcomes::default(),
            apart: apart(&folded, &self.facts, &by_hand_rows),
            punctuality: Punctuality::of(&folded.late_ms(&self)),
            topics: counted.topics(),
            changes: Vec::new(),
            villages: counted.villages(),
            campaigns: campaign::campaigns(&counted),
            by_hand: by_hand_rows,
            log_since: told.map(|(first, _)| first).filter(|first| *first > from && *first <= until),
            log_until: self.log_until(&folded, names, until),
            has_log: days.is_some(),
            missing_plans: fulfilled::missing_plans(&self, &folded, names),
            unreadable: self.unreadable,
            scope: self.scope.clone(),
            sessions: counted.sessions(told),
            tables: Vec::new(),
        };
        sums.changes = changes(&counted, &sums.compared, days);
        let planned = planned(&self, &folded, names, lang, &mut sums);
        sums.tables = vec![summary(&sums, lang), topics::table(&sums, lang), villages::table(&sums.villages, sums.has_log, lang)];
        sums.tables.extend(by_hand(&sums, lang));
        sums.tables.extend(sums.campaigns.iter().map(|campaign| weeks(campaign, lang)));
        let with_targets = sums.campaigns.iter().filter(|campaign| !campaign.targets.is_empty());
        sums.tables.extend(with_targets.map(|campaign| targets(campaign, lang)));
        sums.tables.extend([counted.suppliers(), counted.contacts(), planned, counted.languages()]);
        sums.tables.sort_by_key(|table| table.id);
        sums
    }
}

impl Tally {
    /// Logs that end before the last day that has come, or before slots that were owed.
    fn log_until(&self, folded: &Folded, names: &Names, last: Date) -> Vec<(Option<String>, DateTime)> {
        let mut all = Vec::new();
        for log in self.reach.keys() {
            let Some(at) = self.told_until(*log) else { continue };
            let of_it =
                |place: &super::SlotPlace| self.broadcasts.text(place.broadcast).split(' ').next() == Some(&log.to_string());
            let owed =
                folded.ends.iter().any(|end| end.status.is_none() && self.places.get(end.place as usize).is_some_and(of_it));
            if owed || self.day(at.0) < last {
                all.push((names.stations.get(*log as usize).cloned(), self.scope.zone.civil(at)));
            }
        }
        all
    }
}

/// The days that both spans have.
fn within(a: (Date, Date), b: (Date, Date)) -> Option<(Date, Date)> {
    let both = (a.0.max(b.0), a.1.min(b.1));
    (both.0 <= both.1).then_some(both)
}

/// `days` of the period have a log, `told` is all that the logs tell of. Days are compared that both periods have, or nothing is.
fn compared(
    counted: &Counted<'_>,
    days: Option<(Date, Date)>,
    told: Option<(Date, Date)>,
    baseline: Option<&Baseline>,
) -> Compared {
    let scope = &counted.tally.scope;
    let period = (scope.from, scope.until);
    let (from, until) = match (scope.compared, baseline) {
        (Some(compared), _) => compared,
        (None, Some(baseline)) => (baseline.from, baseline.until),
        (None, None) => return Compared::None,
    };
    let known = scope.compared.and_then(|compared| told.and_then(|told| within(compared, told)));
    let whole = days == Some(period);
    // Figures entered by hand for all of those days are better than a log of a part of them.
    if let Some(baseline) = baseline.filter(|_| known != Some((from, until))) {
        if !whole {
            return Compared::LeftOut { from, until, why: LeftOut::NotWhole };
        }
        return Compared::Baseline { from, until, source: baseline.source.clone(), figures: of_baseline(baseline) };
    }
    let left_out = Compared::LeftOut { from, until, why: LeftOut::NoData };
    let (Some(days), Some(known)) = (days, known) else { return left_out };
    if whole && known == (from, until) {
        return Compared::Log { from, until, figures: figures(counted, PeriodRole::Compared, Some(known)), same: None };
    }
    let since = |day: Date, first: Date| days_between(first, day) - 1;
    let first = since(days.0, period.0).max(since(known.0, from));
    let last = since(days.1, period.0).min(since(known.1, from));
    let day = |of: Date, number: i64| of.checked_add(jiff::Span::new().days(number)).unwrap_or(of);
    if first > last {
        return left_out;
    }
    let (of, like) = ((day(period.0, first), day(period.0, last)), (day(from, first), day(from, last)));
    let same = SameDays { from: of.0, until: of.1, figures: figures(counted, PeriodRole::Reported, Some(of)) };
    Compared::Log {
        from: like.0,
        until: like.1,
        figures: figures(counted, PeriodRole::Compared, Some(like)),
        same: (days != of).then_some(same),
    }
}

/// Airtime by topic on the days of both periods that are compared; nothing is known by topic of figures that a person entered.
fn changes(counted: &Counted<'_>, compared: &Compared, days: Option<(Date, Date)>) -> Vec<TopicChange> {
    let Compared::Log { from, until, same, .. } = compared else { return Vec::new() };
    let Some(now) = same.map(|same| (same.from, same.until)).or(days) else { return Vec::new() };
    let mut by_topic: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for (role, (first, last)) in [(PeriodRole::Reported, now), (PeriodRole::Compared, (*from, *until))] {
        let announcements = counted.folded.announcements(&counted.tally.facts, role);
        for (airing, facts) in announcements.filter(|(airing, _)| first <= airing.day && airing.day <= last) {
            let (reported, before) = by_topic.entry(&facts.topic).or_default();
            *(if role == PeriodRole::Reported { reported } else { before }) += airing.airtime_ms;
        }
    }
    let change = |(id, (airtime_ms, before_ms)): (&str, (i64, i64))| {
        let name = counted.names.topic_name(id, counted.lang);
        TopicChange { id: id.to_owned(), name, airtime_ms, before_ms }
    };
    let mut changes: Vec<TopicChange> = by_topic.into_iter().map(change).collect();
    changes.sort_by_key(|change| (std::cmp::Reverse(change.grown_ms()), change.id.clone()));
    changes
}

fn of_baseline(baseline: &Baseline) -> Figures {
    Figures {
        airings: baseline.airings.map(i64::from),
        airtime_ms: baseline.airtime.map(|airtime| i64::try_from(airtime.as_millis()).unwrap_or(i64::MAX)),
        items: baseline.items.map(i64::from),
        days: days_between(baseline.from, baseline.until),
        ..Figures::default()
    }
}

fn apart(folded: &Folded, facts: &[AiredItem], by_hand: &[HandEntry]) -> Apart {
    let sum = |kind| {
        let items = folded.items(facts).filter(|(_, facts)| facts.kind == kind);
        items.map(|(sum, _)| sum.airtime_ms).sum::<i64>()
    };
    let hand = |what: Manual| by_hand.iter().filter(|hand| hand.what == what).map(|hand| hand.airtime_ms).sum();
    Apart {
        notices_ms: sum(ItemKind::Notice),
        music_ms: sum(ItemKind::Music),
        signals_ms: sum(ItemKind::Signal) + sum(ItemKind::Ident),
        emergencies_ms: sum(ItemKind::Emergency),
        live_by_hand_ms: hand(Manual::Live),
        relayed_by_hand_ms: hand(Manual::Relay),
        tests: folded.tests,
    }
}

fn line(role: Role, key: Option<&str>, cells: Vec<Cell>) -> TableLine {
    TableLine { role, key: key.map(str::to_owned), cells }
}

fn numbered(at: usize, key: &str, mut cells: Vec<Cell>) -> TableLine {
    cells.insert(0, Cell::count(at + 1));
    line(Role::Item, Some(key), cells)
}

/// How a figure is printed.
#[derive(Clone, Copy)]
enum Print {
    Minutes,
    Count,
    Tenths,
}

impl Print {
    fn cell(self, value: i64) -> Cell {
        match self {
            Print::Minutes => Cell::minutes(value),
            Print::Count => Cell::Count(value),
            Print::Tenths => Cell::Tenths(value),
        }
    }

    /// As printed, so that the reader's own subtraction comes out.
    fn change(self, now: i64, before: i64) -> Cell {
        match self {
            Print::Minutes => {
                Cell::Minutes(Minutes { ms: now - before, tenths: tenths_of_minutes(now) - tenths_of_minutes(before) })
            }
            Print::Count | Print::Tenths => self.cell(now - before),
        }
    }
}

/// This period's figure; the same of those of its days that are compared; the compared one's.
type Three = (Option<i64>, Option<i64>, Option<i64>);

/// One line for each figure, with what it is compared with.
fn summary(sums: &Sums, lang: Language) -> ReportTable {
    let (now, then) = (&sums.figures, sums.compared.figures());
    let same = sums.compared.same().map(|same| &same.figures);
    let asked = sums.compared != Compared::None;
    let mut lines: Vec<TableLine> = Vec::new();
    let mut add = |key: &'static str, print: Print, (value, of_same_days, before): Three| {
        let or_none =
            |value: Option<i64>| value.map_or(if asked { Cell::NoData } else { Cell::Blank }, |value| print.cell(value));
        let both = of_same_days.zip(before);
        let (label, unit) = words::indicator(lang, key);
        let mut cells = vec![Cell::text(label), Cell::text(unit), value.map_or(Cell::NoData, |value| print.cell(value))];
        cells.extend(same.map(|_| or_none(of_same_days)));
        cells.extend([
            or_none(before),
            both.map_or(Cell::Blank, |(now, before)| print.change(now, before)),
            Cell::share(both.and_then(|(now, before)| percent(now - before, before))),
        ]);
        lines.push(numbered(lines.len(), key, cells));
    };
    let of = |get: fn(&Figures) -> Option<i64>| (get(now), get(same.unwrap_or(now)), then.and_then(get));
    let figures: [(&'static str, Print, Three); 9] = [
        ("airtime", Print::Minutes, of(|figures| figures.airtime_ms)),
        ("duty_airtime", Print::Minutes, of(|figures| figures.duty_ms)),
        ("airings", Print::Count, of(|figures| figures.airings)),
        ("first_runs", Print::Count, of(|figures| figures.first_runs)),
        ("repeats", Print::Count, of(|figures| figures.repeats)),
        ("items", Print::Count, of(|figures| figures.items)),
        ("recordings", Print::Count, of(|figures| figures.recordings)),
        ("broadcasts", Print::Count, of(|figures| figures.broadcasts)),
        ("times_a_day", Print::Tenths, of(Figures::times_a_day)),
    ];
    for (key, print, three) in figures {
        add(key, print, three);
    }
    let mut notes: Vec<String> = phrases::compared_note(lang, &sums.compared).into_iter().collect();
    notes.extend(phrases::apart_notes(lang, &sums.apart));
    notes.extend(sums.log_ends(lang));
    notes.extend((sums.unreadable > 0).then(|| words::unreadable(lang, &sums.unreadable.to_string())));
    let mut columns = vec![Column::Number, Column::Label, Column::Unit, Column::Value];
    columns.extend(same.map(|_| Column::SameDays));
    columns.extend([Column::Compared, Column::Change, Column::Percent]);
    ReportTable { id: TableId::Summary, about: None, columns, lines, notes }
}

fn by_hand(sums: &Sums, lang: Language) -> Option<ReportTable> {
    if sums.by_hand.is_empty() {
        return None;
    }
    let zone = &sums.scope.zone;
    let minutes = minutes_that_add_up(&sums.by_hand.iter().map(|hand| hand.airtime_ms).collect::<Vec<_>>());
    let lines = sums.by_hand.iter().zip(minutes).enumerate().map(|(at, (hand, minutes))| {
        let cells = vec![
            Cell::Moment(zone.civil(hand.at)),
            Cell::text(words::hand_kind(lang, hand.what)),
            Cell::text(&*hand.title),
            Cell::Minutes(minutes),
            Cell::text(&*hand.actor),
        ];
        numbered(at, hand.what.as_str(), cells)
    });
    let mut lines: Vec<TableLine> = lines.collect();
    let all = sums.by_hand.iter().map(|hand| hand.airtime_ms).sum();
    let blank = Cell::Blank;
    lines.push(line(
        Role::Total,
        None,
        vec![blank.clone(), Cell::text(words::total(lang)), blank.clone(), blank.clone(), Cell::minutes(all), blank],
    ));
    let columns = vec![Column::Number, Column::StartedAt, Column::What, Column::Title, Column::Minutes, Column::Actor];
    Some(ReportTable { id: TableId::ByHand, about: None, columns, lines, notes: vec![words::by_hand_note(lang).to_owned()] })
}

/// A campaign by weeks.
fn weeks(campaign: &CampaignSum, lang: Language) -> ReportTable {
    let row = |label: String, sum: &fulfilled::Sum, (planned, aired): (Minutes, Minutes)| {
        vec![
            Cell::Text(label),
            Cell::Count(sum.planned),
            Cell::Minutes(planned),
            Cell::Count(sum.fulfilled),
            Cell::Minutes(aired),
            sum.share().map_or(if sum.unknown > 0 { Cell::NoData } else { Cell::Blank }, Cell::Percent),
            Cell::minutes(sum.beyond_ms),
        ]
    };
    let mut lines = Vec::new();
    for (at, (week, minutes)) in campaign.weeks.iter().zip(campaign.minutes()).enumerate() {
        let label = words::week(lang, week.number, week.from, week.until);
        lines.push(numbered(at, &week.from.to_string(), row(label, &week.sum, minutes)));
    }
    let sum = &campaign.sum;
    let mut total = row(words::total(lang).to_owned(), sum, (Minutes::of(sum.planned_ms), Minutes::of(sum.fulfilled_ms)));
    total.insert(0, Cell::Blank);
    lines.push(line(Role::Total, None, total));
    let columns = vec![
        Column::Number,
        Column::Label,
        Column::PlannedAirings,
        Column::PlannedMinutes,
        Column::Airings,
        Column::Minutes,
        Column::Percent,
        Column::BeyondMinutes,
    ];
    let notes = vec![words::planned_note(lang).to_owned()];
    ReportTable { id: TableId::Weeks, about: Some(campaign.name.clone()), columns, lines, notes }
}

/// A campaign against its targets.
fn targets(campaign: &CampaignSum, lang: Language) -> ReportTable {
    let lines = campaign.targets.iter().enumerate().map(|(at, sum)| {
        let (in_airings, print, wanted) = match sum.target {
            Goal::Airings(wanted) => (true, Print::Count, wanted),
            Goal::Airtime(ms) => (false, Print::Minutes, ms),
        };
        let unit = Cell::text(words::unit(lang, in_airings));
        let cells = vec![Cell::text(&*sum.name), unit, print.cell(wanted), print.cell(sum.done), Cell::share(sum.share())];
        numbered(at, &sum.topic, cells)
    });
    let columns = vec![Column::Number, Column::Label, Column::Unit, Column::Target, Column::Value, Column::Percent];
    let lines = lines.collect();
    ReportTable { id: TableId::Targets, about: Some(campaign.name.clone()), columns, lines, notes: Vec::new() }
}

/// Planned against aired, by programme.
fn planned(tally: &Tally, folded: &Folded, names: &Names, lang: Language, sums: &mut Sums) -> ReportTable {
    let made_up = campaign::made_up(tally, folded, names);
    let mut by_programme: BTreeMap<u32, Outcomes> = BTreeMap::new();
    for end in folded.ends.iter().filter(|end| !is_replaced(end)) {
        let Some(place) = tally.places.get(end.place as usize) else { continue };
        if place.ordered {
            sums.ordered.add(end.status, end.reason);
            continue;
        }
        by_programme.entry(place.programme).or_default().add(end.status, end.reason);
        sums.outcomes.add(end.status, end.reason);
    }
    for (programme, count) in made_up {
        by_programme.entry(programme).or_default().made_up += count;
        sums.outcomes.made_up += count;
    }
    let lacks = sums.outcomes.no_data > 0;
    let cells = |label: String, outcomes: &Outcomes| {
        let count = Cell::count;
        let why = phrases::main_reasons(lang, &outcomes.why());
        vec![
            Cell::Text(label),
            count(outcomes.planned()),
            count(outcomes.aired),
            count(outcomes.partial),
            count(outcomes.missed),
            count(outcomes.skipped),
        ]
        .into_iter()
        .chain(lacks.then(|| count(outcomes.no_data)))
        .chain([count(outcomes.made_up), Cell::Text(why)])
        .collect::<Vec<Cell>>()
    };
    let rank = |id: &str| names.programmes.iter().position(|(known, _)| known == id).unwrap_or(usize::MAX);
    let mut all: Vec<(&str, &Outcomes)> =
        by_programme.iter().map(|(programme, outcomes)| (tally.programmes.text(*programme), outcomes)).collect();
    all.sort_by_key(|(id, _)| (rank(id), *id));
    let mut lines: Vec<TableLine> = all
        .iter()
        .enumerate()
        .map(|(at, (id, outcomes))| numbered(at, id, cells(names.programme(id).to_owned(), outcomes)))
        .collect();
    let mut total = cells(words::total(lang).to_owned(), &sums.outcomes);
    total.insert(0, Cell::Blank);
    lines.push(line(Role::Total, None, total));
    if sums.ordered.planned() > 0 {
        let mut ordered = cells(words::ordered(lang).to_owned(), &sums.ordered);
        ordered.insert(0, Cell::Blank);
        lines.push(line(Role::Item, Some("@request"), ordered));
    }
    let mut columns =
        vec![Column::Number, Column::Label, Column::Planned, Column::Aired, Column::Partial, Column::Missed, Column::Skipped];
    columns.extend(lacks.then_some(Column::NoData));
    columns.extend([Column::MadeUp, Column::Reasons]);
    ReportTable { id: TableId::Planned, about: None, columns, lines, notes: vec![words::slots_note(lang).to_owned()] }
}
