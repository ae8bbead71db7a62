//! The moment as of which a question is asked.

use std::sync::Arc;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::state::State;
use quarterdeck_core::when::Moment;
use quarterdeck_proto::v1::{self, as_of};
use tonic::Status;

use crate::rpc::blocking;
use crate::status::invalid;
use crate::workspace::Workspace;

/// The state at the moment that is asked about.
pub(super) async fn state(
    workspace: &Arc<Workspace>,
    as_of: Option<v1::AsOf>,
) -> Result<Arc<State>, Status> {
    let moment = match as_of.and_then(|as_of| as_of.moment) {
        None => return Ok(workspace.state()),
        Some(as_of::Moment::Position(position)) => {
            let head = workspace.state().head;
            if position == 0 || position > head {
                let what = format!("is {position}; the log goes from 1 to {head}");
                return Err(invalid("as_of.position", what));
            }
            Moment::Position(position)
        }
        Some(as_of::Moment::TimeMs(time)) => Moment::At(Timestamp::from_ms(time)),
    };
    let workspace = Arc::clone(workspace);
    blocking(move || workspace.state_at(moment))
        .await
        .map(Arc::new)
}
