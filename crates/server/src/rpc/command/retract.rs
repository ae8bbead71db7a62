//! Taking a check-in back.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::{EventId, KeyResultId};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_proto::v1;

use crate::lookup::Lookup;
use quarterdeck_core::reference::Kind;

pub(super) fn decide(
    state: &State,
    request: &v1::RetractCheckInRequest,
) -> Result<Vec<Command>, Refusal> {
    let (key_result, check_in) = find(state, &request.check_in)?;
    Ok(vec![Command::Record(Body::CheckInRetracted {
        key_result,
        check_in,
    })])
}

/// The check-in that is meant, with its key result.
pub(super) fn find(state: &State, query: &str) -> Result<(KeyResultId, EventId), Refusal> {
    let (kind, id) = Lookup::new(state).anything(query)?;
    let id = EventId::new(id);
    let mut key_results = state.key_results.iter();
    let found = key_results.find(|(_, key_result)| key_result.check_ins.get(id).is_some());
    match found {
        Some((key_result, _)) if kind == Kind::CheckIn => Ok((*key_result, id)),
        _ => Err(Refusal::not_found("check-in", query)),
    }
}
