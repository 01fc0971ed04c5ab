//! The real engine on a virtual clock, virtual outputs and a disk in memory, as fast as it goes.
//!
//! The same conductor, judge of the clock, outlet and deck as on air. Time jumps to whatever comes next: the conductor's deadline, a deck's next
//! change, a recording that is ready, a mishap. Nothing is decoded: lengths come from the rundown. [`world`] lives through it, [`mishap`]
//! says what may go wrong, [`record`] what did, and [`model`] holds the log against that.

pub mod card;
pub mod dice;
pub mod disk;
pub mod mishap;
pub mod model;
pub mod output;
pub mod record;
pub mod world;
