//! The tables that go over all airings: by supplier, by language, and of contacts.

use std::collections::{BTreeMap, BTreeSet};

use super::{line, numbered};
use crate::lang::report as words;
use crate::report::tally::AiredItem;
use crate::report::tally::fold::{Counted, ItemSum};
use crate::report::tally::names::ContactName;
use crate::report::tally::table::*;
use crate::terms::*;

/// What one group of airings adds up to.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub items: BTreeSet<String>,
    pub first_runs: i64,
    pub airings: i64,
    pub airtime_ms: i64,
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

    pub fn sum<'g>(groups: impl IntoIterator<Item = &'g Group>) -> Group {
        groups.into_iter().fold(Group::default(), |mut sum, group| {
            sum.merge(group);
            sum
        })
    }
}

impl Counted<'_> {
    pub(super) fn grouped<'f>(&'f self, by: impl Fn(&'f AiredItem) -> &'f str) -> BTreeMap<&'f str, Group> {
        let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
        for (sum, facts) in self.items() {
            groups.entry(by(facts)).or_default().add(sum, self.names.original(&facts.item));
        }
        groups
    }

    fn items(&self) -> impl Iterator<Item = (&ItemSum, &AiredItem)> {
        self.folded.items(&self.tally.facts).filter(|(_, facts)| facts.kind == ItemKind::Announcement)
    }

    /// By supplier.
    pub fn suppliers(&self) -> ReportTable {
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

    /// By language.
    pub fn languages(&self) -> ReportTable {
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
    ) -> ReportTable {
        let mut ids: Vec<&str> = groups.keys().copied().collect();
        ids.sort_by_key(|id| (rank(id), *id));
        let times: Vec<i64> = ids.iter().filter_map(|id| groups.get(id)).map(|group| group.airtime_ms).collect();
        let (minutes, shares) = (minutes_that_add_up(&times), shares_that_add_up(&times));
        let cells = |label: String, group: &Group, minutes: Minutes, share: Option<i64>| {
            let minutes = Cell::Minutes(minutes);
            let mut cells = vec![Cell::Text(label), Cell::count(group.items.len()), Cell::Count(group.airings), minutes];
            cells.extend(shared.then(|| Cell::share(share)));
            cells
        };
        let mut lines = Vec::new();
        let mut all = Group::default();
        for ((at, id), (minutes, share)) in ids.iter().enumerate().zip(minutes.into_iter().zip(shares)) {
            let Some(group) = groups.get(id) else { continue };
            lines.push(numbered(at, id, cells(name(id), group, minutes, share)));
            all.merge(group);
        }
        let share = (all.airtime_ms > 0).then_some(1000);
        let mut total = cells(words::total(self.lang).to_owned(), &all, Minutes::of(all.airtime_ms), share);
        total.insert(0, Cell::Blank);
        lines.push(line(Role::Total, None, total));
        ReportTable { id, about: None, columns, lines, notes: Vec::new() }
    }

    /// Phone numbers, then the items of the topics that are listed one by one.
    pub fn contacts(&self) -> ReportTable {
        let zone = &self.tally.scope.zone;
        let mut numbers: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        let mut items: BTreeMap<(usize, &str), (&AiredItem, i64, i64)> = BTreeMap::new();
        for (sum, facts) in self.items() {
            let Some(last_ms) = sum.last_ms else { continue };
            for contact in &facts.contacts {
                let (count, last) = numbers.entry(contact).or_insert((0, i64::MIN));
                (*count, *last) = (*count + sum.airings, (*last).max(last_ms));
            }
            if let Some(rank) = self.names.topics.iter().position(|topic| topic.listed && topic.id == facts.topic) {
                let (shown, count, last) = items.entry((rank, &facts.item)).or_insert((facts, 0, i64::MIN));
                // By its newest title.
                if last_ms > *last {
                    *shown = facts;
                }
                (*count, *last) = (*count + sum.airings, (*last).max(last_ms));
            }
        }
        let last = |slot_at: i64| Cell::Date(zone.civil(Wall(slot_at)).date());
        let mut lines: Vec<TableLine> = Vec::new();
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
                aired.map_or(Cell::Blank, |(_, slot_at)| last(*slot_at)),
            ];
            lines.push(numbered(lines.len(), id, cells));
        }
        for ((_, id), (facts, count, slot_at)) in items {
            let cells = vec![Cell::text(&*facts.title), Cell::Blank, Cell::Blank, Cell::Count(count), last(slot_at)];
            lines.push(numbered(lines.len(), id, cells));
        }
        let columns =
            vec![Column::Number, Column::Label, Column::PhoneNumber, Column::Verified, Column::Airings, Column::LastAired];
        ReportTable { id: TableId::Contacts, about: None, columns, lines, notes: Vec::new() }
    }
}
