//! By topic, the station's own duties apart.

use super::groups::Group;
use super::line;
use crate::lang::report as words;
use crate::report::tally::figures::{TopicGroup, TopicSum, TopicSums};
use crate::report::tally::fold::Counted;
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

fn topic_line(role: Role, key: Option<&str>, number: Cell, of: &TopicSum, has_log: bool) -> TableLine {
    if !has_log {
        let mut cells = vec![number, Cell::text(&*of.name)];
        cells.resize(8, Cell::NoData);
        return line(role, key, cells);
    }
    let cells = vec![
        number,
        Cell::text(&*of.name),
        Cell::count(of.items),
        Cell::Count(of.first_runs),
        Cell::Count(of.airings - of.first_runs),
        Cell::Count(of.airings),
        Cell::Minutes(of.airtime),
        Cell::share(of.share),
    ];
    line(role, key, cells)
}

pub fn table(sums: &TopicSums, has_log: bool) -> ReportTable {
    let topic_line = |role, key, number, of: &TopicSum| topic_line(role, key, number, of, has_log);
    let mut lines = Vec::new();
    for (letter, group) in [("A", &sums.duties), ("B", &sums.others)] {
        lines.push(topic_line(Role::Group, Some(&group.sum.id), Cell::text(letter), &group.sum));
        let topics = group.topics.iter().enumerate();
        lines.extend(topics.map(|(at, topic)| topic_line(Role::Item, Some(&topic.id), Cell::count(at + 1), topic)));
    }
    lines.push(topic_line(Role::Total, None, Cell::Blank, &sums.total));
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
    ReportTable { id: TableId::Topics, about: None, columns, lines, notes: Vec::new() }
}
