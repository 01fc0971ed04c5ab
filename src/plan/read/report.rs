//! `[[report]]`: reports that the station writes by itself.

use std::path::Path;

use crate::calendar::span::MonthDay;
use crate::plan::fault::{Form, Kind, PlanFault};
use crate::plan::read::tables::own_id;
use crate::plan::read::tree::{Node, Table, Value};
use crate::plan::read::values;
use crate::plan::read::walk::{Keys, Walk};
use crate::plan::source::Place;
use crate::plan::{Deadline, Duty, Paperwork, Recurs};
use crate::terms::{CampaignId, ReportId};

/// Where a report does not say: due on the day after its period, and a word about targets two weeks before.
const DUE: Deadline = Deadline::After(1);
const WARN: u16 = 14;
/// A report that is due later is due in another year.
const LATEST: i64 = 366;
/// As [`Paperwork`] has them.
const ENDINGS: &[&str] = &["docx", "pdf", "xlsx", "html", "csv", "json"];

/// `here` is the folder of the file that says it.
pub fn duty(walk: &mut Walk<'_>, table: &Table, head: Place, here: &Path, has_letterhead: bool) -> Option<Duty> {
    let mut keys = Keys::new(table, head, "report");
    let id = own_id(walk, &mut keys);
    let word = walk.need(&mut keys, "period");
    let word = word.and_then(|node| walk.word(node, "period", &["month", "quarter", "year", "campaign"]));
    let period = period(walk, &mut keys, word);
    let due = keys.take("due").map_or(Some(DUE), |node| due(walk, node, !matches!(word, Some("month" | "quarter"))));
    let mut days = |walk: &mut Walk<'_>, key, least| {
        let number = keys.take(key).map(|node| walk.number(node, key, least, LATEST));
        number.map(|number| number.and_then(|days| u16::try_from(days).ok()))
    };
    let (draft, warn) = (days(walk, "draft", 1), days(walk, "warn", 0));
    let formats = keys.take("formats").map_or(Some(vec![Paperwork::Docx]), |node| formats(walk, node));
    let folder = match keys.take("folder") {
        Some(node) => {
            let named = walk.text(node, "folder").and_then(|_| walk.raw(node, "folder"));
            named.map(|text| Some(values::tidy(here, Path::new(text))))
        }
        None => Some(None),
    };
    let to = keys.take("to").map_or(vec![], |node| {
        if !has_letterhead {
            walk.fault(PlanFault::NoLetterhead, node.place);
        }
        walk.texts(node, "to")
    });
    walk.finish(keys);
    Some(Duty {
        id: ReportId::new(id?),
        period: period?,
        due: due?,
        draft: draft.flatten(),
        warn: warn.map_or(Some(WARN), |warn| warn)?,
        formats: formats?,
        folder: folder?,
        to,
    })
}

fn period(walk: &mut Walk<'_>, keys: &mut Keys<'_>, word: Option<&str>) -> Option<Recurs> {
    let campaign = keys.take("campaign");
    if word == Some("campaign") && campaign.is_none() {
        keys.lack(&["campaign"]);
    }
    let named = campaign.map(|node| walk.reference(node, "campaign", Kind::Campaign).map(CampaignId::new));
    match word? {
        "campaign" => named.flatten().map(Recurs::Campaign),
        "year" => named.map_or(Some(Recurs::Year { closes: None }), |named| Some(Recurs::Year { closes: Some(named?) })),
        month_or_quarter => {
            if campaign.is_some() {
                walk.fault(PlanFault::CampaignOfPeriod, keys.place_of("campaign"));
            }
            Some(if month_or_quarter == "month" { Recurs::Month } else { Recurs::Quarter })
        }
    }
}

/// Days after the period's last, or (`yearly`) a day of the year.
fn due(walk: &mut Walk<'_>, node: &Node, yearly: bool) -> Option<Deadline> {
    let text = match &node.value {
        Value::Integer(Some(days)) if (0..=LATEST).contains(days) => return u16::try_from(*days).ok().map(Deadline::After),
        Value::Integer(Some(days)) => days.to_string(),
        Value::Text(text) => match MonthDay::parse(text).filter(|_| yearly) {
            Some(day) => return Some(Deadline::On(day)),
            None => text.clone(),
        },
        Value::Date(date) => date.to_string(),
        _ => {
            walk.wrong_form(node, "due", Form::Integer);
            return None;
        }
    };
    walk.fault(PlanFault::BadDue { text, yearly }, node.place);
    None
}

fn formats(walk: &mut Walk<'_>, node: &Node) -> Option<Vec<Paperwork>> {
    let mut formats = vec![];
    for node in walk.some(node, "formats", Form::Texts)? {
        let format = walk.word(node, "formats", ENDINGS)?.parse().ok()?;
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    Some(formats)
}
