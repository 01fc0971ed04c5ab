//! `loaxa simulate`: the real engine on a virtual clock.

use std::path::PathBuf;

use crate::calendar::written::Toward;
use crate::cli::progress::Progress;
use crate::cli::{Ended, Global, civil, seek_by, wrong_use};
use crate::daemon::{self, Ending, Simulation};
use crate::lang::cli as words;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    #[arg(long, value_name = "FROM")]
    pub from: String,
    #[arg(long, value_name = "TO")]
    pub to: String,
    #[arg(long, value_name = "SEED")]
    pub faults: Option<String>,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let Some(data) = global.data.first().cloned() else { return wrong_use(words::simulation_needs_data(lang)) };
    let seek = seek_by(&args.plan, Toward::Coming);
    let bad = |name, text, why| wrong_use(&civil::misread(lang, name, text, why, words::edge_expected(lang)));
    let from = match civil::from(&args.from, seek) {
        Ok(from) => from,
        Err(why) => return bad("--from", &args.from, why),
    };
    let to = match civil::to(&args.to, seek) {
        Ok(to) => to,
        Err(why) => return bad("--to", &args.to, why),
    };
    let faults = match args.faults.as_deref().map(|text| text.parse::<u64>().map_err(|_| text)).transpose() {
        Ok(seed) => seed,
        Err(text) => return wrong_use(&words::bad_value(lang, "--faults", text, Some(words::seed_expected(lang)))),
    };
    if to <= from {
        return wrong_use(words::span_is_empty(lang));
    }
    let progress = Progress::of(lang, words::Work::Simulation);
    let simulation = Simulation { plan: args.plan, data, from, to, faults, language: lang };
    let ending = daemon::simulate(simulation, &|done, of| progress.at(done, of));
    drop(progress);
    Ok(match ending? {
        Ending::Well => Ended::Good,
        Ending::NoPlan | Ending::Broken => Ended::Bad,
        Ending::WrongUse => Ended::WrongUse,
    })
}
