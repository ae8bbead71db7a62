//! Writing something down.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::Subject;
use quarterdeck_proto::v1;

use super::edit::subject;
use super::given;

pub(super) fn decide(state: &State, request: &v1::AddNoteRequest) -> Result<Vec<Command>, Refusal> {
    let about = match given(&request.about) {
        Some(query) => subject(state, query)?,
        None => Subject::Workspace,
    };
    let kind = match given(&request.kind) {
        Some(word) => word.parse().map_err(unknown)?,
        None => NoteKind::Comment,
    };
    let text = request.text.clone();
    Ok(vec![Command::Record(Body::NoteAdded { about, kind, text })])
}

fn unknown(error: quarterdeck_core::token::UnknownToken) -> Refusal {
    Refusal::invalid(format!("{error}."))
}
