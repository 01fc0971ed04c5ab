//! The tables of the annexes, from what was folded.

mod groups;
mod topics;
mod villages;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::campaign::{self, CampaignSum, Goal};
use super::figures::{Apart, Compared, Figures, Outcomes, Punctuality, TopicSums, VillageSum, figures};
use super::fold::{Counted, Folded, fold};
use super::names::Names;
use super::table::*;
use super::{AiredItem, HandEntry, PeriodRole, Scope, Tally};
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
    pub villages: Vec<VillageSum>,
    pub campaigns: Vec<CampaignSum>,
    pub by_hand: Vec<HandEntry>,
    /// The first day of the log, when it begins within the period.
    pub log_since: Option<Date>,
    pub has_rows: bool,
    pub unreadable: u64,
    /// In the order of the annexes; the log itself is not among them.
    pub tables: Vec<ReportTable>,
}

impl Sums {
    pub fn table(&self, id: TableId) -> Option<&ReportTable> {
        self.tables.iter().find(|table| table.id == id)
    }
}

impl Tally {
    /// Folds what was taken in. `baseline` has the figures of the compared days, or of those that were asked for by its id.
    pub fn finish(mut self, names: &Names, baseline: Option<&Baseline>, lang: Language) -> Sums {
        let folded = fold(&mut self);
        let began = self.all_began();
        let by_hand_rows = std::mem::take(&mut self.by_hand);
        let counted = Counted { tally: &self, folded: &folded, names, lang };
        let of_period = figures(&folded, &self.facts, names, PeriodRole::Reported, self.scope.days());
        let mut sums = Sums {
            figures: of_period,
            compared: compared(&self, &folded, names, baseline, began),
            outcomes: Outcomes::default(),
            ordered: Outcomes::default(),
            apart: apart(&folded, &self.facts, &by_hand_rows),
            punctuality: Punctuality::of(&self.late_ms),
            topics: counted.topics(),
            villages: counted.villages(),
            campaigns: campaign::campaigns(&counted),
            by_hand: by_hand_rows,
            log_since: began.filter(|began| *began > self.scope.from),
            has_rows: self.first_began().is_some_and(|began| began <= self.scope.until),
            unreadable: self.unreadable,
            scope: self.scope.clone(),
            tables: Vec::new(),
        };
        let planned = planned(&self, &folded, names, lang, &mut sums);
        sums.tables = vec![summary(&sums, lang), topics::table(&sums.topics), villages::table(&sums.villages, lang)];
        sums.tables.extend(by_hand(&sums, lang));
        sums.tables.extend(sums.campaigns.iter().map(|campaign| weeks(campaign, lang)));
        let with_targets = sums.campaigns.iter().filter(|campaign| !campaign.targets.is_empty());
        sums.tables.extend(with_targets.map(|campaign| targets(campaign, lang)));
        sums.tables.extend([counted.suppliers(), counted.contacts(), planned, counted.languages()]);
        sums.tables.sort_by_key(|table| table.id);
        sums
    }
}

fn compared(tally: &Tally, folded: &Folded, names: &Names, baseline: Option<&Baseline>, began: Option<Date>) -> Compared {
    // Figures entered by hand for all of those days are better than a log of a part of them.
    let known = |from: &Date, until: &Date| began.is_some_and(|began| began <= if baseline.is_some() { *from } else { *until });
    let from_log = tally.scope.compared.filter(|(from, until)| known(from, until));
    match (from_log, baseline, tally.scope.compared) {
        (Some((from, until)), _, _) => {
            let days = super::days_between(from, until);
            let figures = figures(folded, &tally.facts, names, PeriodRole::Compared, days);
            Compared::Log { from, until, since: began.filter(|began| *began > from), figures }
        }
        (None, Some(baseline), _) => {
            let figures = Figures {
                airings: baseline.airings.map(i64::from),
                airtime_ms: baseline.airtime.map(|airtime| i64::try_from(airtime.as_millis()).unwrap_or(i64::MAX)),
                items: baseline.items.map(i64::from),
                days: super::days_between(baseline.from, baseline.until),
                ..Figures::default()
            };
            Compared::Baseline { from: baseline.from, until: baseline.until, source: baseline.source.clone(), figures }
        }
        (None, None, Some((from, until))) => Compared::NoData { from, until },
        (None, None, None) => Compared::None,
    }
}

fn apart(folded: &Folded, facts: &[AiredItem], by_hand: &[HandEntry]) -> Apart {
    let sum = |kind| {
        let items = folded.items(facts, PeriodRole::Reported).filter(|(_, facts)| facts.kind == kind);
        items.map(|(sum, _)| sum.airtime_ms).sum::<i64>()
    };
    let hand = |what: Manual| by_hand.iter().filter(|hand| hand.what == what).map(|hand| hand.airtime_ms).sum();
    Apart {
        notices_ms: sum(ItemKind::Notice),
        music_ms: sum(ItemKind::Music),
        signals_ms: sum(ItemKind::Signal) + sum(ItemKind::Ident),
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

/// This period's figure and the compared one's.
type Both = (Option<i64>, Option<i64>);

/// a) One line for each figure, with what it is compared with.
fn summary(sums: &Sums, lang: Language) -> ReportTable {
    let (now, then) = (&sums.figures, sums.compared.figures());
    let asked = sums.compared != Compared::None;
    let mut lines: Vec<TableLine> = Vec::new();
    let mut add = |key: &'static str, print: Print, (value, before): Both| {
        let or_none =
            |value: Option<i64>| value.map_or(if asked { Cell::NoData } else { Cell::Blank }, |value| print.cell(value));
        let both = value.zip(before);
        let (label, unit) = words::indicator(lang, key);
        let cells = vec![
            Cell::text(label),
            Cell::text(unit),
            value.map_or(Cell::NoData, |value| print.cell(value)),
            or_none(before),
            both.map_or(Cell::Blank, |(now, before)| print.change(now, before)),
            Cell::share(both.and_then(|(now, before)| percent(now - before, before))),
        ];
        lines.push(numbered(lines.len(), key, cells));
    };
    let of = |get: fn(&Figures) -> Option<i64>| (get(now), then.and_then(get));
    let figures: [(&'static str, Print, Both); 9] = [
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
    for (key, print, both) in figures {
        add(key, print, both);
    }
    let mut notes = vec![words::counted(lang).to_owned()];
    notes.extend(phrases::compared_note(lang, &sums.compared));
    notes.extend(phrases::apart_notes(lang, &sums.apart));
    notes.extend(phrases::punctuality(lang, &sums.punctuality));
    notes.extend(sums.log_since.map(|day| words::log_since(lang, day)));
    notes.extend((sums.unreadable > 0).then(|| words::unreadable(lang, &sums.unreadable.to_string())));
    let columns =
        vec![Column::Number, Column::Label, Column::Unit, Column::Value, Column::Compared, Column::Change, Column::Percent];
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

/// d) A campaign by weeks.
fn weeks(campaign: &CampaignSum, lang: Language) -> ReportTable {
    let share = |sum: &campaign::Sum| Cell::share(percent(sum.airtime_ms, sum.planned_ms));
    let mut lines = Vec::new();
    for (at, (week, (planned, aired))) in campaign.weeks.iter().zip(campaign.minutes()).enumerate() {
        let label = words::week(lang, at + 1, week.from, week.until);
        let sum = &week.sum;
        let (planned, aired) = (Cell::Minutes(planned), Cell::Minutes(aired));
        let cells = vec![Cell::Text(label), Cell::Count(sum.planned), planned, Cell::Count(sum.airings), aired, share(sum)];
        lines.push(numbered(at, &week.from.to_string(), cells));
    }
    let sum = &campaign.sum;
    lines.push(line(
        Role::Total,
        None,
        vec![
            Cell::Blank,
            Cell::text(words::total(lang)),
            Cell::Count(sum.planned),
            Cell::minutes(sum.planned_ms),
            Cell::Count(sum.airings),
            Cell::minutes(sum.airtime_ms),
            share(sum),
        ],
    ));
    let columns = vec![
        Column::Number,
        Column::Label,
        Column::PlannedAirings,
        Column::PlannedMinutes,
        Column::Airings,
        Column::Minutes,
        Column::Percent,
    ];
    let notes = vec![words::planned_note(lang).to_owned()];
    ReportTable { id: TableId::Weeks, about: Some(campaign.name.clone()), columns, lines, notes }
}

/// d) A campaign against its targets.
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

/// g) Planned against aired, by programme.
fn planned(tally: &Tally, folded: &Folded, names: &Names, lang: Language, sums: &mut Sums) -> ReportTable {
    let made_up = campaign::made_up(tally, folded, names);
    let mut by_programme: BTreeMap<u32, Outcomes> = BTreeMap::new();
    for end in &folded.ends {
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
    let cells = |label: String, outcomes: &Outcomes| {
        let count = Cell::count;
        let why = phrases::reasons(lang, &outcomes.why());
        vec![
            Cell::Text(label),
            count(outcomes.planned()),
            count(outcomes.aired),
            count(outcomes.partial),
            count(outcomes.missed),
            count(outcomes.skipped),
            count(outcomes.made_up),
            Cell::Text(why),
        ]
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
    let columns = vec![
        Column::Number,
        Column::Label,
        Column::Planned,
        Column::Aired,
        Column::Partial,
        Column::Missed,
        Column::Skipped,
        Column::MadeUp,
        Column::Reasons,
    ];
    ReportTable { id: TableId::Planned, about: None, columns, lines, notes: vec![words::slots_note(lang).to_owned()] }
}
