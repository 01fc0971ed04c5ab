//! Numbers and dates by the customs of the language.

use jiff::civil::{Date, DateTime};

use crate::lang::Language;

/// `1.234`
pub fn count(lang: Language, count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(lang.pick('.', ','));
        }
        text.push(digit);
    }
    if count < 0 { format!("-{text}") } else { text }
}

/// `1.234,5` of 12345 tenths.
pub fn tenths(lang: Language, tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let size = i64::try_from(tenths.unsigned_abs()).unwrap_or(i64::MAX);
    format!("{sign}{}{}{}", count(lang, size / 10), lang.pick(',', '.'), size % 10)
}

pub fn decimal_mark(lang: Language) -> char {
    lang.pick(',', '.')
}

/// As a person says it: without a zero behind the comma.
pub fn short_tenths(lang: Language, value: i64) -> String {
    if value % 10 == 0 { count(lang, value / 10) } else { tenths(lang, value) }
}

/// Seconds, from milliseconds: `1,25`.
pub fn seconds(lang: Language, ms: i64) -> String {
    let text = format!("{}{}{:03}", count(lang, ms / 1000), lang.pick(',', '.'), ms.abs() % 1000);
    text.trim_end_matches('0').trim_end_matches([',', '.']).to_owned()
}

/// How late: `1 phút 1 giây`, `0,25 giây`.
pub fn lag(lang: Language, ms: i64) -> String {
    if ms < 60_000 {
        return lang.pick(format!("{} giây", seconds(lang, ms)), format!("{} seconds", seconds(lang, ms)));
    }
    let all = (ms + 500) / 1000;
    let (minutes, seconds) = (count(lang, all / 60), all % 60);
    lang.pick(format!("{minutes} phút {seconds} giây"), format!("{minutes} min {seconds} s"))
}

/// `16/12/2026`; days below 10 and the months 1 and 2 have a leading zero, as official documents write them.
pub fn date(lang: Language, date: Date) -> String {
    match lang {
        Language::Vi => format!("{:02}/{}/{}", date.day(), month(date.month()), date.year()),
        Language::En => date.strftime("%-d %b %Y").to_string(),
    }
}

pub(super) fn month(month: i8) -> String {
    if month <= 2 { format!("{month:02}") } else { month.to_string() }
}

pub fn moment(lang: Language, at: DateTime) -> String {
    format!("{:02}:{:02} {}", at.hour(), at.minute(), date(lang, at.date()))
}

/// `1:05:00`, `0:45`.
pub fn length(ms: i64) -> String {
    let seconds = ms.saturating_add(500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
