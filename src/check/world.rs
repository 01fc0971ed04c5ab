//! What the recordings show: files that are missing, unfit, silent, or shorter than their container says.

use crate::lang::check as words;
use crate::library::{Flaw, Library, Unfit};
use crate::plan::diagnostic::{Code, Diagnostic};
use crate::plan::{Item, Plan};

/// The warnings of the plan's recordings, at the `file` key of each item. An item that the library does not know says nothing.
pub fn world(plan: &Plan, library: &Library) -> Vec<Diagnostic> {
    plan.items.iter().flat_map(|item| of_item(plan, library, item)).collect()
}

fn of_item(plan: &Plan, library: &Library, item: &Item) -> Vec<Diagnostic> {
    let lang = plan.station.language;
    let place = plan.places.of("item", item.id.as_str(), "file");
    let warn = |code, (message, help): (String, String)| Diagnostic::warning(code, place, message, Some(help));
    match library.items.get(&item.id) {
        None => vec![],
        Some(Err(unfit)) => {
            let code = if matches!(unfit, Unfit::Missing) { Code::FileMissing } else { Code::FileUnfit };
            let path = plan.station.audio.join(&item.file);
            vec![warn(code, words::unfit(unfit, &path.display().to_string(), lang))]
        }
        Some(Ok(recording)) => recording
            .flaws
            .iter()
            .map(|flaw| {
                let code = match flaw {
                    Flaw::Silent => Code::Silent,
                    Flaw::Short { .. } | Flaw::CutOff => Code::Short,
                };
                warn(code, words::flaw(flaw, &item.file.display().to_string(), lang))
            })
            .collect(),
    }
}
