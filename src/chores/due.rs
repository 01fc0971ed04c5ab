//! Which backup is due, and which have had their time. Pure: names and days go in.

pub mod reports;

use jiff::civil::Date;

/// What a backup's name ends with.
pub const ENDING: &str = ".sqlite3";

/// The name of a station's backup of a day.
pub fn name(station: &str, day: Date) -> String {
    format!("{station}-{day}{ENDING}")
}

/// The day of a backup of this station; `None` for any other file.
pub fn day(station: &str, name: &str) -> Option<Date> {
    let day = name.strip_suffix(ENDING)?.strip_prefix(station)?.strip_prefix('-')?;
    day.parse().ok().filter(|date: &Date| date.to_string() == day)
}

/// Whether today's backup is still to be made.
pub fn is_due<'n>(station: &str, today: Date, mut names: impl Iterator<Item = &'n str>) -> bool {
    !names.any(|found| day(station, found) == Some(today))
}

/// The backups beyond the newest `keep`, oldest first. Files of other names are never among them.
pub fn surplus<'n>(station: &str, keep: usize, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut ours: Vec<(Date, &str)> = names.filter_map(|name| Some((day(station, name)?, name))).collect();
    ours.sort_unstable();
    ours.truncate(ours.len().saturating_sub(keep));
    ours.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const FOUND: [&str; 6] = [
        "cam-tan-2026-11-14.sqlite3",
        "cam-tan-2026-11-15.sqlite3",
        "cam-tan-2026-11-15.sqlite3.heads.txt",
        "cam-tan-2-2026-11-10.sqlite3",
        "anh-cuoi.jpg",
        "cam-tan-2025-12-31.sqlite3",
    ];

    #[test]
    fn a_backup_is_due_once_a_day() {
        assert!(!is_due("cam-tan", date(2026, 11, 15), FOUND.into_iter()));
        assert!(is_due("cam-tan", date(2026, 11, 16), FOUND.into_iter()));
        assert!(is_due("cam-tan", date(2026, 11, 10), FOUND.into_iter()), "another station's counts for that one");
        assert_eq!(name("cam-tan", date(2026, 11, 14)), FOUND[0]);
    }

    #[test]
    fn the_oldest_go_and_only_our_own() {
        assert_eq!(surplus("cam-tan", 2, FOUND.into_iter()), ["cam-tan-2025-12-31.sqlite3"]);
        assert_eq!(surplus("cam-tan", 1, FOUND.into_iter()), ["cam-tan-2025-12-31.sqlite3", "cam-tan-2026-11-14.sqlite3"]);
        assert!(surplus("cam-tan", 3, FOUND.into_iter()).is_empty());
    }
}
