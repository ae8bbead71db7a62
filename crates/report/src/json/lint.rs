//! `okr lint`: advice about how objectives and key results are written.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::id::ObjectiveId;
use quarterdeck_core::lint::{Finding, explain, findings, is_current};
use quarterdeck_core::state::State;
use quarterdeck_core::token::LintCode;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::scope::Scope;
use super::show::related;
use super::{AsOf, Related, Schema, StatusQuery};
use crate::names::Names;

/// What the lint found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Version of this object.
    pub schema: Schema,
    /// As of which moment.
    pub as_of: Option<AsOf>,
    /// The day on which a cycle had to be running or ahead.
    pub on: Date,
    /// How many live objectives were looked at.
    pub objectives: usize,
    /// What was found, by objective.
    pub findings: Vec<LintFinding>,
    /// What was found and is silenced.
    pub silenced: Vec<LintFinding>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintFinding {
    /// What was found.
    pub code: LintCode,
    /// The objective or key result that it is about.
    #[serde(flatten)]
    pub about: Related,
    /// The objective for which it can be silenced.
    pub objective: Related,
    /// Name of its cycle.
    pub cycle: Option<String>,
    /// What was found here: one sentence.
    pub message: String,
}

/// All that the lint can find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintRules {
    /// Version of this object.
    pub schema: Schema,
    /// The codes with what there is to say about each.
    pub rules: Vec<LintRule>,
}

/// What one code means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintExplained {
    /// Version of this object.
    pub schema: Schema,
    /// What there is to say.
    #[serde(flatten)]
    pub rule: LintRule,
}

/// What there is to say about a finding in general.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintRule {
    /// Its code.
    pub code: LintCode,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// What would be found.
    pub found: &'static str,
    /// How it could be said, or done, instead.
    pub better: &'static str,
}

/// What is asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LintAbout {
    /// Every objective that the query names.
    #[default]
    All,
    /// This objective and its key results, whatever its cycle.
    Objective(ObjectiveId),
    /// This one alone, whatever its cycle: a key result.
    Only(ObjectiveId, Subject),
}

/// What is found about what is asked for: one objective or key result; or the objectives of the
/// query's cycle, member and team. Without a cycle these are the objectives of all cycles that
/// are neither closed nor over.
#[must_use]
pub fn lint(names: &Names<'_>, query: &StatusQuery, about: LintAbout) -> Lint {
    let state = names.state();
    let scope = Scope::of(state, query);
    let mut objectives = 0;
    let found = findings(state, |id, objective| {
        let wanted = match about {
            LintAbout::Objective(one) | LintAbout::Only(one, _) => one == id,
            LintAbout::All => {
                let current = || {
                    (state.cycles.get(&objective.cycle))
                        .is_some_and(|cycle| is_current(cycle, query.on))
                };
                (query.cycle).map_or_else(current, |cycle| cycle == objective.cycle)
                    && scope.has(state, id, objective)
            }
        };
        objectives += usize::from(wanted);
        wanted
    });
    let (silenced, findings): (Vec<Finding>, Vec<Finding>) = (found.into_iter())
        .filter(|one| match about {
            LintAbout::Only(_, only) => one.about == only,
            LintAbout::All | LintAbout::Objective(_) => true,
        })
        .partition(|one| one.silenced);
    Lint {
        schema: Schema,
        as_of: query.as_of,
        on: query.on,
        objectives,
        findings: told(names, findings),
        silenced: told(names, silenced),
    }
}

/// How many findings there are about an objective, silenced ones aside; 0 once its cycle is over.
pub(super) fn advice(state: &State, id: ObjectiveId, on: Date) -> usize {
    findings(state, |one, objective| {
        one == id && (state.cycles.get(&objective.cycle)).is_some_and(|cycle| is_current(cycle, on))
    })
    .iter()
    .filter(|one| !one.silenced)
    .count()
}

fn told(names: &Names<'_>, findings: Vec<Finding>) -> Vec<LintFinding> {
    let state = names.state();
    (findings.into_iter())
        .filter_map(|one| {
            let cycle = state.objectives.get(&one.objective)?.cycle;
            Some(LintFinding {
                code: one.code,
                about: related(names, one.about)?,
                objective: related(names, Subject::Objective(one.objective))?,
                cycle: names.title(Subject::Cycle(cycle)),
                message: one.said,
            })
        })
        .collect()
}

/// All that the lint can find.
#[must_use]
pub fn lint_rules() -> LintRules {
    LintRules {
        schema: Schema,
        rules: LintCode::ALL.iter().map(|code| lint_rule(*code)).collect(),
    }
}

/// What there is to say about a finding in general.
const fn lint_rule(code: LintCode) -> LintRule {
    let said = explain(code);
    let (found, better) = said.example;
    LintRule {
        code,
        title: said.title,
        why: said.why,
        remedy: said.remedy,
        found,
        better,
    }
}

/// What one code means.
#[must_use]
pub const fn lint_explained(code: LintCode) -> LintExplained {
    LintExplained {
        schema: Schema,
        rule: lint_rule(code),
    }
}
