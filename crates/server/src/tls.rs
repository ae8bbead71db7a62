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
