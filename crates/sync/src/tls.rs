//! TLS to a server: by the system's authorities, or by the fingerprint that an invitation carries.
//!
//! A pinned certificate is believed for its fingerprint alone; that its holder has the key is checked
//! by the handshake as ever. A server that renewed its certificate sends those before it along: one that
//! is for the very key of the pinned one is its successor, and holding that key is what the handshake
//! proves. Names and dates of a pinned certificate say nothing: a server that signed
//! its own may move to another name.

use std::sync::Arc;

use quarterdeck_ledger::Hash;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use sha2::{Digest, Sha256};

/// How a connection is made to be one with the right server.
pub(crate) fn client_config(fingerprint: Option<Hash>) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let mut config = match fingerprint {
        Some(fingerprint) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned {
                fingerprint,
                provider,
            }))
            .with_no_client_auth(),
        None => {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err("this system has no certificate authorities installed".to_owned());
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

/// Whether a handshake failed because the certificate is another one than was pinned.
pub(crate) fn is_other_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        let tls = error
            .downcast_ref::<Error>()
            .or_else(|| inner.and_then(|inner| inner.downcast_ref()));
        if let Some(Error::InvalidCertificate(_)) = tls {
            return true;
        }
        next = error.source();
    }
    false
}

/// Whether two certificates are for the same public key.
fn is_of_one_key(one: &CertificateDer<'_>, other: &CertificateDer<'_>) -> bool {
    let key = |certificate| {
        let parsed = ParsedCertificate::try_from(certificate).ok()?;
        Some(parsed.subject_public_key_info())
    };
    key(one).is_some_and(|found| key(other) == Some(found))
}

#[derive(Debug)]
struct Pinned {
    fingerprint: Hash,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let is_pinned =
            |certificate: &CertificateDer<'_>| Sha256::digest(certificate)[..] == self.fingerprint;
        let pinned = others.iter().find(|certificate| is_pinned(certificate));
        let succeeds = || pinned.is_some_and(|pinned| is_of_one_key(pinned, end_entity));
        if is_pinned(end_entity) || succeeds() {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(
                CertificateError::ApplicationVerificationFailure,
            ))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
