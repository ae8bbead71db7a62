//! Subjects, values and changes: what edits, notes and links are made of, in both directions.

use quarterdeck_core::event::Metric;
use quarterdeck_core::id::{
    CycleId, EventId, FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId, NoteId,
    ObjectiveId, TeamId, TemplateId, TodoId, WeeklyId,
};
use quarterdeck_core::value::{Change, Field, Measure, Milestone, Subject, Value};

use crate::error::{DecodeError, Unread};
use crate::field::{date, decimal, fixed, optional_decimal, present, word};
use crate::v1::{self, measure, subject, value};

pub(crate) fn read_subject(wire: v1::Subject) -> Result<Subject, Unread> {
    use subject::Subject as Wire;
    Ok(match wire.subject.ok_or(Unread::Newer)? {
        Wire::Workspace(_) => Subject::Workspace,
        Wire::Member(id) => Subject::Member(MemberId::from_bytes(fixed("Subject.member", &id)?)),
        Wire::Team(id) => Subject::Team(TeamId::from_bytes(fixed("Subject.team", &id)?)),
        Wire::Cycle(id) => Subject::Cycle(CycleId::from_bytes(fixed("Subject.cycle", &id)?)),
        Wire::Objective(id) => {
            Subject::Objective(ObjectiveId::from_bytes(fixed("Subject.objective", &id)?))
        }
        Wire::KeyResult(id) => {
            Subject::KeyResult(KeyResultId::from_bytes(fixed("Subject.key_result", &id)?))
        }
        Wire::CheckIn(id) => {
            let (key_result, event) = read_check_in(Some(id))?;
            Subject::CheckIn(key_result, event)
        }
        Wire::Note(id) => Subject::Note(NoteId::from_bytes(fixed("Subject.note", &id)?)),
        Wire::Kpi(id) => Subject::Kpi(KpiId::from_bytes(fixed("Subject.kpi", &id)?)),
        Wire::Reading(id) => {
            let (kpi, event) = read_reading(Some(id))?;
            Subject::Reading(kpi, event)
        }
        Wire::Initiative(id) => {
            Subject::Initiative(InitiativeId::from_bytes(fixed("Subject.initiative", &id)?))
        }
        Wire::Todo(id) => Subject::Todo(TodoId::from_bytes(fixed("Subject.todo", &id)?)),
        Wire::Weekly(id) => Subject::Weekly(WeeklyId::from_bytes(fixed("Subject.weekly", &id)?)),
        Wire::Template(id) => {
            Subject::Template(TemplateId::from_bytes(fixed("Subject.template", &id)?))
        }
        Wire::Funnel(id) => Subject::Funnel(FunnelId::from_bytes(fixed("Subject.funnel", &id)?)),
        Wire::Incentive(id) => {
            Subject::Incentive(IncentiveId::from_bytes(fixed("Subject.incentive", &id)?))
        }
    })
}

pub(crate) fn write_subject(subject: &Subject) -> v1::Subject {
    use subject::Subject as Wire;
    let subject = match subject {
        Subject::Workspace => Wire::Workspace(true),
        Subject::Member(id) => Wire::Member(id.as_bytes().to_vec()),
        Subject::Team(id) => Wire::Team(id.as_bytes().to_vec()),
        Subject::Cycle(id) => Wire::Cycle(id.as_bytes().to_vec()),
        Subject::Objective(id) => Wire::Objective(id.as_bytes().to_vec()),
        Subject::KeyResult(id) => Wire::KeyResult(id.as_bytes().to_vec()),
        Subject::CheckIn(key_result, event) => Wire::CheckIn(write_check_in(*key_result, *event)),
        Subject::Note(id) => Wire::Note(id.as_bytes().to_vec()),
        Subject::Kpi(id) => Wire::Kpi(id.as_bytes().to_vec()),
        Subject::Reading(kpi, event) => Wire::Reading(write_reading(*kpi, *event)),
        Subject::Initiative(id) => Wire::Initiative(id.as_bytes().to_vec()),
        Subject::Todo(id) => Wire::Todo(id.as_bytes().to_vec()),
        Subject::Weekly(id) => Wire::Weekly(id.as_bytes().to_vec()),
        Subject::Template(id) => Wire::Template(id.as_bytes().to_vec()),
        Subject::Funnel(id) => Wire::Funnel(id.as_bytes().to_vec()),
        Subject::Incentive(id) => Wire::Incentive(id.as_bytes().to_vec()),
    };
    v1::Subject {
        subject: Some(subject),
    }
}

pub(crate) fn read_check_in(
    wire: Option<v1::CheckInId>,
) -> Result<(KeyResultId, EventId), DecodeError> {
    let wire = present("check_in", wire)?;
    Ok((
        KeyResultId::from_bytes(fixed("CheckInId.key_result", &wire.key_result)?),
        EventId::from_bytes(fixed("CheckInId.event", &wire.event)?),
    ))
}

pub(crate) fn write_check_in(key_result: KeyResultId, event: EventId) -> v1::CheckInId {
    v1::CheckInId {
        key_result: key_result.as_bytes().to_vec(),
        event: event.as_bytes().to_vec(),
    }
}

pub(crate) fn read_reading(wire: Option<v1::ReadingId>) -> Result<(KpiId, EventId), DecodeError> {
    let wire = present("reading", wire)?;
    Ok((
        KpiId::from_bytes(fixed("ReadingId.kpi", &wire.kpi)?),
        EventId::from_bytes(fixed("ReadingId.event", &wire.event)?),
    ))
}

pub(crate) fn write_reading(kpi: KpiId, event: EventId) -> v1::ReadingId {
    v1::ReadingId {
        kpi: kpi.as_bytes().to_vec(),
        event: event.as_bytes().to_vec(),
    }
}

/// An absent message is no value; one with nothing in it is a form of value not known here.
pub(crate) fn read_value(wire: Option<v1::Value>) -> Result<Value, Unread> {
    use value::Value as Wire;
    let Some(wire) = wire else {
        return Ok(Value::None);
    };
    Ok(match wire.value.ok_or(Unread::Newer)? {
        Wire::Text(text) => Value::Text(text),
        Wire::Number(text) => Value::Number(decimal("Value.number", &text)?),
        Wire::Date(days) => Value::Date(date("Value.date", days)?),
        Wire::Reference(subject) => Value::Ref(read_subject(subject)?),
        Wire::Milestones(list) => Value::Milestones(read_milestones(list.milestones)?),
        Wire::Measure(wire) => Value::Measure(read_measure(wire)?),
        Wire::Numbers(list) => Value::Numbers(
            list.numbers
                .iter()
                .map(|number| decimal("Value.numbers", number))
                .collect::<Result<_, _>>()?,
        ),
    })
}

pub(crate) fn write_value(value: &Value) -> Option<v1::Value> {
    use value::Value as Wire;
    let value = match value {
        Value::None => return None,
        Value::Text(text) => Wire::Text(text.clone()),
        Value::Number(number) => Wire::Number(number.to_string()),
        Value::Date(date) => Wire::Date(date.days_since_epoch()),
        Value::Ref(subject) => Wire::Reference(write_subject(subject)),
        Value::Milestones(steps) => Wire::Milestones(v1::MilestoneList {
            milestones: write_milestones(steps),
        }),
        Value::Measure(measure) => Wire::Measure(write_measure(measure)),
        Value::Numbers(numbers) => Wire::Numbers(v1::NumberList {
            numbers: numbers.iter().map(ToString::to_string).collect(),
        }),
    };
    Some(v1::Value { value: Some(value) })
}

pub(crate) fn read_measure(wire: v1::Measure) -> Result<Measure, Unread> {
    use measure::Measure as Wire;
    Ok(match wire.measure.ok_or(Unread::Newer)? {
        Wire::Absolute(text) => Measure::Absolute(decimal("Measure.absolute", &text)?),
        Wire::Delta(text) => Measure::Delta(decimal("Measure.delta", &text)?),
        Wire::Step(step) => Measure::Step {
            name: step.name,
            done: step.done,
        },
        Wire::Done(done) => Measure::Done(done),
    })
}

pub(crate) fn write_measure(measure: &Measure) -> v1::Measure {
    use measure::Measure as Wire;
    let measure = match measure {
        Measure::Absolute(value) => Wire::Absolute(value.to_string()),
        Measure::Delta(change) => Wire::Delta(change.to_string()),
        Measure::Step { name, done } => Wire::Step(v1::MilestoneStep {
            name: name.clone(),
            done: *done,
        }),
        Measure::Done(done) => Wire::Done(*done),
    };
    v1::Measure {
        measure: Some(measure),
    }
}

fn read_milestones(wire: Vec<v1::Milestone>) -> Result<Vec<Milestone>, DecodeError> {
    let read = |step: v1::Milestone| {
        let weight = decimal("Milestone.weight", &step.weight)?;
        Ok(Milestone {
            name: step.name,
            weight,
        })
    };
    wire.into_iter().map(read).collect()
}

fn write_milestones(steps: &[Milestone]) -> Vec<v1::Milestone> {
    let write = |step: &Milestone| v1::Milestone {
        name: step.name.clone(),
        weight: step.weight.to_string(),
    };
    steps.iter().map(write).collect()
}

pub(crate) fn read_changes(wire: Vec<v1::Change>) -> Result<Vec<Change>, Unread> {
    let read = |change: v1::Change| {
        if change.field.is_empty() {
            return Err(DecodeError::missing("Change.field").into());
        }
        Ok(Change {
            field: Field::from_word(&change.field),
            from: read_value(change.before)?,
            to: read_value(change.after)?,
        })
    };
    wire.into_iter().map(read).collect()
}

pub(crate) fn write_changes(changes: &[Change]) -> Vec<v1::Change> {
    let write = |change: &Change| v1::Change {
        field: change.field.word().to_owned(),
        before: write_value(&change.from),
        after: write_value(&change.to),
    };
    changes.iter().map(write).collect()
}

pub(crate) fn read_metric(wire: v1::Metric) -> Result<Metric, Unread> {
    Ok(Metric {
        kind: word("Metric.kind", &wire.kind)?,
        baseline: optional_decimal("Metric.baseline", wire.baseline.as_deref())?,
        target: optional_decimal("Metric.target", wire.target.as_deref())?,
        low: optional_decimal("Metric.low", wire.low.as_deref())?,
        high: optional_decimal("Metric.high", wire.high.as_deref())?,
        milestones: read_milestones(wire.milestones)?,
        unit: wire.unit,
    })
}

pub(crate) fn write_metric(metric: &Metric) -> v1::Metric {
    v1::Metric {
        kind: metric.kind.word().to_owned(),
        baseline: metric.baseline.map(|number| number.to_string()),
        target: metric.target.map(|number| number.to_string()),
        low: metric.low.map(|number| number.to_string()),
        high: metric.high.map(|number| number.to_string()),
        milestones: write_milestones(&metric.milestones),
        unit: metric.unit.clone(),
    }
}
