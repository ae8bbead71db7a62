//! The log's signed head.

use quarterdeck_proto::v1;

use super::checkpoint_of;
use crate::workspace::Workspace;

pub(super) fn get(workspace: &Workspace) -> v1::GetCheckpointResponse {
    v1::GetCheckpointResponse {
        checkpoint: Some(checkpoint_of(workspace, &workspace.head())),
    }
}
