//! Frames that ask for nothing, without end.

use std::io::Write;
use std::net::TcpStream;

use quarterdeck_server::Limits;
use quarterdeck_tests::raw::{
    self, CONTINUATION, DATA, END_HEADERS, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS, frame,
    headers,
};

use super::{attacker, goes_on, hung_up_on, server};

/// More than anybody would read for nothing: 64 MB and more, or a million frames.
const ENOUGH: usize = 1_000_000;

/// Sends frames until the server hangs up. How many it took.
fn flood(stream: &mut TcpStream, first: &[u8], mut next: impl FnMut(u32) -> Vec<u8>) -> usize {
    let mut sent = 0;
    let mut at = 1;
    if stream.write_all(first).is_err() {
        return 0;
    }
    while sent < ENOUGH {
        let mut many = Vec::new();
        for _ in 0..100 {
            many.extend(next(at));
            at += 2;
        }
        if stream.write_all(&many).is_err() {
            return sent;
        }
        sent += 100;
    }
    panic!("the server reads on");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flood_ends_its_connection_and_nobody_elses() {
    let server = server(Limits::default()).await;
    let mut ana = server.owner().await;
    let token = ana.token.clone();
    let watch = move |stream| {
        let call = raw::call("quarterdeck.v1.SyncService/Watch", &token, stream);
        [call, raw::request(&[], stream)].concat()
    };
    let reset = |stream| frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]);
    let opening = raw::opening(65_535);
    let called = [
        opening.clone(),
        raw::call("quarterdeck.v1.SyncService/Push", &ana.token, 1),
    ];
    let begun = frame(HEADERS, 0, 1, &headers(&[(":method", "POST")]));
    type Next = Box<dyn FnMut(u32) -> Vec<u8> + Send>;
    let small = headers(&[("x", "y")]);
    let floods: Vec<(&str, Vec<u8>, Next)> = vec![
        (
            "pings",
            opening.clone(),
            Box::new(|_| frame(PING, 0, 0, &[7; 8])),
        ),
        (
            "settings",
            opening.clone(),
            Box::new(|_| frame(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0])),
        ),
        (
            "calls that are reset at once",
            opening.clone(),
            Box::new(move |at| [watch(at), reset(at)].concat()),
        ),
        (
            "calls of nobody",
            opening.clone(),
            Box::new(|at| raw::call("quarterdeck.v1.SyncService/Push", "none", at)),
        ),
        (
            "data without data",
            called.concat(),
            Box::new(|_| frame(DATA, 0, 1, &[])),
        ),
        (
            "headers without end",
            [opening.clone(), begun].concat(),
            Box::new(move |_| frame(CONTINUATION, 0, 1, &small)),
        ),
        (
            "headers without anything",
            [
                opening.clone(),
                frame(HEADERS, 0, 1, &headers(&[(":method", "POST")])),
            ]
            .concat(),
            Box::new(|_| frame(CONTINUATION, 0, 1, &[])),
        ),
        (
            "frames of no known kind",
            opening.clone(),
            Box::new(|at| frame(99, 0, at, &[1; 50])),
        ),
        (
            "windows",
            opening,
            Box::new(|_| frame(8, 0, 0, &[0, 0, 0, 1])),
        ),
        ("prefaces", PREFACE.to_vec(), Box::new(|_| PREFACE.to_vec())),
    ];
    for (what, first, next) in floods {
        let mut stream = attacker(&server);
        let flooded = tokio::task::spawn_blocking(move || {
            let sent = flood(&mut stream, &first, next);
            (stream, sent)
        });
        let (stream, sent) = flooded.await.unwrap();
        hung_up_on(stream).await;
        println!("{what}: hung up on after {sent} frames");
        goes_on(&mut ana).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_have_a_size() {
    let server = server(Limits::default()).await;
    let mut ana = server.owner().await;
    let long = "x".repeat(15 << 10);
    for count in [2, 40] {
        let mut fields = vec![
            (":method", "POST"),
            (":scheme", "http"),
            (":path", "/quarterdeck.v1.SyncService/GetCheckpoint"),
            (":authority", "okrd"),
        ];
        fields.extend(vec![("x-long", long.as_str()); count]);
        let block = headers(&fields);
        let mut parts = block.chunks(16 << 10);
        let mut said = raw::opening(65_535);
        said.extend(frame(HEADERS, 0, 1, parts.next().unwrap()));
        for part in parts {
            said.extend(frame(CONTINUATION, 0, 1, part));
        }
        said.extend(frame(CONTINUATION, END_HEADERS, 1, &[]));
        let mut stream = attacker(&server);
        // It may hang up while this is being said.
        let _ = stream.write_all(&said);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = hung_up_on(stream).await;
        assert!(answer.len() < 4096, "{} bytes", answer.len());
    }
    goes_on(&mut ana).await;
}
