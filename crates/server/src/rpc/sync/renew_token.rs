//! RenewToken: a device's next token, before the present one lapses.

use quarterdeck_proto::v1;
use tonic::Status;

use crate::access::Holder;
use crate::auth::Client;
use crate::shared::Shared;
use crate::status::failed;

pub(super) fn renew(shared: &Shared, client: &Client) -> Result<v1::RenewTokenResponse, Status> {
    let holder = Holder {
        workspace: client.workspace.id(),
        member: client.member,
        device: client.device,
    };
    let (secret, token) = shared
        .access
        .renew(client.token, holder, &shared.world)
        .map_err(|error| failed(&error, false))?;
    tracing::info!(workspace = %client.workspace.id(), token = %token.id, "a token was renewed");
    Ok(v1::RenewTokenResponse {
        token: secret.reveal().to_owned(),
        token_expires_ms: token.expires.ms(),
    })
}
