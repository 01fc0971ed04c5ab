//! The daemon's end of the control socket: `control` in the data folder, which only the daemon's user (and root) may open.
//!
//! One connection carries one message and one reply, each a line of JSON. Whoever connects can do nothing but that: the length of a
//! line, the time for it and the number of connections have limits. The socket knows no state: it passes each message on, with a way
//! to answer, and waits.

use std::fs::{Metadata, Permissions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::Mode;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use crate::control::message::{Failure, LONGEST, Message, Reply};
use crate::files;

/// The socket's name in the data folder.
pub const NAME: &str = "control";

/// Who may open it: the daemon's user.
const RIGHTS: Mode = Mode::RUSR.union(Mode::WUSR);
/// What the folder must allow him.
const OWNERS: u32 = 0o700;

/// How long a whole message, or the reading of a reply, may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the daemon may take to answer.
const ANSWER: Duration = Duration::from_secs(5);
/// Connections at once; more wait in the kernel's queue.
const CONNECTIONS: usize = 64;

/// What can go wrong with the control socket, on either end.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Nobody listens: no daemon runs on this data folder.
    #[error("no daemon is running on the data folder {}", .0.display())]
    NotRunning(PathBuf),
    /// The daemon belongs to another user.
    #[error("{} belongs to another user", .0.display())]
    Forbidden(PathBuf),
    /// The daemon took the connection and said nothing.
    #[error("the daemon on {} did not answer", .0.display())]
    Silent(PathBuf),
    /// The answer is not one: another version of the program?
    #[error("the daemon's answer cannot be read: {0}")]
    Garbled(String),
    /// The daemon could not deal with the message.
    #[error("the daemon did not take the message: {0:?}")]
    Failed(Failure),
    #[error("the control socket {}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
}

/// A message with the way to answer it. Dropping `reply` tells the asker that it stays unanswered.
#[derive(Debug)]
pub struct Asked {
    pub message: Message,
    /// The asker's user id, as the kernel knows it.
    pub uid: u32,
    pub reply: oneshot::Sender<Reply>,
}

/// A socket that listens. Its file goes when it is dropped.
#[derive(Debug)]
pub struct Listener {
    socket: std::os::unix::net::UnixListener,
    reach: SocketPath,
    place: SocketFile,
}

/// The path by which the socket is bound and reached. A path longer than the kernel takes (108 bytes) goes through the open folder.
#[derive(Debug)]
pub(crate) struct SocketPath {
    pub(crate) path: PathBuf,
    _folder: Option<OwnedFd>,
}

impl SocketPath {
    pub(crate) fn of(data: &Path) -> std::io::Result<SocketPath> {
        let path = data.join(NAME);
        if SocketAddrUnix::new(&path).is_ok() {
            return Ok(SocketPath { path, _folder: None });
        }
        use rustix::fs::OFlags;
        let folder = rustix::fs::open(data, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let number = std::os::fd::AsRawFd::as_raw_fd(&folder);
        Ok(SocketPath { path: PathBuf::from(format!("/proc/self/fd/{number}")).join(NAME), _folder: Some(folder) })
    }

    pub(crate) fn address(&self) -> std::io::Result<SocketAddrUnix> {
        Ok(SocketAddrUnix::new(&self.path)?)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // A socket that stays is harmless: the next daemon replaces it, and until then nobody answers there.
        if self.place.is_at(&self.reach.path) {
            let _ = std::fs::remove_file(&self.reach.path);
        }
    }
}

impl Listener {
    pub fn place(&self) -> SocketFile {
        self.place
    }
}

/// The file that a listener bound: device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketFile(u64, u64);

impl SocketFile {
    /// Whether the socket in the data folder is still this one, and its user may still go there.
    pub fn is_ours(self, data: &Path) -> bool {
        std::fs::metadata(data).is_ok_and(|folder| folder.mode() & OWNERS == OWNERS)
            && SocketPath::of(data).is_ok_and(|reach| self.is_at(&reach.path))
    }

    fn is_at(self, path: &Path) -> bool {
        std::fs::symlink_metadata(path).is_ok_and(|found| SocketFile::of(&found) == self && found.mode() & 0o777 == RIGHTS.bits())
    }

    fn of(found: &Metadata) -> SocketFile {
        SocketFile(found.dev(), found.ino())
    }
}

/// Opens the socket in the data folder, which is made (for its user only) if it is not there and opened to its user if it was closed to him.
/// One that an earlier daemon left is replaced; what is no socket is renamed. Whoever calls this holds the data folder's lock, so no other
/// daemon can be listening.
pub fn listen(data: &Path) -> Result<Listener, SocketError> {
    let shown = data.join(NAME);
    let io = |source: std::io::Error| SocketError::Io { path: shown.clone(), source };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(io)?;
    let mode = std::fs::metadata(data).map_err(io)?.mode();
    if mode & OWNERS != OWNERS {
        std::fs::set_permissions(data, Permissions::from_mode(mode | OWNERS)).map_err(io)?;
    }
    let reach = SocketPath::of(data).map_err(io)?;
    match std::fs::symlink_metadata(&reach.path) {
        Ok(found) if found.file_type().is_socket() => std::fs::remove_file(&reach.path).map_err(io)?,
        Ok(_) => drop(files::set_aside(&reach.path, files::IN_THE_WAY).map_err(io)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(io(error)),
    }
    let socket = bind(&reach).map_err(io)?;
    let place = SocketFile::of(&std::fs::symlink_metadata(&reach.path).map_err(io)?);
    Ok(Listener { socket: socket.into(), reach, place })
}

/// A socket takes its mode from its descriptor when it is bound (unix(7) is silent on it, Linux does it): so it is never open to
/// others, not even for a moment.
fn bind(reach: &SocketPath) -> std::io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::fs::fchmod(&socket, RIGHTS)?;
    rustix::net::bind(&socket, &reach.address()?)?;
    rustix::fs::chmod(&reach.path, RIGHTS)?;
    rustix::net::listen(&socket, 128)?;
    Ok(socket)
}

/// Takes connections for ever and passes their messages on. Ends when nobody takes messages any more; dropping the future ends it too.
pub async fn serve(listener: Listener, asked: mpsc::Sender<Asked>) -> Result<(), SocketError> {
    let io = |source: std::io::Error| SocketError::Io { path: listener.reach.path.clone(), source };
    let socket = listener.socket.try_clone().and_then(UnixListener::from_std).map_err(io)?;
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    while !asked.is_closed() {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
        let taken = tokio::select! {
            taken = socket.accept() => taken,
            () = asked.closed() => break,
        };
        match taken {
            Ok((stream, _)) => {
                let asked = asked.clone();
                tokio::spawn(async move {
                    converse(stream, asked).await;
                    drop(place);
                });
            }
            // Out of descriptors, mostly: it passes, and until then nothing is gained by trying at full speed.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    Ok(())
}

async fn converse(mut stream: UnixStream, asked: mpsc::Sender<Asked>) {
    let reply = match hear(&mut stream).await {
        Ok((message, uid)) => pass_on(message, uid, &asked).await,
        Err(failure) => Reply::Failed { failure },
    };
    let Ok(mut line) = serde_json::to_vec(&reply) else { return };
    line.push(b'\n');
    // An asker that does not wait for its answer loses it, and nothing else.
    let _ = timeout(PATIENCE, stream.write_all(&line)).await;
}

async fn hear(stream: &mut UnixStream) -> Result<(Message, u32), Failure> {
    let uid = stream.peer_cred().map_err(|_| Failure::Forbidden)?.uid();
    if uid != 0 && uid != rustix::process::geteuid().as_raw() {
        return Err(Failure::Forbidden);
    }
    let mut line = Vec::new();
    let mut limited = BufReader::new(stream).take(LONGEST as u64 + 1);
    match timeout(PATIENCE, limited.read_until(b'\n', &mut line)).await {
        Err(_) => Err(Failure::TooSlow),
        Ok(Err(error)) => Err(Failure::Malformed { detail: error.to_string() }),
        Ok(Ok(_)) if line.len() > LONGEST => Err(Failure::TooLong),
        Ok(Ok(_)) if line.last() != Some(&b'\n') => Err(Failure::Malformed { detail: "the line does not end".to_owned() }),
        Ok(Ok(_)) => Message::read(&line).map(|message| (message, uid)),
    }
}

async fn pass_on(message: Message, uid: u32, asked: &mpsc::Sender<Asked>) -> Reply {
    let (reply, answered) = oneshot::channel();
    let answer = async {
        asked.send(Asked { message, uid, reply }).await.ok()?;
        answered.await.ok()
    };
    let unanswered = Reply::Failed { failure: Failure::Unanswered };
    timeout(ANSWER, answer).await.ok().flatten().unwrap_or(unanswered)
}

#[cfg(test)]
#[path = "socket_tests.rs"]
mod tests;
