//! Dates, times of day, lengths and days of the week as people write them: in the plan and in every order alike.
//!
//! Capitals, spaces and the marks of Vietnamese make no difference, so that NFC, NFD and a keyboard without Vietnamese read the same. What could be
//! taken for two things is not guessed: a [`Misread`] says what is to be asked back. The words for that are in [`crate::lang::written`].

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, Weekday};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misread {
    /// It is none: no such day, hour or unit.
    Unknown,
    /// `thu`: Thursday, or "thứ" without its number?
    Thu,
    /// Today is that day of the week: today, or the one a week from it?
    TodayOr(Date, Date),
    /// `11-12`: day and month, or month and day?
    DayOrMonth(Date, Date),
    /// The day stands second: this one is meant.
    MonthFirst(Date),
    /// `25/12/26`: this one is meant.
    ShortYear(Date),
    /// `tomorrow`, `30/11`: which day that is goes by the day on which it is read, and here it has to be whole.
    Floating,
    /// `5h chiều`, `5pm`.
    HalfDay,
    /// A length without its unit: minutes, or seconds?
    NoUnit,
}

/// Where a day is looked for that is not written whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seek {
    pub today: Date,
    pub toward: Toward,
}

/// `30/11` and the days of the week are the nearest ones on this side of today; `30/11` may be today itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    Coming,
    Past,
}

/// Monday first, each as it is folded, without spaces. `thu` is none of them.
const WEEK: [(Weekday, &[&str]); 7] = [
    (Weekday::Monday, &["thuhai", "thu2", "t2", "mon", "monday"]),
    (Weekday::Tuesday, &["thuba", "thu3", "t3", "tue", "tues", "tuesday"]),
    (Weekday::Wednesday, &["thutu", "thu4", "t4", "wed", "wednesday"]),
    (Weekday::Thursday, &["thunam", "thu5", "t5", "thur", "thurs", "thursday"]),
    (Weekday::Friday, &["thusau", "thu6", "t6", "fri", "friday"]),
    (Weekday::Saturday, &["thubay", "thu7", "t7", "sat", "saturday"]),
    (Weekday::Sunday, &["chunhat", "chuanhat", "cn", "sun", "sunday"]),
];

/// Days by how far they are from today.
const NEAR_DAYS: [(i64, &[&str]); 4] =
    [(-2, &["homkia"]), (-1, &["homqua", "yesterday"]), (0, &["homnay", "today"]), (1, &["ngaymai", "mai", "tomorrow"])];

/// Parts of the day behind a time of twelve hours.
const PARTS_OF_DAY: [&str; 7] = ["sang", "trua", "chieu", "toi", "dem", "am", "pm"];

/// So many years are looked through for the nearest 29 February.
const LEAP: i16 = 8;

/// `2026-12-25`, `25/12/2026`, `25-12-2026`, `25 tháng 12 năm 2026`. With a [`Seek`] also `25/12`, `hôm nay`, `ngày mai`, `thứ ba`.
pub fn day(text: &str, seek: Option<Seek>) -> Result<Date, Misread> {
    let folded = folded(text);
    let word = folded.replace(' ', "");
    if let Some((days, _)) = NEAR_DAYS.iter().find(|(_, names)| names.contains(&word.as_str())) {
        let today = seek.ok_or(Misread::Floating)?.today;
        return today.checked_add(jiff::Span::new().days(*days)).map_err(|_| Misread::Unknown);
    }
    match weekday(text) {
        Ok(weekday) => return next_of(weekday, seek.ok_or(Misread::Floating)?),
        Err(Misread::Thu) => return Err(Misread::Thu),
        Err(_) => {}
    }
    let bare = folded.strip_prefix("ngay ").unwrap_or(&folded).replace(" thang ", "/").replace(" nam ", "/");
    let separator = bare.chars().find(|c| !c.is_ascii_digit()).filter(|c| ['/', '-', '.'].contains(c)).ok_or(Misread::Unknown)?;
    let parts: Vec<&str> = bare.split(separator).collect();
    match *parts.as_slice() {
        [year, month, day] if year.len() == 4 => date(year, month, day).ok_or(Misread::Unknown),
        [day, month, year] if year.len() == 4 => {
            let month_first = || date(year, day, month).map_or(Misread::Unknown, Misread::MonthFirst);
            date(year, month, day).ok_or_else(month_first)
        }
        [day, month, year] if year.len() == 2 => {
            Err(date(&format!("20{year}"), month, day).map_or(Misread::Unknown, Misread::ShortYear))
        }
        [day, month] => day_and_month(day, month, separator, seek),
        _ => Err(Misread::Unknown),
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(number(year, 4..=4)?, small(month)?, small(day)?).ok()
}

/// A day of the year; with a dash the plan writes its month first.
fn day_and_month(day: &str, month: &str, separator: char, seek: Option<Seek>) -> Result<Date, Misread> {
    let (first, second) = (small(day).ok_or(Misread::Unknown)?, small(month).ok_or(Misread::Unknown)?);
    let Some(seek) = seek else { return Err(Misread::Floating) };
    let (day_first, month_first) = (nearest(second, first, seek), nearest(first, second, seek));
    match (day_first, month_first) {
        (Some(one), Some(other)) if separator == '-' && one != other => Err(Misread::DayOrMonth(one, other)),
        (Some(day), _) => Ok(day),
        (None, Some(day)) if separator == '-' => Ok(day),
        (None, Some(day)) => Err(Misread::MonthFirst(day)),
        (None, None) => Err(Misread::Unknown),
    }
}

/// A day without its year, month first: the plan's `11-15`, or as people write it `15/11`. Whether a year has it is not asked.
pub fn month_and_day(text: &str) -> Option<(i8, i8)> {
    match text.split_once('/') {
        Some((day, month)) => Some((small(month)?, small(day)?)),
        None => {
            let (month, day) = text.split_once('-')?;
            Some((number(month, 2..=2)?, number(day, 2..=2)?))
        }
    }
}

/// The nearest such day on the side that is meant, which may be today.
fn nearest(month: i8, day: i8, seek: Seek) -> Option<Date> {
    let this = seek.today.year();
    let on = |year| Date::new(year, month, day).ok();
    match seek.toward {
        Toward::Coming => (this..=this.saturating_add(LEAP)).filter_map(on).find(|day| *day >= seek.today),
        Toward::Past => (this.saturating_sub(LEAP)..=this).rev().filter_map(on).find(|day| *day <= seek.today),
    }
}

/// The nearest such day of the week. Today's own could be either, and is asked back.
fn next_of(weekday: Weekday, seek: Seek) -> Result<Date, Misread> {
    let nth = match seek.toward {
        Toward::Coming => 1,
        Toward::Past => -1,
    };
    let day = seek.today.nth_weekday(nth, weekday).map_err(|_| Misread::Unknown)?;
    if seek.today.weekday() == weekday { Err(Misread::TodayOr(seek.today, day)) } else { Ok(day) }
}

/// `thứ hai`, `thứ 2`, `T2`, `mon`, `Monday`; `chủ nhật`, `CN`, `sun`.
pub fn weekday(text: &str) -> Result<Weekday, Misread> {
    let word = folded(text).replace(' ', "");
    if word == "thu" {
        return Err(Misread::Thu);
    }
    WEEK.iter().find(|(_, names)| names.contains(&word.as_str())).map(|(day, _)| *day).ok_or(Misread::Unknown)
}

/// `05:30`, `5:30`, `05:30:15`, `5h30`, `5h`, `17 giờ 15`, `17 giờ 15 phút`.
pub fn time(text: &str) -> Result<Time, Misread> {
    let folded = folded(text);
    if PARTS_OF_DAY.iter().any(|part| folded.ends_with(part)) {
        return Err(Misread::HalfDay);
    }
    let parts = numbers(&folded).ok_or(Misread::Unknown)?;
    let two = |digits: &str| Some(digits).filter(|digits| digits.len() == 2).and_then(small);
    let read = match *parts.as_slice() {
        [(hour, ":"), (minute, "")] => small(hour).zip(two(minute)).map(|(hour, minute)| (hour, minute, Some(0))),
        [(hour, ":"), (minute, ":"), (second, "")] => {
            small(hour).zip(two(minute)).map(|(hour, minute)| (hour, minute, two(second)))
        }
        [(hour, "h" | "g" | "gio")] => small(hour).map(|hour| (hour, 0, Some(0))),
        [(hour, "h" | "g" | "gio"), (minute, "")] => small(hour).zip(two(minute)).map(|(hour, minute)| (hour, minute, Some(0))),
        [(hour, "gio"), (minute, "phut")] => small(hour).zip(small(minute)).map(|(hour, minute)| (hour, minute, Some(0))),
        _ => None,
    };
    let (hour, minute, second) = read.ok_or(Misread::Unknown)?;
    Time::new(hour, minute, second.ok_or(Misread::Unknown)?, 0).map_err(|_| Misread::Unknown)
}

/// A day and a time in either order: `2026-11-15 05:29:50`, `2026-11-15T05:30`, `ngày mai 5h30`, `5h30 thứ ba`.
pub fn moment(text: &str, seek: Option<Seek>) -> Result<DateTime, Misread> {
    let folded = folded(text);
    let mut asked = Misread::Unknown;
    for (at, c) in folded.char_indices() {
        let (before, after) = folded.split_at(at);
        let after = after.get(1..).unwrap_or_default();
        let is_iso =
            c == 't' && before.ends_with(|c: char| c.is_ascii_digit()) && after.starts_with(|c: char| c.is_ascii_digit());
        if c != ' ' && !is_iso {
            continue;
        }
        for (on, clock) in [(before, after), (after, before)] {
            match (day(on, seek), time(clock)) {
                (Ok(day), Ok(time)) => return Ok(DateTime::from_parts(day, time)),
                (Ok(_), Err(why)) | (Err(why), Ok(_)) if why != Misread::Unknown => asked = why,
                _ => {}
            }
        }
    }
    Err(asked)
}

/// `05:30-06:30`, `5h30-6h30`, `17h đến 18h`; it may end at `24:00`, which is `None`.
pub fn stretch(text: &str) -> Result<(Time, Option<Time>), Misread> {
    let folded = folded(text).replace(" den ", "-").replace(['–', '—'], "-");
    let (from, to) = folded.split_once('-').ok_or(Misread::Unknown)?;
    let minutes = |text: &str| time(text).and_then(|time| if time.second() == 0 { Ok(time) } else { Err(Misread::Unknown) });
    let ends_the_day = matches!(to.trim(), "24:00" | "24h" | "24h00" | "24 gio");
    let to = if ends_the_day { None } else { Some(minutes(to)?) };
    Ok((minutes(from)?, to))
}

/// How long something holds: `7d`, `7 ngày`, `2 tuần`, or a [`length`].
pub fn term(text: &str) -> Result<SignedDuration, Misread> {
    let folded = folded(text);
    let days = match numbers(&folded).as_deref() {
        Some([(digits, "d" | "ngay" | "day" | "days")]) => number(digits, 1..=5),
        Some([(digits, "w" | "tuan" | "week" | "weeks")]) => number(digits, 1..=4).map(|weeks: i64| weeks * 7),
        _ => return length(text),
    };
    Ok(SignedDuration::from_hours(days.ok_or(Misread::Unknown)? * 24))
}

/// `45s`, `10m`, `1h30m`, `10 giây`, `20 phút`, `2 giờ 30 phút`: each unit at most once, the largest first.
pub fn length(text: &str) -> Result<SignedDuration, Misread> {
    let folded = folded(text);
    let parts = numbers(&folded).ok_or(Misread::Unknown)?;
    let mut seconds: i64 = 0;
    let mut smallest = i64::MAX;
    for (digits, unit) in parts {
        let worth = match unit {
            "h" | "gio" | "tieng" | "hour" | "hours" => 3600,
            "m" | "p" | "ph" | "phut" | "min" | "minute" | "minutes" => 60,
            "s" | "giay" | "sec" | "second" | "seconds" => 1,
            "" => return Err(Misread::NoUnit),
            _ => return Err(Misread::Unknown),
        };
        if worth >= smallest {
            return Err(Misread::Unknown);
        }
        smallest = worth;
        let count: i64 = number(digits, 1..=6).ok_or(Misread::Unknown)?;
        seconds += count * worth;
    }
    Ok(SignedDuration::from_secs(seconds))
}

/// Numbers with what stands behind each: `17 gio 15` is 17 `gio`, 15 nothing. `None` unless there is one and the text begins with it.
fn numbers(folded: &str) -> Option<Vec<(&str, &str)>> {
    let mut rest = folded;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let unit = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        if digits.is_empty() {
            return None;
        }
        found.push((digits, unit.trim()));
        rest = after;
    }
    (!found.is_empty()).then_some(found)
}

/// Without marks and capitals, with single spaces: `Chủ  nhật` is `chu nhat`.
pub fn folded(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let plain: String = plain.map(|c| if c == 'đ' { 'd' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A number of so many ASCII digits and nothing else.
fn number<N: std::str::FromStr>(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<N> {
    let good = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    good.then(|| text.parse().ok()).flatten()
}

fn small(text: &str) -> Option<i8> {
    number(text, 1..=2)
}

#[cfg(test)]
mod tests;
