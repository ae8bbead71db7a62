//! What happened between two moments, as somebody who was away would want to know it.
//!
//! It compares what was known then with what is known now, so that a measurement that came late
//! is news when it comes, and of a field that was changed twice the outcome is told. Nothing is
//! judged here: statuses are [`crate::status`]'s, scores [`crate::score`]'s, what is due
//! [`crate::due`]'s.
//!
//! - **moved**: the value is another than then, or than its start where it was not there then;
//! - **stalled**: it was measured since, and the value is the same;
//! - **attention**: its status is at risk, off track or stale, whether it moved or not.
//!
//! Key results of active cycles are looked at, and of those that were active then.

use crate::agreement;
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::due::{self, Due};
use crate::grading;
use crate::id::{CycleId, KeyResultId, NoteId, ObjectiveId, WeeklyId};
use crate::score;
use crate::state::{Cycle, KeyResult, Objective, Provenance, Stamp, State};
use crate::status::{self, Explained};
use crate::token::{
    CycleState, KeyResultState, MetricKind, NoteKind, ObjectiveState, Status, WorkState,
};
use crate::value::{Field, Subject, Value};
use crate::whose::Whose;

/// Two moments: what was known at each, and the day whose figures are meant.
#[derive(Debug, Clone, Copy)]
pub struct Between<'a> {
    /// What was known then.
    pub then: &'a State,
    /// The last day of the time before.
    pub then_on: Date,
    /// What is known now.
    pub now: &'a State,
    /// Today, or the last day that is told of.
    pub now_on: Date,
}

/// What happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digest {
    /// The cycles that were looked at, by their first days.
    pub cycles: Vec<CycleMoved>,
    /// Key results that moved, with their objectives' oldest first.
    pub moved: Vec<Moved>,
    /// Key results that were measured and did not move.
    pub stalled: Vec<Moved>,
    /// Key results that are at risk, off track or stale, the worst first.
    pub attention: Vec<Moved>,
    /// What people wrote since, oldest first.
    pub notes: Vec<NoteId>,
    /// Goals that were added, reworded, moved, left or taken up, oldest first.
    pub goals: Vec<GoalChanged>,
    /// Weekly updates that were written or changed since, or are of a week of this time.
    pub weeklies: Vec<WeeklyId>,
    /// Initiatives that were finished.
    pub finished: Vec<Subject>,
    /// Objectives that wait for somebody to agree.
    pub unsigned: Vec<ObjectiveId>,
    /// What is overdue, or due today or on the six days after.
    pub due: Vec<Due>,
}

/// How a cycle moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleMoved {
    /// The cycle.
    pub cycle: CycleId,
    /// Its score then, of those objectives that are asked about.
    pub from: Option<Decimal>,
    /// Its score now; its grade once it is closed.
    pub to: Option<Decimal>,
}

/// A key result then and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The key result.
    pub key_result: KeyResultId,
    /// Where it stood; none where it was not there yet.
    pub from: Option<Standing>,
    /// Where it stands.
    pub to: Standing,
    /// What was said with the check-ins since, oldest first.
    pub said: Vec<Said>,
}

/// Where a key result stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its value; for milestones the weight done, for binary 0 or 1.
    pub value: Option<Decimal>,
    /// Its score, 0 to 1.
    pub score: Option<Decimal>,
    /// When it was last measured.
    pub last: Option<Date>,
    /// The last confidence stated.
    pub confidence: Option<Decimal>,
    /// How it is doing, and why.
    pub status: Explained,
}

/// What somebody said with a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The day that it speaks of.
    pub on: Date,
    /// The text.
    pub text: String,
    /// Who, and when.
    pub stamp: Stamp,
}

/// A change of what is aimed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalChanged {
    /// The objective or key result.
    pub subject: Subject,
    /// The field, with what it was and is; none where the thing is new.
    pub change: Option<(Field, Value, Value)>,
    /// Who, and when. A change of several steps is its last author's.
    pub stamp: Stamp,
}

/// What a person would call moving the goalposts, and what leaves or joins.
const GOALS: [Field; 11] = [
    Field::Title,
    Field::Metric,
    Field::Baseline,
    Field::Target,
    Field::Low,
    Field::High,
    Field::Milestones,
    Field::Weight,
    Field::Cycle,
    Field::Owner,
    Field::State,
];

/// What happened between two moments to what is `whose`.
#[must_use]
pub fn digest(between: &Between<'_>, whose: &Whose) -> Digest {
    let Between { then, now, .. } = *between;
    let mut found = Digest {
        cycles: cycles(between, whose),
        goals: goals(between, whose),
        due: due::due(now, whose, between.now_on, between.now_on.plus_days(6)),
        ..Digest::default()
    };
    for (id, key_result, cycle) in looked_at(between, whose) {
        let one = moved(between, id, key_result, cycle);
        let last = |at: &Standing| at.last;
        let measured = is_measured(then, key_result, id)
            || one.to.last.is_some() && one.from.as_ref().and_then(last) != one.to.last;
        let known = measured || one.from.as_ref().and_then(last).is_some();
        let before = (one.from.as_ref()).map_or_else(|| start(key_result), |from| from.value);
        if known && before != one.to.value {
            found.moved.push(one.clone());
        } else if measured && one.to.status.status != Status::Done {
            found.stalled.push(one.clone());
        }
        if status::severity(one.to.status.status) >= status::severity(Status::AtRisk) {
            found.attention.push(one);
        }
    }
    // Stable: those of one severity stay in the order of their objectives.
    (found.attention).sort_by_key(|one| std::cmp::Reverse(status::severity(one.to.status.status)));
    found.notes = notes(between, whose);
    found.weeklies = weeklies(between, whose);
    found.finished = (now.initiatives.iter())
        .filter(|(id, one)| {
            let before = then.initiatives.get(id).map(|before| before.state);
            one.state == WorkState::Done
                && before != Some(WorkState::Done)
                && whose.has_work(now, one.owner, one.supports)
        })
        .map(|(id, _)| Subject::Initiative(*id))
        .collect();
    found.unsigned = (now.objectives.iter())
        .filter(|(_, one)| one.state == ObjectiveState::Draft && whose.has_objective(now, one))
        .filter(|(id, _)| agreement::awaited(now, **id).next().is_some())
        .map(|(id, _)| *id)
        .collect();
    found
}

/// Whether a cycle is one of those that are told of.
fn is_told(between: &Between<'_>, id: CycleId, cycle: &Cycle) -> bool {
    let was = (between.then.cycles.get(&id)).is_some_and(|was| was.state == CycleState::Active);
    cycle.state == CycleState::Active || was
}

fn cycles(between: &Between<'_>, whose: &Whose) -> Vec<CycleMoved> {
    let mut found: Vec<_> = (between.now.cycles.iter())
        .filter(|(id, cycle)| is_told(between, **id, cycle))
        .collect();
    found.sort_by_key(|(id, cycle)| (cycle.starts, **id));
    (found.into_iter())
        .map(|(id, _)| CycleMoved {
            cycle: *id,
            from: cycle_stands(between.then, *id, between.then_on, whose),
            to: cycle_stands(between.now, *id, between.now_on, whose),
        })
        .collect()
}

/// The score of a cycle, its grade once it is closed, over the objectives that are `whose`.
pub(crate) fn cycle_stands(state: &State, id: CycleId, on: Date, whose: &Whose) -> Option<Decimal> {
    grading::cycle_stands(state, id, on, |id| {
        (state.objectives.get(&id)).is_some_and(|one| whose.has_objective(state, one))
    })
    .all
}

/// The live key results that are told of, by their cycles, objectives and ranks.
fn looked_at<'a>(
    between: &Between<'a>,
    whose: &Whose,
) -> Vec<(KeyResultId, &'a KeyResult, &'a Cycle)> {
    let now = between.now;
    let mut objectives: Vec<(&ObjectiveId, &Objective, &Cycle)> = (now.objectives.iter())
        .filter(|(_, objective)| objective.is_live())
        .filter_map(|(id, objective)| Some((id, &**objective, now.cycles.get(&objective.cycle)?)))
        .filter(|(_, objective, cycle)| is_told(between, objective.cycle, cycle))
        .collect();
    objectives
        .sort_by_key(|(_, objective, cycle)| (cycle.starts, objective.provenance.created.seq));
    (objectives.into_iter())
        .flat_map(|(id, _, cycle)| {
            now.key_results_of(*id)
                .map(move |(id, one)| (id, one, cycle))
        })
        .filter(|(_, one, _)| one.is_live() && whose.has_key_result(now, one))
        .collect()
}

/// Where a key result stands in a state on a day; none where it is not there.
pub(crate) fn standing_of(state: &State, id: KeyResultId, on: Date) -> Option<Standing> {
    let found = state.key_results.get(&id)?;
    let cycle = (state.cycles).get(&state.objectives.get(&found.objective)?.cycle)?;
    Some(standing(state, found, cycle, on))
}

fn standing(state: &State, key_result: &KeyResult, cycle: &Cycle, on: Date) -> Standing {
    let progress = score::progress(state, key_result, cycle, on);
    Standing {
        value: progress.current,
        score: progress.score,
        last: progress.last_check_in,
        confidence: progress.confidence,
        status: status::of_key_result(state, key_result, cycle, on),
    }
}

fn moved(between: &Between<'_>, id: KeyResultId, now: &KeyResult, cycle: &Cycle) -> Moved {
    let then = between.then;
    let before = then.key_results.get(&id);
    Moved {
        key_result: id,
        from: standing_of(then, id, between.then_on),
        to: standing(between.now, now, cycle, between.now_on),
        said: (now.check_ins.until(between.now_on))
            .filter(|one| before.is_none_or(|before| before.check_ins.get(one.id).is_none()))
            .filter_map(|one| {
                Some(Said {
                    on: one.effective,
                    text: one.note.clone()?,
                    stamp: Stamp {
                        seq: one.seq,
                        event: one.id,
                        member: one.member,
                        device: one.device,
                        authored: one.authored,
                        recorded: one.recorded,
                    },
                })
            })
            .collect(),
    }
}

/// The value that a key result begins with.
fn start(key_result: &KeyResult) -> Option<Decimal> {
    match key_result.metric.kind {
        MetricKind::Milestones | MetricKind::Binary => Some(Decimal::ZERO),
        MetricKind::Increase | MetricKind::Decrease | MetricKind::Maintain => {
            key_result.metric.baseline
        }
    }
}

/// Whether a check-in came since.
fn is_measured(then: &State, now: &KeyResult, id: KeyResultId) -> bool {
    let before = then.key_results.get(&id);
    (now.check_ins.standing())
        .any(|one| before.is_none_or(|before| before.check_ins.get(one.id).is_none()))
}

fn notes(between: &Between<'_>, whose: &Whose) -> Vec<NoteId> {
    let now = between.now;
    let mut found: Vec<_> = (now.notes.iter())
        .filter(|(id, note)| note.is_shown() && !between.then.notes.contains_key(id))
        .filter(|(_, note)| {
            let author = note.provenance.created.member;
            match note.about {
                Subject::Objective(id) => {
                    (now.objectives.get(&id)).is_some_and(|one| whose.has_objective(now, one))
                }
                Subject::KeyResult(id) | Subject::CheckIn(id, _) => {
                    (now.key_results.get(&id)).is_some_and(|one| whose.has_key_result(now, one))
                }
                _ => whose.has_member(now, author),
            }
        })
        .collect();
    found.sort_by_key(|(_, note)| note.provenance.created.seq);
    found.into_iter().map(|(id, _)| *id).collect()
}

/// The notes of a kind among those found.
#[must_use]
pub fn of_kind(state: &State, notes: &[NoteId], kind: NoteKind) -> Vec<NoteId> {
    let is = |id: &&NoteId| state.notes.get(id).is_some_and(|note| note.kind == kind);
    notes.iter().filter(is).copied().collect()
}

fn weeklies(between: &Between<'_>, whose: &Whose) -> Vec<WeeklyId> {
    let Between { then, now, .. } = *between;
    let mut found: Vec<_> = (now.weeklies.iter())
        .filter(|(id, one)| {
            let of_this_time = one.week > between.then_on && one.week <= between.now_on;
            one.is_shown() && (of_this_time || then.weeklies.get(id) != Some(one))
        })
        .filter(|(_, one)| match (whose, one.team) {
            (Whose::Teams(teams), Some(team)) => teams.contains(&team),
            _ => whose.has_member(now, one.member),
        })
        .collect();
    found.sort_by_key(|(_, one)| (one.week, one.provenance.created.seq));
    found.into_iter().map(|(id, _)| *id).collect()
}

fn goals(between: &Between<'_>, whose: &Whose) -> Vec<GoalChanged> {
    let Between { then, now, .. } = *between;
    let mut found = Vec::new();
    for (id, one) in &now.objectives {
        let before = then.objectives.get(id);
        let never_seen = one.state == ObjectiveState::Withdrawn && before.is_none();
        if !never_seen && whose.has_objective(now, one) {
            let subject = Subject::Objective(*id);
            changes(
                between,
                subject,
                before.is_some(),
                &one.provenance,
                &mut found,
            );
        }
    }
    for (id, one) in &now.key_results {
        let before = then.key_results.get(id);
        let never_seen = one.state == KeyResultState::Withdrawn && before.is_none();
        // Those of a new objective go without saying.
        let along = !then.objectives.contains_key(&one.objective);
        if !never_seen && !along && whose.has_key_result(now, one) {
            let subject = Subject::KeyResult(*id);
            changes(
                between,
                subject,
                before.is_some(),
                &one.provenance,
                &mut found,
            );
        }
    }
    found.sort_by_key(|one| one.stamp.seq);
    found
}

/// What became of a thing that was there, or that it is new.
fn changes(
    between: &Between<'_>,
    subject: Subject,
    was_there: bool,
    provenance: &Provenance,
    found: &mut Vec<GoalChanged>,
) {
    if !was_there {
        found.push(GoalChanged {
            subject,
            change: None,
            stamp: provenance.created,
        });
        return;
    }
    found.extend(fields_changed(between, subject, &GOALS, provenance).map(
        |(field, from, to, stamp)| GoalChanged {
            subject,
            change: Some((field, from, to)),
            stamp,
        },
    ));
}

/// Those fields of a thing that differ: what each said and says, and who set it.
pub(crate) fn fields_changed<'a>(
    between: &'a Between<'_>,
    subject: Subject,
    fields: &'a [Field],
    provenance: &'a Provenance,
) -> impl Iterator<Item = (Field, Value, Value, Stamp)> + 'a {
    fields.iter().filter_map(move |field| {
        let from = between.then.get(subject, field)?;
        let to = between.now.get(subject, field)?;
        (from != to).then(|| (field.clone(), from, to, *provenance.of(field)))
    })
}
