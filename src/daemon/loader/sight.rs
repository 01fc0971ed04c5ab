//! How everything looks that the station is made from: the plan's texts, the recordings and their masters, and the program that reads more of
//! them.

use std::path::Path;
use std::sync::Arc;

use crate::audio::ffmpeg;
use crate::daemon::aside::Gaze;
use crate::library::Library;
use crate::library::facts::FileStamp;
use crate::library::store::LibraryStore;
use crate::plan::Plan;
use crate::plan::read::{Files, ReadError};
use crate::playout::file_watch::Sight;

/// What of a file tells that it is another.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    Text(Arc<str>),
    /// The second says whether its times tell anything yet: the clock of a file system is coarse.
    Stamp(FileStamp, bool),
}

/// How the plan's files, its recordings and their masters look.
pub fn sight(
    path: &Path,
    files: &Result<Files, ReadError>,
    plan: &Plan,
    library: &Library,
    store: &LibraryStore,
    gaze: &Gaze,
) -> Sight<Mark> {
    let mut sight = Sight::new();
    match files {
        // An empty file is one that is about to be written.
        Ok(files) => {
            let text = |text: &Arc<str>| (!text.is_empty()).then(|| Mark::Text(text.clone()));
            sight.extend(files.sources.iter().map(|source| (source.path.clone(), text(&source.text))));
        }
        Err(_) => drop(sight.insert(path.to_owned(), None)),
    }
    let seen_at = std::time::SystemTime::now();
    let stamp = |path: &Path| {
        let stamp = FileStamp::of(&gaze.on(path, || std::fs::metadata(path)).ok()?);
        Some(Mark::Stamp(stamp, stamp.was_still(seen_at)))
    };
    // Where ffmpeg is installed, more can be taken in than before.
    let ffmpeg = ffmpeg::installed();
    sight.extend(ffmpeg.map(|path| (path.clone(), stamp(&path))));
    let recordings = plan.items.iter().map(|item| plan.station.audio.join(&item.file));
    let masters = library.items.values().flatten().map(|recording| store.place(&recording.hash));
    sight.extend(recordings.chain(masters).map(|path| (path.clone(), stamp(&path))));
    sight
}
