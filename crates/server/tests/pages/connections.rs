//! What a connection may take up, and how it is protected.

use std::sync::Arc;
use std::time::Duration;

use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use quarterdeck_proto::v1::{CreateLinkRequest, GetStatusRequest};
use quarterdeck_server::{
    First, Limits, NewWorkspace, PageListener, ServeOptions, Server, ServerError, World, init,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::support::browser::{Page, ask, get, send};
use super::support::quarter::{planned, planned_on};
use super::support::{Running, soon, with_token};
use super::{nothing, session};

#[tokio::test]
async fn what_is_too_large_is_turned_away_and_others_go_on() {
    let (server, ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    let long = "x".repeat(20_000);
    let page = ask(server.page, "GET", "/acme/", &[("x-long", &long)]).await;
    assert_eq!(page.status, 431);
    let page = ask(server.page, "GET", &format!("/acme/{long}"), &[]).await;
    assert!(matches!(page.status, 414 | 431), "{page:?}");
    let many: Vec<_> = (0..100).map(|at| (format!("x-{at}"), "y")).collect();
    let many: Vec<_> = many
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    assert_eq!(ask(server.page, "GET", "/acme/", &many).await.status, 431);
    let body = format!("POST /acme/ HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n{long}");
    let refused = Page::read(&send(server.page, body.as_bytes()).await);
    assert!(matches!(refused.status, 405 | 0), "{refused:?}");
    let rubbish = Page::read(&send(server.page, b"\x16\x03\x01\x02\x00\x01\r\n\r\n").await);
    assert!(matches!(rubbish.status, 400 | 0), "{rubbish:?}");
    assert_eq!(get(server.page, "/acme/", &cookie).await.status, 200);
}

#[tokio::test]
async fn whoever_says_nothing_is_hung_up_on() {
    let limits = Limits {
        request_head: Duration::from_millis(50),
        ..Limits::default()
    };
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    let server = Running::with(limits, first).await;
    for said in [&b""[..], b"GET /acme/ HTTP/1.1\r\nhost:"] {
        // Comes back because the server hangs up.
        let answer = Page::read(&send(server.page, said).await);
        assert!(matches!(answer.status, 0 | 408), "{answer:?}");
    }
}

#[tokio::test]
async fn one_address_takes_no_room_from_others_and_gets_its_own_back() {
    let limits = Limits {
        browsers_per_address: 2,
        ..Limits::default()
    };
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    let (server, _) = planned_on(Running::with(limits, first).await).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.page).await.unwrap();
        // Answered, so it is counted; and kept.
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut byte = [0];
        soon(stream.read_exact(&mut byte)).await.unwrap();
        open.push(stream);
    }
    assert_eq!(
        ask(server.page, "GET", "/", &[]).await.status,
        0,
        "one too many"
    );
    drop(open);
    // The server hears of it in its own time.
    let again = async {
        while ask(server.page, "GET", "/", &[]).await.status != 404 {
            tokio::task::yield_now().await;
        }
    };
    soon(again).await;
}

#[tokio::test]
async fn a_stop_ends_connections_that_wait() {
    let (mut server, _) = planned().await;
    let mut stream = TcpStream::connect(server.page).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut byte = [0];
    soon(stream.read_exact(&mut byte)).await.unwrap();
    server.stop().await;
    let mut rest = Vec::new();
    let _ = soon(stream.read_to_end(&mut rest)).await;
    assert!(
        TcpStream::connect(server.page).await.is_err(),
        "nobody listens"
    );
}

/// A data folder of a server that is reached under a name.
async fn set_up(folder: &std::path::Path, url: &str) -> String {
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    let url = url.parse().unwrap();
    init(folder, &url, &first, &World::system())
        .await
        .unwrap()
        .url
}

fn listener(address: &str) -> PageListener {
    PageListener {
        listener: std::net::TcpListener::bind(address).unwrap(),
        url: None,
    }
}

#[tokio::test]
async fn plain_text_stays_on_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    set_up(&data, "127.0.0.1:0").await;
    let open = |page, insecure_plaintext| {
        let options = ServeOptions {
            page: Some(listener(page)),
            insecure_plaintext,
            ..ServeOptions::new(data.clone())
        };
        Server::open(options).unwrap()
    };
    let here = "127.0.0.1:7443".parse().unwrap();
    let refused = open("0.0.0.0:0", false).listen_on(here).unwrap_err();
    assert!(
        matches!(refused, ServerError::Plaintext { .. }),
        "{refused}"
    );
    open("0.0.0.0:0", true).listen_on(here).unwrap();
    let server = open("127.0.0.1:0", false);
    assert_eq!(server.page_url(), None);
    server.listen_on(here).unwrap();
    assert!(server.page_url().unwrap().starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn beyond_this_machine_pages_come_encrypted_and_cookies_only_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    set_up(&data, "okr.example.com:7443").await;
    let page = listener("0.0.0.0:0");
    let port = page.listener.local_addr().unwrap().port();
    let grpc = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = grpc.local_addr().unwrap();
    let options = ServeOptions {
        page: Some(page),
        ..ServeOptions::new(data.clone())
    };
    let server = Server::open(options).unwrap();
    server.listen_on(address).unwrap();
    let origin = format!("https://okr.example.com:{port}");
    assert_eq!(server.page_url(), Some(origin.as_str()));
    let admin = data.clone();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(server.serve(grpc, async move {
        let _ = stopped.await;
    }));
    // A program's token, made by the operator; the link by way of the certificate's authority.
    let mut connection = soon(quarterdeck_server::connect(&admin)).await.unwrap();
    let request = quarterdeck_proto::v1::CreateTokenRequest {
        member: "ana".into(),
        ..Default::default()
    };
    let token = connection.client.create_token(request).await.unwrap();
    let token = token.into_inner().secret;
    let authority = std::fs::read(data.join("tls/ca.pem")).unwrap();
    let tls = tonic::transport::ClientTlsConfig::new()
        .ca_certificate(tonic::transport::Certificate::from_pem(&authority))
        .domain_name("okr.example.com");
    let endpoint = tonic::transport::Endpoint::try_from(format!("https://{address}")).unwrap();
    let channel = endpoint.tls_config(tls).unwrap().connect().await.unwrap();
    let mut client = QueryServiceClient::new(channel);
    let request = with_token(&token, GetStatusRequest::default());
    client.get_status(request).await.unwrap();
    let made = client.create_link(with_token(&token, CreateLinkRequest::default()));
    let url = made.await.unwrap().into_inner().url;
    let path = url.strip_prefix(&origin).unwrap();

    let opened = over_tls(port, &authority, path, "").await;
    assert_eq!(opened.status, 303);
    let cookie = opened.header("set-cookie");
    assert!(cookie.starts_with("__Secure-okr=qds_"), "{cookie}");
    assert!(
        cookie.ends_with("; HttpOnly; SameSite=Strict; Secure"),
        "{cookie}"
    );
    let head = over_tls(port, &authority, "/acme/head", &opened.cookie().unwrap()).await;
    assert_eq!(head.status, 200);
    let at = format!("127.0.0.1:{port}").parse().unwrap();
    assert_ne!(
        get(at, "/", "").await.status,
        404,
        "in plain text nothing is said"
    );
    stop.send(()).unwrap();
    soon(task).await.unwrap().unwrap();
}

async fn over_tls(port: u16, authority: &[u8], path: &str, cookie: &str) -> Page {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let name = ServerName::try_from("okr.example.com").unwrap();
    let mut stream = soon(connector.connect(name, stream)).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: okr.example.com\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let _ = soon(stream.read_to_end(&mut read)).await;
    Page::read(&String::from_utf8_lossy(&read))
}

#[tokio::test]
async fn outsiders_are_told_the_same_at_once_or_later_on_one_connection() {
    let (server, _) = planned().await;
    let nothing = nothing(&server).await;
    let two = b"GET /acme/ HTTP/1.1\r\nhost: x\r\n\r\nGET /globex/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let both = send(server.page, two).await;
    assert_eq!(both.matches(nothing.body.as_str()).count(), 2, "{both}");
}
