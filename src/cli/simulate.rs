//! `loaxa simulate`: the real engine on a virtual clock.

use std::path::PathBuf;

use crate::cli::{Ended, Global, civil, wrong_use};
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
    let Some(from) = civil::from(&args.from) else {
        return wrong_use(&words::bad_value(lang, "--from", &args.from, Some(words::edge_expected(lang))));
    };
    let Some(to) = civil::to(&args.to) else {
        return wrong_use(&words::bad_value(lang, "--to", &args.to, Some(words::edge_expected(lang))));
    };
    let faults = match args.faults.as_deref().map(|text| text.parse::<u64>().map_err(|_| text)).transpose() {
        Ok(seed) => seed,
        Err(text) => return wrong_use(&words::bad_value(lang, "--faults", text, Some(words::seed_expected(lang)))),
    };
    if to <= from {
        return wrong_use(words::span_is_empty(lang));
    }
    Ok(match daemon::simulate(Simulation { plan: args.plan, data, from, to, faults, language: lang })? {
        Ending::Well => Ended::Good,
        Ending::NoPlan | Ending::Broken => Ended::Bad,
        Ending::WrongUse => Ended::WrongUse,
    })
}
