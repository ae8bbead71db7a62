//! Pull: the log from a position up to the head that it had when the call came.

use std::sync::Arc;

use quarterdeck_core::id::Uuid;
use quarterdeck_ledger::Head;
use quarterdeck_proto::limits::CHUNK_BYTES;
use quarterdeck_proto::v1;
use tonic::{Code, Status};

use super::{Making, checkpoint_of, entry};
use crate::auth::{self, Client, Grant};
use crate::rpc::{Answers, blocking, stream};
use crate::shared::Shared;
use crate::status::status;
use crate::workspace::Workspace;

/// The most entries in one part, so that small ones do not make a part of too many.
const PART_ENTRIES: u64 = 8_192;

pub(super) fn pull(
    shared: &Arc<Shared>,
    grant: Grant,
    client: &Client,
    request: v1::PullRequest,
) -> Result<Answers<v1::PullResponse>, Status> {
    let permit = auth::open_stream(shared, client)?;
    let open = shared.metrics.stream("pull");
    let workspace = Arc::clone(&client.workspace);
    let mut head = workspace.head();
    let from = check_from(request.first_seq, &head)?;
    let wanted = if request.limit == 0 {
        u64::MAX
    } else {
        request.limit
    };
    let asked = from.saturating_add(wanted).saturating_sub(1);
    let mut last = head.size.min(asked);
    let stopping = shared.stopping.clone();
    let sent = shared.metrics.sent("pull");
    let (making, token) = (Arc::clone(&shared.making), client.token);
    Ok(stream(grant, move |answers| async move {
        let _held = (permit, open);
        let mut next = from;
        loop {
            if stopping.is_cancelled() {
                let _ = answers.send(Err(auth::stopping())).await;
                return;
            }
            // Made only when there is room for it: what is made ahead is in nobody's count.
            let Ok(place) = answers.reserve().await else {
                return;
            };
            let part = part((&making, token), &workspace, next, last)
                .await
                .map(|entries| {
                    head = workspace.head_for(head, &entries);
                    last = head.size.min(asked);
                    next = next.saturating_add(entries.len() as u64);
                    sent.inc_by(entries.len() as u64);
                    let at_head = next > head.size;
                    v1::PullResponse {
                        entries,
                        head: head.size,
                        checkpoint: at_head.then(|| checkpoint_of(&workspace, &head)),
                    }
                });
            let ended = part.is_err() || next > last;
            place.send(part);
            if ended {
                return;
            }
        }
    }))
}

/// The first position wanted. A client that holds more than the log has must hear of it: the
/// server may have been set back to an old backup.
pub(super) fn check_from(from: u64, head: &Head) -> Result<u64, Status> {
    let from = from.max(1);
    if from <= head.size.saturating_add(1) {
        return Ok(from);
    }
    Err(log_is_shorter(from.saturating_sub(1), head))
}

/// The answer to a client that says it holds `seen` entries.
pub(super) fn log_is_shorter(seen: u64, head: &Head) -> Status {
    let message = format!(
        "The client has seen entry {seen}, and the log ends at {}: the server may have been set \
         back to an old backup.",
        head.size
    );
    let hint = "tell the server's operator before anything else is written";
    status(Code::OutOfRange, "LOG_IS_SHORTER", message, hint)
}

/// The entries from `next` up to `last`, as many as one part holds, when it is this token's turn.
pub(super) async fn part(
    (making, token): (&Making, Uuid),
    workspace: &Arc<Workspace>,
    next: u64,
    last: u64,
) -> Result<Vec<v1::Entry>, Status> {
    let left = last
        .saturating_add(1)
        .saturating_sub(next)
        .min(PART_ENTRIES);
    if left == 0 {
        return Ok(Vec::new());
    }
    let _turn = making.turn(token).await;
    let workspace = Arc::clone(workspace);
    let left = usize::try_from(left).unwrap_or(usize::MAX);
    let entries = blocking(workspace.world(), move || {
        workspace.read(next, left, CHUNK_BYTES)
    })
    .await?;
    Ok(entries.into_iter().map(entry).collect())
}
