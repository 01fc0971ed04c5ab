//! The as-run log: the permanent record of what aired, what did not, and why.
//!
//! [`row`] is one row and its canonical text, [`chain`] ties rows together, [`history`] is what picks, first runs and quotas need to
//! know of the past, [`standing`] what orders still hold, [`open`] is what is armed or on air. [`store`] keeps it all in SQLite,
//! goes on without a log that is damaged ([`store::rescue`]) and keeps every accepted plan ([`store::plans`]), [`handover`] is what the next start knows without it, [`queue`] is what waits to
//! be written, [`ledger`] the thread that writes it, [`verify`] checks it. Nothing here knows a plan: logs
//! outlive plans, so rows carry the facts that reports count by.

pub mod chain;
pub mod element;
pub mod fact;
pub mod hand;
pub mod handover;
pub mod history;
pub mod ledger;
pub mod open;
pub mod queue;
pub mod row;
pub mod standing;
pub mod store;
pub mod verify;

#[cfg(test)]
pub(crate) mod samples;
