//! `AdminService`: for the operator, and for owners in their own workspaces.

mod backup;
mod devices;
mod invitations;
mod rotation;
mod standing;
mod stats;
mod tokens;
mod verify;
mod workspaces;

use std::sync::Arc;

use quarterdeck_proto::Reason;
use quarterdeck_proto::v1::{self, admin_service_server::AdminService};
use tonic::{Code, Request, Response, Status};

use super::{Answers, blocking};
use crate::address::Address;
use crate::auth::{self, Caller};
use crate::error::ServerError;
use crate::shared::Shared;
use crate::status::{failed, status};
use crate::workspace::Workspace;

#[derive(Debug)]
pub(crate) struct Admin {
    shared: Arc<Shared>,
}

/// Who administrates.
#[derive(Debug, Clone)]
enum Who {
    Operator,
    /// The owner of this workspace.
    Owner(Arc<Workspace>),
}

impl Who {
    const fn is_operator(&self) -> bool {
        matches!(self, Self::Operator)
    }

    /// The workspace that is meant, if it is open to them. One that is not, and one that does not
    /// exist, get the same answer.
    fn workspace(&self, shared: &Shared, name: &str) -> Result<Arc<Workspace>, Status> {
        match self {
            Self::Owner(own) if name.is_empty() => Ok(Arc::clone(own)),
            Self::Operator if name.is_empty() => {
                let all = shared.workspaces();
                match all.as_slice() {
                    [only] => Ok(Arc::clone(only)),
                    _ => Err(crate::status::invalid(
                        "workspace",
                        format!("must be given: this server has {} workspaces", all.len()),
                    )),
                }
            }
            Self::Owner(own) => shared
                .workspace_named(name)
                .ok()
                .filter(|found| found.id() == own.id())
                .ok_or_else(|| {
                    let error = ServerError::UnknownWorkspace {
                        name: name.to_owned(),
                    };
                    failed(&error, false)
                }),
            Self::Operator => shared.workspace_named(name).map_err(|error| {
                let Ok((id, _)) = shared.any_workspace_named(name) else {
                    return failed(&error, true);
                };
                let why = shared.broken().into_iter().find(|(other, _)| *other == id);
                let why = why.map(|(_, why)| why).unwrap_or_default();
                let message = format!("Workspace {id} cannot be opened: {why}");
                let hint = "put it back from a backup with okrd workspace restore";
                status(Code::DataLoss, Reason::Damaged.word(), message, hint)
            }),
        }
    }

    fn failed(&self, error: &ServerError) -> Status {
        failed(error, self.is_operator())
    }
}

impl Admin {
    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Who was let through: that owners administrate, and what the operator alone does, is said in the
    /// table of calls.
    fn who<T>(request: &Request<T>) -> Result<Who, Status> {
        match auth::caller(request)? {
            Caller::Operator => Ok(Who::Operator),
            Caller::Client(client) => Ok(Who::Owner(client.workspace)),
            Caller::Nobody(_) => Err(auth::no_token()),
        }
    }
}

#[tonic::async_trait]
impl AdminService for Admin {
    type VerifyStream = Answers<v1::VerifyResponse>;
    type BackupStream = Answers<v1::BackupResponse>;

    async fn create_workspace(
        &self,
        request: Request<v1::CreateWorkspaceRequest>,
    ) -> Result<Response<v1::CreateWorkspaceResponse>, Status> {
        let who = Self::who(&request)?;
        let created = workspaces::create(&self.shared, &who, request.into_inner()).await?;
        Ok(Response::new(created))
    }

    async fn list_workspaces(
        &self,
        request: Request<v1::ListWorkspacesRequest>,
    ) -> Result<Response<v1::ListWorkspacesResponse>, Status> {
        let who = Self::who(&request)?;
        let workspaces = workspaces::list(&self.shared, &who);
        Ok(Response::new(v1::ListWorkspacesResponse { workspaces }))
    }

    async fn create_invitation(
        &self,
        request: Request<v1::CreateInvitationRequest>,
    ) -> Result<Response<v1::CreateInvitationResponse>, Status> {
        let who = Self::who(&request)?;
        let created = invitations::create(&self.shared, &who, request.into_inner()).await?;
        Ok(Response::new(created))
    }

    async fn create_hosting_invitation(
        &self,
        request: Request<v1::CreateHostingInvitationRequest>,
    ) -> Result<Response<v1::CreateHostingInvitationResponse>, Status> {
        let who = Self::who(&request)?;
        invitations::create_hosting(&self.shared, &who, &request.into_inner()).map(Response::new)
    }

    async fn list_tokens(
        &self,
        request: Request<v1::ListTokensRequest>,
    ) -> Result<Response<v1::ListTokensResponse>, Status> {
        let workspace =
            Self::who(&request)?.workspace(&self.shared, &request.get_ref().workspace)?;
        Ok(Response::new(tokens::list(&self.shared, &workspace)))
    }

    async fn create_token(
        &self,
        request: Request<v1::CreateTokenRequest>,
    ) -> Result<Response<v1::CreateTokenResponse>, Status> {
        let who = Self::who(&request)?;
        tokens::create(&self.shared, &who, &request.into_inner()).map(Response::new)
    }

    async fn revoke_token(
        &self,
        request: Request<v1::RevokeTokenRequest>,
    ) -> Result<Response<v1::RevokeTokenResponse>, Status> {
        let who = Self::who(&request)?;
        tokens::revoke(&self.shared, &who, &request.into_inner()).map(Response::new)
    }

    async fn list_devices(
        &self,
        request: Request<v1::ListDevicesRequest>,
    ) -> Result<Response<v1::ListDevicesResponse>, Status> {
        let workspace =
            Self::who(&request)?.workspace(&self.shared, &request.get_ref().workspace)?;
        Ok(Response::new(devices::list(&workspace)))
    }

    async fn revoke_device(
        &self,
        request: Request<v1::RevokeDeviceRequest>,
    ) -> Result<Response<v1::RevokeDeviceResponse>, Status> {
        let who = Self::who(&request)?;
        devices::revoke(&self.shared, &who, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn set_role(
        &self,
        request: Request<v1::SetRoleRequest>,
    ) -> Result<Response<v1::SetRoleResponse>, Status> {
        let who = Self::who(&request)?;
        invitations::set_role(&self.shared, &who, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn verify(
        &self,
        request: Request<v1::VerifyRequest>,
    ) -> Result<Response<Self::VerifyStream>, Status> {
        let workspace =
            Self::who(&request)?.workspace(&self.shared, &request.get_ref().workspace)?;
        let grant = auth::grant(&self.shared, &request)?;
        Ok(Response::new(verify::verify(workspace, grant)))
    }

    async fn get_stats(
        &self,
        request: Request<v1::GetStatsRequest>,
    ) -> Result<Response<v1::GetStatsResponse>, Status> {
        let who = Self::who(&request)?;
        let shared = Arc::clone(&self.shared);
        let world = self.shared.world.clone();
        let stats = blocking(world, move || Ok(stats::stats(&shared, &who)));
        stats.await.map(Response::new)
    }

    async fn backup(
        &self,
        request: Request<v1::BackupRequest>,
    ) -> Result<Response<Self::BackupStream>, Status> {
        let who = Self::who(&request)?;
        let grant = auth::grant(&self.shared, &request)?;
        backup::backup(&self.shared, &who, grant, request.get_ref()).map(Response::new)
    }

    async fn restore_workspace(
        &self,
        request: Request<v1::RestoreWorkspaceRequest>,
    ) -> Result<Response<v1::RestoreWorkspaceResponse>, Status> {
        let who = Self::who(&request)?;
        standing::restore(&self.shared, &who, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn hold_workspace(
        &self,
        request: Request<v1::HoldWorkspaceRequest>,
    ) -> Result<Response<v1::HoldWorkspaceResponse>, Status> {
        let who = Self::who(&request)?;
        standing::hold(&self.shared, &who, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn resume_workspace(
        &self,
        request: Request<v1::ResumeWorkspaceRequest>,
    ) -> Result<Response<v1::ResumeWorkspaceResponse>, Status> {
        let who = Self::who(&request)?;
        standing::resume(&self.shared, &who, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn rotate_key(
        &self,
        request: Request<v1::RotateKeyRequest>,
    ) -> Result<Response<v1::RotateKeyResponse>, Status> {
        let who = Self::who(&request)?;
        rotation::rotate_key(&self.shared, &who, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn renew_certificate(
        &self,
        request: Request<v1::RenewCertificateRequest>,
    ) -> Result<Response<v1::RenewCertificateResponse>, Status> {
        let who = Self::who(&request)?;
        rotation::renew_certificate(&self.shared, &who).map(Response::new)
    }
}

/// An address that was given, or none.
fn address(text: &str) -> Result<Option<Address>, ServerError> {
    if text.is_empty() {
        Ok(None)
    } else {
        text.parse().map(Some)
    }
}

/// A span that was given in seconds, in milliseconds.
const fn milliseconds(seconds: u64) -> Option<u64> {
    if seconds == 0 {
        None
    } else {
        Some(seconds.saturating_mul(1_000))
    }
}

fn given(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
