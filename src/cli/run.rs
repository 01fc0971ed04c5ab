//! `loaxa run`: the daemon in the foreground, until SIGTERM, SIGINT or the end of the service.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Ended, Global, data_folder, wrong_use};
use crate::console::ADDRESS;
use crate::daemon::{self, Ending, Settings, Trace};
use crate::lang::Language;
use crate::lang::cli as words;
use crate::lang::daemon as daemon_words;
use crate::terms::DeviceName;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    #[arg(long, value_name = "DEVICE")]
    pub output: Option<String>,
    #[arg(long, value_name = "ADDR|off", default_value = ADDRESS)]
    pub http: String,
    #[arg(long, value_name = "text|json", default_value = "text")]
    pub log: Trace,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<Ended> {
    let lang = global.language();
    let output = match read_device("--output", args.output.as_deref(), lang) {
        Ok(output) => output,
        Err(wrong) => return wrong_use(&wrong),
    };
    let http = match read_address(&args.http, lang) {
        Ok(http) => http,
        Err(wrong) => return wrong_use(&wrong),
    };
    let settings = Settings { plan: args.plan, data: data_folder(global), output, http, trace: args.log, language: lang };
    until_told(lang, |shutdown| daemon::run(settings, shutdown))
}

/// The device that `argument` names: a folder of `wav:` is relative to where the command was given.
pub(super) fn read_device(argument: &str, text: Option<&str>, lang: Language) -> Result<Option<DeviceName>, String> {
    let Some(text) = text else { return Ok(None) };
    let bad = || words::bad_value(lang, argument, text, Some(words::device_expected(lang)));
    let device = match (text, text.strip_prefix("wav:")) {
        ("default", _) => DeviceName::Default,
        ("null", _) => DeviceName::Null,
        (_, Some("")) => return Err(bad()),
        (_, Some(folder)) => DeviceName::Wav(std::path::absolute(Path::new(folder)).map_err(|_| bad())?),
        (name, None) if name.trim().is_empty() || name.chars().any(char::is_control) => return Err(bad()),
        (name, None) => DeviceName::Named(name.to_owned()),
    };
    Ok(Some(device))
}

/// Where the console is to be; `None`: nowhere.
pub(super) fn read_address(text: &str, lang: Language) -> Result<Option<SocketAddr>, String> {
    if text == "off" {
        return Ok(None);
    }
    let numbers = text.replacen("localhost:", "127.0.0.1:", 1);
    let bad = || words::bad_value(lang, "--http", text, Some(words::address_expected(lang)));
    numbers.parse().map(Some).map_err(|_| bad())
}

/// Signals that come this close together are one call to end.
const SAME_CALL: std::time::Duration = std::time::Duration::from_secs(1);

/// Runs `station` on a runtime of its own, and tells it to end when the system does; the value is the reason that the log gets.
/// Whoever asks a second time does not want to wait for a clean end: the log is then closed at the next start.
pub(super) fn until_told<S, F>(lang: Language, station: S) -> anyhow::Result<Ended>
where
    S: FnOnce(std::pin::Pin<Box<dyn Future<Output = &'static str>>>) -> F,
    F: Future<Output = anyhow::Result<Ending>>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let over = runtime.block_on(async {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let mut asked = async || {
            tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            }
        };
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let twice = async {
            // A station that is over already needs no telling.
            let _ = stop.send(asked().await);
            let first = tokio::time::Instant::now();
            loop {
                // A supervisor may signal the process and its group: the same call, not a second one.
                let again = asked().await;
                if first.elapsed() >= SAME_CALL {
                    break again;
                }
            }
        };
        // `stop` lives in `twice`, which is never dropped before the station is over.
        let shutdown = Box::pin(async { stopped.await.unwrap_or("SIGTERM") });
        tokio::select! {
            over = station(shutdown) => over,
            _ = twice => Err(anyhow::anyhow!(daemon_words::ended_at_once(lang))),
        }
    });
    // Something that still waits must not keep the process.
    runtime.shutdown_background();
    Ok(match over? {
        Ending::Well => Ended::Good,
        Ending::NoPlan | Ending::Broken => Ended::Bad,
        Ending::WrongUse => Ended::WrongUse,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_read_as_in_the_plan() {
        let read = |text| read_device("--output", Some(text), Language::En);
        assert_eq!(read("default"), Ok(Some(DeviceName::Default)));
        assert_eq!(read("null"), Ok(Some(DeviceName::Null)));
        assert_eq!(read("hw:1,0"), Ok(Some(DeviceName::Named("hw:1,0".into()))));
        assert_eq!(read("wav:/tmp/x"), Ok(Some(DeviceName::Wav("/tmp/x".into()))));
        let Ok(Some(DeviceName::Wav(folder))) = read("wav:x") else { panic!("a folder is expected") };
        assert!(folder.is_absolute());
        assert!(read("").is_err() && read("wav:").is_err() && read("a\nb").is_err());
        assert_eq!(read_device("--output", None, Language::Vi), Ok(None));
    }
}
