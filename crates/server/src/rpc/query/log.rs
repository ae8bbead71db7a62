//! The log, latest events first, a page at a time.

use std::collections::HashSet;
use std::sync::Arc;

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::{DeviceId, MemberId, Uuid};
use quarterdeck_core::past::Past as _;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_proto::v1;
use tonic::Status;

use super::view::{Asked, View};
use crate::error::ServerError;
use crate::rpc::asking;
use crate::rpc::ids::{Page, page};
use crate::rpc::shown::Shown;
use crate::status::refused;
use crate::workspace::Workspace;

/// How many entries are read at a time, going backwards.
const READ: u64 = 512;

/// Which events are asked for.
struct Filter {
    about: Option<HashSet<u64>>,
    since_ms: u64,
    until_ms: u64,
    member: Option<MemberId>,
    device: Option<DeviceId>,
    kind: String,
}

pub(super) async fn list(
    workspace: &Arc<Workspace>,
    request: v1::ListLogRequest,
    asked: Asked,
) -> Result<v1::ListLogResponse, Status> {
    let page = page(request.page_size, &request.page_token)?;
    let workspace = Arc::clone(workspace);
    asking(workspace.world(), move || {
        let view = View::open(&workspace, asked)?;
        let filter =
            filter(&workspace, view.state(), request).map_err(|refusal| refused(&refusal))?;
        Ok(backwards(view, &filter, page)?)
    })
    .await
}

fn filter(
    workspace: &Workspace,
    state: &State,
    request: v1::ListLogRequest,
) -> Result<Filter, Refusal> {
    let shown = Shown::new(state);
    let given = |text: String| (!text.is_empty()).then_some(text);
    let about: Option<Uuid> = given(request.reference)
        .map(|query| shown.lookup.anything(&query))
        .transpose()?
        .map(|it| it.1);
    Ok(Filter {
        about: about.map(|id| workspace.seqs_about(id).into_iter().collect()),
        since_ms: request.since_ms,
        until_ms: if request.until_ms == 0 {
            u64::MAX
        } else {
            request.until_ms
        },
        member: given(request.member)
            .map(|query| shown.lookup.member(&query))
            .transpose()?,
        device: given(request.device)
            .map(|query| shown.lookup.device(&query))
            .transpose()?,
        kind: request.kind,
    })
}

impl Filter {
    fn lets_in(&self, entry: &Entry) -> bool {
        let event = &entry.event;
        self.about
            .as_ref()
            .is_none_or(|about| about.contains(&entry.seq))
            && entry.recorded.ms() < self.until_ms
            && self.member.is_none_or(|member| event.member == member)
            && self.device.is_none_or(|device| event.device == device)
            && (self.kind.is_empty() || event.body.kind() == self.kind)
    }
}

fn backwards(
    mut view: View,
    filter: &Filter,
    page: Page,
) -> Result<v1::ListLogResponse, ServerError> {
    // Shared with the view until changed: no deep copy.
    let state = view.state().clone();
    let shown = Shown::new(&state);
    let mut answer = v1::ListLogResponse::default();
    // The log grows at the other end meanwhile: pages do not shift.
    let mut below = page.after.unwrap_or_else(|| state.head.saturating_add(1));
    while below > 1 {
        let from = below.saturating_sub(READ).max(1);
        let mut entries = Vec::new();
        view.past.each(from, &mut |entry| {
            let more = entry.seq < below;
            if more {
                entries.push(entry.clone());
            }
            more
        })?;
        for entry in entries.iter().rev() {
            // Recorded times never decrease, so nothing older can be meant.
            if entry.recorded.ms() < filter.since_ms {
                return Ok(answer);
            }
            if !filter.lets_in(entry) {
                continue;
            }
            if answer.events.len() == page.size {
                let last = answer.events.last().map(|event| event.seq.to_string());
                answer.next_page_token = last.unwrap_or_default();
                return Ok(answer);
            }
            answer.events.push(shown.event(entry));
        }
        below = from;
    }
    Ok(answer)
}
