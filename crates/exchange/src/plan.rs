//! What an outline asks of a workspace: what to make, what to change, what to measure.
//!
//! Guarantees:
//! - **Twice is once.** What is there already is not made again: the plan of a document that was
//!   just imported has no steps.
//! - **Nothing is refused later.** Each step was tried against the rule book in the plan's order; what
//!   it refuses is in [`Plan::left`] with the rule's words.
//! - **Silence is no statement.** What a document does not say is left as it is.

mod compare;
mod key_result;
mod matching;
mod measure;
mod missing;
mod names;
mod objective;
mod similar;
mod trial;

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::{Author, Command};
use quarterdeck_core::event::Source;
use quarterdeck_core::id::{CycleId, IdSource, MemberId, TeamId};
use quarterdeck_core::state::State;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use crate::outline::{Outline, Unread};
use trial::Trial;

pub use matching::Match;
pub use similar::REWORDED_FROM;

/// Who imports what, and how.
pub struct Options<'a> {
    /// Who authors the events, from which source.
    pub author: Author<'a>,
    /// The day that the document speaks of, where it names none itself.
    pub on: Date,
    /// The cycle of objectives that name none.
    pub cycle: Option<CycleId>,
    /// The name of a cycle for those that name none, made if it is not there; for where there is
    /// no `cycle`.
    pub cycle_name: Option<String>,
    /// The owner of objectives that name none.
    pub owner: Option<MemberId>,
    /// The team of objectives that name none.
    pub team: Option<TeamId>,
    /// Whether everything is made new, whatever is there.
    pub all_new: bool,
    /// The version of the document before, if it is known: what did not change since is left as
    /// it is, and what was removed since is dropped.
    pub base: Option<&'a Outline>,
    /// Whether a source is an earlier import of the same document: what came from one and is not
    /// in the document any more is missing.
    pub from_here: Option<&'a dyn Fn(&Source) -> bool>,
    /// Whether what is missing is dropped.
    pub drop_missing: bool,
}

/// What to do for an outline.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// What to do, in this order.
    pub steps: Vec<Step>,
    /// What came from an earlier version of the document and is not in this one.
    pub missing: Vec<Missing>,
    /// What was understood and cannot be done, by line.
    pub left: Vec<Unread>,
    /// How many objectives and key results are there as the document has them.
    pub unchanged: usize,
    /// The workspace as it would be.
    pub after: State,
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("on", &self.on)
            .finish_non_exhaustive()
    }
}

impl Plan {
    /// All that the steps record, in their order.
    #[must_use]
    pub fn commands(&self) -> Vec<Command> {
        self.steps.iter().map(|step| step.command.clone()).collect()
    }
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Makes it.
    Make,
    /// Changes it.
    Edit,
    /// Measures it.
    CheckIn,
    /// Grades it.
    Grade,
    /// Drops it.
    Drop,
}

/// One thing to do.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it does.
    pub act: Act,
    /// To what.
    pub subject: Subject,
    /// What that is called.
    pub title: String,
    /// What it says or changes, in words; empty where the title says all.
    pub what: String,
    /// Why it was taken for something that is there, unless by its title.
    pub why: Option<Match>,
    /// The line that asks for it; 0 where none does.
    pub line: usize,
    /// The event.
    pub command: Command,
}

/// Something that is not in the document any more.
#[derive(Debug, Clone)]
pub struct Missing {
    /// What.
    pub subject: Subject,
    /// What it is called.
    pub title: String,
}

/// Makes the plan of an outline for a workspace.
pub fn plan(
    outline: &Outline,
    state: &State,
    options: &Options<'_>,
    ids: &mut dyn IdSource,
) -> Plan {
    let mut planner = Planner {
        options,
        trial: Trial::new(state, options.author),
        ids,
        plan: Plan::default(),
        present: BTreeSet::new(),
        named: BTreeMap::new(),
        later: Vec::new(),
    };
    planner.outline(outline);
    let Planner { trial, plan, .. } = planner;
    Plan {
        after: trial.state,
        ..plan
    }
}

/// A plan while it is made.
struct Planner<'a> {
    options: &'a Options<'a>,
    trial: Trial<'a>,
    ids: &'a mut dyn IdSource,
    plan: Plan,
    /// What the document has.
    present: BTreeSet<Subject>,
    /// Objectives of the document so far, by cycle and by title or key.
    named: BTreeMap<(CycleId, String), Subject>,
    /// Objectives whose support stands further down: subject, line, whom they support.
    later: Vec<(Subject, usize, String)>,
}

impl Planner<'_> {
    fn state(&self) -> &State {
        &self.trial.state
    }

    /// Takes a step, if the rules let it. Whether they do.
    fn step(&mut self, step: Step) -> bool {
        match self.trial.take(&step.command, self.ids) {
            Ok(()) => {
                self.plan.steps.push(step);
                true
            }
            Err(refusal) if refusal.code == quarterdeck_core::refusal::Code::NothingToChange => {
                true
            }
            Err(refusal) => {
                self.left(step.line, &step.title, refusal.message);
                false
            }
        }
    }

    /// Whether the rules would let a step be taken.
    fn would(&mut self, step: &Step) -> bool {
        let mut trial = self.trial.clone();
        trial.take(&step.command, self.ids).is_ok()
    }

    fn left(&mut self, line: usize, text: &str, why: impl Into<String>) {
        self.plan.left.push(Unread {
            line,
            text: text.to_owned(),
            why: why.into(),
        });
    }
}
