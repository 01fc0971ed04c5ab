use jiff::civil::{date, time as at};
use proptest::prelude::*;

use super::*;

/// A Monday.
const TODAY: Date = date(2026, 11, 30);
const COMING: Option<Seek> = Some(Seek { today: TODAY, toward: Toward::Coming });
const PAST: Option<Seek> = Some(Seek { today: TODAY, toward: Toward::Past });

#[test]
fn a_whole_date_is_written_in_every_usual_way() {
    for text in [
        "2026-12-25",
        "25/12/2026",
        "25-12-2026",
        "25.12.2026",
        "2026/12/25",
        " 25/12/2026 ",
        "ngày 25/12/2026",
        "25 tháng 12 năm 2026",
        "Ngày 25 tháng 12 năm 2026",
    ] {
        for seek in [None, COMING, PAST] {
            assert_eq!(day(text, seek), Ok(date(2026, 12, 25)), "{text}");
        }
    }
    assert_eq!(day("5/1/2026", None), Ok(date(2026, 1, 5)));
}

#[test]
fn what_is_no_date_says_what_may_have_been_meant() {
    let christmas = date(2026, 12, 25);
    for (text, why) in [
        ("12/25/2026", Misread::MonthFirst(christmas)),
        ("25/12/26", Misread::ShortYear(christmas)),
        ("25/12", Misread::Floating),
        ("hôm nay", Misread::Floating),
        ("thứ ba", Misread::Floating),
        ("thu", Misread::Thu),
        ("2026-02-30", Misread::Unknown),
        ("2026-11", Misread::Unknown),
        ("25/12-2026", Misread::Unknown),
        ("+026-11-15", Misread::Unknown),
        ("٢٠٢٦-11-15", Misread::Unknown),
        ("hôm nào", Misread::Unknown),
        ("", Misread::Unknown),
        ("/", Misread::Unknown),
    ] {
        assert_eq!(day(text, None), Err(why), "{text}");
    }
}

#[test]
fn a_day_without_its_year_is_the_nearest_on_its_side() {
    assert_eq!((day("30/11", COMING), day("30/11", PAST)), (Ok(TODAY), Ok(TODAY)));
    assert_eq!((day("29/11", COMING), day("29/11", PAST)), (Ok(date(2027, 11, 29)), Ok(date(2026, 11, 29))));
    assert_eq!((day("1/12", COMING), day("1 tháng 12", PAST)), (Ok(date(2026, 12, 1)), Ok(date(2025, 12, 1))));
    assert_eq!((day("29/2", COMING), day("29/2", PAST)), (Ok(date(2028, 2, 29)), Ok(date(2024, 2, 29))));
    assert_eq!(day("12/25", COMING), Err(Misread::MonthFirst(date(2026, 12, 25))));
    assert_eq!(day("30/2", COMING), Err(Misread::Unknown));
    // The plan writes month and day with a dash, people day and month.
    assert_eq!((day("25-12", COMING), day("12-25", COMING)), (Ok(date(2026, 12, 25)), Ok(date(2026, 12, 25))));
    assert_eq!(day("12-12", COMING), Ok(date(2026, 12, 12)));
    assert_eq!(day("11-12", COMING), Err(Misread::DayOrMonth(date(2026, 12, 11), date(2027, 11, 12))));
}

#[test]
fn a_day_goes_by_what_people_call_it() {
    for (text, is) in [
        ("hôm nay", date(2026, 11, 30)),
        ("Hôm  Qua", date(2026, 11, 29)),
        ("hom kia", date(2026, 11, 28)),
        ("ngày mai", date(2026, 12, 1)),
        ("tomorrow", date(2026, 12, 1)),
        ("yesterday", date(2026, 11, 29)),
    ] {
        assert_eq!((day(text, COMING), day(text, PAST)), (Ok(is), Ok(is)), "{text}");
    }
    assert_eq!((day("thứ ba", COMING), day("thứ ba", PAST)), (Ok(date(2026, 12, 1)), Ok(date(2026, 11, 24))));
    assert_eq!((day("CN", COMING), day("chủ nhật", PAST)), (Ok(date(2026, 12, 6)), Ok(date(2026, 11, 29))));
    assert_eq!(day("T2", COMING), Err(Misread::TodayOr(TODAY, date(2026, 12, 7))));
    assert_eq!(day("Monday", PAST), Err(Misread::TodayOr(TODAY, date(2026, 11, 23))));
    assert_eq!(day("thu", COMING), Err(Misread::Thu));
}

#[test]
fn every_day_of_the_week_has_its_names_and_thu_is_asked_back() {
    let names = [
        (Weekday::Monday, ["thứ hai", "Thứ 2", "T2", "mon"]),
        (Weekday::Tuesday, ["thứ ba", "thứ 3", "t3", "Tue"]),
        (Weekday::Wednesday, ["Thứ Tư", "thu tu", "T4", "wednesday"]),
        (Weekday::Thursday, ["thứ năm", "THỨ NĂM", "T5", "thursday"]),
        (Weekday::Friday, ["thứ sáu", "thứ 6", "T6", "fri"]),
        (Weekday::Saturday, ["thứ bảy", "thứ bẩy", "T7", "sat"]),
        (Weekday::Sunday, ["chủ nhật", "Chúa nhật", "CN", "sun"]),
    ];
    for (day, names) in names {
        for name in names {
            assert_eq!(weekday(name), Ok(day), "{name}");
        }
    }
    assert_eq!((weekday("thu"), weekday("Thứ")), (Err(Misread::Thu), Err(Misread::Thu)));
    for bad in ["T1", "T8", "thứ", "thứ 8", "hai", "2", "mo", "tháng ba", ""] {
        assert!(weekday(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_time_is_one_of_twenty_four_hours() {
    for (text, is) in [
        ("05:30", at(5, 30, 0, 0)),
        ("5:30", at(5, 30, 0, 0)),
        ("23:59:59", at(23, 59, 59, 0)),
        ("5h30", at(5, 30, 0, 0)),
        ("17H", at(17, 0, 0, 0)),
        ("5g30", at(5, 30, 0, 0)),
        ("17 giờ 15", at(17, 15, 0, 0)),
        ("17 giờ 5 phút", at(17, 5, 0, 0)),
        ("17 giờ", at(17, 0, 0, 0)),
        (" 05:30 ", at(5, 30, 0, 0)),
    ] {
        assert_eq!(time(text), Ok(is), "{text}");
    }
    for half in ["5h chiều", "5 giờ 30 sáng", "5pm", "5:30 AM", "8h tối"] {
        assert_eq!(time(half), Err(Misread::HalfDay), "{half}");
    }
    let bad =
        ["24:00", "05:60", "05", "0530", "05:3", "5h3", "05:30:61", "05:30:00:00", "", "-5:30", "25h", "h", "5h30m", "5.30"];
    for bad in bad {
        assert_eq!(time(bad), Err(Misread::Unknown), "{bad}");
    }
}

#[test]
fn a_moment_is_a_day_and_a_time_in_either_order() {
    let is = date(2026, 11, 15).at(5, 29, 50, 0);
    for text in
        ["2026-11-15 05:29:50", "2026-11-15T05:29:50", "15/11/2026 5:29:50", "05:29:50 15/11/2026", "5:29:50 ngày 15/11/2026"]
    {
        assert_eq!(moment(text, None), Ok(is), "{text}");
    }
    for text in ["ngày mai 5h30", "5 giờ 30 ngày mai", "05:30 thứ ba", "thứ 3 5h30", "1/12 5h30"] {
        assert_eq!(moment(text, COMING), Ok(date(2026, 12, 1).at(5, 30, 0, 0)), "{text}");
    }
    assert_eq!(moment("5h30 thứ hai", COMING), Err(Misread::TodayOr(TODAY, date(2026, 12, 7))));
    assert_eq!(moment("ngày mai 5h chiều", COMING), Err(Misread::HalfDay));
    assert_eq!(moment("ngày mai 5h30", None), Err(Misread::Floating));
    for bad in ["2026-11-15", "05:30", "2026-11-15 05:29:50+07:00", "", " ", "T", "ngày mai"] {
        assert_eq!(moment(bad, COMING), Err(Misread::Unknown), "{bad}");
    }
}

#[test]
fn a_stretch_is_two_times() {
    let is = Ok((at(5, 30, 0, 0), Some(at(6, 30, 0, 0))));
    for text in ["05:30-06:30", "5h30-6h30", "5:30 - 6:30", "05:30–06:30", "5 giờ 30 đến 6 giờ 30"] {
        assert_eq!(stretch(text), is, "{text}");
    }
    for text in ["00:00-24:00", "0h-24h", "0 giờ đến 24 giờ"] {
        assert_eq!(stretch(text), Ok((Time::midnight(), None)), "{text}");
    }
    assert_eq!(stretch("5h-6h chiều"), Err(Misread::HalfDay));
    for bad in ["", "-", "05:30", "24:00-05:00", "05:30-25:00", "05:60-06:00", "05:30:15-06:00", "05:30-06:00-07:00"] {
        assert_eq!(stretch(bad), Err(Misread::Unknown), "{bad}");
    }
}

#[test]
fn a_length_has_units_from_large_to_small() {
    for (text, seconds) in [
        ("45s", 45),
        ("10m", 600),
        ("1h30m", 5400),
        ("1h1s", 3601),
        ("0s", 0),
        ("10 giây", 10),
        ("20 phút", 1200),
        ("20p", 1200),
        ("2 giờ", 7200),
        ("2 GIỜ 30 phút", 9000),
        ("1 tiếng", 3600),
        ("5 minutes", 300),
    ] {
        assert_eq!(length(text), Ok(SignedDuration::from_secs(seconds)), "{text}");
    }
    for text in ["10", "1h30", "2 giờ 30"] {
        assert_eq!(length(text), Err(Misread::NoUnit), "{text}");
    }
    for bad in ["", "30m1h", "1m1m", "-5m", "m", "1.5h", "1,5h", "5g", "5d", "9999999m", "phút 5"] {
        assert_eq!(length(bad), Err(Misread::Unknown), "{bad}");
    }
}

/// With the marks as letters of their own.
fn taken_apart(text: &str) -> String {
    text.nfd().collect()
}

proptest! {
    #[test]
    fn every_day_reads_back_from_all_its_forms(since in 0i64..73_000) {
        let day_is = date(2000, 1, 1).checked_add(jiff::Span::new().days(since)).unwrap();
        for form in ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%-d/%-m/%Y", "ngày %-d tháng %-m năm %Y"] {
            let text = day_is.strftime(form).to_string();
            prop_assert_eq!(day(&text, None), Ok(day_is), "{}", text);
            prop_assert_eq!(day(&taken_apart(&text), COMING), Ok(day_is), "{}", text);
        }
        let seek = |toward| Some(Seek { today: day_is, toward });
        prop_assert_eq!(day(&day_is.strftime("%d/%m").to_string(), seek(Toward::Coming)), Ok(day_is));
        prop_assert_eq!(day("hôm nay", seek(Toward::Past)), Ok(day_is));
    }

    #[test]
    fn every_minute_reads_back_from_all_its_forms(minute in 0i8..60, hour in 0i8..24) {
        let is = at(hour, minute, 0, 0);
        for text in [
            format!("{hour:02}:{minute:02}"), format!("{hour}:{minute:02}:00"), format!("{hour}h{minute:02}"),
            format!("{hour} giờ {minute:02}"), format!("{hour} giờ {minute} phút"),
        ] {
            prop_assert_eq!(time(&text), Ok(is), "{}", text);
            prop_assert_eq!(time(&taken_apart(&text)), Ok(is), "{}", text);
            prop_assert_eq!(moment(&format!("2026-11-15 {text}"), None), Ok(date(2026, 11, 15).to_datetime(is)), "{}", text);
        }
        prop_assert_eq!(stretch(&format!("{hour}h{minute:02}-24h")), Ok((is, None)));
    }

    #[test]
    fn every_length_reads_back_from_all_its_forms(hours in 0i64..100, minutes in 0i64..600, seconds in 0i64..600) {
        let is = SignedDuration::from_secs(hours * 3600 + minutes * 60 + seconds);
        for text in [
            format!("{hours}h{minutes}m{seconds}s"), format!("{hours} giờ {minutes} phút {seconds} giây"), format!("{}s", is.as_secs()),
        ] {
            prop_assert_eq!(length(&text), Ok(is), "{}", text);
            prop_assert_eq!(length(&taken_apart(&text)), Ok(is), "{}", text);
        }
    }

    #[test]
    fn no_text_is_read_as_two_things_or_breaks_the_reader(text in "[0-9a-zA-ZđĐáăơư:/. –'-]{0,14}|\\PC{0,14}") {
        for seek in [None, COMING, PAST] {
            let _ = (day(&text, seek), moment(&text, seek));
        }
        let _ = stretch(&text);
        // A time is never a length, but for hours alone and those with minutes by name.
        if let (Ok(time), Ok(length)) = (time(&text), length(&text)) {
            prop_assert_eq!(i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60, length.as_secs());
        }
    }
}
