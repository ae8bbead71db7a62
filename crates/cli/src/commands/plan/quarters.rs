//! Quarterly objectives and key results, made of a split.

use quarterdeck_core::calendar::CycleName;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, KeyResultAdded, Metric, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, IdSource, KeyResultId, ObjectiveId};
use quarterdeck_core::kpi;
use quarterdeck_core::plan::parts::Part;
use quarterdeck_core::plan::{split, volumes};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::token::CycleKind;
use quarterdeck_core::value::Subject;

use super::change::Change;
use crate::error::{Exit, Failure};
use crate::session::Session;

/// What is made: for each part an objective, with a key result for each change.
pub(super) struct Quarters<'a> {
    /// What was split, and what the objectives support.
    pub(super) goal: Subject,
    /// The cycle whose parts they are.
    pub(super) cycle: Option<CycleId>,
    /// The quarters.
    pub(super) parts: &'a [Part],
    /// The changes, each split into these parts.
    pub(super) changes: &'a [Change],
    /// How each was split.
    pub(super) splits: &'a [Vec<split::Part>],
}

impl Quarters<'_> {
    /// `4 objectives with 1 key result each`
    pub(super) fn summary(&self) -> String {
        let count = quarterdeck_report::number::count;
        format!(
            "{} with {} each",
            count(self.parts.len(), "objective"),
            count(self.changes.len(), "key result")
        )
    }

    /// The commands that make them: those that plan missing quarters, and those that set goals.
    /// A cycle that was planned stays, so the goals alone can be undone as one.
    ///
    /// # Errors
    /// The parts are no quarters, or have such a key result already.
    pub(super) fn commands(
        &self,
        session: &mut Session<'_>,
    ) -> Result<(Vec<Command>, Vec<Command>), Failure> {
        let mut cycles = Vec::new();
        let mut commands = Vec::new();
        if self.parts.is_empty() {
            return Err(no_quarters());
        }
        for (at, part) in self.parts.iter().enumerate() {
            let Some(name) = part.quarter else {
                return Err(no_quarters());
            };
            let cycle = match part.cycle {
                Some(cycle) => {
                    still_open(session.state(), cycle)?;
                    self.not_twice(session, cycle, &part.name)?;
                    cycle
                }
                None => {
                    let cycle = CycleId::new(session.random()?.next());
                    cycles.push(Command::Record(self.plan(
                        session.state(),
                        cycle,
                        name,
                        part,
                    )));
                    cycle
                }
            };
            let objective = ObjectiveId::new(session.random()?.next());
            let drafted = self.objective(session.state(), objective, cycle)?;
            commands.push(Command::Record(Body::ObjectiveDrafted(drafted)));
            for (change, levels) in self.changes.iter().zip(self.splits) {
                let (Some(source), Some(level)) = (change.key_result, levels.get(at)) else {
                    continue;
                };
                let id = KeyResultId::new(session.random()?.next());
                let added = key_result(session.state(), source, id, objective, level)?;
                commands.push(Command::Record(Body::KeyResultAdded(added)));
                // Where the objective supports an objective, its key results say which of the
                // year's they help; else the objective supports the one itself.
                if matches!(self.goal, Subject::Objective(_)) {
                    commands.push(Command::Record(Body::HelpLinked {
                        from: id,
                        to: source,
                    }));
                }
            }
        }
        Ok((cycles, commands))
    }

    fn plan(&self, state: &State, cycle: CycleId, name: CycleName, part: &Part) -> Body {
        let above = name.parent().map(|year| year.to_string());
        let parent = (self.cycle)
            .filter(|id| {
                (state.cycles.get(id)).is_some_and(|cycle| Some(&cycle.name) == above.as_ref())
            })
            .or_else(|| {
                let found =
                    (state.cycles.iter()).find(|(_, cycle)| Some(&cycle.name) == above.as_ref());
                found.map(|(id, _)| *id)
            });
        Body::CycleCreated {
            cycle,
            name: part.name.clone(),
            kind: CycleKind::Quarterly,
            starts: part.span.starts,
            ends: part.span.ends,
            parent,
        }
    }

    /// Splitting once more would make everything twice.
    fn not_twice(&self, session: &Session<'_>, cycle: CycleId, name: &str) -> Result<(), Failure> {
        for source in self.changes.iter().filter_map(|change| change.key_result) {
            if let Some(id) = volumes::made_of(session.state(), source, cycle) {
                let reference = session.name(Subject::KeyResult(id));
                return Err(Failure::new(
                    Exit::Refused,
                    format!(
                        "{name} has a key result for it already: {reference} '{}'.",
                        session.title(Subject::KeyResult(id))
                    ),
                )
                .hint("name the quarters that have none with --into, or drop that one"));
            }
        }
        Ok(())
    }

    /// The year's objective, for a quarter.
    fn objective(
        &self,
        state: &State,
        id: ObjectiveId,
        cycle: CycleId,
    ) -> Result<ObjectiveDrafted, Failure> {
        let above = match self.goal {
            Subject::Objective(above) => Some(above),
            Subject::KeyResult(above) => state.key_results.get(&above).map(|one| one.objective),
            _ => None,
        };
        let year = above
            .and_then(|above| state.objectives.get(&above))
            .ok_or_else(|| Failure::not_found("The objective to be split is gone."))?;
        Ok(ObjectiveDrafted {
            objective: id,
            title: year.title.clone(),
            description: None,
            cycle,
            owner: year.owner,
            team: year.team,
            kind: year.kind,
            supports: Some(self.goal),
            key: None,
            carried_from: None,
            standing: false,
        })
    }
}

/// The year's key result, for a quarter's level.
fn key_result(
    state: &State,
    source: KeyResultId,
    id: KeyResultId,
    objective: ObjectiveId,
    level: &split::Part,
) -> Result<KeyResultAdded, Failure> {
    let year =
        (state.key_results.get(&source)).ok_or_else(|| Refusal::not_found("key result", source))?;
    Ok(KeyResultAdded {
        key_result: id,
        objective,
        title: year.title.clone(),
        owner: year.owner,
        metric: Metric {
            baseline: Some(level.from),
            target: Some(level.to),
            ..year.metric.clone()
        },
        indicator: year.indicator,
        certainty: year.certainty,
        cadence: year.cadence,
        weight: year.weight,
        rank: year.rank,
        key: None,
        team: year.team,
        kpi: kpi::read_on(state, year.kpi, year.metric.unit.as_deref()),
        carried_from: None,
    })
}

/// Asked before quarters are planned, so that a refusal leaves nothing behind.
fn still_open(state: &State, cycle: CycleId) -> Result<(), Failure> {
    match state.cycles.get(&cycle) {
        Some(cycle) if cycle.is_closed() => Err(Failure::new(
            Exit::Refused,
            format!("{} is closed: nothing new goes into it.", cycle.name),
        )
        .hint("name the quarters that are still open with --into")),
        _ => Ok(()),
    }
}

fn no_quarters() -> Failure {
    Failure::usage("Only the quarters of a year are made into objectives.")
        .hint("name them with --into, such as --into 2026-Q3,2026-Q4")
}
