//! The tables that go over all airings: by topic, by supplier, by language, of contacts, and against targets.

use std::collections::{BTreeMap, BTreeSet};

use super::{CampaignSum, line, numbered};
use crate::lang::{Language, report as words};
use crate::report::tally::fold::{Folded, ItemSum};
use crate::report::tally::names::{ContactName, Names};
use crate::report::tally::table::*;
use crate::report::tally::{Facts, Period, Tally};
use crate::terms::*;

/// What one group of airings adds up to.
#[derive(Clone, Debug, Default)]
struct Group {
    items: BTreeSet<String>,
    first_runs: i64,
    airings: i64,
    airtime_ms: i64,
}

impl Group {
    fn add(&mut self, sum: &ItemSum, item: &str) {
        self.airtime_ms += sum.airtime_ms;
        self.airings += sum.airings;
        self.first_runs += sum.first_runs;
        if sum.airings > 0 {
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

fn topic_cells(number: Cell, label: String, group: &Group, minutes: Cell, share: Cell) -> Vec<Cell> {
    vec![
        number,
        Cell::Text(label),
        Cell::count(group.items.len()),
        Cell::Count(group.first_runs),
        Cell::Count(group.airings - group.first_runs),
        Cell::Count(group.airings),
        minutes,
        share,
    ]
}

/// Where the tables that go over all airings are made.
pub(super) struct Desk<'t> {
    pub tally: &'t Tally,
    pub folded: &'t Folded,
    pub names: &'t Names,
    pub lang: Language,
}

impl Desk<'_> {
    fn grouped<'f>(&'f self, by: impl Fn(&'f Facts) -> &'f str) -> BTreeMap<&'f str, Group> {
        let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
        for (sum, facts) in self.items() {
            groups.entry(by(facts)).or_default().add(sum, self.names.original(&facts.item));
        }
        groups
    }

    fn items(&self) -> impl Iterator<Item = (&ItemSum, &Facts)> {
        self.folded.items(&self.tally.facts, Period::Now).filter(|(_, facts)| facts.kind == ItemKind::Announcement)
    }

    /// b) By topic, the station's own duties apart. The duties' figures are those that the summary and the sentences print: they are
    /// rounded first, and what is left of the total is the rest's.
    pub fn topics(&self) -> Table {
        let groups = self.grouped(|facts| &facts.topic);
        let is_duty = |id: &str| self.names.topic(id).is_some_and(|topic| topic.duty);
        let rank = |id: &str| self.names.topics.iter().position(|topic| topic.id == id).unwrap_or(usize::MAX);
        let mut ids: Vec<&str> = self.names.topics.iter().map(|topic| topic.id.as_str()).chain(groups.keys().copied()).collect();
        ids.sort_by_key(|id| (rank(id), *id));
        ids.dedup();
        let (duties, others): (Vec<&str>, Vec<&str>) = ids.into_iter().partition(|id| is_duty(id));
        let of = |ids: &[&str]| -> Vec<Group> { ids.iter().map(|id| groups.get(id).cloned().unwrap_or_default()).collect() };
        let sum = |groups: &[Group]| {
            groups.iter().fold(Group::default(), |mut sum, group| {
                sum.merge(group);
                sum
            })
        };
        let (of_duties, of_others) = (of(&duties), of(&others));
        let (duty, other) = (sum(&of_duties), sum(&of_others));
        let all = sum(&[duty.clone(), other.clone()]);
        let [tenths, duty_tenths] = [&all, &duty].map(|group| tenths_of_minutes(group.airtime_ms));
        let share = percent(duty.airtime_ms, all.airtime_ms);
        let mut lines = Vec::new();
        for (letter, ids, parts, group, tenths, share) in [
            ("A", &duties, &of_duties, &duty, duty_tenths, share),
            ("B", &others, &of_others, &other, tenths - duty_tenths, share.map(|share| 1000 - share)),
        ] {
            let printed = Cell::Minutes { ms: group.airtime_ms, tenths };
            let label = words::duty_group(self.lang, letter == "A").to_owned();
            let cells = topic_cells(Cell::text(letter), label, group, printed, share.map_or(Cell::Blank, Cell::Percent));
            lines.push(line(Role::Group, Some(if letter == "A" { "duty" } else { "supporting" }), cells));
            let times: Vec<i64> = parts.iter().map(|group| group.airtime_ms).collect();
            let minutes = minutes_adding_up_to(&times, tenths);
            let shares = shares_adding_up_to(&times, all.airtime_ms, share.unwrap_or(0));
            for ((at, (id, group)), (minutes, share)) in ids.iter().zip(parts).enumerate().zip(minutes.into_iter().zip(shares)) {
                let cells = topic_cells(Cell::count(at + 1), self.topic(id), group, minutes, share);
                lines.push(line(Role::Item, Some(id), cells));
            }
        }
        let share = if all.airtime_ms > 0 { Cell::Percent(1000) } else { Cell::Blank };
        let label = words::total(self.lang).to_owned();
        lines.push(line(Role::Total, None, topic_cells(Cell::Blank, label, &all, Cell::minutes(all.airtime_ms), share)));
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

    fn topic(&self, id: &str) -> String {
        match self.names.topic(id) {
            Some(topic) => topic.name.clone(),
            None if id.is_empty() => words::no_topic(self.lang).to_owned(),
            None => id.to_owned(),
        }
    }

    pub fn targets(&self, campaign: &CampaignSum) -> Table {
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
            let cells = vec![Cell::Text(self.topic(&aim.topic)), unit, target, done, share.map_or(Cell::Blank, Cell::Percent)];
            numbered(at, &aim.topic, cells)
        });
        let columns = vec![Column::Number, Column::Label, Column::Unit, Column::Target, Column::Value, Column::Percent];
        let lines = lines.collect();
        Table { id: TableId::Targets, about: Some(campaign.name.clone()), columns, lines, notes: Vec::new() }
    }

    /// đ) By supplier.
    pub fn suppliers(&self) -> Table {
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
    pub fn languages(&self) -> Table {
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
    pub fn contacts(&self) -> Table {
        let zone = &self.tally.scope.zone;
        let mut numbers: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        let mut items: BTreeMap<(usize, &str), (&Facts, i64, i64)> = BTreeMap::new();
        for (sum, facts) in self.items() {
            let Some(last_ms) = sum.last_ms else { continue };
            for contact in &facts.contacts {
                let (count, last) = numbers.entry(contact).or_insert((0, i64::MIN));
                (*count, *last) = (*count + sum.airings, (*last).max(last_ms));
            }
            if let Some(rank) = self.names.topics.iter().position(|topic| topic.listed && topic.id == facts.topic) {
                let (told, count, last) = items.entry((rank, &facts.item)).or_insert((facts, 0, i64::MIN));
                // By its newest title.
                if last_ms > *last {
                    *told = facts;
                }
                (*count, *last) = (*count + sum.airings, (*last).max(last_ms));
            }
        }
        let last = |slot_ms: i64| Cell::Date(zone.civil(Wall(slot_ms)).date());
        let mut lines: Vec<Line> = Vec::new();
        let known = self.names.contacts.keys().map(String::as_str);
        let all: BTreeSet<&str> = known.chain(numbers.keys().copied()).collect();
        for id in all {
            let contact = self.names.contacts.get(id);
            let aired = numbers.get(id);
            let text = |get: fn(&ContactName) -> &str| contact.map_or(Cell::text(id), |contact| Cell::text(get(contact)));
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
