//! File descriptors: a station that runs out of them would air and answer nobody, or answer and not air. So it does not begin.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::lang::{Language, daemon as words};

/// The log, the devices and the sound server's client, 64 connections of the control socket, and children with their pipes.
const NEEDED: u64 = 160;
/// What is asked for where fewer are allowed.
const WANTED: u64 = 1_024;

/// Sees to it that there are enough.
///
/// # Errors
/// When the system allows fewer.
pub fn suffice(lang: Language) -> anyhow::Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let (has, may) = (current.unwrap_or(u64::MAX), maximum.unwrap_or(u64::MAX));
    if has >= NEEDED {
        return Ok(());
    }
    let raised = Rlimit { current: Some(may.min(WANTED)), maximum };
    if may >= NEEDED && setrlimit(Resource::Nofile, raised).is_ok() {
        return Ok(());
    }
    anyhow::bail!(words::few_descriptors(lang, has, NEEDED))
}
