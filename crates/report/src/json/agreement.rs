//! Who agreed to an objective, and to which wording.

use quarterdeck_core::agreement::{self, Amendment};
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::ObjectiveId;
use quarterdeck_core::state::Stamp;
use serde::Serialize;

use crate::names::{Names, Ref};

/// A member's agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignOff {
    /// Who.
    pub member: String,
    /// When they agreed; none while they have not.
    pub signed: Option<Timestamp>,
    /// Whether they agreed to what the objective says now.
    pub stands: bool,
    /// What changed since they agreed, oldest first.
    pub since: Vec<AmendmentLine>,
}

/// A change of what was agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AmendmentLine {
    /// Reference of the objective or key result.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Its title.
    pub title: Option<String>,
    /// The field; none where the key result was added.
    pub field: Option<String>,
    /// What it says now.
    pub to: Option<String>,
    /// Who changed it.
    pub member: String,
    /// When, by that device's clock.
    pub authored: Timestamp,
}

/// The agreements to an objective, by member.
pub(super) fn sign_offs(names: &Names<'_>, id: ObjectiveId) -> Vec<SignOff> {
    (agreement::signatures(names.state(), id).into_iter())
        .map(|one| SignOff {
            member: names.person(one.member),
            signed: one.signed.as_ref().map(authored),
            stands: one.stands(),
            since: (one.since.iter())
                .map(|change| amendment(names, change))
                .collect(),
        })
        .collect()
}

/// The names of those who were asked and have not agreed to what a live objective says now.
pub(super) fn awaited(names: &Names<'_>, id: ObjectiveId) -> Vec<String> {
    let state = names.state();
    let live = (state.objectives.get(&id)).is_some_and(|found| found.is_live());
    (agreement::awaited(state, id))
        .filter(|_| live)
        .map(|member| names.person(member))
        .collect()
}

fn amendment(names: &Names<'_>, change: &Amendment) -> AmendmentLine {
    AmendmentLine {
        reference: names.subject(change.subject),
        title: names.title(change.subject),
        field: change.field.as_ref().map(|field| field.word().to_owned()),
        to: (change.field.as_ref())
            .and_then(|field| names.state().get(change.subject, field))
            .and_then(|value| names.value(&value)),
        member: names.person(change.stamp.member),
        authored: authored(&change.stamp),
    }
}

fn authored(stamp: &Stamp) -> Timestamp {
    Timestamp::from_ms(stamp.authored.wall)
}
