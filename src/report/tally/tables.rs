//! The tables of the annexes, from what was folded.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::campaign::{self, CampaignSum};
use super::figures::{Apart, Compared, Figures, Outcomes, Punctuality, figures};
use super::fold::{Airing, Folded, Reasons, fold};
use super::names::Names;
use super::table::*;
use super::{ByHand, Facts, Period, Scope, Tally};
use crate::lang::{Language, report as words};
use crate::plan::Baseline;
use crate::report::phrases;
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
    pub campaigns: Vec<CampaignSum>,
    pub by_hand: Vec<ByHand>,
    /// The first day of the log, when it begins within the period.
    pub log_since: Option<Date>,
    pub has_rows: bool,
    pub unreadable: u64,
    /// In the order of the annexes; the log itself is not among them.
    pub tables: Vec<Table>,
}

impl Sums {
    pub fn table(&self, id: TableId) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }
}

impl Tally {
    /// Folds what was taken in. `baseline` has the figures of the compared days, or of those that were asked for by its id.
    pub fn finish(mut self, names: &Names, baseline: Option<&Baseline>, lang: Language) -> Sums {
        let mut folded = fold(&mut self);
        folded.late_ms.sort_unstable();
        let began = self.began_ms.map(|at| self.scope.zone.civil(Wall(at)).date());
        let of_period = figures(&folded, &self.facts, names, Period::Now, self.scope.days());
        let mut sums = Sums {
            figures: of_period,
            compared: compared(&self, &folded, names, baseline, began),
            outcomes: Outcomes::default(),
            ordered: Outcomes::default(),
            apart: apart(&self, &folded),
            punctuality: Punctuality::of(&folded.late_ms),
            campaigns: campaign::campaigns(&self, &folded, names),
            by_hand: std::mem::take(&mut self.by_hand),
            log_since: began.filter(|began| *began > self.scope.from),
            has_rows: began.is_some_and(|began| began <= self.scope.until),
            unreadable: self.unreadable,
            scope: self.scope.clone(),
            tables: Vec::new(),
        };
        let planned = planned(&self, &folded, names, lang, &mut sums);
        let desk = Desk { tally: &self, folded: &folded, names, lang };
        sums.tables = vec![summary(&sums, lang), desk.topics(), desk.villages(began)];
        sums.tables.extend(by_hand(&sums, lang));
        sums.tables.extend(sums.campaigns.iter().map(|campaign| weeks(campaign, lang)));
        sums.tables
            .extend(sums.campaigns.iter().filter(|campaign| !campaign.aims.is_empty()).map(|campaign| desk.targets(campaign)));
        sums.tables.extend([desk.suppliers(), desk.contacts(), planned, desk.languages()]);
        sums.tables.sort_by_key(|table| table.id);
        sums
    }
}

fn compared(tally: &Tally, folded: &Folded, names: &Names, baseline: Option<&Baseline>, began: Option<Date>) -> Compared {
    let from_log = tally.scope.compared.filter(|(_, until)| began.is_some_and(|began| began <= *until));
    match (from_log, baseline, tally.scope.compared) {
        (Some((from, until)), _, _) => {
            let days = super::days_between(from, until);
            let figures = figures(folded, &tally.facts, names, Period::Compared, days);
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

fn apart(tally: &Tally, folded: &Folded) -> Apart {
    let sum = |kind| folded.of_kind(&tally.facts, Period::Now, kind).map(|(airing, _)| airing.airtime_ms).sum::<i64>();
    let hand = |what: &str| tally.by_hand.iter().filter(|hand| hand.what == what).map(|hand| hand.airtime_ms).sum();
    Apart {
        notices_ms: sum(ItemKind::Notice),
        music_ms: sum(ItemKind::Music),
        signals_ms: sum(ItemKind::Signal) + sum(ItemKind::Ident),
        live_by_hand_ms: hand("live"),
        relayed_by_hand_ms: hand("relay"),
        tests: folded.tests,
    }
}

fn line(role: Role, key: Option<&str>, cells: Vec<Cell>) -> Line {
    Line { role, key: key.map(str::to_owned), cells }
}

fn numbered(at: usize, key: &str, mut cells: Vec<Cell>) -> Line {
    cells.insert(0, Cell::count(at + 1));
    line(Role::Item, Some(key), cells)
}

/// How a figure is printed; this period's and the compared one's.
type Print = fn(i64) -> Cell;
type Both = (Option<i64>, Option<i64>);

/// a) One line for each figure, with what it is compared with.
fn summary(sums: &Sums, lang: Language) -> Table {
    let (now, then) = (&sums.figures, sums.compared.figures());
    let asked = sums.compared != Compared::None;
    let mut lines: Vec<Line> = Vec::new();
    let mut add = |key: &'static str, cell: fn(i64) -> Cell, value: Option<i64>, before: Option<i64>| {
        let or_none = |value: Option<i64>| value.map_or(if asked { Cell::NoData } else { Cell::Blank }, cell);
        let change = value.zip(before).map(|(value, before)| value - before);
        let share = change.zip(before).and_then(|(change, before)| percent(change, before));
        let label = words::indicator(lang, key);
        let at = lines.len();
        let cells = vec![
            Cell::text(label.0),
            Cell::text(label.1),
            value.map_or(Cell::NoData, cell),
            or_none(before),
            change.map_or(Cell::Blank, cell),
            share.map_or(Cell::Blank, Cell::Percent),
        ];
        lines.push(numbered(at, key, cells));
    };
    let of = |get: fn(&Figures) -> Option<i64>| (get(now), then.and_then(get));
    let figures: [(&'static str, Print, Both); 9] = [
        ("airtime", Cell::minutes, of(|figures| figures.airtime_ms)),
        ("duty_airtime", Cell::minutes, of(|figures| figures.duty_ms)),
        ("airings", Cell::Count, of(|figures| figures.airings)),
        ("first_runs", Cell::Count, of(|figures| figures.first_runs)),
        ("repeats", Cell::Count, of(|figures| figures.repeats)),
        ("items", Cell::Count, of(|figures| figures.items)),
        ("recordings", Cell::Count, of(|figures| figures.recordings)),
        ("broadcasts", Cell::Count, of(|figures| figures.broadcasts)),
        ("times_a_day", Cell::Tenths, of(Figures::times_a_day)),
    ];
    for (key, cell, (value, before)) in figures {
        add(key, cell, value, before);
    }
    let mut notes = vec![words::counted(lang).to_owned()];
    notes.extend(phrases::compared_note(lang, &sums.compared));
    notes.extend(phrases::apart_notes(lang, &sums.apart));
    notes.extend(phrases::punctuality(lang, &sums.punctuality));
    notes.extend(sums.log_since.map(|day| words::log_since(lang, day)));
    notes.extend((sums.unreadable > 0).then(|| words::unreadable(lang, &sums.unreadable.to_string())));
    let columns =
        vec![Column::Number, Column::Label, Column::Unit, Column::Value, Column::Compared, Column::Change, Column::Percent];
    Table { id: TableId::Summary, about: None, columns, lines, notes }
}

fn by_hand(sums: &Sums, lang: Language) -> Option<Table> {
    if sums.by_hand.is_empty() {
        return None;
    }
    let zone = &sums.scope.zone;
    let minutes = minutes_that_add_up(&sums.by_hand.iter().map(|hand| hand.airtime_ms).collect::<Vec<_>>());
    let lines = sums.by_hand.iter().zip(minutes).enumerate().map(|(at, (hand, minutes))| {
        let cells = vec![
            Cell::Moment(zone.civil(hand.at)),
            Cell::text(words::hand_kind(lang, &hand.what)),
            Cell::text(&*hand.title),
            minutes,
            Cell::text(&*hand.actor),
        ];
        numbered(at, &hand.what, cells)
    });
    let mut lines: Vec<Line> = lines.collect();
    let all = sums.by_hand.iter().map(|hand| hand.airtime_ms).sum();
    let blank = Cell::Blank;
    lines.push(line(
        Role::Total,
        None,
        vec![blank.clone(), Cell::text(words::total(lang)), blank.clone(), blank.clone(), Cell::minutes(all), blank],
    ));
    let columns = vec![Column::Number, Column::StartedAt, Column::What, Column::Title, Column::Minutes, Column::Actor];
    Some(Table { id: TableId::ByHand, about: None, columns, lines, notes: vec![words::by_hand_note(lang).to_owned()] })
}

/// d) A campaign by weeks.
fn weeks(campaign: &CampaignSum, lang: Language) -> Table {
    let planned = minutes_that_add_up(&campaign.weeks.iter().map(|week| week.sum.planned_ms).collect::<Vec<_>>());
    let aired = minutes_that_add_up(&campaign.weeks.iter().map(|week| week.sum.airtime_ms).collect::<Vec<_>>());
    let share = |sum: &campaign::Sum| percent(sum.airtime_ms, sum.planned_ms).map_or(Cell::Blank, Cell::Percent);
    let mut lines = Vec::new();
    for (at, ((week, planned), aired)) in campaign.weeks.iter().zip(planned).zip(aired).enumerate() {
        let label = words::week(lang, at + 1, week.from, week.until);
        let sum = &week.sum;
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
    Table { id: TableId::Weeks, about: Some(campaign.name.clone()), columns, lines, notes }
}

/// g) Planned against aired, by programme.
fn planned(tally: &Tally, folded: &Folded, names: &Names, lang: Language, sums: &mut Sums) -> Table {
    let made_up = campaign::made_up(tally, folded);
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
    let mut lines: Vec<Line> = all
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
    Table { id: TableId::Planned, about: None, columns, lines, notes: vec![words::slots_note(lang).to_owned()] }
}

/// What one group of airings adds up to.
#[derive(Clone, Debug, Default)]
struct Group {
    items: BTreeSet<String>,
    first_runs: i64,
    airings: i64,
    airtime_ms: i64,
}

impl Group {
    fn add(&mut self, airing: &Airing, item: &str) {
        self.airtime_ms += airing.airtime_ms;
        if airing.whole {
            self.airings += 1;
            self.first_runs += i64::from(airing.first);
            self.items.insert(item.to_owned());
        }
    }

    fn merge(&mut self, other: &Group) {
        self.items.extend(other.items.iter().cloned());
        self.first_runs += other.first_runs;
        self.airings += other.airings;
        self.airtime_ms += other.airtime_ms;
    }
}

/// Where the tables that go over all airings are made.
struct Desk<'t> {
    tally: &'t Tally,
    folded: &'t Folded,
    names: &'t Names,
    lang: Language,
}

impl Desk<'_> {
    fn grouped<'f>(&'f self, by: impl Fn(&'f Facts) -> &'f str) -> BTreeMap<&'f str, Group> {
        let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
        for (airing, facts) in self.folded.announcements(&self.tally.facts, Period::Now) {
            groups.entry(by(facts)).or_default().add(airing, self.names.original(&facts.item));
        }
        groups
    }

    /// b) By topic, the station's own duties apart.
    fn topics(&self) -> Table {
        let groups = self.grouped(|facts| &facts.topic);
        let is_duty = |id: &str| self.names.topic(id).is_some_and(|topic| topic.duty);
        let name = |id: &str| match self.names.topic(id) {
            Some(topic) => topic.name.clone(),
            None if id.is_empty() => words::no_topic(self.lang).to_owned(),
            None => id.to_owned(),
        };
        let rank = |id: &str| self.names.topics.iter().position(|topic| topic.id == id).unwrap_or(usize::MAX);
        let mut ids: Vec<&str> = self.names.topics.iter().map(|topic| topic.id.as_str()).chain(groups.keys().copied()).collect();
        ids.sort_by_key(|id| (!is_duty(id), rank(id), *id));
        ids.dedup();
        let of = |id: &str| groups.get(id).cloned().unwrap_or_default();
        let times: Vec<i64> = ids.iter().map(|id| of(id).airtime_ms).collect();
        let (minutes, shares) = (minutes_that_add_up(&times), shares_that_add_up(&times));
        let cells = |label: String, group: &Group, minutes: Cell, share: Cell| {
            vec![
                Cell::Text(label),
                Cell::count(group.items.len()),
                Cell::Count(group.first_runs),
                Cell::Count(group.airings - group.first_runs),
                Cell::Count(group.airings),
                minutes,
                share,
            ]
        };
        let mut lines = Vec::new();
        let mut all = Group::default();
        for (letter, duty) in [("A", true), ("B", false)] {
            let mut sum = Group::default();
            let mut parts = Vec::new();
            for (at, id) in ids.iter().enumerate().filter(|(_, id)| is_duty(id) == duty) {
                let cell = |cells: &[Cell]| cells.get(at).cloned().unwrap_or(Cell::Blank);
                sum.merge(&of(id));
                parts.push((
                    numbered(parts.len(), id, cells(name(id), &of(id), cell(&minutes), cell(&shares))),
                    cell(&minutes),
                    cell(&shares),
                ));
            }
            let (tenths, share) = parts.iter().fold((0, 0), |(tenths, share), (_, minutes, percent)| {
                let minutes = if let Cell::Minutes { tenths, .. } = minutes { *tenths } else { 0 };
                (tenths + minutes, share + if let Cell::Percent(tenths) = percent { *tenths } else { 0 })
            });
            let printed = Cell::Minutes { ms: sum.airtime_ms, tenths };
            let share = if times.iter().sum::<i64>() > 0 { Cell::Percent(share) } else { Cell::Blank };
            let mut head = cells(words::duty_group(self.lang, duty).to_owned(), &sum, printed, share);
            head.insert(0, Cell::text(letter));
            lines.push(line(Role::Group, Some(if duty { "duty" } else { "supporting" }), head));
            lines.extend(parts.into_iter().map(|(line, ..)| line));
            all.merge(&sum);
        }
        let share = if all.airtime_ms > 0 { Cell::Percent(1000) } else { Cell::Blank };
        let mut total = cells(words::total(self.lang).to_owned(), &all, Cell::minutes(all.airtime_ms), share);
        total.insert(0, Cell::Blank);
        lines.push(line(Role::Total, None, total));
        let columns = vec![
            Column::Number,
            Column::Label,
            Column::Items,
            Column::FirstRuns,
            Column::Repeats,
            Column::Airings,
            Column::Minutes,
            Column::Share,
        ];
        Table { id: TableId::Topics, about: None, columns, lines, notes: Vec::new() }
    }

    /// c) By village: the longest among the outputs that serve it, and its days without sound.
    fn villages(&self, began: Option<Date>) -> Table {
        let mut sums: HashMap<u32, (i64, i64, BTreeSet<Date>)> = HashMap::new();
        for (airing, _) in self.folded.announcements(&self.tally.facts, Period::Now) {
            for (zone, whole, ms) in &airing.zones {
                let (airings, total, days) = sums.entry(*zone).or_default();
                *airings += i64::from(*whole);
                *total += ms;
                if *ms > 0 {
                    days.insert(airing.day);
                }
            }
        }
        let zones = &self.tally.zones;
        let mut ids: Vec<String> = self.names.zones.iter().map(|(id, _)| id.clone()).collect();
        let in_rows: BTreeSet<String> = zones.texts.iter().map(|text| text.to_string()).collect();
        let unknown: Vec<String> = in_rows.into_iter().filter(|id| !ids.contains(id)).collect();
        ids.extend(unknown);
        let mut lines = Vec::new();
        let why = self.silences();
        for (at, id) in ids.iter().enumerate() {
            let number = zones.known.get(id.as_str()).copied();
            let empty = (0, 0, BTreeSet::new());
            let (airings, ms, days) = number.and_then(|number| sums.get(&number)).unwrap_or(&empty);
            let (silent, reasons) = self.silent_days(number, days, &why, began);
            let name = self.names.zones.iter().find(|(known, _)| known == id).map_or(id.as_str(), |(_, name)| name);
            let cells =
                vec![Cell::text(name), Cell::Count(*airings), Cell::minutes(*ms), Cell::count(silent), Cell::Text(reasons)];
            lines.push(numbered(at, id, cells));
        }
        let columns = vec![Column::Number, Column::Label, Column::Airings, Column::Minutes, Column::SilentDays, Column::Reasons];
        Table { id: TableId::Villages, about: None, columns, lines, notes: vec![words::villages_note(self.lang).to_owned()] }
    }

    /// For each village and day, why slots there did not air whole.
    fn silences(&self) -> HashMap<(u32, Date), Reasons> {
        let mut found: HashMap<(u32, Date), Reasons> = HashMap::new();
        for end in &self.folded.ends {
            let Some(place) = self.tally.places.get(end.place as usize) else { continue };
            let day = self.tally.scope.zone.civil(Wall(end.slot_ms)).date();
            for zone in &place.zones {
                let reasons = found.entry((*zone, day)).or_default();
                if let Some(reason) = end.reason {
                    reasons.add(reason);
                }
            }
        }
        found
    }

    fn silent_days(
        &self,
        zone: Option<u32>,
        heard: &BTreeSet<Date>,
        why: &HashMap<(u32, Date), Reasons>,
        began: Option<Date>,
    ) -> (usize, String) {
        let scope = &self.tally.scope;
        let last = scope.until.min(scope.as_of);
        let mut count = 0;
        let mut reasons = Reasons::default();
        let (mut unplanned, mut before_log) = (0, 0);
        let mut day = scope.from;
        while day <= last {
            if !heard.contains(&day) {
                count += 1;
                let of_day = zone.and_then(|zone| why.get(&(zone, day)));
                match of_day.and_then(|reasons| reasons.by_count().first().copied()) {
                    Some((reason, _)) => reasons.add(reason),
                    None if began.is_none_or(|began| day < began) => before_log += 1,
                    None => unplanned += 1,
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        (count, phrases::silences(self.lang, &reasons, unplanned, before_log))
    }

    fn targets(&self, campaign: &CampaignSum) -> Table {
        let name = |id: &str| self.names.topic(id).map_or(id.to_owned(), |topic| topic.name.clone());
        let lines = campaign.aims.iter().enumerate().map(|(at, aim)| {
            let (unit, target, done, share) = match (aim.airings, aim.airtime_ms) {
                (Some(airings), _) => {
                    (true, Cell::Count(airings), Cell::Count(aim.done_airings), percent(aim.done_airings, airings))
                }
                (None, ms) => {
                    let ms = ms.unwrap_or(0);
                    (false, Cell::minutes(ms), Cell::minutes(aim.done_ms), percent(aim.done_ms, ms))
                }
            };
            let unit = Cell::text(words::unit(self.lang, unit));
            let cells = vec![Cell::Text(name(&aim.topic)), unit, target, done, share.map_or(Cell::Blank, Cell::Percent)];
            numbered(at, &aim.topic, cells)
        });
        let columns = vec![Column::Number, Column::Label, Column::Unit, Column::Target, Column::Value, Column::Percent];
        let lines = lines.collect();
        Table { id: TableId::Targets, about: Some(campaign.name.clone()), columns, lines, notes: Vec::new() }
    }

    /// đ) By supplier.
    fn suppliers(&self) -> Table {
        let groups = self.grouped(|facts| &facts.supplier);
        let rank = |id: &str| self.names.suppliers.iter().position(|(known, _)| known == id).unwrap_or(usize::MAX);
        let name = |id: &str| match self.names.suppliers.iter().find(|(known, _)| known == id) {
            Some((_, name)) => name.clone(),
            None if id.is_empty() => words::no_supplier(self.lang).to_owned(),
            None => id.to_owned(),
        };
        let columns = vec![Column::Number, Column::Label, Column::Items, Column::Airings, Column::Minutes];
        self.plain(TableId::Suppliers, columns, &groups, rank, name, false)
    }

    /// h) By language.
    fn languages(&self) -> Table {
        let groups = self.grouped(|facts| &facts.language);
        let name = |id: &str| words::language(self.lang, id);
        let columns = vec![Column::Number, Column::Label, Column::Items, Column::Airings, Column::Minutes, Column::Share];
        self.plain(TableId::Languages, columns, &groups, |id| usize::from(id != "vi"), name, true)
    }

    fn plain(
        &self,
        id: TableId,
        columns: Vec<Column>,
        groups: &BTreeMap<&str, Group>,
        rank: impl Fn(&str) -> usize,
        name: impl Fn(&str) -> String,
        shared: bool,
    ) -> Table {
        let mut ids: Vec<&str> = groups.keys().copied().collect();
        ids.sort_by_key(|id| (rank(id), *id));
        let times: Vec<i64> = ids.iter().filter_map(|id| groups.get(id)).map(|group| group.airtime_ms).collect();
        let (minutes, shares) = (minutes_that_add_up(&times), shares_that_add_up(&times));
        let cells = |label: String, group: &Group, minutes: Cell, share: Cell| {
            let mut cells = vec![Cell::Text(label), Cell::count(group.items.len()), Cell::Count(group.airings), minutes];
            cells.extend(shared.then_some(share));
            cells
        };
        let mut lines = Vec::new();
        let mut all = Group::default();
        for ((at, id), (minutes, share)) in ids.iter().enumerate().zip(minutes.into_iter().zip(shares)) {
            let Some(group) = groups.get(id) else { continue };
            lines.push(numbered(at, id, cells(name(id), group, minutes, share)));
            all.merge(group);
        }
        let share = if all.airtime_ms > 0 { Cell::Percent(1000) } else { Cell::Blank };
        let mut total = cells(words::total(self.lang).to_owned(), &all, Cell::minutes(all.airtime_ms), share);
        total.insert(0, Cell::Blank);
        lines.push(line(Role::Total, None, total));
        Table { id, about: None, columns, lines, notes: Vec::new() }
    }

    /// e) Phone numbers, then the items of the topics that are listed one by one.
    fn contacts(&self) -> Table {
        let zone = &self.tally.scope.zone;
        let mut numbers: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        let mut items: BTreeMap<(usize, &str), (&Facts, i64, i64)> = BTreeMap::new();
        for (airing, facts) in self.folded.announcements(&self.tally.facts, Period::Now).filter(|(airing, _)| airing.whole) {
            for contact in &facts.contacts {
                let (count, last) = numbers.entry(contact).or_insert((0, i64::MIN));
                (*count, *last) = (*count + 1, (*last).max(airing.slot_ms));
            }
            if let Some(rank) = self.names.topics.iter().position(|topic| topic.listed && topic.id == facts.topic) {
                let (_, count, last) = items.entry((rank, &facts.item)).or_insert((facts, 0, i64::MIN));
                (*count, *last) = (*count + 1, (*last).max(airing.slot_ms));
            }
        }
        let last = |slot_ms: i64| Cell::Date(zone.civil(Wall(slot_ms)).date());
        let mut lines: Vec<Line> = Vec::new();
        let known = self.names.contacts.keys().map(String::as_str);
        let all: BTreeSet<&str> = known.chain(numbers.keys().copied()).collect();
        for id in all {
            let contact = self.names.contacts.get(id);
            let aired = numbers.get(id);
            let text =
                |get: fn(&super::names::ContactName) -> &str| contact.map_or(Cell::text(id), |contact| Cell::text(get(contact)));
            let verified = contact.and_then(|contact| contact.verified).map_or(Cell::Blank, Cell::Date);
            let cells = vec![
                text(|contact| &contact.name),
                contact.map_or(Cell::Blank, |contact| Cell::text(&*contact.number)),
                verified,
                Cell::Count(aired.map_or(0, |(count, _)| *count)),
                aired.map_or(Cell::Blank, |(_, slot_ms)| last(*slot_ms)),
            ];
            lines.push(numbered(lines.len(), id, cells));
        }
        for ((_, id), (facts, count, slot_ms)) in items {
            let cells = vec![Cell::text(&*facts.title), Cell::Blank, Cell::Blank, Cell::Count(count), last(slot_ms)];
            lines.push(numbered(lines.len(), id, cells));
        }
        let columns =
            vec![Column::Number, Column::Label, Column::PhoneNumber, Column::Verified, Column::Airings, Column::LastAired];
        Table { id: TableId::Contacts, about: None, columns, lines, notes: Vec::new() }
    }
}
