//! What falls due beside the air, on a thread of its own that nothing waits for: the daily backup, the reports that the plan names, and
//! a word in time when targets are behind. [`due`] decides, purely; [`memory`] is what the data folder remembers.

pub mod backup;
pub mod due;
pub mod memory;
pub mod reports;
pub mod targets;
