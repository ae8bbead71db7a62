//! Certificates: the server's own, made when it is set up, or the operator's.
//!
//! Clients of other languages refuse a certificate whose issuer and subject are the same or whose
//! validity is out of all proportion; the server's own is neither. `okr` trusts it by the fingerprint
//! that invitations carry, other clients by `tls/ca.pem`.
//!
//! Guarantees: a certificate that is exchanged while okrd serves is taken for new connections and
//! leaves those that are open alone; one that cannot be used leaves the present one in place; a
//! renewed certificate of the server's own is for the same key and is sent together with those before
//! it, so that whoever knows one of them by its fingerprint can tell that the new one is its successor.

mod own;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};

pub(crate) use own::{Renewed, make as make_own, renew as renew_own};

use crate::error::ServerError;
use crate::files;

/// A certificate and its private key, as PEM files.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

pub(crate) fn own_files(folder: &Path) -> TlsFiles {
    TlsFiles {
        cert: folder.join("cert.pem"),
        key: folder.join("key.pem"),
    }
}

/// The certificate that new connections are made with.
#[derive(Debug)]
pub(crate) struct Certificate {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    present: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    pub(crate) fn load(files: TlsFiles) -> Result<Arc<Self>, ServerError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let present = RwLock::new(Arc::new(read(&files, &provider)?));
        Ok(Arc::new(Self {
            files,
            provider,
            present,
        }))
    }

    /// The file that it was read from.
    pub(crate) fn file(&self) -> &Path {
        &self.files.cert
    }

    /// Reads the files again. What cannot be used changes nothing.
    pub(crate) fn reload(&self) -> Result<(), ServerError> {
        let read = Arc::new(read(&self.files, &self.provider)?);
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// How to speak the protocol of this name with it.
    pub(crate) fn config(self: &Arc<Self>, alpn: &[u8]) -> Result<Arc<ServerConfig>, ServerError> {
        let provider = Arc::clone(&self.provider);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&error))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![alpn.to_vec()];
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let present = self.present.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&present))
    }
}

fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, ServerError> {
    let chain = chain(&files.cert)?;
    let key = PrivateKeyDer::from_pem_slice(&files::read(&files.key)?)
        .map_err(|error| ServerError::bad_file(&files.key, error))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| unusable(&error))
}

fn unusable(error: &rustls::Error) -> ServerError {
    ServerError::Certificate {
        what: error.to_string(),
    }
}

/// The certificates in a PEM file.
fn chain(cert: &Path) -> Result<Vec<CertificateDer<'static>>, ServerError> {
    let found = CertificateDer::pem_slice_iter(&files::read(cert)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| ServerError::bad_file(cert, error))?;
    if found.is_empty() {
        return Err(ServerError::bad_file(cert, "it holds no certificate"));
    }
    Ok(found)
}

/// SHA-256 of the first certificate in a PEM file, in its DER form.
pub(crate) fn fingerprint(cert: &Path) -> Result<[u8; 32], ServerError> {
    let chain = chain(cert)?;
    Ok((chain.first()).map_or([0; 32], |first| Sha256::digest(first).into()))
}

#[cfg(test)]
mod tests {
    use quarterdeck_core::calendar::Timestamp;
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::pki_types::{ServerName, UnixTime};
    use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
    use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_790_000_000_000);

    /// Believes everything: what is looked at is what was shown.
    #[derive(Debug)]
    struct Anything;

    impl ServerCertVerifier for Anything {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            let provider = rustls::crypto::ring::default_provider();
            provider
                .signature_verification_algorithms
                .supported_schemes()
        }
    }

    type Ends = (
        client::TlsStream<DuplexStream>,
        server::TlsStream<DuplexStream>,
    );

    /// A connection, both ends of it.
    async fn connect(certificate: &Arc<Certificate>) -> Ends {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anything))
            .with_no_client_auth();
        let (near, far) = tokio::io::duplex(64 * 1024);
        let name = ServerName::try_from("okr.example.com").unwrap();
        let connector = TlsConnector::from(Arc::new(client));
        let acceptor = TlsAcceptor::from(certificate.config(b"h2").unwrap());
        let (near, far) = tokio::join!(connector.connect(name, near), acceptor.accept(far));
        (near.unwrap(), far.unwrap())
    }

    fn shown(ends: &Ends) -> Vec<CertificateDer<'static>> {
        let certificates = ends.0.get_ref().1.peer_certificates().unwrap();
        certificates
            .iter()
            .cloned()
            .map(CertificateDer::into_owned)
            .collect()
    }

    #[tokio::test]
    async fn a_renewed_certificate_is_for_new_connections_and_open_ones_go_on() {
        let folder = tempfile::tempdir().unwrap();
        make_own(folder.path(), "okr.example.com", NOW).unwrap();
        let files = own_files(folder.path());
        let certificate = Certificate::load(files.clone()).unwrap();
        let mut open = connect(&certificate).await;
        let (first, authority) = (shown(&open), files::read(&folder.path().join("ca.pem")));

        let later = NOW.plus_ms(1);
        let renewed = renew_own(folder.path(), "okr.example.com", later).unwrap();
        assert!(!renewed.new_authority && renewed.expires > NOW);
        let (untouched, _) = (shown(&connect(&certificate).await), ());
        assert_eq!(untouched, first, "nobody has said so yet");
        certificate.reload().unwrap();
        let second = shown(&connect(&certificate).await);
        assert_ne!(second[0], first[0]);
        assert_eq!(second[1..], first, "the one before is sent along");
        assert_eq!(
            fingerprint(&files.cert).unwrap(),
            <[u8; 32]>::from(Sha256::digest(&second[0]))
        );
        let kept = files::read(&folder.path().join("ca.pem")).unwrap();
        assert_eq!(kept, authority.unwrap(), "other clients trust it as before");

        open.0.write_all(b"still here").await.unwrap();
        open.0.flush().await.unwrap();
        let mut heard = [0; 10];
        open.1.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"still here");
    }

    #[tokio::test]
    async fn what_cannot_be_used_leaves_the_present_certificate_in_place() {
        let folder = tempfile::tempdir().unwrap();
        make_own(folder.path(), "okr.example.com", NOW).unwrap();
        let files = own_files(folder.path());
        let certificate = Certificate::load(files.clone()).unwrap();
        let first = shown(&connect(&certificate).await);
        let other = tempfile::tempdir().unwrap();
        make_own(other.path(), "okr.example.com", NOW).unwrap();
        // A key that is another's, nothing at all, and half a file.
        std::fs::copy(own_files(other.path()).key, &files.key).unwrap();
        certificate.reload().unwrap_err();
        for content in ["", "-----BEGIN CERTIFICATE-----\nAAAA"] {
            std::fs::write(&files.cert, content).unwrap();
            certificate.reload().unwrap_err();
        }
        assert_eq!(shown(&connect(&certificate).await), first);
    }

    #[test]
    fn an_authority_that_was_not_kept_is_made_anew_and_said_so() {
        let folder = tempfile::tempdir().unwrap();
        make_own(folder.path(), "okr.example.com", NOW).unwrap();
        std::fs::remove_file(folder.path().join("ca-key.pem")).unwrap();
        let renewed = renew_own(folder.path(), "okr.example.com", NOW).unwrap();
        assert!(renewed.new_authority);
        for times in 1..10 {
            renew_own(folder.path(), "okr.example.com", NOW.plus_ms(times)).unwrap();
        }
        let kept = chain(&own_files(folder.path()).cert).unwrap();
        assert_eq!(kept.len(), 5, "the present one, and four before it");
    }
}
