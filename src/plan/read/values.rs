//! The written forms of single values that only plans have: targets, languages, devices, ids. Days, times and lengths are read by
//! [`crate::calendar::written`].

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use unicode_normalization::UnicodeNormalization;

use crate::calendar::written;
use crate::plan::{Amount, Per, Target};
use crate::terms::DeviceName;

/// `10m/day`, `3 airings/week`, `300m`; `10 phút/ngày`, `3 lượt/tuần`.
pub fn target(text: &str) -> Option<Target> {
    let text = written::folded(text);
    let (amount, per) = match text.split_once('/').map(|(amount, per)| (amount.trim(), per.trim())) {
        Some((amount, "day" | "ngay")) => (amount, Per::Day),
        Some((amount, "week" | "tuan")) => (amount, Per::Week),
        Some(_) => return None,
        None => (text.as_str(), Per::Campaign),
    };
    let airings = [" airings", " airing", " luot"].iter().find_map(|unit| amount.strip_suffix(unit));
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
            Amount::Airtime(written::length(amount).ok().filter(|length| length.is_positive() && *length <= most)?)
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

/// The most characters of a title that nobody wrote into the plan.
const LONG_TITLE: usize = 120;

/// What a file or a tag is called, as a title: composed, in one line, without what nobody sees. `None` where nothing is left.
pub fn title(text: &str) -> Option<String> {
    let visible: String = text.nfc().map(|c| if hidden(c) { ' ' } else { c }).collect();
    let words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(LONG_TITLE).collect();
    (!short.is_empty() && !short.contains('\u{fffd}')).then_some(short)
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
