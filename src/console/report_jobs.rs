//! Reports that pages have asked for: each is made by a child that is this program's own `report`, at the lowest priority, in a folder of its
//! own; it can be called off, and a few that are done are kept to be downloaded.

use std::collections::VecDeque;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::audio::preflight::OWN_PROGRAM;

/// What each report is made as, in one reading of the log.
pub const FORMATS: [&str; 6] = ["html", "docx", "pdf", "xlsx", "csv", "json"];
/// The folder in the data folder; what lies there is of this run only.
const FOLDER: &str = "console";
/// So many are kept, the newest.
const KEPT: usize = 6;
const LONGEST: Duration = Duration::from_secs(600);
/// What a child says is worth so much.
const SAID: u64 = 4_096;

/// Where a report is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportStanding {
    Making {
        since: Instant,
    },
    Done,
    /// And what the child said.
    Failed(String),
    CalledOff,
}

struct ReportJob {
    id: String,
    name: String,
    folder: PathBuf,
    standing: Arc<Mutex<ReportStanding>>,
    is_off: Arc<AtomicBool>,
}

/// What a page shows of a report.
#[derive(Clone, Debug)]
pub struct ReportView {
    pub id: String,
    pub name: String,
    pub standing: ReportStanding,
}

/// What the child is told.
#[derive(Clone, Debug)]
pub struct ReportWish {
    /// How its files are called: `cam-tan-2026-11`.
    pub name: String,
    /// As on the command line: `--month 2026-11`.
    pub arguments: Vec<String>,
    pub lang: &'static str,
}

pub struct ReportJobs {
    data: PathBuf,
    jobs: Mutex<VecDeque<ReportJob>>,
}

impl ReportJobs {
    /// Nothing of an earlier run is kept.
    pub fn new(data: PathBuf) -> ReportJobs {
        // What cannot be removed lies there and hurts nobody.
        let _ = fs::remove_dir_all(data.join(FOLDER));
        ReportJobs { data, jobs: Mutex::default() }
    }

    /// Begins, unless another one is being made; its id is that of the button.
    pub fn begin(&self, id: &str, wish: ReportWish) -> bool {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.iter().any(|job| job.id == id) {
            return true;
        }
        if jobs.iter().any(|job| matches!(job.view().standing, ReportStanding::Making { .. })) {
            return false;
        }
        while jobs.len() >= KEPT {
            let oldest = jobs.pop_front();
            oldest.into_iter().for_each(|job| drop(fs::remove_dir_all(job.folder)));
        }
        let job = ReportJob {
            id: id.to_owned(),
            name: wish.name.clone(),
            folder: self.data.join(FOLDER).join(id),
            standing: Arc::new(Mutex::new(ReportStanding::Making { since: Instant::now() })),
            is_off: Arc::default(),
        };
        let (data, folder, standing, is_off) = (self.data.clone(), job.folder.clone(), job.standing.clone(), job.is_off.clone());
        let work = move || {
            let _ = rustix::process::nice(19);
            let made = make(&data, &folder, &wish, &is_off);
            *standing.lock().unwrap_or_else(PoisonError::into_inner) = made;
        };
        if thread::Builder::new().name("console-report".into()).spawn(work).is_ok() {
            jobs.push_back(job);
        }
        true
    }

    pub fn call_off(&self, id: &str) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().filter(|job| job.id == id).for_each(|job| job.is_off.store(true, Ordering::Relaxed));
    }

    pub fn find(&self, id: &str) -> Option<ReportView> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().find(|job| job.id == id).map(ReportJob::view)
    }

    /// The newest first.
    pub fn all(&self) -> Vec<ReportView> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().rev().map(ReportJob::view).collect()
    }

    /// A report's file that is ready, and its name.
    pub fn file(&self, id: &str, format: &str) -> Option<(PathBuf, String)> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let job = jobs.iter().find(|job| job.id == id && job.view().standing == ReportStanding::Done)?;
        let format = FORMATS.iter().find(|known| **known == format)?;
        let name = format!("{}.{format}", job.name);
        Some((job.folder.join(&name), name))
    }
}

impl ReportJob {
    fn view(&self) -> ReportView {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ReportView { id: self.id.clone(), name: self.name.clone(), standing }
    }
}

impl Drop for ReportJobs {
    fn drop(&mut self) {
        let jobs = self.jobs.get_mut().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().for_each(|job| job.is_off.store(true, Ordering::Relaxed));
    }
}

fn make(data: &Path, folder: &Path, wish: &ReportWish, is_off: &AtomicBool) -> ReportStanding {
    if let Err(error) = fs::create_dir_all(folder) {
        return ReportStanding::Failed(error.to_string());
    }
    let mut command = Command::new(OWN_PROGRAM);
    command.arg("report").args(&wish.arguments).args(["--lang", wish.lang]).arg("--data").arg(data);
    for format in FORMATS {
        command.arg("--out").arg(folder.join(format!("{}.{format}", wish.name)));
    }
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return ReportStanding::Failed(error.to_string()),
    };
    let ended = wait(&mut child, is_off);
    match ended {
        // 1: the log is not what was written, and the report says so.
        Some(Some(0 | 1)) => ReportStanding::Done,
        Some(_) => ReportStanding::Failed(said(&mut child)),
        None => ReportStanding::CalledOff,
    }
}

/// The exit code; `None` when it was called off or took too long.
fn wait(child: &mut Child, is_off: &AtomicBool) -> Option<Option<i32>> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.code()),
            Ok(None) if !is_off.load(Ordering::Relaxed) && begun.elapsed() < LONGEST => thread::sleep(Duration::from_millis(50)),
            Ok(None) | Err(_) => {
                // One that has ended meanwhile needs no ending.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// What the child complained of. It writes a few lines: no pipe is full before it has ended.
fn said(child: &mut Child) -> String {
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let _ = stderr.take(SAID).read_to_end(&mut said);
    }
    String::from_utf8_lossy(&said).trim().trim_start_matches("loaxa: ").to_owned()
}
