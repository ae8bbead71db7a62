//! Servers that answer slowly, without an end, or not at all: a client waits for its time, and no longer.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use quarterdeck_tests::raw::{DATA, END_HEADERS, HEADERS, SETTINGS, frame, headers, message};
use tokio_stream::StreamExt;

use crate::grpc::Grpc;
use crate::remote::Remote;
use crate::{RemoteAddress, RemoteError};

/// A server that says this on the first stream, once somebody has begun a call on it, and then nothing more.
fn server(says: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let says = says.clone();
            std::thread::spawn(move || serve(&mut client, &says));
        }
    });
    port
}

fn serve(client: &mut TcpStream, says: &[u8]) -> Option<()> {
    let mut preface = [0; 24];
    client.read_exact(&mut preface).ok()?;
    client.write_all(&frame(SETTINGS, 0, 0, &[])).ok()?;
    loop {
        let mut head = [0; 9];
        client.read_exact(&mut head).ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        std::io::copy(&mut client.take(length.into()), &mut std::io::sink()).ok()?;
        if head[3] == HEADERS {
            client.write_all(says).ok()?;
        }
    }
}

/// The headers of an answer.
fn begun() -> Vec<u8> {
    // 0x88 stands for `:status: 200`.
    let fields = [
        &[0x88][..],
        &headers(&[("content-type", "application/grpc")]),
    ]
    .concat();
    frame(HEADERS, END_HEADERS, 1, &fields)
}

async fn client(port: u16) -> Grpc {
    let address = RemoteAddress {
        host: "127.0.0.1".to_owned(),
        port,
        fingerprint: None,
        plaintext: false,
        token: None,
        renew_after: None,
    };
    let mut grpc = Grpc::connect(&address).await.unwrap();
    grpc.patience = Duration::from_millis(50);
    grpc
}

#[track_caller]
fn gave_up<T>(answer: Result<T, RemoteError>) {
    match answer {
        Err(RemoteError::Unreachable(what)) => {
            assert!(what.contains("it stopped answering"), "{what}");
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("an answer out of nothing"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_come_or_does_not_end_is_given_up() {
    let half = message(1_000, &[10; 500], 1);
    let sayings = [Vec::new(), begun(), [begun(), half].concat()];
    for says in sayings {
        let port = server(says.clone());
        gave_up(client(port).await.checkpoint().await);
        gave_up(client(port).await.consistency(1, 2).await);
        gave_up(client(port).await.push(Vec::new()).await);
        match client(port).await.pull(1).await {
            Ok(mut chunks) => gave_up(chunks.next().await.unwrap()),
            Err(error) => gave_up::<()>(Err(error)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_claims_to_be_huge_is_refused() {
    let says = [begun(), message(u32::MAX, &[10; 500], 1)].concat();
    let answer = client(server(says)).await.checkpoint().await;
    let error = answer.unwrap_err().to_string();
    assert!(error.contains("too large"), "{error}");
    let rubbish = frame(DATA, 0, 1, &[7; 100]);
    client(server([begun(), rubbish].concat()))
        .await
        .checkpoint()
        .await
        .unwrap_err();
}

/// A server of another kind, which would send its client elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_leads_elsewhere_is_not_followed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, other) = (
        listener.local_addr().unwrap().port(),
        elsewhere.local_addr().unwrap(),
    );
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let says = format!("HTTP/1.1 302 Found\r\nlocation: http://{other}/\r\n\r\n");
            // The client may be gone already.
            let _ = client.write_all(says.as_bytes());
        }
    });
    let address = RemoteAddress {
        host: "127.0.0.1".to_owned(),
        port,
        fingerprint: None,
        plaintext: false,
        token: None,
        renew_after: None,
    };
    if let Ok(mut grpc) = Grpc::connect(&address).await {
        grpc.patience = Duration::from_millis(50);
        grpc.checkpoint().await.unwrap_err();
    }
    elsewhere.set_nonblocking(true).unwrap();
    assert!(elsewhere.accept().is_err(), "it went where it was led");
}
