//! The changes of a key result with its figures after each, oldest first, a page at a time.

use std::sync::Arc;

use quarterdeck_core::history;
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::state::State;
use quarterdeck_proto::v1;
use tonic::Status;

use crate::error::ServerError;
use crate::lookup::Lookup;
use crate::rpc::blocking;
use crate::rpc::ids::{Page, page};
use crate::rpc::shown::{Shown, number};
use crate::status::refused;
use crate::workspace::Workspace;

pub(super) async fn get(
    workspace: &Arc<Workspace>,
    request: v1::GetHistoryRequest,
) -> Result<v1::GetHistoryResponse, Status> {
    let page = page(request.page_size, &request.page_token)?;
    let key_result = Lookup::new(&workspace.state())
        .key_result(&request.reference)
        .map_err(|refusal| refused(&refusal))?;
    let workspace = Arc::clone(workspace);
    blocking(move || steps(&workspace, key_result, page)).await
}

/// The figures after a change follow from everything before it, so the log is folded up to the
/// page's end.
fn steps(
    workspace: &Workspace,
    key_result: KeyResultId,
    page: Page,
) -> Result<v1::GetHistoryResponse, ServerError> {
    let present = workspace.state();
    let shown = Shown::new(&present);
    let mut state = State::default();
    let mut answer = v1::GetHistoryResponse::default();
    workspace.each(1, |entry| {
        state.apply(&entry);
        if !history::touches(&state, &entry, key_result)
            || page.after.is_some_and(|seq| entry.seq <= seq)
        {
            return true;
        }
        if answer.steps.len() == page.size {
            let last = answer.steps.last().and_then(|step| step.event.as_ref());
            answer.next_page_token = last.map(|event| event.seq.to_string()).unwrap_or_default();
            return false;
        }
        let after = history::after(&state, key_result);
        answer.steps.push(v1::HistoryStep {
            event: Some(shown.event(&entry)),
            value: number(after.as_ref().and_then(|after| after.value)),
            target: number(after.as_ref().and_then(|after| after.target)),
            confidence: number(after.as_ref().and_then(|after| after.confidence)),
            score: number(after.as_ref().and_then(|after| after.score)),
        });
        true
    })?;
    Ok(answer)
}
