//! Certificates: the server's own, made once when it is set up, or the operator's.
//!
//! The server's own is signed by an authority that is made for it and forgotten at once. Clients
//! of other languages refuse a certificate whose issuer and subject are the same or whose validity
//! is out of all proportion; this one is neither. `okr` trusts it by the fingerprint that
//! invitations carry, other clients by `tls/ca.pem`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quarterdeck_core::calendar::{TimeZone, Timestamp};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};

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

/// How long the server's own certificate holds, in years. Its fingerprint is what is trusted; the
/// date only has to be one that every client accepts.
const YEARS: i32 = 10;

pub(crate) fn own_files(folder: &Path) -> TlsFiles {
    TlsFiles {
        cert: folder.join("cert.pem"),
        key: folder.join("key.pem"),
    }
}

/// Makes the server's own certificate for a host name or IP address.
pub(crate) fn make_own(folder: &Path, host: &str, now: Timestamp) -> Result<(), ServerError> {
    let bad = |error: rcgen::Error| ServerError::Certificate {
        what: error.to_string(),
    };
    let today = TimeZone::utc().date_of(now);
    let year = i32::from(today.year());
    // The 29th of February does not come every year.
    let (month, day) = (today.month(), today.day().min(28));
    let authority_key = KeyPair::generate().map_err(bad)?;
    let mut authority = CertificateParams::default();
    authority
        .distinguished_name
        .push(DnType::CommonName, format!("Quarterdeck for {host}"));
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    authority.not_before = rcgen::date_time_ymd(year, month, day);
    authority.not_after = rcgen::date_time_ymd(year + YEARS, month, day);
    let authority_certificate = authority.self_signed(&authority_key).map_err(bad)?;
    let issuer = Issuer::new(authority, authority_key);

    let key = KeyPair::generate().map_err(bad)?;
    let mut own = CertificateParams::new([host.to_owned()]).map_err(bad)?;
    own.distinguished_name.push(DnType::CommonName, host);
    own.use_authority_key_identifier_extension = true;
    own.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    own.insert_extended_key_usage(rcgen::ExtendedKeyUsagePurpose::ServerAuth);
    own.not_before = rcgen::date_time_ymd(year, month, day);
    own.not_after = rcgen::date_time_ymd(year + YEARS, month, day);
    let certificate = own.signed_by(&key, &issuer).map_err(bad)?;

    files::make_dir(folder)?;
    let paths = own_files(folder);
    files::replace(
        &folder.join("ca.pem"),
        authority_certificate.pem().as_bytes(),
    )?;
    files::replace(&paths.key, key.serialize_pem().as_bytes())?;
    files::replace(&paths.cert, certificate.pem().as_bytes())
}

/// What to serve with.
pub(crate) fn server_config(files: &TlsFiles) -> Result<Arc<ServerConfig>, ServerError> {
    config(files, b"h2")
}

/// What to serve browsers with, by the same certificate.
pub(crate) fn browser_config(files: &TlsFiles) -> Result<Arc<ServerConfig>, ServerError> {
    config(files, b"http/1.1")
}

fn config(files: &TlsFiles, protocol: &[u8]) -> Result<Arc<ServerConfig>, ServerError> {
    let bad = |path: &Path, error: &dyn std::fmt::Display| ServerError::bad_file(path, error);
    let chain = CertificateDer::pem_slice_iter(&files::read(&files.cert)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| bad(&files.cert, &error))?;
    let key = PrivateKeyDer::from_pem_slice(&files::read(&files.key)?)
        .map_err(|error| bad(&files.key, &error))?;
    let unusable = |error: rustls::Error| ServerError::Certificate {
        what: error.to_string(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![protocol.to_vec()];
    Ok(Arc::new(config))
}

/// SHA-256 of the first certificate in a PEM file, in its DER form.
pub(crate) fn fingerprint(cert: &Path) -> Result<[u8; 32], ServerError> {
    let pem = files::read(cert)?;
    let pem = String::from_utf8_lossy(&pem);
    let body: String = pem
        .lines()
        .skip_while(|line| !line.starts_with("-----BEGIN CERTIFICATE"))
        .skip(1)
        .take_while(|line| !line.starts_with("-----END"))
        .map(str::trim)
        .collect();
    let der = STANDARD
        .decode(body)
        .map_err(|_| ServerError::bad_file(cert, "it is no PEM file"))?;
    if der.is_empty() {
        return Err(ServerError::bad_file(cert, "it holds no certificate"));
    }
    Ok(Sha256::digest(der).into())
}
