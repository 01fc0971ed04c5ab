//! When a broadcast recurs: the plan's `cron`, or `at` with `days` or `on`.
//!
//! The cron crate reads the text; its sets of hours, minutes and seconds are civil times of a day, never instants. The zone's own
//! rule (see [`crate::calendar::timezone`]) makes instants of them, and instants that coincide are one. A time belongs to the civil day
//! of its instant: one written for a day, or the end of a day, that the zone leaves out belongs to the day after the gap.

use cron::TimeUnitSpec;
use jiff::civil::{Date, DateTime, Time, Weekday};

use crate::calendar::timezone::Timezone;
use crate::calendar::written::{self, Misread};
use crate::terms::Wall;

/// The recurrence of one broadcast.
#[derive(Clone, Debug)]
pub enum Recur {
    Cron(Box<cron::Schedule>),
    At { at: Vec<Time>, days: RecurDays },
}

/// On which days the times of `at` hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecurDays {
    Every,
    Week(Vec<Weekday>),
    /// Some of the month: its first Monday, its last Sunday.
    Nth(Vec<(Nth, Weekday)>),
    On(Vec<Date>),
}

/// Which of a month's days of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nth {
    /// The first is 1; not every month has a fifth.
    Number(i8),
    Last,
}

/// How the days of a month are counted, before the day of the week and behind it.
const BEFORE: [(&str, Nth); 6] = [
    ("first", Nth::Number(1)),
    ("second", Nth::Number(2)),
    ("third", Nth::Number(3)),
    ("fourth", Nth::Number(4)),
    ("fifth", Nth::Number(5)),
    ("last", Nth::Last),
];
const BEHIND: [(&str, Nth); 4] =
    [("dau tien", Nth::Number(1)), ("dau", Nth::Number(1)), ("cuoi cung", Nth::Last), ("cuoi", Nth::Last)];

/// `first mon`, `last CN`, `thứ hai đầu tiên`, `chủ nhật cuối`.
pub fn nth_weekday(text: &str) -> Result<(Nth, Weekday), Misread> {
    let folded = written::folded(text);
    let before = BEFORE.iter().find_map(|(word, nth)| Some((*nth, folded.strip_prefix(word)?.strip_prefix(' ')?)));
    let behind = || BEHIND.iter().find_map(|(word, nth)| Some((*nth, folded.strip_suffix(word)?.strip_suffix(' ')?)));
    let (nth, day) = before.or_else(behind).ok_or(Misread::Unknown)?;
    Ok((nth, written::weekday(day)?))
}

impl Nth {
    /// Whether `day` is that one among the days of its month with its name.
    fn is(self, day: Date) -> bool {
        match self {
            Nth::Number(number) => (day.day() - 1) / 7 + 1 == number,
            Nth::Last => day.day() + 7 > day.days_in_month(),
        }
    }
}

/// What is wrong with a cron text, by kind, so that the operator is told in their language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadCron {
    /// Not 6 or 7 fields (Unix cron has 5: seconds come first here).
    Fields { found: usize },
    /// Days of the week by number: the crate counts 1 = Sunday, Unix 0. Write SUN–SAT.
    NumericWeekday,
    /// This field (1-based) cannot be read: its text.
    Field { index: usize, text: String },
    /// Each field can be read, but there is never such a day.
    Never,
}

/// The 1-based place of the days of the week.
const WEEKDAYS: usize = 6;

impl Recur {
    /// Reads 6 or 7 fields: second, minute, hour, day of the month, month, day of the week by name, year.
    pub fn cron(text: &str) -> Result<Recur, BadCron> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        if !matches!(fields.len(), 6 | 7) {
            return Err(BadCron::Fields { found: fields.len() });
        }
        if numeric_weekday(fields[WEEKDAYS - 1]) {
            return Err(BadCron::NumericWeekday);
        }
        for (index, field) in (1..).zip(&fields) {
            if !readable(index, field) {
                return Err(BadCron::Field { index, text: (*field).to_owned() });
            }
        }
        let schedule: cron::Schedule =
            fields.join(" ").parse().map_err(|_| BadCron::Field { index: 1, text: text.to_owned() })?;
        if !has_a_day(&schedule) {
            return Err(BadCron::Never);
        }
        Ok(Recur::Cron(Box::new(schedule)))
    }

    /// The instants whose civil day is `day`, in order, each once.
    pub fn on(&self, day: Date, zone: &Timezone) -> Vec<Wall> {
        let mut written = Vec::new();
        // Only a gap at its end moves a time of the day before into this one.
        if let Ok(before) = day.yesterday()
            && zone.civil(zone.instant(before.to_datetime(Time::MAX))).date() != before
        {
            self.write_on(before, &mut written);
        }
        self.write_on(day, &mut written);
        let mut instants: Vec<Wall> = written.into_iter().map(|at| zone.instant(at)).collect();
        instants.retain(|at| zone.civil(*at).date() == day);
        instants.sort();
        instants.dedup();
        instants
    }

    /// The times written for `day` that it does not have.
    pub fn not_there_on(&self, day: Date, zone: &Timezone) -> Vec<DateTime> {
        let mut written = Vec::new();
        self.write_on(day, &mut written);
        written.retain(|at| zone.civil(zone.instant(*at)) != *at);
        written
    }

    /// The civil times that are written for `day`.
    fn write_on(&self, day: Date, into: &mut Vec<DateTime>) {
        match self {
            Recur::At { at, days } => {
                if days.contain(day) {
                    into.extend(at.iter().map(|time| day.to_datetime(*time)));
                }
            }
            Recur::Cron(schedule) => {
                if !includes(schedule, day) {
                    return;
                }
                for hour in schedule.hours().iter().filter_map(small) {
                    for minute in schedule.minutes().iter().filter_map(small) {
                        let seconds = schedule.seconds().iter().filter_map(small);
                        into.extend(seconds.map(|second| day.at(hour, minute, second, 0)));
                    }
                }
            }
        }
    }
}

impl RecurDays {
    fn contain(&self, day: Date) -> bool {
        match self {
            RecurDays::Every => true,
            RecurDays::Week(week) => week.contains(&day.weekday()),
            RecurDays::Nth(days) => days.iter().any(|(nth, weekday)| *weekday == day.weekday() && nth.is(day)),
            RecurDays::On(dates) => dates.contains(&day),
        }
    }
}

/// Whether a field of days of the week names one by number. Steps are not days: `*/2` and `MON-FRI/2` mean the same everywhere.
fn numeric_weekday(field: &str) -> bool {
    let days = field.split(',').filter_map(|part| part.split('/').next());
    days.flat_map(|part| part.split('-')).any(|name| name.bytes().next().is_some_and(|b| b.is_ascii_digit()))
}

/// Whether the crate can read this one field in its place.
fn readable(index: usize, field: &str) -> bool {
    let mut fields = ["*"; 7];
    let Some(place) = fields.get_mut(index - 1) else { return false };
    *place = field;
    fields.join(" ").parse::<cron::Schedule>().is_ok()
}

/// Day of the month, month, day of the week and year must all agree (Unix cron takes either of the two kinds of day).
fn includes(schedule: &cron::Schedule, day: Date) -> bool {
    let ordinal = |n: i8| u32::try_from(n).unwrap_or_default();
    u32::try_from(day.year()).is_ok_and(|year| schedule.years().includes(year))
        && schedule.months().includes(ordinal(day.month()))
        && schedule.days_of_month().includes(ordinal(day.day()))
        // The crate counts 1 = Sunday.
        && schedule.days_of_week().includes(ordinal(day.weekday().to_sunday_zero_offset()) + 1)
}

fn has_a_day(schedule: &cron::Schedule) -> bool {
    schedule.years().iter().filter_map(|year| i16::try_from(year).ok()).any(|year| {
        schedule.months().iter().filter_map(small).any(|month| {
            let days = schedule.days_of_month().iter().filter_map(small);
            days.filter_map(|day| Date::new(year, month, day).ok()).any(|day| includes(schedule, day))
        })
    })
}

fn small(ordinal: u32) -> Option<i8> {
    i8::try_from(ordinal).ok()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn on(recur: &Recur, zone: &str, day: Date) -> Vec<String> {
        let zone = Timezone::named(zone).unwrap();
        recur.on(day, &zone).into_iter().map(|at| zone.civil(at).strftime("%d %H:%M:%S").to_string()).collect()
    }

    fn daily(times: &[&str]) -> Recur {
        Recur::At { at: times.iter().map(|t| t.parse().unwrap()).collect(), days: RecurDays::Every }
    }

    #[test]
    fn a_bad_cron_text_is_told_by_kind() {
        let field = |index, text: &str| BadCron::Field { index, text: text.into() };
        for (text, bad) in [
            ("", BadCron::Fields { found: 0 }),
            ("@daily", BadCron::Fields { found: 1 }),
            ("30 5 * * *", BadCron::Fields { found: 5 }),
            ("0 30 5 * * * * *", BadCron::Fields { found: 8 }),
            ("0 30 5 * * 1", BadCron::NumericWeekday),
            ("0 30 5 * * 1-5", BadCron::NumericWeekday),
            ("0 30 5 * * SUN,2", BadCron::NumericWeekday),
            ("0 30 5 * * MON-5", BadCron::NumericWeekday),
            ("0 30 5 * * 0/2", BadCron::NumericWeekday),
            ("0 30 5 * * MON#2", field(6, "MON#2")),
            ("0 30 5 * * FRI-MON", field(6, "FRI-MON")),
            ("0 30 5 * * ", BadCron::Fields { found: 5 }),
            ("0 60 5 * * *", field(2, "60")),
            ("0 30 24 * * *", field(3, "24")),
            ("0 30 5 L * *", field(4, "L")),
            ("0 30 5 32 * *", field(4, "32")),
            ("0 30 5 * FOO *", field(5, "FOO")),
            ("0 30 5 * * * 1969", field(7, "1969")),
            ("0 */0 5 * * *", field(2, "*/0")),
            ("0 99999999999999999999 5 * * *", field(2, "99999999999999999999")),
            ("0 30 5 31 FEB *", BadCron::Never),
            ("0 30 5 29 2 * 2027", BadCron::Never),
            ("0 30 5 29 2 MON 2028", BadCron::Never),
        ] {
            assert_eq!(Recur::cron(text).unwrap_err(), bad, "{text:?}");
        }
    }

    #[test]
    fn names_of_days_are_taken_alone_in_ranges_and_with_steps() {
        for text in ["0 30 5 * * MON", "0 30 5 * * mon-fri", "0 30 5 * * SAT,SUN", "0 30 5 ? * MON-FRI/2", "0 30 5 * * */2"] {
            assert!(Recur::cron(text).is_ok(), "{text}");
        }
        let weekdays = Recur::cron("0 30 5 * * MON-FRI").unwrap();
        let hcm = "Asia/Ho_Chi_Minh";
        assert_eq!(on(&weekdays, hcm, date(2026, 11, 20)), ["20 05:30:00"], "a Friday");
        assert!(on(&weekdays, hcm, date(2026, 11, 21)).is_empty(), "a Saturday");
        assert_eq!(on(&Recur::cron("0 0 6 * * SUN").unwrap(), hcm, date(2026, 11, 22)), ["22 06:00:00"]);
    }

    #[test]
    fn a_year_limits_cron() {
        let once = Recur::cron("0 30 5 15 11 * 2026").unwrap();
        assert_eq!(on(&once, "Asia/Ho_Chi_Minh", date(2026, 11, 15)), ["15 05:30:00"]);
        assert!(on(&once, "Asia/Ho_Chi_Minh", date(2027, 11, 15)).is_empty());
    }

    #[test]
    fn times_hold_on_their_days_of_the_week_or_dates() {
        let hcm = "Asia/Ho_Chi_Minh";
        let at = vec!["17:15".parse().unwrap(), "05:30".parse().unwrap(), "05:30".parse().unwrap()];
        let week = Recur::At { at: at.clone(), days: RecurDays::Week(vec![Weekday::Friday]) };
        assert_eq!(on(&week, hcm, date(2026, 11, 20)), ["20 05:30:00", "20 17:15:00"], "in order, each once");
        assert!(on(&week, hcm, date(2026, 11, 21)).is_empty());
        let dates = Recur::At { at, days: RecurDays::On(vec![date(2026, 11, 25)]) };
        assert_eq!(on(&dates, hcm, date(2026, 11, 25)).len(), 2);
        assert!(on(&dates, hcm, date(2026, 11, 26)).is_empty());
    }

    #[test]
    fn the_nth_day_is_read_as_people_write_it() {
        for (text, read) in [
            ("first mon", Ok((Nth::Number(1), Weekday::Monday))),
            ("Last  Sunday", Ok((Nth::Last, Weekday::Sunday))),
            ("third T3", Ok((Nth::Number(3), Weekday::Tuesday))),
            ("thứ hai đầu tiên", Ok((Nth::Number(1), Weekday::Monday))),
            ("CN cuối", Ok((Nth::Last, Weekday::Sunday))),
            ("chủ nhật cuối cùng", Ok((Nth::Last, Weekday::Sunday))),
            ("first thu", Err(Misread::Thu)),
            ("mon first", Err(Misread::Unknown)),
            ("firstmon", Err(Misread::Unknown)),
            ("first", Err(Misread::Unknown)),
            ("sixth mon", Err(Misread::Unknown)),
            ("", Err(Misread::Unknown)),
        ] {
            assert_eq!(nth_weekday(text), read, "{text}");
        }
    }

    #[test]
    fn the_nth_day_of_a_name_is_counted_within_its_month() {
        let on = |nth, weekday, month: i8| {
            let days = RecurDays::Nth(vec![(nth, weekday)]);
            let first = date(2027, month, 1);
            let found = first.series(1.day()).take_while(|day| day.month() == month).filter(|day| days.contain(*day));
            found.map(|day| day.day()).collect::<Vec<_>>()
        };
        use Weekday::*;
        for (nth, weekday, month, days) in [
            (Nth::Number(1), Monday, 2, vec![1]),
            (Nth::Last, Monday, 2, vec![22]),
            (Nth::Last, Sunday, 2, vec![28]),
            (Nth::Number(4), Sunday, 2, vec![28]),
            (Nth::Number(5), Sunday, 2, vec![]),
            (Nth::Number(5), Sunday, 1, vec![31]),
            (Nth::Last, Sunday, 1, vec![31]),
            (Nth::Last, Saturday, 1, vec![30]),
            (Nth::Number(2), Tuesday, 6, vec![8]),
        ] {
            assert_eq!(on(nth, weekday, month), days, "{nth:?} {weekday:?} of {month}");
        }
    }

    #[test]
    fn instants_that_coincide_after_a_gap_are_one() {
        let often = Recur::cron("0 */10 2 * * *").unwrap();
        assert_eq!(on(&often, "Europe/Berlin", date(2026, 3, 29)), ["29 03:00:00"]);
        assert_eq!(on(&often, "Europe/Berlin", date(2026, 10, 25)).len(), 6, "once each, at the first");
        assert_eq!(on(&often, "Australia/Lord_Howe", date(2026, 10, 4)), ["04 02:30:00", "04 02:40:00", "04 02:50:00"]);
        assert_eq!(on(&daily(&["02:30", "03:00"]), "America/New_York", date(2026, 3, 8)), ["08 03:00:00"]);
    }

    #[test]
    fn a_time_of_a_day_that_never_was_belongs_to_the_day_after_the_gap() {
        let twice = daily(&["05:30", "00:00"]);
        let apia = "Pacific/Apia";
        assert_eq!(on(&twice, apia, date(2011, 12, 29)).len(), 2);
        assert!(on(&twice, apia, date(2011, 12, 30)).is_empty());
        assert_eq!(on(&twice, apia, date(2011, 12, 31)), ["31 00:00:00", "31 05:30:00"], "and coincides with that day's own");
        let late = daily(&["23:30"]);
        assert_eq!(on(&late, "America/Nuuk", date(2026, 3, 28)), [] as [&str; 0]);
        assert_eq!(on(&late, "America/Nuuk", date(2026, 3, 29)), ["29 00:00:00", "29 23:30:00"]);
    }

    #[test]
    fn midnight_that_a_day_does_not_have_is_its_first_instant() {
        assert_eq!(on(&daily(&["00:00", "00:30"]), "America/Santiago", date(2026, 9, 6)), ["06 01:00:00"]);
    }

    const ZONES: [&str; 8] = [
        "Asia/Ho_Chi_Minh",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Pacific/Apia",
        "America/Nuuk",
        "America/St_Johns",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Whatever the zone does, each written time airs once: nothing is lost, nothing doubled, and all in the day it is told of.
        #[test]
        fn every_written_time_airs_exactly_once(
            zone in prop::sample::select(&ZONES[..]),
            start in 0..6000i32,
            minutes in prop::collection::btree_set(0..1440i32, 1..6),
        ) {
            let zone = Timezone::named(zone).unwrap();
            let first = date(2008, 1, 1).checked_add(start.days()).unwrap();
            let at: Vec<Time> = minutes
                .iter()
                .map(|m| Time::new(i8::try_from(m / 60).unwrap(), i8::try_from(m % 60).unwrap(), 0, 0).unwrap())
                .collect();
            let recur = Recur::At { at: at.clone(), days: RecurDays::Every };
            let days: Vec<Date> = first.series(1.day()).take(400).collect();
            let mut listed: Vec<Wall> = Vec::new();
            for day in &days {
                let instants = recur.on(*day, &zone);
                prop_assert!(instants.iter().all(|i| zone.civil(*i).date() == *day));
                listed.extend(instants);
            }
            let mut sorted = listed.clone();
            sorted.sort();
            sorted.dedup();
            prop_assert_eq!(&sorted, &listed, "in order over the days, each once");
            for day in &days[..days.len() - 1] {
                for time in &at {
                    let instant = zone.instant(day.to_datetime(*time));
                    prop_assert!(listed.binary_search(&instant).is_ok(), "{} {} is lost", day, time);
                }
            }
        }

        /// The rule itself: no instant comes before the one that it names, and a time that the day has is kept to the nanosecond.
        #[test]
        fn a_gap_moves_a_time_only_forward(zone in prop::sample::select(&ZONES[..]), day in 0..6000i32, minute in 0..1440i32) {
            let zone = Timezone::named(zone).unwrap();
            let day = date(2008, 1, 1).checked_add(day.days()).unwrap();
            let written = day.at(i8::try_from(minute / 60).unwrap(), i8::try_from(minute % 60).unwrap(), 0, 0);
            let airs = zone.instant(written);
            let civil = zone.civil(airs);
            prop_assert!(civil >= written);
            if civil != written {
                // The first instant after the gap: a nanosecond earlier the clock had not yet come to the written time.
                prop_assert!(zone.civil(Wall(airs.0 - 1)) < written);
            } else {
                // The first of two: an hour, or half of one, earlier the same time was not on the clock.
                for minutes in [30, 60] {
                    let earlier = airs - jiff::SignedDuration::from_mins(minutes);
                    prop_assert!(zone.civil(earlier) != written);
                }
            }
        }
    }
}
