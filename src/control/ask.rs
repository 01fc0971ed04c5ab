//! The asker's end of the control socket: blocking, without a runtime, with an end to its patience.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketFlags, SocketType};

use crate::control::message::{Message, Reply};
use crate::control::socket::{NAME, SocketError, SocketPath};

/// How long to wait for the whole exchange: longer than the daemon takes to say that it cannot answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// No reply is longer.
const LONGEST_REPLY: usize = 4 * 1024 * 1024;

/// Sends one message to the daemon on this data folder and waits for its reply, ten seconds at most.
///
/// A reply that says the message could not be dealt with is an error here ([`SocketError::Failed`]).
pub fn ask(data: &Path, message: &Message) -> Result<Reply, SocketError> {
    let until = Instant::now() + PATIENCE;
    let mut stream = connect(data)?;
    let mut line = serde_json::to_vec(message).map_err(|error| SocketError::Garbled(error.to_string()))?;
    line.push(b'\n');
    // A daemon that refuses at once may close before it has read everything. Its reply can still be read.
    let sent = stream.write_all(&line);
    let reply = match read_line(&mut stream, until) {
        Ok(reply) => reply,
        Err(error) => return Err(explain(data, sent.err().unwrap_or(error))),
    };
    match serde_json::from_slice(&reply) {
        Ok(Reply::Failed { failure }) => Err(SocketError::Failed(failure)),
        Ok(reply) => Ok(reply),
        Err(_) if reply.is_empty() => Err(SocketError::Silent(data.to_owned())),
        Err(error) => Err(SocketError::Garbled(error.to_string())),
    }
}

fn connect(data: &Path) -> Result<UnixStream, SocketError> {
    let opened = || -> std::io::Result<UnixStream> {
        let reach = SocketPath::of(data)?;
        let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        // Also bounds the wait for a place in the daemon's queue.
        set_socket_timeout(&socket, Timeout::Send, Some(PATIENCE))?;
        rustix::net::connect(&socket, &reach.address()?)?;
        Ok(socket.into())
    };
    opened().map_err(|error| explain(data, error))
}

/// What an error of the system means to the person who asks.
fn explain(data: &Path, error: std::io::Error) -> SocketError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::ConnectionRefused => SocketError::NotRunning(data.to_owned()),
        ErrorKind::PermissionDenied => SocketError::Forbidden(data.to_owned()),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
            SocketError::Silent(data.to_owned())
        }
        _ => match Errno::from_io_error(&error) {
            Some(Errno::LOOP | Errno::NAMETOOLONG) => SocketError::NotRunning(data.to_owned()),
            _ => SocketError::Io { path: data.join(NAME), source: error },
        },
    }
}

fn read_line(stream: &mut UnixStream, until: Instant) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut block = [0; 8192];
    while line.last() != Some(&b'\n') && line.len() < LONGEST_REPLY {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut block) {
            Ok(0) => break,
            Ok(count) => line.extend_from_slice(block.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(line)
}
