//! What the recordings show: files that are missing, unfit, silent, or shorter than their container says.

use std::path::PathBuf;

use crate::lang::check as words;
use crate::library::{Flaw, Library, Unfit};
use crate::plan::diagnostic::Diagnostic;
use crate::plan::fault::Code;
use crate::plan::{Item, Plan};

/// The warnings of the plan's recordings, at the `file` key of each item. An item that the library does not know says nothing.
pub fn world(plan: &Plan, library: &Library) -> Vec<Diagnostic> {
    if let Some(nothing) = no_recordings(plan, library) {
        return vec![nothing];
    }
    plan.items.iter().flat_map(|item| of_item(plan, library, item)).collect()
}

/// Where not one recording of several is there, it is the folder that is named wrongly, or a stick that is not plugged in.
pub fn no_recordings(plan: &Plan, library: &Library) -> Option<Diagnostic> {
    let missing = |item: &Item| matches!(library.items.get(&item.id), Some(Err(Unfit::Missing)));
    if plan.items.len() < 2 || !plan.items.iter().all(missing) {
        return None;
    }
    let folder: PathBuf = plan.station.audio.components().collect();
    let (message, help) = words::no_recordings(&folder.display().to_string(), plan.items.len(), plan.station.language);
    Some(Diagnostic::new(Code::NoRecordings, plan.places.of("station", "", "audio"), message, Some(help)))
}

fn of_item(plan: &Plan, library: &Library, item: &Item) -> Vec<Diagnostic> {
    let lang = plan.station.language;
    let place = plan.places.of("item", item.id.as_str(), "file");
    let warn = |code, (message, help): (String, String)| Diagnostic::new(code, place, message, Some(help));
    match library.items.get(&item.id) {
        None => vec![],
        Some(Err(unfit)) => {
            let code = if matches!(unfit, Unfit::Missing) { Code::FileMissing } else { Code::FileUnfit };
            // Without the dots of `audio = "."`.
            let path: PathBuf = plan.station.audio.join(&item.file).components().collect();
            vec![warn(code, words::unfit(unfit, &path.display().to_string(), lang))]
        }
        Some(Ok(recording)) => recording
            .flaws
            .iter()
            .map(|flaw| {
                let code = match flaw {
                    Flaw::Silent => Code::Silent,
                    Flaw::Short { .. } | Flaw::CutOff | Flaw::Damaged => Code::Short,
                };
                warn(code, words::flaw(flaw, &item.file.display().to_string(), lang))
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::SignedDuration;

    use super::*;
    use crate::library::{Damage, Recording};
    use crate::plan::read::parse;
    use crate::plan::source::SourceFile;
    use crate::terms::Frames;

    const STATION: &str = r#"
[station]
name = "Cẩm Tân"
code = "cam-tan"
timezone = "Asia/Ho_Chi_Minh"
audio = "audio"
[hours]
daily = ["05:30-06:30"]
[[output]]
id = "amplifier"
device = "default"
"#;

    fn recording(flaws: Vec<Flaw>) -> Recording {
        Recording {
            hash: "00".into(),
            format: "ogg".into(),
            title: None,
            frames: Frames { count: 48_000, rate: 48_000 },
            channels: 1,
            loudness_lufs: None,
            true_peak_dbtp: None,
            horn: crate::library::Level::default(),
            lead: SignedDuration::ZERO,
            tail: SignedDuration::ZERO,
            flaws,
        }
    }

    #[test]
    fn a_wrong_folder_is_one_warning_and_not_one_for_each_item() {
        let item = |name: &str| format!("[[item]]\nid = \"{name}\"\nfile = \"{name}.ogg\"\ntitle = \"Tin\"\nkind = \"music\"\n");
        let text = STATION.to_owned() + &["a", "b", "c"].map(item).concat();
        let plan = parse(vec![SourceFile { path: "plan.toml".into(), text: text.into() }], Path::new(""), None).plan.unwrap();
        let mut library = Library { items: ["a", "b", "c"].map(|id| (id.into(), Err(Unfit::Missing))).into_iter().collect() };
        let found = world(&plan, &library);
        assert_eq!(found.iter().map(|problem| problem.code).collect::<Vec<_>>(), [Code::NoRecordings]);
        assert_eq!(&plan.sources[0].text[found[0].place.unwrap().range()], "\"audio\"");
        library.items.insert("b".into(), Ok(recording(vec![])));
        let codes: Vec<Code> = world(&plan, &library).iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [Code::FileMissing; 2], "the folder is right");
    }

    #[test]
    fn each_flaw_of_a_recording_is_a_warning_at_its_file() {
        let names = ["missing", "broken", "silent", "short", "cut", "good", "unknown"];
        let item = |name: &&str| format!("[[item]]\nid = \"{name}\"\nfile = \"{name}.ogg\"\ntitle = \"Tin\"\nkind = \"music\"\n");
        let text = STATION.to_owned() + &names.iter().map(item).collect::<String>();
        let reading = parse(vec![SourceFile { path: "plan.toml".into(), text: text.into() }], Path::new(""), None);
        let plan = reading.plan.unwrap_or_else(|| panic!("{:#?}", reading.problems));
        let short = Flaw::Short { declared_ms: 180_000, decoded_ms: 167_540 };
        let library = Library {
            items: [
                ("missing", Err(Unfit::Missing)),
                ("broken", Err(Unfit::Undecodable { damage: Damage::Garbled })),
                ("silent", Ok(recording(vec![Flaw::Silent]))),
                ("short", Ok(recording(vec![short]))),
                ("cut", Ok(recording(vec![Flaw::CutOff]))),
                ("good", Ok(recording(vec![]))),
            ]
            .into_iter()
            .map(|(id, facts)| (id.into(), facts))
            .collect(),
        };
        let found = world(&plan, &library);
        let codes: Vec<_> =
            found.iter().map(|problem| (problem.code, &plan.sources[0].text[problem.place.unwrap().range()])).collect();
        let expected = [
            (Code::FileMissing, "\"missing.ogg\""),
            (Code::FileUnfit, "\"broken.ogg\""),
            (Code::Silent, "\"silent.ogg\""),
            (Code::Short, "\"short.ogg\""),
            (Code::Short, "\"cut.ogg\""),
        ];
        assert_eq!(codes, expected);
        assert_eq!(found[3].message, "bản thu short.ogg chỉ giải mã được 167,5 giây trong 180,0 giây");
    }
}
