//! The reader: TOML in, a plan and every problem of it out.
//!
//! [`read`] takes the files from the disk; [`parse`] is pure. A plan is returned only when it has no errors. Of a file whose syntax is
//! broken, only the faults of syntax are reported, all of them: what the file defines is not known, so no other file is blamed for naming it.
//! Every other file is judged whole, and one fault never hides another. It does not use serde, which stops at the first.
//!
//! The way: [`document`] makes a [`tree`] of each file, by [`statement`]s, and [`syntax`] says what is broken; [`ids`] collects who is
//! defined where, [`tables`] and [`airing`] read the tables by [`walk`], and the faults get their words at the end, when the station's
//! language is known.

mod airing;
mod days;
mod document;
mod files;
mod folders;
mod found;
mod ids;
mod one_date;
mod paper;
mod report;
mod schema;
mod statement;
mod syntax;
mod tables;
mod tree;
pub(crate) mod values;
mod walk;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use sha2::{Digest, Sha256};

pub use files::{Files, ReadError, base};
pub use folders::slug;
pub use values::{hidden, nearest, title};

use crate::calendar::hours::Hours;
use crate::calendar::timezone::Timezone;
use crate::lang::Language;
use crate::plan::diagnostic::{self, Diagnostic};
use crate::plan::fault::{Kind, PlanFault, Severity};
use crate::plan::read::document::Document;
use crate::plan::read::ids::Ids;
use crate::plan::read::tree::{KeyValue, Node, Table, Value};
use crate::plan::read::walk::Walk;
use crate::plan::source::{Lines, Place, SourceFile};
use crate::plan::{Output, Plan, Station};
use crate::terms::{DeviceName, OutputId, PlanHash, Wall};

/// What the files gave.
#[derive(Debug)]
pub struct Reading {
    /// `None` when there are errors.
    pub plan: Option<Plan>,
    /// In the order of the files.
    pub problems: Vec<Diagnostic>,
    pub sources: Vec<SourceFile>,
    /// The station's, or the one that was asked for when the plan does not tell it.
    pub language: Language,
    /// Errors until a date has passed; [`Reading::as_of`] makes them such.
    dated: Vec<(Date, Diagnostic)>,
}

impl Reading {
    /// The plan as it is judged on a day of the station. What was said of single dates is forgotten when they have passed: nobody has to
    /// take out an old `[[change]]` whose broadcast is gone.
    pub fn as_of(mut self, now: Wall) -> Reading {
        let zone = self.plan.as_ref().map_or_else(Timezone::utc, |plan| plan.station.timezone.clone());
        let today = zone.civil(now).date();
        let ahead = std::mem::take(&mut self.dated).into_iter().filter(|(date, _)| *date >= today);
        self.problems.extend(ahead.map(|(_, problem)| problem));
        diagnostic::sort(&mut self.problems);
        if diagnostic::any_error(&self.problems) {
            self.plan = None;
        }
        self
    }
}

/// Reads the plan at `path`, a file or a folder of `.toml` files. `lang` is the language of messages where the plan does not tell it.
///
/// # Errors
/// Only when there is nothing to check: no such path, neither file nor folder, or it cannot be read.
pub fn read(path: &Path, lang: Option<Language>) -> Result<Reading, ReadError> {
    Ok(understand(files(path)?, lang))
}

/// The plan's files as they are now: what [`read`] reads, for one who wants to know first whether it has changed.
///
/// # Errors
/// As [`read`].
pub fn files(path: &Path) -> Result<Files, ReadError> {
    files::load(path)
}

/// Reads the plan from its files.
pub fn understand(files: Files, lang: Option<Language>) -> Reading {
    make(files.sources, files.faults, &files.base, lang)
}

/// Reads a plan from texts, in file-name order. `base` is the plan's folder, against which relative folders are resolved.
pub fn parse(sources: Vec<SourceFile>, base: &Path, lang: Option<Language>) -> Reading {
    make(sources, vec![], base, lang)
}

/// The hash of a plan's files, as [`Plan::hash`] says.
pub fn hash(sources: &[SourceFile]) -> PlanHash {
    let mut digest = Sha256::new();
    for source in sources {
        let name = source.path.file_name().unwrap_or_default();
        digest.update(name.as_encoded_bytes());
        digest.update([0]);
        digest.update(source.text.len().to_string());
        digest.update([0]);
        digest.update(source.text.as_bytes());
    }
    let hex = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    PlanHash::new(hex)
}

fn make(sources: Vec<SourceFile>, mut faults: Vec<(PlanFault, Place)>, base: &Path, lang: Option<Language>) -> Reading {
    let documents: Vec<Document> = sources.iter().enumerate().map(|(file, source)| document::read(file, source)).collect();
    let language = language(&documents).or(lang).unwrap_or_default();
    let is_error = |(fault, _): &(PlanFault, Place)| fault.code().severity() == Severity::Error;
    let lost_file = faults.iter().any(is_error) || documents.iter().any(|document| document.broken);
    let mut ids = Ids::default();
    ids.lost_file = lost_file;
    let mut roots = vec![];
    for document in documents {
        faults.extend(document.faults);
        roots.extend((!document.broken).then_some(document.root));
    }
    let tables = gather(&roots, &sources, &mut ids, &mut faults);
    let mut walk = Walk::new(&sources, &ids);
    let parts = parts(&mut walk, &tables, base);
    faults.extend(walk.faults);
    let (places, dated) = (walk.places, walk.dated);
    let faults = walk::sorted(faults);
    let plan = parts.filter(|_| !faults.iter().any(is_error)).map(|parts| parts.plan(&sources, places));
    let problems = diagnostics(&faults, &sources, language);
    let dated = dated.into_iter().flat_map(|(date, fault, place)| {
        diagnostics(&[(fault, place)], &sources, language).into_iter().map(move |problem| (date, problem))
    });
    let dated = dated.collect();
    Reading { plan, problems, sources, language, dated }
}

/// The station's language, told as early as it can be.
fn language(documents: &[Document]) -> Option<Language> {
    documents.iter().find_map(|document| match &document.root.get("station")?.value {
        Value::Table(station) => match &station.get("language")?.value {
            Value::Text(text) if text == "en" => Some(Language::En),
            Value::Text(text) if text == "vi" => Some(Language::Vi),
            _ => None,
        },
        _ => None,
    })
}

fn diagnostics(faults: &[(PlanFault, Place)], sources: &[SourceFile], language: Language) -> Vec<Diagnostic> {
    let lines: Vec<std::cell::OnceCell<Lines>> = sources.iter().map(|_| std::cell::OnceCell::new()).collect();
    let at = |place: Place| {
        let (Some(source), Some(lines)) = (sources.get(place.file), lines.get(place.file)) else { return String::new() };
        let (line, _) = lines.get_or_init(|| Lines::new(source)).position(place.start);
        format!("{}:{line}", source.path.file_name().unwrap_or_default().display())
    };
    let mut problems: Vec<Diagnostic> = faults
        .iter()
        .map(|(fault, place)| {
            let (message, help) = fault.words(language, &at);
            let place = (place.file < sources.len()).then_some(*place);
            Diagnostic::new(fault.code(), place, message, help)
        })
        .collect();
    diagnostic::sort(&mut problems);
    problems
}

/// The tables of all files together.
#[derive(Default)]
struct Tables<'t> {
    station: Option<&'t Node>,
    hours: Option<&'t Node>,
    backup: Option<&'t Node>,
    letterhead: Option<&'t Node>,
    formats: Vec<&'t Node>,
    /// What was found in the folders of recordings.
    found: Vec<&'t Table>,
    includes: Vec<&'t Node>,
    lists: Vec<(Kind, &'t Table, Place)>,
    /// What unknown tables most likely are: those are misspelt, not missing.
    misspelt: Vec<&'static str>,
}

impl<'t> Tables<'t> {
    fn of(&self, kind: Kind) -> impl Iterator<Item = (&'t Table, Place)> {
        self.lists.iter().filter(move |(of, ..)| *of == kind).map(|(_, table, place)| (*table, *place))
    }
}

fn gather<'t>(roots: &'t [Table], sources: &[SourceFile], ids: &mut Ids, faults: &mut Vec<(PlanFault, Place)>) -> Tables<'t> {
    let is_listing = |file: usize| sources.get(file).is_some_and(found::is_listing);
    let mut tables = Tables::default();
    for entry in roots.iter().flat_map(Table::entries) {
        let node = &entry.node;
        match (entry.key.as_str(), schema::table(&entry.key)) {
            ("format", _) => tables.formats.push(node),
            // The files that it names have been read with the others.
            ("include", _) => tables.includes.push(node),
            ("found", _) if is_listing(node.place.file) => tables.found.extend(found_in(node)),
            (_, None) => tables.misspelt.extend(unknown(entry, ids, faults)),
            (name, Some(schema::TableName::Single)) => {
                let single = match name {
                    "station" => &mut tables.station,
                    "backup" => &mut tables.backup,
                    "letterhead" => &mut tables.letterhead,
                    _ => &mut tables.hours,
                };
                match single {
                    Some(first) => {
                        faults.push((PlanFault::RepeatedTable { name: name.to_owned(), first: first.place }, node.place));
                    }
                    None => *single = one(entry, faults),
                }
            }
            (_, Some(schema::TableName::List(kind))) => many(entry, kind, &mut tables, faults),
        }
    }
    for (kind, table, _) in &tables.lists {
        ids.note(*kind, table, faults);
    }
    tables
}

/// The recordings that a listing has.
fn found_in(node: &Node) -> impl Iterator<Item = &Table> {
    let nodes = match &node.value {
        Value::List(list) => list.nodes.as_slice(),
        _ => &[],
    };
    nodes.iter().filter_map(|node| match &node.value {
        Value::Table(table) => Some(table),
        _ => None,
    })
}

/// A table that is no list.
fn one<'t>(entry: &'t KeyValue, faults: &mut Vec<(PlanFault, Place)>) -> Option<&'t Node> {
    match &entry.node.value {
        Value::List(list) => {
            faults.push((PlanFault::WrongBrackets { name: entry.key.clone(), list: false }, entry.node.place));
            list.nodes.first()
        }
        _ => Some(&entry.node),
    }
}

fn many<'t>(entry: &'t KeyValue, kind: Kind, tables: &mut Tables<'t>, faults: &mut Vec<(PlanFault, Place)>) {
    let wrong = || (PlanFault::WrongBrackets { name: entry.key.clone(), list: true }, entry.node.place);
    match &entry.node.value {
        Value::Table(table) => {
            faults.push(wrong());
            tables.lists.push((kind, table, entry.node.place));
        }
        Value::List(list) => {
            for node in &list.nodes {
                match &node.value {
                    Value::Table(table) => tables.lists.push((kind, table, node.place)),
                    _ => faults.push(wrong()),
                }
            }
        }
        _ => faults.push(wrong()),
    }
}

/// A table or key that no plan has, and the one that was most likely meant. Ids in it are not called unknown elsewhere.
fn unknown(entry: &KeyValue, ids: &mut Ids, faults: &mut Vec<(PlanFault, Place)>) -> Option<&'static str> {
    let mut lose = |node: &Node| {
        if let Value::Table(table) = &node.value
            && let Some(Node { value: Value::Text(id), .. }) = table.get("id")
        {
            ids.misplaced.insert(id.clone());
        }
    };
    match &entry.node.value {
        Value::List(list) => list.nodes.iter().for_each(&mut lose),
        _ => lose(&entry.node),
    }
    let name = entry.key.clone();
    if schema::not_yet(&name) {
        faults.push((PlanFault::NotYet { name }, entry.place));
        return None;
    }
    let known: Vec<&'static str> = schema::tables().chain(["format", "include"]).collect();
    let nearest = if faults.len() > 1000 { None } else { values::nearest(&name, known.iter().copied()) };
    faults.push((PlanFault::UnknownTable { name, nearest, known }, entry.place));
    nearest
}

/// The plan without its files.
struct PlanParts {
    station: Station,
    outputs: Vec<Output>,
    hours: Hours,
    backup: Option<crate::plan::Backup>,
    letterhead: Option<crate::plan::Letterhead>,
    rest: Rest,
}

#[derive(Default)]
struct Rest {
    zones: Vec<crate::plan::Zone>,
    topics: Vec<crate::plan::Topic>,
    suppliers: Vec<crate::plan::Supplier>,
    items: Vec<crate::plan::Item>,
    folders: Vec<crate::plan::Folder>,
    contacts: Vec<crate::plan::Contact>,
    programmes: Vec<crate::plan::Programme>,
    campaigns: Vec<crate::plan::Campaign>,
    holidays: Vec<crate::plan::Holiday>,
    broadcasts: Vec<crate::plan::Broadcast>,
    changes: Vec<(crate::plan::Change, Place)>,
    baselines: Vec<crate::plan::Baseline>,
    reports: Vec<crate::plan::Duty>,
}

impl PlanParts {
    fn plan(self, sources: &[SourceFile], places: crate::plan::Places) -> Plan {
        Plan {
            hash: hash(sources),
            sources: sources.to_vec(),
            station: self.station,
            outputs: self.outputs,
            zones: self.rest.zones,
            hours: self.hours,
            topics: self.rest.topics,
            suppliers: self.rest.suppliers,
            items: self.rest.items,
            folders: self.rest.folders,
            contacts: self.rest.contacts,
            programmes: self.rest.programmes,
            campaigns: self.rest.campaigns,
            holidays: self.rest.holidays,
            broadcasts: self.rest.broadcasts,
            changes: self.rest.changes.into_iter().map(|(change, _)| change).collect(),
            backup: self.backup,
            letterhead: self.letterhead,
            baselines: self.rest.baselines,
            reports: self.rest.reports,
            places,
        }
    }
}

fn parts(walk: &mut Walk<'_>, tables: &Tables<'_>, base: &Path) -> Option<PlanParts> {
    for node in &tables.formats {
        match node.value {
            Value::Integer(Some(1)) => {}
            Value::Integer(found) => walk.fault(PlanFault::BadFormat { found }, node.place),
            _ => walk.wrong_form(node, "format", crate::plan::fault::Form::Integer),
        }
    }
    for node in &tables.includes {
        let nodes = walk.list(node, "include", crate::plan::fault::Form::Texts).unwrap_or(&[]);
        nodes.iter().for_each(|node| drop(walk.text(node, "include")));
    }
    // What may stand in a file that could not be read, or is misspelt, is not called missing.
    let lost_file = walk.ids.lost_file;
    let may_be_there = |name: &'static str| lost_file || tables.misspelt.contains(&name);
    let missing = |walk: &mut Walk<'_>, name: &'static str, fault| {
        if !may_be_there(name) {
            walk.fault(fault, Place { file: 0, start: 0, end: 0 });
        }
    };
    let station = tables.station.and_then(|node| Some((walk.table(node, "station")?, node.place)));
    let station = match (tables.station, station) {
        (None, _) => {
            missing(walk, "station", PlanFault::MissingStation);
            None
        }
        (_, table) => table.and_then(|(table, head)| tables::station(walk, table, head, &folder_of(walk.sources, head, base))),
    };
    let hours = tables.hours.and_then(|node| Some((walk.table(node, "hours")?, node.place)));
    if tables.hours.is_none() {
        missing(walk, "hours", PlanFault::MissingHours);
    }
    let hours = hours.map(|(table, head)| tables::hours(walk, table, head));
    let letterhead = tables.letterhead.and_then(|node| Some((walk.table(node, "letterhead")?, node.place)));
    let letterhead = letterhead.and_then(|(table, head)| paper::letterhead(walk, table, head));
    if tables.of(Kind::Output).next().is_none() {
        missing(walk, "output", PlanFault::MissingOutput);
    }
    let backup = tables.backup.and_then(|node| {
        let table = walk.table(node, "backup")?;
        tables::backup(walk, table, node.place, &folder_of(walk.sources, node.place, base))
    });
    let outputs = outputs(walk, tables, base);
    let language = station.as_ref().map_or(Language::Vi, |station| station.language);
    let has_letterhead = tables.letterhead.is_some() || may_be_there("letterhead");
    let mut rest = rest(walk, tables, &outputs, base, language.pick("vi", "en"), has_letterhead);
    if let Some(station) = &station {
        let found = folders::items(walk, &tables.found, &rest.folders, &rest.items, &station.timezone);
        rest.items.extend(found);
    }
    one_date::resolve(walk, &rest.changes, &rest.broadcasts, station.as_ref().map(|station| &station.timezone));
    Some(PlanParts { station: station?, outputs, hours: hours?, backup, letterhead, rest })
}

/// The folder of the file in which something stands.
fn folder_of(sources: &[SourceFile], place: Place, base: &Path) -> PathBuf {
    let here = sources.get(place.file).and_then(|source| source.path.parent());
    here.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(base).to_owned()
}

fn outputs(walk: &mut Walk<'_>, tables: &Tables<'_>, base: &Path) -> Vec<Output> {
    let mut outputs: Vec<Output> = vec![];
    let mut taken: std::collections::HashMap<DeviceName, OutputId> = std::collections::HashMap::new();
    for (table, head) in tables.of(Kind::Output) {
        let Some((output, places)) = tables::output(walk, table, head, base) else { continue };
        for (device, place) in output.devices.iter().zip(places) {
            // Nothing is shared by two outputs that go nowhere, or that write files of their own names.
            let name = match device {
                DeviceName::Default => "default",
                DeviceName::Named(name) => name,
                DeviceName::Null | DeviceName::Wav(_) => continue,
            };
            match taken.get(device).filter(|first| **first != output.id) {
                Some(first) => walk.fault(PlanFault::SameDevice { device: name.to_owned(), first: first.to_string() }, place),
                None => {
                    taken.insert(device.clone(), output.id.clone());
                }
            }
        }
        outputs.push(output);
    }
    outputs
}

fn rest(walk: &mut Walk<'_>, tables: &Tables<'_>, outputs: &[Output], base: &Path, language: &str, has_letterhead: bool) -> Rest {
    let all: Vec<OutputId> = outputs.iter().map(|output| output.id.clone()).collect();
    let mut rest = Rest::default();
    for (kind, table, head) in &tables.lists {
        match kind {
            Kind::Output => {}
            Kind::Zone => rest.zones.extend(tables::zone(walk, table, *head)),
            Kind::Topic => rest.topics.extend(tables::topic(walk, table, *head)),
            Kind::Supplier => rest.suppliers.extend(tables::supplier(walk, table, *head)),
            Kind::Item => rest.items.extend(airing::item(walk, table, *head, language)),
            Kind::Folder => rest.folders.extend(folders::folder(walk, table, *head, language)),
            Kind::Contact => rest.contacts.extend(tables::contact(walk, table, *head)),
            Kind::Programme => rest.programmes.extend(airing::programme(walk, table, *head)),
            Kind::Campaign => rest.campaigns.extend(airing::campaign(walk, table, *head)),
            Kind::Holiday => rest.holidays.extend(days::holiday(walk, table, *head)),
            Kind::Broadcast => rest.broadcasts.extend(airing::broadcast(walk, table, *head, &all)),
            Kind::Change => {
                let number = rest.changes.len();
                rest.changes.extend(one_date::change(walk, table, *head, &all, number));
            }
            Kind::Extra => rest.broadcasts.extend(one_date::extra(walk, table, *head, &all)),
            Kind::Baseline => rest.baselines.extend(paper::baseline(walk, table, *head)),
            Kind::Report => {
                let here = folder_of(walk.sources, *head, base);
                rest.reports.extend(report::duty(walk, table, *head, &here, has_letterhead));
            }
        }
    }
    rest
}
