//! Periods that reports are about: months, quarters and years, and a campaign's own days. Each is one of a series and has a number.
//!
//! Pure. With a cut on the 14th, November is 15 October to 14 November. A year that closes with a campaign begins on the day after the
//! campaign's last day of the year before, so that no day is left out and none is counted twice.

use jiff::Span;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::calendar::span::{Days, MonthDay};
use crate::lang::{Language, report as words};
use crate::plan::{Campaign, MonthEnd, Recurs};
use crate::report::tally::campaign::{day_of, days_of};
use crate::report::tally::days_between;
use crate::terms::CampaignId;

/// Some days, what they are called, and what they are compared with. It is handed on whole: nobody takes its name apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub from: Date,
    pub until: Date,
    pub kind: PeriodKind,
    pub before: Option<(Date, Date)>,
    pub year_ago: Option<(Date, Date)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    Month(i16, i8),
    Quarter(i16, i8),
    Year(i16),
    Campaign(String, i16),
    Days,
}

impl Period {
    /// Days that somebody named, compared with as many days right before.
    pub fn days(from: Date, until: Date) -> Period {
        let back = |day: Date| day.checked_sub(Span::new().years(1)).unwrap_or(day);
        Period { from, until, kind: PeriodKind::Days, before: before(from, until), year_ago: Some((back(from), back(until))) }
    }

    pub fn called(&self, lang: Language) -> String {
        match &self.kind {
            PeriodKind::Month(year, month) => words::period_month(lang, *year, *month),
            PeriodKind::Quarter(year, quarter) => words::period_quarter(lang, *year, *quarter),
            PeriodKind::Year(year) => words::period_year(lang, *year),
            PeriodKind::Campaign(name, year) => words::period_campaign(lang, name, *year),
            PeriodKind::Days => words::span(lang, self.from, self.until),
        }
    }

    /// How a file's name tells it: `2026-11`, `2026-q4`, `2026`.
    pub fn key(&self) -> String {
        match &self.kind {
            PeriodKind::Month(year, month) => format!("{year}-{month:02}"),
            PeriodKind::Quarter(year, quarter) => format!("{year}-q{quarter}"),
            PeriodKind::Year(year) | PeriodKind::Campaign(_, year) => year.to_string(),
            PeriodKind::Days => format!("{}-{}", self.from, self.until),
        }
    }

    /// Years are compared with years, unless asked otherwise.
    pub fn is_yearly(&self) -> bool {
        matches!(self.kind, PeriodKind::Year(_) | PeriodKind::Campaign(..))
    }

    /// What it is compared with when nobody says.
    pub fn usually_compared(&self) -> Option<(Date, Date)> {
        if self.is_yearly() { self.year_ago } else { self.before }
    }
}

/// Periods one after another.
#[derive(Clone, Copy, Debug)]
pub enum Series<'a> {
    Months(MonthEnd),
    Quarters(MonthEnd),
    /// With the calendar's year, or with the last day of a campaign.
    Years(Option<&'a Campaign>),
    Campaign(&'a Campaign),
}

impl<'a> Series<'a> {
    /// What a report of the plan recurs by; `None` when its campaign is not there.
    pub fn of(recurs: &Recurs, campaigns: &'a [Campaign], cut: MonthEnd) -> Option<Series<'a>> {
        let find = |id: &CampaignId| campaigns.iter().find(|campaign| campaign.id == *id);
        Some(match recurs {
            Recurs::Month => Series::Months(cut),
            Recurs::Quarter => Series::Quarters(cut),
            Recurs::Year { closes: None } => Series::Years(None),
            Recurs::Year { closes: Some(id) } => Series::Years(Some(find(id)?)),
            Recurs::Campaign(id) => Series::Campaign(find(id)?),
        })
    }

    /// The number of the period that `day` lies in, or of one that comes after it.
    pub fn number_of(&self, day: Date) -> i32 {
        let year = i32::from(day.year());
        let month =
            |cut| year * 12 + i32::from(day.month()) - 1 + i32::from(matches!(cut, MonthEnd::Day(last) if day.day() > last));
        match self {
            Series::Months(cut) => month(*cut),
            Series::Quarters(cut) => month(*cut).div_euclid(3),
            Series::Years(closes) => year + i32::from(closing(*closes, day.year()).is_some_and(|last| day > last)),
            Series::Campaign(_) => year,
        }
    }

    /// A month's number is its year times 12 and its place from 0, a quarter's likewise, all others' is the year.
    pub fn at(&self, number: i32) -> Option<Period> {
        let small = |number: i32| i16::try_from(number).ok();
        let parted = |by: i32| Some((small(number.div_euclid(by))?, i8::try_from(number.rem_euclid(by)).ok()? + 1));
        let (kind, (from, until), before_it) = match self {
            Series::Months(cut) => {
                let (year, month) = parted(12)?;
                (PeriodKind::Month(year, month), months(year, month, 1, *cut)?, previous(year, month, 1, *cut))
            }
            Series::Quarters(cut) => {
                let (year, quarter) = parted(4)?;
                let first = quarter * 3 - 2;
                (PeriodKind::Quarter(year, quarter), months(year, first, 3, *cut)?, previous(year, first, 3, *cut))
            }
            Series::Years(closes) => {
                let year = small(number)?;
                let days = |year: i16| Some((closing(*closes, year.checked_sub(1)?)?.tomorrow().ok()?, closing(*closes, year)?));
                (PeriodKind::Year(year), days(year)?, year.checked_sub(1).and_then(days))
            }
            Series::Campaign(campaign) => {
                let year = small(number)?;
                let (from, until) = days_of(campaign, year)?;
                // One with dates of its own is the same in every year: it is that of the year in which it begins.
                if from.year() != year {
                    return None;
                }
                (PeriodKind::Campaign(campaign.name.clone(), year), (from, until), before(from, until))
            }
        };
        let year_ago = match self {
            Series::Campaign(campaign) => days_of(campaign, from.year().checked_sub(1)?).filter(|(first, _)| *first < from),
            Series::Years(Some(_)) => before_it,
            Series::Months(_) | Series::Quarters(_) | Series::Years(None) => Period::days(from, until).year_ago,
        };
        Some(Period { from, until, kind, before: before_it, year_ago })
    }
}

/// The last day of a reporting year.
fn closing(closes: Option<&Campaign>, year: i16) -> Option<Date> {
    match closes.map(|campaign| campaign.days) {
        None => Date::new(year, 12, 31).ok(),
        Some(Days::Yearly { until, .. }) => day_of(until, year),
        Some(Days::Lunar { until, .. }) => {
            (year - 1..=year).rev().filter_map(|lunar| until.in_year(lunar)).find(|day| day.year() == year)
        }
        Some(Days::Dates(span)) => span.until.and_then(|until| day_of(MonthDay { month: until.month(), day: until.day() }, year)),
    }
}

/// As many days right before.
fn before(from: Date, until: Date) -> Option<(Date, Date)> {
    let first = from.checked_sub(Span::new().days(days_between(from, until))).ok()?;
    Some((first, from.yesterday().ok()?))
}

fn previous(year: i16, month: i8, count: i8, cut: MonthEnd) -> Option<(Date, Date)> {
    let first = date(year, month, 1).checked_sub(Span::new().months(count)).ok()?;
    months(first.year(), first.month(), count, cut)
}

/// `count` reporting months from one on.
fn months(year: i16, month: i8, count: i8, cut: MonthEnd) -> Option<(Date, Date)> {
    let first = Date::new(year, month, 1).ok()?;
    let last = first.checked_add(Span::new().months(count - 1)).ok()?;
    match cut {
        MonthEnd::Calendar => Some((first, last.last_of_month())),
        MonthEnd::Day(day) => {
            let from = first.checked_sub(Span::new().months(1)).ok()?.with().day(day).build().ok()?.tomorrow().ok()?;
            Some((from, last.with().day(day).build().ok()?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn campaign(days: Days) -> Campaign {
        Campaign { id: "action-month".into(), name: "Tháng hành động".into(), days, targets: Vec::new(), hours: None }
    }

    fn action_month() -> Campaign {
        campaign(Days::Yearly { from: MonthDay { month: 11, day: 15 }, until: MonthDay { month: 12, day: 15 } })
    }

    #[test]
    fn a_month_is_the_calendars_or_ends_on_the_cut() {
        let (calendar, cut) = (MonthEnd::Calendar, MonthEnd::Day(14));
        for (found, expected) in [
            (months(2026, 11, 1, calendar), (date(2026, 11, 1), date(2026, 11, 30))),
            (months(2028, 2, 1, calendar), (date(2028, 2, 1), date(2028, 2, 29))),
            (months(2026, 11, 1, cut), (date(2026, 10, 15), date(2026, 11, 14))),
            (months(2026, 1, 1, cut), (date(2025, 12, 15), date(2026, 1, 14))),
            (months(2026, 10, 3, calendar), (date(2026, 10, 1), date(2026, 12, 31))),
            (months(2026, 10, 3, cut), (date(2026, 9, 15), date(2026, 12, 14))),
            (months(2026, 3, 1, MonthEnd::Day(28)), (date(2026, 3, 1), date(2026, 3, 28))),
            (previous(2026, 1, 1, cut), (date(2025, 11, 15), date(2025, 12, 14))),
            (previous(2026, 1, 3, calendar), (date(2025, 10, 1), date(2025, 12, 31))),
            (before(date(2026, 11, 15), date(2026, 12, 15)), (date(2026, 10, 15), date(2026, 11, 14))),
        ] {
            assert_eq!(found, Some(expected));
        }
    }

    #[test]
    fn a_year_closes_with_the_campaign_and_leaves_no_day_out() {
        let campaign = action_month();
        let years = Series::Years(Some(&campaign));
        let year = years.at(2026).unwrap();
        assert_eq!((year.from, year.until, year.key()), (date(2025, 12, 16), date(2026, 12, 15), "2026".to_owned()));
        assert_eq!(year.year_ago, Some((date(2024, 12, 16), date(2025, 12, 15))));
        assert_eq!((years.number_of(date(2026, 12, 15)), years.number_of(date(2026, 12, 16))), (2026, 2027));
        assert_eq!(
            Series::Years(None).at(2026).map(|year| (year.from, year.until)),
            Some((date(2026, 1, 1), date(2026, 12, 31)))
        );
    }

    #[test]
    fn a_campaign_is_its_own_days_and_one_with_dates_comes_once() {
        let yearly = action_month();
        let period = Series::Campaign(&yearly).at(2026).unwrap();
        assert_eq!((period.from, period.until), (date(2026, 11, 15), date(2026, 12, 15)));
        assert_eq!(period.usually_compared(), Some((date(2025, 11, 15), date(2025, 12, 15))));
        let once = crate::calendar::span::DaySpan { from: Some(date(2027, 5, 1)), until: Some(date(2027, 5, 7)) };
        let once = campaign(Days::Dates(once));
        let found: Vec<i32> = (2020..2040).filter(|year| Series::Campaign(&once).at(*year).is_some()).collect();
        assert_eq!(found, [2027]);
    }

    #[test]
    fn every_day_lies_in_the_period_of_its_number_and_periods_follow_each_other() {
        let campaign = action_month();
        let all = [Series::Months(MonthEnd::Calendar), Series::Months(MonthEnd::Day(14)), Series::Quarters(MonthEnd::Calendar)];
        for series in
            all.into_iter().chain([Series::Quarters(MonthEnd::Day(28)), Series::Years(None), Series::Years(Some(&campaign))])
        {
            let mut day = date(2025, 1, 1);
            while day < date(2029, 1, 1) {
                let number = series.number_of(day);
                let period = series.at(number).unwrap();
                assert!(period.from <= day && day <= period.until, "{series:?} {day}: {period:?}");
                assert_eq!(series.at(number + 1).unwrap().from, period.until.tomorrow().unwrap());
                day = day.tomorrow().unwrap();
            }
        }
    }
}
