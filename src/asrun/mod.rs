//! The as-run log: the permanent record of what aired, what did not, and why.
//!
//! [`row`] is one row and its canonical text, [`chain`] ties rows together, [`history`] is what picks, first runs and quotas need to
//! know of the past, [`unsettled`] is what is armed or on air, [`store`] keeps it all in SQLite. Nothing here knows a plan:
//! logs outlive plans, so rows carry the facts that reports count by.

pub mod chain;
pub mod facts;
pub mod history;
pub mod row;
pub mod store;
pub mod unsettled;
