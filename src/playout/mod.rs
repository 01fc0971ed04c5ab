//! Playout: from the rundown to sound, and from sound to the log.
//!
//! [`cue`] is the closed lists, [`conductor`] decides, [`deck`] places voices on a device's frames, [`outlet`] looks after
//! that device and what the conductor is owed of it, [`clock`] judges the wall clock,
//! [`beginning`] is what the log gives a start, [`file_watch`] says when plan and recordings are read again, [`care`] looks after their
//! masters; two thin drivers carry it: [`live`] against real time and devices, [`simulate`] against a virtual clock. [`defect`] is for a
//! test of these tests.

pub mod beginning;
pub mod care;
pub mod clock;
pub mod conductor;
pub mod cue;
pub mod deck;
pub mod file_watch;
pub mod live;
pub mod outlet;
pub mod simulate;
