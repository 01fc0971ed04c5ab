//! Whatever is sent to the control socket: there is one answer, it is one line of JSON, and a message that is taken comes through as it
//! would be sent.
#![no_main]

use std::cell::RefCell;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use loaxa::control::message::{Failure, LONGEST, Message, Reply};
use loaxa::control::socket::{self, Asked};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

/// A socket that listens, and whoever asks there is told what was asked by a reply of its own.
struct Station {
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
    asked: mpsc::Receiver<Asked>,
}

impl Station {
    fn new() -> Station {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir_in("/dev/shm").unwrap();
        let (send, asked) = mpsc::channel(4);
        let listener = socket::listen(folder.path()).unwrap();
        runtime.spawn(async move { socket::serve(listener, send).await.unwrap() });
        Station { runtime, folder, asked }
    }

    /// What was passed on, and what came back.
    fn send(&mut self, bytes: &[u8]) -> (Option<Message>, Vec<u8>) {
        let path = self.folder.path().join(socket::NAME);
        let asked = &mut self.asked;
        self.runtime.block_on(async {
            let mut stream = UnixStream::connect(path).await.unwrap();
            let exchange = async {
                // The other end stops listening to what is too long.
                let _ = stream.write_all(bytes).await;
                let _ = stream.shutdown().await;
                let mut answer = Vec::new();
                let _ = stream.read_to_end(&mut answer).await;
                answer
            };
            let mut passed = None;
            let answer = async {
                let mut exchange = std::pin::pin!(exchange);
                loop {
                    tokio::select! {
                        answer = &mut exchange => break answer,
                        Some(Asked { message, reply, .. }) = asked.recv() => {
                            passed = Some(message);
                            let _ = reply.send(Reply::Entered { durable: true });
                        }
                    }
                }
            };
            let answer = tokio::time::timeout(Duration::from_secs(10), answer).await.expect("an answer in time");
            (passed, answer)
        })
    }
}

thread_local! {
    static STATION: RefCell<Station> = RefCell::new(Station::new());
}

fuzz_target!(|bytes: &[u8]| {
    let (passed, answer) = STATION.with_borrow_mut(|station| station.send(bytes));
    if bytes.len() > LONGEST && answer.is_empty() {
        // What is left unread makes the kernel break the connection off.
        return;
    }
    let line = answer.strip_suffix(b"\n").expect("a whole line");
    let reply: Reply = serde_json::from_slice(line).unwrap();
    match passed {
        Some(message) => {
            assert_eq!(reply, Reply::Entered { durable: true });
            assert_eq!(Message::read(&serde_json::to_vec(&message).unwrap()), Ok(message));
        }
        None => assert!(
            matches!(&reply, Reply::Failed { failure: Failure::Malformed { .. } | Failure::TooLong | Failure::TooSlow }),
            "{reply:?}"
        ),
    }
});
