//! Connections that are held for nothing.

use std::io::Write;
use std::time::Duration;

use quarterdeck_proto::v1;
use quarterdeck_server::{First, Limits, NewWorkspace, ServeOptions, Server, World, init};
use quarterdeck_tests::raw::{self, HEADERS, PREFACE, frame, headers};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::support::{soon, with_token};
use super::{THERE, attacker, goes_on, hung_up_on, server};

const SOON: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_nothing_is_hung_up_on() {
    let limits = Limits {
        request_head: SOON,
        ..Limits::default()
    };
    let server = server(limits).await;
    let begun = headers(&[(":method", "POST"), (":path", "/x")]);
    let said: [Vec<u8>; 6] = [
        Vec::new(),
        PREFACE[..10].to_vec(),
        raw::opening(65_535),
        // Headers that never end.
        [&raw::opening(65_535)[..], &frame(HEADERS, 0, 1, &begun)].concat(),
        // Only calls that are turned away.
        [
            &raw::opening(65_535)[..],
            &raw::call("quarterdeck.v1.SyncService/GetCheckpoint", "made-up", 1),
        ]
        .concat(),
        b"\x16\x03\x01".to_vec(),
    ];
    for said in said {
        let mut stream = attacker(&server);
        // It may hang up while this is being said.
        let _ = stream.write_all(&said);
        hung_up_on(stream).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_does_not_end_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let url = "okr.example.com:7443".parse().unwrap();
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    init(&data, &url, &first, &World::system()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = ServeOptions {
        limits: Limits {
            request_head: SOON,
            ..Limits::default()
        },
        ..ServeOptions::new(data)
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(Server::open(options).unwrap().serve(listener, async move {
        let _ = stopped.await;
    }));
    // Nothing; the beginning of a greeting; another protocol.
    for said in [
        &b""[..],
        &[0x16, 3, 1, 0, 200, 1, 0, 0, 196],
        &raw::opening(0),
    ] {
        let mut stream = raw::connect_from(THERE, address);
        let _ = stream.write_all(said);
        hung_up_on(stream).await;
    }
    stop.send(()).unwrap();
    soon(serving).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_on_which_nothing_is_asked_any_more_is_closed() {
    let limits = Limits {
        connection_idle: SOON,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    // A watch is a call that is open: its connection stays.
    let request = with_token(&ana.token, v1::WatchRequest { first_seq: 1 });
    let mut watch = ana.client.watch(request).await.unwrap().into_inner();
    watch.message().await.unwrap().unwrap();
    let mut idle = attacker(&server);
    let call = raw::call("quarterdeck.v1.SyncService/GetCheckpoint", &ana.token, 1);
    idle.write_all(&[raw::opening(65_535), call, raw::request(&[], 1)].concat())
        .unwrap();
    let answered = hung_up_on(idle).await;
    assert!(!answered.is_empty());
    let mut other = server
        .device("ben", quarterdeck_core::token::Role::Editor)
        .await;
    goes_on(&mut other).await;
    let news = soon(watch.message()).await.unwrap().unwrap();
    assert!(!news.entries.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_of_one_address_make_room_for_each_other_alone() {
    let limits = Limits {
        connections_per_address: 5,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    let mut crowd: Vec<_> = (0..5).map(|_| attacker(&server)).collect();
    let request = with_token(&ana.token, v1::WatchRequest { first_seq: 1 });
    let mut watch = ana.client.watch(request).await.unwrap().into_inner();
    watch.message().await.unwrap().unwrap();
    // Each one that comes is let in, and an earlier one goes for it.
    for _ in 0..20 {
        crowd.push(attacker(&server));
        hung_up_on(crowd.remove(0)).await;
    }
    goes_on(&mut ana).await;
    soon(watch.message()).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_connections_are_taken_the_idle_ones_make_room_for_the_honest() {
    let limits = Limits {
        connections: 8,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    let _crowd: Vec<_> = (0..30).map(|_| attacker(&server)).collect();
    for member in ["ben", "cleo", "dan"] {
        let mut device = server
            .device(member, quarterdeck_core::token::Role::Editor)
            .await;
        goes_on(&mut device).await;
    }
    goes_on(&mut ana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_connects_without_end_is_not_let_in_any_more_and_others_are() {
    let limits = Limits {
        arrivals_at_once: 10,
        arrivals_per_second: 0,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    let _let_in: Vec<_> = (0..10).map(|_| attacker(&server)).collect();
    for _ in 0..5 {
        assert_eq!(hung_up_on(attacker(&server)).await, b"");
    }
    goes_on(&mut ana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_turned_away_cost_the_connection_in_the_end() {
    let limits = Limits {
        arrivals_at_once: 20,
        arrivals_per_second: 0,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    let mut stream = attacker(&server);
    stream.write_all(&raw::opening(65_535)).unwrap();
    for at in 0..30 {
        let call = raw::call("quarterdeck.v1.NoService/Nothing", "none", 2 * at + 1);
        if stream.write_all(&call).is_err() {
            break;
        }
    }
    hung_up_on(stream).await;
    assert_eq!(hung_up_on(attacker(&server)).await, b"");
    goes_on(&mut ana).await;
}
