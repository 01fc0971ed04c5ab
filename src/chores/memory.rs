//! What the data folder remembers of reports: a text file that only grows, one line for each thing that became true.
//!
//! A power cut can tear its last line. A torn line says nothing; the next one begins on a line of its own.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::chores::due::reports::{Memory, ReportKey};
use crate::files;
use crate::terms::{ReportId, Wall};

pub const FILE: &str = "reports.txt";

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    Since(ReportId, Wall),
    Written(ReportKey),
    Struck(ReportKey),
}

/// Everything that was noted. No file: nothing was.
pub fn read(data: &Path) -> io::Result<Memory> {
    let bytes = files::read(&data.join(FILE))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mut memory = Memory::default();
    // What does not end in a line break is torn.
    for note in text.split_inclusive('\n').filter_map(|line| parse(line.strip_suffix('\n')?)) {
        take(&mut memory, note);
    }
    Ok(memory)
}

/// Notes something, in the file and in what was read of it; on the disk when this returns. `at` is for whoever reads the file.
pub fn note(data: &Path, memory: &mut Memory, note: Note, at: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).read(true).open(data.join(FILE))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let torn = if bytes.last().is_some_and(|last| *last != b'\n') { "\n" } else { "" };
    file.write_all(format!("{torn}{}\t{at}\n", line(&note)).as_bytes())?;
    file.sync_all()?;
    take(memory, note);
    Ok(())
}

fn take(memory: &mut Memory, note: Note) {
    match note {
        // The earliest counts: a later one was noted on a clock that was ahead.
        Note::Since(id, at) => {
            let since = memory.since.entry(id).or_insert(at);
            *since = (*since).min(at);
        }
        Note::Written(key) => memory.written.entry(key).or_default().0 = true,
        Note::Struck(key) => {
            let (written, struck) = memory.written.entry(key).or_default();
            (*written, *struck) = (false, *struck + 1);
        }
    }
}

fn line(note: &Note) -> String {
    let of = |word: &str, ReportKey { id, period, stage }: &ReportKey| format!("{word}\t{id}\t{period}\t{stage}");
    match note {
        Note::Since(id, at) => format!("since\t{id}\t{}", at.0),
        Note::Written(written) => of("written", written),
        Note::Struck(struck) => of("struck", struck),
    }
}

fn parse(line: &str) -> Option<Note> {
    let mut cells = line.split('\t');
    let (word, id) = (cells.next()?, ReportId::from(cells.next()?));
    let note = match word {
        "since" => Note::Since(id, Wall(cells.next()?.parse().ok()?)),
        "written" | "struck" => {
            let key = ReportKey { id, period: cells.next()?.to_owned(), stage: cells.next()?.parse().ok()? };
            if word == "written" { Note::Written(key) } else { Note::Struck(key) }
        }
        _ => return None,
    };
    // When it was noted stands last: a line without it was torn, and made whole by the next one's line break.
    cells.next().map(|_| note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chores::due::reports::Stage;

    #[test]
    fn what_was_noted_is_read_again_and_a_torn_line_says_nothing() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(read(data.path()).unwrap(), Memory::default());
        let key = |period: &str| ReportKey { id: "monthly".into(), period: period.into(), stage: Stage::Final };
        let mut memory = Memory::default();
        let mut noted = |this| note(data.path(), &mut memory, this, "2026-12-01T05:00:00+07:00").unwrap();
        noted(Note::Since("monthly".into(), Wall(700)));
        noted(Note::Since("monthly".into(), Wall(500)));
        noted(Note::Written(key("2026-10")));
        noted(Note::Struck(key("2026-10")));
        noted(Note::Written(key("2026-11")));
        let mut file = OpenOptions::new().append(true).open(data.path().join(FILE)).unwrap();
        file.write_all(b"written\tmonthly\t2026-12\tfinal").unwrap();
        assert_eq!(read(data.path()).unwrap(), memory, "the last line is torn");
        note(data.path(), &mut memory, Note::Written(key("2027-01")), "").unwrap();
        assert_eq!(read(data.path()).unwrap(), memory);
        assert_eq!(memory.since.get(&ReportId::from("monthly")), Some(&Wall(500)));
        assert_eq!(memory.written.get(&key("2026-10")), Some(&(false, 1)));
        assert_eq!(memory.written.get(&key("2026-12")), None);
        assert_eq!(memory.written.get(&key("2027-01")), Some(&(true, 0)));
    }
}
