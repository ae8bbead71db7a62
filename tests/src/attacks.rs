//! Attacks on a server from one address, for a test and for a benchmark: connections that are used as no client would.
//!
//! Each speaks to the server for a while and answers the connections that it holds on to. Some need a token: the
//! worst clients are those that are let in.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};

use crate::raw::{self, PING, RST_STREAM, frame};

/// Where they come from.
pub const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 66));

/// A text that attackers send where it does not belong.
pub const SECRET: &str = "the-merger-with-initech";

/// An attack.
#[derive(Debug, Clone, Copy)]
pub struct Attack {
    /// What it is, in a few words.
    pub name: &'static str,
    /// As what the server counts it.
    pub counted_as: &'static [&'static str],
    /// Attacks the server at this address, with this token, and answers what it holds.
    pub run: fn(SocketAddr, &str) -> Vec<TcpStream>,
}

/// Says this, as far as the server listens, and keeps the connection open.
fn say(server: SocketAddr, bytes: &[u8]) -> Option<TcpStream> {
    let mut stream = raw::try_connect_from(THERE, server).ok()?;
    // It may hang up before it has read all.
    let _ = stream.write_all(bytes);
    Some(stream)
}

fn on(stream: u32, method: &str, token: &str) -> Vec<u8> {
    raw::call(
        &format!("quarterdeck.v1.SyncService/{method}"),
        token,
        stream,
    )
}

/// Connections that say nothing, or only the first word.
fn idle(server: SocketAddr, _: &str) -> Vec<TcpStream> {
    let opening = raw::opening(65_535);
    (0..300)
        .filter_map(|at| say(server, if at % 2 == 0 { &opening } else { &[] }))
        .collect()
}

/// The whole log, asked for on every stream that a connection and a token have, and never read.
fn never_read(server: SocketAddr, token: &str) -> Vec<TcpStream> {
    let pulls = |_| {
        let streams = (0..4).map(|at| 2 * at + 1);
        let calls = streams.map(|at| [on(at, "Pull", token), raw::request(&[], at)].concat());
        [vec![raw::opening(0)], calls.collect()].concat().concat()
    };
    (0..40)
        .map(pulls)
        .filter_map(|said| say(server, &said))
        .collect()
}

/// Batches that are all but whole.
fn never_written(server: SocketAddr, token: &str) -> Vec<TcpStream> {
    let body = vec![10; 200_000];
    let pushes = |_| {
        let streams = (0..4).map(|at| 2 * at + 1);
        let calls =
            streams.map(|at| [on(at, "Push", token), raw::message(4_000_000, &body, at)].concat());
        [vec![raw::opening(65_535)], calls.collect()]
            .concat()
            .concat()
    };
    (0..60)
        .map(pushes)
        .filter_map(|said| say(server, &said))
        .collect()
}

/// Small messages that would be large in memory.
fn many_fields(server: SocketAddr, token: &str) -> Vec<TcpStream> {
    let events = [0x0a, 0].repeat(1_900_000);
    let said = [
        raw::opening(65_535),
        on(1, "Push", token),
        raw::request(&events, 1),
    ]
    .concat();
    (0..12).filter_map(|_| say(server, &said)).collect()
}

/// Frames that ask for nothing.
fn pings(server: SocketAddr, _: &str) -> Vec<TcpStream> {
    let many = [
        raw::opening(65_535),
        frame(PING, 0, 0, &[7; 8]).repeat(50_000),
    ]
    .concat();
    (0..3).filter_map(|_| say(server, &many)).collect()
}

/// Tokens that nobody has.
fn guesses(server: SocketAddr, _: &str) -> Vec<TcpStream> {
    let calls = (0..100).map(|at| {
        let stream = 2 * at + 1;
        let guess = format!("qdt_guess-{at}-{SECRET}");
        [
            on(stream, "GetCheckpoint", &guess),
            raw::request(&[], stream),
        ]
        .concat()
    });
    let said = [vec![raw::opening(65_535)], calls.collect()]
        .concat()
        .concat();
    say(server, &said).into_iter().collect()
}

/// Paths and headers with something in them that no log should hold.
fn odd_calls(server: SocketAddr, token: &str) -> Vec<TcpStream> {
    let path = format!("{SECRET}/{token}\u{1b}]0;x");
    let calls = (0..50).map(|at| raw::call(&path, token, 2 * at + 1));
    let said = [vec![raw::opening(65_535)], calls.collect()]
        .concat()
        .concat();
    say(server, &said).into_iter().collect()
}

/// Calls that are taken back at once.
fn resets(server: SocketAddr, token: &str) -> Vec<TcpStream> {
    let calls = (0..6_000).map(|at| {
        let stream = 2 * at + 1;
        let reset = frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]);
        [on(stream, "Watch", token), raw::request(&[], stream), reset].concat()
    });
    let said = [vec![raw::opening(65_535)], calls.collect()]
        .concat()
        .concat();
    (0..2).filter_map(|_| say(server, &said)).collect()
}

/// All of them.
pub const ATTACKS: &[Attack] = &[
    Attack {
        name: "idle connections",
        counted_as: &[],
        run: idle,
    },
    Attack {
        name: "pulls that nobody reads",
        counted_as: &["memory"],
        run: never_read,
    },
    Attack {
        name: "pushes that do not end",
        counted_as: &["memory"],
        run: never_written,
    },
    Attack {
        name: "messages of very many fields",
        counted_as: &["too_large"],
        run: many_fields,
    },
    Attack {
        name: "pings without end",
        counted_as: &["flood"],
        run: pings,
    },
    Attack {
        name: "calls reset at once",
        counted_as: &["flood"],
        run: resets,
    },
    Attack {
        name: "guessed tokens",
        counted_as: &["wrong_credentials"],
        run: guesses,
    },
    Attack {
        name: "calls that are none",
        counted_as: &[],
        run: odd_calls,
    },
];
