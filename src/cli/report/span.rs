//! Which days a report is about, and with which it is compared.

use jiff::Span;
use jiff::civil::Date;

use crate::calendar::span::Days;
use crate::cli::civil;
use crate::lang::{Language, cli as shared, report_cli};
use crate::plan::{Baseline, Cut, Duty, Recurs};
use crate::report::period::{Period, Series};
use crate::report::tally::names::Names;

use super::Args;

/// The days, how they are called, and what is compared.
#[derive(Clone, Debug)]
pub struct Asked {
    pub from: Date,
    pub until: Date,
    pub called: String,
    pub compared: Option<(Date, Date)>,
    pub baseline: Option<Baseline>,
}

/// What the days are made out by.
pub struct Known<'a> {
    pub cut: Cut,
    pub names: &'a Names,
    pub baselines: &'a [Baseline],
    /// The entry of the plan that was named.
    pub duty: Option<&'a Duty>,
    pub today: Date,
}

pub fn asked(args: &Args, known: &Known<'_>, lang: Language) -> Result<Asked, String> {
    let period = match known.duty {
        Some(duty) => by_duty(args, duty, known, lang)?,
        None => by_hand(args, known, lang)?,
    };
    let baselines = known.baselines;
    let named = |id: &str| baselines.iter().find(|baseline| baseline.id == id).cloned();
    let (compared, baseline) = match args.compare.as_deref() {
        Some("none") => (None, None),
        Some("before") => (period.before, None),
        Some("last-year") => (period.year_ago, None),
        None => (period.usually_compared(), None),
        Some(id) => {
            let words = ["before", "last-year", "none"].into_iter().chain(baselines.iter().map(|baseline| baseline.id.as_str()));
            let bad = || shared::bad_value(lang, "--compare", id, Some(&words.collect::<Vec<_>>().join(", ")));
            (None, Some(named(id).ok_or_else(bad)?))
        }
    };
    // Figures that were entered by hand for the very days that are compared.
    let same_days = || baselines.iter().find(|baseline| Some((baseline.from, baseline.until)) == compared).cloned();
    let baseline = baseline.or_else(same_days);
    Ok(Asked { from: period.from, until: period.until, called: period.called(lang), compared, baseline })
}

/// The number of the period in its series that was asked for; `None` when none was.
fn number(args: &Args, lang: Language) -> Result<Option<i32>, String> {
    let bad = |name: &str, text: &str, expected: &str| shared::bad_value(lang, name, text, Some(expected));
    let parted =
        |text: &str, most: i8| year_and(text, most).map(|(year, part)| i32::from(year) * i32::from(most) + i32::from(part) - 1);
    if let Some(text) = &args.month {
        return parted(text, 12).map(Some).ok_or_else(|| bad("--month", text, report_cli::month_expected(lang)));
    }
    if let Some(text) = &args.quarter {
        return parted(text, 4).map(Some).ok_or_else(|| bad("--quarter", text, report_cli::quarter_expected(lang)));
    }
    let year = args.year.as_deref().map(|text| year(text).ok_or_else(|| bad("--year", text, report_cli::year_expected(lang))));
    Ok(year.transpose()?.map(i32::from))
}

/// The period of an entry of the plan that is named, or the newest one that is over; of a draft, the one that runs.
fn by_duty(args: &Args, duty: &Duty, known: &Known<'_>, lang: Language) -> Result<Period, String> {
    let (right, option) = match duty.period {
        Recurs::Month => (args.quarter.is_none() && args.year.is_none(), "--month"),
        Recurs::Quarter => (args.month.is_none() && args.year.is_none(), "--quarter"),
        Recurs::Year { .. } | Recurs::Campaign(_) => (args.month.is_none() && args.quarter.is_none(), "--year"),
    };
    if !right {
        return Err(report_cli::other_period(lang, duty.id.as_str(), option));
    }
    let none = || report_cli::no_period(lang, duty.id.as_str());
    let series = Series::of(&duty.period, &known.names.campaigns, known.cut).ok_or_else(none)?;
    let fits = |period: &Period| if args.draft { period.from <= known.today } else { period.until < known.today };
    match number(args, lang)? {
        Some(number) => series.at(number).ok_or_else(none),
        None => {
            let newest = series.number_of(known.today);
            (0..=2).filter_map(|back| series.at(newest - back)).find(fits).ok_or_else(none)
        }
    }
}

fn by_hand(args: &Args, known: &Known<'_>, lang: Language) -> Result<Period, String> {
    let bad = |name: &str, text: &str, expected: &str| shared::bad_value(lang, name, text, Some(expected));
    let number = number(args, lang)?;
    let none = || report_cli::period_needed(lang).to_owned();
    if let Some(id) = &args.campaign {
        let ids = || known.names.campaigns.iter().map(|campaign| campaign.id.as_str()).collect::<Vec<_>>().join(", ");
        let campaign = known.names.campaign(id).ok_or_else(|| bad("--campaign", id, &ids()))?;
        // One with dates of its own has them in one year only.
        let own = match campaign.days {
            Days::Dates(span) => span.from,
            Days::Yearly { .. } => None,
        };
        let year = number.unwrap_or(i32::from(own.unwrap_or(known.today).year()));
        return Series::Campaign(campaign).at(year).ok_or_else(|| report_cli::campaign_without_days(lang, id));
    }
    if let Some(number) = number {
        let series = match (&args.month, &args.quarter) {
            (Some(_), _) => Series::Months(known.cut),
            (None, Some(_)) => Series::Quarters(known.cut),
            (None, None) => Series::Years(None),
        };
        return series.at(number).ok_or_else(none);
    }
    let edge = |name: &str, text: &Option<String>| match text {
        Some(text) => civil::date(text).map(Some).ok_or_else(|| bad(name, text, shared::day_expected(lang))),
        None => Ok(None),
    };
    let week = |from: Date| from.checked_add(Span::new().days(6)).unwrap_or(from);
    let (from, until) = match (edge("--from", &args.from)?, edge("--to", &args.to)?) {
        (Some(from), Some(until)) => (from, until),
        // A logbook is a week's.
        (Some(from), None) if args.is_logbook() => (from, week(from)),
        (None, None) if args.is_logbook() => {
            let monday = crate::report::document::annex::monday(known.today);
            (monday, week(monday))
        }
        _ => return Err(none()),
    };
    if until < from {
        return Err(shared::span_is_empty(lang).to_owned());
    }
    Ok(Period::days(from, until))
}

fn year(text: &str) -> Option<i16> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|year| digits && (1970..=2200).contains(year))
}

/// `2026-11`, `11/2026`; the second number at most `most`.
fn year_and(text: &str, most: i8) -> Option<(i16, i8)> {
    let (year_text, other) = match (text.split_once('-'), text.split_once('/')) {
        (Some((year, other)), _) => (year, other.trim_start_matches(['Q', 'q'])),
        (None, Some((other, year))) => (year, other.trim_start_matches(['Q', 'q'])),
        (None, None) => return None,
    };
    let other = other.parse().ok().filter(|other| (1..=most).contains(other) && !text.contains('+'))?;
    Some((year(year_text)?, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_quarters_are_written_both_ways() {
        assert_eq!(year_and("2026-11", 12), Some((2026, 11)));
        assert_eq!(year_and("11/2026", 12), Some((2026, 11)));
        assert_eq!(year_and("2026-Q4", 4), Some((2026, 4)));
        for bad in ["2026-13", "2026", "26-11", "2026-0", "2026-+1", "x-1", ""] {
            assert_eq!(year_and(bad, 12), None, "{bad}");
        }
    }
}
