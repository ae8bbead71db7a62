//! The layer between authentication and the calls: what a call may hold, and for how long.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;
use tonic::{Code, Status};

use super::arriving::{Allowed, Arriving};
use super::leaving::{Answer, Leaving};
use super::line::Peer;
use crate::auth;
use crate::shared::Shared;
use crate::status::{status, too_many};

/// Bounds a call: what comes in, what goes out, and, where nobody showed a token, how much and for how long.
pub(crate) async fn bound(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(peer) = request.extensions().get::<Peer>().cloned() else {
        // A transport that isn't a socket's: a test's own.
        return next.run(request).await;
    };
    let is_stranger = auth::is_strangers(&request);
    let limits = &shared.limits;
    let mut stranger = None;
    if is_stranger {
        match strangers_share(&shared, &peer) {
            Ok(share) => stranger = Some(share),
            Err(status) => return status.into_http(),
        }
    }
    let answer = Answer {
        held: shared.waiting.begin(&peer),
        _call: peer.call(!is_stranger),
        _stranger: stranger,
    };
    let incidents = Arc::clone(&shared.incidents);
    let held = shared.waiting.begin(&peer);
    let allowed = Allowed {
        bytes: is_stranger.then_some(limits.stranger_bytes),
        fields: limits.fields_per_message,
    };
    let request = request.map(|body| Body::new(Arriving::new(body, held, incidents, allowed)));
    let response = if is_stranger {
        match timeout(limits.request_head, next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                (shared.incidents).turn_away("too_slow", Some(peer.origin()));
                let message = "The request did not come in time.";
                return status(Code::DeadlineExceeded, "TOO_SLOW", message, "").into_http();
            }
        }
    } else {
        next.run(request).await
    };
    response.map(|body| Body::new(Leaving::new(body, answer)))
}

/// One of the calls that may be open for strangers.
fn strangers_share(
    shared: &Shared,
    peer: &Peer,
) -> Result<crate::shares::Share<super::Origin>, Status> {
    let limits = &shared.limits;
    let most = (limits.stranger_calls, limits.stranger_calls_per_address);
    shared.strangers.take(peer.origin(), most).ok_or_else(|| {
        (shared.incidents).turn_away("strangers", Some(peer.origin()));
        too_many(
            "TOO_MANY_CALLS",
            "Too many calls without a token are open; try again in a moment.",
        )
    })
}
