//! `loaxa verify`: whether the log is what was written.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::json;

use crate::asrun::chain::SeenHead;
use crate::asrun::verify::{Bad, NoExport, RowProblem, Verdict, VerifyError, verify_telling};
use crate::cli::progress::Progress;
use crate::cli::{Ended, Global, data_folder, log, print, wrong_use};
use crate::lang::cli::Work;
use crate::lang::{Language, verify as words};
use crate::terms::Witness;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// May be repeated. The groups of one come as several words where nobody has quoted them.
    #[arg(long, value_name = "SEQ:HASH", num_args = 1..=16)]
    pub head: Vec<String>,
    #[arg(long, value_name = "EXPORT")]
    pub against: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let dir = data_folder(global);
    let mut heads = Vec::new();
    for text in joined(&args.head) {
        match text.parse::<SeenHead>() {
            Ok(head) => heads.push(head),
            Err(_) => return wrong_use(&words::bad_head(lang, &text)),
        }
    }
    let progress = Progress::of(lang, Work::Check);
    let verdict = verify_telling(&dir, &heads, args.against.as_deref(), &|done, of| progress.at(done, of));
    drop(progress);
    let verdict = match verdict {
        Ok(verdict) => verdict,
        Err(VerifyError::Store(error)) => return log::unopened(error, &dir, lang),
        Err(VerifyError::NotAnExport { path, why }) => {
            return wrong_use(&words::not_an_export(lang, &path.display().to_string(), &no_export(&why, lang)));
        }
        Err(VerifyError::File { path, source }) => {
            return wrong_use(&words::cannot_read_export(
                lang,
                &path.display().to_string(),
                &crate::lang::system::io(lang, &source),
            ));
        }
    };
    let text = if args.json { as_json(&verdict, lang)? } else { as_text(&verdict, lang) };
    print(&format!("{text}\n"))?;
    Ok(if verdict.ok() { Ended::Good } else { Ended::Bad })
}

/// Heads with their groups: each begins at the word that has a colon.
fn joined(words: &[String]) -> Vec<String> {
    let mut heads: Vec<String> = Vec::new();
    for word in words {
        match heads.last_mut() {
            Some(head) if !word.contains(':') => head.extend([" ", word]),
            _ => heads.push(word.clone()),
        }
    }
    heads
}

fn as_json(verdict: &Verdict, lang: Language) -> anyhow::Result<String> {
    let bad = verdict.first_bad.as_ref();
    let bad = bad.map(|bad| json!({ "seq": bad.seq, "problem": name(&bad.problem), "detail": describe(bad, lang) }));
    let gap = |gap: &crate::asrun::verify::LostRows| {
        let (from, to) = gap.lost.unzip();
        json!({ "seq": gap.seq, "from": from, "to": to })
    };
    let gaps: Vec<_> = verdict.gaps.iter().map(gap).collect();
    let document = json!({
        "ok": verdict.ok(), "rows": verdict.rows, "head": verdict.head.to_string(), "first_bad": bad, "gaps": gaps,
        "unlodged_stop": verdict.unlodged, "unguarded": verdict.unguarded,
    });
    serde_json::to_string_pretty(&document).context("JSON")
}

fn as_text(verdict: &Verdict, lang: Language) -> String {
    let mut lines = match &verdict.first_bad {
        Some(bad) => vec![words::tampered(lang, bad.seq, &describe(bad, lang))],
        None => vec![words::intact(lang, verdict.rows, &verdict.head.grouped())],
    };
    lines.extend(verdict.gaps.iter().map(|gap| words::lost(lang, gap.seq, gap.lost)));
    lines.extend(verdict.unlodged.map(|stop| words::unlodged(lang, stop)));
    lines.extend(verdict.unguarded.then(|| words::unguarded(lang).to_owned()));
    if verdict.ok() {
        lines.push(words::limit(lang).to_owned());
    }
    lines.join("\n")
}

/// The problem's name in JSON.
fn name(problem: &RowProblem) -> &'static str {
    match problem {
        RowProblem::Changed => "changed",
        RowProblem::Removed { .. } => "removed",
        RowProblem::Inserted => "inserted",
        RowProblem::Misfiled { .. } => "misfiled",
        RowProblem::Damaged { .. } => "damaged",
        RowProblem::CutTail { .. } => "cut_tail",
        RowProblem::Rebuilt { .. } => "rebuilt",
        RowProblem::BadHeads { .. } => "bad_heads",
        RowProblem::ExportDiffers { .. } => "export_differs",
    }
}

fn describe(bad: &Bad, lang: Language) -> String {
    let by = |witness: &Witness| words::witness(lang, *witness);
    match &bad.problem {
        RowProblem::Changed => words::changed(lang, bad.seq),
        RowProblem::Removed { to } => words::removed(lang, bad.seq, *to),
        RowProblem::Inserted => words::inserted(lang).to_owned(),
        RowProblem::Misfiled { column } => words::misfiled(lang, column),
        RowProblem::Damaged { what, why } => words::damaged(lang, *what, why),
        RowProblem::CutTail { to, witness } => words::cut_tail(lang, bad.seq, *to, &by(witness)),
        RowProblem::Rebuilt { witness: witness @ Witness::HeadsFile { .. } } => words::rebuilt_or_heads(lang, &by(witness)),
        RowProblem::Rebuilt { witness } => words::rebuilt(lang, &by(witness)),
        RowProblem::BadHeads { line } => words::bad_heads(lang, *line),
        RowProblem::ExportDiffers { column } => words::export_differs(lang, column),
    }
}

fn no_export(why: &NoExport, lang: Language) -> String {
    match why {
        NoExport::Empty => words::export_empty(lang).to_owned(),
        NoExport::BadLine(line) => words::export_bad_line(lang, *line),
        NoExport::NoHashes => words::export_no_hashes(lang).to_owned(),
        NoExport::BadJson(line) => words::export_bad_json(lang, *line),
        NoExport::SeveralStations => words::export_of_several(lang).to_owned(),
    }
}
