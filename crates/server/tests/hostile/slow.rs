//! Clients that read or write slowly, or not at all.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use quarterdeck_server::Limits;
use quarterdeck_tests::raw::{self, DATA, frame};

use super::support::{Device, Running, note};
use super::{attacker, goes_on, hung_up_on, server};

const SOON: Duration = Duration::from_millis(100);
const NEVER: Duration = Duration::from_secs(60 * 60);

/// A log of some megabytes.
async fn long_log(ana: &mut Device) {
    let text = "x".repeat(2_000);
    for _ in 0..10 {
        let notes: Vec<_> = (0..50).map(|_| note(&text)).collect();
        let events = ana.author(notes);
        ana.push_one(events).await;
    }
    ana.pull().await;
}

/// Asks for the whole log, with so much room for it.
fn pull(server: &Running, token: &str, window: u32) -> TcpStream {
    let mut stream = attacker(server);
    let call = raw::call("quarterdeck.v1.SyncService/Pull", token, 1);
    let said = [raw::opening(window), call, raw::request(&[], 1)].concat();
    stream.write_all(&said).unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_takes_ends_its_connection() {
    let limits = Limits {
        stall: SOON,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    long_log(&mut ana).await;
    // Room for nothing, for a byte, and for all but a little of it.
    for window in [0, 1, 65_535, 900_000] {
        hung_up_on(pull(&server, &ana.token, window)).await;
        goes_on(&mut ana).await;
    }
    // A watch that has taken all and waits for more is no slow one.
    let mut watch = attacker(&server);
    let call = raw::call("quarterdeck.v1.SyncService/Watch", &ana.token, 1);
    let from = raw::request(&[8, 0xff, 0x0f], 1);
    watch
        .write_all(&[raw::opening(0), call, from].concat())
        .unwrap();
    let answer = hung_up_on(watch).await;
    assert!(!answer.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_does_not_end_ends_its_connection() {
    let limits = Limits {
        stall: SOON,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    let mut stream = attacker(&server);
    let call = raw::call("quarterdeck.v1.SyncService/Push", &ana.token, 1);
    let begun = raw::message(1_000_000, &[10; 1_000], 1);
    stream
        .write_all(&[raw::opening(65_535), call, begun].concat())
        .unwrap();
    // A byte now and then, while somebody else works, is no better than none.
    while stream.write_all(&frame(DATA, 0, 1, &[0])).is_ok() {
        goes_on(&mut ana).await;
    }
    hung_up_on(stream).await;
    goes_on(&mut ana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_too_much_is_held_the_slowest_goes_and_the_honest_stay() {
    let limits = Limits {
        stall: NEVER,
        waiting_bytes: 3 << 20,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    long_log(&mut ana).await;
    let mut slow = Vec::new();
    for _ in 0..15 {
        slow.push(pull(&server, &ana.token, 0));
        goes_on(&mut ana).await;
        let parts = ana.parts(1).await.unwrap();
        assert_eq!(parts.last().unwrap().head, ana.state.head);
    }
    // Each of them is given a megabyte: no more than three can be left.
    for stream in slow.drain(..10) {
        hung_up_on(stream).await;
    }
}
