//! The whole state in its canonical JSON.

use std::sync::Arc;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::canonical;
use quarterdeck_proto::limits::CHUNK_BYTES;
use quarterdeck_proto::v1;
use tonic::Status;

use super::view::moment;
use crate::auth::Grant;
use crate::rpc::{Answers, blocking, stream};
use crate::shared::StreamOfToken;
use crate::workspace::Workspace;

pub(super) async fn get(
    workspace: &Arc<Workspace>,
    request: v1::GetStateRequest,
    now: Timestamp,
    (grant, permit): (Grant, StreamOfToken),
) -> Result<Answers<v1::GetStateResponse>, Status> {
    let state = match moment(&workspace.state(), request.as_of, now)? {
        None => workspace.state(),
        Some(moment) => {
            let workspace = Arc::clone(workspace);
            Arc::new(blocking(workspace.world(), move || workspace.state_at(moment)).await?)
        }
    };
    let json = canonical::json(&state).map_err(|error| {
        tracing::error!(%error, "the state could not be written as JSON");
        Status::internal("The server could not write the state as JSON.")
    })?;
    let head = state.head;
    Ok(stream(grant, move |answers| async move {
        let _held = permit;
        for part in json.into_bytes().chunks(CHUNK_BYTES) {
            let part = v1::GetStateResponse {
                json: part.to_vec(),
                head,
            };
            if answers.send(Ok(part)).await.is_err() {
                return;
            }
        }
    }))
}
