//! The changes of a key result with its figures after each, oldest first, a page at a time.

use std::sync::Arc;

use quarterdeck_core::history::{self, Scope};
use quarterdeck_proto::v1;
use tonic::Status;

use super::view::{Asked, View};
use crate::lookup::Lookup;
use crate::rpc::asking;
use crate::rpc::ids::{Page, page};
use crate::rpc::shown::{Shown, number};
use crate::status::refused;
use crate::workspace::Workspace;

pub(super) async fn get(
    workspace: &Arc<Workspace>,
    request: v1::GetHistoryRequest,
    asked: Asked,
) -> Result<v1::GetHistoryResponse, Status> {
    let page = page(request.page_size, &request.page_token)?;
    let workspace = Arc::clone(workspace);
    asking(workspace.world(), move || {
        let view = View::open(&workspace, asked)?;
        let reference = request.reference;
        steps(view, &reference, page)
    })
    .await
}

/// What the figures of the key result depend on is folded, and nothing else.
fn steps(mut view: View, reference: &str, page: Page) -> Result<v1::GetHistoryResponse, Status> {
    let key_result =
        (Lookup::new(view.state()).key_result(reference)).map_err(|refusal| refused(&refusal))?;
    let on = view.named_day();
    let scope = Scope::KeyResult(key_result);
    let lines = history::of(&mut view.past, scope, on, &|entry| {
        page.after.is_none_or(|seq| entry.seq > seq)
    })?;
    let shown = Shown::new(view.state());
    let steps: Vec<v1::HistoryStep> = (lines.iter().take(page.size))
        .map(|line| v1::HistoryStep {
            event: Some(shown.event(&line.entry)),
            value: number(line.after.value),
            target: number(line.after.target),
            confidence: number(line.after.confidence),
            score: number(line.after.score),
        })
        .collect();
    let last =
        (steps.last().and_then(|step| step.event.as_ref())).filter(|_| lines.len() > steps.len());
    Ok(v1::GetHistoryResponse {
        next_page_token: last.map(|event| event.seq.to_string()).unwrap_or_default(),
        steps,
    })
}
