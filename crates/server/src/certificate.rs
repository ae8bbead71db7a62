//! What a certificate says of itself: until when it holds, and whether it is for a name.
//!
//! rustls does not show the dates of a certificate, but says why it does not take one: asked whether
//! it would at the end of time, it answers until when it would have.

use std::path::Path;
use std::time::Duration;

use quarterdeck_core::calendar::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};

use crate::error::ServerError;
use crate::files;
use crate::shared::Shared;

/// 10000-01-01: after what any certificate can say.
const END_OF_TIME: Duration = Duration::from_secs(253_402_300_800);

/// Until when a certificate in DER form holds.
///
/// # Errors
/// It is no certificate.
pub fn holds_until(der: &[u8]) -> Result<Timestamp, String> {
    let der = CertificateDer::from(der);
    let certificate = ParsedCertificate::try_from(&der).map_err(|error| error.to_string())?;
    // Its dates are looked at before whoever signed it is.
    let mut roots = RootCertStore::empty();
    roots.add(der.clone()).map_err(|error| error.to_string())?;
    let provider = rustls::crypto::ring::default_provider();
    let asked = rustls::client::verify_server_cert_signed_by_trust_anchor(
        &certificate,
        &roots,
        &[],
        UnixTime::since_unix_epoch(END_OF_TIME),
        provider.signature_verification_algorithms.all,
    );
    match asked {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            let ms = not_after.as_secs().saturating_mul(1_000);
            Ok(Timestamp::from_ms(ms))
        }
        Err(error) => Err(error.to_string()),
        Ok(()) => Ok(Timestamp::MAX),
    }
}

/// Until when the certificate holds that is served with; none in plain text, or where it cannot be read.
pub(crate) fn served_until(shared: &Shared) -> Option<Timestamp> {
    let der = first_of(&shared.certificate_file()?).ok()?;
    holds_until(&der).ok()
}

/// Whether a certificate is for this host name or address.
pub(crate) fn is_for(der: &[u8], host: &str) -> bool {
    let der = CertificateDer::from(der);
    let Ok(certificate) = ParsedCertificate::try_from(&der) else {
        return false;
    };
    ServerName::try_from(
        host.trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned(),
    )
    .is_ok_and(|name| rustls::client::verify_server_name(&certificate, &name).is_ok())
}

/// The first certificate of a PEM file: the server's own.
pub(crate) fn first_of(cert: &Path) -> Result<CertificateDer<'static>, ServerError> {
    CertificateDer::from_pem_slice(&files::read(cert)?)
        .map_err(|error| ServerError::bad_file(cert, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls;

    #[test]
    fn a_certificate_says_until_when_it_holds_and_for_whom() {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-08-21T14:30:00Z".parse().unwrap();
        tls::make_own(folder.path(), "okr.example.com", now).unwrap();
        let der = first_of(&tls::own_files(folder.path()).cert).unwrap();
        assert_eq!(
            holds_until(&der).unwrap().to_string(),
            "2036-08-21T00:00:00.000Z"
        );
        assert!(is_for(&der, "okr.example.com"));
        assert!(!is_for(&der, "okr.example.org"));
    }

    #[test]
    fn what_is_no_certificate_is_said_to_be_none() {
        assert!(holds_until(b"no certificate").is_err());
        assert!(!is_for(b"no certificate", "okr.example.com"));
    }
}
