//! `okr regrade`: a cycle by other rules, beside what was graded.

use quarterdeck_core::alignment;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::grading::{Band, Bands};
use quarterdeck_core::id::{KeyResultId, ObjectiveId, TeamId};
use quarterdeck_core::regrade::{Regraded, Rules};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{KeyResultState, ObjectiveKind, ObjectiveState};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::closing::{Closing, closing};
use super::{AsOf, Schema};
use crate::names::{Names, Ref};

/// A cycle graded again, beside what was graded. Nothing is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Regrade {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// Position of the last event that is in these figures.
    pub head: u64,
    /// The moment that they are of; none for the present.
    pub as_of: Option<AsOf>,
    /// The day of the computed ones.
    pub on: Date,
    /// Name of the cycle.
    pub cycle: String,
    /// What its grades are bound to, where it is closed.
    pub closing: Option<Closing>,
    /// The rules, in words.
    pub rules: Vec<String>,
    /// From which grades on bands are green and amber, by these rules.
    pub thresholds: Bands,
    /// The cycle.
    #[serde(flatten)]
    pub grades: BothGrades,
    /// Its committed objectives alone.
    pub committed: BothGrades,
    /// Its aspirational objectives alone.
    pub aspirational: BothGrades,
    /// Teams with an objective in the cycle.
    pub teams: Vec<TeamRegraded>,
    /// The objectives, oldest first.
    pub objectives: Vec<ObjectiveRegraded>,
}

/// A grade as it was, and by the other rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BothGrades {
    /// As it was graded, 0 to 1; none where it did not count.
    pub was: Option<Decimal>,
    /// The band of that.
    pub was_band: Option<Band>,
    /// As it would be; none where it would not count.
    pub would_be: Option<Decimal>,
    /// The band of that, by the thresholds given.
    pub would_be_band: Option<Band>,
    /// The second less the first.
    pub difference: Option<Decimal>,
}

/// A team's grades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeamRegraded {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// The grades, over its objectives and those of the teams below it.
    #[serde(flatten)]
    pub grades: BothGrades,
}

/// An objective's grades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectiveRegraded {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: ObjectiveId,
    /// Title.
    pub title: String,
    /// Committed or aspirational.
    pub kind: ObjectiveKind,
    /// Where it stands in its life.
    pub state: ObjectiveState,
    /// The grades.
    #[serde(flatten)]
    pub grades: BothGrades,
    /// Its key results.
    pub key_results: Vec<KeyResultRegraded>,
}

/// A key result's grades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyResultRegraded {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Where it stands in its life.
    pub state: KeyResultState,
    /// Whether it has a grade; one without stands with the computed one.
    pub graded: bool,
    /// The grades.
    #[serde(flatten)]
    pub grades: BothGrades,
    /// Its weight.
    pub weight: Decimal,
    /// What it would weigh.
    pub weight_would_be: Decimal,
}

/// What a cycle is graded again by, told.
#[derive(Debug, Clone)]
pub struct RegradeBy {
    /// The rules, in words.
    pub rules: Vec<String>,
    /// How grades are cut into bands.
    pub bands: Bands,
    /// The moment that the state is of.
    pub as_of: Option<AsOf>,
    /// The day of the computed figures.
    pub on: Date,
}

/// The rules as they are told; none where it is the rules that hold anyway. `bands` where those were
/// named, `as_agreed` where the goals are those first agreed.
#[must_use]
pub fn regrade_rules(
    names: &Names<'_>,
    rules: &Rules,
    bands: bool,
    as_agreed: bool,
) -> Vec<String> {
    let title = |subject| names.title(subject).unwrap_or_default();
    let mut words = Vec::new();
    for (id, weight) in &rules.weights {
        words.push(format!(
            "'{}' weighs {weight}.",
            title(Subject::KeyResult(*id))
        ));
    }
    if rules.equal_weights {
        words.push("All key results of an objective weigh the same.".to_owned());
    }
    if bands {
        words.push(format!(
            "Green from {} on, amber from {} on.",
            rules.bands.green, rules.bands.amber
        ));
    }
    for subject in &rules.left_out {
        words.push(format!("'{}' is left out.", title(*subject)));
    }
    for (applies, said) in [
        (
            rules.all_or_nothing,
            "A key result of a committed objective is 1 or 0.",
        ),
        (
            rules.set_aside_is_zero,
            "What was deferred or dropped counts, with 0.",
        ),
        (
            rules.computed && !as_agreed,
            "The computed grade counts where a person set another.",
        ),
        (
            as_agreed,
            "The goals are those first agreed, and all grades are computed.",
        ),
    ] {
        if applies {
            words.push(said.to_owned());
        }
    }
    words
}

/// A cycle graded again, told with the names of the state that it is about.
#[must_use]
pub fn regrade(names: &Names<'_>, found: &Regraded, by: RegradeBy) -> Regrade {
    let state = names.state();
    let both = |was: Option<Decimal>, would: Option<Decimal>| both(was, would, by.bands);
    let (was, would) = (
        found.means(&found.was, |_| true),
        found.means(&found.would, |_| true),
    );
    Regrade {
        schema: Schema,
        workspace: names.workspace(),
        head: state.head,
        as_of: by.as_of,
        on: by.on,
        cycle: names.title(Subject::Cycle(found.cycle)).unwrap_or_default(),
        closing: closing(names, found.cycle),
        grades: both(was.all, would.all),
        committed: both(was.committed, would.committed),
        aspirational: both(was.aspirational, would.aspirational),
        teams: teams(names, found, by.bands),
        objectives: objectives(names, found, by.bands),
        thresholds: by.bands,
        rules: by.rules,
    }
}

/// The rounded figures are compared, so that what is shown adds up.
fn both(was: Option<Decimal>, would: Option<Decimal>, bands: Bands) -> BothGrades {
    let (was_told, would_told) = (super::share(was), super::share(would));
    BothGrades {
        was: was_told,
        was_band: was.map(Band::of),
        would_be: would_told,
        would_be_band: would.map(|would| bands.of(would)),
        difference: (was_told.zip(would_told)).and_then(|(was, would)| would.checked_sub(was)),
    }
}

fn teams(names: &Names<'_>, found: &Regraded, bands: Bands) -> Vec<TeamRegraded> {
    let state = names.state();
    let mut told: Vec<TeamRegraded> = (state.teams.iter())
        .filter_map(|(id, team)| {
            let below = alignment::teams_below(state, *id);
            let counts = |id: ObjectiveId| {
                (state.objectives.get(&id).and_then(|one| one.team))
                    .is_some_and(|team| below.contains(&team))
            };
            let was = found.means(&found.was, counts).all;
            let would = found.means(&found.would, counts).all;
            (was.is_some() || would.is_some()).then(|| TeamRegraded {
                reference: names.team(*id),
                id: *id,
                name: team.name.clone(),
                grades: both(was, would, bands),
            })
        })
        .collect();
    told.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    told
}

fn objectives(names: &Names<'_>, found: &Regraded, bands: Bands) -> Vec<ObjectiveRegraded> {
    let state = names.state();
    let stood = |state: &State, id: &ObjectiveId| {
        (state.objectives.get(id))
            .is_some_and(|one| one.cycle == found.cycle && one.state != ObjectiveState::Withdrawn)
    };
    let mut chosen: Vec<_> = (state.objectives.iter())
        .filter(|(id, _)| stood(&found.was, id) || stood(&found.would, id))
        .collect();
    chosen.sort_by_key(|(_, one)| one.provenance.created.seq);
    (chosen.into_iter())
        .map(|(id, one)| ObjectiveRegraded {
            reference: names.objective(*id),
            id: *id,
            title: one.title.clone(),
            kind: one.kind,
            state: one.state,
            grades: both(
                found.objective(&found.was, *id),
                found.objective(&found.would, *id),
                bands,
            ),
            key_results: key_results(names, found, *id, bands),
        })
        .collect()
}

fn key_results(
    names: &Names<'_>,
    found: &Regraded,
    of: ObjectiveId,
    bands: Bands,
) -> Vec<KeyResultRegraded> {
    (names.state().key_results_of(of))
        .filter_map(|(id, one)| {
            let would = found.would.key_results.get(&id)?;
            let withdrawn = |state| state == KeyResultState::Withdrawn;
            if withdrawn(one.state) && withdrawn(would.state) {
                return None;
            }
            Some(KeyResultRegraded {
                reference: names.key_result(id),
                id,
                title: one.title.clone(),
                state: one.state,
                graded: one.grade.is_some(),
                grades: both(
                    found.key_result(&found.was, id),
                    found.key_result(&found.would, id),
                    bands,
                ),
                weight: one.weight,
                weight_would_be: would.weight,
            })
        })
        .collect()
}
