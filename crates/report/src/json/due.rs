//! `okr due`: what is overdue, and what comes next.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::due::{self, Due};
use quarterdeck_core::token::DueKind;
use quarterdeck_core::value::Subject;
use quarterdeck_core::whose::Whose;
use serde::Serialize;

use super::show::{Related, related};
use super::{AsOf, Schema};
use crate::names::{Names, Ref};

/// So many days ahead are looked at: what was just checked in for a week is not among them.
const AHEAD: i32 = 6;

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueList {
    /// Version of this object.
    pub schema: Schema,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// The day that is asked about.
    pub on: Date,
    /// The last day that is looked ahead to.
    pub until: Date,
    /// How many of them are overdue.
    pub overdue: usize,
    /// What is overdue or due up to that day, the longest due first.
    pub due: Vec<DueLine>,
    /// Cycles whose days have come but that nobody activated: they ask for nothing yet.
    pub not_started: Vec<String>,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueLine {
    /// A check-in, an initiative or a to-do.
    pub kind: DueKind,
    /// Reference of the key result, initiative or to-do.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Its title.
    pub title: String,
    /// The objective of a key result.
    pub objective: Option<Related>,
    /// The KPI that a key result reads its value from.
    pub kpi: Option<Ref>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The day on which it is due.
    pub due: Date,
    /// How many days ago that was; below 0 where it is still to come.
    pub days_late: i32,
    /// Whether it is overdue: the days of grace have passed as well, if it has any.
    pub overdue: bool,
    /// When a key result was last measured.
    pub last: Option<Date>,
    /// How much of a to-do should have been done by now, and was not.
    pub behind: Option<Decimal>,
    /// What a to-do counts.
    pub unit: Option<String>,
}

/// What is overdue, and what comes within a week.
#[must_use]
pub fn due_list(names: &Names<'_>, whose: &Whose, on: Date, as_of: Option<AsOf>) -> DueList {
    let state = names.state();
    let until = on.plus_days(AHEAD);
    let found = due::due(state, whose, on, until);
    DueList {
        schema: Schema,
        as_of,
        on,
        until,
        overdue: found.iter().filter(|one| one.overdue).count(),
        due: due_lines(names, &found, on),
        not_started: (due::not_started(state, on).into_iter())
            .filter_map(|cycle| names.title(Subject::Cycle(cycle)))
            .collect(),
    }
}

pub(super) fn due_lines(names: &Names<'_>, found: &[Due], on: Date) -> Vec<DueLine> {
    found.iter().map(|one| due_line(names, one, on)).collect()
}

fn due_line(names: &Names<'_>, one: &Due, on: Date) -> DueLine {
    let state = names.state();
    let (objective, kpi) = match one.subject {
        Subject::KeyResult(id) => (state.key_results.get(&id)).map_or((None, None), |found| {
            (
                related(names, Subject::Objective(found.objective)),
                found.kpi.map(|kpi| names.kpi(kpi)),
            )
        }),
        _ => (None, None),
    };
    let unit = match one.subject {
        Subject::Todo(id) => state.todos.get(&id).and_then(|todo| todo.unit.clone()),
        _ => None,
    };
    DueLine {
        kind: one.kind,
        reference: names.subject(one.subject),
        title: names.title(one.subject).unwrap_or_default(),
        objective,
        kpi,
        owner: one.owner.map(|owner| names.person(owner)),
        due: one.due,
        days_late: one.days_late(on),
        overdue: one.overdue,
        last: one.last,
        behind: one.behind.map(|behind| behind.round(1)),
        unit,
    }
}
