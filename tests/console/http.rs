//! A small client: what a test sends is what goes over the wire, forged heads included.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
        self.head.lines().find(named).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    }

    /// The cookie that it sets, as it is sent back.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").expect("a cookie").split(';').next().expect("a cookie").to_owned()
    }
}

/// One who asks the console at an address, with a cookie or without.
#[derive(Clone)]
pub struct Client {
    pub at: String,
    pub cookie: Option<String>,
}

impl Client {
    pub fn new(at: &str) -> Client {
        Client { at: at.to_owned(), cookie: None }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[("Host", &self.at)], "")
    }

    /// As one of the console's own pages posts a form.
    pub fn post(&self, path: &str, form: &str) -> Answer {
        let origin = format!("http://{}", self.at);
        self.send("POST", path, &[("Host", &self.at), ("Origin", &origin), ("Accept", "application/json")], form)
    }

    pub fn send(&self, method: &str, path: &str, heads: &[(&str, &str)], body: &str) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in heads {
            text += &format!("{name}: {value}\r\n");
        }
        if let Some(cookie) = &self.cookie {
            text += &format!("Cookie: {cookie}\r\n");
        }
        if method != "GET" {
            let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
            text += &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        }
        let answer = self.raw(&format!("{text}\r\n{body}"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {method} {path}: {answer:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status: {head}"));
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Sends these very bytes, and reads one answer: by its length where it says one, for not everybody closes behind it.
    pub fn raw(&self, text: &str) -> String {
        let mut stream = self.open();
        stream.write_all(text.as_bytes()).expect("sent");
        let (mut answer, mut block) = (Vec::new(), [0; 16 * 1024]);
        while !is_whole(&answer) {
            match stream.read(&mut block) {
                Ok(count) if count > 0 => answer.extend_from_slice(&block[..count]),
                // A connection that is cut off has said what it has said.
                Ok(_) | Err(_) => break,
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn open(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.at).unwrap_or_else(|error| panic!("{}: {error}", self.at));
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        stream
    }
}

/// Whether head and body are there.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= end + 4 + length)
}
