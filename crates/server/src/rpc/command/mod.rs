//! `CommandService`: writing without keys and chains. The server authors the events as its own
//! device on behalf of the token's member, and every history marks them so.
//!
//! What a command means is decided by the writer, against the state in which it takes effect, so a
//! reference is resolved and admitted at one and the same moment.

mod add_note;
mod check_in;
mod edit;
mod retract;
mod undo;

use std::sync::Arc;

use quarterdeck_core::decide;
use quarterdeck_core::id::EventId;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_proto::v1::{self, command_service_server::CommandService};
use tonic::{Request, Response, Status};

use crate::auth::{self, Client};
use crate::shared::Shared;
use crate::status::{invalid, not_authored};
use crate::workspace::Order;

#[derive(Debug)]
pub(crate) struct Command {
    shared: Arc<Shared>,
}

impl Command {
    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

#[tonic::async_trait]
impl CommandService for Command {
    async fn check_in(
        &self,
        request: Request<v1::CheckInRequest>,
    ) -> Result<Response<v1::CheckInResponse>, Status> {
        let client = auth::client(&request)?;
        let request = request.into_inner();
        let options = request.options.clone();
        let now = self.shared.world.now();
        let decide = move |state: &State| check_in::decide(state, &request, now);
        let events = carry_out(&client, options, decide).await?;
        Ok(Response::new(v1::CheckInResponse { events }))
    }

    async fn retract_check_in(
        &self,
        request: Request<v1::RetractCheckInRequest>,
    ) -> Result<Response<v1::RetractCheckInResponse>, Status> {
        let client = auth::client(&request)?;
        let request = request.into_inner();
        let options = request.options.clone();
        let decide = move |state: &State| retract::decide(state, &request);
        let events = carry_out(&client, options, decide).await?;
        Ok(Response::new(v1::RetractCheckInResponse { events }))
    }

    async fn add_note(
        &self,
        request: Request<v1::AddNoteRequest>,
    ) -> Result<Response<v1::AddNoteResponse>, Status> {
        let client = auth::client(&request)?;
        let request = request.into_inner();
        let options = request.options.clone();
        let decide = move |state: &State| add_note::decide(state, &request);
        let events = carry_out(&client, options, decide).await?;
        Ok(Response::new(v1::AddNoteResponse { events }))
    }

    async fn edit(
        &self,
        request: Request<v1::EditRequest>,
    ) -> Result<Response<v1::EditResponse>, Status> {
        let client = auth::client(&request)?;
        let request = request.into_inner();
        let options = request.options.clone();
        let decide = move |state: &State| edit::decide(state, &request);
        let events = carry_out(&client, options, decide).await?;
        Ok(Response::new(v1::EditResponse { events }))
    }

    async fn undo(
        &self,
        request: Request<v1::UndoRequest>,
    ) -> Result<Response<v1::UndoResponse>, Status> {
        let client = auth::client(&request)?;
        let request = request.into_inner();
        let event = undo::find(&client.workspace, &request.event).await?;
        let decide = move |_: &State| Ok(vec![decide::Command::Undo(Box::new(event))]);
        let events = carry_out(&client, request.options, decide).await?;
        Ok(Response::new(v1::UndoResponse { events }))
    }
}

async fn carry_out(
    client: &Client,
    options: Option<v1::CommandOptions>,
    decide: impl FnOnce(&State) -> Result<Vec<decide::Command>, Refusal> + Send + 'static,
) -> Result<Vec<v1::RecordedEvent>, Status> {
    let v1::CommandOptions { reason, event_id } = options.unwrap_or_default();
    let event_id = match event_id.as_str() {
        "" => None,
        id => Some(
            id.parse::<EventId>()
                .map_err(|error| invalid("options.event_id", error.to_string()))?,
        ),
    };
    let order = Order {
        member: client.member,
        reason: (!reason.is_empty()).then_some(reason),
        event_id,
        decide: Box::new(decide),
    };
    let events = client
        .workspace
        .author(order)
        .await
        .map_err(|error| not_authored(&error))?;
    let recorded = |event: &crate::workspace::Authored| v1::RecordedEvent {
        id: event.id.to_string(),
        kind: event.kind.to_owned(),
        seq: event.place.seq,
    };
    Ok(events.iter().map(recorded).collect())
}

/// Text that was given.
fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
