//! Setting up, restarting, administrating and stopping.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

mod support;

use std::io::Write;

use quarterdeck_core::token::Role;
use quarterdeck_proto::v1;
use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use quarterdeck_server::{
    First, Limits, NewWorkspace, ServeOptions, Server, ServerError, TlsFiles, World, connect, init,
};
use support::{Running, Seen, files_below, soon, with_token};
use tokio::net::TcpListener;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};

fn acme() -> First {
    First::Workspace(NewWorkspace::new("acme", "ana"))
}

#[tokio::test]
async fn a_folder_is_set_up_once_and_for_one_server_at_a_time() {
    let server = Running::start().await;
    let url = "127.0.0.1:0".parse().unwrap();
    let again = init(&server.data(), &url, &acme(), &World::system())
        .await
        .unwrap_err();
    assert!(matches!(again, ServerError::Locked { .. }), "{again}");
    let second = Server::open(ServeOptions::new(server.data())).unwrap_err();
    assert!(matches!(second, ServerError::Locked { .. }), "{second}");
    let nowhere = Server::open(ServeOptions::new(server.folder.path().join("none"))).unwrap_err();
    assert!(
        matches!(nowhere, ServerError::NotInitialised { .. }),
        "{nowhere}"
    );
}

#[tokio::test]
async fn a_name_that_will_not_do_leaves_no_workspace_behind() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let url = "127.0.0.1:0".parse().unwrap();
    let bad = First::Workspace(NewWorkspace::new("a/b", "ana"));
    let refused = init(&data, &url, &bad, &World::system()).await.unwrap_err();
    assert!(matches!(refused, ServerError::Refused(_)), "{refused}");
    init(&data, &url, &acme(), &World::system()).await.unwrap();
    assert_eq!(
        std::fs::read_dir(data.join("workspaces")).unwrap().count(),
        1
    );
}

#[tokio::test]
async fn what_was_recorded_is_there_after_a_restart_with_or_without_a_snapshot() {
    let mut server = Running::start().await;
    let mut ana = server.owner().await;
    let events = ana.note("kept");
    ana.push_one(events).await;
    let expected = state_json(&server, &ana.token).await;
    let derived = |server: &Running| -> Vec<_> {
        let all = files_below(&server.data());
        all.into_iter()
            .filter(|path| path.components().any(|c| c.as_os_str() == "derived"))
            .collect()
    };
    for round in 0..3 {
        server.stop().await;
        let snapshots = derived(&server);
        assert!(!snapshots.is_empty(), "a stop leaves a snapshot");
        for path in snapshots {
            match round {
                0 => {}
                1 => std::fs::remove_file(path).unwrap(),
                _ => {
                    let mut bytes = std::fs::read(&path).unwrap();
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 1;
                    std::fs::File::create(&path)
                        .unwrap()
                        .write_all(&bytes)
                        .unwrap();
                }
            }
        }
        server.start_again().await;
        assert_eq!(
            state_json(&server, &ana.token).await,
            expected,
            "round {round}"
        );
    }
}

async fn state_json(server: &Running, token: &str) -> Vec<u8> {
    let mut client = QueryServiceClient::new(server.channel().await);
    let request = with_token(token, v1::GetStateRequest::default());
    let mut parts = client.get_state(request).await.unwrap().into_inner();
    let mut json = Vec::new();
    while let Some(part) = parts.message().await.unwrap() {
        json.extend(part.json);
    }
    json
}

#[tokio::test]
async fn administration_works_while_it_runs_and_while_it_does_not() {
    let mut server = Running::start().await;
    for running in [true, false] {
        if !running {
            server.stop().await;
        }
        let mut connection = soon(connect(&server.data())).await.unwrap();
        let name = format!("member {running}");
        let request = v1::CreateInvitationRequest {
            member: name,
            ..Default::default()
        };
        let made = connection
            .client
            .create_invitation(request)
            .await
            .unwrap()
            .into_inner();
        assert!(made.invitation.unwrap().url.starts_with("okr://127.0.0.1:"));
        let mut parts = connection
            .client
            .verify(v1::VerifyRequest::default())
            .await
            .unwrap()
            .into_inner();
        let mut last = None;
        while let Some(part) = parts.message().await.unwrap() {
            last = Some(part);
        }
        assert!(last.unwrap().result.unwrap().ok);
        connection.close().await;
    }
    server.start_again().await;
    let mut connection = soon(connect(&server.data())).await.unwrap();
    let all = connection
        .client
        .list_workspaces(v1::ListWorkspacesRequest {})
        .await
        .unwrap();
    assert_eq!(all.into_inner().workspaces[0].members, 3);
    connection.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn secrets_are_for_the_servers_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let server = Running::start().await;
    server.owner().await;
    for path in files_below(&server.data()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if ["key", "access.json", "admin.sock", "server.toml"].contains(&name) {
            let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn invitations_name_the_port_that_was_listened_on() {
    let server = Running::start().await;
    let url = server.invite("ben", Role::Editor).await;
    assert!(
        url.starts_with(&format!("okr://{}/", server.address)),
        "{url}"
    );
}

#[tokio::test]
async fn plain_text_stays_on_this_machine() {
    let server = Running::start().await;
    drop(server);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    init(
        &data,
        &"127.0.0.1:0".parse().unwrap(),
        &acme(),
        &World::system(),
    )
    .await
    .unwrap();
    let open = |insecure| {
        let options = ServeOptions {
            insecure_plaintext: insecure,
            ..ServeOptions::new(data.clone())
        };
        Server::open(options).unwrap()
    };
    let everywhere = "0.0.0.0:7443".parse().unwrap();
    let refused = open(false).listen_on(everywhere).unwrap_err();
    assert!(
        matches!(refused, ServerError::Plaintext { .. }),
        "{refused}"
    );
    open(true).listen_on(everywhere).unwrap();
}

#[tokio::test]
async fn its_own_certificate_is_served_and_its_fingerprint_is_in_invitations() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let url = "okr.example.com:7443".parse().unwrap();
    let invitation = init(&data, &url, &acme(), &World::system()).await.unwrap();
    let fingerprint = invitation.url.rsplit_once('.').unwrap().1;
    assert_eq!(fingerprint.len(), 43, "{}", invitation.url);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let options = ServeOptions::new(data.clone());
    let task = tokio::spawn(quarterdeck_server::serve(listener, options, async move {
        let _ = stopped.await;
    }));
    // As a client of another language does it: with the authority's certificate.
    let authority = std::fs::read(data.join("tls/ca.pem")).unwrap();
    let tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(authority))
        .domain_name("okr.example.com");
    let endpoint = Endpoint::try_from(format!("https://{address}")).unwrap();
    let channel = endpoint.tls_config(tls).unwrap().connect().await.unwrap();
    let mut health = tonic_health::pb::health_client::HealthClient::new(channel);
    let request = tonic_health::pb::HealthCheckRequest {
        service: String::new(),
    };
    assert_eq!(health.check(request).await.unwrap().into_inner().status, 1);
    drop(health);
    stop.send(()).unwrap();
    soon(task).await.unwrap().unwrap();

    let missing = TlsFiles {
        cert: "nowhere.pem".into(),
        key: "nowhere.pem".into(),
    };
    let options = ServeOptions {
        tls: Some(missing),
        ..ServeOptions::new(data)
    };
    let refused = Server::open(options)
        .unwrap()
        .listen_on(address)
        .unwrap_err();
    assert!(refused.to_string().contains("nowhere.pem"), "{refused}");
}

#[tokio::test]
async fn health_and_both_reflections_answer_without_a_token() {
    let server = Running::start().await;
    let channel = server.channel().await;
    let mut health = tonic_health::pb::health_client::HealthClient::new(channel.clone());
    let service = "quarterdeck.v1.SyncService".to_owned();
    let request = tonic_health::pb::HealthCheckRequest { service };
    assert_eq!(health.check(request).await.unwrap().into_inner().status, 1);
    let list = || {
        use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
        tonic_reflection::pb::v1::ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        }
    };
    let mut reflection =
        tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient::new(
            channel.clone(),
        );
    let mut answers = reflection
        .server_reflection_info(tokio_stream::once(list()))
        .await
        .unwrap()
        .into_inner();
    let answer = format!("{:?}", answers.message().await.unwrap().unwrap());
    assert!(answer.contains("quarterdeck.v1.SyncService"), "{answer}");
    let mut alpha =
        tonic_reflection::pb::v1alpha::server_reflection_client::ServerReflectionClient::new(
            channel,
        );
    use tonic_reflection::pb::v1alpha::server_reflection_request::MessageRequest;
    let list = tonic_reflection::pb::v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = alpha
        .server_reflection_info(tokio_stream::once(list))
        .await
        .unwrap()
        .into_inner();
    assert!(format!("{:?}", answers.message().await.unwrap()).contains("quarterdeck.v1"));
}

#[tokio::test]
async fn figures_are_served_on_a_listener_of_their_own() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    init(
        &data,
        &"127.0.0.1:0".parse().unwrap(),
        &acme(),
        &World::system(),
    )
    .await
    .unwrap();
    let metrics = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = metrics.local_addr().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = ServeOptions {
        metrics: Some(metrics),
        limits: Limits::default(),
        ..ServeOptions::new(data)
    };
    let server = Server::open(options).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(server.serve(listener, async move {
        let _ = stopped.await;
    }));
    let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    soon(stream.read_to_string(&mut text)).await.unwrap();
    assert!(text.contains("quarterdeck_appends_total"), "{text}");
    assert!(text.contains("quarterdeck_head{workspace="), "{text}");
    stop.send(()).unwrap();
    soon(task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_finishes_what_was_acknowledged() {
    let mut server = Running::start().await;
    let mut ana = server.owner().await;
    let head = ana.state.head;
    let events = ana.note("just in time");
    assert_eq!(ana.push_one(events).await, [Seen::Recorded(head + 1)]);
    soon(server.stop()).await;
    server.start_again().await;
    let mut connection = soon(connect(&server.data())).await.unwrap();
    let all = connection
        .client
        .list_workspaces(v1::ListWorkspacesRequest {})
        .await
        .unwrap();
    assert_eq!(all.into_inner().workspaces[0].head, head + 1);
    connection.close().await;
}
