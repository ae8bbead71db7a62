//! Holding a workspace that was set back, letting it go on, and putting a damaged one back.

use std::path::PathBuf;
use std::sync::Arc;

use quarterdeck_core::refusal::Refusal;
use quarterdeck_proto::v1;
use tonic::Status;

use super::Who;
use crate::backup;
use crate::rpc::blocking;
use crate::shared::Shared;
use crate::status::{failed, refused};
use crate::workspace::Standing;

pub(super) async fn hold(
    shared: &Shared,
    who: &Who,
    request: v1::HoldWorkspaceRequest,
) -> Result<v1::HoldWorkspaceResponse, Status> {
    let workspace = who.workspace(shared, &request.workspace)?;
    if let Standing::Salvaged(_) = workspace.standing() {
        let message = "The workspace is damaged, so nothing is recorded in it already.";
        let hint = "put its log back with `okrd workspace restore`";
        return Err(refused(&Refusal::invalid(message).hint(hint)));
    }
    let head = workspace.head().size;
    let since = shared.world.now();
    blocking(shared.world.clone(), move || workspace.hold(since)).await?;
    Ok(v1::HoldWorkspaceResponse { head })
}

pub(super) async fn resume(
    shared: &Shared,
    who: &Who,
    request: v1::ResumeWorkspaceRequest,
) -> Result<v1::ResumeWorkspaceResponse, Status> {
    let workspace = who.workspace(shared, &request.workspace)?;
    if let Standing::Salvaged(_) = workspace.standing() {
        let message = "The workspace is damaged, so it cannot go on.";
        let hint = "put its log back with `okrd workspace restore`";
        return Err(refused(&Refusal::invalid(message).hint(hint)));
    }
    let head = workspace.head().size;
    let held = blocking(shared.world.clone(), move || workspace.resume()).await?;
    if held {
        Ok(v1::ResumeWorkspaceResponse { head })
    } else {
        let message = "The workspace is not held: it records new events.";
        Err(refused(
            &Refusal::invalid(message).hint("see: okrd workspace list"),
        ))
    }
}

pub(super) async fn restore(
    shared: &Arc<Shared>,
    who: &Who,
    request: v1::RestoreWorkspaceRequest,
) -> Result<v1::RestoreWorkspaceResponse, Status> {
    let path = PathBuf::from(&request.path);
    let (id, _) = shared
        .any_workspace_named(&request.workspace)
        .map_err(|error| who.failed(&error))?;
    let held = Arc::clone(shared);
    let restored = (shared.world)
        .aside(move || backup::restore_workspace(&held, id, &path, request.resume))
        .await;
    let (log, aside) = match restored {
        Ok(restored) => restored.map_err(|error| failed(&error, true))?,
        Err(error) => {
            tracing::error!(%error, "a restore ended in a panic");
            return Err(Status::internal(
                "The server made a mistake; its log has the details.",
            ));
        }
    };
    tracing::warn!(workspace = %id, size = log.size, aside = %aside.display(), "restored from a backup");
    Ok(v1::RestoreWorkspaceResponse {
        workspace: Some(log.into()),
        aside: aside.display().to_string(),
    })
}
