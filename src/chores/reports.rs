//! Writes the reports that are due, into the folder that the plan names.
//!
//! A child process makes them, at the lowest priority and as the first to go when memory runs out: the station is on air beside it. It is
//! our own program with a hidden command ([`COMMAND`]), and takes the report that is due as one value; `loaxa report --entry …`, which
//! anybody can type, makes the same. It writes into a folder of its own; what is whole is then moved to its name.
//! No file that is there is ever written over: an official may have edited it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::chores::due::reports::{DueReport, Moment, Stage, Step, steps};
use crate::chores::memory::{self, Note};
use crate::lang::{Language, chores as words, system};
use crate::plan::{Duty, Plan};

/// The folder of reports in the data folder, for a report that names none.
pub const FOLDER: &str = "reports";
/// The name of the hidden command.
pub const COMMAND: &str = "__report";
/// A report takes seconds, on a slow disk and a log of many years minutes.
const LONGEST: Duration = Duration::from_secs(3600);
/// What a child may say.
const SAID: u64 = 16 << 10;

/// Why a report is not there. What becomes possible when somebody does something is looked at again and again.
#[derive(Debug, thiserror::Error)]
pub enum ReportFailure {
    #[error("the folder {} is not there", .0.display())]
    NoFolder(PathBuf),
    #[error("cannot use {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the report was not made: {0}")]
    Child(String),
}

impl ReportFailure {
    /// Trying again at once would cost much and change nothing.
    pub fn is_dear(&self) -> bool {
        matches!(self, ReportFailure::Child(_))
    }
}

/// What a report is made with.
#[derive(Clone, Copy, Debug)]
pub struct Press<'a> {
    pub plan: &'a Plan,
    pub data: &'a Path,
    /// This program.
    pub program: &'a Path,
    /// As the log writes instants.
    pub stamp: &'a str,
}

/// Notes which reports the plan names, so that it is known since when each is owed; then what is to be done.
pub fn due(press: Press<'_>, moment: Moment<'_>) -> Result<Vec<Step>, ReportFailure> {
    let noting = |source| ReportFailure::File { path: press.data.join(memory::FILE), source };
    let mut known = memory::read(press.data).map_err(noting)?;
    for duty in &press.plan.reports {
        if known.since.get(&duty.id).is_none_or(|since| *since > moment.now) {
            let since = Note::Since(duty.id.clone(), moment.now);
            memory::note(press.data, &mut known, since, press.stamp).map_err(noting)?;
        }
    }
    Ok(steps(press.plan, &known, moment))
}

/// Does one step. The files that are new.
pub fn take(press: Press<'_>, step: &Step) -> Result<Vec<PathBuf>, ReportFailure> {
    let noting = |source| ReportFailure::File { path: press.data.join(memory::FILE), source };
    let (note, files) = match step {
        Step::Strike(key) => (Note::Struck(key.clone()), Vec::new()),
        Step::Write { report, again } => {
            let Some(duty) = press.plan.report(report.id.as_str()) else { return Ok(Vec::new()) };
            (Note::Written(report.key()), write(press, duty, report, *again)?)
        }
    };
    let mut known = memory::read(press.data).map_err(noting)?;
    memory::note(press.data, &mut known, note, press.stamp).map_err(noting)?;
    Ok(files)
}

fn write(press: Press<'_>, duty: &Duty, report: &DueReport, again: usize) -> Result<Vec<PathBuf>, ReportFailure> {
    let folder = folder(press, duty)?;
    let stem = stem(press.plan, report, again);
    let failed = |source| ReportFailure::File { path: folder.clone(), source };
    let (workshop, done) = (folder.join(format!(".loaxa-{stem}.new")), folder.join(format!(".loaxa-{stem}.done")));
    // A power cut may have come while files were moved: what was made together stays together, because one quotes the other.
    let mut moved = if done.is_dir() { move_out(&done, &folder).map_err(failed)? } else { Vec::new() };
    let names: Vec<String> = duty.formats.iter().map(|format| format!("{stem}.{format}")).collect();
    let missing: Vec<&String> = names.iter().filter(|name| !is_whole(&folder.join(name))).collect();
    if missing.is_empty() {
        return Ok(moved);
    }
    // What one left that came before.
    let _ = fs::remove_dir_all(&workshop);
    fs::create_dir(&workshop).map_err(failed)?;
    let outs: Vec<PathBuf> = missing.iter().map(|name| workshop.join(name)).collect();
    let finish = || make_durable(&workshop, &done).and_then(|()| move_out(&done, &folder)).map_err(failed);
    let made = child(press, report, &outs).and_then(|()| finish());
    let _ = fs::remove_dir_all(&workshop);
    moved.extend(made?);
    Ok(moved)
}

/// Everything in the workshop is on the disk before its folder has the name that says so.
fn make_durable(workshop: &Path, done: &Path) -> io::Result<()> {
    for entry in fs::read_dir(workshop)? {
        let entry = entry?;
        // They are for people to take, whatever the service keeps to itself; a stick knows no such thing.
        let _ = fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o644));
        File::open(entry.path())?.sync_all()?;
    }
    fs::rename(workshop, done)
}

/// One that the plan names is never made: where a stick is not plugged in, its folder is one of the station's own disk.
fn folder(press: Press<'_>, duty: &Duty) -> Result<PathBuf, ReportFailure> {
    match &duty.folder {
        Some(folder) if folder.is_dir() => Ok(folder.clone()),
        Some(folder) => Err(ReportFailure::NoFolder(folder.clone())),
        None => {
            let folder = press.data.join(FOLDER);
            fs::create_dir_all(&folder).map_err(|source| ReportFailure::File { path: folder.clone(), source })?;
            Ok(folder)
        }
    }
}

/// `cam-tan-monthly-2026-11`; a draft's begins with a word that nobody overlooks.
fn stem(plan: &Plan, report: &DueReport, again: usize) -> String {
    let draft = match report.stage {
        Stage::Draft => words::draft_prefix(plan.station.language),
        Stage::Final => "",
    };
    let again = if again > 0 { format!("-{}", again + 1) } else { String::new() };
    format!("{draft}{}-{}-{}{again}", plan.station.code, report.id, report.period.key())
}

/// A file that a power cut left empty is none.
fn is_whole(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|meta| meta.len() > 0)
}

fn child(press: Press<'_>, report: &DueReport, outs: &[PathBuf]) -> Result<(), ReportFailure> {
    let failed = |error: io::Error| ReportFailure::Child(error.to_string());
    let lang = press.plan.station.language;
    let mut command = Command::new(press.program);
    command.arg(COMMAND).arg(serde_json::to_string(report).map_err(|error| failed(error.into()))?);
    command.args(["--lang", lang.pick("vi", "en"), "--data"]).arg(press.data);
    for out in outs {
        command.arg("--out").arg(out);
    }
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    let said = child.stderr.take().map(|stderr| std::thread::spawn(move || all_of(stderr)));
    let status = wait(&mut child).map_err(failed)?;
    let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
    // 1: the log is not what was written, and the report says so.
    match status.and_then(|status| status.code()) {
        Some(0 | 1) => Ok(()),
        Some(_) => Err(ReportFailure::Child(String::from_utf8_lossy(&said).trim().replace('\n', " "))),
        None => Err(ReportFailure::Child(words::report_child_ended(lang).to_owned())),
    }
}

/// Reads all that a child says and keeps the beginning: a child whose pipe is full would wait until somebody reads it.
fn all_of(mut stderr: ChildStderr) -> Vec<u8> {
    let mut said = Vec::new();
    let _ = stderr.by_ref().take(SAID).read_to_end(&mut said);
    let _ = io::copy(&mut stderr, &mut io::sink());
    said
}

/// `None` when it had to be ended.
fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > LONGEST {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Moves what was made to its names; what is there already stays.
fn move_out(done: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut moved = Vec::new();
    for entry in fs::read_dir(done)? {
        let entry = entry?;
        let to = folder.join(entry.file_name());
        if is_whole(&to) {
            continue;
        }
        fs::rename(entry.path(), &to)?;
        moved.push(to);
    }
    fs::remove_dir_all(done)?;
    File::open(folder)?.sync_all()?;
    moved.sort();
    Ok(moved)
}

/// What went wrong, in the station's language.
pub fn describe(lang: Language, failed: &ReportFailure) -> String {
    match failed {
        ReportFailure::NoFolder(folder) => words::no_folder(lang, &folder.display().to_string()),
        ReportFailure::File { path, source } => words::report_file(lang, &path.display().to_string(), &system::io(lang, source)),
        ReportFailure::Child(said) => said.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::read;
    use crate::plan::source::SourceFile;
    use crate::report::period::Series;

    const PLAN: &str = "format = 1\n[station]\nname = \"Đài\"\ncode = \"x\"\ntimezone = \"Asia/Ho_Chi_Minh\"\naudio = \".\"\n\
        [[output]]\nid = \"o\"\ndevice = \"null\"\n[hours]\ndaily = [\"05:30-06:30\"]\n\
        [[report]]\nid = \"m\"\nperiod = \"month\"\nformats = [\"docx\", \"pdf\"]\n";

    /// The power went while files were moved: the annex and the Word document have their names, the pdf has not.
    #[test]
    fn what_was_made_together_is_moved_together_after_a_power_cut_and_nothing_is_made_anew() {
        let data = tempfile::tempdir().unwrap();
        let source = SourceFile { path: "plan.toml".into(), text: PLAN.into() };
        let plan = read::parse(vec![source], Path::new(""), None).plan.unwrap();
        let folder = data.path().join(FOLDER);
        let done = folder.join(".loaxa-x-m-2026-11.done");
        fs::create_dir_all(&done).unwrap();
        fs::write(folder.join("x-m-2026-11.docx"), "edited").unwrap();
        fs::write(folder.join("x-m-2026-11.nhat-ky.csv"), "").unwrap();
        for (name, text) in [("docx", "made"), ("pdf", "made"), ("nhat-ky.csv", "rows")] {
            fs::write(done.join(format!("x-m-2026-11.{name}")), text).unwrap();
        }
        // A program that would fail, if it were asked.
        let press = Press { plan: &plan, data: data.path(), program: Path::new("/nowhere"), stamp: "" };
        let period = Series::Months(crate::plan::MonthEnd::Calendar).at(2026 * 12 + 10).unwrap();
        let report = DueReport { id: "m".into(), period, stage: Stage::Final };
        let step = Step::Write { report, again: 0 };
        let moved = take(press, &step).unwrap();
        assert_eq!(moved, ["nhat-ky.csv", "pdf"].map(|name| folder.join(format!("x-m-2026-11.{name}"))));
        let read = |name: &str| fs::read_to_string(folder.join(format!("x-m-2026-11.{name}"))).unwrap();
        assert_eq!([read("docx"), read("pdf"), read("nhat-ky.csv")], ["edited", "made", "rows"]);
        assert!(!done.exists());
        assert_eq!(take(press, &step).unwrap(), [] as [PathBuf; 0], "nothing is left to do");
        fs::remove_file(folder.join("x-m-2026-11.pdf")).unwrap();
        assert!(take(press, &step).unwrap_err().is_dear(), "what is missing has to be made");
    }

    #[test]
    fn a_child_that_says_more_than_a_pipe_holds_is_heard_to_its_end() {
        let data = tempfile::tempdir().unwrap();
        let program = data.path().join("talks");
        fs::write(&program, "#!/bin/sh\necho first >&2\nyes talk | head -c 300000 >&2\nexit 3\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let source = SourceFile { path: "plan.toml".into(), text: PLAN.into() };
        let plan = read::parse(vec![source], Path::new(""), None).plan.unwrap();
        let press = Press { plan: &plan, data: data.path(), program: &program, stamp: "" };
        let period = Series::Months(crate::plan::MonthEnd::Calendar).at(2026 * 12 + 10).unwrap();
        let report = DueReport { id: "m".into(), period, stage: Stage::Final };
        let failed = child(press, &report, &[]).unwrap_err();
        assert!(matches!(failed, ReportFailure::Child(said) if said.starts_with("first talk talk")));
    }

    #[test]
    fn the_child_is_given_the_report_whole() {
        let data = tempfile::tempdir().unwrap();
        let (program, given) = (data.path().join("listens"), data.path().join("given"));
        fs::write(&program, format!("#!/bin/sh\nprintf %s \"$2\" > '{}'\n", given.display())).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let source = SourceFile { path: "plan.toml".into(), text: PLAN.into() };
        let plan = read::parse(vec![source], Path::new(""), None).plan.unwrap();
        let press = Press { plan: &plan, data: data.path(), program: &program, stamp: "" };
        let period = Series::Quarters(crate::plan::MonthEnd::Day(14)).at(2026 * 4 + 3).unwrap();
        let report = DueReport { id: "m".into(), period, stage: Stage::Draft };
        child(press, &report, &[]).unwrap();
        let given: DueReport = serde_json::from_slice(&fs::read(given).unwrap()).unwrap();
        assert_eq!(given, report);
    }

    #[test]
    fn a_folder_that_the_plan_names_is_never_made() {
        let data = tempfile::tempdir().unwrap();
        let gone = data.path().join("usb");
        let source = SourceFile { path: "plan.toml".into(), text: format!("{PLAN}folder = \"{}\"\n", gone.display()).into() };
        let plan = read::parse(vec![source], Path::new(""), None).plan.unwrap();
        let press = Press { plan: &plan, data: data.path(), program: Path::new("/nowhere"), stamp: "" };
        let failed = folder(press, &plan.reports[0]).unwrap_err();
        assert!(matches!(failed, ReportFailure::NoFolder(_)) && !failed.is_dear() && !gone.exists());
    }
}
