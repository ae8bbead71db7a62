//! Compensating an earlier event.

use std::sync::Arc;

use quarterdeck_core::event::Event;
use quarterdeck_core::id::EventId;
use quarterdeck_core::refusal::Refusal;
use tonic::Status;

use crate::rpc::blocking;
use crate::status::refused;
use crate::workspace::Workspace;

/// The event that is to be compensated.
pub(super) async fn find(workspace: &Arc<Workspace>, query: &str) -> Result<Event, Status> {
    let unknown = || refused(&Refusal::not_found("event", query));
    let id: EventId = query.parse().map_err(|_| unknown())?;
    let seq = workspace.seq_of(id).ok_or_else(unknown)?;
    let workspace = Arc::clone(workspace);
    let entry = blocking(workspace.world(), move || workspace.entry(seq)).await?;
    entry.map(|entry| entry.event).ok_or_else(unknown)
}
