//! `QueryService`: reading without a replica.

mod conflicts;
mod history;
mod link;
mod log;
mod report;
mod state;
mod status;
mod view;

use std::sync::Arc;

use quarterdeck_core::refusal::{Code as Why, Refusal};
use quarterdeck_proto::v1::{self, query_service_server::QueryService};
use tonic::{Request, Response, Status};

use self::view::Asked;
use super::Answers;
use crate::auth::{self, Client};
use crate::shared::Shared;
use crate::status::refused;

#[derive(Debug)]
pub(crate) struct Query {
    shared: Arc<Shared>,
}

impl Query {
    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// What is asked, of which time and by whom.
    fn asked(&self, client: &Client, as_of: Option<v1::AsOf>, on: String) -> Asked {
        Asked {
            as_of,
            on,
            now: self.shared.world.now(),
            me: client.member,
        }
    }
}

#[tonic::async_trait]
impl QueryService for Query {
    type GetStateStream = Answers<v1::GetStateResponse>;
    type GetReportStream = Answers<v1::GetReportResponse>;

    async fn get_state(
        &self,
        request: Request<v1::GetStateRequest>,
    ) -> Result<Response<Self::GetStateStream>, Status> {
        let client = auth::client(&request)?;
        let grant = auth::grant(&self.shared, &request)?;
        let permit = auth::open_stream(&self.shared, &client)?;
        let now = self.shared.world.now();
        let request = request.into_inner();
        is_meant(&client, &request.workspace)?;
        let answers = state::get(&client.workspace, request, now, (grant, permit)).await?;
        Ok(Response::new(answers))
    }

    async fn get_status(
        &self,
        request: Request<v1::GetStatusRequest>,
    ) -> Result<Response<v1::GetStatusResponse>, Status> {
        let client = auth::client(&request)?;
        let request = request.into_inner();
        let asked = self.asked(&client, request.as_of.clone(), request.on.clone());
        status::get(&client.workspace, request, asked)
            .await
            .map(Response::new)
    }

    async fn list_log(
        &self,
        request: Request<v1::ListLogRequest>,
    ) -> Result<Response<v1::ListLogResponse>, Status> {
        let client = auth::client(&request)?;
        let request = request.into_inner();
        let asked = self.asked(&client, request.as_of.clone(), String::new());
        log::list(&client.workspace, request, asked)
            .await
            .map(Response::new)
    }

    async fn get_history(
        &self,
        request: Request<v1::GetHistoryRequest>,
    ) -> Result<Response<v1::GetHistoryResponse>, Status> {
        let client = auth::client(&request)?;
        let request = request.into_inner();
        let asked = self.asked(&client, request.as_of.clone(), request.on.clone());
        history::get(&client.workspace, request, asked)
            .await
            .map(Response::new)
    }

    async fn list_conflicts(
        &self,
        request: Request<v1::ListConflictsRequest>,
    ) -> Result<Response<v1::ListConflictsResponse>, Status> {
        let client = auth::client(&request)?;
        let asked = self.asked(&client, request.into_inner().as_of, String::new());
        conflicts::list(&client.workspace, asked)
            .await
            .map(Response::new)
    }

    async fn get_report(
        &self,
        request: Request<v1::GetReportRequest>,
    ) -> Result<Response<Self::GetReportStream>, Status> {
        let client = auth::client(&request)?;
        let grant = auth::grant(&self.shared, &request)?;
        let permit = auth::open_stream(&self.shared, &client)?;
        let request = request.into_inner();
        is_meant(&client, &request.workspace)?;
        let asked = self.asked(&client, request.as_of, request.on);
        let answers =
            report::get(&client.workspace, request.report, asked, (grant, permit)).await?;
        Ok(Response::new(answers))
    }

    async fn create_link(
        &self,
        request: Request<v1::CreateLinkRequest>,
    ) -> Result<Response<v1::CreateLinkResponse>, Status> {
        let client = auth::client(&request)?;
        let request = request.into_inner();
        is_meant(&client, &request.workspace)?;
        link::create(&self.shared, &client, &request).map(Response::new)
    }
}

/// Whether the token is of the workspace that its holder believes it to be of.
fn is_meant(client: &Client, workspace: &str) -> Result<(), Status> {
    let state = client.workspace.state();
    let is_named = || {
        (state.workspace.as_ref()).is_some_and(|found| found.name.eq_ignore_ascii_case(workspace))
    };
    if workspace.is_empty() || workspace == client.workspace.id().to_string() || is_named() {
        return Ok(());
    }
    let message = format!("The token is of another workspace than {workspace}.");
    Err(refused(&Refusal::new(Why::WrongWorkspace, message)))
}
