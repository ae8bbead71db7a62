//! Asking a server in place of a replica: `QueryService`.
//!
//! Questions are the plain structs of `proto/`, handed on as they are; answers are text that is handed on
//! as it comes. There is no time limit: a question about a long log takes its time, and a server
//! that goes away is noticed by the keep-alive.

use quarterdeck_proto::limits::MAX_MESSAGE_BYTES;
use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use tonic::transport::Channel;

use super::{Grpc, protocol};
use crate::remote::RemoteError;

pub use quarterdeck_proto::v1::as_of::Moment;
pub use quarterdeck_proto::v1::get_report_request::Report;
pub use quarterdeck_proto::v1::{
    AsOf, BlameReport, CalibrationReport, ConflictsReport, CreateLinkRequest, CreateLinkResponse,
    DiffReport, EventFilter, ForecastReport, GetReportRequest, GetStateRequest, GoalpostsReport,
    HistoryReport, LateReport, LogReport, PastForecastsReport, RegradeReport, RegradeWeight,
    StatusReport,
};

impl Grpc {
    /// Hands out the JSON objects of a report as they come, while `more` says so.
    ///
    /// # Errors
    /// The server refuses, or goes away.
    pub async fn report(
        &self,
        asked: GetReportRequest,
        more: &mut dyn FnMut(&str) -> bool,
    ) -> Result<(), RemoteError> {
        let response = self.queries().get_report(self.request(asked)).await;
        let mut parts = response.map_err(|status| self.error(&status))?.into_inner();
        let mut object = String::new();
        while let Some(part) = (parts.message().await).map_err(|status| self.error(&status))? {
            object.push_str(&part.json);
            if part.goes_on {
                continue;
            }
            if !more(&object) {
                return Ok(());
            }
            object.clear();
        }
        if object.is_empty() {
            return Ok(());
        }
        Err(protocol("its answer ends within an object"))
    }

    /// Hands out the canonical JSON of a state as it comes, in parts that may end within a character,
    /// while `more` says so.
    ///
    /// # Errors
    /// As for [`Self::report`].
    pub async fn state(
        &self,
        asked: GetStateRequest,
        more: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), RemoteError> {
        let response = self.queries().get_state(self.request(asked)).await;
        let mut parts = response.map_err(|status| self.error(&status))?.into_inner();
        while let Some(part) = (parts.message().await).map_err(|status| self.error(&status))? {
            if !more(&part.json) {
                break;
            }
        }
        Ok(())
    }

    /// Asks for a link that opens the page of a cycle in a browser. It holds a secret.
    ///
    /// # Errors
    /// As for [`Self::report`]; and where the server shows no pages.
    pub async fn link(&self, asked: CreateLinkRequest) -> Result<CreateLinkResponse, RemoteError> {
        let mut client = self.queries();
        let response = self.answered(client.create_link(self.timed(asked))).await;
        Ok(response?.into_inner())
    }

    fn queries(&self) -> QueryServiceClient<Channel> {
        QueryServiceClient::new(self.channel.clone()).max_decoding_message_size(MAX_MESSAGE_BYTES)
    }
}
