//! How the command line and the console speak with the daemon: requests and status as values, and the socket that carries them.
//!
//! [`request`] and [`status`] are values only; [`message`] is what one line on the socket says; [`socket`] is the daemon's end and
//! [`ask`] the other one. Nothing here changes any state: the conductor does.

pub mod ask;
pub mod message;
pub mod request;
pub mod socket;
pub mod status;
