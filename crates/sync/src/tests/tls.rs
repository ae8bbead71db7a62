//! Whom a connection is made with.

use std::sync::Arc;

use quarterdeck_ledger::Hash;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::grpc::{Grpc, fingerprint};
use crate::{RemoteAddress, RemoteError};

/// A listener that shows a certificate of its own and says nothing after the handshake.
async fn server() -> (u16, Hash) {
    let made = rcgen::generate_simple_self_signed(vec!["okr.example.com".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(vec![made.cert.der().clone()], key)
    .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            // A client that turns away is what half of the tests are about.
            open.extend(acceptor.accept(stream).await.ok());
        }
    });
    (port, fingerprint(made.cert.der()))
}

fn address(port: u16, fingerprint: Option<Hash>) -> RemoteAddress {
    RemoteAddress {
        host: "127.0.0.1".to_owned(),
        port,
        fingerprint,
        plaintext: false,
        token: None,
        renew_after: None,
    }
}

#[tokio::test]
async fn the_certificate_of_the_invitation_is_believed_and_no_other() {
    let (port, shown) = server().await;
    Grpc::connect(&address(port, Some(shown))).await.unwrap();
    let refused = Grpc::connect(&address(port, Some([1; 32])))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, RemoteError::OtherCertificate { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn where_nobody_answers_the_error_says_where() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let refused = Grpc::connect(&address(port, None)).await.unwrap_err();
    assert!(matches!(&refused, RemoteError::Unreachable(what) if what.contains(&port.to_string())));
    assert!(refused.to_string().contains("local work is kept"));
}
