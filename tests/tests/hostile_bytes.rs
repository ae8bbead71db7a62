//! Bytes that no honest client sends, straight to the server's port: it goes on, and its log is as it was.
//!
//! The HTTP/2 frames are made by hand here, since no client library would send them.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use quarterdeck_tests::{Chance, Server, TestEnv, files_below};
use serde_json::Value;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A server that holds a connection open for longer hangs.
const HANGS: Duration = Duration::from_secs(30);

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a small payload");
    let mut bytes = length.to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// Headers in HPACK's plainest form: each literal, none indexed, none compressed.
fn headers(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in fields {
        bytes.push(0);
        for text in [name, value] {
            bytes.push(u8::try_from(text.len()).expect("a short header"));
            bytes.extend(text.as_bytes());
        }
    }
    bytes
}

/// The beginning of a call to a method of `SyncService` on stream 1.
fn call(method: &str, token: &str) -> Vec<u8> {
    let path = format!("/quarterdeck.v1.SyncService/{method}");
    let bearer = format!("Bearer {token}");
    let fields = headers(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":path", &path),
        (":authority", "okrd"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("authorization", &bearer),
    ]);
    [
        PREFACE,
        &frame(SETTINGS, 0, 0, &[]),
        &frame(HEADERS, END_HEADERS, 1, &fields),
    ]
    .concat()
}

/// A gRPC message that claims a length, in as many frames as its bytes take.
fn message(claimed: u32, bytes: &[u8]) -> Vec<u8> {
    let mut message = vec![0];
    message.extend(claimed.to_be_bytes());
    message.extend(bytes);
    let mut frames = Vec::new();
    for part in message.chunks(16 << 10) {
        frames.extend(frame(DATA, 0, 1, part));
    }
    frames.extend(frame(DATA, END_STREAM, 1, &[]));
    frames
}

/// A protobuf field of bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut encoded = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length >= 0x80 {
        encoded.push(u8::try_from(length & 0x7f).expect("seven bits") | 0x80);
        length >>= 7;
    }
    encoded.push(u8::try_from(length).expect("seven bits"));
    encoded.extend(bytes);
    encoded
}

/// A push of one event with this body and signature.
fn push(body: &[u8], salt: &[u8], signature: &[u8]) -> Vec<u8> {
    let event = [field(1, body), field(2, salt), field(3, signature)].concat();
    field(1, &event)
}

/// Sends the bytes and reads until the server closes or has nothing more to say to a closed client.
fn send(server: &Server<'_>, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    stream.set_read_timeout(Some(HANGS)).expect("a time limit");
    // It may hang up before it has read all.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer);
    if let Err(error) = end {
        use std::io::ErrorKind;
        assert!(
            !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "the server keeps a connection that its client has closed"
        );
    }
    answer
}

#[test]
fn bytes_of_any_kind_leave_the_server_and_its_log_as_they_were() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    let head = lisbon.sync()["head"].clone();
    let files = files_below(lisbon.home());
    let (device, _) = files
        .iter()
        .find(|(path, _)| path.ends_with("device.json"))
        .expect("the device's file");
    let device: Value = serde_json::from_str(&fs::read_to_string(device).expect("it can be read"))
        .expect("it is JSON");
    let token = device["remote"]["token"].as_str().expect("a token");

    let mut chance = Chance::new(19);
    let mut noise = |length: usize| -> Vec<u8> {
        (0..length)
            .map(|_| u8::try_from(chance.below(256)).expect("a byte"))
            .collect()
    };
    let huge = noise(5 << 20);
    let mut attacks: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        (
            "another protocol",
            b"GET / HTTP/1.1\r\nHost: okrd\r\n\r\n".to_vec(),
        ),
        (
            "a TLS greeting",
            vec![0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3],
        ),
        ("noise", noise(64 << 10)),
        ("noise after the preface", [PREFACE, &noise(4096)].concat()),
        (
            "a frame larger than allowed",
            [PREFACE, &[0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1], &huge].concat(),
        ),
        (
            "a message that claims four gigabytes",
            [call("Push", token), message(u32::MAX, &[1; 100])].concat(),
        ),
        (
            "a message of five megabytes",
            [
                call("Push", token),
                message(u32::try_from(huge.len()).expect("it fits"), &huge),
            ]
            .concat(),
        ),
        (
            "a message cut short",
            [call("Push", token), message(1000, &[10; 20])].concat(),
        ),
        ("a call that just ends", call("Push", token)),
        (
            "headers without an end",
            [PREFACE, &frame(HEADERS, 0, 1, &noise(8000))].concat(),
        ),
    ];
    for length in [0, 1, 50, 1000, 70_000] {
        let push = push(&noise(length), &noise(16), &noise(64));
        let message = message(u32::try_from(push.len()).expect("it fits"), &push);
        attacks.push(("an event of noise", [call("Push", token), message].concat()));
    }
    for (salt, signature) in [(0, 64), (15, 64), (17, 64), (16, 63), (16, 0)] {
        let push = push(&[8, 1], &noise(salt), &noise(signature));
        let message = message(u32::try_from(push.len()).expect("it fits"), &push);
        attacks.push((
            "a salt or signature of a wrong length",
            [call("Push", token), message].concat(),
        ));
    }
    for method in [
        "Push",
        "Pull",
        "Watch",
        "Join",
        "AddDevice",
        "HostWorkspace",
        "GetInclusionProof",
    ] {
        let bytes = noise(300);
        attacks.push((
            "a request of noise",
            [call(method, token), message(300, &bytes)].concat(),
        ));
        attacks.push((
            "a request of noise from nobody",
            [call(method, "made-up"), message(300, &bytes)].concat(),
        ));
    }

    for (what, bytes) in &attacks {
        eprintln!("{what}: {} bytes", bytes.len());
        let answer = send(&server, bytes);
        assert!(
            answer.len() < 64 << 10,
            "{what}: {} bytes back",
            answer.len()
        );
    }
    assert_eq!(lisbon.sync()["head"], head, "nothing of it was recorded");
    lisbon.okr(&["checkin", "leads", "531"]).ok();
    assert_eq!(lisbon.sync()["pushed"], 1, "the server serves on");
    assert!(!server.log().contains("panicked"), "{}", server.log());
    server.stop();
    server.okrd(&["verify"]).ok();
}
