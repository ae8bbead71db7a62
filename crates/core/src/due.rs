//! What is due, and what is overdue: check-ins by their cadence, initiatives by their day, to-dos
//! by what they should have come to.
//!
//! Guarantee: a check-in is overdue here exactly where [`crate::status`] calls a measured key
//! result stale, and never for one whose target is reached. One that was never measured is due a
//! period after its cycle began, or after it was added if that was later, with the same days of
//! grace ([`crate::calendar`]).
//!
//! Cycles that are active ask for check-ins; planned and closed ones don't.

use crate::calendar::{Date, Timestamp};
use crate::decimal::Decimal;
use crate::id::{CycleId, MemberId};
use crate::plan::todo;
use crate::state::{Cycle, KeyResult, Stamp, State};
use crate::status;
use crate::token::{CycleState, DueKind, Status};
use crate::value::Subject;
use crate::whose::Whose;

/// Something that is due on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What kind of thing is asked for.
    pub kind: DueKind,
    /// The key result, initiative or to-do.
    pub subject: Subject,
    /// Who answers for it; none where a team does, or nobody.
    pub owner: Option<MemberId>,
    /// The day on which it is due.
    pub due: Date,
    /// Whether it is overdue: the days of grace have passed as well, if it has any.
    pub overdue: bool,
    /// When it was last measured; none for work, and where it never was.
    pub last: Option<Date>,
    /// How much of a to-do should have been done by the day before, and was not.
    pub behind: Option<Decimal>,
}

impl Due {
    /// How many days ago it was due; below 0 where it is still to come.
    #[must_use]
    pub fn days_late(&self, on: Date) -> i32 {
        on.days_since(self.due)
    }
}

/// Everything that is due up to the day `until`, as it stands on the day `on`, and all that is
/// overdue: the longest due first.
#[must_use]
pub fn due(state: &State, whose: &Whose, on: Date, until: Date) -> Vec<Due> {
    let mut found = check_ins(state, whose, on);
    found.extend(work(state, whose, on));
    found.retain(|one| one.overdue || one.due <= until);
    // Stable: check-ins of one day stay in the order in which they matter.
    found.sort_by_key(|one| (one.due, one.kind));
    found
}

/// The next check-in of each key result that asks for one, whenever it is due: by objective, the
/// oldest first, and within it those that matter most first.
#[must_use]
pub fn check_ins(state: &State, whose: &Whose, on: Date) -> Vec<Due> {
    let mut objectives: Vec<_> = (state.objectives.iter())
        .filter(|(_, objective)| objective.is_live())
        .filter_map(|(id, objective)| Some((*id, objective, state.cycles.get(&objective.cycle)?)))
        .filter(|(_, _, cycle)| cycle.state == CycleState::Active)
        .collect();
    objectives.sort_by_key(|(_, objective, _)| objective.provenance.created.seq);
    let mut found = Vec::new();
    for (id, objective, cycle) in objectives {
        for (id, key_result) in state.key_results_of(id) {
            if !key_result.is_live() || !whose.has_key_result(state, key_result) {
                continue;
            }
            if let Some((due, overdue, last)) = next_check_in(state, key_result, cycle, on) {
                found.push(Due {
                    kind: DueKind::CheckIn,
                    subject: Subject::KeyResult(id),
                    owner: key_result.owner.or(objective.owner),
                    due,
                    overdue,
                    last,
                    behind: None,
                });
            }
        }
    }
    found
}

/// When the next check-in is due, whether it is overdue at the end of the day `on`, and when the
/// last one was. None once the target is reached, before the cycle begins, and where the cycle
/// ends before another one is due.
#[must_use]
pub fn next_check_in(
    state: &State,
    key_result: &KeyResult,
    cycle: &Cycle,
    on: Date,
) -> Option<(Date, bool, Option<Date>)> {
    if on < cycle.starts {
        return None;
    }
    let doing = status::of_key_result(state, key_result, cycle, on);
    if doing.status == Status::Done {
        return None;
    }
    let until = on.min(cycle.ends);
    let last = crate::score::progress(state, key_result, cycle, on).last_check_in;
    let since = last.unwrap_or_else(|| expected_since(state, key_result, cycle));
    let due = key_result.cadence.due_on(since);
    let overdue = key_result.cadence.is_overdue(since, until);
    (due <= cycle.ends).then_some((due, overdue, last))
}

/// Since when a key result that was never measured has been expected to be.
fn expected_since(state: &State, key_result: &KeyResult, cycle: &Cycle) -> Date {
    cycle
        .starts
        .max(day_of(state, &key_result.provenance.created))
}

/// The day on which something was written, there where it was if it was imported.
fn day_of(state: &State, stamp: &Stamp) -> Date {
    let at =
        (state.source(stamp)).map_or(Timestamp::from_ms(stamp.authored.wall), |source| source.at);
    state
        .workspace
        .as_ref()
        .map_or(Date::EPOCH, |workspace| workspace.date_of(at))
}

/// Open work: initiatives by their day, and to-dos that are behind, today; they are overdue once
/// their last day has passed.
fn work(state: &State, whose: &Whose, on: Date) -> Vec<Due> {
    let mut found = Vec::new();
    for (id, initiative) in &state.initiatives {
        let Some(due) = initiative.due.filter(|_| initiative.is_open()) else {
            continue;
        };
        if whose.has_work(state, initiative.owner, initiative.supports) {
            found.push(Due {
                kind: DueKind::Initiative,
                subject: Subject::Initiative(*id),
                owner: initiative.owner,
                due,
                overdue: due < on,
                last: None,
                behind: None,
            });
        }
    }
    for (id, one) in &state.todos {
        let supports = (one.key_result.map(Subject::KeyResult)).or_else(|| {
            (one.initiative.and_then(|id| state.initiatives.get(&id)))
                .and_then(|initiative| initiative.supports)
        });
        if !one.is_open() || !whose.has_work(state, one.owner, supports) {
            continue;
        }
        let behind = todo::standing(state, one, on)
            .map(|standing| standing.behind)
            .filter(|behind| *behind > Decimal::ZERO);
        if behind.is_some() {
            found.push(Due {
                kind: DueKind::Todo,
                subject: Subject::Todo(*id),
                owner: one.owner,
                due: on.min(one.ends),
                overdue: one.ends < on,
                last: None,
                behind,
            });
        }
    }
    found
}

/// Cycles whose days have come but that nobody activated: they ask for nothing yet.
#[must_use]
pub fn not_started(state: &State, on: Date) -> Vec<CycleId> {
    (state.cycles.iter())
        .filter(|(_, cycle)| cycle.state == CycleState::Planned && cycle.contains(on))
        .filter(|(id, _)| {
            (state.objectives.values())
                .any(|objective| objective.cycle == **id && objective.is_live())
        })
        .map(|(id, _)| *id)
        .collect()
}
