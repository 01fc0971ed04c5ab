//! By which names the console may be called. A web page elsewhere that makes a browser on this machine ask us still calls us by its own
//! name, and is refused: so nobody outside reaches a console that asks for no PIN.

use std::net::{IpAddr, SocketAddr};

#[derive(Clone, Debug)]
pub struct Hosts {
    port: u16,
    is_local: bool,
    /// The machine's own name.
    machine: Option<String>,
}

impl Hosts {
    pub fn of(at: SocketAddr) -> Hosts {
        let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_lowercase());
        Hosts { port: at.port(), is_local: at.ip().is_loopback(), machine }
    }

    /// Whether that is what a `Host` header may say.
    pub fn has(&self, host: &str) -> bool {
        let (name, port) = split(host);
        if port.unwrap_or(80) != self.port {
            return false;
        }
        let name = name.to_lowercase();
        let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        match ip {
            // An address is nobody's name: no name server can send it here.
            Some(ip) => !self.is_local || ip.is_loopback(),
            None => name == "localhost" || !self.is_local && self.is_machine(&name),
        }
    }

    fn is_machine(&self, name: &str) -> bool {
        self.machine.as_deref().is_some_and(|machine| name == machine || name.strip_suffix(".local") == Some(machine))
    }

    /// Whether a change comes from one of our own pages.
    pub fn is_own(&self, origin: &str, host: &str) -> bool {
        origin.strip_prefix("http://").is_some_and(|from| from.eq_ignore_ascii_case(host) && self.has(from))
    }
}

/// Name and port.
fn split(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
            (name, port.parse().ok().or(Some(0)))
        }
        _ => (host, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_this_machine_alone_only_its_own_names_are_taken() {
        let hosts = Hosts::of("127.0.0.1:8080".parse().unwrap());
        for good in ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080"] {
            assert!(hosts.has(good), "{good}");
        }
        for bad in
            ["evil.example:8080", "127.0.0.1", "localhost:80", "127.0.0.1:8081", "192.168.1.5:8080", "", "localhost.evil:8080"]
        {
            assert!(!hosts.has(bad), "{bad}");
        }
        assert!(hosts.is_own("http://localhost:8080", "localhost:8080"));
        for origin in ["http://evil.example:8080", "null", "", "https://localhost:8080", "http://127.0.0.1:8080"] {
            assert!(!hosts.is_own(origin, "localhost:8080"), "{origin}");
        }
    }

    #[test]
    fn on_the_network_addresses_are_taken_and_names_of_others_are_not() {
        let hosts = Hosts { machine: Some("loa".into()), ..Hosts::of("0.0.0.0:80".parse().unwrap()) };
        for good in ["192.168.1.5", "192.168.1.5:80", "loa", "loa.local", "localhost", "[fe80::1]"] {
            assert!(hosts.has(good), "{good}");
        }
        for bad in ["evil.example", "loa.evil", "192.168.1.5:8080"] {
            assert!(!hosts.has(bad), "{bad}");
        }
    }
}
