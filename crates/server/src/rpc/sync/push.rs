//! Push: a device's events, batch by batch.
//!
//! Each batch is answered when what its answer says is recorded has reached the disk. A stop of
//! the server ends the stream between two batches, so nothing that was acknowledged is cut short.

use std::sync::Arc;

use quarterdeck_proto::limits::{CHUNK_BYTES, MAX_BATCH_EVENTS, MAX_EVENT_BYTES};
use quarterdeck_proto::v1::{self, event_outcome};
use tonic::{Status, Streaming};

use super::pull::log_is_shorter;
use crate::auth::{self, Client, Grant};
use crate::rpc::{Answers, blocking, stream};
use crate::shared::Shared;
use crate::status::{invalid, too_many, unavailable};
use crate::step::Step;
use crate::workspace::{Incoming, Outcome, Place, Pusher, Workspace};

/// Up to so many signatures are checked on the spot; more go where they hold nobody up.
const ON_THE_SPOT: usize = 8;

pub(super) fn push(
    shared: &Arc<Shared>,
    grant: Grant,
    client: Client,
    mut requests: Streaming<v1::PushRequest>,
) -> Result<Answers<v1::PushResponse>, Status> {
    let device = client.device.ok_or_else(auth::no_device)?;
    let who = Pusher {
        member: client.member,
        device,
    };
    let permit = auth::open_stream(shared, &client)?;
    let open = shared.metrics.stream("push");
    let shared = Arc::clone(shared);
    let still = Grant::clone(&grant);
    Ok(stream(grant, move |answers| async move {
        let _held = (permit, open);
        loop {
            let request = tokio::select! {
                biased;
                () = shared.stopping.cancelled() => {
                    let _ = answers.send(Err(auth::stopping())).await;
                    return;
                }
                // The client has hung up, or is let in no longer.
                () = answers.closed() => return,
                request = requests.message() => request,
            };
            let answer = match request {
                Ok(Some(request)) => match still.check() {
                    Ok(()) => {
                        shared.world.reached(Step::Received);
                        batch(&shared, &client, who, request.events).await
                    }
                    Err(status) => Err(status),
                },
                Ok(None) => return,
                // Something that is no message of this call, or is too large. Should the client
                // have gone away, nobody hears it.
                Err(status) => Err(status),
            };
            let failed = answer.is_err();
            shared.world.reached(Step::Answering);
            if answers.send(answer).await.is_err() || failed {
                return;
            }
        }
    }))
}

async fn batch(
    shared: &Shared,
    client: &Client,
    who: Pusher,
    events: Vec<v1::SealedEvent>,
) -> Result<v1::PushResponse, Status> {
    if !shared.calls.take(client.token, shared.world.now()) {
        return Err(too_many(
            "TOO_MANY_CALLS",
            "This token pushes too many batches; slow down.",
        ));
    }
    check_size(&events)?;
    // Before anything else is said of them: a server that was set back knows less than its clients.
    (client.workspace.takes_work()).map_err(|error| unavailable(&error))?;
    let bytes: usize = events.iter().map(|event| event.body.len()).sum();
    let room = u32::try_from(bytes)
        .unwrap_or(u32::MAX)
        .clamp(1, shared.limits.judged_bytes);
    // An event takes more room when it is read. It is never closed, and if it were, there is room.
    let _room = shared.judging.acquire_many(room).await.ok();
    let state = client.workspace.state();
    let incoming = if events.len() <= ON_THE_SPOT {
        Incoming::read(&state, events)
    } else {
        blocking(shared.world.clone(), move || {
            Ok(Incoming::read(&state, events))
        })
        .await?
    };
    check_seen(&client.workspace, &incoming)?;
    let pushed = client
        .workspace
        .push(who, incoming)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(v1::PushResponse {
        outcomes: pushed.outcomes.into_iter().map(outcome).collect(),
        head: pushed.head,
    })
}

/// Nobody has seen what is not in the log: such an event would win against edits that its author
/// knows nothing of. A workspace that is on its way here has been seen where it comes from.
fn check_seen(workspace: &Workspace, incoming: &Incoming) -> Result<(), Status> {
    let seen = incoming
        .events
        .iter()
        .map(|prepared| prepared.event.seen)
        .max();
    let head = workspace.head();
    match seen {
        Some(seen) if seen > head.size && !workspace.is_arriving() => {
            Err(log_is_shorter(seen, &head))
        }
        _ => Ok(()),
    }
}

fn check_size(events: &[v1::SealedEvent]) -> Result<(), Status> {
    if events.len() > MAX_BATCH_EVENTS {
        let what = format!(
            "has {}; a batch takes at most {MAX_BATCH_EVENTS}",
            events.len()
        );
        return Err(invalid("events", what));
    }
    let bytes: usize = events.iter().map(|event| event.body.len()).sum();
    // One event may carry a full batch beyond its limit.
    let most = CHUNK_BYTES + MAX_EVENT_BYTES;
    if bytes > most {
        let what = format!("have {bytes} bytes; a batch takes at most {CHUNK_BYTES}");
        return Err(invalid("events", what));
    }
    Ok(())
}

fn outcome(outcome: Outcome) -> v1::EventOutcome {
    use event_outcome::Outcome as Wire;
    let outcome = match outcome {
        Outcome::Recorded(place) => Wire::Recorded(recorded(place)),
        Outcome::AlreadyRecorded(place) => Wire::AlreadyRecorded(recorded(place)),
        Outcome::Refused(refusal) => Wire::Refused(refusal.into()),
    };
    v1::EventOutcome {
        outcome: Some(outcome),
    }
}

pub(super) fn recorded(place: Place) -> v1::EventRecorded {
    v1::EventRecorded {
        seq: place.seq,
        recorded_ms: place.recorded.ms(),
    }
}
