//! Whatever stands in a plan's files: the reader ends, a plan comes with no error and an error with no plan, every problem stands where the
//! file has something, both languages can say it, and what was accepted can be planned for a day.
//!
//! The input is up to four files, one after another, with a zero byte between them.
#![no_main]

use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use loaxa::asrun::history::History;
use loaxa::lang::Language;
use loaxa::library::Library;
use loaxa::plan::diagnostic::any_error;
use loaxa::plan::source::SourceFile;
use loaxa::plan::{read, render};
use loaxa::rundown::{SeenFrom, Span, build};

/// How many problems are drawn with their lines, of the first and of the last.
const DRAWN: usize = 3;

fuzz_target!(|input: &[u8]| {
    let files = input.splitn(4, |byte| *byte == 0).enumerate();
    let source = |(at, bytes): (usize, &[u8])| SourceFile {
        path: PathBuf::from(format!("{at}.toml")),
        text: String::from_utf8_lossy(bytes).into_owned().into(),
    };
    let sources: Vec<SourceFile> = files.map(source).collect();
    let reading = read::parse(sources, Path::new("/plan"), None);
    assert_eq!(reading.plan.is_none(), any_error(&reading.problems));
    for problem in &reading.problems {
        if let Some(place) = problem.place {
            let text = &reading.sources[place.file].text;
            assert!(text.get(place.range()).is_some(), "{problem:?}");
        }
    }
    // An input of noise has hundreds of problems, and drawing them would be all that a run does: the first and the last few are drawn.
    let problems = &reading.problems;
    let drawn = [&problems[..problems.len().min(DRAWN)], &problems[problems.len().saturating_sub(DRAWN)..]];
    for (problems, lang) in drawn.into_iter().zip([Language::Vi, Language::En]) {
        render::text(problems, &reading.sources, lang, true);
    }
    let hash = reading.plan.as_ref().map(|plan| plan.hash.clone());
    serde_json::to_string(&render::document(&reading.problems, &reading.sources, hash)).unwrap();
    if let Some(plan) = &reading.plan {
        let at = |text: &str| plan.station.timezone.instant(text.parse().unwrap());
        let span = Span { from: at("2026-11-15T00:00"), to: at("2026-11-16T00:00") };
        let rundown = build(plan, &Library::default(), &mut History::default(), span, SeenFrom { now: span.from });
        assert!(rundown.slots.iter().all(|planned| planned.slot.planned_at >= span.from && planned.slot.planned_at < span.to));
    }
});
