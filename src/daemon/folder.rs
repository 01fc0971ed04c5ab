//! The data folder, before a start and while the station runs: whatever lies under a name of ours and is not what it should be (a folder
//! named `heads.txt`, a file named `control`, a link that leads nowhere, a pipe that nobody fills) is renamed, so that it neither stops the
//! station nor makes it wait. It is reported and never removed. [`crate::asrun::store::rescue`] looks at the log's own file.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use crate::daemon::trace;
use crate::files;

#[derive(Clone, Copy)]
enum FileForm {
    File,
    Folder,
    Socket,
}

const OURS: [(&str, FileForm); 15] = [
    ("log.sqlite3-wal", FileForm::File),
    ("log.sqlite3-shm", FileForm::File),
    ("log.sqlite3.half", FileForm::File),
    ("heads.txt", FileForm::File),
    ("handover", FileForm::File),
    ("reports.txt", FileForm::File),
    (trace::FILE, FileForm::File),
    (trace::FULL, FileForm::File),
    ("people.json", FileForm::File),
    ("sessions.json", FileForm::File),
    ("plans", FileForm::Folder),
    ("recordings", FileForm::Folder),
    ("facts", FileForm::Folder),
    ("console", FileForm::Folder),
    ("control", FileForm::Socket),
];

/// Renames what is in the way, and returns the new names.
pub fn clear(data: &Path) -> std::io::Result<Vec<String>> {
    let mut renamed = Vec::new();
    for (name, form) in OURS {
        let path = data.join(name);
        if fs::symlink_metadata(&path).is_ok() && !fs::metadata(&path).is_ok_and(|found| has(&found, form)) {
            let new = match files::set_aside(&path, files::IN_THE_WAY) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                renamed => renamed?,
            };
            tracing::error!(name, new, "this is not what should be here; it is renamed");
            renamed.push(new);
        }
    }
    Ok(renamed)
}

fn has(found: &Metadata, form: FileForm) -> bool {
    match form {
        FileForm::File => found.is_file(),
        FileForm::Folder => found.is_dir(),
        FileForm::Socket => found.file_type().is_socket(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_should_be_there_stays_and_what_is_in_the_way_is_renamed() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path();
        assert_eq!(clear(&data.join("not-there-yet")).unwrap(), Vec::<String>::new());
        fs::write(data.join("heads.txt"), "1:x").unwrap();
        fs::create_dir(data.join("plans")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(data.join("control")).unwrap();
        // A list that lies elsewhere is still a list.
        fs::write(data.join("elsewhere"), "").unwrap();
        std::os::unix::fs::symlink("elsewhere", data.join("reports.txt")).unwrap();
        assert_eq!(clear(data).unwrap(), Vec::<String>::new());
        fs::create_dir_all(data.join("log.sqlite3-shm/inner")).unwrap();
        std::os::unix::fs::symlink("handover", data.join("handover")).unwrap();
        std::os::unix::fs::symlink("nowhere", data.join("log.sqlite3-wal")).unwrap();
        fs::write(data.join("recordings"), "").unwrap();
        fs::write(data.join("recordings.in-the-way-1"), "").unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            data.join("log.sqlite3.half"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        let renamed = clear(data).unwrap();
        let expected =
            ["log.sqlite3-wal", "log.sqlite3-shm", "log.sqlite3.half", "handover"].map(|name| format!("{name}.in-the-way-1"));
        assert_eq!(renamed[..4], expected);
        assert_eq!(renamed[4..], ["recordings.in-the-way-2"]);
        assert!(data.join("log.sqlite3-shm.in-the-way-1/inner").is_dir(), "nothing is lost");
    }
}
