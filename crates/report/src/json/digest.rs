//! `okr digest`: what happened, for somebody who was away.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::digest as rule;
use quarterdeck_core::id::{EventId, KeyResultId, NoteId};
use quarterdeck_core::state::KeyResult;
use quarterdeck_core::token::{CycleState, MetricKind, NoteKind, Status};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::agreement::awaited;
use super::due::{DueLine, due_lines};
use super::show::{Related, related};
use super::weekly::{WeeklyLine, weekly_line};
use super::{Schema, share};
use crate::names::{Names, Ref};

/// What happened between two moments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// Whose it is: a team; none for everybody's.
    pub team: Option<String>,
    /// The first day that is told of.
    pub from: Date,
    /// The last one, whose figures are shown.
    pub on: Date,
    /// The cycles.
    pub cycles: Vec<DigestCycle>,
    /// Key results that moved.
    pub moved: Vec<DigestKeyResult>,
    /// Key results that were measured and did not move.
    pub stalled: Vec<DigestKeyResult>,
    /// Key results that are at risk, off track or stale, the worst first.
    pub attention: Vec<DigestKeyResult>,
    /// Notes that were written, oldest first.
    pub notes: Vec<DigestNote>,
    /// Goals that were added or changed, oldest first.
    pub goals: Vec<DigestGoal>,
    /// Weekly updates.
    pub weeklies: Vec<WeeklyLine>,
    /// Initiatives that were finished.
    pub finished: Vec<Related>,
    /// Drafts that wait for somebody to agree.
    pub unsigned: Vec<DigestDraft>,
    /// What is overdue, or due today or on the six days after.
    pub due: Vec<DueLine>,
}

/// How a cycle moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestCycle {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Its name.
    pub name: String,
    /// Planned, active or closed.
    pub state: CycleState,
    /// Its score before.
    pub from_score: Option<Decimal>,
    /// Its score now; its grade once it is closed.
    pub score: Option<Decimal>,
}

/// A key result, before and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestKeyResult {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Its objective.
    pub objective: Option<Related>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Kind of metric.
    pub metric: MetricKind,
    /// Unit of the numbers.
    pub unit: Option<String>,
    /// Aim of an increase or decrease.
    pub target: Option<Decimal>,
    /// Its value before; none where it had none, or was not there.
    pub from_value: Option<Decimal>,
    /// Its value now: for milestones the weight done, for binary 0 or 1.
    pub value: Option<Decimal>,
    /// Its score before.
    pub from_score: Option<Decimal>,
    /// Its score now.
    pub score: Option<Decimal>,
    /// How it was doing; none where it was not there.
    pub from_status: Option<Status>,
    /// How it is doing.
    pub status: Status,
    /// Why, as sentences.
    pub because: Vec<String>,
    /// The last confidence stated.
    pub confidence: Option<Decimal>,
    /// When it was last measured.
    pub last_check_in: Option<Date>,
    /// What was said with the check-ins since, oldest first.
    pub said: Vec<DigestSaid>,
}

/// What somebody said with a check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestSaid {
    /// The day that it speaks of.
    pub on: Date,
    /// Who.
    pub member: String,
    /// The text.
    pub text: String,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestNote {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// What kind of note.
    pub kind: NoteKind,
    /// What it is about.
    pub about: Option<Related>,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub member: String,
    /// When, by that device's clock.
    pub authored: Timestamp,
}

/// A goal that was added or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestGoal {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Its title.
    pub title: String,
    /// Objective or key result.
    pub noun: &'static str,
    /// The field; none where it is new.
    pub field: Option<String>,
    /// What the field said.
    pub from: Option<String>,
    /// What it says now.
    pub to: Option<String>,
    /// Who did it.
    pub member: String,
    /// When, by that device's clock.
    pub authored: Timestamp,
    /// Why, in their words.
    pub reason: Option<String>,
}

/// A draft that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestDraft {
    /// The objective.
    #[serde(flatten)]
    pub objective: Related,
    /// Who has not agreed to what it says now.
    pub awaits: Vec<String>,
}

/// What happened, with the figures that `found` has. Names are those of now.
#[must_use]
pub fn digest(
    names: &Names<'_>,
    found: &rule::Digest,
    (from, on): (Date, Date),
    team: Option<String>,
    reason_of: &dyn Fn(EventId) -> Option<String>,
) -> Digest {
    let state = names.state();
    let several = |all: &[rule::Moved]| {
        (all.iter())
            .filter_map(|one| {
                Some(key_result(
                    names,
                    one,
                    state.key_results.get(&one.key_result)?,
                ))
            })
            .collect()
    };
    Digest {
        schema: Schema,
        workspace: names.workspace(),
        team,
        from,
        on,
        cycles: (found.cycles.iter())
            .filter_map(|one| {
                let cycle = state.cycles.get(&one.cycle)?;
                Some(DigestCycle {
                    reference: names.cycle(one.cycle),
                    name: cycle.name.clone(),
                    state: cycle.state,
                    from_score: share(one.from),
                    score: share(one.to),
                })
            })
            .collect(),
        moved: several(&found.moved),
        stalled: several(&found.stalled),
        attention: several(&found.attention),
        notes: (found.notes.iter())
            .filter_map(|id| note(names, *id))
            .collect(),
        goals: (found.goals.iter())
            .map(|one| goal(names, one, reason_of))
            .collect(),
        weeklies: (found.weeklies.iter())
            .filter_map(|id| Some(weekly_line(names, *id, state.weeklies.get(id)?)))
            .collect(),
        finished: (found.finished.iter())
            .filter_map(|subject| related(names, *subject))
            .collect(),
        unsigned: (found.unsigned.iter())
            .filter_map(|id| {
                Some(DigestDraft {
                    objective: related(names, Subject::Objective(*id))?,
                    awaits: awaited(names, *id),
                })
            })
            .collect(),
        due: due_lines(names, &found.due, on),
    }
}

fn key_result(names: &Names<'_>, one: &rule::Moved, found: &KeyResult) -> DigestKeyResult {
    let objective = names.state().objectives.get(&found.objective);
    let owner = (found.owner).or_else(|| objective.and_then(|objective| objective.owner));
    let from = one.from.as_ref();
    DigestKeyResult {
        reference: names.key_result(one.key_result),
        id: one.key_result,
        title: found.title.clone(),
        objective: related(names, Subject::Objective(found.objective)),
        owner: owner.map(|owner| names.person(owner)),
        metric: found.metric.kind,
        unit: found.metric.unit.clone(),
        target: found.metric.target,
        from_value: from.and_then(|from| from.value),
        value: one.to.value,
        from_score: share(from.and_then(|from| from.score)),
        score: share(one.to.score),
        from_status: from.map(|from| from.status.status),
        status: one.to.status.status,
        because: one.to.status.because.clone(),
        confidence: one.to.confidence,
        last_check_in: one.to.last,
        said: (one.said.iter())
            .map(|said| DigestSaid {
                on: said.on,
                member: names.person(said.stamp.member),
                text: said.text.clone(),
            })
            .collect(),
    }
}

fn note(names: &Names<'_>, id: NoteId) -> Option<DigestNote> {
    let found = names.state().notes.get(&id)?;
    let created = &found.provenance.created;
    Some(DigestNote {
        reference: names.note(id),
        kind: found.kind,
        about: related(names, found.about),
        text: found.text.clone(),
        member: names.person(created.member),
        authored: Timestamp::from_ms(created.authored.wall),
    })
}

fn goal(
    names: &Names<'_>,
    one: &rule::GoalChanged,
    reason_of: &dyn Fn(EventId) -> Option<String>,
) -> DigestGoal {
    let (field, from, to) = one.change.as_ref().map_or((None, None, None), |change| {
        let (field, from, to) = change;
        (
            Some(field.word().to_owned()),
            names.value(from),
            names.value(to),
        )
    });
    DigestGoal {
        reference: names.subject(one.subject),
        title: names.title(one.subject).unwrap_or_default(),
        noun: one.subject.noun(),
        field,
        from,
        to,
        member: names.person(one.stamp.member),
        authored: Timestamp::from_ms(one.stamp.authored.wall),
        reason: reason_of(one.stamp.event),
    }
}
