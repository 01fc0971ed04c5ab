//! What falls due beside the air, on a thread of its own that nothing waits for: for now the daily backup. [`due`] decides, purely.

pub mod backup;
pub mod due;
