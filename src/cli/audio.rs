//! `loaxa audio`: every recording of a plan; and the hidden commands that decode and measure one in child processes.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use serde::Serialize;

use crate::audio::{ffmpeg, preflight};
use crate::check;
use crate::cli::progress::Progress;
use crate::cli::{Ended, Global, complain, data_folder, print, screen, unread};
use crate::lang::Language;
use crate::lang::audio as words;
use crate::lang::cli::Work;
use crate::lang::table::{self, Set};
use crate::library::store::LibraryStore;
use crate::library::{Aim, Library, MOST_GAIN_DB, Recording, TARGET_LUFS, Unfit};
use crate::plan::read;
use crate::plan::{Item, render};
use crate::terms::*;

/// More silence than this at either end is dead air between two items.
const LONG_SILENCE: SignedDuration = SignedDuration::from_secs(2);

#[derive(Debug, clap::Args)]
pub struct Args {
    pub plan: PathBuf,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let reading = match read::read(&args.plan, global.lang) {
        Ok(reading) => reading,
        Err(error) => return unread(&error, global.language()),
    };
    let lang = reading.language;
    let Some(plan) = &reading.plan else {
        let styled = std::io::stderr().is_terminal();
        complain(&render::text(&reading.problems, &reading.sources, lang, styled));
        return Ok(Ended::Bad);
    };
    let library = look(&plan.station.audio, &plan.items, global, lang);
    let horns = plan.outputs.iter().any(|output| output.speaker == Speaker::Horn);
    let entries = entries(&plan.items, &library, horns, lang);
    if args.json {
        let document = serde_json::json!({ "plan_hash": plan.hash, "target_lufs": TARGET_LUFS, "recordings": entries });
        print(&format!("{}\n", serde_json::to_string_pretty(&document)?))?;
    } else {
        // Where not one is there, that is said once.
        let nothing = check::no_recordings(plan, &library);
        let nothing =
            nothing.map(|problem| RecordingProblem { message: problem.message, help: problem.help.unwrap_or_default() });
        print(&page(&entries, nothing, horns, lang))?;
    }
    Ok(Ended::Good)
}

/// What is known of the plan's recordings, measured where it was not yet; keeps facts, no masters.
pub fn look(folder: &Path, items: &[Item], global: &Global, lang: Language) -> Library {
    let store = LibraryStore::looking(&data_folder(global));
    let files: Vec<_> = items.iter().map(|item| (item.id.clone(), item.file.clone())).collect();
    let progress = Progress::of(lang, Work::Recordings);
    let tell = |done: usize| progress.at(done as u64, files.len() as u64);
    preflight::scan_telling(folder, &files, &store, &preflight::Programs::installed(), &tell)
}

/// Measures the file on its standard input within limits: see [`preflight`].
#[derive(Debug, clap::Args)]
pub struct Measure {
    /// Processor time in seconds.
    #[arg(long)]
    seconds: u64,
    /// How long the master may become; none is written into 0 bytes.
    #[arg(long)]
    master_bytes: u64,
    /// Standard input is a pipe from a decoder.
    #[arg(long)]
    decoded: bool,
}

pub fn measure(args: Measure) -> anyhow::Result<Ended> {
    preflight::measure_within_limits(args.seconds, args.master_bytes, args.decoded, &mut std::io::stderr().lock())?;
    Ok(Ended::Good)
}

/// Decodes the file on its standard input within limits: see [`ffmpeg`].
#[derive(Debug, clap::Args)]
pub struct Decode {
    /// Processor time in seconds.
    #[arg(long)]
    seconds: u64,
    #[arg(long)]
    demuxer: String,
    ffmpeg: PathBuf,
}

pub fn decode(args: Decode) -> anyhow::Result<Ended> {
    Err(ffmpeg::become_ffmpeg(&args.ffmpeg, &args.demuxer, args.seconds).into())
}

/// One recording as `--json` shows it.
#[derive(Serialize)]
struct RecordingEntry<'a> {
    item: &'a ItemId,
    title: &'a str,
    file: &'a Path,
    /// Whether it can air.
    ok: bool,
    #[serde(flatten)]
    figures: Option<MeasuredFigures<'a>>,
    problems: Vec<RecordingProblem>,
}

#[derive(Serialize)]
struct MeasuredFigures<'a> {
    hash: &'a FileHash,
    format: &'a str,
    rate: u32,
    channels: u16,
    frames: u64,
    duration_ms: i64,
    loudness_lufs: Option<f64>,
    true_peak_dbtp: Option<f64>,
    lead_ms: i64,
    tail_ms: i64,
    gain_db: f64,
    level_lufs: Option<f64>,
    /// The same on an output with horns.
    horn: OnHorn,
}

#[derive(Serialize)]
struct OnHorn {
    loudness_lufs: Option<f64>,
    true_peak_dbtp: Option<f64>,
    gain_db: f64,
    level_lufs: Option<f64>,
}

/// The station's loudness on an output with horns.
const ON_HORN: Aim = Aim { speaker: Speaker::Horn, target_lufs: TARGET_LUFS };

#[derive(Serialize)]
struct RecordingProblem {
    message: String,
    help: String,
}

impl From<words::Words> for RecordingProblem {
    fn from((message, help): words::Words) -> RecordingProblem {
        RecordingProblem { message, help }
    }
}

fn entries<'a>(items: &'a [Item], library: &'a Library, horns: bool, lang: Language) -> Vec<RecordingEntry<'a>> {
    let of = |item: &'a Item| {
        let file = item.file.to_string_lossy();
        let (figures, problems) = match library.items.get(&item.id) {
            Some(Ok(recording)) => (Some(figures(recording)), flaws(recording, &file, horns, lang)),
            Some(Err(unfit)) => (None, vec![words::unfit(unfit, &file, lang).into()]),
            None => (None, vec![words::unfit(&Unfit::Missing, &file, lang).into()]),
        };
        RecordingEntry { item: &item.id, title: &item.title, file: &item.file, ok: figures.is_some(), figures, problems }
    };
    items.iter().map(of).collect()
}

fn figures(recording: &Recording) -> MeasuredFigures<'_> {
    let ms = |length: SignedDuration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    // To the hundredth, as it was measured: f32 would print as −18.709999084472656.
    let db = |value: f32| (f64::from(value) * 100.0).round() / 100.0;
    MeasuredFigures {
        hash: &recording.hash,
        format: &recording.format,
        rate: recording.frames.rate,
        channels: recording.channels,
        frames: recording.frames.count,
        duration_ms: ms(recording.length()),
        loudness_lufs: recording.loudness_lufs.map(db),
        true_peak_dbtp: recording.true_peak_dbtp.map(db),
        lead_ms: ms(recording.lead),
        tail_ms: ms(recording.tail),
        gain_db: db(recording.gain_db()),
        level_lufs: recording.level_lufs().map(db),
        horn: OnHorn {
            loudness_lufs: recording.horn.loudness_lufs.map(db),
            true_peak_dbtp: recording.horn.true_peak_dbtp.map(db),
            gain_db: db(recording.gain_db_for(ON_HORN)),
            level_lufs: recording.level_lufs_for(ON_HORN).map(db),
        },
    }
}

fn flaws(recording: &Recording, file: &str, horns: bool, lang: Language) -> Vec<RecordingProblem> {
    let mut problems: Vec<RecordingProblem> = recording.flaws.iter().map(|flaw| words::flaw(flaw, file, lang).into()).collect();
    if recording.true_peak_dbtp.is_none() || recording.loudness_lufs.is_none() {
        return problems;
    }
    if recording.lead > LONG_SILENCE || recording.tail > LONG_SILENCE {
        problems.push(words::long_silence(recording.lead, recording.tail, lang).into());
    }
    let quiet = |aim: Aim| {
        recording.level_lufs_for(aim).filter(|level| *level < TARGET_LUFS - 1.0 && recording.gain_db_for(aim) >= MOST_GAIN_DB)
    };
    if let Some(level) = quiet(Aim::default()) {
        problems.push(words::too_quiet(level, lang).into());
    } else if let Some(level) = quiet(ON_HORN).filter(|_| horns) {
        problems.push(words::too_deep(level, lang).into());
    }
    problems
}

/// The table and the problems below it, as the operator reads them.
fn page(entries: &[RecordingEntry], nothing: Option<RecordingProblem>, horns: bool, lang: Language) -> String {
    let mut rows = vec![words::columns(lang).map(str::to_owned).to_vec()];
    rows.extend(entries.iter().map(|entry| row(entry, lang).to_vec()));
    if horns {
        rows[0].push(words::horn_column(lang).to_owned());
        for (row, entry) in rows[1..].iter_mut().zip(entries) {
            row.push(entry.figures.as_ref().map(|figures| signed(figures.horn.gain_db, lang)).unwrap_or_default());
        }
    }
    // The name and the kind stand at the left of their column, figures at the right.
    let set = |column: usize| match column {
        0 => Set::Wrapped,
        2 => Set::Left,
        _ => Set::Right,
    };
    let sets: Vec<Set> = (0..rows[0].len()).map(set).collect();
    let screen = screen();
    let mut text = table::table(&sets, &rows, screen);
    text.push('\n');
    let mut told = String::new();
    match nothing {
        Some(problem) => told += &format!("{}\n  → {}\n", problem.message, problem.help),
        None => {
            for (entry, problem) in entries.iter().flat_map(|entry| entry.problems.iter().map(move |problem| (entry, problem))) {
                told += &format!("{} ({}): {}\n  → {}\n", entry.title, entry.item, problem.message, problem.help);
            }
        }
    }
    let length = entries.iter().filter_map(|entry| entry.figures.as_ref()).map(|figures| figures.duration_ms).sum();
    let unfit = entries.iter().filter(|entry| !entry.ok).count();
    let flawed = entries.iter().filter(|entry| entry.ok && !entry.problems.is_empty()).count();
    told += &words::summary(entries.len(), SignedDuration::from_millis(length), unfit, flawed, lang);
    told.push('\n');
    text + &table::page(&told, screen)
}

fn row(entry: &RecordingEntry, lang: Language) -> [String; 8] {
    let name = entry.item.to_string();
    let Some(figures) = &entry.figures else {
        let mut row = [const { String::new() }; 8];
        (row[0], row[2]) = (name, words::cannot_air(lang).to_owned());
        return row;
    };
    let number = |value: f64| words::number(value as f32, 1, lang);
    let or_dash = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number);
    let seconds = figures.duration_ms / 1000;
    [
        name,
        format!("{}:{:02}", seconds / 60, seconds % 60),
        figures.format.to_owned(),
        figures.channels.to_string(),
        or_dash(figures.loudness_lufs),
        or_dash(figures.true_peak_dbtp),
        signed(figures.gain_db, lang),
        format!("{}/{}", number(figures.lead_ms as f64 / 1000.0), number(figures.tail_ms as f64 / 1000.0)),
    ]
}

fn signed(gain_db: f64, lang: Language) -> String {
    let gain = words::number(gain_db as f32, 1, lang);
    if gain_db > 0.05 { format!("+{gain}") } else { gain }
}
