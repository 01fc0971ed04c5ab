//! Where a device's frames stand against the boot clock.

use crate::audio::output::nanos_of;
use crate::terms::Mono;

#[derive(Clone, Copy, Debug)]
pub struct FrameClock {
    pub rate: u32,
    /// When frame 0 left, as far as is known.
    pub zero: Option<Mono>,
    /// Frames that have surely left. It never goes back.
    pub left: u64,
    /// Frames that the device has taken.
    pub handed: u64,
    /// Enough was heard of the device to place a start.
    pub is_steady: bool,
}

impl FrameClock {
    /// Nothing is known yet.
    pub fn unknown(rate: u32) -> FrameClock {
        FrameClock { rate, zero: None, left: 0, handed: 0, is_steady: false }
    }

    /// The frame that leaves at `instant`; 0 for one before the first.
    pub fn frame_at(&self, instant: Mono) -> Option<u64> {
        Some(frames_in(instant.0.saturating_sub(self.zero?.0).saturating_add(nanos_of(1, self.rate) / 2), self.rate))
    }

    pub fn leaves_at(&self, frame: u64) -> Option<Mono> {
        Some(Mono(self.zero?.0.saturating_add(nanos_of(frame, self.rate))))
    }
}

/// The frames of so many nanoseconds, rounded down; none of fewer than none.
pub fn frames_in(nanos: i64, rate: u32) -> u64 {
    let frames = u128::try_from(nanos).unwrap_or(0) * u128::from(rate) / 1_000_000_000;
    u64::try_from(frames).unwrap_or(u64::MAX)
}
