//! `SyncService`: what a device with a replica of its own needs.

mod add_device;
mod checkpoint;
mod give_back;
mod host;
mod join;
mod making;
mod proofs;
mod pull;
mod push;
mod renew_token;
mod watch;

use std::sync::Arc;

use quarterdeck_proto::v1::{self, sync_service_server::SyncService};
use tonic::{Request, Response, Status, Streaming};

pub(crate) use making::Making;

use super::Answers;
use crate::auth;
use crate::shared::Shared;
use crate::workspace::Workspace;

#[derive(Debug)]
pub(crate) struct Sync {
    shared: Arc<Shared>,
}

impl Sync {
    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

#[tonic::async_trait]
impl SyncService for Sync {
    type PushStream = Answers<v1::PushResponse>;
    type PullStream = Answers<v1::PullResponse>;
    type WatchStream = Answers<v1::WatchResponse>;

    async fn push(
        &self,
        request: Request<Streaming<v1::PushRequest>>,
    ) -> Result<Response<Self::PushStream>, Status> {
        let grant = auth::grant(&self.shared, &request)?;
        let client = auth::client(&request)?;
        push::push(&self.shared, grant, client, request.into_inner()).map(Response::new)
    }

    async fn pull(
        &self,
        request: Request<v1::PullRequest>,
    ) -> Result<Response<Self::PullStream>, Status> {
        let grant = auth::grant(&self.shared, &request)?;
        let client = auth::client(&request)?;
        pull::pull(&self.shared, grant, &client, request.into_inner()).map(Response::new)
    }

    async fn watch(
        &self,
        request: Request<v1::WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let grant = auth::grant(&self.shared, &request)?;
        let client = auth::client(&request)?;
        watch::watch(&self.shared, grant, &client, request.into_inner()).map(Response::new)
    }

    async fn get_checkpoint(
        &self,
        request: Request<v1::GetCheckpointRequest>,
    ) -> Result<Response<v1::GetCheckpointResponse>, Status> {
        let client = auth::client(&request)?;
        Ok(Response::new(checkpoint::get(&self.shared, &client)))
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<v1::GetInclusionProofRequest>,
    ) -> Result<Response<v1::GetInclusionProofResponse>, Status> {
        let client = auth::client(&request)?;
        proofs::inclusion(client.workspace, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn get_consistency_proof(
        &self,
        request: Request<v1::GetConsistencyProofRequest>,
    ) -> Result<Response<v1::GetConsistencyProofResponse>, Status> {
        let client = auth::client(&request)?;
        proofs::consistency(client.workspace, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn join(
        &self,
        request: Request<v1::JoinRequest>,
    ) -> Result<Response<v1::JoinResponse>, Status> {
        let caller = auth::caller(&request)?;
        join::join(&self.shared, &caller, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn add_device(
        &self,
        request: Request<v1::AddDeviceRequest>,
    ) -> Result<Response<v1::AddDeviceResponse>, Status> {
        let client = auth::client(&request)?;
        add_device::add(&self.shared, &client, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn host_workspace(
        &self,
        request: Request<v1::HostWorkspaceRequest>,
    ) -> Result<Response<v1::HostWorkspaceResponse>, Status> {
        let caller = auth::caller(&request)?;
        host::host(&self.shared, &caller, request.into_inner()).map(Response::new)
    }

    async fn give_back(
        &self,
        request: Request<v1::GiveBackRequest>,
    ) -> Result<Response<v1::GiveBackResponse>, Status> {
        let client = auth::client(&request)?;
        give_back::give_back(&client, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn renew_token(
        &self,
        request: Request<v1::RenewTokenRequest>,
    ) -> Result<Response<v1::RenewTokenResponse>, Status> {
        let client = auth::client(&request)?;
        renew_token::renew(&self.shared, &client).map(Response::new)
    }
}

/// A recorded event as it travels.
fn entry(entry: quarterdeck_ledger::Entry) -> v1::Entry {
    v1::Entry {
        seq: entry.seq,
        recorded_ms: entry.recorded,
        event: Some(quarterdeck_projection::to_wire(entry.event).into()),
    }
}

fn checkpoint_of(workspace: &Workspace, head: &quarterdeck_ledger::Head) -> v1::Checkpoint {
    v1::Checkpoint {
        note: workspace.checkpoint(head),
    }
}
