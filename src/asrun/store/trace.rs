//! Whether a station has lived in a data folder before, whatever its log says: a clock may be believed at a first start alone.

use std::fs;
use std::path::Path;

use super::{FILE, heads, sheet};

/// What an earlier life leaves beside the log. The log itself is none: one without a row is the beginning of a first start.
const LEFT: [&str; 5] = [heads::HEADS, sheet::NAME, "plans", "recordings", "reports.txt"];

/// Whether anything in the folder tells of an earlier life.
pub(crate) fn of_a_life(dir: &Path) -> bool {
    let set_aside = format!("{FILE}.damaged-");
    let Ok(entries) = fs::read_dir(dir) else { return false };
    let names = entries.flatten().map(|entry| entry.file_name());
    names.filter_map(|name| name.into_string().ok()).any(|name| LEFT.contains(&name.as_str()) || name.starts_with(&set_aside))
}

/// Whether there is a backup in the folder.
pub(crate) fn in_backups(folder: &Path) -> bool {
    let is_one = |path: &Path| path.extension().is_some_and(|ending| ending == "sqlite3");
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| is_one(&entry.path())))
}
