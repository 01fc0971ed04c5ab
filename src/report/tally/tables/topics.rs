//! By topic, the station's own duties apart.

use super::groups::Group;
use super::{Sums, line};
use crate::lang::{Language, report as words};
use crate::report::tally::figures::{TopicGroup, TopicSum, TopicSums};
use crate::report::tally::fold::Counted;
use crate::report::tally::phrases;
use crate::report::tally::table::*;

fn topic_sum(id: &str, name: String, group: &Group, airtime: Minutes, share: Option<i64>) -> TopicSum {
    let (items, first_runs, airings) = (group.items.len(), group.first_runs, group.airings);
    TopicSum { id: id.to_owned(), name, items, first_runs, airings, airtime, share }
}

impl Counted<'_> {
    /// The duties' figures are those that the summary and the sentences print: they are rounded first, and what is left of the total is
    /// the rest's.
    pub fn topics(&self) -> TopicSums {
        let groups = self.grouped(|facts| &facts.topic);
        let is_duty = |id: &str| self.names.topic(id).is_some_and(|topic| topic.duty);
        let rank = |id: &str| self.names.topics.iter().position(|topic| topic.id == id).unwrap_or(usize::MAX);
        let mut ids: Vec<&str> = self.names.topics.iter().map(|topic| topic.id.as_str()).chain(groups.keys().copied()).collect();
        ids.sort_by_key(|id| (rank(id), *id));
        ids.dedup();
        let (duties, others): (Vec<&str>, Vec<&str>) = ids.into_iter().partition(|id| is_duty(id));
        let of = |ids: Vec<&'_ str>| -> Vec<(String, Group)> {
            ids.into_iter().map(|id| (id.to_owned(), groups.get(id).cloned().unwrap_or_default())).collect()
        };
        let (duties, others) = (of(duties), of(others));
        let (duty, other) =
            (Group::sum(duties.iter().map(|(_, group)| group)), Group::sum(others.iter().map(|(_, group)| group)));
        let all = Group::sum([&duty, &other]);
        let airtime = Minutes::of(all.airtime_ms);
        let duty_airtime = Minutes::of(duty.airtime_ms);
        let other_airtime = Minutes { ms: other.airtime_ms, tenths: airtime.tenths - duty_airtime.tenths };
        let share = percent(duty.airtime_ms, all.airtime_ms);
        let head = |id: &str, is_duty, group: &Group, airtime, share| {
            topic_sum(id, words::duty_group(self.lang, is_duty).to_owned(), group, airtime, share)
        };
        let whole = (all.airtime_ms > 0).then_some(1000);
        TopicSums {
            duties: self.topic_group(head("duty", true, &duty, duty_airtime, share), duties, all.airtime_ms),
            others: self.topic_group(
                head("supporting", false, &other, other_airtime, share.map(|share| 1000 - share)),
                others,
                all.airtime_ms,
            ),
            total: topic_sum("", words::total(self.lang).to_owned(), &all, airtime, whole),
        }
    }

    /// The topics of a group, rounded so that they add up to what the group prints.
    fn topic_group(&self, sum: TopicSum, of: Vec<(String, Group)>, whole_ms: i64) -> TopicGroup {
        let times: Vec<i64> = of.iter().map(|(_, group)| group.airtime_ms).collect();
        let minutes = minutes_adding_up_to(&times, sum.airtime.tenths);
        let shares = shares_adding_up_to(&times, whole_ms, sum.share.unwrap_or(0));
        let topics = of.iter().zip(minutes.into_iter().zip(shares));
        let topics = topics
            .map(|((id, group), (airtime, share))| topic_sum(id, self.names.topic_name(id, self.lang), group, airtime, share));
        TopicGroup { sum, topics: topics.collect() }
    }
}

/// How a topic's airtime changed, on the days that both periods have; those of this period stand apart where it has others too.
#[derive(Clone, Copy, Debug)]
struct Growth {
    now: Minutes,
    before: Minutes,
}

impl Growth {
    /// As printed, so that the reader's own subtraction comes out.
    fn change(self) -> Minutes {
        Minutes { ms: self.now.ms - self.before.ms, tenths: self.now.tenths - self.before.tenths }
    }
}

/// For each line of the table, in its order; none where nothing is compared topic by topic.
fn growths(sums: &Sums) -> Option<Vec<Growth>> {
    if sums.changes.is_empty() {
        return None;
    }
    let of = |id: &str| sums.changes.iter().find(|change| change.id == id);
    let now = minutes_of_lines(&sums.topics, |id| of(id).map_or(0, |change| change.airtime_ms));
    let before = minutes_of_lines(&sums.topics, |id| of(id).map_or(0, |change| change.before_ms));
    Some(now.into_iter().zip(before).map(|(now, before)| Growth { now, before }).collect())
}

/// Rounded as the period's own minutes are.
fn minutes_of_lines(sums: &TopicSums, of: impl Fn(&str) -> i64) -> Vec<Minutes> {
    let each = |group: &TopicGroup| -> Vec<i64> { group.topics.iter().map(|topic| of(&topic.id)).collect() };
    let (duties, others) = (each(&sums.duties), each(&sums.others));
    let (duty_ms, other_ms): (i64, i64) = (duties.iter().sum(), others.iter().sum());
    let (total, duty) = (Minutes::of(duty_ms + other_ms), Minutes::of(duty_ms));
    let other = Minutes { ms: other_ms, tenths: total.tenths - duty.tenths };
    let mut all = vec![duty];
    all.extend(minutes_adding_up_to(&duties, duty.tenths));
    all.push(other);
    all.extend(minutes_adding_up_to(&others, other.tenths));
    all.push(total);
    all
}

fn topic_line(role: Role, number: Cell, of: &TopicSum, growth: Option<Growth>, sums: &Sums) -> TableLine {
    let key = (role != Role::Total).then_some(of.id.as_str());
    let mut cells = vec![number, Cell::text(&*of.name)];
    if !sums.has_log {
        cells.resize(8, Cell::NoData);
        return line(role, key, cells);
    }
    cells.extend([
        Cell::count(of.items),
        Cell::Count(of.first_runs),
        Cell::Count(of.airings - of.first_runs),
        Cell::Count(of.airings),
        Cell::Minutes(of.airtime),
    ]);
    if let Some(growth) = growth {
        cells.extend(sums.compared.same().map(|_| Cell::Minutes(growth.now)));
        cells.extend([Cell::Minutes(growth.before), Cell::Minutes(growth.change())]);
    }
    cells.push(Cell::share(of.share));
    line(role, key, cells)
}

pub fn table(sums: &Sums, lang: Language) -> ReportTable {
    let growths = growths(sums);
    let mut growth = growths.iter().flatten().copied();
    let mut topic_line = |role, number, of: &TopicSum| topic_line(role, number, of, growth.next(), sums);
    let mut lines = Vec::new();
    for (letter, group) in [("A", &sums.topics.duties), ("B", &sums.topics.others)] {
        lines.push(topic_line(Role::Group, Cell::text(letter), &group.sum));
        for (at, topic) in group.topics.iter().enumerate() {
            lines.push(topic_line(Role::Item, Cell::count(at + 1), topic));
        }
    }
    lines.push(topic_line(Role::Total, Cell::Blank, &sums.topics.total));
    let mut columns =
        vec![Column::Number, Column::Label, Column::Items, Column::FirstRuns, Column::Repeats, Column::Airings, Column::Minutes];
    if growths.is_some() {
        columns.extend(sums.compared.same().map(|_| Column::SameDays));
        columns.extend([Column::Compared, Column::Change]);
    }
    columns.push(Column::Share);
    let notes = growths.and_then(|_| phrases::compared_note(lang, &sums.compared)).into_iter().collect();
    ReportTable { id: TableId::Topics, about: None, columns, lines, notes }
}
