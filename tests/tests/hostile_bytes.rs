//! Bytes that no honest client sends, straight to the server's port: it goes on, and its log is as it was.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use quarterdeck_tests::raw::{self, DATA, END_STREAM, HEADERS, PREFACE, SETTINGS, field, frame};
use quarterdeck_tests::{Chance, TestEnv};

/// The beginning of a call to a method of `SyncService` on stream 1.
fn call(method: &str, token: &str) -> Vec<u8> {
    let settings = frame(SETTINGS, 0, 0, &[]);
    let method = format!("quarterdeck.v1.SyncService/{method}");
    [PREFACE, &settings, &raw::call(&method, token, 1)].concat()
}

/// A message on stream 1 that claims a length, and the end of the stream.
fn message(claimed: u32, bytes: &[u8]) -> Vec<u8> {
    let mut frames = raw::message(claimed, bytes, 1);
    frames.extend(frame(DATA, END_STREAM, 1, &[]));
    frames
}

/// A push of one event with this body and signature.
fn push(body: &[u8], salt: &[u8], signature: &[u8]) -> Vec<u8> {
    let event = [field(1, body), field(2, salt), field(3, signature)].concat();
    field(1, &event)
}

#[test]
fn bytes_of_any_kind_leave_the_server_and_its_log_as_they_were() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    let head = lisbon.sync()["head"].clone();
    let token = &lisbon.token();

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
        let answer = raw::send(server.address(), bytes);
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
