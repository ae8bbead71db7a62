//! Key results of an outline: found among their objective's, changed, or made.

use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, KeyResultAdded, Metric};
use quarterdeck_core::id::{KeyResultId, ObjectiveId};
use quarterdeck_core::token::{Cadence, KeyResultState, MetricKind};
use quarterdeck_core::value::{Field, Subject, Value};

use super::compare::{self, key_result_face};
use super::matching::{Face, Match, pair};
use super::{Act, Planner, Step};
use crate::outline::{KeyResult, Objective};

impl Planner<'_> {
    pub(super) fn key_results(
        &mut self,
        id: ObjectiveId,
        objective: &Objective,
        before: Option<&Objective>,
    ) {
        let known: Vec<(KeyResultId, Face)> = self
            .state()
            .key_results_of(id)
            .filter(|(_, one)| one.state != KeyResultState::Withdrawn)
            .map(|(id, one)| {
                let face = Face {
                    live: one.is_live(),
                    ..Face::new(one.key.as_deref(), &one.title, std::iter::empty())
                };
                (id, face)
            })
            .collect();
        let faces: Vec<Face> = known.iter().map(|(_, face)| face.clone()).collect();
        let wanted: Vec<Face> = objective.key_results.iter().map(key_result_face).collect();
        let found = pair(&wanted, &faces);
        let (was, gone) = compare::key_results(objective, before);
        for (at, one) in objective.key_results.iter().enumerate() {
            let was = was.get(at).copied().flatten();
            let known = found
                .get(at)
                .copied()
                .flatten()
                .and_then(|(at, why)| Some((known.get(at)?.0, why)));
            let id = match known {
                Some((id, why)) => {
                    self.edit_key_result(id, why, one, was);
                    Some(id)
                }
                None => self.make_key_result(id, one),
            };
            if let Some(id) = id {
                self.present.insert(Subject::KeyResult(id));
                self.measure(id, one, was);
                self.set_aside_key_result(id, one, was);
            }
        }
        if self.options.base.is_some() {
            for one in gone {
                self.drop_key_result(id, one);
            }
        }
    }

    fn make_key_result(&mut self, objective: ObjectiveId, new: &KeyResult) -> Option<KeyResultId> {
        let Some(metric) = new.metric.clone() else {
            for check_in in &new.check_ins {
                self.left(
                    check_in.line,
                    &new.title,
                    "There is no such key result to check in; make it first, or give its baseline and target.",
                );
            }
            return None;
        };
        let id = KeyResultId::new(self.ids.next());
        let owner = match &new.owner {
            Some(name) => self.member(new.line, name),
            None => self.options.owner,
        };
        let team = new.team.as_ref().and_then(|name| self.team(new.line, name));
        self.step(Step {
            act: Act::Make,
            subject: Subject::KeyResult(id),
            title: new.title.clone(),
            what: shown(&metric),
            why: None,
            line: new.line,
            command: Command::Record(Body::KeyResultAdded(KeyResultAdded {
                key_result: id,
                objective,
                title: new.title.clone(),
                owner,
                metric,
                indicator: new.indicator,
                certainty: new.certainty,
                cadence: new.cadence.unwrap_or(Cadence::Weekly),
                weight: new.weight.unwrap_or(Decimal::ONE),
                rank: new.rank,
                key: new.key.clone(),
                team,
                kpi: None,
                carried_from: None,
            })),
        })
        .then_some(id)
    }

    fn edit_key_result(
        &mut self,
        id: KeyResultId,
        why: Match,
        new: &KeyResult,
        was: Option<&KeyResult>,
    ) {
        fn fresh<T: Clone + PartialEq>(
            new: &KeyResult,
            was: Option<&KeyResult>,
            field: fn(&KeyResult) -> &Option<T>,
        ) -> Option<T> {
            let value = field(new).as_ref()?;
            let same = was.is_some_and(|was| field(was).as_ref() == Some(value));
            (!same).then(|| value.clone())
        }
        let mut set = Vec::new();
        if was.is_none_or(|was| was.title != new.title) {
            set.push((Field::Title, Value::Text(new.title.clone())));
        }
        if let Some(owner) =
            fresh(new, was, |one| &one.owner).and_then(|name| self.member(new.line, &name))
        {
            set.push((Field::Owner, Value::Ref(Subject::Member(owner))));
        }
        if let Some(team) =
            fresh(new, was, |one| &one.team).and_then(|name| self.team(new.line, &name))
        {
            set.push((Field::Team, Value::Ref(Subject::Team(team))));
        }
        set.extend(fresh(new, was, |one| &one.weight).map(|to| (Field::Weight, Value::Number(to))));
        set.extend(
            fresh(new, was, |one| &one.rank).map(|to| (Field::Rank, Value::Number(to.into()))),
        );
        set.extend(
            fresh(new, was, |one| &one.certainty).map(|to| (Field::Certainty, Value::Number(to))),
        );
        set.extend(
            fresh(new, was, |one| &one.cadence)
                .map(|to| (Field::Cadence, Value::Text(to.word().to_owned()))),
        );
        set.extend(
            fresh(new, was, |one| &one.indicator)
                .map(|to| (Field::Indicator, Value::Text(to.word().to_owned()))),
        );
        set.extend(fresh(new, was, |one| &one.key).map(|to| (Field::Key, Value::Text(to))));
        if let Some(metric) = fresh(new, was, |one| &one.metric) {
            set.extend(self.metric(id, &metric));
        }
        let live = self
            .state()
            .key_results
            .get(&id)
            .is_some_and(|one| one.is_live());
        let revived = new.state.is_none() && was.is_some_and(|one| one.state.is_some());
        let returned = was.is_none() && self.options.base.is_some();
        if (revived || returned) && !live && new.state.is_none() {
            set.push((
                Field::State,
                Value::Text(KeyResultState::Active.word().to_owned()),
            ));
        }
        self.edit(
            Subject::KeyResult(id),
            new.title.clone(),
            new.line,
            why,
            set,
        );
    }

    /// The fields of a metric. A plain "done or not" does not take the place of figures that the
    /// workspace has: a document without figures is silent about them.
    fn metric(&self, id: KeyResultId, new: &Metric) -> Vec<(Field, Value)> {
        let Some(now) = self.state().key_results.get(&id).map(|one| &one.metric) else {
            return Vec::new();
        };
        if new.kind == MetricKind::Binary && now.kind != MetricKind::Binary {
            return Vec::new();
        }
        let steps = if new.milestones.is_empty() {
            Value::None
        } else {
            Value::Milestones(new.milestones.clone())
        };
        let mut set = vec![
            (Field::Metric, Value::Text(new.kind.word().to_owned())),
            (Field::Baseline, Value::number(new.baseline)),
            (Field::Target, Value::number(new.target)),
            (Field::Low, Value::number(new.low)),
            (Field::High, Value::number(new.high)),
            (Field::Milestones, steps),
        ];
        if new.unit.is_some() {
            set.push((Field::Unit, Value::text(new.unit.as_deref())));
        }
        set.retain(|(field, to)| {
            self.state().get(Subject::KeyResult(id), field).as_ref() != Some(to)
        });
        set
    }

    /// A key result's state comes last: what is dropped is measured no more.
    fn set_aside_key_result(&mut self, id: KeyResultId, new: &KeyResult, was: Option<&KeyResult>) {
        let Some(state) = new
            .state
            .filter(|state| was.is_none_or(|one| one.state != Some(*state)))
        else {
            return;
        };
        let subject = Subject::KeyResult(id);
        let now = self.state().key_results.get(&id).map(|one| one.state);
        if now != Some(state) {
            let set = vec![(Field::State, Value::Text(state.word().to_owned()))];
            self.edit(subject, new.title.clone(), new.line, Match::Title, set);
        }
    }
}

/// A metric in words.
pub(super) fn shown(metric: &Metric) -> String {
    let unit = metric
        .unit
        .as_ref()
        .map_or_else(String::new, |unit| format!(" {unit}"));
    let number = |number: Option<Decimal>| number.map_or_else(String::new, |n| n.to_string());
    match metric.kind {
        MetricKind::Increase | MetricKind::Decrease => format!(
            "{} {}..{}{unit}",
            metric.kind,
            number(metric.baseline),
            number(metric.target)
        ),
        MetricKind::Maintain => {
            format!(
                "maintain {}..{}{unit}",
                number(metric.low),
                number(metric.high)
            )
        }
        MetricKind::Milestones => {
            let steps: Vec<&str> = metric
                .milestones
                .iter()
                .map(|one| one.name.as_str())
                .collect();
            format!("milestones {}", steps.join(", "))
        }
        MetricKind::Binary => "done or not".to_owned(),
    }
}
