//! The Vietnamese lunar calendar, both ways, for the days of the years 1900–2199.
//!
//! The rules are those that Hồ Ngọc Đức has published: days are those of UTC+7; the day of the new moon begins a month; the winter
//! solstice falls in month 11; where thirteen months lie between two months 11, the first in which the sun enters no new twelfth of its
//! way repeats the number of the month before it as a leap month.
//!
//! New moon and sun are reckoned by the short series of Jean Meeus that he names too, not by longer ones. Exact positions give another
//! calendar in seven places of these 300 years: the leap month of 1938 (7 instead of 8: the sun crosses one second after midnight), and six
//! first days, which are here 10/12/2072, 18/10/2085, 8/5/2130, 27/5/2150, 18/5/2159 and 27/1/2199: there the moon is new within two minutes
//! of midnight, and how far the earth's turning will be behind by then nobody knows so well. What decides is that the station's calendar and
//! everybody's wall calendar agree, and those follow the published rules.
//!
//! UTC+7 holds for all 300 years. Before 1968 printed calendars in Vietnam were mostly made for UTC+8 and differ on some days; no station
//! plans those.

use std::f64::consts::TAU;
use std::sync::OnceLock;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::calendar::written;

/// The years of the common calendar whose days are known here.
pub const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// A day of the lunar calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LunarDate {
    /// The year that begins with the Tết before it.
    pub year: i16,
    pub month: i8,
    /// It lies in the leap month that follows the regular one of this number.
    pub leap: bool,
    pub day: i8,
}

impl LunarDate {
    /// `None` outside [`YEARS`].
    pub fn of(day: Date) -> Option<LunarDate> {
        let known = YEARS.contains(&day.year());
        let this = lunar_year(day.year()).filter(|_| known)?;
        let year = if this.tet() <= day { this } else { lunar_year(day.year() - 1)? };
        let month = year.months.iter().rfind(|month| month.first <= day)?;
        let behind = day.duration_since(month.first).as_hours() / 24;
        Some(LunarDate { year: year.year, month: month.number, leap: month.leap, day: i8::try_from(behind + 1).ok()? })
    }

    /// The day of the common calendar; `None` where there is no such day.
    pub fn solar(self) -> Option<Date> {
        let year = lunar_year(self.year)?;
        let month = year.months.iter().find(|month| (month.number, month.leap) == (self.month, self.leap))?;
        let known = (1..=month.days).contains(&self.day);
        let day = month.first.checked_add((i32::from(self.day) - 1).days()).ok()?;
        (known && YEARS.contains(&day.year())).then_some(day)
    }
}

/// A day of every lunar year. It lies in the regular month, never in the leap month of the same number; the 30th of a month that has 29
/// days is its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LunarDay {
    pub month: i8,
    pub day: i8,
}

impl LunarDay {
    /// Reads `MM-DD`, or as people write it `23/12`: months to 12, days to 30.
    pub fn parse(text: &str) -> Option<LunarDay> {
        let (month, day) = written::month_and_day(text)?;
        ((1..=12).contains(&month) && (1..=30).contains(&day)).then_some(LunarDay { month, day })
    }

    /// The day of the common calendar in this lunar year.
    pub fn in_year(self, year: i16) -> Option<Date> {
        let months = &lunar_year(year)?.months;
        let month = months.iter().find(|month| month.number == self.month && !month.leap)?;
        month.first.checked_add((i32::from(self.day.min(month.days)) - 1).days()).ok()
    }
}

/// The first and the last day of a span of every lunar year, in the lunar year in which it begins; one whose end comes before its start
/// runs over Tết. The leap month between its ends belongs to it.
pub fn span(from: LunarDay, until: LunarDay, year: i16) -> Option<(Date, Date)> {
    Some((from.in_year(year)?, until.in_year(year + i16::from(until < from))?))
}

/// The spans that begin in a year of the common calendar, in order: one as a rule, two or none of those that begin about New Year.
pub fn spans_of(from: LunarDay, until: LunarDay, year: i16) -> impl Iterator<Item = (Date, Date)> {
    // A lunar year begins up to seven weeks after the common one.
    (year - 1..=year).filter_map(move |lunar| span(from, until, lunar)).filter(move |(first, _)| first.year() == year)
}

/// Whether one of these spans holds `day`.
pub fn between(from: LunarDay, until: LunarDay, day: Date) -> bool {
    (day.year() - 2..=day.year()).filter_map(|year| span(from, until, year)).any(|(first, last)| first <= day && day <= last)
}

/// The months of one lunar year, in order.
struct LunarYear {
    year: i16,
    months: Vec<LunarMonth>,
}

#[derive(Clone, Copy)]
struct LunarMonth {
    number: i8,
    leap: bool,
    first: Date,
    days: i8,
}

impl LunarYear {
    fn tet(&self) -> Date {
        self.months.first().map_or(Date::MAX, |month| month.first)
    }
}

/// The lunar year before the first whole one has days of 1900 in it.
const FIRST_YEAR: i16 = *YEARS.start() - 1;
const COUNT: usize = 301;

/// A lunar year is reckoned once: a check of a year's broadcasts asks many thousand times.
fn lunar_year(year: i16) -> Option<&'static LunarYear> {
    static KNOWN: [OnceLock<LunarYear>; COUNT] = [const { OnceLock::new() }; COUNT];
    let place = usize::try_from(year - FIRST_YEAR).ok()?;
    Some(KNOWN.get(place)?.get_or_init(|| {
        // From Tết to month 10 it lies between the two solstices before its last, months 11 and 12 lie behind that.
        let (before, after) = (between_solstices(year - 1), between_solstices(year));
        let first = before.into_iter().filter(|month| month.number <= 10);
        LunarYear { year, months: first.chain(after.into_iter().filter(|month| month.number >= 11)).collect() }
    }))
}

/// The months from month 11 of `year` to the one before the next month 11.
fn between_solstices(year: i16) -> Vec<LunarMonth> {
    let (start, end) = (month_eleven(year), month_eleven(year + 1));
    let count = end - start;
    let without_term = |moon: i32| sun_twelfth(new_moon_day(moon)) == sun_twelfth(new_moon_day(moon + 1));
    let leap = (start + 1..end).find(|moon| count == 13 && without_term(*moon));
    let of = |moon: i32| {
        let behind = moon - start - i32::from(leap.is_some_and(|leap| leap <= moon));
        let number = i8::try_from((behind + 10).rem_euclid(12) + 1).ok()?;
        let (first, next) = (new_moon_day(moon), new_moon_day(moon + 1));
        Some(LunarMonth { number, leap: leap == Some(moon), first: on_day(first)?, days: i8::try_from(next - first).ok()? })
    };
    (start..end).filter_map(of).collect()
}

/// The new moon that begins month 11 of the lunar year `year`: the last whose day comes no later than the winter solstice.
fn month_eleven(year: i16) -> i32 {
    let last_of_year = day_number(date(year, 12, 31));
    let moon = (f64::from(last_of_year - 2_415_021) / MONTH).floor() as i32;
    // Capricorn, the tenth twelfth, begins with the solstice.
    if sun_twelfth(new_moon_day(moon)) >= 9 { moon - 1 } else { moon }
}

/// The mean month, in days.
const MONTH: f64 = 29.530588853;
/// The clocks of Vietnam against UTC, in days.
const VIETNAM: f64 = 7.0 / 24.0;

/// The Julian day number of a civil day, and the other way round.
fn day_number(day: Date) -> i32 {
    let behind = day.duration_since(date(2000, 1, 1)).as_hours() / 24;
    i32::try_from(behind).map_or(0, |behind| 2_451_545 + behind)
}

fn on_day(number: i32) -> Option<Date> {
    date(2000, 1, 1).checked_add((number - 2_451_545).days()).ok()
}

/// The day in Vietnam on which the moon is new, `moon` new moons after that of 1 January 1900.
fn new_moon_day(moon: i32) -> i32 {
    // Julian days begin at noon.
    (new_moon(moon) + 0.5 + VIETNAM).floor() as i32
}

/// By how much the sun and the moon come before or after the mean new moon, in days: the sine of so many times the sun's anomaly, the
/// moon's anomaly and the moon's argument of latitude.
const NEW_MOON: [(f64, f64, f64, f64); 12] = [
    (-0.4068, 0.0, 1.0, 0.0),
    (0.0161, 0.0, 2.0, 0.0),
    (0.0104, 0.0, 0.0, 2.0),
    (-0.0074, 1.0, -1.0, 0.0),
    (-0.0051, 1.0, 1.0, 0.0),
    (0.0021, 2.0, 0.0, 0.0),
    (0.0010, 0.0, -1.0, 2.0),
    (-0.0006, 0.0, 1.0, 2.0),
    (0.0005, 1.0, 2.0, 0.0),
    (-0.0004, 0.0, 3.0, 0.0),
    (0.0004, 1.0, 0.0, 2.0),
    (-0.0004, -1.0, 0.0, 2.0),
];

/// The Julian day of a new moon in universal time (J. Meeus, Astronomical Formulae for Calculators, chapter 32).
fn new_moon(moon: i32) -> f64 {
    let k = f64::from(moon);
    // In centuries of 36525 days since 1900.
    let t = k / 1236.85;
    let polynomial = |terms: [f64; 4]| terms.iter().rev().fold(0.0, |sum, term| sum * t + term);
    let mean = 2_415_020.759_33
        + 29.53058868 * k
        + polynomial([0.0, 0.0, 0.000_117_8, -0.000_000_155])
        + 0.00033 * polynomial([166.56, 132.87, -0.009173, 0.0]).to_radians().sin();
    let sun = 29.10535608 * k + polynomial([359.2242, 0.0, -0.000_033_3, -0.000_003_47]);
    let anomaly = 385.81691806 * k + polynomial([306.0253, 0.0, 0.0107306, 0.000_012_36]);
    let latitude = 390.67050646 * k + polynomial([21.2964, 0.0, -0.0016528, -0.000_002_39]);
    let [sun, anomaly, latitude] = [sun, anomaly, latitude].map(f64::to_radians);
    let of = |(size, s, a, l): &(f64, f64, f64, f64)| size * (s * sun + a * anomaly + l * latitude).sin();
    let true_moon = mean + (0.1734 - 0.000393 * t) * sun.sin() + NEW_MOON.iter().map(of).sum::<f64>();
    // How far the earth's turning is behind the time of the planets.
    true_moon - polynomial([-0.000278, 0.000265, 0.000262, 0.0])
}

/// In which twelfth of its way, from the spring equinox on, the sun stands when this day begins in Vietnam.
fn sun_twelfth(day: i32) -> i32 {
    let way = sun_longitude(f64::from(day) - 0.5 - VIETNAM).rem_euclid(TAU);
    (way / TAU * 12.0).floor() as i32
}

/// The sun's geometric longitude (J. Meeus, Astronomical Algorithms, chapter 25), in radians.
fn sun_longitude(julian_day: f64) -> f64 {
    let t = (julian_day - 2_451_545.0) / 36525.0;
    let polynomial = |terms: [f64; 4]| terms.iter().rev().fold(0.0, |sum, term| sum * t + term);
    let anomaly = polynomial([357.52910, 35999.05030, -0.0001559, -0.000_000_48]).to_radians();
    let mean = polynomial([280.46645, 36000.76983, 0.0003032, 0.0]);
    let centre = polynomial([1.914600, -0.004817, -0.000014, 0.0]) * anomaly.sin()
        + polynomial([0.019993, -0.000101, 0.0, 0.0]) * (2.0 * anomaly).sin()
        + 0.000290 * (3.0 * anomaly).sin();
    (mean + centre).to_radians()
}

#[cfg(test)]
#[path = "lunar_tests.rs"]
mod tests;
