//! The connections: so many at once and no more, ten seconds for a head, and whoever does not take what he asked for is cut off. The console
//! runs out of places before the station runs out of anything.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, getrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

const CONNECTIONS: usize = 256;
/// From one address of the network: one phone that goes wrong keeps nobody else out.
const FROM_ONE: usize = 96;
/// What the station itself needs of the files that the system allows.
const LEFT_TO_THE_STATION: u64 = 200;
const FEWEST: u64 = 16;
/// How long a request's head may take.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long what was sent may stay untaken.
const TAKEN_WITHIN: Duration = Duration::from_secs(20);
/// No request has a longer head.
const LONGEST_HEAD: usize = 16 * 1024;

/// Connections from each address.
type Peers = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// Serves for ever.
pub async fn serve(listener: TcpListener, router: Router) {
    let room = Arc::new(Semaphore::new(places()));
    let peers = Peers::default();
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, from)) => {
                let Some(guest) = Guest::come_in(&peers, from.ip()) else { continue };
                let router = router.clone();
                // A connection that panics ends, and no other.
                tokio::spawn(async move {
                    converse(stream, router).await;
                    drop((place, guest));
                });
            }
            // Out of descriptors, mostly: it passes, and nothing is gained by trying at full speed.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// As many as leave enough to the station.
fn places() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let left = files.saturating_sub(LEFT_TO_THE_STATION).max(FEWEST);
    usize::try_from(left).unwrap_or(CONNECTIONS).min(CONNECTIONS)
}

async fn converse(stream: TcpStream, router: Router) {
    // None of these may cost a connection: an older kernel.
    let _ = stream.set_nodelay(true);
    let untaken = u32::try_from(TAKEN_WITHIN.as_millis()).unwrap_or(u32::MAX);
    let _ = rustix::net::sockopt::set_tcp_user_timeout(&stream, untaken);
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(LONGEST_HEAD);
    // Whoever is gone in the middle of an answer does not need it.
    let _ = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).await;
}

/// A connection's place among those from its address.
struct Guest(Peers, IpAddr);

impl Guest {
    fn come_in(peers: &Peers, from: IpAddr) -> Option<Guest> {
        let mut all = peers.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(from).or_default();
        if *count >= FROM_ONE && !from.is_loopback() {
            return None;
        }
        *count += 1;
        Some(Guest(peers.clone(), from))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.1);
            }
        }
    }
}
