//! Who is calling. Deny by default: a call that has no row in the table of [`rules`] is refused, all
//! but a few need a valid token, and get to know of nothing but the token's own workspace. A stream
//! ends when its caller would be let in no longer: [`grant`].
//!
//! A token of a workspace that is not there, and one that never was, get the same answer.

mod grant;
mod rules;

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use quarterdeck_core::id::{DeviceId, MemberId, Uuid};
use quarterdeck_core::token::{MemberState, Role};
use quarterdeck_proto::Reason;
use tonic::{Code, Status};

use crate::access::Presented;
use crate::connection::{Origin, Peer};
use crate::shared::{Shared, StreamOfToken};
use crate::status::{status, too_many};
use crate::workspace::Workspace;
pub(crate) use grant::Grant;
pub(crate) use rules::no_device;
use rules::{Rule, rule_of};

/// Who is calling; every request carries it.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// The operator, through the administrative socket.
    Operator,
    /// The holder of a valid token.
    Client(Client),
    /// Somebody without a token, from this address.
    Nobody(Option<Origin>),
}

/// The holder of a valid token.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) token: Uuid,
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) member: MemberId,
    /// The device; none for a client without keys.
    pub(crate) device: Option<DeviceId>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("token", &self.token)
            .field("workspace", &self.workspace.id())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Whether the token's member owns the workspace.
    pub(crate) fn is_owner(&self) -> bool {
        let state = self.workspace.state();
        state
            .members
            .get(&self.member)
            .is_some_and(|member| member.role == Role::Owner)
    }
}

/// Who was let through, and by which rule.
#[derive(Debug, Clone)]
struct Admitted {
    caller: Caller,
    rule: Rule,
}

/// The caller of a request. Without the layer below there is none, and nothing is allowed.
pub(crate) fn caller<T>(request: &tonic::Request<T>) -> Result<Caller, Status> {
    admitted(request).map(|admitted| admitted.caller.clone())
}

fn admitted<T>(request: &tonic::Request<T>) -> Result<&Admitted, Status> {
    (request.extensions().get::<Admitted>()).ok_or_else(no_token)
}

/// The caller of a request whose answer is a stream, to be asked for as long as that is open.
pub(crate) fn grant<T>(shared: &Arc<Shared>, request: &tonic::Request<T>) -> Result<Grant, Status> {
    let Admitted { caller, rule } = admitted(request)?;
    Ok(Grant::of(shared, caller, *rule))
}

/// The token's holder.
pub(crate) fn client<T>(request: &tonic::Request<T>) -> Result<Client, Status> {
    match caller(request)? {
        Caller::Client(client) => Ok(client),
        Caller::Operator | Caller::Nobody(_) => Err(no_token()),
    }
}

/// A stream more for a token, if it may have one.
pub(crate) fn open_stream(shared: &Arc<Shared>, client: &Client) -> Result<StreamOfToken, Status> {
    if shared.stopping.is_cancelled() {
        return Err(stopping());
    }
    shared.open_stream(client.token).ok_or_else(|| {
        shared.incidents.turn_away("streams", None);
        too_many(
            "TOO_MANY_STREAMS",
            "This token has too many streams open; close one first.",
        )
    })
}

/// The layer in front of every call from the network.
pub(crate) async fn authenticate(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let caller = |rule| identify(&shared, &request, rule);
    let admitted = admit(request.uri().path(), caller);
    if admitted.is_err() {
        lose_patience(&shared, request.extensions().get::<Peer>());
    }
    pass_on(admitted, request, next).await
}

/// Whether a request that was let in showed no token.
pub(crate) fn is_strangers(request: &Request) -> bool {
    let admitted = request.extensions().get::<Admitted>();
    admitted.is_none_or(|admitted| matches!(admitted.caller, Caller::Nobody(_)))
}

/// The layer in front of every call through the operator's own socket.
pub(crate) async fn as_operator(request: Request, next: Next) -> Response {
    let admitted = admit(request.uri().path(), |_| Ok(Caller::Operator));
    pass_on(admitted, request, next).await
}

/// By the rule of a call, whether its caller may make it.
fn admit(
    path: &str,
    caller: impl FnOnce(Rule) -> Result<Caller, Status>,
) -> Result<Admitted, Status> {
    let rule = rule_of(path)?;
    let caller = caller(rule)?;
    rule.allows(&caller)?;
    Ok(Admitted { caller, rule })
}

async fn pass_on(admitted: Result<Admitted, Status>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    match admitted {
        Ok(admitted) => {
            tracing::debug!(path, caller = ?admitted.caller, "call");
            request.extensions_mut().insert(admitted);
            next.run(request).await
        }
        Err(status) => {
            tracing::debug!(code = ?status.code(), "turned a call away");
            status.into_http()
        }
    }
}

/// A call that was turned away costs its address as much as a connection does, and then the connection itself.
fn lose_patience(shared: &Shared, peer: Option<&Peer>) {
    let Some(peer) = peer else { return };
    if !shared.patience.take(peer.origin(), shared.world.now()) {
        shared.incidents.turn_away("arrivals", Some(peer.origin()));
        peer.cut();
    }
}

fn identify(shared: &Shared, request: &Request, rule: Rule) -> Result<Caller, Status> {
    let address = remote_address(request);
    if rule == Rule::Anybody {
        return Ok(Caller::Nobody(address));
    }
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| {
            shared.incidents.turn_away("no_token", address);
            no_token()
        })?;
    let now = shared.world.now();
    let (token, holder) = match shared.access.present(token.trim(), now) {
        Presented::Valid { token, holder } => (token, holder),
        Presented::Expired => {
            shared.incidents.turn_away("expired", address);
            return Err(lapsed());
        }
        Presented::Revoked => {
            shared.incidents.turn_away("revoked", address);
            return Err(revoked());
        }
        Presented::Unknown => return Err(wrong(shared, address)),
    };
    if !shared.calls.take(token, now) {
        shared.incidents.turn_away("rate", address);
        return Err(too_many(
            "TOO_MANY_CALLS",
            "This token makes too many calls; slow down.",
        ));
    }
    let workspace = match shared.workspace(holder.workspace) {
        Some(workspace) => workspace,
        None if shared.is_broken(holder.workspace) => return Err(damaged()),
        None => return Err(wrong(shared, address)),
    };
    let client = Client {
        token,
        workspace,
        member: holder.member,
        device: holder.device,
    };
    still_welcome(&client)?;
    Ok(Caller::Client(client))
}

const JOIN_AGAIN: &str = "ask an owner for an invitation and join again; unsent work is kept";

fn lapsed() -> Status {
    let message = "The token has lapsed.";
    status(Code::Unauthenticated, "TOKEN_EXPIRED", message, JOIN_AGAIN)
}

fn revoked() -> Status {
    let message = "The token was revoked.";
    status(Code::Unauthenticated, "TOKEN_REVOKED", message, JOIN_AGAIN)
}

/// A wrong token or invitation. Whoever presents many is told so instead of being looked at.
pub(crate) fn wrong(shared: &Shared, address: Option<Origin>) -> Status {
    shared.incidents.turn_away("wrong_credentials", address);
    let now = shared.world.now();
    if address.is_some_and(|address| !shared.failures.take(address, now)) {
        return too_many_failures();
    }
    let hint = "check that it is whole, or ask an owner for an invitation";
    let message = "The token or invitation is not one of this server's.";
    status(Code::Unauthenticated, "UNKNOWN_CREDENTIALS", message, hint)
}

/// Turns somebody away who has presented too many wrong invitations.
pub(crate) fn may_try(shared: &Shared, address: Option<Origin>) -> Result<(), Status> {
    if address.is_none_or(|address| shared.failures.has(address, shared.world.now())) {
        return Ok(());
    }
    shared.incidents.turn_away("failed_logins", address);
    Err(too_many_failures())
}

fn too_many_failures() -> Status {
    too_many(
        "TOO_MANY_FAILED_LOGINS",
        "Too many wrong tokens or invitations came from this address; wait a minute.",
    )
}

/// A device that was revoked, or whose member was removed, gets to see nothing any more.
pub(crate) fn still_welcome(client: &Client) -> Result<(), Status> {
    let state = client.workspace.state();
    let revoked = client
        .device
        .and_then(|device| state.devices.get(&device))
        .is_some_and(|device| device.revoked.is_some());
    let removed = state
        .members
        .get(&client.member)
        .is_some_and(|member| member.state == MemberState::Removed);
    if revoked {
        return Err(device_revoked());
    }
    if removed {
        return Err(unwelcome(
            "The token's member no longer belongs to the workspace.",
        ));
    }
    Ok(())
}

pub(crate) fn device_revoked() -> Status {
    unwelcome("This device was revoked.")
}

fn unwelcome(message: &str) -> Status {
    status(
        Code::PermissionDenied,
        "DEVICE_REVOKED",
        message,
        JOIN_AGAIN,
    )
}

pub(crate) fn stopping() -> Status {
    status(
        Code::Unavailable,
        "STOPPING",
        "The server is stopping; try again in a moment.",
        "",
    )
}

/// The workspace is this server's, and nothing of it can be read.
fn damaged() -> Status {
    status(
        Code::Unavailable,
        Reason::Damaged.word(),
        "The server's store of this workspace is damaged. Unsent work is kept.",
        "tell the server's operator; work goes on here meanwhile",
    )
}

pub(crate) fn no_token() -> Status {
    let hint = "send the metadata 'authorization: Bearer TOKEN'";
    status(
        Code::Unauthenticated,
        "NO_TOKEN",
        "The call carries no token.",
        hint,
    )
}

fn remote_address(request: &Request) -> Option<Origin> {
    request.extensions().get::<Peer>().map(Peer::origin)
}
