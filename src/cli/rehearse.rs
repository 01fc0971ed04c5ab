//! `loaxa rehearse`: the real engine and real sound on a pretended clock.

use std::path::{Path, PathBuf};

use crate::calendar::written::{self, Toward};
use crate::cli::run::{read_address, read_device, until_told};
use crate::cli::{Ended, Global, civil, complain, data_folder, seek_by, wrong_use};
use crate::daemon::{self, Begin, Rehearsal, Settings, Trace};
use crate::lang::cli as words;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("begin").required(true).args(["at", "next"]))]
pub struct Args {
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    #[arg(long)]
    pub next: bool,
    #[arg(long)]
    pub aloud: bool,
    #[arg(long, value_name = "DEVICE")]
    pub output: Option<String>,
    #[arg(long, value_name = "ADDR|off", default_value = "off")]
    pub http: String,
    #[arg(long, value_name = "text|json", default_value = "text")]
    pub log: Trace,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let begin = match &args.at {
        None => Begin::Next,
        Some(text) => match written::moment(text, seek_by(&args.plan, Toward::Coming)) {
            Ok(at) => Begin::At(at),
            Err(why) => return wrong_use(&civil::misread(lang, "--at", text, why, words::moment_expected(lang))),
        },
    };
    let output = match read_device("--output", args.output.as_deref(), lang) {
        Ok(output) => output,
        Err(wrong) => return wrong_use(&wrong),
    };
    let http = match read_address(&args.http, lang) {
        Ok(http) => http,
        Err(wrong) => return wrong_use(&wrong),
    };
    let data = global.data.first().cloned().unwrap_or_else(|| fresh_folder(&data_folder(global)));
    let settings = Settings { plan: args.plan, data: data.clone(), output, http, trace: args.log, language: lang };
    let rehearsal = Rehearsal { settings, begin, aloud: args.aloud };
    let ended = until_told(lang, |shutdown| daemon::rehearse(rehearsal, shutdown))?;
    if ended == Ended::Good {
        complain(&words::rehearsed_into(lang, &data.display().to_string()));
    }
    Ok(ended)
}

/// A rehearsal never shares a folder, neither with the station's log nor with an earlier rehearsal, whose pretended times it may
/// repeat: `rehearsals/20261124T063000Z` in the station's data folder.
pub(super) fn fresh_folder(station: &Path) -> PathBuf {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    station.join("rehearsals").join(now)
}
