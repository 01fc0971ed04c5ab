use super::*;

fn lunar(year: i16, month: i8, day: i8) -> LunarDate {
    LunarDate { year, month, leap: false, day }
}

fn days() -> impl Iterator<Item = Date> {
    date(1900, 1, 1).series(1.day()).take_while(|day| *day <= date(2199, 12, 31))
}

#[test]
fn every_day_of_three_centuries_has_one_lunar_date_and_the_other_way_round() {
    let mut before: Option<LunarDate> = None;
    let mut count = 0;
    for day in days() {
        let here = LunarDate::of(day).unwrap();
        assert_eq!(here.solar(), Some(day), "{here:?}");
        if let Some(before) = before {
            assert!(before < here, "{before:?} {here:?}");
            let next_month = here.day == 1 && matches!(before.day, 29 | 30);
            assert!(next_month || here.day == before.day + 1, "{before:?} {here:?}");
        }
        before = Some(here);
        count += 1;
    }
    assert_eq!(count, 109_573);
    assert_eq!((LunarDate::of(date(1899, 12, 31)), LunarDate::of(date(2200, 1, 1))), (None, None));
}

#[test]
fn known_days_are_where_the_calendars_of_vietnam_have_them() {
    for (day, is) in [
        (date(2020, 1, 25), lunar(2020, 1, 1)),
        (date(2021, 2, 12), lunar(2021, 1, 1)),
        (date(2022, 2, 1), lunar(2022, 1, 1)),
        (date(2023, 1, 22), lunar(2023, 1, 1)),
        (date(2024, 2, 10), lunar(2024, 1, 1)),
        (date(2025, 1, 29), lunar(2025, 1, 1)),
        (date(2026, 2, 17), lunar(2026, 1, 1)),
        (date(2027, 2, 6), lunar(2027, 1, 1)),
        (date(2028, 1, 26), lunar(2028, 1, 1)),
        (date(2006, 9, 12), LunarDate { leap: true, ..lunar(2006, 7, 20) }),
        (date(2014, 9, 23), lunar(2014, 8, 30)),
        (date(2026, 11, 16), lunar(2026, 10, 8)),
    ] {
        assert_eq!(LunarDate::of(day), Some(is));
        assert_eq!(is.solar(), Some(day));
    }
}

#[test]
fn tet_is_not_the_chinese_new_year_where_midnight_lies_between() {
    for (vietnam, china) in [
        (date(1968, 1, 29), date(1968, 1, 30)),
        (date(1969, 2, 16), date(1969, 2, 17)),
        (date(1985, 1, 21), date(1985, 2, 20)),
        (date(2007, 2, 17), date(2007, 2, 18)),
        (date(2030, 2, 2), date(2030, 2, 3)),
        (date(2053, 2, 18), date(2053, 2, 19)),
    ] {
        assert_eq!(lunar(vietnam.year(), 1, 1).solar(), Some(vietnam));
        assert_ne!(LunarDate::of(china), Some(lunar(china.year(), 1, 1)));
    }
}

#[test]
fn leap_months_follow_the_month_of_their_number() {
    let leap = |year: i16| lunar_year(year).unwrap().months.iter().find(|month| month.leap).map(|month| month.number);
    for (year, month) in [(2020, 4), (2023, 2), (2025, 6), (2028, 5), (2031, 3), (2033, 11)] {
        assert_eq!(leap(year), Some(month), "{year}");
    }
    for year in [2024, 2026, 2027, 2029, 2030, 2032, 2034] {
        assert_eq!(leap(year), None, "{year}");
    }
}

#[test]
fn tet_and_leap_months_of_three_centuries() {
    let line = |year: &i16| {
        let months = &lunar_year(*year).unwrap().months;
        let leap = months.iter().find(|month| month.leap).map(|month| format!(" leap {}", month.number));
        let lengths: String = months.iter().map(|month| if month.days == 30 { '+' } else { '-' }).collect();
        format!("{} {lengths}{}\n", months[0].first, leap.unwrap_or_default())
    };
    insta::assert_snapshot!((1900..=2199).collect::<Vec<i16>>().iter().map(line).collect::<String>());
}

#[test]
fn a_date_that_no_year_has_is_none() {
    for none in
        [lunar(2026, 0, 1), lunar(2026, 13, 1), lunar(2026, 1, 0), lunar(2026, 1, 31), lunar(1898, 1, 1), lunar(2200, 1, 1)]
    {
        assert_eq!(none.solar(), None, "{none:?}");
    }
    assert_eq!(LunarDate { leap: true, ..lunar(2026, 6, 1) }.solar(), None, "2026 has no leap month");
    assert_eq!(lunar(2026, 12, 30).solar(), None, "its last month has 29 days");
}

#[test]
fn a_lunar_day_is_read_only_as_written() {
    assert_eq!(LunarDay::parse("12-23"), Some(LunarDay { month: 12, day: 23 }));
    assert_eq!(LunarDay::parse("23/12"), Some(LunarDay { month: 12, day: 23 }));
    assert_eq!(LunarDay::parse("02-30"), Some(LunarDay { month: 2, day: 30 }));
    for bad in ["", "12", "13-01", "00-01", "01-31", "01-00", "1-15", "12/23", "23-12", "31/1"] {
        assert_eq!(LunarDay::parse(bad), None, "{bad}");
    }
}

fn day_of(month: i8, day: i8) -> LunarDay {
    LunarDay { month, day }
}

#[test]
fn the_thirtieth_of_a_short_month_is_its_last_day() {
    assert_eq!(day_of(12, 30).in_year(2026), Some(date(2027, 2, 5)));
    assert_eq!(day_of(12, 30).in_year(2027), Some(date(2028, 1, 25)));
}

#[test]
fn a_span_runs_over_tet() {
    let tet = |day| between(day_of(12, 23), day_of(1, 7), day);
    for (first, last) in
        [(date(2027, 1, 30), date(2027, 2, 12)), (date(2028, 1, 19), date(2028, 2, 1)), (date(2030, 1, 26), date(2030, 2, 8))]
    {
        assert!(tet(first) && tet(last), "{first} {last}");
        assert!(!tet(first.yesterday().unwrap()) && !tet(last.tomorrow().unwrap()), "{first} {last}");
    }
    assert!(!tet(date(2027, 6, 1)));
}

#[test]
fn a_span_means_regular_months_and_holds_the_leap_month_between_its_ends() {
    // 2025: month 6 from 25 June, its leap twin from 25 July, month 7 from 23 August.
    let sixth = |day| between(day_of(6, 1), day_of(6, 30), day);
    assert!(sixth(date(2025, 6, 25)) && sixth(date(2025, 7, 24)) && !sixth(date(2025, 7, 25)) && !sixth(date(2025, 8, 22)));
    let both = |day| between(day_of(6, 1), day_of(7, 15), day);
    assert!(both(date(2025, 7, 25)) && both(date(2025, 8, 22)) && both(date(2025, 9, 6)) && !both(date(2025, 9, 7)));
}
