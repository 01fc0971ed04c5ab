//! `loaxa check PLAN --explain BROADCAST DATE`: why it airs on that day, or does not.

use serde::Serialize;

use crate::calendar::written::{self, Misread, Seek, Toward};
use crate::check::explain::{DayRule, Explanation, SlotRule, explain};
use crate::cli::audio::look;
use crate::cli::now;
use crate::cli::rundown::{YEARS, history_before, log, mourning};
use crate::cli::{Ended, Global, civil, data_folder, print, wrong_use};
use crate::lang::{Language, cli as words, explain as say};
use crate::plan::{Except, Plan};
use crate::rundown::stock::Stock;

pub fn run(plan: &Plan, asked: &[String], as_json: bool, global: &Global) -> anyhow::Result<Ended> {
    let lang = plan.station.language;
    let [id, date] = asked else { return Ok(Ended::WrongUse) };
    let Some(broadcast) = plan.broadcasts.iter().find(|broadcast| broadcast.id.as_str() == id) else {
        let known: Vec<&str> = plan.broadcasts.iter().map(|broadcast| broadcast.id.as_str()).collect();
        return wrong_use(&say::unknown_broadcast(lang, id, &known.join(", ")));
    };
    let today = plan.station.timezone.civil(now()).date();
    let day = match written::day(date, Some(Seek { today, toward: Toward::Coming })) {
        Ok(day) if YEARS.contains(&day.year()) => day,
        Ok(_) => return wrong_use(&civil::misread(lang, "--explain", date, Misread::Unknown, words::day_expected(lang))),
        Err(why) => return wrong_use(&civil::misread(lang, "--explain", date, why, words::day_expected(lang))),
    };
    let data = data_folder(global);
    let library = look(&plan.station.audio, &plan.items, global, lang);
    let start = plan.station.timezone.start_of(day);
    let log = log(&data)?;
    let history = history_before(plan, &library, log.as_ref(), start, now())?;
    let mourning = log.as_ref().map_or_else(|| Ok(Vec::new()), mourning)?;
    let explanation = explain(plan, &Stock::of(plan, &library), &history, &mourning, broadcast, day);
    print(&if as_json { json(id, &explanation, lang)? } else { page(id, &explanation, lang) })?;
    Ok(Ended::Good)
}

/// The rules as they are read, numbered through to the last that decides.
fn page(id: &str, explanation: &Explanation, lang: Language) -> String {
    let mut text = format!("{}\n\n", say::title(lang, id, explanation.day));
    for (number, rule) in (1..).zip(&explanation.rules) {
        text += &format!("{number}. {}\n", day_rule(rule, lang));
    }
    for slot in &explanation.slots {
        text += &format!("\n{}\n", say::slot(&slot.at, &slot.output));
        for (number, rule) in (explanation.rules.len() + 1..).zip(&slot.rules) {
            text += &format!("{number}. {}\n", slot_rule(rule, lang));
        }
    }
    text
}

fn day_rule(rule: &DayRule, lang: Language) -> String {
    match rule {
        DayRule::Times(times) => say::times(lang, times),
        DayRule::NoTimes => say::no_times(lang).to_owned(),
        DayRule::InCampaign(id) => say::in_campaign(lang, id.as_str()),
        DayRule::OutsideCampaigns(ids) => {
            let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
            say::outside_campaigns(lang, &ids.join(", "))
        }
        DayRule::Excepted(Except::Day(_) | Except::Days(_)) => say::excepted(lang, None),
        DayRule::Excepted(Except::Campaign(id)) => say::excepted(lang, Some(id.as_str())),
        DayRule::Excepted(Except::Holiday(id)) => say::excepted(lang, Some(id.as_str())),
        DayRule::NotExcepted => say::not_excepted(lang).to_owned(),
    }
}

fn slot_rule(rule: &SlotRule, lang: Language) -> String {
    match rule {
        SlotRule::Extra => say::extra(lang).to_owned(),
        SlotRule::Changed { skipped, moved_from, in_place_of, outputs } => {
            say::changed(lang, *skipped, moved_from.as_ref(), in_place_of.as_deref(), *outputs)
        }
        SlotRule::Skipped { reason, by } => say::skipped(lang, *reason, by.as_ref().map(|by| by.as_str())),
        SlotRule::InHours { opens, closes } => say::in_hours(lang, opens, closes),
        SlotRule::OutsideHours => say::outside_hours(lang).to_owned(),
        SlotRule::Fixed { title, unplayable } => say::fixed(lang, title, *unplayable),
        SlotRule::Picked { title, behind, last } => say::picked(lang, title, *behind, last.as_ref()),
        SlotRule::NothingToPick => say::nothing_to_pick(lang).to_owned(),
        SlotRule::Dropped { title, reason } => say::dropped(lang, title, *reason),
        SlotRule::LeftOut(outcome) => say::left_out(lang, *outcome),
        SlotRule::Busy => say::busy(lang).to_owned(),
        SlotRule::Waits(_) => say::waits(lang).to_owned(),
        SlotRule::Airs { from, length } => say::airs(lang, from, *length),
    }
}

#[derive(Serialize)]
struct ExplanationJson<'a> {
    broadcast: &'a str,
    date: String,
    /// Of the whole day, in the order in which they decided.
    rules: Vec<String>,
    slots: Vec<SlotJson>,
}

#[derive(Serialize)]
struct SlotJson {
    /// The station's civil time.
    at: String,
    output: String,
    airs: bool,
    rules: Vec<String>,
}

fn json(id: &str, explanation: &Explanation, lang: Language) -> anyhow::Result<String> {
    let slots = explanation.slots.iter().map(|slot| SlotJson {
        at: slot.at.to_string(),
        output: slot.output.to_string(),
        airs: slot.rules.iter().any(|rule| matches!(rule, SlotRule::Airs { .. })),
        rules: slot.rules.iter().map(|rule| slot_rule(rule, lang)).collect(),
    });
    let document = ExplanationJson {
        broadcast: id,
        date: explanation.day.to_string(),
        rules: explanation.rules.iter().map(|rule| day_rule(rule, lang)).collect(),
        slots: slots.collect(),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::civil::{date, time};

    use super::*;
    use crate::asrun::history::History;
    use crate::library::Unfit;
    use crate::plan::{Amount, Change, ChangedTo, Per, Target};
    use crate::rundown::sample::*;
    use crate::terms::{Mourning, Priority, Reason};

    /// A station on which every rule has something to say on 2026-11-20, or on another day.
    fn station() -> SampleStation {
        let mut sample = SampleStation::default()
            .quota(1000)
            .jingle("hiệu", 10)
            .item("a", "law", 60)
            .item("b", "health", 60)
            .item("old", "law", 60)
            .valid(None, Some(date(2026, 11, 1)))
            .item("gone", "law", 60)
            .unfit("gone", Unfit::Missing)
            .item("long", "law", 400)
            .programme("p", vec![fixed("hiệu"), fixed("old"), pick(1, "health"), pick(1, "law")])
            .programme("q", vec![fixed("a")])
            .programme("r", vec![fixed("long")])
            .programme("lost", vec![fixed("gone")])
            .yearly("action", "11-15", "12-15")
            .dates("tet", date(2027, 2, 5), date(2027, 2, 12))
            .broadcast("everyday", "p", &["05:30", "17:00"])
            .with(|b| b.except = vec![Except::Day(date(2026, 11, 21)), Except::Campaign("tet".into())])
            .broadcast("special", "q", &["06:00"])
            .with(|b| (b.during, b.replaces) = (vec!["action".into()], vec!["usual".into()]))
            .broadcast("usual", "q", &["06:10"])
            .broadcast("twin", "q", &["06:00"])
            .broadcast("long", "r", &["17:20"])
            .broadcast("waits", "q", &["17:25"])
            .broadcast("late", "q", &["17:21"])
            .with(|b| b.late = SignedDuration::from_secs(30))
            .broadcast("more", "q", &["17:40"])
            .broadcast("moved", "q", &["06:12"])
            .broadcast("off", "q", &["06:14"])
            .broadcast("lost", "lost", &["06:20"])
            .broadcast("night", "q", &["03:15"])
            .broadcast("urgent", "q", &["17:02"])
            .with(|b| b.priority = Priority::Priority);
        let other = ChangedTo::Other { at: Some(time(6, 25, 0, 0)), programme: Some("r".into()), outputs: None };
        let change = |broadcast: &str, to| Change { broadcast: broadcast.into(), date: date(2026, 11, 20), time: None, to };
        sample.plan.changes = vec![change("moved", other), change("off", ChangedTo::Skipped)];
        sample.plan.campaigns[0].targets = vec![("health".into(), Target { amount: Amount::Airings(2), per: Per::Day })];
        sample
    }

    fn pages(sample: &SampleStation, lang: Language) -> String {
        let stock = Stock::of(&sample.plan, &sample.library);
        let told = |id: &str, day| {
            let broadcast = sample.plan.broadcasts.iter().find(|broadcast| broadcast.id.as_str() == id).unwrap();
            page(id, &explain(&sample.plan, &stock, &History::default(), &[], broadcast, day), lang)
        };
        let day = date(2026, 11, 20);
        let all =
            ["everyday", "special", "usual", "twin", "long", "waits", "late", "more", "moved", "off", "lost", "night", "urgent"];
        let mut pages: Vec<String> = all.iter().map(|id| told(id, day)).collect();
        pages.push(told("everyday", date(2026, 11, 21)));
        pages.push(told("everyday", date(2027, 2, 6)));
        pages.push(told("special", date(2026, 12, 16)));
        pages.join("\n")
    }

    #[test]
    fn each_rule_is_told_in_the_order_in_which_it_decided() {
        insta::assert_snapshot!("explained_vi", pages(&station(), Language::Vi));
        insta::assert_snapshot!("explained_en", pages(&station(), Language::En));
    }

    #[test]
    fn a_mourning_that_was_ordered_is_why_nothing_airs() {
        let sample = station();
        let (from, until) = (sample.at("2026-11-20T00:00"), sample.at("2026-11-21T00:00"));
        let mourning = [Mourning { from, until, only: Vec::new(), reason: "Quốc tang".into() }];
        let stock = Stock::of(&sample.plan, &sample.library);
        let broadcast = &sample.plan.broadcasts[0];
        let explained = explain(&sample.plan, &stock, &History::default(), &mourning, broadcast, date(2026, 11, 20));
        assert_eq!(explained.slots.len(), 2);
        for slot in &explained.slots {
            assert_eq!(slot.rules, [SlotRule::Skipped { reason: Reason::Mourning, by: None }]);
        }
    }

    #[test]
    fn what_is_explained_is_what_the_rundown_does() {
        let sample = station();
        let stock = Stock::of(&sample.plan, &sample.library);
        let rundown = sample.rundown("2026-11-20", "2026-11-21");
        let airs =
            |slot: &crate::check::explain::SlotExplained| slot.rules.iter().any(|rule| matches!(rule, SlotRule::Airs { .. }));
        for broadcast in &sample.plan.broadcasts {
            let explained = explain(&sample.plan, &stock, &History::default(), &[], broadcast, date(2026, 11, 20));
            let slots: Vec<_> = rundown.slots.iter().filter(|planned| planned.slot.broadcast == broadcast.id).collect();
            assert_eq!(explained.slots.len(), slots.len(), "{}", broadcast.id);
            for (explained, planned) in explained.slots.iter().zip(slots) {
                assert!(!airs(explained) || planned.left_out.is_none(), "{}", broadcast.id);
                assert!(planned.left_out.is_some() || explained.rules.len() > 2, "{}", broadcast.id);
            }
        }
    }
}
