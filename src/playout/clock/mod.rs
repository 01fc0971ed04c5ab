//! The wall clock: how it is read, and whether it is believed.
//!
//! [`judge`] is pure and decides; here is what reads the machine. A clock that nobody vouches for is doubtful, and on a doubtful clock
//! nothing airs: sound at a wrong hour is the worst failure there is.

pub mod judge;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::SignedDuration;
use serde::Deserialize;

use crate::audio::output::boot_now;
use crate::playout::clock::judge::Observation;
use crate::terms::{Mono, Now, Wall};

/// The clocks of this machine, as the engine sees them.
#[derive(Clone, Debug, Default)]
pub struct Clocks {
    /// Added to the wall clock: a rehearsal's pretended time.
    pub shift: SignedDuration,
    /// A file that says what to pretend, for tests of the built program (see [`Pretence`]).
    pub pretence: Option<PathBuf>,
}

/// What the file named by `LOAXA_PRETEND_CLOCK` may say, as TOML. It is read at every observation, so a test can step the clock.
/// The log tells: the `start` row's detail has `"pretended_clock": true`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pretence {
    pub shift_ms: i64,
    pub synchronised: Option<bool>,
    pub rtc: Option<bool>,
    pub boot_id: Option<String>,
}

impl Clocks {
    /// The real clocks, or what `LOAXA_PRETEND_CLOCK` pretends.
    pub fn of_machine() -> Clocks {
        Clocks { shift: SignedDuration::ZERO, pretence: std::env::var_os("LOAXA_PRETEND_CLOCK").map(PathBuf::from) }
    }

    /// Both clocks, read together.
    pub fn now(&self) -> Now {
        let shift = self.pretended().map_or(SignedDuration::ZERO, |p| SignedDuration::from_millis(p.shift_ms));
        let now = machine_now();
        Now { wall: now.wall + self.shift + shift, mono: now.mono }
    }

    /// What can be seen of the clock now.
    pub fn observe(&self) -> Observation {
        let pretended = self.pretended().unwrap_or_default();
        Observation {
            now: self.now(),
            synchronised: pretended.synchronised.unwrap_or_else(kernel_synchronised),
            rtc: pretended.rtc.unwrap_or_else(|| rtc_set_the_clock(Path::new("/sys/class/rtc"))),
        }
    }

    /// Names this boot: another id means that the machine was off in between.
    pub fn boot_id(&self) -> String {
        self.pretended().and_then(|p| p.boot_id).unwrap_or_else(|| {
            let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
            id.trim().to_owned()
        })
    }

    /// When a boot began that is met for the first time at `now`. One whose id is pretended begins there.
    pub fn booted(&self, now: Now) -> Mono {
        let pretended = self.pretended().is_some_and(|pretended| pretended.boot_id.is_some());
        if pretended { now.mono } else { Mono(0) }
    }

    pub fn is_pretended(&self) -> bool {
        self.pretence.is_some()
    }

    fn pretended(&self) -> Option<Pretence> {
        let text = fs::read_to_string(self.pretence.as_ref()?).ok()?;
        toml::from_str(&text).ok()
    }
}

/// Reads the wall clock and the boot clock (which goes on through sleep).
pub fn machine_now() -> Now {
    let wall = SystemTime::now();
    let nanos = match wall.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_nanos()).unwrap_or(i64::MAX),
    };
    Now { wall: Wall(nanos), mono: boot_now() }
}

/// Whether the kernel says that the clock is synchronised (by NTP or a time source that tells it so).
fn kernel_synchronised() -> bool {
    // SAFETY: all-zero is a valid `timex` that asks for nothing to be changed; the kernel only fills it in.
    #[allow(unsafe_code)]
    let state = unsafe {
        let mut timex: libc::timex = std::mem::zeroed();
        libc::adjtimex(&mut timex)
    };
    (0..libc::TIME_ERROR).contains(&state)
}

/// Whether a real-time clock set the wall clock when the kernel started.
fn rtc_set_the_clock(class: &Path) -> bool {
    let Ok(entries) = fs::read_dir(class) else { return false };
    entries.flatten().any(|rtc| fs::read_to_string(rtc.path().join("hctosys")).is_ok_and(|text| text.trim() == "1"))
}

/// When this program was built: no right clock says less.
pub fn built_at() -> Wall {
    let seconds: i64 = env!("LOAXA_BUILT").parse().unwrap_or(0);
    Wall(seconds.saturating_mul(1_000_000_000))
}
