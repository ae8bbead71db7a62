//! The log's signed head, and how the server stands with whoever asks.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_proto::v1;

use super::checkpoint_of;
use crate::auth::Client;
use crate::examine::standing;
use crate::readiness;
use crate::shared::Shared;

pub(super) fn get(shared: &Shared, client: &Client) -> v1::GetCheckpointResponse {
    let workspace = &client.workspace;
    let obstacle = readiness::obstacle(shared, workspace);
    v1::GetCheckpointResponse {
        checkpoint: Some(checkpoint_of(workspace, &workspace.head())),
        server_ms: shared.world.now().ms(),
        token_expires_ms: shared.access.expires(client.token).map_or(0, Timestamp::ms),
        standing: standing(obstacle).to_owned(),
    }
}
