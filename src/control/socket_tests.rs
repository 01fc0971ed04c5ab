//! The socket against those who mean no good.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as Blocking;

use super::*;
use crate::control::ask::ask;
use crate::control::message::StationIdentity;
use crate::control::request::{Answer, OrderEffect};
use crate::terms::Wall;

/// A daemon that answers every message with `done`, on its own thread; it ends when it is dropped.
struct Daemon {
    folder: tempfile::TempDir,
    data: PathBuf,
    end: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Daemon {
    fn start() -> Daemon {
        Daemon::on("data")
    }

    fn on(name: &str) -> Daemon {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join(name);
        let listener = listen(&data).unwrap();
        let (end, ended) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let (sender, mut asked) = mpsc::channel::<Asked>(4);
                let answers = async {
                    while let Some(question) = asked.recv().await {
                        let station =
                            StationIdentity { name: "Đài".into(), language: "vi".into(), timezone: "Asia/Ho_Chi_Minh".into() };
                        let _ = question.reply.send(Reply::Answer {
                            station,
                            answer: Answer::Done(OrderEffect::Before),
                            at: Wall(0),
                            kept: true,
                        });
                    }
                };
                tokio::select! {
                    served = serve(listener, sender) => served.unwrap(),
                    () = answers => {}
                    _ = ended => {}
                }
            });
        });
        Daemon { folder, data, end: Some(end), thread: Some(thread) }
    }

    fn connect(&self) -> Blocking {
        Blocking::connect(self.data.join(NAME)).unwrap()
    }

    fn says(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut reply = String::new();
        let _ = stream.read_to_string(&mut reply);
        reply
    }

    fn answers(&self) {
        assert!(matches!(ask(&self.data, &Message::Status), Ok(Reply::Answer { answer: Answer::Done(OrderEffect::Before), .. })));
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        assert!(!self.data.join(NAME).exists(), "the socket goes with the daemon");
        let _ = &self.folder;
    }
}

#[test]
fn an_answer_comes_back() {
    Daemon::start().answers();
}

#[test]
fn only_its_user_may_open_it() {
    let daemon = Daemon::start();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&daemon.data.join(NAME)), 0o600);
    assert_eq!(mode(&daemon.data), 0o700);
}

#[test]
fn garbage_a_half_line_and_an_unknown_message_are_told_so_and_hurt_nothing() {
    let daemon = Daemon::start();
    for bytes in [&b"\n"[..], b"GET / HTTP/1.1\r\n\r\n", b"{\"ask\":\"status\"}", b"{\"ask\":\"dance\"}\n", b"\xff\xfe\0\n", b""]
    {
        assert!(daemon.says(bytes).contains("malformed"), "{bytes:?}");
    }
    daemon.answers();
}

#[test]
fn a_huge_line_is_cut_short() {
    let daemon = Daemon::start();
    let reply = daemon.says(&vec![b'['; 3 * LONGEST]);
    // The daemon closes on unread bytes, so that its reply may be lost on the way; never anything but that reply.
    assert!(reply.is_empty() || reply.contains("too_long"), "{reply}");
    daemon.answers();
}

#[test]
fn deep_nesting_overflows_no_stack() {
    let daemon = Daemon::start();
    let mut line = b"{\"ask\":\"order\",\"order\":".to_vec();
    line.extend(std::iter::repeat_n(b'[', LONGEST - 100));
    line.push(b'\n');
    assert!(daemon.says(&line).contains("malformed"));
    daemon.answers();
}

#[test]
fn many_idle_connections_do_not_lock_others_out() {
    let daemon = Daemon::start();
    let idle: Vec<Blocking> = (0..CONNECTIONS + 20).map(|_| daemon.connect()).collect();
    daemon.answers();
    drop(idle);
}

#[test]
fn a_path_longer_than_the_kernel_takes_works_too() {
    Daemon::on(&"một-thư-mục-rất-dài/".repeat(12)).answers();
}

#[test]
fn a_socket_that_an_earlier_daemon_left_is_replaced_and_what_is_none_is_renamed() {
    let folder = tempfile::tempdir().unwrap();
    let left = std::os::unix::net::UnixListener::bind(folder.path().join(NAME)).unwrap();
    drop(left);
    assert!(matches!(ask(folder.path(), &Message::Status), Err(SocketError::NotRunning(_))));
    drop(listen(folder.path()).unwrap());
    let path = folder.path().join(NAME);
    std::fs::write(&path, "a letter").unwrap();
    drop(listen(folder.path()).unwrap());
    std::fs::create_dir(&path).unwrap();
    let listener = listen(folder.path()).unwrap();
    assert_eq!(std::fs::read_to_string(folder.path().join("control.in-the-way-1")).unwrap(), "a letter");
    assert!(folder.path().join("control.in-the-way-2").is_dir());
    // Only its own file goes with it.
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "another").unwrap();
    drop(listener);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "another");
}

#[test]
fn a_socket_that_is_removed_exchanged_or_closed_to_its_user_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let mode = |path: &Path, mode: u32| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    type Damage = fn(&Path, &dyn Fn(&Path, u32));
    let damages: [Damage; 5] = [
        |path, _| std::fs::remove_file(path).unwrap(),
        |path, _| {
            std::fs::remove_file(path).unwrap();
            std::fs::write(path, "").unwrap();
        },
        |path, _| std::fs::rename(path, path.with_file_name("moved")).unwrap(),
        |path, mode| mode(path, 0o200),
        |path, mode| mode(path.parent().unwrap(), 0o500),
    ];
    for damage in damages {
        let listener = listen(folder.path()).unwrap();
        assert!(listener.place().is_ours(folder.path()));
        damage(&path, &mode);
        assert!(!listener.place().is_ours(folder.path()));
        let again = listen(folder.path()).unwrap();
        assert!(again.place().is_ours(folder.path()));
        drop(listener);
        assert!(again.place().is_ours(folder.path()), "the one before leaves it alone");
    }
}

#[test]
fn without_a_daemon_the_asker_is_told_that_none_runs() {
    let folder = tempfile::tempdir().unwrap();
    for data in [folder.path().to_owned(), folder.path().join("nowhere"), folder.path().join("x".repeat(300))] {
        assert!(matches!(ask(&data, &Message::Status), Err(SocketError::NotRunning(_))), "{data:?}");
    }
}

#[test]
fn a_daemon_that_closes_without_a_word_is_silent() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::os::unix::net::UnixListener::bind(folder.path().join(NAME)).unwrap();
    let thread = std::thread::spawn(move || drop(listener.accept().unwrap()));
    assert!(matches!(ask(folder.path(), &Message::Status), Err(SocketError::Silent(_))));
    thread.join().unwrap();
}
