//! The server's own certificate: made, and made anew.
//!
//! ```text
//! tls/ca.pem  ca-key.pem   the authority: what other clients trust, and what signs renewals
//! tls/key.pem              the server's key; a renewal keeps it
//! tls/cert.pem             the certificate, then those before it for the same key
//! ```

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quarterdeck_core::calendar::{TimeZone, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _, SerialNumber,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::own_files;
use crate::error::ServerError;
use crate::files;

/// How long the server's own certificate holds, in years. Its fingerprint is what is trusted; the
/// date only has to be one that every client accepts.
const YEARS: i32 = 10;
/// How long the authority behind it holds.
const AUTHORITY_YEARS: i32 = 30;
/// How many certificates before the present one are sent along.
const FORMER: usize = 4;

/// A certificate that was renewed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Renewed {
    pub(crate) expires: Timestamp,
    /// Whether it is signed by another authority than the one before.
    pub(crate) new_authority: bool,
}

/// Makes the server's own certificate for a host name or IP address.
pub(crate) fn make(folder: &Path, host: &str, now: Timestamp) -> Result<(), ServerError> {
    files::make_dir(folder)?;
    let authority = new_authority(folder, now)?;
    let key = KeyPair::generate().map_err(bad)?;
    let paths = own_files(folder);
    files::replace(&paths.key, Zeroizing::new(key.serialize_pem()).as_bytes())?;
    let (certificate, _) = sign(&authority, &key, host, now)?;
    files::replace(&paths.cert, certificate.as_bytes())
}

/// Makes it anew for the key that there is.
pub(crate) fn renew(folder: &Path, host: &str, now: Timestamp) -> Result<Renewed, ServerError> {
    let paths = own_files(folder);
    let key = read_key(&paths.key)?;
    let before = files::read(&paths.cert)?;
    let authority_key = folder.join("ca-key.pem");
    // Until now it was forgotten as soon as it had signed.
    let new_authority = !authority_key.exists();
    let authority = if new_authority {
        self::new_authority(folder, now)?
    } else {
        let key = read_key(&authority_key)?;
        Issuer::new(authority_params(&key, now)?, key)
    };
    let (mut chain, expires) = sign(&authority, &key, host, now)?;
    let before = String::from_utf8_lossy(&before);
    for former in before.split_inclusive(END).take(FORMER) {
        if let Some(at) = former.find(BEGIN) {
            chain.push_str(former.get(at..).unwrap_or_default());
            chain.push('\n');
        }
    }
    files::replace(&paths.cert, chain.as_bytes())?;
    Ok(Renewed {
        expires,
        new_authority,
    })
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

fn bad(error: rcgen::Error) -> ServerError {
    ServerError::Certificate {
        what: error.to_string(),
    }
}

fn read_key(path: &Path) -> Result<KeyPair, ServerError> {
    let bytes = Zeroizing::new(files::read(path)?);
    let text = std::str::from_utf8(&bytes).map_err(|error| ServerError::bad_file(path, error))?;
    KeyPair::from_pem(text).map_err(|error| ServerError::bad_file(path, error))
}

fn new_authority(folder: &Path, now: Timestamp) -> Result<Issuer<'static, KeyPair>, ServerError> {
    let key = KeyPair::generate().map_err(bad)?;
    let params = authority_params(&key, now)?;
    let certificate = params.self_signed(&key).map_err(bad)?;
    // The key last: without it the next renewal makes another authority.
    files::replace(&folder.join("ca.pem"), certificate.pem().as_bytes())?;
    let pem = Zeroizing::new(key.serialize_pem());
    files::replace(&folder.join("ca-key.pem"), pem.as_bytes())?;
    Ok(Issuer::new(params, key))
}

/// An authority is called after its key, so that the key alone says what it signs as.
fn authority_params(key: &KeyPair, now: Timestamp) -> Result<CertificateParams, ServerError> {
    let hash = Sha256::digest(key.subject_public_key_info());
    let name = URL_SAFE_NO_PAD.encode(hash.get(..9).unwrap_or_default());
    let mut authority = CertificateParams::default();
    authority
        .distinguished_name
        .push(DnType::CommonName, format!("Quarterdeck authority {name}"));
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let (year, month, day) = day(now);
    authority.not_before = rcgen::date_time_ymd(year, month, day);
    authority.not_after = rcgen::date_time_ymd(year + AUTHORITY_YEARS, month, day);
    Ok(authority)
}

fn sign(
    authority: &Issuer<'_, KeyPair>,
    key: &KeyPair,
    host: &str,
    now: Timestamp,
) -> Result<(String, Timestamp), ServerError> {
    let mut own = CertificateParams::new([host.to_owned()]).map_err(bad)?;
    own.distinguished_name.push(DnType::CommonName, host);
    own.use_authority_key_identifier_extension = true;
    own.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    own.insert_extended_key_usage(ExtendedKeyUsagePurpose::ServerAuth);
    // Of one key there may be several certificates, and no two of an authority have one number.
    own.serial_number = Some(SerialNumber::from(now.ms()));
    let (year, month, day) = day(now);
    own.not_before = rcgen::date_time_ymd(year, month, day);
    own.not_after = rcgen::date_time_ymd(year + YEARS, month, day);
    let expires = own.not_after.unix_timestamp();
    let certificate = own.signed_by(key, authority).map_err(bad)?;
    let expires = u64::try_from(expires).unwrap_or_default();
    Ok((
        certificate.pem(),
        Timestamp::from_ms(expires.saturating_mul(1_000)),
    ))
}

fn day(now: Timestamp) -> (i32, u8, u8) {
    let today = TimeZone::utc().date_of(now);
    // The 29th of February does not come every year.
    (i32::from(today.year()), today.month(), today.day().min(28))
}
