//! `okr status --tree`: the cascade from the mission through the year to the quarter.

use quarterdeck_core::alignment::{self, Branch, Cascade};
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::grading;
use quarterdeck_core::id::{CycleId, KeyResultId, ObjectiveId};
use quarterdeck_core::score::Means;
use quarterdeck_core::state::Cycle;
use quarterdeck_core::status as rule;
use quarterdeck_core::token::{KeyResultState, Level, ObjectiveKind, ObjectiveState, Status};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::scope::Scope;
use super::show::{Related, related};
use super::status::{StatusCycle, StatusQuery, default_cycle, status_cycle};
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};
use crate::pending::Pending;

/// The cascade of a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tree {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// What the organisation is for.
    pub mission: Option<String>,
    /// Position of the last recorded event.
    pub head: u64,
    /// How many events are not recorded yet.
    pub pending: u64,
    /// The moment that the state is of; none for the present.
    pub as_of: Option<AsOf>,
    /// The date that the figures are of.
    pub on: Date,
    /// The cycle that was asked for; none where there is none yet.
    pub cycle: Option<StatusCycle>,
    /// What is at the top, each with what supports it.
    pub tree: Vec<TreeObjective>,
    /// Objectives of the tree that support nothing although there is something above them.
    pub unaligned: Vec<Ref>,
    /// Objectives of the tree at the top that nothing supports.
    pub unsupported: Vec<Ref>,
    /// Objectives of the tree that support what does not count any more.
    pub broken: Vec<Ref>,
}

/// An objective in the cascade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TreeObjective {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: ObjectiveId,
    /// Title.
    pub title: String,
    /// Name of its cycle.
    pub cycle: Option<String>,
    /// Company, department, team or individual; none if nobody owns it.
    pub level: Option<Level>,
    /// Name of the owning team.
    pub team: Option<String>,
    /// Name of the owning member.
    pub owner: Option<String>,
    /// Committed or aspirational.
    pub kind: ObjectiveKind,
    /// Where it stands in its life.
    pub state: ObjectiveState,
    /// Whether its cycle is closed: then the score is its grade.
    pub closed: bool,
    /// Its own score, 0 to 1.
    pub score: Option<Decimal>,
    /// That of its weakest live key result.
    pub status: Option<Status>,
    /// What is rolled up from the live objectives that support it or one of its key results.
    pub below: RolledUp,
    /// Whether it supports nothing although there is something above it.
    pub unaligned: bool,
    /// Whether it is at the top and nothing supports it.
    pub unsupported: bool,
    /// What it supports that does not count any more.
    pub broken: Option<Related>,
    /// Whether something about it is not recorded yet.
    pub is_pending: bool,
    /// Its key results, those that matter most first.
    pub key_results: Vec<TreeKeyResult>,
    /// The objectives that support it itself.
    pub supported_by: Vec<TreeObjective>,
}

/// A key result in the cascade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TreeKeyResult {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Name of the team that answers for it, where that is another than the objective's.
    pub team: Option<String>,
    /// Where it stands in its life.
    pub state: KeyResultState,
    /// Whether its cycle is closed: then the score is its grade.
    pub closed: bool,
    /// Its score, 0 to 1.
    pub score: Option<Decimal>,
    /// How it is doing.
    pub status: Option<Status>,
    /// What is rolled up from the live objectives that support it.
    pub below: RolledUp,
    /// The objectives that support it.
    pub supported_by: Vec<TreeObjective>,
}

/// The means of what supports a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RolledUp {
    /// How many live objectives support it.
    pub objectives: usize,
    /// Their mean, 0 to 1.
    pub score: Option<Decimal>,
    /// Mean of the committed ones.
    pub committed: Option<Decimal>,
    /// Mean of the aspirational ones.
    pub aspirational: Option<Decimal>,
}

/// The cascade of a cycle: with the years above it, the quarters below it, and all that is
/// supported from there.
#[must_use]
pub fn tree(names: &Names<'_>, pending: &Pending, query: &StatusQuery) -> Tree {
    let state = names.state();
    let chosen = query.cycle.or_else(|| default_cycle(state, query.on));
    let found = chosen.and_then(|id| state.cycles.get(&id).map(|cycle| (id, cycle)));
    let workspace = state.workspace.as_ref();
    let builder = Builder {
        names,
        pending,
        cascade: Cascade::of(state),
        on: query.on,
    };
    let tree = found.map_or_else(Vec::new, |(id, _)| builder.tree(query, id));
    let mut loose = Loose::default();
    tree.iter().for_each(|one| loose.gather(one));
    Tree {
        schema: Schema,
        workspace: workspace.map_or_else(String::new, |found| found.name.clone()),
        mission: workspace.and_then(|found| found.mission.clone()),
        head: pending.confirmed(state.head),
        pending: pending.events(),
        as_of: query.as_of,
        on: query.on,
        cycle: found.map(|(id, cycle)| status_cycle(names, query, id, cycle)),
        tree,
        unaligned: loose.unaligned,
        unsupported: loose.unsupported,
        broken: loose.broken,
    }
}

struct Builder<'a> {
    names: &'a Names<'a>,
    pending: &'a Pending,
    cascade: Cascade<'a>,
    on: Date,
}

impl Builder<'_> {
    fn tree(&self, query: &StatusQuery, cycle: CycleId) -> Vec<TreeObjective> {
        let state = self.names.state();
        let scope = Scope::of(state, query);
        let wanted = |id, one: &_| scope.has(state, id, one) || scope.visits(state, id, one);
        self.objectives(&self.cascade.branches(cycle, wanted))
    }

    fn objectives(&self, branches: &[Branch]) -> Vec<TreeObjective> {
        (branches.iter())
            .filter_map(|branch| self.objective(branch))
            .collect()
    }

    fn objective(&self, branch: &Branch) -> Option<TreeObjective> {
        let (names, state) = (self.names, self.names.state());
        let id = branch.objective;
        let found = state.objectives.get(&id)?;
        let closed = state.cycles.get(&found.cycle).is_some_and(Cycle::is_closed);
        let explained =
            (found.is_live() && !closed).then(|| rule::of_objective(state, id, self.on));
        Some(TreeObjective {
            reference: names.objective(id),
            id,
            title: found.title.clone(),
            cycle: names.title(Subject::Cycle(found.cycle)),
            level: alignment::level(state, found),
            team: (found.team).and_then(|team| names.title(Subject::Team(team))),
            owner: found.owner.map(|owner| names.person(owner)),
            kind: found.kind,
            state: found.state,
            closed,
            score: share(grading::objective_stands(state, id, self.on)),
            status: explained.flatten().map(|explained| explained.status),
            below: self.rolled_up(Subject::Objective(id)),
            unaligned: names.loose_ends().unaligned.contains(&id),
            unsupported: names.loose_ends().unsupported.contains(&id),
            broken: alignment::broken(state, id).and_then(|goal| related(names, goal)),
            is_pending: self.pending.touches(id.uuid()),
            key_results: (branch.key_results.iter())
                .filter_map(|(id, below)| self.key_result(*id, below))
                .collect(),
            supported_by: self.objectives(&branch.below),
        })
    }

    fn key_result(&self, id: KeyResultId, below: &[Branch]) -> Option<TreeKeyResult> {
        let (names, state) = (self.names, self.names.state());
        let found = state.key_results.get(&id)?;
        let above = state.objectives.get(&found.objective)?;
        let cycle = state.cycles.get(&above.cycle)?;
        let closed = cycle.is_closed();
        let explained =
            (found.is_live() && !closed).then(|| rule::of_key_result(state, found, cycle, self.on));
        Some(TreeKeyResult {
            reference: names.key_result(id),
            id,
            title: found.title.clone(),
            team: (found.team)
                .filter(|_| alignment::is_cross_team(state, found))
                .and_then(|team| names.title(Subject::Team(team))),
            state: found.state,
            closed,
            score: share(grading::stands(state, id, self.on)),
            status: explained.map(|explained| explained.status),
            below: self.rolled_up(Subject::KeyResult(id)),
            supported_by: self.objectives(below),
        })
    }

    fn rolled_up(&self, goal: Subject) -> RolledUp {
        let (objectives, means) = self.cascade.rolled_up(goal, self.on);
        let Means {
            all,
            committed,
            aspirational,
        } = means;
        RolledUp {
            objectives,
            score: share(all),
            committed: share(committed),
            aspirational: share(aspirational),
        }
    }
}

/// The loose ends of a tree.
#[derive(Default)]
struct Loose {
    unaligned: Vec<Ref>,
    unsupported: Vec<Ref>,
    broken: Vec<Ref>,
}

impl Loose {
    fn gather(&mut self, one: &TreeObjective) {
        for (found, into) in [
            (one.unaligned, &mut self.unaligned),
            (one.unsupported, &mut self.unsupported),
            (one.broken.is_some(), &mut self.broken),
        ] {
            if found {
                into.push(one.reference.clone());
            }
        }
        let under = one.key_results.iter().flat_map(|one| &one.supported_by);
        for below in under.chain(&one.supported_by) {
            self.gather(below);
        }
    }
}
