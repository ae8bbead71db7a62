//! Who is calling. Deny by default: every call but the few named here needs a valid token, and
//! gets to know of nothing but the token's own workspace.
//!
//! A token of a workspace that is not there, and one that never was, get the same answer.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use quarterdeck_core::id::{DeviceId, MemberId, Uuid};
use quarterdeck_core::token::{MemberState, Role};
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use tonic::{Code, Status};

use crate::access::Presented;
use crate::shared::{Shared, StreamOfToken};
use crate::status::{status, too_many};
use crate::workspace::Workspace;

/// Calls that need no token, by the beginning of their path.
const OPEN: &[&str] = &[
    "/quarterdeck.v1.SyncService/Join",
    "/quarterdeck.v1.SyncService/HostWorkspace",
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];

/// Who is calling; every request carries it.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// The operator, through the administrative socket.
    Operator,
    /// The holder of a valid token.
    Client(Client),
    /// Somebody without a token, from this address.
    Nobody(Option<IpAddr>),
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

/// The caller of a request. Without the layer below there is none, and nothing is allowed.
pub(crate) fn caller<T>(request: &tonic::Request<T>) -> Result<Caller, Status> {
    request
        .extensions()
        .get::<Caller>()
        .cloned()
        .ok_or_else(no_token)
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
        shared.metrics.turn_away("streams");
        too_many(
            "TOO_MANY_STREAMS",
            "This token has too many streams open; close one first.",
        )
    })
}

/// The layer in front of every call.
pub(crate) async fn authenticate(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    match identify(&shared, &request, &path) {
        Ok(caller) => {
            tracing::debug!(path, ?caller, "call");
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(status) => {
            tracing::info!(path, code = ?status.code(), "turned a call away");
            status.into_http()
        }
    }
}

fn identify(shared: &Shared, request: &Request, path: &str) -> Result<Caller, Status> {
    let address = remote_address(request);
    if OPEN.iter().any(|open| path.starts_with(open)) {
        return Ok(Caller::Nobody(address));
    }
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| {
            shared.metrics.turn_away("no_token");
            no_token()
        })?;
    let now = shared.world.now();
    let (token, holder) = match shared.access.present(token.trim(), now) {
        Presented::Valid { token, holder } => (token, holder),
        Presented::Expired => {
            shared.metrics.turn_away("expired");
            let hint = "ask an owner for an invitation and join again; unsent work is kept";
            let message = "The token has lapsed.";
            return Err(status(
                Code::Unauthenticated,
                "TOKEN_EXPIRED",
                message,
                hint,
            ));
        }
        Presented::Revoked => {
            shared.metrics.turn_away("revoked");
            let hint = "ask an owner for an invitation and join again; unsent work is kept";
            let message = "The token was revoked.";
            return Err(status(
                Code::Unauthenticated,
                "TOKEN_REVOKED",
                message,
                hint,
            ));
        }
        Presented::Unknown => return Err(wrong(shared, address)),
    };
    if !shared.calls.take(token, now) {
        shared.metrics.turn_away("rate");
        return Err(too_many(
            "TOO_MANY_CALLS",
            "This token makes too many calls; slow down.",
        ));
    }
    let workspace = shared
        .workspace(holder.workspace)
        .ok_or_else(|| wrong(shared, address))?;
    let client = Client {
        token,
        workspace,
        member: holder.member,
        device: holder.device,
    };
    still_welcome(&client)?;
    Ok(Caller::Client(client))
}

/// A wrong token or invitation. Whoever presents many is told so instead of being looked at.
pub(crate) fn wrong(shared: &Shared, address: Option<IpAddr>) -> Status {
    shared.metrics.turn_away("wrong_credentials");
    let now = shared.world.now();
    if address.is_some_and(|address| !shared.failures.take(address, now)) {
        return too_many_failures();
    }
    let hint = "check that it is whole, or ask an owner for an invitation";
    let message = "The token or invitation is not one of this server's.";
    status(Code::Unauthenticated, "UNKNOWN_CREDENTIALS", message, hint)
}

/// Turns somebody away who has presented too many wrong invitations.
pub(crate) fn may_try(shared: &Shared, address: Option<IpAddr>) -> Result<(), Status> {
    if address.is_none_or(|address| shared.failures.has(address, shared.world.now())) {
        return Ok(());
    }
    shared.metrics.turn_away("failed_logins");
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
    let hint = "ask an owner for an invitation and join again; unsent work is kept";
    status(Code::PermissionDenied, "DEVICE_REVOKED", message, hint)
}

pub(crate) fn stopping() -> Status {
    status(
        Code::Unavailable,
        "STOPPING",
        "The server is stopping; try again in a moment.",
        "",
    )
}

fn no_token() -> Status {
    let hint = "send the metadata 'authorization: Bearer TOKEN'";
    status(
        Code::Unauthenticated,
        "NO_TOKEN",
        "The call carries no token.",
        hint,
    )
}

fn remote_address(request: &Request) -> Option<IpAddr> {
    let extensions = request.extensions();
    let plain = extensions
        .get::<TcpConnectInfo>()
        .and_then(TcpConnectInfo::remote_addr);
    let tls = extensions.get::<TlsConnectInfo<TcpConnectInfo>>();
    plain
        .or_else(|| tls.and_then(|info| info.get_ref().remote_addr()))
        .map(|found| found.ip())
}
