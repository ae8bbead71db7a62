//! `okrd serve`, up to a chosen step: there the process ends as if it had been killed. For the tests of whole
//! programs, which walk through all steps between receipt and acknowledgement.
//!
//! ```text
//! okrd_until DATA LISTEN STEP COUNT    ends when STEP is reached for the COUNTth time
//! okrd_until --steps                   names the steps, a line each
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test tool: it speaks on stdout and fails by panicking"
)]

use std::sync::atomic::{AtomicU32, Ordering};

use quarterdeck_server::{ServeOptions, Server, Step, World};
use tokio::net::TcpListener;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--steps"] => Step::ALL.iter().for_each(|step| println!("{step:?}")),
        [data, listen, step, count] => serve(data, listen, step, count.parse().unwrap()),
        _ => panic!("usage: okrd_until DATA LISTEN STEP COUNT | --steps"),
    }
}

fn serve(data: &str, listen: &str, step: &str, count: u32) {
    let last = *Step::ALL
        .iter()
        .find(|known| format!("{known:?}") == step)
        .unwrap();
    let reached = AtomicU32::new(0);
    let world = World::system().watched(move |step| {
        if step == last && reached.fetch_add(1, Ordering::SeqCst) + 1 == count {
            std::process::abort();
        }
    });
    let options = ServeOptions {
        world,
        ..ServeOptions::new(data)
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Opened outside of it, since that blocks.
    let server = Server::open(options).unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.unwrap();
        let address = listener.local_addr().unwrap();
        println!("{{\"schema\":\"quarterdeck/1\",\"listening\":\"{address}\"}}");
        server
            .serve(listener, std::future::pending())
            .await
            .unwrap();
    });
}
