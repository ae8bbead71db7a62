//! Whom a connection is made with.

use std::sync::Arc;

use quarterdeck_ledger::Hash;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::grpc::{Grpc, fingerprint};
use crate::{RemoteAddress, RemoteError};

/// A certificate for a key; those of other numbers are others.
fn certificate(key: &KeyPair, number: u64) -> CertificateDer<'static> {
    let mut params = CertificateParams::new(vec!["okr.example.com".to_owned()]).unwrap();
    params.serial_number = Some(number.into());
    params.self_signed(key).unwrap().der().clone()
}

/// A listener that shows certificates and says nothing after the handshake.
async fn showing(key: &KeyPair, chain: Vec<CertificateDer<'static>>) -> u16 {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(chain, key)
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
    port
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
    let key = KeyPair::generate().unwrap();
    let made = certificate(&key, 1);
    let shown = fingerprint(&made);
    let port = showing(&key, vec![made]).await;
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
async fn a_renewed_certificate_is_believed_for_the_key_of_the_one_that_is_known() {
    let key = KeyPair::generate().unwrap();
    let (first, second, third) = (
        certificate(&key, 1),
        certificate(&key, 2),
        certificate(&key, 3),
    );
    let known = fingerprint(&first);
    let port = showing(&key, vec![third, second, first.clone()]).await;
    Grpc::connect(&address(port, Some(known))).await.unwrap();

    // Anybody can send the known one along; what they cannot do is to hold its key.
    let other = KeyPair::generate().unwrap();
    let port = showing(&other, vec![certificate(&other, 1), first]).await;
    let refused = Grpc::connect(&address(port, Some(known)))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, RemoteError::OtherCertificate { .. }),
        "{refused}"
    );
    // And a renewed one alone says nothing to who knows another.
    let port = showing(&key, vec![certificate(&key, 4)]).await;
    let refused = Grpc::connect(&address(port, Some(known)))
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
