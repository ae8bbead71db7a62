//! Clients that mean harm, against a server whose limits are small enough to be reached at once.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

#[path = "../support/mod.rs"]
mod support;

mod connections;
mod floods;
mod forged;
mod messages;
mod slow;
mod strangers;

use std::net::{IpAddr, Ipv4Addr, TcpStream};

use quarterdeck_server::{First, Limits, NewWorkspace};
use quarterdeck_tests::raw;
use support::{Device, Running};

/// Where attacks come from, and where the honest are.
const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 66));

async fn server(limits: Limits) -> Running {
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    Running::with(limits, first).await
}

/// A connection from elsewhere.
fn attacker(server: &Running) -> TcpStream {
    raw::connect_from(THERE, server.address)
}

/// Reads until the server hangs up, off the threads that serve it here.
async fn hung_up_on(mut stream: TcpStream) -> Vec<u8> {
    let closed = tokio::task::spawn_blocking(move || raw::until_closed(&mut stream));
    closed.await.unwrap()
}

/// The honest one goes on: what she says is recorded.
async fn goes_on(ana: &mut Device) {
    ana.pull().await;
    let before = ana.state.head;
    let events = ana.note("work goes on");
    ana.push_one(events).await;
    ana.pull().await;
    assert_eq!(ana.state.head, before + 1);
}
