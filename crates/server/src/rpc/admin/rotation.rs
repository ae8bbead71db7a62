//! The server's own key in a workspace, and its certificate: exchanged while it serves.

use quarterdeck_ledger::VerifierKey;
use quarterdeck_proto::v1;
use tonic::Status;

use super::{Who, given};
use crate::admin;
use crate::shared::Shared;

pub(super) async fn rotate_key(
    shared: &Shared,
    who: &Who,
    request: v1::RotateKeyRequest,
) -> Result<v1::RotateKeyResponse, Status> {
    let workspace = who.workspace(shared, &request.workspace)?;
    let shown = || {
        let key = workspace.public_key();
        let workspace = *workspace.id().as_bytes();
        VerifierKey { workspace, key }.to_string()
    };
    let former = shown();
    let seq = admin::rotate_key(shared, &workspace, given(request.reason))
        .await
        .map_err(|error| who.failed(&error))?;
    Ok(v1::RotateKeyResponse {
        seq,
        verifier_key: shown(),
        former_verifier_key: former,
    })
}

pub(super) fn renew_certificate(
    shared: &Shared,
    who: &Who,
) -> Result<v1::RenewCertificateResponse, Status> {
    let (fingerprint, renewed) =
        admin::renew_certificate(shared).map_err(|error| who.failed(&error))?;
    Ok(v1::RenewCertificateResponse {
        fingerprint: fingerprint.to_vec(),
        expires_ms: renewed.expires.ms(),
        new_authority: renewed.new_authority,
    })
}
