//! `okr goalposts`: what was moved after the cycle began, and both scores.

use quarterdeck_core::alignment;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::goalposts::{self as rule, Moved, Scope, What};
use quarterdeck_core::id::{KeyResultId, ObjectiveId, TeamId};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{KeyResultState, ObjectiveState};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::act::{ActTold, act};
use super::closing::{Closing, closing};
use super::show::{AgreedGoal, Related, related};
use super::what;
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};

/// What was moved after a cycle began, and the scores had nothing been moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Goalposts {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// Position of the last event that is in these figures.
    pub head: u64,
    /// The moment that they are of; none for the present.
    pub as_of: Option<AsOf>,
    /// The day whose measurements they are.
    pub on: Date,
    /// Name of the cycle.
    pub cycle: String,
    /// The day with which it began.
    pub begins: Date,
    /// Its last day.
    pub ends: Date,
    /// Its last day as first agreed.
    pub ends_as_agreed: Date,
    /// What its grades are bound to, where it is closed.
    pub closing: Option<Closing>,
    /// The objective, key result or team that is asked about; none for the whole cycle.
    pub about: Option<Related>,
    /// What was moved, in the order of the log.
    pub changes: Vec<GoalMoved>,
    /// The score under the goals as first agreed, 0 to 1.
    pub score_as_agreed: Option<Decimal>,
    /// The score under the goals as they stand.
    pub score_as_amended: Option<Decimal>,
    /// The committed objectives of the cycle or team alone.
    pub committed: Beside,
    /// The aspirational ones.
    pub aspirational: Beside,
    /// Teams with an objective in the cycle, where the whole cycle is asked about.
    pub teams: Vec<TeamBeside>,
    /// The objectives, oldest first.
    pub objectives: Vec<ObjectiveBeside>,
}

/// A goal that was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GoalMoved {
    /// What was moved.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Its title or name.
    pub title: Option<String>,
    /// What became of it.
    pub change: What,
    /// The field, such as `target`; none where it was added.
    pub field: Option<String>,
    /// What held before.
    pub from: Option<String>,
    /// What held from then on.
    pub to: Option<String>,
    /// The change in words.
    pub what: String,
    /// Days from the day on which it became known to the last of the cycle as that was then; below
    /// 0 after it.
    pub days_before_end: i32,
    /// Whether that is after the end.
    pub after_end: bool,
    /// Whether it contended with another change, or settled that.
    pub conflict: bool,
    /// Who, where, when and why.
    #[serde(flatten)]
    pub act: ActTold,
}

/// Two scores beside each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// Under the goals as first agreed, 0 to 1; none where it did not count.
    pub score_as_agreed: Option<Decimal>,
    /// Under the goals as they stand; none where it does not count.
    pub score_as_amended: Option<Decimal>,
}

/// A team's two scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeamBeside {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// The scores, over its objectives and those of the teams below it.
    #[serde(flatten)]
    pub scores: Beside,
}

/// An objective's two scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectiveBeside {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: ObjectiveId,
    /// Title.
    pub title: String,
    /// The scores.
    #[serde(flatten)]
    pub scores: Beside,
    /// Its key results.
    pub key_results: Vec<KeyResultBeside>,
}

/// A key result's two scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyResultBeside {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Where it stands in its life.
    pub state: KeyResultState,
    /// What it aims at as first agreed, in words.
    pub aim_as_agreed: String,
    /// What it aims at.
    pub aim_as_amended: String,
    /// Its weight as first agreed.
    pub weight_as_agreed: Decimal,
    /// Its weight.
    pub weight_as_amended: Decimal,
    /// How many of the changes are its own.
    pub moved: usize,
    /// The scores.
    #[serde(flatten)]
    pub scores: Beside,
}

/// What was moved, told with the names of the state that it is about.
#[must_use]
pub fn goalposts(
    names: &Names<'_>,
    found: &rule::Goalposts,
    scope: &Scope,
    team: Option<TeamId>,
    as_of: Option<AsOf>,
) -> Goalposts {
    let state = names.state();
    let cycle = state.cycles.get(&found.cycle);
    let ends = |state: &State| state.cycles.get(&found.cycle).map(|cycle| cycle.ends);
    let counts = |id: ObjectiveId| {
        (state.objectives.get(&id)).is_some_and(|one| scope.has_objective(state, id, one))
    };
    let agreed = found.means(&found.agreed, counts);
    let amended = found.means(state, counts);
    let whole = match scope {
        Scope::KeyResult(id) => beside(
            found.key_result(&found.agreed, *id),
            found.key_result(state, *id),
        ),
        Scope::Objective(id) => beside(
            found.objective(&found.agreed, *id),
            found.objective(state, *id),
        ),
        Scope::Cycle | Scope::Teams(_) => beside(agreed.all, amended.all),
    };
    let means = matches!(scope, Scope::Cycle | Scope::Teams(_));
    let mean = |agreed, amended| {
        if means {
            beside(agreed, amended)
        } else {
            Beside::default()
        }
    };
    Goalposts {
        schema: Schema,
        workspace: names.workspace(),
        head: state.head,
        as_of,
        on: found.on,
        cycle: names.title(Subject::Cycle(found.cycle)).unwrap_or_default(),
        begins: found.begins,
        ends: ends(state).unwrap_or(found.on),
        ends_as_agreed: ends(&found.agreed).unwrap_or(found.on),
        closing: cycle.and_then(|_| closing(names, found.cycle)),
        about: about(names, scope, team),
        changes: (found.moved.iter())
            .map(|moved| told(names, found, moved))
            .collect(),
        score_as_agreed: whole.score_as_agreed,
        score_as_amended: whole.score_as_amended,
        committed: mean(agreed.committed, amended.committed),
        aspirational: mean(agreed.aspirational, amended.aspirational),
        teams: if *scope == Scope::Cycle {
            teams(names, found)
        } else {
            Vec::new()
        },
        objectives: objectives(names, found, scope),
    }
}

/// What a key result aimed at as first agreed; none where it was not moved.
#[must_use]
pub fn agreed_goal(
    names: &Names<'_>,
    found: &rule::Goalposts,
    id: KeyResultId,
) -> Option<AgreedGoal> {
    let own = |moved: &&Moved| moved.subject == Subject::KeyResult(id) && moved.what != What::Added;
    let moved = found.moved.iter().filter(own).count();
    let before = found.agreed.key_results.get(&id)?;
    names.state().key_results.get(&id)?;
    (moved > 0).then(|| AgreedGoal {
        aim: what::aim(&before.metric),
        weight: before.weight,
        score: share(found.key_result(&found.agreed, id)),
        moved,
    })
}

fn beside(agreed: Option<Decimal>, amended: Option<Decimal>) -> Beside {
    Beside {
        score_as_agreed: share(agreed),
        score_as_amended: share(amended),
    }
}

/// The objective, key result or team that a scope is; none for the whole cycle.
pub(super) fn about(names: &Names<'_>, scope: &Scope, team: Option<TeamId>) -> Option<Related> {
    let subject = match (scope, team) {
        (Scope::KeyResult(id), _) => Subject::KeyResult(*id),
        (Scope::Objective(id), _) => Subject::Objective(*id),
        (_, team) => Subject::Team(team?),
    };
    related(names, subject)
}

fn told(names: &Names<'_>, found: &rule::Goalposts, moved: &Moved) -> GoalMoved {
    let subject = moved.subject;
    let value =
        |value| (moved.field.as_ref()).map(|field| what::value(names, subject, field, value));
    let words = match (moved.what, &moved.field) {
        (What::Changed, Some(field)) => {
            what::change_told(names, subject, field, (&moved.from, &moved.to))
        }
        (What::Reworded, _) => format!("reworded from {}", value(&moved.from).unwrap_or_default()),
        (What::MovedIn, _) => format!("moved in from {}", value(&moved.from).unwrap_or_default()),
        (What::MovedOut, _) => format!("moved out to {}", value(&moved.to).unwrap_or_default()),
        (What::Added, _) => match subject {
            Subject::KeyResult(id) => (found.agreed.key_results.get(&id))
                .map_or_else(String::new, |one| {
                    format!("added late: {}", what::aim(&one.metric))
                }),
            _ => "added late".to_owned(),
        },
        (other, _) => other.words().to_owned(),
    };
    GoalMoved {
        reference: names.subject(subject),
        title: names.title(subject),
        change: moved.what,
        field: (moved.field.as_ref()).map(|field| field.word().to_owned()),
        from: names.value(&moved.from),
        to: names.value(&moved.to),
        what: words,
        days_before_end: moved.days_before_end,
        after_end: moved.after_end(),
        conflict: moved.conflict,
        act: act(names, &moved.act),
    }
}

fn teams(names: &Names<'_>, found: &rule::Goalposts) -> Vec<TeamBeside> {
    let state = names.state();
    let mut told: Vec<TeamBeside> = (state.teams.iter())
        .filter_map(|(id, team)| {
            let below = alignment::teams_below(state, *id);
            let counts = |id: ObjectiveId| {
                (state.objectives.get(&id).and_then(|one| one.team))
                    .is_some_and(|team| below.contains(&team))
            };
            let scores = beside(
                found.means(&found.agreed, counts).all,
                found.means(state, counts).all,
            );
            (scores != Beside::default()).then(|| TeamBeside {
                reference: names.team(*id),
                id: *id,
                name: team.name.clone(),
                scores,
            })
        })
        .collect();
    told.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    told
}

fn objectives(names: &Names<'_>, found: &rule::Goalposts, scope: &Scope) -> Vec<ObjectiveBeside> {
    let state = names.state();
    let stood = |state: &State, id: &ObjectiveId| {
        (state.objectives.get(id))
            .is_some_and(|one| one.cycle == found.cycle && one.state != ObjectiveState::Withdrawn)
    };
    let mut chosen: Vec<_> = (state.objectives.iter())
        .filter(|(id, one)| {
            (stood(state, id) || stood(&found.agreed, id)) && scope.has_objective(state, **id, one)
        })
        .collect();
    chosen.sort_by_key(|(_, one)| one.provenance.created.seq);
    (chosen.into_iter())
        .map(|(id, one)| ObjectiveBeside {
            reference: names.objective(*id),
            id: *id,
            title: one.title.clone(),
            // Of one key result alone, nothing is known of its siblings' goals.
            scores: match scope {
                Scope::KeyResult(_) => Beside::default(),
                _ => beside(
                    found.objective(&found.agreed, *id),
                    found.objective(state, *id),
                ),
            },
            key_results: key_results(names, found, scope, *id),
        })
        .collect()
}

fn key_results(
    names: &Names<'_>,
    found: &rule::Goalposts,
    scope: &Scope,
    of: ObjectiveId,
) -> Vec<KeyResultBeside> {
    let state = names.state();
    let agreed = |id: KeyResultId| found.agreed.key_results.get(&id);
    (state.key_results_of(of))
        .filter(|(id, one)| {
            let withdrawn = |state| state == KeyResultState::Withdrawn;
            !(withdrawn(one.state) && agreed(*id).is_none_or(|one| withdrawn(one.state)))
                && scope.has_key_result(state, *id, one)
        })
        .map(|(id, one)| {
            let before = agreed(id).map_or(one, |before| &**before);
            KeyResultBeside {
                reference: names.key_result(id),
                id,
                title: one.title.clone(),
                state: one.state,
                aim_as_agreed: what::aim(&before.metric),
                aim_as_amended: what::aim(&one.metric),
                weight_as_agreed: before.weight,
                weight_as_amended: one.weight,
                moved: (found.moved.iter())
                    .filter(|moved| moved.subject == Subject::KeyResult(id))
                    .count(),
                scores: beside(
                    found.key_result(&found.agreed, id),
                    found.key_result(state, id),
                ),
            }
        })
        .collect()
}
