//! A plan with what is known of its recordings.

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::asrun::store::plans;
use crate::audio::preflight::{self, Programs};
use crate::library::Library;
use crate::library::store::LibraryStore;
use crate::plan::Plan;
use crate::plan::read;
use crate::plan::source::SourceFile;
use crate::rundown::stock::Stock;
use crate::terms::*;

/// A disk that does not answer in this time is not waited for at the start.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// What the station runs on.
#[derive(Clone)]
pub struct Loaded {
    pub plan: Arc<Plan>,
    pub library: Arc<Library>,
    /// The two together, as every rundown of them needs it.
    pub stock: Arc<Stock>,
}

impl Loaded {
    pub fn new(plan: Arc<Plan>, library: Arc<Library>) -> Loaded {
        let stock = Arc::new(Stock::of(&plan, &library));
        Loaded { plan, library, stock }
    }
}

/// The plan that was accepted under this hash, as it was then; `None` when it is not kept, or is not whole any more. Its recordings are looked for where the plan of today lies.
pub fn kept(data: &Path, hash: &PlanHash, base: &Path) -> Option<Plan> {
    let files = plans::kept(data, hash).ok()??;
    let sources: Vec<SourceFile> = files
        .into_iter()
        .map(|(name, bytes)| SourceFile { path: base.join(name), text: String::from_utf8_lossy(&bytes).into() })
        .collect();
    if read::hash(&sources) != *hash {
        return None;
    }
    read::parse(sources, base, None).plan
}

/// Keeps the plan whole under its hash.
pub fn keep(data: &Path, plan: &Plan) -> anyhow::Result<()> {
    let files = plan.sources.iter().map(|source| {
        let name = source.path.file_name().and_then(|name| name.to_str()).unwrap_or("plan.toml");
        (name, source.text.as_bytes())
    });
    Ok(plans::keep(data, &plan.hash, files)?)
}

/// The items with their files, as recordings are asked for.
pub fn files(plan: &Plan) -> Vec<(ItemId, PathBuf)> {
    plan.items.iter().map(|item| (item.id.clone(), item.file.clone())).collect()
}

/// A plan with what is known of its recordings at once: none is read, and a disk that does not answer is not waited for.
pub fn at_once(plan: Plan, store: &Arc<LibraryStore>) -> Loaded {
    let (folder, items) = (plan.station.audio.clone(), files(&plan));
    let (answer, answered) = mpsc::channel();
    let theirs = store.clone();
    let looking = thread::Builder::new().name("first-look".into()).spawn(move || {
        // Whoever asked may have given up.
        let _ = answer.send(preflight::look(&folder, &items, &theirs).library);
    });
    let looked = looking.ok().and_then(|_| answered.recv_timeout(ANSWERS_WITHIN).ok());
    let library = looked.unwrap_or_else(|| preflight::remembered(&plan.station.audio, &files(&plan), store));
    Loaded::new(Arc::new(plan), Arc::new(library))
}

/// A plan with these of its recordings, or all of them, found out about: this takes as long as it takes.
pub fn in_full(plan: Plan, store: &LibraryStore, only: Option<&[ItemId]>) -> Loaded {
    let mut items = files(&plan);
    items.retain(|(id, _)| only.is_none_or(|only| only.contains(id)));
    let library = preflight::scan(&plan.station.audio, &items, store, &Programs::installed());
    Loaded::new(Arc::new(plan), Arc::new(library))
}
