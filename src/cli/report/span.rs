//! Which days a report is about, and with which it is compared.

use jiff::Span;
use jiff::civil::Date;

use crate::calendar::span::Days;
use crate::calendar::written::{self, Seek, Toward};
use crate::cli::civil;
use crate::lang::{Language, cli as shared, report_cli};
use crate::plan::{Baseline, Duty, MonthEnd, Recurs};
use crate::report::document::annex::monday;
use crate::report::period::{Period, Series};
use crate::report::tally::names::Names;

use super::Args;

/// The days, and what they are compared with.
#[derive(Clone, Debug)]
pub struct ReportDays {
    pub period: Period,
    pub compared: Option<(Date, Date)>,
    pub baseline: Option<Baseline>,
}

impl ReportDays {
    /// Compared with what was named, else with what such a period is usually compared with.
    pub fn compared(period: Period, with: Option<&str>, baselines: &[Baseline], lang: Language) -> Result<ReportDays, String> {
        let named = |id: &str| baselines.iter().find(|baseline| baseline.id == id).cloned();
        let (compared, baseline) = match with {
            Some("none") => (None, None),
            Some("before") => (period.before, None),
            Some("last-year") => (period.year_ago, None),
            None => (period.usually_compared(), None),
            Some(id) => {
                let words = ["before", "last-year", "none"].into_iter().chain(baselines.iter().map(|b| b.id.as_str()));
                let bad = || shared::bad_value(lang, "--compare", id, Some(&words.collect::<Vec<_>>().join(", ")));
                (None, Some(named(id).ok_or_else(bad)?))
            }
        };
        // Figures that were entered by hand for the very days that are compared.
        let same_days = || baselines.iter().find(|baseline| Some((baseline.from, baseline.until)) == compared).cloned();
        let baseline = baseline.or_else(same_days);
        Ok(ReportDays { period, compared, baseline })
    }
}

/// What the days are made out by.
pub struct PeriodContext<'a> {
    pub cut: MonthEnd,
    pub names: &'a Names,
    /// The entry of the plan that was named.
    pub duty: Option<&'a Duty>,
    pub today: Date,
}

/// The period that was typed.
enum Typed<'a> {
    Nothing,
    /// By its number in its series.
    Month(i32),
    Quarter(i32),
    Year(i32),
    /// A campaign's, in a year.
    Campaign(&'a str, Option<i32>),
    /// Of a logbook the last day may be left out.
    Days(Date, Option<Date>),
}

impl Typed<'_> {
    fn read(args: &Args, today: Date, lang: Language) -> Result<Typed<'_>, String> {
        let bad = |name: &str, text: &str, expected: &str| shared::bad_value(lang, name, text, Some(expected));
        let parted = |text: &str, most: i8| {
            year_and(text, most).map(|(year, part)| i32::from(year) * i32::from(most) + i32::from(part) - 1)
        };
        if let Some(text) = &args.month {
            return parted(text, 12).map(Typed::Month).ok_or_else(|| bad("--month", text, report_cli::month_expected(lang)));
        }
        if let Some(text) = &args.quarter {
            return parted(text, 4).map(Typed::Quarter).ok_or_else(|| bad("--quarter", text, report_cli::quarter_expected(lang)));
        }
        let read = |text: &String| year(text).map(i32::from).ok_or_else(|| bad("--year", text, report_cli::year_expected(lang)));
        let year = args.year.as_ref().map(read).transpose()?;
        if let Some(id) = &args.campaign {
            return Ok(Typed::Campaign(id, year));
        }
        if let Some(year) = year {
            return Ok(Typed::Year(year));
        }
        let day = |name: &str, text: &Option<String>| {
            let seek = Some(Seek { today, toward: Toward::Past });
            let bad = |text: &str, why| civil::misread(lang, name, text, why, shared::day_expected(lang));
            let read = |text: &String| written::day(text, seek).map_err(|why| bad(text, why));
            text.as_ref().map(read).transpose()
        };
        match (day("--from", &args.from)?, day("--to", &args.to)?) {
            (Some(from), until) => Ok(Typed::Days(from, until)),
            (None, None) => Ok(Typed::Nothing),
            (None, Some(_)) => Err(report_cli::period_needed(lang).to_owned()),
        }
    }
}

/// Takes the command line apart, once; behind it a period is a value.
pub fn period(args: &Args, given: &PeriodContext<'_>, lang: Language) -> Result<Period, String> {
    let typed = Typed::read(args, given.today, lang)?;
    match given.duty {
        Some(duty) => of_entry(duty, &typed, given, args.draft, lang),
        None => of_days(&typed, given, args.is_logbook(), lang),
    }
}

/// The period of an entry of the plan that is named, or the newest one that is over; of a draft, the one that runs.
fn of_entry(duty: &Duty, typed: &Typed<'_>, given: &PeriodContext<'_>, draft: bool, lang: Language) -> Result<Period, String> {
    let none = || report_cli::no_period(lang, duty.id.as_str());
    let series = Series::of(&duty.period, &given.names.campaigns, given.cut).ok_or_else(none)?;
    let option = match (&duty.period, typed) {
        (Recurs::Month, Typed::Month(number))
        | (Recurs::Quarter, Typed::Quarter(number))
        | (Recurs::Year { .. } | Recurs::Campaign(_), Typed::Year(number)) => return series.at(*number).ok_or_else(none),
        (_, Typed::Nothing) => {
            let fits = |period: &Period| if draft { period.from <= given.today } else { period.until < given.today };
            let newest = series.number_of(given.today);
            return (0..=2).filter_map(|back| series.at(newest - back)).find(fits).ok_or_else(none);
        }
        (Recurs::Month, _) => "--month",
        (Recurs::Quarter, _) => "--quarter",
        (Recurs::Year { .. } | Recurs::Campaign(_), _) => "--year",
    };
    Err(report_cli::other_period(lang, duty.id.as_str(), option))
}

fn of_days(typed: &Typed<'_>, given: &PeriodContext<'_>, logbook: bool, lang: Language) -> Result<Period, String> {
    let none = || report_cli::period_needed(lang).to_owned();
    let week = |from: Date| from.checked_add(Span::new().days(6)).unwrap_or(from);
    let (from, until) = match *typed {
        Typed::Month(number) => return Series::Months(given.cut).at(number).ok_or_else(none),
        Typed::Quarter(number) => return Series::Quarters(given.cut).at(number).ok_or_else(none),
        Typed::Year(number) => return Series::Years(None).at(number).ok_or_else(none),
        Typed::Campaign(id, year) => return of_campaign(id, year, given, lang),
        Typed::Days(from, Some(until)) => (from, until),
        // A logbook is a week's.
        Typed::Days(from, None) if logbook => (from, week(from)),
        Typed::Nothing if logbook => {
            let monday = monday(given.today);
            (monday, week(monday))
        }
        Typed::Days(_, None) | Typed::Nothing => return Err(none()),
    };
    if until < from {
        return Err(shared::span_is_empty(lang).to_owned());
    }
    Ok(Period::days(from, until))
}

fn of_campaign(id: &str, year: Option<i32>, given: &PeriodContext<'_>, lang: Language) -> Result<Period, String> {
    let ids = || given.names.campaigns.iter().map(|campaign| campaign.id.as_str()).collect::<Vec<_>>().join(", ");
    let unknown = || shared::bad_value(lang, "--campaign", id, Some(&ids()));
    let campaign = given.names.campaign(id).ok_or_else(unknown)?;
    // One with dates of its own has them in one year only.
    let own = match campaign.days {
        Days::Dates(span) => span.from,
        Days::Yearly { .. } | Days::Lunar { .. } => None,
    };
    let year = year.unwrap_or(i32::from(own.unwrap_or(given.today).year()));
    Series::Campaign(campaign).at(year).ok_or_else(|| report_cli::campaign_without_days(lang, id))
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
