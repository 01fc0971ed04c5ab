//! How long ahead of an instant each step is taken.

use jiff::SignedDuration;

use crate::terms::Frames;

/// Picks are settled this long before their slot.
pub const SETTLE: SignedDuration = SignedDuration::from_mins(10);
/// A device is open when the next slot comes within this time: one that does not open, or is lost again at once, is replaced before it is
/// needed.
pub const AHEAD: SignedDuration = SignedDuration::from_secs(30);
/// A slot is armed this long before its instant: opening a device can take 1.5 s.
pub const LEAD: SignedDuration = SignedDuration::from_secs(5);
/// The next element is tied to the one that sounds this long before its end: until then a higher priority may still come between.
pub const TIE: SignedDuration = SignedDuration::from_secs(2);
/// With the disk still busy so shortly before the instant, a slot starts all the same.
pub const PATIENCE: SignedDuration = SignedDuration::from_millis(300);
/// How long a fade is where something is cut: 10 ms.
pub const FADE: Frames = Frames { count: 480, rate: 48_000 };
