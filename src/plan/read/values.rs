//! The written forms of single values: durations, times, dates, targets, languages, devices, ids.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::civil::{Date, Time};

use crate::plan::{Amount, Per, Target};
use crate::terms::DeviceName;

/// `45s`, `10m`, `1h30m`: hours, minutes and seconds in this order, each at most once.
pub fn duration(text: &str) -> Option<SignedDuration> {
    let mut rest = text;
    let mut seconds: i64 = 0;
    let mut units = [('h', 3600), ('m', 60), ('s', 1)].iter();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|digits| (1..=6).contains(digits))?;
        let (number, tail) = rest.split_at(digits);
        let unit = tail.chars().next()?;
        let (_, factor) = units.find(|(name, _)| *name == unit)?;
        seconds += number.parse::<i64>().ok()? * factor;
        rest = tail.get(1..)?;
    }
    (!text.is_empty()).then(|| SignedDuration::from_secs(seconds))
}

/// `HH:MM` or `HH:MM:SS`, with both digits.
pub fn time(text: &str) -> Option<Time> {
    let mut parts = text.split(':').map(|part| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i8>().ok().filter(|_| digits)
    });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        Some(second) => second?,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// `YYYY-MM-DD`.
pub fn date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if shape { text.parse().ok() } else { None }
}

/// `10m/day`, `3 airings/week`, `300m`.
pub fn target(text: &str) -> Option<Target> {
    let (amount, per) = match text.split_once('/') {
        Some((amount, "day")) => (amount, Per::Day),
        Some((amount, "week")) => (amount, Per::Week),
        Some(_) => return None,
        None => (text, Per::Campaign),
    };
    let airings = amount.strip_suffix(" airings").or_else(|| amount.strip_suffix(" airing"));
    let amount = match airings {
        Some(count) => {
            let digits = count.bytes().all(|byte| byte.is_ascii_digit());
            Amount::Airings(count.parse().ok().filter(|count| digits && (1..=100_000).contains(count))?)
        }
        None => {
            let most = SignedDuration::from_hours(match per {
                Per::Day => 24,
                Per::Week => 7 * 24,
                Per::Campaign => 10_000,
            });
            Amount::Airtime(duration(amount).filter(|length| length.is_positive() && *length <= most)?)
        }
    };
    Some(Target { amount, per })
}

/// The form of a BCP 47 tag (`vi`, `mtq`, `zh-Hant`); which languages exist is not looked up.
pub fn language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first =
        parts.next().is_some_and(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    first
        && text.len() <= 35
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// `default`, `null`, `wav:FOLDER` or the name of a device; `None` for an empty one. `base` is the plan's folder.
pub fn device(text: &str, base: &Path) -> Option<DeviceName> {
    match (text, text.strip_prefix("wav:")) {
        ("", _) | (_, Some("")) => None,
        ("default", _) => Some(DeviceName::Default),
        ("null", _) => Some(DeviceName::Null),
        (_, Some(folder)) => Some(DeviceName::Wav(tidy(base, Path::new(folder)))),
        (name, None) => Some(DeviceName::Named(name.to_owned())),
    }
}

/// A folder that a plan names, seen from `base`.
pub fn tidy(base: &Path, folder: &Path) -> PathBuf {
    if base.as_os_str().is_empty() || base == Path::new(".") { folder.to_owned() } else { base.join(folder) }
}

/// Lower-case ASCII letters, digits, `-` and `_`; the first is a letter or a digit.
pub fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with(['-', '_'])
}

/// Control characters, those that turn the direction of writing, and those that nobody sees.
pub fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The known word that `word` most likely was meant to be, if any is near enough.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let length = word.chars().count();
    if length > 64 {
        return None;
    }
    let folded = word.to_lowercase().replace('_', "-");
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let other = candidate.chars().count();
        let most = (length.max(other) / 3).max(1);
        if length.abs_diff(other) > most {
            continue;
        }
        let distance = strsim::osa_distance(&folded, &candidate.replace('_', "-"));
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}
