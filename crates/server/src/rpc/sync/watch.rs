//! Watch: the log from a position on, and then live until the client hangs up or the server stops.

use std::sync::Arc;

use quarterdeck_proto::v1;
use tonic::Status;

use super::checkpoint_of;
use super::pull::{check_from, part};
use crate::auth::{self, Client, Grant};
use crate::rpc::{Answers, stream};
use crate::shared::Shared;

pub(super) fn watch(
    shared: &Arc<Shared>,
    grant: Grant,
    client: &Client,
    request: v1::WatchRequest,
) -> Result<Answers<v1::WatchResponse>, Status> {
    let permit = auth::open_stream(shared, client)?;
    let open = shared.metrics.stream("watch");
    let workspace = Arc::clone(&client.workspace);
    let from = check_from(request.first_seq, &workspace.head())?;
    let stopping = shared.stopping.clone();
    let sent = shared.metrics.sent("watch");
    let (making, token) = (Arc::clone(&shared.making), client.token);
    Ok(stream(grant, move |answers| async move {
        let _held = (permit, open);
        let mut grown = workspace.follow();
        let mut next = from;
        let mut begun = false;
        loop {
            grown.mark_unchanged();
            let mut head = workspace.head();
            while next <= head.size || !begun {
                begun = true;
                let Ok(place) = answers.reserve().await else {
                    return;
                };
                let part = part((&making, token), &workspace, next, head.size)
                    .await
                    .map(|entries| {
                        head = workspace.head_for(head, &entries);
                        next = next.saturating_add(entries.len() as u64);
                        sent.inc_by(entries.len() as u64);
                        let at_head = next > head.size;
                        v1::WatchResponse {
                            entries,
                            head: head.size,
                            checkpoint: at_head.then(|| checkpoint_of(&workspace, &head)),
                        }
                    });
                let failed = part.is_err();
                place.send(part);
                if failed {
                    return;
                }
            }
            tokio::select! {
                biased;
                () = stopping.cancelled() => {
                    let _ = answers.send(Err(auth::stopping())).await;
                    return;
                }
                () = answers.closed() => return,
                changed = grown.changed() => if changed.is_err() { return },
            }
        }
    }))
}
