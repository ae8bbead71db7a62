//! `okr diff`: what changed between two moments, and what it did to the scores.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::diff::{self as rule, Changed};
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::{CycleId, KeyResultId, ObjectiveId};
use quarterdeck_core::state::{Stamp, State};
use quarterdeck_core::token::{CycleState, KeyResultState, MetricKind, ObjectiveState, Status};
use quarterdeck_core::value::{Change, Field, Subject, Value};
use serde::Serialize;

use super::log::{LogLine, log_line};
use super::what::{change, value as shown_value};
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};
use crate::number::{count, number, percent, with_unit};

/// What changed between two moments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// The earlier moment.
    pub from: AsOf,
    /// The later one; none for the present.
    pub to: Option<AsOf>,
    /// The day on which what was known at the earlier moment is measured.
    pub from_on: Date,
    /// The day on which what is known at the later one is.
    pub on: Date,
    /// What is asked about alone: an objective, a key result or a team.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Its title or name.
    pub title: Option<String>,
    /// Cycles that changed, and those of what did.
    pub cycles: Vec<DiffCycle>,
    /// Objectives that changed or whose key results did.
    pub objectives: Vec<DiffObjective>,
}

/// How a cycle differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiffCycle {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: CycleId,
    /// Its name.
    pub name: String,
    /// Where it stands in its life.
    pub state: CycleState,
    /// `added` where it was not there; none otherwise.
    pub became: Option<&'static str>,
    /// The event that planned it, where it was not there before.
    pub added_by: Option<LogLine>,
    /// Its score before, of the objectives that are asked about.
    pub from_score: Option<Decimal>,
    /// Its score after; its grade once it is closed.
    pub score: Option<Decimal>,
    /// Its fields that differ.
    pub changes: Vec<DiffChange>,
}

/// How an objective differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiffObjective {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: ObjectiveId,
    /// Title.
    pub title: String,
    /// Name of its cycle.
    pub cycle: Option<String>,
    /// `added`, `deferred`, `dropped`, `withdrawn` or `resumed`; none otherwise.
    pub became: Option<&'static str>,
    /// Its score before.
    pub from_score: Option<Decimal>,
    /// Its score after; its grade once its cycle is closed.
    pub score: Option<Decimal>,
    /// Its fields that differ.
    pub changes: Vec<DiffChange>,
    /// The event that drafted it, where it was not there before.
    pub added_by: Option<LogLine>,
    /// Its key results that differ.
    pub key_results: Vec<DiffKeyResult>,
}

/// How a key result differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiffKeyResult {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Kind of metric.
    pub metric: MetricKind,
    /// Unit of the values.
    pub unit: Option<String>,
    /// `added`, `deferred`, `dropped`, `withdrawn` or `resumed`; none otherwise.
    pub became: Option<&'static str>,
    /// Its value before.
    pub from_value: Option<Decimal>,
    /// Its value after.
    pub value: Option<Decimal>,
    /// The last confidence stated before, 0 to 1.
    pub from_confidence: Option<Decimal>,
    /// The last confidence stated after, 0 to 1.
    pub confidence: Option<Decimal>,
    /// Its score before.
    pub from_score: Option<Decimal>,
    /// Its score after.
    pub score: Option<Decimal>,
    /// How it was doing; none where it was not there, or did not count.
    pub from_status: Option<Status>,
    /// How it is doing; none where it does not count.
    pub status: Option<Status>,
    /// How its figures moved, in words.
    pub moved: Vec<String>,
    /// Its fields that differ.
    pub changes: Vec<DiffChange>,
    /// The event that added it, where it was not there before.
    pub added_by: Option<LogLine>,
    /// The check-ins and readings in between, corrections included, oldest first.
    pub measured: Vec<LogLine>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiffChange {
    /// Its name, such as `target`.
    pub field: String,
    /// What it said.
    pub from: Option<String>,
    /// What it says.
    pub to: Option<String>,
    /// It in words: `target 600 → 550 leads`.
    pub what: String,
    /// The events in between that set it, oldest first.
    pub by: Vec<LogLine>,
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiffQuery {
    /// The earlier moment.
    pub from: AsOf,
    /// The later one; none for the present.
    pub to: Option<AsOf>,
    /// The days of the two sides.
    pub days: (Date, Date),
    /// What is asked about alone.
    pub about: Option<Subject>,
}

/// What changed, as [`rule::of`] found it; `names` are of the later moment, `is_pending` says which
/// positions are not recorded yet.
#[must_use]
pub fn diff(
    names: &Names<'_>,
    found: &rule::Diff,
    query: &DiffQuery,
    is_pending: &dyn Fn(u64) -> bool,
) -> Diff {
    let state = names.state();
    let told = Telling { names, is_pending };
    Diff {
        schema: Schema,
        workspace: names.workspace(),
        from: query.from,
        to: query.to,
        from_on: query.days.0,
        on: query.days.1,
        reference: query.about.and_then(|about| names.subject(about)),
        title: query.about.and_then(|about| names.title(about)),
        cycles: (found.cycles.iter())
            .filter_map(|one| told.cycle(state, one))
            .collect(),
        objectives: (found.objectives.iter())
            .filter_map(|one| told.objective(state, one))
            .collect(),
    }
}

struct Telling<'a, 's> {
    names: &'a Names<'s>,
    is_pending: &'a dyn Fn(u64) -> bool,
}

impl Telling<'_, '_> {
    fn cycle(&self, state: &State, one: &rule::CycleDiff) -> Option<DiffCycle> {
        let cycle = state.cycles.get(&one.cycle)?;
        Some(DiffCycle {
            reference: self.names.cycle(one.cycle),
            id: one.cycle,
            name: cycle.name.clone(),
            state: cycle.state,
            became: one.added.map(|_| "added"),
            added_by: self.line(one.made.as_ref()),
            from_score: share(one.from),
            score: share(one.to),
            changes: self.changes(Subject::Cycle(one.cycle), &one.changes),
        })
    }

    fn objective(&self, state: &State, one: &rule::ObjectiveDiff) -> Option<DiffObjective> {
        let objective = state.objectives.get(&one.objective)?;
        Some(DiffObjective {
            reference: self.names.objective(one.objective),
            id: one.objective,
            title: objective.title.clone(),
            cycle: (state.cycles.get(&objective.cycle)).map(|cycle| cycle.name.clone()),
            became: became(one.added.as_ref(), &one.changes),
            from_score: share(one.from),
            score: share(one.to),
            changes: self.changes(Subject::Objective(one.objective), &one.changes),
            added_by: self.line(one.made.as_ref()),
            key_results: (one.key_results.iter())
                .filter_map(|one| self.key_result(state, one))
                .collect(),
        })
    }

    fn key_result(&self, state: &State, one: &rule::KeyResultDiff) -> Option<DiffKeyResult> {
        let found = state.key_results.get(&one.key_result)?;
        let (from, to) = (one.from.as_ref(), one.to.as_ref());
        let lived = match (state_of(&one.changes), &one.added) {
            (_, Some(_)) => false,
            (Some((from, _)), None) => from == KeyResultState::Active.word(),
            (None, None) => found.is_live(),
        };
        let became = became(one.added.as_ref(), &one.changes);
        let mut told = DiffKeyResult {
            reference: self.names.key_result(one.key_result),
            id: one.key_result,
            title: found.title.clone(),
            metric: found.metric.kind,
            unit: found.metric.unit.clone(),
            became,
            from_value: from.and_then(|from| from.value),
            value: to.and_then(|to| to.value),
            from_confidence: from.and_then(|from| from.confidence),
            confidence: to.and_then(|to| to.confidence),
            from_score: share(from.and_then(|from| from.score)),
            score: share(to.and_then(|to| to.score)),
            from_status: from.map(|from| from.status.status).filter(|_| lived),
            status: to.map(|to| to.status.status).filter(|_| found.is_live()),
            moved: Vec::new(),
            changes: self.changes(Subject::KeyResult(one.key_result), &one.changes),
            added_by: self.line(one.made.as_ref()),
            measured: self.lines(&one.measured),
        };
        told.moved = moved(&told, &one.measured);
        Some(told)
    }

    fn changes(&self, subject: Subject, changes: &[Changed]) -> Vec<DiffChange> {
        (changes.iter())
            .map(|one| DiffChange {
                field: one.field.word().to_owned(),
                from: self.names.value(&one.from),
                to: self.names.value(&one.to),
                what: self.what(subject, one),
                by: self.lines(&one.by),
            })
            .collect()
    }

    fn what(&self, subject: Subject, one: &Changed) -> String {
        let shown = |value| shown_value(self.names, subject, &one.field, value);
        match &one.field {
            Field::Title => format!("reworded {} → {}", shown(&one.from), shown(&one.to)),
            Field::Cycle => format!("moved from {} to {}", shown(&one.from), shown(&one.to)),
            _ => change(
                self.names,
                subject,
                &Change {
                    field: one.field.clone(),
                    from: one.from.clone(),
                    to: one.to.clone(),
                },
            ),
        }
    }

    fn lines(&self, entries: &[Entry]) -> Vec<LogLine> {
        (entries.iter())
            .filter_map(|entry| self.line(Some(entry)))
            .collect()
    }

    fn line(&self, entry: Option<&Entry>) -> Option<LogLine> {
        entry.map(|entry| log_line(self.names, entry, (self.is_pending)(entry.seq)))
    }
}

/// What a goal's state was and is, where it differs.
fn state_of(changes: &[Changed]) -> Option<(&str, &str)> {
    let one = changes.iter().find(|one| one.field == Field::State)?;
    match (&one.from, &one.to) {
        (Value::Text(from), Value::Text(to)) => Some((from, to)),
        _ => None,
    }
}

fn became(added: Option<&Stamp>, changes: &[Changed]) -> Option<&'static str> {
    const AWAY: [&str; 3] = [
        ObjectiveState::Deferred.word(),
        ObjectiveState::Dropped.word(),
        ObjectiveState::Withdrawn.word(),
    ];
    if added.is_some() {
        return Some("added");
    }
    let (from, to) = state_of(changes)?;
    (AWAY.into_iter().find(|word| *word == to))
        .or_else(|| AWAY.contains(&from).then_some("resumed"))
}

/// How the figures of a key result moved, in words.
fn moved(one: &DiffKeyResult, measured: &[Entry]) -> Vec<String> {
    let step = |from: Option<Decimal>, to: Option<Decimal>, told: &dyn Fn(Decimal) -> String| {
        let told = |value: Option<Decimal>| value.map_or_else(|| "none".to_owned(), told);
        if from == to {
            told(to)
        } else {
            format!("{} → {}", told(from), told(to))
        }
    };
    let mut said = Vec::new();
    let by = by(measured);
    let is_new = one.became == Some("added");
    if one.from_value != one.value && !is_new || !by.is_empty() {
        let mut text = match one.metric {
            MetricKind::Milestones if is_new => {
                format!(
                    "done {}",
                    one.score.map_or_else(|| "none".to_owned(), percent)
                )
            }
            MetricKind::Milestones => {
                format!("done {}", step(one.from_score, one.score, &percent))
            }
            MetricKind::Binary if one.value == Some(Decimal::ONE) => "done".to_owned(),
            MetricKind::Binary => "not done".to_owned(),
            _ if is_new || one.from_value == one.value => {
                let value = one.value.map(|value| with_unit(value, one.unit.as_deref()));
                format!("value {}", value.unwrap_or_else(|| "none".to_owned()))
            }
            _ => {
                let unit = (one.unit.as_ref()).map_or_else(String::new, |unit| format!(" {unit}"));
                format!("value {}{unit}", step(one.from_value, one.value, &number))
            }
        };
        if one.from_value == one.value && !is_new {
            text.push_str(", unchanged");
        }
        if !by.is_empty() {
            text.push_str(&format!(" by {by}"));
        }
        said.push(text);
    }
    if one.from_confidence != one.confidence && !(is_new && one.confidence.is_none()) {
        said.push(format!(
            "confidence {}",
            step(one.from_confidence, one.confidence, &percent)
        ));
    }
    match (one.from_status, one.status) {
        (Some(from), Some(to)) if from != to => said.push(format!("status {from} → {to}")),
        _ => {}
    }
    said
}

/// `3 check-ins and 1 correction`.
fn by(measured: &[Entry]) -> String {
    let many = |wanted: fn(&Body) -> bool, noun| {
        let found = measured
            .iter()
            .filter(|entry| wanted(&entry.event.body))
            .count();
        (found > 0).then(|| count(found, noun))
    };
    let told: Vec<String> = [
        many(|body| matches!(body, Body::CheckedIn(_)), "check-in"),
        many(|body| matches!(body, Body::KpiRecorded(_)), "reading"),
        many(
            |body| !matches!(body, Body::CheckedIn(_) | Body::KpiRecorded(_)),
            "correction",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    told.join(" and ")
}
