//! `QueryService`: reading without a replica.

mod conflicts;
mod history;
mod log;
mod moment;
mod state;
mod status;

use std::sync::Arc;

use quarterdeck_proto::v1::{self, query_service_server::QueryService};
use tonic::{Request, Response, Status};

use super::Answers;
use crate::auth;
use crate::shared::Shared;

#[derive(Debug)]
pub(crate) struct Query {
    shared: Arc<Shared>,
}

impl Query {
    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

#[tonic::async_trait]
impl QueryService for Query {
    type GetStateStream = Answers<v1::GetStateResponse>;

    async fn get_state(
        &self,
        request: Request<v1::GetStateRequest>,
    ) -> Result<Response<Self::GetStateStream>, Status> {
        let client = auth::client(&request)?;
        let permit = auth::open_stream(&self.shared, &client)?;
        let answers = state::get(&client.workspace, request.into_inner(), permit).await?;
        Ok(Response::new(answers))
    }

    async fn get_status(
        &self,
        request: Request<v1::GetStatusRequest>,
    ) -> Result<Response<v1::GetStatusResponse>, Status> {
        let client = auth::client(&request)?;
        let now = self.shared.world.now();
        status::get(&client.workspace, request.into_inner(), now)
            .await
            .map(Response::new)
    }

    async fn list_log(
        &self,
        request: Request<v1::ListLogRequest>,
    ) -> Result<Response<v1::ListLogResponse>, Status> {
        let client = auth::client(&request)?;
        log::list(&client.workspace, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn get_history(
        &self,
        request: Request<v1::GetHistoryRequest>,
    ) -> Result<Response<v1::GetHistoryResponse>, Status> {
        let client = auth::client(&request)?;
        history::get(&client.workspace, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_conflicts(
        &self,
        request: Request<v1::ListConflictsRequest>,
    ) -> Result<Response<v1::ListConflictsResponse>, Status> {
        let client = auth::client(&request)?;
        Ok(Response::new(conflicts::list(&client.workspace.state())))
    }
}
