//! Health as gRPC tells it, service by service, and what a server says of itself while it stops.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

mod support;

use std::time::Duration;

use quarterdeck_proto::v1;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_server::{
    First, Limits, NewWorkspace, ServeOptions, Server, TlsFiles, World, health_at, health_of, init,
};
use support::{Running, soon, with_token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

#[tokio::test]
async fn every_service_is_healthy_on_a_server_that_is() {
    let server = Running::start().await;
    let mut health = HealthClient::new(server.channel().await);
    for service in [
        "",
        "live",
        "quarterdeck.v1.SyncService",
        "quarterdeck.v1.QueryService",
        "quarterdeck.v1.CommandService",
        "quarterdeck.v1.AdminService",
    ] {
        let service = service.to_owned();
        let answer = health.check(HealthCheckRequest { service }).await.unwrap();
        assert_eq!(answer.into_inner().status, 1);
    }
    let service = "quarterdeck.v1.None".to_owned();
    health
        .check(HealthCheckRequest { service })
        .await
        .unwrap_err();
    let by_socket = soon(health_of(&server.data())).await.unwrap();
    assert!(by_socket.is_live && by_socket.is_ready);
    let address = server.address.to_string().parse().unwrap();
    assert_eq!(soon(health_at(&address, None)).await.unwrap(), by_socket);
}

#[tokio::test]
async fn a_device_hears_how_the_server_stands_with_it() {
    let server = Running::start().await;
    let ana = server.owner().await;
    let mut client = SyncServiceClient::new(server.channel().await);
    let request = with_token(&ana.token, v1::GetCheckpointRequest {});
    let answer = client.get_checkpoint(request).await.unwrap().into_inner();
    let now = server.clock.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(answer.server_ms, now);
    assert_eq!(answer.token_expires_ms, now + 180 * 24 * 60 * 60 * 1_000);
    assert_eq!(answer.standing, "open");
}

async fn get(at: std::net::SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(at).await.ok()?;
    let question = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

#[tokio::test]
async fn a_server_that_stops_says_so_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let url = "127.0.0.1:0".parse().unwrap();
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    init(&data, &url, &first, &World::system()).await.unwrap();
    let figures = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = figures.local_addr().unwrap();
    let options = ServeOptions {
        metrics: Some(figures),
        limits: Limits {
            shutdown_grace: Duration::from_secs(2),
            ..Limits::default()
        },
        ..ServeOptions::new(&data)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::open(options).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(server.serve(listener, async move {
        let _ = stopped.await;
    }));
    let ready = soon(get(at, "/readyz")).await.unwrap();
    assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");

    // Somebody who watches its health: the server waits for them, but not for ever.
    let endpoint = Endpoint::new(format!("http://{address}")).unwrap();
    let mut watcher = HealthClient::new(endpoint.connect().await.unwrap());
    let asked = HealthCheckRequest::default();
    let mut watched = watcher.watch(asked).await.unwrap().into_inner();
    soon(watched.message()).await.unwrap();
    stop.send(()).unwrap();
    let mut said = Vec::new();
    while let Some(answer) = soon(get(at, "/readyz")).await {
        if answer.starts_with("HTTP/1.1 503") {
            assert!(answer.ends_with("The server is stopping.\n"), "{answer}");
            let live = soon(get(at, "/livez")).await.unwrap();
            assert!(live.starts_with("HTTP/1.1 200"), "{live}");
            said.push(answer);
            break;
        }
    }
    assert_eq!(
        said.len(),
        1,
        "it was gone before it had said that it stops"
    );
    soon(task).await.unwrap().unwrap();
    assert!(health_of(&data).await.is_err());
}

#[tokio::test]
async fn a_server_that_speaks_tls_is_asked_by_its_authority() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let url = "127.0.0.1:0".parse().unwrap();
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    init(&data, &url, &first, &World::system()).await.unwrap();
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let files = TlsFiles {
        cert: folder.path().join("cert.pem"),
        key: folder.path().join("key.pem"),
    };
    std::fs::write(&files.cert, own.signed_by(&key, &issuer).unwrap().pem()).unwrap();
    std::fs::write(&files.key, key.serialize_pem()).unwrap();
    let options = ServeOptions {
        tls: Some(files),
        ..ServeOptions::new(&data)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server::open(options).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(server.serve(listener, async move {
        let _ = stopped.await;
    }));
    let address = format!("localhost:{port}").parse().unwrap();
    let healthy = soon(health_at(&address, Some(authority_pem.as_bytes()))).await;
    assert!(healthy.unwrap().is_ready);
    // Without the authority, in plain text: nobody answers who could be understood.
    soon(health_at(&address, None)).await.unwrap_err();
    stop.send(()).unwrap();
    soon(task).await.unwrap().unwrap();
}
