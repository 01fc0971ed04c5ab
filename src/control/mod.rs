//! How the command line and the console speak with the daemon: requests and status as values, and the socket that carries them.

pub mod request;
pub mod socket;
pub mod status;
