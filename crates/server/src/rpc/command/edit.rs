//! Changing fields.

use quarterdeck_core::decide::Command;
use quarterdeck_core::id::{
    CycleId, FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId, NoteId,
    ObjectiveId, TeamId, TemplateId, TodoId, WeeklyId,
};
use quarterdeck_core::reference::Kind;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_core::value::{Field, Subject};
use quarterdeck_proto::v1;

use super::{given, retract};
use crate::lookup::Lookup;
use crate::rpc::value;

pub(super) fn decide(state: &State, request: &v1::EditRequest) -> Result<Vec<Command>, Refusal> {
    let subject = match given(&request.subject) {
        Some(query) => subject(state, query)?,
        None => Subject::Workspace,
    };
    let lookup = Lookup::new(state);
    let mut set = Vec::new();
    for change in &request.changes {
        let field = Field::from_word(&change.field);
        if set.iter().any(|(other, _)| *other == field) {
            return Err(Refusal::invalid(format!("Field '{field}' is given twice.")));
        }
        let read = |text: Option<&str>| value::read(state, &lookup, subject, &field, text);
        if let Some(expected) = &change.expected {
            check_expected(state, subject, &field, &read(given(expected))?)?;
        }
        let to = read(change.value.as_deref())?;
        set.push((field, to));
    }
    Ok(vec![Command::Edit { subject, set }])
}

/// What the client saw must still be there: it must not overwrite what it has not seen.
fn check_expected(
    state: &State,
    subject: Subject,
    field: &Field,
    expected: &quarterdeck_core::value::Value,
) -> Result<(), Refusal> {
    match state.get(subject, field) {
        Some(present) if present != *expected => Err(Refusal::new(
            Code::Invalid,
            format!(
                "Field '{field}' of this {} was changed meanwhile.",
                subject.noun()
            ),
        )
        .hint("read it again, then decide")),
        // A field that is not there is refused further on, with more to say.
        _ => Ok(()),
    }
}

/// What is to be changed or written about.
pub(super) fn subject(state: &State, query: &str) -> Result<Subject, Refusal> {
    let (kind, id) = Lookup::new(state).anything(query)?;
    Ok(match kind {
        Kind::Objective => Subject::Objective(ObjectiveId::new(id)),
        Kind::KeyResult => Subject::KeyResult(KeyResultId::new(id)),
        Kind::Cycle => Subject::Cycle(CycleId::new(id)),
        Kind::Team => Subject::Team(TeamId::new(id)),
        Kind::Member => Subject::Member(MemberId::new(id)),
        Kind::Note => Subject::Note(NoteId::new(id)),
        Kind::CheckIn => {
            let (key_result, check_in) = retract::find(state, query)?;
            Subject::CheckIn(key_result, check_in)
        }
        Kind::Kpi => Subject::Kpi(KpiId::new(id)),
        Kind::Initiative => Subject::Initiative(InitiativeId::new(id)),
        Kind::Todo => Subject::Todo(TodoId::new(id)),
        Kind::Weekly => Subject::Weekly(WeeklyId::new(id)),
        Kind::Template => Subject::Template(TemplateId::new(id)),
        Kind::Funnel => Subject::Funnel(FunnelId::new(id)),
        Kind::Incentive => Subject::Incentive(IncentiveId::new(id)),
        Kind::Device | Kind::Event | Kind::Reading => {
            return Err(Refusal::invalid(format!(
                "'{query}' has no fields that can be changed."
            )));
        }
    })
}
