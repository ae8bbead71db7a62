//! The conflicts that nobody has settled yet.

use std::sync::Arc;

use quarterdeck_core::state::{Conflict, State};
use quarterdeck_proto::v1;
use tonic::Status;

use super::view::{Asked, View};
use crate::rpc::asking;
use crate::rpc::shown::Shown;
use crate::workspace::Workspace;

pub(super) async fn list(
    workspace: &Arc<Workspace>,
    asked: Asked,
) -> Result<v1::ListConflictsResponse, Status> {
    let workspace = Arc::clone(workspace);
    asking(workspace.world(), move || {
        Ok(told(View::open(&workspace, asked)?.state()))
    })
    .await
}

fn told(state: &State) -> v1::ListConflictsResponse {
    let shown = Shown::new(state);
    let conflicts = state
        .conflicts
        .iter()
        .flat_map(|open| pairs(&shown, open))
        .collect();
    v1::ListConflictsResponse { conflicts }
}

/// The side in effect beside each of the others.
fn pairs(shown: &Shown<'_>, open: &Conflict) -> Vec<v1::Conflict> {
    let Some(set_by) = shown.state.stamp(open.subject, &open.field) else {
        return Vec::new();
    };
    let in_effect = open
        .contenders
        .iter()
        .find(|side| side.stamp.event == set_by.event);
    open.others(set_by.event)
        .map(|other| v1::Conflict {
            reference: shown.lookup.reference_of(open.subject),
            field: open.field.word().to_owned(),
            in_effect: in_effect.map(|side| shown.side(side)),
            other: Some(shown.side(other)),
        })
        .collect()
}
