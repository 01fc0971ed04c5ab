//! Which days a report is about, and with which it is compared.

use jiff::Span;
use jiff::civil::{Date, date};

use crate::cli::civil;
use crate::lang::{Language, cli as shared, report as words, report_cli};
use crate::plan::{Baseline, Cut};
use crate::report::tally::campaign::days_of;
use crate::report::tally::days_between;
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

/// A period with the one before it.
struct Period {
    from: Date,
    until: Date,
    called: String,
    before: Option<(Date, Date)>,
    /// Years are compared with years, unless asked otherwise.
    yearly: bool,
}

pub fn asked(args: &Args, cut: Cut, names: &Names, baselines: &[Baseline], today: Date, lang: Language) -> Result<Asked, String> {
    let period = period(args, cut, names, today, lang)?;
    let year_ago = || {
        let back = |day: Date| day.checked_sub(Span::new().years(1)).unwrap_or(day);
        match args.campaign.as_deref().and_then(|id| names.campaign(id)) {
            Some(campaign) => days_of(campaign, period.from.year().saturating_sub(1)).filter(|(from, _)| *from < period.from),
            None => Some((back(period.from), back(period.until))),
        }
    };
    let named = |id: &str| baselines.iter().find(|baseline| baseline.id == id).cloned();
    let (compared, baseline) = match args.compare.as_deref() {
        Some("none") => (None, None),
        Some("before") => (period.before, None),
        Some("last-year") => (year_ago(), None),
        None => (if period.yearly { year_ago() } else { period.before }, None),
        Some(id) => {
            let known = ["before", "last-year", "none"].into_iter().chain(baselines.iter().map(|baseline| baseline.id.as_str()));
            let bad = || shared::bad_value(lang, "--compare", id, Some(&known.collect::<Vec<_>>().join(", ")));
            (None, Some(named(id).ok_or_else(bad)?))
        }
    };
    // Figures that were entered by hand for the very days that are compared.
    let same_days = || baselines.iter().find(|baseline| Some((baseline.from, baseline.until)) == compared).cloned();
    let baseline = baseline.or_else(same_days);
    Ok(Asked { from: period.from, until: period.until, called: period.called, compared, baseline })
}

fn period(args: &Args, cut: Cut, names: &Names, today: Date, lang: Language) -> Result<Period, String> {
    let bad = |name: &str, text: &str, expected: &str| shared::bad_value(lang, name, text, Some(expected));
    let year = args.year.as_deref().map(|text| year(text).ok_or_else(|| bad("--year", text, report_cli::year_expected(lang))));
    let year = year.transpose()?;
    if let Some(id) = &args.campaign {
        let known = || names.campaigns.iter().map(|campaign| campaign.id.as_str()).collect::<Vec<_>>().join(", ");
        let campaign = names.campaign(id).ok_or_else(|| bad("--campaign", id, &known()))?;
        let year = year.unwrap_or(today.year());
        let (from, until) = days_of(campaign, year).ok_or_else(|| report_cli::campaign_without_days(lang, id))?;
        let called = words::period_campaign(lang, &campaign.name, from.year());
        return Ok(Period { from, until, called, before: before(from, until), yearly: true });
    }
    if let Some(text) = &args.month {
        let (year, month) = year_and(text, 12).ok_or_else(|| bad("--month", text, report_cli::month_expected(lang)))?;
        let (from, until) = months(year, month, 1, cut).ok_or_else(|| bad("--month", text, report_cli::month_expected(lang)))?;
        return Ok(Period {
            from,
            until,
            called: words::period_month(lang, year, month),
            before: previous(year, month, 1, cut),
            yearly: false,
        });
    }
    if let Some(text) = &args.quarter {
        let wrong = || bad("--quarter", text, report_cli::quarter_expected(lang));
        let (year, quarter) = year_and(text, 4).ok_or_else(wrong)?;
        let first = quarter * 3 - 2;
        let (from, until) = months(year, first, 3, cut).ok_or_else(wrong)?;
        let called = words::period_quarter(lang, year, quarter);
        return Ok(Period { from, until, called, before: previous(year, first, 3, cut), yearly: false });
    }
    if let Some(year) = year {
        let (from, until) = (date(year, 1, 1), date(year, 12, 31));
        return Ok(Period { from, until, called: words::period_year(lang, year), before: before(from, until), yearly: true });
    }
    let edge = |name: &str, text: &Option<String>| match text {
        Some(text) => civil::date(text).map(Some).ok_or_else(|| bad(name, text, shared::day_expected(lang))),
        None => Ok(None),
    };
    let (from, until) = match (edge("--from", &args.from)?, edge("--to", &args.to)?) {
        (Some(from), Some(until)) => (from, until),
        // A logbook is a week's.
        (Some(from), None) if args.is_logbook() => (from, from.checked_add(Span::new().days(6)).unwrap_or(from)),
        (None, None) if args.is_logbook() => {
            let monday = crate::report::document::annex::monday(today);
            (monday, monday.checked_add(Span::new().days(6)).unwrap_or(monday))
        }
        _ => return Err(report_cli::period_needed(lang).to_owned()),
    };
    if until < from {
        return Err(shared::span_is_empty(lang).to_owned());
    }
    Ok(Period { from, until, called: words::span(lang, from, until), before: before(from, until), yearly: false })
}

/// As many days right before.
fn before(from: Date, until: Date) -> Option<(Date, Date)> {
    let first = from.checked_sub(Span::new().days(days_between(from, until))).ok()?;
    Some((first, from.yesterday().ok()?))
}

fn previous(year: i16, month: i8, count: i8, cut: Cut) -> Option<(Date, Date)> {
    let first = date(year, month, 1).checked_sub(Span::new().months(count)).ok()?;
    months(first.year(), first.month(), count, cut)
}

/// `count` reporting months from one on. With a cut on the 14th, November is 15 October to 14 November.
fn months(year: i16, month: i8, count: i8, cut: Cut) -> Option<(Date, Date)> {
    let first = Date::new(year, month, 1).ok()?;
    let last = first.checked_add(Span::new().months(count - 1)).ok()?;
    match cut {
        Cut::Calendar => Some((first, last.last_of_month())),
        Cut::Day(day) => {
            let from = first.checked_sub(Span::new().months(1)).ok()?.with().day(day).build().ok()?.tomorrow().ok()?;
            Some((from, last.with().day(day).build().ok()?))
        }
    }
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
    fn a_month_is_the_calendars_or_ends_on_the_cut() {
        let (calendar, cut) = (Cut::Calendar, Cut::Day(14));
        for (found, expected) in [
            (months(2026, 11, 1, calendar), (date(2026, 11, 1), date(2026, 11, 30))),
            (months(2028, 2, 1, calendar), (date(2028, 2, 1), date(2028, 2, 29))),
            (months(2026, 11, 1, cut), (date(2026, 10, 15), date(2026, 11, 14))),
            (months(2026, 1, 1, cut), (date(2025, 12, 15), date(2026, 1, 14))),
            (months(2026, 10, 3, calendar), (date(2026, 10, 1), date(2026, 12, 31))),
            (months(2026, 10, 3, cut), (date(2026, 9, 15), date(2026, 12, 14))),
            (months(2026, 3, 1, Cut::Day(28)), (date(2026, 3, 1), date(2026, 3, 28))),
            (previous(2026, 1, 1, cut), (date(2025, 11, 15), date(2025, 12, 14))),
            (previous(2026, 1, 3, calendar), (date(2025, 10, 1), date(2025, 12, 31))),
            (before(date(2026, 11, 15), date(2026, 12, 15)), (date(2026, 10, 15), date(2026, 11, 14))),
        ] {
            assert_eq!(found, Some(expected));
        }
    }

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
