//! `loaxa clock confirm`: the time is shown and asked about; whoever has nobody to ask says it by `--time`.

use std::io::{BufRead, IsTerminal};

use jiff::civil::DateTime;

use crate::calendar::timezone::Timezone;
use crate::calendar::written::{self, Misread, Seek, Toward};
use crate::cli::status::{language_of, station_now};
use crate::cli::{Ended, Global, civil, print, wrong_use};
use crate::control::request::Ask;
use crate::lang::written::Telling;
use crate::lang::{cli as words, orders};

#[derive(Debug, clap::Args)]
pub struct Confirm {
    #[arg(long, value_name = "TIME")]
    pub time: Option<String>,
    #[arg(long)]
    pub back: bool,
    #[arg(long)]
    pub json: bool,
}

pub fn confirm(args: Confirm, global: &Global) -> anyhow::Result<Ended> {
    let (station, status) = station_now(global)?;
    let zone = Timezone::named(&station.timezone).unwrap_or_else(Timezone::utc);
    let lang = language_of(&station, global);
    let now = zone.civil(status.at);
    let shown = match &args.time {
        Some(text) => match said(text, now) {
            Ok(at) => Some(at),
            Err(why) => return wrong_use(&civil::misread(lang, "--time", text, why, words::moment_expected(lang))),
        },
        None if !std::io::stdin().is_terminal() => return wrong_use(orders::say_the_time(lang)),
        None => {
            print(&orders::is_it_so(lang, &Telling { lang, zone: &zone, now: status.at }.whole(status.at)))?;
            if !agreed()? {
                print(&format!("{}\n", orders::not_confirmed(lang)))?;
                return Ok(Ended::Bad);
            }
            None
        }
    };
    super::send(Ask::ConfirmClock { shown, back: args.back }, args.json, global)
}

/// A time of day is today's: whoever reads it off a good clock means now.
fn said(text: &str, now: DateTime) -> Result<DateTime, Misread> {
    match written::time(text) {
        Ok(time) => Ok(now.date().to_datetime(time)),
        Err(_) => written::moment(text, Some(Seek { today: now.date(), toward: Toward::Past })),
    }
}

fn agreed() -> anyhow::Result<bool> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(written::folded(&line).as_str(), "c" | "co" | "d" | "dung" | "y" | "yes"))
}
