//! A plan with what is known of its recordings: read at the start, and again whenever a file of it changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::asrun::plans;
use crate::audio::preflight;
use crate::daemon::aside::Gaze;
use crate::lang::Language;
use crate::library::Library;
use crate::library::store::LibraryStore;
use crate::plan::Plan;
use crate::plan::diagnostic::Source;
use crate::plan::read::{self, Reading};
use crate::plan::render;
use crate::rundown::stock::Stock;
use crate::terms::*;

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

/// What reading the plan gave.
pub enum Attempt {
    Good(Loaded),
    /// It has errors, as text in the station's language.
    Bad(String),
}

/// Reads the plan and checks its recordings, keeping those that are fit in the store.
pub fn load(path: &Path, language: Language, store: &LibraryStore, gaze: &Gaze) -> Attempt {
    let reading = match gaze.on(path, || read::read(path, Some(language))) {
        Ok(reading) => reading,
        Err(error) => return Attempt::Bad(error.to_string()),
    };
    let Reading { plan, problems, sources, language } = reading;
    match plan {
        Some(plan) => Attempt::Good(with_recordings(plan, store)),
        None => Attempt::Bad(render::text(&problems, &sources, language, false)),
    }
}

/// The plan that was accepted under this hash, as it was then. Its recordings are looked for where the plan of today lies.
pub fn kept(data: &Path, hash: &PlanHash, base: &Path, store: &LibraryStore) -> Option<Loaded> {
    let files = plans::kept(data, hash).ok()??;
    let sources = files
        .into_iter()
        .map(|(name, bytes)| Source { path: base.join(name), text: String::from_utf8_lossy(&bytes).into() })
        .collect();
    read::parse(sources, base, None).plan.map(|plan| with_recordings(plan, store))
}

/// Keeps the plan whole under its hash.
pub fn keep(data: &Path, plan: &Plan) -> anyhow::Result<()> {
    let files = plan.sources.iter().map(|source| {
        let name = source.path.file_name().and_then(|name| name.to_str()).unwrap_or("plan.toml");
        (name, source.text.as_bytes())
    });
    Ok(plans::keep(data, &plan.hash, files)?)
}

/// The folder against which a plan's relative folders are resolved.
pub fn base(path: &Path) -> PathBuf {
    if path.is_dir() { path.to_owned() } else { path.parent().map_or_else(PathBuf::new, Path::to_owned) }
}

/// A plan with its recordings: each new one checked, the fit ones kept in the store.
pub fn with_recordings(plan: Plan, store: &LibraryStore) -> Loaded {
    let items: Vec<(ItemId, PathBuf)> = plan.items.iter().map(|item| (item.id.clone(), item.file.clone())).collect();
    let exe = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("loaxa"));
    let library = preflight::scan(&plan.station.audio, &items, store, &exe);
    Loaded::new(Arc::new(plan), Arc::new(library))
}

/// What the plan's files and recordings look like from outside: when this changes, it is time to read again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks(BTreeMap<PathBuf, Option<(SystemTime, u64)>>);

impl Looks {
    /// Looks at the plan's files, and at the recordings of the plan that runs.
    pub fn at(path: &Path, plan: Option<&Plan>, gaze: &Gaze) -> Looks {
        let mut looks = BTreeMap::new();
        let mut look = |path: PathBuf| {
            let meta = gaze.on(&path, || std::fs::metadata(&path));
            let seen = meta.ok().and_then(|meta| Some((meta.modified().ok()?, meta.len())));
            looks.insert(path, seen);
        };
        match gaze.on(path, || std::fs::read_dir(path)) {
            Ok(entries) => {
                let toml = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "toml");
                entries.flatten().map(|entry| entry.path()).filter(toml).for_each(&mut look);
            }
            Err(_) => look(path.to_owned()),
        }
        if let Some(plan) = plan {
            plan.items.iter().map(|item| plan.station.audio.join(&item.file)).for_each(&mut look);
        }
        Looks(looks)
    }

    /// The same files as they looked earlier, where they did: what has changed since then is still to be seen.
    pub fn or_earlier(mut self, earlier: &Looks) -> Looks {
        for (path, seen) in &mut self.0 {
            if let Some(before) = earlier.0.get(path) {
                *seen = *before;
            }
        }
        self
    }
}
