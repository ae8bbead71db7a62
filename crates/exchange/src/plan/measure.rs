//! What an outline says of where a key result stands: check-ins, scores, the grade.
//!
//! A document without dates speaks of the day on which it was written, held to the key result's
//! cycle. A score counts as the value that would give it. What the workspace knows already is not
//! said again.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn, KeyResultGraded, Metric};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::score;
use quarterdeck_core::state::{CheckIn as Known, Cycle};
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::{Field, Measure, Subject, Value};

use super::{Act, Planner, Step};
use crate::from_state;
use crate::outline::{CheckIn, KeyResult, Now};

/// A check-in to be made, unless it is known.
struct Said {
    measure: Measure,
    effective: Date,
    confidence: Option<Decimal>,
    projection: Option<Decimal>,
    note: Option<String>,
    line: usize,
}

impl Planner<'_> {
    pub(super) fn measure(&mut self, id: KeyResultId, new: &KeyResult, was: Option<&KeyResult>) {
        let said_before = |check_in: &CheckIn| {
            was.is_some_and(|was| was.check_ins.iter().any(|one| same(one, check_in)))
        };
        for check_in in &new.check_ins {
            if !said_before(check_in) {
                self.dated(id, new, check_in);
            }
        }
        let fresh = was.is_none_or(|was| {
            (was.now, &was.steps_done, was.confidence) != (new.now, &new.steps_done, new.confidence)
        });
        if fresh {
            self.standing(id, new);
        }
        if was.is_none_or(|was| {
            (was.mid_score, was.projected_score) != (new.mid_score, new.projected_score)
        }) {
            self.mid(id, new);
        }
        if was.is_none_or(|was| was.final_score != new.final_score) {
            self.grade(id, new);
        }
    }

    fn found(&self, id: KeyResultId) -> Option<(Metric, Cycle)> {
        let found = self.state().key_results.get(&id)?;
        let above = self.state().objectives.get(&found.objective)?;
        let cycle = self.state().cycles.get(&above.cycle)?;
        Some((found.metric.clone(), cycle.clone()))
    }

    /// A check-in with a date of its own.
    fn dated(&mut self, id: KeyResultId, new: &KeyResult, made: &CheckIn) {
        let Some((metric, _)) = self.found(id) else {
            return;
        };
        let measure = match metric.kind {
            MetricKind::Binary => match (&made.step, made.value) {
                (None, value) if value == Decimal::ONE => Measure::Done(true),
                (None, value) if value.is_zero() => Measure::Done(false),
                (step, value) => {
                    let said = step.clone().unwrap_or_else(|| value.to_string());
                    let why = format!(
                        "'{said}' is neither done nor not done, and the key result is one or the other.",
                    );
                    return self.left(made.line, &new.title, why);
                }
            },
            MetricKind::Milestones => {
                let Some(step) = &made.step else {
                    let why = "A key result with steps is measured by the step that is done.";
                    return self.left(made.line, &new.title, why);
                };
                Measure::Step {
                    name: step.clone(),
                    done: !made.value.is_zero(),
                }
            }
            _ if made.step.is_some() => {
                let text = made.step.clone().unwrap_or_default();
                let why = format!("'{text}' is no number, and the key result is measured by one.");
                return self.left(made.line, &new.title, why);
            }
            _ => Measure::Absolute(made.value),
        };
        let rivals = new
            .check_ins
            .iter()
            .filter(|one| one.date == made.date && one.step == made.step)
            .count();
        let said = Said {
            measure,
            effective: made.date,
            confidence: made.confidence,
            projection: made.projection,
            note: made.comment.clone(),
            line: made.line,
        };
        // What was a delta here is written as the value that it came to.
        let found = self.state().key_results.get(&id);
        if found.is_some_and(|found| from_state::told(found).any(|(_, one)| same(&one, made))) {
            return;
        }
        let of_day: Vec<Known> = self
            .state()
            .key_results
            .get(&id)
            .into_iter()
            .flat_map(|found| found.check_ins.standing())
            .filter(|one| {
                one.effective == made.date && step_of(&one.measure) == made.step.as_deref()
            })
            .cloned()
            .collect();
        if of_day.iter().any(|one| {
            one.measure == said.measure
                && one.confidence == said.confidence
                && one.note.as_deref() == said.note.as_deref()
        }) {
            return;
        }
        match of_day.as_slice() {
            // The document was corrected: so is the check-in.
            [one]
                if rivals == 1
                    && matches!(one.measure, Measure::Delta(_))
                        == matches!(said.measure, Measure::Delta(_)) =>
            {
                self.correct(id, new, one, said);
            }
            _ => self.check_in(id, new, said),
        }
    }

    fn correct(&mut self, id: KeyResultId, new: &KeyResult, one: &Known, said: Said) {
        let mut set = vec![(Field::Value, Value::Measure(said.measure))];
        set.extend(
            said.confidence
                .map(|to| (Field::Confidence, Value::Number(to))),
        );
        set.extend(
            said.projection
                .map(|to| (Field::Projection, Value::Number(to))),
        );
        set.extend(said.note.map(|to| (Field::Text, Value::Text(to))));
        let subject = Subject::CheckIn(id, one.id);
        let title = format!("{}, {}", new.title, said.effective);
        self.edit(subject, title, said.line, super::Match::Title, set);
    }

    fn check_in(&mut self, id: KeyResultId, new: &KeyResult, said: Said) {
        let confident = said.confidence.map_or_else(String::new, |confidence| {
            format!(", confidence {confidence}")
        });
        self.step(Step {
            act: Act::CheckIn,
            subject: Subject::KeyResult(id),
            title: new.title.clone(),
            what: format!("{} on {}{confident}", said.measure, said.effective),
            why: None,
            line: said.line,
            command: Command::Record(Body::CheckedIn(CheckedIn {
                key_result: id,
                measure: said.measure,
                effective: said.effective,
                confidence: said.confidence,
                projection: said.projection,
                note: said.note,
            })),
        });
    }

    /// Where the document says that the key result stands now.
    fn standing(&mut self, id: KeyResultId, new: &KeyResult) {
        let Some((metric, cycle)) = self.found(id) else {
            return;
        };
        let wanted = match (metric.kind, new.now) {
            (MetricKind::Milestones, _) => self.steps(id, new, &metric),
            (MetricKind::Binary, Some(Now::Done(done))) => vec![Measure::Done(done)],
            (MetricKind::Binary, Some(Now::Value(share) | Now::Progress(share))) => {
                vec![Measure::Done(share >= Decimal::ONE)]
            }
            (_, Some(Now::Value(value))) => vec![Measure::Absolute(value)],
            (_, Some(Now::Progress(share))) => value_at(&metric, share)
                .map(Measure::Absolute)
                .into_iter()
                .collect(),
            (_, Some(Now::Done(true))) => value_at(&metric, Decimal::ONE)
                .map(Measure::Absolute)
                .into_iter()
                .collect(),
            (_, Some(Now::Done(false)) | None) => Vec::new(),
        };
        let reading = self
            .state()
            .key_results
            .get(&id)
            .map(|found| found.check_ins.reading(self.options.on))
            .unwrap_or_default();
        let stated = new
            .confidence
            .filter(|stated| reading.confidence != Some(*stated));
        let news: Vec<Measure> = wanted
            .into_iter()
            .filter(|measure| match measure {
                Measure::Done(done) => reading.done.unwrap_or(false) != *done || stated.is_some(),
                Measure::Absolute(value) => {
                    reading.value(metric.baseline) != Some(*value) || stated.is_some()
                }
                Measure::Step { name, done } => reading.steps.contains(name) != *done,
                Measure::Delta(_) => true,
            })
            .collect();
        if news.is_empty() {
            if let Some(confidence) = new.confidence.filter(|_| stated.is_some()) {
                let why = "A confidence goes with a value, and there is none.";
                self.left(new.line, &format!("{}: {confidence}", new.title), why);
            }
            return;
        }
        let Some(effective) = self.day(&cycle) else {
            let why = format!("It is measured before cycle {} begins.", cycle.name);
            return self.left(new.line, &new.title, why);
        };
        for measure in news {
            self.check_in(
                id,
                new,
                Said {
                    measure,
                    effective,
                    confidence: stated,
                    projection: None,
                    note: new.comment.clone(),
                    line: new.line,
                },
            );
        }
    }

    /// The steps that the document says are done, and those that it says are not.
    fn steps(&self, id: KeyResultId, new: &KeyResult, metric: &Metric) -> Vec<Measure> {
        let all = new.now == Some(Now::Done(true));
        let done = |name: &str| {
            all || new
                .steps_done
                .iter()
                .any(|step| step.eq_ignore_ascii_case(name))
        };
        let known = new
            .metric
            .as_ref()
            .map_or(&[][..], |metric| &metric.milestones);
        let reading = self
            .state()
            .key_results
            .get(&id)
            .map(|found| found.check_ins.reading(self.options.on))
            .unwrap_or_default();
        metric
            .milestones
            .iter()
            .filter(|step| done(&step.name) || known.iter().any(|one| one.name == step.name))
            .filter(|step| done(&step.name) != reading.steps.contains(&step.name))
            .map(|step| Measure::Step {
                name: step.name.clone(),
                done: done(&step.name),
            })
            .collect()
    }

    /// The day that an undated statement is about: within the cycle, and come already.
    fn day(&self, cycle: &Cycle) -> Option<Date> {
        let day = self.options.on.min(cycle.ends);
        (day >= cycle.starts).then_some(day)
    }

    /// The score in the middle of the cycle, with the score expected at its end.
    fn mid(&mut self, id: KeyResultId, new: &KeyResult) {
        if new.mid_score.is_none() && new.projected_score.is_none() {
            return;
        }
        let Some((metric, cycle)) = self.found(id) else {
            return;
        };
        let projection = new
            .projected_score
            .and_then(|share| value_at(&metric, share));
        let Some(measured) = new.mid_score.and_then(|share| match metric.kind {
            MetricKind::Binary => Some(Measure::Done(share >= Decimal::ONE)),
            _ => value_at(&metric, share).map(Measure::Absolute),
        }) else {
            let why = "A score before the end cannot be kept for this metric, or without a mid-quarter score.";
            return self.left(new.line, &new.title, why);
        };
        if new.projected_score.is_some() && projection.is_none() {
            let why = "This metric has no value to project; the projected score is left out.";
            self.left(new.line, &new.title, why);
        }
        let middle = cycle
            .starts
            .plus_days(cycle.ends.days_since(cycle.starts) / 2);
        let effective = middle.min(self.options.on);
        if effective < cycle.starts {
            let why = format!("It is scored before cycle {} begins.", cycle.name);
            return self.left(new.line, &new.title, why);
        }
        let known = self.state().key_results.get(&id).is_some_and(|found| {
            let standing = found.check_ins.standing();
            standing
                .filter(|one| one.effective <= middle)
                .any(|one| one.measure == measured && one.projection == projection)
        });
        if !known {
            let said = Said {
                measure: measured,
                effective,
                confidence: None,
                projection,
                note: Some("mid-quarter score".to_owned()),
                line: new.line,
            };
            self.check_in(id, new, said);
        }
    }

    /// The score at the end is the grade.
    fn grade(&mut self, id: KeyResultId, new: &KeyResult) {
        let Some(to) = new.final_score else { return };
        let Some((_, cycle)) = self.found(id) else {
            return;
        };
        let Some(found) = self.state().key_results.get(&id) else {
            return;
        };
        let from = found.grade.as_ref().map(|grade| grade.grade);
        if from == Some(to) {
            return;
        }
        let computed = score::progress(self.state(), found, &cycle, cycle.ends).score;
        let what = match from {
            Some(from) => format!("grade: {from} → {to}"),
            None => format!("grade: {to}"),
        };
        self.step(Step {
            act: Act::Grade,
            subject: Subject::KeyResult(id),
            title: new.title.clone(),
            what,
            why: None,
            line: new.line,
            command: Command::Record(Body::KeyResultGraded(KeyResultGraded {
                key_result: id,
                computed,
                from,
                to: Some(to),
            })),
        });
    }
}

/// The value that gives this share of the way from baseline to target.
fn value_at(metric: &Metric, share: Decimal) -> Option<Decimal> {
    let (baseline, target) = (metric.baseline?, metric.target?);
    let way = target.checked_sub(baseline)?;
    baseline.checked_add(way.checked_mul(share)?)
}

fn same(a: &CheckIn, b: &CheckIn) -> bool {
    (a.date, a.value, &a.step, a.confidence, &a.comment)
        == (b.date, b.value, &b.step, b.confidence, &b.comment)
}

fn step_of(measure: &Measure) -> Option<&str> {
    match measure {
        Measure::Step { name, .. } => Some(name),
        _ => None,
    }
}
