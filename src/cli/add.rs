//! `loaxa add`: one recording is taken into the plan: its file into the folder of recordings, its item into the plan's text.
//!
//! Nothing is written before all of it is known to be good: the recording is measured, and the edited plan is read, first.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use jiff::ToSpan;

use crate::asrun::history::History;
use crate::audio::preflight::{self, Programs};
use crate::calendar::span::DaySpan;
use crate::calendar::written::{self, Seek, Toward};
use crate::cli::audio::look;
use crate::cli::{Ended, Global, civil, complain, data_folder, named, now, print, unread, wrong_use};
use crate::files;
use crate::lang::{Language, add as words, audio, cli as cli_words, rundown as rundown_words};
use crate::library::store::LibraryStore;
use crate::library::{Library, Recording};
use crate::plan::edit::{self, NewItem};
use crate::plan::read::{self, Reading};
use crate::plan::source::SourceFile;
use crate::plan::{Plan, render};
use crate::rundown::{SeenFrom, Span, build};
use crate::terms::*;

/// So far ahead it is shown what will air.
const DAYS: i64 = 7;
/// So much of it.
const SHOWN: usize = 5;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    #[arg(long, value_name = "TOPIC")]
    pub topic: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    #[arg(long, value_name = "SUPPLIER")]
    pub supplier: Option<String>,
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let kept = || Some(data_folder(global).join("plan")).filter(|plan| plan.is_dir());
    let Some(path) = args.plan.clone().or_else(kept) else { return wrong_use(words::which_plan(global.language())) };
    let reading = match read::read(&path, global.lang) {
        Ok(reading) => reading.as_of(now()),
        Err(error) => return unread(&error, global.language()),
    };
    let Some(plan) = &reading.plan else { return refuse(&reading) };
    let recording = match measured(&args.file, global) {
        Ok(recording) => recording,
        Err(unfit) => {
            let (message, help) = audio::unfit(&unfit, &args.file.display().to_string(), reading.language);
            complain(&format!("{message}; {help}"));
            return Ok(Ended::Bad);
        }
    };
    let item = match new_item(&args, plan, &recording, reading.language) {
        Ok(item) => item,
        Err(wrong) => return wrong_use(&wrong),
    };
    let mut library = look(&plan.station.audio, &plan.items, global, reading.language);
    let same = |item: &&crate::plan::Item| matches!(library.items.get(&item.id), Some(Ok(known)) if known.hash == recording.hash);
    if let Some(same) = plan.items.iter().find(same) {
        complain(&words::already(reading.language, same.id.as_str(), &same.title));
        return Ok(Ended::Bad);
    }
    let length = rundown_words::length(reading.language, recording.length().as_secs());
    library.items.insert(ItemId::from(item.id.as_str()), Ok(recording));
    let Some((new, place)) = take_in(&args.file, &path, &reading, plan, &item)? else { return Ok(Ended::Bad) };
    print(&words::added(reading.language, &item.title, &item.id, &length, &place))?;
    print(&coming(&new, &library, &item.id, reading.language))?;
    Ok(Ended::Good)
}

/// What a recording is; nothing of it is kept but what was measured.
fn measured(file: &Path, global: &Global) -> Result<Recording, crate::library::Unfit> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let store = LibraryStore::looking(&data_folder(global));
    let name = file.file_name().map(PathBuf::from).unwrap_or_default();
    preflight::find_out(folder, &name, &store, &Programs::installed())
}

/// The item as the options have it, or what is wrong with one of them.
fn new_item(args: &Args, plan: &Plan, recording: &Recording, lang: Language) -> Result<NewItem, String> {
    let stem = args.file.file_stem().map(|stem| stem.to_string_lossy().replace('_', " ")).unwrap_or_default();
    let own = recording.title.as_deref().and_then(read::title);
    let title =
        args.title.as_deref().and_then(read::title).or(own).or_else(|| read::title(&stem)).unwrap_or_else(|| stem.clone());
    let topic = args.topic.as_deref().map(|text| named::topic(text, std::slice::from_ref(plan), lang)).transpose()?;
    let supplier = args.supplier.as_deref().map(|text| named::supplier(text, plan, lang)).transpose()?;
    let kind = args.kind.as_deref().map_or(Ok(ItemKind::Announcement), |text| named::kind(text, lang))?;
    if kind == ItemKind::Announcement && topic.is_none() {
        let known: Vec<&str> = plan.topics.iter().map(|topic| topic.id.as_str()).collect();
        return Err(words::no_topic(lang, &known.join(", ")));
    }
    let today = plan.station.timezone.civil(now()).date();
    let until = args.until.as_deref().map(|text| {
        let read = written::day(text, Some(Seek { today, toward: Toward::Coming }));
        read.map_err(|why| civil::misread(lang, "--until", text, why, cli_words::day_expected(lang)))
    });
    let id = free_id(plan, &title);
    let ending = args.file.extension().map(|ending| format!(".{}", ending.to_string_lossy().to_lowercase())).unwrap_or_default();
    Ok(NewItem {
        file: format!("{id}{ending}"),
        id,
        title,
        kind,
        topic,
        tags: args.tag.clone(),
        language: args.language.clone(),
        supplier,
        valid: DaySpan { from: None, until: until.transpose()? },
    })
}

/// An id by the title, under which the plan has no item and the folder of recordings no file.
fn free_id(plan: &Plan, title: &str) -> String {
    let slug = read::slug(title);
    let names: Vec<String> = fs::read_dir(&plan.station.audio)
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    let taken = |id: &str| {
        plan.items.iter().any(|item| item.id.as_str() == id)
            || names.iter().any(|name| Path::new(name).file_stem().is_some_and(|stem| stem == id))
    };
    let numbered = (2..1000).map(|number| format!("{slug}-{number}"));
    std::iter::once(slug.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or(slug.clone())
}

/// Writes the recording and the plan. Returns the new plan, and where in it the item stands; nothing where it said what is wrong.
fn take_in(file: &Path, path: &Path, reading: &Reading, plan: &Plan, item: &NewItem) -> anyhow::Result<Option<(Plan, String)>> {
    let lang = reading.language;
    let place = place_of_items(path, &reading.sources);
    let source = &reading.sources[place];
    let Some(text) = edit::with_item(&source.text, item) else {
        complain(&words::not_editable(lang, &source.path.display().to_string()));
        return Ok(None);
    };
    let mut sources = reading.sources.clone();
    sources[place].text = Arc::from(text.as_str());
    let edited = read::parse(sources, &read::base(path), Some(lang)).as_of(now());
    if edited.plan.is_none() {
        return refuse(&edited).map(|_| None);
    }
    let copied = plan.station.audio.join(&item.file);
    let copy = |into: &mut File| io::copy(&mut File::open(file)?, into).map(drop);
    files::put(&copied, 0o644, copy).with_context(|| copied.display().to_string())?;
    if fs::read(&source.path).ok().as_deref() != Some(source.text.as_bytes()) {
        let _ = fs::remove_file(&copied);
        complain(&words::changed_meanwhile(lang, &source.path.display().to_string()));
        return Ok(None);
    }
    if let Err(error) = rewrite(&source.path, &text) {
        let _ = fs::remove_file(&copied);
        return Err(error).with_context(|| source.path.display().to_string());
    }
    let line = text.lines().position(|line| line == format!("id = \"{}\"", item.id)).map_or(1, |line| line + 1);
    let place = format!("{}:{line}", source.path.display());
    Ok(edited.plan.map(|plan| (plan, place)))
}

/// When the item is expected to air.
fn coming(plan: &Plan, library: &Library, id: &str, lang: Language) -> String {
    let zone = &plan.station.timezone;
    let from = now();
    let end = zone.civil(from).date().checked_add(DAYS.days()).map_or(from, |day| zone.start_of(day));
    let rundown = build(plan, library, &mut History::default(), Span { from, to: end }, SeenFrom::at(from));
    let has = |planned: &&crate::rundown::Planned| {
        planned.left_out.is_none()
            && planned.elements.iter().any(|element| element.facts.as_ref().is_some_and(|facts| facts.item.as_str() == id))
    };
    let mut lines: Vec<String> = rundown
        .slots
        .iter()
        .filter(has)
        .map(|planned| {
            let when = zone.civil(planned.slot.planned_at).strftime("%H:%M %d/%m/%Y").to_string();
            let name = plan.programme_of(&planned.slot.broadcast).map_or("", |programme| programme.name.as_str());
            format!("  {when}  {name} [{}]\n", planned.slot.broadcast)
        })
        .collect();
    lines.dedup();
    if lines.is_empty() {
        let item = plan.items.iter().find(|item| item.id.as_str() == id);
        let is_taken = item.is_some_and(|item| {
            plan.programmes.iter().flat_map(|programme| &programme.elements).any(|element| element.takes(item))
        });
        return if is_taken { words::some_day(lang, DAYS) } else { words::nowhere(lang, DAYS) };
    }
    lines.truncate(SHOWN);
    words::will_air(lang).to_owned() + &lines.concat()
}

/// The file of the plan that has items, the last of them; else its first.
fn place_of_items(path: &Path, sources: &[SourceFile]) -> usize {
    let own = |source: &SourceFile| source.path.parent() == Some(path) || source.path == path;
    let has = |source: &SourceFile| source.text.lines().any(|line| line.trim_start().starts_with("[[item]]"));
    let of_plan = |source: &&SourceFile| own(source) && source.path.exists();
    let last =
        sources.iter().enumerate().filter(|(_, source)| of_plan(source) && has(source)).map(|(place, _)| place).next_back();
    last.or_else(|| sources.iter().position(|source| of_plan(&source))).unwrap_or(0)
}

/// Puts a text in the place of a file's, which keeps its owner and its rights; what is a link stays one.
fn rewrite(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let meta = fs::metadata(&path)?;
    files::put(&path, 0o600, |file| {
        file.set_permissions(meta.permissions())?;
        // Only root may give a file away, and only root would take one.
        let _ = fchown(&*file, Some(meta.uid()), Some(meta.gid()));
        file.write_all(text.as_bytes())
    })
}

fn refuse(reading: &Reading) -> anyhow::Result<Ended> {
    complain(&render::text(&reading.problems, &reading.sources, reading.language, false));
    Ok(Ended::Bad)
}
