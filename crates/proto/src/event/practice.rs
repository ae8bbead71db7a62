//! Payloads of the practice around objectives, in both directions.

use prost::Message as _;
use quarterdeck_core::event::{
    Body, FunnelDefined, IncentiveAdded, InitiativeAdded, KeyResultGraded, KpiDefined, KpiRecorded,
    Source, Stage, TemplateSaved, TodoAdded, WeeklyWritten,
};
use quarterdeck_core::id::{
    CycleId, FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId, TeamId, TemplateId,
    TodoId, Uuid,
};
use quarterdeck_core::value::Subject;

use crate::error::{DecodeError, Problem, Unread};
use crate::field::{date, decimal, fixed, optional, optional_decimal, timestamp, word};
use crate::v1::{self, event::Payload};
use crate::value::{read_changes, read_reading, read_subject, write_subject};

pub(super) fn source(bytes: &[u8]) -> Result<Source, DecodeError> {
    let wire = v1::Source::decode(bytes)
        .map_err(|error| DecodeError::new("Event.source", Problem::Protobuf(error)))?;
    Ok(Source {
        author: wire.author,
        at: timestamp("Source.at_ms", wire.at_ms)?,
        origin: wire.origin,
    })
}

pub(super) fn cycle_closed(wire: v1::CycleClosed) -> Result<Body, Unread> {
    Ok(Body::CycleClosed {
        cycle: CycleId::from_bytes(fixed("CycleClosed.cycle", &wire.cycle)?),
        position: wire.position,
        root: fixed("CycleClosed.root", &wire.root)?,
    })
}

pub(super) fn cycle_reopened(wire: v1::CycleReopened) -> Result<Body, Unread> {
    Ok(Body::CycleReopened {
        cycle: CycleId::from_bytes(fixed("CycleReopened.cycle", &wire.cycle)?),
    })
}

pub(super) fn key_result_graded(wire: v1::KeyResultGraded) -> Result<Body, Unread> {
    let read = |field, text: Option<String>| optional_decimal(field, text.as_deref());
    Ok(Body::KeyResultGraded(KeyResultGraded {
        key_result: KeyResultId::from_bytes(fixed("KeyResultGraded.key_result", &wire.key_result)?),
        computed: read("KeyResultGraded.computed", wire.computed)?,
        from: read("KeyResultGraded.before", wire.before)?,
        to: read("KeyResultGraded.after", wire.after)?,
    }))
}

pub(super) fn weekly_written(wire: v1::WeeklyWritten) -> Result<Body, Unread> {
    Ok(Body::WeeklyWritten(WeeklyWritten {
        week: date("WeeklyWritten.week", wire.week)?,
        team: optional("WeeklyWritten.team", &wire.team)?.map(TeamId::from_bytes),
        plans: wire.plans,
        progress: wire.progress,
        problems: wire.problems,
    }))
}

pub(super) fn kpi_defined(wire: v1::KpiDefined) -> Result<Body, Unread> {
    Ok(Body::KpiDefined(KpiDefined {
        kpi: KpiId::from_bytes(fixed("KpiDefined.kpi", &wire.kpi)?),
        title: wire.title,
        description: wire.description,
        owner: optional("KpiDefined.owner", &wire.owner)?.map(MemberId::from_bytes),
        team: optional("KpiDefined.team", &wire.team)?.map(TeamId::from_bytes),
        direction: word("KpiDefined.direction", &wire.direction)?,
        target: optional_decimal("KpiDefined.target", wire.target.as_deref())?,
        unit: wire.unit,
        key: wire.key,
    }))
}

pub(super) fn kpi_recorded(wire: v1::KpiRecorded) -> Result<Body, Unread> {
    Ok(Body::KpiRecorded(KpiRecorded {
        kpi: KpiId::from_bytes(fixed("KpiRecorded.kpi", &wire.kpi)?),
        value: decimal("KpiRecorded.value", &wire.value)?,
        effective: date("KpiRecorded.effective", wire.effective)?,
        note: wire.note,
    }))
}

pub(super) fn kpi_reading_corrected(wire: v1::KpiReadingCorrected) -> Result<Body, Unread> {
    let (kpi, event) = read_reading(wire.reading)?;
    Ok(Body::Edited {
        subject: Subject::Reading(kpi, event),
        changes: read_changes(wire.changes)?,
    })
}

pub(super) fn kpi_linked(wire: v1::KpiLinked) -> Result<Body, Unread> {
    Ok(Body::KpiLinked {
        kpi: KpiId::from_bytes(fixed("KpiLinked.kpi", &wire.kpi)?),
        key_result: KeyResultId::from_bytes(fixed("KpiLinked.key_result", &wire.key_result)?),
    })
}

pub(super) fn kpi_unlinked(wire: v1::KpiUnlinked) -> Result<Body, Unread> {
    Ok(Body::KpiUnlinked {
        kpi: KpiId::from_bytes(fixed("KpiUnlinked.kpi", &wire.kpi)?),
        key_result: KeyResultId::from_bytes(fixed("KpiUnlinked.key_result", &wire.key_result)?),
    })
}

pub(super) fn initiative_added(wire: v1::InitiativeAdded) -> Result<Body, Unread> {
    Ok(Body::InitiativeAdded(InitiativeAdded {
        initiative: InitiativeId::from_bytes(fixed(
            "InitiativeAdded.initiative",
            &wire.initiative,
        )?),
        title: wire.title,
        description: wire.description,
        owner: optional("InitiativeAdded.owner", &wire.owner)?.map(MemberId::from_bytes),
        due: wire
            .due
            .map(|due| date("InitiativeAdded.due", due))
            .transpose()?,
        supports: wire.supports.map(read_subject).transpose()?,
    }))
}

pub(super) fn todo_added(wire: v1::TodoAdded) -> Result<Body, Unread> {
    Ok(Body::TodoAdded(TodoAdded {
        todo: TodoId::from_bytes(fixed("TodoAdded.todo", &wire.todo)?),
        initiative: optional("TodoAdded.initiative", &wire.initiative)?
            .map(InitiativeId::from_bytes),
        title: wire.title,
        owner: optional("TodoAdded.owner", &wire.owner)?.map(MemberId::from_bytes),
        quantity: decimal("TodoAdded.quantity", &wire.quantity)?,
        per: word("TodoAdded.per", &wire.per)?,
        total: optional_decimal("TodoAdded.total", wire.total.as_deref())?,
        unit: wire.unit,
        starts: date("TodoAdded.starts", wire.starts)?,
        ends: date("TodoAdded.ends", wire.ends)?,
        key_result: optional("TodoAdded.key_result", &wire.key_result)?
            .map(KeyResultId::from_bytes),
        rate: optional_decimal("TodoAdded.rate", wire.rate.as_deref())?,
    }))
}

pub(super) fn todo_counted(wire: v1::TodoCounted) -> Result<Body, Unread> {
    Ok(Body::TodoCounted {
        todo: TodoId::from_bytes(fixed("TodoCounted.todo", &wire.todo)?),
        quantity: decimal("TodoCounted.quantity", &wire.quantity)?,
        effective: date("TodoCounted.effective", wire.effective)?,
    })
}

pub(super) fn template_saved(wire: v1::TemplateSaved) -> Result<Body, Unread> {
    Ok(Body::TemplateSaved(TemplateSaved {
        template: TemplateId::from_bytes(fixed("TemplateSaved.template", &wire.template)?),
        name: wire.name,
        document: wire.document,
    }))
}

pub(super) fn funnel_defined(wire: v1::FunnelDefined) -> Result<Body, Unread> {
    let stage = |stage: v1::Stage| -> Result<Stage, Unread> {
        Ok(Stage {
            name: stage.name,
            source: stage.source.map(read_subject).transpose()?,
            rate: optional_decimal("Stage.rate", stage.rate.as_deref())?,
        })
    };
    Ok(Body::FunnelDefined(FunnelDefined {
        funnel: FunnelId::from_bytes(fixed("FunnelDefined.funnel", &wire.funnel)?),
        name: wire.name,
        stages: wire
            .stages
            .into_iter()
            .map(stage)
            .collect::<Result<_, _>>()?,
        key_result: optional("FunnelDefined.key_result", &wire.key_result)?
            .map(KeyResultId::from_bytes),
    }))
}

pub(super) fn incentive_added(wire: v1::IncentiveAdded) -> Result<Body, Unread> {
    Ok(Body::IncentiveAdded(IncentiveAdded {
        incentive: IncentiveId::from_bytes(fixed("IncentiveAdded.incentive", &wire.incentive)?),
        title: wire.title,
        key_result: optional("IncentiveAdded.key_result", &wire.key_result)?
            .map(KeyResultId::from_bytes),
        member: optional("IncentiveAdded.member", &wire.member)?.map(MemberId::from_bytes),
    }))
}

fn id(id: Option<Uuid>) -> Vec<u8> {
    id.map_or_else(Vec::new, |id| id.as_bytes().to_vec())
}

/// The payload of these kinds; none for a kind that has none.
pub(super) fn write(body: &Body) -> Option<Payload> {
    Some(match body {
        Body::CycleClosed {
            cycle,
            position,
            root,
        } => Payload::CycleClosed(v1::CycleClosed {
            cycle: cycle.as_bytes().to_vec(),
            position: *position,
            root: root.to_vec(),
        }),
        Body::CycleReopened { cycle } => Payload::CycleReopened(v1::CycleReopened {
            cycle: cycle.as_bytes().to_vec(),
        }),
        Body::KeyResultGraded(graded) => Payload::KeyResultGraded(v1::KeyResultGraded {
            key_result: graded.key_result.as_bytes().to_vec(),
            computed: graded.computed.map(|number| number.to_string()),
            before: graded.from.map(|number| number.to_string()),
            after: graded.to.map(|number| number.to_string()),
        }),
        Body::WeeklyWritten(written) => Payload::WeeklyWritten(v1::WeeklyWritten {
            week: written.week.days_since_epoch(),
            team: id(written.team.map(TeamId::uuid)),
            plans: written.plans.clone(),
            progress: written.progress.clone(),
            problems: written.problems.clone(),
        }),
        Body::KpiDefined(defined) => Payload::KpiDefined(v1::KpiDefined {
            kpi: defined.kpi.as_bytes().to_vec(),
            title: defined.title.clone(),
            description: defined.description.clone(),
            owner: id(defined.owner.map(MemberId::uuid)),
            team: id(defined.team.map(TeamId::uuid)),
            direction: defined.direction.word().to_owned(),
            target: defined.target.map(|number| number.to_string()),
            unit: defined.unit.clone(),
            key: defined.key.clone(),
        }),
        Body::KpiRecorded(recorded) => Payload::KpiRecorded(v1::KpiRecorded {
            kpi: recorded.kpi.as_bytes().to_vec(),
            value: recorded.value.to_string(),
            effective: recorded.effective.days_since_epoch(),
            note: recorded.note.clone(),
        }),
        Body::KpiLinked { kpi, key_result } => Payload::KpiLinked(v1::KpiLinked {
            kpi: kpi.as_bytes().to_vec(),
            key_result: key_result.as_bytes().to_vec(),
        }),
        Body::KpiUnlinked { kpi, key_result } => Payload::KpiUnlinked(v1::KpiUnlinked {
            kpi: kpi.as_bytes().to_vec(),
            key_result: key_result.as_bytes().to_vec(),
        }),
        Body::InitiativeAdded(added) => Payload::InitiativeAdded(v1::InitiativeAdded {
            initiative: added.initiative.as_bytes().to_vec(),
            title: added.title.clone(),
            description: added.description.clone(),
            owner: id(added.owner.map(MemberId::uuid)),
            due: added.due.map(|due| due.days_since_epoch()),
            supports: added.supports.as_ref().map(write_subject),
        }),
        Body::TodoAdded(added) => Payload::TodoAdded(v1::TodoAdded {
            todo: added.todo.as_bytes().to_vec(),
            initiative: id(added.initiative.map(InitiativeId::uuid)),
            title: added.title.clone(),
            owner: id(added.owner.map(MemberId::uuid)),
            quantity: added.quantity.to_string(),
            per: added.per.word().to_owned(),
            total: added.total.map(|number| number.to_string()),
            unit: added.unit.clone(),
            starts: added.starts.days_since_epoch(),
            ends: added.ends.days_since_epoch(),
            key_result: id(added.key_result.map(KeyResultId::uuid)),
            rate: added.rate.map(|number| number.to_string()),
        }),
        Body::TodoCounted {
            todo,
            quantity,
            effective,
        } => Payload::TodoCounted(v1::TodoCounted {
            todo: todo.as_bytes().to_vec(),
            quantity: quantity.to_string(),
            effective: effective.days_since_epoch(),
        }),
        Body::TemplateSaved(saved) => Payload::TemplateSaved(v1::TemplateSaved {
            template: saved.template.as_bytes().to_vec(),
            name: saved.name.clone(),
            document: saved.document.clone(),
        }),
        Body::FunnelDefined(defined) => Payload::FunnelDefined(v1::FunnelDefined {
            funnel: defined.funnel.as_bytes().to_vec(),
            name: defined.name.clone(),
            stages: defined
                .stages
                .iter()
                .map(|stage| v1::Stage {
                    name: stage.name.clone(),
                    source: stage.source.as_ref().map(write_subject),
                    rate: stage.rate.map(|number| number.to_string()),
                })
                .collect(),
            key_result: id(defined.key_result.map(KeyResultId::uuid)),
        }),
        Body::IncentiveAdded(added) => Payload::IncentiveAdded(v1::IncentiveAdded {
            incentive: added.incentive.as_bytes().to_vec(),
            title: added.title.clone(),
            key_result: id(added.key_result.map(KeyResultId::uuid)),
            member: id(added.member.map(MemberId::uuid)),
        }),
        _ => return None,
    })
}
